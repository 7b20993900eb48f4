"""Scores of runs, how sure they are, and whether one run is better than another on the same questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from corpus.errors import MissingExtra
from index.collection import Collection
from index.runs import Run, falling

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]

MEASURES = ("ndcg@10", "recall@100", "mrr@10")
#: As ir_measures calls them.
_SCORED = dict(zip(("nDCG@10", "R@100", "RR@10"), MEASURES, strict=True))
_RESAMPLES = 10_000
#: So many draws are held at once, in numbers of 8 bytes.
_DRAWS = 1_000_000
_SEED = 20_240_229


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and where it lies in 95 % of the samples of questions that could as well have been asked."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Of each measure of ``MEASURES``, the value for each question, in order."""

    questions: tuple[str, ...]
    values: Mapping[str, tuple[float, ...]]

    def mean(self, measure: str) -> float:
        """The mean over all questions."""
        return sum(self.values[measure]) / len(self.questions)

    def interval(self, measure: str) -> Interval:
        """The mean with its 95 % bootstrap interval (percentiles of 10,000 resamples of the questions)."""
        return interval(self.values[measure])


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one run is than another, question by question.

    ``p`` is that of a paired randomisation test, two-sided: how often chance alone would make a mean
    difference as large.
    """

    measure: str
    mean: float
    low: float
    high: float
    p: float
    wins: int
    losses: int
    ties: int


def check_scorer() -> None:
    """Raise ``MissingExtra`` where the extra ``evaluate`` is not installed."""
    if find_spec("ir_measures") is None:
        raise MissingExtra("Scoring search needs ir_measures: install `evidence-kb[evaluate]`.")


def score(collection: Collection, run: Run) -> Scores:
    """The scores of a run for the questions of a collection; one that it found nothing for counts 0."""
    check_scorer()
    import ir_measures

    # A question is never found by its seed, whoever searched.
    seeds = {question.id: question.seed for question in collection.questions}
    found = {
        question: dict(falling([hit for hit in run.get(question, ()) if hit[0] != seed]))
        for question, seed in seeds.items()
    }
    measures = [ir_measures.parse_measure(name) for name in _SCORED]
    rows: dict[str, dict[str, float]] = {name: dict.fromkeys(seeds, 0.0) for name in MEASURES}
    # trec_eval leaves a question out that has no judgement at all; here it counts 0 like its other failures.
    relevant = {question: dict(judged) for question, judged in collection.relevant.items() if judged}
    for metric in ir_measures.iter_calc(measures, relevant, found):
        rows[_SCORED[str(metric.measure)]][metric.query_id] = metric.value
    return Scores(tuple(seeds), {name: tuple(values.values()) for name, values in rows.items()})


def interval(values: Sequence[float]) -> Interval:
    """The mean of ``values`` with its 95 % bootstrap interval; the same each time."""
    import numpy as np

    numbers = np.asarray(values, dtype=np.float64)
    low, high = np.percentile(_resampled(numbers, _drawn_again), (2.5, 97.5))
    return Interval(float(numbers.mean()), float(low), float(high))


def compare(ours: Scores, theirs: Scores) -> tuple[Difference, ...]:
    """By how much ``ours`` is better on the same questions, for each measure."""
    return tuple(_difference(name, ours.values[name], theirs.values[name]) for name in MEASURES)


def _difference(measure: str, ours: Sequence[float], theirs: Sequence[float]) -> Difference:
    import numpy as np

    differences = np.asarray(ours, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    # Sums in another order differ in the last digits, which is no win.
    differences[np.abs(differences) < 1e-9] = 0.0
    found = interval(differences.tolist())
    by_chance = np.abs(_resampled(differences, _signs_drawn)) >= abs(found.mean) - 1e-12
    return Difference(
        measure,
        found.mean,
        found.low,
        found.high,
        # The signs as they are count as one of the draws, so that p is never 0.
        p=float((by_chance.sum() + 1) / (_RESAMPLES + 1)),
        wins=int((differences > 0).sum()),
        losses=int((differences < 0).sum()),
        ties=int((differences == 0).sum()),
    )


def _resampled(values: Values, means: Callable[[Values, int, np.random.Generator], Values]) -> Values:
    """As many means as there are resamples, drawn some at a time."""
    import numpy as np

    random = np.random.default_rng(_SEED)
    step = max(_DRAWS // len(values), 1)
    starts = range(0, _RESAMPLES, step)
    return np.concatenate([means(values, min(step, _RESAMPLES - start), random) for start in starts])


def _drawn_again(values: Values, times: int, random: np.random.Generator) -> Values:
    drawn: Values = values[random.integers(0, len(values), (times, len(values)))].mean(axis=1)
    return drawn


def _signs_drawn(values: Values, times: int, random: np.random.Generator) -> Values:
    signs = random.integers(0, 2, (times, len(values))) * 2 - 1
    drawn: Values = (signs * values).mean(axis=1)
    return drawn
