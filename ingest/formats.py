"""The formats that are read, and which of them a text is in.

A new format is one module with a ``Parser`` and one line in ``_ALL``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from corpus.errors import EvidenceError
from corpus.record import Piece
from ingest.bibtex import Bibtex
from ingest.csl_json import CslJson
from ingest.labelled import Labelled
from ingest.nbib import Nbib
from ingest.parser import Parser
from ingest.reading import decode
from ingest.ris import Ris

# The order in which they are asked: the one with the plainest signs first.
_ALL: tuple[Parser, ...] = (CslJson(), Ris(), Nbib(), Bibtex(), Labelled())

#: Name for ``--from`` -> what reads it.
PARSERS: dict[str, Parser] = {parser.name: parser for parser in _ALL}

_HEAD = 1 << 16


def detect(text: str) -> Parser | None:
    """What reads the text, by its content alone; ``None`` if no format recognises it."""
    head = text[:_HEAD]
    found = next((parser for parser in _ALL if parser.recognises(head)), None)
    if found is None and len(text) > _HEAD:
        # A long page around a short list hides its first record from the head.
        found = next((parser for parser in _ALL if parser.recognises(text)), None)
    return found


def read(data: bytes, source: str, format: str | None = None) -> tuple[str, Iterator[Piece]]:
    """(format name, the pieces of a file's bytes); ``format`` is a name of ``PARSERS``, else detected.

    Raises ``EvidenceError`` for a file with no text, an unknown format name, no format found, or no piece.
    """
    if format is not None and format not in PARSERS:
        raise EvidenceError(f"`{format}` is no format that is read; choose one of {', '.join(PARSERS)}.")
    text = decode(data, source)
    parser = PARSERS[format] if format is not None else detect(text)
    if parser is None:
        raise EvidenceError(
            f"{source}: is in no format that is read ({', '.join(PARSERS)});"
            " say which with --from, or export the references as RIS."
        )
    pieces = parser.parse(text, source)
    first = next(pieces, None)
    if first is None:
        raise EvidenceError(f"{source}: holds no reference in the form of {parser.name}; try another --from.")
    return parser.name, chain([first], pieces)
