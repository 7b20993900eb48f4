"""The command that asks live sources: harvest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.options import print_json, progress, query_argument, say

if TYPE_CHECKING:
    from ingest.harvesting.client import Client
    from ingest.harvesting.harvest import Harvest
    from ingest.harvesting.service import Search, Service

#: The names of ``kb.harvesting.SERVICES``, here so that ``kb --help`` need not import them; a test compares.
SERVICES = ("openalex", "crossref", "europepmc", "pubmed")


@click.command()
@click.argument("service", type=click.Choice(SERVICES))
@query_argument
@click.option(
    "--since", type=click.IntRange(1000, 2999), metavar="YEAR", help="Published in that year or later."
)
@click.option(
    "--until", type=click.IntRange(1000, 2999), metavar="YEAR", help="Published in that year or before."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Take in so many works at most.")
@click.option(
    "--mailto",
    envvar="KB_MAILTO",
    show_envvar=True,
    default="",
    metavar="ADDRESS",
    help="Says who asks; not kept.",
)
@click.option("--restart", is_flag=True, help="Begin anew where an earlier run was broken off.")
@click.option("--dry-run", is_flag=True, help="Say how many works the service has, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
@click.pass_obj
def harvest(
    db: Path,
    service: str,
    query: str,
    since: int | None,
    until: int | None,
    limit: int | None,
    mailto: str,
    restart: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Search a live source and take in what it has, joined to what is there.

    QUERY is in the service's own syntax. Run the same command again after a break: it goes on where it
    stopped. `kb sources` shows what was asked, when, and how many works there were.

    \b
    Example:
      kb harvest openalex '"child protection" AND interagency' --since 2000 --mailto you@example.org
    """
    from ingest.harvesting.service import Search
    from kb.cli.summary import print_summary
    from kb.harvesting import SERVICES as services
    from kb.harvesting import open_client

    if not query.strip():
        raise click.UsageError("give a QUERY to search for.")
    if since is not None and until is not None and since > until:
        raise click.UsageError(f"--since {since} is after --until {until}.")
    asked = services[service]
    search = Search(query, since, until)
    with open_client(asked, mailto) as client:
        # Where there is no file yet, one is made only once the service has answered.
        total = asked.total(client, search) if dry_run or not db.exists() else 0
        if dry_run:
            _say_total(service, query, total, as_json)
            return
        found, content = _take(db, asked, client, search, limit, restart)
    print_json(content) if as_json else print_summary(content)
    _say_outcome(found, limit)
    sys.exit(1 if found.stopped or found.intake.problems else 0)


def _take(
    db: Path, service: Service, client: Client, search: Search, limit: int | None, restart: bool
) -> tuple[Harvest, dict[str, Any]]:
    """(what became of the search, the summary); tags follow, also where the search was broken off."""
    from corpus.store import Store
    from ingest.harvesting.harvest import harvest as take_works
    from kb import pipeline, tagging
    from kb.cli.summary import summary

    try:
        with progress() as report, Store.open(db, create=True) as store:
            found = take_works(store, service, client, search, limit=limit, restart=restart, report=report)
            tagged = tagging.tag(store, report=report)
            content = summary(store, pipeline.Ingested([found.intake]), tagged, None)
    except KeyboardInterrupt:
        say("Run the same command again to go on where it stopped.")
        raise
    names = ("source", "total", "taken", "complete", "resumed", "stopped", "notes")
    return found, content | {"harvest": {name: getattr(found, name) for name in names}}


def _say_total(service: str, query: str, total: int, as_json: bool) -> None:
    if as_json:
        print_json({"service": service, "query": query, "total": total})
    else:
        click.echo(f"{service} has {total} works for: {query}")
        say("Nothing was changed: this was a dry run.")


def _say_outcome(found: Harvest, limit: int | None) -> None:
    for note in found.notes:
        say(f"Note: {note}")
    of = "" if found.total is None else f" of {found.total}"
    say(f"{found.source}: {found.taken}{of} works taken in{' so far' if not found.complete else ''}.")
    if found.stopped:
        say(f"Error: {found.stopped}")
    elif not found.complete:
        say(f"Stopped at --limit {limit}; the same command with a higher one, or without, goes on.")
    elif found.total is not None and found.taken < found.total:
        say("The service gave no more than that: it counts works that it does not hand out.")
    if found.intake.new or found.intake.joins or found.intake.changed:
        say("Run `kb index` to make it searchable.")


COMMANDS = (harvest,)
