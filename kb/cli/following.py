"""Commands that follow a saved search: whatsnew, strategy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.options import Output, output_options, print_json, print_rows, say, writing
from kb.leaving import ENDINGS

if TYPE_CHECKING:
    from kb.searches.news import News

_COLUMNS = ("kind", "record", "title", "why")
_STRATEGIES = ("docx", "html", "markdown", "svg", "json")


@click.command()
@click.argument("name")
@click.option("--since", metavar="DATE", help="Since the last run that was kept by that day (2026-10-23).")
@click.option("--keep", is_flag=True, help="Keep this run: the next time, only what came after is new.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if there is anything to tell, 0 if not: for cron.")
@output_options
@click.pass_obj
def whatsnew(db: Path, name: str, since: str | None, keep: bool, exit_code: bool, output: Output) -> None:
    """Tell what is new, changed, gone, reclassified, corrected or retracted in a saved search.

    \b
    Examples:
      kb whatsnew sharing
      kb whatsnew sharing --since 2026-10-23 --json
      kb whatsnew sharing --keep --exit-code
    """
    from kb.knowledge_base import KnowledgeBase
    from kb.searches import news, saved

    day = news.check_date(since) if since else None
    with KnowledgeBase.open(db) as library:
        found = news.whats_new(library, name, day)
        titles = {
            record.id: f"{record.title} ({record.year or 'n.d.'})"
            for record in library.store.records({change.record for change in found.changes})
        }
        if keep:
            saved.keep(library.store, found.now)
    if output == "json":
        print_json(found.to_dict())
    elif output == "text":
        _print_news(found, titles)
    else:
        rows = [
            {"kind": each.kind, "record": each.record, "title": titles.get(each.record, ""), "why": each.why}
            for each in found.changes
        ]
        print_rows(rows, output, _COLUMNS)
    for note in found.notes:
        say(f"Note: {note}")
    if exit_code and found.changes:
        sys.exit(1)


def _print_news(found: News, titles: dict[str, str]) -> None:
    from kb.searches.news import EXPLAINED, KINDS
    from kb.wording import capital, day, many

    for kind in KINDS:
        changes = found.of(kind)
        if not changes:
            continue
        click.echo(f"{capital(kind)}, {len(changes)}: {EXPLAINED[kind]}")
        for change in changes:
            title = titles.get(change.record, "")
            click.echo(f"  {change.record}  {title}".rstrip())
            click.echo(f"      {change.why}")
    if not found.changes:
        click.echo("Nothing new.")
    now, before = found.now, found.before
    say(f"{many(now.total, 'record')} now; {before.total:,} in the run of {day(before.run_at)}.")


@click.command()
@click.argument("name")
@click.option("--to", type=click.Choice(_STRATEGIES), help="The format; else that of the file's name.")
@click.option("--fresh", is_flag=True, help="Of the search as it runs now, not of its last run.")
@click.option(
    "--template",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="A Word file whose styles, header and footer the document takes.",
)
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False), help="The file to write, not stdout."
)
@click.pass_obj
def strategy(
    db: Path, name: str, to: str | None, fresh: bool, template: Path | None, target: str | None
) -> None:
    """Write the strategy of a saved search for an appendix, by PRISMA-S; --to svg the flow of records.

    \b
    Examples:
      kb strategy sharing --to markdown
      kb strategy sharing -o strategy.docx
      kb strategy sharing -o flow.svg
    """
    from kb import documents
    from kb.knowledge_base import KnowledgeBase
    from kb.searches import flow, saved
    from kb.searches.strategy import document

    to = to or (ENDINGS | {".svg": "svg"}).get(Path(target or "").suffix.lower(), "markdown")
    if to not in _STRATEGIES:
        to = "json" if to == "csl-json" else "markdown"
    with KnowledgeBase.open(db) as library:
        *earlier, run = saved.runs(library.store, name)
        if fresh:
            earlier, run = [*earlier, run], saved.fresh(library, name, run.query)
        themes = library.themes
    if to == "json":
        print_json(run.to_dict())
        return
    if to == "svg":
        with writing(target) as text:
            text.write(flow.svg(run))
        return
    with writing(target, binary=to == "docx") as stream:
        documents.put(document(run, earlier, themes), to, stream, reference=template)  # type: ignore[arg-type]


COMMANDS = (whatsnew, strategy)
