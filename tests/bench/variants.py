"""Our search with one thing changed, for ``tests.bench.retrieval --ablate``: what each part is worth."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from corpus.query import Mode, Query
from corpus.theme import load_vocabulary
from index.evaluation import Searcher
from index.searcher import Index, Ranking
from index.synonyms import Synonyms

Change = Callable[[Index], AbstractContextManager[Searcher]]
"""Gives what searches while the change is in place; the index is opened anew for each variant."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One line of the table of ablations."""

    name: str
    changed: Change
    mode: Mode = "hybrid"


class Asked:
    """An index that is asked every query with some of its fields changed."""

    def __init__(self, index: Index, **changes: Any) -> None:
        self._index, self._changes = index, changes

    def search(self, query: Query) -> Ranking:
        """What the index finds for the changed query."""
        return self._index.search(replace(query, **self._changes))


def asked(**changes: Any) -> Change:
    """Every query with other fields: ``asked(expand=False)``."""

    @contextmanager
    def change(index: Index) -> Iterator[Searcher]:
        yield Asked(index, **changes)

    return change


def constant(place: str, value: Any) -> Change:
    """Another value for a name of a module while it searches: ``constant("index.fusion.MEANING", 0.5)``."""
    module_name, _, name = place.rpartition(".")
    module = importlib.import_module(module_name)

    @contextmanager
    def change(index: Index) -> Iterator[Searcher]:
        before = getattr(module, name)
        setattr(module, name, value)
        try:
            yield index
        finally:
            setattr(module, name, before)

    return change


def with_synonyms(index: Index) -> AbstractContextManager[Searcher]:
    """The abbreviations and synonyms of the packaged vocabulary, which a collection does not come with."""
    index._synonyms = Synonyms.of(load_vocabulary().synonyms)
    return nullcontext(index)


#: Add a line here to have it measured on every collection, beside our search as it is.
VARIANTS: tuple[Variant, ...] = (
    Variant("kb, words as typed (expand=False)", asked(expand=False)),
    Variant("kb keyword, words as typed (expand=False)", asked(expand=False), "keyword"),
    Variant("kb, with the vocabulary's synonyms", with_synonyms),
    Variant("kb keyword, with the vocabulary's synonyms", with_synonyms, "keyword"),
    Variant("kb, not ordered anew by tokens", constant("index.fusion.RERANK_WEIGHT", 0.0)),
    Variant(
        "kb semantic, not ordered anew by tokens", constant("index.fusion.RERANK_WEIGHT", 0.0), "semantic"
    ),
    Variant("kb, ordered by tokens twice as much", constant("index.fusion.RERANK_WEIGHT", 0.14)),
    Variant("kb, fused by score alone", constant("index.fusion.RANKS", 0.0)),
    Variant("kb, fused by rank alone", constant("index.fusion.RANKS", 1.0)),
    Variant("kb, meaning counts .3", constant("index.fusion.WEIGHT", 0.3)),
    Variant("kb, meaning counts .6", constant("index.fusion.WEIGHT", 0.6)),
)
