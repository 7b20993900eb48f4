"""The semantic half of an index: which documents are nearest to a vector."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import IndexProblem
from index.codes import FINE
from index.manifest import Manifest
from index.pool import AGAIN, Pool
from index.vectors_build import ROWS

if TYPE_CHECKING:
    from index.embedder import Vectors

#: A record less like the query than this cosine is no hit. Measured with all-MiniLM-L6-v2 over the curated
#: library: nothing reaches .18 for 18 queries that are nonsense or about something else (median of the best
#: .11), while questions of the domain have their tenth hit at .24 to .47; on SciFact and the review seeds
#: the floor changes hybrid nDCG@10 by less than .001.
FLOOR = 0.2
#: Up to so many documents every one is scored; of more, those that are nearest by one bit a place, and so
#: many are given back unless more are asked for.
EXACT, NEAREST = 20_000, 1000
#: So many multiplications are still done on one core.
_SMALL = 900_000


class VectorIndex:
    """The vectors of an index's documents: ``rows`` names, by number, the row of the pool that is theirs."""

    def __init__(self, pool: Pool, rows: Any) -> None:
        self._pool = pool
        self._row_of = rows
        # As a rule: built at once, of texts that all differ, so that rows come in the order of the numbers.
        self._rising = bool(np.all(rows[1:] > rows[:-1]))

    @classmethod
    def open(cls, folder: Path, manifest: Manifest) -> VectorIndex:
        """The vectors of the index in ``folder``; raises ``IndexProblem`` where they cannot be read."""
        pool = Pool.open(folder / manifest.pool, rows=manifest.pool_rows)
        try:
            rows = np.load(folder / manifest.vectors / ROWS, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise IndexProblem(f"{folder / manifest.vectors}: the vectors cannot be read. {AGAIN}") from error
        if rows.shape != (manifest.records,) or (len(rows) and int(rows.max()) >= len(pool)):
            raise IndexProblem(f"{folder / manifest.vectors}: the vectors do not fit their records. {AGAIN}")
        return cls(pool, np.asarray(rows))

    def __len__(self) -> int:
        """How many documents there are."""
        return len(self._row_of)

    @property
    def has_tokens(self) -> bool:
        """Whether documents have token vectors, to re-rank by."""
        return self._pool.has_tokens

    def search(
        self,
        vector: Any,
        allowed: Sequence[int] | None = None,
        *,
        floor: float = FLOOR,
        limit: int | None = None,
    ) -> list[tuple[int, float]]:
        """(number, cosine) of the documents nearest to ``vector``, best first, equal ones by number.

        Of up to ``EXACT`` documents, all that reach ``floor``, or the best ``limit``; of more, the best
        ``limit`` or ``NEAREST``. With ``allowed``, rising numbers, only among documents of those.
        """
        vector = np.asarray(vector, dtype=np.float32)
        numbers = None if allowed is None else np.asarray(allowed, dtype=np.uint32)
        codes = self._pool.codes
        if codes is None or (len(self) if numbers is None else len(numbers)) <= EXACT:
            numbers = np.arange(len(self), dtype=np.uint32) if numbers is None else numbers
            return _best(numbers, self._pool.cosines(self._row_of[numbers], vector), floor, limit)
        limit = NEAREST if limit is None else limit
        rows = codes.nearest(vector, self._wanted(numbers), max(FINE, 3 * limit))
        found, places = self._numbers(rows, numbers)
        return _best(found, self._pool.cosines(rows, vector)[places], floor, limit)

    def like(self, numbers: Sequence[int], limit: int) -> list[tuple[int, float]]:
        """(number, cosine) of the documents nearest to the middle of those."""
        vector = self.vectors(numbers).mean(axis=0)
        length = float(np.linalg.norm(vector))
        return self.search(vector / length)[:limit] if length else []

    def vectors(self, numbers: Sequence[int]) -> Vectors:
        """The vectors of those documents, float32."""
        return self._pool.vectors(self._row_of[np.asarray(numbers, dtype=np.int64)])

    def similarity(self, tokens: Any, numbers: Sequence[int]) -> Any:
        """How well each document covers each token of a query, on average: MaxSim over one-bit codes.

        ``tokens``: the query's token vectors, float32. A document without tokens gets NaN.
        """
        codes, starts = self._pool.tokens(self._row_of[np.asarray(numbers, dtype=np.int64)].tolist())
        ends = np.append(starts[1:], len(codes))
        scores = np.full(len(numbers), np.nan)
        filled = np.flatnonzero(ends > starts)
        if len(filled):
            best = np.maximum.reduceat(token_cosines(tokens, codes), starts[filled], axis=0)
            scores[filled] = best.mean(axis=1)
        return scores

    def best_span(self, tokens: Any, number: int, places: Sequence[int], starts: Sequence[int]) -> int | None:
        """Which span of a document's text, of those that begin at ``starts``, covers the query's tokens best.

        ``places`` says where each of the document's tokens stands; ``None`` where none of them is in a span.
        """
        codes = self._pool.tokens([int(self._row_of[number])])[0]
        span = np.searchsorted(starts, places, side="right") - 1
        if len(codes) != len(places) or not (span >= 0).any():
            return None
        cosines = token_cosines(tokens, codes)
        scores = {at: cosines[span == at].max(axis=0).mean() for at in np.unique(span[span >= 0]).tolist()}
        return int(starts[max(scores, key=lambda at: (scores[at], -at))])

    def _wanted(self, numbers: Any | None) -> Any | None:
        """Whether each row of the pool is one of those documents'; ``None`` where all are."""
        if numbers is None and self._rising and len(self) == len(self._pool):
            return None
        wanted = np.zeros(len(self._pool), dtype=bool)
        wanted[self._row_of if numbers is None else self._row_of[numbers]] = True
        return wanted

    def _numbers(self, rows: Any, allowed: Any | None) -> tuple[Any, Any]:
        """The numbers of the documents that have those rows, and the place of each one's row."""
        if self._rising:
            same = len(self) == len(self._pool)
            return rows if same else np.searchsorted(self._row_of, rows), np.arange(len(rows))
        by_row, of_row = self._by_row
        first, last = (np.searchsorted(of_row, rows, side=side) for side in ("left", "right"))
        places = np.repeat(np.arange(len(rows)), last - first)
        before = np.cumsum(last - first) - (last - first)
        found = by_row[first[places] + np.arange(len(places)) - before[places]]
        if allowed is not None:
            # Other documents of the same text may not be.
            kept = allowed[np.minimum(np.searchsorted(allowed, found), len(allowed) - 1)] == found
            found, places = found[kept], places[kept]
        return found, places

    @cached_property
    def _by_row(self) -> tuple[Any, Any]:
        """The numbers in the order of their rows, and the rows in that order."""
        order = np.argsort(self._row_of, kind="stable").astype(np.uint32)
        return order, self._row_of[order]


def token_cosines(tokens: Any, codes: Any) -> Any:
    """The cosine of each code, as a vector of -1 and 1, with each of ``tokens``: shape (codes, tokens)."""
    count, dim = tokens.shape
    cosines = np.empty((len(codes), count), dtype=np.float32)
    length = np.float32(np.sqrt(dim))
    columns = np.ascontiguousarray(tokens.T, dtype=np.float32) * (2 / length)
    # So few at once that they stay in the processor's cache, and that no threads are started for them, which
    # on a busy machine takes ten times as long: 23,000 codes with 20 tokens in 6 ms instead of 25.
    size = max(_SMALL // (count * dim), 1)
    bits = np.empty((min(size, len(codes)), dim), dtype=np.float32)
    for start in range(0, len(codes), size):
        part = codes[start : start + size]
        np.copyto(bits[: len(part)], np.unpackbits(part, axis=1, count=dim))
        np.matmul(bits[: len(part)], columns, out=cosines[start : start + size])
    cosines -= tokens.sum(axis=1, dtype=np.float32) / length
    return cosines


def _best(numbers: Any, scores: Any, floor: float, limit: int | None) -> list[tuple[int, float]]:
    """Those that reach ``floor``, best first, equal ones by number."""
    # Rounded, so that like texts score alike however many were scored at once.
    scores = scores.astype(np.float64).round(6)
    found = np.flatnonzero(scores >= floor)
    found = found[np.lexsort((numbers[found], -scores[found]))][:limit]
    return list(zip(numbers[found].tolist(), scores[found].tolist(), strict=True))
