"""How well search finds what people judged relevant, beside what a user could take instead, in one run.

Usage: python -m tests.bench.retrieval COLLECTION... --index FOLDER [--engine NAME] [--ablate] [--ours-only]
Each COLLECTION is a folder in BEIR's layout, or FOLDER:PART. Indexes and vectors are kept in --index, so that
a second run embeds nothing. In brackets: 95 % bootstrap intervals over the queries.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.query import MODES, Mode
from index.collection import Collection, read_collection
from index.embedder import Embedder, embedder_for
from index.evaluation import Searcher, indexed, run
from index.generations import exported_embedder
from index.scoring import MEASURES, Scores, compare, score
from index.searcher import Index
from tests.bench.peers import AsSearcher, Cosine, Fused, Peer, keyword_peers
from tests.bench.variants import VARIANTS

OURS = "**kb --mode hybrid**"
_RESAMPLES = 10_000
Table = dict[str, Scores]
"""The scores of each search, by its name, in the order in which they were taken."""


class Bench:
    """One collection with its index, and the scores taken so far."""

    def __init__(self, name: str, index_folder: Path, engine: str | None, encoder: Embedder) -> None:
        folder, _, part = name.partition(":")
        self.name = f"{Path(folder).name} {part}".strip()
        self.collection: Collection = read_collection(Path(folder), part)
        self.scores: Table = {}
        self._engine, self._encoder = engine, encoder
        self._kept = index_folder
        self._folder = index_folder / Path(folder).name
        self.index().close()
        # Exported with our index: peers encode queries with it as ours does, so that times compare.
        self._query_encoder = exported_embedder(self._folder) or encoder

    def header(self) -> None:
        """Print what is measured, and the heading of its table."""
        for note in self.collection.notes:
            print(note)
        records, queries = len(self.collection.documents), len(self.collection.questions)
        print(f"\n{self.name}: {records:,} records, {queries:,} queries\n")
        print("| search | nDCG@10 | recall@100 | MRR@10 | ms a query |\n|---|---|---|---|---|", flush=True)

    def take(self, name: str, searcher: Searcher, mode: Mode = "hybrid") -> Scores:
        """Score one search and print its line."""
        started = time.process_time()
        found = run(self.collection, searcher, mode)
        each = (time.process_time() - started) / len(self.collection.questions)
        scores = self.scores[name] = score(self.collection, found)
        ndcg = scores.interval("ndcg@10")
        figures = f"{ndcg.mean:.4f} [{ndcg.low:.3f}, {ndcg.high:.3f}] | " + " | ".join(
            f"{scores.mean(measure):.4f}" for measure in MEASURES[1:]
        )
        print(f"| {name} | {figures} | {each * 1000:.0f} |", flush=True)
        return scores

    def peers(self) -> None:
        """Each keyword peer, meaning alone, and both by the best of the keyword peers."""
        words: dict[str, Peer] = {}
        for peer in keyword_peers(self.collection.documents):
            words[peer.name] = peer
            self.take(peer.name, AsSearcher(peer))
        best = words[max(words, key=lambda name: self.scores[name].mean("ndcg@10"))]
        meaning = Cosine(self.collection.documents, self._encoder, self._query_encoder, self._kept / "peers")
        for fused in (meaning, Fused(best, meaning, "RRF"), Fused(best, meaning, "min-max")):
            self.take(fused.name, AsSearcher(fused))

    def index(self) -> Index:
        """Our index of the collection, opened anew."""
        return indexed(self.collection, self._folder, MODES, embedder=self._encoder, engine=self._engine)

    def ours(self) -> None:
        """Our search in each mode."""
        index = self.index()
        for mode in MODES:
            self.take(f"**kb --mode {mode}**", index, mode)
        index.close()

    def variants(self) -> None:
        """Our hybrid search with one thing changed at a time, and what that changes."""
        for variant in VARIANTS:
            index = self.index()
            with variant.changed(index) as searcher:
                self.take(variant.name, searcher, variant.mode)
            index.close()
        names = [variant.name for variant in VARIANTS if variant.name in self.scores]
        differences(self.scores, names, minus=OURS)

    def beside_best(self) -> None:
        """By how much our hybrid search is better than the best of the peers."""
        peers = [name for name in self.scores if "kb" not in name]
        if peers:
            best = max(peers, key=lambda name: self.scores[name].mean("ndcg@10"))
            differences(self.scores, [OURS], minus=best)


def differences(scores: Table, names: Sequence[str], *, minus: str) -> None:
    """Print by how much each is better than one of them, query by query."""
    print(f"\n| minus {minus} | nDCG@10 | p | wins, losses, ties |\n|---|---|---|---|")
    for name in names:
        found = compare(scores[name], scores[minus])[0]
        counts = f"{found.wins}, {found.losses}, {found.ties}"
        print(
            f"| {name} | {found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}] | {found.p:.4f} | {counts} |"
        )
    print(flush=True)


def over_all(tables: Sequence[Table]) -> None:
    """Print the means over the collections, each counting the same, and our hybrid's lead over each."""
    names = [name for name in tables[0] if all(name in table for table in tables)]
    print(f"\nMean over {len(tables)} collections, each counting the same:\n")
    print("| search | nDCG@10 | recall@100 | MRR@10 | kb hybrid minus it, nDCG@10 |\n|---|---|---|---|---|")
    for name in names:
        means = [sum(table[name].mean(measure) for table in tables) / len(tables) for measure in MEASURES]
        low, high = spread([_difference(table, OURS, name) for table in tables])
        lead = means_of([_difference(table, OURS, name) for table in tables])
        sure = f"{lead:+.4f} [{low:+.4f}, {high:+.4f}]" if name != OURS else ""
        print(f"| {name} | {' | '.join(f'{mean:.4f}' for mean in means)} | {sure} |")


def _difference(table: Table, ours: str, other: str) -> Any:
    return np.subtract(table[ours].values["ndcg@10"], table[other].values["ndcg@10"])


def means_of(strata: Sequence[Any]) -> float:
    """The mean of the means."""
    return float(np.mean([values.mean() for values in strata]))


def spread(strata: Sequence[Any]) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean of means: queries drawn anew within each collection."""
    random = np.random.default_rng(1)
    drawn = [
        values[random.integers(0, len(values), (_RESAMPLES, len(values)))].mean(axis=1) for values in strata
    ]
    low, high = np.percentile(np.mean(drawn, axis=0), (2.5, 97.5))
    return float(low), float(high)


def measure(bench: Bench, *, ours_only: bool, ablate: bool) -> None:
    """Print the figures of one collection: peers first, then ours, then what each part of it is worth."""
    bench.header()
    if not ours_only:
        bench.peers()
    bench.ours()
    bench.beside_best()
    if ablate:
        bench.variants()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("collections", nargs="+", metavar="FOLDER[:PART]")
    parser.add_argument("--index", type=Path, required=True, help="folder to keep the indexes in")
    parser.add_argument("--engine", help="the keyword engine of ours")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="another sentence-transformers model")
    parser.add_argument("--ablate", action="store_true", help="tests/bench/variants.py too")
    parser.add_argument("--ours-only", action="store_true", help="leave the peers out")
    chosen = parser.parse_args()
    encoder = embedder_for(chosen.model)
    tables = []
    for name in chosen.collections:
        bench = Bench(name, chosen.index, chosen.engine, encoder)
        measure(bench, ours_only=chosen.ours_only, ablate=chosen.ablate)
        tables.append(bench.scores)
    if len(tables) > 1:
        over_all(tables)


if __name__ == "__main__":
    main()
