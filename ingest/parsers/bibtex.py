"""BibTeX and biblatex.

The text is taken apart by ``bibtex_entries``, names by bibtexparser's functions; commands that
print a symbol are pylatexenc's. bibtexparser's own splitter would lose entries with the key of another,
second values of a field, entries that lack a comma and text that a brace too many cuts off. The fields
that are filled from an entry are listed in ``bibtex_fields``. Text outside of entries is comment
by BibTeX's rules and passed over, unless it looks like (part of) an entry: then it is a problem.

A long text is read in parts. A macro is known from where ``@string`` defines it, and in its whole part.
An entry takes what it lacks from the one that ``crossref`` or ``xdata`` names, in its part or before it
(there: books, proceedings, collections, xdata); one whose parent has not come yet comes out at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.record import Piece, Problem
from ingest.files.text import Text
from ingest.parsers.bibtex_entries import Entry, Parts, entries
from ingest.parsers.bibtex_fields import draft, inherit
from ingest.parsers.bibtex_values import Fields

_ENTRY = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)\s*[{(][ \t]*[^\s,={}]*[^,={}\n]*,", re.MULTILINE)
_COMMAND = re.compile(r"^[ \t]*@(?:string|preamble|comment)[ \t]*[{(]", re.MULTILINE | re.IGNORECASE)
_CODE = frozenset({"media", "import", "charset", "keyframes", "supports", "include", "param", "return"})
_LOOKS_LIKE_ENTRY = re.compile(
    r"^[ \t]*+@\s*+[A-Za-z]*+\s*+(?:[{(]|\Z)|^[ \t]*+,?[ \t]*+[A-Za-z][\w:+-]*[ \t]*=[ \t]*[{\"]",
    re.MULTILINE,
)
_CUT = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)

_PARENTS_TEXT = (
    "book mvbook collection mvcollection proceedings mvproceedings reference mvreference periodical xdata"
)
#: Entries that others take fields from; kept from part to part.
_PARENTS = frozenset(_PARENTS_TEXT.split())
_NO_REFERENCE = frozenset({"string", "comment", "preamble", "xdata"})
_DEEPEST = 8
_HINT = "look for a brace, quote or comma missing"


class Bibtex:
    """Reads BibTeX: an entry that is broken is a problem, the ones around it are whole."""

    name = "bibtex"
    endings: tuple[str, ...] = (".bib", ".bibtex")

    def recognises(self, head: str) -> bool:
        """Whether there is the beginning of an entry: ``@type{key,``."""
        entry = _ENTRY.search(head)
        return (entry is not None and entry[1].lower() not in _CODE) or _COMMAND.search(head) is not None

    def parse(self, text: Text) -> Iterator[Piece]:
        """The entries in the order printed, but for those of a long text whose parent comes later."""
        file = _File(text.source)
        begun, held = 1, ""
        for line, part in text.parts(_CUT):
            if held:
                # The last entry may go on in this part: an abstract can hold what looks like one.
                place = file.unfinished(held)
                yield from file.read(held[:place], begun, more=True)
                line, part = begun + held.count("\n", 0, place), held[place:] + part
            begun, held = line, part
        yield from file.read(held, begun, more=False)
        yield from file.orphans()


@dataclass(slots=True)
class _Child:
    """An entry whose parent has not come yet."""

    entry: Entry
    fields: Fields
    raw: str
    line: int


@dataclass(slots=True)
class _File:
    """What the entries of one file share: macros, parents, and children that wait for theirs."""

    source: str
    macros: dict[str, str] = field(default_factory=dict)
    parents: dict[str, tuple[str, Fields]] = field(default_factory=dict)
    waiting: list[_Child] = field(default_factory=list)

    def unfinished(self, part: str) -> int:
        """Where the last entry of a part begins if it is not whole, else the part's end."""
        start = max((match.start() for match in _CUT.finditer(part)), default=0)
        last = next(entries(part[start:]), None)
        return start if last is not None and last.broken else len(part)

    def read(self, part: str, line: int, *, more: bool) -> Iterator[Piece]:
        """The pieces of a part that begins in a line; ``more`` says that others come behind it."""
        found = list(entries(part))
        later = self._later_macros(found)
        read = [(entry, self._fields(entry, later)) for entry in found]
        near = {
            entry.key.lower(): (entry.kind, fields)
            for entry, fields in reversed(read)
            if fields and entry.key and not entry.broken
        }
        place = 0
        for entry, fields in read:
            yield from self._stray(part[place : entry.start], line)
            line += part.count("\n", place, entry.start)
            raw = part[entry.start : entry.end]
            if entry.broken:
                yield self._problem(raw.strip(), line, f"entry is broken: {entry.broken}", _HINT)
            elif entry.kind not in _NO_REFERENCE:
                child = _Child(entry, fields, raw, line)
                if more and not all(key in near or key in self.parents for key in _parents_of(fields)):
                    self.waiting.append(child)
                else:
                    yield self._record(child, near)
            line += raw.count("\n")
            place = entry.end
        yield from self._stray(part[place:], line)
        self.parents |= {key: parent for key, parent in near.items() if parent[0] in _PARENTS}

    def orphans(self) -> Iterator[Piece]:
        """The entries whose parent came later, or never."""
        for child in self.waiting:
            yield self._record(child, {})

    def _record(self, child: _Child, near: dict[str, tuple[str, Fields]]) -> Piece:
        entry = child.entry
        fields = child.fields
        if "crossref" in fields or "xdata" in fields:
            fields = self._inherited(entry.kind, fields, {**self.parents, **near}, {entry.key.lower()})
        made = draft(entry.kind, entry.key, fields)
        if made is None:
            return self._problem(child.raw, child.line, "entry has no fields", "give it at least a title")
        return made.source_record(entry.key, self.source, "bibtex", child.line, child.raw)

    def _inherited(
        self, kind: str, fields: Fields, parents: dict[str, tuple[str, Fields]], seen: set[str]
    ) -> Fields:
        """The fields of an entry with those it takes from its parents, and they from theirs."""
        for key in _parents_of(fields):
            if key not in parents or key in seen or len(seen) > _DEEPEST:
                continue
            its_kind, its_fields = parents[key]
            its_fields = self._inherited(its_kind, its_fields, parents, seen | {key})
            fields = inherit(kind, fields, its_kind, its_fields)
        return fields

    def _later_macros(self, found: list[Entry]) -> dict[str, str]:
        """The macros of a part, for names that are used before they are defined."""
        later = dict(self.macros)
        for entry in found:
            if entry.kind == "string" and not entry.broken:
                later |= {name.lower(): self._value(parts, later) for name, parts in entry.fields}
        return later

    def _fields(self, entry: Entry, later: dict[str, str]) -> Fields:
        """Field name in lower case -> (name as printed, value), all of them."""
        fields: Fields = {}
        if entry.kind == "string" and not entry.broken:
            self.macros |= {name.lower(): self._value(parts, later) for name, parts in entry.fields}
            return fields
        for name, parts in entry.fields:
            value = parts[0][0] if len(parts) == 1 and not parts[0][1] else self._value(parts, later)
            if value and not value.isspace():
                fields.setdefault(name.lower(), []).append((name, value))
        return fields

    def _value(self, parts: Parts, later: dict[str, str]) -> str:
        return "".join(
            self.macros.get(text.lower(), later.get(text.lower(), text)) if macro else text
            for text, macro in parts
        )

    def _stray(self, text: str, line: int) -> Iterator[Piece]:
        """What text outside of entries holds that looks like part of one."""
        if text and not text.isspace() and _LOOKS_LIKE_ENTRY.search(text):
            line += text.count("\n", 0, len(text) - len(text.lstrip()))
            yield self._problem(text.strip(), line, "text outside of an entry", _HINT)

    def _problem(self, raw: str, line: int, reason: str, hint: str) -> Problem:
        return Problem(self.source, line, raw, reason, hint)


def _parents_of(fields: Fields) -> list[str]:
    """The keys that an entry names as its parents."""
    if "crossref" not in fields and "xdata" not in fields:
        return []
    names = [value for name in ("crossref", "xdata") for _, value in fields.get(name, ())]
    return [key.strip().lower() for value in names for key in value.split(",") if key.strip()]
