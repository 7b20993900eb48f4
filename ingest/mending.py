"""Problems that were mended: which a new reading settles, and a file of pieces for mending."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from corpus.errors import EvidenceError
from corpus.store import Store
from ingest import formats
from ingest.files.text import Text

#: Lines at the beginning of a table among which its head is looked for.
_OPENING = 40
#: What stands before a row in the text of a workbook: its sheet and number.
_SHEET_CELLS = re.compile(r"\x02[^\x03\n]*\x03\d+\x03")
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
    """A problem that is open: its row, where it was found, and the piece as printed.

    ``head`` is the row that names the columns, where the piece is a row of a table.
    """

    id: int
    source: str
    format: str
    raw: str
    head: str = ""


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

    Where even one alone is none to the reader until it is mended, all in one with lines between. Pieces of
    several formats, and rows of several tables, are never in one.
    """
    alike: dict[tuple[str, str], list[Broken]] = {}
    for each in broken:
        alike.setdefault((each.format, each.head or each.source * is_table(each.format)), []).append(each)
    return [text for pieces in alike.values() for text in _texts_of_one_format(pieces)]


def is_table(format: str) -> bool:
    """Whether a piece of the format is a row, which says nothing without the names of the columns."""
    return format in ("csv", "xlsx")


def head_of(text: Text, row: str, format: str) -> str:
    """The row that names the columns, of the table that the row was refused of; "" if none stands there."""
    lines = [_SHEET_CELLS.sub("", line).rstrip("\n") for line in islice(text.lines(), _OPENING)]
    filled = [line for line in lines if line.strip()]
    # Names that only --map knows tell no reader anything; then it is what stands first.
    first = filled[0] if filled else ""
    return next((line for line in filled if _pieces(f"{line}\n{row}\n", format) == 1), first)


def _texts_of_one_format(broken: Sequence[Broken]) -> list[tuple[str, list[Broken]]]:
    format = broken[0].format
    head = f"{broken[0].head}\n" if broken[0].head else ""
    raws = [each.raw.strip("\n") for each in broken]
    if is_table(format):
        return [(head + "".join(f"{raw}\n" for raw in raws), list(broken))]
    for before, between, behind in _FORMS:
        text = before + between.join(raws) + behind
        if _pieces(text, format) == len(raws):
            return [(text, list(broken))]
    if any(_pieces(raw, format) != 1 for raw in raws):
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
