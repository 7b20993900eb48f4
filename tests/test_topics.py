"""What a record is said to be about, by where it is named and how surely."""

from __future__ import annotations

import pytest

from corpus.record import Record
from corpus.theme import Theme, Vocabulary, load_vocabulary
from ingest.tagging.tagger import Tagger

VOCABULARY = load_vocabulary()
TAGGER = Tagger(VOCABULARY)
AXES = {theme.id: theme.axis for theme in VOCABULARY}


def themes(axis: str, record: Record, tagger: Tagger = TAGGER) -> set[str]:
    """The themes of one axis that a record is tagged with."""
    return {tag.theme for tag in tagger.tag(record) if AXES.get(tag.theme, tag.theme) == axis}


def small(axis: str, **terms: list[object]) -> Tagger:
    """A tagger whose vocabulary has these themes on one axis, named by the terms given."""
    made = {name: Theme(id=name, label=name, axis=axis, terms=tuple(lines)) for name, lines in terms.items()}
    return Tagger(Vocabulary(made, {}, "small.yml"))


def kept(tagger: Tagger, record: Record) -> set[str]:
    """All that a tagger tags a record with."""
    return {tag.theme for tag in tagger.tag(record)}


CITIES = small("setting", oslo=["oslo"], paris=["paris"], rome=["rome", {"weak": ["roman"]}])


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(Record(title="Paris"), {"paris"}, id="the title"),
        pytest.param(Record(abstract="In Paris."), {"paris"}, id="the opening, with nothing else named"),
        pytest.param(
            Record(abstract="One was. Two were. Three are. Paris."), set(), id="once, far down, is in passing"
        ),
        pytest.param(
            Record(abstract="One was. Two were. Paris. Paris."),
            {"paris"},
            id="twice, with nothing else named",
        ),
        pytest.param(
            Record(title="Oslo and Paris", abstract="Rome was seen too."),
            {"oslo", "paris"},
            id="the opening, beside two that the title names",
        ),
        pytest.param(
            Record(title="Oslo and Paris", abstract="Rome was seen.", keywords=("Rome",)),
            {"oslo", "paris", "rome"},
            id="two places are sure, whatever else there is",
        ),
        pytest.param(
            Record(title="Oslo", abstract="Paris, Paris, Paris and Rome. Then Rome."),
            {"oslo", "rome"},
            id="a word repeated in one sentence counts once",
        ),
        pytest.param(Record(title="Roman law"), {"rome"}, id="a hint in the title, with nothing else named"),
        pytest.param(Record(abstract="One was. Roman law."), set(), id="a hint elsewhere is too little"),
    ],
)
def test_a_setting_is_what_the_record_is_about(record: Record, expected: set[str]) -> None:
    assert kept(CITIES, record) == expected


DESIGNS = small(
    "study_type", mapped=["(mapping|scoping) review"], mixed=["mixed"], review=["review"], talk=["talk~"]
)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(Record(abstract="A scoping review."), {"mapped"}, id="the longer words know better"),
        pytest.param(Record(title="A mixed review"), {"mixed"}, id="of equals the first in the file"),
        pytest.param(
            Record(title="Talks in Oslo", abstract="Talks were held. A mixed bag."),
            {"talk"},
            id="the title and the opening beat a word in passing",
        ),
        pytest.param(
            Record(abstract="One was. Two were. Three are. One talk."),
            set(),
            id="a word in passing says no design",
        ),
    ],
)
def test_a_record_has_the_study_type_that_it_calls_itself(record: Record, expected: set[str]) -> None:
    assert kept(DESIGNS, record) == expected


def test_a_kind_is_enough_said_once_but_not_by_an_indexer_alone() -> None:
    kinds = small("kind", gain=["gain~"], loss=[{"weak": ["loss"]}])
    assert kept(kinds, Record(abstract="One was. Two were. Great gains.")) == {"gain"}
    assert kept(kinds, Record(keywords=("gain",))) == set()
    assert kept(kinds, Record(title="Loss")) == set()
    assert kept(kinds, Record(title="Loss", abstract="Loss of wax. Nothing else. No loss.")) == {"loss"}


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        pytest.param("Semi-structured interviews were held with nurses.", "qualitative", id="interviews"),
        pytest.param("A grounded theory of teamwork.", "qualitative", id="grounded theory"),
        pytest.param("A cross-sectional questionnaire study of nurses.", "survey", id="questionnaire"),
        pytest.param("A survey of 200 staff was followed by interviews.", "mixed-methods", id="both named"),
        pytest.param("Patients were randomized to usual care.", "trial", id="American randomized"),
        pytest.param(
            "Qualitative synthesis: a systematic review of studies.", "systematic-review", id="of them"
        ),
        pytest.param("A narrative review of joint working.", "review", id="narrative review"),
        pytest.param("A controlled before and after study.", "evaluation", id="before and after"),
        pytest.param("This commentary argues for one budget.", "theoretical", id="commentary"),
        pytest.param("A handbook for teams.", "book", id="handbook"),
    ],
)
def test_study_types_are_known_by_the_words_of_abstracts(abstract: str, expected: str) -> None:
    assert themes("study_type", Record(abstract=abstract)) == {expected}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("A trial in patients with asthma", set(), id="in patients are no in-patients"),
        pytest.param("Nurses in in-patient care", {"hospital"}, id="in-patient care"),
        pytest.param("Medical homes and family physicians", {"primary-care"}, id="American primary care"),
        pytest.param("Looked-after children and kinship care", {"child-protection"}, id="care for children"),
        pytest.param("Social services and housing", {"adult-social-care", "housing-homelessness"}, id="two"),
    ],
)
def test_settings_are_known_by_their_names(title: str, expected: set[str]) -> None:
    assert expected == themes("setting", Record(title=title)) - {"cross-sector"}


@pytest.mark.parametrize("axis", ["setting", "population", "kind", "study_type"])
def test_examples_earn_their_theme_and_counter_examples_do_not(axis: str) -> None:
    for theme in VOCABULARY.axis(axis):
        for text in theme.examples:
            assert theme.id in themes(axis, Record(abstract=str(text))), text
        for text in theme.counter_examples:
            assert theme.id not in themes(axis, Record(abstract=str(text))), text


def test_the_quote_of_a_topic_stands_where_it_says() -> None:
    record = Record(
        title="Teams in schools", abstract="Case study of schools. It says little. Schools gained."
    )
    for tag in TAGGER.tag(record):
        assert getattr(record, tag.field)[tag.start : tag.end] == tag.quote
