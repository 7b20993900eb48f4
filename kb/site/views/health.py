"""How the site is, for programs that watch it."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError
from kb.knowledge_base import KnowledgeBase
from kb.site.evidence import evidence_of
from kb.site.views.common import Routes


async def health(datasette: Any, request: Request) -> Response:
    """Whether pages can be made, of how many records, and how the index is; asked without a sign-in."""
    evidence = evidence_of(datasette)
    content = await evidence.read(_condition) if evidence else {"ok": False}
    return Response.json(content, status=200 if content["ok"] else 503, headers={"Cache-Control": "no-store"})


def _condition(library: KnowledgeBase) -> dict[str, Any]:
    content: dict[str, Any] = {"ok": True, "records": library.store.value("select count(*) from records")}
    try:
        # A search that is not there is for people to mend: starting the program anew would not help.
        content["index"] = "current" if library.index_is_current else "older than the records"
        content["built"] = library.index.manifest.built
    except EvidenceError:
        content["index"] = "missing"
    return content


ROUTES: Routes = [(r"/-/health$", health)]
