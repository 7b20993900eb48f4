"""How the evidence file and its indexes are: what is in them, what is wrong, a copy, an upgrade."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError, IndexProblem
from corpus.opening import upgrade_file
from corpus.quoting import field_text
from corpus.schema import VERSION
from corpus.store import Store
from ingest.intake import rejoin
from kb import retractions
from kb.knowledge_base import KnowledgeBase

_COUNTED = ("records", "source_records", "sources", "tags", "aliases", "doubts", "links", "decisions")

#: What must never be, as the rest of a count, and how it is told.
_RULES = (
    ("from source_records where record is null", "descriptions belong to no record"),
    ("from records where id not in (select record from source_records)", "records have no description"),
    ("from aliases where alias in (select id from records)", "old ids are of a record too"),
    ("from source_records where fingerprint is null", "descriptions have no fingerprint: run `kb upgrade`"),
    (
        "from doubts where first >= second or (first, second) in (select record, other from links)",
        "doubtful pairs are none",
    ),
    (
        "from (select 1 from sources left join source_records on source = sources.id"
        " group by sources.id having records <> count(source_records.id))",
        "sources have more or fewer descriptions than were counted",
    ),
    (
        "from sources where problems <> (select count(*) from problems where source = sources.id)",
        "sources have more or fewer problems than were counted",
    ),
    (
        "from decisions where kind in ('merge', 'split') and"
        " (not json_valid(content) or json_array_length(content, '$.parts') is null)",
        "decisions cannot be read",
    ),
)


def condition(path: Path) -> dict[str, Any]:
    """What ``kb status --json`` prints."""
    with KnowledgeBase.open(path) as library:
        store = library.store
        counts = {table: store.value(f"select count(*) from {table}") for table in _COUNTED}
        counts["problems"] = store.value("select count(*) from problems where settled_by is null")
        counts["settled_problems"] = store.value("select count(*) from problems where settled_by is not null")
        counts["unfinished_sources"] = store.value("select count(*) from sources where next is not null")
        counts["tagged_records"] = store.value("select count(distinct record) from tags")
        content: dict[str, Any] = {
            "database": str(path),
            "schema": VERSION,
            "bytes": _bytes(path),
            "counts": counts,
            "tagger": store.state("tagger"),
            "index": None,
            "index_current": False,
            "index_problem": "",
        }
        try:
            content["index"] = asdict(library.index.manifest)
            content["index_current"] = library.index_is_current
        except IndexProblem as problem:
            content["index_problem"] = str(problem)
    return content


def _bytes(path: Path) -> int:
    """The size of the file, with what others wrote and SQLite has not moved into it yet."""
    parts = (path, path.with_name(f"{path.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())


def examine(path: Path) -> list[str]:
    """What is wrong with the file and its indexes, a line each; empty if nothing is."""
    faults = []
    with KnowledgeBase.open(path) as library:
        store = library.store
        damage = [row[0] for row in store.connection.execute("PRAGMA integrity_check(5)")]
        faults += [f"{path}: damaged: {line}" for line in damage if line != "ok"]
        dangling = store.connection.execute("PRAGMA foreign_key_check").fetchall()
        faults += [
            f"{path}: row {row[1]} of {row[0]} points to a row of {row[2]} that is not there."
            for row in dangling
        ]
        faults += [
            f"{path}: {count} {says}."
            for sql, says in _RULES
            if (count := store.value(f"select count(*) {sql}"))
        ]
        records = {record.id: record for record in store.records()}
        faults += [
            f"{path}: a tag of {tag.record} ({tag.theme}) does not quote its {tag.field}."
            for tag in store.tags()
            if tag.record in records
            and field_text(records[tag.record], tag.field)[tag.start : tag.end] != tag.quote
        ]
        try:
            faults += library.index.faults()
            if not library.index_is_current:
                faults.append(f"{path}-index: older than the records; run `kb index`.")
            if store.state("corpus_hash") not in (None, store.corpus_hash()):
                faults.append(
                    f"{path}: was changed by another program since the indexes were built; run `kb index`."
                )
        except IndexProblem as problem:
            faults.append(str(problem))
    return faults


def copy_to(path: Path, target: Path) -> None:
    """A consistent copy of the file, even while others write to it; refuses to overwrite."""
    if target.exists():
        raise EvidenceError(f"{target}: is there already; name a new file.")
    partial = target.with_name(target.name + ".part")
    with Store.open(path) as store:
        copy = sqlite3.connect(partial)
        try:
            store.connection.backup(copy)
        finally:
            copy.close()
    os.replace(partial, target)


def upgrade(path: Path) -> Path | None:
    """Migrate the file to this program's schema; the path of the backup, or ``None`` if it has it already.

    What an older program joined is compared anew, so that doubts and links are known.
    """
    kept = upgrade_file(path)
    with Store.open(path) as store:
        rejoin(store)
        retractions.refresh(store)
    return kept
