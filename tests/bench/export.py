"""How fast a library of any size goes out in each format, and in how much memory, beside other writers.

Usage: python -m tests.bench.export EVIDENCE.DB [FORMAT...] [--limit RECORDS]

Every record of the evidence file, with its themes, is exported with ``KnowledgeBase.export`` to a file, each
format in a process of its own, and so are the same records with rispy and with bibtexparser where they are
installed; they take all records at once. Printed are seconds, CPU seconds, the most memory that was held
and the size of what came out. "read" is the same way without a format: what the store alone takes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, cast

from kb.exporters import EXPORTERS
from kb.knowledge_base import KnowledgeBase

PEERS = {"rispy": "ris", "bibtexparser": "bibtex"}


def ids(library: KnowledgeBase, limit: int | None) -> list[str]:
    """The ids of the records, as many as asked for."""
    rows = library.store.query("select id from records order by id")
    return [row["id"] for row in islice(rows, limit)]


def read_only(library: KnowledgeBase, among: Sequence[str]) -> int:
    """Read the records and their tags, and write nothing."""
    tags = sum(
        1 for start in range(0, len(among), 1000) for _ in library.store.tags(among[start : start + 1000])
    )
    return sum(1 for _ in library.store.records(among)) + 0 * tags


def with_rispy(library: KnowledgeBase, among: Sequence[str], target: Path) -> int:
    """The fields that rispy has a name for."""
    entries = [
        {
            "type_of_reference": "JOUR",
            "id": record.id,
            "authors": [str(author) for author in record.authors],
            "title": record.title,
            "secondary_title": record.container_title,
            "year": record.issued[:4],
            "volume": record.volume,
            "number": record.issue,
            "start_page": record.page,
            "doi": record.doi,
            "keywords": list(record.keywords),
            "abstract": record.abstract,
        }
        for record in library.store.records(among)
    ]
    with target.open("w", encoding="utf-8") as stream:
        import_module("rispy").dump(entries, stream)
    return len(entries)


def with_bibtexparser(library: KnowledgeBase, among: Sequence[str], target: Path) -> int:
    """The same fields as an article's, its names put together and its signs escaped by its own middleware."""
    parser: Any = import_module("bibtexparser")
    model, middlewares = parser.model, import_module("bibtexparser.middlewares")
    made = parser.Library()
    for record in library.store.records(among):
        fields = {
            "title": record.title,
            "author": " and ".join(str(author) for author in record.authors),
            "journal": record.container_title,
            "year": record.issued[:4],
            "volume": record.volume,
            "number": record.issue,
            "pages": record.page,
            "doi": record.doi,
            "keywords": ", ".join(record.keywords),
            "abstract": record.abstract,
        }
        made.add(
            model.Entry("article", record.id, [model.Field(*pair) for pair in fields.items() if pair[1]])
        )
    escaping = [middlewares.LatexEncodingMiddleware()]
    parser.write_file(str(target), made, prepend_middleware=escaping)
    return len(made.entries)


def measure(database: Path, name: str, limit: int | None) -> dict[str, Any]:
    """Write the library once, in the process that this is."""
    peers: dict[str, Callable[..., int]] = {"rispy": with_rispy, "bibtexparser": with_bibtexparser}
    with KnowledgeBase.open(database) as library, tempfile.TemporaryDirectory() as folder:
        among, target = ids(library, limit), Path(folder) / "export"
        wall, start = time.perf_counter(), time.process_time()
        if name == "read":
            count = read_only(library, among)
        elif name in peers:
            count = peers[name](library, among, target)
        else:
            mode, encoding = ("wb", None) if EXPORTERS[name].binary else ("w", "utf-8")
            with target.open(mode, encoding=encoding) as stream:
                count = library.export(among, name, stream)
        return {
            "name": name,
            "records": count,
            "seconds": time.perf_counter() - wall,
            "cpu": time.process_time() - start,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "size": target.stat().st_size / 1e6 if target.exists() else 0,
        }


def main() -> None:
    """Measure each format in a process of its own and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("database", type=Path)
    parser.add_argument("names", nargs="*", metavar="FORMAT")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--only", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        print(json.dumps(measure(asked.database, asked.names[0], asked.limit)))
        return
    installed = [peer for peer in PEERS if find_spec(peer)]
    print("| writer | records | s | CPU s | peak MB | file MB |\n|---|---|---|---|---|---|")
    for name in asked.names or ["read", *EXPORTERS, *installed]:
        limit = [] if asked.limit is None else ["--limit", str(asked.limit)]
        command = [sys.executable, "-m", "tests.bench.export", str(asked.database), name, "--only", *limit]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = cast(dict[str, Any], json.loads(done.stdout))
        print(
            f"| {name} | {found['records']:,} | {found['seconds']:.1f} | {found['cpu']:.1f}"
            f" | {found['peak']:,.0f} | {found['size']:,.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
