"""Commands that score: evaluate themes, evaluate retrieval."""

from __future__ import annotations

from pathlib import Path

import click

from corpus.query import MODES, Mode
from kb.cli.options import print_json, print_rows, progress, say


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


COMMANDS = (evaluate,)
