"""Commands on the vocabulary: themes."""

from __future__ import annotations

import click

from corpus.theme import AXES
from kb.cli.options import Output, output_options, print_rows


@click.group(invoke_without_command=True)
@click.option("--axis", type=click.Choice(AXES), help="Only the themes of one axis.")
@output_options
@click.pass_context
def themes(context: click.Context, axis: str | None, output: Output) -> None:
    """List the themes, and how many records carry each.

    \b
    Example:
      kb themes --axis factor
    """
    if context.invoked_subcommand:
        return
    from corpus.store import Store
    from kb.display import theme_counts

    with Store.open(context.obj) as store:
        rows = theme_counts(store, axis)
    print_rows(rows, output, ("id", "axis", "group", "label", "records", "barrier", "enabler", "driver"))


COMMANDS = (themes,)
