"""What stands in for a keyword index that cannot be read, so that search by meaning goes on."""

from __future__ import annotations

from corpus.errors import IndexProblem
from corpus.query import Filters
from index.tree import Phrase, Term, Tree
from index.words import stem


class Unreadable:
    """A keyword index that cannot be read, by the ``problem`` that says so: what needs it raises that."""

    def __init__(self, problem: str) -> None:
        self.problem = problem

    def search(self, tree: Tree, filters: Filters, limit: int | None) -> list[tuple[str, float]]:
        """Raises ``IndexProblem``."""
        raise self._refusal()

    def expand(self, word: Tree) -> frozenset[str]:
        """The stems that the word itself has: enough for a snippet."""
        match word:
            case Term(form):
                return frozenset({stem(form)})
            case Phrase(forms):
                return frozenset(map(stem, forms))
            case _:
                return frozenset()

    def values(self, facet: str) -> list[str]:
        """Raises ``IndexProblem``."""
        raise self._refusal()

    def suggest(self, word: str) -> str | None:
        """No suggestion."""
        return None

    def like(self, record_id: str) -> Tree | None:
        """Raises ``IndexProblem``."""
        raise self._refusal()

    def close(self) -> None:
        """There is nothing to let go of."""

    def _refusal(self) -> IndexProblem:
        return IndexProblem(f"Words, fields and filters need the keyword index. {self.problem}")
