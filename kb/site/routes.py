"""The addresses of the site: which view answers each. What the pages show is made in ``kb.site.pages``."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Request, Response

from kb.site.render import refuse
from kb.site.views import files, pages
from kb.site.views.common import Routes

#: First parts of our addresses: a database must not be called so.
RESERVED = frozenset({"export", "made", "records", "search", "themes"})


def routes(datasette: Any) -> Routes:
    """(pattern, view) of every address of ours; a public site also closes the server's own tools."""
    # An export of a record is told from a record by its ending, so files come first.
    ours = [*files.ROUTES, *pages.ROUTES]
    if is_public(datasette):
        ours.append((r"/-/(?!static/|static-plugins/).*$", closed))
    return ours


def is_public(datasette: Any) -> bool:
    """Whether strangers use this Datasette: ``kb serve`` says so by not allowing arbitrary SQL."""
    return not datasette.setting("default_allow_sql")


async def closed(datasette: Any, request: Request) -> Response:
    """What a public site says about the server's own tools."""
    return await refuse(datasette, request, 404, "Page not found", "There is no page at this address.")
