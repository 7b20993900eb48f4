"""The text of web pages and Word documents, for the parsers that read text."""

from __future__ import annotations

from typing import BinaryIO

from corpus.errors import EvidenceError
from ingest.files.text import Text

_COPY = "copy the list out of it into a text file"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def open_page(stream: BinaryIO, sample: bytes, source: str) -> Text | None:
    """The text taken out of a page or document; ``None`` if the file that begins like this is neither.

    Its lines are those of the text. Raises ``EvidenceError`` for one that cannot be read.
    """
    if sample.startswith(_OLE) and _ENCRYPTED in sample:
        raise EvidenceError(f"{source}: is protected by a password; save it without one.")
    if sample.startswith(_ZIP):
        from ingest.files.docx_page import docx_text, is_docx

        return docx_text(stream, source) if is_docx(stream, sample) else None
    from ingest.files.html_page import LARGEST, html_text, is_html

    if not is_html(sample):
        return None
    data = sample + stream.read(LARGEST + 1 - len(sample))
    if len(data) > LARGEST:
        raise EvidenceError(f"{source}: is a web page of more than {LARGEST >> 20} MB; {_COPY}.")
    text = html_text(data, source)
    if not text.strip():
        raise EvidenceError(f"{source}: is a web page without text; {_COPY}.")
    return Text([text], source, "html")
