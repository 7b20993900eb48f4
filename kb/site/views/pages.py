"""The pages that one reads: home, results, themes, how this was made; and the way to a record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from datasette.utils import tilde_encode
from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError
from kb import wording
from kb.site import asked as asking
from kb.site import downloads, words
from kb.site.keeping import keep
from kb.site.pages import home as home_page
from kb.site.pages import made as made_page
from kb.site.pages import results as results_page
from kb.site.pages import saved as saved_page
from kb.site.pages import theme as theme_page
from kb.site.pages import themes as themes_page
from kb.site.pages import why as why_page
from kb.site.render import draw, refuse, render, shared
from kb.site.views.common import Routes, evidence_for, no_record, no_theme, not_searched


async def home(datasette: Any, request: Request) -> Response:
    """The home page."""
    evidence = await evidence_for(datasette, request)
    return await render(datasette, request, "home", await evidence.read(home_page.home))


async def search(datasette: Any, request: Request) -> Response:
    """The page of results."""
    evidence = await evidence_for(datasette, request)
    site = shared(datasette, evidence)["site_title"]

    def work(library: Any) -> dict[str, Any]:
        asked = asking.read(request.args)
        context = results_page.results(library, asked) | {"downloads": downloads.OFFERED}
        context["kept"] = keep(
            asked,
            library.themes,
            total=context["results"].total,
            site=site,
            address=datasette.absolute_url(
                request, datasette.urls.path(f"/search?{asked.address()}".rstrip("?"))
            ),
            today=datetime.now(UTC).date().isoformat(),
        )
        return context | {"content": draw(datasette, evidence, "results_content", context)}

    try:
        context = await evidence.read(work)
    except EvidenceError as error:
        return await not_searched(datasette, request, error)
    return await render(datasette, request, "results", context)


async def all_themes(datasette: Any, request: Request) -> Response:
    """All themes, by axis and group."""
    evidence = await evidence_for(datasette, request)
    return await render(datasette, request, "themes", await evidence.read(themes_page.all_themes))


async def theme(datasette: Any, request: Request) -> Response:
    """A theme, or the themes behind a door."""
    evidence = await evidence_for(datasette, request)
    wanted = unquote(request.url_vars["theme"])
    door = words.DOOR.get(wanted)
    if door:
        behind = await evidence.read(lambda library: themes_page.behind(library, door))
        return await render(datasette, request, "door", behind)

    def work(library: Any) -> dict[str, Any] | None:
        return theme_page.theme(library, wanted) if wanted in library.themes else None

    context = await evidence.read(work)
    if context is None:
        return await no_theme(datasette, request, wanted)
    return await render(datasette, request, "theme", context)


async def made(datasette: Any, request: Request) -> Response:
    """How this was made."""
    evidence = await evidence_for(datasette, request)
    return await render(datasette, request, "made", await evidence.read(made_page.made))


async def saved(datasette: Any, request: Request) -> Response:
    """The saved searches."""
    evidence = await evidence_for(datasette, request)
    return await render(datasette, request, "saved", await evidence.read(saved_page.searches))


async def record(datasette: Any, request: Request) -> Response:
    """Lead any id that a record has or had to its page."""
    evidence = await evidence_for(datasette, request)
    wanted = unquote(request.url_vars["record"])
    try:
        record_id = await evidence.read(lambda library: library.store.resolve(wanted))
    except EvidenceError:
        return await no_record(datasette, request, wanted)
    return Response.redirect(str(datasette.urls.row(evidence.name, "records", tilde_encode(record_id))))


async def why(datasette: Any, request: Request) -> Response:
    """Why a record carries a theme, or why not."""
    evidence = await evidence_for(datasette, request)
    wanted = unquote(request.url_vars["record"])
    theme, direction = (
        asking.shorten((request.args.get(name) or "").strip()) for name in ("theme", "direction")
    )
    try:
        await evidence.read(lambda library: library.store.resolve(wanted))
    except EvidenceError:
        return await no_record(datasette, request, wanted)
    if direction and direction not in words.DOOR:
        sentence = f"There is no direction “{direction}”; there are {wording.listed(list(words.DOOR))}."
        return await refuse(datasette, request, 400, "That cannot be told", sentence)
    try:
        context = await evidence.read(lambda library: why_page.why(library, wanted, theme, direction))
    except EvidenceError as error:
        return await refuse(datasette, request, 400, "That cannot be told", str(error))
    return await render(datasette, request, "why", context)


ROUTES: Routes = [
    (r"/$", home),
    (r"/search$", search),
    (r"/themes$", all_themes),
    (r"/themes/(?P<theme>[^/]+)$", theme),
    (r"/made$", made),
    (r"/records/(?P<record>[^/]+)/why$", why),
    (r"/records/(?P<record>[^/]+)$", record),
]
