"""Records straight from files, with no database: for ``kb convert`` and ``kb dedupe``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from corpus.errors import EvidenceError
from corpus.identity import make_id
from corpus.record import Problem, Record, SourceRecord
from ingest import formats
from kb.sources import Source


def read_records(
    sources: Iterable[Source],
    format: str | None,
    trouble: list[str],
    columns: Mapping[str, str] | None = None,
) -> Iterator[SourceRecord]:
    """What the sources describe, in order; what could not be read goes to ``trouble``, a line each.

    ``columns`` says which columns of a table fill which fields (``ingest.parsers.columns.parse_map``).
    """
    for source in sources:
        try:
            with source.open() as stream:
                _, pieces = formats.read(stream, source.name, format, columns)
                for piece in pieces:
                    if isinstance(piece, Problem):
                        trouble.append(str(piece))
                    else:
                        yield piece
        except EvidenceError as error:
            trouble.append(str(error))


def identified(records: Iterable[Record]) -> Iterator[Record]:
    """The records with the ids that their source gave; one without, or with one given before, gets ours."""
    taken: set[str] = set()
    for record in records:
        if not record.id or record.id in taken:
            record = replace(record, id=make_id(record, taken))
        taken.add(record.id)
        yield record
