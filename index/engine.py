"""The seam between a keyword index and the rest: what goes in, what is asked, what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from corpus.query import Filters


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


class KeywordIndex(Protocol):
    """An index that is open for reading."""

    def search(self, tree: Any, filters: Filters, limit: int | None) -> list[tuple[str, float]]:
        """(record id, score) of the best ``limit`` (``None``: all), best first, equal scores by id."""

    def count(self, tree: Any, filters: Filters) -> int:
        """How many records match."""

    def close(self) -> None:
        """Let go of the files."""


class Engine(Protocol):
    """Builds and opens keyword indexes of one kind."""

    name: str

    def build(self, documents: Iterable[Document], folder: Path, progress: Progress | None = None) -> None:
        """Write a whole new index into the empty ``folder``."""

    def open(self, folder: Path) -> KeywordIndex:
        """Open an index; raises ``IndexProblem`` where there is none that can be read."""
