"""Commands that find: search, similar, show."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.query import MARK, Mode
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

if TYPE_CHECKING:
    from kb.results import Found, Results

_COLUMNS = ("rank", "id", "title", "year", "score", "keyword_rank", "semantic_rank")
#: A space at which a line is not broken.
_TIE = "\N{NO-BREAK SPACE}"
_SIGNS = {"barrier": "−", "enabler": "+", "driver": "→"}


@click.command()
@query_argument
@mode_option("hybrid", "By words, by meaning, or both.")
@filter_options
@click.option("-n", "limit", type=click.IntRange(min=1), default=10, show_default=True, help="How many hits.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="How many hits to pass over.")
@sort_option
@expand_option
@output_options
@click.pass_obj
def search(
    db: Path,
    /,
    query: str,
    mode: Mode,
    limit: int,
    offset: int,
    expand: bool,
    output: Output,
    **filters: Any,
) -> None:
    """Search by word and by meaning.

    Without QUERY: every record that passes the filters, newest first.

    \b
    Examples:
      kb search "why do agencies not trust each other" --mode semantic
      kb search confidentiality --direction barrier --setting child-protection --since 2000
      kb search '"information sharing"' --mode keyword --no-expand
    """
    from kb.knowledge_base import KnowledgeBase

    with KnowledgeBase.open(db) as library:
        results = library.search(
            query, mode=mode, limit=limit, offset=offset, expand=expand, **_named(filters)
        )
    if output == "json":
        print_json(results.to_dict())
        return
    if output == "text":
        for found in results:
            _print_found(found)
        say(_how_many(results))
        if results.suggestion:
            say(f"Did you mean: {results.suggestion}")
    else:
        print_rows([found.to_dict() for found in results], output, _COLUMNS)
    for typed, others in results.expansions:
        say(f"Also searched for {typed}: {', '.join(others)} (--no-expand searches as typed).")
    for note in results.notes:
        say(f"Note: {note}")


def _how_many(results: Results) -> str:
    if not results.total:
        return "Nothing found; try fewer filters or other words."
    shown = f"{len(results)} of {results.total}" if len(results) < results.total else str(results.total)
    return f"{shown} record{'' if results.total == 1 else 's'} found."


def _named(filters: dict[str, Any]) -> dict[str, Any]:
    """``type_`` as ``type``: the option's name would hide Python's."""
    return {name.rstrip("_"): value for name, value in filters.items()}


def _print_found(found: Found) -> None:
    from kb.retractions import gravest

    record, hit = found.record, found.hit
    width = max(40, min(shutil.get_terminal_size().columns, 100))
    indent = " " * 5
    wrap = textwrap.TextWrapper(
        width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
    click.echo(f"{hit.rank:>3}  " + click.style(wrap.fill(record.title or "(no title)").strip(), bold=True))
    if grave := gravest(found.notices):
        click.echo(indent + click.style(f"{grave.label}: {grave.words}", fg="red", bold=True))
    names = [author.family or author.literal for author in record.authors if author.role == "author"]
    who = ", ".join(names[:3]) + (" et al." if record.et_al or len(names) > 3 else "")
    where = record.container_title or record.publisher
    parts = [f"{who} {record.year or 'n.d.'}".strip(), where, record.id]
    click.echo(wrap.fill(" · ".join(part for part in parts if part)))
    factors = dict.fromkeys(
        f"{_SIGNS[tag.direction]}{_TIE}{tag.theme}" for tag in found.tags if tag.direction
    )
    if factors:
        click.echo(wrap.fill("  ".join(factors)))
    if hit.snippet:
        marked = wrap.fill(hit.snippet)
        click.echo(marked.replace(MARK[0], "\x1b[1;33m").replace(MARK[1], "\x1b[0m"))
    click.echo()


@click.command()
@click.argument("record_ids", metavar="ID...", nargs=-1, required=True)
@click.option("-n", "limit", type=click.IntRange(min=1), default=10, show_default=True, help="How many.")
@output_options
@click.pass_obj
def similar(db: Path, record_ids: tuple[str, ...], limit: int, output: Output) -> None:
    """List the records nearest in meaning to one, or to several together.

    Neither the records themselves nor other versions of them (a preprint, an erratum, a doubtful duplicate).

    \b
    Examples:
      kb similar darlington-2005-interagency -n 5
      kb similar darlington-2005-interagency richardson-2007-challenge
    """
    from kb.knowledge_base import KnowledgeBase

    with KnowledgeBase.open(db) as library:
        found = library.similar(record_ids, limit)
    if output == "text":
        for neighbour in found:
            _print_found(neighbour)
    else:
        print_rows([neighbour.to_dict() for neighbour in found], output, _COLUMNS)


@click.command()
@click.argument("record_id", metavar="ID")
@click.option(
    "--sources",
    is_flag=True,
    help="The descriptions, numbered and as printed; which gave each field; where they disagree.",
)
@click.option("--json", "as_json", is_flag=True, help="CSL-JSON, with the tags.")
@click.pass_obj
def show(db: Path, record_id: str, sources: bool, as_json: bool) -> None:
    """Show one record in full.

    \b
    Example:
      kb show darlington-2005-interagency --sources
    """
    from corpus import csl
    from kb.display import account, account_lines, record_lines
    from kb.knowledge_base import KnowledgeBase
    from kb.retractions import notices

    with KnowledgeBase.open(db) as library:
        record = library.record(record_id)
        tags = library.tags(record_id)
        said = notices(library.store, [record.id]).get(record.id, ())
        origin = account(library, record_id) if sources else {}
    if as_json:
        content: dict[str, Any] = csl.encode(record)
        content["tags"] = [
            {"theme": tag.theme, "direction": tag.direction, "quote": tag.quote} for tag in tags
        ]
        content["notices"] = [notice.to_dict() for notice in said]
        print_json(content | origin)
        return
    for notice in said:
        click.echo(f"{notice.label}: {notice.words}{f' ({notice.by})' if notice.by else ''}")
    for line in record_lines(record):
        click.echo(line)
    for line in account_lines(origin) if sources else ():
        click.echo(line)


COMMANDS = (search, similar, show)
