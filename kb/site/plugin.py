"""Datasette's hooks: each gives nothing where no evidence file is served."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from datasette import hookimpl
from datasette.utils import tilde_decode
from datasette.utils.asgi import Request
from jinja2 import Environment
from markupsafe import Markup, escape

from kb.site import failures
from kb.site import metadata as descriptions
from kb.site import routes as addresses
from kb.site.downloads import OFFERED
from kb.site.evidence import evidence_of
from kb.site.manners import App, wrap
from kb.site.pages.record import record as record_page
from kb.site.render import dress, shared

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
    """Give another name to a database that is called like one of our addresses."""
    if evidence_of(datasette):
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
        _metadata[datasette] = evidence.name, content
    return content


@_hook
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """Our addresses."""
    return addresses.routes(datasette) if evidence_of(datasette) else []


@_hook
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Our headers on every answer."""
    if evidence_of(datasette) is None:
        return lambda app: app
    return lambda app: wrap(app, read_only=addresses.is_public(datasette))


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
    common = shared(datasette, evidence)
    if view_name != "row" or database != evidence.name or table != "records" or request is None:
        return common
    record_id = tilde_decode(request.url_vars["pks"])

    async def with_record() -> dict[str, Any]:
        context = await evidence.read(lambda library: record_page(library, record_id))
        return common | context | {"downloads": OFFERED}

    return with_record


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
