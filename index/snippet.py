"""The passage of a text that shows best why it was found."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection

from corpus.query import MARK
from index.words import Word, stem, words

#: About three lines of a result.
LENGTH = 260
_LEAD = 60
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")
_MARKS = str.maketrans(dict.fromkeys(MARK, " "))
_CUT = "…"


def snippet(text: str, stems: Collection[str], length: int = LENGTH) -> str:
    """The passage of ``text`` with the most of the ``stems``, each word found between ``MARK`` characters.

    About ``length`` characters on one line, with "…" where it was cut; the beginning, if no word is found.
    """
    text = re.sub(r"\s", " ", text.translate(_MARKS)).strip()
    found = [(word, key) for word in words(text) if (key := _key(word, stems))]
    start = _best_start(text, found, length)
    end = _end(text, start, length)
    pieces: list[str] = []
    done = start
    for word, _ in found:
        if word.start >= start and word.end <= end:
            pieces += (text[done : word.start], MARK[0], text[word.start : word.end], MARK[1])
            done = word.end
    passage = "".join((*pieces, text[done:end])).strip()
    return f"{_CUT if start else ''}{passage}{_CUT if end < len(text) else ''}"


def _key(word: Word, stems: Collection[str]) -> str:
    """The stem by which a word was found, or ``""``."""
    return next((found for form in (word.form, *word.parts) if (found := stem(form)) in stems), "")


def _best_start(text: str, found: list[tuple[Word, str]], length: int) -> int:
    sentences = [0, *(match.end() for match in _SENTENCE.finditer(text))]
    places = [word.start for word, _ in found]
    best, most = 0, (0, 0)
    for word, _ in found:
        sentence = sentences[bisect_left(sentences, word.start + 1) - 1]
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
