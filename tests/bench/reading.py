"""How fast RIS is read and in how much memory, beside rispy on the same file in one run.

Usage: python tests/bench/reading.py [RECORDS [FILE]]
Makes a file of that many records (100,000 if not said; always the same ones), reads it with ours and, where
it is installed, with rispy, each in a process of its own, and prints CPU seconds, records a second and the
most memory that was held. FILE keeps what was made.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

SYLLABLES = ("ba", "ce", "di", "fo", "ga", "he", "il", "jo", "le", "mi", "no", "pa", "qua", "re", "si", "ta")
RUNS = 3
_Choice = TypeVar("_Choice")


class Printer:
    """Prints records as a database does: words, names and journals as often as in life, by Zipf's law."""

    def __init__(self, seed: int = 3) -> None:
        """The same seed prints the same records."""
        self._random = random.Random(seed)
        self._words = self._made(20_000, 4)
        self._families = [word.capitalize() for word in self._made(30_000, 3)]
        self._given = [word.capitalize() for word in self._made(800, 3)]
        digits = range(1000, 9999)
        self._journals = [
            (f"Journal of {word} {other}", f"{self._random.choice(digits)}-{self._random.choice(digits)}")
            for word, other in zip(self._made(4000, 4), self._made(4000, 2), strict=True)
        ]
        self._weights = {
            size: list(accumulate(1 / place for place in range(1, size + 1)))
            for size in (20_000, 30_000, 4000, 800)
        }

    def record(self, number: int) -> str:
        """One article of some 1,300 characters."""
        rng = self._random
        journal, issn = self._some(self._journals, 1)[0]
        year, page = rng.randint(1980, 2025), rng.randint(1, 2000)
        lines = ["TY  - JOUR"]
        for _ in range(rng.randint(1, 7)):
            family, given = self._some(self._families, 1)[0], self._some(self._given, 1)[0]
            lines.append(f"AU  - {family}, {given} {rng.choice('ABDEJMPRS')}.")
        lines += [
            f"TI  - {' '.join(self._some(self._words, rng.randint(6, 16))).capitalize()}",
            f"T2  - {journal}",
            f"PY  - {year}",
            f"DA  - {year}/{rng.randint(1, 12):02d}/{rng.randint(1, 28):02d}/",
            f"VL  - {rng.randint(1, 90)}",
            f"IS  - {rng.randint(1, 12)}",
            f"SP  - {page}",
            f"EP  - {page + rng.randint(1, 20)}",
            f"DO  - 10.{rng.randint(1000, 1400)}/s{number:08d}-{rng.randint(0, 9)}",
            f"SN  - {issn}",
            f"AB  - {' '.join(self._some(self._words, rng.randint(80, 180)))} – é.",
            f"UR  - https://example.org/{number}",
            f"AN  - {10_000_000 + number}",
        ]
        lines += [f"KW  - {word}" for word in self._some(self._words, rng.randint(0, 8))]
        return "\n".join([*lines, "ER  - \n\n"])

    def _made(self, count: int, length: int) -> list[str]:
        return ["".join(self._random.choices(SYLLABLES, k=length)) for _ in range(count)]

    def _some(self, choices: list[_Choice], count: int) -> list[_Choice]:
        return self._random.choices(choices, cum_weights=self._weights[len(choices)], k=count)


def ours(path: str) -> Iterator[object]:
    """The pieces that our reader gives, one by one."""
    from ingest import formats

    with Path(path).open("rb") as stream:
        yield from formats.read(stream, path)[1]


def rispy(path: str) -> Iterator[object]:
    """The entries that rispy gives, which makes them all before the first."""
    peer: Any = import_module("rispy")

    with Path(path).open(encoding="utf-8-sig") as stream:
        yield from peer.load(stream)


def measure(reader: str, path: str) -> None:
    """Print as JSON what one reading took, in the process that this is."""
    start = time.process_time()
    count = sum(1 for _ in {"ours": ours, "rispy": rispy}[reader](path))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"records": count, "seconds": seconds, "peak": peak}))


def compare(path: str) -> None:
    """Print a table of the best of the runs of each reader, which take turns."""
    results: dict[str, list[dict[str, float]]] = {"ours": [], "rispy": []}
    for _ in range(RUNS):
        for reader, runs in results.items():
            command = [sys.executable, __file__, "--measure", reader, path]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode == 0:
                runs.append(json.loads(done.stdout))
            elif reader == "ours" or "No module named 'rispy'" not in done.stderr:
                sys.exit(done.stderr)
    print(f"| reader | records | CPU s | records/s | peak MB |  (best of {RUNS})\n|---|---|---|---|---|")
    for reader, runs in results.items():
        for best in sorted(runs, key=lambda run: run["seconds"])[:1]:
            count, seconds, peak = best["records"], best["seconds"], best["peak"]
            print(f"| {reader} | {count:,} | {seconds:.2f} | {count / seconds:,.0f} | {peak:.0f} |")


def main() -> None:
    """Make the file and compare."""
    count = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[2] if len(sys.argv) > 2 else f"{folder}/records.ris")
        printer = Printer()
        with path.open("w", encoding="utf-8") as file:
            file.writelines(printer.record(number) for number in range(count))
        print(f"{count:,} records, {path.stat().st_size / 1e6:,.0f} MB")
        compare(str(path))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    measure(*sys.argv[2:]) if sys.argv[1:2] == ["--measure"] else main()
