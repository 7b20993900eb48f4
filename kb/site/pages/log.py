"""What people decided: who, when, why, on what; taken back by whom."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.errors import EvidenceError
from kb.knowledge_base import KnowledgeBase
from kb.site import words
from kb.site.pages.paging import Paged
from kb.site.pages.parts import door

_SIZE = 50

_SAID = {
    "accept": "accepted",
    "reject": "rejected",
    "add": "added",
    "merge": "one work",
    "split": "different works",
    "mend": "mended",
}
_LIST = {
    "add": "put on a shortlist",
    "remove": "taken off a shortlist",
    "note": "noted on a shortlist",
    "move": "moved on a shortlist",
    "rename": "shortlist renamed",
    "delete": "shortlist taken away",
}
_COLUMNS = "id, kind, record, theme, direction, content, note, decided_by, decided_at"


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision: ``said`` in a word or two, about a theme, a piece (``problem``), or some records.

    ``records`` are (id, title) of those that it is about, by the ids that they have now.
    """

    number: int
    kind: str
    said: str
    theme: str
    door: words.Door | None
    quote: str
    records: tuple[tuple[str, str], ...]
    problem: int
    shortlist: str
    note: str
    by: str
    at: str
    undone_by: str
    undone_at: str


def log(library: KnowledgeBase, number: int) -> dict[str, Any]:
    """What the page shows, newest first."""
    store = library.store
    paged = Paged(number, store.value("select count(*) from decisions where kind <> 'undo'"), _SIZE)
    rows = list(
        store.query(
            f"select {_COLUMNS} from decisions where kind <> 'undo' order by id desc limit ? offset ?",
            [_SIZE, paged.offset],
        )
    )
    return {"entries": _entries(library, rows), "paged": paged}


def entries(library: KnowledgeBase, numbers: Sequence[int]) -> list[Entry]:
    """The decisions of those numbers."""
    rows = library.store.query(
        f"select {_COLUMNS} from decisions where kind <> 'undo'"
        " and id in (select value from json_each(?)) order by id",
        [json.dumps(list(numbers))],
    )
    return _entries(library, list(rows))


def of_record(library: KnowledgeBase, record_id: str) -> list[Entry]:
    """The decisions about the tags of a record, the latest first."""
    rows = library.store.query(
        f"select {_COLUMNS} from decisions where kind in ('accept', 'reject', 'add')"
        " and (record = :id or record in (select alias from aliases where aliases.record = :id))"
        " order by id desc",
        {"id": record_id},
    )
    return _entries(library, list(rows))


def _entries(library: KnowledgeBase, rows: Sequence[dict[str, Any]]) -> list[Entry]:
    undone = {
        json.loads(row["content"] or "{}").get("decision"): row
        for row in library.store.query(
            "select content, decided_by, decided_at from decisions where kind = 'undo'"
        )
    }
    return [_entry(library, row, undone.get(row["id"], {})) for row in rows]


def _entry(library: KnowledgeBase, row: dict[str, Any], undone: dict[str, Any]) -> Entry:
    content = json.loads(row["content"] or "{}")
    return Entry(
        number=row["id"],
        kind=row["kind"],
        said=_LIST.get(content["action"], "list")
        if row["kind"] == "list"
        else _SAID.get(row["kind"], row["kind"]),
        shortlist=content["list"] if row["kind"] == "list" else "",
        theme=_label(library, row["theme"]),
        door=door(row["direction"]),
        quote=content.get("quote") or "",
        records=tuple(_records(library, row, content)),
        problem=content.get("problem") or 0,
        note=row["note"] or "",
        by=row["decided_by"] or "somebody",
        at=row["decided_at"] or "",
        undone_by=(undone.get("decided_by") or "somebody") if undone else "",
        undone_at=undone.get("decided_at") or "",
    )


def _label(library: KnowledgeBase, theme_id: str | None) -> str:
    if not theme_id:
        return ""
    label = library.store.value("select label from themes where id = ?", [theme_id])
    return label or theme_id


def _records(library: KnowledgeBase, row: dict[str, Any], content: dict[str, Any]) -> list[tuple[str, str]]:
    marks = [mark for part in content.get("parts", ()) for mark in part]
    ids = [row["record"]] if row["record"] else []
    if marks:
        among = library.store.query(
            "select distinct record from source_records where record is not null"
            " and fingerprint in (select value from json_each(?)) order by record",
            [json.dumps(marks)],
        )
        ids = [each["record"] for each in among]
    if content.get("source"):
        came = library.store.query(
            "select distinct record from source_records where source = ? and record is not null"
            " order by record",
            [content["source"]],
        )
        ids = [each["record"] for each in came]
    found = []
    for record_id in ids:
        try:
            record = library.record(record_id)
        except EvidenceError:
            # A decision may have come with another file, or its record have gone since.
            found.append((record_id, record_id))
        else:
            found.append((record.id, record.title or "Without a title"))
    return found
