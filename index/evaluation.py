"""How well a search finds what people judged relevant: a test collection indexed, searched and scored."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from corpus.errors import IndexProblem
from corpus.query import Mode, Query
from index.collection import Collection
from index.embedder import Embedder
from index.generations import ProgressReport, build
from index.searcher import Index, Ranking

#: As many hits a question as recall is measured at.
_DEPTH = 100


class Searcher(Protocol):
    """What is evaluated: an ``index.searcher.Index``, or anything that searches like one."""

    def search(self, query: Query) -> Ranking:
        """The records that match, best first."""


def indexed(
    collection: Collection,
    folder: Path,
    modes: Iterable[Mode],
    *,
    embedder: Embedder | None,
    engine: str | None = None,
    progress: ProgressReport | None = None,
) -> Index:
    """The index of a collection in ``folder``, to search in ``modes``; what is there of it is used again.

    Raises ``IndexProblem`` if it cannot be searched in one of them as that is meant: without vectors, the
    scores of search by meaning would be those of the words alone.
    """
    manifest = build(
        folder,
        collection.documents,
        corpus_hash="",
        embedder=embedder,
        engine=engine,
        progress=progress,
    )
    if not manifest.vectors and set(modes) != {"keyword"}:
        raise IndexProblem(
            next(iter(manifest.notes), f"{folder}: has no vectors to score search by meaning.")
        )
    # Queries are encoded as users' are, by the exported model.
    index = Index.open(folder, None if manifest.query_model else embedder)
    if faults := index.faults():
        index.close()
        raise IndexProblem(faults[0])
    return index


def run(
    collection: Collection, index: Searcher, mode: Mode, progress: ProgressReport | None = None
) -> dict[str, list[tuple[str, float]]]:
    """The best 100 (document, score) for each question, best first, without its seed."""
    report = progress or (lambda stage, done, of: None)
    found: dict[str, list[tuple[str, float]]] = {}
    for done, question in enumerate(collection.questions, start=1):
        # No words would list every record.
        hits = (
            index.search(Query(question.text, mode, limit=_DEPTH + 1)).hits if question.text.strip() else ()
        )
        found[question.id] = [(hit.record, hit.score) for hit in hits if hit.record != question.seed][:_DEPTH]
        report(f"search, {mode}", done, len(collection.questions))
    return found
