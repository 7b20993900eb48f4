"""The page of one theme: what it means, how often it is named and where, its quotes and records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.theme import Theme
from kb.evaluation import latest
from kb.gap_map_sets import FacetSets
from kb.knowledge_base import KnowledgeBase
from kb.site import words
from kb.site.memo import kept
from kb.site.pages.parts import Quote, counted, door, lines, quoted

_QUOTES = 6
_RECORDS = 10
_TOGETHER = 6
# So many quotes of one record may stand among the strongest before others come.
_MOST_OF_ONE = 20


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
class Side:
    """A direction of one theme: how many records, and the strongest quotes."""

    door: words.Door
    count: int
    quotes: list[Quote]


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with how many records on the theme stand in it: in all, and by direction."""

    theme: Theme
    total: int
    cells: list[dict[str, Any]]


@kept
def theme(library: KnowledgeBase, theme_id: str) -> dict[str, Any]:
    """What the page of a theme shows; it must be one of the library's."""
    found = library.themes[theme_id]
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
        "by_setting": _by_setting(library, found) if found.axis != "setting" else [],
        "together": _together(library, found),
        "examples": list(_sentences(found.examples)),
        "counter_examples": list(_sentences(found.counter_examples)),
        "terms": [(door(key), text) for key, text in found.lines()],
        "group": [
            each
            for each in library.themes.values()
            if each.axis == found.axis and each.group and each.group == found.group and each.id != found.id
        ],
        "lines": lines(library, [row["record"] for row in newest]),
        "measured": list(_measured(library, found)),
    }


def _sentences(examples: Iterable[Any]) -> Iterator[tuple[words.Door | None, str]]:
    """Each example, with the direction that it is one of, if it says so."""
    for each in examples:
        pairs = each.items() if isinstance(each, Mapping) else [("", each)]
        yield from ((door(str(way)), str(text)) for way, text in pairs)


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


def _by_setting(library: KnowledgeBase, found: Theme) -> list[Setting]:
    """The settings in which the theme is found, most records first."""
    sets = FacetSets.of(library)
    of_theme = sets.axis(found.axis).get(found.id, 0)
    ways = {door.id: sets.axis("tag").get(f"{found.id}:{door.id}", 0) for door in words.DOORS}
    counts = {
        setting: {way: (held & stands).bit_count() for way, held in ways.items()}
        for setting, stands in sets.axis("setting").items()
        if setting in library.themes and of_theme & stands
    }
    most = max((n for each in counts.values() for n in each.values()), default=0)
    settings = [
        Setting(
            library.themes[setting],
            (of_theme & sets.axis("setting")[setting]).bit_count(),
            [_cell(door, by_way[door.id], most) for door in words.DOORS],
        )
        for setting, by_way in counts.items()
    ]
    return sorted(settings, key=lambda each: (-each.total, each.theme.label))


def _together(library: KnowledgeBase, found: Theme) -> list[tuple[Theme, int]]:
    """The factors most often found on the same records, with on how many."""
    sets = FacetSets.of(library)
    of_theme = sets.axis(found.axis).get(found.id, 0)
    counts = [
        (library.themes[id_], (held & of_theme).bit_count())
        for id_, held in sets.axis("factor").items()
        if id_ in library.themes and id_ != found.id and held & of_theme
    ]
    return sorted(counts, key=lambda pair: (-pair[1], pair[0].label))[:_TOGETHER]


def _quotes(library: KnowledgeBase, found: Theme, direction: str | None) -> list[Quote]:
    """The strongest quotes, one a record."""
    rows = library.store.query(
        'select record, field, start, "end", score from tags'
        " where theme = ? and direction is ? and status <> 'rejected'"
        " order by score desc, length(quote) desc, record, start limit ?",
        [found.id, direction, _QUOTES * _MOST_OF_ONE],
    )
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["record"], row)
    return [quoted(library, row) for row in list(first.values())[:_QUOTES]]


def _decades(library: KnowledgeBase, found: Theme) -> list[dict[str, Any]]:
    sets = FacetSets.of(library)
    ways = {door.id: sets.axis("tag").get(f"{found.id}:{door.id}", 0) for door in words.DOORS}
    decades: dict[int, int] = {}
    for year, published in sets.axis("year").items():
        decade = int(year) // 10 * 10
        decades[decade] = decades.get(decade, 0) | published
    counts = {
        decade: {way: n for way, held in ways.items() if (n := (held & published).bit_count())}
        for decade, published in decades.items()
    }
    counts = {decade: by_way for decade, by_way in counts.items() if by_way}
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
    return {"door": door, "count": count, "share": round(100 * count / most) if most else 0}
