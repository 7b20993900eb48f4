"""The semantic half of a build: embed what is new, and name which vector is whose."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import EvidenceError, IndexProblem
from index.embedder import Embedder, Exportable
from index.engine import Document
from index.folder import MODELS, POOLS, VECTORS, new_generation
from index.manifest import NO_VECTORS, Manifest
from index.onnx_model import faults as model_faults
from index.survey import Survey, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.pool import Pool

    Report = Callable[[str, int, int], None]

#: The file of a generation that names the row of the pool for each document.
ROWS = "rows.npy"
#: Fewer texts than these are embedded by the exported model, which gives the same vectors and starts sooner.
_FEW_TEXTS = 500
#: So many texts are kept for good at once: what a killed build loses at most.
_CHUNK = 512
#: Up to so many records, a first build keeps the vectors of their tokens too, some 10 kB a record.
_WITH_TOKENS = 50_000
#: A pool of which less than half is in use, and that is larger than this, is written anew without the rest.
_LARGE = 10_000
_DAMAGED_MODEL = (
    "This index has no vectors, because its model for queries is damaged: install `evidence-kb[semantic]` and"
    " run `kb index` to search by meaning."
)


def with_vectors(
    folder: Path,
    documents: Iterable[Document],
    found: Survey,
    embedder: Embedder | None,
    manifest: Manifest,
    before: Manifest | None,
    report: Report,
    rerank: bool | None = None,
) -> Manifest:
    """The manifest with vectors or with a note that says why there are none: words can be searched anyway."""
    if embedder is None:
        damaged = before is not None and before.query_model and model_faults(folder / before.query_model)
        return replace(manifest, notes=(_DAMAGED_MODEL if damaged else NO_VECTORS,))
    try:
        return _build(
            folder, documents, found, embedder, manifest, before, report, _tokens(before, found, rerank)
        )
    except EvidenceError as error:
        return replace(manifest, notes=(f"This index has no vectors. {error}",))


def _build(
    folder: Path,
    documents: Iterable[Document],
    found: Survey,
    embedder: Embedder,
    manifest: Manifest,
    before: Manifest | None,
    report: Report,
    with_tokens: bool,
) -> Manifest:
    import numpy as np

    query_model = _export(folder, embedder)
    with_tokens = with_tokens and hasattr(embedder, "encode_tokens")
    settings = {
        "model": embedder.name,
        "sha256": embedder.sha256,
        "tokens": with_tokens,
        **embedder.settings(),
    }
    name, pool = _pool(folder, settings, before)
    hashes = np.frombuffer(found.hashes, dtype="V16")
    missing = pool.rows_of(hashes) < 0
    if query_model and missing.sum() < _FEW_TEXTS:
        from index.onnx_model import query_embedder

        embedder = query_embedder(folder / query_model)
    _embed(documents, hashes, missing, embedder, pool, report)
    pool.mend()
    rows = pool.rows_of(hashes)
    if len(pool) > _LARGE and len(np.unique(rows)) * 2 < len(pool):
        name, pool, rows = _compacted(folder, pool, rows)
    vectors = _same_rows(folder, before, name, rows)
    if not vectors:
        vectors = new_generation(folder, VECTORS)
        np.save(folder / vectors / ROWS, rows.astype(np.uint32))
    return replace(
        manifest,
        embedded=found.count,
        vectors=vectors,
        pool=name,
        pool_rows=len(pool),
        pool_digest=pool.digest(),
        model=embedder.name,
        model_sha256=embedder.sha256,
        model_source=getattr(embedder, "source", ""),
        dim=embedder.dim,
        settings=settings,
        query_model=query_model,
    )


def _embed(
    documents: Iterable[Document],
    hashes: Any,
    missing: Any,
    embedder: Embedder,
    pool: Pool,
    report: Report,
) -> None:
    """Add the vectors of the texts that the pool does not have, some at a time, each time for good."""
    import numpy as np

    _, first = np.unique(hashes, return_index=True)
    new = np.zeros(len(hashes), dtype=bool)
    new[first] = missing[first]
    total, done = int(new.sum()), 0
    if not total:
        return
    report("semantic", 0, total)
    for numbers, texts in _chunks(documents, new):
        if pool.settings["tokens"]:
            pool.append(hashes[numbers], *embedder.encode_tokens(texts))  # type: ignore[attr-defined]
        else:
            pool.append(hashes[numbers], embedder.encode(texts))
        done += len(texts)
        report("semantic", done, total)


def _chunks(documents: Iterable[Document], new: Any) -> Iterator[tuple[list[int], list[str]]]:
    numbers: list[int] = []
    texts: list[str] = []
    for number, document in enumerate(documents):
        if new[number]:
            numbers.append(number)
            texts.append(text_of(document))
            if len(texts) == _CHUNK:
                yield numbers, texts
                numbers, texts = [], []
    if texts:
        yield numbers, texts


def _tokens(before: Manifest | None, found: Survey, rerank: bool | None) -> bool:
    """Whether to keep the vectors of tokens: as asked, or as before, or by the size of the library."""
    if rerank is not None:
        return rerank
    if before is not None and before.vectors:
        return bool(before.settings.get("tokens"))
    return found.count <= _WITH_TOKENS


def _pool(folder: Path, settings: Mapping[str, Any], before: Manifest | None) -> tuple[str, Pool]:
    """The pool of this model's vectors, and its name: what an earlier build, finished or not, left of it."""
    from index.pool import Pool

    own = f"{POOLS}/{settings['sha256'][:16]}{'-tokens' if settings['tokens'] else ''}"
    name = before.pool if before is not None and before.pool and before.settings == settings else own
    if (folder / name).is_dir():
        try:
            pool = Pool.open(folder / name, settings)
            pool.mend()
            return name, pool
        except IndexProblem:
            # Damaged: left to its readers, if there are any, until the next build removes it.
            name = f"{own}-{secrets.token_hex(4)}"
    return name, Pool.create(folder / name, settings)


def _same_rows(folder: Path, before: Manifest | None, pool: str, rows: Any) -> str:
    """The generation before, if it names the same rows of the same pool; else ""."""
    import numpy as np

    if before is None or not before.vectors or before.pool != pool:
        return ""
    try:
        known = np.load(folder / before.vectors / ROWS, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return ""
    return before.vectors if np.array_equal(known, rows) else ""


def _compacted(folder: Path, pool: Pool, rows: Any) -> tuple[str, Pool, Any]:
    name = f"{POOLS}/{pool.folder.name[:16]}-{secrets.token_hex(4)}"
    return (name, *pool.compact(rows, folder / name))


def _export(folder: Path, embedder: Embedder) -> str:
    """The folder of the embedder for queries, exported unless it is there whole; "" if it cannot be."""
    name = f"{MODELS}/{embedder.sha256[:16]}"
    there = (folder / name).is_dir()
    damage = model_faults(folder / name) if there else []
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
