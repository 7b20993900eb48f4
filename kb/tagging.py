"""Records to tags: those that are new, changed, or that another vocabulary, model or rule can touch."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.store import Store
from corpus.theme import Vocabulary, load_vocabulary
from ingest.intake import Report, silent

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Tagged:
    """What tagging did: records read anew, tags of the whole file, version of the tagger."""

    read: int
    tags: int
    version: str


def tag(store: Store, vocabulary: Vocabulary | None = None, report: Report = silent) -> Tagged:
    """Tag every record that is new, changed, or was last read by another version of the tagger."""
    from ingest.tagging.tagger import Tagger

    vocabulary = vocabulary or load_vocabulary()
    tagger = Tagger(vocabulary)
    todo = store.untagged(tagger.version)
    if store.state("tagger") != tagger.version:
        with store.atomic():
            store.write_vocabulary(vocabulary)
            store.set_state("tagger", tagger.version)
    for start in range(0, len(todo), _BATCH):
        report("Tagging", start, len(todo))
        batch = todo[start : start + _BATCH]
        with store.atomic():
            found = tagger.tag_all(list(store.records(batch)))
            store.write_tags(batch, found)
            store.mark_tagged(batch, tagger.version)
    if todo:
        with store.atomic():
            store.write_vocabulary(vocabulary)
            store.write_facets()
    return Tagged(len(todo), store.value("select count(*) from tags"), tagger.version)
