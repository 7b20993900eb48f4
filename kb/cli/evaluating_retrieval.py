"""What `kb evaluate retrieval` prints: the scores of each mode, and beside those of another system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from kb.cli.options import Output, print_json, print_rows, say

_MEASURES = ("ndcg@10", "recall@100", "mrr@10")
#: Columns of the tables for programs: by mode, and of `--per-query`.
SCORES = ("mode", "queries", *(f"{name}{end}" for name in _MEASURES for end in ("", "_from", "_to")))
PER_QUERY = ("mode", "query", *_MEASURES)
COMPARED = ("mode", "measure", "difference", "from", "to", "p", "wins", "losses", "ties")


def print_retrieval(content: Mapping[str, Any], output: Output, per_query: bool) -> None:
    """The evaluation as the user asked for it; what does not count is said on stderr."""
    if output == "json":
        print_json({name: part for name, part in content.items() if per_query or name != "per_query"})
        return
    for note in content["notes"]:
        say(note)
    if per_query:
        print_rows(content["per_query"], output, PER_QUERY)
    elif output != "text":
        print_rows(content["scores"], output, SCORES)
    else:
        _print_scores(content)


def _print_scores(content: Mapping[str, Any]) -> None:
    by = " and ".join(name for name in (content["engine"], content["model"]) if name)
    click.echo(
        f"{content['records']:,} records by {by}, {content['queries']:,} judged queries;"
        " in brackets, the 95 % interval over the queries:\n"
    )
    others = [{"mode": "compared"} | content["other"]] if content["other"] else []
    print_rows([_readable(row) for row in (*content["scores"], *others)], "text", ("mode", *_MEASURES))
    if content["compared"]:
        click.echo("\nBetter than the run compared by (p of a paired randomisation test):\n")
        rows = [
            row | {"difference": row["mean"], "from": row["low"], "to": row["high"]}
            for row in content["compared"]
        ]
        print_rows(rows, "text", COMPARED)


def _readable(row: Mapping[str, Any]) -> dict[str, str]:
    cells = {
        name: f"{row[name]:.4f} [{row[f'{name}_from']:.3f}, {row[f'{name}_to']:.3f}]" for name in _MEASURES
    }
    return {"mode": row["mode"]} | cells
