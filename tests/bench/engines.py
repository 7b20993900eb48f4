"""How the keyword engines grow: building, size, memory and answers, beside their peers on the same records.

Usage: python -m tests.bench.engines [--records 1000 10000 100000] [--queries 60] [--engines NAME ...]
       [--corpus corpus.jsonl] [--json]

Ours on Whoosh and on Tantivy (words over 11 fields, facets, exact totals) beside Tantivy and Whoosh as their
manuals use them (one field of title and abstract, one for themes), bm25s and SQLite's FTS5. Queries have 2 to
12 words, any of which may match; each is asked for its best 20 three times, and the best time counts.
"Filtered" is by one theme of many records; "counts" are those of themes, types and years over a query's hits.
Building is in CPU seconds of all its processes, the making of the records taken off; its wall-clock time has
that in it. Memory is the process's peak; a line at the
end gives the slope in the log-log diagram: 1 is in step with the records, 0 is not at all. Each engine runs
in a process of its own; a peer that is not installed is left out with a line, Whoosh above 10,000 records.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from corpus.query import Filters
from index.engine import Document
from index.engines import engine_named
from index.language import parse
from index.tree import Tree
from tests.bench.abstracts import Abstracts

_MOST_WHOOSH = 10_000
_THEME = "theme-1"
_FACETS = ("theme", "type", "year")
_REPEATS = 3
_BEST = 20

Ask = Callable[[str, bool], object]
"""Answers a query, filtered or not."""


class _Clocked:
    """Records, and the seconds it took to make them."""

    def __init__(self, source: Iterator[Document]) -> None:
        self._source = source
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Document]:
        while True:
            begun = time.thread_time()
            document = next(self._source, None)
            self.seconds += time.thread_time() - begun
            if document is None:
                return
            yield document


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--engines", nargs="+", choices=sorted(_ENGINES), default=list(_ENGINES))
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        print(json.dumps(_measure(arguments.engines[0], arguments.records[0], arguments)))
        return
    rows = []
    for count in arguments.records:
        for name in arguments.engines:
            if "whoosh" in name.lower() and count > _MOST_WHOOSH:
                continue
            row = _run(name, count, arguments)
            rows += [row] if row else []
            if row and not arguments.json:
                print(_line(row) if len(rows) > 1 else f"{_HEAD}\n{_line(row)}", flush=True)
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return
    for name in arguments.engines:
        _print_growth(name, [row for row in rows if row["engine"] == name])


_HEAD = (
    "| records | engine | CPU s | wall s | MB | peak MB | p50 ms | p95"
    " | filtered p50 | p95 | counts p50 | p95 |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def _line(row: dict[str, Any]) -> str:
    times = [
        "-" if row[key] is None else f"{row[key]:.2f}"
        for kind in ("plain", "filtered", "counts")
        for key in (f"{kind}_p50", f"{kind}_p95")
    ]
    head = [
        f"{row['records']:,}",
        row["engine"],
        f"{row['build']:.1f}",
        f"{row['wall']:.0f}",
        f"{row['size']:.0f}",
        f"{row['peak']:.0f}",
    ]
    return f"| {' | '.join(head + times)} |"


def _print_growth(name: str, rows: list[dict[str, Any]]) -> None:
    if len(rows) < 2:
        return
    slopes = []
    for key in ("build", "wall", "size", "peak", "plain_p50", "filtered_p50"):
        points = [(math.log(row["records"]), math.log(row[key])) for row in rows if row[key]]
        if len(points) > 1:
            (x1, y1), (x2, y2) = points[0], points[-1]
            slopes.append(f"{key} {(y2 - y1) / (x2 - x1):.2f}")
    print(f"growth of {name}: {', '.join(slopes)}")


def _run(name: str, count: int, arguments: argparse.Namespace) -> dict[str, Any] | None:
    command = [
        sys.executable,
        "-m",
        "tests.bench.engines",
        "--alone",
        "--engines",
        name,
        "--records",
        str(count),
    ]
    command += ["--queries", str(arguments.queries)]
    command += ["--corpus", str(arguments.corpus)] if arguments.corpus else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{name} left out: {(done.stderr.strip().splitlines() or ['?'])[-1]}", file=sys.stderr)
        return None
    return dict(json.loads(done.stdout))


def _measure(name: str, count: int, arguments: argparse.Namespace) -> dict[str, Any]:
    source = Abstracts(arguments.corpus)
    queries = source.queries(arguments.queries)
    with tempfile.TemporaryDirectory() as folder:
        documents = _Clocked(source.records(count))
        begun, wall = _spent(), time.perf_counter()
        ask, counts = _ENGINES[name](documents, Path(folder))
        build, wall = _spent() - begun - documents.seconds, time.perf_counter() - wall
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        row = {
            "records": count,
            "engine": name,
            "build": build,
            "wall": wall,
            "size": size / 1e6,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        kinds: dict[str, Callable[[str], object] | None] = {
            "plain": lambda query: ask(query, False),
            "filtered": (lambda query: ask(query, True)) if name != "bm25s" else None,
            "counts": counts,
        }
        for kind, answer in kinds.items():
            row |= _timed(kind, answer, queries)
    return row


def _spent() -> float:
    """CPU seconds of this process and of those that it started and that ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _timed(kind: str, answer: Callable[[str], object] | None, queries: list[str]) -> dict[str, float | None]:
    if answer is None:
        return {f"{kind}_p50": None, f"{kind}_p95": None}
    for query in queries:
        answer(query)
    taken = []
    for query in queries:
        best = math.inf
        for _ in range(_REPEATS):
            begun = time.perf_counter()
            answer(query)
            best = min(best, time.perf_counter() - begun)
        # The best of a few: what other processes took is not the engine's.
        taken.append(best * 1000)
    return {f"{kind}_p50": median(taken), f"{kind}_p95": quantiles(taken, n=20)[-1]}


def _ours(engine: str) -> Callable[[_Clocked, Path], tuple[Ask, Callable[[str], object]]]:
    def make(documents: _Clocked, folder: Path) -> tuple[Ask, Callable[[str], object]]:
        engine_named(engine).build(documents, folder)
        index = engine_named(engine).open(folder)
        chosen = {False: Filters(), True: Filters(theme=(_THEME,))}

        def tree(query: str) -> Tree:
            return parse(query).tree

        return (
            lambda query, filtered: index.search(tree(query), chosen[filtered], _BEST),
            lambda query: index.counts(tree(query), Filters(), _FACETS),
        )

    return make


def _raw_tantivy(documents: _Clocked, folder: Path) -> tuple[Ask, None]:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="en_stem")
    builder.add_text_field("theme", tokenizer_name="raw", index_option="basic")
    index = tantivy.Index(builder.build(), str(folder))
    writer = index.writer(1_000_000_000, num_threads=1)
    for document in documents:
        made = tantivy.Document(text=f"{document.title} {document.abstract}")
        for theme in document.facets["theme"]:
            made.add_text("theme", theme)
        writer.add_document(made)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    only = tantivy.Query.const_score_query(tantivy.Query.term_query(index.schema, "theme", _THEME), 0.0)

    def ask(text: str, filtered: bool) -> object:
        query: Any = index.parse_query(text, ["text"])
        if filtered:
            must = tantivy.Occur.Must
            query = tantivy.Query.boolean_query([(must, query), (must, only)])
        return searcher.search(query, _BEST).hits

    return ask, None


def _raw_whoosh(documents: _Clocked, folder: Path) -> tuple[Ask, None]:
    from whoosh import fields, index, qparser, query
    from whoosh.analysis import StemmingAnalyzer

    schema = fields.Schema(text=fields.TEXT(analyzer=StemmingAnalyzer()), theme=fields.KEYWORD())
    made = index.create_in(str(folder), schema)
    writer = made.writer(limitmb=256)
    for document in documents:
        themes = " ".join(document.facets["theme"])
        writer.add_document(text=f"{document.title} {document.abstract}", theme=themes)
    writer.commit(optimize=True)
    searcher = made.searcher()
    parser = qparser.QueryParser("text", schema, group=qparser.OrGroup)
    theme = query.Term("theme", _THEME)
    return (
        lambda text, filtered: (
            searcher.search(parser.parse(text), limit=_BEST, filter=theme if filtered else None).top_n
        ),
        None,
    )


def _bm25s(documents: _Clocked, folder: Path) -> tuple[Ask, None]:
    import bm25s  # type: ignore[import-not-found,import-untyped,unused-ignore]

    tokens = bm25s.tokenize([f"{one.title} {one.abstract}" for one in documents], show_progress=False)
    index = bm25s.BM25()
    index.index(tokens, show_progress=False)
    index.save(str(folder))
    return lambda text, filtered: index.retrieve(
        bm25s.tokenize(text, show_progress=False), k=_BEST, show_progress=False
    ), None


def _fts5(documents: _Clocked, folder: Path) -> tuple[Ask, None]:
    import sqlite3

    database = sqlite3.connect(folder / "fts.db")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(text, theme, content='', tokenize='porter')")
    database.executemany(
        "INSERT INTO texts(text, theme) VALUES (?, ?)",
        (
            (f"{one.title} {one.abstract}", " ".join(t.replace("-", "") for t in one.facets["theme"]))
            for one in documents
        ),
    )
    database.commit()

    def ask(text: str, filtered: bool) -> object:
        words = " OR ".join(f'"{word}"' for word in text.split())
        query = f"text:({words})" + (f" AND theme:{_THEME.replace('-', '')}" if filtered else "")
        return database.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", (query, _BEST)
        ).fetchall()

    return ask, None


_ENGINES: dict[str, Callable[[_Clocked, Path], tuple[Ask, Callable[[str], object] | None]]] = {
    "ours, Tantivy": _ours("tantivy"),
    "tantivy": _raw_tantivy,
    "ours, Whoosh": _ours("whoosh"),
    "Whoosh": _raw_whoosh,
    "bm25s": _bm25s,
    "FTS5": _fts5,
}

if __name__ == "__main__":
    main()
