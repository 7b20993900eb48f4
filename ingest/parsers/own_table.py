"""Our own table back: the rows of ``kb export --to csv`` with everything that was in the records.

Its cells are exact: nothing is guessed, completed or cleaned. A name is "Family, Given, Suffix"; one that
would be divided otherwise stands in braces, field by field ("{Family}, {Given}, {Suffix}, {Particle}"), an
organisation's in one pair. A keyword with a semicolon stands in braces too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from corpus.csl import NAME_VARIABLES
from corpus.record import Author
from corpus.schema import RECORD_TEXTS
from ingest.fields.draft import Draft
from ingest.fields.names import parse_name

#: What the head of our own table holds, and that of no other.
_OURS = frozenset({"id", "type", "authors", "et_al", "issued", "container_title", "themes", "extra"})
#: The heads of the other sheets of our workbook, which hold no records.
TAG_COLUMNS = ("record", "title", "theme", "direction", "quote", "field", "status", "score", "method")
SEARCH_COLUMNS = ("About the search", "Value")
#: Between the name of a column and the rest of its text, in a cell right of the table: see ``joined``.
GOES_ON = ": "
_HARMLESS = re.compile(r"'+[=+\-@\t\r]")
_NAME = re.compile(
    r"\s*((?:\{[^{}]*\}(?:, (?=\{))?)+|[^;]*?)(?: \[([\dXx-]{19})\])?(?: \(([a-z-]+)\))?\s*(?:;|\Z)"
)
_WORD = re.compile(r"\s*(?:\{([^{}]*)\}|([^;]*?))\s*(?:;|\Z)")
_BRACED = re.compile(r"\{([^{}]*)\}")


def is_own(head: Sequence[str]) -> bool:
    """Whether this is the head of a table that we wrote."""
    return set(head) >= _OURS


def is_beside(head: Sequence[str]) -> bool:
    """Whether this is the head of another sheet of our workbook than that of records."""
    return tuple(head) in (TAG_COLUMNS, SEARCH_COLUMNS)


def joined(head: Sequence[str], cells: Sequence[str]) -> list[str]:
    """The cells of a row, those behind the last column put where they go on ("abstract: ...")."""
    row = list(cells[: len(head)])
    for cell in cells[len(head) :]:
        name, sign, rest = cell.partition(GOES_ON)
        if sign and name in head:
            row[list(head).index(name)] += rest
        else:
            row.append(cell)
    return row


def restore(cell: str) -> str:
    """The cell without the apostrophe that kept a spreadsheet from running it as a formula."""
    return cell[1:] if _HARMLESS.match(cell) else cell


def parse_own_name(text: str, role: str = "author") -> Author:
    """The author of one name as our table has it, without ORCID."""
    parts = _BRACED.findall(text) if text.startswith("{") else []
    if not parts:
        # A comma at the end says that a family name is all there is.
        return Author(family=text[:-1], role=role) if text.endswith(",") else parse_name(text, role)
    if len(parts) == 1:
        return Author(literal=parts[0], role=role)
    family, given, suffix, particle = [*parts, "", "", ""][:4]
    return Author(family=family, given=given, suffix=suffix, particle=particle, role=role)


def parse_own_names(cell: str, role: str = "author") -> list[Author]:
    """The names of a cell, parted by semicolons, with their ORCIDs and roles."""
    authors = []
    for text, orcid, named in _NAME.findall(cell):
        if text:
            author = parse_own_name(text, named if named in NAME_VARIABLES else role)
            authors.append(
                Author(
                    author.family,
                    author.given,
                    author.literal,
                    author.particle,
                    author.suffix,
                    orcid,
                    author.role,
                )
            )
    return authors


def parse_own_words(cell: str) -> list[str]:
    """The keywords of a cell, parted by semicolons."""
    return [word for braced, bare in _WORD.findall(cell) if (word := braced or bare)]


def own_draft(head: Sequence[str], cells: Sequence[str]) -> tuple[str, Draft] | None:
    """(id, record in the making) of a row, or ``None`` if there is nothing in it but an id and a type."""
    values = {name: restore(cell) for name, cell in zip(head, cells, strict=False) if cell}
    id, kind = values.pop("id", ""), values.pop("type", "")
    values.pop("themes", None)
    values.pop("year", None)
    if not values:
        return None
    made = Draft(kind or "document")
    made.issued = values.pop("issued", "")
    made.et_al = bool(values.pop("et_al", ""))
    for name, role in (("authors", "author"), ("editors", "editor"), ("contributors", "contributor")):
        made.authors += parse_own_names(values.pop(name, ""), role)
    made.authors.sort(key=lambda author: NAME_VARIABLES.index(author.role))
    made.keywords = parse_own_words(values.pop("keywords", ""))
    _put_extra(made, values.pop("extra", ""))
    for name, value in values.items():
        if name in RECORD_TEXTS:
            made.put(name, value, name)
        else:
            made.keep(name, value)
    return id, made


def _put_extra(made: Draft, text: str) -> None:
    try:
        extra = json.loads(text or "{}")
    except (ValueError, RecursionError):
        extra = None
    if not isinstance(extra, dict):
        made.keep("extra", text)
        return
    for name, value in extra.items():
        made.extra[name] = [str(one) for one in value] if isinstance(value, list) else str(value)
