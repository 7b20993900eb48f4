"""The command that learns from what people said: themes learn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.options import print_json, print_rows, progress, say

if TYPE_CHECKING:
    from corpus.store import Store
    from kb.learning import Learned


@click.command()
@click.option(
    "--gold",
    "golds",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also learn from a file of labels, in the form of corpus/gold/themes.jsonl.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--force", is_flag=True, help="Use it even if its score is worse.")
@click.option("--undo", is_flag=True, help="Go back to what was in use before.")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
@click.pass_obj
def learn(db: Path, golds: tuple[Path, ...], dry_run: bool, force: bool, undo: bool, as_json: bool) -> None:
    """Fit the scores of the tagger to your decisions and labels; say what changed, and tag anew.

    \b
    Examples:
      kb themes learn --dry-run
      kb themes learn --gold corpus/gold/themes.jsonl
    """
    from corpus.store import Store
    from kb import learning

    with Store.open(db) as store:
        if undo:
            version = learning.undo(store)
            _tag(store)
            if as_json:
                print_json({"version": version})
            else:
                click.echo(f"Back to the model {version}.")
            return
        learned = learning.learn(store, golds, force=force, dry_run=dry_run)
        if learned.used:
            _tag(store)
    _report(learned, as_json)
    if not learned.used and not dry_run:
        raise click.exceptions.Exit(1)


def _tag(store: Store) -> None:
    from kb import tagging

    with progress() as report:
        tagged = tagging.tag(store, report=report)
    if tagged.read:
        say(f"{tagged.read} records tagged anew. Run `kb index` so that filters see the new tags.")


def _report(learned: Learned, as_json: bool) -> None:
    content = learned.to_dict()
    if as_json:
        print_json(content)
    else:
        say(f"Learned from {learned.decisions} decisions and {learned.labels} labelled records of yours.")
        rows = [{"": when, **content[when]} for when in ("before", "after")]
        print_rows(rows, "text", ("", "precision", "recall", "f1", "calibration_error"))
        for theme, before, after in learned.moved:
            click.echo(f"  {theme}: {before} -> {after} tags kept")
    if learned.used:
        say(f"The model {learned.model.version} is in use; `kb themes learn --undo` takes it back.")
    elif learned.after.f1 < learned.before.f1:
        say("The cross-validated F1 is worse, so it is not used; --force uses it all the same.")
