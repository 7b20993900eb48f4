"""The page that says why a record carries a theme, or what was lacking for it."""

from __future__ import annotations

from typing import Any

from corpus.query import DIRECTIONS
from corpus.theme import AXES
from kb.deciding_tags_why import account, decision_line
from kb.knowledge_base import KnowledgeBase
from kb.site import citation, words
from kb.site.pages.parts import door


def why(library: KnowledgeBase, record_id: str, theme_id: str, direction: str) -> dict[str, Any]:
    """What the page shows; with a ``theme_id`` the reasons or the nearest misses of that theme.

    Raises ``EvidenceError`` for a record, theme or direction that there is not.
    """
    record = library.record(record_id)
    theme = library.themes.get(theme_id)
    found: dict[str, Any] = {"tags": [], "misses": [], "decisions": []}
    if theme_id:
        found |= account(library, record.id, theme_id, direction or None)
    return {
        "record": record,
        "byline": citation.byline(record),
        "theme": theme,
        "direction": direction,
        "door": door(direction),
        "directions": [words.DOOR[each] for each in DIRECTIONS],
        "axes": [(words.AXES[axis], each) for axis in AXES if (each := _themes(library, axis))],
        "carried": [dict(tag, door=door(tag["direction"])) for tag in found["tags"]],
        "misses": found.get("misses", []),
        "decided": [decision_line(decision) for decision in found["decisions"]],
    }


def _themes(library: KnowledgeBase, axis: str) -> list[Any]:
    return [theme for theme in library.themes.values() if theme.axis == axis]
