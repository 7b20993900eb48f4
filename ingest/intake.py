"""Takes the pieces of one source into the store, joined to what is there, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from corpus import csl
from corpus.identity import make_id
from corpus.record import Piece, Problem, Record
from corpus.store import Store
from ingest.dedupe import Group, blocking_keys, group
from ingest.merging import merge

#: Told the step ("Reading"), how much is done, and of how many (``None``: not known).
Report = Callable[[str, int, int | None], None]

_BATCH = 500


def silent(step: str, done: int, total: int | None) -> None:
    """A ``Report`` that says nothing."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A description that is one work with another: which record, where it was read, and why."""

    record: str
    title: str
    line: int
    reason: str


@dataclass(slots=True)
class Intake:
    """What became of one source: ``records + problems == pieces``."""

    source: str
    format: str = ""
    pieces: int = 0
    records: int = 0
    problems: int = 0
    new: int = 0
    changed: int = 0
    joined: list[Joined] = field(default_factory=list)
    already_read: bool = False


@dataclass(frozen=True, slots=True)
class _Description:
    """A source record of the store, as joining needs it."""

    id: int
    line: int
    owner: str | None
    record: Record


def take_in(
    store: Store,
    source: str,
    format: str,
    sha256: str,
    pieces: Iterable[Piece],
    report: Report = silent,
) -> Intake:
    """Read a source into the store, or leave the store as it was.

    A source whose content (``sha256``) was read before changes nothing, under whatever name.
    """
    intake = Intake(source, format)
    with store.atomic():
        if store.value("select 1 from sources where sha256 = ?", [sha256]):
            intake.already_read = True
            return intake
        new = _keep_pieces(store, intake, sha256, pieces, report)
        _Joining(store, intake, new).run(report)
    return intake


def _keep_pieces(store: Store, intake: Intake, sha256: str, pieces: Iterable[Piece], report: Report) -> range:
    """Store each piece as printed; gives the ids of the new source records."""
    database = store.database
    source_id = (store.value("select max(id) from sources") or 0) + 1
    first = (store.value("select max(id) from source_records") or 0) + 1
    sources = database.table("sources")
    row = {"id": source_id, "name": intake.source, "format": intake.format, "sha256": sha256}
    sources.insert({**row, "read_at": datetime.now(UTC).isoformat(timespec="seconds")}, pk="id")
    batch: list[tuple[int, Piece]] = []
    for piece in pieces:
        intake.pieces += 1
        if isinstance(piece, Problem):
            intake.problems += 1
        else:
            intake.records += 1
        batch.append((first + intake.records - 1, piece))
        if len(batch) == _BATCH:
            _write_pieces(store, source_id, batch)
            batch.clear()
            report(f"Reading {intake.source}", intake.pieces, None)
    _write_pieces(store, source_id, batch)
    sources.update(
        source_id, {"pieces": intake.pieces, "records": intake.records, "problems": intake.problems}
    )
    return range(first, first + intake.records)


def _write_pieces(store: Store, source_id: int, batch: Sequence[tuple[int, Piece]]) -> None:
    problems = []
    descriptions = []
    keys = []
    for row_id, piece in batch:
        if isinstance(piece, Problem):
            problems.append(
                {
                    "source": source_id,
                    "line": piece.line,
                    "reason": piece.reason,
                    "hint": piece.hint,
                    "raw": piece.raw,
                }
            )
            continue
        descriptions.append(
            {
                "id": row_id,
                "source": source_id,
                "line": piece.line,
                "format": piece.format,
                "raw": piece.raw,
                "fields": json.dumps(piece.fields, ensure_ascii=False),
            }
        )
        for key in sorted(blocking_keys(csl.decode(piece.fields))):
            keys.append({"key": key, "source_record": row_id})
    store.database.table("problems").insert_all(problems, pk="id")
    store.database.table("source_records").insert_all(descriptions, pk="id")
    store.database.table("blocking_keys").insert_all(keys)


class _Taken:
    """The ids that are or were in use."""

    def __init__(self, store: Store) -> None:
        self._ids = {row[0] for row in store.connection.execute("select id from records")}
        self._ids |= {row[0] for row in store.connection.execute("select alias from aliases")}

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._ids

    def add(self, record_id: str) -> None:
        self._ids.add(record_id)


_NEIGHBOURHOOD = """
with recursive near(id) as (
  select :start
  union
  select b.source_record from near
  join blocking_keys a on a.source_record = near.id
  join blocking_keys b on b.key = a.key
)
select id, line, record as owner, fields from source_records where id in near order by id
"""


def _neighbourhood(store: Store, start: int) -> Iterator[_Description]:
    """Every description that a chain of shared keys connects to that one, oldest first."""
    for row in store.query(_NEIGHBOURHOOD, {"start": start}):
        yield _Description(row["id"], row["line"], row["owner"], csl.decode(json.loads(row["fields"])))


class _Joining:
    """Groups new descriptions with their neighbours in the store, and writes the records that result."""

    def __init__(self, store: Store, intake: Intake, new: range) -> None:
        self._store = store
        self._intake = intake
        self._new = new
        self._taken = _Taken(store)
        self._records: list[Record] = []
        self._owners: list[tuple[str, str | None, int]] = []

    def run(self, report: Report) -> None:
        """Settle each neighbourhood that a new description is in, once."""
        done: set[int] = set()
        for source_record in self._new:
            if source_record in done:
                continue
            neighbourhood = list(_neighbourhood(self._store, source_record))
            done.update(description.id for description in neighbourhood)
            first = {member.owner: member.id for member in reversed(neighbourhood) if member.owner}
            for grouping in group([description.record for description in neighbourhood]):
                self._settle(neighbourhood, grouping, set(first.values()))
            if len(self._owners) >= _BATCH:
                self._flush()
                report(f"Joining {self._intake.source}", source_record - self._new.start, len(self._new))
        self._flush()

    def _settle(self, neighbourhood: Sequence[_Description], grouping: Group, oldest: Set[int]) -> None:
        """Give a group its record: one that it has the oldest description of (by id), or a new one.

        A record whose descriptions fall into two groups stays where its oldest is; the others of which
        the group has the oldest are part of its record from now on.
        """
        members = sorted((neighbourhood[place] for place in grouping.members), key=lambda member: member.id)
        merged = merge([member.record for member in members]).record
        owners = [member.owner for member in members if member.owner and member.id in oldest]
        before = next(self._store.records(owners[:1])) if owners else None
        record = replace(merged, id=before.id if before else make_id(merged, self._taken))
        reasons = _reasons(neighbourhood, grouping)
        joined = [member for member in members if member.id in self._new and member.id in reasons]
        for member in joined:
            self._intake.joined.append(Joined(record.id, record.title, member.line, reasons[member.id]))
        self._owners += [(record.id, reasons.get(member.id), member.id) for member in members]
        if before is None:
            self._taken.add(record.id)
            self._intake.new += 1
        if record != before:
            self._records.append(record)
            self._intake.changed += before is not None and not joined
        if owners[1:]:
            self._flush()
            for other in owners[1:]:
                self._store.replace_record(other, record.id)

    def _flush(self) -> None:
        self._store.write_records(self._records)
        self._store.connection.executemany(
            "update source_records set record = ?, reason = ? where id = ?", self._owners
        )
        self._records.clear()
        self._owners.clear()


def _reasons(neighbourhood: Sequence[_Description], grouping: Group) -> dict[int, str]:
    """For each description but the oldest of the group, the words of the first join that names it."""
    reasons: dict[int, str] = {}
    for reason in grouping.reasons:
        pair = sorted((neighbourhood[reason.first].id, neighbourhood[reason.second].id))
        reasons.setdefault(pair[1], reason.why)
    return reasons
