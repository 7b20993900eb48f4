"""Commands that read: build, ingest, convert, dedupe, problems, sources."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.cli.options import Output, output_options, print_json, print_rows, progress, say, writing

_FORMATS = ("labelled", "bibtex", "ris", "nbib", "csl-json")
_TARGETS = ("csl-json", "bibtex", "ris", "csv", "jsonl")

_from_option = click.option(
    "--from", "format_", type=click.Choice(_FORMATS), help="The format; without it the content tells."
)


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCES]...")
@_from_option
@click.option("--engine", help="The keyword engine; without it the number of records decides.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
@click.pass_obj
def build(db: Path, sources: tuple[str, ...], format_: str | None, engine: str | None, as_json: bool) -> None:
    """The main job: ingest files (default: the embedded library), tag, index.

    What was read before is not read again, so a second run takes seconds.

    \b
    Example:
      kb build exports/ printed-list.txt
    """
    from corpus.store import Store
    from kb import pipeline
    from kb.cli.summary import print_summary, summary
    from kb.sources import library_sources, named_sources

    found = named_sources(sources, db) if sources else library_sources()
    with progress() as report, Store.open(db, create=True) as store:
        ingested = pipeline.ingest(store, found, format_, report)
        tagged = pipeline.tag(store, report=report)
        indexed = pipeline.index_if_stale(store, engine=engine, report=report)
        content = summary(store, ingested, tagged, indexed)
    print_json(content) if as_json else print_summary(content)
    sys.exit(0 if ingested.complete else 1)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@_from_option
@click.option("--dry-run", is_flag=True, help="Say what would come in, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
@click.pass_obj
def ingest(db: Path, paths: tuple[str, ...], format_: str | None, dry_run: bool, as_json: bool) -> None:
    """Read files, folders or - (stdin) in, joined to what is there.

    Tags follow at once; `kb index` brings the indexes up to date.

    \b
    Example:
      kb ingest scopus.ris pubmed.nbib
    """
    from corpus.store import Store
    from kb import pipeline
    from kb.cli.summary import print_summary, summary
    from kb.sources import named_sources

    sources = named_sources(paths, db)
    with progress() as report, Store.scratch(db) if dry_run else Store.open(db, create=True) as store:
        ingested = pipeline.ingest(store, sources, format_, report)
        tagged = None if dry_run else pipeline.tag(store, report=report)
        content = summary(store, ingested, tagged, None)
    print_json(content) if as_json else print_summary(content)
    if dry_run:
        say("Nothing was changed: this was a dry run.")
    elif any(intake.new or intake.joined or intake.changed for intake in ingested.intakes):
        say("Run `kb index` to make it searchable.")
    sys.exit(0 if ingested.complete else 1)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_from_option
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


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_from_option
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


@click.command()
@output_options
@click.pass_obj
def sources(db: Path, output: Output) -> None:
    """List what was read: file, format, date, pieces, records, problems.

    \b
    Example:
      kb sources --csv
    """
    from corpus.store import Store

    columns = ("name", "format", "read_at", "pieces", "records", "problems", "joined")
    with Store.open(db) as store:
        rows = list(
            store.query(
                "select name, format, read_at, pieces, records, problems,"
                " (select count(*) from source_records where source = sources.id and reason is not null)"
                " as joined from sources order by id"
            )
        )
    print_rows(rows, output, columns)


COMMANDS = (build, ingest, convert, dedupe, problems, sources)
