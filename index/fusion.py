"""Two rankings made one, by a weighted sum of scores and of ranks; and the best of it ordered anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean, pstdev

Scored = Sequence[tuple[int, float]]
"""(number, score), best first."""

#: What meaning counts in a hybrid search, against words. Measured with what follows, nDCG@10 on SciFact and
#: on the review seeds: .3 .738, .315; .4 .743, .316; .45 .743, .317; .5 .740, .320; .6 .734, .318.
WEIGHT = 0.45
#: How much of what a ranking gives goes by rank. Measured without re-ranking: 0 (by score alone) .734, .299;
#: .2 .736, .304; .3 .736, .304; .5 .735, .304; 1 (by rank alone) .718, .307.
RANKS = 0.3
#: So many of each ranking take part.
CANDIDATES = 1000
#: So many of the best are ordered anew by their tokens' vectors, a standard deviation of which counts so.
RERANKED, RERANK_WEIGHT = 100, 0.07


@dataclass(frozen=True, slots=True)
class Fused:
    """A document, by number, with its score and its place in each ranking; ``None`` where it is not in it."""

    number: int
    score: float
    keyword_rank: int | None = None
    semantic_rank: int | None = None


def fuse(
    keyword: Scored,
    semantic: Scored,
    *,
    limit: int | None = None,
    weight: float | None = None,
    floor: float = 0.0,
    k: int = 60,
) -> list[Fused]:
    """Merge by a convex combination of what each ranking gives a document: 1 for its best, 0 for none found.

    That is its score, normalised to 0..1 (Bruch et al., TOIS 2023), and for ``RANKS`` of it
    ``(k + 1) / (k + rank)``, as in reciprocal rank fusion. Score 0 is the first beyond the candidates or,
    where all found are candidates, a document not found: 0 for words, ``floor`` for cosines. Equal
    scores order by number, so one query gives one list, of the best ``limit``.
    """
    weight = WEIGHT if weight is None else weight
    scores: dict[int, float] = {}
    for ranking, share, none in ((keyword, 1 - weight, 0.0), (semantic, weight, floor)):
        lowest = ranking[CANDIDATES][1] if len(ranking) > CANDIDATES else none
        span = (ranking[0][1] - lowest) if ranking else 0.0
        for rank, (number, score) in enumerate(ranking[:CANDIDATES], start=1):
            by_score = (score - lowest) / span if span > 0 else 1.0
            given = (1 - RANKS) * by_score + RANKS * (k + 1) / (k + rank)
            scores[number] = scores.get(number, 0.0) + share * given
    # Rounded, because a sum taken in another order must not break a tie.
    scores = {number: round(score, 9) for number, score in scores.items()}
    order = sorted(scores, key=lambda number: (-scores[number], number))[:limit]
    keyword_ranks = {number: rank for rank, (number, _) in enumerate(keyword, start=1)}
    semantic_ranks = {number: rank for rank, (number, _) in enumerate(semantic, start=1)}
    if limit is None or len(order) < limit:
        # Those beyond the candidates: by keyword rank, then by semantic rank.
        more = (number for number in (*keyword_ranks, *semantic_ranks) if number not in scores)
        order = list(islice(dict.fromkeys((*order, *more)), limit))
    return [
        Fused(number, scores.get(number, 0.0), keyword_ranks.get(number), semantic_ranks.get(number))
        for number in order
    ]


def rerank(order: Sequence[Fused], similarity: Mapping[int, float]) -> list[Fused]:
    """The same documents, the best ``RERANKED`` of them ordered by score and ``similarity`` together.

    ``similarity`` is by number, of any scale; a document that it lacks is taken for a middling one. Scores go
    on falling from the last of these to the first of the rest.
    """
    best, rest = order[:RERANKED], order[RERANKED:]
    known = [similarity[one.number] for one in best if one.number in similarity]
    spread = pstdev(known) if len(known) > 1 else 0.0
    if not spread:
        return list(order)
    middle = fmean(known)
    scores = {
        one.number: one.score + RERANK_WEIGHT * (similarity.get(one.number, middle) - middle) / spread
        for one in best
    }
    below = rest[0].score if rest else 0.0
    raised = max(0.0, below - min(scores.values()))
    ordered = sorted(best, key=lambda one: (-round(scores[one.number], 9), one.number))
    return [
        Fused(one.number, round(scores[one.number] + raised, 9), one.keyword_rank, one.semantic_rank)
        for one in ordered
    ] + list(rest)
