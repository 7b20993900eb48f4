"""The loop that asks about tags, and what kept a theme off a record."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from corpus.query import DIRECTIONS
from corpus.record import Record
from corpus.store import Store
from corpus.theme import load_vocabulary
from corpus.verdict import verdicts
from ingest.tagging.misses import misses
from ingest.tagging.tagger import Tagger
from kb.cli import cli
from kb.deciding_tags import Decider
from kb.deciding_tags_review import waiting
from tests.farms import COVER_ID, FARMING, farm_library

FARM_VOCABULARY = load_vocabulary(FARMING)


def kb(database, *arguments: object) -> Result:
    return CliRunner().invoke(cli, ["--db", str(database), *map(str, arguments)])


@pytest.fixture
def farm(tmp_path, monkeypatch):
    monkeypatch.setenv("KB_USER", "anna")
    return farm_library(tmp_path / "farm.db")


@pytest.fixture
def asked(farm, monkeypatch):
    """Runs the review with these keys pressed at a terminal; gives what it said."""

    def run(keys: str, *arguments: str) -> str:
        pressed = iter(keys)

        def key() -> str:
            value = next(pressed)
            if value == "\x03":
                raise KeyboardInterrupt
            return value

        monkeypatch.setattr("kb.cli.tag_review._is_terminal", lambda: True)
        monkeypatch.setattr("click.getchar", key)
        result = kb(farm, "tag", "review", *arguments)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def said(farm) -> list[tuple[str, str, str | None]]:
    with Store.open(farm) as store:
        return [(each.kind, each.theme, each.direction) for each in verdicts(store) if not each.undone_at]


def test_the_least_certain_come_first_and_what_was_decided_comes_no_more(farm):
    with Store.open(farm) as store:
        scores = {(tag.record, tag.theme, tag.direction): tag.score for tag in store.tags()}
        keys = waiting(store)
        assert [abs(scores[key] - 0.5) for key in keys] == sorted(abs(scores[key] - 0.5) for key in keys)
        assert set(keys) == set(scores)
        Decider(store, "anna").reject(COVER_ID, "labour")
        assert (COVER_ID, "labour", "barrier") not in waiting(store)
        assert (COVER_ID, "labour", "barrier") in waiting(store, others="bela")
        assert (COVER_ID, "labour", "barrier") not in waiting(store, others="anna")


def test_not_on_a_terminal_the_tags_are_listed(farm):
    assert "[labour, " in kb(farm, "tag", "review", "--theme", "labour").output
    rows = json.loads(kb(farm, "tag", "review", "--json", "--limit", "2").stdout)
    assert len(rows) == 2
    assert all(row["quote"] and row["rule"] for row in rows)


def test_a_key_decides_at_once(farm, asked):
    out = asked("y", "--theme", "labour")
    assert "1 of 1" in out
    assert "1 decided" in out
    assert said(farm) == [("accept", "labour", "barrier")]


def test_a_direction_key_puts_the_theme_in_its_true_direction(farm, asked):
    asked("e", "--theme", "labour")
    assert said(farm) == [("reject", "labour", "barrier"), ("add", "labour", "enabler")]
    with Store.open(farm) as store:
        quotes = {tag.status: tag.quote for tag in store.tags([COVER_ID]) if tag.theme == "labour"}
    assert quotes == {"rejected": "labour", "added": "labour"}


def test_the_tags_own_direction_and_other_keys_mean_nothing(farm, asked):
    asked("bx?n", "--theme", "labour")
    assert said(farm) == [("reject", "labour", "barrier")]


def test_undo_takes_the_last_answer_back_and_asks_again(farm, asked):
    out = asked("eusq", "--direction", "barrier")
    assert said(farm) == []
    assert out.count("1 of 2") == 2
    assert "0 decided" in out


@pytest.mark.parametrize("key", [pytest.param("q", id="q"), pytest.param("\x03", id="Ctrl-C")])
def test_quitting_keeps_what_was_said(farm, asked, key):
    out = asked(f"n{key}")
    assert len(said(farm)) == 1
    assert "1 decided" in out


@pytest.mark.parametrize(
    ("theme", "text", "quote", "lacking"),
    [
        pytest.param("labour", "Labour was on the farms.", "Labour", "nothing near it says", id="named only"),
        pytest.param("labour", "Was adoption hampered by labour?", "labour", "question", id="question"),
        pytest.param(
            "farm-income",
            "A cost-effectiveness analysis was made.",
            "cost",
            "'cost-effectiveness analysis'",
            id="hidden",
        ),
        pytest.param(
            "grassland",
            "Yields rose. Years went by. One pasture was seen.",
            "pasture",
            "in passing",
            id="passing",
        ),
        pytest.param(
            "advice", "Farmers met an extension agent.", "extension", "nearest is", id="near a term"
        ),
        pytest.param("advice", "Nothing of it.", "", "none of its terms", id="nothing"),
    ],
)
def test_what_was_lacking_is_told(theme, text, quote, lacking):
    record = Record(id="x", title="Farms", abstract=text)
    assert theme not in {tag.theme for tag in Tagger(FARM_VOCABULARY).tag(record)}
    found = misses(record, FARM_VOCABULARY.themes[theme], FARM_VOCABULARY)
    assert (found[0].quote, lacking in found[0].lacking) == (quote, True), found
    assert getattr(record, found[0].field)[found[0].start : found[0].end] == found[0].quote


def test_a_record_on_another_subject_is_told():
    vocabulary = load_vocabulary()
    record = Record(
        id="x", title="Bridges", abstract="The crossing was hampered by a lack of trust in ropes."
    )
    assert not [tag for tag in Tagger(vocabulary).tag(record) if tag.direction]
    theme = vocabulary.themes["trust-relationships"]
    assert "not on the subject" in misses(record, theme, vocabulary)[0].lacking


def test_a_miss_never_contradicts_the_tagger():
    """What the tagger gives is called so, and nothing else is: on every example of the vocabulary."""
    vocabulary = load_vocabulary()
    tagger = Tagger(vocabulary)
    for theme in vocabulary.axis("factor")[:4]:
        for example in theme.examples[:1]:
            text = next(iter(example.values())) if not isinstance(example, str) else example
            record = Record(id="x", title="Collaboration between agencies", abstract=text)
            given = {(tag.theme, tag.direction) for tag in tagger.tag(record)}
            for direction in DIRECTIONS:
                earned = any(
                    "earns a tag" in miss.lacking for miss in misses(record, theme, vocabulary, direction)
                )
                assert earned == ((theme.id, direction) in given)


def test_why_shows_the_nearest_miss(farm):
    answer = json.loads(kb(farm, "why", COVER_ID, "--theme", "climate-pressure", "--json").stdout)
    assert not answer["tags"]
    (first, *_) = answer["misses"]
    assert first["quote"] == "climate change"
    assert "question" in first["lacking"]
    text = kb(farm, "why", COVER_ID, "--theme", "labour", "--direction", "enabler").output
    assert "it says barrier, and not enabler" in text
