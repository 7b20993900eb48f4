"""The evidence file: what opens, what is refused, what is kept."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import EvidenceError, WrongDatabase
from corpus.record import Author, Record
from corpus.schema import APPLICATION_ID, VERSION
from corpus.store import Store
from corpus.theme import Tag, Theme, Vocabulary
from tests.strategies import records

TRUST = Theme("trust", "Trust", "factor", notation="trust")
VOCABULARY = Vocabulary({"trust": TRUST}, {}, "test")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "evidence.db", create=True) as store:
        yield store


def tag(record: str, direction: str | None = "barrier", start: int = 0) -> Tag:
    return Tag(record, "trust", direction, "abstract", start, start + 5, "Trust", "rule/1", 0.8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(record=records())
def test_a_record_survives_the_store(store, record):
    with store.atomic():
        store.write_records([record])
    assert store.record(record.id) == record


def test_writing_a_record_again_replaces_its_people(store):
    store.write_records([Record("a", authors=(Author("One"), Author("Two")))])
    store.write_records([Record("a", authors=(Author("Three"),))])
    assert store.record("a").authors == (Author("Three"),)


@given(ids=st.lists(st.sampled_from("abcdef"), max_size=8, unique=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_records_come_in_the_order_asked_for(store, ids):
    store.write_records([Record(name) for name in "abcdef"])
    assert [record.id for record in store.records(ids)] == ids


def test_a_failure_inside_atomic_leaves_nothing(store):
    def write_and_fail() -> None:
        with store.atomic():
            store.write_records([Record("a")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert list(store.records()) == []


def test_a_writer_holds_off_others_from_what_it_reads(store):
    with Store.open(store.path) as other:
        other.connection.execute("PRAGMA busy_timeout = 0")
        with store.atomic(), pytest.raises(sqlite3.OperationalError, match="locked"), other.atomic():
            pass


def test_a_file_where_nobody_can_write_is_read_and_stays_alone(tmp_path, monkeypatch):
    path = tmp_path / "evidence.db"
    with Store.open(path, create=True) as store:
        store.write_records([Record("a")])
    monkeypatch.setattr("corpus.opening.os.access", lambda *_: False)
    with Store.open(path) as frozen:
        assert frozen.record("a") == Record("a")
        assert [beside.name for beside in tmp_path.iterdir()] == ["evidence.db"]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            frozen.write_records([Record("b")])


def test_a_file_that_another_writes_is_never_taken_for_one_that_cannot_change(store, monkeypatch):
    store.write_records([Record("a")])
    monkeypatch.setattr("corpus.opening.os.access", lambda *_: False)
    with Store.open(store.path) as other:
        assert other.record("a") == Record("a")


def test_an_id_that_was_joined_to_another_still_resolves(store):
    store.write_records([Record("old"), Record("new")])
    store.write_vocabulary(VOCABULARY)
    store.write_tags(["old"], [tag("old")])
    store.replace_record("old", "new")
    assert store.record("old").id == "new"
    assert [record.id for record in store.records()] == ["new"]


def test_an_unknown_id_names_its_neighbours(store):
    store.write_records([Record("darlington-2005-interagency")])
    with pytest.raises(EvidenceError, match="near: darlington-2005-interagency"):
        store.resolve("darlington-2005-x")


def test_facets_come_from_records_and_tags(store):
    store.write_records([Record("a", type="book", issued="2005")])
    store.write_vocabulary(VOCABULARY)
    store.write_tags(["a"], [tag("a")])
    store.write_facets()
    facets = {(row["axis"], row["value"]) for row in store.query("select axis, value from facets")}
    assert facets == {
        ("type", "book"),
        ("year", "2005"),
        ("factor", "trust"),
        ("direction", "barrier"),
        ("tag", "trust:barrier"),
    }


def test_the_tags_of_a_record_are_replaced_and_no_others(store):
    store.write_records([Record("a"), Record("b")])
    store.write_vocabulary(VOCABULARY)
    decided = Tag("a", "trust", "enabler", "abstract", 9, 14, "Trust", "person", 1.0, "added")
    store.write_tags(["a", "b"], [tag("a"), decided, tag("b")])
    store.write_tags(["a"], [tag("a", start=20)])
    assert {(found.record, found.start) for found in store.tags()} == {("a", 20), ("b", tag("b").start)}


def test_vocabulary_survives_the_store(store):
    store.write_vocabulary(VOCABULARY)
    assert store.themes() == [TRUST]


def test_corpus_hash_follows_the_content_and_not_the_order(tmp_path):
    hashes = []
    for number, names in enumerate(("ab", "ba", "abc")):
        with Store.open(tmp_path / f"{number}.db", create=True) as store:
            for name in names:
                store.write_records([Record(name, title=name)])
            hashes.append(store.corpus_hash())
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_change_forgets_the_hash_that_the_indexes_were_built_at(store):
    store.set_state("corpus_hash", "x")
    store.write_records([Record("a")])
    assert store.state("corpus_hash") is None


def test_a_scratch_copy_changes_nothing(store):
    store.write_records([Record("a")])
    with Store.scratch(store.path) as copy:
        copy.write_records([Record("b")])
        assert len(list(copy.records())) == 2
    assert len(list(store.records())) == 1


def test_the_file_is_marked_as_ours(store):
    assert store.value("PRAGMA application_id") == APPLICATION_ID
    assert store.value("PRAGMA user_version") == VERSION


def test_every_table_has_a_primary_key(store):
    tables = store.query("select name from sqlite_master where type = 'table' and name not like '%fts%'")
    for table in tables:
        columns = store.query(f"select * from pragma_table_info('{table['name']}')")
        assert any(column["pk"] for column in columns), table["name"]


def test_a_missing_file_is_not_made_by_reading(tmp_path):
    with pytest.raises(EvidenceError, match="no such database"):
        Store.open(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_database_whose_making_was_killed_is_filled_by_the_next(tmp_path):
    path = tmp_path / "evidence.db"
    sqlite3.connect(path).execute("PRAGMA journal_mode = wal").connection.close()
    with pytest.raises(WrongDatabase, match="is empty"):
        Store.open(path)
    Store.open(path, create=True).close()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"TY  - JOUR\n", "is not a SQLite database", id="a text file"),
        pytest.param(b"PK\x03\x04", "is not a SQLite database", id="a zip file"),
    ],
)
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path, content, says):
    path = tmp_path / "evidence.db"
    path.write_bytes(content)
    with pytest.raises(WrongDatabase, match=says):
        Store.open(path, create=True)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_kept(tmp_path):
    path = tmp_path / "places.db"
    with sqlite3.connect(path) as other:
        other.execute("create table places (id)")
    before = path.read_bytes()
    with pytest.raises(WrongDatabase, match="not made by Evidence KB"):
        Store.open(path, create=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("version", "says"), [(VERSION + 1, "newer Evidence KB"), (0, "kb upgrade")])
def test_a_file_of_another_schema_says_what_to_do(tmp_path, version, says):
    path = tmp_path / "evidence.db"
    Store.open(path, create=True).close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(WrongDatabase, match=says):
        Store.open(path)


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(WrongDatabase, match="is a folder"):
        Store.open(tmp_path)
