"""What a person decides about works: merged, split, left two; kept for every later run, and undone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import EvidenceError
from corpus.record import Author, Record, SourceRecord
from corpus.store import Store
from ingest import deciding
from ingest.intake import rejoin, take_in
from ingest.works.describing import fingerprint
from kb.cli import cli

TRUST = Record(
    title="Trust between agencies in child protection",
    type="article-journal",
    authors=(Author("Berg", "Ann"),),
    issued="2005",
    container_title="Journal of Care",
    volume="12",
    page="1-9",
)


def but(**changes: object) -> Record:
    return replace(TRUST, **changes)  # type: ignore[arg-type]


SAME = but(title="TRUST BETWEEN AGENCIES IN CHILD PROTECTION", page="1-")
ALIKE = but(authors=(), volume="13", page="")
OTHER = Record(title="Working together in primary care teams: a survey", authors=(Author("Lund", "E."),))


def take(store: Store, name: str, *records: Record) -> None:
    pieces = [SourceRecord(name, "csl-json", at, name, record) for at, record in enumerate(records, start=1)]
    take_in(store, name, "csl-json", name, pieces)


def works(store: Store) -> set[frozenset[str]]:
    """Which descriptions are one record, by fingerprint."""
    together: dict[str, set[str]] = {}
    for row in store.query("select fingerprint, record from source_records"):
        together.setdefault(row["record"], set()).add(row["fingerprint"])
    return {frozenset(each) for each in together.values()}


def sound(store: Store) -> bool:
    """Whether every description has its record, every record a description, every id one meaning."""
    return not (
        store.connection.execute("PRAGMA foreign_key_check").fetchall()
        or store.value("select count(*) from source_records where record is null")
        or store.value("select count(*) from records where id not in (select record from source_records)")
        or store.value("select count(*) from aliases where alias in (select id from records)")
        or store.value("select count(*) from doubts where first >= second")
    )


def marks(*records: Record) -> frozenset[str]:
    return frozenset(map(fingerprint, records))


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "evidence.db", create=True) as store:
        yield store


def ids(store: Store) -> list[str]:
    return [record.id for record in store.records()]


def test_a_split_makes_a_record_of_each_description(store):
    take(store, "a", TRUST, SAME)
    (joined,) = ids(store)
    decided = deciding.split(store, joined)
    assert decided.news
    assert works(store) == {marks(TRUST), marks(SAME)}
    assert joined in decided.records
    assert sound(store)


def test_a_part_that_goes_leaves_the_rest_together(store):
    third = but(page="1-9", publisher="Press")
    take(store, "a", TRUST, SAME, third)
    (joined,) = ids(store)
    deciding.split(store, joined, [2])
    assert works(store) == {marks(TRUST, third), marks(SAME)}


def test_a_merge_leaves_the_other_id_as_alias_and_a_split_gives_it_back(store):
    take(store, "a", TRUST, OTHER)
    one, other = "berg-2005-trust", "lund-nd-working"
    deciding.merge(store, [one, other])
    assert ids(store) == [one]
    assert store.resolve(other) == one
    deciding.split(store, one)
    assert ids(store) == [one, other]
    assert store.record(other).title == OTHER.title
    assert sound(store)


def test_an_id_given_up_is_never_another_works(store):
    take(store, "a", TRUST, ALIKE)
    before = ids(store)
    deciding.merge(store, before)
    (kept,) = ids(store)
    gone = next(record_id for record_id in before if record_id != kept)
    take(store, "b", but(title="Trust and distrust", volume="99", page="7"))
    assert store.resolve(gone) == kept
    assert gone not in ids(store)


def test_saying_it_twice_changes_nothing(store):
    take(store, "a", TRUST, SAME, OTHER)
    deciding.split(store, ids(store)[0])
    before = "\n".join(store.connection.iterdump())
    again = deciding.reject(store, *[each for each in ids(store) if each.startswith("berg")])
    assert not again.news
    assert "\n".join(store.connection.iterdump()) == before


def test_the_later_decision_wins(store):
    take(store, "a", TRUST, SAME)
    (joined,) = ids(store)
    for _ in range(2):
        parts = deciding.split(store, joined).records
        assert len(parts) == 2
        assert deciding.merge(store, parts).records == (joined,)
    assert works(store) == {marks(TRUST, SAME)}
    assert sound(store)


def test_decisions_hold_for_the_same_description_from_another_file(store):
    take(store, "a", TRUST, SAME)
    deciding.split(store, ids(store)[0])
    take(store, "b", SAME, TRUST)
    assert works(store) == {marks(TRUST), marks(SAME)}
    assert len(ids(store)) == 2


def test_a_rejected_pair_is_no_doubt_any_more_nor_when_more_is_read(store):
    take(store, "a", TRUST, ALIKE)
    assert store.value("select count(*) from doubts") == 1
    deciding.reject(store, *ids(store))
    assert store.value("select count(*) from doubts") == 0
    take(store, "b", SAME)
    assert len(ids(store)) == 2
    assert store.value("select count(*) from doubts") == 0


def test_equals_that_only_a_person_joined_can_be_split_again(store):
    bare = Record(title="Editorial")
    take(store, "a", bare)
    take(store, "b", bare)
    before = ids(store)
    assert len(before) == 2
    deciding.merge(store, before)
    (kept,) = ids(store)
    deciding.split(store, kept)
    assert ids(store) == before


@pytest.mark.parametrize(
    ("records", "parts", "says"),
    [
        pytest.param([TRUST], (), "one description", id="nothing to split"),
        pytest.param([TRUST, TRUST], (), "word for word", id="the same description twice"),
        pytest.param([TRUST, SAME], (3,), "no description 3", id="a number that there is not"),
        pytest.param([TRUST, SAME], (1, 2), "leave one", id="every description"),
        pytest.param([TRUST, SAME, TRUST], (1,), "word for word", id="its equal would stay"),
    ],
)
def test_a_split_that_cannot_be_is_one_line(store, records, parts, says):
    take(store, "a", *records)
    with pytest.raises(EvidenceError, match=says):
        deciding.split(store, ids(store)[0], parts)
    assert store.value("select count(*) from decisions") == 0


POOL = (TRUST, SAME, ALIKE, OTHER, but(page="20-31"), but(volume="13"), but(doi="10.1000/a", page=""))
FILES = st.lists(st.lists(st.sampled_from(POOL), max_size=4), min_size=3, max_size=4)
DECISIONS = st.lists(
    st.tuples(st.sampled_from(["merge", "split"]), st.sampled_from(POOL), st.sampled_from(POOL)), max_size=4
)


def copy_decisions(source: Store, target: Store) -> None:
    rows = source.query("select * from decisions")
    target.database.table("decisions").insert_all(list(rows))


@settings(max_examples=40, deadline=None)
@given(files=FILES, order=st.permutations(range(4)), said=DECISIONS)
def test_a_rebuild_in_any_order_with_the_decisions_copied_ends_with_the_same_works(files, order, said):
    with Store.scratch("/nowhere/a.db") as first, Store.scratch("/nowhere/b.db") as second:
        for at, records in enumerate(files):
            take(first, f"file {at}", *records)
        for kind, one, other in said:
            owners = [
                first.value("select record from source_records where fingerprint = ?", [fingerprint(each)])
                for each in (one, other)
            ]
            if None in owners:
                continue
            if kind == "merge":
                deciding.merge(first, owners)
            elif owners[0] != owners[1]:
                deciding.reject(first, *owners)
        copy_decisions(first, second)
        for at in order:
            if at < len(files):
                take(second, f"file {at}", *files[at])
        assert works(first) == works(second)
        assert sound(first)
        assert sound(second)
        doubts = "select score, why from doubts order by score, why"
        assert list(first.query(doubts)) == list(second.query(doubts))


def test_decisions_copied_into_a_file_that_is_there_hold_from_then_on(store):
    with Store.scratch("/nowhere/a.db") as judged:
        take(judged, "a", TRUST, SAME, OTHER)
        deciding.split(judged, ids(judged)[0])
        take(store, "a", TRUST, SAME, OTHER)
        copy_decisions(judged, store)
        assert rejoin(store)
        assert works(store) == works(judged)
        assert sound(store)
        assert not rejoin(store)


def test_works_that_belong_together_are_linked_and_in_no_doubt(store):
    erratum = replace(TRUST, title=f"Erratum: {TRUST.title}", page="99", issued="2006")
    take(store, "a", erratum, TRUST)
    link = next(store.query("select record, other, relation from links"))
    assert (store.record(link["record"]).title, link["relation"]) == (erratum.title, "erratum")
    assert store.record(link["other"]).title == TRUST.title
    assert store.value("select count(*) from doubts") == 0
    assert len(ids(store)) == 2


def kb(database: Path, *arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["--db", str(database), *arguments], input=input)


@pytest.fixture
def doubted(tmp_path):
    """An evidence file with one pair in doubt, and its ids: of the one read later, of the one read first."""
    with Store.open(tmp_path / "evidence.db", create=True) as store:
        take(store, "a.ris", TRUST, SAME)
        take(store, "b.ris", ALIKE)
        return tmp_path / "evidence.db", ids(store)


def test_review_lists_both_sides_and_the_reasons(doubted):
    database, _ = doubted
    result = kb(database, "dedupe", "--review", "--json")
    assert result.exit_code == 0, result.output
    (pair,) = json.loads(result.stdout)["pairs"]
    assert {tuple(pair[side]["sources"]) for side in ("first", "second")} == {("a.ris",), ("b.ris",)}
    assert "title" in pair["for"]
    assert "volume" in pair["against"]
    listed = kb(database, "dedupe", "--review")
    assert TRUST.title in listed.stdout
    assert "--accept" in listed.stderr


def test_accept_and_reject_are_undone_by_merge_and_split(doubted):
    database, (other, one) = doubted
    assert kb(database, "dedupe", "--reject", one, other, "--note", "two volumes").exit_code == 0
    assert json.loads(kb(database, "dedupe", "--review", "--json").stdout) == {"pairs": []}
    merged = kb(database, "merge", one, other, "--json")
    assert merged.exit_code == 0, merged.output
    assert json.loads(merged.stdout)["changed"]
    again = kb(database, "merge", one, other)
    assert again.exit_code == 0
    assert "so before" in again.stderr
    assert len(json.loads(kb(database, "split", one, "--part", "3", "--json").stdout)["records"]) == 2
    status = json.loads(kb(database, "status", "--json").stdout)["counts"]
    assert (status["decisions"], status["doubts"]) == (3, 0)


def test_at_a_terminal_each_pair_is_asked_about(doubted, monkeypatch):
    database, (_, one) = doubted
    monkeypatch.setattr("kb.cli.judging._is_terminal", lambda: True)
    assert "0 decided" in kb(database, "dedupe", "--review", input="s\n").stderr
    assert "0 decided" in kb(database, "dedupe", "--review", input="q\n").stderr
    result = kb(database, "dedupe", "--review", input="accept\n")
    assert result.exit_code == 0, result.output
    assert "1 decided" in result.stderr
    with Store.open(database) as store:
        assert ids(store) == [one]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["dedupe"], id="nothing to do"),
        pytest.param(["dedupe", "x.ris", "--review"], id="files and the evidence file"),
        pytest.param(["dedupe", "--accept", "a", "b", "--reject", "a", "b"], id="two answers"),
        pytest.param(["merge", "a"], id="one record"),
        pytest.param(["split", "a", "--part", "0"], id="numbers count from 1"),
    ],
)
def test_wrong_usage_is_told(doubted, arguments):
    assert kb(doubted[0], *arguments).exit_code == 2


def test_an_id_that_there_is_not_is_one_line(doubted):
    for arguments in (["merge", "x", "y"], ["split", "x"], ["dedupe", "--reject", "x", "y"]):
        result = kb(doubted[0], *arguments)
        assert result.exit_code == 1
        assert result.stderr.count("Error: ") == 1


def test_show_tells_which_description_gave_each_field_and_what_was_decided(doubted):
    database, (other, one) = doubted
    kb(database, "merge", one, other, "--note", "a misprint")
    result = kb(database, "show", one, "--sources", "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert [source["number"] for source in content["sources"]] == [1, 2, 3]
    assert content["fields"]["volume"] == {"from": 1, "printed": {"1": "12", "2": "12", "3": "13"}}
    assert content["fields"]["title"]["printed"] == {}
    (decision,) = content["decisions"]
    assert (decision["kind"], decision["note"]) == ("merge", "a misprint")
    text = kb(database, "show", one, "--sources").stdout
    assert "The sources disagree on volume: 12 (a.ris:1, a.ris:2); 13 (b.ris:1)" in text
    assert "one work: descriptions 1, 2; description 3 (a misprint)" in text
