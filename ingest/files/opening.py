"""The text of a file, read as its reader goes on, or why it holds none."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from corpus.errors import EvidenceError
from ingest.files.decoding import SAMPLE, decoded, is_binary
from ingest.files.page_text import open_page
from ingest.files.text import LONGEST, Text

# Bytes that are read at once.
_BLOCK = 1 << 20

_WORD = "save it as plain text, or export the references as RIS"
_SHEET = "save it as CSV, or export the references as RIS"
_UNPACK = "unpack it and give the files in it"
_EXPORT = "export the references as RIS or BibTeX"
# Office files of before 2007, and newer ones that are encrypted.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_MAGIC = (
    (b"%PDF-", "a PDF", "copy its text into a .txt file, or export the references as RIS or BibTeX"),
    (b"PK\x03\x04", "a zip archive", _UNPACK),
    (b"PK\x05\x06", "an empty zip archive", _UNPACK),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (_OLD_OFFICE, "an old Office document (.doc, .xls)", _WORD),
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


def open_text(stream: BinaryIO, source: str) -> Text:
    """The text of a file that is open at its beginning, read block by block as it is asked for.

    An empty file and one that holds no text raise ``EvidenceError`` with what to do.
    """
    sample = _beginning(stream)
    if _is_workbook(sample, stream):
        from ingest.files.workbook import open_workbook

        return open_workbook(stream, source)
    if (page := open_page(stream, sample, source)) is not None:
        return page
    _refuse_binary(sample, stream, source)
    blocks = chain([sample], iter(lambda: stream.read(_BLOCK), b""))
    return Text(_printed(decoded(blocks, sample), source), source)


def decode(data: bytes, source: str) -> str:
    """The whole text of a file that is in memory; raises as ``open_text``."""
    return open_text(io.BytesIO(data), source).whole()


def _beginning(stream: BinaryIO) -> bytes:
    # A pipe gives fewer bytes than it was asked for.
    sample = b""
    while len(sample) < SAMPLE and (block := stream.read(SAMPLE - len(sample))):
        sample += block
    return sample


def _printed(blocks: Iterable[str], source: str) -> Iterator[str]:
    """The blocks of a text in which anything is printed at all."""
    rest = iter(blocks)
    blank: list[str] = []
    length = 0
    for block in rest:
        blank.append(block)
        length += len(block)
        if block.strip():
            yield "".join(blank)
            yield from rest
            return
        if length > LONGEST:
            break
    raise EvidenceError(f"{source}: is empty; export the references again, or leave the file out.")


def _is_workbook(sample: bytes, stream: BinaryIO) -> bool:
    if not sample.startswith(b"PK\x03\x04"):
        return False
    return (_office(sample, stream) or ("",))[0] == "an Excel workbook (.xlsx)"


def _refuse_binary(sample: bytes, stream: BinaryIO, source: str) -> None:
    for magic, what, advice in _MAGIC:
        if sample.startswith(magic):
            if magic == _OLD_OFFICE and "EncryptedPackage".encode("utf-16-le") in sample:
                raise EvidenceError(f"{source}: is protected by a password; save it without one.")
            if magic.startswith(b"PK"):
                what, advice = _office(sample, stream) or (what, advice)
            raise EvidenceError(f"{source}: is {what}, not text; {advice}.")
    if is_binary(sample):
        raise EvidenceError(
            f"{source}: looks like a binary file (it holds NUL bytes), not text; {_EXPORT}, or leave it out."
        )


def _office(sample: bytes, stream: BinaryIO) -> tuple[str, str] | None:
    # The names of a zip's members stand in it uncompressed, at the latest in the directory at its end.
    stream.seek(max(stream.seek(0, io.SEEK_END) - SAMPLE, 0))
    end = stream.read()
    for sign, what, advice in _OFFICE:
        if sign in sample[:4096] or sign in end:
            return what, advice
    return None
