"""What only those see who are signed in: the bar with what waits, and a record's tags to decide on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS
from corpus.theme import Tag, Theme
from kb.knowledge_base import KnowledgeBase
from kb.site import words
from kb.site.pages import log
from kb.site.pages.lists import names
from kb.site.pages.parts import door

_WAITING = """
select count(*) from decisions where decided_at > ? and kind not in ('undo', 'list')
and id not in (select json_extract(content, '$.decision') from decisions where kind = 'undo')
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """What waits for somebody: open problems, doubtful pairs, and decisions that the index does not know.

    ``stale`` says that the index is older than the records, by whatever; ``told`` are the decisions that
    were just made, ``undone`` says that they were taken back instead.
    """

    problems: int
    doubts: int
    waiting: int
    stale: bool
    told: tuple[log.Entry, ...] = ()
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A tag to decide on; ``others`` are the doors of the directions that it does not have."""

    tag: Tag
    theme: Theme
    door: words.Door | None
    status: str
    method: str
    others: tuple[words.Door, ...]


def bar(library: KnowledgeBase, decided: tuple[int, ...], *, undone: bool) -> Bar:
    """The bar, with the decisions of those numbers."""
    store = library.store
    stale, built = True, ""
    # Without an index, all that was decided waits for one.
    with suppress(EvidenceError):
        stale, built = not library.index_is_current, library.index.manifest.built
    waiting = store.value(_WAITING, [built]) if stale else 0
    return Bar(
        problems=store.value("select count(*) from problems where settled_by is null"),
        doubts=store.value("select count(*) from doubts"),
        waiting=waiting,
        stale=stale,
        told=tuple(log.entries(library, decided)),
        undone=undone,
    )


def record(library: KnowledgeBase, record_id: str) -> dict[str, Any]:
    """What the page of a record shows besides: every tag, the rejected too, and what was decided on them."""
    found = library.record(record_id)
    judged = []
    for tag in library.tags(found.id):
        if theme := library.themes.get(tag.theme):
            others = [each for each in DIRECTIONS if each != tag.direction] if theme.axis == "factor" else []
            judged.append(
                Judged(
                    tag,
                    theme,
                    door(tag.direction),
                    "" if tag.status == "automatic" else tag.status,
                    words.method(tag) if tag.status != "rejected" else "",
                    tuple(words.DOOR[each] for each in others),
                )
            )
    return {"judged": judged, "decided_on": log.of_record(library, found.id), "list_names": names(library)}
