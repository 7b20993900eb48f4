"""Searching an index folder: by keyword, by meaning, and by both."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import IndexProblem
from corpus.query import Filters, Hit, Query
from index.engine import KeywordIndex
from index.engines import engine_named
from index.fusion import fuse, single
from index.language import Reading, parse
from index.manifest import NO_VECTORS, Manifest, read_manifest
from index.snippet import LENGTH, snippet
from index.tree import And, Every, Facet, Not, Or, Tree, asked, conditions
from index.unreadable import Unreadable
from index.words import alike, words

if TYPE_CHECKING:
    from index.embedder import Embedder
    from index.vectors import VectorIndex


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hits of a query, of which there are ``total`` before its limit and offset.

    ``as_run`` is the query as it was understood, in the query language; ``notes`` are sentences for the
    user on what could not be done or was not found.
    """

    hits: tuple[Hit, ...]
    total: int
    as_run: str
    notes: tuple[str, ...] = ()


class Index:
    """An index folder, open for reading; safe to use from several threads for reading only."""

    def __init__(
        self, folder: Path, manifest: Manifest, keyword: KeywordIndex, embedder: Embedder | None
    ) -> None:
        self.manifest = manifest
        self._folder = folder
        self._keyword = keyword
        self._embedder = embedder
        self._vectors: VectorIndex | None = None
        self._stems = lru_cache(maxsize=64)(self._stems_of)

    @classmethod
    def open(cls, folder: Path, embedder: Embedder | None = None) -> Index:
        """The index in ``folder``; raises ``IndexProblem`` where there is none that can be read.

        Queries are encoded by ``embedder`` (default: the model that the build exported).
        """
        manifest = read_manifest(folder)
        try:
            keyword = engine_named(manifest.engine).open(folder / manifest.keyword)
        except IndexProblem as problem:
            # A build may have finished and removed this generation meanwhile.
            newer = read_manifest(folder)
            if newer != manifest:
                manifest = newer
                keyword = engine_named(manifest.engine).open(folder / manifest.keyword)
            elif manifest.vectors:
                keyword = Unreadable(str(problem))
            else:
                raise
        return cls(folder, manifest, keyword, embedder)

    def faults(self) -> list[str]:
        """What is missing or damaged of the index's files, a line each; empty if nothing is.

        Files that only became other files of the same length are noticed in the model alone.
        """
        found = [self._keyword.problem] if isinstance(self._keyword, Unreadable) else []
        if self.manifest.vectors:
            try:
                self._open_vectors()
            except IndexProblem as problem:
                found.append(str(problem))
        if self.manifest.query_model:
            from index.onnx_model import faults

            found += faults(self._folder / self.manifest.query_model)
        return found

    def search(self, query: Query) -> Ranking:
        """The records that match, best first; those without words to look for, newest first.

        Raises ``IndexProblem`` where the keyword index is needed and cannot be read.
        """
        reading = parse(query.text)
        notes = [*reading.notes, *self._unknown(reading.tree)]
        semantic: list[tuple[str, float]] | None = None
        if not reading.meaning:
            found = self._keyword.search(reading.tree, query.filters, None)
            hits = single(found, by="keyword" if asked(reading.tree) else "")
        else:
            if query.mode != "keyword":
                try:
                    semantic = self._by_meaning(reading, query.filters)
                except IndexProblem as problem:
                    notes.append(f"Searched by keyword only. {problem}")
            keyword: list[tuple[str, float]] = []
            if semantic is not None and isinstance(self._keyword, Unreadable):
                notes.append(f"Searched by meaning only. {self._keyword.problem}")
                query = replace(query, mode="semantic")
            if semantic is None or query.mode == "hybrid":
                keyword = self._keyword.search(reading.tree, query.filters, None)
            hits = self._rank(keyword, semantic, query)
        end = None if query.limit is None else query.offset + max(query.limit, 0)
        return Ranking(tuple(hits[query.offset : end]), len(hits), _as_run(reading.tree), tuple(notes))

    def similar(self, record_id: str, limit: int = 10, exclude: Collection[str] = ()) -> list[Hit]:
        """The records most like one: by meaning, or by its most telling words where there are no vectors.

        None for an unknown record, and never the record itself.
        """
        without = {record_id, *exclude}
        try:
            vectors = self._open_vectors()
            vector = vectors.vector(record_id)
            by, found = "semantic", [] if vector is None else vectors.search(vector)
        except IndexProblem:
            tree = self._keyword.like(record_id)
            by, found = "keyword", self._keyword.search(tree, Filters(), None) if tree else []
        return single([(record, score) for record, score in found if record not in without][:limit], by=by)

    def suggest(self, text: str) -> str | None:
        """``text`` with words of the library for those that it does not have; ``None`` where none is like."""
        forms = {form for leaf in asked(parse(text).tree) for form in _forms(leaf)}
        pieces: list[str] = []
        done = 0
        for word in words(text):
            if word.form in forms and (better := self._keyword.suggest(text[word.start : word.end])):
                pieces += (text[done : word.start], better)
                done = word.end
        return "".join((*pieces, text[done:])) if pieces else None

    def snippet(self, query_text: str, document_text: str, length: int = LENGTH) -> str:
        """The best passage of a text for a query; words found stand between ``MARK`` characters."""
        return snippet(document_text, self._stems(query_text), length)

    def close(self) -> None:
        """Let go of the files."""
        self._keyword.close()

    def _rank(
        self, keyword: list[tuple[str, float]], semantic: list[tuple[str, float]] | None, query: Query
    ) -> list[Hit]:
        if semantic is None:
            return single(keyword, by="keyword")
        if query.mode == "semantic":
            return single(semantic, by="semantic")
        from index.vectors import FLOOR

        return fuse(keyword, semantic, floor=FLOOR)

    def _by_meaning(self, reading: Reading, filters: Filters) -> list[tuple[str, float]]:
        vectors = self._open_vectors()
        # In one spelling, so that inter-agency and interagency find the same; nDCG@10 of the review seeds by
        # meaning went from .271 to .277 with it, SciFact's stayed.
        vector = self._open_embedder().encode([alike(reading.meaning)])[0]
        required = conditions(reading.tree)
        allowed = None
        if filters or required != Every():
            allowed = {record for record, _ in self._keyword.search(required, filters, None)}
        return vectors.search(vector, allowed)

    def _open_vectors(self) -> VectorIndex:
        if not self.manifest.vectors:
            raise IndexProblem(next(iter(self.manifest.notes), NO_VECTORS))
        if self._vectors is None:
            from index.vectors import VectorIndex

            self._vectors = VectorIndex(self._folder / self.manifest.vectors, self.manifest.dim)
        return self._vectors

    def _open_embedder(self) -> Embedder:
        if self._embedder is None:
            if not self.manifest.query_model:
                raise IndexProblem("The model of this index was not exported, so no query can be encoded.")
            from index.onnx_model import OnnxEmbedder

            self._embedder = OnnxEmbedder(self._folder / self.manifest.query_model)
        if self._embedder.sha256 != self.manifest.model_sha256:
            raise IndexProblem("The model for queries is not the one of the index. Run `kb index`.")
        return self._embedder

    def _unknown(self, tree: Tree) -> list[str]:
        """A note for each value of a facet in ``tree`` that no record has."""
        return [
            f"No record has {leaf}."
            for leaf in _facets(tree)
            if leaf.field != "doi" and leaf.value not in self._keyword.values(leaf.field)
        ]

    def _stems_of(self, query_text: str) -> frozenset[str]:
        return frozenset(
            stem for leaf in asked(parse(query_text).tree) for stem in self._keyword.expand(leaf)
        )


def _as_run(tree: Tree) -> str:
    return "" if tree == Every() else str(tree)


def _forms(leaf: Tree) -> tuple[str, ...]:
    return getattr(leaf, "forms", None) or (getattr(leaf, "form", ""),)


def _facets(tree: Tree) -> list[Facet]:
    match tree:
        case And(parts) | Or(parts):
            return [facet for part in parts for facet in _facets(part)]
        case Not(part):
            return _facets(part)
        case Facet():
            return [tree]
        case _:
            return []
