"""From the cells of a row to the fields of a record; which columns go where stands in ``columns``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qs

from corpus.identity import normalise_doi, normalise_pmcid, normalise_pmid
from corpus.record import Author
from ingest.fields.draft import Draft, clean_doi
from ingest.fields.pages import page_range
from ingest.parsers.cells import clean, number, put_citation, put_names, put_orcids, words
from ingest.parsers.columns import Layout, normal
from ingest.parsers.table_types import csl_type_of
from ingest.parsers.tagged import put_dates, put_pages, put_serials

_TEXTS = (
    *("title", "abstract", "container_title", "collection_title", "volume", "issue", "publisher"),
    *("publisher_place", "edition", "genre", "language", "number_of_pages"),
)
_NUMBERS = frozenset(
    {"year", "month", "day", "volume", "issue", "first_page", "last_page", "page", "article_number", "pmid"}
)
_ROLES = {
    "authors": "author",
    "editors": "editor",
    "series_editors": "collection-editor",
    "translators": "translator",
}
#: Places that make a row a description of a work.
_TELLING = frozenset(
    {
        "title",
        "abstract",
        "authors",
        "editors",
        "doi",
        "pmid",
        "pmcid",
        "url",
        "citation",
        "source",
        "container_title",
    }
)
_STRUCTURAL = frozenset({"type", "entrytype", "itemtype", "typeofreference", "referencetype"})
_TIME = re.compile(r"(?<=\d)[T ]\d\d:\d\d.*\Z")
_DATABASES = re.compile(
    r"scopus|medline|pubmed|embase|web of science|wos|psycinfo|cinahl|eric|crossref|openalex|central"
    r"|google scholar"
    r"|https?:\S+",
    re.IGNORECASE,
)
_PROCEEDINGS = re.compile(r"\b(?:proceedings|conference|symposium|workshop)\b", re.IGNORECASE)
_PMID = re.compile(r"^PMID: (\d{1,8})\s*$", re.MULTILINE)
_WORK = re.compile(r"https?://(?:api\.)?openalex\.org/(?:works/)?(W\d+)\Z", re.IGNORECASE)
Found = tuple[str, str]


class Fields:
    """Makes records of the rows under one head."""

    def __init__(self, head: Sequence[str], layout: Layout) -> None:
        """``head`` has the names as printed, ``layout`` says which of its columns go where."""
        self._names = [name.strip() or f"column {place}" for place, name in enumerate(head, start=1)]
        self._layout = dict(layout)
        placed = {column for columns in layout.values() for column in columns}
        self._others = [column for column in range(len(head)) if column not in placed]
        plain = {normal(name) for name in head}
        self._run_on = {"itemtitle", "itemdoi"} <= plain
        self._colrev = "ENTRYTYPE" in head

    def draft(self, cells: Sequence[str]) -> tuple[str, Draft] | None:
        """(id, record in the making), or ``None`` if nothing in the row tells of a work."""
        cells = [self._clean(cell) if cell else "" for cell in cells]
        # A formula that no program has put a value for is no field's text.
        formulas = [column for column, cell in enumerate(cells[: len(self._names)]) if cell[:1] == "="]
        values = {place: found for place in self._layout if (found := self._found(place, cells))}
        if not _TELLING.intersection(values):
            return None
        made = Draft()
        for column in sorted([*self._others, *formulas]) if formulas else self._others:
            if column < len(cells) and cells[column]:
                made.keep(self._names[column], cells[column])
        _put_type(made, values.pop("type", []))
        for place in _TEXTS:
            for name, value in values.pop(place, ()):
                made.put(place, value, name)
        self._put_people(made, values)
        _put_identifiers(made, values)
        _put_dates(made, values)
        for place in ("citation", "source"):
            for name, value in values.pop(place, ()):
                _put_reference(made, place, name, value)
        _put_page(made, values)
        for _, value in values.pop("keywords", ()):
            made.add_keywords(words(value))
        if made.type == "document":
            made.type = _guessed_type(made)
        id = _id(made, values.pop("id", []))
        for found in values.values():
            for name, value in found:
                made.keep(name, value)
        return id, made

    def _clean(self, cell: str) -> str:
        cell = clean(cell)
        return "" if self._colrev and cell == "UNKNOWN" else cell

    def _found(self, place: str, cells: Sequence[str]) -> list[Found]:
        """(column name, value) of the cells in one place that are not empty, the best first."""
        found = []
        for column in self._layout[place]:
            if column < len(cells) and (value := cells[column]) and value[0] != "=":
                found.append((self._names[column], number(value) if place in _NUMBERS else value))
        return found

    def _put_people(self, made: Draft, values: dict[str, list[Found]]) -> None:
        for place, role in _ROLES.items():
            if found := values.pop(place, []):
                put_names(made, found[0][1], found[0][0], role, run_on=self._run_on)
                for name, value in found[1:]:
                    if value != found[0][1]:
                        made.keep(name, value)
            if place == "authors":
                for name, value in values.pop("orcids", ()):
                    put_orcids(made, value, name)
        for _, value in values.pop("organisations", ()):
            literals = (Author(literal=text.strip()) for text in value.split(";") if text.strip())
            made.authors += [author for author in literals if author not in made.authors]
        for _, value in values.pop("et_al", ()):
            made.et_al = made.et_al or value.lower() not in ("0", "no", "false")


def _put_type(made: Draft, found: Sequence[Found]) -> None:
    for name, value in found:
        csl_type = csl_type_of(value)
        # Web of Science says J or B first, and what it is second.
        if csl_type and (made.type == "document" or (csl_type not in ("article-journal", "book", made.type))):
            made.type = csl_type
        if not csl_type or normal(name) not in _STRUCTURAL:
            made.keep(name, value)


def _guessed_type(made: Draft) -> str:
    texts = made.texts
    if container := texts.get("container_title"):
        if "isbn" in texts and "issn" not in texts:
            return "paper-conference" if _PROCEEDINGS.search(container) else "chapter"
        return "article-journal"
    return (
        "book"
        if "isbn" in texts
        else "article-journal"
        if "issn" in texts and "volume" in texts
        else "document"
    )


def _put_identifiers(made: Draft, values: dict[str, list[Found]]) -> None:
    for name, value in values.pop("doi", ()):
        made.put("doi", clean_doi(value), name)
    for name, value in values.pop("pmid", ()):
        made.put("pmid", normalise_pmid(value) or value, name)
    for name, value in values.pop("pmcid", ()):
        made.put("pmcid", normalise_pmcid(value) or value, name)
    for name, value in values.pop("isbn", ()):
        made.put("isbn", value, name)
    for name, value in values.pop("issn", ()):
        put_serials(made, [value], name)
    for _, value in values.get("extra", ()):
        # Zotero has no column for it.
        if noted := _PMID.search(value):
            made.texts.setdefault("pmid", noted[1])
    for name, value in values.pop("url", ()):
        first, *others = re.split(r"[\s;|]+(?=https?://)", value)
        made.put("url", first, name)
        for other in others:
            made.keep(name, other)
    for name, value in values.pop("resolver", ()):
        made.keep(name, value)
        # The address of a library's link resolver names the work: "...&id=doi:10.1002%2Fcncr.20369&...".
        for text in parse_qs(value.partition("?")[2]).get("id", ()):
            if normalise_doi(text):
                made.texts.setdefault("doi", clean_doi(text))


def _put_dates(made: Draft, values: dict[str, list[Found]]) -> None:
    years = values.pop("year", [])
    months, days = values.pop("month", []), values.pop("day", [])
    dates = [*years, *((name, _TIME.sub("", value)) for name, value in values.pop("date", ()))]
    if months:
        name, month = months[0]
        year = years[0][1][:4] if years else ""
        if year and month.isdecimal():
            day = days[0][1] if days and days[0][1].isdecimal() else ""
            dates.append((name, f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")))
        else:
            dates.append((name, " ".join([year, month, *(value for _, value in days[:1])]).strip()))
    elif days:
        dates.append(days[0])
    put_dates(made, dates)


def _put_reference(made: Draft, place: str, name: str, value: str) -> None:
    """What a column called "Source" holds: a reference, a journal, or the name of a database."""
    known = "container_title" in made.texts
    if place == "citation" or (re.search(r"\d{4}", value) and re.search(r"[(;:,]", value)):
        put_citation(made, value, name)
    elif known or _DATABASES.fullmatch(value):
        made.keep(name, value)
    else:
        made.put("container_title", value, name)


def _put_page(made: Draft, values: dict[str, list[Found]]) -> None:
    pages, first, last = (values.pop(place, []) for place in ("page", "first_page", "last_page"))
    if pages:
        name, printed = pages[0]
        printed = page_range(printed, expand=False)
        put_pages(made, printed, "", (name, name))
        for other, value in [*pages[1:], *first, *last]:
            if value not in page_range(printed).split("-"):
                made.keep(other, value)
    elif first or last:
        start, end = (first or [("", "")])[0], (last or [("", "")])[0]
        put_pages(made, start[1], end[1], (start[0], end[0]))
        for name, value in [*first[1:], *last[1:]]:
            made.keep(name, value)
    for name, value in values.pop("article_number", ()):
        if "page" in made.texts:
            made.keep(name, value)
        else:
            made.put("page", value, name)


def _id(made: Draft, found: Sequence[Found]) -> str:
    """The key of the row; PubMed's own table has none but the PMID."""
    if not found:
        return made.texts.get("pmid", "")
    for name, value in found[1:]:
        made.keep(name, value)
    id = found[0][1]
    if work := _WORK.match(id):
        made.keep("openalex", work[1].upper())
    return id
