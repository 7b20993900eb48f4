"""The summary of a run: what came in, what was joined, what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from kb.cli.options import print_rows, say

if TYPE_CHECKING:
    from corpus.store import Store
    from index.manifest import Manifest
    from kb.pipeline import Ingested
    from kb.tagging import Tagged

_SHOWN = 20


def summary(
    store: Store, ingested: Ingested, tagged: Tagged | None, manifest: Manifest | None
) -> dict[str, Any]:
    """What a run did, as ``--json`` prints it."""
    intakes = ingested.intakes
    sources = [
        {
            "source": intake.source,
            "format": intake.format,
            "read": intake.pieces,
            "new": intake.new,
            "joined": intake.joins,
            "changed": intake.changed,
            "refused": intake.problems,
            "settled": intake.settled,
            "doubts": intake.doubts,
            "already_read": intake.already_read,
        }
        for intake in intakes
    ]
    joined = [
        {
            "record": joined.record,
            "title": joined.title,
            "source": intake.source,
            "line": joined.line,
            "reason": joined.reason,
        }
        for intake in intakes
        for joined in intake.joined
    ]
    return {
        "database": str(store.path),
        "sources": sources,
        "joined": joined,
        "problems": [row for intake in intakes if intake.problems for row in _problems(store, intake.source)],
        "refused_sources": [refusal.reason for refusal in ingested.refused],
        "records": store.value("select count(*) from records"),
        "tagged": None if tagged is None else {"read": tagged.read, "tags": tagged.tags},
        "index": None if manifest is None else asdict(manifest),
    }


def _problems(store: Store, source: str) -> Iterator[dict[str, Any]]:
    """What was refused of the source of that name, as it was read last."""
    return store.query(
        "select :name as source, line, reason, hint from problems"
        " where source = (select max(id) from sources where name = :name) order by id",
        {"name": source},
    )


def print_summary(content: dict[str, Any]) -> None:
    """The summary for a person: the counts on stdout, the rest on stderr."""
    columns = ("source", "format", "read", "new", "joined", "changed", "refused")
    fresh = [row for row in content["sources"] if not row["already_read"]]
    print_rows(fresh, "text", columns)
    known = len(content["sources"]) - len(fresh)
    if known:
        click.echo(
            f"{known} {'source was' if known == 1 else 'sources were'} read before: nothing new in them."
        )
    joined = sum(row["joined"] for row in fresh)
    _print_some(
        "Joined, one work described more than once:", content["joined"], joined, _joined_line, "kb sources"
    )
    _print_some(
        "Refused, kept as printed (`kb problems`):",
        content["problems"],
        len(content["problems"]),
        _problem_line,
        "kb problems",
    )
    _print_judged(fresh)
    for reason in content["refused_sources"]:
        say(f"Error: {reason}")
    click.echo()
    click.echo(f"{content['database']}: {content['records']} records", nl=False)
    if tagged := content["tagged"]:
        click.echo(f", {tagged['tags']} tags ({tagged['read']} records read by the tagger)", nl=False)
    click.echo(".")
    if manifest := content["index"]:
        model = manifest["model"] or "none (keyword search only)"
        click.echo(
            f"Indexes: {manifest['engine']} for words, {model} for meaning; built {manifest['built']}."
        )
        for note in (*manifest["repaired"], *manifest["notes"]):
            say(f"Note: {note}")


def _print_judged(rows: list[dict[str, Any]]) -> None:
    """What became of earlier problems, and what waits for a person's decision."""
    settled, doubts = (sum(row[name] for row in rows) for name in ("settled", "doubts"))
    if settled:
        click.echo(f"\n{settled} earlier problem{'' if settled == 1 else 's'} settled by what was read now.")
    if doubts:
        pairs = "pair looks alike and was" if doubts == 1 else "pairs look alike and were"
        click.echo(f"\n{doubts} {pairs} not joined: judge with `kb dedupe --review`.")


def _print_some(
    title: str, rows: list[dict[str, Any]], total: int, line: Callable[[dict[str, Any]], str], more: str
) -> None:
    if not rows:
        return
    click.echo(f"\n{title}")
    for row in rows[:_SHOWN]:
        click.echo(f"  {line(row)}")
    if total > len(rows[:_SHOWN]):
        click.echo(f"  and {total - len(rows[:_SHOWN])} more: `{more}`.")


def _joined_line(row: dict[str, Any]) -> str:
    return f"{row['record']} = {row['source']}:{row['line']}: {row['reason']}"


def _problem_line(row: dict[str, Any]) -> str:
    return f"{row['source']}:{row['line']}: {row['reason']}" + (f"; {row['hint']}" if row["hint"] else "")
