"""How well a search finds what people judged relevant: test collections in BEIR's layout, runs in TREC's."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from corpus.errors import EvidenceError
from corpus.query import Mode, Query
from index.embedder import Embedder
from index.engine import Document
from index.generations import ProgressReport, build
from index.searcher import Index, Ranking

_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Question:
    """A query of a collection. ``seed`` is the record that it was made from, which never counts as found."""

    id: str
    text: str
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, questions, and how relevant (above 0) which document is to which question."""

    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    relevant: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over the questions that have any relevant document."""

    questions: int
    ndcg_at_10: float
    recall_at_100: float
    mrr_at_10: float


class Searcher(Protocol):
    """What is evaluated: an ``index.searcher.Index``, or anything that searches like one."""

    def search(self, query: Query) -> Ranking:
        """The records that match, best first."""


def read_collection(folder: Path, part: str = "") -> Collection:
    """The collection in ``folder``: corpus.jsonl, queries.jsonl and qrels.tsv (of a part: PART.qrels.tsv).

    Raises ``EvidenceError`` that names the file and the line that cannot be read.
    """
    prefix = f"{part}." if part else ""
    documents = tuple(
        Document(id=str(entry["_id"]), title=entry.get("title") or "", abstract=entry.get("text") or "")
        for entry in _entries(folder / "corpus.jsonl", ("_id",))
    )
    questions = tuple(
        Question(str(entry["_id"]), entry["text"], str(entry.get("seed") or ""))
        for entry in _entries(folder / f"{prefix}queries.jsonl", ("_id", "text"))
    )
    return Collection(documents, questions, _judgements(folder / f"{prefix}qrels.tsv"))


def evaluate(
    folder: Path,
    mode: Mode,
    *,
    index_folder: Path,
    embedder: Embedder | None,
    part: str = "",
    engine: str | None = None,
    run_file: Path | None = None,
    progress: ProgressReport | None = None,
) -> Scores:
    """Index the collection in ``folder`` and score the search in ``mode`` on it.

    The index is made in ``index_folder``, and what is there of an earlier run is used again.
    """
    collection = read_collection(folder, part)
    build(
        index_folder,
        collection.documents,
        corpus_hash=str(folder),
        embedder=embedder if mode != "keyword" else None,
        engine=engine,
        progress=progress,
    )
    return score(collection, run(collection, Index.open(index_folder, embedder), mode), run_file=run_file)


def run(collection: Collection, index: Searcher, mode: Mode) -> dict[str, list[tuple[str, float]]]:
    """The best 100 (document, score) for each question, best first, without its seed."""
    found = {}
    for question in collection.questions:
        hits = index.search(Query(question.text, mode, limit=_DEPTH + 1)).hits
        found[question.id] = [(hit.record, hit.score) for hit in hits if hit.record != question.seed][:_DEPTH]
    return found


def score(
    collection: Collection, found: Mapping[str, Sequence[tuple[str, float]]], *, run_file: Path | None = None
) -> Scores:
    """The scores of a run; with ``run_file``, the run is written there for trec_eval."""
    if run_file is not None:
        run_file.write_text("".join(_trec_lines(found)), encoding="utf-8")
    judged = [question.id for question in collection.questions if collection.relevant.get(question.id)]

    def mean(measure: Callable[[Sequence[str], Mapping[str, int]], float]) -> float:
        rankings = (([record for record, _ in found[question]], question) for question in judged)
        values = [measure(ranking, collection.relevant[question]) for ranking, question in rankings]
        return math.fsum(values) / len(values) if values else 0.0

    return Scores(len(judged), mean(ndcg), mean(recall), mean(reciprocal_rank))


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain, with linear gain as trec_eval has it."""
    gains = [relevant.get(record, 0) for record in ranking[:depth]]
    ideal = sorted(relevant.values(), reverse=True)[:depth]
    return _discounted(gains) / _discounted(ideal)


def recall(ranking: Sequence[str], relevant: Mapping[str, int], depth: int = _DEPTH) -> float:
    """The part of the relevant documents that stands among the first ``depth``."""
    return sum(record in relevant for record in ranking[:depth]) / len(relevant)


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, int], depth: int = 10) -> float:
    """One over the rank of the first relevant document; 0 if it is not among the first ``depth``."""
    ranks = (rank for rank, record in enumerate(ranking[:depth], start=1) if record in relevant)
    return 1 / next(ranks, math.inf)


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _trec_lines(found: Mapping[str, Sequence[tuple[str, float]]]) -> Iterator[str]:
    for question, ranking in found.items():
        for rank, (record, value) in enumerate(ranking, start=1):
            yield f"{question} Q0 {record} {rank} {value:.9f} evidence-kb\n"


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from ((number, line) for number, line in enumerate(file, start=1) if line.strip())
    except OSError as error:
        raise EvidenceError(
            f"{path}: cannot be read ({error.strerror}); a collection has BEIR's layout."
        ) from error
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{path}: cannot be read (it is not UTF-8).") from error


def _entries(path: Path, needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number, line in _lines(path):
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise EvidenceError(f"{path}:{number}: is not JSON ({error}).") from error
        if not isinstance(entry, dict) or any(key not in entry for key in needed):
            raise EvidenceError(f"{path}:{number}: is not an object with {' and '.join(needed)}.")
        yield entry


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    relevant: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        columns = line.rstrip("\n").split("\t")
        if number == 1 and columns[-1] == "score":
            continue
        try:
            question, record, value = columns
            grade = int(value)
        except ValueError as error:
            raise EvidenceError(f"{path}:{number}: is not question, document and score, by tabs.") from error
        if grade > 0:
            relevant.setdefault(question, {})[record] = grade
    return relevant
