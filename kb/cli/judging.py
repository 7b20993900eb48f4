"""Commands that say which descriptions are of one work: dedupe, merge, split."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.options import from_option, map_option, print_json, say

if TYPE_CHECKING:
    from corpus.record import Record
    from corpus.store import Store
    from ingest.deciding import Decided

_CHOICES = {"a": "accept", "r": "reject", "s": "skip", "q": "quit"}

_note_option = click.option("--note", default="", help="Why, to be kept with the decision.")


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@from_option
@map_option
@click.option("--review", is_flag=True, help="The pairs of the evidence file that look alike and are two.")
@click.option("--accept", nargs=2, metavar="ID ID", help="The two are one work.")
@click.option("--reject", nargs=2, metavar="ID ID", help="The two are two works, for good.")
@_note_option
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help='{"groups": [["id1", "id2"], ...]} by the ids in the files; with --review the pairs.',
)
@click.pass_obj
def dedupe(
    db: Path,
    files: tuple[str, ...],
    format_: str | None,
    columns: Mapping[str, str],
    review: bool,
    accept: tuple[str, str] | None,
    reject: tuple[str, str] | None,
    note: str,
    as_json: bool,
) -> None:
    """List the groups of duplicates in files, with the reasons; or judge doubtful pairs.

    \b
    Examples:
      kb dedupe scopus.ris pubmed.nbib --json
      kb dedupe --review
      kb dedupe --reject berg-2005-trust berg-2006-trust --note "two editions"
    """
    judging = [name for name, given in (("review", review), ("accept", accept), ("reject", reject)) if given]
    if len(judging) + bool(files) != 1:
        raise click.UsageError("Name files, or one of --review, --accept, --reject.")
    if files:
        _group_files(files, format_, columns, as_json)
        return
    from corpus.store import Store
    from ingest import deciding
    from kb.deciding_tags import who

    with Store.open(db) as store:
        if review:
            _review(store, as_json)
        elif accept:
            _carry_out(store, deciding.merge(store, accept, note, who()), as_json)
        elif reject:
            _carry_out(store, deciding.reject(store, *reject, note, who()), as_json)


@click.command()
@click.argument("record_ids", nargs=-1, required=True, metavar="ID ID...")
@_note_option
@click.option("--json", "as_json", is_flag=True, help="The record that they are now, as JSON.")
@click.pass_obj
def merge(db: Path, record_ids: tuple[str, ...], note: str, as_json: bool) -> None:
    """Make one record of several; the oldest id stays, the others lead to it.

    \b
    Example:
      kb merge berg-2005-trust berg-2006-trust
    """
    if len(record_ids) < 2:
        raise click.UsageError("Name two records or more.")
    from corpus.store import Store
    from ingest import deciding
    from kb.deciding_tags import who

    with Store.open(db) as store:
        _carry_out(store, deciding.merge(store, record_ids, note, who()), as_json)


@click.command()
@click.argument("record_id", metavar="ID")
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.IntRange(min=1),
    metavar="N",
    help="A description that goes, as `kb show ID --sources` numbers them; without it all go apart.",
)
@_note_option
@click.option("--json", "as_json", is_flag=True, help="The records that it is now, as JSON.")
@click.pass_obj
def split(db: Path, record_id: str, parts: tuple[int, ...], note: str, as_json: bool) -> None:
    """Take a record apart into the works that its descriptions are of.

    \b
    Example:
      kb split berg-2005-trust --part 2
    """
    from corpus.store import Store
    from ingest import deciding
    from kb.deciding_tags import who

    with Store.open(db) as store:
        _carry_out(store, deciding.split(store, record_id, parts, note, who()), as_json)


def _group_files(
    files: tuple[str, ...], format_: str | None, columns: Mapping[str, str], as_json: bool
) -> None:
    from ingest.works.dedupe import group
    from kb.conversion import read_records
    from kb.sources import named_sources

    trouble: list[str] = []
    read = list(read_records(named_sources(files), format_, trouble, columns))
    records = [each.record for each in read]
    names = [record.id or f"#{place}" for place, record in enumerate(records, start=1)]
    groups = [found for found in group(records) if len(found.members) > 1]
    if as_json:
        # Files that were exported apart count their ids from 1 each: where one stands tells them apart.
        members = [
            [{"id": names[at], "source": read[at].source, "line": read[at].line} for at in found.members]
            for found in groups
        ]
        print_json({"groups": [[each["id"] for each in some] for some in members], "members": members})
    else:
        for found in groups:
            for at in found.members:
                click.echo(f"{names[at]}  {_named(records[at])}  {read[at].source}:{read[at].line}")
            for reason in found.reasons:
                click.echo(f"    {names[reason.first]} = {names[reason.second]}: {reason.why}")
            click.echo()
        doubles = sum(len(found.members) - 1 for found in groups)
        say(f"{len(records)} records, {len(groups)} groups, {doubles} duplicates.")
    for line in trouble:
        say(line)
    sys.exit(1 if trouble else 0)


def _review(store: Store, as_json: bool) -> None:
    from ingest.intake import rejoin
    from kb.review import doubtful_pairs, pair_lines

    rejoin(store)
    pairs = list(doubtful_pairs(store))
    if as_json:
        print_json({"pairs": pairs})
    elif not pairs:
        say("No pair is in doubt.")
    elif _is_terminal():
        _judge(store, pairs)
    else:
        for pair in pairs:
            click.echo("\n".join(pair_lines(pair)) + "\n")
        say(
            f"{len(pairs)} pair{'' if len(pairs) == 1 else 's'}; `kb dedupe --accept ID ID` makes one record"
            " of two, `--reject ID ID` keeps them two."
        )


def _named(record: Record) -> str:
    return f"{record.title or '(no title)'} ({record.year or 'n.d.'})"


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _judge(store: Store, pairs: list[dict[str, Any]]) -> None:
    """Ask about each pair in turn; what was said is kept at once, so Ctrl-C is another way to quit."""
    from ingest import deciding
    from kb.deciding_tags import who
    from kb.review import is_open, pair_lines

    by = who()
    decided: list[Decided] = []
    for number, pair in enumerate(pairs, start=1):
        if not is_open(store, pair):
            continue
        click.echo(f"\n{number} of {len(pairs)}")
        click.echo("\n".join(pair_lines(pair)))
        said = _asked()
        ids = (pair["first"]["id"], pair["second"]["id"])
        if said == "q":
            break
        if said == "a":
            decided.append(deciding.merge(store, ids, by=by))
        elif said == "r":
            decided.append(deciding.reject(store, *ids, by=by))
    _bring_up_to_date(store, decided)
    say(f"{len(decided)} decided.")


def _asked() -> str:
    """The letter of the choice; "q" also for Ctrl-C and Ctrl-D."""
    prompt = ", ".join(f"[{letter}]{word[1:]}" for letter, word in _CHOICES.items())
    choices = click.Choice([*_CHOICES, *_CHOICES.values()])
    try:
        said: str = click.prompt(prompt, type=choices, show_choices=False)
    except click.Abort:
        click.echo()
        return "q"
    return said[0]


def _carry_out(store: Store, decided: Decided, as_json: bool) -> None:
    _bring_up_to_date(store, [decided])
    if as_json:
        print_json({"records": decided.records, "changed": decided.news})
    else:
        for record in store.records(decided.records):
            click.echo(f"{record.id}  {_named(record)}")
    if not decided.news:
        say("It was so before; nothing was changed.")


def _bring_up_to_date(store: Store, decided: list[Decided]) -> None:
    from kb import tagging

    if any(each.news for each in decided):
        tagging.tag(store)
        say("Kept as a decision. Run `kb index` to bring the search up to date.")


COMMANDS = (dedupe, merge, split)
