"""The command line, ``kb``. Commands only call; what they call lives in the other modules."""

from __future__ import annotations

import sys
from io import TextIOWrapper

from kb.cli.main import cli

__all__ = ["cli", "main"]


def main() -> None:
    """The entry point of the installed command."""
    for stream in (sys.stdout, sys.stderr):
        # Files and pipes are UTF-8 in any locale; a terminal shows what it can.
        if isinstance(stream, TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")
    cli(prog_name="kb")
