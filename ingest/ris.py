"""RIS, as it is and not only as it should be.

Tags and the fields they fill (https://en.wikipedia.org/wiki/RIS_(file_format) and what exporters do):
``TY`` type, ``ID`` id, ``TI T1 CT`` title (``BT`` of a book), ``AU A1`` authors (``AU  - et al.`` cuts
them short), ``A2 ED`` editors, ``A3`` series editors, ``A4`` translators, ``JF T2 JO JA J2 J1 BT``
container title (first found, in this order; the ``T2`` of a book is its series), ``T3`` collection
title, ``PY Y1 DA`` date, ``VL VO`` volume, ``IS CP`` issue (``M1`` where it can be one), ``SP EP`` pages
(the number of pages of a book, report or thesis with ``SP`` alone), ``PB`` publisher, ``CY PP`` its
place, ``ET`` edition, ``M3`` genre, ``DO`` DOI (``M3 L3 UR N1`` where they hold one), ``SN`` ISSN or
ISBN, ``UR`` address, ``LA`` language, ``KW`` keywords, ``AB N2`` abstract, ``PMID``, ``C2`` PMC id,
``AN`` PMID where ``DB`` or ``DP`` say so. A note ``N1  - PMID: 1`` in the form that our exporter
writes fills the CSL variable or the ``extra`` of that name. All else is kept in ``extra`` by its tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from corpus.record import Piece, Problem
from ingest.ris_fields import Field, draft
from ingest.text import Text

# "ty-" alone may begin a wrapped line; a type behind it, or a space before the dash, makes it a tag.
_START = re.compile(
    r"^[ \t]*(?:\d+[.)][ \t]*)?(?:TY(?:[ \t]{2,}|\t)-.*|TY[ \t]?-[ \t]*[A-Z]{0,8}[ \t]*)$",
    re.MULTILINE | re.IGNORECASE,
)
_END = re.compile(r"^[ \t]*ER(?:[ \t]{2,}-.*|[ \t]*-?[ \t]*)$\n?", re.MULTILINE | re.IGNORECASE)
_TAGGED = re.compile(r"(?:[A-Z][A-Z0-9][ ]{2}-.*(?:\n|\Z))+")
_BIBTEX = re.compile(r"^[ \t]*@\w+[ \t]*[{(]", re.MULTILINE)
_COMMA_IN_NAME = re.compile(r"^[ \t]*A[U1][ \t]*-[^,\n]+,", re.MULTILINE | re.IGNORECASE)

_STRICT = re.compile(r"[ \t]*([A-Z][A-Z0-9]|PMC?ID|DOI|ISSN|ISBN)(?:[ \t]{2,}|[ ]?\t)-[ \t]?(.*)")
_LOOSE = re.compile(r"[ \t]*([A-Z][A-Z0-9]) -(?:[ \t](.*)|\Z)")
_SLOPPY = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9])[ \t]*-[ \t]?(.*)")
_TAGS = (
    "TY ER ID TI T1 T2 T3 CT BT AU A1 A2 A3 A4 ED JF JO JA J1 J2 PY Y1 Y2 DA VL VO IS CP SP EP PB CY PP ET"
    " M1 M2 M3 DO SN UR LA KW AB N1 N2 AD AN AV C1 C2 C3 C4 C5 C6 C7 C8 CA CN DB DP L1 L2 L3 L4 LB LK NV"
    " OP RI RN RP SE ST TA TT U1 U2 U3 U4 U5"
)
_KNOWN = frozenset(_TAGS.split())
_TELLING = frozenset({"TI", "T1", "AU", "A1", "AB", "N2", "DO"})

# What databases print before, between and after records.
_FURNITURE = re.compile(
    r"""\s*(?:
        (?:Provider|Database|Content|Source|Export(?:ed)?[ ]?(?:Date|on)?|Search|Results?|Query|Date)\s*:.*
      | [<\[(]?\d+[>\])]?[.)]?
      | (?:Record|Result|Reference|Citation)\s+\#?\d+(?:\s+of\s+\d+)?[.:]?
      | [-=_*~\#\s]+
      | Link\ to\ the\ .*
      | EOF | END | EF
    )\s*\Z""",
    re.VERBOSE | re.IGNORECASE,
)


class Ris:
    """Reads RIS: a record from ``TY`` to ``ER``, or to the next ``TY`` where there is no ``ER``."""

    name = "ris"
    endings: tuple[str, ...] = (".ris", ".txt")

    def recognises(self, head: str) -> bool:
        """Whether there is a ``TY  -`` line and no BibTeX entry before it."""
        start = _START.search(head)
        entry = _BIBTEX.search(head)
        return start is not None and not (entry and entry.start() < start.start())

    def parse(self, text: Text) -> Iterator[Piece]:
        """The records in the order printed; lines between them that are no known header are problems."""
        return self._parse(text.whole(), text.source)

    def _parse(self, text: str, source: str) -> Iterator[Piece]:
        # A name without a comma is an organisation's, unless no name of the file has one.
        person = not _COMMA_IN_NAME.search(text)
        starts = [match.start() for match in _START.finditer(text)]
        line = 1
        before = 0
        for start, end in pairwise([*starts, len(text)]):
            yield from _between(text[before:start], source, line, person)
            line += text.count("\n", before, start)
            closing = _END.search(text, start, end)
            before = _trailer(text, closing.end(), end) if closing else end
            yield _piece(text[start:before], source, line, person)
            line += text.count("\n", start, before)
        yield from _between(text[before:], source, line, person)


def _piece(raw: str, source: str, line: int, person: bool) -> Piece:
    """The record of a piece of text that begins with ``TY``."""
    made = draft(_fields(raw), person)
    raw = raw.rstrip()
    if made is None:
        return Problem(
            source, line, raw, "record holds nothing but its type", "export it again, or leave it out"
        )
    return made[1].source_record(made[0], source, "ris", line, raw)


def _trailer(text: str, start: int, end: int) -> int:
    """Where a record ends whose ER line ends at ``start``: Ovid prints more tags right behind it."""
    match = _TAGGED.match(text, start, end)
    if not match or sum(line[:2] in _TELLING for line in match.group().split("\n")) > 1:
        return start
    return match.end()


def _between(text: str, source: str, line: int, person: bool) -> Iterator[Piece]:
    """What stands between two records: nothing, headers, a record that has lost its ``TY``, or a problem."""
    if not text.strip():
        return
    for match in re.finditer(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*", text):
        raw = match.group()
        where = line + text.count("\n", 0, match.start())
        if all(_FURNITURE.match(one) for one in raw.split("\n")):
            continue
        fields = _fields(raw)
        made = draft(fields, person) if sum(field.tag in _TELLING for field in fields) > 1 else None
        if made is not None:
            yield made[1].source_record(made[0], source, "ris", where, raw)
        else:
            yield Problem(source, where, raw, "text between records", "give it a TY line if it is a record")


def _fields(raw: str) -> list[Field]:
    """The fields of a record, each with its continuation lines."""
    fields: list[Field] = []
    sloppy = False
    for line in raw.split("\n"):
        if line[2:6] == "  - " and line[:2] in _KNOWN:
            fields.append(Field(line[:2], [line[6:]]))
            continue
        match = _STRICT.match(line) or _LOOSE.match(line)
        if match and match.re is _LOOSE and match[1] not in _KNOWN:
            match = None
        if not match and (sloppy or not fields):
            # Only a record whose TY is written so may write other tags so: "ti-" begins many a wrapped line.
            match = _SLOPPY.match(re.sub(r"\A\s*\d+[.)]\s*", "", line) if not fields else line)
            match = match if match and match[1].upper() in _KNOWN else None
            sloppy = sloppy or match is not None
        if match:
            fields.append(Field(match[1].upper(), [match[2] or ""]))
        elif fields:
            fields[-1].lines.append(line)
    return fields
