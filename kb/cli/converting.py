"""Commands that read files and use no evidence file: convert."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

import click

from kb.cli.options import from_option, map_option, say, writing

#: The names of ``kb.exporters.EXPORTERS``, here so that ``kb --help`` need not import them.
_TARGETS = ("csl-json", "bibtex", "ris", "endnote-xml", "csv", "xlsx", "jsonl")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@from_option
@map_option
@click.option("--to", required=True, type=click.Choice(_TARGETS), help="The format to write.")
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False), help="The file to write, not stdout."
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Where to list each field that the target cannot hold, a JSON object a line.",
)
def convert(
    files: tuple[str, ...],
    format_: str | None,
    columns: Mapping[str, str],
    to: str,
    target: str | None,
    report: str | None,
) -> None:
    """Turn files of one format into another, and say what the target cannot hold.

    \b
    Example:
      kb convert printed-list.txt --to csl-json
    """
    from kb.conversion import identified, read_records
    from kb.exporters import EXPORTERS, Exported
    from kb.losses import Losses
    from kb.sources import named_sources

    if report and target and Path(report).resolve() == Path(target).resolve():
        raise click.UsageError("--output and --report name the same file.")
    trouble: list[str] = []
    read = read_records(named_sources(files), format_, trouble, columns)
    records = (Exported(record) for record in identified(each.record for each in read))
    exporter = EXPORTERS[to]
    with (
        writing(target, binary=exporter.binary) as stream,
        writing(report) if report else nullcontext() as listed,
    ):
        losses = Losses(to, listed)
        written = exporter.write(losses.check(records), stream)
        if trouble and not written:
            for line in trouble:
                say(line)
            # Left this way no empty file comes in the place of one that was there.
            sys.exit(1)
    for line in [*trouble, *losses.lines()]:
        say(line)
    if target:
        say(f"{target}: {written} records as {to}.")
    sys.exit(1 if trouble else 0)


COMMANDS = (convert,)
