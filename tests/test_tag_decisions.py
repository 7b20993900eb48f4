"""People decide about tags: it counts at once, holds through every later run, and can be taken back."""

from __future__ import annotations

import json
import sqlite3

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import EvidenceError
from corpus.quoting import find, nearest
from corpus.record import Record
from corpus.store import Store
from corpus.theme import Tag
from corpus.verdict import Verdict, join, standing, verdicts
from ingest import deciding
from kb import tagging, vocabulary
from kb.cli import cli
from kb.deciding_tags import Decider, who
from kb.knowledge_base import KnowledgeBase
from tests.farms import COVER, COVER_ID, GRAZING_ID, but, farm_library, take


def kb(database, *arguments: object) -> Result:
    return CliRunner().invoke(cli, ["--db", str(database), *map(str, arguments)])


@pytest.fixture
def farm(tmp_path, monkeypatch):
    monkeypatch.setenv("KB_USER", "anna")
    return farm_library(tmp_path / "farm.db")


@pytest.fixture
def store(farm):
    with Store.open(farm) as store:
        yield store


@pytest.fixture
def anna(store):
    return Decider(store, "anna")


def statuses(store: Store, record_id: str = COVER_ID) -> dict[tuple[str, str | None], str]:
    return {(tag.theme, tag.direction): tag.status for tag in store.tags([record_id])}


def counted(store: Store, theme: str) -> int:
    return int(store.value("select count(*) from facets where value = ?", [theme]))


def test_a_rejected_tag_counts_nowhere_and_is_still_there_to_see(store, anna):
    assert statuses(store)["labour", "barrier"] == "automatic"
    decided = anna.reject(COVER_ID, "labour", "barrier", "named in passing")
    assert decided.stale
    assert statuses(store)["labour", "barrier"] == "rejected"
    assert not counted(store, "labour")
    assert not counted(store, "labour:barrier")
    with KnowledgeBase.open(store.path) as library:
        assert "labour" in {tag.theme for tag in library.tags(COVER_ID)}


def test_accepting_makes_no_index_stale(store, anna):
    with store.atomic():
        store.set_state("corpus_hash", "x")
    assert not anna.accept(COVER_ID, "labour").stale
    assert store.state("corpus_hash") == "x"
    assert statuses(store)["labour", "barrier"] == "accepted"


def test_an_addition_has_the_words_of_the_record_however_they_were_typed(store, anna):
    anna.add(COVER_ID, "climate-pressure", "driver", "CLIMATE  change")
    (tag,) = [tag for tag in store.tags([COVER_ID]) if tag.theme == "climate-pressure"]
    assert (tag.status, tag.method, tag.score, tag.quote) == ("added", "person", 1.0, "climate change")
    assert COVER.abstract[tag.start : tag.end] == tag.quote
    assert counted(store, "climate-pressure:driver")


def test_an_addition_needs_no_quote(store, anna):
    anna.add(GRAZING_ID, "smallholders")
    (tag,) = [tag for tag in store.tags([GRAZING_ID]) if tag.theme == "smallholders"]
    assert (tag.field, tag.start, tag.end, tag.quote) == ("title", 0, 0, "")


def test_decisions_hold_when_everything_is_tagged_again(store, anna):
    anna.reject(COVER_ID, "labour", "barrier")
    anna.accept(COVER_ID, "farm-income")
    anna.add(GRAZING_ID, "smallholders")
    before = list(store.tags())
    with store.atomic():
        store.connection.execute("delete from taggings")
    tagging.tag(store)
    assert list(store.tags()) == before


def test_an_accepted_tag_stays_when_the_tagger_does_not_give_it_any_more(store, anna):
    anna.accept(COVER_ID, "labour", "barrier")
    with store.atomic():
        store.write_records([but(store.record(COVER_ID), abstract="Labour was scarce and costs were high.")])
    tagging.tag(store)
    (tag,) = [tag for tag in store.tags([COVER_ID]) if tag.theme == "labour"]
    assert (tag.status, tag.quote, tag.start) == ("accepted", "Labour", 0)


def test_a_decision_whose_words_are_gone_holds_without_words(store, anna):
    anna.add(COVER_ID, "climate-pressure", "driver", "climate change")
    with store.atomic():
        store.write_records([but(store.record(COVER_ID), abstract="Nothing of all that.")])
    tagging.tag(store)
    (tag,) = [tag for tag in store.tags([COVER_ID]) if tag.theme == "climate-pressure"]
    assert (tag.status, tag.quote, tag.end) == ("added", "", 0)
    shown = kb(store.path, "why", COVER_ID, "--theme", "climate-pressure").output
    assert "no words of the record" in shown
    assert "climate change" in shown


def test_a_decision_goes_along_when_its_record_is_merged_and_back_when_split(store, anna):
    anna.add(GRAZING_ID, "smallholders")
    anna.reject(GRAZING_ID, "grassland")
    deciding.merge(store, [COVER_ID, GRAZING_ID])
    tagging.tag(store)
    kept = store.resolve(GRAZING_ID)
    assert [record.id for record in store.records()] == [kept]
    assert statuses(store, kept)["smallholders", None] == "added"
    deciding.split(store, kept)
    tagging.tag(store)
    assert statuses(store, GRAZING_ID)["smallholders", None] == "added"
    assert statuses(store, GRAZING_ID)["grassland", None] == "rejected"
    assert statuses(store, COVER_ID)["smallholders", None] == "automatic"


def test_a_decision_follows_when_a_theme_is_renamed_and_comes_back_when_that_is_undone(store, anna):
    anna.reject(COVER_ID, "labour", "barrier")
    vocabulary.rename(store, "labour", None, "hands")
    assert statuses(store)["hands", "barrier"] == "rejected"
    assert "labour" not in {theme for theme, _ in statuses(store)}
    vocabulary.undo(store)
    assert statuses(store)["labour", "barrier"] == "rejected"
    # After the rename, what was said under the old name is what a person takes back under the new one.
    vocabulary.rename(store, "labour", None, "work")
    Decider(store, "anna").undo(COVER_ID, "work")
    assert statuses(store)["work", "barrier"] == "automatic"


def test_the_last_word_counts_and_taking_it_back_gives_the_one_before(store, anna):
    bela = Decider(store, "bela")
    anna.accept(COVER_ID, "labour")
    bela.reject(COVER_ID, "labour")
    assert statuses(store)["labour", "barrier"] == "rejected"
    bela.undo(COVER_ID, "labour")
    assert statuses(store)["labour", "barrier"] == "accepted"
    anna.undo()
    assert statuses(store)["labour", "barrier"] == "automatic"
    made = verdicts(store)
    assert [(each.kind, each.decided_by, bool(each.undone_at)) for each in made] == [
        ("accept", "anna", True),
        ("reject", "bela", True),
    ]


def test_nobody_takes_back_what_others_said(store, anna):
    anna.accept(COVER_ID, "labour")
    with pytest.raises(EvidenceError, match="there are some of anna"):
        Decider(store, "bela").undo()


def test_saying_the_same_again_keeps_nothing(store, anna):
    assert anna.accept(COVER_ID, "labour", note="yes").verdicts
    assert not anna.accept(COVER_ID, "labour", note="yes").verdicts
    Decider(store, "bela").reject(COVER_ID, "labour", "barrier")
    assert anna.accept(COVER_ID, "labour", note="yes").verdicts


def test_rejecting_a_theme_without_direction_rejects_it_in_every_direction(store, anna):
    anna.add(COVER_ID, "labour", "enabler")
    anna.reject(COVER_ID, "labour")
    kept = {key: status for key, status in statuses(store).items() if key[0] == "labour"}
    assert set(kept.values()) == {"rejected"}
    anna.accept(COVER_ID, "labour", "barrier")
    assert statuses(store)["labour", "barrier"] == "accepted"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["accept", "diallo-2019", "labour"], "near: diallo-2019-cover", id="unknown record"),
        pytest.param(["accept", COVER_ID, "labor"], "near: labour", id="unknown theme"),
        pytest.param(["accept", COVER_ID, "advise"], "near: advice", id="misspelt theme"),
        pytest.param(["reject", COVER_ID, "grassland"], "it carries", id="tag that is not there"),
        pytest.param(
            ["add", GRAZING_ID, "dryland", "--direction", "barrier"], "only factors", id="no direction there"
        ),
        pytest.param(["add", GRAZING_ID, "labour"], "say --direction", id="factor without direction"),
        pytest.param(
            ["add", GRAZING_ID, "dryland", "--quote", "soil fertility roze"],
            "nearest: “Soil fertility rose”",
            id="misspelt quote",
        ),
        pytest.param(
            ["add", GRAZING_ID, "dryland", "--quote", "quarks"], "nor anything like it", id="foreign quote"
        ),
        pytest.param(["undo"], "no decision of anna", id="nothing to undo"),
    ],
)
def test_wrong_input_is_one_line_and_changes_nothing(farm, arguments, said):
    result = kb(farm, "tag", *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.count("\n") == 1
    with Store.open(farm) as store:
        assert not verdicts(store)


def test_the_commands_decide_and_the_log_lists_all_of_it(farm):
    assert kb(farm, "tag", "reject", COVER_ID, "labour", "--note", "no", "--by", "bela").exit_code == 0
    assert kb(farm, "tag", "add", GRAZING_ID, "dryland", "--quote", "soil").exit_code == 0
    assert kb(farm, "tag", "undo").exit_code == 0
    log = json.loads(kb(farm, "tag", "decisions", "--json").stdout)
    assert [(each["kind"], each["decided_by"], each["undone_by"], each["note"]) for each in log] == [
        ("reject", "bela", "", "no"),
        ("add", "anna", "anna", ""),
    ]


def test_why_tells_who_decided_when_and_why(farm):
    kb(farm, "tag", "reject", COVER_ID, "labour", "--direction", "barrier", "--note", "in passing")
    text = kb(farm, "why", COVER_ID).output
    assert "rejected by anna on " in text
    assert ": in passing" in text
    tags = json.loads(kb(farm, "why", COVER_ID, "--json").stdout)["tags"]
    assert [tag["decisions"][0]["note"] for tag in tags if tag["decisions"]] == ["in passing"]


def test_why_knows_a_record_by_an_id_that_was_merged_away(store, anna):
    deciding.merge(store, [COVER_ID, GRAZING_ID])
    tagging.tag(store)
    gone = GRAZING_ID if store.resolve(GRAZING_ID) == COVER_ID else COVER_ID
    assert json.loads(kb(store.path, "why", gone, "--json").stdout)["id"] == store.resolve(gone)


@pytest.mark.parametrize(
    ("variables", "by", "expected"),
    [
        pytest.param({"KB_USER": "anna"}, "bela", "bela", id="said"),
        pytest.param({"KB_USER": "anna"}, None, "anna", id="KB_USER"),
        pytest.param({"KB_USER": "", "PATH": "", "LOGNAME": "carl"}, None, "carl", id="login"),
    ],
)
def test_who_decides(monkeypatch, variables, by, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert who(by) == expected


def test_what_was_decided_cannot_be_half_kept(store, anna, monkeypatch):
    def fails(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(Store, "write_tags", fails)
    with pytest.raises(sqlite3.OperationalError):
        anna.reject(COVER_ID, "labour")
    assert not verdicts(store)


def test_a_kind_that_goes_with_a_direction_goes_with_the_last_tag_of_it(tmp_path):
    record = Record(title="Joint work", abstract="There was mistrust between the agencies.")
    with Store.open(tmp_path / "evidence.db", create=True) as store:
        take(store, "one", record)
        tagging.tag(store)
        (made,) = store.records()
        themes = {tag.theme for tag in store.tags() if tag.direction == "barrier"}
        assert themes
        assert "barrier" in {tag.theme for tag in store.tags()}
        anna = Decider(store, "anna")
        for theme in themes:
            anna.reject(made.id, theme)
        assert "barrier" not in {tag.theme for tag in store.tags() if tag.status != "rejected"}


TEXT = Record(id="x", title="Trust", abstract="Mistrust – and  a lack of “trust” held joint work back.")


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        pytest.param("lack of “trust”", "lack of “trust”", id="as it stands"),
        pytest.param('Lack of "trust"', "lack of “trust", id="straight quotation marks"),
        pytest.param("Mistrust - and a lack", "Mistrust – and  a lack", id="hyphen for dash"),
        pytest.param("rust", None, id="part of a word"),
        pytest.param("   ", None, id="blank"),
        pytest.param(".*", None, id="no words"),
    ],
)
def test_quotes_are_found_however_they_were_copied(quote, found):
    place = find(TEXT, quote)
    assert (place.quote if place else None) == found
    assert place is None or getattr(TEXT, place.field)[place.start : place.end] == place.quote


def test_the_nearest_words_are_told_for_a_misspelt_quote():
    assert nearest(TEXT, "held join work bak") == "held joint work back"
    assert nearest(TEXT, "quarks and gluons") == ""


DIRECTION = st.sampled_from(["barrier", "enabler", None])
TAG = st.builds(
    Tag,
    record=st.just("x"),
    theme=st.sampled_from(["a", "b"]),
    direction=DIRECTION,
    field=st.just("title"),
    start=st.just(0),
    end=st.just(5),
    quote=st.just("Trust"),
    method=st.just("rules-1 own"),
    score=st.just(0.8),
)
VERDICT = st.builds(
    Verdict,
    kind=st.sampled_from(["accept", "reject", "add"]),
    record=st.just("x"),
    theme=st.sampled_from(["a", "b", "c"]),
    direction=DIRECTION,
    quote=st.sampled_from(["", "Trust", "gone"]),
    undone_at=st.sampled_from(["", "", "2026"]),
)


@settings(max_examples=200)
@given(st.lists(TAG, unique_by=lambda tag: (tag.theme, tag.direction)), st.lists(VERDICT, max_size=6))
def test_joining_keeps_each_tag_once_and_every_quote_true(automatic, made):
    joined = join(TEXT, automatic, made)
    keys = [(tag.theme, tag.direction) for tag in joined]
    assert len(keys) == len(set(keys))
    assert {(tag.theme, tag.direction) for tag in automatic} <= set(keys)
    assert all(getattr(TEXT, tag.field)[tag.start : tag.end] == tag.quote for tag in joined)
    by_key = {verdict.key[1:]: verdict for verdict in standing(made)}
    for tag in joined:
        if tag.status in ("accepted", "added"):
            assert by_key[tag.theme, tag.direction].kind == {"accepted": "accept", "added": "add"}[tag.status]
    assert join(TEXT, automatic, made) == joined


def test_deciding_gives_what_tagging_everything_anew_gives(store, anna):
    anna.accept(COVER_ID, "farm-income")
    anna.reject(COVER_ID, "labour")
    anna.reject(COVER_ID, "farm-income", "barrier")
    anna.add(COVER_ID, "farm-income", "barrier")
    anna.add(COVER_ID, "labour", "enabler", "labour")
    anna.accept(COVER_ID, "labour", "barrier")
    before = list(store.tags())
    with store.atomic():
        store.connection.execute("delete from taggings")
    tagging.tag(store)
    assert list(store.tags()) == before
