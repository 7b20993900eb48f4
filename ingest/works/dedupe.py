"""Which descriptions are of one work: found by shared keys, compared, joined where nothing forbids it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from corpus.record import Record
from ingest.works.blocking import blocking_keys, candidates
from ingest.works.crowds import CROWD
from ingest.works.describing import Description, describe, fingerprint
from ingest.works.matching import Likeness, compare
from ingest.works.relating import relation

__all__ = [
    "Group",
    "Link",
    "Pair",
    "Reason",
    "Verdicts",
    "blocking_keys",
    "doubtful",
    "fingerprint",
    "group",
    "related",
]


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


@dataclass(frozen=True, slots=True)
class Link:
    """Two works that belong together: the first is a ``relation`` of the second ("erratum", "part" ...)."""

    first: int
    second: int
    relation: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What people decided of pairs of descriptions, each a sorted pair of ``fingerprint(record)``.

    ``together`` joins whatever else forbids it; ``apart`` are never in one group, not even through
    others, and outweighs ``together`` for the same pair.
    """

    together: frozenset[tuple[str, str]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()


_UNDECIDED = Verdicts()


def group(records: Sequence[Record], verdicts: Verdicts = _UNDECIDED) -> list[Group]:
    """Every record in exactly one group, in the order of the first members.

    Which records come together does not depend on their order, nor on records with which no chain
    of pairs that ``compare(...).joins``, or that a verdict joins, connects them.
    """
    return _Grouping(records, verdicts).groups()


def doubtful(records: Sequence[Record], verdicts: Verdicts = _UNDECIDED) -> list[Pair]:
    """The pairs that look alike, were not joined and are not decided, most alike first.

    Of two groups only the pair that is most alike is told, and none of which ``related`` knows what
    one is to the other.
    """
    return _Grouping(records, verdicts).doubtful()


def related(records: Sequence[Record], verdicts: Verdicts = _UNDECIDED) -> list[Link]:
    """The pairs that are not one work and plainly belong together, one for each two groups and direction."""
    return _Grouping(records, verdicts).related()


class _Decided:
    """The verdicts on the records of one run, by place."""

    def __init__(self, records: Sequence[Record], verdicts: Verdicts) -> None:
        self._places: dict[str, list[int]] = defaultdict(list)
        if verdicts.together or verdicts.apart:
            for place, record in enumerate(records):
                self._places[fingerprint(record)].append(place)
        self.together = list(self._pairs(verdicts.together - verdicts.apart))
        self.foes: dict[int, set[int]] = defaultdict(set)
        for left, right in self._pairs(verdicts.apart):
            self.foes[left].add(right)
            self.foes[right].add(left)

    def _pairs(self, decided: frozenset[tuple[str, str]]) -> Iterator[tuple[int, int]]:
        for one, other in sorted(decided):
            lefts, rights = self._places.get(one, []), self._places.get(other, [])
            pairs = combinations(lefts, 2) if one == other else product(lefts, rights)
            for left, right in pairs:
                yield min(left, right), max(left, right)

    def forbids(self, some: Sequence[int], others: Sequence[int]) -> bool:
        """Whether one of some and one of others were decided to be two works."""
        return bool(self.foes) and any(not self.foes[place].isdisjoint(others) for place in some)


class _Sets:
    """Sets of places that only grow together."""

    def __init__(self, size: int) -> None:
        self.home = list(range(size))
        self.members = {place: [place] for place in range(size)}

    def of(self, place: int) -> list[int]:
        """The set that a place is in."""
        return self.members[self.home[place]]

    def unite(self, left: int, right: int) -> None:
        """Make the sets of the two places one."""
        home, away = self.home[left], self.home[right]
        if len(self.members[home]) < len(self.members[away]):
            home, away = away, home
        for place in self.members[away]:
            self.home[place] = home
        self.members[home] += self.members.pop(away)


class _Grouping:
    """One run over one sequence of records: descriptions, comparisons, and the groups so far.

    ``parts`` are what the comparison joins, ``wholes`` what verdicts make of parts: a description that
    conflicts with one part of a whole may still be one with another part.
    """

    def __init__(self, records: Sequence[Record], verdicts: Verdicts) -> None:
        self.descriptions = [describe(record) for record in records]
        self.decided = _Decided(records, verdicts)
        self.joining: dict[tuple[int, int], Likeness] = {}
        self.doubts: dict[tuple[int, int], Likeness] = {}
        self.links: list[tuple[int, int, str, Likeness]] = []
        for left, right in candidates(self.descriptions):
            self._compare(left, right)
        self.wholes, self.parts = _Sets(len(records)), _Sets(len(records))
        self.reasons: list[Reason] = []
        self._seen: dict[int, tuple[int, dict[Hashable, int]]] = {}
        for left, right in self.decided.together:
            self._unite(left, right, "decided by hand")
        self._join()

    def groups(self) -> list[Group]:
        """The groups, in the order of their first members."""
        reasons: dict[int, list[Reason]] = defaultdict(list)
        for reason in self.reasons:
            reasons[self.wholes.home[reason.first]].append(reason)
        members = self.wholes.members
        groups = (Group(tuple(sorted(members[home])), tuple(reasons.get(home, ()))) for home in members)
        return sorted(groups, key=lambda group: group.members)

    def doubtful(self) -> list[Pair]:
        """The compared pairs that look alike but ended in two groups, the likest of each two groups."""
        told: set[tuple[int, ...]] = {self._groups_of(first, second) for first, second, *_ in self.links}
        doubts = []
        for pair, found in self._by_likeness({**self.joining, **self.doubts}):
            groups = self._groups_of(*pair)
            if len(groups) == 1 or groups in told or self.decided.forbids(pair[:1], pair[1:]):
                continue
            told.add(groups)
            doubts.append(Pair(*pair, self._doubt(pair, found), found.score))
        return doubts

    def related(self) -> list[Link]:
        """The links between groups, by place."""
        links: dict[tuple[int, int, str], Link] = {}
        for first, second, what, found in self.links:
            homes = self.wholes.home[first], self.wholes.home[second]
            if homes[0] != homes[1]:
                links.setdefault((*homes, what), Link(first, second, what, str(found)))
        return sorted(links.values(), key=lambda link: (link.first, link.second))

    def _compare(self, left: int, right: int) -> None:
        one, other = self.descriptions[left], self.descriptions[right]
        found = compare(one, other)
        if found.joins:
            self.joining[left, right] = found
        elif what := relation(one, other, found):
            self.links.append((left, right, what, found))
        elif what := relation(other, one, found):
            self.links.append((right, left, what, found))
        elif found.doubtful:
            self.doubts[left, right] = found

    def _groups_of(self, left: int, right: int) -> tuple[int, ...]:
        return tuple(sorted({self.wholes.home[left], self.wholes.home[right]}))

    def _by_likeness(
        self, pairs: Mapping[tuple[int, int], Likeness]
    ) -> list[tuple[tuple[int, int], Likeness]]:
        """The pairs, most alike first; equals by content, so that the order of the input does not decide."""
        content = {place: self.descriptions[place].content for pair in pairs for place in pair}
        return sorted(
            pairs.items(),
            key=lambda item: (-item[1].score, sorted(content[place] for place in item[0]), item[0]),
        )

    def _doubt(self, pair: tuple[int, int], found: Likeness) -> str:
        if not found.joins:
            return str(found)
        conflicts = sorted(set(self._conflicts(*pair)))
        why = ", ".join(conflicts) or "decided to be two works"
        return f"{found}; but others of the two groups conflict: {why}"

    def _join(self) -> None:
        """Join the surest pairs first, unless any two members of the two parts conflict."""
        for (left, right), found in self._by_likeness(self.joining):
            if self.parts.home[left] == self.parts.home[right] or next(self._conflicts(left, right), None):
                continue
            if self._unite(left, right, str(found)):
                self.parts.unite(left, right)

    def _unite(self, left: int, right: int, why: str) -> bool:
        """Make the wholes of the two one, unless a verdict forbids it; gives whether they are one."""
        if self.wholes.home[left] == self.wholes.home[right]:
            return True
        if self.decided.forbids(self.wholes.of(left), self.wholes.of(right)):
            return False
        self.wholes.unite(left, right)
        self.reasons.append(Reason(left, right, why))
        return True

    def _conflicts(self, left: int, right: int) -> Iterator[str]:
        """Why the parts of the two can not be one work."""
        for one, other in product(self._distinct(left), self._distinct(right)):
            pair = (one, other) if one < other else (other, one)
            if pair not in self.joining:
                found = compare(self.descriptions[pair[0]], self.descriptions[pair[1]])
                if found.conflict:
                    yield found.conflict

    def _distinct(self, place: int) -> list[int]:
        """The members of a part; of a crowd only one for each that ``compare`` cannot tell apart."""
        members = self.parts.of(place)
        if len(members) < CROWD:
            return members
        home = self.parts.home[place]
        counted, distinct = self._seen.get(home, (0, {}))
        for member in members[counted:]:
            distinct.setdefault(_weighed(self.descriptions[member]), member)
        self._seen[home] = (len(members), distinct)
        return list(distinct.values())


def _weighed(each: Description) -> Hashable:
    """All of a description that can forbid a join: not its keywords, nor a database's number for it."""
    return (
        (each.record.title, each.record.page, each.record.publisher, each.abstract),
        (frozenset(each.ids.items()), each.isbns, each.kind, each.edition, each.preprint, each.meeting),
        (each.family, each.given, each.families, each.personal, each.year),
        (each.container, each.volume, each.issue),
    )
