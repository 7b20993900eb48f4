"""Commands that say which descriptions are of one work: dedupe."""

from __future__ import annotations

import sys

import click

from kb.cli.options import from_option, print_json, say


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@from_option
@click.option(
    "--json", "as_json", is_flag=True, help='{"groups": [["id1", "id2"], ...]} by the ids in the files.'
)
def dedupe(files: tuple[str, ...], format_: str | None, as_json: bool) -> None:
    """List the groups of duplicates in files, with the reasons.

    \b
    Example:
      kb dedupe scopus.ris pubmed.nbib --json
    """
    from ingest.dedupe import group
    from kb.conversion import read_records
    from kb.sources import named_sources

    trouble: list[str] = []
    records = list(read_records(named_sources(files), format_, trouble))
    names = [record.id or f"#{place}" for place, record in enumerate(records, start=1)]
    groups = [found for found in group(records) if len(found.members) > 1]
    if as_json:
        print_json({"groups": [[names[place] for place in found.members] for found in groups]})
    else:
        for found in groups:
            for place in found.members:
                record = records[place]
                click.echo(f"{names[place]}  {record.title} ({record.year or 'n.d.'})")
            for reason in found.reasons:
                click.echo(f"    {names[reason.first]} = {names[reason.second]}: {reason.why}")
            click.echo()
        doubles = sum(len(found.members) - 1 for found in groups)
        say(f"{len(records)} records, {len(groups)} groups, {doubles} duplicates.")
    for line in trouble:
        say(line)
    sys.exit(1 if trouble else 0)


COMMANDS = (dedupe,)
