"""Thousands that share a title, a supplement's DOI or a book: compared in bounded time."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.record import Author, Record, SourceRecord
from corpus.store import Store
from ingest.intake import rejoin, take_in
from ingest.works import blocking, crowding, crowds, dedupe, pairing
from ingest.works.dedupe import group

TITLE = "Abstracts of the annual scientific meeting of the national society of nephrology"
WORDS = "renal failure dialysis outcome patients transplant graft survival cohort elderly anaemia iron"


def bare(number: int) -> Record:
    return Record(title=TITLE, url=f"https://example.org/{number}")


def supplement(number: int) -> Record:
    title = " ".join(random.Random(number).choices(WORDS.split(), k=9))
    names = (Author(f"Name{number}", "A"),)
    place = {"volume": "3", "issue": "S1", "page": f"S{number}"}
    return Record(title=title, authors=names, issued="2010", doi="10.1000/supplement", **place)


def of_one_book(number: int) -> Record:
    title = " ".join(random.Random(number).choices(WORDS.split(), k=9))
    names = (Author(f"Name{number}", "A"),)
    return Record(type="chapter", title=title, authors=names, issued="2010", container_title=TITLE)


def of_one_work(number: int) -> Record:
    return replace(bare(0), doi="10.1000/one", issued="2004", extra={"AN": str(number)})


def take(store: Store, records: Iterable[Record], name: str = "a"):
    pieces = [SourceRecord(name, "ris", line, record.title, record) for line, record in enumerate(records)]
    return take_in(store, name, "ris", name, pieces)


@pytest.fixture
def store():
    with Store.scratch("/nowhere/evidence.db") as store:
        yield store


@pytest.mark.parametrize(
    ("make", "works"),
    [
        pytest.param(bare, 400, id="a title and nothing else"),
        pytest.param(supplement, 400, id="the DOI of a supplement"),
        pytest.param(of_one_book, 400, id="chapters of one book"),
        pytest.param(of_one_work, 1, id="one work with a number of each database"),
    ],
)
def test_a_crowd_is_not_compared_pair_by_pair(store, monkeypatch, make, works):
    compared = 0

    def counting(one, other):
        nonlocal compared
        compared += 1
        return compare(one, other)

    compare = pairing.compare
    for module in (pairing, dedupe):
        monkeypatch.setattr(module, "compare", counting)
    records = [make(number) for number in range(400)]
    assert len(group(records)) == works
    assert take(store, records).new == works
    # All pairs would be 79,800.
    assert compared < 400 * 100
    assert store.value("select count(*) from comparisons") < 400 * 30


def test_a_crowd_that_looks_alike_has_a_doubt_for_each_and_no_more(store):
    intake = take(store, map(bare, range(300)))
    assert (intake.new, intake.joins) == (300, 0)
    assert 150 <= intake.doubts <= 300
    doubted = (
        "select count(*) from records where id in (select first from doubts union select second from doubts)"
    )
    assert store.value(doubted) == 300


def test_two_of_one_work_are_found_in_a_crowd(store):
    twice = [supplement(number) for number in range(0, 200, 20)]
    others = [replace(record, title=f"{record.title.upper()}.", volume="", issue="") for record in twice]
    assert take(store, [*map(supplement, range(200)), *others]).joins == 10


def test_chapters_find_their_book_in_a_crowd(store):
    take(store, map(of_one_book, range(200)))
    take(store, [Record(type="book", title=TITLE, issued="2010")], "b")
    assert store.value("select count(*) from links where relation = 'chapter'") == 200


def outcome(store: Store) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The works, doubts and links of a store, told by what descriptions say."""
    marks: dict[str, list[str]] = {}
    for row in store.query("select fingerprint, record from source_records order by fingerprint"):
        marks.setdefault(row["record"], []).append(row["fingerprint"])
    works = {record: "+".join(found) for record, found in marks.items()}
    doubts = store.connection.execute("select first, second, why from doubts")
    links = store.connection.execute("select record, other, relation from links")
    return (
        sorted((work,) for work in works.values()),
        sorted((*sorted((works[one], works[other])), why) for one, other, why in doubts),
        # Which of two parts stands first is a matter of their ids.
        sorted((*sorted((works[one], works[other])), what) for one, other, what in links),
    )


CROWD = st.lists(
    st.one_of(
        st.builds(
            Record,
            title=st.sampled_from([TITLE, TITLE.upper(), f"{TITLE}: part 2", "Editorial"]),
            issued=st.sampled_from(["", "2004", "2005"]),
            page=st.sampled_from(["", "7-9", "S12"]),
            doi=st.sampled_from(["", "10.1000/supplement"]),
            url=st.sampled_from(["", "https://example.org/1", "https://example.org/2"]),
        ),
        st.builds(supplement, st.integers(1, 4)),
        st.builds(of_one_book, st.integers(1, 4)),
        st.just(Record(type="book", title=TITLE, issued="2010")),
    ),
    max_size=24,
)


@settings(max_examples=60, deadline=None)
@given(crowd=CROWD, shuffle=st.randoms(use_true_random=False), cuts=st.lists(st.integers(0, 24), max_size=4))
def test_what_is_found_in_a_crowd_does_not_depend_on_how_it_grew(crowd, shuffle, cuts):
    with (
        pytest.MonkeyPatch.context() as patch,
        Store.scratch("/nowhere/a.db") as whole,
        Store.scratch("/nowhere/b.db") as grown,
    ):
        for module in (blocking, crowding, dedupe, pairing):
            patch.setattr(module, "CROWD", 3)
        patch.setattr(crowds, "_NEXT", 1)
        take(whole, crowd)
        again = list(crowd)
        shuffle.shuffle(again)
        edges: Sequence[int] = [0, *sorted(cuts), len(again)]
        for number, (first, last) in enumerate(pairwise(edges)):
            take(grown, again[first:last], str(number))
        assert outcome(grown) == outcome(whole)
        grown.set_state("joined_by", None)
        assert rejoin(grown)
        assert outcome(grown) == outcome(whole)
