"""Commands on tags: tag and what stands below it, why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.query import DIRECTIONS
from kb.cli.options import Output, output_options, print_json, print_rows, progress, say, themes_option
from kb.cli.tag_review import review
from kb.cli.tag_sheets import SHEETS

if TYPE_CHECKING:
    from kb.deciding_tags import Decided, Decider

_COLUMNS = (
    *("decided_at", "decided_by", "kind", "record", "theme", "direction", "quote", "note"),
    *("undone_by", "undone_at"),
)

_direction = click.option(
    "--direction", type=click.Choice([*DIRECTIONS, "none"]), help="Of a factor; without it, every one."
)
_note = click.option("--note", default="", help="Why, to be kept with the decision.")
_by = click.option(
    "--by", metavar="WHO", help="Who decides; else KB_USER, the user of git, or the name of the login."
)
_json = click.option("--json", "as_json", is_flag=True, help="What was decided, as JSON.")


@click.group(invoke_without_command=True)
@themes_option
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON.")
@click.pass_context
def tag(context: click.Context, themes: Path | None, as_json: bool) -> None:
    """Tag what is new or changed; say which tags are right, wrong or missing.

    \b
    Examples:
      kb tag
      kb tag --themes my-themes.yml
      kb tag reject darlington-2005-interagency resources --direction barrier
    """
    if context.invoked_subcommand:
        return
    from corpus.store import Store
    from kb import tagging, vocabulary

    with progress() as report, Store.open(context.obj) as store:
        vocabulary.bring_if_given(store, themes, report)
        tagged = tagging.tag(store, report=report)
    if as_json:
        print_json({"read": tagged.read, "tags": tagged.tags, "version": tagged.version})
    else:
        click.echo(f"{tagged.read} records read, {tagged.tags} tags in the file, by {tagged.version}.")
    if tagged.read:
        say("Run `kb index` so that filters by theme see the new tags.")


@tag.command()
@click.argument("record_id", metavar="ID")
@click.argument("theme", metavar="THEME")
@_direction
@click.option("--quote", default="", help="The words of the record that say so.")
@_note
@_by
@_json
@click.pass_obj
def add(
    db: Path,
    record_id: str,
    theme: str,
    direction: str | None,
    quote: str,
    note: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Put a theme on a record that the program did not find there.

    \b
    Example:
      kb tag add darlington-2005-interagency communication --direction enabler --quote "Contact between"
    """
    _decide(db, by, as_json, lambda decider: decider.add(record_id, theme, direction, quote, note))


@tag.command()
@click.argument("record_id", metavar="ID")
@click.argument("theme", metavar="THEME")
@_direction
@_note
@_by
@_json
@click.pass_obj
def accept(
    db: Path, record_id: str, theme: str, direction: str | None, note: str, by: str | None, as_json: bool
) -> None:
    """Say that a tag is right: it stays whatever the program thinks later.

    \b
    Example:
      kb tag accept darlington-2005-interagency resources --direction barrier
    """
    _decide(db, by, as_json, lambda decider: decider.accept(record_id, theme, direction, note))


@tag.command()
@click.argument("record_id", metavar="ID")
@click.argument("theme", metavar="THEME")
@_direction
@_note
@_by
@_json
@click.pass_obj
def reject(
    db: Path, record_id: str, theme: str, direction: str | None, note: str, by: str | None, as_json: bool
) -> None:
    """Say that a tag is wrong: it counts nowhere any more, and `kb why` still shows it.

    \b
    Example:
      kb tag reject darlington-2005-interagency resources --note "named in passing"
    """
    _decide(db, by, as_json, lambda decider: decider.reject(record_id, theme, direction, note))


@tag.command()
@click.argument("record_id", metavar="[ID", required=False)
@click.argument("theme", metavar="THEME]", required=False)
@_direction
@_by
@_json
@click.pass_obj
def undo(
    db: Path, record_id: str | None, theme: str | None, direction: str | None, by: str | None, as_json: bool
) -> None:
    """Take your last decision back: of all, or on a record, or on a theme there.

    \b
    Example:
      kb tag undo
    """
    _decide(db, by, as_json, lambda decider: decider.undo(record_id, theme, direction), "taken back: ")


@tag.command()
@output_options
@click.pass_obj
def decisions(db: Path, output: Output) -> None:
    """List every decision about tags, the earliest first, with those that were taken back.

    \b
    Example:
      kb tag decisions --csv
    """
    from corpus.store import Store
    from corpus.verdict import verdicts

    with Store.open(db) as store:
        rows = [verdict.to_dict() for verdict in verdicts(store)]
    print_rows(rows, output, _COLUMNS)
    if not rows:
        say("Nobody decided about a tag yet; `kb tag review` asks.")


@click.command()
@click.argument("record_id", metavar="ID")
@click.option("--theme", metavar="ID", help="Only this theme; where it is absent, what was lacking.")
@click.option("--direction", type=click.Choice(DIRECTIONS), help="With --theme: only in this direction.")
@click.option("--json", "as_json", is_flag=True, help="The tags as JSON.")
@click.pass_obj
def why(db: Path, record_id: str, theme: str | None, direction: str | None, as_json: bool) -> None:
    """Show the words that earned each tag of a record, and what people decided; or why a theme is absent.

    \b
    Examples:
      kb why darlington-2005-interagency
      kb why darlington-2005-interagency --theme communication
    """
    from kb.deciding_tags_why import account, lines
    from kb.knowledge_base import KnowledgeBase

    with KnowledgeBase.open(db) as library:
        content = account(library, record_id, theme, direction)
    if as_json:
        print_json(content)
        return
    click.secho(f"{content['title']} ({content['year'] or 'n.d.'})", bold=True)
    for line in lines(content, click.style("{}", bold=True)):
        click.echo(line)


def _decide(
    db: Path, by: str | None, as_json: bool, decide: Callable[[Decider], Decided], said: str = ""
) -> None:
    """Carry out a decision and say what it did."""
    from corpus.store import Store
    from kb.deciding_tags import Decider, named, who

    with Store.open(db) as store:
        decided = decide(Decider(store, who(by)))
    made: list[dict[str, Any]] = [verdict.to_dict() for verdict in decided.verdicts]
    if as_json:
        print_json({"decisions": made, "stale": decided.stale})
    else:
        for each in made:
            click.echo(
                f"{said}{each['kind']} {each['record']} {named(each['theme'], each['direction'])},"
                f" by {each['decided_by']}"
            )
    if not made:
        say("It was so before; nothing was changed.")
    if decided.stale:
        say("Run `kb index` to bring the search up to date.")


for _command in (review, *SHEETS):
    tag.add_command(_command)

COMMANDS = (tag, why)
