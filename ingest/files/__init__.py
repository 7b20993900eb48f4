"""From files to text: which files are meant, bytes decoded, pages and workbooks unpacked."""
