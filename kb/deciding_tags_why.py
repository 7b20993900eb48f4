"""Why a record carries its themes, or not: tags with what people said of them, and the nearest misses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.errors import EvidenceError
from corpus.quoting import field_text
from corpus.record import Record
from corpus.vocabulary import history
from ingest.tagging.sentences import sentence_around
from kb import vocabulary
from kb.deciding_tags import check_direction, named
from kb.deciding_tags_replay import current
from kb.display import explanations
from kb.knowledge_base import KnowledgeBase


def account(
    library: KnowledgeBase, record_id: str, theme_id: str | None = None, direction: str | None = None
) -> dict[str, Any]:
    """For JSON: the record, its tags with their reasons, decisions on what it does not carry, near misses.

    Misses are looked for where a theme is named that the record does not carry (in that direction).
    """
    record = library.record(record_id)
    theme = None
    if theme_id:
        theme = vocabulary.known(library.store, theme_id)
        check_direction(theme, direction)
    elif direction:
        raise EvidenceError("a direction goes with a theme; name one with --theme.")
    tags = [
        reason
        for reason in explanations(library, record, theme.id if theme else None)
        if direction in (None, reason["direction"])
    ]
    told = {decision["id"] for reason in tags for decision in reason["decisions"]}
    others = [
        verdict.to_dict()
        for verdict in current(library.store, [record.id])
        if verdict.id not in told and (theme is None or verdict.theme == theme.id)
    ]
    found: dict[str, Any] = {"id": record.id, "title": record.title, "year": record.year, "tags": tags}
    found["decisions"] = others
    if theme and not any(reason["status"] != "rejected" for reason in tags):
        from ingest.tagging.misses import misses

        found["misses"] = [
            {
                "theme": theme.id,
                "label": theme.label,
                "direction": direction,
                **_in_sentence(record, miss.field, miss.start, miss.end),
                "lacking": miss.lacking,
            }
            for miss in misses(record, theme, history.in_use(library.store), direction)
        ]
    return found


def lines(content: Mapping[str, Any], bold: str = "{}") -> Iterator[str]:
    """The account for a person; ``bold`` is put around each quote."""
    for reason in content["tags"]:
        direction = f" · {reason['direction']}" if reason["direction"] else ""
        status = "" if reason["status"] == "automatic" else f", {reason['status']}"
        yield ""
        yield f"{reason['label']}{direction}  [{reason['theme']}, {reason['score']:.2f}{status}]"
        if reason["quote"]:
            yield f"  {reason['before']}{bold.format(reason['quote'])}{reason['after']}"
            yield f"  {reason['field']} {reason['start']}-{reason['end']}; {reason['rule']}"
        else:
            yield "  no words of the record stand for it"
        yield from (f"  {decision_line(decision)}" for decision in reason["decisions"])
    for miss in content.get("misses", ()):
        yield ""
        yield f"{miss['label']}: not on this record"
        if miss["quote"]:
            yield f"  {miss['before']}{bold.format(miss['quote'])}{miss['after']}"
        yield f"  {miss['lacking']}"
    if content["decisions"]:
        yield ""
        yield "Decided, and not on the record now:"
        for decision in content["decisions"]:
            yield f"  {named(decision['theme'], decision['direction'])}: {decision_line(decision)}"


def decision_line(decision: Mapping[str, Any]) -> str:
    """Who decided what, when, why, and whether it was taken back."""
    done = {"accept": "accepted", "reject": "rejected", "add": "added"}[decision["kind"]]
    said = f"{done} by {decision['decided_by'] or 'somebody'} on {decision['decided_at'][:10]}"
    if decision["kind"] != "reject" and decision["quote"]:
        said += f" on “{decision['quote']}”"
    if decision["note"]:
        said += f": {decision['note']}"
    if decision["undone_at"]:
        said += f" (taken back by {decision['undone_by'] or 'somebody'} on {decision['undone_at'][:10]})"
    return said


def _in_sentence(record: Record, field: str, start: int, end: int) -> dict[str, Any]:
    text = field_text(record, field)
    first, last = sentence_around(text, start, end) if end > start else (start, end)
    return {
        "field": field,
        "start": start,
        "end": end,
        "before": text[first:start],
        "quote": text[start:end],
        "after": text[end:last],
    }
