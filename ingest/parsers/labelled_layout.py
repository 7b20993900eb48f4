"""Labels whose value does not tell that they are labels, known by their place in the layout of the list.

"Author department of health" could be the beginning of a sentence. Between the end of an abstract and a
line "Title ...", in a list whose records begin with "Author" and then "Title", it is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from ingest.fields.labels import Label

_Next = tuple[str, str]
# So many lines may continue a value that no label follows at once.
_LINES = 3
# "Author and title lists are given below."
_SENTENCE = re.compile(r"(?:and|or|of|in|for|names?|views)\b|\S+(?: \S+){4,}\.\Z")
_REFERENCE = frozenset({"source", "publisher"})


def by_layout(
    lines: Sequence[str], labels: Mapping[int, Label], sure: Mapping[int, Label]
) -> dict[int, Label]:
    """The ``sure`` labels and those of ``labels`` that stand where the sure ones say that one must be."""
    established = {(one.word, one.kind) for one in sure.values()}
    order = sorted(sure)
    pairs = {
        (sure[first].name, sure[second].name)
        for first, second in pairwise(order)
        if _adjoin(lines, first, second)
    }
    found = dict(sure)
    # From the end, so that each finds what follows it.
    for place in sorted(labels.keys() - sure.keys(), reverse=True):
        label = labels[place]
        known = (label.word, label.kind) in established
        if (label.value or label.kind == "alone") and _fits(lines, label, found, pairs, known):
            found[place] = label
    return found


def follows_in_order(lines: Sequence[str], place: int, labels: Mapping[int, Label]) -> bool:
    """Whether an author, a title and a reference stand in lines one after the other from here."""
    names = _following(lines, place, labels)
    first = labels[place].name
    return {first, *names[:1]} == {"author", "title"} and bool(_REFERENCE & set(names[1:2]))


def _fits(
    lines: Sequence[str], label: Label, found: Mapping[int, Label], pairs: set[_Next], known: bool
) -> bool:
    before = _before(lines, label.line, found)
    names = _following(lines, label.line, found)
    if label.name == "author":
        if _SENTENCE.match(label.value):
            return False
        if names[:1] == ["title"] and names[1:2] and (known or names[1] in _REFERENCE):
            return known or before in ("", "abstract")
        return before == "title" and bool(names) and known and (before, "author") in pairs
    if not known:
        return False
    if label.name == "title":
        return before == "author" and bool(_REFERENCE & set(names[:1]))
    if label.name in _REFERENCE:
        return names[:1] == ["abstract"] and before in ("author", "title")
    return label.name == "abstract" and before in _REFERENCE and not label.value[:1].islower()


def _before(lines: Sequence[str], place: int, labels: Mapping[int, Label]) -> str:
    """The name of the label whose value ends here, if that is no abstract."""
    earlier = [at for at in range(max(0, place - _LINES - 2), place) if at in labels]
    return labels[earlier[-1]].name if earlier and _adjoin(lines, earlier[-1], place) else ""


def _following(lines: Sequence[str], place: int, labels: Mapping[int, Label]) -> list[str]:
    """The names of the next two labels, as far as each follows at once."""
    names: list[str] = []
    while len(names) < 2:
        near = range(place + 1, min(place + 2 * _LINES + 1, len(lines)))
        following = next((at for at in near if at in labels), -1)
        if following < 0 or not _adjoin(lines, place, following):
            break
        names.append(labels[following].name)
        place = following
    return names


def _adjoin(lines: Sequence[str], first: int, second: int) -> bool:
    return sum(bool(line.strip()) for line in lines[first + 1 : second]) < _LINES
