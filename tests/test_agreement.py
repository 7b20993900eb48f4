"""Scores of tags against labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.theme import Tag, load_vocabulary
from ingest.tagging.agreement import Agreement, Score, evaluate

VOCABULARY = load_vocabulary()
ABSTRACT = "Mistrust and scarce money hindered joint work."
RECORD = Record(id="a", title="A", abstract=ABSTRACT)


def label(**values: Any) -> dict[str, Any]:
    """A gold line with these values."""
    return {"id": "a", "title": "A", "kinds": [], "factors": [], "settings": [], "study_type": None} | values


def factor(name: str, valence: str, evidence: str) -> dict[str, str]:
    """One labelled factor."""
    return {"factor": name, "valence": valence, "evidence": evidence}


def tag(theme: str, direction: str | None, quote: str) -> Tag:
    """A tag on that stretch of the abstract."""
    start = ABSTRACT.index(quote)
    return Tag("a", theme, direction, "abstract", start, start + len(quote), quote, "test", 1.0)


def compare(line: Mapping[str, Any], *tags: Tag) -> Agreement:
    """The scores of one record."""
    return evaluate([line], lambda _: RECORD, lambda _: tags, VOCABULARY)


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
    assert scores.quotes == 0.5


def test_a_line_without_a_record_is_reported() -> None:
    scores = evaluate([label(id="b")], lambda _: None, lambda _: [], VOCABULARY)
    assert (scores.records, scores.unmatched) == (0, ("b",))
    assert scores.micro["factor"].f1 == 1.0


def test_a_line_that_is_no_label_is_named() -> None:
    with pytest.raises(EvidenceError, match="gold line 2"):
        evaluate(
            [label(), label(factors=[{"valence": "barrier"}])], lambda _: RECORD, lambda _: [], VOCABULARY
        )


def test_the_dictionary_holds_every_measure() -> None:
    scores = compare(label(kinds=["barrier"]), tag("barrier", None, "hindered")).to_dict()
    assert scores["measures"]["kind"] == {
        "right": 1,
        "wrong": 0,
        "missing": 0,
        "precision": 1.0,
        "recall": 1.0,
        "f1": 1.0,
        "macro_f1": 1.0,
    }
    assert set(scores["measures"]) == {"factor_direction", "factor", "kind", "setting", "study_type"}
