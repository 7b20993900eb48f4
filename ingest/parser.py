"""The seam between a format and the rest: what every reader must do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from corpus.record import Piece
from ingest.files.text import Text


class Parser(Protocol):
    """Reads one format. Every piece of the text becomes a ``SourceRecord`` or a ``Problem``."""

    #: The name for ``--from``.
    name: str
    #: File name endings that people use for it, for help texts only: the content decides.
    endings: tuple[str, ...]

    def recognises(self, head: str) -> bool:
        """Whether a text that begins like this (64 KB at most) is of this format."""

    def parse(self, text: Text) -> Iterator[Piece]:
        """The pieces in the order printed; lines count from 1 in the text.

        Never raises for what the text holds: a piece that cannot be read is a ``Problem``.
        """
