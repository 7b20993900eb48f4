"""What `kb evaluate themes` prints: scores of the unseen first, then of all, by theme, rule and score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from kb.cli.options import print_rows, say

_SCORES = ("precision", "recall", "f1", "f1_from", "f1_to", "macro_f1")
_AXES = {
    "factor_direction": "By theme and direction",
    "kind": "By kind",
    "setting": "By setting",
    "study_type": "By study type",
    "population": "By population",
}
#: Columns of the tables for programs: by theme, and of `--errors`.
THEMES = ("measure", "label", "right", "wrong", "missing", "precision", "recall", "f1")
ERRORS = (
    *("outcome", "measure", "label", "kind", "other", "record", "title"),
    *("field", "before", "words", "after", "method", "score"),
)


def print_evaluation(content: Mapping[str, Any]) -> None:
    """The evaluation, in sections, for a terminal of 100 columns."""
    seen, records = content["seen"], content["records"]
    if content["unseen"] is None:
        click.echo(
            f"All {records} records were seen when rules or model were made:"
            " these figures flatter, and say nothing of other records.\n"
        )
    elif seen:
        click.echo(
            f"{seen} of {records} records were seen when rules or model were made."
            f" The {records - seen} others:\n"
        )
    else:
        click.echo(f"{records} records, none of them seen when rules and model were made:\n")
    figures = content["unseen"] or content["all"]
    _print_figures(figures)
    if content["unseen"] and seen:
        click.echo(f"\nAll {records}, seen or not:\n")
        print_rows(_measures(content["all"]), "text", ("measure", *_SCORES))
    if content["unmatched"]:
        say(f"{len(content['unmatched'])} labels have no record here: {', '.join(content['unmatched'])}.")
    if content["repeated"]:
        said = ", ".join(content["repeated"])
        say(f"{len(content['repeated'])} label a record again and do not count: {said}.")
    if figures["evidence_not_in_text"]:
        say(f"{figures['evidence_not_in_text']} pieces of evidence stand in no text of their record.")


def print_errors(rows: Iterator[dict[str, Any]]) -> None:
    """Each wrong and missing label with its words."""
    for row in rows:
        click.echo(f"{row['outcome']}  {row['measure']}  {row['label']}  ({row['kind']})  {row['record']}")
        if row["words"]:
            click.echo(f"    {row['before']}{click.style(row['words'], bold=True)}{row['after']}")


def theme_rows(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each label of each measure."""
    return [
        {"measure": measure, "label": label, **score}
        for measure, labels in figures["themes"].items()
        for label, score in labels.items()
    ]


def _measures(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for measure, score in figures["measures"].items():
        low, high = score["interval"].get("f1", (None, None))
        rows.append({"measure": measure, **score, "f1_from": low, "f1_to": high})
    return rows


def _print_figures(figures: Mapping[str, Any]) -> None:
    print_rows(_measures(figures), "text", ("measure", *_SCORES))
    quotes, negatives = figures["quotes"], figures["negatives"]
    if quotes["share"] is not None:
        click.echo(
            f"\n{quotes['share']:.0%} of {quotes['right']} right factor tags quote the labelled words."
        )
    if negatives["share"] is not None:
        click.echo(
            f"{negatives['tagged']} of {negatives['records']} records that name no factor got one"
            f" ({negatives['share']:.0%})."
        )
    rows = theme_rows(figures)
    for measure, title in _AXES.items():
        if of_measure := [row for row in rows if row["measure"] == measure]:
            click.echo(f"\n{title}:\n")
            print_rows(of_measure, "text", THEMES[1:])
    click.echo("\nBy rule:\n")
    print_rows(figures["methods"], "text", ("measure", "name", "right", "wrong", "only"))
    click.echo(f"\nScores, said and was (calibration error {figures['calibration']['error']}):\n")
    print_rows(figures["calibration"]["bins"], "text", ("start", "count", "said", "was"))
    for name, title in (("confused_themes", "Taken for another theme"), ("confused_directions", "Direction")):
        if figures[name]:
            click.echo(f"\n{title}:\n")
            print_rows(figures[name][:10], "text", ("labelled", "given", "count"))
