"""The pages of shortlists: all of them, and one in its order with its notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corpus.record import Record
from kb import lists
from kb.knowledge_base import KnowledgeBase
from kb.site.citation import byline


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the page shows it; ``record`` is ``None`` where it is gone."""

    place: int
    entry: lists.Entry
    record: Record | None
    byline: str


def all_lists(library: KnowledgeBase) -> dict[str, Any]:
    """What the page of all lists shows."""
    return {"lists": lists.lists(library.store)}


def one_list(library: KnowledgeBase, name: str) -> dict[str, Any]:
    """What the page of a list shows; raises ``EvidenceError`` where there is none of that name."""
    found = lists.known(library.store, name)
    records = {record.id: record for record in library.store.records([each.record for each in found.entries])}
    rows = [
        Row(place, entry, record := records.get(entry.record), byline(record) if record else "")
        for place, entry in enumerate(found.entries, start=1)
    ]
    return {"found": found, "rows": rows}


def names(library: KnowledgeBase) -> list[str]:
    """The names of all lists, to choose from."""
    return [found.name for found in lists.lists(library.store)]
