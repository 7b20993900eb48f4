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
from ingest.blocking import keys
from ingest.describing import Description, describe
from ingest.matching import compare
from ingest.relating import relation

#: Descriptions that are kept ready for comparison: those just read are the likeliest to be asked for.
_READY = 5000


@dataclass(frozen=True, slots=True)
class New:
    """A description that was just written to the store."""

    id: int
    fingerprint: str
    record: Record


class Pairing:
    """The comparisons of one store: a pair that shares a key is compared once, when its later half comes."""

    def __init__(self, store: Store) -> None:
        """With nothing ready yet."""
        self._store = store
        self._ready: dict[int, Description] = {}

    def add(self, batch: Sequence[New]) -> None:
        """Compare new descriptions with each other and with all in the store that came before."""
        described = {new.id: describe(new.record) for new in batch}
        copies = self._copies(batch, described)
        numbers = {
            at: sorted(map(_number, keys(description)))
            for at, description in described.items()
            if at not in copies
        }
        # In the order of the table, so that a page of it is written once.
        rows = sorted((number, at) for at, own in numbers.items() for number in own)
        self._store.connection.executemany(
            "insert into blocking_keys (key, source_record) values (?, ?)", rows
        )
        blocks: dict[int, list[int]] = defaultdict(list)
        for number, at in self._store.connection.execute(
            "select key, source_record from blocking_keys where key in (select value from json_each(?))",
            [json.dumps(sorted({number for number, _ in rows}))],
        ):
            blocks[number].append(at)
        pairs = {
            (other, at)
            for at, own in numbers.items()
            for number in own
            for other in blocks[number]
            if other < at
        }
        self._ready |= {at: described[at] for at in numbers}
        self._fetch({first for first, _ in pairs})
        self._keep(sorted({*pairs, *((first, at) for at, first in copies.items())}), copies, described)
        for at in list(islice(self._ready, max(0, len(self._ready) - _READY))):
            del self._ready[at]

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

    def _fetch(self, wanted: Iterable[int]) -> None:
        missing = sorted(at for at in wanted if at not in self._ready)
        for at, fields in self._store.connection.execute(
            "select id, fields from source_records where id in (select value from json_each(?))",
            [json.dumps(missing)],
        ):
            self._ready[at] = describe(csl.decode(json.loads(fields)))

    def _keep(
        self, pairs: Iterable[tuple[int, int]], copies: dict[int, int], described: dict[int, Description]
    ) -> None:
        rows = []
        for first, second in pairs:
            one = described[second] if second in copies else self._ready[first]
            other = described[second]
            found = compare(one, other)
            of_other = "" if found.joins else relation(one, other, found)
            turned = "" if found.joins or of_other else relation(other, one, found)
            if found.joins or of_other or turned or found.doubtful:
                likeness = (found.score, found.joins, of_other or turned, bool(turned), str(found))
                rows.append((first, second, *likeness))
        self._store.connection.executemany("insert into comparisons values (?, ?, ?, ?, ?, ?, ?)", rows)


def _number(key: str) -> int:
    """The key as a 64-bit number: strangers that share one by chance are told apart by comparison."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
