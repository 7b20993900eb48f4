"""A record's reference in a chosen citation style: as a page to copy from, and as plain text."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError, MissingExtra
from corpus.record import Record
from kb.citing import Style, named
from kb.citing.styles import DEFAULT
from kb.site.pages import cite as cite_page
from kb.site.render import refuse, render
from kb.site.views.common import Routes, evidence_for, no_record


async def cite(datasette: Any, request: Request) -> Any:
    """The page of a record's reference in the style that ``style`` names."""
    context = await _context(datasette, request)
    if isinstance(context, Response):
        return context
    return await render(datasette, request, "cite", context)


async def cite_text(datasette: Any, request: Request) -> Any:
    """The reference alone, as plain text."""
    context = await _context(datasette, request)
    if isinstance(context, Response):
        return context
    return Response.text(f"{context['plain']}\n")


async def _context(datasette: Any, request: Request) -> dict[str, Any] | Response:
    """What the page shows, or the page that says why it cannot."""
    evidence = await evidence_for(datasette, request)
    wanted = unquote(request.url_vars["record"])
    try:
        record = await evidence.read(lambda library: library.record(library.store.resolve(wanted)))
    except EvidenceError:
        return await no_record(datasette, request, wanted)
    name = request.args.get("style", "")
    try:
        style = named(name or DEFAULT)
    except MissingExtra as error:
        if not name:
            return cite_page.cite_plainly(record)
        return await refuse(datasette, request, 503, "Not installed here", str(error))
    except EvidenceError as error:
        return await refuse(datasette, request, 400, "No such citation style", str(error))
    return await _set(datasette, request, record, style)


async def _set(datasette: Any, request: Request, record: Record, style: Style) -> dict[str, Any] | Response:
    try:
        return cite_page.cite(record, style, await cite_page.reference(record, style))
    except EvidenceError as error:
        return await refuse(datasette, request, 503, "That could not be set just now", str(error))


ROUTES: Routes = [
    (r"/records/(?P<record>[^/]+)/cite$", cite),
    (r"/records/(?P<record>[^/]+)/cite\.txt$", cite_text),
]
