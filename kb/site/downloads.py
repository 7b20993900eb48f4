"""Downloads of whole result sets, streamed: a thread writes, the event loop sends."""

from __future__ import annotations

import asyncio
import io
import queue
import re
import threading
from collections.abc import AsyncIterator, Sequence

from kb.exporters import EXPORTERS
from kb.site.asked import Asked
from kb.site.evidence import Evidence

_CHUNK = 1 << 16
_AHEAD = 4

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
    """A text stream whose chunks another thread takes; blocks while too many are waiting."""

    def __init__(self) -> None:
        self.chunks: queue.Queue[str | None] = queue.Queue(_AHEAD)
        self.abandoned = threading.Event()
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
        """Hand over what was written so far."""
        if self._parts:
            self._put("".join(self._parts))
            self._parts, self._size = [], 0

    def take(self) -> str | None:
        """The next chunk, once there is one; ``None`` after the last, and where nobody waits any more."""
        while not self.abandoned.is_set():
            try:
                return self.chunks.get(timeout=0.5)
            except queue.Empty:
                continue
        return None

    def finish(self) -> None:
        """Say that nothing follows."""
        self._put(None)

    def _put(self, chunk: str | None) -> None:
        while not self.abandoned.is_set():
            try:
                self.chunks.put(chunk, timeout=0.5)
                return
            except queue.Full:
                continue
        raise _Gone


async def stream(evidence: Evidence, ids: Sequence[str], ending: str) -> AsyncIterator[str]:
    """The records of ``ids`` in the format of that ending, in chunks, as they are written."""
    outlet = _Outlet()

    def write() -> None:
        try:
            with evidence.exporters.borrow() as library:
                library.export(ids, ENDINGS[ending], outlet)
                outlet.pass_on()
        except _Gone:
            return
        finally:
            if not outlet.abandoned.is_set():
                outlet.finish()

    writing = asyncio.create_task(asyncio.to_thread(write))
    try:
        while (chunk := await asyncio.to_thread(outlet.take)) is not None:
            yield chunk
        await writing
    finally:
        outlet.abandoned.set()


def media_type(ending: str) -> str:
    """The media type to send with a download."""
    return f"{EXPORTERS[ENDINGS[ending]].media_type}; charset=utf-8"


def file_name(asked: Asked, ending: str) -> str:
    """A name for the file that says what was asked, in plain ASCII."""
    said = " ".join([asked.text, *(value for _, value in asked.filters)])
    words = re.findall(r"[a-z0-9]+", said.lower())
    return f"{'-'.join(['evidence', *words])[:80].rstrip('-')}.{ending}"
