"""The site under load: `kb serve` beside a plain Datasette on the same file, asked by wrk from outside.

Usage: python -m tests.bench.site [--records 2000 100000] [--real INDEX] [--keep FOLDER] [--seconds 20]
       [--connections 8] [--rate 50] [--only NAME ...]

For each size a library is made (tests.bench.site_records; ``--keep`` keeps it for the next run) and served
by a process of its own; wrk asks a few hundred different addresses, so that no kept page flatters. Printed
are, for each kind of page: milliseconds with one visitor at a time ("alone"), with ``--connections`` that
together ask ``--rate`` pages a second, and with as many that ask as fast as they are answered; the CPU of the
server for one request, which holds on a busy machine too; and answers that were none. Then start-up; memory
of all processes, each page of it counted once; how long /themes takes while four exports of everything run;
and how pages fare while the folder that is served is switched for another. wrk and curl must be installed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from kb.knowledge_base import index_folder
from tests.bench.site_records import make

_SCRIPT = Path(__file__).with_name("site.lua")
_HERE = Path(sys.executable).parent
_QUESTIONS = 400
_EXPORTS = 4
_ALONE_SECONDS = 5
_TICKS = os.sysconf("SC_CLK_TCK")

#: Datasette without the plugin, which the entry point would load.
_PLAIN = "from datasette.plugins import pm; pm.unregister(name='kb'); from datasette.cli import cli; cli()"


@dataclass(frozen=True, slots=True)
class Server:
    """A site that answers at ``address``, and how many seconds passed before it did."""

    process: subprocess.Popen[str]
    address: str
    started: float

    def cpu(self) -> float:
        """CPU seconds of the server and its workers so far."""
        return sum(_cpu(pid) for pid in _tree(self.process.pid))

    def memory(self) -> tuple[float, float]:
        """MB now, what the index maps from its files included, and what of it is its own."""
        pids = _tree(self.process.pid)
        return sum(_rollup(pid, "Pss") for pid in pids), sum(_rollup(pid, "Pss_Anon") for pid in pids)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, nargs="+", default=[2000, 100_000])
    parser.add_argument("--real", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--only", nargs="+", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        for count in options.records:
            path = (options.keep or Path(aside)) / str(count) / "evidence.db"
            if not path.exists():
                make(path, count, options.real)
            print(f"\n{count:,} records\n", flush=True)
            _measure(path, options)


def _measure(path: Path, options: argparse.Namespace) -> None:
    ours, plain = _pages(path)
    print(
        "| page | alone p50 ms | p95"
        f" | {options.connections} at once, {options.rate} a second: a second | p50 ms | p95 | p99"
        " | as fast as can be: a second | p95 ms | CPU ms | errors |\n" + "|---" * 11 + "|",
        flush=True,
    )
    with kb_site(path) as server:
        for name, paths in ours.items():
            if not options.only or name in options.only:
                _line(name, server, paths, options)
        slow = "" if options.only else _beside_exports(server, ours)
        _memory("kb", server)
    with plain_datasette(path) as server:
        for name, paths in plain.items():
            if not options.only or name in options.only:
                _line(f"Datasette, {name}", server, paths, options)
        _memory("Datasette", server)
    print(slow)
    if not options.only:
        print(_while_switched(path, ours, options))


def _line(name: str, server: Server, paths: Sequence[str], options: argparse.Namespace) -> None:
    status = _status_of(server.address + paths[0])
    if status != 200:
        print(f"| {name} | answers {status} |", flush=True)
        return
    alone = _wrk(server, paths, 1, min(_ALONE_SECONDS, options.seconds))
    paced = _wrk(server, paths, options.connections, options.seconds, options.rate)
    before = server.cpu()
    full = _wrk(server, paths, options.connections, options.seconds)
    cpu = 1000 * (server.cpu() - before) / max(1, full["requests"])
    wrong = sum(run["errors"] + run["late"] for run in (alone, paced, full))
    print(
        f"| {name} | {alone['p50']:.0f} | {alone['p95']:.0f}"
        f" | {paced['requests'] / paced['seconds']:.0f}"
        f" | {paced['p50']:.0f} | {paced['p95']:.0f} | {paced['p99']:.0f}"
        f" | {full['requests'] / full['seconds']:.0f} | {full['p95']:.0f} | {cpu:.1f} | {wrong:.0f} |",
        flush=True,
    )


def _beside_exports(server: Server, pages: Mapping[str, Sequence[str]]) -> str:
    """How long /themes takes while others take the whole library away, and search."""
    slow = [
        subprocess.Popen(
            ["curl", "-s", "-o", os.devnull, f"{server.address}/export.ris?since={1900 + number}"]
        )
        for number in range(_EXPORTS)
    ]
    beside = _wrk(server, ["/themes"], 1, _ALONE_SECONDS)
    search = _wrk(server, pages["search, hybrid, filtered"], 1, _ALONE_SECONDS)
    running = sum(process.poll() is None for process in slow)
    for process in slow:
        process.kill()
        process.wait()
    return (
        f"While {_EXPORTS} exports of everything run ({running} outlast it): /themes p95"
        f" {beside['p95']:.0f} ms, filtered searches p95 {search['p95']:.0f} ms.\n"
    )


def _while_switched(path: Path, pages: Mapping[str, Sequence[str]], options: argparse.Namespace) -> str:
    """How pages fare while the folder that is served is switched for another every few seconds."""
    with tempfile.TemporaryDirectory() as aside:
        copy = Path(aside) / "copy"
        copy.mkdir()
        shutil.copyfile(path, copy / path.name)
        index_folder(copy / path.name).symlink_to(index_folder(path).resolve())
        link = Path(aside) / "current"
        link.symlink_to(path.parent.resolve())
        asked = [
            page for pair in zip(pages["search, keyword"], pages["record"], strict=True) for page in pair
        ]
        with _served([str(_HERE / "kb"), "--db", str(link / path.name), "serve", "--port", "0"]) as server:
            asking = ThreadPoolExecutor(1).submit(
                _wrk, server, asked, options.connections, options.seconds, 10
            )
            switches = 0
            while not asking.done():
                time.sleep(3)
                switches += 1
                (link.with_name("next")).symlink_to((copy, path.parent.resolve())[switches % 2 == 0])
                os.replace(link.with_name("next"), link)
            found = asking.result()
    return (
        f"While the folder is switched {switches} times: {found['requests']:.0f} pages, {found['errors']:.0f}"
        f" errors, p95 {found['p95']:.0f} ms, slowest {found['most']:.0f} ms.\n"
    )


def _memory(name: str, server: Server) -> None:
    held, own = server.memory()
    print(
        f"\n{name}: first answer after {server.started:.1f} s; {held:.0f} MB after all that, of which"
        f" {own:.0f} MB are its own and the rest is mapped from files.\n",
        flush=True,
    )


def _pages(path: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Addresses of ours by kind of page, and those of a plain Datasette."""
    chance = random.Random(1)
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute("select id, title from records order by id").fetchall()
        themes = [
            row[0] for row in database.execute("select distinct value from facets where axis = 'factor'")
        ]
        settings = [
            row[0] for row in database.execute("select distinct value from facets where axis = 'setting'")
        ]
    rows = chance.sample(rows, min(_QUESTIONS, len(rows)))
    asked = [_question(title, chance) for _, title in rows]
    filters = [
        {"theme": chance.choice(themes)} if chance.random() < 0.5 else {"setting": chance.choice(settings)}
        for _ in asked
    ]

    def search(mode: str, narrowed: bool = False, base: str = "/search") -> list[str]:
        return [
            f"{base}?{urlencode({'q': text, 'mode': mode} | (more if narrowed else {}))}"
            for text, more in zip(asked, filters, strict=True)
        ]

    name = path.stem
    tables = [f"/{name}/records?_size=50&type={kind}" for kind in ("report", "thesis", "chapter", "book")]
    records = [f"/{name}/records/{row[0]}" for row in rows]
    words = [f"/{name}/records?{urlencode({'_search': text})}" for text in asked]
    ours = {
        "home": ["/"],
        "search, keyword": search("keyword"),
        "search, hybrid": search("hybrid"),
        "search, semantic": search("semantic"),
        "search, hybrid, filtered": search("hybrid", narrowed=True),
        "theme": [f"/themes/{theme}" for theme in themes],
        "record": records,
        "map": [f"/map?{urlencode(more)}" for more in filters],
        "export, filtered": search("keyword", narrowed=True, base="/export.ris"),
        "table": tables,
        "table, words": words,
    }
    ours["visits"] = _visits(ours, len(rows))
    return ours, {"record": records, "table": tables, "table, words": words}


#: What visitors open, one after the other, as a kind of page: four searches in ten pages.
_VISIT = (
    "home",
    "search, hybrid",
    "record",
    "search, hybrid, filtered",
    "record",
    "record",
    "theme",
    "search, hybrid",
    "map",
    "search, keyword",
)


def _visits(pages: Mapping[str, Sequence[str]], count: int) -> list[str]:
    return [pages[kind][at % len(pages[kind])] for at in range(count) for kind in _VISIT]


def _question(title: str, chance: random.Random) -> str:
    words = [word for word in re.findall(r"[a-z]+", title.lower()) if len(word) > 3] or ["trust"]
    return " ".join(chance.sample(words, min(len(words), chance.randint(1, 4))))


def _wrk(
    server: Server, paths: Sequence[str], connections: int, seconds: int, rate: int = 0
) -> dict[str, float]:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{path}\n" for path in paths))
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT)]
        done = subprocess.run(
            [*command, server.address, "--", file.name, str(rate)],
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def kb_site(path: Path) -> AbstractContextManager[Server]:
    """The file as `kb serve` serves it, for as long as it is needed."""
    return _served([str(_HERE / "kb"), "--db", str(path), "serve", "--port", "0"])


def plain_datasette(path: Path) -> AbstractContextManager[Server]:
    """The file as a Datasette without our plugin serves it."""
    return _served([sys.executable, "-c", _PLAIN, "serve", str(path), "--port", "0"])


@contextmanager
def _served(command: Sequence[str]) -> Iterator[Server]:
    started = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        yield Server(process, _address(process), time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _address(process: subprocess.Popen[str]) -> str:
    """Where it answers, once it does."""
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://[0-9.]+:\d+", line):
            while _status_of(f"{found[0]}/") == 0:
                time.sleep(0.01)
            return found[0]
    raise SystemExit("The server did not start.")


def _status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _tree(pid: int) -> list[int]:
    """The process and those that it started, as Linux lists them."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(below for child in children for below in _tree(int(child)))]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _rollup(pid: int, name: str) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
