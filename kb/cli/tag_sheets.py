"""Commands for those who code in a spreadsheet: tag export, tag import, tag agreement."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from corpus.query import DIRECTIONS
from kb.cli.options import Output, output_options, print_json, print_rows, say, writing

_by = click.option(
    "--by", metavar="WHO", help="Who decides; else KB_USER, the user of git, or the name of the login."
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_COUNTS = ("n", "agreement", "kappa", "error", "yes_yes", "yes_no", "no_yes", "no_no")


@click.command("export")
@click.option("-o", "--output", "target", metavar="FILE", help="The file to write; without one, stdout.")
@click.option("--theme", metavar="ID", help="Only tags of this theme.")
@click.option("--direction", type=click.Choice(DIRECTIONS), help="Only tags in this direction.")
@click.option("--coder", default="", metavar="WHO", help="With what this person decided filled in.")
@click.pass_obj
def export(db: Path, target: str | None, theme: str | None, direction: str | None, coder: str) -> None:
    """Write a coding sheet: a row for each tag, with a column `decision` to fill in.

    \b
    Example:
      kb tag export --theme trust-relationships -o codes.csv
    """
    from corpus.store import Store
    from kb import vocabulary
    from kb.deciding_tags_sheet import sheet, write_sheet

    with Store.open(db) as store, writing(target) as stream:
        theme = vocabulary.known(store, theme).id if theme else None
        if target and target != "-":
            # Excel takes a file without this mark for one of its own code page.
            stream.write("\ufeff")
        count = write_sheet(sheet(store, theme, direction, coder=coder), stream)
    say(f"{count} tags written; fill in `decision` with accept, reject or add, then `kb tag import`.")


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@_by
@click.option("--dry-run", is_flag=True, help="Say what would come in, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON.")
@click.pass_obj
def import_(db: Path, files: tuple[Path, ...], by: str | None, dry_run: bool, as_json: bool) -> None:
    """Take in the decisions of coding sheets (CSV, Excel); one without `decision` is all additions.

    A row names its record by id, DOI or title. Rows that are not understood are told, the rest is taken.

    \b
    Example:
      kb tag import codes.csv --by anna
    """
    from corpus.store import Store
    from kb.deciding_tags import Decider, who
    from kb.deciding_tags_import import bring

    with Store.scratch(db) if dry_run else Store.open(db) as store:
        decider = Decider(store, who(by))
        brought = [bring(decider, path) for path in files]
    if as_json:
        print_json([{"file": str(path), **each.to_dict()} for path, each in zip(files, brought, strict=True)])
    for path, each in zip(files, brought, strict=True):
        for line in each.left:
            say(line)
        if not as_json:
            click.echo(f"{path}: {each}")
    if any(each.stale for each in brought) and not dry_run:
        say("Run `kb index` to bring the search up to date.")
    sys.exit(1 if any(each.left for each in brought) else 0)


@click.command()
@click.argument("files", nargs=-1, type=_FILE, metavar="[A.csv [B.csv]]")
@click.option("--coder", "coders", multiple=True, metavar="WHO", help="Twice: two people of the file.")
@output_options
@click.pass_obj
def agreement(db: Path, files: tuple[Path, ...], coders: tuple[str, ...], output: Output) -> None:
    """Compare two coders on the tags that both decided on: percent agreement and Cohen's kappa.

    \b
    Examples:
      kb tag agreement anna.csv bela.csv
      kb tag agreement --coder anna --coder bela
    """
    from corpus.store import Store
    from kb.deciding_tags import Decider
    from kb.deciding_tags_agreement import compare_coders, compare_sheets

    if bool(files) == bool(coders) or len(files) > 2 or len(coders) not in (0, 2):
        raise click.UsageError("Name one or two sheets, or two people with --coder, each once.")
    left: list[str] = []
    with Store.open(db) as store:
        if coders:
            found = compare_coders(store, coders)
        else:
            found, left = compare_sheets(Decider(store, ""), files)
    if output == "json":
        print_json(found.to_dict())
    else:
        rows: list[dict[str, Any]] = [
            {"theme": theme, **table.to_dict()} for theme, table in found.themes.items()
        ]
        print_rows([*rows, {"theme": "all", **found.total.to_dict()}], output, ("theme", *_COUNTS))
    say(found.summary())
    for line in left:
        say(line)
    sys.exit(1 if left else 0)


SHEETS = (export, import_, agreement)
