"""What was refused, as a person sees it: listed, and written out to be mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from corpus.errors import EvidenceError
from corpus.store import Store
from ingest.mending import mark_exported, open_problems, texts_for_mending


def listed(store: Store, source: str | None = None, *, everything: bool = False) -> Iterator[dict[str, Any]]:
    """The open problems in the order found; with ``everything`` those too that a later source settled."""
    for row in store.query(
        "select problems.id as id, sources.name as source, line, reason, hint, raw,"
        " later.name as settled_by, exported_to from problems"
        " join sources on sources.id = source left join sources as later on later.id = settled_by"
        " where :everything or settled_by is null order by problems.id",
        {"everything": everything},
    ):
        if source is None or source in (row["source"], PurePath(row["source"]).name):
            yield row


def export(store: Store, source: str | None, target: Path) -> list[tuple[Path, int]]:
    """Write the open problems to ``target``; which files with how many pieces.

    Several files, numbered, where the pieces would not be told apart in one. No file is overwritten.
    """
    broken = list(open_problems(store, source))
    if not broken:
        return []
    texts = texts_for_mending(broken)
    paths = [target] if len(texts) == 1 else [_numbered(target, at) for at in range(1, len(texts) + 1)]
    for path in paths:
        if path.exists():
            raise EvidenceError(f"{path}: is there already; name a new file.")
    with store.atomic():
        for path, (text, pieces) in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8", errors="replace", newline="")
            mark_exported(store, pieces, path.name)
    return [(path, len(pieces)) for path, (_, pieces) in zip(paths, texts, strict=True)]


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
