"""What the API answers: the content of each address, of a library and its parameters."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from corpus import csl
from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.theme import Tag, Theme
from kb.gap_map import Layout, gap_map
from kb.knowledge_base import KnowledgeBase
from kb.review import links
from kb.site import asked as asking
from kb.site import words
from kb.site.api.parameters import number
from kb.site.asked import Parameters
from kb.site.pages.parts import counted
from kb.site.search import check as check_filters

Answer = dict[str, Any]


class NotThere(EvidenceError):
    """What an address names is not in this library."""


def search(library: KnowledgeBase, given: Parameters) -> Answer:
    """A page of the hits of a search, in the shape of ``kb search --json``."""
    asked = asking.read(given)
    check_filters(library, asked)
    page, size = number(given, "search", "page"), number(given, "search", "size")
    query = replace(asked.query, limit=size, offset=size * (page - 1))
    found = library.run(query).to_dict()
    answer = {"page": page, "size": size, **found}
    if given.get("facets") == "1":
        answer["facets"] = {axis: dict(values) for axis, values in library.counts(query).items()}
    return answer


def export(library: KnowledgeBase, given: Parameters) -> Answer:
    """A page of records in full: of a search, or those of the ids."""
    page, size = number(given, "export", "page"), number(given, "export", "size")
    if wanted := given.getlist("id"):
        ids = [_known(library, each) for each in dict.fromkeys(wanted)]
    else:
        asked = asking.read(given)
        check_filters(library, asked)
        ids = list(library.ids(asked.query))
    shown = ids[size * (page - 1) : size * page]
    tags: dict[str, list[Tag]] = {}
    for tag in library.store.tags(shown):
        tags.setdefault(tag.record, []).append(tag)
    records = [_record(record, tags.get(record.id, [])) for record in library.store.records(shown)]
    return {"page": page, "size": size, "total": len(ids), "records": records}


def record(library: KnowledgeBase, record_id: str) -> Answer:
    """A record in full, with what each source says of it; an id that it had before leads to it."""
    found = library.record(_known(library, record_id))
    return {
        "record": _record(found, library.tags(found.id)),
        "descriptions": [
            {
                "source": each.source,
                "line": each.line,
                "format": each.format,
                "reason": each.reason,
                "record": csl.encode(each.record),
                "raw": each.raw,
            }
            for each in library.descriptions(found.id)
        ],
        "related": [
            {"id": link["other"], "relation": link["says"], "why": link["why"]}
            for link in links(library.store, found.id)
        ],
        "identifiers": [
            {"scheme": row["scheme"], "value": row["value"]}
            for row in library.store.query(
                "select scheme, value from identifiers where record = ? order by scheme, value", [found.id]
            )
        ],
    }


def similar(library: KnowledgeBase, record_id: str, given: Parameters) -> Answer:
    """The records nearest in meaning, in the shape of hits."""
    found = library.similar(_known(library, record_id), number(given, "similar", "size"))
    return {"total": len(found), "hits": [each.to_dict() for each in found]}


def themes(library: KnowledgeBase) -> Answer:
    """Every theme with its counts."""
    found = [
        _theme(each.theme) | {"records": each.total, "directions": each.directions}
        for each in counted(library).values()
    ]
    return {"total": len(found), "themes": found}


def theme(library: KnowledgeBase, theme_id: str) -> Answer:
    """One theme in full; raises ``EvidenceError`` if there is none with that id."""
    found = counted(library).get(theme_id)
    if found is None:
        raise NotThere(f"No theme here has the id “{asking.shorten(theme_id)}”; /api/themes lists them.")
    content = _theme(found.theme) | {"records": found.total, "directions": found.directions}
    return {
        "theme": content
        | {
            "terms": [{"key": key, "pattern": text} for key, text in found.theme.lines()],
            "examples": list(found.theme.examples),
            "counter_examples": list(found.theme.counter_examples),
            "crosswalk": {name: list(values) for name, values in found.theme.crosswalk.items()},
        }
    }


def map_(library: KnowledgeBase, given: Parameters) -> Answer:
    """The evidence gap map, in the shape of ``kb map --json``."""
    asked = asking.read(given)
    check_filters(library, asked)
    layout = Layout(
        given.get("rows") or "factor", given.get("columns") or "setting", given.get("split") != "0"
    )
    return {"map": gap_map(library, asked.query, layout).to_dict()}


def _known(library: KnowledgeBase, record_id: str) -> str:
    try:
        return library.store.resolve(record_id)
    except EvidenceError as error:
        raise NotThere(f"No record here has, or had, the id “{asking.shorten(record_id)}”.") from error


def values(library: KnowledgeBase) -> dict[str, list[str]]:
    """The values that each filter can have in this library, by its name."""
    types = library.store.query("select distinct type from records order by type")
    return {
        "theme": list(library.themes),
        "setting": [theme.id for theme in library.themes.values() if theme.axis == "setting"],
        "type": [row["type"] for row in types],
    }


def _record(found: Record, tags: list[Tag]) -> Answer:
    """CSL-JSON with the tags that nobody rejected."""
    names = ("theme", "direction", "field", "start", "end", "quote", "method", "score", "status")
    kept = [{name: getattr(tag, name) for name in names} for tag in tags if tag.status != "rejected"]
    return csl.encode(found) | {"tags": kept}


def _theme(found: Theme) -> Answer:
    content = asdict(found)
    return {name: content[name] for name in ("id", "label", "axis", "group", "definition")} | {
        "axis_label": words.AXES[found.axis]
    }
