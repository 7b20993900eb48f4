"""Which pairs of a crowd are compared: of descriptions that share a key with more than a few others.

Thousands can bear one title, the DOI of a supplement, or be chapters of one book. All pairs of them would
be their number squared, so a crowd is sorted in several ways and each compared with those next to it
(sorted neighbourhoods: Hernández and Stolfo, SIGMOD 1995). Which pairs these are depends on who is in the
crowd, never on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.works.describing import Description, fingerprint

#: More descriptions than this that share a key are a crowd.
CROWD = 64
#: So many that follow it, in each order, a description is compared with.
_NEXT = 5
#: So many books of one title are compared with all that stand in a book of that title.
_BOOKS = 8
_ABSTRACT = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a description stands in a crowd: what the crowd is sorted by, and no more."""

    id: int
    fingerprint: str
    key: str
    family: str
    year: int
    place: tuple[str, str, str]
    abstract: str
    book: bool


def standing(number: int, description: Description, mark: str = "") -> Standing:
    """The standing of a description; ``mark`` is its fingerprint, if that is at hand."""
    return Standing(
        number,
        mark or fingerprint(description.record),
        description.key,
        description.family,
        description.year or 0,
        (description.volume, description.issue, description.first_page),
        description.record.abstract[:_ABSTRACT],
        description.kind == "book",
    )


_ORDERS: tuple[Callable[[Standing], tuple[Any, ...]], ...] = (
    lambda each: (each.key, each.family, each.year, each.place),
    lambda each: (each.key[::-1], each.year, each.family),
    lambda each: (each.family, each.year, each.key, each.place),
    lambda each: (each.year, each.place, each.family),
    lambda each: (each.abstract, each.place),
)


def pairs(crowd: Iterable[Standing]) -> Iterator[tuple[int, int]]:
    """The pairs of a crowd to compare, each once, the smaller number first; neighbours come in a row."""
    crowd = sorted(crowd, key=lambda each: (each.fingerprint, each.id))
    ranks: list[dict[int, int]] = []
    for order in _ORDERS:
        line = [each.id for each in sorted(crowd, key=order)]
        for at, one in enumerate(line):
            for other in line[at + 1 : at + 1 + _NEXT]:
                if not _met(one, other, ranks):
                    yield min(one, other), max(one, other)
        ranks.append({one: at for at, one in enumerate(line)})
    # A chapter looks like its book in nothing but the book's title.
    books = [each.id for each in crowd if each.book][:_BOOKS]
    for at, one in enumerate(books):
        for each in crowd:
            if each.id not in books[: at + 1] and not _met(one, each.id, ranks):
                yield min(one, each.id), max(one, each.id)


def _met(one: int, other: int, ranks: Iterable[dict[int, int]]) -> bool:
    """Whether the two stand next to each other in an order."""
    return any(abs(rank[one] - rank[other]) <= _NEXT for rank in ranks)
