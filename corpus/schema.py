"""The tables of an evidence file, and the steps from each version of them to the next.

``PRAGMA application_id`` marks a file as ours; ``PRAGMA user_version`` numbers the schema.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from corpus.migrations import add_judgement, add_run_details, add_theme_history

if TYPE_CHECKING:
    from sqlite_utils import Database

#: "EvKB" as a 32-bit number.
APPLICATION_ID = 0x45764B42

#: Columns of ``records`` that hold a text field of ``corpus.record.Record`` of the same name.
RECORD_TEXTS = (
    "type",
    "title",
    "abstract",
    "issued",
    "container_title",
    "collection_title",
    "publisher",
    "publisher_place",
    "volume",
    "issue",
    "page",
    "number_of_pages",
    "edition",
    "genre",
    "doi",
    "pmid",
    "pmcid",
    "isbn",
    "issn",
    "url",
    "language",
)

_OF_RECORD = [("record", "records", "id")]

SEARCHED = ("title", "abstract", "authors", "keywords", "container_title")

RECORD_THEMES = """
select
  tags.record as record,
  records.title as title,
  records.year as year,
  themes.label as theme,
  themes.axis as axis,
  tags.direction as direction,
  tags.quote as quote,
  tags.score as score,
  tags.status as status
from tags
join records on records.id = tags.record
join themes on themes.id = tags.theme
where tags.status <> 'rejected'
"""


def create(db: Database) -> None:
    """Make every table, index, view and full-text index of schema version 1."""
    text: dict[str, type] = dict.fromkeys(RECORD_TEXTS, str)
    table = db.table
    table("records").create(
        {"id": str, **text, "year": int, "authors": str, "keywords": str, "et_al": int, "extra": str},
        pk="id",
        not_null={"type", "title", "authors", "keywords", "et_al"},
        column_order=["id", "title", "authors", "year", "type", "container_title", "publisher", "abstract"],
    )
    table("aliases").create({"alias": str, "record": str}, pk="alias", foreign_keys=_OF_RECORD)
    table("contributors").create(
        {
            "record": str,
            "position": int,
            "role": str,
            "family": str,
            "given": str,
            "literal": str,
            "particle": str,
            "suffix": str,
            "orcid": str,
        },
        pk=("record", "position"),
        foreign_keys=_OF_RECORD,
    )
    _create_sources(db)
    _create_themes(db)
    table("decisions").create(
        {
            "id": int,
            "kind": str,
            "record": str,
            "theme": str,
            "direction": str,
            "content": str,
            "note": str,
            "decided_by": str,
            "decided_at": str,
        },
        pk="id",
    )
    table("searches").create(
        {
            "id": int,
            "name": str,
            "query": str,
            "as_run": str,
            "run_at": str,
            "total": int,
            "result_ids": str,
            "versions": str,
        },
        pk="id",
    )
    table("state").create({"key": str, "value": str}, pk="key")
    _create_indexes(db)
    db.create_view("record_themes", RECORD_THEMES)
    table("records").enable_fts(SEARCHED, create_triggers=True, tokenize="porter unicode61")


def _create_sources(db: Database) -> None:
    db.table("sources").create(
        {
            "id": int,
            "name": str,
            "format": str,
            "sha256": str,
            "read_at": str,
            "pieces": int,
            "records": int,
            "problems": int,
        },
        pk="id",
    )
    db.table("source_records").create(
        {
            "id": int,
            "source": int,
            "line": int,
            "format": str,
            "record": str,
            "reason": str,
            "raw": str,
            "fields": str,
        },
        pk="id",
        foreign_keys=[("source", "sources", "id"), ("record", "records", "id")],
    )
    db.table("problems").create(
        {"id": int, "source": int, "line": int, "reason": str, "hint": str, "raw": str},
        pk="id",
        foreign_keys=[("source", "sources", "id")],
    )
    db.table("blocking_keys").create(
        {"key": str, "source_record": int},
        pk=("key", "source_record"),
        foreign_keys=[("source_record", "source_records", "id")],
    )
    db.table("identifiers").create(
        {"scheme": str, "value": str, "record": str},
        pk=("scheme", "value", "record"),
        foreign_keys=_OF_RECORD,
    )


def _create_themes(db: Database) -> None:
    db.table("themes").create(
        {
            "id": str,
            "label": str,
            "axis": str,
            "group": str,
            "notation": str,
            "definition": str,
            "terms": str,
            "examples": str,
            "counter_examples": str,
            "crosswalk": str,
            "replaced_by": str,
            "position": int,
        },
        pk="id",
        foreign_keys=[("replaced_by", "themes", "id")],
    )
    db.table("tags").create(
        {
            "id": str,
            "record": str,
            "theme": str,
            "direction": str,
            "quote": str,
            "field": str,
            "start": int,
            "end": int,
            "method": str,
            "score": float,
            "status": str,
        },
        pk="id",
        foreign_keys=[("record", "records", "id"), ("theme", "themes", "id")],
    )
    # Which version of the tagger last read a record; not a column of it, to spare the full-text index.
    db.table("taggings").create({"record": str, "tagger": str}, pk="record", foreign_keys=_OF_RECORD)
    db.table("facets").create(
        {"axis": str, "value": str, "record": str},
        pk=("axis", "value", "record"),
        foreign_keys=_OF_RECORD,
    )


def _create_indexes(db: Database) -> None:
    for table, columns in (
        ("records", ["year"]),
        ("records", ["type"]),
        ("contributors", ["family"]),
        ("aliases", ["record"]),
        ("source_records", ["source"]),
        ("source_records", ["record"]),
        ("problems", ["source"]),
        ("blocking_keys", ["source_record"]),
        ("identifiers", ["record"]),
        ("tags", ["record"]),
        ("tags", ["theme", "direction"]),
        ("facets", ["record"]),
        ("searches", ["name"]),
        ("sources", ["sha256"]),
    ):
        db.table(table).create_index(columns)


#: The step from version n to n + 1 stands at place n; ``create`` is the step from nothing.
MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    create,
    add_judgement,
    add_theme_history,
    add_run_details,
)
VERSION = len(MIGRATIONS)


def stamp(connection: sqlite3.Connection, version: int) -> None:
    """Mark the file as ours, at that version of the schema."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
    connection.execute(f"PRAGMA user_version = {version:d}")
