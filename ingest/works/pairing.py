"""Compares each description with those before it that share a key, and keeps what was found."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus import csl
from corpus.record import Record
from corpus.store import Store
from ingest.works.blocking import keys
from ingest.works.crowds import CROWD
from ingest.works.describing import Description, describe
from ingest.works.matching import compare
from ingest.works.relating import relation

#: Descriptions that are kept ready for comparison: those just read are the likeliest to be asked for.
_READY = 5000

#: A row of ``comparisons``: first, second, score, joins, relation, turned, why.
Row = tuple[int, int, float, bool, str, bool, str]


@dataclass(frozen=True, slots=True)
class New:
    """A description that was just written to the store."""

    id: int
    fingerprint: str
    record: Record


class Pairing:
    """The comparisons of one store: a pair that shares a key is compared once, when its later half comes.

    Keys that more than a few share are left in ``crowds``; their pairs are for ``crowding``.
    """

    def __init__(self, store: Store) -> None:
        """With nothing ready yet."""
        self.crowds: set[int] = set()
        self._store = store
        self._ready: dict[int, Description] = {}

    def add(self, batch: Sequence[New]) -> None:
        """Compare new descriptions with each other and with all in the store that came before."""
        described = {new.id: describe(new.record) for new in batch}
        copies = self._copies(batch, described)
        own = {at: numbers(description) for at, description in described.items() if at not in copies}
        # In the order of the table, so that a page of it is written once.
        rows = sorted((number, at) for at, found in own.items() for number in found)
        self._store.connection.executemany(
            "insert into blocking_keys (key, source_record) values (?, ?)", rows
        )
        blocks = self._blocks({number for number, _ in rows} - self.crowds)
        pairs = {
            (other, at)
            for at, found in own.items()
            for number in found
            for other in blocks.get(number, ())
            if other < at
        }
        self._ready |= {at: described[at] for at in own}
        self.keep(self.compared(sorted(pairs)))
        self.keep(self._copied(copies, described))
        self.forget()

    def compared(self, pairs: Sequence[tuple[int, int]]) -> list[Row]:
        """What is worth keeping of comparing those descriptions."""
        self._fetch({at for pair in pairs for at in pair})
        rows = [_row(*pair, self._ready[pair[0]], self._ready[pair[1]]) for pair in pairs]
        return [row for row in rows if row]

    def keep(self, rows: Iterable[Row]) -> None:
        """Write what was found; a pair that was compared before is written anew."""
        self._store.connection.executemany(
            "insert or replace into comparisons values (?, ?, ?, ?, ?, ?, ?)", rows
        )

    def described(self, ids: Sequence[int]) -> Iterable[Description]:
        """Descriptions of the store, in the order of their ids."""
        self.forget()
        self._fetch(ids)
        return [self._ready[at] for at in ids]

    def _blocks(self, wanted: set[int]) -> dict[int, list[int]]:
        """Who shares each key; a key that is a crowd's is noted and left out."""
        blocks: dict[int, list[int]] = defaultdict(list)
        for number, at in self._store.connection.execute(
            "select key, source_record from blocking_keys where key in (select value from json_each(?))",
            [json.dumps(sorted(wanted))],
        ):
            blocks[number].append(at)
        crowds = {number for number, block in blocks.items() if len(block) > CROWD}
        self.crowds |= crowds
        return {number: block for number, block in blocks.items() if number not in crowds}

    def _copies(self, batch: Sequence[New], described: dict[int, Description]) -> dict[int, int]:
        """Those that say word for word what an earlier one says, and which: they share its comparisons.

        One that says too little to be joined with its equal is compared like any other.
        """
        first = dict(
            self._store.connection.execute(
                "select fingerprint, min(id) from source_records"
                " where fingerprint in (select value from json_each(?)) group by fingerprint",
                [json.dumps([new.fingerprint for new in batch])],
            )
        )
        return {
            new.id: first[new.fingerprint]
            for new in batch
            if first[new.fingerprint] < new.id and compare(described[new.id], described[new.id]).joins
        }

    def _copied(self, copies: dict[int, int], described: dict[int, Description]) -> Iterable[Row]:
        rows = (_row(first, at, described[at], described[at]) for at, first in copies.items())
        return [row for row in rows if row]

    def _fetch(self, wanted: Iterable[int]) -> None:
        missing = sorted(at for at in wanted if at not in self._ready)
        if not missing:
            return
        for at, fields in self._store.connection.execute(
            "select id, fields from source_records where id in (select value from json_each(?))",
            [json.dumps(missing)],
        ):
            self._ready[at] = describe(csl.decode(json.loads(fields)))

    def forget(self) -> None:
        """Let go of the descriptions that were ready for longest, above what memory should hold."""
        for at in list(islice(self._ready, max(0, len(self._ready) - _READY))):
            del self._ready[at]


def _row(first: int, second: int, one: Description, other: Description) -> Row | None:
    """The comparison of two, if they are one work, related or in doubt."""
    found = compare(one, other)
    of_other = "" if found.joins else relation(one, other, found)
    turned = "" if found.joins or of_other else relation(other, one, found)
    if not (found.joins or of_other or turned or found.doubtful):
        return None
    return first, second, found.score, found.joins, of_other or turned, bool(turned), str(found)


def numbers(description: Description) -> list[int]:
    """The blocking keys of a description as numbers."""
    return [_number(key) for key in keys(description)]


def _number(key: str) -> int:
    """The key as a 64-bit number: strangers that share one by chance are told apart by comparison."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
