"""The librarian's desk: writing into the evidence file one change at a time, and the index made anew."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from corpus.opening import is_frozen
from corpus.store import Store
from kb.site.evidence import Busy, Evidence

_Given = TypeVar("_Given")

# Who decides waits for other processes no longer than this.
_PATIENCE_MS = 3_000
_WAITING = 20

# The least urgent of processes: readers of the site come first.
_INDEX = "import os; os.nice(10); from kb.cli import main; main()"


class Desk:
    """Changes of one site's evidence file, one after the other."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "kb-desk")
        self._waiting = 0
        self._indexing: asyncio.Task[None] | None = None
        #: Why the index could not be made the last time; "" if it could.
        self.failure = ""

    async def write(self, evidence: Evidence, work: Callable[[Store], _Given]) -> _Given:
        """What ``work`` gives with the evidence file open for writing, run in the one thread that writes.

        Raises ``Busy`` when too many changes wait, ``sqlite3.OperationalError`` when another process
        writes for too long or the file cannot be written.
        """

        def run() -> _Given:
            with Store.open(evidence.release.path) as store:
                store.connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS:d}")
                return work(store)

        if self._waiting >= _WAITING:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run)
        finally:
            self._waiting -= 1

    @property
    def indexing(self) -> bool:
        """Whether the index is being made anew."""
        return self._indexing is not None and not self._indexing.done()

    def make_index(self, evidence: Evidence) -> None:
        """Begin to make the index anew, in a process of its own, unless that is under way already."""
        if not self.indexing:
            self.failure = ""
            self._indexing = asyncio.create_task(self._index(str(evidence.release.path)))

    async def _index(self, path: str) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                _INDEX,
                "--db",
                path,
                "index",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            _, said = await process.communicate()
        except OSError as error:
            self.failure = f"{error.strerror}."
            return
        if process.returncode:
            last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
            self.failure = last.removeprefix("Error: ") or "it was stopped."


def is_writable(evidence: Evidence) -> bool:
    """Whether the evidence file can be changed from here."""
    path = evidence.release.path
    return bool(evidence.database.is_mutable) and not is_frozen(path) and os.access(path, os.W_OK)


_DESKS: WeakKeyDictionary[Any, Desk] = WeakKeyDictionary()


def desk_of(datasette: Any) -> Desk:
    """The desk of this Datasette."""
    if datasette not in _DESKS:
        _DESKS[datasette] = Desk()
    return _DESKS[datasette]
