"""What views share: the evidence file for a visitor who may see it, and the answers when there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette.utils.asgi import NotFound, Request, Response

from corpus.errors import EvidenceError, IndexProblem, MissingExtra
from kb.site.asked import shorten
from kb.site.evidence import Evidence, evidence_of
from kb.site.render import refuse

View = Callable[..., Awaitable[Any]]
#: (pattern of the path, view) of some addresses.
Routes = list[tuple[str, View]]


async def evidence_for(datasette: Any, request: Request) -> Evidence:
    """The evidence file, for a visitor who may see its records; raises Datasette's errors for another."""
    evidence = evidence_of(datasette)
    if evidence is None:
        raise NotFound("No evidence file is served here")
    await datasette.ensure_permissions(
        request.actor,
        [("view-table", (evidence.name, "records")), ("view-database", evidence.name), "view-instance"],
    )
    return evidence


async def not_searched(datasette: Any, request: Request, error: EvidenceError) -> Response:
    """The page for a search that could not be run: there is no index, or it asks for what there is not."""
    if isinstance(error, IndexProblem | MissingExtra):
        sentence = (
            "The search index of this library is missing or being made anew. The themes and the records can"
            " be read; whoever runs the site makes the index with “kb index”."
        )
        return await refuse(datasette, request, 503, "Search is not available just now", sentence)
    return await refuse(datasette, request, 400, "That search cannot be run", str(error))


async def no_record(datasette: Any, request: Request, wanted: str) -> Response:
    """The page that says that there is no record with that id."""
    sentence = f"No record here has, or had, the id “{shorten(wanted)}”. Try a search for its title."
    return await refuse(datasette, request, 404, "No such record", sentence)


async def no_theme(datasette: Any, request: Request, wanted: str) -> Response:
    """The page that says that there is no theme with that id."""
    sentence = f"No theme here has the id “{shorten(wanted)}”. All of them stand on the themes page."
    return await refuse(datasette, request, 404, "No such theme", sentence)
