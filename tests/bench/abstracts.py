"""Records as databases have them, as many as asked for and one at a time, to measure growth on.

How common the words are, how many are new, and how long texts are follows 13,065 real titles and abstracts
of systematic reviews; or a file's, if one is given (``corpus.jsonl``: ``title`` and ``text`` a line). A
record has topics, words that it repeats; facets, years and journals are as uneven as real ones.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from index.engine import Document

#: Of every word printed, how many are the one of this rank: measured, and beyond the last as it goes on.
_CURVE = {
    1: 0.0453,
    2: 0.0392,
    3: 0.0347,
    6: 0.0162,
    11: 0.0059,
    31: 0.00226,
    101: 0.00099,
    301: 0.000433,
    1001: 0.000144,
    3001: 0.000039,
    10001: 0.000006,
    30001: 0.000001,
    2_000_000: 0.000000001,
}
_COMMON_WORDS = (
    "the of and in to a with for were was is on that patients as by or this from at treatment an are study be"
    " not clinical we after group"
)
_BEGINNINGS, _VOWELS = "b c d f g l m n p r s t v tr st pl", "aeiou"
_ENDING_SIGNS = "n l s ed ing ation al ity ive ed ment ings ly er"
_COMMON, _ENDINGS = _COMMON_WORDS.split(), _ENDING_SIGNS.split()
_SYLLABLES = [first + vowel for first, vowel in product(_BEGINNINGS.split(), _VOWELS)]
_BLOCK = 500
_TITLE, _ABSTRACT = (12.0, 5.0), (170.0, 75.0)
_TYPES = ("article-journal", "report", "chapter", "thesis", "book", "webpage")
_DIRECTIONS = ("barrier", "enabler", "driver")
_FIRST_YEAR, _LAST_YEAR = 1970, 2025


class Abstracts:
    """Draws records; one object and one seed give one list."""

    def __init__(self, corpus: Path | None = None) -> None:
        self.title, self.abstract = _TITLE, _ABSTRACT
        if corpus is None:
            words, weights = [word(rank) for rank in range(1, 1_000_001)], _curve(1_000_000)
        else:
            words, weights = self._measured(corpus)
        self.words = np.array(words, dtype=object)
        self._sums = np.cumsum(weights / weights.sum())
        self._journals = [" ".join(words[200 + n : 203 + n]).title() for n in range(0, 6000, 3)]
        self._names = [f"{words[5000 + n].title()}, {'ABCDEJKLMPRST'[n % 13]}." for n in range(20_000)]

    def records(self, count: int, seed: int = 1) -> Iterator[Document]:
        """So many records, in the order of their ids."""
        for block in range(math.ceil(count / _BLOCK)):
            rng = np.random.default_rng((seed, block))
            yield from self._block(rng, block * _BLOCK, min(_BLOCK, count - block * _BLOCK))

    def queries(self, count: int, shortest: int = 2, longest: int = 12, seed: int = 1) -> list[str]:
        """Queries of telling words, as a record may be asked for: its topics and words beside them."""
        rng = np.random.default_rng((seed, 1_000_003))
        first = float(self._sums[99])
        found = []
        for _ in range(count):
            size = int(rng.integers(shortest, longest + 1))
            drawn = self._draw(first + rng.random(size) * (0.97 - first))
            found.append(" ".join(drawn))
        return found

    def _measured(self, corpus: Path) -> tuple[list[str], Any]:
        counts: Counter[str] = Counter()
        titles, abstracts = [], []
        with corpus.open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                title, text = (re.findall(r"\w+", record.get(name, "").lower()) for name in ("title", "text"))
                counts.update(title + text)
                titles.append(len(title))
                abstracts += [len(text)] if text else []
        self.title = float(np.mean(titles)), float(np.std(titles))
        self.abstract = float(np.mean(abstracts)), float(np.std(abstracts))
        known = counts.most_common()
        # As many words as came once are still to be met (Good and Turing), each as rare as they are.
        once = max(1, sum(count == 1 for _, count in known))
        rare = 1_000_000
        words = [text for text, _ in known] + [word(30_000 + rank) for rank in range(rare)]
        weights = np.concatenate([[float(count) for _, count in known], np.full(rare, once / rare)])
        return words, weights

    def _draw(self, places: Any) -> Any:
        return self.words[np.minimum(np.searchsorted(self._sums, places), len(self.words) - 1)]

    def _block(self, rng: Any, first: int, count: int) -> Iterator[Document]:
        title_lengths = _lengths(rng, self.title, count)
        lengths = _lengths(rng, self.abstract, count)
        drawn = self._draw(rng.random(int(title_lengths.sum() + lengths.sum())))
        # Seven in a hundred words end a clause.
        ends = rng.random(len(drawn))
        drawn[ends < 0.05] += ","
        drawn[ends > 0.97] += "."
        topics = self._draw(0.45 + rng.random((_BLOCK, 3)) * 0.5)
        place = 0
        for row in range(count):
            middle, end = place + title_lengths[row], place + title_lengths[row] + lengths[row]
            for topic in topics[row]:
                drawn[rng.integers(place, end, size=int(rng.integers(1, 6)))] = topic
            title, abstract = " ".join(drawn[place:middle]), " ".join(drawn[middle:end])
            yield self._record(rng, first + row, title, abstract)
            place = end

    def _record(self, rng: Any, number: int, title: str, abstract: str) -> Document:
        drawn = rng.random(12)
        themes = sorted({f"theme-{_skewed(one, 60)}" for one in drawn[: int(drawn[8] * 5)]})
        directions = [_DIRECTIONS[_skewed(one, 3)] for one in drawn[4 : 4 + len(themes)]]
        return Document(
            id=f"record-{number:08}",
            title=title.capitalize(),
            abstract=abstract,
            authors="; ".join(self._names[_skewed(one, 20_000)] for one in drawn[: 1 + int(drawn[9] * 4)]),
            container_title=self._journals[_skewed(drawn[10], 2000)],
            year=_LAST_YEAR - _skewed(drawn[11], _LAST_YEAR - _FIRST_YEAR) if drawn[8] < 0.98 else None,
            facets={
                "theme": themes,
                "tag": [f"{theme}:{way}" for theme, way in zip(themes, directions, strict=False)],
                "direction": sorted(set(directions)),
                "setting": [f"setting-{_skewed(drawn[7], 12)}"] if drawn[6] < 0.7 else [],
                "type": [_TYPES[_skewed(drawn[5] * drawn[5], 6)]],
            },
        )


def word(rank: int) -> str:
    """The word of a rank, from 1: the shorter the more common."""
    if rank <= len(_COMMON):
        return _COMMON[rank - 1]
    ending, rest = _ENDINGS[rank % len(_ENDINGS)], rank // len(_ENDINGS) + len(_SYLLABLES)
    syllables = []
    while rest:
        syllables.append(_SYLLABLES[rest % len(_SYLLABLES)])
        rest //= len(_SYLLABLES)
    return "".join(syllables) + ending


def _curve(count: int) -> Any:
    ranks = np.log(np.arange(1, count + 1))
    return np.exp(np.interp(ranks, np.log(list(_CURVE)), np.log(list(_CURVE.values()))))


def _lengths(rng: Any, mean_and_deviation: tuple[float, float], count: int) -> Any:
    mean, deviation = mean_and_deviation
    shape = (mean / deviation) ** 2
    return np.maximum(3, rng.gamma(shape, mean / shape, count)).astype(int)


def _skewed(drawn: float, count: int) -> int:
    """One of so many, the first ones far more often."""
    return min(int(count ** float(drawn)) - 1, count - 1)
