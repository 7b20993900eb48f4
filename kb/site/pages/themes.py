"""The pages of themes: all of them, those behind one door, and one theme with its quotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from corpus.theme import AXES, Theme
from kb.evaluation import latest
from kb.knowledge_base import KnowledgeBase
from kb.site import words
from kb.site.citation import byline
from kb.site.marking import Sentence, sentence
from kb.site.pages.parts import Counted, counted, lines

_QUOTES = 6
_RECORDS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Themes of one axis that belong together, under a heading ("" if the axis has none)."""

    title: str
    themes: list[Counted]


@dataclass(frozen=True, slots=True)
class Measured:
    """How often a theme's tags are right on labels that nothing was made from: so many of so many.

    ``given`` tags of which ``right`` are; ``labelled`` labels of which ``right`` were found.
    """

    name: str
    right: int
    given: int
    labelled: int


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis with its groups; ``directed`` says that its themes hinder, help or drive."""

    id: str
    title: str
    groups: list[Group]
    directed: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a record that earned a theme."""

    text: Sentence
    record: str
    title: str
    byline: str
    year: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Behind:
    """A theme behind a door, with how many records say so and one that says it best."""

    counted: Counted
    count: int
    share: int
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Side:
    """A direction of one theme: how many records, and the strongest quotes."""

    door: words.Door
    count: int
    quotes: list[Quote]


def all_themes(library: KnowledgeBase) -> dict[str, Any]:
    """What the page of all themes shows."""
    counts = counted(library)
    axes = [
        Axis(axis, words.AXES[axis], list(_groups(counts.values(), axis)), axis == "factor") for axis in AXES
    ]
    return {"axes": [axis for axis in axes if axis.groups], "doors": words.DOORS}


def behind(library: KnowledgeBase, door: words.Door) -> dict[str, Any]:
    """What the page of a door shows: its themes by count, each with its strongest quote."""
    themes = [
        (each, each.directions[door.id]) for each in counted(library).values() if each.directions.get(door.id)
    ]
    themes.sort(key=lambda pair: -pair[1])
    most = max((count for _, count in themes), default=1)
    best = {row["theme"]: _quote(library, row) for row in _strongest(library, door.id)}
    return {
        "door": door,
        "doors": words.DOORS,
        "themes": [
            Behind(each, count, round(100 * count / most), best.get(each.theme.id)) for each, count in themes
        ],
        "records": library.store.value(
            "select count(*) from facets where axis = 'direction' and value = ?", [door.id]
        ),
    }


def theme(library: KnowledgeBase, found: Theme) -> dict[str, Any]:
    """What the page of a theme shows."""
    counts = counted(library)[found.id]
    newest = library.store.query(
        "select record from facets join records on records.id = record"
        " where axis = ? and value = ? order by year desc, record limit ?",
        [found.axis, found.id, _RECORDS],
    )
    return {
        "theme": found,
        "axis": words.AXES[found.axis],
        "counted": counts,
        "filter": "setting" if found.axis == "setting" else "theme",
        "sides": [
            Side(door, counts.directions.get(door.id, 0), _quotes(library, found, door.id))
            for door in words.DOORS
            if counts.directions.get(door.id)
        ],
        "neutral": _quotes(library, found, None),
        "decades": _decades(library, found),
        "lines": lines(library, [row["record"] for row in newest]),
        "measured": list(_measured(library, found)),
    }


def _measured(library: KnowledgeBase, found: Theme) -> Iterator[Measured]:
    content = latest(library.store)
    if content is None:
        return
    names = {f"{found.id} {door.id}": door.noun for door in words.DOORS} if found.axis == "factor" else {}
    names = names or {found.id: words.AXES[found.axis]}
    scores = content["unseen"]["themes"].get("factor_direction" if found.axis == "factor" else found.axis, {})
    for label, name in names.items():
        if label in scores:
            right, wrong, missing = (scores[label][key] for key in ("right", "wrong", "missing"))
            yield Measured(name, right, right + wrong, right + missing)


def _groups(counts: Iterable[Counted], axis: str) -> Iterator[Group]:
    groups: dict[str, list[Counted]] = {}
    for each in counts:
        if each.theme.axis == axis:
            groups.setdefault(each.theme.group, []).append(each)
    for title, themes in groups.items():
        yield Group(title.replace("-", " ").replace("_", " ").capitalize(), themes)


def _strongest(library: KnowledgeBase, direction: str) -> Iterator[dict[str, Any]]:
    # Among equally sure quotes the longest says most.
    return library.store.query(
        'select theme, record, field, start, "end", score from ('
        " select *, row_number() over"
        "  (partition by theme order by score desc, length(quote) desc, record) as place"
        "  from tags where direction = ? and status <> 'rejected') where place = 1",
        [direction],
    )


def _quotes(library: KnowledgeBase, found: Theme, direction: str | None) -> list[Quote]:
    rows = library.store.query(
        'select record, field, start, "end", score from ('
        " select *, row_number() over"
        "  (partition by record order by score desc, length(quote) desc, start) as place"
        "  from tags where theme = ? and direction is ? and status <> 'rejected')"
        " where place = 1 order by score desc, length(quote) desc, record limit ?",
        [found.id, direction, _QUOTES],
    )
    return [_quote(library, row) for row in rows]


def _quote(library: KnowledgeBase, row: dict[str, Any]) -> Quote:
    record = library.record(row["record"])
    text = sentence(getattr(record, row["field"], ""), row["start"], row["end"])
    return Quote(text, record.id, record.title, byline(record), record.year, row["score"])


def _decades(library: KnowledgeBase, found: Theme) -> list[dict[str, Any]]:
    counts: dict[int, dict[str, int]] = {}
    for row in library.store.query(
        "select year - year % 10 as decade, substr(value, instr(value, ':') + 1) as direction, count(*) as n"
        " from facets join records on records.id = record"
        " where axis = 'tag' and value >= ? and value < ? and year is not null group by decade, direction",
        [f"{found.id}:", f"{found.id};"],
    ):
        counts.setdefault(row["decade"], {})[row["direction"]] = row["n"]
    if not counts:
        return []
    most = max(n for decade in counts.values() for n in decade.values())
    return [
        {
            "label": f"{decade}s",
            "decade": decade,
            "cells": [_cell(door, counts.get(decade, {}).get(door.id, 0), most) for door in words.DOORS],
        }
        for decade in range(min(counts), max(counts) + 1, 10)
    ]


def _cell(door: words.Door, count: int, most: int) -> dict[str, Any]:
    return {"door": door, "count": count, "share": round(100 * count / most)}
