"""Two rankings made one, by a weighted sum of scores and of ranks."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.query import Hit

Scored = Sequence[tuple[str, float]]
"""(record id, score), best first."""

#: What counts in a hybrid search: half the words, half the meaning.
WEIGHT = 0.5
#: How much of what a ranking gives goes by rank. Measured, nDCG@10 on SciFact and on the review seeds: 0 (by
#: score alone) .734, .299; .2 .736, .304; .3 .736, .304; .5 .735, .304; 1 (by rank alone) .718, .307.
RANKS = 0.3
#: So many of each ranking take part.
CANDIDATES = 1000


def fuse(
    keyword: Scored, semantic: Scored, *, weight: float = WEIGHT, floor: float = 0.0, k: int = 60
) -> list[Hit]:
    """Merge by a convex combination of what each ranking gives a record: 1 for its best, 0 for none found.

    That is its score, normalised to 0..1 (Bruch et al., TOIS 2023), and for ``RANKS`` of it
    ``(k + 1) / (k + rank)``, as in reciprocal rank fusion. Score 0 is the first beyond the candidates or,
    where all found are candidates, a record not found: 0 for words, ``floor`` for cosines.
    Equal scores order by record id, so one query gives one list.
    """
    scores: dict[str, float] = {}
    for ranking, share, none in ((keyword, 1 - weight, 0.0), (semantic, weight, floor)):
        lowest = ranking[CANDIDATES][1] if len(ranking) > CANDIDATES else none
        span = (ranking[0][1] - lowest) if ranking else 0.0
        for rank, (record, score) in enumerate(ranking[:CANDIDATES], start=1):
            by_score = (score - lowest) / span if span > 0 else 1.0
            given = (1 - RANKS) * by_score + RANKS * (k + 1) / (k + rank)
            scores[record] = scores.get(record, 0.0) + share * given
    return _hits(scores, keyword, semantic)


def single(ranking: Scored, *, by: str) -> list[Hit]:
    """The hits of one ranking, found ``by`` "keyword" or "semantic", or by neither ("")."""
    return [
        Hit(
            record,
            rank,
            score,
            keyword_rank=rank if by == "keyword" else None,
            semantic_rank=rank if by == "semantic" else None,
        )
        for rank, (record, score) in enumerate(ranking, start=1)
    ]


def _hits(scores: dict[str, float], keyword: Scored, semantic: Scored) -> list[Hit]:
    """The records by score, then those beyond the candidates: by keyword rank, then by semantic rank."""
    keyword_ranks = {record: rank for rank, (record, _) in enumerate(keyword, start=1)}
    semantic_ranks = {record: rank for rank, (record, _) in enumerate(semantic, start=1)}
    # Rounded, because a sum taken in another order must not break a tie.
    order = sorted(scores, key=lambda record: (-round(scores[record], 9), record))
    order += [record for record in (*keyword_ranks, *semantic_ranks) if record not in scores]
    return [
        Hit(
            record,
            rank,
            round(scores.get(record, 0.0), 9),
            keyword_ranks.get(record),
            semantic_ranks.get(record),
        )
        for rank, record in enumerate(dict.fromkeys(order), start=1)
    ]
