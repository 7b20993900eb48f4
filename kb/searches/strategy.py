"""The search strategy for an appendix, by PRISMA-S (Rethlefsen et al. 2021, doi:10.1186/s13643-020-01542-z).

Items 1, 7 to 10 and 12 to 16 are filled in from the evidence file; what it cannot know is a blank, marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from corpus.theme import Theme
from kb.citing.reference import Run as Text
from kb.documents.blocks import Block, Document, Figure, Heading, Line, Paragraph, Table, plain
from kb.searches import flow
from kb.searches.ground import SourceCount
from kb.searches.saved import Run
from kb.wording import capital, day, listed, many, said, shell, type_label

#: The vendor of a format that only one database writes; others are for a person to name.
_DATABASES = {
    "pubmed-xml": "PubMed",
    "nbib": "PubMed",
    "wos": "Web of Science",
    "openalex": "OpenAlex",
    "crossref": "Crossref",
    "europepmc": "Europe PMC",
}
_ITEMS = (
    ("1", "Database name"),
    ("7", "Other methods"),
    ("8", "Full search strategies"),
    ("9", "Limits and restrictions"),
    ("10", "Search filters"),
    ("12", "Updates"),
    ("13", "Dates of searches"),
    ("14", "Peer review"),
    ("15", "Total records"),
    ("16", "Deduplication"),
)


def document(run: Run, earlier: list[Run], themes: Mapping[str, Theme]) -> Document:
    """The strategy as a document of its own; ``earlier`` are the runs before, the first one first."""
    title = f"Search strategy: {run.name}" if run.name else "Search strategy"
    blocks = tuple(strategy(run, earlier, themes, 1))
    return Document(title, "By the items of PRISMA-S", day(run.run_at), blocks)


def strategy(run: Run, earlier: list[Run], themes: Mapping[str, Theme], level: int) -> Iterator[Block]:
    """The blocks of the strategy, their headings from ``level`` on."""
    yield Paragraph(
        (
            *plain("What stands here was filled in from the evidence file. "),
            _blank("What is marked so"),
            *plain(" the file cannot know: it is for you to fill in or to strike out."),
        )
    )
    made = {
        "1": _databases,
        "7": _other_methods,
        "8": _full,
        "9": _limits,
        "10": _filters,
        "12": _updates,
        "13": _dates,
        "14": _reviewed,
        "15": _total,
        "16": _joined,
    }
    for number, name in _ITEMS:
        yield Heading(level, f"Item {number}: {name}")
        yield from made[number](run, earlier, themes)
    if run.ground:
        yield Heading(level, "Flow of records")
        yield Figure(flow.svg(run), (flow.table(run),))


def _databases(run: Run, _: list[Run], __: Mapping[str, Theme]) -> Iterator[Block]:
    if run.ground is None:
        yield Paragraph((_blank("sources: this run was kept by an earlier version; run it again"),))
        return
    yield Paragraph(
        plain(
            f"The search ran over a library of {many(run.ground.records, 'record')}, put together from"
            f" {many(len(run.ground.sources), 'source')}:"
        )
    )
    rows = tuple(
        (
            (Text(source.name),),
            _database(source),
            plain(f"{source.read:,}"),
            plain(f"{source.found:,}"),
        )
        for source in run.ground.sources
    )
    yield Table(("Source", "Database and platform", "Read", "In the result"), rows, (0.36, 0.34, 0.13, 0.17))


def _database(source: SourceCount) -> Line:
    if source.query:
        return plain(f"{_DATABASES.get(source.format, source.name)}, asked online")
    if source.format in _DATABASES:
        return plain(f"{_DATABASES[source.format]}, a file exported from it")
    return (Text(f"{source.format} file; "), _blank("database and platform?"))


def _other_methods(run: Run, _: list[Run], __: Mapping[str, Theme]) -> Iterator[Block]:
    told = "Every record was tagged by theme by rules that anybody can read"
    if version := run.versions.get("vocabulary"):
        told += f" (vocabulary {version})"
    if run.query.mode != "keyword" and run.query.text:
        told += (
            ". Besides by words, records were found by meaning: by the cosine of the question's and the"
            f" record's vectors ({run.versions.get('model') or 'no model was there'}). What only meaning"
            " found cannot be had again from another database"
        )
    yield Paragraph((*plain(f"{told}. "), _blank("other methods, such as hand searching or experts?")))


def _full(run: Run, _: list[Run], themes: Mapping[str, Theme]) -> Iterator[Block]:
    query = run.query
    rows: list[tuple[Line, Line]] = [(plain("As typed"), plain(query.text or "(no words: every record)"))]
    if run.as_run and run.as_run != query.text:
        rows.append((plain("As run"), plain(run.as_run)))
    for typed, others in run.details.expansions if run.details else ():
        rows.append((plain(f"Also looked for as “{typed}”"), plain(", ".join(others))))
    rows.append((plain("In words"), plain(capital(said(query, themes)))))
    rows.append((plain("To run it again"), plain(shell(query, "search"))))
    yield Table(("", "Search"), tuple(rows), (0.25, 0.75))
    if run.ground and query.text:
        by_words, total = run.ground.by_words, run.total
        told = f"{many(total, 'record')} found: {by_words:,} by their words"
        if query.mode != "keyword":
            told += (
                f", {total - by_words:,} by their meaning only. Only the first can be found again"
                " elsewhere, with the line above in the syntax of the other database"
            )
        yield Paragraph(plain(f"{told}."))
    for source in run.ground.sources if run.ground else ():
        if source.query:
            database = _DATABASES.get(source.format, source.name)
            yield Paragraph(plain(f"Asked of {database} on {day(source.read_at)}: {source.query}"))
    if not run.ground or any(not source.query for source in run.ground.sources):
        yield Paragraph((_blank("the line with which each file was searched for in its database?"),))


def _limits(run: Run, _: list[Run], themes: Mapping[str, Theme]) -> Iterator[Block]:
    filters = run.query.filters
    limits = [f"published in {filters.since} or later"] if filters.since is not None else []
    limits += [f"published in {filters.until} or before"] if filters.until is not None else []
    limits += (
        [f"type: {listed([type_label(each).lower() for each in filters.type], 'or')}"] if filters.type else []
    )
    told = f"{capital('; '.join(limits))}. " if limits else "In this library: none. "
    if filters.since is not None or filters.until is not None:
        told += "A record without a year does not pass. "
    yield Paragraph((*plain(told), _blank("limits and languages of the searches that filled the library?")))


def _filters(run: Run, _: list[Run], themes: Mapping[str, Theme]) -> Iterator[Block]:
    filters = run.query.filters
    parts = [("theme", [*filters.theme, *filters.setting]), ("direction", list(filters.direction))]
    told = "; ".join(
        f"{name}: {listed([_label(each, themes) for each in values], 'or')}"
        for name, values in parts
        if values
    )
    if not told:
        yield Paragraph(plain("None."))
        return
    yield Paragraph(
        plain(
            f"{capital(told)}. These are tags of the library's own vocabulary, each on words of title or"
            " abstract; they are no published search filter."
        )
    )


def _label(value: str, themes: Mapping[str, Theme]) -> str:
    return f"{themes[value].label} ({value})" if value in themes else value


def _updates(run: Run, earlier: list[Run], _: Mapping[str, Theme]) -> Iterator[Block]:
    if not earlier:
        yield Paragraph(plain("This is the first run of the search that was kept."))
        return
    rows = tuple((plain(day(each.run_at)), plain(f"{each.total:,}")) for each in (*earlier, run))
    yield Paragraph(plain(f"The search was run {many(len(rows), 'time')}, over the library as it was then:"))
    yield Table(("Run on", "Records"), rows, (0.5, 0.5))


def _dates(run: Run, _: list[Run], __: Mapping[str, Theme]) -> Iterator[Block]:
    yield Paragraph(plain(f"The library was searched on {_moment(run.run_at)}."))
    sources = run.ground.sources if run.ground else ()
    rows = tuple((plain(source.name), plain(day(source.read_at))) for source in sources)
    if rows:
        yield Table(("Source", "Read into the library on"), rows, (0.6, 0.4))
    if any(not source.query for source in sources):
        yield Paragraph((_blank("the date on which each file was exported from its database?"),))


def _moment(time: str) -> str:
    try:
        return f"{day(time)} at {datetime.fromisoformat(time):%H:%M} UTC"
    except ValueError:
        return time


def _reviewed(_: Run, __: list[Run], ___: Mapping[str, Theme]) -> Iterator[Block]:
    yield Paragraph((_blank("was the strategy reviewed by another (PRESS, by whom, when)?"),))


def _total(run: Run, _: list[Run], __: Mapping[str, Theme]) -> Iterator[Block]:
    if run.ground is None:
        yield Paragraph(plain(f"{many(run.total, 'record')} found."))
        return
    told = (
        f"{many(run.ground.read, 'description')} were read from"
        f" {many(len(run.ground.sources), 'source')}; the library holds"
        f" {many(run.ground.records, 'record')}, of which the search found {run.total:,}."
    )
    if run.ground.refused:
        refused = run.ground.refused
        told += f" {many(refused, 'piece')} could not be read and {_are(refused)} listed as problems."
    yield Paragraph(plain(told))
    versions = "; ".join(f"{name}: {value}" for name, value in run.versions.items() if value)
    yield Paragraph(plain(f"Versions: {versions}."))


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _joined(run: Run, _: list[Run], __: Mapping[str, Theme]) -> Iterator[Block]:
    if run.ground is None:
        return
    told = (
        f"{many(run.ground.joined, 'description')} of works that were there"
        f" {_are(run.ground.joined)} joined to their record, by identifiers (DOI, PMID, ISBN) and by the"
        " likeness of title, names, year and place. The reason is kept with each; no description is thrown"
        " away, and doubtful pairs are left apart for a person."
    )
    yield Paragraph(plain(told))


def _blank(text: str) -> Text:
    return Text(f"[{text}]", marked=True)
