"""BibTeX and biblatex, through bibtexparser, with what it loses mended.

Kept besides what bibtexparser keeps: entries with the key of another, second values of a field,
entries that lack a comma, text that a brace too many has cut off. The fields that are filled from an
entry are listed in ``ingest.bibtex_fields``. Text outside of entries is comment by BibTeX's rules and
passed over, unless it looks like a broken entry.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    Field,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)
from bibtexparser.splitter import Splitter

from corpus.record import Piece, Problem
from ingest.bibtex_fields import Fields, draft
from ingest.bibtex_values import closing, value_of
from ingest.text import Text

_ENTRY = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)[ \t]*[{(][ \t]*[^\s,={}()]*[^,={}\n]*,", re.MULTILINE)
_COMMAND = re.compile(r"^[ \t]*@(?:string|preamble|comment)[ \t]*[{(]", re.MULTILINE | re.IGNORECASE)
_CODE = frozenset({"media", "import", "charset", "keyframes", "supports", "include", "param", "return"})
_LOOKS_LIKE_ENTRY = re.compile(
    r"^[ \t]*@\s*[A-Za-z]+\s*[{(]|^[ \t]*[A-Za-z][\w:+-]*[ \t]*=[ \t]*[{\"]", re.MULTILINE
)

_NO_COMMA = re.compile(r"([}\"]|=[ \t]*\d+)([ \t]*\n[ \t]*[A-Za-z][\w:+-]*[ \t]*=[ \t]*(?:[{\"]|\w))")
_NO_COMMA_AFTER_KEY = re.compile(
    r"\A(@\w+[ \t]*[{(][ \t]*[^\s,={}()\"]+)([ \t]*\n[ \t]*[A-Za-z][\w:+-]*[ \t]*=)"
)
_FIELD_LINE = re.compile(r"^([ \t]*[A-Za-z][\w:+-]*[ \t]*=[ \t]*\{)(.*)(\}[ \t]*,?[ \t]*)$", re.MULTILINE)
_NEWLINE_IN_TYPE = re.compile(r"\A@\s*(\w+)\s*([{(])")
_BARE_VALUE = re.compile(r"\w+")
_JOINED = re.compile(r"\s*#\s*")
_NAME = re.compile(r"(?:\s+|(?<=[}\"]))([A-Za-z][\w:+-]*)\s*=\s*(?=[{\"\w])")
_AT = re.compile(r"^[ \t]*@(?=\s*\w+\s*[{(])", re.MULTILINE)

_HINT = "look for a brace, quote or comma missing"

# bibtexparser logs what it cannot read; we say it in problems instead.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A block with the text from its beginning to that of the next."""

    block: Block
    start: int
    raw: str


class Bibtex:
    """Reads BibTeX: an entry that is broken is a problem, the ones around it are whole."""

    name = "bibtex"
    endings: tuple[str, ...] = (".bib", ".bibtex")

    def recognises(self, head: str) -> bool:
        """Whether there is the beginning of an entry: ``@type{key,``."""
        entry = _ENTRY.search(head)
        return (entry is not None and entry[1].lower() not in _CODE) or _COMMAND.search(head) is not None

    def parse(self, text: Text) -> Iterator[Piece]:
        """The entries in the order printed."""
        return self._parse(text.whole(), text.source)

    def _parse(self, text: str, source: str) -> Iterator[Piece]:
        chunks = list(_chunks(text))
        macros = _macros(chunks)
        entries = {
            entry.key.lower(): entry
            for chunk in chunks
            if (entry := _entry(chunk.block)) is not None and entry.key.strip()
        }
        reader = _Entries(source, macros, entries)
        line, counted = 1, 0
        for chunk in chunks:
            line += text.count("\n", counted, chunk.start)
            counted = chunk.start
            entry = _entry(chunk.block)
            printed = chunk.block.raw or ""
            if entry is not None:
                yield reader.read(entry, printed, line)
            elif isinstance(chunk.block, ParsingFailedBlock):
                reason = str(getattr(chunk.block.error, "abort_reason", chunk.block.error))
                yield reader.mend(chunk.raw.strip(), line, reason)
                continue
            yield from reader.stray(chunk.raw[len(printed) :], line + printed.count("\n"))


def _chunks(text: str) -> Iterator[_Chunk]:
    """The blocks with their places; text outside of blocks belongs to the one before it."""
    place = 0
    found: list[tuple[Block, int]] = [(_Nothing(raw=""), 0)]
    for block in Splitter(text).split().blocks:
        raw = block.raw or ""
        start = -1 if isinstance(block, ImplicitComment) else text.find(raw, place)
        if start >= 0:
            found.append((block, start))
            place = start + 1 if isinstance(block, ParsingFailedBlock) else start + len(raw)
    for number, (block, start) in enumerate(found):
        end = found[number + 1][1] if number + 1 < len(found) else len(text)
        yield _Chunk(block, start, text[start:end])


class _Nothing(Block):
    """Stands for the text before the first entry."""


def _entry(block: Block) -> Entry | None:
    if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
        return _entry(block.ignore_error_block) if block.ignore_error_block is not None else None
    return block if isinstance(block, Entry) else None


def _macros(chunks: list[_Chunk]) -> dict[str, str]:
    macros: dict[str, str] = {}
    for chunk in chunks:
        block = chunk.block
        if isinstance(block, DuplicateBlockKeyBlock) and isinstance(block.ignore_error_block, String):
            block = block.ignore_error_block
        if isinstance(block, String):
            macros[block.key.lower()] = value_of(block.value, macros)
    return macros


@dataclass(frozen=True, slots=True)
class _Entries:
    """Makes pieces of entries, with the macros and the other entries of their file at hand."""

    source: str
    macros: dict[str, str]
    entries: dict[str, Entry]

    def read(self, entry: Entry, raw: str, line: int) -> Piece:
        """The record of an entry, or a problem if it says nothing."""
        if not all(field.key.strip() for field in entry.fields):
            return Problem(self.source, line, raw, "entry is broken: a field has no name", _HINT)
        fields = _fields(entry, self.macros)
        crossref = fields.get("crossref", [("", "")])[0][1].strip().lower()
        # An entry with an empty key is nobody's parent.
        parent = self.entries.get(crossref) if crossref and crossref != entry.key.lower() else None
        inherited = _fields(parent, self.macros) if parent is not None else None
        made = draft(entry.entry_type, entry.key, fields, inherited)
        if made is None:
            return Problem(self.source, line, raw, "entry has no fields", "give it at least a title")
        return made.source_record(entry.key, self.source, "bibtex", line, raw)

    def mend(self, raw: str, line: int, reason: str) -> Piece:
        """The record of an entry that lacks only a comma, or holds stray braces in a line; else a problem."""
        text = _NEWLINE_IN_TYPE.sub(r"@\1\2", raw)
        text = _NO_COMMA.sub(r"\1,\2", _NO_COMMA_AFTER_KEY.sub(r"\1,\2", text))
        for attempt in (text, _FIELD_LINE.sub(_balance, text)):
            entry = _only_entry(attempt) if attempt != raw else None
            if entry is not None:
                return self.read(entry, raw, line)
        reason = " ".join(reason.split()).rstrip(".")
        return Problem(self.source, line, raw, f"entry is broken: {reason}", _HINT)

    def stray(self, text: str, line: int) -> Iterator[Piece]:
        """What text outside of entries holds that looks like (part of) one."""
        if not _LOOKS_LIKE_ENTRY.search(text):
            return
        starts = [0, *(match.start() for match in _AT.finditer(text) if match.start()), len(text)]
        for start, end in pairwise(starts):
            part = text[start:end]
            if _LOOKS_LIKE_ENTRY.search(part):
                above = start + len(part) - len(part.lstrip())
                yield self.mend(part.strip(), line + text.count("\n", 0, above), "text outside of an entry")


def _only_entry(text: str) -> Entry | None:
    """The entry that this text is, if it is one whole entry and nothing else."""
    blocks = Splitter(text).split().blocks
    entry = _entry(blocks[0]) if len(blocks) == 1 else None
    return entry if entry is not None and entry.fields else None


def _without_comma(field: Field) -> Iterator[Field]:
    """The field, and those that bibtexparser takes for its value because the comma before them is missing."""
    key, value = field.key, str(field.value).strip()
    while (behind := _NAME.match(value, _end_of_value(value))) is not None:
        yield Field(key, value[: behind.start()])
        key, value = behind[1], value[behind.end() :].strip()
    yield Field(key, value)


def _end_of_value(value: str) -> int:
    """Where a value ends, all its parts that ``#`` joins included."""
    end = 0
    while True:
        if value[end : end + 1] in ("{", '"'):
            end = closing(value, end) + 1
        elif bare := _BARE_VALUE.match(value, end):
            end = bare.end()
        joined = _JOINED.match(value, end)
        if joined is None:
            return end
        end = joined.end()


def _balance(match: re.Match[str]) -> str:
    """A field on a line of its own, without the braces within if they do not balance."""
    value = match[2]
    depth = lowest = 0
    for char in value:
        depth += (char == "{") - (char == "}")
        lowest = min(lowest, depth)
    if depth == lowest == 0:
        return match.group()
    return f"{match[1]}{value.replace('{', '').replace('}', '')}{match[3]}"


def _fields(entry: Entry, macros: dict[str, str]) -> Fields:
    """Field name in lower case -> (name as printed, value without its delimiters), all of them."""
    fields: Fields = {}
    for field in (part for printed in entry.fields for part in _without_comma(printed)):
        # A line commented out with % in an entry ends up in front of the next field's name.
        name = field.key.rpartition("\n")[2].strip() or field.key
        value = value_of(str(field.value), macros)
        if value.strip():
            fields.setdefault(name.lower(), []).append((name, value))
    return fields
