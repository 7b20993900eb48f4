"""What a visitor is told when something fails: a sentence, a status, never a trace."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any
from urllib.parse import unquote

from datasette.database import QueryInterrupted
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import Base400, NotFound, Request, Response
from datasette.views.base import DatasetteError

from corpus.errors import EvidenceError
from kb.site.evidence import Busy, evidence_of
from kb.site.render import refuse
from kb.site.routes import RESERVED
from kb.site.views.common import no_record

_log = logging.getLogger("kb.site")

# What Datasette's own pages raise for parameters that they do not expect (a page number that is none,
# a column that is not there, JSON of another shape): the visitor's slip, not a fault of the server.
_SLIPS = (
    AssertionError,
    AttributeError,
    LookupError,
    OverflowError,
    QueryInterrupted,
    TypeError,
    ValueError,
    sqlite3.Error,
)


async def page(datasette: Any, request: Request, exception: Exception) -> Response:
    """The answer to a request that ended in ``exception``."""
    if isinstance(exception, NotFound):
        return await _not_found(datasette, request)
    if isinstance(exception, Busy):
        sentence = "More people ask just now than can be answered at once. Try again in a few seconds."
        answer = await _answer(datasette, request, 503, "Busy just now", sentence)
        answer.headers["Retry-After"] = "5"
        return answer
    status, title, sentence = _told(request, exception)
    if status >= 500:
        _log.error("%s failed", request.path, exc_info=exception)
    return await _answer(datasette, request, status, title, sentence)


def _told(request: Request, exception: Exception) -> tuple[int, str, str]:
    if isinstance(exception, Base400):
        return exception.status, "That does not work", str(exception)
    if isinstance(exception, DatasetteError) and exception.message_is_html:
        return 400, "That took too long", "The database took too long over that. Ask for less at once."
    if isinstance(exception, DatasetteError):
        # Datasette calls a column that is not there a fault of the server.
        status = exception.status if exception.status < 500 else 400
        return status, exception.title or "That does not work", str(exception.message)
    if isinstance(exception, _SLIPS) and request.query_string and not _ours(request):
        sentence = "A part of the address after the question mark is not what this page takes."
        return 400, "That does not work", sentence
    return (
        500,
        "That went wrong",
        "Something went wrong on our side. It was noted; the rest of the site works.",
    )


def _ours(request: Request) -> bool:
    first = _first(request)
    return not first or first in RESERVED


def _first(request: Request) -> str:
    path = request.scope.get("route_path") or request.path
    return str(path).strip("/").partition("/")[0].partition(".")[0]


async def _answer(datasette: Any, request: Request, status: int, title: str, sentence: str) -> Response:
    if request.path.endswith(".json") or _first(request) == "api":
        content = {"ok": False, "error": sentence, "status": status, "title": title}
        return Response.json(content, status=status, headers={"Access-Control-Allow-Origin": "*"})
    return await refuse(datasette, request, status, title, sentence)


async def _not_found(datasette: Any, request: Request) -> Response:
    evidence = evidence_of(datasette)
    parts = [tilde_decode(part) for part in request.path.split("/") if part]
    if evidence and len(parts) >= 3 and parts[-3:-1] == [evidence.name, "records"]:
        wanted = unquote(parts[-1])
        try:
            now = await evidence.read(lambda library: library.store.resolve(wanted))
        except EvidenceError:
            return await no_record(datasette, request, wanted)
        if now != wanted:
            # The id of a record that was joined to another since somebody linked to it.
            return Response.redirect(str(datasette.urls.row(evidence.name, "records", tilde_encode(now))))
    return await _answer(datasette, request, 404, "Page not found", "There is no page at this address.")
