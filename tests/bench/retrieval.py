"""How well search finds what people judged relevant, beside what a user could take instead, in one run.

Usage: python -m tests.bench.retrieval FOLDER... [--part P] --index FOLDER
Each FOLDER is a test collection in BEIR's layout. Indexes are kept, so that a second run embeds nothing.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from corpus.query import MODES, Mode
from index.embedder import packaged_embedder
from index.evaluation import Collection, Searcher, read_collection, run, score
from index.generations import build, exported_embedder
from index.searcher import Index
from tests.bench.peers import Cosine, Fts5, Fused


def measure(folder: Path, part: str, index_folder: Path) -> None:
    """Print the figures of one collection: peers first, then ours."""
    collection = read_collection(folder, part)
    started = time.process_time()
    build(index_folder, collection.documents, corpus_hash=str(folder), embedder=packaged_embedder())
    built = time.process_time() - started
    print(f"\n{folder.name} {part}: {len(collection.documents)} records, built in {built:.0f} s of CPU\n")
    print("| search | nDCG@10 | recall@100 | MRR@10 | ms a question |\n|---|---|---|---|---|")
    words, meaning = Fts5(collection.documents), Cosine(index_folder)
    for peer in (words, meaning, Fused(words, meaning, "RRF"), Fused(words, meaning, "min-max")):
        row(peer.name, collection, peer, "hybrid")
    index = Index.open(index_folder, exported_embedder(index_folder))
    for mode in MODES:
        row(f"**kb --mode {mode}**", collection, index, mode)


def row(name: str, collection: Collection, searcher: Searcher, mode: Mode) -> None:
    """Print the line of one search."""
    started = time.process_time()
    found = run(collection, searcher, mode)
    each = (time.process_time() - started) / max(len(collection.questions), 1)
    scores = score(collection, found)
    figures = f"{scores.ndcg_at_10:.3f} | {scores.recall_at_100:.3f} | {scores.mrr_at_10:.3f}"
    print(f"| {name} | {figures} | {each * 1000:.0f} |", flush=True)


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
