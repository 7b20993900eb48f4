"""The evidence file: one SQLite database, the truth that every index is derived from."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import rows
from corpus.errors import EvidenceError
from corpus.opening import connect, connect_memory
from corpus.query import Sort
from corpus.record import Record
from corpus.theme import Tag, Theme, Vocabulary

if TYPE_CHECKING:
    from sqlite_utils import Database


class Store:
    """An open evidence file. Use ``Store.open``; every write stands inside ``with store.atomic():``."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._database: Database | None = None

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False) -> Store:
        """The evidence file at ``path``; made if it is not there and ``create`` is set.

        Raises ``EvidenceError`` in one line for a file that is missing, not ours, or of a newer program.
        """
        path = Path(path)
        return cls(connect(path, create=create), path)

    @classmethod
    def scratch(cls, path: str | Path) -> Store:
        """A copy in memory of the evidence file, or an empty one if it is not there: for trying out."""
        path = Path(path)
        connection = connect_memory()
        if path.exists():
            with cls.open(path) as store:
                store.connection.backup(connection)
        return cls(connection, path)

    @property
    def database(self) -> Database:
        """The same connection as a sqlite-utils ``Database``, imported on first use."""
        if self._database is None:
            from sqlite_utils import Database

            self._database = Database(self.connection, execute_plugins=False)
        return self._database

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All writes inside, or none of them: a killed process leaves what was there before.

        What is read inside holds until they are done: no other process writes meanwhile.
        """
        # IMMEDIATE waits for another writer here; begun without, a block that reads first fails at once.
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.rollback()
            raise

    def snapshot(self) -> sqlite3.Connection:
        """A further connection that reads the file as it is now, whatever is written later; to be closed."""
        connection = connect(self.path, create=False)
        connection.execute("BEGIN")
        # A transaction sees what is there at its first reading.
        connection.execute("select count(*) from sqlite_schema").fetchone()
        return connection

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def __enter__(self) -> Store:
        """The store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    # Reading

    def query(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Iterator[dict[str, Any]]:
        """The rows of a select, as mappings by column name."""
        cursor = self.connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield dict(zip(names, row, strict=True))

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row of a select; ``None`` if there is none."""
        row = self.connection.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def resolve(self, record_id: str) -> str:
        """The id that a record goes by now: an alias left by a merge leads to it.

        Raises ``EvidenceError`` for an id that never was, with the closest ones.
        """
        if self.value("select 1 from records where id = ?", [record_id]):
            return record_id
        alias: str | None = self.value("select record from aliases where alias = ?", [record_id])
        if alias is None:
            near = self.connection.execute(
                "select id from records where id like ? order by id limit 5", [f"{record_id.split('-')[0]}%"]
            ).fetchall()
            raise EvidenceError(
                f"no record has the id `{record_id}`"
                + (f"; near: {', '.join(row[0] for row in near)}." if near else "; `kb search` shows ids.")
            )
        return alias

    def record(self, record_id: str) -> Record:
        """The record with that id or alias; raises ``EvidenceError`` if there is none."""
        return next(self.records([self.resolve(record_id)]))

    def records(self, ids: Iterable[str] | None = None) -> Iterator[Record]:
        """Records in the order of ``ids``; without ``ids`` all of them by id."""
        if ids is None:
            yield from self._records("")
            return
        remaining = iter(ids)
        while batch := list(islice(remaining, 500)):
            among = self._records("where {} in (select value from json_each(?))", json.dumps(batch))
            found = {record.id: record for record in among}
            yield from (found[record_id] for record_id in batch if record_id in found)

    def ordered(self, ids: Iterable[str], sort: Sort) -> list[str]:
        """Those ids by year or title, those without a year last; by relevance they stay as they are."""
        if sort == "relevance":
            return list(ids)
        cursor = self.connection.execute(
            "select id from records where id in (select value from json_each(?))"
            f" order by {rows.ORDERS[sort]}, id",
            [json.dumps(list(ids))],
        )
        return [row[0] for row in cursor]

    def _records(self, where: str, *parameters: str) -> Iterator[Record]:
        of_records, of_names = where.format("id"), where.format("record")
        return rows.read_records(
            self.query(f"select * from records {of_records} order by id", parameters),
            self.query(f"select * from contributors {of_names} order by record, position", parameters),
        )

    def tags(self, record_ids: Iterable[str] | None = None) -> Iterator[Tag]:
        """Tags by record, field and place; of the given records, or of all."""
        columns = 'record, theme, direction, field, start, "end", quote, method, score, status'
        order = "order by record, field desc, start, theme, direction"
        if record_ids is None:
            cursor = self.connection.execute(f"select {columns} from tags {order}")
        else:
            cursor = self.connection.execute(
                f"select {columns} from tags where record in (select value from json_each(?)) {order}",
                [json.dumps(list(record_ids))],
            )
        for row in cursor:
            yield Tag(*row)

    def themes(self) -> list[Theme]:
        """The themes of the vocabulary that this file was last tagged with."""
        return [rows.read_theme(row) for row in self.query("select * from themes order by position")]

    def state(self, key: str) -> str | None:
        """A fact about the file itself ("corpus_hash", "tagger", ...); ``None`` if not known."""
        value: str | None = self.value("select value from state where key = ?", [key])
        return value

    # Writing

    def set_state(self, key: str, value: str | None) -> None:
        """Keep a fact about the file itself."""
        self.connection.execute("insert or replace into state (key, value) values (?, ?)", [key, value])

    def write_records(self, records: Sequence[Record]) -> None:
        """Insert or replace records with their contributors and identifiers."""
        if not records:
            return
        ids = json.dumps([record.id for record in records])
        # Plain statements: sqlite-utils builds its own for each batch, which took a fifth of an intake.
        write = self.connection.executemany
        write(rows.WRITE_RECORD, map(rows.record_row, records))
        for table in ("contributors", "identifiers", "taggings"):
            self.connection.execute(
                f"delete from {table} where record in (select value from json_each(?))", [ids]
            )
        write(rows.WRITE_CONTRIBUTOR, (row for record in records for row in rows.contributor_rows(record)))
        write(rows.WRITE_IDENTIFIER, (row for record in records for row in rows.identifier_rows(record)))
        self._changed()

    def replace_record(self, old: str, new: str) -> None:
        """Remove the record ``old``, which is part of ``new`` from now on; the id stays as an alias."""
        execute = self.database.execute
        execute("update source_records set record = ? where record = ?", [new, old])
        execute("update aliases set record = ? where record = ?", [new, old])
        for table in ("contributors", "identifiers", "tags", "facets", "taggings"):
            execute(f"delete from {table} where record = ?", [old])
        # What people decided on the tags of the one holds for the other from now on.
        execute("delete from taggings where record = ?", [new])
        execute("delete from doubts where first = :old or second = :old", {"old": old})
        execute("delete from links where record = :old or other = :old", {"old": old})
        execute("delete from records where id = ?", [old])
        self.database.table("aliases").upsert({"alias": old, "record": new}, pk="alias")
        self._changed()

    def write_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Replace the themes; the tags of themes that are gone must be gone already."""
        table = self.database.table("themes")
        entries = sorted(vocabulary.themes.values(), key=lambda theme: theme.replaced_by != "")
        places = {theme_id: place for place, theme_id in enumerate(vocabulary.themes)}
        table.upsert_all([rows.theme_row(theme, places[theme.id]) for theme in entries], pk="id")
        kept = json.dumps(list(vocabulary.themes))
        self.database.execute(
            "delete from themes where id not in (select value from json_each(?))"
            " and id not in (select theme from tags)",
            [kept],
        )
        self.set_state("synonyms", json.dumps(vocabulary.synonyms) if vocabulary.synonyms else None)

    def write_tags(self, record_ids: Sequence[str], tags: Iterable[Tag]) -> None:
        """Replace the tags of those records, those too that people decided on: ``decisions`` has these."""
        self.database.execute(
            "delete from tags where record in (select value from json_each(?))",
            [json.dumps(list(record_ids))],
        )
        self.database.table("tags").insert_all(map(rows.tag_row, tags), pk="id", ignore=True)

    def untagged(self, version: str) -> list[str]:
        """The ids of the records that this version of the tagger has not read as they are now."""
        rows = self.connection.execute(
            "select id from records left join taggings on record = id"
            " where tagger is null or tagger <> ? order by id",
            [version],
        )
        return [row[0] for row in rows]

    def mark_tagged(self, record_ids: Sequence[str], version: str) -> None:
        """Note which version of the tagger last read those records."""
        marks = ({"record": record_id, "tagger": version} for record_id in record_ids)
        self.database.table("taggings").upsert_all(marks, pk="record")

    def write_facets(self, record_ids: Sequence[str] | None = None) -> bool:
        """Rebuild the table of facets from the records and their tags; of those records, or of all.

        Gives whether any of them may be another than before.
        """
        ids = None if record_ids is None else json.dumps(list(record_ids))
        before = self._facets(ids) if ids else None
        among = "(:ids is null or {} in (select value from json_each(:ids)))".format
        kept = f"status <> 'rejected' and {among('record')}"
        execute = self.connection.execute
        execute(f"delete from facets where {among('record')}", {"ids": ids})
        execute(
            "insert into facets (axis, value, record)"
            f" select 'type', type, id from records where {among('id')}"
            " union select 'year', cast(year as text), id from records"
            f"   where year is not null and {among('id')}"
            " union select themes.axis, theme, record from tags join themes on themes.id = theme"
            f"   where {kept}"
            f" union select 'direction', direction, record from tags where direction is not null and {kept}"
            " union select 'tag', theme || ':' || direction, record from tags"
            f"   where direction is not null and {kept}",
            {"ids": ids},
        )
        if ids and before == self._facets(ids):
            return False
        self._changed()
        return True

    def _facets(self, ids: str) -> list[tuple[str, str, str]]:
        sql = (
            "select axis, value, record from facets where record in (select value from json_each(?))"
            " order by axis, value, record"
        )
        return self.connection.execute(sql, [ids]).fetchall()

    def _changed(self) -> None:
        # The hash reads everything, so it is not kept up to date but forgotten: the indexes are then stale.
        self.set_state("corpus_hash", None)

    def corpus_hash(self) -> str:
        """A sha256 over everything that an index is made of: the same content gives the same hash."""
        digest = hashlib.sha256()
        for sql in (
            "select id, title, abstract, authors, keywords, container_title, doi, year, type"
            " from records order by id",
            "select axis, value, record from facets order by axis, value, record",
        ):
            for row in self.connection.execute(sql):
                digest.update(json.dumps(row, ensure_ascii=False).encode())
        return digest.hexdigest()
