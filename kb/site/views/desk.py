"""Signing in and out, and the forms of those who are signed in: tags, pairs, problems, undo, the index."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, unquote

from datasette.utils import MultiParams, tilde_encode
from datasette.utils.asgi import NotFound, Request, Response

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS
from corpus.store import Store
from kb.knowledge_base import KnowledgeBase
from kb.searches import saved as keeping
from kb.site import asked as asking
from kb.site.acting import Acting, action, either, local
from kb.site.at_desk import MOST, numbers
from kb.site.desk import desk_of, is_writable
from kb.site.render import refuse, render
from kb.site.search import check as check_filters
from kb.site.sign_in import forget, remember, sign_in_of
from kb.site.views import lists
from kb.site.views.common import Routes, evidence_for
from kb.site.views.librarian import doubt, problem, problem_page
from kb.site.views.pages import saved

# What changes the file reads and tags too: imported on use, or a site would start a third of a second later.
if TYPE_CHECKING:
    from ingest import deciding
    from kb.deciding_tags import Decided, Decider

_LONGEST_QUOTE = 2_000
_KINDS_OF_TAGS = ("accept", "reject", "add")
_KINDS_OF_PAIRS = ("merge", "split")


async def sign_in(datasette: Any, request: Request) -> Response:
    """The page where one signs in, and its form."""
    if sign_in_of(datasette) is None:
        raise NotFound("Nobody can sign in here")
    if request.method == "POST":
        return await _signing_in(datasette, request)
    evidence = await evidence_for(datasette, request)
    context = {"next": local(request.args.get("next") or "/"), "frozen": not is_writable(evidence)}
    return await render(datasette, request, "sign_in", context)


async def _sign_in(acting: Acting) -> Response:
    datasette, request = acting.datasette, acting.request
    signing = sign_in_of(datasette)
    if signing is None:
        raise NotFound("Nobody can sign in here")
    address = (request.scope.get("client") or ("",))[0]
    if signing.must_wait(address):
        sentence = "Too many tokens were wrong in the last minute. Wait a minute, then try again."
        answer = await refuse(datasette, request, 429, "Wait a minute", sentence)
        answer.headers["Retry-After"] = "60"
        return answer
    person = signing.find(acting.form.get("token", "").strip())
    wanted = local(acting.form.get("next", "/"))
    if person is None:
        signing.failed(address)
        context = {"next": wanted, "frozen": False, "wrong": True}
        return await render(datasette, request, "sign_in", context, status=403)
    response = acting.back(wanted)
    remember(datasette, request, response, person)
    return response


_signing_in = action(_sign_in, signed_in=False)


async def _sign_out(acting: Acting) -> Response:
    response = acting.back("/")
    forget(acting.datasette, acting.request, response)
    return response


async def _decide_on_tag(acting: Acting) -> Response:
    from kb.deciding_tags import Decider

    wanted, form, note = unquote(acting.request.url_vars["record"]), acting.form, acting.note

    def work(store: Store) -> tuple[str, Decided]:
        record = store.resolve(wanted)
        return record, _decided(Decider(store, acting.name), record, form, note)

    record, decided = await acting.write(work)
    told = ",".join(str(verdict.id) for verdict in decided.verdicts)
    return acting.back(_row(acting, record), decided=told, same="" if told else "1")


def _decided(decider: Decider, record: str, form: Any, note: str) -> Decided:
    """What the button that was pressed says of a tag; raises ``EvidenceError`` for what is not to be said."""
    theme, direction = form.get("theme", ""), form.get("direction") or None
    kind = form.get("action", "")
    if direction not in (None, "none", *DIRECTIONS):
        raise EvidenceError(f"There is no such direction; there are {', '.join(DIRECTIONS)}.")
    if kind == "accept":
        return decider.accept(record, theme, direction, note)
    if kind == "reject":
        return decider.reject(record, theme, direction, note)
    if kind == "add":
        said = " ".join(form.get("quote", "").split())
        if len(said) > _LONGEST_QUOTE:
            raise EvidenceError(f"The quote has {len(said):,} characters; {_LONGEST_QUOTE:,} are the most.")
        return decider.add(record, theme, direction, said, note)
    if kind in DIRECTIONS:
        return _turned(decider, record, theme, direction, kind, note)
    raise EvidenceError("The form says neither accept nor reject nor add.")


def _turned(
    decider: Decider, record: str, theme: str, direction: str | None, right: str, note: str
) -> Decided:
    """The tag rejected, and added in the right direction."""
    from kb.deciding_tags import corrections

    decider.prepare()
    wanted = None if direction == "none" else direction
    known = decider.theme(theme)
    tag = next(
        (
            tag
            for tag in decider.store.tags([record])
            if (tag.theme, tag.direction) == (known.id, wanted) and tag.status != "rejected"
        ),
        None,
    )
    if tag is None or known.axis != "factor" or wanted == right:
        raise EvidenceError("That tag is not on the record any more; load the page again.")
    said = [replace(each, note=note) for each in corrections(tag, right[0], right, decider.by)]
    return decider.decide(said)


async def _decide_on_pair(acting: Acting) -> Response:
    from ingest import deciding
    from kb import tagging

    one, other = (unquote(acting.request.url_vars[name]) for name in ("one", "other"))
    kind, note = acting.form.get("action"), acting.note
    if kind not in _KINDS_OF_PAIRS:
        raise EvidenceError("The form says neither one work nor different works.")

    def work(store: Store) -> deciding.Decided:
        if kind == "merge":
            decided = deciding.merge(store, [one, other], note, acting.name)
        else:
            decided = deciding.reject(store, one, other, note, acting.name)
        if decided.news:
            tagging.tag(store)
        return decided

    decided = await acting.write(work)
    return acting.back("/doubts", decided=decided.decision, same="" if decided.news else "1")


async def _mend(acting: Acting) -> Response:
    from kb import problems, tagging

    number, text = int(acting.request.url_vars["problem"]), acting.form.get("text", "")

    def work(store: Store) -> int:
        made = problems.mend(store, number, text, acting.name)
        tagging.tag(store)
        return made

    try:
        made = await acting.write(work)
    except EvidenceError as error:
        return await problem_page(acting.datasette, acting.request, text.replace("\r\n", "\n"), str(error))
    return acting.back("/problems", decided=made)


async def _save(acting: Acting) -> Response:
    """Save a search by name, keep what a saved one finds now, or remove one."""
    name, wish = acting.form.get("name", "").strip(), acting.form.get("action")

    def work(store: Store) -> None:
        if wish == "remove":
            keeping.remove(store, name)
            return
        library = KnowledgeBase(store)
        if wish == "run":
            keeping.run(library, name)
            return
        asked = asking.read(MultiParams(parse_qs(acting.form.get("search", ""), keep_blank_values=True)))
        check_filters(library, asked)
        keeping.save(library, name, asked.query)

    await acting.write(work)
    return acting.back("/saved")


async def _undo(acting: Acting) -> Response:
    wanted = numbers(acting.form.get("numbers", ""))
    if not wanted:
        raise EvidenceError(f"The form names no decision to take back; up to {MOST} can be named.")

    def work(store: Store) -> Any:
        # The last one first: a tag that was turned was rejected before it was added anew.
        return [_take_back(store, number, acting) for number in reversed(wanted)][-1]

    page = await acting.write(work)
    return acting.back(page, undone=",".join(map(str, wanted)))


def _take_back(store: Store, number: int, acting: Acting) -> Any:
    """Take back a decision; where the page is that shows what it was about."""
    from ingest import deciding
    from kb import tagging
    from kb.deciding_tags import Decider
    from kb.lists import Lister

    row = next(store.query("select kind, record, decided_by from decisions where id = ?", [number]), None)
    if row is None or row["kind"] not in (*_KINDS_OF_TAGS, *_KINDS_OF_PAIRS, "list"):
        raise EvidenceError(f"Decision {number} is none that can be taken back.")
    # What was decided before there were names is everybody's.
    if row["decided_by"] not in (None, "", acting.name):
        raise EvidenceError(
            f"That was decided by {row['decided_by']}: you can decide otherwise, not take it back."
        )
    if row["kind"] in _KINDS_OF_TAGS:
        Decider(store, row["decided_by"] or "").undo(row["record"], number=number)
        return _row(acting, store.resolve(row["record"]))
    if row["kind"] == "list":
        Lister(store, acting.name).take_back(number)
        return "/lists"
    decided = deciding.undo(store, number, acting.name)
    tagging.tag(store)
    if len(decided.records) == 2:
        return f"/doubts/{'/'.join(quote(each, safe='') for each in decided.records)}"
    return "/decisions"


async def _make_index(acting: Acting) -> Response:
    desk_of(acting.datasette).make_index(acting.evidence)
    return acting.back(local(acting.form.get("next", "/")))


def _row(acting: Acting, record: str) -> Any:
    return acting.datasette.urls.row(acting.evidence.name, "records", tilde_encode(record))


#: What takes forms. Where a page stands at the same address, it is shown to those who only ask for it.
FORMS: Routes = [
    (r"/sign-in$", sign_in),
    (r"/sign-out$", action(_sign_out, signed_in=False, writes=False)),
    (r"/records/(?P<record>[^/]+)/tags$", action(_decide_on_tag)),
    (r"/doubts/(?P<one>[^/]+)/(?P<other>[^/]+)$", either(doubt, action(_decide_on_pair))),
    (r"/problems/(?P<problem>[0-9]{1,15})$", either(problem, action(_mend))),
    (r"/decisions/undo$", action(_undo)),
    (r"/saved$", either(saved, action(_save))),
    (r"/desk/index$", action(_make_index)),
    *lists.FORMS,
]


def takes(datasette: Any) -> Callable[[str], bool]:
    """What says whether a form may be sent to a path: to no path at all where nobody can sign in."""
    patterns = [re.compile(pattern) for pattern, _ in FORMS]
    base = datasette.setting("base_url")

    def taken(path: str) -> bool:
        # Asked each time: Datasette makes its application before it is known who may sign in.
        if sign_in_of(datasette) is None:
            return False
        inside = f"/{path[len(base) :]}" if path.startswith(base) else path
        return any(pattern.match(inside) for pattern in patterns)

    return taken
