"""The pages of themes: all of them, and those behind one door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from corpus.theme import AXES
from kb.knowledge_base import KnowledgeBase
from kb.site import words
from kb.site.memo import kept
from kb.site.pages.parts import Counted, Quote, counted, quoted

_QUOTES = 6
_RECORDS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Themes of one axis that belong together, under a heading ("" if the axis has none)."""

    title: str
    themes: list[Counted]


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis with its groups; ``directed`` says that its themes hinder, help or drive."""

    id: str
    title: str
    groups: list[Group]
    directed: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """A theme behind a door, with how many records say so and one that says it best."""

    counted: Counted
    count: int
    share: int
    quote: Quote | None


@kept
def all_themes(library: KnowledgeBase) -> dict[str, Any]:
    """What the page of all themes shows."""
    counts = counted(library)
    axes = [
        Axis(axis, words.AXES[axis], list(_groups(counts.values(), axis)), axis == "factor") for axis in AXES
    ]
    return {"axes": [axis for axis in axes if axis.groups], "doors": words.DOORS}


@kept
def behind(library: KnowledgeBase, door: words.Door) -> dict[str, Any]:
    """What the page of a door shows: its themes by count, each with its strongest quote."""
    themes = [
        (each, each.directions[door.id]) for each in counted(library).values() if each.directions.get(door.id)
    ]
    themes.sort(key=lambda pair: -pair[1])
    most = max((count for _, count in themes), default=1)
    best = {row["theme"]: quoted(library, row) for row in _strongest(library, door.id)}
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
