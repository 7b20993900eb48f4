from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.query import MARK
from index.snippet import snippet
from index.wanted import Wanted
from index.words import forms, stem

_LONG = (
    "The study was set in three towns. " * 8
    + "Interviews showed that inter-agency trust was low, and that confidentiality kept agencies apart. "
    + "The methods are described at length. " * 8
)


def shown(text: str, *found: str, length: int = 260) -> str:
    """The snippet with brackets in place of the marks."""
    stems = {stem(form) for word in found for form in forms(word)}
    return snippet(text, Wanted(stems=frozenset(stems)), length).replace(MARK[0], "[").replace(MARK[1], "]")


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        pytest.param("Trust matters.", ["trust"], "[Trust] matters.", id="a word"),
        pytest.param("Trusting, trusted.", ["trust"], "[Trusting], [trusted].", id="word forms"),
        pytest.param(
            "An inter agency team.", ["interagency"], "An [inter agency] team.", id="a variant, whole"
        ),
        pytest.param("Healthcare staff.", ["health"], "[Healthcare] staff.", id="a word within a compound"),
        pytest.param("The organisation.", ["organization"], "The [organisation].", id="the other spelling"),
        pytest.param("Nothing here.", ["trust"], "Nothing here.", id="no word found"),
        pytest.param("", ["trust"], "", id="no text"),
        pytest.param("One\nline\tof trust", ["trust"], "One line of [trust]", id="line breaks"),
        pytest.param("A \x02mark\x03 of trust", ["trust"], "A  mark  of [trust]", id="marks in the text"),
    ],
)
def test_words_found_are_marked(text, words, expected):
    assert shown(text, *words) == expected


def test_the_passage_with_the_most_words_is_shown_from_its_sentence_on():
    passage = shown(_LONG, "trust", "confidentiality", "agencies", length=100)
    assert passage.startswith(
        "…Interviews showed that inter-agency [trust] was low, and that [confidentiality]"
    )
    assert passage.endswith("…")


def test_without_a_word_found_the_beginning_is_shown():
    assert shown(_LONG, "xyzzy", length=40) == "The study was set in three towns. The…"


@given(st.text(max_size=400), st.sets(st.sampled_from(["trust", "a", "0", "power"])), st.integers(1, 80))
def test_a_snippet_is_a_passage_of_the_text(text, stems, length):
    passage = snippet(text, Wanted(stems=frozenset(stems)), length)
    plain = passage.translate(dict.fromkeys(map(ord, MARK)))
    whole = re.sub(r"\s", " ", text.replace(MARK[0], " ").replace(MARK[1], " ")).strip()
    candidates = {
        plain,
        plain.removeprefix("…"),
        plain.removesuffix("…"),
        plain.removeprefix("…").removesuffix("…"),
    }
    assert any(candidate in whole for candidate in candidates)
    assert len(plain) <= length + 2


@given(st.text(max_size=300), st.sampled_from(["trust", "a", "0"]))
def test_marks_come_in_pairs_around_words_found(text, word):
    passage = snippet(text, Wanted(stems=frozenset({word})))
    assert passage.count(MARK[0]) == passage.count(MARK[1])
    assert all(forms(found) for found in re.findall(f"{MARK[0]}(.*?){MARK[1]}", passage))
