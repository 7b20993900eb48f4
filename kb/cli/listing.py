"""Commands for shortlists: kb list add, show, names, note, move, remove, rename, delete, undo."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.cli.options import Output, output_options, print_rows, say

_by_option = click.option("--by", default="", metavar="WHO", help="Who decides; without it, the user.")


@click.group(name="list")
def list_() -> None:
    """Keep shortlists: records in an order, with a note each.

    \b
    Example:
      kb list add briefing darlington-2005-interagency --note "the survey to quote"
    """


@list_.command()
@click.argument("name")
@click.argument("record_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--note", default="", help="A note on each of them.")
@_by_option
@click.pass_obj
def add(db: Path, name: str, record_ids: tuple[str, ...], note: str, by: str) -> None:
    """Put records at the end of a list; `-` reads their ids from stdin.

    \b
    Examples:
      kb list add briefing darlington-2005-interagency --note "the survey to quote"
      kb search trust --nl | jq -r .id | kb list add briefing -
    """
    from corpus.store import Store
    from kb.lists import Lister
    from kb.selection import read_ids

    ids = read_ids(sys.stdin) if record_ids == ("-",) else record_ids
    with Store.open(db) as store:
        new = Lister(store, by).add(name, ids, note)
    there = len(set(ids)) - len(new)
    noted = " and noted anew" if note else ""
    say(f"{name}: {len(new)} added" + (f", {there} there already{noted}." if there else "."))


@list_.command()
@click.argument("name")
@output_options
@click.pass_obj
def show(db: Path, name: str, output: Output) -> None:
    """Show a list in its order.

    \b
    Example:
      kb list show briefing
    """
    from corpus.store import Store
    from kb.lists import entries

    with Store.open(db) as store:
        found = entries(store, name)
        titles = {record.id: record for record in store.records([entry.record for entry in found])}
    rows = [
        {
            "place": place,
            "record": entry.record,
            "title": titles[entry.record].title if entry.record in titles else "(no longer in the library)",
            "year": titles[entry.record].year if entry.record in titles else None,
            "note": entry.note,
            "added_by": entry.added_by,
            "added_at": entry.added_at,
        }
        for place, entry in enumerate(found, start=1)
    ]
    print_rows(rows, output, ("place", "record", "title", "year", "note"))
    if not rows:
        say(f"{name} is empty.")


@list_.command()
@output_options
@click.pass_obj
def names(db: Path, output: Output) -> None:
    """Name every list.

    \b
    Example:
      kb list names
    """
    from corpus.store import Store
    from kb.lists import lists

    with Store.open(db) as store:
        rows = [found.to_dict() for found in lists(store)]
    print_rows(rows, output, ("name", "records", "changed_at", "changed_by"))
    if not rows:
        say("There is no list yet; `kb list add NAME ID...` makes one.")


@list_.command()
@click.argument("name")
@click.argument("record_id", metavar="ID")
@click.argument("text", nargs=-1)
@_by_option
@click.pass_obj
def note(db: Path, name: str, record_id: str, text: tuple[str, ...], by: str) -> None:
    """Set the note of a record in a list; without TEXT, take it away.

    \b
    Example:
      kb list note briefing darlington-2005-interagency "page 1089 has the figure"
    """
    from corpus.store import Store
    from kb.lists import Lister

    with Store.open(db) as store:
        Lister(store, by).note(name, record_id, " ".join(text))
    say(f"{name}: the note of {record_id} is {'set' if text else 'taken away'}.")


@list_.command()
@click.argument("name")
@click.argument("record_id", metavar="ID")
@click.option("--to", type=click.IntRange(min=1), required=True, help="The place, from 1.")
@_by_option
@click.pass_obj
def move(db: Path, name: str, record_id: str, to: int, by: str) -> None:
    """Put a record of a list at another place.

    \b
    Example:
      kb list move briefing darlington-2005-interagency --to 1
    """
    from corpus.store import Store
    from kb.lists import Lister

    with Store.open(db) as store:
        place = Lister(store, by).move(name, record_id, to)
    say(f"{name}: {record_id} is at place {place}.")


@list_.command()
@click.argument("name")
@click.argument("record_ids", metavar="ID...", nargs=-1, required=True)
@_by_option
@click.pass_obj
def remove(db: Path, name: str, record_ids: tuple[str, ...], by: str) -> None:
    """Take records out of a list.

    \b
    Example:
      kb list remove briefing darlington-2005-interagency
    """
    from corpus.store import Store
    from kb.lists import Lister

    with Store.open(db) as store:
        out = Lister(store, by).remove(name, record_ids)
    say(f"{name}: {len(out)} taken out; `kb list undo {name}` brings back what was.")


@list_.command()
@click.argument("name")
@click.argument("new")
@_by_option
@click.pass_obj
def rename(db: Path, name: str, new: str, by: str) -> None:
    """Give a list another name.

    \b
    Example:
      kb list rename briefing minister
    """
    from corpus.store import Store
    from kb.lists import Lister

    with Store.open(db) as store:
        Lister(store, by).rename(name, new)
    say(f"{name} is called {new} now.")


@list_.command()
@click.argument("name")
@_by_option
@click.pass_obj
def delete(db: Path, name: str, by: str) -> None:
    """Take a list away.

    \b
    Example:
      kb list delete briefing
    """
    from corpus.store import Store
    from kb.lists import Lister

    with Store.open(db) as store:
        count = Lister(store, by).delete(name)
    say(f"{name} is taken away, with {count} entries; `kb list undo {name}` brings it back.")


@list_.command()
@click.argument("name")
@_by_option
@click.pass_obj
def undo(db: Path, name: str, by: str) -> None:
    """Take back the last change of a list.

    \b
    Example:
      kb list undo briefing
    """
    from corpus.store import Store
    from kb.lists import Lister

    with Store.open(db) as store:
        told = Lister(store, by).undo(name)
    say(f"Taken back: {told}.")


COMMANDS = (list_,)
