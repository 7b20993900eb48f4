from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.query import Query
from index.engine import Document
from index.generations import build
from index.language import parse
from index.searcher import Index
from index.synonyms import Synonyms
from index.tree import Every

KNOWN = Synonyms.of(
    [
        ["GP", "general practitioner", "family doctor"],
        ["MASH", "multi-agency safeguarding hub"],
        ["A&E", "emergency department"],
        ["WHO", "World Health Organization"],
        ["EHR", "electronic health record", "EMR"],
    ]
)
_GP = 'gps|"general practitioner"^0.7|"family doctor"^0.7'


@pytest.mark.parametrize(
    ("text", "as_run"),
    [
        pytest.param("GP", f"gp|{_GP}", id="an abbreviation"),
        pytest.param("gp", f"gp|{_GP}", id="in small letters, since it is no word"),
        pytest.param("gp trust", f"gp|{_GP} OR trust", id="beside a word"),
        pytest.param("GP AND trust", f"gp|{_GP} AND trust", id="under an operator"),
        pytest.param("NOT GP", f"NOT gp|{_GP}", id="excluded whole"),
        pytest.param("GP^2", 'gp^2|gps^2|"general practitioner"^1.4|"family doctor"^1.4', id="with a boost"),
        pytest.param(
            "family doctors",
            '(family OR doctors)|gp^0.7|gps^0.7|"general practitioner"^0.7',
            id="words, which are still looked for each alone",
        ),
        pytest.param(
            '"family doctor"', '"family doctor"|gp^0.7|gps^0.7|"general practitioner"^0.7', id="a phrase"
        ),
        pytest.param('"family doctor"~3', '"family doctor"~3', id="words near each other are as typed"),
        pytest.param(
            "title:EHR",
            'title:ehr|title:"electronic health record"^0.7|title:emr^0.7|title:emrs^0.7',
            id="in a field of words",
        ),
        pytest.param("author:GP", "author:gp", id="not in names"),
        pytest.param("exact:GP", "exact:gp", id="not where letters are asked for"),
        pytest.param("GP|nurse", "gp|nurse", id="not beside what the user put for it"),
        pytest.param("MASH", 'mash|"multiagency safeguarding hub"^0.7', id="a word in capitals is one"),
        pytest.param("mash", "mash", id="the word itself is none"),
        pytest.param("multi-agency safeguarding hub", "multiagency OR safeguarding OR hub", id="nor back"),
        pytest.param("A&E waiting", '"a e"|"emergency department"^0.7 OR waiting', id="one with a sign"),
        pytest.param("a e waiting", "e OR waiting", id="its letters alone are none"),
        pytest.param(
            "WHO policy", '"world health organization"^0.7 OR policy', id="a word that says nothing"
        ),
        pytest.param("who cares", "cares", id="which it is in small letters"),
        pytest.param("WHO CARES FOR CHILDREN", "cares OR children", id="and where all is in capitals"),
    ],
)
def test_what_is_typed_is_widened_to(text, as_run):
    assert str(parse(text, synonyms=KNOWN).tree) == as_run


def test_what_was_added_is_told_in_the_letters_of_the_vocabulary():
    assert parse("gps and EMR", synonyms=KNOWN).expansions == (
        ("GP", ("general practitioner", "family doctor")),
        ("EMR", ("EHR", "electronic health record")),
    )
    assert parse("trust MASH", synonyms=Synonyms()).expansions == ()


def test_without_expansion_words_are_as_printed():
    reading = parse("GP colour title:EHR", synonyms=KNOWN, expand=False)
    assert (str(reading.tree), reading.expansions) == ("(exact:gp OR exact:colour) AND title:ehr", ())


def test_a_word_widened_is_no_condition_for_what_is_found_by_meaning():
    assert parse("GP trust", synonyms=KNOWN).required == Every()


_LIBRARY = [
    Document("a-gp", "GPs and trust", "A survey."),
    Document("b-doctor", "The family doctor", "A survey."),
    Document("c-family", "Family meals", "The doctor of philosophy."),
    Document("d-hub", "A multi-agency safeguarding hub", "A survey."),
    Document("e-mash", "Potatoes", "How to mash them."),
]


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("GP", ["a-gp", "b-doctor"]),
        ('"family doctor"', ["a-gp", "b-doctor"]),
        ("family doctor", ["a-gp", "b-doctor", "c-family"]),
        ("MASH", ["d-hub", "e-mash"]),
        ("mash", ["e-mash"]),
        ("NOT GP", ["c-family", "d-hub", "e-mash"]),
    ],
)
def test_a_library_is_searched_for_all_the_ways_to_say_it(engine, text, records, tmp_path):
    build(tmp_path, _LIBRARY, corpus_hash="1", embedder=None, engine=engine)
    index = Index.open(tmp_path, synonyms=KNOWN)
    assert sorted(index.ids(Query(text, "keyword"))) == records
    index.close()


def test_an_abbreviation_that_was_understood_is_not_taken_for_a_misprint(tmp_path):
    build(tmp_path, [Document("a", "A marsh", "Water.")], corpus_hash="1", embedder=None)
    index = Index.open(tmp_path, synonyms=KNOWN)
    assert index.suggest("MASH") is None
    assert index.suggest("mash") == "marsh"


@given(st.lists(st.lists(st.text("AbÉ& -e1", max_size=6), max_size=4), max_size=4), st.text("AbÉ& -e1\"'()"))
def test_any_groups_and_any_text_are_read_and_read_again_the_same(groups, text):
    tree = parse(text, synonyms=Synonyms.of(groups)).tree
    assert tree == Every() or parse(str(tree)).tree == tree
