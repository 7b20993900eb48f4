"""What was refused: problems."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.options import Output, output_options, print_rows, say


@click.command()
@click.option("--raw", is_flag=True, help="Each piece as printed, below its line.")
@output_options
@click.pass_obj
def problems(db: Path, raw: bool, output: Output) -> None:
    """List what was refused: file, line, what was found, what to do.

    \b
    Example:
      kb problems --raw
    """
    from corpus.store import Store

    with Store.open(db) as store:
        rows = list(
            store.query(
                "select sources.name as source, line, reason, hint, raw from problems"
                " join sources on sources.id = source order by problems.id"
            )
        )
    if output != "text":
        print_rows(rows, output, ("source", "line", "reason", "hint", "raw"))
        return
    for row in rows:
        hint = f"; {row['hint']}" if row["hint"] else ""
        click.echo(f"{row['source']}:{row['line']}: {row['reason']}{hint}")
        if raw:
            click.echo("".join(f"    {line}\n" for line in row["raw"].splitlines()))
    say(f"{len(rows)} problems." if rows else "No problems: every piece read became a record.")


COMMANDS = (problems,)
