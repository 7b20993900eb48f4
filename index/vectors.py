"""The semantic half of an index: one vector a record, scanned exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import IndexProblem
from index.engine import Document

if TYPE_CHECKING:
    from index.embedder import Vectors

#: A record less like the query than this cosine is no hit. Measured with all-MiniLM-L6-v2 over the curated
#: library: nothing reaches .18 for 18 queries that are nonsense or about something else (median of the best
#: .11), while questions of the domain have their tenth hit at .24 to .47; on SciFact and the review seeds
#: the floor changes hybrid nDCG@10 by less than .001.
FLOOR = 0.2
_IDS, _HASHES, _VECTORS = "ids.npy", "hashes.npy", "vectors.npy"
_CHUNK = 65_536


def text_of(document: Document) -> str:
    """What of a document is embedded."""
    return f"{document.title}\n{document.abstract}".strip()


def hash_of(text: str) -> str:
    """What tells a text from every other: 16 bytes in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def write(folder: Path, ids: Sequence[str], hashes: Sequence[str], vectors: Vectors) -> None:
    """Write the vectors of the records ``ids``, which must be sorted, into the empty ``folder``."""
    np.save(folder / _IDS, np.array(ids, dtype=np.str_) if ids else np.empty(0, dtype="U1"))
    np.save(folder / _HASHES, np.array(hashes, dtype="U32"))
    np.save(folder / _VECTORS, vectors.astype(np.float16))


class VectorIndex:
    """The vectors of one generation, open for reading; raises ``IndexProblem`` where they cannot be read."""

    def __init__(self, folder: Path, dim: int) -> None:
        try:
            self._ids: Any = np.load(folder / _IDS, allow_pickle=False)
            self._hashes: Any = np.load(folder / _HASHES, allow_pickle=False)
            self._vectors: Any = np.load(folder / _VECTORS, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise IndexProblem(
                f"{folder}: the vectors cannot be read. Run `kb index` to make them anew."
            ) from error
        if self._vectors.shape != (len(self._ids), dim) or len(self._hashes) != len(self._ids):
            raise IndexProblem(
                f"{folder}: the vectors do not fit their records. Run `kb index` to make them anew."
            )
        self._rows = {str(record): row for row, record in enumerate(self._ids)}

    def __len__(self) -> int:
        """How many records have a vector."""
        return len(self._ids)

    def holds(self, ids: Sequence[str], hashes: Sequence[str]) -> bool:
        """Whether it is of exactly these records and texts."""
        return bool(self._ids.tolist() == list(ids) and self._hashes.tolist() == list(hashes))

    def known(self) -> Mapping[str, Any]:
        """Vector by the hash of its text, to be taken over by the next build."""
        return {str(text): self._vectors[row] for row, text in enumerate(self._hashes)}

    def search(
        self,
        vector: Any,
        allowed: Collection[str] | None = None,
        *,
        floor: float = FLOOR,
        limit: int | None = None,
    ) -> list[tuple[str, float]]:
        """(record id, cosine) of the records nearest to ``vector``, best first, equal ones by id.

        With ``allowed``, only among those records, each of which is scored.
        """
        rows = None
        if allowed is not None:
            rows = np.array(
                sorted(self._rows[record] for record in allowed if record in self._rows), dtype=np.intp
            )
        scores = self._scores(vector, rows)
        found = np.flatnonzero(scores >= floor)
        # Rows are in the order of the ids, and the sort is stable; rounded, so that like texts score alike.
        found = found[np.argsort(-scores[found], kind="stable")][:limit]
        places = found if rows is None else rows[found]
        return [
            (str(record), float(score))
            for record, score in zip(self._ids[places], scores[found].tolist(), strict=True)
        ]

    def vector(self, record_id: str) -> Any | None:
        """The vector of a record in float32; ``None`` for one that is not there."""
        row = self._rows.get(record_id)
        return None if row is None else self._vectors[row].astype(np.float32)

    def _scores(self, vector: Any, rows: Any | None) -> Any:
        count = len(self._ids) if rows is None else len(rows)
        scores = np.empty(count, dtype=np.float64)
        for start in range(0, count, _CHUNK):
            part = slice(start, min(start + _CHUNK, count))
            chunk = self._vectors[part if rows is None else rows[part]].astype(np.float32)
            scores[part] = chunk @ np.asarray(vector, dtype=np.float32)
        return scores.round(6)
