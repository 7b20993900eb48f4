"""Sentences and words of a text, with the place of each word."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_END = frozenset(".?!")
# fmt: off
_ABBREVIATIONS = frozenset([
    "al", "approx", "ca", "cf", "ch", "dr", "ed", "eds", "eg", "etc", "fig", "ie", "inc", "jr", "ltd", "mr",
    "mrs", "ms", "no", "nos", "pp", "prof", "sr", "st", "vol", "vs",
])
# fmt: on


def words(text: str) -> Iterator[Word]:
    """The words and marks of a text, in order."""
    for match in _WORD.finditer(text):
        word = match.group()
        yield Word(word if word.isupper() and len(word) > 1 else word.lower(), match.start(), match.end())


def sentences(text: str) -> list[Sentence]:
    """The text as sentences; a sentence holds its words and marks, its last mark included."""
    found: list[Sentence] = []
    current: Sentence = []
    for word in words(text):
        current.append(word)
        if word.text in _END and _ends_sentence(text, current):
            found.append(current)
            current = []
    if current:
        found.append(current)
    return found


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence that holds ``text[start]`` starts and ends; at least ``end``."""
    for sentence in sentences(text):
        if sentence[0].start <= start < sentence[-1].end:
            return sentence[0].start, max(sentence[-1].end, end)
    return start, end


def _ends_sentence(text: str, sentence: Sentence) -> bool:
    mark = sentence[-1]
    rest = text[mark.end : mark.end + 8]
    following = rest.lstrip(" \t\n\r\"'”’)]")
    # A point inside an address or a number ends nothing.
    if following and rest[0].isalnum():
        return False
    if mark.text != ".":
        return True
    before = sentence[-2].text if len(sentence) > 1 else ""
    # "J. Smith" and "et al. found": an initial or an abbreviation does not end a sentence.
    if before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha()):
        return False
    return not following or not following[0].islower()
