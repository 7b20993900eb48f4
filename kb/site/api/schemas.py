"""The shapes of what the API answers, as JSON Schema (2020-12)."""

from __future__ import annotations

from typing import Any

from corpus.query import DIRECTIONS
from corpus.theme import AXES

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_WHOLE: Schema = {"type": "integer"}
_RANK: Schema = {"type": ["integer", "null"], "minimum": 1}
_ADDRESS: Schema = {"type": "string", "format": "uri"}
_DIRECTION: Schema = {"type": ["string", "null"], "enum": [*DIRECTIONS, None]}


def _object(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_TAG = {"theme": _TEXT, "direction": _DIRECTION, "quote": _TEXT, "score": {"type": "number"}}
_COUNTS: Schema = {"type": "object", "additionalProperties": _COUNT}
_LINKS = _object({"self": _ADDRESS, "html": _ADDRESS}, {"next": _ADDRESS, "prev": _ADDRESS})
_THEME = {
    "id": _TEXT,
    "label": _TEXT,
    "axis": {"type": "string", "enum": list(AXES)},
    "axis_label": _TEXT,
    "group": _TEXT,
    "definition": _TEXT,
    "records": _COUNT,
    "directions": _COUNTS,
}
#: What the sources say of a work: that it was retracted, withdrawn, doubted or corrected.
_NOTICE: Schema = _object({"kind": _TEXT, "by": _TEXT, "words": _TEXT, "date": _TEXT})
#: A CSL-JSON item; its other variables are those of CSL 1.0.2.
_ITEM: Schema = {
    "type": "object",
    "properties": {"id": _TEXT, "type": _TEXT, "title": _TEXT, "abstract": _TEXT, "DOI": _TEXT},
    "required": ["id", "type"],
}

ALL: dict[str, Schema] = {
    "Error": _object({"ok": {"const": False}, "error": _TEXT, "status": _WHOLE}, {"title": _TEXT}),
    "Hit": _object(
        {
            "id": _TEXT,
            "rank": {"type": "integer", "minimum": 1},
            "score": {"type": "number"},
            "keyword_rank": _RANK,
            "semantic_rank": _RANK,
            "title": _TEXT,
            "authors": _list(_TEXT),
            "year": {"type": ["integer", "null"]},
            "type": _TEXT,
            "container_title": _TEXT,
            "doi": _TEXT,
            "snippet": _TEXT,
            "tags": _list(_object(_TAG)),
            "notices": _list(_NOTICE),
        }
    ),
    "Item": _ITEM,
    "Record": _ITEM
    | {
        "properties": _ITEM["properties"]
        | {
            "tags": _list(
                _object(
                    _TAG | {"field": _TEXT, "start": _COUNT, "end": _COUNT, "method": _TEXT, "status": _TEXT}
                )
            )
        },
        "required": ["id", "type", "tags"],
    },
    "Theme": _object(_THEME),
}

_OK: Schema = {"const": True}
_PAGE = {"page": _COUNT, "size": _COUNT, "total": _COUNT}


def _ok(content: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return _object({"ok": _OK, **content, "links": _LINKS}, optional)


_QUERY: Schema = {
    "type": "object",
    "properties": {
        "text": _TEXT,
        "mode": _TEXT,
        "as_run": _TEXT,
        "expansions": {"type": "object", "additionalProperties": _list(_TEXT)},
    },
    "required": ["text", "mode", "as_run", "filters", "expansions"],
}
_DESCRIPTION = _object(
    {
        "source": _TEXT,
        "line": _COUNT,
        "format": _TEXT,
        "reason": _TEXT,
        "record": _ref("Item"),
        "raw": _TEXT,
    }
)

#: What each operation answers when all is well.
ANSWERS: dict[str, Schema] = {
    "search": _ok(
        {
            **_PAGE,
            "query": _QUERY,
            "hits": _list(_ref("Hit")),
            "suggestion": {"type": ["string", "null"]},
            "notes": _list(_TEXT),
        },
        {"facets": {"type": "object", "additionalProperties": _COUNTS}},
    ),
    "export": _ok({**_PAGE, "records": _list(_ref("Record"))}),
    "record": _ok(
        {
            "record": _ref("Record"),
            "descriptions": _list(_DESCRIPTION),
            "related": _list(_object({"id": _TEXT, "relation": _TEXT, "why": _TEXT})),
            "identifiers": _list(_object({"scheme": _TEXT, "value": _TEXT})),
        }
    ),
    "similar": _ok({"total": _COUNT, "hits": _list(_ref("Hit"))}),
    "themes": _ok({"total": _COUNT, "themes": _list(_ref("Theme"))}),
    "theme": _ok(
        {
            "theme": _object(
                _THEME
                | {
                    "terms": _list(_object({"key": _TEXT, "pattern": _TEXT})),
                    "examples": _list({}),
                    "counter_examples": _list({}),
                    "crosswalk": {"type": "object", "additionalProperties": _list(_TEXT)},
                }
            )
        }
    ),
    "map": _ok({"map": {"type": "object"}}),
}
