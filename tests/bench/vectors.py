"""Search by vector beside exact numpy, faiss and usearch, in one run: what is found, how fast, how large.

Give it a .npy of real vectors and one of real query vectors; of them it mixes as many as are asked for, each
from a record and one of its twenty nearest, with some noise. Set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1
to give the peers one thread, as ours has; they take all else and, on a busy machine, wait for each other.

    python -m tests.bench.vectors real.npy queries.npy --sizes 10000,100000,1000000 --queries 100
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from index.pool import Pool
from index.vectors import VectorIndex

Found = Callable[[Any, Any], Any]
"""The numbers of the hundred nearest to a vector, among those allowed (rising numbers, or None: all)."""

DEPTH, NEIGHBOURS, NOISE, BATCH = 100, 20, 0.45, 20_000
SHARES = (1.0, 0.5, 0.1, 0.01)


def mixed(real: Any, count: int, seed: int = 0) -> Any:
    """``count`` vectors, float16: the real ones if there are so many, else mixtures of neighbours."""
    real = real.astype(np.float32)
    real = real[np.linalg.norm(real, axis=1) > 0.5]
    if count <= len(real):
        return real[:count].astype(np.float16)
    near = np.concatenate([_neighbours(real, start) for start in range(0, len(real), 2000)])
    chance = np.random.default_rng(seed)
    made = np.empty((count, real.shape[1]), dtype=np.float16)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        one = chance.integers(len(real), size=size)
        other = near[one, chance.integers(NEIGHBOURS, size=size)]
        share = chance.uniform(0.4, 1, size=(size, 1)).astype(np.float32)
        part = share * real[one] + (1 - share) * real[other]
        part += chance.standard_normal(part.shape, dtype=np.float32) * (NOISE / real.shape[1] ** 0.5)
        made[start : start + size] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return made


def _neighbours(real: Any, start: int) -> Any:
    scores = real[start : start + 2000] @ real.T
    scores[np.arange(len(scores)), np.arange(start, start + len(scores))] = -1
    return np.argpartition(-scores, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]


def ours(vectors: Any, folder: Path) -> Found:
    """The pool and its index, as a build writes them: appended for good, some thousands at a time."""
    pool = Pool.create(folder / "pool", {"dim": vectors.shape[1]})
    names = np.arange(2 * len(vectors), dtype="<u8").view("V16")
    for start in range(0, len(vectors), BATCH):
        part = slice(start, start + BATCH)
        pool.append(names[part], vectors[part].astype(np.float32))
    index = VectorIndex(Pool.open(folder / "pool"), np.arange(len(vectors), dtype=np.uint32))
    return lambda query, allowed: [number for number, _ in index.search(query, allowed, floor=-1)]


def exact(vectors: Any, folder: Path) -> Found:
    """All products in float32."""
    held = vectors.astype(np.float32)

    def search(query: Any, allowed: Any) -> Any:
        scores = (held if allowed is None else held[allowed]) @ query
        best = np.argpartition(-scores, DEPTH)[:DEPTH]
        best = best[np.argsort(-scores[best])]
        return best if allowed is None else allowed[best]

    return search


def faiss_flat(vectors: Any, folder: Path) -> Found:
    """All products by faiss."""
    return _faiss(vectors, "Flat", folder)


def faiss_hnsw(vectors: Any, folder: Path) -> Found:
    """A graph of neighbours: 32 each, 128 looked at."""
    return _faiss(vectors, "HNSW32", folder)


def _faiss(vectors: Any, kind: str, folder: Path) -> Found:
    import faiss

    index = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if kind != "Flat":
        index.hnsw.efSearch = 128
    index.add(vectors.astype(np.float32))
    faiss.write_index(index, str(folder / "index"))

    def search(query: Any, allowed: Any) -> Any:
        if allowed is None:
            return index.search(query[None], DEPTH)[1][0]
        among = faiss.IDSelectorBatch(allowed.astype(np.int64))
        settings = faiss.SearchParametersHNSW(sel=among, efSearch=128) if kind != "Flat" else None
        return index.search(query[None], DEPTH, params=settings or faiss.SearchParameters(sel=among))[1][0]

    return search


def faiss_bits(vectors: Any, folder: Path) -> Found:
    """One bit a place by faiss, the best 6,000 scored in full; it takes no filter."""
    import faiss

    held = np.array(vectors)
    index = faiss.IndexBinaryFlat(vectors.shape[1])
    index.add(np.packbits(vectors > 0, axis=1))
    faiss.write_index_binary(index, str(folder / "index"))
    np.save(folder / "vectors", held)

    def search(query: Any, allowed: Any) -> Any:
        if allowed is not None:
            return None
        rows = index.search(np.packbits(query > 0)[None], min(6000, len(held)))[1][0]
        scores = held[rows].astype(np.float32) @ query
        return rows[np.argsort(-scores)[:DEPTH]]

    return search


def usearch_hnsw(vectors: Any, folder: Path) -> Found:
    """A graph of neighbours in float16: 16 each, 128 looked at; it takes no filter."""
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="ip", dtype="f16", expansion_search=128)
    index.add(np.arange(len(vectors)), vectors, threads=2)
    index.save(str(folder / "index"))
    return lambda query, allowed: index.search(query, DEPTH, threads=1).keys if allowed is None else None


PEERS: dict[str, tuple[Callable[[Any, Path], Found], str]] = {
    "ours": (ours, ""),
    "numpy float32": (exact, ""),
    "faiss flat": (faiss_flat, "faiss"),
    "faiss one bit + best 6000": (faiss_bits, "faiss"),
    "faiss HNSW": (faiss_hnsw, "faiss"),
    "usearch HNSW": (usearch_hnsw, "usearch"),
}


def rows(real: Any, queries: Any, size: int, names: list[str]) -> Iterator[str]:
    """The lines of the table for one size: each peer, without a filter and with three."""
    vectors = mixed(real, size)
    truth = exact(vectors, Path())
    chance = np.random.default_rng(1)
    filters = {
        s: None if s == 1 else np.flatnonzero(chance.random(size) < s).astype(np.uint32) for s in SHARES
    }
    wanted = {s: [truth(query, allowed) for query in queries] for s, allowed in filters.items()}
    del truth
    for name in names:
        make, package = PEERS[name]
        if package and not find_spec(package):
            yield f"({name} left out: {package} is not installed)"
            continue
        folder, before = Path(tempfile.mkdtemp()), _private()
        started = time.process_time()
        search = make(vectors, folder)
        built = time.process_time() - started
        search(queries[0], None)
        held = _private() - before
        disk = sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) / 1e6
        for share, allowed in filters.items():
            measured = _measured(search, queries, allowed, wanted[share])
            if measured:
                cost = f"{held:.0f} | {disk:.0f} | {built:.1f}"
                yield f"| {size:,} | {share:.0%} | {name} | {measured} | {cost} |"
        del search
        shutil.rmtree(folder)


def _measured(search: Found, queries: Any, allowed: Any, wanted: Any) -> str:
    found, walls, times = [], [], []
    if search(queries[0], allowed) is None:
        return ""
    for query in queries:
        wall, cpu = time.perf_counter(), time.process_time()
        found.append(search(query, allowed))
        walls.append((time.perf_counter() - wall) * 1000)
        times.append((time.process_time() - cpu) * 1000)
    pairs = list(zip(wanted, found, strict=True))
    recalls = [
        np.mean([np.isin(right[:depth], mine[:depth]).mean() for right, mine in pairs])
        for depth in (10, DEPTH)
    ]
    numbers = [np.median(walls), np.quantile(walls, 0.95), np.median(times), np.quantile(times, 0.95)]
    return " | ".join([*(f"{recall:.4f}" for recall in recalls), *(f"{number:.1f}" for number in numbers)])


def _private() -> float:
    """The memory in MB that is this process's own, without mapped files."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) / 1e3


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("real", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--peers", default=",".join(PEERS))
    given = parser.parse_args()
    questions = np.load(given.questions).astype(np.float32)
    chosen = np.random.default_rng(0).permutation(len(questions))[: given.queries]
    print(
        "| vectors | filter | engine | recall@10 | recall@100 | p50 ms | p95 ms | CPU p50 | CPU p95"
        " | memory MB | disk MB | build CPU s |"
    )
    print("|" + "---|" * 12)
    for size in (int(one) for one in given.sizes.split(",")):
        for line in rows(np.load(given.real), questions[chosen], size, given.peers.split(",")):
            print(line, flush=True)
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
