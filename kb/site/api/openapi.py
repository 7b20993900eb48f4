"""The description of the API in OpenAPI 3.1, made of the parameters that it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from kb.site.api import schemas
from kb.site.api.parameters import TAKES, Parameter


@dataclass(frozen=True, slots=True)
class Operation:
    """An address of the API: its path, what it gives, and an example of it that leads somewhere."""

    id: str
    path: str
    summary: str
    example: str
    takes: tuple[Parameter, ...]


#: (operation, path, what it gives, parameters of an example)
_OPERATIONS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    (
        "search",
        "/api/search",
        "A page of the hits of a search, best first, each with its snippet, ranks and tags.",
        {"q": "information sharing", "direction": "barrier", "size": "5"},
    ),
    (
        "export",
        "/api/export",
        "Whole records of a search, or of the ids given, as CSL-JSON with their tags, page by page.",
        {"q": "information sharing", "mode": "keyword", "size": "100"},
    ),
    (
        "record",
        "/api/records/{id}",
        "One record: CSL-JSON, tags, what each source says.",
        {},
    ),
    ("similar", "/api/similar/{id}", "The records nearest in meaning to one.", {"size": "5"}),
    ("themes", "/api/themes", "Every theme, with how many records carry it.", {}),
    ("theme", "/api/themes/{id}", "One theme: what it means, what is looked for, other frameworks.", {}),
    (
        "map",
        "/api/map",
        "The evidence gap map: how many records stand in each cell of one axis by another.",
        {"rows": "factor", "columns": "setting"},
    ),
)

_ERRORS = {
    "400": "A parameter that is not taken, or cannot be what it is; the sentence names it.",
    "404": "There is no such record or theme.",
    "503": "The search index is missing or being made anew, or too many ask at once.",
}


def operations() -> list[Operation]:
    """All that there is, in the order of the page that explains it."""
    return [
        Operation(id_, path, summary, path + (f"?{urlencode(example)}" if example else ""), TAKES[id_])
        for id_, path, summary, example in _OPERATIONS
    ]


def document(title: str, server: str, values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The description, for the API that is found at ``server`` (a whole address).

    ``values`` are those that a filter can have in this library, by its name.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version("evidence-kb"),
            "description": "Search, records, themes and the evidence gap map of this library; reading only.",
        },
        "servers": [{"url": server}],
        "paths": {each.path: {"get": _described(each, values)} for each in operations()},
        "components": {"schemas": schemas.ALL},
    }


def _described(operation: Operation, values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    parameters = [parameter.described() for parameter in operation.takes]
    for parameter in parameters:
        if found := values.get(parameter["name"]):
            parameter["schema"] = parameter["schema"] | {"items": {"type": "string", "enum": list(found)}}
    if "{id}" in operation.path:
        named = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        parameters.insert(0, named)
    answers = {"200": _answer("As asked.", schemas.ANSWERS[operation.id])}
    for status, meaning in _ERRORS.items():
        if status != "404" or "{id}" in operation.path or operation.id == "export":
            answers[status] = _answer(meaning, {"$ref": "#/components/schemas/Error"})
    return {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": answers,
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
