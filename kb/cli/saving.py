"""Commands that keep searches: save, saved, run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corpus.query import Filters, Mode, Query, Sort
from kb.cli.options import (
    Output,
    expand_option,
    filter_options,
    mode_option,
    output_options,
    print_json,
    print_rows,
    query_argument,
    say,
    sort_option,
)

_COLUMNS = ("name", "total", "run_at", "query")


@click.command()
@click.argument("name")
@query_argument
@mode_option("hybrid", "By words, by meaning, or both.")
@filter_options
@sort_option
@expand_option
@click.option("--replace", is_flag=True, help="Even if another search has that name.")
@click.option("--json", "as_json", is_flag=True, help="What was found, as JSON.")
@click.pass_obj
def save(
    db: Path,
    /,
    name: str,
    query: str,
    mode: Mode,
    sort: Sort,
    expand: bool,
    replace: bool,
    as_json: bool,
    **filters: Any,
) -> None:
    """Give a search a name, and keep what it finds.

    \b
    Example:
      kb save sharing "information sharing" --direction barrier --since 2000
    """
    from kb.knowledge_base import KnowledgeBase
    from kb.searches import saved

    with KnowledgeBase.open(db) as library:
        wanted = Filters(**{each.rstrip("_"): value for each, value in filters.items()})
        made = saved.save(library, name, Query(query, mode, wanted, None, 0, expand, sort), anew=replace)
    if as_json:
        print_json(made.to_dict())
    say(f"Saved as {name}: {made.total} record{'' if made.total == 1 else 's'}. `kb run {name}` asks again.")


@click.command(name="saved")
@click.option("--remove", metavar="NAME", help="Forget that search, and what its runs found.")
@output_options
@click.pass_obj
def saved_searches(db: Path, remove: str | None, output: Output) -> None:
    """List the saved searches, or remove one.

    \b
    Examples:
      kb saved
      kb saved --remove sharing
    """
    from kb.knowledge_base import KnowledgeBase
    from kb.searches import saved

    with KnowledgeBase.open(db) as library:
        if remove:
            runs_there = saved.remove(library.store, remove)
            say(f"{remove} is removed, with {runs_there} run{'' if runs_there == 1 else 's'}.")
            return
        runs = saved.saved(library.store)
    rows = [run.to_dict() if output == "json" else run.to_dict() | {"query": run.query.text} for run in runs]
    print_rows(rows, output, _COLUMNS)
    if not rows:
        say("No search is saved yet; `kb save NAME QUERY` saves one.")


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="This run and the one before, as JSON.")
@click.pass_obj
def run(db: Path, name: str, as_json: bool) -> None:
    """Ask a saved search again, and keep what it finds now.

    \b
    Example:
      kb run sharing
    """
    from kb.knowledge_base import KnowledgeBase
    from kb.searches import saved

    with KnowledgeBase.open(db) as library:
        before, now = saved.run(library, name)
    came, went = set(now.ids) - set(before.ids), set(before.ids) - set(now.ids)
    if as_json:
        print_json({"before": before.to_dict(), "now": now.to_dict()})
    else:
        for record in now.ids:
            click.echo(record)
    told = f"{now.total} record{'' if now.total == 1 else 's'}"
    say(f"{told}; {len(came)} new and {len(went)} gone since {before.run_at[:10]}.")


COMMANDS = (save, saved_searches, run)
