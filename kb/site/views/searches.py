"""A saved search: its page, its feed, and its strategy as a file."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError, MissingExtra
from kb.knowledge_base import KnowledgeBase
from kb.searches import flow, saved
from kb.site.asked import shorten
from kb.site.pages import saved as saved_page
from kb.site.render import refuse, render
from kb.site.views.common import Routes, evidence_for
from kb.site.views.feeds import feed

_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
}


async def search(datasette: Any, request: Request) -> Any:
    """The page of a saved search."""
    evidence = await evidence_for(datasette, request)
    name = unquote(request.url_vars["name"])
    if await evidence.read(lambda library: saved.last(library.store, name)) is None:
        return await _none(datasette, request, name)
    try:
        context = await evidence.read(lambda library: saved_page.search(library, name))
    except EvidenceError as error:
        return await refuse(datasette, request, 503, "That cannot be told just now", str(error))
    return await render(datasette, request, "saved_search", context)


async def search_feed(datasette: Any, request: Request) -> Any:
    """The feed of what comes in that a saved search finds."""
    evidence = await evidence_for(datasette, request)
    name = unquote(request.url_vars["name"])
    run = await evidence.read(lambda library: saved.last(library.store, name))
    if run is None:
        return await _none(datasette, request, name)
    asked = saved_page.asked_of(run.query)
    return await feed(datasette, request, asked, run.name, f"/saved/{request.url_vars['name']}")


async def strategy(datasette: Any, request: Request) -> Any:
    """The strategy of the last run, as a file."""
    evidence = await evidence_for(datasette, request)
    name, ending = unquote(request.url_vars["name"]), request.url_vars["ending"]
    run = await evidence.read(lambda library: saved.last(library.store, name))
    if run is None:
        return await _none(datasette, request, name)
    try:
        content = await evidence.read(lambda library: _strategy(library, name, ending))
    except MissingExtra as error:
        return await refuse(datasette, request, 503, "Not installed here", str(error))
    except EvidenceError as error:
        return await refuse(datasette, request, 503, "That cannot be written just now", str(error))
    headers = {"Content-Disposition": f'attachment; filename="{_ascii(name)}-strategy.{ending}"'}
    return Response(content, headers=headers, content_type=_TYPES[ending])


def _strategy(library: KnowledgeBase, name: str, ending: str) -> bytes:
    *earlier, run = saved.runs(library.store, name)
    if ending == "svg":
        return flow.svg(run).encode()
    from kb import documents
    from kb.searches.strategy import document

    stream = io.BytesIO()
    made = document(run, earlier, library.themes)
    documents.write(made, "markdown" if ending == "md" else "docx" if ending == "docx" else "html", stream)
    return stream.getvalue()


def _ascii(name: str) -> str:
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in name)


async def _none(datasette: Any, request: Request, name: str) -> Response:
    sentence = (
        f"No search is saved here as “{shorten(name)}”. All of them stand on the page of saved searches."
    )
    return await refuse(datasette, request, 404, "No such search", sentence)


ROUTES: Routes = [
    (r"/saved/(?P<name>[^/]+)\.atom$", search_feed),
    (r"/saved/(?P<name>[^/]+)/strategy\.(?P<ending>docx|html|md|svg)$", strategy),
    (r"/saved/(?P<name>[^/]+)$", search),
]
