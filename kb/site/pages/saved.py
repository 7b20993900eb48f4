"""The pages of saved searches: what each found last, what is new since, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corpus.query import Query
from kb import wording
from kb.knowledge_base import KnowledgeBase
from kb.searches import flow, news, saved
from kb.searches.news import Change
from kb.site.asked import Asked
from kb.site.memo import kept

# More records than this are compared in the shell: a visitor would wait.
_MOST = 5000


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search: its last run, what it asks in words, and the parameters of its page."""

    run: saved.Run
    said: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """A change, with the title of its record; ``there`` is whether the record has a page."""

    change: Change
    title: str
    there: bool


def searches(library: KnowledgeBase) -> dict[str, Any]:
    """What the page of all of them shows."""
    return {"searches": [_kept(library, run) for run in saved.saved(library.store)]}


def search(library: KnowledgeBase, name: str) -> dict[str, Any]:
    """What the page of one shows; raises ``EvidenceError`` where there is none of that name."""
    runs = saved.runs(library.store, name)
    last = runs[-1]
    return {
        "kept": _kept(library, last),
        "runs": list(reversed(runs)),
        "flow": flow.svg(last) if last.ground else "",
        "kinds": _news(library, name) if last.total <= _MOST else None,
        "shell": wording.shell(last.query, "search"),
    }


def asked_of(query: Query) -> Asked:
    """The search of an address that asks for the same."""
    filters = query.filters
    return Asked(
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


@kept
def _news(library: KnowledgeBase, name: str) -> list[tuple[str, str, list[Told]]]:
    """(kind, what it is, changes) of each kind that there is anything of."""
    found = news.whats_new(library, name)
    titles = {
        record.id: record.title
        for record in library.store.records({change.record for change in found.changes})
    }
    return [
        (
            wording.capital(kind),
            news.EXPLAINED[kind],
            [
                Told(change, titles.get(change.record, change.record), change.record in titles)
                for change in found.of(kind)
            ],
        )
        for kind in news.KINDS
        if found.of(kind)
    ]


def _kept(library: KnowledgeBase, run: saved.Run) -> Kept:
    return Kept(run, wording.said(run.query, library.themes), asked_of(run.query).address())
