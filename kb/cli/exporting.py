"""The command that takes records away: export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.query import Filters, Mode, Query, Sort
from kb.cli.options import (
    expand_option,
    filter_options,
    mode_option,
    progress,
    query_argument,
    say,
    sort_option,
    writing,
)
from kb.leaving import FORMATS

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase
    from kb.selection import Selection

_GROUPS = ("theme", "setting", "year", "direction")
_PARTS = ("abstracts", "quotes", "strategy", "none")


def parts_option(command: Any) -> Any:
    """``--with``, passed on as ``parts``."""
    return click.option(
        "--with",
        "parts",
        default="quotes,strategy",
        show_default=True,
        metavar="PART,...",
        callback=_parts,
        help="What goes along in a document: abstracts, quotes, strategy; or none.",
    )(command)


def _parts(_: click.Context, __: click.Parameter, text: str) -> frozenset[str]:
    parts = {word.strip().lower() for word in text.split(",") if word.strip()}
    if unknown := sorted(parts - set(_PARTS)):
        raise click.BadParameter(f"“{unknown[0]}” is none of {', '.join(_PARTS)}.")
    return frozenset(parts - {"none"})


@click.command()
@query_argument
@mode_option("keyword", "Which hits; the default lists every record that the words match and no other.")
@filter_options
@sort_option
@expand_option
@click.option(
    "-n",
    "limit",
    type=click.IntRange(min=1),
    help="At most so many, the first in that order; without it, all.",
)
@click.option("--saved", "saved_name", metavar="NAME", help="What a saved search finds.")
@click.option("--list", "list_name", metavar="NAME", help="A shortlist, in its order, with its notes.")
@click.option(
    "--ids",
    "ids_file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="The records whose ids stand in FILE; `-` reads them from stdin.",
)
@click.option("--to", type=click.Choice(FORMATS), help="The format; without it the name of the file says it.")
@click.option(
    "--style",
    default="harvard-cite-them-right",
    show_default=True,
    metavar="NAME_OR_FILE",
    help="In a document, the citation style: any of the CSL project, or a .csl file.",
)
@click.option("--group-by", type=click.Choice(_GROUPS), help="In a document, what references stand under.")
@parts_option
@click.option("--title", default="", help="In a document, its title.")
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
def export(
    db: Path,
    /,
    query: str,
    mode: Mode,
    sort: Sort,
    expand: bool,
    limit: int | None,
    saved_name: str | None,
    list_name: str | None,
    ids_file: Any,
    to: str | None,
    style: str,
    group_by: Any,
    parts: frozenset[Any],
    title: str,
    template: Path | None,
    target: str | None,
    **filters: Any,
) -> None:
    """Write the records of a search, or all, as a bibliography.

    \b
    Examples:
      kb export "information sharing" --direction barrier --to ris -o sharing.ris
      kb export trust --since 2000 --group-by theme -o trust.docx
      kb search trust --nl | jq -r .id | kb export --ids - --to bibtex
    """
    from kb import exporting, selection
    from kb.knowledge_base import KnowledgeBase

    wanted = Filters(**{name.rstrip("_"): value for name, value in filters.items()})
    asked = Query(query, mode, wanted, None, 0, expand, sort)
    _one_choice(asked, saved_name, list_name, ids_file)
    to = exporting.format_of(to, target)
    _check_document(to, {"--group-by": group_by, "--title": title, "--template": template})
    with KnowledgeBase.open(db) as library, progress() as report:
        whole = exporting.tells_of_search(to, parts)
        if list_name:
            chosen = selection.by_list(library, list_name)
        elif ids_file:
            chosen = selection.by_ids(library, selection.read_ids(ids_file))
        elif saved_name:
            chosen = selection.by_name(library, saved_name, limit, whole=whole)
        else:
            chosen = selection.by_query(library, asked, limit, whole=whole)
        form = _form(to, style, group_by, parts, title)
        told = _progress(report, len(chosen.ids))
        with writing(target, binary=exporting.is_binary(to)) as stream:
            written = exporting.export(
                library, chosen, to, stream, form=form, template=template, progress=told
            )
        warnings = _warnings(library, chosen)
    for note in chosen.notes:
        say(f"Note: {note}")
    for warning in warnings:
        say(f"Warning: {warning}")
    say(f"{written} record{'' if written == 1 else 's'} written as {to}{f' to {target}' if target else ''}.")


def _progress(report: Any, total: int) -> Any:
    return lambda done: report("Writing", done, total)


def _one_choice(asked: Query, *others: object) -> None:
    given = [*(other for other in others if other), *([asked] if asked.text or asked.filters else [])]
    if len(given) > 1:
        raise click.UsageError("choose by one of these: a search, --saved, --list, --ids.")


def _check_document(to: str, given: dict[str, object]) -> None:
    from kb.leaving import DOCUMENTS

    for name, value in given.items():
        if value and to not in DOCUMENTS:
            raise click.UsageError(f"{name} is for documents ({', '.join(DOCUMENTS)}), not for {to}.")
        if value and name == "--template" and to != "docx":
            raise click.UsageError(f"--template is for docx, not for {to}.")


def _form(to: str, style: str, group_by: Any, parts: frozenset[Any], title: str) -> Any:
    from kb.leaving import DOCUMENTS

    if to not in DOCUMENTS:
        return None
    from kb.bibliography import Form

    return Form(style, group_by, parts, title)


def _warnings(library: KnowledgeBase, chosen: Selection) -> list[str]:
    from kb.retractions import notices, warnings

    return warnings(notices(library.store, chosen.ids))


COMMANDS = (export,)
