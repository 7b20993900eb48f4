"""Opening an evidence file: whether it is there, ours, and of this program's schema."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from corpus.errors import EvidenceError, WrongDatabase
from corpus.schema import APPLICATION_ID, MIGRATIONS, VERSION, stamp

_SQLITE_MAGIC = b"SQLite format 3\x00"
_BUSY_SECONDS = 10.0


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """A connection to the evidence file at ``path``; made if it is not there and ``create`` is set.

    Raises ``EvidenceError`` in one line for a file that is missing, not ours, of a newer program, or
    to be upgraded first; a file is never changed before it is known to be ours.
    """
    there = path.exists()
    if not there and not create:
        raise EvidenceError(f"{path}: no such database; `kb build` makes one, `--db PATH` names another.")
    _check_head(path, there)
    try:
        connection = _connection(path)
        connection.execute("PRAGMA foreign_keys = on")
        if not _is_blank(connection):
            _check_version(connection, path)
        elif create:
            _create(connection)
        else:
            raise WrongDatabase(f"{path}: is empty; `kb build` fills it.")
    except sqlite3.Error as error:
        raise EvidenceError(f"{path}: cannot be opened as a database ({error}).") from error
    return connection


def is_frozen(path: Path) -> bool:
    """Whether the file lies where nobody can write: it is then read as one that never changes.

    SQLite shares a file through two more beside it, which it cannot make there. Where a log of changes
    lies beside it already, they are there, and the file is open like any other.
    """
    return not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()


def is_evidence(path: Path) -> bool:
    """Whether the file is an evidence database, of whatever schema."""
    if not path.is_file():
        return False
    try:
        with closing(_connection(path)) as connection:
            # Through SQLite, not by the bytes of the head: these may still be in the write-ahead log.
            found = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.Error:
        return False
    return bool(found == APPLICATION_ID)


def connect_memory() -> sqlite3.Connection:
    """A connection to a new, empty evidence file in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = on")
    _create(connection)
    return connection


def upgrade_file(path: Path) -> Path | None:
    """Migrate a file of an older schema; the path of the backup, or ``None`` if there was nothing to do.

    All steps or none: a migration that fails leaves the file as it was.
    """
    from sqlite_utils import Database

    _check_head(path, path.exists())
    if not path.exists():
        raise EvidenceError(f"{path}: no such database.")
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        version = _version(connection, path)
        if version == VERSION:
            return None
        kept = path.with_name(f"{path.name}.schema{version}")
        with closing(sqlite3.connect(kept)) as copy:
            connection.backup(copy)
        database = Database(connection, execute_plugins=False)
        with database.atomic():
            for step in MIGRATIONS[version:]:
                step(database)
            stamp(connection, VERSION)
    return kept


def _connection(path: Path) -> sqlite3.Connection:
    address = path.absolute().as_uri() + ("?immutable=1" if path.exists() and is_frozen(path) else "")
    return sqlite3.connect(
        address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )


def _check_head(path: Path, there: bool) -> None:
    try:
        if path.is_dir():
            raise WrongDatabase(f"{path}: is a folder, not a database.")
        if not there:
            if not path.parent.is_dir():
                raise EvidenceError(f"{path}: the folder {path.parent} does not exist.")
            return
        with path.open("rb") as file:
            head = file.read(len(_SQLITE_MAGIC))
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror}).") from error
    if head and head != _SQLITE_MAGIC:
        raise WrongDatabase(f"{path}: is not a SQLite database; name an evidence file with `--db`.")


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection, path)
    if version < VERSION:
        raise WrongDatabase(f"{path}: has schema {version}, this program {VERSION}: run `kb upgrade` first.")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema of a file of ours that this program knows; anything else raises ``WrongDatabase``."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise WrongDatabase(
            f"{path}: is a SQLite database, but not made by Evidence KB; left as it is."
            " Name another with `--db`."
        )
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise WrongDatabase(
            f"{path}: was made by a newer Evidence KB (schema {version}; this one knows {VERSION});"
            " upgrade the program."
        )
    return version


def _is_blank(connection: sqlite3.Connection) -> bool:
    """Whether nothing was ever written: a new file, or one whose making was killed."""
    return not connection.execute("select 1 from sqlite_master limit 1").fetchone()


def _create(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database

    # Readers (the site) go on while a writer works, and a killed writer leaves the last commit.
    connection.execute("PRAGMA journal_mode = wal")
    database = Database(connection, execute_plugins=False)
    with database.atomic():
        for step in MIGRATIONS:
            step(database)
        stamp(connection, VERSION)
