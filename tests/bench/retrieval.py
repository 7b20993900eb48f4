"""Measure retrieval on test collections in BEIR's layout.

``python -m tests.bench.retrieval FOLDER... [--part P] --index FOLDER`` prints, for each mode, nDCG@10,
recall@100, MRR@10 and the time of a question. Indexes are kept, so that a second run embeds nothing.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from corpus.query import MODES
from index.embedder import packaged_embedder
from index.evaluation import read_collection, run, score
from index.generations import build, exported_embedder
from index.searcher import Index


def measure(folder: Path, part: str, index_folder: Path) -> None:
    """Print the figures of one collection."""
    collection = read_collection(folder, part)
    started = time.process_time()
    build(index_folder, collection.documents, corpus_hash=str(folder), embedder=packaged_embedder())
    print(f"{folder.name} {part}: built in {time.process_time() - started:.1f} s of CPU")
    index = Index.open(index_folder, exported_embedder(index_folder))
    for mode in MODES:
        started = time.process_time()
        found = run(collection, index, mode)
        each = (time.process_time() - started) / max(len(collection.questions), 1)
        scores = score(collection, found)
        print(
            f"  {mode:8} nDCG@10 {scores.ndcg_at_10:.3f}  recall@100 {scores.recall_at_100:.3f}"
            f"  MRR@10 {scores.mrr_at_10:.3f}  {each * 1000:.0f} ms a question"
        )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--part", default="", help="prefix of the query and qrels files, such as `seed`")
    parser.add_argument("--index", type=Path, required=True, help="folder to keep the indexes in")
    chosen = parser.parse_args()
    for folder in chosen.folders:
        measure(folder, chosen.part, chosen.index / folder.name)


if __name__ == "__main__":
    main()
