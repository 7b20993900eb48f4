"""Problems that were mended: which a new reading settles, and a file of pieces for mending."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from corpus.errors import EvidenceError
from corpus.store import Store
from ingest import formats

#: A source of which so great a part is in a later one of the same name is an earlier version of it.
_SAME = 0.5
#: What a piped text is called: two of them have nothing in common but that.
_PIPED = "standard input"

#: Ways to put pieces into one file: what stands before, between and behind them.
_FORMS = (
    ("", "\n\n", "\n"),
    ("", "\n", "\n"),
    ("", "\nER  - \n\n", "\nER  - \n"),
    ("[\n", ",\n", "\n]\n"),
    ("<PubmedArticleSet>\n", "\n", "\n</PubmedArticleSet>\n"),
    ("<xml><records>\n", "\n", "\n</records></xml>\n"),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A problem that is open: its row, where it was found, and the piece as printed."""

    id: int
    source: str
    format: str
    raw: str


def open_problems(store: Store, source: str | None = None) -> Iterator[Broken]:
    """The problems that no later source settles; of that source, by name or by its file's name, or of all."""
    rows = store.query(
        "select problems.id as id, sources.name as name, format, raw from problems"
        " join sources on sources.id = source where settled_by is null order by problems.id"
    )
    for row in rows:
        if source is None or source in (row["name"], PurePath(row["name"]).name):
            yield Broken(row["id"], row["name"], row["format"], row["raw"])


def texts_for_mending(broken: Sequence[Broken]) -> list[tuple[str, list[Broken]]]:
    """The pieces as texts of which a reader takes each piece for one again: all in one, or one text each.

    Where even one alone is none to the reader until it is mended, all in one with lines between.

    Raises ``EvidenceError`` for pieces of several formats.
    """
    names = sorted({each.format for each in broken})
    if len(names) > 1:
        found = ", ".join(sorted({each.source for each in broken}))
        raise EvidenceError(
            f"the problems are in several formats ({', '.join(names)}), which one file cannot hold;"
            f" name one --source of {found}."
        )
    raws = [each.raw.strip("\n") for each in broken]
    for before, between, behind in _FORMS:
        text = before + between.join(raws) + behind
        if _pieces(text, names[0]) == len(raws):
            return [(text, list(broken))]
    if any(_pieces(raw, names[0]) != 1 for raw in raws):
        return [("\n\n".join(raws) + "\n", list(broken))]
    return [(f"{raw}\n", [each]) for raw, each in zip(raws, broken, strict=True)]


def mark_exported(store: Store, broken: Sequence[Broken], name: str) -> None:
    """Remember in which file, by its bare name, the pieces went out: when it comes in they are settled."""
    store.connection.executemany(
        "update problems set exported_to = ? where id = ?",
        [(PurePath(name).name, each.id) for each in broken],
    )


def _pieces(text: str, format: str) -> int:
    try:
        stream = io.BytesIO(text.encode("utf-8", "replace"))
        return sum(1 for _ in formats.read(stream, "", format)[1])
    except EvidenceError:
        return 0


def settle_problems(store: Store, source_id: int) -> int:
    """Mark the open problems that this source, just read, takes the place of; how many.

    These are the pieces that went out for mending in a file of this name, and those of an earlier
    version of the same file. What could not be read of it either is a new problem.
    """
    name: str = store.value("select name from sources where id = ?", [source_id])
    if name == _PIPED:
        return 0
    settled = store.connection.execute(
        "update problems set settled_by = ? where settled_by is null and source <> ? and exported_to = ?",
        [source_id, source_id, PurePath(name).name],
    ).rowcount
    for earlier in store.query(
        "select distinct sources.id as id from sources join problems on source = sources.id"
        " where name = ? and sources.id < ? and settled_by is null",
        [name, source_id],
    ):
        if _is_version(store, earlier["id"], source_id):
            settled += store.connection.execute(
                "update problems set settled_by = ? where settled_by is null and source = ?",
                [source_id, earlier["id"]],
            ).rowcount
    return settled


def _is_version(store: Store, earlier: int, later: int) -> bool:
    """Whether the later source has most of what the earlier had: another file can have its name."""
    kept = store.connection.execute(
        "select count(*), total(fingerprint in (select fingerprint from source_records where source = ?))"
        " from source_records where source = ?",
        [later, earlier],
    ).fetchone()
    return bool(kept[1] >= _SAME * kept[0])
