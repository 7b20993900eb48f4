"""What was refused: problems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.options import Output, output_options, print_rows, say

if TYPE_CHECKING:
    from corpus.store import Store

_COLUMNS = ("source", "line", "reason", "hint", "raw", "settled_by", "exported_to")


@click.command()
@click.option("--raw", is_flag=True, help="Each piece as printed, below its line.")
@click.option("--all", "everything", is_flag=True, help="Those too that a later reading settled.")
@click.option("--source", metavar="NAME", help="Of that source only; `kb sources` lists them.")
@click.option(
    "--export",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the pieces to a file for mending; `kb ingest FILE` then settles them.",
)
@output_options
@click.pass_obj
def problems(
    db: Path, raw: bool, everything: bool, source: str | None, target: Path | None, output: Output
) -> None:
    """List what was refused: file, line, what was found, what to do.

    \b
    Examples:
      kb problems --raw
      kb problems --source refs.ris --export mend.ris
    """
    from corpus.store import Store
    from kb.problems import listed

    with Store.open(db) as store:
        if target is not None:
            _export(store, source, target)
            return
        rows = list(listed(store, source, everything=everything))
    if output != "text":
        print_rows(rows, output, _COLUMNS)
        return
    for row in rows:
        hint = f"; {row['hint']}" if row["hint"] else ""
        settled = f" (settled by {row['settled_by']})" if row["settled_by"] else ""
        click.echo(f"{row['source']}:{row['line']}: {row['reason']}{hint}{settled}")
        if raw:
            click.echo("".join(f"    {line}\n" for line in row["raw"].splitlines()))
    waiting = sum(not row["settled_by"] for row in rows)
    settled = f", {len(rows) - waiting} settled" if everything else ""
    say(f"{waiting} problem{'' if waiting == 1 else 's'}{settled}." if rows else _NONE)


_NONE = "No problems: every piece read became a record, here or in a later reading."


def _export(store: Store, source: str | None, target: Path) -> None:
    from kb.problems import export, headless

    written = export(store, source, target)
    for path, pieces in written:
        say(f"{path}: {len(pieces)} piece{'' if len(pieces) == 1 else 's'} to mend.")
        if headless(pieces):
            say(
                f"{path}: put the row that names the columns above; {pieces[0].source} is not there any more."
            )
    names = " ".join(str(path) for path, _ in written)
    say(f"Mend and read with `kb ingest {names}`: the problems are then settled." if written else _NONE)


COMMANDS = (problems,)
