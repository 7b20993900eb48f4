"""The pattern language of the vocabulary's terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import EvidenceError
from ingest.tagging.patterns import Patterns
from ingest.tagging.sentences import sentences, words
from ingest.tagging.spelling import forms

LISTS = {"lack": ["lack", "(short|shortage) of"], "deep": ["<lack> of"]}


def found(pattern: str, text: str) -> list[str]:
    """The stretches of the text that the pattern matches."""
    tokens = list(words(text))
    matches = Patterns([(pattern, "x")], LISTS).find(tokens)
    return [text[tokens[match.start].start : tokens[match.end - 1].end] for match in matches]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        pytest.param("trust", "Trust and trusts", ["Trust"], id="a bare word has no other forms"),
        pytest.param("boundary~", "boundary, boundaries", ["boundary", "boundaries"], id="y becomes ies"),
        pytest.param(
            "hinder~", "hinders hindered hindering", ["hinders", "hindered", "hindering"], id="verb forms"
        ),
        pytest.param("plan~", "planned planning", ["planned", "planning"], id="a doubled consonant"),
        pytest.param("collaborat*", "Collaborations", ["Collaborations"], id="any ending"),
        pytest.param(
            "inter-agency work",
            "Inter-agency work, interagency work, inter agency work",
            ["Inter-agency work", "interagency work", "inter agency work"],
            id="a hyphen is a hyphen, a space or nothing",
        ),
        pytest.param(
            "organisational behaviour",
            "organizational behavior",
            ["organizational behavior"],
            id="British pattern, American text",
        ),
        pytest.param(
            "counseling center", "counselling centre", ["counselling centre"], id="the other way round"
        ),
        pytest.param("four", "for four", ["four"], id="four does not lose its u"),
        pytest.param(
            "professional role", "the professional's role", ["professional's role"], id="possessive"
        ),
        pytest.param("child", "the child’s", ["child’s"], id="typographic apostrophe"),
        pytest.param("(aim|goal~)", "aims goals aim", ["goals", "aim"], id="alternatives"),
        pytest.param(
            "[mutual] trust", "mutual trust", ["mutual trust", "trust"], id="optional word, from each start"
        ),
        pytest.param("lack .. time", "lack of enough time", ["lack of enough time"], id="a gap of three"),
        pytest.param("lack .. time", "lack of any kind of time", [], id="four words are too many for it"),
        pytest.param(
            "lack ..5 time", "lack of any kind of time", ["lack of any kind of time"], id="a gap of five"
        ),
        pytest.param("lack .. time", "lack of money, time", [], id="a gap does not cross a comma"),
        pytest.param("barriers :", "Barriers: time", ["Barriers:"], id="a mark itself"),
        pytest.param("<lack> time", "short of time", ["short of time"], id="a word list"),
        pytest.param("<deep> time", "lack of time", ["lack of time"], id="a list within a list"),
        pytest.param("IT system~", "IT systems, it systems", ["IT systems"], id="capitals mean capitals"),
        pytest.param("trust", "trustworthy distrust", [], id="whole words only"),
    ],
)
def test_patterns_find(pattern: str, text: str, expected: list[str]) -> None:
    assert found(pattern, text) == expected


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        pytest.param("(a|b", "does not close", id="an open bracket"),
        pytest.param("a)", "nothing opens", id="a bracket too many"),
        pytest.param("a]", "nothing opens", id="a square bracket too many"),
        pytest.param("(a]", "does not close", id="brackets of two kinds"),
        pytest.param(".. a", "begin or end with nothing", id="a gap at the start"),
        pytest.param("a ..", "begin or end with nothing", id="a gap at the end"),
        pytest.param("[a]", "begin or end with nothing", id="nothing but an option"),
        pytest.param("a ..99 b", "a gap of 99", id="a gap without end"),
        pytest.param("(a|b)~", "belongs to no word", id="an ending for a group"),
        pytest.param("<nope>", "none of the lists", id="an unknown list"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_named(pattern: str, fault: str) -> None:
    with pytest.raises(EvidenceError, match=fault) as error:
        Patterns([(pattern, "x")], LISTS)
    assert pattern in str(error.value)


def test_a_list_that_calls_itself_is_refused() -> None:
    with pytest.raises(EvidenceError, match="calls itself"):
        Patterns([("<a>", "x")], {"a": ["<a> b"]})


def test_the_longest_match_from_a_start_is_kept_for_each_payload() -> None:
    tokens = list(words("lack of time"))
    patterns = Patterns([("lack", "a"), ("lack of time", "a"), ("lack of", "b")], {})
    assert [(match.end, match.payload) for match in patterns.find(tokens)] == [(2, "b"), (3, "a")]


@given(st.text(alphabet="abcdeiou", min_size=3, max_size=8))
def test_every_form_of_a_word_is_found(word: str) -> None:
    patterns = Patterns([(f"{word}~", "x")], {})
    assert all(patterns.find(list(words(form))) for form in forms(word))


@given(st.text(max_size=200))
def test_words_stand_where_they_say(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end].lower() == word.text.lower()


@given(st.text(alphabet="ab .,;:!?()A1", max_size=80))
def test_sentences_lose_no_word(text: str) -> None:
    assert [word for sentence in sentences(text) for word in sentence] == list(words(text))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("It works. It helps.", 2, id="two sentences"),
        pytest.param("Smith et al. found it.", 1, id="et al."),
        pytest.param("By J. Smith and A. Jones.", 1, id="initials"),
        pytest.param("It rose by 0.69 to 1,274 cases.", 1, id="numbers with points"),
        pytest.param("Agencies (e.g. police) met.", 1, id="e.g."),
        pytest.param("He asked: “Why?” She left.", 2, id="a question in quotes"),
        pytest.param("See www.example.org for more.", 1, id="points inside an address"),
        pytest.param("No full stop", 1, id="no mark at the end"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, count: int) -> None:
    assert len(sentences(text)) == count
