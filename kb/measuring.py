"""Scores of search on a test collection."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from corpus.errors import EvidenceError
from corpus.query import Mode
from ingest.intake import Report

if TYPE_CHECKING:
    from index.collection import Collection
    from index.scoring import Scores
    from index.searcher import Index

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be scored: a collection, searched in ``modes``, with indexes ``kept`` for the next time.

    ``other`` is the run file of another system, to compare with.
    """

    folder: Path
    modes: Sequence[Mode]
    part: str = ""
    engine: str | None = None
    model: str | None = None
    kept: Path | None = None
    other: Path | None = None


def score_retrieval(wanted: Wanted, report: Report, run_file: IO[str] | None = None) -> dict[str, Any]:
    """What `kb evaluate retrieval` says; ``run_file`` gets what was found in the last of the modes."""
    from index.collection import read_collection
    from index.evaluation import run
    from index.runs import check_ids, write_run
    from index.scoring import check_scorer, compare, score

    # All that can be wrong with what is given is said before an index is built, which takes long.
    check_scorer()
    collection = read_collection(wanted.folder, wanted.part)
    if run_file is not None:
        check_ids(collection)
    theirs, notes = _theirs(wanted.other, collection) if wanted.other else (None, [])
    scores, compared, per_query = [], [], []
    with _indexed(collection, wanted, report) as index:
        for mode in wanted.modes:
            found = run(collection, index, mode, report)
            ours = score(collection, found)
            scores.append({"mode": mode} | figures(ours))
            per_query += _per_query(mode, ours)
            if theirs:
                compared += [{"mode": mode} | _rounded(asdict(one)) for one in compare(ours, theirs)]
            if run_file is not None:
                write_run(found, run_file, f"evidence-kb-{mode}")
        engine, model = index.manifest.engine, index.manifest.model
    return {
        "collection": str(wanted.folder),
        "part": wanted.part,
        "records": len(collection.documents),
        "queries": len(collection.questions),
        "engine": engine,
        "model": model,
        "notes": [*collection.notes, *notes],
        "scores": scores,
        "other": figures(theirs) if theirs else None,
        "compared": compared,
        "per_query": per_query,
    }


def figures(scores: Scores) -> dict[str, Any]:
    """How many queries, and each measure with the ends of its 95 % interval."""
    from index.scoring import MEASURES

    row: dict[str, Any] = {"queries": len(scores.questions)}
    for name in MEASURES:
        found = scores.interval(name)
        row |= {name: found.mean, f"{name}_from": found.low, f"{name}_to": found.high}
    return _rounded(row)


@contextmanager
def _indexed(collection: Collection, wanted: Wanted, report: Report) -> Iterator[Index]:
    from index.embedder import embedder_for
    from index.evaluation import indexed
    from index.generations import exported_embedder

    with tempfile.TemporaryDirectory() as aside:
        folder = wanted.kept or Path(aside)
        by_meaning = set(wanted.modes) != {"keyword"}
        # Vectors that are kept stay when only words are searched.
        embedder = embedder_for(wanted.model) if by_meaning else exported_embedder(folder)
        index = indexed(
            collection, folder, wanted.modes, embedder=embedder, engine=wanted.engine, progress=report
        )
        try:
            yield index
        finally:
            index.close()


def _theirs(path: Path, collection: Collection) -> tuple[Scores, list[str]]:
    """The scores of another's run, and what of it does not fit the collection, a sentence each."""
    from index.runs import read_run
    from index.scoring import score

    run = read_run(path)
    asked = {question.id for question in collection.questions}
    there = asked & run.keys()
    if not there:
        raise EvidenceError(f"{path}: has a hit for none of the queries; it is of another collection.")
    notes = []
    if missing := len(asked) - len(there):
        notes.append(f"{path} has no hit for {missing:,} of the {len(asked):,} queries, which count 0.")
    if others := len(run.keys() - asked):
        notes.append(
            f"{path} has hits for queries that are not judged here ({others:,}), which do not count."
        )
    return score(collection, run), notes


def _per_query(mode: Mode, scores: Scores) -> list[dict[str, Any]]:
    return [
        _rounded({"mode": mode, "query": question} | {name: of[place] for name, of in scores.values.items()})
        for place, question in enumerate(scores.questions)
    ]


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, _DIGITS) if isinstance(value, float) else value for name, value in row.items()}
