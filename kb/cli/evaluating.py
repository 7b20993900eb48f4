"""Commands that score: evaluate themes, evaluate retrieval."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from corpus.query import MODES, Mode
from kb.cli.options import Output, output_options, print_json, print_rows, progress, writing


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
@click.option("--part", default="", metavar="NAME", help="Judgements of NAME.qrels.tsv or qrels/NAME.tsv.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="Without it, all three.")
@click.option("--engine", help="The keyword engine; without it the number of records decides.")
@click.option("--model", metavar="NAME_OR_PATH", help="Another sentence-transformers model.")
@click.option(
    "--index", "kept", type=click.Path(file_okay=False, path_type=Path), help="Keep the index here."
)
@click.option("--compare", type=click.Path(dir_okay=False, path_type=Path), help="Another system's TREC run.")
@click.option("--run-file", type=click.Path(dir_okay=False, path_type=Path), help="A TREC run file to write.")
@click.option("--per-query", is_flag=True, help="The scores of each query.")
@output_options
def evaluate_retrieval(
    folder: Path,
    part: str,
    modes: tuple[Mode, ...],
    engine: str | None,
    model: str | None,
    kept: Path | None,
    compare: Path | None,
    run_file: Path | None,
    per_query: bool,
    output: Output,
) -> None:
    """nDCG@10, recall@100 and MRR@10 on a test collection in BEIR's layout.

    Indexes FOLDER/corpus.jsonl, searches for each of queries.jsonl that qrels.tsv or qrels/test.tsv judges,
    and scores what is found as trec_eval does. With --compare: how much better it is, and how sure that is.

    \b
    Examples:
      kb evaluate retrieval scifact/ --mode keyword
      kb evaluate retrieval scifact/ --mode hybrid --index /tmp/scifact --compare bm25.run --run-file our.run
    """
    from kb.cli.evaluating_retrieval import print_retrieval
    from kb.measuring import Wanted, score_retrieval

    if run_file and len(modes) != 1:
        raise click.UsageError("--run-file takes one --mode.")
    if run_file == Path("-"):
        raise click.UsageError("--run-file takes a file; the scores are on stdout.")
    wanted = Wanted(folder, modes or MODES, part, engine, model, kept, compare)
    with writing(str(run_file)) if run_file else nullcontext() as file, progress() as report:
        content = score_retrieval(wanted, report, file)
    print_retrieval(content, output, per_query)


COMMANDS = (evaluate,)
