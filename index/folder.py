"""The folder of an index: its lock, new generations in it, and what is left over of earlier ones."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from corpus.errors import IndexProblem
from index.manifest import MANIFEST

IDS, KEYWORD, VECTORS = "ids", "keyword", "semantic"
MODELS, POOLS = "semantic/model", "semantic/pool"
_KINDS = (IDS, KEYWORD, VECTORS, MODELS, POOLS)
_LOCK = "lock"


def new_generation(folder: Path, kind: str) -> str:
    """The name of a new, empty folder for one half of an index."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    name = f"{kind}/{stamp}-{secrets.token_hex(4)}"
    (folder / name).mkdir(parents=True)
    return name


def remove_others(folder: Path, kept: Collection[str]) -> None:
    """Remove what killed builds left and every generation but those ``kept``."""
    for place in (folder, *(folder / kind for kind in _KINDS)):
        for path in place.iterdir() if place.is_dir() else ():
            name = path.relative_to(folder).as_posix()
            if name in kept or name in (*_KINDS, MANIFEST, _LOCK):
                continue
            if path.is_dir() and place != folder:
                shutil.rmtree(path, ignore_errors=True)
            elif place == folder and name.startswith(f"{MANIFEST}."):
                path.unlink(missing_ok=True)


@contextmanager
def only_build(folder: Path) -> Iterator[bool]:
    """Hold the folder's lock, which a process that is killed lets go of by itself.

    Gives whether the build before was broken off: what is in the file is taken out when a build is done.
    """
    with (folder / _LOCK).open("a+") as file:
        _lock(folder, file)
        file.seek(0)
        broken_off = bool(file.read())
        file.truncate(0)
        file.write("building\n")
        file.flush()
        yield broken_off
        file.truncate(0)


def _lock(folder: Path, file: IO[str]) -> None:
    try:
        import fcntl
    except ImportError:
        # No such lock on Windows; two builds at once there may have to be repeated.
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise IndexProblem(f"{folder}: is being indexed by another process; wait for it.") from error
