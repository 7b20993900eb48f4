"""The quick reading of texts is the reading of ``index.words``."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.tantivy_text import Texts
from index.words import forms, raw, stem, words

_PIECES = (
    "health care care-giver on line inter- and multi-agency inter-/multi-agency or / - co operation co-"
    " non school-based follow-up, up. e health healthcare's (health care) day drop out well being re"
    " organisation naïve 2005 p=0.05 and/or anti-inter- semi- trust; inter-\n \n \t \xa0 \xad"
)
_texts = st.lists(
    st.tuples(
        st.sampled_from(_PIECES.split(" ")), st.sampled_from([" ", " ", " ", "  ", "    ", "\n", "-\n", ""])
    )
).map(lambda pairs: "".join(piece + space for piece, space in pairs))


@given(st.lists(_texts | st.text(), max_size=4))
@example(["health care health   care health    care"])
@example(["inter- and multi- agency", "inter- / multi-agency", "inter-/and multi-agency"])
@example(["inter-\nagency", "inter- \n agency", "co-\r\noperation"])
def test_a_text_is_read_as_word_by_word(several):
    texts = Texts()
    for text in several:
        assert texts.stems(text).split() == [stem(form) for form in forms(text)]
        assert texts.raw(text).split() == raw(text)
        inner = [stem(part) for word in words(text) for part in word.parts]
        found = texts.parts(texts.stems(text)).split()
        assert sorted(found) == sorted(each for each in inner if each in found)
        assert set(found) == set(inner)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        pytest.param("organisation", {"organization"}, id="a spelling"),
        pytest.param("inter-agency", {"interagency"}, id="a hyphen"),
        pytest.param("trust", set(), id="as printed"),
    ],
)
def test_words_in_another_form_than_printed_are_kept(text, other):
    texts = Texts()
    texts.stems(text)
    assert texts.forms == other
