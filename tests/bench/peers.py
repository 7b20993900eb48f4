"""What a user could take instead of our search, raw: SQLite's FTS5, plain cosine, and a fusion of the two."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

from corpus.query import Hit, Query
from index.engine import Document
from index.generations import exported_embedder
from index.manifest import read_manifest
from index.searcher import Ranking
from index.vectors import VectorIndex

DEPTH = 1000


class Fts5:
    """SQLite FTS5 with its Porter stemmer and bm25(), the words of the question as alternatives."""

    name = "FTS5 bm25"

    def __init__(self, documents: tuple[Document, ...]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("create virtual table d using fts5(id unindexed, text, tokenize='porter')")
        self._connection.executemany(
            "insert into d values (?, ?)", ((one.id, f"{one.title} {one.abstract}") for one in documents)
        )

    def scored(self, text: str) -> list[tuple[str, float]]:
        """(id, score), best first."""
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", text))
        rows = self._connection.execute(
            "select id, -bm25(d) from d where d match ? order by bm25(d), id limit ?", (words, DEPTH)
        )
        return rows.fetchall() if words else []

    def search(self, query: Query) -> Ranking:
        """The best of the question's words."""
        return _ranking(self.scored(query.text), query)


class Cosine:
    """The packaged model as it comes: cosine of the question and each title with abstract."""

    name = "MiniLM cosine"

    def __init__(self, index_folder: Path) -> None:
        manifest = read_manifest(index_folder)
        self._vectors = VectorIndex(index_folder / manifest.vectors, manifest.dim)
        self._embedder: Any = exported_embedder(index_folder)

    def scored(self, text: str) -> list[tuple[str, float]]:
        """(id, score), best first."""
        return self._vectors.search(self._embedder.encode([text])[0], floor=-1.0, limit=DEPTH)

    def search(self, query: Query) -> Ranking:
        """The nearest in meaning."""
        return _ranking(self.scored(query.text), query)


class Fused:
    """Both of them: by reciprocal rank (k = 60), or half and half of their min-max-normalised scores."""

    def __init__(self, words: Fts5, meaning: Cosine, by: str) -> None:
        self.name = f"FTS5 + MiniLM, {by}"
        self._parts = (words, meaning)
        self._by = by

    def search(self, query: Query) -> Ranking:
        """The best of both."""
        scores: dict[str, float] = {}
        for part in self._parts:
            found = part.scored(query.text)
            low, high = (found[-1][1], found[0][1]) if found else (0.0, 1.0)
            for rank, (record, score) in enumerate(found, start=1):
                share = 1 / (60 + rank) if self._by == "RRF" else (score - low) / ((high - low) or 1)
                scores[record] = scores.get(record, 0.0) + share
        return _ranking(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])), query)


def _ranking(found: list[tuple[str, float]], query: Query) -> Ranking:
    hits = (Hit(record, rank, score) for rank, (record, score) in enumerate(found[: query.limit], start=1))
    return Ranking(tuple(hits), len(found), query.text)
