"""A whole library to serve at size: records, tags that quote them, facets and both halves of the index.

Titles and abstracts are those of tests.bench.abstracts, themes those of the packaged vocabulary. Up to 3,000
records are embedded by the model; the vectors of more are mixtures of real ones, since embedding takes
minutes for every thousand and is measured in tests.bench.embedding.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from corpus.record import Author, Record
from corpus.store import Store
from corpus.theme import Tag, Theme, load_vocabulary
from index.embedder import embedder_for
from index.engine import Document
from index.generations import build
from index.manifest import read_manifest
from index.pool import Pool
from kb.knowledge_base import index_folder
from kb.pipeline import Documents
from tests.bench.abstracts import Abstracts
from tests.bench.library import Made
from tests.bench.vectors import mixed

_EMBEDDED = 3000
_BLOCK = 2000
#: How many themes of each axis a record has at most.
_MOST = {"factor": 5, "setting": 2, "population": 1, "study_type": 1, "kind": 1}


def make(path: Path, count: int, real: Path | None = None) -> None:
    """Write an evidence file of so many records with its index; ``real`` is an index folder with vectors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    vocabulary = load_vocabulary()
    themes = [theme for theme in vocabulary.themes.values() if not theme.replaced_by]
    chance = random.Random(1)
    with Store.open(path, create=True) as store:
        with store.atomic():
            store.write_vocabulary(vocabulary)
        documents = iter(Abstracts().records(count))
        while block := list(islice(documents, _BLOCK)):
            records = [_record(document) for document in block]
            with store.atomic():
                store.write_records(records)
                store.write_tags([], (tag for record in records for tag in _tags(record, themes, chance)))
        with store.atomic():
            store.write_facets()
            corpus_hash = store.corpus_hash()
            store.set_state("corpus_hash", corpus_hash)
        _index(store, path, count, corpus_hash, real)
        store.connection.execute("PRAGMA wal_checkpoint(truncate)")


def _index(store: Store, path: Path, count: int, corpus_hash: str, real: Path | None) -> None:
    embedder = embedder_for(None)
    if embedder is not None and count > _EMBEDDED:
        if real is None:
            raise SystemExit(
                "More than 3,000 records are given mixed real vectors: name an index with --real."
            )
        manifest = read_manifest(real)
        pool = Pool.open(real / manifest.pool, rows=manifest.pool_rows)
        embedder = Made(embedder, mixed(pool.vectors(np.arange(len(pool))), count))
    with Documents(store) as documents:
        rerank = None if count <= _EMBEDDED else False
        build(index_folder(path), documents, corpus_hash=corpus_hash, embedder=embedder, rerank=rerank)


def _record(document: Document) -> Record:
    names = [name.split(", ") for name in document.authors.split("; ")]
    return Record(
        id=document.id,
        type=document.facets["type"][0],
        title=document.title,
        abstract=document.abstract,
        authors=tuple(Author(family, given) for family, given in names),
        issued=str(document.year) if document.year else "",
        container_title=document.container_title,
        doi=f"10.5555/{document.id}",
    )


def _tags(record: Record, themes: list[Theme], chance: random.Random) -> Iterator[Tag]:
    for axis, most in _MOST.items():
        there = [theme for theme in themes if theme.axis == axis]
        for _ in range(chance.randint(0, most) if there else 0):
            # The first themes far more often than the last, as in any library.
            theme = there[int(len(there) ** chance.random()) - 1]
            direction = (
                chance.choice(["barrier", "barrier", "enabler", "driver"]) if axis == "factor" else None
            )
            start = chance.randrange(max(1, len(record.abstract) - 60))
            end = min(len(record.abstract), start + chance.randint(20, 60))
            quote, score = record.abstract[start:end], round(chance.uniform(0.3, 0.95), 2)
            yield Tag(record.id, theme.id, direction, "abstract", start, end, quote, "bench", score)
