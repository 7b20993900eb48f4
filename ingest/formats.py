"""The formats that are read, and which of them a text is in.

A new format is one module with a ``Parser`` and one line in ``_ALL``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from corpus.errors import EvidenceError
from corpus.record import Piece, Problem
from ingest.files.opening import open_text
from ingest.files.text import HEAD, Text
from ingest.parser import Parser
from ingest.parsers.bibtex import Bibtex
from ingest.parsers.columns import Mapped
from ingest.parsers.crossref import Crossref
from ingest.parsers.csl_json import CslJson
from ingest.parsers.csv_table import NO_HEAD, CsvTable
from ingest.parsers.endnote_xml import EndnoteXml
from ingest.parsers.europepmc import EuropePmc
from ingest.parsers.labelled import Labelled
from ingest.parsers.nbib import Nbib
from ingest.parsers.openalex import OpenAlex
from ingest.parsers.ovid import Ovid
from ingest.parsers.pubmed_xml import PubmedXml
from ingest.parsers.refer import Refer
from ingest.parsers.refworks import RefWorks
from ingest.parsers.ris import Ris
from ingest.parsers.wos import Wos
from ingest.parsers.xlsx_table import XlsxTable

# The order in which they are asked: the one with the plainest signs first.
_ALL: tuple[Parser, ...] = (
    OpenAlex(),
    Crossref(),
    EuropePmc(),
    CslJson(),
    XlsxTable(),
    CsvTable(),
    PubmedXml(),
    EndnoteXml(),
    Ris(),
    Nbib(),
    Ovid(),
    Wos(),
    RefWorks(),
    Refer(),
    Bibtex(),
    Labelled(),
)

# Characters of one record: a book of full text has fewer.
_LONGEST = 1 << 22

#: Name for ``--from`` -> what reads it.
PARSERS: dict[str, Parser] = {parser.name: parser for parser in _ALL}


def detect(head: str, parsers: Iterable[Parser] = _ALL) -> Parser | None:
    """What reads a text that begins like this, by its content alone; ``None`` if no format recognises it."""
    return next((parser for parser in parsers if parser.recognises(head)), None)


def read(
    stream: BinaryIO, source: str, format: str | None = None, columns: Mapped | None = None
) -> tuple[str, Iterator[Piece]]:
    """(format name, the pieces of an open file); ``format`` is a name of ``PARSERS``, else detected.

    ``columns`` says which columns of a table fill which fields (``ingest.parsers.columns.parse_map``).
    Raises ``EvidenceError`` for a file with no text, an unknown format name, no format found, or no piece.
    """
    if format is not None and format not in PARSERS:
        raise EvidenceError(f"`{format}` is no format that is read; choose one of {', '.join(PARSERS)}.")
    parsers = PARSERS | ({"csv": CsvTable(columns), "xlsx": XlsxTable(columns)} if columns else {})
    text = open_text(stream, source)
    parser = parsers[format] if format is not None else detect(text.head, parsers.values())
    if parser is None and len(text.head) == HEAD:
        # A long page around a short list hides its first record from the head.
        whole = text.whole()
        parser, text = detect(whole, parsers.values()), Text([whole], source, text.medium)
    if parser is None:
        raise EvidenceError(
            f"{source}: is in no format that is read ({', '.join(PARSERS)});"
            " say which with --from, or export the references as RIS."
        )
    pieces = parser.parse(text)
    first = next(pieces, None)
    if first is None:
        advice = NO_HEAD if parser.name in ("csv", "xlsx") else "try another --from"
        raise EvidenceError(f"{source}: holds no reference in the form of {parser.name}; {advice}.")
    return parser.name, map(_of_a_size, chain([first], pieces))


def _of_a_size(piece: Piece) -> Piece:
    """The piece, or a problem in place of a record too long to be one: a quote or a tag that nothing ends."""
    if isinstance(piece, Problem) or len(piece.raw) <= _LONGEST:
        return piece
    reason = f"record has {len(piece.raw):,} characters, as no reference has"
    return Problem(piece.source, piece.line, piece.raw, reason, "look for what should end it, or cut it")
