"""Which direction a sentence gives to each of its factors: the clause, its cues, and how far they reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.tagging.sentences import Word

#: Where a cue stands towards its factors; ``corpus/themes.yml`` explains them.
SIDES = ("cue_first", "factor_first", "before", "behind", "beside")

# How many words: a list behind its cue and a subject before it may take; may stand between "lack of" and
# its factor, and between two factors that it lists; lie between a factor and "was unclear"; a "not" reaches.
_LIST_REACH = 45
_SUBJECT_REACH = 30
_NEXT = 2
_BETWEEN = 4
_BEHIND = 5
_NEGATED = 3
_ASIDES = frozenset([",", ":", ";"])
_JOINTS = frozenset([",", "and", "or", "nor"])
_BREAKS = frozenset(".;:()?!")
_PREPOSITIONS = frozenset(["of", "in", "with", "about", "over", "for", "between", "on", "to"])


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that say a direction, ``words[start:end]``; ``directions`` is empty for a cue that says none."""

    start: int
    end: int
    directions: tuple[str, ...]
    side: str


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor named by ``words[start:end]``; ``positive`` if its own words praise it ("shared goals")."""

    start: int
    end: int
    positive: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """The words ``start`` to ``end`` of a sentence, of which a cue speaks."""

    start: int
    end: int
    cue: Cue


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found in one sentence, as places in its words, apart from the factors themselves."""

    cues: Sequence[Cue]
    turns: Sequence[int]
    aims: Sequence[int]
    negations: Sequence[tuple[int, int]]
    stops: frozenset[int]
    descriptions: Sequence[int] = ()


def reaches(
    words: Sequence[Word], signs: Signs, factors: Sequence[Factor], earlier: tuple[str, ...] = ()
) -> list[Reach]:
    """How far each cue of a sentence speaks, nearest kind of cue first: before and behind, then lists."""
    cues = _standing(signs)
    found: list[Reach] = []
    for start, end in clauses(words, signs.turns):
        inside = [cue for cue in cues if start <= cue.start < end]
        listing = [cue for cue in inside if cue.side in ("cue_first", "factor_first")]
        found += _lists(words, listing, (start, end), earlier)
        for cue in inside:
            if cue.side == "before" and "enabler" in cue.directions:
                # "good communication and roles" praises the communication only.
                found.append(Reach(cue.end, min(end, cue.end + _NEXT + 1), cue))
            elif cue.side == "before":
                # "lack of A, B and C" has them all; "poor A, B and C" perhaps only the first.
                joints = _JOINTS if words[cue.end - 1].text in _PREPOSITIONS else _JOINTS - {","}
                reach_end = _list_end(words, cue.end, end, signs.stops, factors, joints)
                # "little shared understanding of" is a cue that begins inside what it speaks of.
                found.append(Reach(cue.start + 1, max(reach_end, cue.end), cue))
            elif cue.side == "factor_first" and cue.directions == ("barrier",):
                # "hampered communication": what is hampered is as much in the way as what hampers it.
                found.append(Reach(cue.end, min(end, cue.end + _NEXT), cue))
            elif cue.side == "behind":
                found.append(Reach(max(start, cue.start - _BEHIND), cue.start, cue))
            elif cue.side == "beside":
                found.append(Reach(start, end, cue))
    order = {"behind": 0, "before": 1, "cue_first": 2, "factor_first": 2, "beside": 3}
    return sorted(found, key=lambda reach: (order[reach.cue.side], reach.start, reach.end))


def silent(words: Sequence[Word], signs: Signs) -> list[range]:
    """The stretches that name no finding: from an aim to the end of its clause; all of a question."""
    if words[-1].text == "?":
        return [range(len(words))]
    return [
        range(min(place for place in signs.aims if start <= place < end), end)
        for start, end in clauses(words, signs.turns)
        if any(start <= place < end for place in signs.aims)
    ]


def says(signs: Signs, direction: str) -> bool:
    """Whether any cue of a sentence that speaks of more than the next word says a direction."""
    return any(direction in cue.directions and cue.side != "before" for cue in _standing(signs))


def described(words: Sequence[Word], signs: Signs) -> list[range]:
    """The stretches that say what something consists of or led to: from such a word to its clause's end."""
    return [
        range(place, end)
        for start, end in clauses(words, signs.turns)
        for place in signs.descriptions
        if start <= place < end
    ]


def clauses(words: Sequence[Word], turns: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The clauses of a sentence, as (start, end).

    A word that turns the sentence ("but") begins one; so does a semicolon, unless a colon before it
    opened a list. A turn at the very start ("Although A, B") begins one at the first comma after it;
    one between commas (", however,") turns against the sentence before and begins none.
    """
    starts = {0}
    listing = False
    for place, word in enumerate(words):
        if word.text == ":":
            listing = True
        elif word.text == ";" and not listing:
            starts.add(place)
    for place in turns:
        after = words[place + 1].text if place + 1 < len(words) else ""
        if place > 1 and not (after in _ASIDES and words[place - 1].text in _ASIDES):
            starts.add(place)
        elif place <= 1:
            comma = next((p for p in range(place + 1, len(words)) if words[p].text == ","), None)
            if comma is not None and comma > place + 1:
                starts.add(comma)
    ordered = [*sorted(starts), len(words)]
    yield from pairwise(ordered)


def _standing(signs: Signs) -> list[Cue]:
    """The cues that hold: the longest where they overlap, and none that is negated or says nothing.

    "lack of" and "was unclear" are no verbs: a "not" before them is rather a part of the finding.
    """
    kept: list[Cue] = []
    taken: set[int] = set()
    for cue in sorted(signs.cues, key=lambda cue: (cue.start - cue.end, cue.start)):
        places = set(range(cue.start, cue.end))
        if cue.side == "beside":
            kept.append(cue)
        elif not places & taken:
            taken |= places
            kept.append(cue)
    negated = {place for _, end in signs.negations for place in range(end, end + _NEGATED)}
    return sorted(
        (
            cue
            for cue in kept
            if cue.directions and (cue.start not in negated or cue.side in ("before", "behind"))
        ),
        key=lambda cue: (cue.start, cue.end),
    )


def _lists(
    words: Sequence[Word], cues: Sequence[Cue], clause: tuple[int, int], earlier: tuple[str, ...]
) -> Iterator[Reach]:
    """The reach of each cue that speaks of a list, with the cues around it as borders."""
    previous_end, end = clause
    before: Reach | None = None
    for place, cue in enumerate(cues):
        if cue.directions == ("same",):
            directions = before.cue.directions if before else earlier
            if not directions:
                continue
            cue = replace(cue, directions=directions)
        following = cues[place + 1] if place + 1 < len(cues) else None
        if cue.side == "factor_first":
            if before is not None and cue.start - previous_end <= 2 and before.cue.side == "factor_first":
                # "X helps and hinders": the second verb has the subject of the first.
                reach = Reach(before.start, before.end, cue)
            else:
                begin = (
                    previous_end if before is None else _border(words, previous_end, cue.start, previous_end)
                )
                reach = Reach(max(begin, cue.start - _SUBJECT_REACH), cue.start, cue)
            previous_end = cue.end
        else:
            border = end if following is None else following.start
            if following is not None and following.side == "factor_first":
                border = _border(words, cue.end, following.start, following.start)
            reach = Reach(cue.end, min(border, cue.end + _LIST_REACH), cue)
            previous_end = border
        before = reach
        yield reach


def _border(words: Sequence[Word], start: int, end: int, default: int) -> int:
    """Where the words of one cue end and the subject of the next verb begins; ``default`` if unclear."""
    if end - start and words[end - 1].text in ("which", "that", "who", "to", "not"):
        return default
    for place in range(end - 1, start, -1):
        if words[place].text in (",", ";") or (words[place].text == "and" and place - start > 1):
            return place
    return default


def _list_end(
    words: Sequence[Word],
    start: int,
    end: int,
    stops: frozenset[int],
    factors: Sequence[Factor],
    joints: frozenset[str],
) -> int:
    """Where the list behind "lack of" ends: factors joined by ``joints``, with few words between."""
    reach = start
    limit = start + _NEXT
    for factor in factors:
        if factor.start < start or factor.end <= reach:
            continue
        between = range(reach, factor.start)
        texts = {words[place].text for place in between}
        if factor.start > limit or factor.start >= end or texts & _BREAKS or not stops.isdisjoint(between):
            break
        if "," in texts and (reach == start or "," not in joints):
            break
        if reach > start and (factor.positive or texts.isdisjoint(joints)):
            break
        reach = factor.end
        limit = reach + _BETWEEN
    return reach
