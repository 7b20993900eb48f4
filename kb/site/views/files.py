"""What one takes away: whole result sets and single records in each format; style sheet and script."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import AsgiStream, NotFound, Request, Response

from corpus.errors import EvidenceError
from kb.site import asked as asking
from kb.site import assets, downloads
from kb.site.evidence import Evidence
from kb.site.search import ids as found_ids
from kb.site.views.common import Routes, evidence_for, no_record, not_searched

_ENDINGS = "|".join(ending.replace(".", r"\.") for ending in downloads.ENDINGS)


async def export(datasette: Any, request: Request) -> Any:
    """The whole result set of a search, in the format of the ending."""
    evidence = await evidence_for(datasette, request)
    try:
        asked = asking.read(request.args)
        ids = await evidence.read(lambda library: found_ids(library, asked))
    except EvidenceError as error:
        return await not_searched(datasette, request, error)
    ending = request.url_vars["ending"]
    return await _download(evidence, request, ids, ending, downloads.file_name(asked, ending))


async def export_record(datasette: Any, request: Request) -> Any:
    """One record, in the format of the ending."""
    evidence = await evidence_for(datasette, request)
    wanted, ending = unquote(request.url_vars["record"]), request.url_vars["ending"]
    try:
        record_id = await evidence.read(lambda library: library.store.resolve(wanted))
    except EvidenceError:
        return await no_record(datasette, request, wanted)
    return await _download(
        evidence, request, [record_id], ending, downloads.file_name(asking.Asked(record_id), ending)
    )


async def asset(request: Request) -> Response:
    """The style sheet or the script."""
    found = assets.read(request.url_vars["name"])
    if found is None:
        raise NotFound("No such file")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, headers=headers, content_type=found.media_type)


async def _download(evidence: Evidence, request: Request, ids: Any, ending: str, name: str) -> Any:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if request.method == "HEAD":
        return Response("", headers=headers, content_type=downloads.media_type(ending))
    chunks = downloads.stream(evidence, ids, ending)
    # Before anything is sent: what fails by now can still be said.
    first = await anext(chunks, "")

    async def send(writer: Any) -> None:
        leaving = asyncio.create_task(_left(request))
        try:
            await writer.write(first)
            async for chunk in chunks:
                if leaving.done():
                    break
                await writer.write(chunk)
        finally:
            leaving.cancel()
            await chunks.aclose()

    return AsgiStream(send, headers=headers, content_type=downloads.media_type(ending))


async def _left(request: Request) -> None:
    """Wait until the visitor is gone; the server itself swallows what is sent then."""
    while (await request.receive())["type"] != "http.disconnect":
        continue


ROUTES: Routes = [
    (rf"/export\.(?P<ending>{_ENDINGS})$", export),
    (rf"/records/(?P<record>[^/]+)\.(?P<ending>{_ENDINGS})$", export_record),
    (r"/-/kb/(?P<name>[a-z]+\.[a-z]+)$", asset),
]
