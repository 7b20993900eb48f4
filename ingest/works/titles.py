"""How two titles stand to each other: one, one misspelt, one with an addition, or two."""

from __future__ import annotations

import re
from collections import Counter

from corpus.identity import STOP_WORDS, title_key
from ingest.works.describing import Description

#: Where a subtitle or a note may begin.
_BREAK = re.compile(r"[:;.?!–—(\[/]|\s-+(?=\s)")
_ENGLISH = frozenset(("the", "of", "for", "with", "from", "to", "by", "is", "are"))
_FOREIGN = frozenset(
    (
        "der",
        "die",
        "das",
        "des",
        "und",
        "zur",
        "zum",
        "le",
        "les",
        "du",
        "et",
        "los",
        "las",
        "il",
        "della",
        "het",
        "och",
    )
)


def relate(one: Description, other: Description) -> str:
    """How two titles stand: "same", "near", "contained", "akin", "far", "translated"; "" if one has none."""
    if not one.key or not other.key:
        return ""
    if one.key == other.key:
        return "same"
    if _strangers(one, other):
        return "translated" if _translated(one, other) else "far"
    short, long = sorted((one, other), key=lambda description: (len(description.key), description.key))
    if len(short.key) >= 12 and short.weight and _contains(long, short.key):
        return "contained"
    left, right = Counter(short.words), Counter(long.words)
    shared = left & right
    lacking, added = list((left - shared).elements()), list((right - shared).elements())
    if len(lacking) != len(added) and sorted("".join(lacking)) == sorted("".join(added)):
        return "same"
    if _misspelt(lacking, added):
        return "near"
    common = sum(shared.values()) * 2 / (len(short.words) + len(long.words))
    if common >= 0.6:
        return "akin"
    return "translated" if _translated(one, other) else "far"


def _strangers(one: Description, other: Description) -> bool:
    """Whether two titles share so few words that nothing below can find them alike: most pairs end here."""
    fewer = min(len(one.words), len(other.words))
    if fewer < 6 or 4 * len(one.word_set & other.word_set) > fewer:
        return False
    # As many letters in another number of words may be the same words, divided otherwise.
    if len(one.key) == len(other.key) and len(one.words) != len(other.words):
        return False
    return one.key[:8] != other.key[:8] and one.key[-8:] != other.key[-8:]


def _contains(long: Description, key: str) -> bool:
    """Whether a title is another with a subtitle, or with a heading over it, or before it was cut off."""
    if not long.key.startswith(key) and not long.key.endswith(key):
        return False
    title = long.record.title
    breaks = [match.end() for match in _BREAK.finditer(title)]
    return any(key in (title_key(title[:at]), title_key(title[at:])) for at in breaks) or len(key) >= 60


def _translated(one: Description, other: Description) -> bool:
    """Whether one title may be the other in another language: brackets, script or small words say so."""
    if "[" in (one.record.title[:1], other.record.title[:1]) or one.key.isascii() != other.key.isascii():
        return True
    english, its_english = (bool(_ENGLISH.intersection(each.words)) for each in (one, other))
    foreign, its_foreign = (bool(_FOREIGN.intersection(each.words)) for each in (one, other))
    return (english and its_foreign and not its_english) or (its_english and foreign and not english)


def _misspelt(lacking: list[str], added: list[str]) -> bool:
    """Whether words that only one of two titles has are the other's words mistyped, or small ones."""
    lacking = [word for word in lacking if word not in STOP_WORDS]
    added = [word for word in added if word not in STOP_WORDS]
    if len(lacking) != len(added) or len(added) > 3:
        return False
    return all(typo(left, right) for left, right in zip(sorted(lacking), sorted(added), strict=True))


def typo(one: str, other: str) -> bool:
    """One letter apart in words of four or more; two in long words that begin alike."""
    if one.isdigit() or other.isdigit() or min(len(one), len(other)) < 4:
        return False
    apart = distance(one, other)
    return apart <= 1 or (apart == 2 and min(len(one), len(other)) >= 8 and one[:5] == other[:5])


def distance(one: str, other: str) -> int:
    """Edit distance, where swapping two neighbours counts as one; 3 stands for more than two."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        above, row = row, [i, *[0] * len(other)]
        for j, its in enumerate(other, start=1):
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                row[j] = min(row[j], before[j - 2] + 1)
        before = above
    return min(row[-1], 3)
