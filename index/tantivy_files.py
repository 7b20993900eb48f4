"""How long the files of a Tantivy index were when it was written: Tantivy panics over files cut short."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import IndexProblem

_SIZES = "sizes.json"
#: Held by a writer, changed by none.
_LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")


def note_sizes(folder: Path) -> None:
    """Write down how long each file of a whole index is."""
    sizes = {
        path.name: path.stat().st_size
        for path in sorted(folder.iterdir())
        if path.name not in (*_LOCKS, _SIZES)
    }
    (folder / _SIZES).write_text(json.dumps(sizes, indent=0), encoding="utf-8")


def check_sizes(folder: Path) -> None:
    """Raise ``IndexProblem`` where a file is missing or another length than it was written with."""
    try:
        sizes = json.loads((folder / _SIZES).read_text(encoding="utf-8"))
        whole = bool(sizes) and all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise unreadable(folder) from error
    if not whole:
        raise unreadable(folder)


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Raises ``IndexProblem`` for whatever Tantivy says over files that are not what they were."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise unreadable(folder) from error
    except BaseException as error:
        # A panic inside Tantivy has a class of its own that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise unreadable(folder) from error


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Raises ``IndexProblem`` for whatever Tantivy says over files that cannot be written."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise IndexProblem(
            f"{folder}: the keyword index cannot be written ({error}). Is there space on the disk?"
        ) from error


def unreadable(folder: Path) -> IndexProblem:
    """What to say of an index that cannot be read."""
    return IndexProblem(f"{folder}: the keyword index cannot be read. Run `kb index` to make it anew.")
