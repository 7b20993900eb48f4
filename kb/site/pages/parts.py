"""Parts that several pages share: the reason for a theme, records in a list, counts by theme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.record import Record
from corpus.theme import Tag, Theme
from kb.gap_map_sets import FacetSets
from kb.knowledge_base import KnowledgeBase
from kb.site import words
from kb.site.asked import shorten
from kb.site.citation import byline
from kb.site.marking import Sentence, sentence
from kb.site.memo import kept
from kb.wording import type_label

_QUOTE = 220


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record carries a theme: the direction and the words that say so."""

    theme: Theme
    door: words.Door | None
    quote: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class Line:
    """A record as a line of a list."""

    record: Record
    byline: str
    type: str


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
            Reason(theme, door(tag.direction), shorten(tag.quote, _QUOTE), tag),
        )
    return list(found.values())


def door(direction: str | None) -> words.Door | None:
    """The door of a direction; ``None`` if none is stated."""
    return next((each for each in words.DOORS if each.id == direction), None)


def lines(library: KnowledgeBase, ids: Sequence[str]) -> list[Line]:
    """The records of ``ids``, in that order."""
    return [Line(record, byline(record), type_label(record.type)) for record in library.store.records(ids)]


@kept
def counted(library: KnowledgeBase) -> dict[str, Counted]:
    """Every theme in use with its counts, by id, in the vocabulary's order."""
    sets = FacetSets.of(library)
    directions: dict[str, dict[str, int]] = {}
    for value, held in sets.axis("tag").items():
        theme, _, direction = value.rpartition(":")
        directions.setdefault(theme, {})[direction] = held.bit_count()
    return {
        theme.id: Counted(
            theme, sets.axis(theme.axis).get(theme.id, 0).bit_count(), directions.get(theme.id, {})
        )
        for theme in library.themes.values()
    }


def quoted(library: KnowledgeBase, row: dict[str, Any]) -> Quote:
    """The quote of a row of ``tags`` (record, field, start, end, score) in its sentence."""
    record = library.record(row["record"])
    text = sentence(getattr(record, row["field"], ""), row["start"], row["end"])
    return Quote(text, record.id, record.title, byline(record), record.year, row["score"])
