"""What people decided about descriptions: that some are of one work, or of different ones.

A decision names descriptions by fingerprint, not by id: it holds in every file that has them. It stands in
a row that is never changed; taking it back is a row too, of the kind "undo".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from corpus.store import Store

Kind = Literal["merge", "split"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Descriptions by fingerprint, in parts: of one work ("merge"), or each part of another ("split")."""

    kind: Kind
    record: str
    parts: tuple[tuple[str, ...], ...]
    note: str = ""
    decided_at: str = ""
    decided_by: str = ""
    id: int = 0

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every pair of fingerprints that it is about, each sorted; of equals too, where both are named."""
        for one, other in combinations(self.parts, 2):
            for first, second in product(one, other):
                yield (first, second) if first < second else (second, first)


def decisions(store: Store) -> Iterator[Decision]:
    """The decisions of the file about descriptions that nobody took back, the earliest first."""
    undone = {
        json.loads(row["content"] or "{}").get("decision")
        for row in store.query("select content from decisions where kind = 'undo'")
    }
    rows = store.query(
        "select id, kind, record, content, note, decided_at, decided_by from decisions"
        " where kind in ('merge', 'split') order by decided_at, id"
    )
    for row in rows:
        if row["id"] in undone:
            continue
        parts = tuple(tuple(part) for part in json.loads(row["content"])["parts"])
        told = (row["note"] or "", row["decided_at"], row["decided_by"] or "", row["id"])
        yield Decision(row["kind"], row["record"], parts, *told)


def keep(
    store: Store, kind: Kind, record: str, parts: Sequence[Sequence[str]], note: str, by: str = ""
) -> Decision:
    """Write a decision down."""
    decision = Decision(kind, record, tuple(tuple(sorted({*part})) for part in parts), note, _now(), by)
    return replace(decision, id=_insert(store, kind, decision, {"parts": decision.parts}))


def take_back(store: Store, decision: Decision, by: str = "") -> int:
    """Write down that a decision does not hold any more; the number of that row."""
    undone = replace(decision, note="", decided_at=_now(), decided_by=by)
    return _insert(store, "undo", undone, {"decision": decision.id})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _insert(store: Store, kind: str, decision: Decision, content: dict[str, Any]) -> int:
    cursor = store.connection.execute(
        "insert into decisions (kind, record, content, note, decided_by, decided_at)"
        " values (?, ?, ?, ?, ?, ?)",
        [
            kind,
            decision.record,
            json.dumps(content),
            decision.note or None,
            decision.decided_by or None,
            decision.decided_at,
        ],
    )
    return int(cursor.lastrowid or 0)


def standing(made: Iterator[Decision]) -> dict[tuple[str, str], Kind]:
    """What holds of each pair that was decided on: the last word on it.

    Equals that are split are not kept apart for ever: another copy read again would be a new record.
    """
    kinds = {pair: decision.kind for decision in made for pair in decision.pairs()}
    return {pair: kind for pair, kind in kinds.items() if kind == "merge" or pair[0] != pair[1]}
