"""How long a command takes from pressing Enter, process start included, on an evidence file.

Usage: python tests/bench/shell.py [evidence.db]
Prints the median and the slowest of the runs, beside starting Python alone and Datasette's own command.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 10
HERE = Path(sys.executable).parent


def seconds(command: list[str]) -> list[float]:
    """The wall-clock time of each run, after one that does not count."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return times[1:]


def main() -> None:
    """Time each command and print a table."""
    database = sys.argv[1] if len(sys.argv) > 1 else "evidence.db"
    kb = [str(HERE / "kb"), "--db", database]
    question = ["search", "why do agencies not trust each other", "-n", "10"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "datasette --version": [str(HERE / "datasette"), "--version"],
        "kb --help": [str(HERE / "kb"), "--help"],
        "kb search --mode keyword": [*kb, *question, "--mode", "keyword"],
        "kb search --mode semantic": [*kb, *question, "--mode", "semantic"],
        "kb search --mode hybrid": [*kb, *question, "--mode", "hybrid"],
        "kb why": [*kb, "why", "darlington-2005-interagency"],
        "kb build (nothing new)": [*kb, "build"],
    }
    print(f"| command | median s | slowest s |  ({RUNS} runs each)\n|---|---|---|")
    for name, command in commands.items():
        times = seconds(command)
        print(f"| `{name}` | {statistics.median(times):.2f} | {max(times):.2f} |", flush=True)


if __name__ == "__main__":
    main()
