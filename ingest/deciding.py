"""Carries out what a person decides about records: merged, split, or left two though they look alike."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations

from corpus import decision
from corpus.errors import EvidenceError
from corpus.store import Store
from ingest.intake import mark_joined, rejoin
from ingest.works.doubts import refresh
from ingest.works.joining import Joining
from ingest.works.judgement import Judgement


@dataclass(frozen=True, slots=True)
class Decided:
    """The records that it was about, by the ids that they have now; ``news`` is false if it held before.

    ``decision`` is the number of the row that was written, 0 if none was.
    """

    records: tuple[str, ...]
    news: bool
    decision: int = 0


@dataclass(frozen=True, slots=True)
class _Printed:
    """A description by number, as ``kb show ID --sources`` counts them."""

    id: int
    fingerprint: str


def merge(store: Store, record_ids: Sequence[str], note: str = "", by: str = "") -> Decided:
    """Make one record of several; the id that is oldest stays, the others lead to it."""
    with _case(store, by) as case:
        ids = list(dict.fromkeys(map(store.resolve, record_ids)))
        if len(ids) < 2:
            return Decided(tuple(ids), False)
        return case.decide("merge", ids[0], [case.printed(record_id) for record_id in ids], note)


def split(store: Store, record_id: str, parts: Sequence[int] = (), note: str = "", by: str = "") -> Decided:
    """Take a record's descriptions apart: each from all others, or those of these numbers from the rest."""
    with _case(store, by) as case:
        record_id = store.resolve(record_id)
        printed = case.printed(record_id)
        if len(printed) < 2:
            raise EvidenceError(f"{record_id}: has one description; there is nothing to split.")
        if wrong := [number for number in parts if not 1 <= number <= len(printed)]:
            raise EvidenceError(
                f"{record_id}: has no description {wrong[0]}, only 1 to {len(printed)};"
                f" `kb show {record_id} --sources` numbers them."
            )
        if not parts:
            return case.decide("split", record_id, case.each(record_id, printed), note)
        out = [each for number, each in enumerate(printed, start=1) if number in parts]
        rest = [each for number, each in enumerate(printed, start=1) if number not in parts]
        if not rest:
            raise EvidenceError(f"{record_id}: --part names every description; leave one that stays.")
        _check_apart(record_id, out, rest)
        return case.decide("split", record_id, [out, rest], note)


def reject(store: Store, one: str, other: str, note: str = "", by: str = "") -> Decided:
    """Say that two records are two works: they are never joined, nor shown as doubtful."""
    with _case(store, by) as case:
        first, second = store.resolve(one), store.resolve(other)
        if first == second:
            raise EvidenceError(
                f"{one} and {other} are one record, {first}; `kb split {first}` takes it apart."
            )
        out, rest = case.printed(first), case.printed(second)
        _check_apart(first, out, rest)
        return case.decide("split", first, [out, rest], note)


def undo(store: Store, number: int, by: str = "") -> Decided:
    """Take back the decision in that row: what it is about is joined anew, as if it had not been made."""
    with _case(store, by) as case:
        made = next((each for each in decision.decisions(store) if each.id == number), None)
        if made is None:
            raise EvidenceError(f"decision {number} is not there to take back, or was taken back before.")
        return case.take_back(made)


def _check_apart(record_id: str, out: Sequence[_Printed], rest: Sequence[_Printed]) -> None:
    if {each.fingerprint for each in out} & {each.fingerprint for each in rest}:
        raise EvidenceError(
            f"{record_id}: a description that would go says the same word for word as one that would stay;"
            " nothing tells these two apart."
        )


@contextmanager
def _case(store: Store, by: str) -> Iterator[_Case]:
    rejoin(store)
    with store.atomic():
        yield _Case(store, by)


class _Case:
    """One decision in one transaction: kept, and at once carried out."""

    def __init__(self, store: Store, by: str) -> None:
        self._store = store
        self._by = by

    def printed(self, record_id: str) -> list[_Printed]:
        """The descriptions of a record, in the order read."""
        return [
            _Printed(*row)
            for row in self._store.connection.execute(
                "select id, fingerprint from source_records where record = ? order by id", [record_id]
            )
        ]

    def each(self, record_id: str, printed: Sequence[_Printed]) -> list[list[_Printed]]:
        """Descriptions by what they say: those that say the same word for word cannot be told apart."""
        alike: dict[str, list[_Printed]] = {}
        for each in printed:
            alike.setdefault(each.fingerprint, []).append(each)
        if len(alike) > 1:
            return list(alike.values())
        if Judgement(self._store).kind(*[printed[0].fingerprint] * 2) == "merge":
            # Only a person joined them: a title like "Editorial" is not enough.
            return [[each] for each in printed]
        raise EvidenceError(
            f"{record_id}: its descriptions say the same word for word; nothing tells them apart."
        )

    def decide(
        self, kind: decision.Kind, record_id: str, parts: Sequence[Sequence[_Printed]], note: str
    ) -> Decided:
        """Keep the decision if it says something new, and join what it is about anew."""
        about = sorted(each.id for part in parts for each in part)
        if self._holds(kind, parts):
            return Decided(self._owners(about), False)
        marks = [[each.fingerprint for each in part] for part in parts]
        kept = decision.keep(self._store, kind, record_id, marks, note, self._by)
        self._settle(about)
        return Decided(self._owners(about), True, kept.id)

    def take_back(self, made: decision.Decision) -> Decided:
        """Keep that a decision does not hold any more, and join what it was about anew."""
        number = decision.take_back(self._store, made, self._by)
        marks = json.dumps([mark for part in made.parts for mark in part])
        among = (
            "select id from source_records where fingerprint in (select value from json_each(?)) order by id"
        )
        about = [row[0] for row in self._store.connection.execute(among, [marks])]
        self._settle(about)
        return Decided(self._owners(about), True, number)

    def _settle(self, about: Sequence[int]) -> None:
        settled = Joining(self._store).settle(about)
        refresh(self._store, settled.touched)
        mark_joined(self._store)

    def _owners(self, about: Sequence[int]) -> tuple[str, ...]:
        owner = "select record from source_records where id = ?"
        return tuple(dict.fromkeys(self._store.value(owner, [at]) for at in about))

    def _holds(self, kind: decision.Kind, parts: Sequence[Sequence[_Printed]]) -> bool:
        judgement = Judgement(self._store)
        return all(
            judgement.kind(one.fingerprint, other.fingerprint) == kind
            for first, second in combinations(parts, 2)
            for one in first
            for other in second
        )
