"""What templates are given about the visitor: whether one can sign in, who did, and what waits for them."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Request

from corpus.errors import EvidenceError
from kb.site.desk import desk_of, is_writable
from kb.site.evidence import Busy, Evidence
from kb.site.pages import desk as desk_page
from kb.site.sign_in import name_of, sign_in_of

#: So many decisions at most are told of at once, and taken back at once.
MOST = 10


def visitor(datasette: Any, request: Request | None) -> dict[str, Any]:
    """Of everybody: where one signs in ("" where nobody can), and the name of who did."""
    if sign_in_of(datasette) is None or request is None:
        return {"signed_in": "", "sign_in_address": ""}
    path = request.scope.get("route_path") or request.path
    query = f"?{urlencode({'next': path})}" if path not in ("/", "/sign-in", "/sign-out") else ""
    address = datasette.urls.path(f"/sign-in{query}")
    return {"signed_in": name_of(datasette, request), "sign_in_address": address}


async def at_desk(datasette: Any, evidence: Evidence, request: Request) -> dict[str, Any]:
    """Of who is signed in: the bar, and what the index is doing."""
    decided, undone = (numbers(request.args.get(name) or "") for name in ("decided", "undone"))
    try:
        bar = await evidence.read(
            lambda library: desk_page.bar(library, decided or undone, undone=bool(undone))
        )
    except (Busy, EvidenceError, sqlite3.Error):
        # The page itself says what is wrong; the bar is shown without figures.
        bar = None
    desk = desk_of(datasette)
    return {
        "bar": bar,
        "indexing": desk.indexing,
        "index_failure": desk.failure,
        "writable": is_writable(evidence),
        "same": request.args.get("same") == "1",
    }


def numbers(text: str) -> tuple[int, ...]:
    """The numbers of "5,6"; what is none is left out."""
    parts = [part for part in text[:200].split(",") if part.isascii() and part.isdigit() and len(part) < 16]
    return tuple(map(int, parts[:MOST]))
