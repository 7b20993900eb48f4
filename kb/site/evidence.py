"""The evidence file that a Datasette serves, and knowledge bases over it for threads to borrow."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from corpus.opening import is_evidence
from kb.knowledge_base import KnowledgeBase

_Given = TypeVar("_Given")

# Each keeps a model and an index in memory (some 120 MB). On two cores, eight visitors at once were not
# served faster by three than by two.
_READERS = 2
# A download takes long and needs neither; of its own kind, so that it never keeps a search waiting.
_EXPORTERS = 2


class Shelf:
    """Knowledge bases over one file, at most ``size`` at once; a thread borrows one and returns it."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self._free: list[tuple[KnowledgeBase, tuple[int, ...]]] = []
        self._slots = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self) -> Iterator[KnowledgeBase]:
        """A knowledge base for this thread alone, of the file as it is now; waits for a free one."""
        with self._slots:
            library, version = self._take()
            try:
                yield library
            except sqlite3.Error:
                # Whatever is wrong with it, the next one starts afresh.
                library.close()
                raise
            except BaseException:
                self._return(library, version)
                raise
            self._return(library, version)

    def _take(self) -> tuple[KnowledgeBase, tuple[int, ...]]:
        with self._lock:
            library, seen = self._free.pop() if self._free else (None, ())
        if library is not None:
            if self._version(library) == seen:
                return library, seen
            library.close()
        library = KnowledgeBase.open(self.path)
        return library, self._version(library)

    def _return(self, library: KnowledgeBase, version: tuple[int, ...]) -> None:
        # With the version that it had before its work: what came meanwhile it may not have read.
        with self._lock:
            self._free.append((library, version))

    def _version(self, library: KnowledgeBase) -> tuple[int, ...]:
        # Another process may have written into the file, or put a new one in its place.
        try:
            stat = self.path.stat()
        except OSError:
            return ()
        return stat.st_dev, stat.st_ino, library.store.value("PRAGMA data_version")

    def close(self) -> None:
        """Close the knowledge bases that nobody has borrowed."""
        with self._lock:
            free, self._free = self._free, []
        for library, _ in free:
            library.close()


class Evidence:
    """The evidence file of a site, by the ``Database`` that Datasette made of it."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.readers = Shelf(Path(database.path), _READERS)
        self.exporters = Shelf(Path(database.path), _EXPORTERS)

    @property
    def name(self) -> str:
        """What Datasette calls the database."""
        return str(self._database.name)

    async def read(self, work: Callable[[KnowledgeBase], _Given]) -> _Given:
        """What ``work`` gives, run in a thread: searching and encoding must not hold up other pages."""

        def run() -> _Given:
            with self.readers.borrow() as library:
                return work(library)

        return await asyncio.to_thread(run)

    def close(self) -> None:
        """Let go of the file."""
        self.readers.close()
        self.exporters.close()


_SITES: WeakKeyDictionary[Any, Evidence | None] = WeakKeyDictionary()


def evidence_of(datasette: Any) -> Evidence | None:
    """The (first) evidence file that this Datasette serves; ``None`` if it serves none."""
    if datasette not in _SITES:
        _SITES[datasette] = _find(datasette)
    return _SITES[datasette]


def _find(datasette: Any) -> Evidence | None:
    for database in datasette.databases.values():
        if database.path and is_evidence(Path(database.path)):
            return Evidence(database)
    return None
