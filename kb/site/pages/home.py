"""The home page: one box, examples, three doors, and what this library is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from kb.knowledge_base import KnowledgeBase
from kb.searches.arrivals import newest
from kb.site import words
from kb.site.links import Link
from kb.site.memo import kept
from kb.site.pages import map as map_page
from kb.site.pages.parts import Counted, Line, counted, lines

_BEHIND_A_DOOR = 6
_SETTINGS = 8
_NEW = 5


@dataclass(frozen=True, slots=True)
class Opened:
    """A door with the themes most often found behind it."""

    door: words.Door
    records: int
    themes: list[Counted]
    rest: int


#: What to search for, and the filters that go with it where the library has such themes.
_EXAMPLES: tuple[tuple[str, dict[str, str]], ...] = (
    ("why do agencies not trust each other", {}),
    ("confidentiality in child protection", {"direction": "barrier", "setting": "child-protection"}),
    ("does training together change anything", {}),
    ('"co-location" OR "shared premises"', {}),
    ("who leads when nobody is in charge", {"mode": "semantic"}),
)


@kept
def home(library: KnowledgeBase) -> dict[str, Any]:
    """What the home page shows."""
    counts = counted(library)
    settings = sorted(
        (each for each in counts.values() if each.theme.axis == "setting" and each.total),
        key=lambda each: -each.total,
    )
    span = next(library.store.query("select count(*) n, min(year) first, max(year) last from records"))
    return {
        "doors_open": [_opened(library, door, counts) for door in words.DOORS],
        "settings": settings[:_SETTINGS],
        "new": _new(library),
        **map_page.small(library),
        "examples": [_example(text, more) for text, more in _EXAMPLES if _possible(library, more)],
        "size": {
            "records": span["n"],
            "first": span["first"],
            "last": span["last"],
            "themes": sum(1 for each in counts.values() if each.theme.axis == "factor" and each.total),
            "quotes": library.store.value(
                "select count(*) from tags join themes on themes.id = theme"
                " where status <> 'rejected' and axis = 'factor'"
            ),
            "sources": library.store.value("select count(*) from sources"),
        },
    }


def _new(library: KnowledgeBase) -> list[tuple[Line, str]]:
    """The records that came last, each with when."""
    arrivals = {arrival.record: arrival for arrival in newest(library.store, _NEW)}
    return [(line, arrivals[line.record.id].read_at) for line in lines(library, list(arrivals))]


def _opened(library: KnowledgeBase, door: words.Door, counts: dict[str, Counted]) -> Opened:
    records = library.store.value(
        "select count(*) from facets where axis = 'direction' and value = ?", [door.id]
    )
    themes = sorted(
        (each for each in counts.values() if each.directions.get(door.id)),
        key=lambda each: -each.directions[door.id],
    )
    return Opened(door, records, themes[:_BEHIND_A_DOOR], max(0, len(themes) - _BEHIND_A_DOOR))


def _example(text: str, more: dict[str, str]) -> Link:
    return Link(text, urlencode({"q": text} | more))


def _possible(library: KnowledgeBase, more: dict[str, str]) -> bool:
    return "setting" not in more or more["setting"] in library.themes
