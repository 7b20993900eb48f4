"""What was refused, as a person sees it: listed, written out to be mended, and mended on the spot."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from corpus.errors import EvidenceError
from corpus.record import Problem
from corpus.store import Store
from ingest import formats
from ingest.files.opening import open_text
from ingest.formats import PARSERS
from ingest.intake import take_in
from ingest.mending import Broken, head_of, is_table, mark_exported, open_problems, texts_for_mending
from kb.sources import Source

#: So many names of sources are told to someone who named one that is not there.
_NAMED = 10


def listed(store: Store, source: str | None = None, *, everything: bool = False) -> Iterator[dict[str, Any]]:
    """The open problems in the order found; with ``everything`` those too that a later source settled.

    Raises ``EvidenceError`` for a source that was never read.
    """
    _check_name(store, source)
    for row in store.query(
        "select problems.id as id, sources.name as source, line, reason, hint, raw,"
        " later.name as settled_by, exported_to from problems"
        " join sources on sources.id = source left join sources as later on later.id = settled_by"
        " where :everything or settled_by is null order by problems.id",
        {"everything": everything},
    ):
        if source is None or source in (row["source"], PurePath(row["source"]).name):
            yield row


def export(store: Store, source: str | None, target: Path) -> list[tuple[Path, list[Broken]]]:
    """Write the open problems to ``target``; which files with which pieces.

    Several files, numbered, where the pieces would not be told apart in one or are in several formats.
    No file is overwritten.
    """
    _check_name(store, source)
    broken = _headed(list(open_problems(store, source)))
    if not broken:
        return []
    texts = texts_for_mending(broken)
    several = len({each.format for each in broken}) > 1
    paths = [
        _numbered(target, number, pieces[0].format if several else "") if len(texts) > 1 else target
        for number, (_, pieces) in enumerate(texts, start=1)
    ]
    for path in paths:
        if path.exists():
            raise EvidenceError(f"{path}: is there already; name a new file.")
    with store.atomic():
        for path, (text, pieces) in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8", errors="replace", newline="")
            mark_exported(store, pieces, path.name)
    return [(path, pieces) for path, (_, pieces) in zip(paths, texts, strict=True)]


def text_of(store: Store, number: int) -> Broken:
    """The open problem of that number, ``raw`` as it is to be mended: a row below the names of its columns.

    Raises ``EvidenceError`` where none is open.
    """
    broken = _headed([each for each in open_problems(store) if each.id == number])
    if not broken:
        raise EvidenceError(f"problem {number} is not there, or was settled meanwhile.")
    return replace(broken[0], raw=texts_for_mending(broken)[0][0])


def mend(store: Store, number: int, text: str, by: str) -> int:
    """Read a problem's piece again as somebody mended it, which settles the problem, or change nothing.

    Gives the number of the decision that says so.

    Raises ``EvidenceError`` with the reader's reason for a text of which not every piece can be read.
    """
    broken = text_of(store, number)
    name = f"problem-{number}{PARSERS['csv' if is_table(broken.format) else broken.format].endings[0]}"
    format = None if is_table(broken.format) else broken.format
    content = text.replace("\r\n", "\n").encode("utf-8", "replace")
    found = list(formats.read(io.BytesIO(content), name, format)[1])
    for piece in found:
        if isinstance(piece, Problem):
            raise EvidenceError(f"line {piece.line}: {piece.reason}" + (f"; {piece.hint}" * bool(piece.hint)))
    digest = hashlib.sha256(content).hexdigest()
    with store.atomic():
        mark_exported(store, [broken], name)
    take_in(store, name, format or "csv", digest, found)
    with store.atomic():
        source = store.value("select id from sources where sha256 = ?", [digest])
        # The same text can have come in before: then that reading has settled the problem.
        store.connection.execute(
            "update problems set settled_by = ? where id = ? and settled_by is null", [source, number]
        )
        return _note(store, number, source, by)


def _note(store: Store, number: int, source: int, by: str) -> int:
    """Write down, beside what else people decided, who mended which problem and when; the row's number."""
    kept = {"problem": number, "source": source}
    cursor = store.connection.execute(
        "insert into decisions (kind, content, decided_by, decided_at) values ('mend', ?, ?, ?)",
        [json.dumps(kept), by, datetime.now(UTC).isoformat(timespec="microseconds")],
    )
    return int(cursor.lastrowid or 0)


def headless(pieces: Sequence[Broken]) -> bool:
    """Whether these are rows of a table whose names of columns are not known any more."""
    return is_table(pieces[0].format) and not pieces[0].head


def _check_name(store: Store, source: str | None) -> None:
    if source is None:
        return
    names = [row[0] for row in store.connection.execute("select distinct name from sources order by name")]
    if not any(source in (name, PurePath(name).name) for name in names):
        some = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
        raise EvidenceError(
            f"no source has the name `{source}`; {f'there are {some}' if some else 'none was read'}."
        )


def _headed(broken: list[Broken]) -> list[Broken]:
    """The pieces, rows of tables with the names of their columns if their file is still there."""
    heads: dict[str, str] = {}
    for each in broken:
        if is_table(each.format) and each.source not in heads:
            heads[each.source] = _head(each)
    return [replace(each, head=heads.get(each.source, "")) for each in broken]


def _head(broken: Broken) -> str:
    path = Path(broken.source)
    if not path.is_file():
        return ""
    try:
        with Source(broken.source, path).open() as stream:
            return head_of(open_text(stream, broken.source), broken.raw, broken.format)
    except EvidenceError:
        return ""


def _numbered(path: Path, number: int, format: str) -> Path:
    """``mend-2.ris``; with the ending of the format where the files are of several."""
    ending = PARSERS[format].endings[0] if format else path.suffix
    return path.with_name(f"{path.stem}-{number}{'.csv' if format == 'xlsx' else ending}")
