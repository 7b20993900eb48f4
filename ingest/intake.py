"""Takes the pieces of one source into the store, joined to what is there, in one transaction.

A file comes in whole (``take_in``); a live source page by page (``open_source``, ``take_page``), each
page a transaction, so that a broken search goes on where it stopped (``unfinished``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

from corpus import csl
from corpus.record import Piece, Problem
from corpus.store import Store
from ingest.mending import settle_problems
from ingest.works.crowding import compare_crowds
from ingest.works.describing import fingerprint
from ingest.works.doubts import refresh
from ingest.works.joining import Joined, Joining, Settled
from ingest.works.pairing import New, Pairing

#: Told the step ("Reading"), how much is done, and of how many (``None``: not known).
Report = Callable[[str, int, int | None], None]

#: The rules by which descriptions are compared; a file joined by others is joined anew. Count up when
#: ``blocking_keys``, ``compare`` or ``group`` come to find what they did not.
RULES = "2"

_BATCH = 500
#: Kilobytes of the file that SQLite may keep at hand: keys come in no order, and a file is read as they come.
_CACHE = 200_000


def silent(step: str, done: int, total: int | None) -> None:
    """A ``Report`` that says nothing."""


@dataclass(slots=True)
class Intake:
    """What became of one source: ``records + problems == pieces``.

    ``joined`` tells the first thousand joins, ``joins`` counts all; ``settled`` counts problems of
    earlier readings that this source mends, ``doubts`` the pairs that now look alike and are two.
    """

    source: str
    format: str = ""
    pieces: int = 0
    records: int = 0
    problems: int = 0
    new: int = 0
    changed: int = 0
    joins: int = 0
    joined: list[Joined] = field(default_factory=list)
    settled: int = 0
    doubts: int = 0
    already_read: bool = False


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
        source_id = _add_source(store, {"name": source, "format": format, "sha256": sha256})
        _take(store, source_id, intake, pieces, report)
        intake.settled = settle_problems(store, source_id)
    return intake


def open_source(
    store: Store, name: str, format: str, *, sha256: str | None = None, query: str = "", address: str = ""
) -> int:
    """The id of a new source that will come page by page; until its last page it is unfinished."""
    row = {"name": name, "format": format, "sha256": sha256, "query": query, "address": address}
    with store.atomic():
        return _add_source(store, {**row, "next": address})


def take_page(
    store: Store,
    source_id: int,
    pieces: Iterable[Piece],
    *,
    next: str | None,
    total: int | None,
    address: str,
    status: int,
    report: Report = silent,
) -> Intake:
    """Read one page of a source into the store, or leave the store as it was.

    ``next`` is where the page after it is to be asked for, ``None`` if this was the last; ``total`` what
    the service says it has; ``address`` and ``status`` are those of the request.
    """
    with store.atomic():
        source = store.database.table("sources").get(source_id)
        intake = Intake(source["name"], source["format"])
        _take(store, source_id, intake, pieces, report)
        changes = {"next": next, "total": source["total"] if total is None else total}
        store.database.table("sources").update(source_id, changes)
        request = {"source": source_id, "address": address, "asked_at": _now(), "status": status}
        store.database.table("requests").insert({**request, "pieces": intake.pieces}, pk="id")
        if next is None:
            intake.settled = settle_problems(store, source_id)
    return intake


def unfinished(store: Store, name: str) -> dict[str, Any] | None:
    """The row of the latest source of that name, if its last page did not come yet."""
    row = next(store.query("select * from sources where name = ? order by id desc limit 1", [name]), None)
    return row if row and row["next"] is not None else None


def rejoin(store: Store, report: Report = silent) -> bool:
    """Compare and join every description anew, if that was last done by other rules or with other decisions.

    So decisions that are copied into a file hold there. Gives whether there was anything to do.
    """
    if store.state("joined_by") == _rules(store):
        return False
    with store.atomic():
        _rejoin(store, report)
    return True


def mark_joined(store: Store) -> None:
    """Note by which rules and with how many decisions the descriptions are joined as they are now."""
    store.set_state("joined_by", _rules(store))


def _rules(store: Store) -> str:
    decisions = store.value("select count(*) from decisions where kind in ('merge', 'split')")
    return f"rules {RULES}, {decisions} decisions"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _add_source(store: Store, row: dict[str, Any]) -> int:
    source_id: int = (store.value("select max(id) from sources") or 0) + 1
    counts = {"pieces": 0, "records": 0, "problems": 0}
    store.database.table("sources").insert({"id": source_id, **row, **counts, "read_at": _now()}, pk="id")
    return source_id


def _take(store: Store, source_id: int, intake: Intake, pieces: Iterable[Piece], report: Report) -> None:
    """Keep each piece as printed, join the descriptions among them, and count."""
    store.connection.execute(f"PRAGMA cache_size = -{_CACHE:d}")
    _rejoin(store, report)
    first = (store.value("select max(id) from source_records") or 0) + 1
    pairing = Pairing(store)
    remaining = iter(pieces)
    while batch := list(islice(remaining, _BATCH)):
        _keep(store, source_id, first + intake.records, batch, pairing)
        problems = sum(isinstance(piece, Problem) for piece in batch)
        intake.pieces += len(batch)
        intake.problems += problems
        intake.records += len(batch) - problems
        report(f"Reading {intake.source}", intake.pieces, None)
    store.connection.execute(
        "update sources set pieces = pieces + ?, records = records + ?, problems = problems + ? where id = ?",
        [intake.pieces, intake.records, intake.problems, source_id],
    )
    new = range(first, first + intake.records)
    anew = sorted(at for at in compare_crowds(store, pairing) if at < first)
    total = len(anew) + len(new)
    settled = Joining(store, new).settle(
        chain(anew, new), lambda done: report(f"Joining {intake.source}", done, total)
    )
    intake.doubts = refresh(store, settled.touched)
    intake.new, intake.changed = settled.new, settled.changed
    intake.joins, intake.joined = settled.joins, settled.joined


def _keep(store: Store, source_id: int, row_id: int, batch: Sequence[Piece], pairing: Pairing) -> None:
    problems: list[tuple[Any, ...]] = []
    descriptions: list[tuple[Any, ...]] = []
    new: list[New] = []
    for piece in batch:
        if isinstance(piece, Problem):
            problems.append((source_id, piece.line, piece.reason, piece.hint, piece.raw))
            continue
        fields = json.dumps(piece.fields, ensure_ascii=False)
        mark = fingerprint(piece.record)
        descriptions.append((row_id, source_id, piece.line, piece.format, piece.raw, fields, mark))
        new.append(New(row_id, mark, piece.record))
        row_id += 1
    write = store.connection.executemany
    write("insert into problems (source, line, reason, hint, raw) values (?, ?, ?, ?, ?)", problems)
    write(
        "insert into source_records (id, source, line, format, raw, fields, fingerprint)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        descriptions,
    )
    pairing.add(new)


def _rejoin(store: Store, report: Report) -> None:
    if store.state("joined_by") == _rules(store):
        return
    execute = store.connection.execute
    execute("delete from blocking_keys")
    execute("delete from comparisons")
    pairing = Pairing(store)
    total: int = store.value("select count(*) from source_records")
    remaining = execute("select id, fields from source_records order by id")
    done = 0
    while rows := remaining.fetchmany(_BATCH):
        records = [(row[0], csl.decode(json.loads(row[1]))) for row in rows]
        new = [New(at, fingerprint(record), record) for at, record in records]
        store.connection.executemany(
            "update source_records set fingerprint = ? where id = ?",
            [(each.fingerprint, each.id) for each in new],
        )
        pairing.add(new)
        done += len(rows)
        report("Comparing anew", done, total)
    compare_crowds(store, pairing)
    everything = [row[0] for row in execute("select id from source_records order by id")]
    settled: Settled = Joining(store).settle(everything, lambda done: report("Joining anew", done, total))
    refresh(store, settled.touched)
    mark_joined(store)
