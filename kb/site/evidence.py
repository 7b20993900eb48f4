"""The evidence file that a Datasette serves, and knowledge bases over it for threads to borrow."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from corpus.errors import EvidenceError
from corpus.opening import is_evidence
from kb.knowledge_base import KnowledgeBase

_Given = TypeVar("_Given")

# They share one index and one model, so that more cost little; of two, two slow pages held up the rest.
_READERS = 3
#: How many downloads may be under way, most of them waiting for slow visitors. They need neither model nor
#: index, and are of a kind of their own, so that they never keep a search waiting.
DOWNLOADS = 16
# Whoever came behind so many would wait for seconds: told at once, people come again later.
_WAITING = 100


class Busy(Exception):
    """More ask than can be answered soon; whoever asks now is told to come again."""


class Shelf:
    """Knowledge bases over one file, at most ``size`` at once; a thread borrows one and returns it."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self._free: list[tuple[KnowledgeBase, tuple[int, ...]]] = []
        self._slots = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._closed = False

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
            if not self._closed:
                self._free.append((library, version))
                return
        library.close()

    def _version(self, library: KnowledgeBase) -> tuple[int, ...]:
        # Another process may have written into the file, or put a new one in its place.
        try:
            stat = self.path.stat()
        except OSError:
            return ()
        return stat.st_dev, stat.st_ino, library.store.value("PRAGMA data_version")

    def close(self) -> None:
        """Close the knowledge bases: now, or once they are returned."""
        with self._lock:
            self._closed = True
            free, self._free = self._free, []
        for library, _ in free:
            library.close()


class Release:
    """One evidence file with its index, and the knowledge bases over it: for pages, and for downloads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.readers = Shelf(path, _READERS)
        self.exporters = Shelf(path, DOWNLOADS)

    def warm(self) -> None:
        """Open the index and load the model before anybody waits for them; what pages count follows aside."""
        with self.readers.borrow() as library, suppress(EvidenceError):
            # Without an index the site says so where one searches, and shows the rest.
            library.search("collaboration", limit=1)
        threading.Thread(target=self._count, name="kb-warm", daemon=True).start()

    def _count(self) -> None:
        from kb.site.pages.home import home

        # One reader is left for whoever asks meanwhile. A file that went away is told of elsewhere.
        with suppress(EvidenceError, sqlite3.Error, OSError), ExitStack() as borrowed:
            for _ in range(_READERS - 1):
                home(borrowed.enter_context(self.readers.borrow()))

    def close(self) -> None:
        """Let go of the file."""
        self.readers.close()
        self.exporters.close()


class Evidence:
    """The evidence file of a site, by the ``Database`` that Datasette made of it.

    ``given`` is the path as it was named; ``release`` is the file that it led to, which stays the one served
    until another is taken up (``kb.site.following``), whatever is put in its place meanwhile.
    """

    def __init__(self, database: Any) -> None:
        self._database = database
        self.given = Path(database.path)
        #: Which file that was, or the last one since that was tried.
        self.identity = identity(self.given)
        self.release = Release(self.given.resolve())
        # Datasette opens the file when it likes; through a link that would some day be another one.
        database.path = str(self.release.path)
        self._threads = ThreadPoolExecutor(_READERS, "kb-page")
        self._waiting = 0
        #: How many downloads are under way.
        self.downloads = 0
        #: How many documents are being made, or waited for.
        self.documents = 0

    @property
    def name(self) -> str:
        """What Datasette calls the database."""
        return str(self._database.name)

    @property
    def database(self) -> Any:
        """Datasette's own ``Database`` of the file."""
        return self._database

    async def read(self, work: Callable[[KnowledgeBase], _Given]) -> _Given:
        """What ``work`` gives, run in a thread: searching and encoding must not hold up other pages.

        Raises ``Busy`` when too many wait already.
        """

        def run() -> _Given:
            with self.release.readers.borrow() as library:
                return work(library)

        if self._waiting >= _READERS + _WAITING:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, run)
        finally:
            self._waiting -= 1


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at the path; ``None`` while there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


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
