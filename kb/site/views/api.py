"""The API: its addresses, their JSON, and the page that explains them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlencode

from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError, IndexProblem, MissingExtra
from kb.knowledge_base import KnowledgeBase
from kb.site.api import answers, openapi
from kb.site.api.parameters import check
from kb.site.render import render, shared
from kb.site.views.common import Routes, View, evidence_for

Work = Callable[[KnowledgeBase], dict[str, Any]]


async def search(datasette: Any, request: Request) -> Response:
    """A page of hits."""
    return await _paged(datasette, request, "search", lambda library: answers.search(library, request.args))


async def export(datasette: Any, request: Request) -> Response:
    """A page of records in full."""
    return await _paged(datasette, request, "export", lambda library: answers.export(library, request.args))


async def record(datasette: Any, request: Request) -> Response:
    """One record."""
    wanted = unquote(request.url_vars["id"])

    def work(library: KnowledgeBase) -> dict[str, Any]:
        return answers.record(library, wanted)

    return await _one(datasette, request, "record", work, html=f"/records/{quote(wanted, safe='')}")


async def similar(datasette: Any, request: Request) -> Response:
    """The neighbours of a record."""
    wanted = unquote(request.url_vars["id"])

    def work(library: KnowledgeBase) -> dict[str, Any]:
        return answers.similar(library, wanted, request.args)

    return await _one(datasette, request, "similar", work, html=f"/records/{quote(wanted, safe='')}")


async def themes(datasette: Any, request: Request) -> Response:
    """All themes."""
    return await _one(datasette, request, "themes", answers.themes, html="/themes")


async def theme(datasette: Any, request: Request) -> Response:
    """One theme."""
    wanted = unquote(request.url_vars["id"])
    address = f"/themes/{quote(wanted, safe='')}"
    return await _one(
        datasette, request, "theme", lambda library: answers.theme(library, wanted), html=address
    )


async def map_(datasette: Any, request: Request) -> Response:
    """The evidence gap map."""

    def work(library: KnowledgeBase) -> dict[str, Any]:
        return answers.map_(library, request.args)

    return await _one(datasette, request, "map", work, html=_with_query("/map", request))


async def description(datasette: Any, request: Request) -> Response:
    """The API in OpenAPI."""
    evidence = await evidence_for(datasette, request)
    server = _whole(datasette, request, "/").rstrip("/")
    title = shared(datasette, evidence)["site_title"]
    values = await evidence.read(answers.values)
    return _json(datasette, openapi.document(title, server, values))


async def explained(datasette: Any, request: Request) -> Response:
    """The page that explains the API."""
    await evidence_for(datasette, request)
    context = {
        "operations": openapi.operations(),
        "server": _whole(datasette, request, "/").rstrip("/"),
    }
    return await render(datasette, request, "api", context)


async def unknown(datasette: Any, request: Request) -> Response:
    """What any other address under /api answers."""
    return _failed(datasette, 404, "There is nothing at this address; /api explains what there is.")


async def _paged(datasette: Any, request: Request, operation: str, work: Work) -> Response:
    answer = await _asked(datasette, request, operation, work)
    if isinstance(answer, Response):
        return answer
    page, pages = answer["page"], -(-answer["total"] // answer["size"])
    links = {"self": _whole(datasette, request, _with_query(f"/api/{operation}", request))}
    for name, other in (("prev", page - 1), ("next", page + 1)):
        if 1 <= other <= pages:
            links[name] = _whole(datasette, request, _with_query(f"/api/{operation}", request, page=other))
    links["html"] = _whole(datasette, request, _with_query("/search", request, only_search=True))
    return _json(datasette, {"ok": True, **answer, "links": links})


async def _one(datasette: Any, request: Request, operation: str, work: Work, *, html: str) -> Response:
    answer = await _asked(datasette, request, operation, work)
    if isinstance(answer, Response):
        return answer
    route = str(request.scope.get("route_path") or request.path)
    links = {
        "self": _whole(datasette, request, _with_query(quote(unquote(route)), request)),
        "html": _whole(datasette, request, html),
    }
    return _json(datasette, {"ok": True, **answer, "links": links})


async def _asked(datasette: Any, request: Request, operation: str, work: Work) -> dict[str, Any] | Response:
    evidence = await evidence_for(datasette, request)
    try:
        check(request.args, operation)
        return await evidence.read(work)
    except (IndexProblem, MissingExtra):
        sentence = "The search index of this library is missing or being made anew."
        return _failed(datasette, 503, sentence)
    except EvidenceError as error:
        return _failed(datasette, 404 if isinstance(error, answers.NotThere) else 400, str(error))


def _json(datasette: Any, content: dict[str, Any], status: int = 200) -> Response:
    # Anybody's page may read it: nothing here is for one visitor alone.
    headers = {"Access-Control-Allow-Origin": "*"}
    if status == 200:
        headers["Cache-Control"] = f"max-age={datasette.setting('default_cache_ttl')}"
    links = content.get("links", {})
    if said := ", ".join(f'<{links[name]}>; rel="{name}"' for name in ("prev", "next") if name in links):
        headers["Link"] = said
    body = json.dumps(content, ensure_ascii=False)
    return Response(body, status=status, headers=headers, content_type="application/json; charset=utf-8")


def _failed(datasette: Any, status: int, sentence: str) -> Response:
    return _json(datasette, {"ok": False, "error": sentence, "status": status}, status)


def _whole(datasette: Any, request: Request, path: str) -> str:
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


def _with_query(path: str, request: Request, page: int | None = None, *, only_search: bool = False) -> str:
    left_out = ("page", "size", "facets", "id") if only_search else ("page",) if page is not None else ()
    names = [name for name in request.args if name not in left_out]
    pairs = [(name, value) for name in names for value in request.args.getlist(name)]
    if page is not None:
        pairs.append(("page", str(page)))
    return f"{path}?{urlencode(pairs)}" if pairs else path


_ADDRESSES: tuple[tuple[str, View], ...] = (
    (r"/search", search),
    (r"/export", export),
    (r"/records/(?P<id>[^/]+)", record),
    (r"/similar/(?P<id>[^/]+)", similar),
    (r"/themes", themes),
    (r"/themes/(?P<id>[^/]+)", theme),
    (r"/map", map_),
    (r"/openapi\.json", description),
)
ROUTES: Routes = [
    (r"/api$", explained),
    *((rf"/api{pattern}$", view) for pattern, view in _ADDRESSES),
    (r"/api/.*$", unknown),
]
