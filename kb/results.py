"""What a search gives back, ready for a page, a table or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from corpus.query import MARK, Hit, Query
from corpus.record import Record
from corpus.theme import Tag

if TYPE_CHECKING:
    from kb.retractions import Notice


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with its record, its tags, and what is said of it: that it was retracted, or in doubt."""

    hit: Hit
    record: Record
    tags: tuple[Tag, ...]
    notices: tuple[Notice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """What ``--json`` prints for a hit; matched words of the snippet stand between asterisks."""
        record = self.record
        snippet = self.hit.snippet.replace(MARK[0], "**").replace(MARK[1], "**")
        ranking = {
            "id": record.id,
            "rank": self.hit.rank,
            "score": round(self.hit.score, 6),
            "keyword_rank": self.hit.keyword_rank,
            "semantic_rank": self.hit.semantic_rank,
        }
        return ranking | {
            "title": record.title,
            "authors": [str(author) for author in record.authors if author.role == "author"],
            "year": record.year,
            "type": record.type,
            "container_title": record.container_title,
            "doi": record.doi,
            "snippet": snippet,
            "tags": [
                {"theme": tag.theme, "direction": tag.direction, "quote": tag.quote, "score": tag.score}
                for tag in self.tags
            ],
            "notices": [notice.to_dict() for notice in self.notices],
        }


@dataclass(frozen=True, slots=True)
class Results:
    """What a query found: one page, best first, of ``total``.

    ``as_run`` is the query as the engine ran it; ``notes`` are sentences that a reader should see;
    ``suggestion`` is the query with its spelling mended, if that would find more; ``expansions`` are words as
    typed with what else was looked for.
    """

    query: Query
    total: int
    found: tuple[Found, ...]
    as_run: str = ""
    notes: tuple[str, ...] = ()
    suggestion: str | None = None
    expansions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    _all: Callable[[], tuple[str, ...]] = field(default=tuple, repr=False, compare=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of everything found, best first; listed when they are asked for."""
        return self._all()

    def __iter__(self) -> Iterator[Found]:
        """The hits of this page."""
        return iter(self.found)

    def __len__(self) -> int:
        """How many hits this page has; ``total`` counts all."""
        return len(self.found)

    def to_dict(self) -> dict[str, Any]:
        """What ``kb search --json`` prints."""
        query = asdict(self.query)
        return {
            "query": query | {"as_run": self.as_run, "expansions": dict(self.expansions)},
            "total": self.total,
            "hits": [found.to_dict() for found in self.found],
            "suggestion": self.suggestion,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value that results can be narrowed by, and how many of them have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Description:
    """One source's description of a record: where it stands, why it was joined, as read, as printed."""

    source: str
    line: int
    format: str
    reason: str
    record: Record
    raw: str
