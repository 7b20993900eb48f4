"""What people decided about descriptions: that some are of one work, or of different ones.

A decision names descriptions by fingerprint, not by id: it holds in every file that has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations, product
from typing import TYPE_CHECKING, Literal

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

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every pair of fingerprints that it is about, each sorted; of equals too, where both are named."""
        for one, other in combinations(self.parts, 2):
            for first, second in product(one, other):
                yield (first, second) if first < second else (second, first)


def decisions(store: Store) -> Iterator[Decision]:
    """The decisions of the file about descriptions, the earliest first."""
    rows = store.query(
        "select kind, record, content, note, decided_at from decisions"
        " where kind in ('merge', 'split') order by decided_at, id"
    )
    for row in rows:
        parts = tuple(tuple(part) for part in json.loads(row["content"])["parts"])
        yield Decision(row["kind"], row["record"], parts, row["note"] or "", row["decided_at"])


def keep(store: Store, kind: Kind, record: str, parts: Sequence[Sequence[str]], note: str) -> Decision:
    """Write a decision down."""
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    decision = Decision(kind, record, tuple(tuple(sorted({*part})) for part in parts), note, now)
    content = json.dumps({"parts": decision.parts})
    row = {"kind": kind, "record": record, "content": content, "note": note or None, "decided_at": now}
    store.database.table("decisions").insert(row, pk="id")
    return decision


def standing(made: Iterator[Decision]) -> dict[tuple[str, str], Kind]:
    """What holds of each pair that was decided on: the last word on it.

    Equals that are split are not kept apart for ever: another copy read again would be a new record.
    """
    kinds = {pair: decision.kind for decision in made for pair in decision.pairs()}
    return {pair: kind for pair, kind in kinds.items() if kind == "merge" or pair[0] != pair[1]}
