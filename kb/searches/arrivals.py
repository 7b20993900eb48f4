"""When records came into the library: what is newest in it, whatever its year."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.store import Store

_BATCH = 200

_FIRST = """
select record, min(source_records.id) as first from source_records
where record in (select value from json_each(?)) group by record
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record and when it was first read: an ISO 8601 time in UTC, of the source ``source``."""

    record: str
    read_at: str
    source: str


def newest(store: Store, limit: int) -> list[Arrival]:
    """The records that came last, the last one first."""
    found: list[Arrival] = []
    before = 1 << 62
    while len(found) < limit:
        rows = store.connection.execute(
            "select id, record from source_records where id < ? and record is not null"
            " order by id desc limit ?",
            [before, _BATCH],
        ).fetchall()
        if not rows:
            break
        before = rows[-1][0]
        firsts = dict(store.connection.execute(_FIRST, [json.dumps([row[1] for row in rows])]).fetchall())
        # A description that was joined to a record that was there brings nothing new.
        came = [row[0] for row in rows if firsts[row[1]] == row[0]]
        found += _arrivals(store, came)
    return found[:limit]


def newest_of(store: Store, ids: Sequence[str], limit: int) -> list[Arrival]:
    """The same of those records only."""
    firsts = store.connection.execute(f"{_FIRST} order by first desc limit ?", [json.dumps(list(ids)), limit])
    return _arrivals(store, [row[1] for row in firsts.fetchall()])


def _arrivals(store: Store, numbers: Sequence[int]) -> list[Arrival]:
    rows = store.connection.execute(
        "select record, read_at, name from source_records join sources on sources.id = source"
        " where source_records.id in (select value from json_each(?)) order by source_records.id desc",
        [json.dumps(list(numbers))],
    )
    return [Arrival(record, read_at or "", name) for record, read_at, name in rows]
