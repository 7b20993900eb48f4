"""RIS, as it is and not only as it should be.

Tags and the fields they fill (https://en.wikipedia.org/wiki/RIS_(file_format) and what exporters do):
``TY`` type, ``ID`` id, ``TI T1 CT`` title (``BT`` of a book), ``AU A1`` authors (``AU  - et al.`` cuts
them short), ``A2 ED`` editors, ``A3`` series editors, ``A4`` translators, ``JF T2 JO JA J2 J1 JI J9 BT``
container title (first found, in this order; the ``T2`` of a book is its series), ``T3`` collection
title, ``PY Y1 DA`` date, ``VL VO`` volume, ``IS CP`` issue (``CP M1`` where they can be one), ``SP EP`` pages
(the number of pages of a book, report or thesis with ``SP`` alone), ``PB PU`` publisher, ``CY PP PI``
its place, ``ET`` edition, ``M3`` genre, ``DO`` DOI (``M3 L3 UR N1`` where they hold one), ``SN`` ISSN or
ISBN, ``UR`` address, ``LA`` language, ``KW`` keywords, ``AB N2`` abstract, ``PMID``, ``C2`` PMC id
(PMID in Scopus'), ``AN`` PMID where ``DB`` or ``DP`` say so. A note ``N1  - PMID: 1`` in the form that
our exporter writes fills the CSL variable or the ``extra`` of that name. All else is kept in ``extra`` by
its tag.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.record import Piece, Problem
from ingest.fields.entities import has_entities, unescape
from ingest.files.text import Text
from ingest.parsers.ris_fields import Values, draft, unwrapped

# "ty-" alone may begin a wrapped line; a type behind it, or a space before the dash, makes it a tag.
_START = re.compile(
    r"^[ \t]*+(?:[0-9]++[.)][ \t]*+)?TY(?:(?:[ \t]{2,}+|\t)-.*|[ \t]?-[ \t]*+[A-Z]{0,8}[ \t]*+)$",
    re.MULTILINE | re.IGNORECASE,
)
_END = re.compile(r"[ \t]*+ER(?:[ \t]{2,}-.*|[ \t]*+-?[ \t]*+)\Z", re.IGNORECASE)
# How lines begin that may be one of these two; looking for a pattern in every line takes too long.
_MARKS = frozenset(" \t0123456789TtEe")
_TAGGED = re.compile(r"[A-Z][A-Z0-9]  -")
_BIBTEX = re.compile(r"^[ \t]*+@\w++[ \t]*+[{(]", re.MULTILINE)
_COMMA_IN_NAME = re.compile(r"^[ \t]*+A[U1][ \t]*+-[^,\n]+,", re.MULTILINE | re.IGNORECASE)

_STRICT = re.compile(r"[ \t]*+([A-Z][A-Z0-9]|PMC?ID|DOI|ISSN|ISBN)(?:[ \t]{2,}+|[ ]?\t)-[ \t]?(.*)")
_LOOSE = re.compile(r"[ \t]*+([A-Z][A-Z0-9]|PMC?ID|DOI) -(?:[ \t](.*)|\Z)")
_SLOPPY = re.compile(r"[ \t]*+([A-Za-z][A-Za-z0-9])[ \t]*+-[ \t]?(.*)")
_NUMBER = re.compile(r"\s*+[0-9]++[.)]\s*+")
_TAGS = (
    "TY ER ID TI T1 T2 T3 CT BT AU A1 A2 A3 A4 ED JF JO JA J1 J2 PY Y1 Y2 DA VL VO IS CP SP EP PB CY PP ET"
    " M1 M2 M3 DO SN UR LA KW AB N1 N2 AD AN AV C1 C2 C3 C4 C5 C6 C7 C8 CA CN DB DP L1 L2 L3 L4 LB LK NV"
    " OP PA PI PU RI RN RP SE ST TA TT U1 U2 U3 U4 U5 PMID PMCID DOI"
)
_KNOWN = frozenset(_TAGS.split())
_TELLING = frozenset({"TI", "T1", "AU", "A1", "AB", "N2", "DO"})

# What databases print before, between and after records.
_FURNITURE = re.compile(
    r"""(?:
        (?:Provider|Database|Content|Source|Export(?:ed)?[ ]?(?:Date|on)?|Search|Results?|Query|Date)\s*:.*
      | [<\[(]?\d+[>\])]?[.)]?
      | (?:Record|Result|Reference|Citation)\s+\#?\d+(?:\s+of\s+\d+)?[.:]?
      | [-=_*~\#\s]++
      | Link\ to\ the\ .*
      | EOF | END | EF
    )\Z""",
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
        # A name without a comma is an organisation's, unless no name of the file's beginning has one.
        person = not _COMMA_IN_NAME.search(text.head)
        for line, part in text.parts(_START):
            yield from _pieces(part.split("\n"), text.source, line, person)


def _pieces(lines: list[str], source: str, first: int, person: bool) -> Iterator[Piece]:
    """What stands in the lines of which the first is that one of the source."""
    starts, ends = _borders(lines)
    ends.append(len(lines))
    before = end = 0
    for start, following in pairwise([*starts, len(lines)]):
        if any(between := lines[before:start]):
            yield from _between(between, source, first + before, person)
        while ends[end] < start:
            end += 1
        before = _trailer(lines, ends[end] + 1, following) if ends[end] < following else following
        yield _piece(lines[start:before], source, first + start, person)
    yield from _between(lines[before:], source, first + before, person)


def _borders(lines: Sequence[str]) -> tuple[list[int], list[int]]:
    """Places of the lines with ``TY`` and of those with ``ER``."""
    starts, ends = [], []
    for place in [place for place, line in enumerate(lines) if line[:1] in _MARKS]:
        if _START.match(lines[place]):
            starts.append(place)
        elif _END.match(lines[place]):
            ends.append(place)
    return starts, ends


def _piece(lines: Sequence[str], source: str, line: int, person: bool) -> Piece:
    """The record of lines that begin with ``TY``."""
    raw = "\n".join(lines).rstrip()
    made = draft(_unescaped(_values(lines), raw), person)
    if made is None:
        return Problem(
            source, line, raw, "record holds nothing but its type", "export it again, or leave it out"
        )
    return made[1].source_record(made[0], source, "ris", line, raw)


def _trailer(lines: Sequence[str], start: int, end: int) -> int:
    """Where a record ends whose ER line stands before ``start``: Ovid prints more tags right behind it."""
    place = start
    telling = 0
    while place < end and _TAGGED.match(lines[place]):
        telling += lines[place][:2] in _TELLING
        place += 1
    return start if telling > 1 else place


def _between(lines: Sequence[str], source: str, first: int, person: bool) -> Iterator[Piece]:
    """What stands between two records: nothing, headers, a record that has lost its ``TY``, or a problem."""
    start = 0
    for place, line in enumerate([*lines, ""]):
        if line and not line.isspace():
            continue
        block, where, start = lines[start:place], first + start, place + 1
        if all(_FURNITURE.match(one.strip()) for one in block):
            continue
        raw = "\n".join(block)
        values = _unescaped(_values(block), raw)
        telling = sum(len(values.get(tag, ())) for tag in _TELLING)
        made = draft(values, person) if telling > 1 else None
        if made is not None:
            yield made[1].source_record(made[0], source, "ris", where, raw)
        else:
            yield Problem(source, where, raw, "text between records", "give it a TY line if it is a record")


def _values(lines: Sequence[str]) -> Values:
    """The values of a record under their tags."""
    values: Values = defaultdict(list)
    wrapped: dict[str, dict[int, list[str]]] = {}
    sloppy = False
    tag = ""
    for line in lines:
        begun, dash, text = line.partition("  - ")
        if dash and begun in _KNOWN:
            tag = begun
        elif found := _tagged(line, not values, sloppy):
            tag, text, loose = found
            sloppy = sloppy or loose
        else:
            if values:
                wrapped.setdefault(tag, {}).setdefault(len(values[tag]) - 1, []).append(line)
            continue
        values[tag].append(text.strip())
    for tag, places in wrapped.items():
        texts = enumerate(values[tag])
        values[tag] = [
            value
            for place, text in texts
            for value in (unwrapped(tag, [text, *places[place]]) if place in places else [text])
        ]
    return _printed(values)


def _unescaped(values: Values, raw: str) -> Values:
    """The values with HTML's characters read, if there are any in the text that they stand in."""
    if not has_entities(raw):
        return values
    return {tag: [unescape(text) for text in texts] for tag, texts in values.items()}


def _printed(values: Values) -> Values:
    """The values without those that are empty."""
    values.pop("ER", None)
    for tag in [tag for tag, texts in values.items() if "" in texts]:
        values[tag] = [text for text in values[tag] if text]
        if not values[tag]:
            del values[tag]
    return values


def _tagged(line: str, first: bool, sloppy: bool) -> tuple[str, str, bool] | None:
    """(tag, text behind it, whether only a sloppy writer prints it so) of a line; ``None`` without a tag."""
    if "-" not in line:
        return None
    if match := _STRICT.match(line):
        return match[1], match[2], False
    if (match := _LOOSE.match(line)) and match[1] in _KNOWN:
        return match[1], match[2] or "", False
    if first or sloppy:
        # Only a record whose TY is written so may write other tags so: "ti-" begins many a wrapped line.
        number = _NUMBER.match(line) if first else None
        match = _SLOPPY.match(line, number.end() if number else 0)
        if match and match[1].upper() in _KNOWN:
            return match[1].upper(), match[2], True
    return None
