"""The text of a Word document: its paragraphs as lines, the rows of its tables with tabs between the cells.

So Word itself saves a document as plain text. Behind a label in bold stands a tab. Deleted text is left out,
inserted text, content controls, links and text boxes are in. Nothing but the main part of the document is
opened: no macro, no picture, nothing that it links to.

The standard library unpacks, lxml reads what is unpacked as a stream. python-docx holds the whole document
and every part of it in memory, and leaves out content controls and inserted text.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

from lxml import etree

from corpus.errors import EvidenceError
from ingest.fields.scripts import scripted
from ingest.files.page_lines import PageLines
from ingest.files.text import Text
from ingest.files.xml_elements import tag_of

#: Bytes of the unpacked main part: some thousand pages have fifty million.
LARGEST = 512 << 20
_MEMBERS = 10_000
_RELATIONS = "_rels/.rels"
_BLOCK = 1 << 16
_AGAIN = "open and save it again, save it as plain text, or export the references as RIS"
_OFF = frozenset({"0", "false", "off"})
_LEFT_OUT = frozenset({"del", "moveFrom", "Fallback"})
_SIGNS = {"tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}
_BROKEN = (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, EOFError, KeyError, NotImplementedError)


def is_docx(stream: BinaryIO, sample: bytes) -> bool:
    """Whether a zip archive that begins like this is a Word document, damaged or not."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return any(name.startswith("word/") for name in archive.namelist())
    except _BROKEN:
        return b"word/" in sample


def docx_text(stream: BinaryIO, source: str) -> Text:
    """The text of a document, read as it is asked for.

    Raises ``EvidenceError``, at once or on the way, for one that is damaged, protected or made to do harm.
    """
    with _reading(source):
        archive = zipfile.ZipFile(stream)
        members = archive.infolist()
        if len(members) > _MEMBERS:
            raise EvidenceError(f"{source}: has {len(members):,} parts, as no Word document does; {_AGAIN}.")
        name = _main_part(archive)
        main = archive.getinfo(name)
        if main.flag_bits & 1:
            raise EvidenceError(f"{source}: is protected by a password; save it without one.")
        if main.file_size > LARGEST:
            raise _too_large(source)
        text = Text(_blocks(archive, name, source), source, "docx")
    if not text.head.strip():
        raise EvidenceError(f"{source}: is a Word document without text; {_AGAIN}.")
    return text


@contextmanager
def _reading(source: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        what = f"is a damaged Word document ({type(error).__name__})"
        raise EvidenceError(f"{source}: {what}; {_AGAIN}.") from error


def _too_large(source: str) -> EvidenceError:
    return EvidenceError(
        f"{source}: unpacks to more than {LARGEST >> 20} MB, as no list of references does; it is not read."
    )


def _main_part(archive: zipfile.ZipFile) -> str:
    """The name of the member that holds the text: the relations say which."""
    try:
        with archive.open(_RELATIONS) as part:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
            relations = etree.fromstring(part.read(_BLOCK), parser)
    except (KeyError, etree.XMLSyntaxError):
        return "word/document.xml"
    for relation in relations:
        if relation.get("Type", "").endswith("/officeDocument") and relation.get("TargetMode") != "External":
            return posixpath.normpath(relation.get("Target", "")).lstrip("/")
    return "word/document.xml"


class _Counted:
    """A member of an archive as it unpacks, which may be longer than the archive says."""

    def __init__(self, part: IO[bytes], source: str) -> None:
        self.part = part
        self.source = source
        self.length = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises ``EvidenceError`` once there are too many."""
        block = self.part.read(min(size, _BLOCK) if size > 0 else _BLOCK)
        if not self.length and b"<!DOCTYPE" in block:
            raise EvidenceError(f"{self.source}: holds a document type, as no Word writes it; {_AGAIN}.")
        self.length += len(block)
        if self.length > LARGEST:
            raise _too_large(self.source)
        return block


def _blocks(archive: zipfile.ZipFile, name: str, source: str) -> Iterator[str]:
    with _reading(source), archive, archive.open(name) as part:
        document = _Document()
        events = etree.iterparse(
            _Counted(part, source),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        for event, element in events:
            tag = tag_of(element)
            if event == "start":
                document.open(tag)
            else:
                document.close(tag, element)
                if tag in ("p", "tr", "tbl") or document.skipped:
                    element.clear()
                    while element.getprevious() is not None and (parent := element.getparent()) is not None:
                        del parent[0]
                    if not document.outer:
                        yield document.lines.take()
        yield document.lines.finish()


class _Document:
    """Takes a document element by element."""

    def __init__(self) -> None:
        self.lines = PageLines()
        self.outer: list[PageLines] = []
        self.rows: list[list[str]] = []
        self.skipped = 0
        self.bold = self.labelled = False
        self.script = ""

    def open(self, tag: str) -> None:
        """What the beginning of an element does."""
        if tag in _LEFT_OUT:
            self.skipped += 1
        elif tag == "p":
            self.lines.end_line()
            self.labelled = True
        elif tag == "r":
            self.bold, self.script = False, ""
        elif tag == "tr":
            self.rows.append([])
        elif tag == "tc":
            self.outer.append(self.lines)
            self.lines = PageLines()

    def close(self, tag: str, element: etree._Element) -> None:
        """What its end does, when all of it is there."""
        if tag in _LEFT_OUT:
            self.skipped -= 1
        elif self.skipped:
            return
        elif tag == "t":
            self._write(element.text or "")
        elif tag in ("b", "vertAlign"):
            self._style(tag, _value(element))
        elif tag in ("br", "cr"):
            self.lines.end_line()
        elif tag in _SIGNS and (parent := element.getparent()) is not None and tag_of(parent) == "r":
            # A tab is also the name of a place where tabs stop.
            self._write(_SIGNS[tag], keep=True)
        elif tag == "p":
            # An empty paragraph is a blank line.
            self.lines.end_line(even_empty=self.lines.at_start)
        elif tag == "tc" and self.outer:
            text = self.lines.finish()
            self.lines = self.outer.pop()
            if self.rows:
                self.rows[-1].append(text.strip("\n"))
        elif tag == "tr" and self.rows:
            self.lines.add_row(self.rows.pop())

    def _style(self, tag: str, value: str) -> None:
        if tag == "b":
            self.bold = value not in _OFF
        else:
            self.script = value.removesuffix("erscript").removesuffix("script")

    def _write(self, text: str, *, keep: bool = False) -> None:
        if self.labelled and not self.bold:
            if not self.lines.at_start and text[:1] not in ":\t":
                self.lines.close_label()
            self.labelled = False
        self.lines.write(scripted(text, self.script), keep=keep)


def _value(element: etree._Element) -> str:
    return next((str(value) for name, value in element.items() if str(name).endswith("}val")), "")
