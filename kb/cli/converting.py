"""Commands that read files and use no evidence file: convert."""

from __future__ import annotations

import sys

import click

from kb.cli.options import from_option, say, writing

_TARGETS = ("csl-json", "bibtex", "ris", "csv", "jsonl")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@from_option
@click.option("--to", required=True, type=click.Choice(_TARGETS), help="The format to write.")
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False), help="The file to write, not stdout."
)
def convert(files: tuple[str, ...], format_: str | None, to: str, target: str | None) -> None:
    """Turn files of one format into another.

    \b
    Example:
      kb convert printed-list.txt --to csl-json
    """
    from kb.conversion import identified, read_records
    from kb.exporters import EXPORTERS, Exported
    from kb.sources import named_sources

    trouble: list[str] = []
    read = read_records(named_sources(files), format_, trouble)
    records = (Exported(record) for record in identified(read))
    with writing(target) as stream:
        written = EXPORTERS[to].write(records, stream)
    for line in trouble:
        say(line)
    if target:
        say(f"{target}: {written} records as {to}.")
    sys.exit(1 if trouble else 0)


COMMANDS = (convert,)
