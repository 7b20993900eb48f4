"""Scores of tags against labels, where every figure is known by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.store import Store
from corpus.theme import Tag, load_vocabulary
from ingest.tagging.agreement import Agreement, Score, agreement
from ingest.tagging.agreement import compare as compare_line
from ingest.tagging.bootstrap import intervals
from ingest.tagging.gold import Names, parse_line, read_gold
from ingest.tagging.kappa import cohen_kappa
from ingest.tagging.mistakes import confusions, mistakes
from ingest.tagging.reliability import calibration, methods
from kb import evaluation
from kb.cli.main import cli

VOCABULARY = load_vocabulary()
ABSTRACT = "Mistrust and scarce money hindered joint work."
RECORD = Record(id="a", title="A", abstract=ABSTRACT)


def label(**values: Any) -> dict[str, Any]:
    """A gold line with these values."""
    return {"id": "a", "title": "A", "kinds": [], "factors": [], "settings": [], "study_type": None} | values


def factor(name: str, valence: str, evidence: str) -> dict[str, str]:
    """One labelled factor."""
    return {"factor": name, "valence": valence, "evidence": evidence}


def tag(theme: str, direction: str | None, quote: str, score: float = 1.0) -> Tag:
    """A tag on that stretch of the abstract."""
    start = ABSTRACT.index(quote)
    return Tag("a", theme, direction, "abstract", start, start + len(quote), quote, "rules-1 own", score)


def beside(line: dict[str, Any], *tags: Tag) -> Any:
    """One record beside its labels."""
    parsed = parse_line(line, 1, Names(VOCABULARY), "gold:1")
    return compare_line(parsed, RECORD, tags, VOCABULARY)


def compare(line: dict[str, Any], *tags: Tag) -> Agreement:
    """The scores of one record."""
    return agreement([beside(line, *tags)])


def test_right_wrong_and_missing_are_counted() -> None:
    line = label(
        factors=[factor("trust-relationships", "barrier", "Mistrust"), factor("resources", "barrier", "x")]
    )
    scores = compare(
        line, tag("trust-relationships", "barrier", "Mistrust"), tag("communication", "barrier", "joint")
    )
    assert scores.micro["factor_direction"] == Score(right=1, wrong=1, missing=1)
    assert scores.themes["factor_direction"]["resources barrier"] == Score(missing=1)
    assert scores.macro("factor_direction") == pytest.approx(1 / 3)


def test_a_wrong_direction_is_a_right_factor() -> None:
    line = label(factors=[factor("resources", "barrier", "money")])
    scores = compare(line, tag("resources", "enabler", "money"))
    assert scores.micro["factor_direction"] == Score(wrong=1, missing=1)
    assert scores.micro["factor"] == Score(right=1)


def test_a_factor_without_direction_does_not_count() -> None:
    scores = compare(label(), tag("resources", None, "money"))
    assert scores.micro["factor"] == Score()


def test_notation_stands_for_the_id() -> None:
    scores = compare(label(study_type="policy"), tag("policy-paper", None, "work"))
    assert scores.micro["study_type"] == Score(right=1)


def test_quotes_are_compared_with_the_evidence() -> None:
    line = label(
        factors=[
            factor("trust-relationships", "barrier", "Mistrust"),
            factor("resources", "barrier", "scarce money"),
        ]
    )
    scores = compare(
        line, tag("trust-relationships", "barrier", "joint"), tag("resources", "barrier", "money")
    )
    assert scores.quote_overlap == 0.5


def test_a_record_without_factors_that_gets_one_is_a_false_alarm() -> None:
    assert compare(label(), tag("resources", "barrier", "money")).false_alarms == 1
    assert compare(label()).false_alarms == 0
    assert compare(label(factors=[factor("resources", "barrier", "money")])).false_alarms is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param({"factors": [{"valence": "barrier"}]}, "without `factor`", id="no factor"),
        pytest.param({"factors": [factor("resorces", "barrier", "")]}, "near: resources", id="unknown"),
        pytest.param({"factors": [factor("resources", "bad", "")]}, "the valence of resources", id="valence"),
        pytest.param({"settings": "schools"}, "`settings` is not a list", id="no list"),
        pytest.param({"title": ""}, "has no `title`", id="no title"),
    ],
)
def test_a_line_that_is_no_label_is_named(line: dict[str, Any], said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        beside(label(**line))


def test_what_was_taken_for_what_is_told() -> None:
    line = label(factors=[factor("resources", "barrier", "scarce money")])
    taken = beside(line, tag("time-workload", "barrier", "scarce money"))
    themes, directions = confusions([taken])
    assert [(each.labelled, each.given, each.count) for each in themes] == [("resources", "time-workload", 1)]
    assert not directions
    turned = beside(line, tag("resources", "enabler", "scarce money"))
    assert [(each.labelled, each.given) for each in confusions([turned])[1]] == [("barrier", "enabler")]
    assert {(each.outcome, each.label) for each in mistakes([turned])} == {
        ("wrong", "resources enabler"),
        ("missing", "resources barrier"),
    }


def test_rules_and_scores_are_judged() -> None:
    line = label(factors=[factor("resources", "barrier", "money")])
    taken = beside(
        line, tag("resources", "barrier", "money", 0.9), tag("power-status", "barrier", "joint", 0.9)
    )
    (rule,) = methods([taken])
    assert (rule.name, rule.right, rule.wrong) == ("own", 1, 1)
    said = calibration([taken])
    assert [(each.count, each.said, each.was) for each in said.bins] == [(2, 0.9, 0.5)]
    assert said.error == pytest.approx(0.4)


def test_an_interval_holds_the_score_and_is_the_same_each_time() -> None:
    line = label(factors=[factor("resources", "barrier", "money")])
    found = [beside(line, tag("resources", "barrier", "money"))] * 5 + [beside(line)] * 5
    interval = intervals(found, "factor_direction")["recall"]
    assert interval.low < 0.5 < interval.high
    assert intervals(found, "factor_direction")["recall"] == interval


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        pytest.param([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15, 0.4, id="Cohen's example"),
        pytest.param([(1, 1), (0, 0)], 1.0, id="all alike"),
        pytest.param([(1, 0), (0, 1)], -1.0, id="all opposite"),
    ],
)
def test_kappa_has_its_known_values(pairs: list[tuple[int, int]], kappa: float) -> None:
    assert cohen_kappa(pairs) == pytest.approx(kappa)


# The command


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """An evidence file with two records, and their labels: one of them the model has seen."""
    monkeypatch.setattr("kb.learning.encoder", lambda store, model: None)
    seen = next(
        json.loads(line)
        for line in (Path(__file__).parent.parent / "corpus" / "gold" / "themes.jsonl").open(encoding="utf-8")
    )
    records = [
        Record(id="a", title="Interagency work", abstract=ABSTRACT),
        Record(id="b", title=seen["title"], abstract="Nothing is said."),
    ]
    database, gold = tmp_path / "evidence.db", tmp_path / "gold.jsonl"
    with Store.open(database, create=True) as store, store.atomic():
        store.write_records(records)
    lines = [
        label(title="Interagency work", factors=[factor("trust-relationships", "barrier", "Mistrust")]),
        seen | {"id": "b"},
        label(id="c", title="Not in the file"),
    ]
    gold.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return database, gold


def test_what_the_tagger_was_made_from_is_told_apart(measured: tuple[Path, Path]) -> None:
    database, gold = measured
    with Store.open(database) as store:
        content = evaluation.evaluate(store, gold).to_dict()
        assert (content["records"], content["seen"], content["unmatched"]) == (2, 1, ["c"])
        assert content["unseen"]["measures"]["factor_direction"]["right"] == 1
        kept = evaluation.latest(store)
        assert kept is not None
        assert kept["unseen"] == content["unseen"]
        assert kept["same"]


def test_the_command_shows_the_unseen_first(measured: tuple[Path, Path]) -> None:
    database, gold = measured
    run = CliRunner()
    result = run.invoke(cli, ["--db", str(database), "evaluate", "themes", str(gold)])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("1 of 2 records were seen when rules or model were made. The 1 others:")
    assert "1 labels have no record here: c" in result.stderr
    listed = run.invoke(cli, ["--db", str(database), "evaluate", "themes", str(gold), "--errors"])
    assert "resources barrier" in listed.stdout, "money is scarce, and not labelled"
    rows = run.invoke(cli, ["--db", str(database), "evaluate", "themes", str(gold), "--csv"])
    assert rows.stdout.splitlines()[0].startswith("measure,label,right")


def test_errors_can_be_had_as_a_table(measured: tuple[Path, Path]) -> None:
    database, gold = measured
    result = CliRunner().invoke(
        cli, ["--db", str(database), "evaluate", "themes", str(gold), "--errors", "--csv"]
    )
    head, *rows = result.stdout.splitlines()
    assert head.startswith("outcome,measure,label,kind,other,record")
    assert any(row.startswith("wrong,factor_direction,resources barrier,not labelled,,a,") for row in rows)


def test_a_record_that_is_labelled_twice_counts_once(measured: tuple[Path, Path]) -> None:
    database, gold = measured
    with gold.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(label(id="again", title="INTERAGENCY WORK.")) + "\n")
    with Store.open(database) as store:
        content = evaluation.evaluate(store, gold).to_dict()
    assert (content["records"], content["repeated"]) == (2, ["again"])
    assert content["unseen"]["measures"]["factor_direction"]["right"] == 1, "the first line holds"


def test_records_that_a_vocabulary_was_written_from_are_seen(
    measured: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, gold = measured
    written = replace(VOCABULARY, settings={**VOCABULARY.settings, "fitted_to": ["Inter-agency work"]})
    monkeypatch.setattr("kb.evaluation.history.in_use", lambda store: written)
    with Store.open(database) as store:
        content = evaluation.evaluate(store, gold).to_dict()
        assert (content["seen"], content["unseen"]) == (2, None)
        assert not store.value("select count(*) from evaluations where records > seen")
    with pytest.raises(EvidenceError, match="not published"):
        evaluation.publish(content)
    result = CliRunner().invoke(cli, ["--db", str(database), "evaluate", "themes", str(gold)])
    assert result.stdout.startswith("All 2 records were seen when rules or model were made")


def test_a_list_of_seen_records_that_is_none_is_named(
    measured: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = replace(VOCABULARY, settings={**VOCABULARY.settings, "fitted_to": "Interagency work"})
    monkeypatch.setattr("kb.evaluation.history.in_use", lambda store: wrong)
    with Store.open(measured[0]) as store, pytest.raises(EvidenceError, match="`fitted_to:` is not a list"):
        evaluation.evaluate(store, measured[1])


def test_decided_tags_are_not_published(measured: tuple[Path, Path]) -> None:
    arguments = ["evaluate", "themes", str(measured[1]), "--publish", "--decided"]
    result = CliRunner().invoke(cli, ["--db", str(measured[0]), *arguments])
    assert result.exit_code == 2
    assert "--decided" in result.stderr


def test_labels_of_other_records_are_refused(measured: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps(label(title="Elsewhere")) + "\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["--db", str(measured[0]), "evaluate", "themes", str(other)])
    assert result.exit_code == 1
    assert "none of its 1 labels is about a record" in result.stderr


def test_the_labels_that_come_along_can_be_read() -> None:
    folder = Path(__file__).parent.parent / "corpus" / "gold"
    held_out = read_gold(folder / "held-out.jsonl", VOCABULARY)
    fitted = {
        line.title
        for name in ("themes.jsonl", "second-coder.jsonl")
        for line in read_gold(folder / name, VOCABULARY).lines
    }
    assert held_out.lines
    assert not fitted & {line.title for line in held_out.lines}, "nothing was made from what is held out"
    figures = evaluation.published()
    assert figures is not None
    assert (figures["records"], figures["seen"]) == (len(held_out.lines), 0)
