"""From files to a searchable library: what comes in, what is joined, what a killed run leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.query import MODES, Query
from corpus.record import Author, Record, SourceRecord
from corpus.store import Store
from index.searcher import Index
from ingest.intake import take_in
from kb import pipeline, tagging
from kb.knowledge_base import index_folder
from kb.sources import named_sources
from tests.test_semantic import WordEmbedder

ONE = """TY  - JOUR
TI  - Trust between agencies in child protection
AU  - Berg, Ann
PY  - 2005
JO  - Journal of Care
AB  - Mutual mistrust was a barrier to joint working. Good communication helped.
ER  -
"""
TWO = """TY  - JOUR
TI  - TRUST BETWEEN AGENCIES IN CHILD PROTECTION
AU  - Berg, A.
PY  - 2005
JO  - Journal of Care
VL  - 12
SP  - 1
EP  - 9
ER  -

TY  - BOOK
TI  - Working together
AU  - Lund, Eva
PY  - 1999
PB  - Press
ER  -
"""
BROKEN = """@article{a, title = {One}, year = 2001}
@article{b, title = {Two, year = }
@article{c, title = {Three}, year = 2003}
"""


def write(folder: Path, **texts: str) -> list[str]:
    paths = []
    for name, text in texts.items():
        path = folder / name.replace("_", ".")
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return paths


def run(database: Path, paths: list[str]) -> pipeline.Ingested:
    with Store.open(database, create=True) as store:
        result = pipeline.ingest(store, named_sources(paths, database))
        tagging.tag(store)
    return result


def content(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the file but the moment of reading."""
    columns = {
        "sources": "id, name, format, sha256, pieces, records, problems",
        "vocabularies": "id, version, source, change, content",
    }
    with Store.open(database) as store:
        tables = [row["name"] for row in store.query("select name from sqlite_master where type = 'table'")]
        return {
            table: store.connection.execute(f"select {columns.get(table, '*')} from {table}").fetchall()
            for table in sorted(tables)
            if "fts" not in table
        }


def test_two_descriptions_of_one_work_become_one_record_with_the_reason(tmp_path):
    result = run(tmp_path / "kb.db", write(tmp_path, one_ris=ONE, two_ris=TWO))
    with Store.open(tmp_path / "kb.db") as store:
        records = list(store.records())
        reasons = [row["reason"] for row in store.query("select reason from source_records order by id")]
    assert [record.year for record in records] == [2005, 1999]
    assert (records[0].volume, records[0].title) == ("12", "Trust between agencies in child protection")
    assert [intake.new for intake in result.intakes] == [1, 1]
    assert [joined.record for joined in result.intakes[1].joined] == [records[0].id]
    assert reasons[0] is None
    assert "title" in reasons[1]


def test_ingesting_one_after_the_other_equals_ingesting_both(tmp_path):
    paths = write(tmp_path, one_ris=ONE, two_ris=TWO)
    run(tmp_path / "full.db", paths)
    for path in paths:
        run(tmp_path / "steps.db", [path])
    assert content(tmp_path / "full.db") == content(tmp_path / "steps.db")


def test_the_same_file_twice_changes_nothing(tmp_path):
    paths = write(tmp_path, one_ris=ONE, two_ris=TWO)
    run(tmp_path / "kb.db", paths)
    before = content(tmp_path / "kb.db")
    again = run(tmp_path / "kb.db", paths)
    assert content(tmp_path / "kb.db") == before
    assert all(intake.already_read for intake in again.intakes)


def test_the_same_content_under_another_name_changes_nothing(tmp_path):
    run(tmp_path / "kb.db", write(tmp_path, one_ris=ONE))
    before = content(tmp_path / "kb.db")
    run(tmp_path / "kb.db", write(tmp_path, copy_txt=ONE))
    assert content(tmp_path / "kb.db") == before


def test_pieces_read_are_records_and_problems(tmp_path):
    result = run(tmp_path / "kb.db", write(tmp_path, one_bib=BROKEN))
    intake = result.intakes[0]
    assert intake.records + intake.problems == intake.pieces
    assert intake.problems == 1
    assert not result.complete
    with Store.open(tmp_path / "kb.db") as store:
        assert {record.title for record in store.records()} >= {"One", "Three"}
        problem = next(store.query("select * from problems"))
    assert "Two" in problem["raw"]
    assert problem["line"] == 2


def test_a_source_that_cannot_be_read_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\x00\x01")
    write(tmp_path, b_ris=ONE)
    result = run(tmp_path / "kb.db", [str(tmp_path)])
    assert len(result.refused) == 1
    assert "a.pdf" in result.refused[0].reason
    assert sum(intake.new for intake in result.intakes) == 1


def test_a_record_that_changes_is_tagged_again(tmp_path):
    run(tmp_path / "kb.db", write(tmp_path, two_ris=TWO))
    with Store.open(tmp_path / "kb.db") as store:
        assert not [tag for tag in store.tags() if tag.direction]
    run(tmp_path / "kb.db", write(tmp_path, one_ris=ONE))
    with Store.open(tmp_path / "kb.db") as store:
        assert {(tag.theme, tag.direction) for tag in store.tags() if tag.direction} >= {
            ("trust-relationships", "barrier")
        }


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_run_leaves_the_store_as_it_was_before_the_file(tmp_path):
    database = tmp_path / "kb.db"
    run(database, write(tmp_path, one_ris=ONE))
    before = content(database)
    script = """
        import io, os, signal, sys
        from corpus.store import Store
        from ingest import formats
        from ingest.intake import take_in

        def pieces():
            for number in range(2000):
                text = f"TY  - JOUR\\nTI  - Work number {number}\\nER  -\\n"
                yield from formats.read(io.BytesIO(text.encode()), "big.ris")[1]
            os.kill(os.getpid(), signal.SIGKILL)

        with Store.open(sys.argv[1]) as store:
            take_in(store, "big.ris", "ris", "sha", pieces())
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(database)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL
    assert content(database) == before


DESCRIPTIONS = st.builds(
    Record,
    title=st.sampled_from(
        [
            "Trust between agencies in child protection",
            "Trust Between Agencies in Child Protection.",
            "Working together in primary care teams: a survey",
            "Working together in primary care teams: an erratum",
        ]
    ),
    authors=st.sampled_from([(), (Author("Berg", "Ann"),), (Author("Berg", "A."),), (Author("Lund", "E."),)]),
    issued=st.sampled_from(["", "2005", "2006"]),
    container_title=st.sampled_from(["", "Journal of Care"]),
    volume=st.sampled_from(["", "12", "13"]),
    page=st.sampled_from(["", "1-9", "20-31"]),
    doi=st.sampled_from(["", "10.1000/a", "10.1000/b"]),
    abstract=st.sampled_from(["", "Mutual mistrust was a barrier."]),
)


def take(store: Store, name: str, records: list[Record]) -> None:
    pieces = [SourceRecord(name, "csl-json", place, name, one) for place, one in enumerate(records)]
    take_in(store, name, "csl-json", name, pieces)


def groups(store: Store) -> set[frozenset[tuple[str, int]]]:
    """Which descriptions are one record, by source and line."""
    together: dict[str, set[tuple[str, int]]] = {}
    for row in store.query(
        "select name, line, record from source_records join sources on sources.id = source"
    ):
        together.setdefault(row["record"], set()).add((row["name"], row["line"]))
    return {frozenset(members) for members in together.values()}


def without_ids(store: Store) -> list[Record]:
    return sorted((replace(record, id="") for record in store.records()), key=repr)


@settings(max_examples=60, deadline=None)
@given(first=st.lists(DESCRIPTIONS, max_size=5), second=st.lists(DESCRIPTIONS, max_size=5))
def test_what_is_one_work_does_not_depend_on_the_order_of_reading(first, second):
    ends = []
    for order in ((("a", first), ("b", second)), (("b", second), ("a", first))):
        with Store.scratch("/nowhere/none.db") as store:
            for name, records in order:
                take(store, name, records)
            assert not store.connection.execute("PRAGMA foreign_key_check").fetchall()
            assert store.value("select count(*) from source_records where record is null") == 0
            kept = "select count(*) from records where id not in (select record from source_records)"
            assert store.value(kept) == 0
            ends.append((groups(store), without_ids(store)))
    assert ends[0] == ends[1]


def test_rankings_are_the_same_whether_read_at_once_or_one_by_one(tmp_path):
    paths = write(tmp_path, one_ris=ONE, two_ris=TWO)
    rankings = []
    for name, steps in (("full", [paths]), ("steps", [[path] for path in paths])):
        database = tmp_path / f"{name}.db"
        for step in steps:
            run(database, step)
            with Store.open(database) as store:
                pipeline.index(store, embedder=WordEmbedder())
        index = Index.open(index_folder(database), WordEmbedder())
        rankings.append([index.search(Query("working with trust", mode)).hits for mode in MODES])
        index.close()
    assert rankings[0] == rankings[1]
    assert all(rankings[0])


def test_what_is_written_while_the_index_is_built_makes_it_stale(tmp_path):
    database = tmp_path / "evidence.db"
    with Store.open(database, create=True) as store:
        pipeline.ingest(store, named_sources(write(tmp_path, one=ONE)))
        tagging.tag(store)

        def write_meanwhile(step: str, done: int, of: int | None) -> None:
            with Store.open(database) as other, other.atomic():
                other.write_records([Record("later", title="Read while the index was built")])

        manifest = pipeline.index(store, embedder=WordEmbedder(), report=write_meanwhile)
        assert store.state("corpus_hash") != manifest.corpus_hash
