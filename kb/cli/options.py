"""Options that several commands share, and how rows and progress are printed."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal, TypeVar

import click

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS, MODES, SORTS

#: The names of ``ingest.formats.PARSERS``, here so that ``kb --help`` need not import them; a test compares.
FORMATS = (
    "labelled",
    "bibtex",
    "ris",
    "nbib",
    "pubmed-xml",
    "endnote-xml",
    "refer",
    "wos",
    "ovid",
    "refworks",
    "csl-json",
    "csv",
    "xlsx",
    "openalex",
    "crossref",
    "europepmc",
)

#: So many steps are shown at once: those of one file, and one more.
_BARS = 3

Output = Literal["text", "json", "nl", "csv"]
_Command = TypeVar("_Command", bound=Callable[..., Any])


def from_option(command: _Command) -> _Command:
    """``--from``, passed on as ``format_``."""
    return click.option(
        "--from", "format_", type=click.Choice(FORMATS), help="The format; without it the content tells."
    )(command)


def map_option(command: _Command) -> _Command:
    """``--map``, passed on as ``columns``: place -> column."""
    return click.option(
        "--map",
        "columns",
        multiple=True,
        metavar="FIELD=COLUMN,...",
        callback=_mapped,
        help="What a table's columns are: title=Titel,author=2.",
    )(command)


def _mapped(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> Mapping[str, str]:
    if not texts:
        return {}
    from ingest.parsers.columns import parse_map

    try:
        return parse_map(texts)
    except EvidenceError as error:
        raise click.BadParameter(str(error).removeprefix("--map: ")) from error


def themes_option(command: _Command) -> _Command:
    """``--themes``: a vocabulary file to import first."""
    return click.option(
        "--themes",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Use this vocabulary from now on, as `kb themes import`.",
    )(command)


def output_options(command: _Command) -> _Command:
    """``--json``, ``--nl`` and ``--csv``, passed on as ``output``."""
    for name, help in (
        ("csv", "Comma-separated values."),
        ("nl", "One JSON object a line."),
        ("json", "JSON."),
    ):
        command = click.option(f"--{name}", "output", flag_value=name, help=help)(command)
    return click.option("--text", "output", flag_value="text", default="text", hidden=True)(command)


def query_argument(command: _Command) -> _Command:
    """``QUERY...``, its words joined to one text."""
    return click.argument("query", nargs=-1, metavar="[QUERY]...", callback=_joined)(command)


def _joined(_: click.Context, __: click.Parameter, words: tuple[str, ...]) -> str:
    # In the C locale Python hands on the bytes of "Ødegård" one by one.
    return os.fsencode(" ".join(words)).decode("utf-8", errors="replace")


#: Whether other forms, spellings and synonyms of a word are looked for.
expand_option = click.option(
    "--expand/--no-expand",
    default=True,
    help="Whether word forms, spellings, hyphens and synonyms of a word count as the word.",
)


def filter_options(command: _Command) -> _Command:
    """The filters of a search; each can be given several times."""
    options = (
        click.option("--theme", multiple=True, metavar="ID", help="A theme; `kb themes` lists them."),
        click.option(
            "--direction",
            multiple=True,
            type=click.Choice(DIRECTIONS),
            help="With --theme: the theme in that direction.",
        ),
        click.option("--setting", multiple=True, metavar="ID", help="Such as child-protection."),
        click.option(
            "--type", "type_", multiple=True, metavar="TYPE", help="CSL type, such as article-journal."
        ),
        click.option("--since", type=int, metavar="YEAR", help="Published in that year or later."),
        click.option("--until", type=int, metavar="YEAR", help="Published in that year or before."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def mode_option(default: str, help: str) -> Callable[[_Command], _Command]:
    """``--mode``: by words, by meaning, or both."""
    return click.option("--mode", type=click.Choice(MODES), default=default, show_default=True, help=help)


#: In which order hits come.
sort_option = click.option(
    "--sort", type=click.Choice(SORTS), default="relevance", show_default=True, help="In which order."
)


@contextmanager
def writing(target: str | None, *, binary: bool = False) -> Iterator[IO[Any]]:
    """The file to write, put in place once it is whole; without one, stdout. It takes bytes if ``binary``."""
    mode, encoding = ("wb", None) if binary else ("w", "utf-8")
    if binary and target in (None, "", "-") and is_terminal(sys.stdout):
        raise click.UsageError("This format is no text for a terminal; name a file with -o, or pipe it.")
    path = Path(target or "-")
    if not target or target == "-" or (path.exists() and not path.is_file()):
        with click.open_file(path, mode, encoding=encoding) as stream:
            yield stream
        return
    path = path.resolve()
    if not path.parent.is_dir():
        raise EvidenceError(f"{target}: the folder that it is to be written to does not exist.")
    # click's atomic file also comes in place of the old one when the writing failed.
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open(mode, encoding=encoding) as stream:
            yield stream
        if path.exists():
            partial.chmod(path.stat().st_mode & 0o777)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def is_terminal(stream: IO[Any]) -> bool:
    """Whether a person looks at the stream."""
    return stream.isatty()


def print_json(content: Any) -> None:
    """JSON on stdout, readable, in UTF-8."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def print_rows(rows: Iterable[Mapping[str, Any]], output: Output, columns: Sequence[str]) -> None:
    """Rows on stdout: a table for people, or what a program asked for."""
    rows = list(rows)
    if output == "json":
        print_json([dict(row) for row in rows])
    elif output == "nl":
        for row in rows:
            click.echo(json.dumps(dict(row), ensure_ascii=False))
    elif output == "csv":
        writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        _print_table(rows, columns)


def _print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [
        max([len(column), *(len(line[place]) for line in cells)]) for place, column in enumerate(columns)
    ]
    for line in [list(columns), *cells] if rows else []:
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        click.echo(text)


def _cell(value: Any) -> str:
    text = (
        ""
        if value is None
        else ", ".join(map(str, value))
        if isinstance(value, (list, tuple))
        else str(value)
    )
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:79] + "…"


def say(message: str) -> None:
    """A message to the person at the terminal; stdout is for data."""
    click.echo(message, err=True)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A reporter of (step, done, total): a moving bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(TextColumn):
        """How many are done a second, once that is known."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.{0 if speed >= 10 else 1}f}/s" if speed else "")

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(""),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        tasks: dict[str, Any] = {}

        def report(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                # A folder of a hundred files has steps for more lines than a terminal shows.
                while len(tasks) >= _BARS:
                    bar.remove_task(tasks.pop(next(iter(tasks))))
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield report
