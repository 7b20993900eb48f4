"""How far a score would move with other records: bootstrap intervals over the records that were labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.tagging.agreement import Compared

if TYPE_CHECKING:
    import numpy as np

RESAMPLES = 1000
_SEED = 20120401
_OUTCOMES = ("right", "wrong", "missing")


@dataclass(frozen=True, slots=True)
class Interval:
    """Where 95 of 100 resamples of the records put a score."""

    low: float
    high: float


def intervals(compared: Sequence[Compared], measure: str) -> dict[str, Interval]:
    """95 % percentile intervals of the micro precision, recall and F1 and the macro F1 (Efron 1979).

    Whole records are drawn, with replacement: the labels of one record stand or fall together. The same
    records in the same order give the same interval. Without a record or a label there is none.
    """
    import numpy as np

    labels = sorted({label for each in compared for label, _ in each.outcomes(measure)})
    if not labels:
        return {}
    places = {label: place for place, label in enumerate(labels)}
    counts = np.zeros((len(compared), len(labels), len(_OUTCOMES)))
    for row, each in enumerate(compared):
        for label, outcome in each.outcomes(measure):
            counts[row, places[label], _OUTCOMES.index(outcome)] += 1
    size = len(compared)
    drawn = np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), size=RESAMPLES)
    by_label = np.einsum("sr,rlo->slo", drawn.astype(float), counts, optimize=True)
    right, wrong, missing = np.moveaxis(by_label.sum(axis=1), -1, 0)
    return {
        "precision": _middle(_share(right, right + wrong)),
        "recall": _middle(_share(right, right + missing)),
        "f1": _middle(_share(2 * right, 2 * right + wrong + missing)),
        "macro_f1": _middle(_macro(by_label)),
    }


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    import numpy as np

    shares: np.ndarray = np.divide(part, whole, out=np.ones_like(part), where=whole > 0)
    return shares


def _macro(by_label: np.ndarray) -> np.ndarray:
    """The mean F1 of each resample over the labels that it holds."""
    import numpy as np

    right, wrong, missing = np.moveaxis(by_label, -1, 0)
    there = right + wrong + missing > 0
    f1 = np.where(there, _share(2 * right, 2 * right + wrong + missing), 0)
    return _share(f1.sum(axis=1), there.sum(axis=1).astype(float))


def _middle(scores: np.ndarray) -> Interval:
    import numpy as np

    low, high = np.percentile(scores, [2.5, 97.5])
    return Interval(round(float(low), 3), round(float(high), 3))
