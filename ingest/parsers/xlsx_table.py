"""Tables of references in Excel workbooks (.xlsx): every sheet in which a row names the columns.

The names of columns are those of ``csv_table``. openpyxl reads the workbook; what ours adds to it
stands in ``workbook``. A piece's line is the number of its row, its text the row as comma-separated
values. A sheet of references that names no title in a way that is known is one problem; other sheets
(explanations, a search strategy) are none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from corpus.record import Piece, Problem
from ingest.files.text import Text
from ingest.files.workbook import SHEET_SIGN
from ingest.parsers.columns import Mapped
from ingest.parsers.csv_table import CsvTable, Table
from ingest.parsers.own_table import is_beside, is_own, joined
from ingest.parsers.table_rows import Row, Rows

_ROW = re.compile(rf"{SHEET_SIGN}([^\x03\n]*)\x03(\d+)\x03")
# So many rows of so many cells are a table.
_TABLE_ROWS, _TABLE_CELLS = 3, 3


class XlsxTable:
    """Reads the tables of a workbook; ``mapped`` is what ``--map`` says."""

    name = "xlsx"
    endings: tuple[str, ...] = (".xlsx", ".xlsm")

    def __init__(self, mapped: Mapped | None = None) -> None:
        """A reader that goes by the usual names of columns, but for those that are mapped."""
        self._mapped = mapped or {}

    def recognises(self, head: str) -> bool:
        """Whether the text was taken out of a workbook."""
        return bool(_ROW.match(head))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The rows of one sheet after the other."""
        if not self.recognises(text.head):
            table = CsvTable(self._mapped)
            table.name = self.name
            return table.parse(text)
        return self._parse(text)

    def _parse(self, text: Text) -> Iterator[Piece]:
        # Sets the limit of Python's csv to what a cell may hold.
        Rows((), ",")
        for sheet, numbered in groupby(sheet_rows(text.lines()), key=lambda pair: pair[0]):
            table = Table(text.source, self.name, self._mapped, loose=True)
            above: list[Row] = []
            yield from table.pieces(_watched(_without_our_ways(row for _, row in numbered), above))
            wide = [row for row in above if sum(1 for cell in row.cells if cell) >= _TABLE_CELLS]
            if not table.begun and len(wide) >= _TABLE_ROWS:
                yield Problem(
                    text.source,
                    wide[0].line,
                    wide[0].raw,
                    f"sheet `{sheet}` has no column with a known name of a title",
                    "name it with --map title=COLUMN if this is a table of references",
                )


def _without_our_ways(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows with texts put together that go on elsewhere in our own table; none of our sheets of tags."""
    first = next(rows, None)
    if first is None or is_beside(first.cells):
        # groupby goes on behind what is not taken.
        return
    yield first
    if not is_own(first.cells):
        yield from rows
        return
    for row in rows:
        more = len(row.cells) > len(first.cells)
        yield replace(row, cells=joined(first.cells, row.cells)) if more else row


def _watched(rows: Iterator[Row], above: list[Row]) -> Iterator[Row]:
    """The rows, the first of them kept."""
    for row in rows:
        if len(above) < 40:
            above.append(row)
        yield row


def sheet_rows(lines: Iterator[str]) -> Iterator[tuple[str, Row]]:
    """(sheet, row) of the text of a workbook."""
    taken: list[str] = []
    number = 0
    for line in lines:
        if line.startswith(SHEET_SIGN) and taken:
            yield _row(taken, number)
            taken = []
        number += 1
        taken.append(line)
    if taken:
        yield _row(taken, number)


def _row(lines: list[str], number: int) -> tuple[str, Row]:
    match = _ROW.match(lines[0])
    raw = "".join(lines)[match.end() if match else 0 :].rstrip("\n")
    try:
        cells = next(csv.reader(io.StringIO(raw)), [])
    except csv.Error:
        cells = raw.split(",")
    return (match[1], Row(int(match[2]), cells, raw)) if match else ("", Row(number, cells, raw))
