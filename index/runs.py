"""Runs in TREC's form: what a search found for each question, for others to score."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from corpus.errors import EvidenceError
from index.collection import Collection, lines_of

Run = Mapping[str, Sequence[tuple[str, float]]]
"""The (document, score) found for each question, best first."""


def falling(ranking: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """The ranking with scores that fall with every rank, changed as little as that takes.

    trec_eval holds scores in 32 bits and goes by them alone: ties would come by id, from the last.
    """
    import numpy as np

    last = np.float32(np.inf)
    for document, score in ranking:
        value = np.float32(score)
        if not value < last:
            value = last - np.spacing(max(abs(last), np.float32(1e-6)))
        last = value
        yield document, float(value)


def check_ids(collection: Collection) -> None:
    """Raise ``EvidenceError`` where an id has a space, which no run file can hold."""
    questions = (question.id for question in collection.questions)
    for key in itertools.chain(questions, (document.id for document in collection.documents)):
        if key.split() != [key]:
            raise EvidenceError(
                f"The id `{key}` has a space in it, which a TREC run file cannot hold; leave out --run-file."
            )


def write_run(run: Run, file: IO[str], tag: str) -> None:
    """Write six columns a line: question, Q0, document, rank from 1, score, tag."""
    for question, ranking in run.items():
        for rank, (document, score) in enumerate(falling(ranking), start=1):
            file.write(f"{question} Q0 {document} {rank} {score:.9g} {tag}\n")


def read_run(path: Path) -> Run:
    """A run of any system, in the order in which trec_eval reads it: by score, then by id from the last.

    Raises ``EvidenceError`` that names the line that cannot be read.
    """
    found: dict[str, dict[str, float]] = {}
    for number, line in lines_of(path):
        cells = line.split("\t") if line.count("\t") == 5 else line.split()
        score = _score(cells[4]) if len(cells) == 6 else None
        if score is None:
            raise EvidenceError(
                f"{path}:{number}: is not a line of a TREC run: question, Q0, document, rank, score, tag."
            )
        ranking = found.setdefault(cells[0], {})
        if cells[2] in ranking:
            raise EvidenceError(
                f"{path}:{number}: has document {cells[2]} a second time for question {cells[0]}."
            )
        ranking[cells[2]] = score
    if not found:
        raise EvidenceError(f"{path}: holds no hit; a TREC run file is needed.")
    return {question: _ordered(ranking.items()) for question, ranking in found.items()}


def _ordered(ranking: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(ranking, key=lambda pair: (pair[1], pair[0]), reverse=True)


def _score(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return None if math.isnan(value) else value
