"""The main job: sources in, records and indexes out. Each step can be run again at will."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from corpus.errors import EvidenceError, IndexProblem, MissingExtra
from corpus.record import Piece
from corpus.store import Store
from ingest import formats
from ingest.intake import Intake, Report, silent, take_in
from kb.knowledge_base import index_folder
from kb.sources import Source

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


def documents(store: Store) -> Iterator[Document]:
    """The records as the indexes see them, by id."""
    import json

    from index.engine import Document

    axes = ("direction", "setting", "tag", "type")
    facets: dict[str, dict[str, list[str]]] = {}
    sql = "select axis, value, record from facets where axis <> 'year' order by record, axis, value"
    for row in store.query(sql):
        terms = facets.setdefault(row["record"], {})
        axis = row["axis"]
        if axis in axes:
            terms.setdefault(axis, []).append(row["value"])
        if axis not in ("direction", "tag", "type"):
            terms.setdefault("theme", []).append(row["value"])
    for row in store.query("select * from records order by id"):
        yield Document(
            id=row["id"],
            title=row["title"],
            abstract=row["abstract"] or "",
            keywords="; ".join(json.loads(row["keywords"])),
            authors=row["authors"],
            container_title=row["container_title"] or "",
            doi=row["doi"] or "",
            year=row["year"],
            facets=facets.get(row["id"], {}),
        )


def index(
    store: Store,
    *,
    engine: str | None = None,
    embedder: Embedder | None = None,
    report: Report = silent,
) -> Manifest:
    """Build both indexes beside the evidence file and put them in place.

    ``embedder`` makes the vectors; without one the packaged model does, or what an earlier build left of it.
    """
    from index.generations import build

    folder = index_folder(store.path)
    # Before the build, which takes long: what another process writes meanwhile makes the index stale.
    with store.atomic():
        corpus_hash = store.corpus_hash()
        store.set_state("corpus_hash", corpus_hash)
        content = list(documents(store))
    return build(
        folder,
        content,
        corpus_hash=corpus_hash,
        embedder=embedder or _default_embedder(folder),
        engine=engine,
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
    if current and (manifest.vectors or _default_embedder(folder) is None):
        return manifest
    return index(store, engine=engine, report=report)


def _default_embedder(folder: Path) -> Embedder | None:
    from index.embedder import packaged_embedder
    from index.generations import exported_embedder

    try:
        return packaged_embedder()
    except MissingExtra:
        return exported_embedder(folder)
