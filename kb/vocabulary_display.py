"""What a person reads of the vocabulary: a theme in full, a fault, a difference, what a change moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from corpus.store import Store
from corpus.vocabulary import history
from corpus.vocabulary.difference import Difference
from corpus.vocabulary.reading import Fault
from kb.vocabulary import Moved, known

#: Wordings shown of a term that stands for more.
_SHOWN = 6
#: Terms shown of a theme that a change touched; `kb themes diff` shows all.
_REPORTED = 3


def theme_account(store: Store, theme_id: str) -> dict[str, Any]:
    """A theme in full, for JSON: terms by number with their wordings, records, what it replaced, its history.

    A theme that went is shown too.
    """
    from ingest.tagging.wordings import term_wordings

    vocabulary = history.in_use(store)
    theme = vocabulary.themes.get(theme_id) or known(store, theme_id)
    counted = "select count(distinct record) from tags where status <> 'rejected' and theme = ?"
    return {
        "id": theme.id,
        "label": theme.label,
        "axis": theme.axis,
        "group": theme.group,
        "notation": theme.notation,
        "definition": theme.definition,
        "terms": [
            {"number": number, "key": key, "pattern": text, "wordings": term_wordings(vocabulary, text)}
            for number, (key, text) in enumerate(theme.lines(), start=1)
        ],
        "examples": list(theme.examples),
        "counter_examples": list(theme.counter_examples),
        "crosswalk": dict(theme.crosswalk),
        "records": store.value(counted, [theme.id]),
        "directions": {
            row["direction"]: row["records"]
            for row in store.query(
                "select direction, count(distinct record) as records from tags where theme = ?"
                " and direction is not null and status <> 'rejected' group by direction order by direction",
                [theme.id],
            )
        },
        "replaced_by": vocabulary.resolve(theme.id) if theme.replaced_by else None,
        "replaces": [each.id for each in vocabulary.themes.values() if each.replaced_by == theme.id],
        "history": [asdict(edition) for edition in _changed_in(store, theme.id)],
    }


def _changed_in(store: Store, theme_id: str) -> Iterator[history.Edition]:
    """The forms of the vocabulary in which the theme is otherwise than in the one before."""
    before = None
    for edition in history.editions(store):
        theme = history.edition_vocabulary(store, edition.id).themes.get(theme_id)
        if theme != before:
            yield edition
        before = theme


def theme_lines(content: dict[str, Any]) -> Iterator[str]:
    """The account of a theme for a person."""
    group = f", {content['group']}" if content["group"] else ""
    yield f"{content['label']}  [{content['id']}; {content['axis']}{group}]"
    if content["definition"]:
        yield content["definition"]
    if content["replaced_by"]:
        yield f"Replaced by {content['replaced_by']}."
    if content["replaces"]:
        yield f"Replaces {', '.join(content['replaces'])}."
    directions = ", ".join(f"{number} {name}" for name, number in content["directions"].items())
    yield f"{content['records']} records" + (f" ({directions})" if directions else "")
    if content["terms"]:
        yield "\nTerms:"
    for term in content["terms"]:
        key = f"{term['key']}: " if term["key"] else ""
        yield f"{term['number']:>4}  {key}{term['pattern']}"
        wordings = term["wordings"]
        if wordings and wordings != [term["pattern"]]:
            more = ", ..." if wordings[_SHOWN:] else ""
            yield f"{'':>6}  = {', '.join(wordings[:_SHOWN])}{more}"
    for title, key in (("Examples", "examples"), ("Not it", "counter_examples")):
        if content[key]:
            yield f"\n{title}:"
        for example in content[key]:
            said = example if isinstance(example, str) else ": ".join(next(iter(example.items())))
            yield f"  {said}"
    if content["crosswalk"]:
        yield "\nIn published frameworks:"
        yield from (f"  {name}: {'; '.join(entries)}" for name, entries in content["crosswalk"].items())
    if content["history"]:
        yield "\nHistory:"
        yield from (
            f"  {each['id']:>3}  {each['made_at'][:10]}  {each['change']}" for each in content["history"]
        )


def fault_dict(fault: Fault) -> dict[str, Any]:
    """A fault, for JSON."""
    kind = "warning" if fault.warning else "error"
    return {
        "kind": kind,
        "source": fault.source,
        "line": fault.line or None,
        "theme": fault.theme or None,
        "term": fault.term or None,
        "said": fault.said,
        "mend": fault.mend,
    }


def difference_dict(found: Difference) -> dict[str, Any]:
    """A difference, for JSON."""
    return {"themes": [asdict(theme) for theme in found.themes], "settings": list(found.settings)}


def moved_dict(moved: Moved) -> dict[str, Any]:
    """What a change did, for JSON."""
    return {
        "change": moved.change,
        "version": moved.version,
        "read": moved.read,
        "tags_added": moved.added,
        "tags_removed": moved.removed,
        "decisions": moved.decisions,
        "themes": list(moved.themes),
        "difference": difference_dict(moved.difference),
    }


def moved_lines(moved: Moved) -> Iterator[str]:
    """What a change did, for a person."""
    yield f"{moved.change} (vocabulary {moved.version})"
    yield from (f"  {line}" for line in moved.difference.lines(_REPORTED))
    yield (
        f"{moved.read} records read anew: {moved.added} tags came, {moved.removed} went,"
        f" {moved.decisions} decided tags carried."
    )
    for theme in moved.themes:
        yield f"  {theme['id']}: {theme['before']} -> {theme['after']} records"
