"""Records made ready for Tantivy on every core, since Python reads texts on one core at a time.

The processes are plain ones that are told by a pipe what to read, not ``multiprocessing``'s: those run the
main module of the caller again, which a script without a guard does not survive.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue
from typing import TypeAlias

from index.engine import Document
from index.tantivy_schema import Fields, fields_of
from index.tantivy_text import Texts

Made: TypeAlias = "tuple[list[Fields], set[str]]"
"""The fields of some documents, and the forms that were met in them."""

#: So many are read here before a process is worth its start, and so many go to a process at once.
_FEW, _CHUNK = 4000, 250
_MOST_PROCESSES = 8
_READ = "from index.tantivy_ready import answer; answer()"


class Ready:
    """Reads documents in their order; ``forms`` are those of ``Texts``."""

    def __init__(self) -> None:
        self._texts = Texts()
        self.forms = self._texts.forms
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        self._started: list[subprocess.Popen[bytes]] = []

    def read(self, documents: Iterable[Document]) -> Iterator[Fields]:
        """The fields of each document."""
        documents = iter(documents)
        for document in islice(documents, _FEW):
            yield fields_of(document, self._texts)
        chunks = iter(lambda: list(islice(documents, _CHUNK)), [])
        try:
            for chunk, found in self._at_once(chunks):
                if found is None:
                    # Whatever befell the process, nothing is lost by it.
                    yield from (fields_of(document, self._texts) for document in chunk)
                else:
                    self.forms.update(found[1])
                    yield from found[0]
        finally:
            for process in self._started:
                process.kill()
                process.communicate()

    def _at_once(self, chunks: Iterator[list[Document]]) -> Iterator[tuple[list[Document], Made | None]]:
        """Each chunk with what was made of it, in order; ``None`` where no process could."""
        first = next(chunks, None)
        if first is None:
            return
        self._start()
        threads = max(len(self._started), 1)
        asked: deque[tuple[list[Document], Future[Made | None]]] = deque()
        with ThreadPoolExecutor(threads) as pool:
            asked.append((first, pool.submit(self._ask, first)))
            for chunk in chunks:
                asked.append((chunk, pool.submit(self._ask, chunk)))
                if len(asked) > 2 * threads:
                    yield _answered(asked.popleft())
            while asked:
                yield _answered(asked.popleft())

    def _start(self) -> None:
        count = min(_cores(), _MOST_PROCESSES)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
        for _ in range(count if count > 1 else 0):
            try:
                process = subprocess.Popen(
                    [sys.executable, "-c", _READ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                )
            except OSError:
                break
            self._started.append(process)
            self._idle.put(process)
        if not self._started:
            self._idle.put(None)

    def _ask(self, chunk: list[Document]) -> Made | None:
        process = self._idle.get()
        try:
            if process is None or process.stdin is None or process.stdout is None:
                return None
            pickle.dump(chunk, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            made: Made = pickle.load(process.stdout)  # noqa: S301  (our own process)
            return made
        except (OSError, EOFError, ValueError, pickle.PickleError):
            return None
        finally:
            self._idle.put(process)


def answer() -> None:
    """What a process does: read chunks of documents from stdin until it ends, and write what they are."""
    texts = Texts()
    while True:
        try:
            chunk = pickle.load(sys.stdin.buffer)  # noqa: S301  (our own parent)
        except EOFError:
            return
        made = [fields_of(document, texts) for document in chunk]
        pickle.dump((made, texts.forms), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()
        texts.forms.clear()


def _answered(
    asked: tuple[list[Document], Future[Made | None]],
) -> tuple[list[Document], Made | None]:
    return asked[0], asked[1].result()


def _cores() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
