"""What stands before every change on the site: who sends it, from where, and whether it may be made."""

from __future__ import annotations

import hmac
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from datasette.utils.asgi import NotFound, Request, Response

from corpus.errors import EvidenceError
from corpus.store import Store
from kb.site.desk import desk_of, is_writable
from kb.site.evidence import Evidence
from kb.site.render import refuse
from kb.site.sign_in import name_of, sign_in_of
from kb.site.views.common import View, evidence_for

_FIELDS = 50
_NOTE = 1_000
_LOCAL = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]*")

#: Said where a file is served that cannot be written.
FROZEN = (
    "This library is served from a file that cannot be written here: it can be read, and nothing changed."
)


@dataclass(frozen=True, slots=True)
class Acting:
    """A form that came from a page of this site, of a person who is signed in."""

    datasette: Any
    request: Request
    evidence: Evidence
    name: str
    form: Mapping[str, str]

    @property
    def note(self) -> str:
        """Why, in the person's words."""
        note = "".join(each if each.isprintable() else " " for each in self.form.get("note", "")).strip()
        if len(note) > _NOTE:
            raise EvidenceError(f"The note has {len(note):,} characters; {_NOTE:,} are the most.")
        return note

    async def write(self, work: Callable[[Store], Any]) -> Any:
        """What ``work`` gives with the evidence file open for writing."""
        return await desk_of(self.datasette).write(self.evidence, work)

    def back(self, path: Any, **told: Any) -> Response:
        """Lead to a page of this site (a path, or what ``urls`` gives), which tells what was done."""
        query = urlencode({name: value for name, value in told.items() if value})
        address = f"{self.datasette.urls.path(path)}{f'?{query}' if query else ''}"
        return Response.redirect(address, status=303)


Act = Callable[[Acting], Awaitable[Response]]


def action(work: Act, *, signed_in: bool = True, writes: bool = True) -> View:
    """The view of a form that changes something; asked for as a page it leads to the home page.

    ``signed_in``: only for those who are; ``writes``: only where the evidence file can be written.
    """

    async def view(datasette: Any, request: Request) -> Response:
        if sign_in_of(datasette) is None:
            raise NotFound("Nobody can sign in here")
        evidence = await evidence_for(datasette, request)
        if request.method != "POST":
            return Response.redirect(str(datasette.urls.instance()))
        form = _form(await request.post_body())
        name = name_of(datasette, request)
        if form is None:
            return await refuse(
                datasette, request, 400, "That is no form", "What came is no form of this site."
            )
        if not is_from_here(request, form):
            sentence = (
                "That did not come from a page of this site as you have it open. Go back, load the page"
                " again and repeat it; nothing was changed."
            )
            return await refuse(datasette, request, 403, "Not from here", sentence)
        if signed_in and not name:
            sentence = "You are not signed in, or no longer. Sign in, then go back and repeat it."
            return await refuse(datasette, request, 403, "Not signed in", sentence)
        if writes and not is_writable(evidence):
            return await refuse(datasette, request, 403, "Nothing can be changed here", FROZEN)
        try:
            return await work(Acting(datasette, request, evidence, name, form))
        except EvidenceError as error:
            sentence = f"{str(error)[:1].upper()}{str(error)[1:]}"
            return await refuse(datasette, request, 400, "That was not done", sentence)
        except sqlite3.OperationalError as error:
            return await _not_written(datasette, request, error)

    return view


def either(page: Callable[..., Any], form: Callable[..., Any]) -> Callable[..., Any]:
    """A view that shows a page, and takes the form on it."""

    async def view(datasette: Any, request: Request) -> Any:
        return await (form if request.method == "POST" else page)(datasette, request)

    return view


def is_from_here(request: Request, form: Mapping[str, str]) -> bool:
    """Whether a form was sent from a page of this site, to the person who sends it."""
    headers = request.headers
    if fetched := headers.get("sec-fetch-site"):
        if fetched != "same-origin":
            return False
    elif (origin := headers.get("origin")) and urlsplit(origin).netloc != request.host:
        return False
    # Datasette itself lets a form pass that comes without any cookie; ours never does.
    if "ds_csrftoken" not in request.cookies:
        return False
    given = form.get("csrftoken", "").encode("utf-8", "replace")
    return hmac.compare_digest(given, request.scope["csrftoken"]().encode())


def local(path: str) -> str:
    """The path if it is one of this site, without a host; else that of the home page."""
    return path if len(path) <= 2_000 and _LOCAL.fullmatch(path) else "/"


def _form(body: bytes) -> dict[str, str] | None:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict"
        )
    except ValueError:
        return None
    return dict(pairs)


async def _not_written(datasette: Any, request: Request, error: sqlite3.OperationalError) -> Response:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        sentence = "The library is being written by another program just now. Try again in a minute."
        return await refuse(datasette, request, 503, "Not just now", f"{sentence} Nothing was changed.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return await refuse(datasette, request, 403, "Nothing can be changed here", FROZEN)
    raise error
