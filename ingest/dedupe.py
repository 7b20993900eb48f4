"""Which descriptions are of one work: found by shared keys, compared, joined where nothing forbids it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from corpus.identity import STOP_WORDS
from corpus.record import Record
from ingest.describing import Description, describe
from ingest.matching import Likeness, compare

_DOUBT = 4.5


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two records (by place in the input, ``first < second``) were joined, in words."""

    first: int
    second: int
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """The descriptions of one work, by place in the input; a record alone has no reasons.

    ``reasons`` are the joins that made the group, strongest first: one fewer than its members.
    """

    members: tuple[int, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that look alike and were not joined, and what spoke for and against it."""

    first: int
    second: int
    why: str
    score: float


def group(records: Sequence[Record]) -> list[Group]:
    """Every record in exactly one group, in the order of the first members.

    Which records come together does not depend on their order, nor on records that share no
    blocking key with them, directly or through others.
    """
    return _Grouping(records).groups()


def doubtful(records: Sequence[Record]) -> list[Pair]:
    """The pairs that look alike and were not joined, most alike first."""
    return _Grouping(records).doubtful()


def blocking_keys(record: Record) -> set[str]:
    """Texts of which two descriptions of one work share at least one, and strangers seldom any."""
    return _keys(describe(record))


def _keys(description: Description) -> set[str]:
    keys = {f"{scheme}:{value}" for scheme, value in description.ids.items() if scheme != "isbn"}
    if "isbn" in description.ids:
        keys |= {f"isbn:{number}" for number in description.isbns}
    year = "" if description.year is None else str(description.year)
    family = description.family[:6]
    # An editorial stands in every issue: the same people's of the same year is near enough.
    who = f"{family}{year}" if description.weight < 2 else family or year
    # Thousands of works begin on page 1.
    if description.first_page not in ("", "1") and description.volume and year:
        keys.add(f"place:{year}:{description.volume}:{description.first_page.lstrip('e')}")
    words = [word for word in description.words if word not in STOP_WORDS]
    if not words:
        return keys
    # A short title is no one's own; one with four words of its own is.
    keys.add(f"title:{description.key}" if description.weight > 3 else f"title:{description.key}:{who}")
    keys.add(f"head:{''.join(words[:4])}:{who}")
    keys.add(f"tail:{''.join(words[-4:])}:{who}")
    if family and year:
        keys.add(f"start:{words[0]}:{family}:{year}")
    return keys


class _Grouping:
    """One run over one sequence of records: descriptions, comparisons, and the groups so far."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.descriptions = [describe(record) for record in records]
        self._found: dict[tuple[int, int], Likeness] = {}
        self.pairs = {pair: self.likeness(*pair) for pair in _candidates(self.descriptions)}
        self.members = {place: [place] for place in range(len(records))}
        self.home = list(range(len(records)))
        self.reasons: list[Reason] = []
        self._join()

    def likeness(self, left: int, right: int) -> Likeness:
        """How alike two of the records are; each pair is compared once."""
        pair = (left, right) if left < right else (right, left)
        if pair not in self._found:
            self._found[pair] = compare(self.descriptions[pair[0]], self.descriptions[pair[1]])
        return self._found[pair]

    def groups(self) -> list[Group]:
        """The groups, in the order of their first members."""
        reasons: dict[int, list[Reason]] = defaultdict(list)
        for reason in self.reasons:
            reasons[self.home[reason.first]].append(reason)
        groups = (Group(tuple(sorted(self.members[home])), tuple(reasons[home])) for home in self.members)
        return sorted(groups, key=lambda group: group.members)

    def doubtful(self) -> list[Pair]:
        """The compared pairs that look alike but ended in two groups."""
        doubts = [
            Pair(*pair, self._doubt(pair, found), found.score)
            for pair, found in self.pairs.items()
            if found.score >= _DOUBT and found.title in ("same", "near", "contained", "")
            if self.home[pair[0]] != self.home[pair[1]]
        ]
        return sorted(doubts, key=lambda pair: (-pair.score, pair.first, pair.second))

    def _doubt(self, pair: tuple[int, int], found: Likeness) -> str:
        if not found.joins:
            return str(found)
        left, right = (self.members[self.home[place]] for place in pair)
        conflicts = sorted({self.likeness(a, b).conflict for a in left for b in right} - {""})
        return f"{found}; but others of the two groups conflict: {', '.join(conflicts)}"

    def _join(self) -> None:
        """Join the surest pairs first, unless any two members of the two groups conflict."""
        joining = [pair for pair, found in self.pairs.items() if found.joins]
        # Equal scores are ordered by content: the order of the input must not decide.
        joining.sort(
            key=lambda pair: (
                -self.pairs[pair].score,
                sorted(self.descriptions[place].content for place in pair),
            )
        )
        for left, right in joining:
            home, away = self.home[left], self.home[right]
            if home == away or any(
                self.likeness(one, other).conflict
                for one in self.members[home]
                for other in self.members[away]
            ):
                continue
            for place in self.members[away]:
                self.home[place] = home
            self.members[home] += self.members.pop(away)
            self.reasons.append(Reason(left, right, str(self.pairs[left, right])))


def _candidates(descriptions: Iterable[Description]) -> set[tuple[int, int]]:
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, description in enumerate(descriptions):
        for key in _keys(description):
            blocks[key].append(place)
    return {pair for block in blocks.values() for pair in combinations(block, 2)}
