"""The command line, ``kb``. Commands only call; what they call lives in the other modules."""

from __future__ import annotations

from kb.cli.main import cli

__all__ = ["cli", "main"]


def main() -> None:
    """The entry point of the installed command."""
    cli(prog_name="kb")
