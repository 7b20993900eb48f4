"""Wordings that stand for the terms of a theme, for those who read no patterns; and terms for wordings."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import product
from math import prod

from corpus.theme import Theme, Vocabulary
from ingest.tagging.patterns import MARKS, unfold
from ingest.tagging.sentences import words
from ingest.tagging.signs import word_lists
from ingest.tagging.spelling import fold, forms

#: A term with more wordings than this is for a machine to read.
_MOST = 12


def wordings(vocabulary: Vocabulary, theme: Theme) -> list[str]:
    """What the theme's terms look for, in words: the whole ones of terms that name it in few ways."""
    lists = word_lists(vocabulary)
    found = (wording for key, text in theme.lines() if key != "not" for wording in _of_pattern(text, lists))
    return list(dict.fromkeys(found))


def term_wordings(vocabulary: Vocabulary, text: str) -> list[str]:
    """What one term looks for, in words; nothing for one with too many."""
    return list(_of_pattern(text, word_lists(vocabulary)))


def term_for(label: str) -> str:
    """A term that finds a label of a thesaurus in a text, in the singular and the plural; "" for no word.

    What stands in brackets behind a label tells it from its namesakes, and is in no text.
    """
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", label) or label
    head, comma, tail = bare.partition(", ")
    if comma and "," not in tail:
        # "Hierarchy, Social": turned round for an alphabet of headings.
        bare = f"{tail} {head}"
    found = [word.text for word in words(bare) if word.text not in MARKS]
    # Thesauri printed in capitals mean the word; an abbreviation stands alone.
    if len(found) > 1 or len(bare) > 6:
        found = [word.lower() for word in found]
    if not found:
        return ""
    last = found[-1]
    if last.isalpha() and not last.isupper():
        found[-1] = f"{_singular(last)}~"
    return " ".join(found)


def _singular(word: str) -> str:
    for ending, singular in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + singular
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _of_pattern(text: str, lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for sequence in unfold(text, lists):
        choices = [_bases(element) for element in sequence]
        if all(choices) and prod(map(len, choices)) <= _MOST:
            yield from (" ".join(wording) for wording in product(*choices))


def _bases(element: Hashable) -> list[str]:
    """The words of a class that are no form of another of them; none for a gap, a mark or a beginning."""
    if not isinstance(element, frozenset) or any(word.endswith("*") or word in MARKS for word in element):
        return []
    found: list[str] = []
    derived: set[str] = set()
    for word in sorted(element, key=lambda word: (len(word), word)):
        if word not in derived:
            found.append(word)
            derived |= {fold(form) for form in forms(word)}
    return found
