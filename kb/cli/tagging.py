"""Commands on themes and tags: tag, why, themes, evaluate."""

from __future__ import annotations

from pathlib import Path

import click

from corpus.query import MODES, Mode
from corpus.theme import AXES
from kb.cli.options import Output, output_options, print_json, print_rows, progress, say


@click.command()
@click.option("--themes", type=click.Path(dir_okay=False, path_type=Path), help="Another vocabulary file.")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON.")
@click.pass_obj
def tag(db: Path, themes: Path | None, as_json: bool) -> None:
    """Tag what is new or changed; all of it after a change of the vocabulary.

    \b
    Example:
      kb tag --themes my-themes.yml
    """
    from corpus.store import Store
    from corpus.theme import load_vocabulary
    from kb import pipeline

    vocabulary = load_vocabulary(themes)
    with progress() as report, Store.open(db) as store:
        tagged = pipeline.tag(store, vocabulary, report)
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


@click.command()
@click.option("--axis", type=click.Choice(AXES), help="Only the themes of one axis.")
@output_options
@click.pass_obj
def themes(db: Path, axis: str | None, output: Output) -> None:
    """List the themes, and how many records carry each.

    \b
    Example:
      kb themes --axis factor
    """
    from corpus.store import Store
    from kb.display import theme_counts

    with Store.open(db) as store:
        rows = theme_counts(store, axis)
    print_rows(rows, output, ("id", "axis", "group", "label", "records", "barrier", "enabler", "driver"))


@click.group()
def evaluate() -> None:
    """Score the tagger on hand labels, or search on a collection."""


@evaluate.command("themes")
@click.argument("gold", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The scores as JSON.")
@click.pass_obj
def evaluate_themes(db: Path, gold: Path, as_json: bool) -> None:
    """Precision, recall and F1 of the tags in the file against a gold file (JSON lines).

    \b
    Example:
      kb evaluate themes corpus/gold/themes.jsonl
    """
    from kb.measuring import score_themes

    agreement = score_themes(db, gold)
    scores = agreement.to_dict()
    if as_json:
        print_json(scores)
        return
    rows = [{"measure": measure, **figures} for measure, figures in scores["measures"].items()]
    print_rows(rows, "text", ("measure", "precision", "recall", "f1", "macro_f1"))
    say(f"{agreement.records} labelled records; {agreement.quotes:.0%} of quotes overlap the labelled words.")
    if agreement.unmatched:
        say(f"{len(agreement.unmatched)} labels have no record in {db}: {', '.join(agreement.unmatched)}.")


@evaluate.command("retrieval")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--part", default="", metavar="NAME", help="NAME.queries.jsonl and NAME.qrels.tsv are meant.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="Without it, all three.")
@click.option("--index", "kept", type=click.Path(file_okay=False, path_type=Path), help="Keep the index.")
@click.option("--run-file", type=click.Path(dir_okay=False, path_type=Path), help="A TREC run file to write.")
@click.option("--json", "as_json", is_flag=True, help="The scores as JSON.")
def evaluate_retrieval(
    folder: Path, part: str, modes: tuple[Mode, ...], kept: Path | None, run_file: Path | None, as_json: bool
) -> None:
    """nDCG@10, recall@100 and MRR@10 on a test collection in BEIR's layout.

    \b
    Example:
      kb evaluate retrieval scifact/ --mode keyword
    """
    from kb.measuring import score_retrieval

    if run_file and len(modes) != 1:
        raise click.UsageError("--run-file takes one --mode.")
    with progress() as report:
        rows = score_retrieval(folder, part, modes or MODES, kept, run_file, report)
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, "text", ("mode", "queries", "ndcg@10", "recall@100", "mrr@10"))


COMMANDS = (tag, why, themes, evaluate)
