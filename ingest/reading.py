"""Text from the bytes of a file, whatever program wrote it."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from corpus.errors import EvidenceError
from ingest.text import Text

# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WORD = "save it as plain text, or export the references as RIS"
_SHEET = "save it as CSV, or export the references as RIS"
_UNPACK = "unpack it and give the files in it"
_EXPORT = "export the references as RIS or BibTeX"
_MAGIC = (
    (b"%PDF-", "a PDF", "copy its text into a .txt file, or export the references as RIS or BibTeX"),
    (b"PK\x03\x04", "a zip archive", _UNPACK),
    (b"PK\x05\x06", "an empty zip archive", _UNPACK),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.doc, .xls)", _WORD),
    (b"{\\rtf", "a rich text document (.rtf)", _WORD),
    (
        b"SQLite format 3\x00",
        "an SQLite database",
        "`kb --db` opens an evidence file; other ones: " + _EXPORT,
    ),
    (b"\x89PNG", "a picture (PNG)", _EXPORT),
    (b"\xff\xd8\xff", "a picture (JPEG)", _EXPORT),
    (b"GIF8", "a picture (GIF)", _EXPORT),
    (b"\x7fELF", "a program", _EXPORT),
)
_OFFICE = (
    (b"word/", "a Word document (.docx)", _WORD),
    (b"xl/", "an Excel workbook (.xlsx)", _SHEET),
    (b"ppt/", "a PowerPoint document (.pptx)", _WORD),
    (b"opendocument.text", "a LibreOffice document (.odt)", _WORD),
    (b"opendocument.spreadsheet", "a LibreOffice table (.ods)", _SHEET),
    (b"epub+zip", "an e-book (.epub)", _EXPORT),
)
_LINE_END = re.compile(r"\r\n?")


def open_text(stream: BinaryIO, source: str) -> Text:
    """The text of a file that is open at its beginning.

    An empty file and one that holds no text raise ``EvidenceError`` with what to do.
    """
    return Text([decode(stream.read(), source)], source)


def decode(data: bytes, source: str) -> str:
    """The text, lines ended by ``\\n`` alone and as many of them as a person counts in the file.

    An empty file and one that holds no text raise ``EvidenceError`` with what to do.
    """
    if not data.strip():
        raise EvidenceError(f"{source}: is empty; export the references again, or leave the file out.")
    _refuse_binary(data, source)
    text = _LINE_END.sub("\n", _text(data, source))
    # A mark in the middle comes from files put together with `cat`.
    text = text.replace("\ufeff", "")
    if not text.strip():
        raise EvidenceError(f"{source}: is empty; export the references again, or leave the file out.")
    return text


def _refuse_binary(data: bytes, source: str) -> None:
    for magic, what, advice in _MAGIC:
        if data.startswith(magic):
            if magic.startswith(b"PK"):
                what, advice = _office(data) or (what, advice)
            raise EvidenceError(f"{source}: is {what}, not text; {advice}.")


def _office(data: bytes) -> tuple[str, str] | None:
    # The names of a zip's members stand in it uncompressed, at the latest in the directory at its end.
    for sign, what, advice in _OFFICE:
        if sign in data[:4096] or sign in data[-65536:]:
            return what, advice
    return None


def _text(data: bytes, source: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if b"\x00" in data[:65536]:
        if encoding := _utf16_without_mark(data[:65536]):
            return data.decode(encoding, errors="replace")
        raise EvidenceError(
            f"{source}: looks like a binary file (it holds NUL bytes), not text; {_EXPORT}, or leave it out."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_line(line) for line in data.splitlines(keepends=True))


def _utf16_without_mark(data: bytes) -> str:
    """The byte order of Western text in UTF-16, where every other byte is NUL; else ""."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    half = len(data) / 2
    if sum(byte < 9 for byte in data) > data.count(0):
        return ""
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _line(line: bytes) -> str:
    # Line by line: exports of two programs put together hold both encodings.
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")
