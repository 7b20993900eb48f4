"""What stands in for a keyword index that cannot be read, so that search by meaning goes on."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.errors import IndexProblem
from corpus.query import Filters
from index.engine import Matches
from index.tree import Tree


class Unreadable:
    """A keyword index that cannot be read, by the ``problem`` that says so: what needs it raises that."""

    def __init__(self, problem: str) -> None:
        self.problem = problem

    def search(
        self, tree: Tree, filters: Filters, limit: int | None, among: Sequence[int] | None = None
    ) -> Matches:
        """Raises ``IndexProblem``."""
        raise self._refusal()

    def matching(self, tree: Tree, filters: Filters) -> Sequence[int]:
        """Raises ``IndexProblem``."""
        raise self._refusal()

    def counts(
        self, tree: Tree, filters: Filters, facets: Sequence[str], also: Sequence[int] = ()
    ) -> dict[str, dict[str, int]]:
        """No counts."""
        return {}

    def values(self, facet: str) -> list[str]:
        """Raises ``IndexProblem``."""
        raise self._refusal()

    def suggest(self, word: str) -> str | None:
        """No suggestion."""
        return None

    def like(self, number: int) -> Tree | None:
        """Raises ``IndexProblem``."""
        raise self._refusal()

    def close(self) -> None:
        """There is nothing to let go of."""

    def _refusal(self) -> IndexProblem:
        return IndexProblem(f"Words, fields and filters need the keyword index. {self.problem}")
