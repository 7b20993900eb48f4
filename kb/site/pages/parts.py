"""Parts that several pages share: the reason for a theme, records in a list, counts by theme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.record import Record
from corpus.theme import Tag, Theme
from kb.knowledge_base import KnowledgeBase
from kb.site import words
from kb.site.asked import shorten
from kb.site.citation import byline, type_label

_QUOTE = 220


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record carries a theme: the direction and the words that say so.

    ``told`` says that it is worth a line in a list: it has a direction or is a factor.
    """

    theme: Theme
    door: words.Door | None
    quote: str
    tag: Tag
    told: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A record as a line of a list."""

    record: Record
    byline: str
    type: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A theme with how many records carry it: in all, and by direction."""

    theme: Theme
    total: int
    directions: dict[str, int]


def reasons(library: KnowledgeBase, tags: Iterable[Tag]) -> list[Reason]:
    """The reasons of the tags, the first tag of each theme and direction only."""
    found: dict[tuple[str, str | None], Reason] = {}
    for tag in tags:
        theme = library.themes.get(tag.theme)
        if theme is None or tag.status == "rejected":
            continue
        found.setdefault(
            (tag.theme, tag.direction),
            Reason(theme, door(tag.direction), shorten(tag.quote, _QUOTE), tag, theme.axis == "factor"),
        )
    return list(found.values())


def door(direction: str | None) -> words.Door | None:
    """The door of a direction; ``None`` if none is stated."""
    return next((each for each in words.DOORS if each.id == direction), None)


def lines(library: KnowledgeBase, ids: Sequence[str]) -> list[Line]:
    """The records of ``ids``, in that order."""
    return [Line(record, byline(record), type_label(record.type)) for record in library.store.records(ids)]


def counted(library: KnowledgeBase) -> dict[str, Counted]:
    """Every theme in use with its counts, by id, in the vocabulary's order."""
    totals: dict[str, int] = {}
    directions: dict[str, dict[str, int]] = {}
    for row in library.store.query(
        "select axis, value, count(*) as count from facets"
        " where axis not in ('type', 'year', 'direction') group by axis, value"
    ):
        theme, _, direction = row["value"].rpartition(":") if row["axis"] == "tag" else (row["value"], "", "")
        if row["axis"] == "tag":
            directions.setdefault(theme, {})[direction] = row["count"]
        else:
            totals[theme] = row["count"]
    return {
        theme.id: Counted(theme, totals.get(theme.id, 0), directions.get(theme.id, {}))
        for theme in library.themes.values()
    }
