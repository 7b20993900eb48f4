"""A coding sheet: the table of tags that people fill in with a spreadsheet, written and read back."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError
from corpus.quoting import field_text
from corpus.store import Store
from corpus.verdict import Kind, decide_on, standing
from ingest.files.opening import open_text
from ingest.files.text import Text
from ingest.parsers.own_table import restore
from ingest.parsers.table_rows import SEPARATORS, Row, Rows
from ingest.parsers.xlsx_table import sheet_rows
from ingest.tagging.sentences import sentence_around
from kb.deciding_tags_replay import current
from kb.exporters.csv_table import harmless
from kb.exporters.exporter import Sink

#: The columns that are written; ``decision`` is the one to fill.
COLUMNS = (
    *("record", "title", "year", "theme", "label", "direction", "field", "quote", "sentence"),
    *("score", "status", "decision", "note", "coder"),
)

#: Column -> the names that it goes by in sheets of ours and of others, in small letters.
_NAMES: dict[str, tuple[str, ...]] = {
    "record": ("record", "record id", "record_id", "id", "item", "item id", "study", "study id"),
    "doi": ("doi",),
    "title": ("title", "record title", "item title", "study title"),
    "year": ("year", "publication year", "date"),
    "theme": ("theme", "code", "factor", "theme id", "code name", "attribute"),
    "label": ("label", "theme label"),
    "direction": ("direction", "valence", "barrier/enabler", "barrier or enabler"),
    "field": ("field",),
    "quote": ("quote", "text", "evidence", "extract", "quotation", "coded text", "words"),
    "decision": ("decision", "verdict", "agree", "correct", "correct?", "right?", "y/n"),
    "note": ("note", "notes", "comment", "comments", "why", "info box", "additional text"),
    "coder": ("coder", "reviewer", "by", "decided by", "decided_by", "coded by"),
}
_COLUMN = {name: column for column, names in _NAMES.items() for name in names}

#: What is written into the column -> the decision that it means.
_DECISIONS: dict[str, Kind] = {
    **dict.fromkeys(
        ("accept", "accepted", "y", "yes", "1", "1.0", "true", "ok", "right", "correct"), "accept"
    ),
    **dict.fromkeys(("reject", "rejected", "n", "no", "0", "0.0", "false", "wrong", "incorrect"), "reject"),
    **dict.fromkeys(("add", "added", "new"), "add"),
}

_DIRECTIONS = {
    **dict.fromkeys(("barrier", "barriers", "hinders", "hindrance", "obstacle"), "barrier"),
    **dict.fromkeys(("enabler", "enablers", "facilitator", "facilitators", "helps"), "enabler"),
    **dict.fromkeys(("driver", "drivers", "drives"), "driver"),
    **dict.fromkeys(("", "none", "-", "n/a", "na"), None),
}

#: Rows among which the names of the columns must be.
_OPENING_ROWS = 20
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*\n', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Coded:
    """A row of a coding sheet: its file, its number, its cells by column; ``asks`` if it has ``decision``."""

    source: str
    line: int
    cells: Mapping[str, str]
    asks: bool

    def __getitem__(self, column: str) -> str:
        """The cell of a column; "" where there is none."""
        return self.cells.get(column, "")

    @property
    def decision(self) -> Kind | None:
        """What was decided; ``None`` for an empty cell. Raises ``EvidenceError`` for what means nothing."""
        said = self["decision"].strip().casefold()
        if not said:
            return None if self.asks else "add"
        if said not in _DECISIONS:
            raise EvidenceError(
                f"decision `{self['decision']}` is none of accept, reject, add (or yes, no, y, n, 1, 0)"
            )
        return _DECISIONS[said]

    @property
    def direction(self) -> str | None:
        """The direction; raises ``EvidenceError`` for what means none."""
        said = self["direction"].strip().casefold()
        if said not in _DIRECTIONS:
            raise EvidenceError(
                f"direction `{self['direction']}` is none of barrier, enabler, driver (or empty)"
            )
        return _DIRECTIONS[said]


def write_sheet(rows: Iterable[Mapping[str, Any]], stream: Sink) -> int:
    """Write the head and the rows as CSV, harmless to spreadsheets; gives how many rows."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow([harmless("" if row[name] is None else str(row[name])) for name in COLUMNS])
        count += 1
    return count


def sheet(
    store: Store, theme: str | None = None, direction: str | None = None, *, coder: str = ""
) -> Iterator[dict[str, Any]]:
    """A row for each tag of the file, by record; with ``coder`` what that person decided is filled in."""
    labels = {each.id: each.label for each in store.themes()}
    said = defaultdict(list)
    for verdict in standing(each for each in current(store) if coder and each.decided_by == coder):
        said[verdict.record].append(verdict)
    for record_id, tags in groupby(store.tags(), key=lambda tag: tag.record):
        record = store.record(record_id)
        for tag in tags:
            if (theme and tag.theme != theme) or (direction and tag.direction != direction):
                continue
            text = field_text(record, tag.field)
            first, last = sentence_around(text, tag.start, tag.end) if tag.quote else (0, 0)
            own = decide_on(tag, said[tag.record])
            yield {
                "record": record.id,
                "title": record.title,
                "year": record.year,
                "theme": tag.theme,
                "label": labels.get(tag.theme, tag.theme),
                "direction": tag.direction or "",
                "field": tag.field,
                "quote": tag.quote,
                "sentence": text[first:last],
                "score": f"{tag.score:.2f}",
                "status": tag.status,
                "decision": own.kind if own else "",
                "note": own.note if own else "",
                "coder": own.decided_by if own else "",
            }


def read_sheet(path: Path) -> Iterator[Coded]:
    """The rows of a coding sheet (CSV of any separator and encoding, or a workbook), in order.

    Raises ``EvidenceError`` where no row names the columns of theme and record.
    """
    with path.open("rb") as stream:
        text = open_text(stream, str(path))
        begun = False
        for sheet_name, rows in _tables(text):
            for coded in _coded(str(path), sheet_name, rows):
                begun = True
                if coded is not None:
                    yield coded
    if not begun:
        raise EvidenceError(
            f"{path}: no row names the columns of a coding sheet; it needs `theme` and one of `record`,"
            " `doi`, `title`. `kb tag export` writes one to fill in."
        )


def _tables(text: Text) -> Iterator[tuple[str, Iterator[Row]]]:
    """The rows of each sheet by its name, "" for a text."""
    if text.medium == "xlsx":
        Rows((), ",")
        for name, numbered in groupby(sheet_rows(text.lines()), key=lambda pair: pair[0]):
            yield name, (row for _, row in numbered)
        return
    sign = _SEPARATOR_LINE.match(text.head)
    separator = sign[1] if sign else _separator(text.head)
    yield "", islice(Rows(text.lines(), separator), bool(sign), None)


def _separator(head: str) -> str:
    """The separator by which a row of the head names most columns."""

    def known(separator: str) -> int:
        rows = islice(Rows([f"{line}\n" for line in head.split("\n")], separator), _OPENING_ROWS)
        return max((len(_layout(row.cells)) for row in rows), default=0)

    return max(SEPARATORS, key=known)


def _coded(source: str, sheet_name: str, rows: Iterator[Row]) -> Iterator[Coded | None]:
    """The rows below the head; first a ``None`` that says that there is a head."""
    places: dict[str, int] = {}
    for number, row in enumerate(rows):
        if not places:
            found = _layout(row.cells)
            if "theme" in found and found.keys() & {"record", "doi", "title"}:
                places = found
                yield None
            elif number >= _OPENING_ROWS:
                return
            continue
        cells = {
            column: restore(row.cells[place]).strip()
            for column, place in places.items()
            if place < len(row.cells)
        }
        if any(cells.values()):
            yield Coded(
                f"{source}: {sheet_name}" if sheet_name else source, row.line, cells, "decision" in places
            )


def _layout(cells: Sequence[str]) -> dict[str, int]:
    """Column -> place, as a row names them; the first of two of one name."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = _COLUMN.get(" ".join(cell.strip().casefold().split()))
        if column:
            found.setdefault(column, place)
    return found
