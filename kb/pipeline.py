"""The main job: sources in, records and indexes out. Each step can be run again at will."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from corpus.errors import EvidenceError, IndexProblem, MissingExtra
from corpus.record import Piece
from corpus.store import Store
from ingest import formats
from ingest.intake import Intake, Report, silent, take_in
from kb.knowledge_base import index_folder
from kb.sources import Source

#: What names the packaged model.
DEFAULT_MODEL = "default"

if TYPE_CHECKING:
    from index.embedder import Embedder
    from index.engine import Document
    from index.manifest import Manifest


@dataclass(slots=True)
class Refusal:
    """A source that could not be read at all: nothing of it is in the store."""

    source: str
    reason: str


@dataclass(slots=True)
class Ingested:
    """What became of every source of a run."""

    intakes: list[Intake] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every piece of every source became a record."""
        return not self.refused and not any(intake.problems for intake in self.intakes)


def ingest(
    store: Store,
    sources: Iterable[Source],
    format: str | None = None,
    report: Report = silent,
    columns: Mapping[str, str] | None = None,
) -> Ingested:
    """Take each source in, one transaction each; one that cannot be read is refused, the rest goes on.

    ``columns`` says which columns of a table fill which fields.
    """
    result = Ingested()
    for source in sources:
        try:
            with source.open() as stream:
                digest = _sha256(stream)
                size = stream.tell()
                stream.seek(0)
                format_name, pieces = formats.read(stream, source.name, format, columns)
                whole = _unchanged(pieces, stream, size, source.name)
                told = _in_pieces(report, stream, size)
                result.intakes.append(take_in(store, source.name, format_name, digest, whole, told))
        except EvidenceError as error:
            result.refused.append(Refusal(source.name, str(error)))
    return result


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _unchanged(pieces: Iterable[Piece], stream: BinaryIO, size: int, name: str) -> Iterator[Piece]:
    """The pieces; raises ``EvidenceError`` after the last if the file is not as long as it was."""
    yield from pieces
    if stream.seek(0, io.SEEK_END) != size:
        raise EvidenceError(f"{name}: changed while it was read; nothing of it was kept, ingest it again.")


def _in_pieces(report: Report, stream: BinaryIO, size: int) -> Report:
    """A ``Report`` that estimates how many pieces there will be from how far the file is read."""

    def told(step: str, done: int, total: int | None) -> None:
        report(step, done, total if total is not None else max(done, done * size // max(stream.tell(), 1)))

    return told


class Documents:
    """The records of an evidence file as the indexes see them, by id, read anew each time and one by one.

    What is read is the file as it was when this was made, whatever is written meanwhile.
    """

    def __init__(self, store: Store) -> None:
        self._snapshot = store.snapshot()

    def __enter__(self) -> Documents:
        """The documents themselves."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file."""
        self._snapshot.close()

    def __iter__(self) -> Iterator[Document]:
        """Each record once, by id."""
        from index.engine import Document

        terms = self._terms()
        record, facets = next(terms, ("", {}))
        for row in self._snapshot.execute(
            "select id, title, abstract, keywords, authors, container_title, doi, year"
            " from records order by id"
        ):
            while record and record < row[0]:
                record, facets = next(terms, ("", {}))
            yield Document(
                id=row[0],
                title=row[1],
                abstract=row[2] or "",
                keywords="; ".join(json.loads(row[3])) if row[3] != "[]" else "",
                authors=row[4],
                container_title=row[5] or "",
                doi=row[6] or "",
                year=row[7],
                facets=facets if record == row[0] else {},
            )

    def _terms(self) -> Iterator[tuple[str, dict[str, list[str]]]]:
        """(record, its terms by facet), by record."""
        rows = self._snapshot.execute(
            "select record, axis, value from facets where axis <> 'year' order by record, axis, value"
        )
        for record, group in itertools.groupby(rows, key=itemgetter(0)):
            terms: dict[str, list[str]] = {}
            for _, axis, value in group:
                if axis in _OWN_FACETS:
                    terms.setdefault(axis, []).append(value)
                if axis not in _NO_THEMES:
                    terms.setdefault("theme", []).append(value)
            yield record, terms


_OWN_FACETS = frozenset({"direction", "setting", "tag", "type"})
_NO_THEMES = frozenset({"direction", "tag", "type"})


def index(
    store: Store,
    *,
    engine: str | None = None,
    model: str | None = None,
    embedder: Embedder | None = None,
    rerank: bool | None = None,
    report: Report = silent,
) -> Manifest:
    """Build both indexes beside the evidence file and put them in place.

    ``engine`` is chosen by the number of records if it is not named. ``embedder``, or else the ``model``
    named, makes the vectors; without either, the model that made them before, or else the packaged one.
    """
    from index.generations import build

    folder = index_folder(store.path)
    # Before the build, which takes long: what another process writes meanwhile makes the index stale.
    with store.atomic():
        corpus_hash = store.corpus_hash()
        store.set_state("corpus_hash", corpus_hash)
        content = Documents(store)
    with content:
        return build(
            folder,
            content,
            corpus_hash=corpus_hash,
            embedder=embedder or _embedder(folder, model),
            engine=engine,
            rerank=rerank,
            progress=report,
        )


def index_if_stale(store: Store, *, engine: str | None = None, report: Report = silent) -> Manifest:
    """The manifest of the indexes as they are, or of new ones if they miss something."""
    from index.searcher import Index

    folder = index_folder(store.path)
    try:
        opened = Index.open(folder)
    except IndexProblem:
        return index(store, engine=engine, report=report)
    manifest, damaged = opened.manifest, opened.faults()
    opened.close()
    current = (
        not damaged
        and manifest.corpus_hash == store.state("corpus_hash")
        and engine in (None, manifest.engine)
    )
    if current and (manifest.vectors or _embedder(folder) is None):
        return manifest
    return index(store, engine=engine, report=report)


def _embedder(folder: Path, model: str | None = None) -> Embedder | None:
    """The model named, or that of the index as it is, or the packaged one; ``None`` where there is none."""
    from index.embedder import embedder_for
    from index.generations import exported_embedder, model_of

    try:
        return embedder_for(None if model == DEFAULT_MODEL else model or model_of(folder))
    except MissingExtra:
        if model:
            raise
        return exported_embedder(folder)
