"""The Datasette plugin: search, themes and records over an evidence file.

Datasette finds it by the entry point and calls the hooks named here. Where no evidence file is
served, every hook gives nothing and Datasette is left as it is.
"""

from __future__ import annotations

from kb.site.plugin import (
    actor_from_request,
    asgi_wrapper,
    extra_template_vars,
    filters_from_request,
    get_metadata,
    handle_exception,
    permission_allowed,
    prepare_jinja2_environment,
    register_output_renderer,
    register_routes,
    render_cell,
    skip_csrf,
    startup,
)

__all__ = [
    "actor_from_request",
    "asgi_wrapper",
    "extra_template_vars",
    "filters_from_request",
    "get_metadata",
    "handle_exception",
    "permission_allowed",
    "prepare_jinja2_environment",
    "register_output_renderer",
    "register_routes",
    "render_cell",
    "skip_csrf",
    "startup",
]
