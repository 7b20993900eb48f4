"""Templates of ours: which of Datasette's they stand in for, and what every page is given."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils import tilde_encode, to_css_class
from datasette.utils.asgi import Request, Response
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, TemplateNotFound
from markupsafe import Markup

from kb import wording
from kb.site import assets, links, words
from kb.site.evidence import Evidence
from kb.site.metadata import internal
from kb.wording import type_label

#: Templates of Datasette that ours of the same name under ``kb/datasette/`` stand in for.
_REPLACED = frozenset(
    {
        "_crumbs.html",
        "_description_source_license.html",
        "_facet_results.html",
        "_table.html",
        "base.html",
        "database.html",
        "error.html",
        "query.html",
        "row.html",
        "table.html",
    }
)


_at_once: WeakKeyDictionary[Any, Environment] = WeakKeyDictionary()


class Dress(BaseLoader):
    """Our templates under the names by which Datasette asks for its own."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, None]:
        """The source of ours; raises ``TemplateNotFound`` for a name that is not to be replaced."""
        if template in _REPLACED and template.startswith("_"):
            # Macros are not inherited by extending, so partial templates are given whole.
            loader: Any = environment.loader
            return loader.get_source(environment, f"kb/datasette/{template}")[0], None, None
        if template in _REPLACED:
            return f'{{% extends "kb/datasette/{template}" %}}', None, None
        # Asked for at each page: the database may get another name when the site starts.
        if template == f"row-{to_css_class(self.evidence.name)}-records.html":
            return '{% extends "kb/record.html" %}', None, None
        raise TemplateNotFound(template)

    def list_templates(self) -> list[str]:
        """Their names; Datasette looks through all of them for pages of the user's own."""
        return sorted(_REPLACED)


def dress(env: Environment, evidence: Evidence, own_folder: str | None) -> None:
    """Put our templates before Datasette's; those in a folder of the user's own (``own_folder``) stay first.

    Only here and not by lying in the plugin's template folder, which would change every Datasette
    that the plugin is installed with.
    """
    if env.loader is not None:
        first = [FileSystemLoader(own_folder)] if own_folder else []
        env.loader = ChoiceLoader([*first, Dress(evidence), env.loader])
    env.filters["many"] = wording.many
    env.filters["day"] = wording.day
    env.filters["type_label"] = type_label


def shared(datasette: Any, evidence: Evidence) -> dict[str, Any]:
    """What every template is given."""
    metadata = datasette.metadata() or {}
    return {
        "site_title": metadata.get("title") or "Evidence KB",
        "site_subtitle": metadata.get("kb_subtitle") or "",
        "evidence_name": evidence.name,
        "style": assets.address("site.css"),
        "script": assets.address("site.js"),
        "doors": words.DOORS,
        "internal": internal,
        "record_address": lambda record: datasette.urls.row(evidence.name, "records", tilde_encode(record)),
        "site_license": metadata.get("license"),
        "site_license_url": links.safe(str(metadata.get("license_url") or "")),
        "modes": words.MODES,
    }


def draw(datasette: Any, evidence: Evidence, name: str, context: dict[str, Any]) -> Markup:
    """The content of a large page, drawn in the thread that calls.

    Datasette's own templates wait at every macro and keep the event loop busy meanwhile: a page of
    results takes them 12 ms, this one 5.
    """
    if datasette not in _at_once:
        _at_once[datasette] = datasette.jinja_env.overlay(enable_async=False)
    given = {**shared(datasette, evidence), "urls": datasette.urls, **context}
    return Markup(_at_once[datasette].get_template(f"kb/{name}.html").render(given))


async def render(
    datasette: Any, request: Request, name: str, context: dict[str, Any], status: int = 200
) -> Response:
    """A page of ours."""
    html = await datasette.render_template(
        f"kb/{name}.html", context, request=request, view_name=f"kb-{name}"
    )
    headers = {"Cache-Control": f"max-age={datasette.setting('default_cache_ttl')}"} if status == 200 else {}
    return Response.html(html, status=status, headers=headers)


async def refuse(datasette: Any, request: Request, status: int, title: str, sentence: str) -> Response:
    """A page that says in a sentence why there is nothing, and where to go."""
    context = {"title": title, "error": sentence, "status": status}
    html = await datasette.render_template("error.html", context, request=request, view_name="kb-error")
    return Response.html(html, status=status)
