"""Datasette's tables: records filtered by theme and by search, and rows as RIS, BibTeX and CSL-JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from datasette.filters import FilterArguments
from datasette.utils.asgi import BadRequest, Request, Response

from corpus.errors import EvidenceError, IndexProblem, MissingExtra
from corpus.theme import AXES
from kb import wording
from kb.exporters import EXPORTERS
from kb.knowledge_base import KnowledgeBase
from kb.site import asked as asking
from kb.site import words
from kb.site.asked import Asked
from kb.site.evidence import Evidence
from kb.site.search import check

#: Parameters of the table of records that are ours, and those of a search that they stand for.
PARAMETERS = {
    "_q": "q",
    "_mode": "mode",
    "_theme": "theme",
    "_direction": "direction",
    "_setting": "setting",
}
#: A search by meaning ends nowhere; so many of the nearest are shown.
_NEAREST = 1000

#: Ending of a table's address (Datasette takes letters and digits alone) -> (exporter, ending of the file).
_ENDINGS = {"bib": ("bibtex", "bib"), "ris": ("ris", "ris"), "csljson": ("csl-json", "csl.json")}

Found = Callable[[], Awaitable[FilterArguments]]


class _Renamed:
    """The parameters of the table, by the names that a search has for them."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._names = {ours: theirs for theirs, ours in PARAMETERS.items()}

    def get(self, name: str, default: Any = None) -> Any:
        # A form sends what was left open as "".
        return self._request.args.get(self._names.get(name, "")) or default

    def getlist(self, name: str) -> list[str]:
        return list(self._request.args.getlist(self._names.get(name, "")))

    def __iter__(self) -> Any:
        return iter(PARAMETERS.values())


def filtered(evidence: Evidence, request: Request) -> Found | None:
    """What narrows the table of records to what a search finds; ``None`` where nothing of ours is asked."""
    if not any(value for name in PARAMETERS for value in request.args.getlist(name)):
        return None

    async def found() -> FilterArguments:
        try:
            asked = asking.read(_Renamed(request))
            if not asked.text and not asked.narrowed:
                return FilterArguments([])
            ids, said = await evidence.read(lambda library: _found(library, asked))
        except (IndexProblem, MissingExtra) as error:
            raise BadRequest("The search index of this library is missing or being made anew.") from error
        except EvidenceError as error:
            raise BadRequest(str(error)) from error
        # One parameter, however many they are.
        clause = "id in (select value from json_each(:kb_found))"
        return FilterArguments([clause], {"kb_found": json.dumps(ids)}, [said])

    return found


def _found(library: KnowledgeBase, asked: Asked) -> tuple[list[str], str]:
    check(library, asked)
    if not asked.text:
        # Themes alone take no index.
        asked = replace(asked, mode="keyword")
    limit = _NEAREST if asked.mode == "semantic" else None
    return list(library.ids(asked.query, limit)), f"found by {wording.said(asked.query, library.themes)}"


def chosen(library: KnowledgeBase, request: Request) -> dict[str, Any]:
    """What the form above the table of records shows of these filters, and what can be chosen."""
    by_axis = {
        axis: [(theme.id, theme.label) for theme in library.themes.values() if theme.axis == axis]
        for axis in AXES
    }
    return {
        "table_filters": {name: request.args.getlist(name) for name in PARAMETERS},
        "table_hidden": set(PARAMETERS),
        "modes_of_table": [(mode, label.lower()) for mode, label, _ in words.MODES],
        "directions_of_table": [(door.id, door.badge) for door in words.DOORS],
        "settings_of_table": by_axis["setting"],
        "themes_of_table": [
            (words.AXES[axis], themes) for axis, themes in by_axis.items() if themes and axis != "setting"
        ],
    }


async def dotted(datasette: Any, request: Request) -> Response:
    """Lead from the usual ending of CSL-JSON, which Datasette cannot take, to the one that it can."""
    path = f"/{request.url_vars['database']}/{request.url_vars['table']}.csljson"
    query = f"?{request.query_string}" if request.query_string else ""
    return Response.redirect(str(datasette.urls.path(path)) + query)


def renderers(evidence: Evidence) -> list[dict[str, Any]]:
    """What Datasette offers rows of records in, beside JSON and CSV."""
    return [
        {"extension": ending, "render": _renderer(evidence, ending), "can_render": _can_render(evidence)}
        for ending in _ENDINGS
    ]


def _can_render(evidence: Evidence) -> Callable[..., bool]:
    def can_render(columns: Sequence[str], database: str, table: str | None) -> bool:
        return database == evidence.name and _column(columns, table) is not None

    return can_render


def _column(columns: Sequence[str], table: str | None) -> str | None:
    """The column of those rows that holds ids of records."""
    if "record" in columns:
        return "record"
    return "id" if "id" in columns and table == "records" else None


def _renderer(evidence: Evidence, ending: str) -> Callable[..., Awaitable[Response]]:
    name, file_ending = _ENDINGS[ending]

    async def render(
        columns: Sequence[str], rows: Sequence[Any], database: str, table: str | None, query_name: str | None
    ) -> Response:
        column = _column(columns, table) if database == evidence.name else None
        if column is None:
            raise BadRequest("These rows are no records: none of their columns holds ids of records.")
        ids = list(dict.fromkeys(str(_value(row[column])) for row in rows if row[column]))
        text = await evidence.read(lambda library: _written(library, ids, name))
        file = "".join(each if each.isalnum() else "-" for each in str(table or query_name or "records"))
        return Response(
            text,
            headers={"Content-Disposition": f'attachment; filename="{file}.{file_ending}"'},
            content_type=f"{EXPORTERS[name].media_type}; charset=utf-8",
        )

    return render


def _value(cell: Any) -> Any:
    # With labels, Datasette gives a cell that leads to another row as a mapping.
    return cell["value"] if isinstance(cell, dict) else cell


def _written(library: KnowledgeBase, ids: Sequence[str], name: str) -> str:
    stream = io.StringIO()
    library.export(ids, name, stream)
    return stream.getvalue()
