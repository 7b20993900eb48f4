"""What a user could take instead of our search, raw: five keyword searches, plain cosine, and their fusions.

Each has every document as one text, title and abstract, and the words of a question as alternatives.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from corpus.query import Hit, Query
from index.embedder import Embedder
from index.engine import Document
from index.searcher import Ranking

DEPTH = 1000
Found = list[tuple[str, float]]
"""(id, score), best first."""


class Peer(Protocol):
    """A search that only ranks: no filters, no query language."""

    name: str

    def scored(self, text: str) -> Found:
        """The best ``DEPTH`` for a question."""


class AsSearcher:
    """A peer, asked as an index of ours is."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def search(self, query: Query) -> Ranking:
        """The best of what the peer finds."""
        found = self._peer.scored(query.text)
        hits = (Hit(key, rank, value) for rank, (key, value) in enumerate(found[: query.limit], start=1))
        return Ranking(tuple(hits), len(found), query.text)


class Bm25s:
    """bm25s as its page shows it: Lucene's variant, English stop words, Snowball's English stemmer."""

    name = "bm25s"

    def __init__(self, documents: Sequence[Document]) -> None:
        import bm25s
        import Stemmer

        self._ids = [one.id for one in documents]
        self._tokens = lambda texts: bm25s.tokenize(
            texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), show_progress=False
        )
        self._index = bm25s.BM25(method="lucene")
        self._index.index(self._tokens([_text(one) for one in documents]), show_progress=False)

    def scored(self, text: str) -> Found:
        """The best of the question's words."""
        depth = min(DEPTH, len(self._ids))
        rows, scores = self._index.retrieve(self._tokens([text]), k=depth, show_progress=False)
        return [
            (self._ids[row], float(score)) for row, score in zip(rows[0], scores[0], strict=True) if score
        ]


class Tantivy:
    """tantivy with its English stemmer."""

    name = "tantivy"

    def __init__(self, documents: Sequence[Document]) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        schema.add_text_field("text", tokenizer_name="en_stem")
        self._index = tantivy.Index(schema.build())
        writer = self._index.writer(50_000_000, 1)
        for one in documents:
            writer.add_document(tantivy.Document(id=one.id, text=_text(one)))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def scored(self, text: str) -> Found:
        """The best of the question's words."""
        query = self._index.parse_query(" ".join(_words(text)), ["text"])
        hits = self._searcher.search(query, DEPTH).hits
        return [(self._searcher.doc(address)["id"][0], score) for score, address in hits]


class Whoosh:
    """Whoosh with BM25F and its stemming analyzer."""

    name = "Whoosh"

    def __init__(self, documents: Sequence[Document]) -> None:
        from whoosh.analysis import StemmingAnalyzer
        from whoosh.fields import STORED, TEXT, Schema
        from whoosh.filedb.filestore import RamStorage
        from whoosh.qparser import OrGroup, QueryParser

        schema = Schema(id=STORED, text=TEXT(StemmingAnalyzer()))
        index = RamStorage().create_index(schema)
        writer = index.writer()
        for one in documents:
            writer.add_document(id=one.id, text=_text(one))
        writer.commit()
        self._searcher = index.searcher()
        self._parser = QueryParser("text", schema, group=OrGroup)

    def scored(self, text: str) -> Found:
        """The best of the question's words."""
        found = self._searcher.search(self._parser.parse(" ".join(_words(text))), limit=DEPTH)
        return [(hit["id"], found.score(rank)) for rank, hit in enumerate(found)]


class Fts5:
    """SQLite FTS5 with its Porter stemmer and bm25()."""

    name = "FTS5"

    def __init__(self, documents: Sequence[Document]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("create virtual table d using fts5(id unindexed, text, tokenize='porter')")
        self._connection.executemany(
            "insert into d values (?, ?)", ((one.id, _text(one)) for one in documents)
        )

    def scored(self, text: str) -> Found:
        """The best of the question's words."""
        rows = self._connection.execute(
            "select id, -bm25(d) from d where d match ? order by bm25(d), id limit ?",
            (" OR ".join(f'"{word}"' for word in _words(text)), DEPTH),
        )
        return rows.fetchall()


class Cosine:
    """A model as it comes: cosine of the question and each title with abstract."""

    def __init__(
        self, documents: Sequence[Document], encoder: Embedder, queries: Embedder, cache: Path
    ) -> None:
        import numpy as np

        self.name = f"cosine of {encoder.name}"
        self._queries = queries
        self._ids = [one.id for one in documents]
        texts = [_text(one) for one in documents]
        digest = hashlib.sha256("\0".join([encoder.sha256, *texts]).encode()).hexdigest()
        path = cache / f"{digest[:16]}.npy"
        if not path.exists():
            cache.mkdir(parents=True, exist_ok=True)
            np.save(path, encoder.encode(texts))
        self._vectors = np.load(path)

    def scored(self, text: str) -> Found:
        """The nearest in meaning."""
        scores = self._vectors @ self._queries.encode_queries([text])[0]
        return [(self._ids[row], float(scores[row])) for row in (-scores).argsort(kind="stable")[:DEPTH]]


class Fused:
    """Two peers: by reciprocal rank (k = 60), or half and half of their min-max-normalised scores."""

    def __init__(self, words: Peer, meaning: Peer, by: str) -> None:
        self.name = f"best of the keyword peers + cosine, {by}"
        self._parts = (words, meaning)
        self._by = by

    def scored(self, text: str) -> Found:
        """The best of both."""
        scores: dict[str, float] = {}
        for part in self._parts:
            found = part.scored(text)
            low, high = (found[-1][1], found[0][1]) if found else (0.0, 1.0)
            for rank, (key, score) in enumerate(found, start=1):
                share = 1 / (60 + rank) if self._by == "RRF" else (score - low) / ((high - low) or 1)
                scores[key] = scores.get(key, 0.0) + share
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


KEYWORD: tuple[Callable[[Sequence[Document]], Peer], ...] = (Bm25s, Tantivy, Whoosh, Fts5)


def keyword_peers(documents: Sequence[Document]) -> Iterator[Peer]:
    """Each keyword peer that is installed; the others are said."""
    for peer in KEYWORD:
        try:
            yield peer(documents)
        except ImportError as error:
            print(f"({error.name} is not installed, and is left out)", flush=True)


def _text(document: Document) -> str:
    return f"{document.title} {document.abstract}".strip()


def _words(text: str) -> list[str]:
    # In lower case, so that none is an operator.
    return re.findall(r"\w+", text.lower())
