"""The seam between a keyword index and the rest: what goes in, what is asked, what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from corpus.query import Filters
from index.tree import Tree


@dataclass(frozen=True, slots=True)
class Document:
    """A record as the indexes see it.

    ``facets`` holds the terms to filter by: "theme" (ids of every axis), "tag" ("theme:direction" of
    each tag with a direction), "direction", "setting", "type".
    """

    id: str
    title: str
    abstract: str = ""
    keywords: str = ""
    authors: str = ""
    container_title: str = ""
    doi: str = ""
    year: int | None = None
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)


Progress = Callable[[int], None]
"""Called with the number of records done so far."""

#: What a title counts for, when words are looked for anywhere: as often as if it were printed so many times.
TITLE_WEIGHT = 3
#: BM25's saturation of a repeated word, and how much a long text is held against a record.
#: Measured (nDCG@10): SciFact .690 with a title weight of 1, .695 with 2, .697 with 3, .696 with 4; review
#: seeds .251 with 1 and .265 with 3. A factor for the share of the words that a record covers, on top of
#: the sum, gave .000 and -.003; BM25+'s bonus a word .000 and -.012: neither is used.
K1, B = 1.2, 0.75


class KeywordIndex(Protocol):
    """An index that is open for reading."""

    def search(self, tree: Tree, filters: Filters, limit: int | None) -> list[tuple[str, float]]:
        """(record id, score) of the best ``limit`` (``None``: all), best first, equal scores by id.

        A tree that asks for no words scores 0, and then the newest come first.
        """

    def expand(self, word: Tree) -> frozenset[str]:
        """The stems (``index.words.stem``) of this index that a word, pattern or fuzzy word stands for."""

    def values(self, facet: str) -> list[str]:
        """All values of a facet field, sorted."""

    def suggest(self, word: str) -> str | None:
        """The word of the library that ``word`` was probably meant to be; ``None`` if it is there itself."""

    def like(self, record_id: str) -> Tree | None:
        """A query for records about the same: its most telling words. ``None`` for an unknown record."""

    def close(self) -> None:
        """Let go of the files."""


class Engine(Protocol):
    """Builds and opens keyword indexes of one kind."""

    name: str
    version: str

    def build(self, documents: Iterable[Document], folder: Path, progress: Progress | None = None) -> None:
        """Write a whole new index into the empty ``folder``."""

    def open(self, folder: Path) -> KeywordIndex:
        """Open an index; raises ``IndexProblem`` where there is none that can be read."""
