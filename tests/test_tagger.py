"""Which themes and directions the words of a record earn, and which they do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.record import Record
from corpus.theme import Tag, load_vocabulary
from ingest.tagging.explaining import explain
from ingest.tagging.tagger import Tagger

VOCABULARY = load_vocabulary()
TAGGER = Tagger(VOCABULARY)
FACTORS = {theme.id for theme in VOCABULARY.axis("factor")}

DARLINGTON = (
    "This paper aims to examine some of the factors that facilitate and hinder interagency collaboration"
    " between child protection services and mental health services. Analysis revealed that workers were"
    " engaging in moderate interagency contact, but were unhappy with the support provided by their agency."
    " Four factors were identified: inadequate training, positive regard for child protection workers,"
    " positive regard for mental health workers, and mutual mistrust. Five factors were extracted from items"
    " about potential barriers: inadequate resources, confidentiality, gaps in interagency processes,"
    " unrealistic expectations, and professional knowledge domains and boundaries."
)


def tagged(abstract: str, title: str = "Interagency collaboration") -> set[tuple[str, str | None]]:
    """The factors of a record, with their directions."""
    tags = TAGGER.tag(Record(id="x", title=title, abstract=abstract))
    return {(tag.theme, tag.direction) for tag in tags if tag.theme in FACTORS}


def themes(record: Record) -> set[str]:
    """The themes of a record that are no factors."""
    return {tag.theme for tag in TAGGER.tag(record)} - FACTORS


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param(
            "Barriers were resources, communication and unclear roles.",
            {("resources", "barrier"), ("communication", "barrier"), ("roles-boundaries", "barrier")},
            id="a list after a noun",
        ),
        pytest.param(
            "Joint work was helped by good communication and held back by budgets.",
            {("communication", "enabler"), ("resources", "barrier")},
            id="two cues in one sentence",
        ),
        pytest.param(
            "Trust was essential, but hierarchies stood in the way.",
            {("trust-relationships", "enabler"), ("power-status", "barrier")},
            id="but turns the sentence",
        ),
        pytest.param(
            "Although resources were scarce, trust between staff was essential.",
            {("resources", "barrier"), ("trust-relationships", "enabler")},
            id="although, at the start, ends at the comma",
        ),
        pytest.param("A lack of resources was reported.", {("resources", "barrier")}, id="lack of"),
        pytest.param(
            "Collaboration suffered from a lack of time, trust and training.",
            {
                ("time-workload", "barrier"),
                ("trust-relationships", "barrier"),
                ("training-knowledge", "barrier"),
            },
            id="lack of a list",
        ),
        pytest.param(
            "The partnership thrived. Adequate funding was essential.",
            {("resources", "enabler")},
            id="adequate funding",
        ),
        pytest.param(
            "Inadequate training was found.", {("training-knowledge", "barrier")}, id="inadequate training"
        ),
        pytest.param(
            "Lack of shared goals hampered the teams.",
            {("goals-expectations", "barrier")},
            id="missing good things",
        ),
        pytest.param(
            "Communication and trust can either help or hinder collaboration.",
            {
                ("communication", "barrier"),
                ("communication", "enabler"),
                ("trust-relationships", "barrier"),
                ("trust-relationships", "enabler"),
            },
            id="both directions",
        ),
        pytest.param(
            "Poor training held staff back, as did scarce resources.",
            {("training-knowledge", "barrier"), ("resources", "barrier")},
            id="as did",
        ),
        pytest.param(
            "Confidentiality hinders joint work.",
            {("information-sharing", "barrier")},
            id="a factor before its verb",
        ),
        pytest.param(
            "Flat hierarchies supported joint work.",
            {("power-status", "enabler")},
            id="the longer term knows better",
        ),
        pytest.param(
            "National policy requires agencies to work together.",
            {("policy-legislation", "driver")},
            id="a policy",
        ),
        pytest.param(
            "An ageing population makes integrated care necessary.",
            {("demand-demography", "driver")},
            id="a pressure",
        ),
    ],
)
def test_a_clause_gives_its_factors_a_direction(sentence: str, expected: set[tuple[str, str]]) -> None:
    assert tagged(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param(
            "Partners struggled with a dearth of funding and staff shortages.",
            {("resources", "barrier")},
            id="the field's ways to say too little",
        ),
        pytest.param(
            "Failure was attributed to poor leadership and role ambiguity.",
            {("leadership-support", "barrier"), ("roles-boundaries", "barrier")},
            id="what a failure is put down to",
        ),
        pytest.param(
            "Partnership working thrives where there is mutual respect and co-location.",
            {("trust-relationships", "enabler"), ("co-location", "enabler")},
            id="where it thrives",
        ),
        pytest.param(
            "Key ingredients were shared goals, strong leadership and joint training.",
            {
                ("goals-expectations", "enabler"),
                ("leadership-support", "enabler"),
                ("training-knowledge", "enabler"),
            },
            id="a list of ingredients",
        ),
        pytest.param(
            "Communication acted as both a barrier and a facilitator.",
            {("communication", "barrier"), ("communication", "enabler")},
            id="one factor, both ways",
        ),
        pytest.param(
            "Turf wars and professional jealousy undermined the partnership.",
            {("roles-boundaries", "barrier"), ("trust-relationships", "barrier")},
            id="words that are barriers by themselves",
        ),
        pytest.param(
            "There was a lack of time for meetings.",
            {("time-workload", "barrier")},
            id="what hangs on another factor is not lacking",
        ),
        pytest.param(
            "A lack of clarity about roles and responsibilities was reported.",
            {("roles-boundaries", "barrier")},
            id="a lack of clarity is none of a factor of its own",
        ),
        pytest.param(
            "Health and social care work together because of rising demand from an ageing population.",
            {("demand-demography", "driver")},
            id="a pressure and what it pushes towards",
        ),
        pytest.param(
            "Following the death of a child, agencies were told to act together.",
            {("failures-inquiries", "driver")},
            id="a failure as a spur",
        ),
        pytest.param(
            "Tensions arose when culture and values clashed.",
            {("culture-identity", "barrier")},
            id="what arises when",
        ),
        pytest.param(
            "Users were not consulted, and the service imposed its own rules.",
            {("user-involvement", "barrier"), ("power-status", "barrier")},
            id="two subjects, two factors",
        ),
    ],
)
def test_the_words_of_the_field_are_known(sentence: str, expected: set[tuple[str, str]]) -> None:
    assert tagged(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Adequate funding was found.", id="praised, and nothing is said to help"),
        pytest.param("The components are joint meetings and a shared record.", id="what it consists of"),
        pytest.param("The course led to better communication and mutual respect.", id="what it led to"),
        pytest.param("The scale covers shared goals and mutual trust.", id="what is measured"),
        pytest.param(
            "The factors that facilitate and hinder collaboration were studied.", id="no factor named"
        ),
        pytest.param("Facilitators and barriers were studied.", id="facilitators and barriers"),
        pytest.param("The study aims to examine how communication hinders joint work.", id="an aim"),
        pytest.param("We asked whether poor communication hinders teams.", id="a question asked"),
        pytest.param("Does trust help teams to collaborate?", id="a question"),
        pytest.param("There was no evidence that leadership helped.", id="no evidence that"),
        pytest.param("Training did not help the teams.", id="did not"),
        pytest.param("More research on trust is needed.", id="research wanted"),
    ],
)
def test_what_finds_nothing_earns_no_direction(sentence: str) -> None:
    assert {direction for _, direction in tagged(sentence)} <= {None}


def test_darlington_as_printed() -> None:
    assert tagged(DARLINGTON, "Interagency collaboration: practices, attitudes and barriers") == {
        ("resources", "barrier"),
        ("information-sharing", "barrier"),
        ("structures-governance", "barrier"),
        ("goals-expectations", "barrier"),
        ("roles-boundaries", "barrier"),
        ("training-knowledge", "barrier"),
        ("trust-relationships", "barrier"),
        ("leadership-support", "barrier"),
        ("culture-identity", "enabler"),
    }


def test_drivers_examined_name_no_factor() -> None:
    text = "The second section, “Practice into Policy”, examines real-life drivers for behavioural change."
    assert tagged(text, "The case for interprofessional collaboration") == set()


def test_a_record_on_another_subject_gets_no_factor() -> None:
    assert tagged("Vaccination was hampered by a lack of resources.", "Measles in Mali") == set()


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        pytest.param(
            "A trial of insulin pumps",
            "Pumps were fitted. Doses were set. Ten were lost. Two fell ill. Costs rose. Diets were kept."
            " Training was vital. An international collaboration ran it.",
            set(),
            id="a collaboration of researchers",
        ),
        pytest.param(
            "Care after a stroke",
            "Beds are few. Cost was high. Wards differ. Interagency work was hindered by poor training. End.",
            {("training-knowledge", "barrier")},
            id="said once, next to the factor",
        ),
        pytest.param(
            "Care after a stroke",
            "Interagency work was studied. Wards differ. Beds are few. Training was vital. Costs rose."
            " Nurses were few. Stays were long. Scans came late.",
            set(),
            id="said once, far from the factor",
        ),
        pytest.param(
            "Collaboration in practice",
            "Nine were interviewed. Training was essential for cooperation.",
            {("training-knowledge", "enabler")},
            id="touched in title and abstract",
        ),
    ],
)
def test_a_factor_counts_where_the_record_is_on_the_subject(
    title: str, abstract: str, expected: set[tuple[str, str]]
) -> None:
    assert tagged(abstract, title) == expected


def test_the_record_of_a_questionnaire_names_what_it_asks_about() -> None:
    text = "Partnership was helped by shared goals, it says. Four factors emerged: shared goals and trust."
    assert ("goals-expectations", "enabler") in tagged(text)
    assert tagged("Four factors emerged: shared goals.", "Validation of a teamwork scale") == set()


def test_a_factor_that_a_title_only_names_earns_no_tag():
    assert tagged("Five teams were studied.", "Trust in partnership working") == set()


def test_other_axes_are_tagged() -> None:
    record = Record(
        title="Interagency working in child protection: a scoping review",
        abstract="Scoping review of work with the police. Nine databases were searched. Housing was rare.",
        keywords=("police", "interprofessional education"),
    )
    found = themes(record)
    assert {"child-protection", "criminal-justice", "systematic-review"} <= found
    assert "housing-homelessness" not in found, "named once, far down"


def test_a_record_has_one_study_type() -> None:
    record = Record(
        title="A mixed-methods survey", abstract="A qualitative case study and systematic review."
    )
    found = [tag for tag in TAGGER.tag(record) if VOCABULARY.themes[tag.theme].axis == "study_type"]
    assert [tag.theme for tag in found] == ["systematic-review"]


def test_a_kind_goes_with_a_direction() -> None:
    assert "enabler" in themes(Record(abstract="Trust was essential to the partnership."))


@pytest.mark.parametrize(
    ("sentence", "wording"),
    [
        pytest.param(
            "Joint work was hampered by hierarchies and budgets.", "'hampered by'", id="the cue is quoted"
        ),
        pytest.param("Mistrust between agencies was found.", "its own words say barrier", id="own words"),
        pytest.param("A survey of agencies working together.", "where it opens", id="another axis"),
    ],
)
def test_explain_says_why(sentence: str, wording: str) -> None:
    assert any(wording in explain(tag) for tag in TAGGER.tag(Record(id="x", abstract=sentence)))


def test_explain_passes_on_a_method_it_does_not_know() -> None:
    tag = Tag("x", "resources", "barrier", "abstract", 0, 5, "money", "by hand", 1.0)
    assert explain(tag) == "“money” in the abstract: by hand"


# fmt: off
WORDS = st.sampled_from([
    "trust", "mistrust", "lack of", "resources", "hampered by", "helped", "by", "and", ",", ".", ";", ":",
    "but", "poor", "communication", "agencies", "joint", "training", "was essential", "not", "policy", "?",
    "requires", "although", "unclear", "roles", "IT", "it", "“shared goals”", "collaboration", "as did",
    "named", "…", "é",
])
# fmt: on
TEXTS = st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=60)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3))
def test_every_quote_stands_where_its_tag_says(title: str, abstract: str, keywords: list[str]) -> None:
    record = Record(id="x", title=title, abstract=abstract, keywords=tuple(keywords))
    texts = {"title": title, "abstract": abstract, "keywords": "; ".join(keywords)}
    tags = TAGGER.tag(record)
    for tag in tags:
        assert tag.record == "x"
        assert texts[tag.field][tag.start : tag.end] == tag.quote
        assert tag.quote
        assert 0 < tag.score <= 1
        assert explain(tag)
    assert tags == TAGGER.tag(record)
    assert len({(tag.theme, tag.direction) for tag in tags}) == len(tags)


def test_two_taggers_of_one_vocabulary_agree() -> None:
    record = Record(id="x", title="Partnership working", abstract=DARLINGTON, keywords=("mental health",))
    assert Tagger(load_vocabulary()).tag(record) == TAGGER.tag(record)


def test_tags_come_in_the_order_of_the_record() -> None:
    tags = TAGGER.tag(
        Record(title="Partnership of schools", abstract=DARLINGTON, keywords=("police", "police"))
    )
    places = [(("title", "abstract", "keywords").index(tag.field), tag.start, tag.theme) for tag in tags]
    assert places == sorted(places)
