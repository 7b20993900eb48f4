"""What stands in one cell of a table: several names, several keywords, a whole reference, a number."""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.record import Author
from ingest.fields.dates import database_date
from ingest.fields.draft import Draft
from ingest.fields.entities import unescape
from ingest.fields.name_list import parse_names
from ingest.fields.names import is_organisation, is_others, strip_et_al
from ingest.fields.pages import page_range
from ingest.parsers.ovid_source import put_source
from ingest.parsers.tagged import database_name

_QUOTED = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_LIST = re.compile(rf"(?:\[|c\()\s*{_QUOTED}(?:\s*,\s*{_QUOTED})*\s*[\])]\Z", re.DOTALL)
_TEXT = re.compile(_QUOTED, re.DOTALL)
_WHOLE = re.compile(r"(\d+)\.0\Z")
_AUTHOR_ID = re.compile(r"\s*\(\d{5,}\)\Z")
_ORCID = re.compile(r"\s*\[?(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])\]?\s*\Z")
# EPPI-Reviewer: "Darlington Yvonne ; Feeney Judith ;".
_EPPI = re.compile(r"\w ;\s*\Z")
_FAMILY = re.compile(r"\A((?:[a-z]+ )*\S+) +")
_EDITS = re.compile(r"\(\s*(?:eds?|editors?)\b", re.IGNORECASE)
# Springer prints the names without anything between them: "Andy SmithTom Weber".
_RUN_ON = re.compile(
    r"(?<=[^\W\d_A-Z])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bDi)(?<!\bDu)(?<!\bLa)(?<!\bLe)(?<!\bVan)(?<!\bFitz)(?=[A-ZÀ-Þ])"
)
#: What programs print into an empty cell.
_NOTHING = frozenset({"nan", "NaN", "NULL", "None", "<NA>", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!"})
# One word, or some with small particles, a comma, given names: one person and not two.
_ONE = re.compile(r"(?:[^\W\d_A-Z]\w*\s)*\w[\w'’-]+,\s*[^,]+\Z")
# PubMed ends its list with a full stop: "Smith A, Walter B."
_STOPPED = re.compile(r"[^.,]+ [A-Z]{1,3},[^.]* [A-Z]{1,3}\.\Z")
_LAST = re.compile(r"\A(?:&|and)\s+")
_AND = re.compile(r"\s+and\s+")
_OPENING, _CLOSING = "([{", ")]}"

_PUBMED = re.compile(
    r"(?P<container_title>.+?)\. (?P<date>(?:1[89]|20)\d\d[^;:.]*)"
    r"(?:;(?P<volume>[^:(.]*)(?:\((?P<issue>[^)]*)\))?)?(?::(?P<page>.*?))?\.(?:\s|\Z)"
)
_EMBASE = re.compile(
    r"(?P<container_title>.+?) \((?P<date>(?:1[89]|20)\d\d)\)(?: (?P<volume>[^:().]*))?"
    r"(?::(?P<issue>[^()]*?))?(?: \((?P<page>[^()]*)\))?(?:\.|\Z)"
)
_PUBLISHED = re.compile(r"Date of Publication: ([^.]*)")


def clean(cell: str) -> str:
    """The cell without the space around it; "" for what programs print where there is nothing.

    Excel's way to keep a text a text (``="12-15"``) is taken off, HTML's characters are read.
    """
    cell = cell.strip()
    if cell in _NOTHING:
        return ""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 3:
        cell = cell[2:-1]
    return unescape(cell)


def number(cell: str) -> str:
    """A number that a program has made a decimal one ("2014.0") as it was."""
    match = _WHOLE.match(cell)
    return match[1] if match else cell


def put_names(made: Draft, cell: str, name: str, role: str, *, run_on: bool = False) -> None:
    """Add the names of a cell, however they are parted; what holds none is kept as ``name``."""
    if _STOPPED.match(cell):
        cell = cell[:-1]
    if run_on and ";" not in cell:
        cell = _RUN_ON.sub("; ", cell)
    parts = _listed(cell) or _parted(cell)
    if _EPPI.search(cell) and "," not in cell:
        parts = [part if is_organisation(part) else _FAMILY.sub(r"\1, ", part, count=1) for part in parts]
    if len(parts) == 1 and (
        linked := parts if _ONE.match(parts[0]) and " and " not in parts[0] else _linked(parts[0])
    ):
        _put_linked(made, linked, role)
        return
    if len(parts) == 1 or _EDITS.search(cell):
        authors, cut = parse_names("; ".join(parts))
        made.et_al = made.et_al or cut
        if not authors:
            made.keep(name, cell)
        for author in authors:
            if (
                author := replace(author, role=role if author.role == "author" else author.role)
            ) not in made.authors:
                made.authors.append(author)
        return
    person = not any("," in part for part in parts)
    for printed in parts:
        if is_others(printed):
            made.et_al = True
            continue
        bare, cut = strip_et_al(_AUTHOR_ID.sub("", _LAST.sub("", printed)))
        made.et_al = made.et_al or cut
        orcid = _ORCID.search(bare)
        author = database_name(bare[: orcid.start()] if orcid else bare, role, person=person)
        if orcid:
            author = replace(author, orcid=orcid[1].upper())
        if not (author.family or author.literal):
            made.keep(name, printed)
        elif author not in made.authors:
            made.authors.append(author)


def put_orcids(made: Draft, cell: str, name: str) -> None:
    """Give the authors their ORCIDs: as many as they are, in order, or "Family, Given/0000-..." each."""
    parts = _parted(cell)
    found = [_ORCID.search(part.rpartition("/")[2]) for part in parts]
    if len(parts) == len(made.authors):
        places: list[int | None] = list(range(len(parts)))
    else:
        families = {author.family.casefold(): place for place, author in enumerate(made.authors)}
        places = [families.get(part.partition(",")[0].strip().casefold()) for part in parts]
    pairs = [
        (place, match[1]) for place, match in zip(places, found, strict=True) if match and place is not None
    ]
    for place, orcid in pairs:
        made.authors[place] = replace(made.authors[place], orcid=orcid.upper())
    if len(pairs) < len(parts):
        made.keep(name, cell)


def words(cell: str) -> list[str]:
    """The keywords of a cell: a list in brackets, or parted by bars, semicolons, lines, else commas."""
    if listed := _listed(cell):
        return listed
    parts = _parted(cell)
    return parts if len(parts) > 1 else _by_commas(cell)


def put_citation(made: Draft, cell: str, name: str) -> None:
    """Fill what is not filled yet from a reference as PubMed or Embase prints it; it is kept as printed."""
    made.keep(name, cell)
    match = _EMBASE.match(cell) or _PUBMED.match(cell)
    if not match:
        put_source(made, cell)
        return
    found = {field: (text or "").strip() for field, text in match.groupdict().items()}
    dates = [database_date(found.pop("date"))]
    if published := _PUBLISHED.search(cell):
        dates.append(database_date(published[1]))
    for date in dates:
        if date.startswith(made.issued[:4]) and len(date) > len(made.issued):
            made.issued = date
    for field, text in found.items():
        if text:
            made.texts.setdefault(field, page_range(text) if field == "page" else text)


def _listed(cell: str) -> list[str]:
    """The texts of a list as Python, JSON or R print it; none if the cell is no such list."""
    if cell[:2] not in ("['", '["', "c(") or not _LIST.match(cell):
        return []
    return [re.sub(r"\\(.)", r"\1", text[1:-1]) for text in _TEXT.findall(cell)]


def _linked(cell: str) -> list[str]:
    """The names of BibTeX's list, each parted from the next by "and"; none if the cell is no such list."""
    parts = _AND.split(cell)
    commas = [part.count(",") for part in parts]
    # "Smith, J., Jones, K. and Wu, L." and "Ann Wu, John Smith and Kim Lee" have an "and" before the last.
    if len(parts) == 2 and commas != [1, 1]:
        return []
    return parts if len(parts) > 1 and max(commas) <= 2 else []


def _put_linked(made: Draft, parts: list[str], role: str) -> None:
    for part in parts:
        if is_others(part):
            made.et_al = True
        elif part.startswith("{") and part.endswith("}"):
            made.authors.append(Author(literal=part[1:-1], role=role))
        elif part:
            # "Kyung Mook Seo, null": what R prints where there is nothing.
            made.authors.append(database_name(part.removesuffix(", null"), role, person=True))


def _parted(cell: str) -> list[str]:
    separator = next((sign for sign in ("|", ";", "\n") if sign in cell), None)
    parts = cell.split(separator) if separator else [cell]
    return [part.strip() for part in parts if part.strip()]


def _by_commas(cell: str) -> list[str]:
    """Parted by commas that stand in no brackets: "cyst (diagnosis, surgery), adult"."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(cell):
        if sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth = max(0, depth - 1)
        elif sign == "," and not depth:
            parts.append(cell[start:place].strip())
            start = place + 1
    return [*parts, cell[start:].strip()]
