from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import fusion
from index.fusion import fuse, single

_IDS = [f"r{number}" for number in range(12)]


def _rankings(least: float) -> st.SearchStrategy[list[tuple[str, float]]]:
    scores = st.dictionaries(st.sampled_from(_IDS), st.floats(least, 30.0))
    return scores.map(lambda found: sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def test_the_best_of_both_comes_first():
    hits = fuse([("a", 9.0), ("b", 8.0)], [("b", 0.9), ("c", 0.3)], floor=0.2)
    assert [hit.record for hit in hits] == ["b", "a", "c"]


def test_a_hit_keeps_both_its_ranks():
    [first, second, third] = fuse([("a", 9.0), ("b", 8.0)], [("b", 0.9), ("c", 0.3)], floor=0.2)
    assert (first.keyword_rank, first.semantic_rank) == (2, 1)
    assert (second.keyword_rank, second.semantic_rank) == (1, None)
    assert (third.keyword_rank, third.semantic_rank) == (None, 2)


def test_a_score_is_made_of_the_normalised_score_and_of_the_rank():
    [first, second] = fuse([("a", 10.0), ("b", 5.0)], [("a", 0.6)], floor=0.2)
    assert first.score == 1.0
    assert second.score == pytest.approx(0.5 * (0.7 * 0.5 + 0.3 * 61 / 62))


def test_the_weight_moves_from_words_to_meaning():
    keyword, semantic = [("a", 1.0)], [("b", 1.0)]
    assert [hit.record for hit in fuse(keyword, semantic, weight=0.4)] == ["a", "b"]
    assert [hit.record for hit in fuse(keyword, semantic, weight=0.6)] == ["b", "a"]


def test_records_beyond_the_candidates_follow_in_their_order(monkeypatch):
    monkeypatch.setattr(fusion, "CANDIDATES", 2)
    hits = fuse([("a", 9.0), ("b", 8.0), ("c", 7.0), ("d", 6.0)], [("b", 0.9)])
    assert [hit.record for hit in hits] == ["b", "a", "c", "d"]
    assert [hit.keyword_rank for hit in hits] == [2, 1, 3, 4]


def test_a_single_ranking_says_how_it_was_found():
    [hit] = single([("a", 0.5)], by="semantic")
    assert (hit.rank, hit.keyword_rank, hit.semantic_rank) == (1, None, 1)


def test_nothing_found_is_no_hit():
    assert fuse([], []) == single([], by="keyword") == []


@given(keyword=_rankings(0.1), semantic=_rankings(0.2))
def test_each_record_found_is_a_hit_once_and_scores_fall(keyword, semantic):
    hits = fuse(keyword, semantic)
    assert sorted(hit.record for hit in hits) == sorted({record for record, _ in (*keyword, *semantic)})
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    order = [(-hit.score, hit.record) for hit in hits]
    assert order == sorted(order)
    assert hits == fuse(keyword, semantic)
