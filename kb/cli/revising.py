"""Commands that change the vocabulary: themes rename, merge, split, retire, undo, import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from corpus.theme import AXES
from kb.cli.options import print_json, progress, say

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _change(command: _Command) -> _Command:
    """``--dry-run`` and ``--json``, of every command that changes the vocabulary."""
    dry = click.option("--dry-run", is_flag=True, help="Report what would move, and change nothing.")
    return dry(click.option("--json", "as_json", is_flag=True, help="The report as JSON.")(command))


@click.command()
@click.argument("theme_id", metavar="ID")
@click.argument("label", required=False)
@click.option("--id", "new_id", metavar="NEW", help="A new id; the old one is retired and leads to it.")
@_change
@click.pass_obj
def rename(
    db: Path, theme_id: str, label: str | None, new_id: str | None, dry_run: bool, as_json: bool
) -> None:
    """Give a theme another label, or with --id another id; its tags go along.

    \b
    Example:
      kb themes rename power-status "Power and standing"
    """
    from kb import vocabulary

    if not label and not new_id:
        raise click.UsageError("give a label, or an id with --id.")
    _run(db, dry_run, as_json, lambda store, told: vocabulary.rename(store, theme_id, label, new_id, told))


@click.command()
@click.argument("theme_ids", nargs=-1, required=True, metavar="ID...")
@click.option("--into", required=True, metavar="ID", help="One of them, another theme, or a new id.")
@click.option("--label", help="Its label from now on; a new id takes that of the first.")
@_change
@click.pass_obj
def merge(
    db: Path, theme_ids: tuple[str, ...], into: str, label: str | None, dry_run: bool, as_json: bool
) -> None:
    """Make one theme of several; their tags, and what people decided on them, go along.

    \b
    Example:
      kb themes merge hospital community-health --into health-services --label "Health services"
    """
    from kb import vocabulary

    _run(db, dry_run, as_json, lambda store, told: vocabulary.merge(store, theme_ids, into, label, told))


@click.command()
@click.argument("theme_id", metavar="ID")
@click.option("--into", required=True, metavar="NEW", help="The id of the new theme.")
@click.option("--label", required=True, help="Its label.")
@click.option(
    "--terms",
    required=True,
    metavar="N,N-N",
    callback=lambda _, __, text: _numbers(text),
    help="The terms that go there, as `kb themes show ID` numbers them.",
)
@_change
@click.pass_obj
def split(
    db: Path, theme_id: str, into: str, label: str, terms: list[int], dry_run: bool, as_json: bool
) -> None:
    """Make some terms of a theme a theme of their own; tags and examples go where their words go.

    \b
    Example:
      kb themes split time-workload --into workload --label Workload --terms 1,9-11
    """
    from kb import vocabulary

    _run(
        db, dry_run, as_json, lambda store, told: vocabulary.split(store, theme_id, into, label, terms, told)
    )


def _numbers(text: str) -> list[int]:
    """The numbers of "1,9-11"."""
    numbers: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()) or int(last or first) > 100_000:
            raise click.BadParameter(f"`{part}` is no number; write for instance 1,9-11.")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


@click.command()
@click.argument("theme_id", metavar="ID")
@click.option("--replaced-by", metavar="ID", help="The theme that takes its place.")
@_change
@click.pass_obj
def retire(db: Path, theme_id: str, replaced_by: str | None, dry_run: bool, as_json: bool) -> None:
    """Take a theme out of use; its id never returns.

    \b
    Example:
      kb themes retire specialisation --replaced-by roles-boundaries
    """
    from kb import vocabulary

    _run(db, dry_run, as_json, lambda store, told: vocabulary.retire(store, theme_id, replaced_by, told))


@click.command()
@_change
@click.pass_obj
def undo(db: Path, dry_run: bool, as_json: bool) -> None:
    """Go back to the vocabulary before the last change, and to its tags.

    \b
    Example:
      kb themes undo
    """
    from kb import vocabulary

    _run(db, dry_run, as_json, lambda store, told: vocabulary.undo(store, told))


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--axis", type=click.Choice(AXES), default="kind", show_default=True, help="Of a thesaurus.")
@click.option("--language", default="en", show_default=True, help="The labels to read of a thesaurus.")
@_change
@click.pass_obj
def import_(db: Path, file: Path, axis: str, language: str, dry_run: bool, as_json: bool) -> None:
    """Use another vocabulary from now on: YAML, or SKOS as Turtle, JSON-LD or RDF/XML; checked first.

    \b
    Example:
      kb themes import my-themes.yml --dry-run
    """
    from kb import vocabulary

    _run(db, dry_run, as_json, lambda store, told: vocabulary.bring(store, file, axis, language, told))


def _run(db: Path, dry_run: bool, as_json: bool, change: Callable[[Any, Any], Any]) -> None:
    """Change the vocabulary, or a copy of the evidence file in memory, and report what moved."""
    from corpus.store import Store
    from kb.vocabulary_display import moved_dict, moved_lines

    with progress() as report, Store.open(db) if not dry_run else Store.scratch(db) as store:
        moved = change(store, report)
    if moved is None:
        say("Nothing changed: this vocabulary is in use already.")
        if as_json:
            print_json(None)
        return
    if as_json:
        print_json(moved_dict(moved))
    else:
        for line in moved_lines(moved):
            click.echo(line)
    if dry_run:
        say("Nothing was changed: this was a dry run.")
    elif moved.added or moved.removed:
        say("Run `kb index` so that filters by theme see the new tags.")


REVISIONS = (rename, merge, split, retire, undo, import_)
