"""Checking a vocabulary: every fault of a file at once, a line each, with the line it stands on."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import EvidenceError
from corpus.theme import VOCABULARY, load_vocabulary
from corpus.vocabulary.reading import parse
from kb import vocabulary

FARMING = Path(__file__).with_name("vocabularies") / "farming.yml"

ONE = "themes:\n  - {id: a, label: A, axis: kind, terms: [x]}\n"


def _said(text: str) -> list[str]:
    return [str(fault) for fault in vocabulary.faults(text, "v.yml")]


def test_the_vocabularies_of_this_project_have_no_error() -> None:
    for path in (VOCABULARY, FARMING):
        assert [str(fault) for fault in vocabulary.check(path) if not fault.warning] == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param(
            ONE + "  - {id: a, label: B, axis: kind}\n", 3, "two themes have the id `a`", id="twice"
        ),
        pytest.param("themes:\n  - id: a\n    axis: kind\n", 2, "has no `label`", id="no label"),
        pytest.param(
            "themes:\n  - id: 12\n    label: A\n    axis: kind\n", 2, "`id: 12` is not", id="number"
        ),
        pytest.param("themes:\n  - id: A b\n    label: A\n    axis: kind\n", 2, "write `a-b`", id="capitals"),
        pytest.param(
            "themes:\n  - id: a\n    label: A\n    axis: kinds\n", 4, "`kinds` is none of", id="axis"
        ),
        pytest.param(
            ONE + "    # c\n  - {id: b, label: B, axis: kind, term: [x]}\n", 4, "mean `terms`", id="key"
        ),
        pytest.param(ONE + "directon: {}\n", 0, "did you mean `directions`", id="setting"),
        pytest.param(
            "themes:\n  - id: a\n    id: b\n    label: A\n", 3, "stands here and on line 2", id="key twice"
        ),
        pytest.param(
            "themes:\n  - {id: a, label: A, axis: kind, replaced_by: c}\n",
            2,
            "which is not there",
            id="nowhere",
        ),
        pytest.param(
            "themes:\n"
            "  - {id: a, label: A, axis: kind, replaced_by: b}\n"
            "  - {id: b, label: B, axis: kind, replaced_by: a}\n",
            2,
            "replaced in a circle (a -> b -> a)",
            id="circle",
        ),
        pytest.param(ONE + "retired: {a: A}\n", 2, "stands under `retired:` too", id="came back"),
        pytest.param(
            ONE + "  - {id: b, label: B, axis: kind, notation: a}\n",
            3,
            "has the notation `a` of `a`",
            id="code",
        ),
        pytest.param(
            "themes:\n  - id: a\n    label: A\n    axis: kind\n    examples: [{up: x}]\n",
            5,
            "neither a sentence nor `barrier: sentence`",
            id="example",
        ),
        pytest.param(
            "themes:\n  - id: a\n    label: A\n    axis: kind\n    terms:\n      - x\n      - (y\n",
            7,
            "opens a `(` and does not close it",
            id="pattern",
        ),
        pytest.param(
            "themes:\n  - id: a\n    label: A\n    axis: kind\n    terms: [x, up: [y]]\n",
            5,
            "stands under `up`",
            id="direction",
        ),
        pytest.param(
            "themes:\n  - id: a\n    label: A\n    axis: kind\n    terms: [x, and/or]\n",
            5,
            "can never match: no text holds `and/or` as one word",
            id="two words as one",
        ),
        pytest.param(
            "themes:\n  - id: a\n    label: A\n    axis: kind\n    terms: [x, x1]\n",
            5,
            "can never",
            id="digit",
        ),
        pytest.param(
            "themes:\n  - id: a\n    label: A\n    axis: kind\n    terms: [x, hard data, not: [data]]\n",
            5,
            "`hard data` is wholly hidden",
            id="hidden",
        ),
        pytest.param(
            ONE + "    # c\n  - {id: b, label: B, axis: kind, terms: [y, (x|z)]}\n",
            4,
            "warning: theme `b`: `x` is claimed by `a` too (its term 1)",
            id="claimed",
        ),
        pytest.param(
            "themes:\n  - {id: a, label: A, axis: kind, terms: [sheep], examples: [Cows graze.]}\n",
            2,
            "the example “Cows graze.” does not earn it",
            id="unearned",
        ),
        pytest.param(
            "themes:\n  - {id: a, label: A, axis: kind, terms: [sheep], counter_examples: [Sheep graze.]}\n",
            2,
            "the counter-example “Sheep graze.” earns it",
            id="earned",
        ),
    ],
)
def test_a_fault_is_one_line_with_its_place(text: str, line: int, said: str) -> None:
    found = [each for each in _said(text) if said in each]
    assert len(found) == 1, _said(text)
    assert found[0].startswith(f"v.yml:{line}: " if line else "v.yml: ")
    assert "\n" not in found[0]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = "themes:\n  - {id: a, axis: up}\n  - {id: b, label: B, axis: kind, terms: ['(x', '[y']}\n"
    assert len(_said(text)) == 4


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="list"),
        pytest.param("themes: 3", id="number"),
        pytest.param("themes: [", id="no YAML"),
        pytest.param("themes: !!python/object:os.system []", id="code"),
        pytest.param("themes:\n\t- a", id="tab"),
    ],
)
def test_what_is_no_vocabulary_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(EvidenceError) as error:
        parse(text, "v.yml")
    assert str(error.value).startswith("v.yml")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "entry",
    [
        "3",
        "{}",
        "{id: [a]}",
        "{id: a, label: A, axis: kind, terms: [3, {barrier: x}, [y]]}",
        "[[]]",
        "&x [*x]",
    ],
)
def test_entries_of_any_shape_give_faults_and_no_stack_trace(entry: str) -> None:
    assert _said(f"themes:\n  - {entry}\n")


def test_the_cues_that_come_along_serve_a_file_without() -> None:
    farming = load_vocabulary(FARMING)
    shipped = load_vocabulary()
    assert farming.settings["directions"] == shipped.settings["directions"]
    assert "about" not in farming.settings
    assert parse(ONE + "directions: {}\n", "v.yml").settings["directions"] == {}
