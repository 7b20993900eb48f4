"""What a person reads of a record: its lines, why each tag is there, where its sources disagree."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpus import csl
from corpus.quoting import field_text
from corpus.record import Record
from corpus.store import Store
from corpus.theme import AXES

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase
    from kb.results import Description

#: Fields by which two descriptions of one work can contradict each other.
_COMPARED = ("type", "issued", "container_title", "publisher", "volume", "issue", "page", "doi", "pmid")


def record_lines(record: Record) -> Iterator[str]:
    """The record, a labelled line a field, the abstract last."""
    yield f"{record.id}"
    for author in record.authors:
        yield f"{author.role:>16}  {author}"
    if record.et_al:
        yield f"{'':>16}  et al"
    for name, variable in csl.VARIABLES.items():
        value = getattr(record, name)
        if value and name != "abstract":
            yield f"{variable:>16}  {value}"
        if name == "title":
            yield f"{'type':>16}  {record.type}"
            if record.issued:
                yield f"{'issued':>16}  {record.issued}"
    if record.keywords:
        yield f"{'keyword':>16}  {'; '.join(record.keywords)}"
    for name, value in record.extra.items():
        yield f"{name:>16}  {'; '.join(value) if isinstance(value, list) else value}"
    if record.abstract:
        yield ""
        yield record.abstract


def account(library: KnowledgeBase, record_id: str) -> dict[str, Any]:
    """Where a record comes from, for JSON: its descriptions by number, fields, links and decisions.

    A field tells the number of the description that gave its value (for one put together out of
    several, that gave most), and what others print where they differ in more than form.
    """
    from ingest.works.merging import merge
    from kb.review import judged, links

    record_id = library.store.resolve(record_id)
    descriptions = library.descriptions(record_id)
    merged = merge([description.record for description in descriptions])
    differing = {name: said for name, said in merged.disagreements.items() if name in _COMPARED}
    return {
        "sources": [description_dict(at, each) for at, each in enumerate(descriptions, start=1)],
        "fields": {
            csl.VARIABLES.get(name, name): {
                "from": _giver(name, place, merged.record, descriptions) + 1,
                "printed": {str(at + 1): value for at, value in differing.get(name, ())},
            }
            for name, place in merged.origin.items()
        },
        "links": links(library.store, record_id),
        "decisions": judged(library.store, record_id),
    }


def _giver(name: str, place: int, merged: Record, descriptions: Sequence[Description]) -> int:
    """The first description that prints the value as it was kept; else the one that gave most of it."""
    kept = getattr(merged, name)
    return next((at for at, each in enumerate(descriptions) if getattr(each.record, name) == kept), place)


def account_lines(content: dict[str, Any]) -> Iterator[str]:
    """The account for a person."""
    places = {at: f"{each['source']}:{each['line']}" for at, each in enumerate(content["sources"], start=1)}
    for at, each in enumerate(content["sources"], start=1):
        yield f"\n{at}. {places[at]}" + (f" ({each['reason']})" if each["reason"] else "")
        yield textwrap.indent(each["raw"].rstrip(), "    ")
    if len(places) > 1:
        yield "\nWhich description gave each field:"
        for name, field in content["fields"].items():
            yield f"{name:>16}  {field['from']}"
    for name, field in content["fields"].items():
        if field["printed"]:
            said: dict[str, list[str]] = {}
            for at, value in field["printed"].items():
                said.setdefault(value, []).append(places[int(at)])
            sides = "; ".join(f"{value} ({', '.join(dict.fromkeys(by))})" for value, by in said.items())
            yield f"\nThe sources disagree on {name}: {sides}"
    for link in content["links"]:
        yield f"\n{link['says']}: {link['other']} ({link['why']})"
    for decision in content["decisions"]:
        note = f" ({decision['note']})" if decision["note"] else ""
        yield f"\nDecided on {decision['decided_at'][:10]}: {_said(decision)}{note}"


def _said(decision: Mapping[str, Any]) -> str:
    parts = []
    for part in decision["about"]:
        own = [str(at) for at in part if isinstance(at, int)]
        numbered = [f"description{'s' if len(own) > 1 else ''} {', '.join(own)}"] if own else []
        others = [at for at in part if not isinstance(at, int)]
        parts.append(" and ".join([*numbered, *others]) or "one that is not here any more")
    return f"{'one work' if decision['kind'] == 'merge' else 'different works'}: {'; '.join(parts)}"


def description_dict(number: int, description: Description) -> dict[str, Any]:
    """One source's description, for JSON."""
    return {
        "number": number,
        "source": description.source,
        "line": description.line,
        "format": description.format,
        "reason": description.reason,
        "raw": description.raw,
        "fields": csl.encode(description.record),
    }


def explanations(library: KnowledgeBase, record: Record, theme: str | None = None) -> list[dict[str, Any]]:
    """For each tag its theme, direction, quote within its sentence, rule in words, score, status; by axis.

    ``decisions`` is what people said of it, the earliest first, with what was taken back.
    """
    from corpus.verdict import is_about
    from ingest.tagging.explaining import explain
    from ingest.tagging.sentences import sentence_around
    from kb.deciding_tags_replay import current

    made = current(library.store, [record.id])
    reasons = []
    for tag in library.tags(record.id):
        if theme and tag.theme != theme:
            continue
        text = field_text(record, tag.field)
        first, last = sentence_around(text, tag.start, tag.end) if tag.quote else (tag.start, tag.end)
        known = library.themes.get(tag.theme)
        reasons.append(
            {
                "theme": tag.theme,
                "label": known.label if known else tag.theme,
                "axis": known.axis if known else "",
                "direction": tag.direction,
                "field": tag.field,
                "start": tag.start,
                "end": tag.end,
                "before": text[first : tag.start],
                "quote": tag.quote,
                "after": text[tag.end : last],
                "rule": explain(tag),
                "method": tag.method,
                "score": tag.score,
                "status": tag.status,
                "decisions": [verdict.to_dict() for verdict in made if is_about(verdict, tag)],
            }
        )
    return sorted(reasons, key=lambda reason: AXES.index(reason["axis"]) if reason["axis"] else len(AXES))


def theme_counts(store: Store, axis: str | None = None) -> list[dict[str, Any]]:
    """Each theme in use with the number of its records, in all and by direction, in vocabulary order."""
    return list(
        store.query(
            'select themes.id as id, axis, "group", label, count(distinct record) as records,'
            " count(distinct case direction when 'barrier' then record end) as barrier,"
            " count(distinct case direction when 'enabler' then record end) as enabler,"
            " count(distinct case direction when 'driver' then record end) as driver"
            " from themes left join tags on theme = themes.id and status <> 'rejected'"
            " where replaced_by is null and (:axis is null or axis = :axis)"
            " group by themes.id order by position",
            {"axis": axis},
        )
    )
