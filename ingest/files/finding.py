"""The files that people mean when they name files and folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.errors import EvidenceError


def find(paths: Sequence[str]) -> list[Path]:
    """The files named, and all files in the folders named, sorted within each, every file once.

    Hidden files, pipes and devices, and links that lead out of the folder are left out, unless named
    themselves. A folder that may not be listed is given as if it were a file: reading it says why.
    A path that is not there, or a folder without any file, raises ``EvidenceError``.
    """
    found: dict[Path, Path] = {}
    for name in paths:
        path = Path(name)
        if path.is_dir():
            files = list(_files(path))
            if not files:
                raise EvidenceError(
                    f"{name}: the folder holds no files; name another, or the files themselves."
                )
        elif path.exists():
            files = [path]
        elif path.is_symlink():
            raise EvidenceError(f"{name}: is a link that leads nowhere; name the file itself.")
        else:
            raise EvidenceError(f"{name}: there is no such file or folder; check the name.")
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _files(folder: Path) -> Iterator[Path]:
    root = folder.resolve()
    closed: list[Path] = []
    found: list[Path] = []

    def note(error: OSError) -> None:
        closed.append(Path(error.filename))

    # Links to folders are not followed: they may lead back, or out.
    for place, folders, files in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in files if not name.startswith(".")]
    for path in sorted([*found, *closed]):
        if path in closed or (path.is_file() and path.resolve().is_relative_to(root)):
            yield path
