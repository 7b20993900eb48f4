"""A small evidence file for the tests of the site, made by hand, and its pages as trees."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from corpus.record import Author, Record
from corpus.store import Store
from corpus.theme import Tag, Theme, Vocabulary
from index import generations
from kb import pipeline

HOSTILE = '<script>alert("x")</script>'
ABSTRACT = (
    "Staff spoke of a lack of trust between agencies. Lack of money and lack of trust held joint work back;"
    " shared training helped.\nThe law pushed them to collaborate."
)

THEMES = (
    Theme("trust", "Trust", "factor", "Whether people rely on each other.", "relational"),
    Theme("money", "Money", "factor", "Funds and staff.", "organisational", crosswalk={"CFIR": ["Funding"]}),
    Theme("training", "Training", "factor", "", "organisational"),
    Theme("law", f"Law {HOSTILE}", "factor", HOSTILE, "contextual"),
    Theme("schools", "Schools", "setting"),
    Theme("prisons", "Prisons", "setting"),
    Theme("survey", "Survey", "study_type"),
)


def small_library(path: Path) -> Path:
    """An evidence file at ``path`` with a keyword index: 30 records, one of them hostile, one joined."""
    with Store.open(path, create=True) as store:
        with store.atomic():
            store.write_vocabulary(Vocabulary({theme.id: theme for theme in THEMES}, {}, "test"))
            store.write_records([*_records()])
            ids = [record.id for record in _records()]
            store.write_tags(ids, _tags())
            store.write_facets()
            _sources(store)
        corpus_hash = store.corpus_hash()
        generations.build(
            pipeline.index_folder(path),
            list(pipeline.Documents(store)),
            corpus_hash=corpus_hash,
            embedder=None,
        )
        with store.atomic():
            store.set_state("corpus_hash", corpus_hash)
    return path


def _records() -> Iterator[Record]:
    yield Record(
        id="smith-2004-trust",
        type="article-journal",
        title="Trust between agencies",
        abstract=ABSTRACT,
        authors=(Author("Smith", "Ann B."), Author("Berg", "Johan", particle="van der")),
        issued="2004",
        container_title="Journal of Joint Work",
        volume="3",
        issue="2",
        page="11-19",
        doi="10.1000/joint.1",
        url="https://www.example.org/joint",
        keywords=("trust", 'the "law"'),
    )
    yield Record(
        id="hostile-1999-x",
        type="report",
        title=f"Hostile {HOSTILE}",
        abstract=f"Trust {HOSTILE} & <b>bold</b> text; {HOSTILE} again.",
        authors=(Author(literal=HOSTILE),),
        issued="1999",
        url="javascript:alert(1)",
        doi="10.1/<b>&\"'",
        keywords=(HOSTILE,),
        extra={HOSTILE: HOSTILE},
    )
    for number in range(28):
        yield Record(
            id=f"jones-{1990 + number}-study",
            type="book" if number % 4 == 0 else "article-journal",
            title=f"Study of teams, number {number}",
            abstract=f"Teams in schools were asked about confidentiality. Trust was low in year {number}.",
            authors=(Author("Jones", "C."),),
            issued=str(1990 + number),
        )


def _tag(record: Record, theme: str, direction: str | None, quote: str, score: float = 0.7) -> Tag:
    start = record.abstract.index(quote)
    return Tag(
        record.id, theme, direction, "abstract", start, start + len(quote), quote, "rules-1 own", score
    )


def _tags() -> Iterator[Tag]:
    first, hostile, *rest = _records()
    yield _tag(first, "trust", "barrier", "a lack of trust between agencies", 0.9)
    yield _tag(first, "money", "barrier", "Lack of money")
    # Overlaps the one before and the one after it.
    yield _tag(first, "trust", "barrier", "Lack of money and lack of trust held joint work back")
    yield _tag(first, "training", "enabler", "shared training")
    yield _tag(first, "law", "driver", "The law pushed them")
    yield _tag(hostile, "law", "barrier", HOSTILE)
    for number, record in enumerate(rest):
        yield _tag(record, "schools", None, "schools")
        if number % 2:
            yield _tag(record, "trust", "barrier", "Trust was low")
        if number % 3 == 0:
            yield _tag(record, "survey", None, "were asked")


def _sources(store: Store) -> None:
    table = store.database.table
    table("sources").insert(
        {"id": 1, "name": "first.ris", "format": "ris", "sha256": "0" * 64, "read_at": "2026-01-02T03:04:05"}
        | {"pieces": 3, "records": 2, "problems": 1}
    )
    described = {"source": 1, "format": "ris", "record": "smith-2004-trust", "raw": f"TY  - JOUR {HOSTILE}"}
    fields = '{"id": "a", "type": "article-journal", "title": "Trust between agencies", "volume": "4"}'
    table("source_records").insert_all(
        [
            described | {"id": 1, "line": 1, "reason": None, "fields": fields},
            described | {"id": 2, "line": 9, "reason": "same DOI 10.1000/joint.1", "fields": fields},
        ]
    )
    table("problems").insert(
        {"id": 1, "source": 1, "line": 20, "reason": "no title", "hint": "", "raw": HOSTILE}
    )
    table("aliases").insert({"alias": "smith-2004-old", "record": "smith-2004-trust"})


class Page(HTMLParser):
    """A page: its text, and its elements as (name, attributes, text inside)."""

    _BLOCKS = frozenset({"dd", "dt", "h1", "h2", "h3", "li", "p", "td", "th"})
    _VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "rect"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str], str]] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the element; its text follows."""
        attributes = {name: value or "" for name, value in attrs}
        if tag in self._VOID:
            self.elements.append((tag, attributes, ""))
        else:
            self._open.append((tag, attributes, []))

    def handle_data(self, data: str) -> None:
        """The text belongs to every element that is open."""
        for _, _, texts in self._open:
            texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        """The element is complete."""
        if not any(name == tag for name, _, _ in self._open):
            return
        closed = ""
        while closed != tag:
            closed, attributes, texts = self._open.pop()
            self.elements.append((closed, attributes, " ".join("".join(texts).split())))
        if tag in self._BLOCKS:
            self.handle_data(" ")

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, str], str]]:
        """(attributes, text) of the elements of that name that have those attributes (``class_``: one of)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            (has, text)
            for name, has, text in self.elements
            if name == tag
            if all(
                value in has.get(key, "").split() if key == "class" else has.get(key) == value
                for key, value in wanted.items()
            )
        ]

    def text(self, tag: str = "main", **attributes: Any) -> str:
        """The text of the first such element, "" if there is none."""
        found = self.all(tag, **attributes)
        return found[0][1] if found else ""

    def links(self) -> dict[str, str]:
        """Where each link leads, by its text."""
        return {text: has["href"] for has, text in self.all("a") if "href" in has}
