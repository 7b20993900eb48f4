"""The numbers in a title, which tell one part of a series from another."""

from __future__ import annotations

from collections.abc import Sequence

ORDINAL = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ROMAN = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "xi": "11",
    "xii": "12",
}
#: Numbers beside a word that is counted; elsewhere they are words.
_SERIAL = {"i": "1", "v": "5", "x": "10", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
#: Parts in Chinese and Japanese titles, where they stand alone in brackets.
_ALONE = dict(zip("上中下一二三四五", "12312345", strict=True))
_LETTERS = frozenset("abcd")
_COUNTED = (
    "part parts type phase section study chapter paper volume vol book stage level grade teil partie parte"
)
_NUMBERED = frozenset((*_COUNTED.split(), "deel"))
#: "Part A", but not "Study: a ...".
_LETTERED = frozenset(("part", "section", "type", "teil", "parte", "partie"))
_SERIES = frozenset(("part", "parts", "paper", "teil", "partie", "parte", "deel", "study"))


def numbers(words: Sequence[str]) -> frozenset[str]:
    """All numbers among the words of a title, in digits."""
    found = set()
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        if word[0].isdigit():
            found.add(word.lstrip("0") or "0")
        elif word in _ROMAN or word in _ALONE:
            found.add(_ROMAN.get(word) or _ALONE[word])
        elif word in _SERIAL and before in _NUMBERED:
            found.add(_SERIAL[word])
        elif word in ORDINAL and words[place + 1 : place + 2] == ("part",):
            found.add(str(ORDINAL.index(word) + 1))
        elif word in _LETTERS and before in _LETTERED:
            found.add(word)
    return frozenset(found)


def parts(words: Sequence[str]) -> frozenset[str]:
    """The numbers among the words of a title that count the parts of a series: "part 2", "II"."""
    found = set()
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        if word in _ROMAN or word in _ALONE:
            found.add(_ROMAN.get(word) or _ALONE[word])
        elif word in ORDINAL and words[place + 1 : place + 2] == ("part",):
            found.add(str(ORDINAL.index(word) + 1))
        elif before in _SERIES and (word.isdigit() or word in _SERIAL or word in _LETTERS):
            found.add(_SERIAL.get(word, word.lstrip("0")))
    return frozenset(found)
