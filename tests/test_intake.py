"""Sources that come in by pages, files of an older schema, and what the intake counts."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import csl
from corpus.errors import WrongDatabase
from corpus.opening import upgrade_file
from corpus.record import Author, Problem, Record, SourceRecord
from corpus.schema import APPLICATION_ID, MIGRATIONS, VERSION, stamp
from corpus.store import Store
from ingest.intake import open_source, rejoin, take_in, take_page, unfinished
from ingest.works import joining, pairing
from kb.condition import examine, upgrade

TRUST = Record(
    title="Trust between agencies in child protection",
    authors=(Author("Berg", "Ann"),),
    issued="2005",
    container_title="Journal of Care",
    volume="12",
)
SAME = replace(TRUST, title="TRUST BETWEEN AGENCIES IN CHILD PROTECTION")
ALIKE = replace(TRUST, authors=(), volume="13")
OTHER = Record(title="Working together in primary care teams: a survey", issued="1999")


def piece(record: Record, line: int = 1) -> SourceRecord:
    return SourceRecord("s", "csl-json", line, record.title, record)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "evidence.db", create=True) as store:
        yield store


def test_a_search_goes_on_where_it_stopped(store):
    source = open_source(store, "crossref: trust", "crossref", query="trust", address="/works?cursor=*")
    assert unfinished(store, "crossref: trust")["next"] == "/works?cursor=*"
    page = take_page(store, source, [piece(TRUST)], next="/2", total=3, address="/1", status=200)
    assert (page.new, page.pieces) == (1, 1)
    left = unfinished(store, "crossref: trust")
    assert (left["id"], left["next"], left["total"], left["pieces"]) == (source, "/2", 3, 1)
    page = take_page(
        store, source, [piece(SAME), piece(OTHER)], next=None, total=None, address="/2", status=200
    )
    assert (page.new, page.joins) == (1, 1)
    assert unfinished(store, "crossref: trust") is None
    row = next(store.query("select query, total, next, pieces, records, problems from sources"))
    assert tuple(row.values()) == ("trust", 3, None, 3, 3, 0)
    requests = store.query("select source, address, status, pieces from requests order by id")
    assert [tuple(row.values()) for row in requests] == [(source, "/1", 200, 1), (source, "/2", 200, 2)]


def test_a_page_that_fails_leaves_nothing_of_itself(store):
    def breaks():
        yield piece(TRUST)
        raise RuntimeError

    source = open_source(store, "s", "crossref", address="/1")
    before = "\n".join(store.connection.iterdump())
    with pytest.raises(RuntimeError):
        take_page(store, source, breaks(), next=None, total=1, address="/1", status=200)
    assert "\n".join(store.connection.iterdump()) == before


def test_a_file_is_no_unfinished_source(store):
    take_in(store, "a.ris", "ris", "sha", [piece(TRUST)])
    assert unfinished(store, "a.ris") is None
    assert unfinished(store, "none") is None


def works(store: Store) -> list[tuple[str, ...]]:
    together: dict[str, list[str]] = {}
    for row in store.query("select fields, record from source_records order by fingerprint, id"):
        together.setdefault(row["record"], []).append(row["fields"])
    return sorted(map(tuple, together.values()))


RECORDS = st.lists(
    st.builds(
        replace,
        st.sampled_from([TRUST, SAME, OTHER]),
        volume=st.sampled_from(["", "12", "13"]),
        page=st.sampled_from(["", "1-9", "20-31"]),
        doi=st.sampled_from(["", "10.1000/a", "10.1000/b"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(records=RECORDS, cuts=st.lists(st.integers(0, 12), max_size=3), batch=st.integers(1, 4))
def test_pages_of_any_size_and_one_file_give_the_same_works(records, cuts, batch):
    pieces = [piece(record, line) for line, record in enumerate(records, start=1)]
    with (
        pytest.MonkeyPatch.context() as patch,
        Store.scratch("/nowhere/a.db") as paged,
        Store.scratch("/nowhere/b.db") as whole,
    ):
        intake = take_in(whole, "s", "csl-json", "sha", pieces)
        assert intake.new + intake.joins == intake.records == len(records)
        patch.setattr("ingest.intake._BATCH", batch)
        patch.setattr(joining, "_BATCH", batch)
        patch.setattr(pairing, "_READY", batch)
        source = open_source(paged, "s", "csl-json")
        edges = [0, *sorted(cuts), len(pieces)]
        for first, last in pairwise(edges):
            take_page(paged, source, pieces[first:last], next="/", total=1, address="/", status=200)
        assert works(paged) == works(whole)
        doubts = "select score, why from doubts order by score, why"
        assert list(paged.query(doubts)) == list(whole.query(doubts))


def test_copies_of_a_description_are_not_compared_with_all_others_again(store):
    for number in range(20):
        take_in(store, f"{number}.ris", "ris", str(number), [piece(TRUST), piece(ALIKE)])
    # Each of the 19 copies of the two joins its first; the two firsts are in doubt.
    assert store.value("select count(*) from comparisons") == 39
    assert store.value("select count(*) from records") == 2
    assert store.value("select count(*) from doubts") == 1


def test_the_intake_tells_the_first_joins_and_counts_all(store, monkeypatch):
    monkeypatch.setattr(joining, "_TOLD", 3)
    intake = take_in(store, "a.ris", "ris", "sha", [piece(TRUST, line) for line in range(1, 11)])
    assert (intake.joins, len(intake.joined), intake.new) == (9, 3, 1)


def test_pairs_in_doubt_are_counted_when_they_come(store):
    assert take_in(store, "a", "ris", "1", [piece(TRUST)]).doubts == 0
    assert take_in(store, "b", "ris", "2", [piece(ALIKE)]).doubts == 1
    assert take_in(store, "c", "ris", "3", [piece(OTHER)]).doubts == 0


def old_file(path, *groups: list[Record]) -> None:
    """An evidence file of schema 1, with a record for each group of descriptions."""
    from sqlite_utils import Database

    connection = sqlite3.connect(path, isolation_level=None)
    database = Database(connection)
    MIGRATIONS[0](database)
    stamp(connection, 1)
    database["sources"].insert(
        {"id": 1, "name": "a.ris", "format": "ris", "sha256": "x", "pieces": 4, "records": 3, "problems": 1}
    )
    database["problems"].insert({"source": 1, "line": 9, "reason": "broken", "hint": "", "raw": "x"})
    number = 0
    for place, descriptions in enumerate(groups):
        record = f"old-{place}"
        columns = {
            "type": "document",
            "title": descriptions[0].title,
            "authors": "",
            "keywords": "[]",
            "et_al": 0,
        }
        database["records"].insert({"id": record, **columns})
        for description in descriptions:
            number += 1
            fields = json.dumps(csl.encode(description))
            database["source_records"].insert(
                {"id": number, "source": 1, "line": number, "record": record, "raw": "x", "fields": fields}
            )
            database["blocking_keys"].insert({"key": "title:x", "source_record": number})
    database["aliases"].insert({"alias": "older", "record": "old-0"})
    database["decisions"].insert({"kind": "reject", "record": "old-0", "theme": "trust"})
    connection.close()


def test_a_file_of_the_first_schema_is_upgraded_and_its_backup_kept(tmp_path):
    path = tmp_path / "evidence.db"
    old_file(path, [TRUST, SAME], [ALIKE])
    with pytest.raises(WrongDatabase, match="kb upgrade"):
        Store.open(path)
    kept = upgrade(path)
    with sqlite3.connect(kept) as backup:
        assert backup.execute("PRAGMA user_version").fetchone() == (1,)
    with Store.open(path) as store:
        assert store.value("PRAGMA application_id") == APPLICATION_ID
        assert store.value("PRAGMA user_version") == VERSION
        assert [record.id for record in store.records()] == ["old-0", "old-1"]
        assert store.resolve("older") == "old-0"
        assert store.record("old-0").volume == "12"
        assert store.value("select count(*) from problems where settled_by is null") == 1
        assert store.value("select count(*) from decisions") == 1
        assert list(store.query("select first, second from doubts")) == [
            {"first": "old-0", "second": "old-1"}
        ]
        intake = take_in(store, "b.ris", "ris", "y", [piece(replace(TRUST, page="1-9"))])
        assert (intake.joins, intake.joined[0].record) == (1, "old-0")
    assert upgrade(path) is None
    assert [fault for fault in examine(path) if "index" not in fault] == []


def test_a_file_upgraded_by_another_program_is_joined_anew_on_the_first_intake(tmp_path):
    path = tmp_path / "evidence.db"
    old_file(path, [TRUST], [SAME], [OTHER])
    upgrade_file(path)
    with Store.open(path) as store:
        take_in(store, "b.ris", "ris", "y", [Problem("b.ris", 1, "x", "broken")])
        assert [record.id for record in store.records()] == ["old-0", "old-2"]
        assert store.resolve("old-1") == "old-0"
        assert not rejoin(store)
