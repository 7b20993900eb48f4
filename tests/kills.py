"""Builds an index again and again and kills each build at a random moment: what is left must be whole.

Usage: python -m tests.kills FOLDER KILLS ENGINE [SEED]
The process that kills imports once and forks; neither engine is ever loaded in it, only in its children.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from corpus.query import Query
from index.engine import Document
from index.generations import build
from index.manifest import read_manifest
from index.searcher import Index
from tests.test_semantic import WordEmbedder

_SIZE = 60


def documents(generation: int) -> list[Document]:
    """The library after so many changes: some records stay, some change, one comes and one goes."""
    return [
        Document(
            f"r{number:03}",
            f"Trust {number}",
            f"Text {number} of generation {generation * (number % 5 == 0)}.",
        )
        for number in range(generation % 7, _SIZE + generation % 11)
    ]


def _build(folder: Path, generation: int, engine: str) -> None:
    build(folder, documents(generation), corpus_hash=str(generation), embedder=WordEmbedder(), engine=engine)


def _check(folder: Path, generations: tuple[int, int]) -> None:
    """Raise unless the index is whole, and is that of one of these generations."""
    manifest = read_manifest(folder)
    generation = int(manifest.corpus_hash)
    index, expected = Index.open(folder, WordEmbedder()), documents(generation)
    found = {
        index.search(Query("trust", mode, limit=None)).total for mode in ("keyword", "semantic", "hybrid")
    }
    state = (generation in generations, index.faults(), manifest.records, found)
    if state != (True, [], len(expected), {len(expected)}):
        raise SystemExit(f"{folder}: is not whole after a kill: {state}")


def _in_child(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def main(folder: Path, kills: int, engine: str, seed: int = 0) -> None:
    """Build, kill, look; print how many builds were killed before they were done."""
    chance, whole, killed = random.Random(seed), 0, 0
    started = time.monotonic()
    if os.waitpid(_in_child(lambda: _build(folder, 0, engine)), 0)[1]:
        raise SystemExit("the first build failed")
    longest = time.monotonic() - started
    generation = 0
    while killed < kills:
        generation += 1
        child = _in_child(partial(_build, folder, generation, engine))
        time.sleep(chance.random() * longest)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        if os.waitpid(_in_child(partial(_check, folder, (whole, generation))), 0)[1]:
            raise SystemExit(f"after {killed} kills the index is not whole")
        whole = int(read_manifest(folder).corpus_hash)
    print(f"{killed} of {generation} builds killed, {engine}: whole each time")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:]))
