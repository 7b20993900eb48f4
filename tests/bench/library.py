"""A whole library at size: indexing it, and every way to search it, in a process and from the shell.

Usage: python -m tests.bench.library RECORDS --real INDEX [--keep FOLDER] [--shell]

Records are made as in tests.bench.engines; their vectors are mixtures of the real ones in INDEX, an index
folder of some thousand real records (tests.bench.retrieval keeps such), since embedding takes long and is
measured in tests.bench.embedding. Queries are encoded by the model. Printed are wall-clock milliseconds a
query, each query once and new to the index; "narrow" is by one theme of many. With --shell the records are
put into an evidence file too, and `kb search` is timed on it, process start included.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np

from corpus.query import MODES, Filters, Query
from corpus.store import Store
from index.embedder import Embedder, embedder_for
from index.engine import Document
from index.generations import build
from index.manifest import read_manifest
from index.pool import Pool
from index.searcher import Index
from kb import pipeline
from kb.sources import Source
from tests.bench.abstracts import Abstracts
from tests.bench.intake import make
from tests.bench.shell import HERE, seconds
from tests.bench.vectors import mixed


class Made:
    """The packaged model for queries; for documents, vectors that are like real ones."""

    def __init__(self, model: Embedder, vectors: Any) -> None:
        self._model, self._vectors, self._given = model, vectors, 0
        self.name, self.sha256, self.dim = model.name, model.sha256, model.dim

    def settings(self) -> Any:
        """As the model's."""
        return self._model.settings()

    def export(self, folder: Path) -> None:
        """As the model."""
        self._model.export(folder)  # type: ignore[attr-defined]

    def encode_queries(self, texts: Sequence[str]) -> Any:
        """As the model."""
        return self._model.encode_queries(texts)

    def encode(self, texts: Sequence[str]) -> Any:
        """The next vectors, whatever the texts."""
        rows = np.arange(self._given, self._given + len(texts)) % len(self._vectors)
        self._given += len(texts)
        return self._vectors[rows].astype(np.float32)


class Records:
    """As many records as wanted, made anew each time that they are read."""

    def __init__(self, source: Abstracts, count: int) -> None:
        self._source, self._count = source, count

    def __iter__(self) -> Iterator[Document]:
        return self._source.records(self._count)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("records", type=int)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--shell", action="store_true")
    options = parser.parse_args()
    manifest = read_manifest(options.real)
    pool = Pool.open(options.real / manifest.pool, rows=manifest.pool_rows)
    vectors = mixed(pool.vectors(np.arange(len(pool))), options.records)
    model = embedder_for(None)
    assert model is not None, "the extra `semantic` is not installed"
    with tempfile.TemporaryDirectory() as aside:
        folder = options.keep or Path(aside)
        folder.mkdir(parents=True, exist_ok=True)
        source = Abstracts(None)
        _index(folder / "index", Records(source, options.records), Made(model, vectors))
        _searches(folder / "index", source.queries(options.queries))
        if options.shell:
            _shell(folder, options.records, Made(model, vectors))


def _index(folder: Path, documents: Records, embedder: Made) -> None:
    started = time.perf_counter()
    if not (folder / "manifest.json").exists():
        build(folder, documents, corpus_hash="", embedder=embedder, rerank=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    print(
        f"indexed in {time.perf_counter() - started:.0f} s (making and reading the records twice included),"
    )
    print(f"{size:,.0f} MB on disk, at most {peak:,.0f} MB in memory with the made vectors\n")


def _searches(folder: Path, queries: Sequence[str]) -> None:
    index = Index.open(folder)
    print("| search | p50 ms | p95 ms | slowest ms |\n|---|---|---|---|")
    for name, filters in (("", Filters()), (", narrow", Filters(theme=("theme-1",)))):
        for mode in MODES:
            taken = []
            for place, text in enumerate(queries):
                # The words of another query before, so that none is known to the index.
                query = Query(f"{text} {mode}{len(name)}", mode, filters=filters, limit=20)
                started = time.perf_counter()
                index.search(query)
                taken += [time.perf_counter() - started] if place >= 10 else []
            _row(f"{mode}{name}", [second * 1000 for second in taken])


def _shell(folder: Path, count: int, embedder: Made) -> None:
    database = folder / "evidence.db"
    if not database.exists():
        make(folder / "records.ris", count, seed=1)
        with Store.open(database, create=True) as store:
            pipeline.ingest(store, [Source("records.ris", folder / "records.ris")])
            pipeline.index(store, embedder=embedder, rerank=False)
    with Store.open(database) as store:
        held = next(iter(store.query("select count(*) as records from records")))["records"]
    print(f"\nFrom the shell, {held:,} records, seconds:\n\n| command | median | slowest |\n|---|---|---|")
    for mode in ("keyword", "semantic", "hybrid"):
        command = [
            str(HERE / "kb"),
            "--db",
            str(database),
            "search",
            "trust between agencies",
            "--mode",
            mode,
        ]
        times = seconds(command)
        print(f"| `kb search --mode {mode}` | {median(times):.2f} | {max(times):.2f} |", flush=True)


def _row(name: str, taken: Sequence[float]) -> None:
    print(
        f"| {name} | {median(taken):.1f} | {quantiles(taken, n=20)[-1]:.1f} | {max(taken):.1f} |", flush=True
    )


if __name__ == "__main__":
    main()
