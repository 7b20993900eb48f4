"""Atom feeds: of all that comes into the library, of a search, of a theme."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError
from kb.site import asked as asking
from kb.site import feeds
from kb.site.asked import Asked, shorten
from kb.site.render import shared
from kb.site.views.common import Routes, evidence_for, no_theme, not_searched


async def of_search(datasette: Any, request: Request) -> Response:
    """The feed of a search, or of the whole library."""
    try:
        asked = asking.read(request.args)
    except EvidenceError as error:
        return await not_searched(datasette, request, error)
    address = asked.address()
    title = f"“{shorten(asked.text)}”" if asked.text else "New records"
    return await feed(datasette, request, asked, title, f"/search?{address}" if address else "/search")


async def of_theme(datasette: Any, request: Request) -> Response:
    """The feed of a theme."""
    evidence = await evidence_for(datasette, request)
    wanted = unquote(request.url_vars["theme"])
    theme = await evidence.read(lambda library: library.themes.get(wanted))
    if theme is None:
        return await no_theme(datasette, request, wanted)
    asked = Asked(theme=(theme.id,))
    return await feed(datasette, request, asked, theme.label, f"/themes/{request.url_vars['theme']}")


async def feed(datasette: Any, request: Request, asked: Asked, title: str, page: str) -> Response:
    """The feed of a search, which has its page at ``page``."""
    evidence = await evidence_for(datasette, request)
    try:
        found = await evidence.read(lambda library: feeds.entries(library, asked))
    except EvidenceError as error:
        return await not_searched(datasette, request, error)

    def whole(path: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(path)))

    query = f"?{request.query_string}" if request.query_string else ""
    route = request.scope.get("route_path") or request.path
    addresses = feeds.Addresses(whole(route + query), whole(page), whole("/records/"))
    site = shared(datasette, evidence)["site_title"]
    headers = {"Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}"}
    body = feeds.atom(f"{title} – {site}", found, addresses)
    return Response(body, headers=headers, content_type=feeds.MEDIA_TYPE)


ROUTES: Routes = [
    (r"/search\.atom$", of_search),
    (r"/themes/(?P<theme>[^/]+)\.atom$", of_theme),
]
