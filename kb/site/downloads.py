"""Downloads of whole result sets, streamed: a thread writes, the event loop sends."""

from __future__ import annotations

import asyncio
import io
import re
import threading
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from kb.exporters import EXPORTERS
from kb.site.asked import Asked
from kb.site.evidence import DOWNLOADS, Busy, Evidence

_CHUNK = 1 << 16
_AHEAD = 4
# A thread each, for it sleeps while its visitor takes; but two at most write at the same time.
_THREADS = ThreadPoolExecutor(DOWNLOADS, "kb-download")
_TURNS = threading.BoundedSemaphore(2)

#: Ending of the address -> name of the exporter.
ENDINGS = {"ris": "ris", "bib": "bibtex", "csl.json": "csl-json", "csv": "csv"}

#: (ending, what the link says, for whom) as pages offer them.
OFFERED = (
    ("ris", "RIS", "Zotero, EndNote, Mendeley"),
    ("bib", "BibTeX", "LaTeX"),
    ("csl.json", "CSL-JSON", "Pandoc and programs"),
    ("csv", "CSV", "spreadsheets"),
)


class _Gone(Exception):
    """Nobody waits for the rest any more."""


class _Outlet(io.TextIOBase):
    """A text stream, written by a thread, whose chunks the event loop takes as the visitor takes them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._chunks: asyncio.Queue[str | None] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)
        self._abandoned = threading.Event()
        self._parts: list[str] = []
        self._size = 0

    def write(self, text: str) -> int:
        """Keep the text for the next chunk."""
        self._parts.append(text)
        self._size += len(text)
        if self._size >= _CHUNK:
            self.pass_on()
        return len(text)

    def pass_on(self) -> None:
        """Hand over what was written so far, once there is room; raises ``_Gone`` if nobody takes more."""
        text, self._parts, self._size = "".join(self._parts), [], 0
        if not self._room.acquire(blocking=False):
            # Whoever takes slowly does not keep others from writing.
            _TURNS.release()
            try:
                self._room.acquire()
            finally:
                _TURNS.acquire()
        if self._abandoned.is_set():
            raise _Gone
        self._put(text)

    def finish(self) -> None:
        """Say that nothing follows."""
        self._put(None)

    def _put(self, chunk: str | None) -> None:
        # A loop that was closed meanwhile has nobody left who waits.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._chunks.put_nowait, chunk)

    async def take(self) -> str | None:
        """The next chunk, once there is one; ``None`` after the last."""
        chunk = await self._chunks.get()
        self._room.release()
        return chunk

    def abandon(self) -> None:
        """Take no more; the thread that writes ends."""
        self._abandoned.set()
        self._room.release()


async def stream(evidence: Evidence, ids: Sequence[str], ending: str) -> AsyncGenerator[str, None]:
    """The records of ``ids`` in the format of that ending, in chunks, as they are written.

    Raises ``Busy`` before the first chunk where too many downloads are under way.
    """
    if evidence.downloads >= DOWNLOADS:
        raise Busy
    outlet, exporters = _Outlet(asyncio.get_running_loop()), evidence.release.exporters

    def write() -> None:
        try:
            with _TURNS, exporters.borrow() as library:
                library.export(ids, ENDINGS[ending], outlet)
                outlet.pass_on()
        except _Gone:
            return
        finally:
            outlet.finish()

    evidence.downloads += 1
    try:
        writing = asyncio.get_running_loop().run_in_executor(_THREADS, write)
        while (chunk := await outlet.take()) is not None:
            yield chunk
        await writing
    finally:
        evidence.downloads -= 1
        outlet.abandon()


def media_type(ending: str) -> str:
    """The media type to send with a download."""
    return f"{EXPORTERS[ENDINGS[ending]].media_type}; charset=utf-8"


def file_name(asked: Asked, ending: str) -> str:
    """A name for the file that says what was asked, in plain ASCII."""
    said = " ".join([asked.text, *(value for _, value in asked.filters)])
    words = re.findall(r"[a-z0-9]+", said.lower())
    return f"{'-'.join(['evidence', *words])[:80].rstrip('-')}.{ending}"
