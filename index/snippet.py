"""The passage of a text that shows best why it was found."""

from __future__ import annotations

import re
from bisect import bisect_left

from corpus.query import MARK
from index.wanted import Wanted
from index.words import Word, keyed, words

#: About three lines of a result.
LENGTH = 260
_LEAD = 60
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")
_MARKS = str.maketrans(dict.fromkeys(MARK, " "))
_CUT = "…"


def snippet(text: str, wanted: Wanted, length: int = LENGTH) -> str:
    """The passage of ``text`` with the most of the words, each word found between ``MARK`` characters.

    About ``length`` characters on one line, with "…" where it was cut; the beginning, if no word is found.
    """
    text = one_line(text)
    found = _words_found(text, wanted)
    return _passage(text, found, _best_start(text, found, length), length)


def passage_at(text: str, start: int, length: int = LENGTH) -> str:
    """The passage that begins at ``start`` of a text that is one line, no word of it marked."""
    return _passage(text, [], start, length)


def one_line(text: str) -> str:
    """``text`` without line breaks and marks, as snippets are cut from it."""
    return re.sub(r"\s", " ", text.translate(_MARKS)).strip()


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of a text: where each begins and ends."""
    starts = [0, *(match.end() for match in _SENTENCE.finditer(text))]
    return list(zip(starts, (*starts[1:], len(text)), strict=True))


def mentions(text: str, wanted: Wanted) -> bool:
    """Whether any of the words stands in the text."""
    return bool(_words_found(text, wanted))


def _words_found(text: str, wanted: Wanted) -> list[tuple[Word, str]]:
    if not wanted:
        return []
    if wanted.plain:
        return keyed(text, wanted.stems)
    return [(word, key) for word in words(text) if (key := wanted.key(word, text[word.start : word.end]))]


def _passage(text: str, found: list[tuple[Word, str]], start: int, length: int) -> str:
    end = _end(text, start, length)
    pieces: list[str] = []
    done = start
    for word, _ in found:
        if word.start >= start and word.end <= end:
            pieces += (text[done : word.start], MARK[0], text[word.start : word.end], MARK[1])
            done = word.end
    passage = "".join((*pieces, text[done:end])).strip()
    return f"{_CUT if start else ''}{passage}{_CUT if end < len(text) else ''}"


def _best_start(text: str, found: list[tuple[Word, str]], length: int) -> int:
    starts = [start for start, _ in sentences(text)]
    places = [word.start for word, _ in found]
    best, most = 0, (0, 0)
    for word, _ in found:
        sentence = starts[bisect_left(starts, word.start + 1) - 1]
        near = word.start - sentence <= length // 2
        start = sentence if near else text.find(" ", word.start - _LEAD) + 1
        start = min(start, word.start)
        inside = [
            key
            for word_inside, key in found[bisect_left(places, start) :]
            if word_inside.end <= start + length
        ]
        if (score := (len(set(inside)), len(inside))) > most:
            best, most = start, score
    return best


def _end(text: str, start: int, length: int) -> int:
    if start + length >= len(text):
        return len(text)
    end = text.rfind(" ", start, start + length + 1)
    return end if end > start else start + length
