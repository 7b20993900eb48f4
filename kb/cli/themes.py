"""Commands on the vocabulary: themes and what stands below it."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from corpus.theme import AXES
from kb.cli.options import Output, output_options, print_json, print_rows, say, writing
from kb.cli.revising import REVISIONS

_COLUMNS = ("id", "axis", "group", "label", "records", "barrier", "enabler", "driver")

_axis = click.option("--axis", type=click.Choice(AXES), help="Only the themes of one axis.")
_json = click.option("--json", "as_json", is_flag=True, help="The same as JSON.")


@click.group(invoke_without_command=True)
@_axis
@output_options
@click.pass_context
def themes(context: click.Context, axis: str | None, output: Output) -> None:
    """List the themes and how many records carry each; show, check and edit the vocabulary.

    \b
    Example:
      kb themes --axis factor
    """
    if not context.invoked_subcommand:
        _list(context.obj, axis, output)


def _list(db: Path, axis: str | None, output: Output) -> None:
    from corpus.store import Store
    from kb.display import theme_counts

    with Store.open(db) as store:
        rows = theme_counts(store, axis)
    print_rows(rows, output, _COLUMNS)


@themes.command("list")
@_axis
@output_options
@click.pass_obj
def list_(db: Path, axis: str | None, output: Output) -> None:
    """List the themes, and how many records carry each.

    \b
    Example:
      kb themes list --axis setting --csv
    """
    _list(db, axis, output)


@themes.command()
@click.argument("theme_id", metavar="ID")
@_json
@click.pass_obj
def show(db: Path, theme_id: str, as_json: bool) -> None:
    """Show a theme: its scope, its terms by number, examples, crosswalk, records and history.

    \b
    Example:
      kb themes show trust-relationships
    """
    from corpus.store import Store
    from kb.vocabulary_display import theme_account, theme_lines

    with Store.open(db) as store:
        content = theme_account(store, theme_id)
    if as_json:
        print_json(content)
        return
    for line in theme_lines(content):
        click.echo(line)


@themes.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@_json
@click.pass_obj
def check(db: Path, file: Path | None, as_json: bool) -> None:
    """Check a vocabulary file, or the vocabulary in use: form, patterns, terms claimed twice, examples.

    A line for each fault. Warnings are questions; anything else keeps the file from being imported.

    \b
    Example:
      kb themes check my-themes.yml
    """
    from kb import vocabulary
    from kb.vocabulary_display import fault_dict

    with _if_there(db) as store:
        faults = vocabulary.check(file, store)
    errors = sum(not fault.warning for fault in faults)
    if as_json:
        print_json([fault_dict(fault) for fault in faults])
    else:
        for fault in faults:
            click.echo(str(fault))
    say(f"{errors} errors, {len(faults) - errors} warnings.")
    sys.exit(1 if errors else 0)


@themes.command()
@click.argument("one", metavar="FILE|NUMBER")
@click.argument("other", metavar="[FILE|NUMBER]", required=False)
@_json
@click.pass_obj
def diff(db: Path, one: str, other: str | None, as_json: bool) -> None:
    """Show what a vocabulary has that another has not: files, or numbers of `kb themes history`.

    With one name: what it has that the vocabulary in use has not.

    \b
    Example:
      kb themes diff my-themes.yml
    """
    from kb import vocabulary
    from kb.vocabulary_display import difference_dict

    with _if_there(db) as store:
        found = vocabulary.compare(store, one, other)
    if as_json:
        print_json(difference_dict(found))
        return
    for line in found.lines():
        click.echo(line)
    if not found:
        say("No difference.")


@themes.command()
@output_options
@click.pass_obj
def history(db: Path, output: Output) -> None:
    """List the vocabularies that the evidence file has had; the last one is in use.

    \b
    Example:
      kb themes history
    """
    from dataclasses import asdict

    from corpus.store import Store
    from corpus.vocabulary.history import editions

    with Store.open(db) as store:
        rows = [asdict(edition) for edition in editions(store)]
    print_rows(rows, output, ("id", "version", "made_at", "source", "change"))


@themes.command()
@click.option("-o", "--output", "target", metavar="FILE", help="The file to write; without one, stdout.")
@click.option(
    "--to", "kind", type=click.Choice(["yaml", "turtle", "json-ld"]), default="yaml", show_default=True
)
@click.pass_obj
def export(db: Path, target: str | None, kind: Any) -> None:
    """Write the vocabulary in use to a file: as YAML to edit, or as SKOS.

    \b
    Example:
      kb themes export --to turtle -o themes.ttl
    """
    from kb import vocabulary

    with _if_there(db) as store:
        text = vocabulary.export(store, kind)
    with writing(target) as stream:
        stream.write(text)


def _if_there(db: Path) -> AbstractContextManager[Any]:
    """The evidence file; where there is none nothing, and the vocabulary that comes along serves."""
    from contextlib import nullcontext

    from corpus.store import Store

    return Store.open(db) if db.exists() else nullcontext()


for _command in REVISIONS:
    themes.add_command(_command)

COMMANDS = (themes,)
