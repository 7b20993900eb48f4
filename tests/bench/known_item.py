"""A collection to find known records by their titles: the titles are the queries, the abstracts the corpus.

Usage: python -m tests.bench.known_item CORPUS.jsonl FOLDER [--queries 300] [--seed 1]
It is easy and says little of relevance, but costs nothing, and search that gets worse on it lost something.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from index.collection import lines_of


def write_known_items(corpus: Path, folder: Path, queries: int, seed: int) -> int:
    """Write the collection into ``folder``; gives how many records it has."""
    entries = [json.loads(line) for _, line in lines_of(corpus)]
    entries = [
        entry for entry in entries if (entry.get("title") or "").strip() and (entry.get("text") or "").strip()
    ]
    known = random.Random(seed).sample(entries, min(queries, len(entries)))
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "corpus.jsonl", [{"_id": entry["_id"], "text": entry["text"]} for entry in entries])
    # An id of a query that is one of a document may be taken for its seed.
    asked = [{"_id": f"title-of-{entry['_id']}", "text": entry["title"]} for entry in known]
    _write(folder / "queries.jsonl", asked)
    judged = "".join(f"title-of-{entry['_id']}\t{entry['_id']}\t1\n" for entry in known)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    return len(entries)


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    records = write_known_items(chosen.corpus, chosen.folder, chosen.queries, chosen.seed)
    print(f"{records:,} records in {chosen.folder}")


if __name__ == "__main__":
    main()
