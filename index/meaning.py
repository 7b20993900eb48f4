"""Search by meaning in an index folder: the model for queries and the vectors, opened on use."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import IndexProblem
from index.fusion import RERANKED, Fused, rerank
from index.manifest import NO_VECTORS, Manifest
from index.snippet import one_line, passage_at, sentences
from index.words import alike

if TYPE_CHECKING:
    from index.embedder import Embedder
    from index.vectors import VectorIndex


class Meaning:
    """What an index knows of meaning; methods raise ``IndexProblem`` where that is missing or damaged."""

    def __init__(self, folder: Path, manifest: Manifest, embedder: Embedder | None) -> None:
        self._folder = folder
        self._manifest = manifest
        self._embedder = embedder
        self._vectors: VectorIndex | None = None
        # One asks the same again with another filter, of the next page, and many ask the same.
        self._encoded = lru_cache(maxsize=128)(self._encode)
        # Of records that are found again and again.
        self._token_starts = lru_cache(maxsize=512)(self._read_token_starts)

    def faults(self) -> list[str]:
        """What is missing or damaged, a line each."""
        found = []
        if self._manifest.vectors:
            from index.pool import Pool

            try:
                self._open_vectors()
                pool = Pool.open(self._folder / self._manifest.pool, rows=self._manifest.pool_rows)
                found += pool.faults(self._manifest.pool_digest)
            except IndexProblem as problem:
                found.append(str(problem))
        if self._manifest.query_model:
            from index.onnx_model import faults

            found += faults(self._folder / self._manifest.query_model)
        return found

    def nearest(self, text: str, allowed: Sequence[int] | None) -> list[tuple[int, float]]:
        """(number, cosine) of the documents nearest to ``text``, among those ``allowed``."""
        vectors = self._open_vectors()
        return vectors.search(self._encoded(text)[0], allowed)

    def like(self, numbers: Sequence[int], limit: int) -> list[tuple[int, float]]:
        """(number, cosine) of the documents nearest to those together."""
        vectors = self._open_vectors()
        return vectors.like(numbers, limit) if numbers else []

    def reranked(self, order: list[Fused], text: str) -> list[Fused]:
        """``order``, the best of it also by how well they cover each token of ``text``, where known."""
        tokens = self._encoded(text)[1]
        if tokens is None or not order:
            return order
        numbers = [one.number for one in order[:RERANKED]]
        found = self._open_vectors().similarity(tokens, numbers).tolist()
        # A document without tokens has no number here.
        return rerank(order, {n: score for n, score in zip(numbers, found, strict=True) if score == score})

    def passage(self, text: str, number: int, title: str, abstract: str) -> str | None:
        """The sentence of an abstract that covers the tokens of ``text`` best; ``None``: not known."""
        tokens = self._encoded(text)[1]
        if tokens is None:
            return None
        abstract, first = one_line(abstract), len(title) + 1
        # As it was embedded: to the tokenizer, a line break is a space.
        places = [start - first for start in self._token_starts(f"{title}\n{abstract}")]
        starts = [start for start, _ in sentences(abstract)]
        start = self._open_vectors().best_span(tokens, number, places, starts)
        return None if start is None else passage_at(abstract, start)

    def _read_token_starts(self, text: str) -> array[int]:
        """Where each token of a document stands in its text."""
        spans = self._open_embedder().spans(text)  # type: ignore[attr-defined]
        return array("l", [start for start, _ in spans])

    def _encode(self, text: str) -> tuple[Any, Any]:
        """The vector of a query, and those of its tokens where index and model have such."""
        embedder = self._open_embedder()
        # In one spelling, so that inter-agency and interagency find the same; nDCG@10 of the review seeds by
        # meaning went from .271 to .277 with it, SciFact's stayed.
        text = alike(text)
        if self._open_vectors().has_tokens and hasattr(embedder, "encode_query"):
            vector, tokens = embedder.encode_query(text)
            return vector, tokens
        return embedder.encode_queries([text])[0], None

    def _open_vectors(self) -> VectorIndex:
        if not self._manifest.vectors:
            raise IndexProblem(next(iter(self._manifest.notes), NO_VECTORS))
        if self._vectors is None:
            from index.vectors import VectorIndex

            self._vectors = VectorIndex.open(self._folder, self._manifest)
        return self._vectors

    def _open_embedder(self) -> Embedder:
        if self._embedder is None:
            if not self._manifest.query_model:
                raise IndexProblem("The model of this index was not exported, so no query can be encoded.")
            from index.onnx_model import query_embedder

            self._embedder = query_embedder(self._folder / self._manifest.query_model)
        if self._embedder.sha256 != self._manifest.model_sha256:
            raise IndexProblem("The model for queries is not the one of the index. Run `kb index`.")
        return self._embedder
