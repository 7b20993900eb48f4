"""The addresses of the site and what answers them; what the pages show is made in ``kb.site.pages``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from datasette.utils import tilde_encode
from datasette.utils.asgi import AsgiStream, NotFound, Request, Response

from corpus.errors import EvidenceError, IndexProblem, MissingExtra
from kb.site import asked as asking
from kb.site import assets, downloads, words
from kb.site.evidence import Evidence, evidence_of
from kb.site.pages import home as home_page
from kb.site.pages import made as made_page
from kb.site.pages import results as results_page
from kb.site.pages import themes as themes_page
from kb.site.render import refuse, render
from kb.site.search import ids as found_ids

View = Callable[..., Awaitable[Any]]

#: First parts of our addresses: a database must not be called so.
RESERVED = frozenset({"export", "made", "records", "search", "themes"})


def routes(datasette: Any) -> list[tuple[str, View]]:
    """(pattern, view) of every address of ours; a public site also closes the server's own tools."""
    endings = "|".join(ending.replace(".", r"\.") for ending in downloads.ENDINGS)
    ours: list[tuple[str, View]] = [
        (r"/$", home),
        (r"/search$", search),
        (r"/themes$", all_themes),
        (r"/themes/(?P<theme>[^/]+)$", theme),
        (r"/made$", made),
        (rf"/export\.(?P<ending>{endings})$", export),
        (rf"/records/(?P<record>[^/]+)\.(?P<ending>{endings})$", export_record),
        (r"/records/(?P<record>[^/]+)$", record),
        (r"/-/kb/(?P<name>[a-z]+\.[a-z]+)$", asset),
    ]
    if is_public(datasette):
        ours.append((r"/-/(?!static/|static-plugins/).*$", closed))
    return ours


def is_public(datasette: Any) -> bool:
    """Whether strangers use this Datasette: ``kb serve`` says so by not allowing arbitrary SQL."""
    return not datasette.setting("default_allow_sql")


async def home(datasette: Any, request: Request) -> Response:
    """The home page."""
    evidence = await _evidence(datasette, request)
    return await render(datasette, request, "home", await evidence.read(home_page.home))


async def search(datasette: Any, request: Request) -> Response:
    """The page of results."""
    evidence = await _evidence(datasette, request)
    try:
        asked = asking.read(request.args)
        context = await evidence.read(lambda library: results_page.results(library, asked))
    except (IndexProblem, MissingExtra):
        return await _no_index(datasette, request)
    except EvidenceError as error:
        return await refuse(datasette, request, 400, "That search cannot be run", str(error))
    context["downloads"] = downloads.OFFERED
    return await render(datasette, request, "results", context)


async def all_themes(datasette: Any, request: Request) -> Response:
    """All themes, by axis and group."""
    evidence = await _evidence(datasette, request)
    return await render(datasette, request, "themes", await evidence.read(themes_page.all_themes))


async def theme(datasette: Any, request: Request) -> Response:
    """A theme, or the themes behind a door."""
    evidence = await _evidence(datasette, request)
    wanted = unquote(request.url_vars["theme"])
    door = words.DOOR.get(wanted)
    if door:
        behind = await evidence.read(lambda library: themes_page.behind(library, door))
        return await render(datasette, request, "door", behind)

    def work(library: Any) -> dict[str, Any] | None:
        found = library.themes.get(wanted)
        return themes_page.theme(library, found) if found else None

    context = await evidence.read(work)
    if context is None:
        sentence = (
            f"No theme here has the id “{asking.shorten(wanted)}”. All of them stand on the themes page."
        )
        return await refuse(datasette, request, 404, "No such theme", sentence)
    return await render(datasette, request, "theme", context)


async def made(datasette: Any, request: Request) -> Response:
    """How this was made."""
    evidence = await _evidence(datasette, request)
    return await render(datasette, request, "made", await evidence.read(made_page.made))


async def record(datasette: Any, request: Request) -> Response:
    """Lead any id that a record has or had to its page."""
    evidence = await _evidence(datasette, request)
    wanted = unquote(request.url_vars["record"])
    try:
        record_id = await evidence.read(lambda library: library.store.resolve(wanted))
    except EvidenceError:
        return await no_record(datasette, request, wanted)
    return Response.redirect(str(datasette.urls.row(evidence.name, "records", tilde_encode(record_id))))


async def no_record(datasette: Any, request: Request, wanted: str) -> Response:
    """The page that says that there is no record with that id."""
    sentence = f"No record here has, or had, the id “{asking.shorten(wanted)}”. Try a search for its title."
    return await refuse(datasette, request, 404, "No such record", sentence)


async def export(datasette: Any, request: Request) -> Any:
    """The whole result set of a search, in the format of the ending."""
    evidence = await _evidence(datasette, request)
    try:
        asked = asking.read(request.args)
        ids = await evidence.read(lambda library: found_ids(library, asked))
    except (IndexProblem, MissingExtra):
        return await _no_index(datasette, request)
    except EvidenceError as error:
        return await refuse(datasette, request, 400, "That search cannot be run", str(error))
    ending = request.url_vars["ending"]
    return _download(evidence, request, ids, ending, downloads.file_name(asked, ending))


async def export_record(datasette: Any, request: Request) -> Any:
    """One record, in the format of the ending."""
    evidence = await _evidence(datasette, request)
    wanted, ending = unquote(request.url_vars["record"]), request.url_vars["ending"]
    try:
        record_id = await evidence.read(lambda library: library.store.resolve(wanted))
    except EvidenceError:
        return await no_record(datasette, request, wanted)
    return _download(
        evidence, request, [record_id], ending, downloads.file_name(asking.Asked(record_id), ending)
    )


async def asset(request: Request) -> Response:
    """The style sheet or the script."""
    found = assets.read(request.url_vars["name"])
    if found is None:
        raise NotFound("No such file")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, headers=headers, content_type=found.media_type)


async def closed(datasette: Any, request: Request) -> Response:
    """What a public site says about the server's own tools."""
    return await refuse(datasette, request, 404, "Page not found", "There is no page at this address.")


async def _evidence(datasette: Any, request: Request) -> Evidence:
    """The evidence file, for a visitor who may see its records."""
    evidence = evidence_of(datasette)
    if evidence is None:
        raise NotFound("No evidence file is served here")
    await datasette.ensure_permissions(
        request.actor,
        [("view-table", (evidence.name, "records")), ("view-database", evidence.name), "view-instance"],
    )
    return evidence


async def _no_index(datasette: Any, request: Request) -> Response:
    sentence = (
        "The search index of this library is missing or being made anew. The themes and the records can"
        " be read; whoever runs the site makes the index with “kb index”."
    )
    return await refuse(datasette, request, 503, "Search is not available just now", sentence)


def _download(evidence: Evidence, request: Request, ids: Any, ending: str, name: str) -> Any:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if request.method == "HEAD":
        return Response("", headers=headers, content_type=downloads.media_type(ending))

    async def send(writer: Any) -> None:
        async for chunk in downloads.stream(evidence, ids, ending):
            await writer.write(chunk)

    return AsgiStream(send, headers=headers, content_type=downloads.media_type(ending))
