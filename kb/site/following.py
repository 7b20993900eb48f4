"""Following the evidence file: what is put in its place is taken up between two pages, never within one."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError
from corpus.opening import is_frozen
from kb.site.evidence import Evidence, Release, identity
from kb.site.manners import App, Receive, Scope, Send

_log = logging.getLogger("kb.site")

# A page that takes longer than this is not waited for: it goes on with what it has open.
_PATIENCE = 5.0


def follow(app: App, datasette: Any, evidence: Evidence) -> App:
    """The application, which takes up another file put in the place of the one it serves.

    The old one answers until the new one is open and warm. Then new requests wait for the few milliseconds
    until those under way have their answer, so that none is made of both.
    """
    follower = _Follower(datasette, evidence)

    async def followed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await follower.enter()
        inside = True

        async def send_on(message: Any) -> None:
            nonlocal inside
            # By then a page is made, and a download holds the file that it reads.
            if inside:
                inside = False
                follower.leave()
            await send(message)

        try:
            await app(scope, receive, send_on)
        finally:
            if inside:
                follower.leave()

    return followed


class _Follower:
    def __init__(self, datasette: Any, evidence: Evidence) -> None:
        self._datasette = datasette
        self._evidence = evidence
        self._change: asyncio.Task[None] | None = None
        self._under_way = 0
        self._idle = asyncio.Event()
        self._open = asyncio.Event()
        self._open.set()

    async def enter(self) -> None:
        """Begin a page, once no change is being made."""
        now = identity(self._evidence.given)
        if now and now != self._evidence.identity and (self._change is None or self._change.done()):
            # Seen, even if it turns out to be none: it is not tried again with each page.
            self._evidence.identity = now
            self._change = asyncio.create_task(self._take_up())
        await self._open.wait()
        self._under_way += 1

    def leave(self) -> None:
        """End a page."""
        self._under_way -= 1
        if not self._under_way:
            self._idle.set()

    async def _take_up(self) -> None:
        try:
            release = await asyncio.to_thread(_opened, self._evidence.given)
        except (EvidenceError, OSError, sqlite3.Error) as error:
            _log.error("The file put in place is not taken up, the one before is served on: %s", error)
            return
        self._open.clear()
        try:
            self._idle.clear()
            if self._under_way:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._idle.wait(), _PATIENCE)
            self._change_over(release)
        finally:
            self._open.set()

    def _change_over(self, release: Release) -> None:
        before, self._evidence.release = self._evidence.release, release
        before.close()
        database = self._evidence.database
        database.path, database.is_mutable = str(release.path), not is_frozen(release.path)
        database.cached_hash = database.cached_size = database._cached_table_counts = None
        # Datasette keeps a connection a thread, for as long as the thread lives.
        if (threads := self._datasette.executor) is not None:
            self._datasette.executor = ThreadPoolExecutor(self._datasette.setting("num_sql_threads"))
            threads.shutdown(wait=False)
        database._all_file_connections = []
        _log.info("Serving %s now", release.path)


def _opened(given: Path) -> Release:
    release = Release(given.resolve())
    release.warm()
    return release
