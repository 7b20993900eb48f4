"""Records to tags: those that are new, changed, or that another vocabulary, model or rule can touch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.store import Store
from corpus.theme import Vocabulary
from corpus.verdict import verdicts
from corpus.vocabulary import history
from ingest.intake import Report, silent
from kb import retractions
from kb.deciding_tags_replay import replay

if TYPE_CHECKING:
    from ingest.tagging.tagger import Tagger

_BATCH = 500
#: How many earlier vocabularies are looked at for the one that a record was last tagged by.
_EARLIER = 5


@dataclass(frozen=True, slots=True)
class Tagged:
    """What tagging did: records read anew, tags of the whole file, version of the tagger."""

    read: int
    tags: int
    version: str


def tag(store: Store, vocabulary: Vocabulary | None = None, report: Report = silent) -> Tagged:
    """Tag every record that is new, changed, or that what changed in the tagger can affect.

    Without ``vocabulary`` by the one of the file: its own, or the one that comes along.
    """
    followed = vocabulary is None
    vocabulary = vocabulary or history.in_use(store)
    tagger = make_tagger(store, vocabulary)
    anew = store.state("tagger") != tagger.version
    if anew:
        with store.atomic():
            if followed:
                history.follow(store)
            store.write_vocabulary(vocabulary)
            store.set_state("tagger", tagger.version)
        _spare(store, vocabulary, tagger, report)
    todo = store.untagged(tagger.version)
    for start in range(0, len(todo), _BATCH):
        report("Tagging", start, len(todo))
        batch = todo[start : start + _BATCH]
        with store.atomic():
            records = list(store.records(batch))
            store.write_tags(batch, replay(store, vocabulary, tagger, records))
            store.mark_tagged(batch, tagger.version)
    if todo or anew:
        with store.atomic():
            store.write_vocabulary(vocabulary)
            # New facets make the indexes stale: left alone where only a label or an example changed.
            if todo:
                store.write_facets()
    retractions.refresh(store)
    return Tagged(len(todo), store.value("select count(*) from tags"), tagger.version)


def make_tagger(store: Store, vocabulary: Vocabulary) -> Tagger:
    """The tagger of the file for a vocabulary, with the model of the file."""
    from ingest.tagging.tagger import Tagger
    from kb.learning import encoder, model_in_use

    model = model_in_use(store)
    return Tagger(vocabulary, model, encoder(store, model))


def _spare(store: Store, vocabulary: Vocabulary, tagger: Tagger, report: Report) -> None:
    """Mark as read the records whose tags a change of the vocabulary cannot affect.

    Only where rules and model are the same: a record counts as tagged by an earlier vocabulary if a tagger
    made for it today has the version that the record was tagged by.
    """
    from ingest.tagging.affected import affected, touched

    for before, version in _earlier(store, vocabulary, tagger):
        themes = affected(before, vocabulary)
        if themes is None or (
            tagger.version.endswith("m") and _meant(store, before) != _meant(store, vocabulary)
        ):
            continue
        ids = [
            row[0]
            for row in store.connection.execute("select record from taggings where tagger = ?", [version])
        ]
        decided = _decided(store)
        for start in range(0, len(ids), _BATCH):
            report("Comparing", start, len(ids))
            with store.atomic():
                batch = _still(store, ids[start : start + _BATCH], version)
                found = (
                    {record.id for record in touched(store.records(batch), themes, before, vocabulary)}
                    if themes
                    else set()
                )
                kept = [record_id for record_id in batch if record_id not in found | decided]
                # A tag names the version that gives it; this one would give the same.
                store.connection.execute(
                    "update tags set method = replace(method, ?, ?) where status = 'automatic'"
                    " and record in (select value from json_each(?))",
                    [f"rules-{version} ", f"rules-{tagger.version} ", json.dumps(kept)],
                )
                store.mark_tagged(kept, tagger.version)


def _meant(store: Store, vocabulary: Vocabulary) -> set[str]:
    """The factors that the model may find by meaning, in any record: where they differ, all are read anew."""
    from kb.learning import model_in_use

    model = model_in_use(store)
    quoted = {quote.theme for quote in model.quotes} if model else set()
    return {theme.id for theme in vocabulary.axis("factor")} & quoted


def _earlier(store: Store, vocabulary: Vocabulary, tagger: Tagger) -> Iterator[tuple[Vocabulary, str]]:
    """The earlier vocabularies by which records of the file are tagged still, with the tagger's version."""
    marks = {row[0] for row in store.connection.execute("select distinct tagger from taggings")}
    marks.discard(tagger.version)
    versions = {edition.version: edition for edition in history.editions(store)}
    versions.pop(vocabulary.version, None)
    for edition in list(reversed(versions.values()))[:_EARLIER]:
        if not marks:
            return
        before = history.edition_vocabulary(store, edition.id)
        version = make_tagger(store, before).version
        if version in marks:
            marks.discard(version)
            yield before, version


def _decided(store: Store) -> set[str]:
    """The records on whose tags people decided, which are few: what they said is carried out anew."""
    return {verdict.record for verdict in verdicts(store)}


def _still(store: Store, ids: list[str], version: str) -> list[str]:
    """Those of the records that nobody changed or tagged meanwhile."""
    rows = store.connection.execute(
        "select record from taggings where tagger = ? and record in (select value from json_each(?))",
        [version, json.dumps(ids)],
    )
    return [row[0] for row in rows]
