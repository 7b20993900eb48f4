"""Building an index folder: each build writes new generations aside, and one rename makes them current."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import EvidenceError, IndexProblem
from index.embedder import Embedder, Exportable
from index.engine import Document, Engine
from index.engines import engine_named
from index.manifest import MANIFEST, NO_VECTORS, SCHEMA, Manifest, read_manifest, write_manifest
from index.onnx_model import faults as _faults

if TYPE_CHECKING:
    from index.embedder import Vectors
    from index.vectors import VectorIndex

ProgressReport = Callable[[str, int, int], None]
"""Called with the stage ("keyword", "semantic"), the number of records done, and how many there are."""

_KEYWORD, _VECTORS, _MODELS = "keyword", "semantic", "semantic/model"
#: Fewer texts than these are embedded by the exported model, which gives the same vectors and starts sooner.
_FEW_TEXTS = 500
_BATCH = 2048
_DAMAGED_MODEL = (
    "This index has no vectors, because its model for queries is damaged: install `evidence-kb[semantic]` and"
    " run `kb index` to search by meaning."
)


def build(
    folder: Path,
    documents: Sequence[Document],
    *,
    corpus_hash: str,
    embedder: Embedder | None,
    engine: str | None = None,
    progress: ProgressReport | None = None,
) -> Manifest:
    """Index ``documents`` in ``folder`` and make that current; gives the new manifest.

    What did not change is taken over from the generation before: the keyword index when no document
    changed, each vector whose text did not. Without an ``embedder`` the index is for keywords only.
    """
    report = progress or (lambda stage, done, of: None)
    documents = sorted(documents, key=lambda document: document.id)
    chosen = engine_named(engine or "whoosh")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _only_build(folder):
            before = _read_before(folder)
            manifest = _manifest(documents, corpus_hash, chosen)
            manifest = replace(
                manifest, keyword=_build_keyword(folder, documents, chosen, manifest, before, report)
            )
            manifest = _with_vectors(folder, documents, embedder, manifest, before, report)
            write_manifest(folder, manifest)
            _remove_others(folder, manifest, before)
    except OSError as error:
        raise IndexProblem(
            f"{error.filename or folder}: the index cannot be written ({error.strerror})."
        ) from error
    return manifest


def exported_embedder(folder: Path) -> Embedder | None:
    """The embedder that the index in ``folder`` was made with, as far as it was exported beside it.

    It needs no extra installed, so an index that once had vectors can go on having them.
    """
    from index.onnx_model import OnnxEmbedder

    before = _read_before(folder)
    if before is None or not before.query_model:
        return None
    try:
        return OnnxEmbedder(folder / before.query_model)
    except IndexProblem:
        return None


def _manifest(documents: Sequence[Document], corpus_hash: str, engine: Engine) -> Manifest:
    digest = hashlib.sha256()
    for document in documents:
        digest.update(
            json.dumps(asdict(document), sort_keys=True, default=list).encode("utf-8", "surrogatepass")
        )
    return Manifest(
        schema=SCHEMA,
        corpus_hash=corpus_hash,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        records=len(documents),
        documents=digest.hexdigest(),
        engine=engine.name,
        keyword="",
        vectors="",
        embedded=0,
        model="",
        model_sha256="",
        dim=0,
        query_model="",
        versions={engine.name: engine.version, "evidence-kb": _version("evidence-kb")},
    )


def _build_keyword(
    folder: Path,
    documents: Sequence[Document],
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
    name = _new_generation(folder, _KEYWORD)
    engine.build(documents, folder / name, lambda done: report("keyword", done, len(documents)))
    return name


def _with_vectors(
    folder: Path,
    documents: Sequence[Document],
    embedder: Embedder | None,
    manifest: Manifest,
    before: Manifest | None,
    report: ProgressReport,
) -> Manifest:
    """The manifest with vectors or with a note that says why there are none: words can be searched anyway."""
    if embedder is None:
        damaged = before is not None and before.query_model and _faults(folder / before.query_model)
        return replace(manifest, notes=(_DAMAGED_MODEL if damaged else NO_VECTORS,))
    try:
        return _build_vectors(folder, documents, embedder, manifest, before, report)
    except EvidenceError as error:
        return replace(manifest, notes=(f"This index has no vectors. {error}",))


def _build_vectors(
    folder: Path,
    documents: Sequence[Document],
    embedder: Embedder,
    manifest: Manifest,
    before: Manifest | None,
    report: ProgressReport,
) -> Manifest:
    from index.vectors import hash_of, text_of, write

    texts = [text_of(document) for document in documents]
    ids, hashes = [document.id for document in documents], [hash_of(text) for text in texts]
    query_model = _export(folder, embedder)
    manifest = replace(
        manifest,
        embedded=len(ids),
        model=embedder.name,
        model_sha256=embedder.sha256,
        dim=embedder.dim,
        query_model=query_model,
    )
    old = _vectors_before(folder, before, embedder)
    if old is not None and before is not None and old.holds(ids, hashes):
        return replace(manifest, vectors=before.vectors)
    known = old.known() if old is not None else {}
    if query_model and sum(text not in known for text in hashes) < _FEW_TEXTS:
        from index.onnx_model import OnnxEmbedder

        embedder = OnnxEmbedder(folder / query_model)
    vectors = _embed(texts, hashes, known, embedder, report)
    name = _new_generation(folder, _VECTORS)
    write(folder / name, ids, hashes, vectors)
    return replace(manifest, vectors=name)


def _embed(
    texts: Sequence[str],
    hashes: Sequence[str],
    known: Mapping[str, Any],
    embedder: Embedder,
    report: ProgressReport,
) -> Vectors:
    """The vectors of ``texts``: the known ones by their hash, the others encoded."""
    import numpy as np

    vectors = np.zeros((len(texts), embedder.dim), dtype=np.float32)
    new = [row for row, text in enumerate(hashes) if text not in known]
    for row, text in enumerate(hashes):
        if text in known:
            vectors[row] = known[text]
    # By length, so that a batch is padded little.
    new.sort(key=lambda row: len(texts[row]))
    for start in range(0, len(new), _BATCH):
        rows = new[start : start + _BATCH]
        vectors[rows] = embedder.encode([texts[row] for row in rows])
        report("semantic", start + len(rows), len(new))
    return vectors


def _export(folder: Path, embedder: Embedder) -> str:
    """The folder of the embedder for queries, exported unless it is there whole; "" if it cannot be."""
    name = f"{_MODELS}/{embedder.sha256[:16]}"
    there = (folder / name).is_dir()
    damage = _faults(folder / name) if there else []
    if there and not damage:
        return name
    if not isinstance(embedder, Exportable):
        if damage:
            raise IndexProblem(f"{damage[0]} That needs `evidence-kb[semantic]` to be installed.")
        return ""
    aside = folder / f"{name}.{secrets.token_hex(4)}.new"
    aside.mkdir(parents=True)
    embedder.export(aside)
    if there:
        # Removed at the end of the build, or of the next.
        os.replace(folder / name, folder / f"{name}.{secrets.token_hex(4)}.old")
    os.replace(aside, folder / name)
    return name


def _vectors_before(folder: Path, before: Manifest | None, embedder: Embedder) -> VectorIndex | None:
    from index.vectors import VectorIndex

    if before is None or not before.vectors or before.model_sha256 != embedder.sha256:
        return None
    try:
        return VectorIndex(folder / before.vectors, embedder.dim)
    except IndexProblem:
        return None


def _read_before(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except IndexProblem:
        return None


def _new_generation(folder: Path, kind: str) -> str:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    name = f"{kind}/{stamp}-{secrets.token_hex(4)}"
    (folder / name).mkdir(parents=True)
    return name


def _remove_others(folder: Path, current: Manifest, before: Manifest | None) -> None:
    """Remove what killed builds left, and old generations but the one just replaced: it may be being read."""
    kept = {MANIFEST, _LOCK}
    for manifest in (current, before):
        if manifest is not None:
            kept |= {manifest.keyword, manifest.vectors, manifest.query_model}
    for place in (folder, *(folder / kind for kind in (_KEYWORD, _VECTORS, _MODELS))):
        for path in place.iterdir() if place.is_dir() else ():
            name = path.relative_to(folder).as_posix()
            if name in kept or name in (_KEYWORD, _VECTORS, _MODELS):
                continue
            if path.is_dir() and place != folder:
                shutil.rmtree(path, ignore_errors=True)
            elif place == folder and name.startswith(f"{MANIFEST}."):
                path.unlink(missing_ok=True)


_LOCK = "lock"


@contextmanager
def _only_build(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which a process that is killed lets go of by itself."""
    try:
        import fcntl
    except ImportError:
        # No such lock on Windows; two builds at once there may have to be repeated.
        yield
        return
    with (folder / _LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexProblem(f"{folder}: is being indexed by another process; wait for it.") from error
        yield


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
