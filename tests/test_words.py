from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index import spelling
from index.spelling import american
from index.words import alike, forms, joined, raw_words, stem, words


@pytest.mark.parametrize(
    "variants",
    [
        pytest.param(["inter-agency", "interagency", "inter agency", "Inter\u2010Agency"], id="inter-agency"),
        pytest.param(
            ["multi-disciplinary", "multidisciplinary", "multi disciplinary"], id="multi-disciplinary"
        ),
        pytest.param(
            ["inter-professional", "interprofessional", "inter-\nprofessional"], id="wrapped at its hyphen"
        ),
        pytest.param(["co-operation", "cooperation", "coöperation", "co operation"], id="co-operation"),
        pytest.param(["co-ordinate", "coordinate", "co ordinate"], id="co-ordinate"),
        pytest.param(["co-location", "colocation"], id="co-location"),
        pytest.param(["health care", "health-care", "healthcare"], id="health care"),
        pytest.param(["child care", "child-care", "childcare"], id="child care"),
        pytest.param(["well-being", "wellbeing", "well being"], id="well-being"),
        pytest.param(["decision-making", "decision making"], id="decision-making"),
        pytest.param(
            ["information-sharing", "information sharing"], id="a hyphen between two words is a space"
        ),
        pytest.param(["meta-analysis", "metaanalysis", "meta analysis"], id="meta-analysis"),
        pytest.param(["out-patients", "outpatients"], id="out-patients"),
        pytest.param(["collabo\u00adration", "collaboration"], id="soft hyphen"),
        pytest.param(["Ødegård", "Odegard", "ØDEGÅRD"], id="letters that are no base letter and mark"),
        pytest.param(["children's", "children’s", "children"], id="possessive, straight and curly"),
        pytest.param(["ﬁeld", "field"], id="ligature from a PDF"),
    ],
)
def test_ways_of_writing_one_word_have_one_form(variants):
    assert len({tuple(forms(text)) for text in variants}) == 1


@pytest.mark.parametrize(
    ("british", "us"),
    [
        ("organisation", "organization"),
        ("organisational", "organizational"),
        ("prioritising", "prioritizing"),
        ("generalisability", "generalizability"),
        ("behaviours", "behaviors"),
        ("neighbourhood", "neighborhood"),
        ("centre", "center"),
        ("centres", "centers"),
        ("centred", "centered"),
        ("paediatric", "pediatric"),
        ("orthopaedics", "orthopedics"),
        ("anaesthetist", "anesthetist"),
        ("leukaemia", "leukemia"),
        ("haemoglobin", "hemoglobin"),
        ("oestrogen", "estrogen"),
        ("foetal", "fetal"),
        ("diarrhoea", "diarrhea"),
        ("programme", "program"),
        ("programmes", "programs"),
        ("ageing", "aging"),
        ("labelled", "labeled"),
        ("counselling", "counseling"),
        ("counsellors", "counselors"),
        ("defence", "defense"),
        ("practising", "practicing"),
        ("judgement", "judgment"),
        ("enrolment", "enrollment"),
        ("dialogue", "dialog"),
        ("analysed", "analyzed"),
        ("enquiries", "inquiries"),
    ],
)
def test_british_and_american_spelling_have_one_form(british, us):
    assert forms(british) == forms(us)


_UNCHANGED = """
    exercise promise expertise otherwise enterprise supervise precise four hour tour contour wise acre raise
    liaise disable visited fishing police university interest internal relational copper nonetheless
"""


@pytest.mark.parametrize("word", _UNCHANGED.split())
def test_words_that_only_look_like_variants_stay(word):
    assert forms(word) == [word]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("inter alia", ["inter", "alia"], id="Latin"),
        pytest.param(
            "changes in patient care", ["changes", "in", "patient", "care"], id="in patient is no inpatient"
        ),
        pytest.param("Marks & Co reports", ["marks", "co", "reports"], id="Co is a company"),
        pytest.param("pre-2000", ["pre", "2000"], id="a number is not joined"),
        pytest.param("multi. agency", ["multi", "agency"], id="not over the end of a sentence"),
        pytest.param(
            "inter- and multi-agency",
            ["interagency", "and", "multiagency"],
            id="a word left out before the second",
        ),
        pytest.param(
            "intra-/inter-professional", ["intraprofessional", "interprofessional"], id="with a slash"
        ),
        pytest.param(
            "inter- or multidisciplinary", ["interdisciplinary", "or", "multidisciplinary"], id="closed"
        ),
    ],
)
def test_joining_quirks(text, expected):
    assert forms(text) == expected


def test_words_within_a_compound_are_kept_as_its_parts():
    [word] = words("healthcare")
    assert word.parts == ("health", "care")


def test_a_word_says_where_it_stands():
    text = "On inter agency working."
    assert [text[word.start : word.end] for word in words(text)] == ["On", "inter agency", "working"]


def test_ways_of_writing_are_alike_in_one_text():
    assert alike("The organisation of inter agency work?") == alike("the organization of Inter-agency work?")


def test_an_organisation_is_no_organ():
    assert stem(forms("organisations")[0]) == stem(forms("organized")[0]) != stem("organ")


def test_analysis_and_analyse_share_a_stem():
    assert len({stem(form) for form in forms("analysis analyses analyse analyzed analyzing")}) == 1


@given(st.text())
def test_words_stand_in_order_within_the_text(text):
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        assert word.form
        assert word.form.isalnum()
        end = word.end


@given(st.text())
@example("Ǽ")
def test_forms_read_again_are_the_same(text):
    # Joined by a sign, since two words in a row may be a compound only once their spelling is changed.
    found = forms(text)
    assert forms(" ; ".join(found)) == found


@given(st.text(alphabet=st.sampled_from("abcdefghilmnoprstuy-  "), max_size=60))
def test_joining_changes_no_word(text):
    assert forms(joined(text)) == forms(text)


@given(st.text(alphabet=st.characters(categories=["Ll"], max_codepoint=127), min_size=1))
def test_one_spelling_is_its_own(word):
    assert american(american(word)) == american(word)


@given(st.text())
def test_words_as_written_hold_no_space(text):
    assert all(word.isalnum() for word in raw_words(text))


_PIECES = ["is", "our", "re", "cent", "ring", "ed", "ogue", "ll", "ae", "oe", "l", "arm", "h", "n", "an", "p"]


@given(st.lists(st.sampled_from(_PIECES), max_size=5).map("".join))
def test_a_word_without_the_letters_of_any_rule_is_in_its_spelling(word):
    ruled = word
    for pattern, form in spelling._RULES:
        ruled = pattern.sub(form, ruled)
    assert spelling._LETTERS.search(word) or ruled == word
