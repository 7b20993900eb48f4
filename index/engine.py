"""The seam between a keyword index and the rest: what goes in, what is asked, what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from corpus.query import Filters
from index.tree import And, Every, Facet, Fuzzy, Not, Or, Pattern, Phrase, Same, Term, Tree, Years


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


@dataclass(frozen=True, slots=True)
class Matches:
    """What matches a query: (number, score) of the best, best first, equal scores by number; of ``total``.

    A document's number is its place, from 0, in the order in which the index was given its documents.
    """

    hits: list[tuple[int, float]]
    total: int


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
    """An index that is open for reading, by several threads at once."""

    def search(
        self, tree: Tree, filters: Filters, limit: int | None, among: Sequence[int] | None = None
    ) -> Matches:
        """The best ``limit`` (``None``: all) of the documents that match the tree and pass the filters.

        A tree that asks for no words scores 0, and then the newest come first. With ``among``, only documents
        of these numbers (some thousands at most).
        """

    def matching(self, tree: Tree, filters: Filters) -> Sequence[int]:
        """The numbers of all documents that match, rising: what search by meaning is narrowed to."""

    def counts(
        self, tree: Tree, filters: Filters, facets: Sequence[str], also: Sequence[int] = ()
    ) -> dict[str, dict[str, int]]:
        """How many of the documents that match, or are numbered in ``also``, have each value of each facet.

        ``Not(Every())`` matches none: then those of ``also`` alone are counted. ``facets`` are of
        ``Document.facets``, or "year"; values that none has are left out.
        """

    def values(self, facet: str) -> list[str]:
        """All values of a facet field, sorted."""

    def suggest(self, word: str) -> str | None:
        """The word of the library that ``word`` was probably meant to be; ``None`` if it is there itself."""

    def like(self, number: int) -> Tree | None:
        """A query for documents about the same as one: its most telling words; ``None`` if it has none."""

    def close(self) -> None:
        """Let go of the files."""


class Engine(Protocol):
    """Builds and opens keyword indexes of one kind."""

    name: str
    version: str

    def build(self, documents: Iterable[Document], folder: Path, progress: Progress | None = None) -> None:
        """Write a whole new index into the empty ``folder``; the documents come in the order of their ids."""

    def open(self, folder: Path) -> KeywordIndex:
        """Open an index; raises ``IndexProblem`` where there is none that can be read."""


#: Words that are asked for near each other may stand at most so many places apart. Between the texts of a
#: record, such as title and abstract, lies more, so that no phrase reaches over.
FARTHEST = 999
#: A pattern or a fuzzy word stands for at most so many words.
MOST_WORDS = 10_000
#: The fields of ``Document.facets`` and the DOI, whose values are terms.
TERM_FIELDS = ("theme", "tag", "direction", "setting", "type", "doi")


def width(phrase: Phrase) -> int:
    """How far apart the words of a phrase of near words may stand, each two of them."""
    return min(phrase.distance * (len(phrase.forms) - 1), FARTHEST)


def asks_words(tree: Tree) -> bool:
    """Whether anything in a tree gives a score."""
    match tree:
        case And(parts) | Or(parts):
            return any(asks_words(part) for part in parts)
        case Same() | Term() | Phrase() | Pattern() | Fuzzy():
            return True
        case Facet() | Years() | Not() | Every():
            return False


def filter_trees(filters: Filters) -> list[Tree]:
    """What filters ask of a record, each to hold."""
    fields_and_values: list[tuple[str, Sequence[str]]] = [
        ("setting", filters.setting),
        ("type", filters.type),
    ]
    if filters.theme and filters.direction:
        pairs = [f"{theme}:{direction}" for theme in filters.theme for direction in filters.direction]
        fields_and_values.append(("tag", pairs))
    else:
        fields_and_values += [("theme", filters.theme), ("direction", filters.direction)]
    fields_and_values += [("theme", topic) for topic in filters.topics]
    trees: list[Tree] = [
        Or(tuple(Facet(field, value) for value in values)) for field, values in fields_and_values if values
    ]
    if filters.since is not None or filters.until is not None:
        trees.append(Years(filters.since, filters.until))
    return trees
