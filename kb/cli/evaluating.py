"""Commands that score: evaluate themes, evaluate retrieval."""

from __future__ import annotations

from pathlib import Path

import click

from corpus.query import MODES, Mode
from kb.cli.options import Output, output_options, print_json, print_rows, progress


@click.group()
def evaluate() -> None:
    """Score the tagger on hand labels, or search on a collection."""


@evaluate.command("themes")
@click.argument("gold", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--errors", "with_errors", is_flag=True, help="Each wrong and missing label, with its words.")
@click.option("--decided", is_flag=True, help="The tags as people left them, not as the tagger gives them.")
@click.option("--publish", is_flag=True, hidden=True, help="Write the figures that come along.")
@output_options
@click.pass_obj
def evaluate_themes(
    db: Path, gold: Path, with_errors: bool, decided: bool, publish: bool, output: Output
) -> None:
    """Score the tagger against a gold file (JSON lines); records that it was made from are told apart.

    \b
    Examples:
      kb evaluate themes corpus/gold/held-out.jsonl
      kb evaluate themes corpus/gold/themes.jsonl --errors
    """
    from corpus.store import Store
    from kb import evaluation
    from kb.cli.evaluating_themes import ERRORS, THEMES, print_errors, print_evaluation, theme_rows

    if publish and decided:
        raise click.UsageError("--publish takes the tags as the tagger gives them, without --decided.")
    with Store.open(db) as store:
        done = evaluation.evaluate(store, gold, decided=decided)
        content = done.to_dict()
        mistakes = list(evaluation.errors(done, store)) if with_errors else []
    if publish:
        evaluation.publish(content)
    if output == "json":
        print_json(content | ({"errors": mistakes} if with_errors else {}))
    elif output != "text":
        rows = mistakes if with_errors else theme_rows(content["unseen"] or content["all"])
        print_rows(rows, output, ERRORS if with_errors else THEMES)
    elif with_errors:
        print_errors(iter(mistakes))
    else:
        print_evaluation(content)


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
