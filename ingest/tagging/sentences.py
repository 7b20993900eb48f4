"""Sentences and words of a text, with the place of each word."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


# A tuple and no dataclass: some two hundred are made for each record, and these are made faster.
class Word(NamedTuple):
    """A word or a mark of punctuation: ``text[start:end]``, in lower case unless all capitals ("IT")."""

    text: str
    start: int
    end: int


Sentence = list[Word]

# A number keeps its own point and comma ("0.69", "1,274"); dashes count as marks only between spaces,
# so that "inter-agency" is two words with nothing between them.
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[.,;:()?!]|(?<=\s)[-–—](?=\s)|—")
# The marks that may end a sentence; a point between the digits of a number is none.
_MARK = re.compile(r"[.?!]")
# fmt: off
_ABBREVIATIONS = frozenset([
    "al", "approx", "ca", "cf", "ch", "dr", "ed", "eds", "eg", "etc", "fig", "ie", "inc", "jr", "ltd", "mr",
    "mrs", "ms", "no", "nos", "pp", "prof", "sr", "st", "vol", "vs",
])
# fmt: on


def words(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Word]:
    """The words and marks of a text, or of ``text[start:end]``, in order."""
    for match in _WORD.finditer(text, start, end):
        yield Word(_cased(match.group()), match.start(), match.end())


def tokens(text: str) -> list[str]:
    """The words and marks of a text as they stand there; many times faster than ``words``."""
    return _WORD.findall(text)


def borders(text: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Where each sentence ends, as a place in ``tokens(text)`` and one in the text."""
    found: list[tuple[int, int]] = []
    first, place = 0, -1
    for mark in _MARK.finditer(text):
        start, end = mark.span()
        if text[start] == "." and text[start - 1 : start].isdecimal() and text[end : end + 1].isdecimal():
            continue
        place = tokens.index(mark.group(), place + 1)
        before = _cased(tokens[place - 1]) if place > first else ""
        if _ends_sentence(text, mark, before):
            found.append((place + 1, mark.end()))
            first = place + 1
    if first < len(tokens):
        found.append((len(tokens), len(text)))
    return found


def sentences(text: str) -> list[Sentence]:
    """The text as sentences; a sentence holds its words and marks, its last mark included."""
    ends = [end for _, end in borders(text, tokens(text))]
    return [list(words(text, start, end)) for start, end in pairwise([0, *ends])]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence that holds ``text[start]`` starts and ends; at least ``end``."""
    for sentence in sentences(text):
        if sentence[0].start <= start < sentence[-1].end:
            return sentence[0].start, max(sentence[-1].end, end)
    return start, end


def _cased(word: str) -> str:
    return word if word.isupper() and len(word) > 1 else word.lower()


def _ends_sentence(text: str, mark: re.Match[str], before: str) -> bool:
    """Whether this mark ends a sentence; ``before`` is the word of the sentence before it."""
    rest = text[mark.end() : mark.end() + 8]
    following = rest.lstrip(" \t\n\r\"'”’)]")
    # A point inside an address or a number ends nothing.
    if following and rest[0].isalnum():
        return False
    if mark.group() != ".":
        return True
    # "J. Smith" and "et al. found": an initial or an abbreviation does not end a sentence.
    if before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha()):
        return False
    return not following or not following[0].islower()
