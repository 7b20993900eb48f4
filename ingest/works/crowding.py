"""Compares the crowds of a store anew where they grew, so that what is kept does not tell how they grew."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from corpus.store import Store
from ingest.works.crowds import CROWD, Standing, pairs, standing
from ingest.works.pairing import Pairing, Row, numbers

_BATCH = 500


def compare_crowds(store: Store, pairing: Pairing) -> set[int]:
    """Compare those that share the crowded keys which ``pairing`` met; gives whose comparisons changed.

    Of the pairs that are merely in doubt a crowd keeps one for each of its own, the most alike.
    """
    if not pairing.crowds:
        return set()
    crowding = _Crowding(store, pairing)
    found: dict[tuple[int, int], Row] = {}
    for crowd in crowding.crowds():
        outcome = _outcome([crowding.standings[at] for at in crowd], pairing)
        # Those of a crowd that did not grow stand in the store already.
        found |= {pair: row for pair, row in outcome.items() if crowding.members.issuperset(pair)}
    before = crowding.kept()
    gone = [pair for pair in before if pair not in found and not crowding.share_a_rare_key(*pair)]
    new = {pair: row for pair, row in found.items() if before.get(pair) != row}
    store.connection.executemany("delete from comparisons where first = ? and second = ?", gone)
    pairing.keep(new.values())
    return {at for pair in (*gone, *new) for at in pair}


class _Crowding:
    """The members of all crowds that grew, and which keys they share with how many."""

    def __init__(self, store: Store, pairing: Pairing) -> None:
        self._store = store
        self._pairing = pairing
        self.standings: dict[int, Standing] = {}
        self._keys: dict[int, frozenset[int]] = {}
        self._blocks = {number: self._block(number) for number in pairing.crowds}
        self.members = frozenset(at for block in self._blocks.values() for at in block)
        self._read(self.members)
        among = Counter(number for own in self._keys.values() for number in own)
        shared = {number for number, count in among.items() if count > 1} - pairing.crowds
        # A pair may be another crowd's too, one that did not grow: what that one finds of it stays.
        others = self._crowded(shared)
        self._blocks |= {number: self._block(number) for number in others}
        rare = frozenset(shared - others)
        self._keys = {at: self._keys[at] & rare for at in self.members}
        self._read({at for block in self._blocks.values() for at in block} - self.members)

    def crowds(self) -> Collection[tuple[int, ...]]:
        """The crowds, by their members; most share several keys and are one crowd nevertheless."""
        return dict.fromkeys(self._blocks.values())

    def kept(self) -> dict[tuple[int, int], Row]:
        """The comparisons among the members as they are in the store."""
        rows = {}
        ids = sorted(self.members)
        for start in range(0, len(ids), _BATCH):
            for first, second, score, joins, relation, turned, why in self._store.connection.execute(
                "select * from comparisons where first in (select value from json_each(?))",
                [json.dumps(ids[start : start + _BATCH])],
            ):
                if second in self.members:
                    row = (first, second, score, bool(joins), relation, bool(turned), why)
                    rows[first, second] = row
        return rows

    def share_a_rare_key(self, one: int, other: int) -> bool:
        """Whether two members share a key that is no crowd's: then they were compared for that."""
        return not self._keys[one].isdisjoint(self._keys[other])

    def _block(self, number: int) -> tuple[int, ...]:
        rows = self._store.connection.execute(
            "select source_record from blocking_keys where key = ? order by source_record", [number]
        )
        return tuple(row[0] for row in rows)

    def _crowded(self, among: Iterable[int]) -> set[int]:
        rows = self._store.connection.execute(
            "select key from blocking_keys where key in (select value from json_each(?))"
            " group by key having count(*) > ?",
            [json.dumps(sorted(among)), CROWD],
        )
        return {row[0] for row in rows}

    def _read(self, ids: Iterable[int]) -> None:
        remaining = iter(sorted(ids))
        while batch := list(islice(remaining, _BATCH)):
            marks: Mapping[int, str] = dict(
                self._store.connection.execute(
                    "select id, fingerprint from source_records where id in (select value from json_each(?))",
                    [json.dumps(batch)],
                )
            )
            for at, description in zip(batch, self._pairing.described(batch), strict=True):
                self.standings[at] = standing(at, description, marks[at])
                self._keys[at] = frozenset(numbers(description))


def _outcome(crowd: Collection[Standing], pairing: Pairing) -> dict[tuple[int, int], Row]:
    """What comparing a crowd finds: every join and relation, and for each the likeliest doubt."""
    marks = {each.id: each.fingerprint for each in crowd}
    found: dict[tuple[int, int], Row] = {}
    likeliest: dict[int, tuple[tuple[float, list[str]], Row]] = {}
    for row in _compared(pairs(crowd), pairing):
        first, second, score, joins, relation, *_ = row
        if joins or relation:
            found[first, second] = row
            continue
        rank = (-score, sorted((marks[first], marks[second])))
        for at in (first, second):
            if at not in likeliest or rank < likeliest[at][0]:
                likeliest[at] = rank, row
    return found | {(row[0], row[1]): row for _, row in likeliest.values()}


def _compared(some: Iterator[tuple[int, int]], pairing: Pairing) -> Iterator[Row]:
    while batch := list(islice(some, 2 * _BATCH)):
        yield from pairing.compared(batch)
        pairing.forget()
