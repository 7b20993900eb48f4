"""The formats that are read, and which of them a text is in.

A new format is one module with a ``Parser`` and one line in ``_ALL``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from corpus.errors import EvidenceError
from corpus.record import Piece
from ingest.bibtex import Bibtex
from ingest.csl_json import CslJson
from ingest.labelled import Labelled
from ingest.nbib import Nbib
from ingest.parser import Parser
from ingest.reading import open_text
from ingest.ris import Ris
from ingest.text import HEAD, Text

# The order in which they are asked: the one with the plainest signs first.
_ALL: tuple[Parser, ...] = (CslJson(), Ris(), Nbib(), Bibtex(), Labelled())

#: Name for ``--from`` -> what reads it.
PARSERS: dict[str, Parser] = {parser.name: parser for parser in _ALL}


def detect(head: str) -> Parser | None:
    """What reads a text that begins like this, by its content alone; ``None`` if no format recognises it."""
    return next((parser for parser in _ALL if parser.recognises(head)), None)


def read(stream: BinaryIO, source: str, format: str | None = None) -> tuple[str, Iterator[Piece]]:
    """(format name, the pieces of an open file); ``format`` is a name of ``PARSERS``, else detected.

    Raises ``EvidenceError`` for a file with no text, an unknown format name, no format found, or no piece.
    """
    if format is not None and format not in PARSERS:
        raise EvidenceError(f"`{format}` is no format that is read; choose one of {', '.join(PARSERS)}.")
    text = open_text(stream, source)
    parser = PARSERS[format] if format is not None else detect(text.head)
    if parser is None and len(text.head) == HEAD:
        # A long page around a short list hides its first record from the head.
        whole = text.whole()
        parser, text = detect(whole), Text([whole], source, text.medium)
    if parser is None:
        raise EvidenceError(
            f"{source}: is in no format that is read ({', '.join(PARSERS)});"
            " say which with --from, or export the references as RIS."
        )
    pieces = parser.parse(text)
    first = next(pieces, None)
    if first is None:
        raise EvidenceError(f"{source}: holds no reference in the form of {parser.name}; try another --from.")
    return parser.name, chain([first], pieces)
