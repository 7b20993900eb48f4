"""The addresses of the site: which view answers each. What the pages show is made in ``kb.site.pages``."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Request, Response

from kb.site import tables
from kb.site.render import refuse
from kb.site.views import (
    api,
    cite,
    desk,
    documents,
    feeds,
    files,
    health,
    librarian,
    lists,
    pages,
    searches,
)
from kb.site.views import map as maps
from kb.site.views.common import Routes

#: First parts of our addresses: a database must not be called so.
RESERVED = frozenset(
    {
        "api",
        "decisions",
        "desk",
        "doubts",
        "export",
        "lists",
        "made",
        "map",
        "problems",
        "records",
        "saved",
        "search",
        "sign-in",
        "sign-out",
        "themes",
    }
)


def routes(datasette: Any) -> Routes:
    """(pattern, view) of every address of ours; a public site also closes the server's own tools."""
    # An export of a record is told from a record by its ending, and so is a feed: these come first.
    ours = [
        *documents.ROUTES,
        *searches.ROUTES,
        *lists.ROUTES,
        *files.ROUTES,
        *health.ROUTES,
        *cite.ROUTES,
        *feeds.ROUTES,
        *maps.ROUTES,
        *pages.ROUTES,
    ]
    ours += [*api.ROUTES, *desk.FORMS, *librarian.ROUTES]
    ours.append((r"/(?P<database>[^/.]+)/(?P<table>[^/.]+)\.csl\.json$", tables.dotted))
    if is_public(datasette):
        ours.append((r"/-/(?!static/|static-plugins/).*$", closed))
    return ours


def is_public(datasette: Any) -> bool:
    """Whether strangers use this Datasette: ``kb serve`` says so by not allowing arbitrary SQL."""
    return not datasette.setting("default_allow_sql")


async def closed(datasette: Any, request: Request) -> Response:
    """What a public site says about the server's own tools."""
    return await refuse(datasette, request, 404, "Page not found", "There is no page at this address.")
