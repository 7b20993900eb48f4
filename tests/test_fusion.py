from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import fusion
from index.fusion import Fused, fuse, rerank

_NUMBERS = list(range(12))


def _rankings(least: float) -> st.SearchStrategy[list[tuple[int, float]]]:
    scores = st.dictionaries(st.sampled_from(_NUMBERS), st.floats(least, 30.0))
    return scores.map(lambda found: sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def test_the_best_of_both_comes_first():
    hits = fuse([(1, 9.0), (2, 8.0)], [(2, 0.9), (3, 0.3)], floor=0.2)
    assert [hit.number for hit in hits] == [2, 1, 3]


def test_a_hit_keeps_both_its_ranks():
    [first, second, third] = fuse([(1, 9.0), (2, 8.0)], [(2, 0.9), (3, 0.3)], floor=0.2)
    assert (first.keyword_rank, first.semantic_rank) == (2, 1)
    assert (second.keyword_rank, second.semantic_rank) == (1, None)
    assert (third.keyword_rank, third.semantic_rank) == (None, 2)


def test_a_score_is_made_of_the_normalised_score_and_of_the_rank():
    [first, second] = fuse([(1, 10.0), (2, 5.0)], [(1, 0.6)], floor=0.2)
    assert first.score == 1.0
    assert second.score == pytest.approx(0.55 * (0.7 * 0.5 + 0.3 * 61 / 62))


def test_the_weight_moves_from_words_to_meaning():
    keyword, semantic = [(1, 1.0)], [(2, 1.0)]
    assert [hit.number for hit in fuse(keyword, semantic, weight=0.4)] == [1, 2]
    assert [hit.number for hit in fuse(keyword, semantic, weight=0.6)] == [2, 1]


def test_records_beyond_the_candidates_follow_in_their_order(monkeypatch):
    monkeypatch.setattr(fusion, "CANDIDATES", 2)
    hits = fuse([(1, 9.0), (2, 8.0), (3, 7.0), (4, 6.0)], [(2, 0.9)])
    assert [hit.number for hit in hits] == [2, 1, 3, 4]
    assert [hit.keyword_rank for hit in hits] == [2, 1, 3, 4]


def test_nothing_found_is_no_hit():
    assert fuse([], []) == []


@given(keyword=_rankings(0.1), semantic=_rankings(0.2))
def test_each_record_found_is_a_hit_once_and_scores_fall(keyword, semantic):
    hits = fuse(keyword, semantic)
    assert sorted(hit.number for hit in hits) == sorted({record for record, _ in (*keyword, *semantic)})
    order = [(-hit.score, hit.number) for hit in hits]
    assert order == sorted(order)
    assert hits == fuse(keyword, semantic)


def test_the_best_are_ordered_anew_and_the_rest_stay_below():
    order = [Fused(number, 1 - number / 10) for number in range(4)]
    found = rerank(order, {0: 0.1, 1: 0.1, 2: 0.9})
    assert [one.number for one in found][:2] == [0, 2]
    assert sorted(one.number for one in found) == [0, 1, 2, 3]
    assert all(first.score >= second.score for first, second in pairwise(found))


def test_without_a_difference_the_order_stays():
    order = [Fused(1, 0.9), Fused(2, 0.8)]
    assert rerank(order, {1: 0.5, 2: 0.5}) == rerank(order, {}) == order


@given(st.lists(st.floats(0, 1), max_size=130), st.dictionaries(st.integers(0, 129), st.floats(0, 1)))
def test_re_ranking_keeps_every_document_and_scores_fall(scores, similarity):
    order = [Fused(number, score) for number, score in enumerate(sorted(scores, reverse=True))]
    found = rerank(order, similarity)
    assert sorted(one.number for one in found) == list(range(len(scores)))
    assert all(first.score >= second.score for first, second in pairwise(found))
