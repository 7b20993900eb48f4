"""The vocabulary of an evidence file, kept by people: check, import, edit, undo; with what each moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError
from corpus.store import Store
from corpus.theme import VOCABULARY, Theme, Vocabulary
from corpus.vocabulary import editing, history
from corpus.vocabulary.difference import Difference, difference
from corpus.vocabulary.reading import Fault, inspect, located, parse, read_text
from ingest.intake import Report, silent
from kb import tagging
from kb.thesauri import Kind, read_vocabulary, write_vocabulary


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change of the vocabulary did.

    ``themes`` holds id, label, records before and after for each theme whose records are others now;
    ``added`` and ``removed`` count tags, ``decisions`` the decided tags that went to another theme, or
    left with theirs.
    """

    change: str
    version: str
    difference: Difference
    read: int
    added: int
    removed: int
    decisions: int
    themes: tuple[dict[str, Any], ...]


def check(path: Path | None, store: Store | None = None) -> list[Fault]:
    """Every fault of a file's vocabulary, by line; without a path of the one in use."""
    if path is None:
        text = history.text_in_use(store) if store else read_text(VOCABULARY)
        edition = history.own(store) if store else None
        source = f"{store.path}: vocabulary {edition.id}" if store and edition else str(VOCABULARY)
        return faults(text, source)
    gone = history.gone_ids(store) if store else {}
    return faults(read_vocabulary(path), str(path), gone)


def faults(text: str, source: str, gone: Mapping[str, str] | None = None) -> list[Fault]:
    """Every fault of a text, by line; ``gone`` are ids that went and may not return."""
    from ingest.tagging.checking import example_faults, pattern_faults

    vocabulary, found = inspect(text, source)
    for theme in vocabulary:
        if gone and theme.id in gone:
            said = "the id was given up in this evidence file, and ids never return"
            mend = f"`{gone[theme.id]}` took its place" if gone[theme.id] else "give it another id"
            found.append(Fault(source, said, mend, theme.id))
    found += pattern_faults(vocabulary)
    # What the examples earn says nothing while a pattern is wrong.
    if all(fault.warning for fault in found):
        found += example_faults(vocabulary)
    return located(found, text)


def bring(
    store: Store, path: Path, axis: str = "kind", language: str = "en", report: Report = silent
) -> Moved | None:
    """Use the vocabulary of a file, checked, from now on; ``None`` if it is in use already."""
    text = read_vocabulary(path, axis, language)
    parse(text, str(path))
    if text == history.text_in_use(store):
        return None
    refuse(faults(text, str(path), history.gone_ids(store)))
    return _adopt(store, text, path.name, f"import {path.name}", report)


def bring_if_given(store: Store, path: Path | None, report: Report = silent) -> None:
    """The same for a command's ``--themes``, which may be left out."""
    if path:
        bring(store, path, report=report)


def refuse(found: Sequence[Fault]) -> None:
    """Raise ``EvidenceError`` with the first error among the faults, and how to see the rest."""
    errors = [fault for fault in found if not fault.warning]
    if errors:
        more = f" (and {len(errors) - 1} more; `kb themes check` lists them)" if errors[1:] else ""
        raise EvidenceError(f"{errors[0]}{more}.")


def rename(
    store: Store, theme_id: str, label: str | None, new_id: str | None, report: Report = silent
) -> Moved:
    """Give a theme another label, another id, or both; tags go along."""
    theme = known(store, theme_id)
    if new_id:
        said = f"rename {theme_id} to {new_id}"
        return _change(store, said, lambda text: editing.rename(text, theme.id, new_id, label), report)
    if not label:
        raise EvidenceError("nothing to rename: give a label, or an id with --id.")
    said = f"rename {theme_id}: {theme.label} -> {label}"
    return _change(store, said, lambda text: editing.relabel(text, theme.id, label), report)


def merge(
    store: Store, theme_ids: Sequence[str], into: str, label: str | None, report: Report = silent
) -> Moved:
    """Several themes as one; their tags and what people decided on them go along."""
    ids = [known(store, theme_id).id for theme_id in dict.fromkeys(theme_ids)]
    if not [theme_id for theme_id in ids if theme_id != into]:
        raise EvidenceError(f"`{into}` alone is no merge: name the themes that go into it.")
    themes = history.in_use(store).themes

    def edited(text: str) -> str:
        return _without_contradictions(editing.merge(text, ids, into, label), into)

    if into in themes:
        known(store, into)
    return _change(store, f"merge {', '.join(ids)} into {into}", edited, report)


def split(
    store: Store, theme_id: str, new_id: str, label: str, numbers: Sequence[int], report: Report = silent
) -> Moved:
    """Some terms of a theme as a theme of their own; tags and examples go where their words go."""
    theme = known(store, theme_id)

    def edited(text: str) -> str:
        return _with_examples(editing.split(text, theme.id, new_id, label, numbers), theme.id, new_id)

    return _change(store, f"split {new_id} off {theme_id}", edited, report)


def retire(store: Store, theme_id: str, replaced_by: str | None, report: Report = silent) -> Moved:
    """Take a theme out of use; with ``replaced_by`` its decided tags go there."""
    theme = known(store, theme_id)
    if replaced_by:
        other = known(store, replaced_by)
        if other.id == theme.id:
            raise EvidenceError(f"`{theme_id}` cannot take its own place.")
        if other.axis != theme.axis:
            raise EvidenceError(f"`{replaced_by}` is on another axis ({other.axis}) than `{theme_id}`.")
    said = f"retire {theme_id}" + (f", replaced by {replaced_by}" if replaced_by else "")
    return _change(store, said, lambda text: editing.retire(text, theme.id, replaced_by), report)


def undo(store: Store, report: Report = silent) -> Moved:
    """Go back to the vocabulary before the last change, and to its tags."""
    before = history.in_use(store)
    counts = _set_aside(store)
    with store.atomic():
        undone = history.back(store)
    return _moved(store, f"undo: {undone}", before, counts, report)


def known(store: Store, theme_id: str) -> Theme:
    """The theme in use with that id; raises ``EvidenceError`` with the nearest ids, or its successor's."""
    vocabulary = history.in_use(store)
    theme = vocabulary.themes.get(theme_id)
    if theme and not theme.replaced_by:
        return theme
    successor = vocabulary.resolve(theme_id)
    if successor:
        raise EvidenceError(f"the theme `{theme_id}` was replaced by `{successor}`.")
    ids = [theme.id for theme in vocabulary]
    near = [each for each in ids if theme_id in each][:3] or get_close_matches(theme_id, ids, cutoff=0.5)
    if theme_id in vocabulary.retired:
        raise EvidenceError(f"the theme `{theme_id}` was retired.")
    raise EvidenceError(
        f"no theme has the id `{theme_id}`"
        + (f"; near: {', '.join(near)}." if near else "; `kb themes` lists them.")
    )


def compare(store: Store | None, one: str, other: str | None) -> Difference:
    """What differs between two vocabularies, each a file or the number of a form; the second: in use."""
    before = _named(store, one)
    if other is None:
        return difference(history.in_use(store) if store else parse(read_text(VOCABULARY), ""), before)
    return difference(before, _named(store, other))


def export(store: Store | None, kind: Kind) -> str:
    """The vocabulary in use as YAML, comments and all, or as SKOS."""
    text = history.text_in_use(store) if store else read_text(VOCABULARY)
    return write_vocabulary(text, parse(text, str(store.path if store else VOCABULARY)), kind)


def _named(store: Store | None, name: str) -> Vocabulary:
    if name.isdecimal() and store and not Path(name).exists():
        return history.edition_vocabulary(store, int(name))
    return parse(read_vocabulary(Path(name)), name)


def _change(store: Store, said: str, edit: Callable[[str], str], report: Report) -> Moved:
    """The vocabulary in use, edited and taken up; refused if that makes an error that was not there."""
    text = history.text_in_use(store)
    edited = edit(text)
    made = [fault for fault in faults(edited, said) if not fault.warning]
    if made:
        before = {(fault.theme, fault.said) for fault in faults(text, said)}
        refuse([fault for fault in made if (fault.theme, fault.said) not in before])
    edition = history.own(store)
    return _adopt(store, edited, edition.source if edition else VOCABULARY.name, said, report)


def _adopt(store: Store, text: str, source: str, said: str, report: Report) -> Moved:
    before = history.in_use(store)
    counts = _set_aside(store)
    with store.atomic():
        # The form that it was changed from, if nothing was tagged by it yet.
        history.follow(store)
        history.keep(store, text, source, said)
    return _moved(store, said, before, counts, report)


_STANDING = "select record, theme, direction, quote from {} where status <> 'rejected'"
_DECIDED = "select record, theme, direction, status from {} where status <> 'automatic'"


def _set_aside(store: Store) -> dict[str, int]:
    """The number of records of each theme; the tags themselves are kept in a table to compare with."""
    store.connection.execute("drop table if exists temp.tags_before")
    store.connection.execute("create temp table tags_before as select * from tags")
    return _counts(store)


def _counts(store: Store) -> dict[str, int]:
    sql = "select theme, count(distinct record) from tags where status <> 'rejected' group by theme"
    return dict(store.connection.execute(sql).fetchall())


def _moved(store: Store, said: str, before: Vocabulary, counts: dict[str, int], report: Report) -> Moved:
    """Tag by the vocabulary in use now, and say what is otherwise than before."""
    after = history.in_use(store)
    tagged = tagging.tag(store, report=report)
    new = _counts(store)
    themes = {theme.id: theme.label for each in (after, before) for theme in each.themes.values()}
    tables = ("tags", "temp.tags_before")
    added = _fewer(store, _STANDING, *tables)
    removed = _fewer(store, _STANDING, *reversed(tables))
    decisions = max(_fewer(store, _DECIDED, *tables), _fewer(store, _DECIDED, *reversed(tables)))
    store.connection.execute("drop table temp.tags_before")
    return Moved(
        change=said,
        version=after.version,
        difference=difference(before, after),
        read=tagged.read,
        added=added,
        removed=removed,
        decisions=decisions,
        themes=tuple(
            {"id": theme, "label": label, "before": counts.get(theme, 0), "after": new.get(theme, 0)}
            for theme, label in themes.items()
            if counts.get(theme, 0) != new.get(theme, 0)
        ),
    )


def _fewer(store: Store, rows: str, one: str, other: str) -> int:
    """How many rows the one table has and the other has not."""
    count: int = store.value(f"select count(*) from ({rows.format(one)} except {rows.format(other)})")
    return count


def _with_examples(text: str, source: str, target: str) -> str:
    """The text with the examples of a theme that only another one earns moved there."""
    from ingest.tagging.checking import unearned
    from ingest.tagging.tagger import Tagger

    vocabulary = parse(text, "vocabulary")
    lost = [editing.example_text(each) for each in unearned(vocabulary.themes[source], Tagger(vocabulary))]
    return editing.move_examples(text, source, target, lost) if lost else text


def _without_contradictions(text: str, theme_id: str) -> str:
    """The text without those counter-examples of a theme that what it took over earns."""
    from ingest.tagging.checking import earned_counter_examples
    from ingest.tagging.tagger import Tagger

    vocabulary = parse(text, "vocabulary")
    wrong = earned_counter_examples(vocabulary.themes[theme_id], Tagger(vocabulary))
    return editing.drop_counter_examples(text, theme_id, wrong) if wrong else text
