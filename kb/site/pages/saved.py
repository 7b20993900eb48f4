"""The page of saved searches: what each found last, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kb import saved
from kb.knowledge_base import KnowledgeBase
from kb.site import keeping
from kb.site.asked import Asked


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search: its last run, what it asks in words, and the parameters of its page."""

    run: saved.Run
    said: str
    address: str


def searches(library: KnowledgeBase) -> dict[str, Any]:
    """What the page shows."""
    return {"searches": [_kept(library, run) for run in saved.saved(library.store)]}


def _kept(library: KnowledgeBase, run: saved.Run) -> Kept:
    query, filters = run.query, run.query.filters
    asked = Asked(
        query.text,
        query.mode,
        filters.theme,
        filters.direction,
        filters.setting,
        filters.type,
        filters.since,
        filters.until,
        query.expand,
        query.sort,
    )
    return Kept(run, keeping.said(asked, library.themes), asked.address())
