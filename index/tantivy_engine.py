"""The keyword engine for large libraries, on Tantivy: a million records in milliseconds."""

from __future__ import annotations

import json
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from corpus.query import Filters
from index.engine import Document, Matches, Progress, asks_words, filter_trees
from index.tantivy_files import check_sizes, note_sizes, readable, writable
from index.tantivy_lexicon import Lexicon, write_lexicon
from index.tantivy_query import Compiler, all_of, any_of
from index.tantivy_ready import Ready
from index.tantivy_schema import PRINTED, document_of, number_of, register, schema
from index.tree import Or, Term, Tree
from index.words import STOP_WORDS, forms, stem

_WORDS = "words"
#: Memory for what is not yet written; about 150,000 records fill it. One thread writes, so that records stand
#: in the order of their numbers; reading the texts takes longer anyway.
_HEAP = 1_000_000_000
#: More values than any facet has.
_MOST_VALUES = 65_000
#: Scores that agree in so many digits are equal: the last ones depend on the order in which words are summed.
_DIGITS = 4


class TantivyEngine:
    """Builds and opens Tantivy indexes."""

    name = "tantivy"
    version = version("tantivy")

    def build(self, documents: Iterable[Document], folder: Path, progress: Progress | None = None) -> None:
        """Write a whole new index into the empty ``folder``; the documents come in the order of their ids."""
        with writable(folder):
            index = tantivy.Index(schema(), str(folder))
            register(index)
            writer = index.writer(_HEAP, num_threads=1)
        ready = Ready()
        for number, fields in enumerate(ready.read(documents)):
            with writable(folder):
                writer.add_document(document_of(number, fields))
            if progress:
                progress(number + 1)
        with writable(folder):
            writer.commit()
            writer.wait_merging_threads()
        _order_segments(index, folder)
        index.reload()
        write_lexicon(folder / _WORDS, _lexicon(index.searcher(), ready.forms))
        note_sizes(folder)

    def open(self, folder: Path) -> TantivyIndex:
        """Open an index; raises ``IndexProblem`` where there is none that can be read."""
        check_sizes(folder)
        with readable(folder):
            return TantivyIndex(folder)


class TantivyIndex:
    """A Tantivy index that is open for reading."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        index = tantivy.Index.open(str(folder))
        register(index)
        # Its stubs leave out that a result has a count.
        self._searcher: Any = index.searcher()
        self._lexicon = Lexicon(folder / _WORDS)
        self._compiler = Compiler(index.schema, self._lexicon)
        self._values = lru_cache(maxsize=16)(self._all_values)
        # A wide filter is asked for with each page and each query.
        self._matching = lru_cache(maxsize=8)(self._all_numbers)

    def search(
        self, tree: Tree, filters: Filters, limit: int | None, among: Sequence[int] | None = None
    ) -> Matches:
        """The best ``limit`` (``None``: all) of the documents that match the tree and pass the filters."""
        query = self._query(tree, filters)
        if among is not None:
            query = all_of([query, self._compiler.numbered(among)])
        with readable(self._folder):
            most = self._searcher.num_docs if limit is None else min(limit, self._searcher.num_docs)
            if not asks_words(tree):
                found = self._searcher.search(query, max(most, 1), order_by_field="newest")
                return Matches([(number_of(key), 0.0) for key, _ in found.hits[:most]], found.count)
            found = self._searcher.search(query, max(most, 1))
            scores = [round(score, _DIGITS) for score, _ in found.hits]
            numbers = self._searcher.fast_field_values("number", [place for _, place in found.hits])
        order = sorted(zip(numbers, scores, strict=True), key=lambda hit: (-hit[1], hit[0]))
        return Matches(order[:most], found.count)

    def matching(self, tree: Tree, filters: Filters) -> Sequence[int]:
        """The numbers of all documents that match, rising: what search by meaning is narrowed to."""
        return self._matching(tree, filters)

    def counts(
        self, tree: Tree, filters: Filters, facets: Sequence[str], also: Sequence[int] = ()
    ) -> dict[str, dict[str, int]]:
        """How many of the documents that match, or are in ``also``, have each value of each facet."""
        query = self._query(tree, filters)
        if also:
            query = any_of([query, self._compiler.numbered(also)])
        asked = {facet: {"terms": {"field": facet, "size": _MOST_VALUES}} for facet in facets}
        with readable(self._folder):
            found = self._searcher.aggregate(query, asked)
        return {
            facet: {
                str(int(one["key"]) if facet == "year" else one["key"]): one["doc_count"]
                for one in found[facet]["buckets"]
            }
            for facet in facets
        }

    def values(self, facet: str) -> list[str]:
        """All values of a facet field, sorted."""
        return self._values(facet)

    def suggest(self, word: str) -> str | None:
        """The word of the library that ``word`` was probably meant to be; ``None`` if it is there itself."""
        return self._lexicon.suggest(word)

    def like(self, number: int) -> Tree | None:
        """A query for documents about the same as one: its most telling words; ``None`` if it has none."""
        with readable(self._folder):
            found = self._searcher.search(self._compiler.numbered([number]), 1).hits
            text = self._searcher.doc(found[0][1]).get_first("about") if found else b""
        counts = Counter(form for form in forms(bytes(text or b"").decode()) if form not in STOP_WORDS)
        telling = sorted(counts, key=lambda form: (-counts[form] * self._weight(stem(form)), form))
        return Or(tuple(Term(form) for form in telling[:25])) if telling else None

    def close(self) -> None:
        """Let go of the files."""
        del self._searcher

    def _query(self, tree: Tree, filters: Filters) -> Any:
        return all_of([self._compiler.compile(part) for part in (tree, *filter_trees(filters))])

    def _all_numbers(self, tree: Tree, filters: Filters) -> Sequence[int]:
        query = self._query(tree, filters)
        with readable(self._folder):
            count = self._searcher.search(query, 1).count
            found = self._searcher.search(
                query, max(count, 1), count=False, order_by_field="number", order=tantivy.Order.Asc
            )
            return array("I", [number for number, _ in found.hits])

    def _all_values(self, facet: str) -> list[str]:
        return sorted(value for value, _ in self._searcher.terms_with_prefix(facet, ""))

    def _weight(self, text: str) -> float:
        """How telling a word is."""
        found = self._searcher.doc_freq("text", text)
        return math.log(1 + (self._searcher.num_docs - found + 0.5) / (found + 0.5))


def _lexicon(searcher: Any, forms: Iterable[str]) -> Iterable[tuple[str, int]]:
    """The words as printed and in their one form, each with the number of records that have it."""
    counts: Counter[str] = Counter()
    for name in PRINTED:
        counts.update(dict(searcher.terms_with_prefix(name, "")))
    for form in forms:
        counts.setdefault(form, 1)
    return counts.items()


def _order_segments(index: Any, folder: Path) -> None:
    """Put the parts of an index in the order of their numbers, so that equal scores come in that order."""
    index.reload()
    searcher = index.searcher()
    firsts = [
        searcher.fast_field_values("number", [tantivy.DocAddress(place, 0)])[0]
        for place in range(searcher.num_segments)
    ]
    path = folder / "meta.json"
    meta = json.loads(path.read_text(encoding="utf-8"))
    order = sorted(range(len(firsts)), key=firsts.__getitem__)
    meta["segments"] = [meta["segments"][place] for place in order]
    path.write_text(json.dumps(meta), encoding="utf-8")
