"""Commands that read: build, ingest, sources."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from kb.cli.options import (
    Output,
    from_option,
    map_option,
    output_options,
    print_json,
    print_rows,
    progress,
    say,
    themes_option,
)


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCES]...")
@from_option
@map_option
@themes_option
@click.option("--engine", help="The keyword engine; without it the number of records decides.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
@click.pass_obj
def build(
    db: Path,
    sources: tuple[str, ...],
    format_: str | None,
    columns: Mapping[str, str],
    themes: Path | None,
    engine: str | None,
    as_json: bool,
) -> None:
    """The main job: ingest files (default: the embedded library), tag, index.

    What was read before is not read again, so a second run takes seconds.

    \b
    Example:
      kb build exports/ printed-list.txt
    """
    from corpus.store import Store
    from kb import pipeline, tagging, vocabulary
    from kb.cli.summary import print_summary, summary
    from kb.sources import library_sources, named_sources

    found = named_sources(sources, db) if sources else library_sources()
    with progress() as report, Store.open(db, create=True) as store:
        vocabulary.bring_if_given(store, themes, report)
        ingested = pipeline.ingest(store, found, format_, report, columns)
        tagged = tagging.tag(store, report=report)
        indexed = pipeline.index_if_stale(store, engine=engine, report=report)
        content = summary(store, ingested, tagged, indexed)
    print_json(content) if as_json else print_summary(content)
    sys.exit(0 if ingested.complete else 1)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@from_option
@map_option
@themes_option
@click.option("--dry-run", is_flag=True, help="Say what would come in, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
@click.pass_obj
def ingest(
    db: Path,
    paths: tuple[str, ...],
    format_: str | None,
    columns: Mapping[str, str],
    themes: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read files, folders or - (stdin) in, joined to what is there.

    Tags follow at once; `kb index` brings the indexes up to date.

    \b
    Example:
      kb ingest scopus.ris pubmed.nbib
    """
    from corpus.store import Store
    from kb import pipeline, tagging, vocabulary
    from kb.cli.summary import print_summary, summary
    from kb.sources import named_sources

    sources = named_sources(paths, db)
    with progress() as report, Store.scratch(db) if dry_run else Store.open(db, create=True) as store:
        vocabulary.bring_if_given(store, themes, report)
        ingested = pipeline.ingest(store, sources, format_, report, columns)
        tagged = None if dry_run else tagging.tag(store, report=report)
        content = summary(store, ingested, tagged, None)
    print_json(content) if as_json else print_summary(content)
    if dry_run:
        say("Nothing was changed: this was a dry run.")
    elif any(intake.new or intake.joined or intake.changed for intake in ingested.intakes):
        say("Run `kb index` to make it searchable.")
    sys.exit(0 if ingested.complete else 1)


@click.command()
@output_options
@click.pass_obj
def sources(db: Path, output: Output) -> None:
    """List what was read: file or search, format, date, pieces, records, problems.

    Of a search: the query as sent, how many works the service said it had, and whether all came.

    \b
    Example:
      kb sources --csv
    """
    from corpus.store import Store

    columns = (
        "name",
        "format",
        "read_at",
        "pieces",
        "records",
        "problems",
        "joined",
        "query",
        "total",
        "complete",
    )
    with Store.open(db) as store:
        rows = list(
            store.query(
                "select name, format, read_at, pieces, records, problems,"
                " (select count(*) from source_records where source = sources.id and reason is not null)"
                " as joined, query, address, total,"
                " iif(query is null, null, iif(next is null, 'yes', 'no')) as complete"
                " from sources order by id"
            )
        )
    print_rows(rows, output, columns)


COMMANDS = (build, ingest, sources)
