"""A record's reference in a chosen style: set in threads of its own, so that nothing else waits for it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from markupsafe import Markup

from corpus.errors import EvidenceError
from corpus.record import Record
from kb.citing import Reference, Style, processor
from kb.citing.processor import Remembering
from kb.citing.styles import offered
from kb.site import citation

# Each runs a program of some 60 MB for a tenth of a second.
_AT_ONCE = 2
# Who comes after so many is told to come back: a crawler must not make a reader wait a minute.
_WAITING = 24
_threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="citing")
_places = threading.BoundedSemaphore(_WAITING)


class Busy(EvidenceError):
    """Too many references are being set just now."""


async def reference(record: Record, style: Style) -> Reference:
    """The record's reference in that style; raises ``EvidenceError`` where it cannot be set."""
    if not _places.acquire(blocking=False):
        raise Busy("Many references are being set just now. Try again in a moment.")
    try:
        setting = _threads.submit(_remembering().reference, record, style)
    except BaseException:
        _places.release()
        raise
    # Released when it is done and not when nobody waits any more: the work goes on.
    setting.add_done_callback(lambda _: _places.release())
    return await asyncio.wrap_future(setting)


def cite(record: Record, style: Style, reference: Reference) -> dict[str, Any]:
    """What the page shows: the reference as set, and as plain text."""
    return {
        "record": record,
        "style_id": style.id,
        "style_title": style.title,
        "styles": offered(),
        "rich": Markup(reference.html),
        "plain": reference.plain,
    }


def cite_plainly(record: Record) -> dict[str, Any]:
    """What the page shows where no processor is installed: the reference that needs none."""
    parts = citation.reference(record)
    rich = [Markup("<i>{}</i>" if part.title else "{}").format(part.text) for part in parts]
    return {
        "record": record,
        "style_id": "",
        "style_title": "Harvard (Cite Them Right)",
        "styles": [],
        "rich": Markup("").join(rich),
        "plain": "".join(part.text for part in parts),
    }


@cache
def _remembering() -> Remembering:
    return Remembering(processor())
