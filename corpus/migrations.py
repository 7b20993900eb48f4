"""The steps from the first schema of an evidence file to this program's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

# Compact: these two have a row or more for each description, and only numbers are looked up in them.
_NUMBERS = (
    "create table blocking_keys ("
    " key integer not null, source_record integer not null, primary key (key, source_record)) without rowid",
    "create table comparisons ("
    " first integer not null references source_records(id),"
    " second integer not null references source_records(id),"
    " score real not null, joins integer not null,"
    " relation text not null, turned integer not null, why text not null,"
    " primary key (first, second)) without rowid",
)


def add_judgement(db: Database) -> None:
    """Version 2: searches of live sources, comparisons that are kept, doubts, links, problems mended.

    The keys of older files are texts; they are dropped, and made anew by the first intake.
    """
    table = db.table
    for name, kind in (("query", str), ("address", str), ("total", int), ("next", str)):
        table("sources").add_column(name, kind)
    table("requests").create(
        {"id": int, "source": int, "address": str, "asked_at": str, "status": int, "pieces": int},
        pk="id",
        foreign_keys=[("source", "sources", "id")],
    )
    for name in ("fingerprint", "first_of"):
        table("source_records").add_column(name, str)
    db.execute(
        "update source_records set first_of = record"
        " where id in (select min(id) from source_records group by record)"
    )
    db.execute("alter table problems add column settled_by integer references sources(id)")
    table("problems").add_column("exported_to", str)
    db.execute("drop table blocking_keys")
    for statement in _NUMBERS:
        db.execute(statement)
    of_records = [("first", "records", "id"), ("second", "records", "id")]
    table("doubts").create(
        {"first": str, "second": str, "score": float, "why": str},
        pk=("first", "second"),
        foreign_keys=of_records,
    )
    table("links").create(
        {"record": str, "other": str, "relation": str, "why": str},
        pk=("record", "other", "relation"),
        foreign_keys=[("record", "records", "id"), ("other", "records", "id")],
    )
    for name, columns in (
        ("requests", ["source"]),
        ("source_records", ["fingerprint"]),
        ("comparisons", ["second"]),
        ("doubts", ["second"]),
        ("links", ["other"]),
        ("problems", ["settled_by"]),
        ("sources", ["name"]),
    ):
        table(name).create_index(columns)


def add_theme_history(db: Database) -> None:
    """Version 3: vocabularies and fitted models with their history, figures of how good the tags are."""
    table = db.table
    table("vocabularies").create(
        {"id": int, "version": str, "source": str, "change": str, "content": str, "made_at": str}, pk="id"
    )
    table("models").create(
        {
            "id": int,
            "version": str,
            "vocabulary": str,
            "seen": str,
            "scores": str,
            "content": str,
            "made_at": str,
        },
        pk="id",
    )
    table("evaluations").create(
        {
            "id": int,
            "gold": str,
            "sha256": str,
            "tagger": str,
            "vocabulary": str,
            "model": str,
            "records": int,
            "seen": int,
            "scores": str,
            "run_at": str,
        },
        pk="id",
    )
    table("decisions").create_index(["record"])


def add_run_details(db: Database) -> None:
    """Version 4: what a run of a saved search rests on, and the records as it found them; retractions."""
    for name in ("counts", "details"):
        db.table("searches").add_column(name, str)
    db.execute(
        "create table notices ("
        " source_record integer not null references source_records(id), kind text not null,"
        " about text not null, said_by text not null, words text not null,"
        " primary key (source_record, kind, about, words)) without rowid"
    )
    db.table("notices").create_index(["about"])
