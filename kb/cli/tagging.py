"""Commands on tags: tag, why."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.options import print_json, progress, say


@click.group(invoke_without_command=True)
@click.option("--themes", type=click.Path(dir_okay=False, path_type=Path), help="Another vocabulary file.")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON.")
@click.pass_context
def tag(context: click.Context, themes: Path | None, as_json: bool) -> None:
    """Tag what is new or changed; all of it after a change of the vocabulary.

    \b
    Example:
      kb tag --themes my-themes.yml
    """
    if context.invoked_subcommand:
        return
    from corpus.store import Store
    from corpus.theme import load_vocabulary
    from kb import tagging

    vocabulary = load_vocabulary(themes)
    with progress() as report, Store.open(context.obj) as store:
        tagged = tagging.tag(store, vocabulary, report)
    if as_json:
        print_json({"read": tagged.read, "tags": tagged.tags, "version": tagged.version})
    else:
        click.echo(f"{tagged.read} records read, {tagged.tags} tags in the file, by {tagged.version}.")
    if tagged.read:
        say("Run `kb index` so that filters by theme see the new tags.")


@click.command()
@click.argument("record_id", metavar="ID")
@click.option("--theme", metavar="ID", help="Only the tags of this theme.")
@click.option("--json", "as_json", is_flag=True, help="The tags as JSON.")
@click.pass_obj
def why(db: Path, record_id: str, theme: str | None, as_json: bool) -> None:
    """Show the words that earned each tag of a record.

    \b
    Example:
      kb why darlington-2005-interagency
    """
    from kb.display import explanations
    from kb.knowledge_base import KnowledgeBase

    with KnowledgeBase.open(db) as library:
        record = library.record(record_id)
        reasons = explanations(library, record, theme)
    if as_json:
        print_json({"id": record.id, "title": record.title, "tags": reasons})
        return
    click.secho(f"{record.title} ({record.year or 'n.d.'})", bold=True)
    for reason in reasons:
        direction = f" · {reason['direction']}" if reason["direction"] else ""
        click.echo(f"\n{reason['label']}{direction}  [{reason['theme']}, {reason['score']:.2f}]")
        click.echo(f"  {reason['before']}{click.style(reason['quote'], bold=True)}{reason['after']}")
        click.echo(f"  {reason['field']} {reason['start']}-{reason['end']}; {reason['rule']}")
    if not reasons:
        what = f"the theme {theme}" if theme else "any theme"
        click.echo(f"\nNo words of this record earned {what}.")


COMMANDS = (tag, why)
