"""The nearest vectors: the same as by comparing with each, or nearly, under any filter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import codes as codes_module
from index import pool as pool_module
from index import vectors as vectors_module
from index.codes import codes_of
from index.pool import Pool
from index.vectors import VectorIndex, token_cosines

DIM = 128
SETTINGS = {"model": "test", "dim": DIM}
COUNT = 3000


def hashes_of(names: Sequence[object]) -> Any:
    digests = (hashlib.sha256(str(name).encode()).digest()[:16] for name in names)
    return np.frombuffer(b"".join(digests), dtype="V16")


def unit(count: int, dim: int = DIM, seed: int = 0) -> Any:
    made = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def brute(pool: Pool, rows: Any, vector: Any, floor: float = -1) -> list[tuple[int, float]]:
    scores = np.vecdot(pool.vectors(rows), vector).astype(np.float64).round(6)
    order = sorted((-score, number) for number, score in enumerate(scores.tolist()) if score >= floor)
    return [(number, -score) for score, number in order]


_ROWS = st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), min_size=1, max_size=30)


@settings(deadline=None)
@given(rows=_ROWS, query=st.lists(st.integers(-3, 3), min_size=4, max_size=4), data=st.data())
def test_a_small_library_is_scored_exactly_under_any_filter(tmp_path_factory, rows, query, data):
    pool = Pool.create(tmp_path_factory.mktemp("pool") / "pool", {"dim": 4})
    pool.append(hashes_of(range(len(rows))), np.array(rows, dtype=np.float32))
    allowed = data.draw(st.none() | st.sets(st.integers(0, len(rows) - 1)).map(sorted))
    limit = data.draw(st.none() | st.integers(0, 5))
    index = VectorIndex(pool, np.arange(len(rows), dtype=np.uint32))
    products = {number: float(np.dot(row, query)) for number, row in enumerate(rows)}
    order = sorted(products.items(), key=lambda pair: (-pair[1], pair[0]))
    assert (
        index.search(np.array(query), allowed, floor=1, limit=limit)
        == [
            (number, product)
            for number, product in order
            if product >= 1 and (allowed is None or number in allowed)
        ][:limit]
    )


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1, width=16), min_size=1, max_size=30))
def test_half_floats_are_read_exactly(tmp_path_factory, numbers):
    pool = Pool.create(tmp_path_factory.mktemp("pool") / "pool", {"dim": len(numbers)})
    pool.append(hashes_of("a"), np.array([numbers], dtype=np.float32))
    assert pool.vectors([0]).tolist() == [numbers]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """A pool with codes: vectors in clusters and to one side, as those of texts are; one is zeros."""
    pool = Pool.create(tmp_path_factory.mktemp("large") / "pool", SETTINGS)
    made = np.repeat(unit(60, seed=2), 50, axis=0) + 0.7 * unit(COUNT, seed=3) + 0.5 * unit(1, seed=6)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    made[COUNT - 1] = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool_module, "CODED", 1000)
        # Before, at and after the row from which there are codes, and across the bounds of blocks.
        patch.setattr(codes_module, "BLOCK", 256)
        for start, end in ((0, 700), (700, 1100), (1100, 1101), (1101, COUNT)):
            pool.append(hashes_of(range(start, end)), made[start:end])
        yield pool


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries of more than ten documents are scanned by their codes."""
    monkeypatch.setattr(vectors_module, "EXACT", 10)
    monkeypatch.setattr(vectors_module, "FINE", 300)
    monkeypatch.setattr(vectors_module, "NEAREST", 100)
    monkeypatch.setattr(codes_module, "COARSE", 900)


def queries(large: Pool) -> Any:
    made = large.vectors(slice(0, COUNT - 1, 100)) + 0.3 * unit(30, seed=4)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_the_codes_are_those_of_the_vectors_however_they_were_added(large):
    rows = np.arange(COUNT)
    assert large.codes.fit(rows, large.vectors(rows))
    assert not large.codes.fit(rows, large.vectors(rows[::-1]))


def test_a_large_library_is_scanned_and_the_nearest_are_scored_exactly(large, scanned):
    rows = np.arange(COUNT, dtype=np.uint32)
    index = VectorIndex(large, rows)
    shares = []
    for query in queries(large):
        found, wanted = index.search(query, floor=-1), brute(large, rows, query)
        assert found[:10] == wanted[:10]
        assert len(found) == 100
        shares.append(len(set(found) & set(wanted[:100])) / 100)
    assert sum(shares) / len(shares) > 0.9


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_a_filter_loses_none_of_the_nearest_in_a_scan(large, scanned, share):
    rows = np.arange(COUNT, dtype=np.uint32)
    allowed = np.flatnonzero(np.random.default_rng(1).random(COUNT) < share)
    among = set(allowed.tolist())
    for query in queries(large)[:10]:
        wanted = [hit for hit in brute(large, rows, query) if hit[0] in among]
        assert VectorIndex(large, rows).search(query, allowed.tolist(), floor=-1)[:10] == wanted[:10]


def test_a_filter_of_fewer_than_are_scored_gives_them_all(large, scanned):
    allowed = list(range(1, COUNT, 50))
    found = VectorIndex(large, np.arange(COUNT)).search(large.vectors([7])[0], allowed, floor=-1)
    assert {number for number, _ in found} == set(allowed)


def test_documents_of_one_text_share_a_row_and_unused_rows_are_never_found(large, scanned):
    rows = np.array([3, 3, *range(10, 500), 3], dtype=np.uint32)
    index = VectorIndex(large, rows)
    assert [number for number, _ in index.search(large.vectors([3])[0], floor=0.99)] == [0, 1, len(rows) - 1]
    assert index.search(large.vectors([4])[0], floor=0.99) == []
    assert index.search(large.vectors([3])[0], [1, 5, *range(20, 90)], floor=0.99) == [
        (1, pytest.approx(1, abs=1e-3))
    ]


def test_rows_in_use_out_of_many_are_found_by_their_number(large, scanned):
    rows = np.arange(5, COUNT, 7, dtype=np.uint32)
    index = VectorIndex(large, rows)
    for query in queries(large):
        assert index.search(query, floor=-1)[:10] == brute(large, rows, query)[:10]


@settings(deadline=None)
@given(data=st.data())
def test_any_rows_under_any_filter_give_the_best_few(large, data):
    rows = np.array(
        data.draw(st.lists(st.integers(0, COUNT - 1), min_size=30, max_size=120)), dtype=np.uint32
    )
    allowed = data.draw(st.none() | st.sets(st.integers(0, len(rows) - 1), min_size=15).map(sorted))
    query = large.vectors([data.draw(st.integers(0, COUNT - 2))])[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors_module, "EXACT", 10)
        found = VectorIndex(large, rows).search(query, allowed, floor=-1)
    wanted = brute(large, rows, query)
    assert found == [hit for hit in wanted if allowed is None or hit[0] in allowed]


def test_equal_cosines_come_by_number_and_a_floor_is_kept(large, scanned):
    rows = np.array([9, *range(100, 400), 9, 9], dtype=np.uint32)
    found = VectorIndex(large, rows).search(large.vectors([9])[0], floor=0.5)
    assert [number for number, _ in found[:3]] == [0, 301, 302]
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
    assert min(score for _, score in found) >= 0.5


def test_more_than_the_usual_number_can_be_asked_for(large, scanned):
    index = VectorIndex(large, np.arange(COUNT, dtype=np.uint32))
    query = large.vectors([3])[0]
    assert [len(index.search(query, floor=-1, limit=limit)) for limit in (5, 500, 10_000)] == [5, 500, COUNT]


def test_an_empty_text_and_an_empty_query_are_like_nothing(large, scanned):
    index = VectorIndex(large, np.arange(COUNT, dtype=np.uint32))
    assert index.search(np.zeros(DIM)) == []
    assert COUNT - 1 not in [number for number, _ in index.search(large.vectors([2990])[0], floor=0.01)]


def test_a_pool_without_codes_is_scored_exactly(large, scanned, monkeypatch):
    monkeypatch.setattr(Pool, "codes", property(lambda _: None))
    rows = np.arange(COUNT, dtype=np.uint32)
    query = queries(large)[0]
    assert VectorIndex(large, rows).search(query, floor=0.1) == brute(large, rows, query, 0.1)


def test_the_neighbours_of_several_are_those_of_their_middle(large):
    index = VectorIndex(large, np.arange(COUNT, dtype=np.uint32))
    found = index.like([0, 1, 2], 20)
    assert {number for number, _ in found} <= set(range(50))
    assert [number for number, _ in index.like([0], 1)] == [0]


def test_no_documents_and_no_vectors_find_nothing(tmp_path):
    empty = VectorIndex(Pool.create(tmp_path / "empty", SETTINGS), np.zeros(0, dtype=np.uint32))
    assert empty.search(unit(1)[0]) == []
    pool = Pool.create(tmp_path / "zero", SETTINGS)
    pool.append(hashes_of("a"), np.zeros((1, DIM), dtype=np.float32))
    assert VectorIndex(pool, np.array([0])).like([0], 5) == []


def test_similarity_is_the_mean_over_a_query_s_tokens_of_the_best_token(tmp_path):
    pool = Pool.create(tmp_path / "pool", SETTINGS)
    tokens = [unit(5, seed=1), unit(9, seed=2), np.empty((0, DIM), dtype=np.float32)]
    pool.append(hashes_of("abc"), unit(3), tokens)
    index, query = VectorIndex(pool, np.array([2, 0, 1])), unit(4, seed=5)
    found = index.similarity(query, [0, 1, 2])
    assert np.isnan(found[0])
    for value, one in zip(found[1:], tokens, strict=False):
        signs = np.where(one > 0, 1, -1) / np.sqrt(DIM)
        assert value == pytest.approx((signs @ query.T).max(axis=0).mean(), abs=1e-5)


def test_the_cosine_of_a_code_is_that_of_its_signs():
    made = unit(3)
    signs = np.where(made > 0, 1, -1).astype(np.float32)
    assert token_cosines(made, codes_of(made)) == pytest.approx(signs @ made.T / np.sqrt(DIM), abs=1e-5)
