"""The evidence gap map: as a page, and as CSV and SVG to take away."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError
from kb.gap_map import GapMap
from kb.site import asked as asking
from kb.site.pages import map as map_page
from kb.site.render import render, shared
from kb.site.views.common import Routes, evidence_for, not_searched

_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml; charset=utf-8"}


async def gap_map(datasette: Any, request: Request) -> Response:
    """The page."""
    evidence = await evidence_for(datasette, request)
    site = shared(datasette, evidence)["site_title"]
    try:
        asked, layout = asking.read(request.args), map_page.layout_of(request.args)
        context = await evidence.read(lambda library: map_page.page(library, asked, layout, site))
    except EvidenceError as error:
        return await not_searched(datasette, request, error)
    return await render(datasette, request, "map", context)


async def gap_map_file(datasette: Any, request: Request) -> Response:
    """The map as a file, in the form of the ending."""
    evidence = await evidence_for(datasette, request)
    ending, site = request.url_vars["ending"], shared(datasette, evidence)["site_title"]
    try:
        asked, layout = asking.read(request.args), map_page.layout_of(request.args)
        content = await evidence.read(
            lambda library: _written(map_page.read_map(library, asked, layout), ending, site)
        )
    except EvidenceError as error:
        return await not_searched(datasette, request, error)
    # A picture is shown; a table is for another program.
    kept = "attachment" if ending == "csv" else "inline"
    headers = {
        "Content-Disposition": f'{kept}; filename="{map_page.file_name(layout, ending)}"',
        "Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}",
    }
    return Response(content, headers=headers, content_type=_MEDIA_TYPES[ending])


def _written(found: GapMap, ending: str, site: str) -> str:
    if ending == "svg":
        from kb.gap_map_svg import svg
        from kb.gap_map_words import citation

        return svg(found, [citation(found, site, date.today())])
    from kb.gap_map_table import write_csv

    stream = StringIO()
    write_csv(found, stream)
    return stream.getvalue()


ROUTES: Routes = [
    (r"/map$", gap_map),
    (r"/map\.(?P<ending>csv|svg)$", gap_map_file),
]
