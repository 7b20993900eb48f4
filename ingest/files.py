"""The files that people mean when they name files and folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.errors import EvidenceError


def find(paths: Sequence[str]) -> list[Path]:
    """The files named, and all files in the folders named, sorted within each, every file once.

    Hidden files and links that lead out of the folder are left out, unless named themselves.
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
        else:
            raise EvidenceError(f"{name}: there is no such file or folder; check the name.")
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _files(folder: Path) -> Iterator[Path]:
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if path.is_file() and path.resolve().is_relative_to(root):
            yield path
