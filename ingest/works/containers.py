"""Whether two titles of journals, books or series are one, where one is abbreviated or adorned."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.identity import STOP_WORDS

_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1 << 15)
def same_container(one: str, other: str) -> float:
    """1 for one journal, also where one is abbreviated; 0.5 perhaps; -1 for two; 0 not known."""
    if not one or not other:
        return 0.0
    best = -1.0
    for left, right in ((one, other), (_base(one), _base(other))):
        words = sorted((_words(left), _words(right)), key=lambda each: (len(each), each))
        if words[0]:
            best = max(best, _alike_places(*words))
    return best


def _base(container: str) -> str:
    """The title without what catalogues add: "(Online)", ": official journal of ...", "= ..."."""
    base = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", container)
    return re.split(r"\s*[:=/;]|\. ?(?=conference)| - ", base, maxsplit=1)[0].removeprefix("the ").strip(" .")


def _alike_places(short: tuple[str, ...], long: tuple[str, ...]) -> float:
    if "".join(short) == "".join(long) or _abbreviates(short, long) or _abbreviates(long, short):
        return 1.0
    if len(short) == 1 and len(long) > 2 and short[0] == "".join(word[0] for word in long):
        return 1.0
    if len(short) > 1 and long[: len(short)] == short:
        return 0.5
    shared = len(set(short) & set(long))
    return 0.5 if shared >= 3 and shared * 2 > len(set(short) | set(long)) else -1.0


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether each word of ``short`` shortens the word of ``long`` in its place."""
    return len(short) == len(long) and all(map(_shortens, short, long))


def _shortens(short: str, long: str) -> bool:
    """Whether the letters of ``short`` stand in ``long`` in order, from the first on: "hlth", "health"."""
    if short[0] != long[0]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _words(container: str) -> tuple[str, ...]:
    """The words of a folded title that abbreviations keep."""
    return tuple(word for word in _WORD.findall(container) if word not in STOP_WORDS)
