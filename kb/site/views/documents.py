"""Documents and workbooks of a whole result, made in a thread of their own; the page to choose them on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError, MissingExtra
from kb import exporting, leaving
from kb.knowledge_base import KnowledgeBase
from kb.site import asked as asking
from kb.site import downloads
from kb.site.asked import Asked, shorten
from kb.site.evidence import Busy, Evidence
from kb.site.pages import take as take_page
from kb.site.render import refuse, render
from kb.site.search import check
from kb.site.views.common import Routes, evidence_for, not_searched

#: Ending of the address -> format.
FORMATS = {"docx": "docx", "html": "html", "md": "markdown", "xlsx": "xlsx"}
#: Ending -> media type.
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_MOST_ROWS = 20_000
#: One at a time: each is a second or two of both processors.
_THREAD = ThreadPoolExecutor(1, "kb-document")
_WAITING = 8


async def take(datasette: Any, request: Request) -> Any:
    """The page of what can be taken away."""
    evidence = await evidence_for(datasette, request)
    try:
        asked = asking.read(request.args)
        context = await evidence.read(lambda library: take_page.take(library, asked))
    except EvidenceError as error:
        return await not_searched(datasette, request, error)
    return await render(datasette, request, "take", context | {"downloads": downloads.OFFERED})


async def document(datasette: Any, request: Request) -> Any:
    """The records of a search as a document or a workbook."""
    evidence = await evidence_for(datasette, request)
    ending = request.url_vars["ending"]
    headers = {}
    try:
        asked = asking.read(request.args)
        form = _form(request)
        headers["Content-Disposition"] = f'attachment; filename="{downloads.file_name(asked, ending)}"'
        if request.method == "HEAD":
            return Response("", headers=headers, content_type=TYPES[ending])
        content = await in_turn(evidence, lambda library: _write(library, asked, ending, form))
    except MissingExtra as error:
        return await refuse(datasette, request, 503, "Not installed here", str(error))
    except EvidenceError as error:
        return await not_searched(datasette, request, error)
    return Response(content, headers=headers, content_type=TYPES[ending])


async def in_turn(evidence: Evidence, write: Callable[[KnowledgeBase], bytes]) -> bytes:
    """The file that ``write`` makes; raises ``Busy`` where too many wait for theirs."""
    exporters = evidence.release.exporters

    def work() -> bytes:
        with exporters.borrow() as library:
            return write(library)

    if evidence.documents >= _WAITING:
        raise Busy
    evidence.documents += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_THREAD, work)
    finally:
        evidence.documents -= 1


def _write(library: KnowledgeBase, asked: Asked, ending: str, form: dict[str, Any]) -> bytes:
    from kb import selection

    check(library, asked)
    to = FORMATS[ending]
    whole = exporting.tells_of_search(to, form["parts"])
    chosen = selection.by_query(library, asked.query, whole=whole)
    check_size(len(chosen.ids), to)
    return exporting.content(library, chosen, to, form=_document_form(to, form))


def check_size(count: int, to: str) -> None:
    """Raises ``EvidenceError`` where so many records are too many for a file made whole."""
    most = take_page.MOST if to in leaving.DOCUMENTS else _MOST_ROWS
    if count > most:
        raise EvidenceError(
            f"{count:,} records are too many for such a file from this site (at most {most:,});"
            " narrow the search, or run `kb export` in the shell."
        )


def _document_form(to: str, form: dict[str, Any]) -> Any:
    if to not in leaving.DOCUMENTS:
        return None
    from kb.bibliography import Form
    from kb.citing import named

    # Looked up among the known: a name from an address must never be a path.
    return Form(named(form["style"]).id, form["group_by"], form["parts"], form["title"])


def _form(request: Request) -> dict[str, Any]:
    """What the address asks of the document; raises ``EvidenceError`` for what there is not."""
    groups = [name for name, _ in take_page.GROUPS]
    known = {name for name, _ in take_page.PARTS}
    group = (request.args.get("group-by") or "").strip()
    if group not in groups:
        raise EvidenceError(f"Nothing is grouped by “{shorten(group)}”; there are {', '.join(groups[1:])}.")
    given = [part for text in request.args.getlist("with") for part in text.split(",")]
    asked = {part.strip() for part in given} - {"", "none"}
    if asked - known:
        raise EvidenceError(
            f"“{shorten(sorted(asked - known)[0])}” goes along with nothing; there are"
            f" {', '.join(sorted(known))}."
        )
    return {
        "style": (request.args.get("style") or "harvard-cite-them-right").strip(),
        "group_by": group or None,
        "parts": frozenset(asked) if given else frozenset({"quotes", "strategy"}),
        "title": shorten(request.args.get("title") or "", 200),
    }


ROUTES: Routes = [
    (r"/export$", take),
    (rf"/export\.(?P<ending>{'|'.join(FORMATS)})$", document),
]
