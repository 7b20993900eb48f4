"""How fast files of any size come into a fresh evidence file, in how much memory, and what more costs then.

Usage: python -m tests.bench.intake [RECORDS...] [--more 1000] [--tag] [--keep FOLDER]

For each size (10,000 and 30,000 if none is said) a RIS file is made of the corpus of
tests/bench/synthetic.py, with abstracts, and ingested in a process of its own. Printed are records a CPU
second for the whole way in, CPU seconds of its steps (reading and comparing; joining into records; doubts,
links and the write at the end), the most memory that was held, what came out, and then the CPU seconds of
another file of ``--more`` records and of the first file once again. ``--tag`` tags the records too, which
``kb ingest`` does behind it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from corpus.store import Store
from kb import pipeline, tagging
from kb.exporters import EXPORTERS, Exported
from kb.sources import Source
from tests.bench.synthetic import Corpus

COLUMNS = (
    ("records", "{records:,}"),
    ("records/s", "{rate:,.0f}"),
    ("CPU s", "{seconds:,.1f}"),
    ("wall s", "{wall:,.1f}"),
    ("reading", "{reading:,.1f}"),
    ("joining", "{joining:,.1f}"),
    ("rest", "{rest:,.1f}"),
    ("peak MB", "{peak:,.0f}"),
    ("source MB", "{source:,.0f}"),
    ("file MB", "{file:,.0f}"),
    ("new", "{new:,}"),
    ("joined", "{joins:,}"),
    ("doubts", "{doubts:,}"),
    ("more s", "{more:,.1f}"),
    ("again s", "{again:,.1f}"),
)


def make(path: Path, size: int, seed: int) -> None:
    """Write a RIS file of so many descriptions; the same seed gives the same file."""
    corpus = Corpus(seed)

    def exported() -> Iterator[Exported]:
        for record in corpus.records(size):
            yield Exported(replace(record, abstract=corpus.abstract(record)))

    with path.open("w", encoding="utf-8") as file:
        EXPORTERS["ris"].write(exported(), file)


def measure(folder: Path, size: int, more: int, tag: bool) -> dict[str, Any]:
    """Ingest the files of that folder, in the process that this is."""
    last = {"Reading": 0.0, "Joining": 0.0}

    def report(step: str, done: int, total: int | None) -> None:
        last[step.split()[0]] = time.process_time()

    source, database = folder / "records.ris", folder / "evidence.db"
    wall, start = time.perf_counter(), time.process_time()
    with Store.open(database, create=True) as store:
        (intake,) = pipeline.ingest(store, [Source(source.name, source)], None, report).intakes
        end, wall = time.process_time(), time.perf_counter() - wall
        result: dict[str, Any] = {
            "records": size,
            "seconds": end - start,
            "rate": size / (end - start),
            "wall": wall,
            "reading": last["Reading"] - start,
            "joining": last["Joining"] - last["Reading"],
            "rest": end - last["Joining"],
            "source": source.stat().st_size / 1e6,
            "new": intake.new,
            "joins": intake.joins,
            "doubts": intake.doubts,
        }
        for name, path in (("more", folder / "more.ris"), ("again", source)):
            start = time.process_time()
            pipeline.ingest(store, [Source(path.name, path)])
            result[name] = time.process_time() - start
        result["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if tag:
            start = time.process_time()
            read = tagging.tag(store).read
            result["tagged"] = read / (time.process_time() - start)
    return result | {"file": database.stat().st_size / 1e6}


def main() -> None:
    """Print the curve."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("sizes", nargs="*", type=lambda size: int(size.replace(",", "")))
    options.add_argument("--more", type=int, default=1000, help="records of the file that comes second")
    options.add_argument("--tag", action="store_true", help="tag as well, and tell how fast")
    options.add_argument("--keep", type=Path, help="an empty folder for the files, which then stay")
    options.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = options.parse_args()
    sizes = arguments.sizes or [10_000, 30_000]
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, sizes[0], arguments.more, arguments.tag)))
        return
    columns = [*COLUMNS, *([("tagged/s", "{tagged:,.0f}")] if arguments.tag else [])]
    print("| " + " | ".join(name for name, _ in columns) + " |\n" + "|---" * len(columns) + "|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as made:
            folder = arguments.keep / str(size) if arguments.keep else Path(made)
            folder.mkdir(parents=True, exist_ok=True)
            make(folder / "records.ris", size, seed=1)
            make(folder / "more.ris", arguments.more, seed=2)
            command = [sys.executable, "-m", "tests.bench.intake", str(size), "--measure", str(folder)]
            command += ["--tag"] * arguments.tag
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            result = json.loads(done.stdout)
            print("| " + " | ".join(form.format(**result) for _, form in columns) + " |", flush=True)


if __name__ == "__main__":
    main()
