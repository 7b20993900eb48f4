"""How far two coders agree beyond what chance would make them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> float:
    """Cohen's kappa of two coders' answers to the same questions (Educ. Psychol. Meas. 20, 1960), in -1..1.

    Where chance alone would make them agree fully, since both always gave the one answer, it is 1; without
    any pair, 0: nothing was shown.
    """
    counted = Counter(pairs)
    total = counted.total()
    if not total:
        return 0.0
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    for (one, other), count in counted.items():
        first[one] += count
        second[other] += count
    observed = sum(count for (one, other), count in counted.items() if one == other) / total
    # Whole numbers until the division: rounding must not make of full agreement by chance a bit less.
    chance = sum(count * second[answer] for answer, count in first.items())
    if chance == total * total:
        return 1.0
    return (observed - chance / total**2) / (1 - chance / total**2)
