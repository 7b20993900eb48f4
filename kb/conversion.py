"""Records straight from files, with no database: for ``kb convert`` and ``kb dedupe``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from corpus import csl
from corpus.errors import EvidenceError
from corpus.identity import make_id
from corpus.record import Problem, Record
from ingest import files, formats


def read_records(
    paths: Sequence[str], format: str | None, trouble: list[str], stdin: bytes | None = None
) -> Iterator[Record]:
    """The records of files and folders in order; what could not be read goes to ``trouble``, a line each."""
    for name, data in _contents(paths, trouble, stdin):
        try:
            _, pieces = formats.read(data, name, format)
        except EvidenceError as error:
            trouble.append(str(error))
            continue
        for piece in pieces:
            if isinstance(piece, Problem):
                trouble.append(str(piece))
            else:
                yield csl.decode(piece.fields)


def identified(records: Iterable[Record]) -> Iterator[Record]:
    """The records with the ids that their source gave; one without, or with one given before, gets ours."""
    taken: set[str] = set()
    for record in records:
        if not record.id or record.id in taken:
            record = replace(record, id=make_id(record, taken))
        taken.add(record.id)
        yield record


def _contents(paths: Sequence[str], trouble: list[str], stdin: bytes | None) -> Iterator[tuple[str, bytes]]:
    for given in paths:
        if given == "-":
            yield "standard input", stdin or b""
            continue
        path: Path
        for path in files.find([given]):
            try:
                yield str(path), path.read_bytes()
            except OSError as error:
                trouble.append(f"{path}: cannot be read ({error.strerror}).")
