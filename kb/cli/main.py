"""The group of all commands, its help page, and how a failure ends: one line, exit code 1."""

from __future__ import annotations

import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from corpus.errors import EvidenceError
from kb.cli import (
    converting,
    evaluating,
    exporting,
    feeding,
    finding,
    following,
    harvesting,
    judging,
    keeping,
    learning,
    listing,
    mapping,
    mending,
    saving,
    tagging,
    themes,
)

_SECTIONS = {
    "Fill it": ("build", "ingest", "harvest", "problems", "sources"),
    "One work, one record": ("dedupe", "merge", "split"),
    "Search it": ("search", "similar", "show", "map", "export", "serve"),
    "Keep a search": ("save", "saved", "run", "whatsnew", "strategy", "list"),
    "Themes": ("why", "themes", "tag"),
    "Files only, no database": ("convert",),
    "Keep it": ("status", "index", "doctor", "evaluate", "backup", "upgrade"),
}


#: What a shell gives a command that Ctrl-C ended.
_INTERRUPTED = 130


class EvidenceGroup(click.Group):
    """A group that lists its commands by what people want to do, and ends a failure with one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error that a user can do something about becomes one line."""
        try:
            return super().invoke(ctx)
        except EvidenceError as error:
            raise click.ClickException(str(error)) from error
        except sqlite3.Error as error:
            raise click.ClickException(f"{ctx.obj}: {_what_failed(error)}") from error
        except UnicodeEncodeError as error:
            raise click.ClickException(
                f"{error.object[:80]!a}: holds bytes that are no text; write it in UTF-8."
            ) from error
        except KeyboardInterrupt:
            click.echo("Interrupted; what was finished is kept, nothing half-done.", err=True)
            raise click.exceptions.Exit(_INTERRUPTED) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{where}{error.strerror or error}.") from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in sections, in the order in which one meets them."""
        for title, names in _SECTIONS.items():
            with formatter.section(title):
                commands = [(name, self.commands[name]) for name in names]
                formatter.write_dl(
                    [(name, command.get_short_help_str(limit=200)) for name, command in commands]
                )


def _what_failed(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "another process is writing into it; try again when that is done."
    if code == sqlite3.SQLITE_READONLY:
        return "cannot be written, only read, by this user; nothing was changed."
    return f"the database failed ({error}); nothing half-done was kept. `kb doctor` checks it."


@click.group(
    cls=EvidenceGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default="evidence.db",
    envvar="KB_DB",
    show_default=True,
    show_envvar=True,
    help="The evidence file. Its indexes stand beside it in PATH-index/.",
)
@click.version_option(version("evidence-kb"), prog_name="kb")
@click.pass_context
def cli(ctx: click.Context, db: Path) -> None:
    """Evidence KB: a research evidence knowledge base on one file.

    It reads bibliographic records in the forms that people have them, joins duplicates, tags each record
    by theme with the words that earned the tag, and searches by word and by meaning. All of it offline.

    \b
    A first session:
      kb build                                  fill evidence.db from the embedded library
      kb search "why do agencies not trust each other"
      kb search confidentiality --direction barrier --setting child-protection --since 2000
      kb why darlington-2005-interagency        each tag, and the words that earned it
      kb export "information sharing" --direction barrier --to ris -o sharing.ris
      kb serve                                  the same as a web site on this machine

    Words are alternatives and more of them rank higher; "phrases", AND OR NOT, collab*, title:trust,
    year:[2000 TO 2009], theme:resources and direction:barrier narrow.

    Exit codes: 0 done, 1 failed or problems left, 2 wrong usage.
    """
    ctx.obj = db


for _module in (
    feeding,
    harvesting,
    mending,
    judging,
    converting,
    finding,
    following,
    mapping,
    saving,
    listing,
    tagging,
    themes,
    evaluating,
    exporting,
    keeping,
):
    for _command in _module.COMMANDS:
        cli.add_command(_command)
themes.themes.add_command(learning.learn)
