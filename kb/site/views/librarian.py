"""The pages for the librarian, which anybody may read: problems, doubtful duplicates, decisions."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError
from kb.site.desk import is_writable
from kb.site.pages import doubts as doubts_page
from kb.site.pages import log as log_page
from kb.site.pages import problems as problems_page
from kb.site.pages.paging import number_of
from kb.site.render import refuse, render
from kb.site.sign_in import name_of
from kb.site.views.common import Routes, evidence_for

_SLIP = "That does not work"


async def problems(datasette: Any, request: Request) -> Response:
    """What could not be read."""
    evidence = await evidence_for(datasette, request)
    try:
        page = number_of(request.args.get("page"))
        named = (request.args.get("source") or "").strip()
        source = number_of(named, "number of a source") if named else None
        context = await evidence.read(lambda library: problems_page.problems(library, source, page))
    except EvidenceError as error:
        return await refuse(datasette, request, 400, _SLIP, str(error))
    return await render(datasette, request, "problems", context)


async def problem(datasette: Any, request: Request) -> Response:
    """One piece that could not be read; its address takes a form too (``kb.site.views.desk``)."""
    return await problem_page(datasette, request)


async def problem_page(
    datasette: Any, request: Request, text: str | None = None, reason: str = ""
) -> Response:
    """The same with the text that somebody tried, and the reason why it could not be read either."""
    evidence = await evidence_for(datasette, request)
    number = int(request.url_vars["problem"])
    mending = bool(name_of(datasette, request)) and is_writable(evidence)
    context = await evidence.read(lambda library: problems_page.problem(library, number, mending=mending))
    if context is None:
        sentence = f"No piece here has the number {number}. The problems page lists them all."
        return await refuse(datasette, request, 404, "No such problem", sentence)
    if text is not None and context["text"] is not None:
        context |= {"text": text, "tried": reason}
    return await render(datasette, request, "problem", context, status=400 if reason else 200)


async def doubts(datasette: Any, request: Request) -> Response:
    """Pairs that look alike and were not joined."""
    evidence = await evidence_for(datasette, request)
    try:
        page = number_of(request.args.get("page"))
    except EvidenceError as error:
        return await refuse(datasette, request, 400, _SLIP, str(error))
    context = await evidence.read(lambda library: doubts_page.doubts(library, page))
    return await render(datasette, request, "doubts", context)


async def doubt(datasette: Any, request: Request) -> Response:
    """One pair; its address takes a form too."""
    evidence = await evidence_for(datasette, request)
    one, other = (unquote(request.url_vars[name]) for name in ("one", "other"))
    try:
        context = await evidence.read(lambda library: doubts_page.doubt(library, one, other))
    except EvidenceError as error:
        sentence = f"{str(error)[:1].upper()}{str(error)[1:]}"
        return await refuse(datasette, request, 404, "No such pair", sentence)
    return await render(datasette, request, "doubt", context)


async def decisions(datasette: Any, request: Request) -> Response:
    """Who decided what."""
    evidence = await evidence_for(datasette, request)
    try:
        page = number_of(request.args.get("page"))
    except EvidenceError as error:
        return await refuse(datasette, request, 400, _SLIP, str(error))
    context = await evidence.read(lambda library: log_page.log(library, page))
    return await render(datasette, request, "decisions", context)


ROUTES: Routes = [
    (r"/problems$", problems),
    (r"/doubts$", doubts),
    (r"/decisions$", decisions),
]
