"""The evidence gap map on the command line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from kb.cli.options import expand_option, filter_options, print_json, query_argument, say, writing

if TYPE_CHECKING:
    from kb.gap_map import GapMap

#: The names of ``kb.gap_map.AXES``, here so that ``kb --help`` need not import them; a test compares.
AXES = ("factor", "setting", "population", "study_type", "kind", "direction", "type", "year")
_FORMATS = ("table", "csv", "svg", "markdown", "json")


@click.command("map")
@query_argument
@click.option(
    "--rows", type=click.Choice(AXES), default="factor", show_default=True, help="What the rows are."
)
@click.option(
    "--columns", type=click.Choice(AXES), default="setting", show_default=True, help="What the columns are."
)
@filter_options
@expand_option
@click.option(
    "--split/--no-split",
    default=None,
    help="Whether barriers, enablers and drivers are counted apart too; by default in all but a table.",
)
@click.option("--to", type=click.Choice(_FORMATS), default="table", show_default=True, help="The form.")
@click.option("--json", "to", flag_value="json", help="JSON, as --to json.")
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False), help="The file to write, not stdout."
)
@click.pass_obj
def map_command(
    db: Path,
    /,
    query: str,
    rows: str,
    columns: str,
    expand: bool,
    split: bool | None,
    to: str,
    target: str | None,
    **filters: Any,
) -> None:
    """Show where evidence is and where it is thin: how many records stand where two axes cross.

    Without QUERY: of every record that passes the filters. QUERY is looked for by its words, not by meaning.

    \b
    Examples:
      kb map
      kb map --rows study_type --columns year --since 1990
      kb map "information sharing" --direction barrier --to svg -o gaps.svg
    """
    from corpus.query import Filters, Query
    from kb.gap_map import Layout, gap_map
    from kb.gap_map_words import summary
    from kb.knowledge_base import KnowledgeBase

    if rows == columns:
        raise click.UsageError(f"--rows and --columns are both {rows}; choose two axes.")
    chosen = Filters(**{name.rstrip("_"): value for name, value in filters.items()})
    layout = Layout(rows, columns, to != "table" if split is None else split)
    with KnowledgeBase.open(db) as library:
        found = gap_map(library, Query(query, "keyword", chosen, expand=expand), layout)
    with writing(target) as stream:
        _write(found, to, stream, target)
    say(summary(found))


def _write(found: GapMap, to: str, stream: IO[str], target: str | None) -> None:
    from kb import gap_map_table

    if to == "csv":
        gap_map_table.write_csv(found, stream)
    elif to == "svg":
        from datetime import date

        from kb.gap_map_svg import svg
        from kb.gap_map_words import citation

        stream.write(svg(found, [citation(found, "Evidence KB", date.today())]))
    elif to == "markdown":
        stream.write(gap_map_table.markdown(found))
    elif to == "json" and not target:
        print_json(found.to_dict())
    elif to == "json":
        import json

        stream.write(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        width = shutil.get_terminal_size().columns
        stream.writelines(f"{line}\n" for line in gap_map_table.text(found, width))


COMMANDS = (map_command,)
