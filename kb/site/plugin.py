"""Datasette's hooks: each gives nothing where no evidence file is served."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar
from urllib.parse import quote
from weakref import WeakKeyDictionary

from click import ClickException
from datasette import hookimpl
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import Request
from jinja2 import Environment
from markupsafe import Markup, escape

from corpus.errors import EvidenceError
from kb.site import failures, machine, tables
from kb.site import metadata as descriptions
from kb.site import routes as addresses
from kb.site.at_desk import at_desk, visitor
from kb.site.downloads import OFFERED
from kb.site.evidence import Evidence, evidence_of
from kb.site.following import follow
from kb.site.manners import App, wrap
from kb.site.pages.desk import record as desk_record
from kb.site.pages.record import record as record_page
from kb.site.render import dress, shared
from kb.site.sign_in import sign_in_of, still_signed_in
from kb.site.views.desk import takes

_Function = TypeVar("_Function", bound=Callable[..., Any])
_metadata: WeakKeyDictionary[Any, tuple[str, dict[str, Any]]] = WeakKeyDictionary()


def _hook(function: _Function) -> _Function:
    """The function, known to Datasette as a hook; pluggy's own mark has no types."""
    hookimpl(function)
    return function


def _around(function: _Function) -> _Function:
    """The same for one that stands around the others of its name and sees what they gave."""
    hookimpl(hookwrapper=True)(function)
    return function


@_hook
def startup(datasette: Any) -> None:
    """Give another name to a database that is called like one of our addresses; read who may sign in."""
    if evidence_of(datasette):
        try:
            sign_in_of(datasette)
        except EvidenceError as error:
            # Datasette prints the trace of anything else, with every variable: tokens are among them.
            raise ClickException(str(error)) from None
        for name in sorted(addresses.RESERVED & set(datasette.databases)):
            database = datasette.databases[name]
            datasette.remove_database(name)
            datasette.add_database(database, name=f"{name}-db")


@_hook
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """Put our templates in place of Datasette's."""
    if evidence := evidence_of(datasette):
        dress(env, evidence, datasette.template_dir)


@_hook
def get_metadata(datasette: Any) -> dict[str, Any]:
    """What metadata.yml says, for the evidence file by the name that it has; a ``-m`` file goes first."""
    evidence = evidence_of(datasette)
    if evidence is None:
        return {}
    name, content = _metadata.get(datasette, ("", {}))
    if name != evidence.name:
        content = descriptions.metadata(evidence.name)
        if str(content.get("about_url", "")).startswith("/"):
            # Datasette shows it as it is, whatever addresses begin with.
            content["about_url"] = str(datasette.urls.path(content["about_url"]))
        _metadata[datasette] = evidence.name, content
    return content


@_hook
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """Our addresses."""
    return addresses.routes(datasette) if evidence_of(datasette) else []


@_hook
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Our headers on every answer."""
    evidence = evidence_of(datasette)
    if evidence is None:
        return lambda app: app
    public, forms = addresses.is_public(datasette), takes(datasette)
    return lambda app: wrap(follow(app, datasette, evidence), read_only=public, takes=forms)


@_around
def actor_from_request(datasette: Any) -> Generator[None, Any, None]:
    """Who is signed in by a cookie of ours, for as long as the file of people says so."""
    outcome = yield
    if evidence_of(datasette):
        outcome.force_result([each for each in outcome.get_result() if still_signed_in(datasette, each)])


@_hook
def skip_csrf(datasette: Any, scope: Any) -> bool:
    """Leave our own forms to our own check (``kb.site.acting``): stricter, and it answers with a page."""
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
    return bool(evidence_of(datasette)) and takes(datasette)(path)


@_hook
def permission_allowed(datasette: Any, actor: Any, action: str, resource: Any) -> bool | None:
    """Close the tables that serve the program alone, on a site for strangers."""
    evidence = evidence_of(datasette)
    if evidence is None or action != "view-table" or resource[0] != evidence.name:
        return None
    if addresses.is_public(datasette) and descriptions.internal(resource[1]):
        return False
    return None


@_hook
def extra_template_vars(
    datasette: Any, view_name: str | None, database: str | None, table: str | None, request: Request | None
) -> Any:
    """What our templates need; on a record's row page, all that the page shows."""
    evidence = evidence_of(datasette)
    if evidence is None:
        return {}
    common = shared(datasette, evidence) | visitor(datasette, request)
    if common["signed_in"] and request is not None:
        return lambda: _signed_in(datasette, evidence, request, common, (view_name, database, table))
    return _public(datasette, evidence, request, common, (view_name, database, table))


def _public(
    datasette: Any,
    evidence: Evidence,
    request: Request | None,
    common: dict[str, Any],
    shown: tuple[Any, ...],
) -> Any:
    view_name, database, table = shown
    if view_name == "table" and database == evidence.name and table == "records" and request is not None:
        return lambda: _with_filters(evidence, request, common)
    if view_name != "row" or database != evidence.name or table != "records" or request is None:
        return common
    record_id = tilde_decode(request.url_vars["pks"])

    async def with_record() -> dict[str, Any]:
        context = await evidence.read(lambda library: record_page(library, record_id))
        described = _described(datasette, request, evidence.name, context)
        return common | context | described | {"downloads": OFFERED}

    return with_record


async def _with_filters(evidence: Evidence, request: Request, common: dict[str, Any]) -> dict[str, Any]:
    return common | await evidence.read(lambda library: tables.chosen(library, request))


async def _signed_in(
    datasette: Any, evidence: Evidence, request: Request, common: dict[str, Any], shown: tuple[Any, ...]
) -> dict[str, Any]:
    """The same, and what only the person sees who is signed in."""
    public = _public(datasette, evidence, request, common, shown)
    context: dict[str, Any] = public if isinstance(public, dict) else await public()
    if "record" in context:
        record_id = context["record"].id
        context = context | await evidence.read(lambda library: desk_record(library, record_id))
    return context | await at_desk(datasette, evidence, request)


def _described(datasette: Any, request: Request, database: str, context: dict[str, Any]) -> dict[str, Any]:
    """The record of a page for machines, with whole addresses."""

    def whole(path: Any) -> str:
        return str(datasette.absolute_url(request, path))

    record = context["record"]
    address = whole(datasette.urls.row(database, "records", tilde_encode(record.id)))
    themes = {each.theme.id: each.theme for each in context["all_why"]}
    about = [(theme, whole(datasette.urls.path(f"/themes/{quote(id_)}"))) for id_, theme in themes.items()]
    return {
        "address": address,
        "highwire": machine.highwire(record, address),
        "json_ld": Markup(machine.json_ld(record, address, about)),
    }


@_hook
def filters_from_request(request: Request, database: str, table: str, datasette: Any) -> Any:
    """Narrow the table of records by theme and by search."""
    evidence = evidence_of(datasette)
    if evidence is None or database != evidence.name or table != "records":
        return None
    return tables.filtered(evidence, request)


@_hook
def register_output_renderer(datasette: Any) -> list[dict[str, Any]]:
    """Rows of records as RIS, BibTeX and CSL-JSON."""
    evidence = evidence_of(datasette)
    return tables.renderers(evidence) if evidence else []


@_hook
def render_cell(datasette: Any, value: Any, column: str, table: str | None, database: str) -> Any:
    """Lists as words, and record ids as links where Datasette does not see that they are."""
    evidence = evidence_of(datasette)
    if evidence is None or database != evidence.name or not isinstance(value, str):
        return None
    if column == "record" and table in (None, "record_themes"):
        address = datasette.urls.path(f"/records/{value}")
        return Markup('<a href="{}">{}</a>').format(address, value)
    if column in ("keywords", "result_ids", "examples", "counter_examples") and value.startswith("["):
        try:
            return escape("; ".join(map(str, json.loads(value))))
        except ValueError:
            return None
    return None


@_around
def handle_exception(datasette: Any, request: Request, exception: Exception) -> Generator[None, Any, None]:
    """A failure as a page with one sentence; the trace goes to the log, never to the visitor."""
    outcome = yield
    if evidence_of(datasette) is None:
        return
    for other in outcome.get_result():
        # Datasette's own handler prints every local variable; ours stands in for it.
        if hasattr(other, "close"):
            other.close()
    outcome.force_result([failures.page(datasette, request, exception)])
