"""The page of results: hits with the reasons for their themes, and ways to narrow and to leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from corpus.query import Hit
from corpus.record import Record
from corpus.theme import Tag
from kb.knowledge_base import KnowledgeBase
from kb.results import Found
from kb.retractions import Notice, gravest
from kb.site import facets as narrowing
from kb.site import words
from kb.site.asked import PAGE_SIZE, Asked
from kb.site.citation import byline
from kb.site.machine import coins
from kb.site.marking import Piece, pieces
from kb.site.pages.parts import Reason, reasons
from kb.site.search import run
from kb.wording import type_label

if TYPE_CHECKING:
    from index.searcher import Index

_REASONS = 3
_NEIGHBOURS = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as the page shows it; ``more`` is how many reasons it leaves to the record's page."""

    hit: Hit
    record: Record
    byline: str
    type: str
    snippet: Sequence[Piece]
    reasons: Sequence[Reason]
    more: int
    coins: str
    notice: Notice | None = None


def results(library: KnowledgeBase, asked: Asked) -> dict[str, Any]:
    """What the page of results shows; raises ``EvidenceError`` for a filter that names nothing."""
    found = run(library, asked)
    counts = narrowing.Counts(library, asked, found.total)
    index = library.index if asked.text else None
    pages = max(1, -(-found.total // PAGE_SIZE))
    return {
        "asked": asked,
        "results": found,
        "hits": [shown(library, each, asked, index) for each in found],
        "notes": [*found.notes, *_notes(asked)],
        "suggestion": _suggestion(asked, found.suggestion),
        "active": narrowing.active(library, asked),
        "facets": narrowing.facets(counts),
        "years": narrowing.years(counts),
        "pages": pages,
        "pager": pager(asked.page, pages),
        "first": PAGE_SIZE * (asked.page - 1) + 1,
        "modes": words.MODES,
        "sorts": words.SORTS if asked.text else words.SORTS[1:],
        "sort": "newest" if asked.sort == "relevance" and not asked.text else asked.sort,
        "record_count": library.store.value("select count(*) from records"),
    }


def shown(library: KnowledgeBase, found: Found, asked: Asked, index: Index | None = None) -> Shown:
    """The hit as the page shows it, with the reasons that fit the filters first.

    ``index`` tells which quotes hold words that were asked for.
    """
    record = found.record
    asked_for = {*asked.theme, *asked.setting}
    tags = [
        tag
        for tag in found.tags
        if tag.theme in library.themes
        and (library.themes[tag.theme].axis == "factor" or tag.theme in asked_for)
    ]
    told = reasons(library, sorted(tags, key=lambda tag: _order(index, tag, asked)))
    return Shown(
        found.hit,
        record,
        byline(record),
        type_label(record.type),
        pieces(found.hit.snippet or record.abstract[:280]),
        told[:_REASONS],
        max(0, len(told) - _REASONS),
        coins(record),
        gravest(found.notices),
    )


def pager(page: int, pages: int) -> list[int | None]:
    """The page numbers to offer, ``None`` for those left out: 1 … 4 5 6 … 12."""
    near = {1, pages, *range(page - _NEIGHBOURS, page + _NEIGHBOURS + 1)}
    numbers: list[int | None] = []
    for number in sorted(number for number in near if 1 <= number <= pages):
        last = numbers[-1] if numbers else 0
        if last is not None and number - last > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


def _order(index: Index | None, tag: Tag, asked: Asked) -> tuple[bool, bool, bool, bool, float]:
    """What fits the filters comes first, then what holds the words that were asked for."""
    asked_for = (*asked.theme, *asked.setting)
    fits_theme = not asked_for or tag.theme in asked_for
    fits_direction = not asked.direction or tag.direction in asked.direction or tag.theme in asked.setting
    answers = index is not None and index.mentions(asked.query, tag.quote)
    return not (fits_theme and fits_direction), not fits_theme, not answers, tag.direction is None, -tag.score


def _notes(asked: Asked) -> list[str]:
    if asked.since is not None and asked.until is not None and asked.since > asked.until:
        return [f"No year is both {asked.since} or later and {asked.until} or before: swap the two."]
    return []


def _suggestion(asked: Asked, suggestion: str | None) -> dict[str, str] | None:
    if not suggestion or suggestion == asked.text:
        return None
    return {"text": suggestion, "address": replace(asked, text=suggestion, page=1).address()}
