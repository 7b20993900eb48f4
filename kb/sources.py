"""What a command is told to read: files, folders, standard input, or the embedded library."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from corpus.errors import EvidenceError
from ingest.files import finding

# Standard input up to this many bytes is kept in memory.
_SPOOLED = 1 << 24

LIBRARY = Path(__file__).parent.parent / "corpus" / "sources"


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read, by the name that it goes by; without a ``path``, standard input."""

    name: str
    path: Path | None

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Its bytes, from the beginning, seekable; raises ``EvidenceError`` if it cannot be read."""
        try:
            with self._opened() as stream:
                yield stream
        except OSError as error:
            raise EvidenceError(f"{self.name}: cannot be read ({error.strerror or error}).") from error

    def _opened(self) -> BinaryIO:
        if self.path is None:
            return _spooled(sys.stdin.buffer)
        mode = self.path.stat().st_mode
        if stat.S_ISFIFO(mode):
            # A shell's `<(command)` is a pipe, which can be read only once.
            with self.path.open("rb") as pipe:
                return _spooled(pipe)
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise EvidenceError(f"{self.name}: is a device, no file; name a file, or - for standard input.")
        return self.path.open("rb")


def named_sources(paths: Sequence[str], database: Path | None = None) -> list[Source]:
    """Every source that the paths name; raises ``EvidenceError`` for a path that is not there.

    The evidence file and what stands beside it are no sources, in whatever folder they lie.
    """
    own = database.resolve() if database else None
    beside = [own.with_name(own.name + ending) for ending in ("", "-wal", "-shm", "-index")] if own else []
    return [
        source
        for source in _sources(paths)
        if not any(source.path and source.path.resolve().is_relative_to(part) for part in beside)
    ]


def library_sources() -> list[Source]:
    """The files of the embedded library, by bare names: a published file tells nothing of the machine."""
    return [Source(path.name, path) for path in finding.find([str(LIBRARY)])]


def _spooled(stream: BinaryIO) -> BinaryIO:
    """A copy of what can be read only once."""
    copy = tempfile.SpooledTemporaryFile(max_size=_SPOOLED)  # noqa: SIM115
    shutil.copyfileobj(stream, copy)
    copy.seek(0)
    return cast(BinaryIO, copy)


def _sources(paths: Sequence[str]) -> Iterator[Source]:
    for path in paths:
        if path == "-":
            yield Source("standard input", None)
        else:
            yield from (Source(_printable(found), found) for found in finding.find([path]))


def _printable(path: Path) -> str:
    """The path as text: in the name of a file any bytes can stand."""
    return os.fsencode(path).decode("utf-8", errors="replace")
