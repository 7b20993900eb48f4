"""Building an index folder: each build writes new generations aside, and one rename makes them current."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from corpus.errors import IndexProblem
from index.embedder import Embedder
from index.engine import Document, Engine
from index.engines import engine_for
from index.folder import IDS, KEYWORD, new_generation, only_build, remove_others
from index.ids import Ids
from index.manifest import SCHEMA, Manifest, read_manifest, write_manifest
from index.survey import Survey, survey
from index.vectors_build import with_vectors

ProgressReport = Callable[[str, int, int], None]
"""Called with the stage ("keyword", "semantic"), the number of records done, and how many there are."""

_BROKEN_OFF = (
    "The build before was broken off; this one went on with what it had embedded and cleared away the rest.",
)


def build(
    folder: Path,
    documents: Iterable[Document],
    *,
    corpus_hash: str,
    embedder: Embedder | None,
    engine: str | None = None,
    rerank: bool | None = None,
    progress: ProgressReport | None = None,
) -> Manifest:
    """Index ``documents`` in ``folder`` and make that current; gives the new manifest.

    They are read several times over and must come in the order of their ids, except from a sequence, which is
    put in order. What did not change is taken over from the generation before: the keyword index when no
    document changed, each vector whose text did not. Without an ``embedder`` the index is for keywords only.
    ``rerank`` is whether to keep the vectors of single tokens, by which the best hits are ordered anew;
    without     it, as before, or in libraries of up to 50,000 records.
    """
    report = progress or (lambda stage, done, of: None)
    if isinstance(documents, Sequence):
        documents = sorted(documents, key=lambda document: document.id)
    if engine:
        engine_for(engine, 0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with only_build(folder) as broken_off:
            before = read_before(folder)
            ids = new_generation(folder, IDS)
            found = survey(documents, folder / ids)
            if before and before.documents == found.digest and _are_whole(folder / before.ids, found.count):
                shutil.rmtree(folder / ids)
                ids = before.ids
            chosen = engine_for(engine, found.count)
            manifest = _manifest(found, ids, corpus_hash, chosen, _BROKEN_OFF if broken_off else ())
            keyword = _build_keyword(folder, documents, chosen, manifest, before, report)
            manifest = with_vectors(
                folder, documents, found, embedder, replace(manifest, keyword=keyword), before, report, rerank
            )
            write_manifest(folder, manifest)
            remove_others(folder, _in_use(manifest, before))
    except OSError as error:
        raise IndexProblem(
            f"{error.filename or folder}: the index cannot be written ({error.strerror})."
        ) from error
    return manifest


def exported_embedder(folder: Path) -> Embedder | None:
    """The embedder that the index in ``folder`` was made with, as far as it was exported beside it.

    It needs no extra installed, so an index that once had vectors can go on having them.
    """
    from index.onnx_model import query_embedder

    before = read_before(folder)
    if before is None or not before.query_model:
        return None
    try:
        return query_embedder(folder / before.query_model)
    except IndexProblem:
        return None


def model_of(folder: Path) -> str | None:
    """The model that the index in ``folder`` was asked to be made with; ``None`` for the packaged one."""
    before = read_before(folder)
    return (before.model_source or None) if before else None


def read_before(folder: Path) -> Manifest | None:
    """The manifest of the index as it is, if there is one that can be read."""
    try:
        return read_manifest(folder)
    except IndexProblem:
        return None


def _manifest(
    found: Survey, ids: str, corpus_hash: str, engine: Engine, repaired: tuple[str, ...]
) -> Manifest:
    return Manifest(
        schema=SCHEMA,
        corpus_hash=corpus_hash,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        records=found.count,
        documents=found.digest,
        engine=engine.name,
        ids=ids,
        keyword="",
        vectors="",
        pool="",
        pool_rows=0,
        pool_digest="",
        embedded=0,
        model="",
        model_sha256="",
        model_source="",
        dim=0,
        settings={},
        query_model="",
        versions={engine.name: engine.version, "evidence-kb": _version("evidence-kb")},
        repaired=repaired,
    )


def _are_whole(folder: Path, count: int) -> bool:
    try:
        return len(Ids(folder)) == count
    except IndexProblem:
        return False


def _build_keyword(
    folder: Path,
    documents: Iterable[Document],
    engine: Engine,
    manifest: Manifest,
    before: Manifest | None,
    report: ProgressReport,
) -> str:
    """The folder of the keyword index: the one before if it would be the same."""
    if before and (before.documents, before.engine, before.versions) == (
        manifest.documents,
        manifest.engine,
        manifest.versions,
    ):
        try:
            engine.open(folder / before.keyword).close()
        except IndexProblem:
            # Damaged since; written anew below.
            pass
        else:
            return before.keyword
    name = new_generation(folder, KEYWORD)
    engine.build(documents, folder / name, lambda done: report("keyword", done, manifest.records))
    return name


def _in_use(current: Manifest, before: Manifest | None) -> set[str]:
    """The folders of this build and of the one that it replaces, which may be being read."""
    manifests = [manifest for manifest in (current, before) if manifest is not None]
    return {
        name
        for manifest in manifests
        for name in (manifest.ids, manifest.keyword, manifest.vectors, manifest.pool, manifest.query_model)
    }


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
