"""The vocabulary that comes along: complete, well-formed, and true to its own examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS
from corpus.record import Record
from corpus.theme import Theme, Vocabulary, load_vocabulary
from ingest.tagging.tagger import Tagger

VOCABULARY = load_vocabulary()
TAGGER = Tagger(VOCABULARY)

FACTORS = (
    "resources time-workload information-sharing roles-boundaries culture-identity trust-relationships"
    " communication leadership-support training-knowledge structures-governance it-systems"
    " goals-expectations power-status co-location policy-legislation user-involvement demand-demography"
    " specialisation failures-inquiries"
)
SETTINGS = (
    "child-protection schools mental-health primary-care hospital adult-social-care older-people"
    " criminal-justice housing-homelessness substance-misuse learning-disability palliative-care"
    " domestic-abuse community-health higher-education cross-sector"
)
KINDS = "driver barrier enabler outcome model measure training policy"
STUDY_TYPES = (
    "systematic-review review qualitative survey mixed-methods case-study evaluation theoretical policy book"
    " trial"
)

EXAMPLES = [
    pytest.param(theme, example, id=f"{theme.id} {place}")
    for theme in VOCABULARY
    for place, example in enumerate(theme.examples)
]
COUNTER_EXAMPLES = [
    pytest.param(theme, example, id=f"{theme.id} {place}")
    for theme in VOCABULARY
    for place, example in enumerate(theme.counter_examples)
]


@pytest.mark.parametrize(
    ("axis", "notations"),
    [("factor", FACTORS), ("setting", SETTINGS), ("kind", KINDS), ("study_type", STUDY_TYPES)],
)
def test_each_axis_has_its_labels(axis: str, notations: str) -> None:
    assert {theme.notation for theme in VOCABULARY.axis(axis)} == set(notations.split())


def test_only_the_study_type_policy_has_an_id_of_its_own() -> None:
    differing = {theme.id: theme.notation for theme in VOCABULARY if theme.id != theme.notation}
    assert differing == {"policy-paper": "policy"}


def test_factors_stand_in_four_groups() -> None:
    groups = {theme.group for theme in VOCABULARY.axis("factor")}
    assert groups == {"organisational", "cultural and professional", "contextual", "service users and carers"}


def test_every_theme_explains_itself() -> None:
    bare = [
        theme.id
        for theme in VOCABULARY
        if not (theme.definition and theme.terms and theme.examples and theme.counter_examples)
    ]
    assert bare == []


@pytest.mark.parametrize(("theme", "example"), EXAMPLES)
def test_an_example_earns_its_theme(theme: Theme, example: str | dict[str, str]) -> None:
    direction, sentence = next(iter(example.items())) if isinstance(example, dict) else (None, example)
    tags = TAGGER.tag(Record(id="x", abstract=sentence))
    assert (theme.id, direction) in {(tag.theme, tag.direction) for tag in tags}
    if theme.axis == "factor":
        assert direction in DIRECTIONS


@pytest.mark.parametrize(("theme", "example"), COUNTER_EXAMPLES)
def test_a_counter_example_does_not_earn_its_theme(theme: Theme, example: str) -> None:
    assert theme.id not in {tag.theme for tag in TAGGER.tag(Record(id="x", abstract=example))}


def test_another_subject_is_another_file(tmp_path: Path) -> None:
    path = tmp_path / "bees.yml"
    path.write_text(
        "themes:\n"
        "  - {id: mites, label: Mites, axis: factor, terms: [mite~, {barrier: [varroa]}]}\n"
        "  - {id: forage, label: Forage, axis: factor, terms: [flower~]}\n"
        "directions:\n"
        "  barrier: {cue_first: [harmed by]}\n"
        "  enabler: {factor_first: [(fed|strengthened)]}\n",
        encoding="utf-8",
    )
    tagger = Tagger(load_vocabulary(path))
    tags = tagger.tag(Record(id="x", abstract="Colonies were harmed by mites. Flowers fed them."))
    assert [(tag.theme, tag.direction) for tag in tags] == [("mites", "barrier"), ("forage", "enabler")]


def test_the_version_changes_with_the_vocabulary() -> None:
    fewer = {key: theme for key, theme in VOCABULARY.themes.items() if key != "trust-relationships"}
    other = Tagger(Vocabulary(fewer, VOCABULARY.settings, VOCABULARY.source))
    assert other.version != TAGGER.version
    assert Tagger(load_vocabulary()).version == TAGGER.version


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(
            "themes:\n  - {id: a, label: A, axis: factor, terms: ['(a']}\n",
            "theme `a`: the pattern",
            id="pattern",
        ),
        pytest.param(
            "themes:\n  - {id: a, label: A, axis: factor, terms: [{up: [b]}]}\n",
            "terms stand under `up`",
            id="key",
        ),
        pytest.param(
            "themes:\n  - {id: a, label: A, axis: factor, terms: [3]}\n", "neither a text", id="number"
        ),
        pytest.param("themes: []\ndirections: {sideways: {}}\n", "`sideways` is none of", id="direction"),
        pytest.param("themes: []\ndirections: {barrier: {above: [a]}}\n", "may hold cue_first", id="side"),
        pytest.param("themes: []\nclauses: {ends: [a]}\n", "`ends` is none of", id="clause word"),
        pytest.param("themes: []\nabout: a\n", "not a list of texts", id="a text for a list"),
        pytest.param("themes: []\nwords: [a]\n", "`words:` is not a mapping", id="a list for a mapping"),
    ],
)
def test_a_fault_in_the_vocabulary_is_named(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "themes.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvidenceError) as error:
        Tagger(load_vocabulary(path))
    assert fault in str(error.value)
    assert str(path) in str(error.value)
