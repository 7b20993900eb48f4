"""The command that asks about one tag after the other: tag review."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpus.query import DIRECTIONS
from kb.cli.options import print_json, say

if TYPE_CHECKING:
    from corpus.store import Store
    from kb.deciding_tags import Decider
    from kb.deciding_tags_review import Waiting

_KEYS = "[y]es [n]o [s]kip [u]ndo [q]uit"
#: Key -> the direction that the theme has in truth.
_DIRECTION_KEYS = {direction[0]: direction for direction in DIRECTIONS}


@click.command()
@click.option("--theme", metavar="ID", help="Only tags of this theme.")
@click.option("--direction", type=click.Choice(DIRECTIONS), help="Only tags in this direction.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="So many tags at most.")
@click.option("--others", is_flag=True, help="Those too that others decided on; what they said is not shown.")
@click.option(
    "--by", metavar="WHO", help="Who decides; else KB_USER, the user of git, or the name of the login."
)
@click.option("--json", "as_json", is_flag=True, help="The tags that wait, as JSON; nothing is asked.")
@click.pass_obj
def review(
    db: Path,
    theme: str | None,
    direction: str | None,
    limit: int | None,
    others: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Ask about the tags that nobody decided on, the least certain first.

    Keys: y right, n wrong, b e d right theme but a barrier, enabler or driver, s skip, u undo, q quit. What
    was said is kept at once. Not on a terminal, the tags are listed.

    \b
    Example:
      kb tag review --theme trust-relationships --limit 20
    """
    from corpus.store import Store
    from kb.deciding_tags import Decider, who
    from kb.deciding_tags_review import lines, shown, waiting

    with Store.open(db) as store:
        decider = Decider(store, who(by))
        theme = decider.theme(theme).id if theme else None
        decider.prepare()
        keys = waiting(store, theme=theme, direction=direction, others=decider.by if others else None)
        keys = keys[:limit]
        if not as_json and keys and _is_terminal():
            _ask(store, decider, keys)
            return
        rows = [each for key in keys if (each := shown(store, key))]
    if as_json:
        print_json([each.to_dict() for each in rows])
        return
    for each in rows:
        click.echo("\n".join(lines(each)) + "\n")
    say(f"{len(rows)} tags wait for a decision." if rows else "No tag waits for a decision.")


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _ask(store: Store, decider: Decider, keys: list[tuple[str, str, str | None]]) -> None:
    """Ask about each tag in turn; Ctrl-C and Ctrl-D are other ways to quit."""
    from kb.deciding_tags_review import lines, shown

    decided: list[int] = []
    stale = False
    place = 0
    while place < len(keys):
        each = shown(store, keys[place])
        if each is None:
            decided.append(0)
            place += 1
            continue
        click.echo(f"\n{place + 1} of {len(keys)}")
        click.echo("\n".join(lines(each, click.style("{}", bold=True, reverse=True))))
        key = _key(each)
        if key == "q":
            break
        if key == "u":
            place, changed = _undo(decider, decided, place)
        else:
            count, changed = _carry_out(decider, each, key)
            decided.append(count)
            place += 1
        stale = stale or changed
    say(f"{sum(count > 0 for count in decided)} decided.")
    if stale:
        say("Run `kb index` to bring the search up to date.")


def _key(each: Waiting) -> str:
    """The key that was pressed, of those that mean something here; "q" also for Ctrl-C and Ctrl-D."""
    others = {
        key: direction
        for key, direction in _DIRECTION_KEYS.items()
        if each.axis == "factor" and direction != each.tag.direction
    }
    asked = "".join(f" [{direction[0]}]{direction[1:]}" for direction in others.values())
    click.echo(f"{_KEYS}{asked}: ", nl=False)
    while True:
        try:
            pressed = click.getchar().lower()
        except (KeyboardInterrupt, EOFError):
            pressed = "q"
        if pressed in (*"ynsuq", *others):
            click.echo(pressed)
            return pressed


def _carry_out(decider: Decider, each: Waiting, key: str) -> tuple[int, bool]:
    """(how many decisions a key made, whether the index is stale)."""
    from kb.deciding_tags import corrections

    if key == "s":
        return 0, False
    decided = decider.decide(corrections(each.tag, key, _DIRECTION_KEYS.get(key), decider.by))
    return len(decided.verdicts), decided.stale


def _undo(decider: Decider, decided: list[int], place: int) -> tuple[int, bool]:
    """(the place to go back to, whether the index is stale) after the last answer was taken back."""
    if not decided:
        say("Nothing was said yet.")
        return place, False
    stale = [decider.undo().stale for _ in range(decided.pop())]
    return place - 1, any(stale)
