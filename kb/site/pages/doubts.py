"""Pairs that look alike and were not joined, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.record import Record
from corpus.rows import authors_text
from kb.knowledge_base import KnowledgeBase
from kb.review import doubtful_pairs
from kb.site.asked import shorten
from kb.site.pages.paging import Paged
from kb.wording import type_label

_SIZE = 10
_ABSTRACT = 400

_FIELDS = (
    ("issued", "Date"),
    ("container_title", "Published in"),
    ("volume", "Volume"),
    ("issue", "Issue"),
    ("page", "Pages"),
    ("publisher", "Publisher"),
    ("edition", "Edition"),
    ("doi", "DOI"),
    ("pmid", "PMID"),
    ("isbn", "ISBN"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What the two say in one field; ``differs`` where both say something, and not the same."""

    label: str
    one: str
    other: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one work: row by row, with what speaks for it and what against."""

    one: str
    other: str
    titles: tuple[str, str]
    rows: tuple[Row, ...]
    for_: str
    against: str
    score: float


def doubts(library: KnowledgeBase, number: int) -> dict[str, Any]:
    """What the page shows, most alike first."""
    paged = Paged(number, library.store.value("select count(*) from doubts"), _SIZE)
    pairs = [_pair(library, pair) for pair in doubtful_pairs(library.store, _SIZE, paged.offset)]
    return {"pairs": pairs, "paged": paged}


def doubt(library: KnowledgeBase, one: str, other: str) -> dict[str, Any]:
    """What the page of one pair shows, in doubt or not; raises ``EvidenceError`` for an id that never was."""
    ids = [library.store.resolve(each) for each in (one, other)]
    if ids[0] == ids[1]:
        return {"joined": library.record(ids[0]), "pair": None}
    found = next(doubtful_pairs(library.store, among=ids), None)
    if found is None:
        sides = [{"id": each, "sources": _sources(library, each)} for each in ids]
        bare = {"first": sides[0], "second": sides[1], "for": "", "against": "", "score": 0.0}
        return {"joined": None, "pair": _pair(library, bare), "in_doubt": False}
    return {"joined": None, "pair": _pair(library, found), "in_doubt": True}


def _sources(library: KnowledgeBase, record_id: str) -> list[str]:
    rows = library.store.query(
        "select distinct name from source_records join sources on sources.id = source where record = ?"
        " order by name",
        [record_id],
    )
    return [row["name"] for row in rows]


def _pair(library: KnowledgeBase, pair: dict[str, Any]) -> Pair:
    one, other = (library.record(pair[side]["id"]) for side in ("first", "second"))
    first, second = (", ".join(pair[side]["sources"]) for side in ("first", "second"))
    return Pair(
        one=one.id,
        other=other.id,
        titles=(one.title or "Without a title", other.title or "Without a title"),
        rows=(*_rows(one, other), Row("Read from", first, second, False)),
        for_=pair["for"],
        against=pair["against"],
        score=pair["score"],
    )


def _rows(one: Record, other: Record) -> Sequence[Row]:
    said = [
        ("Title", one.title or "", other.title or ""),
        ("Authors", authors_text(one), authors_text(other)),
        ("Type", type_label(one.type), type_label(other.type)),
        *((label, getattr(one, name), getattr(other, name)) for name, label in _FIELDS),
        ("Summary", shorten(one.abstract, _ABSTRACT), shorten(other.abstract, _ABSTRACT)),
    ]
    return [
        Row(label, first, second, bool(first and second) and _plain(first) != _plain(second))
        for label, first, second in said
        if first or second
    ]


def _plain(text: str) -> str:
    """The text without what is no difference: case, spaces, marks at the end."""
    return " ".join(text.casefold().split()).strip(" .…")
