"""Shortlists: read by everybody, changed by those who are signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from datasette.utils import tilde_encode
from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError, MissingExtra
from corpus.store import Store
from kb import exporting, lists
from kb.knowledge_base import KnowledgeBase
from kb.site import downloads
from kb.site.acting import Acting, action, either
from kb.site.asked import shorten
from kb.site.pages import lists as lists_page
from kb.site.pages import take as take_page
from kb.site.render import refuse, render
from kb.site.views.common import Routes, evidence_for
from kb.site.views.documents import FORMATS, TYPES, check_size, in_turn

_ENDINGS = {**downloads.ENDINGS, **FORMATS}


async def all_lists(datasette: Any, request: Request) -> Any:
    """All shortlists."""
    evidence = await evidence_for(datasette, request)
    return await render(datasette, request, "lists", await evidence.read(lists_page.all_lists))


async def one_list(datasette: Any, request: Request) -> Any:
    """A shortlist."""
    evidence = await evidence_for(datasette, request)
    name = unquote(request.url_vars["name"])
    try:
        context = await evidence.read(lambda library: lists_page.one_list(library, name))
    except EvidenceError:
        return await _none(datasette, request, name)
    shown = {"downloads": downloads.OFFERED, "documents": (*take_page.DOCUMENTS, ("xlsx", "Excel workbook"))}
    return await render(datasette, request, "list", context | shown)


async def download(datasette: Any, request: Request) -> Any:
    """A shortlist as a file, in its order, with its notes where the format has a place."""
    evidence = await evidence_for(datasette, request)
    name, ending = unquote(request.url_vars["name"]), request.url_vars["ending"]
    try:
        await evidence.read(lambda library: lists.known(library.store, name))
    except EvidenceError:
        return await _none(datasette, request, name)
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in name)
    headers = {"Content-Disposition": f'attachment; filename="{plain}.{ending}"'}
    media = TYPES[ending] if ending in TYPES else downloads.media_type(ending)
    if request.method == "HEAD":
        return Response("", headers=headers, content_type=media)
    try:
        content = await in_turn(evidence, lambda library: _write(library, name, _ENDINGS[ending]))
    except MissingExtra as error:
        return await refuse(datasette, request, 503, "Not installed here", str(error))
    except EvidenceError as error:
        return await refuse(datasette, request, 400, "That cannot be written", str(error))
    return Response(content, headers=headers, content_type=media)


def _write(library: KnowledgeBase, name: str, to: str) -> bytes:
    from kb import selection

    chosen = selection.by_list(library, name)
    check_size(len(chosen.ids), to)
    return exporting.content(library, chosen, to)


async def _change(acting: Acting) -> Response:
    """What the button pressed on the page of a list says."""
    name, form = unquote(acting.request.url_vars["name"]), acting.form
    record, note = form.get("record", ""), acting.note

    def work(store: Store) -> tuple[int, ...]:
        lister = lists.Lister(store, acting.name)
        if form.get("action") == "move" and form.get("to", "").isdecimal():
            lister.move(name, record, int(form["to"][:6]))
        elif form.get("action") == "remove":
            lister.remove(name, [record])
        elif form.get("action") == "note":
            lister.note(name, record, note)
        else:
            raise EvidenceError("The form says neither move nor take out nor note.")
        return lister.made

    made = await acting.write(work)
    return acting.back(f"/lists/{acting.request.url_vars['name']}", decided=_told(made))


async def _add(acting: Acting) -> Response:
    """Put the record of a page into a list that may be new."""
    wanted, form, note = unquote(acting.request.url_vars["record"]), acting.form, acting.note

    def work(store: Store) -> tuple[str, tuple[int, ...]]:
        lister = lists.Lister(store, acting.name)
        lister.add(form.get("name", "").strip(), [wanted], note)
        return store.resolve(wanted), lister.made

    record, made = await acting.write(work)
    row = acting.datasette.urls.row(acting.evidence.name, "records", tilde_encode(record))
    return acting.back(row, decided=_told(made), same="" if made else "1")


def _told(made: Sequence[int]) -> str:
    return ",".join(map(str, made))


async def _none(datasette: Any, request: Request, name: str) -> Response:
    sentence = f"There is no shortlist here called “{shorten(name)}”."
    return await refuse(datasette, request, 404, "No such shortlist", sentence)


_PATTERN = "|".join(ending.replace(".", r"\.") for ending in _ENDINGS)
ROUTES: Routes = [
    (r"/lists$", all_lists),
    (rf"/lists/(?P<name>[^/]+)/export\.(?P<ending>{_PATTERN})$", download),
]
#: What takes forms; the page of a list is shown to those who only ask for it.
FORMS: Routes = [
    (r"/lists/(?P<name>[^/]+)$", either(one_list, action(_change))),
    (r"/records/(?P<record>[^/]+)/lists$", action(_add)),
]
