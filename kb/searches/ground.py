"""What a run of a search rests on: the library it ran over, and the records as it found them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from corpus.schema import RECORD_TEXTS
from corpus.store import Store
from kb.retractions import notices

_RECORD = ", ".join(("id", *RECORD_TEXTS, "authors", "keywords", "extra"))
_BLOCK = 2000
_AMONG = "in (select value from json_each(?))"


@dataclass(frozen=True, slots=True)
class SourceCount:
    """A source as it was: ``read`` descriptions, of which ``refused`` could not be; ``found`` by the search.

    ``query`` is what a live service was asked, "" for a file. ``read_at`` is a time in UTC, ISO 8601.
    """

    name: str
    format: str
    query: str
    read_at: str
    read: int
    refused: int
    found: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run rests on.

    ``read`` descriptions gave ``records``; ``refused`` pieces could not be read. Of what was found,
    ``by_words`` have the words, the others only the meaning. ``description`` and ``decision`` are the
    numbers of the last ones there were.
    """

    read: int
    refused: int
    records: int
    by_words: int
    sources: tuple[SourceCount, ...]
    description: int = 0
    decision: int = 0

    @property
    def joined(self) -> int:
        """How many descriptions were joined to a record that was there: duplicates removed."""
        return self.read - self.records

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"joined": self.joined}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Ground:
        """The same from ``to_dict``."""
        kept = {name: value for name, value in content.items() if name in cls.__dataclass_fields__}
        return cls(**{**kept, "sources": tuple(SourceCount(**each) for each in content["sources"])})


@dataclass(frozen=True, slots=True)
class State:
    """A record as it was: fingerprints of its ``content`` and of its ``tags``, and ``notice`` about it."""

    content: str
    tags: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """What else a run keeps: words looked for beside those typed, and each record's state, by id."""

    expansions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    meaning_only: frozenset[str] = frozenset()
    states: Mapping[str, State] = field(default_factory=dict)


def ground(store: Store, ids: Sequence[str], by_words: int) -> Ground:
    """What the library is now, and how many of ``ids`` each source brought."""
    found = dict(
        store.connection.execute(
            "select source, count(distinct record) from source_records"
            f" where record {_AMONG} group by source",
            [json.dumps(list(ids))],
        )
    )
    sources = tuple(
        SourceCount(row[1], row[2], row[3], row[4], row[5], row[6], found.get(row[0], 0))
        for row in store.connection.execute(
            "select id, name, format, coalesce(query, ''), coalesce(read_at, ''),"
            " (select count(*) from source_records where source = sources.id),"
            " (select count(*) from problems where source = sources.id and settled_by is null)"
            " from sources order by id"
        )
    )
    count = store.value
    return Ground(
        read=count("select count(*) from source_records where record is not null"),
        refused=sum(source.refused for source in sources),
        records=count("select count(*) from records"),
        by_words=by_words,
        sources=sources,
        description=count("select coalesce(max(id), 0) from source_records"),
        decision=count("select coalesce(max(id), 0) from decisions"),
    )


def states(store: Store, ids: Sequence[str]) -> dict[str, State]:
    """Each of the records as it is now, by id."""
    said = {
        record: "; ".join(sorted({notice.kind for notice in found}))
        for record, found in notices(store, ids).items()
    }
    made: dict[str, State] = {}
    for start in range(0, len(ids), _BLOCK):
        block = json.dumps(list(ids[start : start + _BLOCK]))
        tags: dict[str, list[tuple[Any, ...]]] = {}
        for row in store.connection.execute(
            'select record, theme, direction, field, start, "end" from tags'
            f" where status <> 'rejected' and record {_AMONG} order by 1, 2, 3, 4, 5, 6",
            [block],
        ):
            tags.setdefault(row[0], []).append(tuple(row[1:]))
        for row in store.connection.execute(f"select {_RECORD} from records where id {_AMONG}", [block]):
            made[row[0]] = State(_hash(tuple(row[1:])), _hash(tags.get(row[0], [])), said.get(row[0], ""))
    return {record: made[record] for record in ids if record in made}


def _hash(content: object) -> str:
    return hashlib.blake2b(repr(content).encode(), digest_size=6).hexdigest()
