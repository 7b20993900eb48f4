"""The rows of a text of separated values, each with the line where it begins and its text as printed.

Python's ``csv`` reads what is quoted as it should be. What it would read wrongly without a word is read
here: a quote that is opened and never closed swallows no rows, quotes within a cell that are not doubled
stay, ``\\"`` is a quote, and a line break in a cell without quotes is told from the end of a row by the
number of cells.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.files.text import LONGEST

SEPARATORS = (",", "\t", ";", "|")
# A quote that runs on for so many lines, or characters, is one that was never closed.
_LINES, _LENGTH = 2_000, 1 << 20
# Lines that are tried to go on with one that is not quoted as it should be.
_TRIED = 50
# After so many quotes that were never closed, the next ones get this share of all that.
_PATIENCE, _SHARE = 20, 20


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its first line (from 1), its cells, its text without the end of the last line.

    ``open`` says that a quote is opened in it and not closed: its cells are a guess.
    """

    line: int
    cells: list[str]
    raw: str
    open: bool = False


class Rows:
    """Reads rows off lines; ``width`` is how many cells a row should have, 0 while that is not known."""

    def __init__(self, lines: Iterable[str], separator: str) -> None:
        """The lines with their ends."""
        self.width = 0
        self._lines = iter(lines)
        self._waiting: deque[str] = deque()
        self._line = 1
        self._separator = separator
        self._unclosed = 0
        self._after = re.compile(rf" *(?:{re.escape(separator)}|\Z)")
        # The limit is one for the whole process, and 128 K are too few for a cell with a full text.
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST))

    def __iter__(self) -> Iterator[Row]:
        """The rows in order; lines with nothing on them are left out."""
        while (line := self._next()) is not None:
            if not line.strip():
                self._line += 1
                continue
            row = self._row(line)
            self._line += row.raw.count("\n") + 1
            yield row

    def _next(self) -> str | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def _row(self, line: str) -> Row:
        if '"' not in line:
            bare = line.rstrip("\n")
            return Row(self._line, bare.split(self._separator), bare)
        taken = [line]
        cells = self._strict(taken)
        if cells is not None and not self._swallows(cells, taken):
            return Row(self._line, self._requoted(cells), _raw(taken))
        self._put_back(taken[1:])
        return self._mended(line)

    def _strict(self, taken: list[str]) -> list[str] | None:
        """The cells of a row quoted as it should be, its further lines added to ``taken``; else ``None``."""
        try:
            return next(csv.reader(self._feed(taken), delimiter=self._separator, strict=True), [])
        except csv.Error:
            return None

    def _requoted(self, cells: list[str]) -> list[str]:
        """The cells of a row that was quoted whole, as Excel does that takes a table for one column."""
        if len(cells) != 1 or self._separator not in cells[0]:
            return cells
        try:
            inner = next(csv.reader([cells[0]], delimiter=self._separator, strict=True), cells)
        except csv.Error:
            return cells
        return inner if self.width in (0, len(inner)) else cells

    def _feed(self, taken: list[str]) -> Iterator[str]:
        yield taken[0]
        length = 0
        lines = self._patience(_LINES)
        while len(taken) < lines and length < _LENGTH and (line := self._next()) is not None:
            taken.append(line)
            length += len(line)
            yield line

    def _swallows(self, cells: list[str], taken: list[str]) -> bool:
        """Whether a row of many lines has the wrong width and one of its lines alone has the right one."""
        if len(taken) == 1 or len(cells) == self.width or not self.width:
            return False
        return any(len(self._cells(line)[0]) == self.width > 1 for line in taken[1:])

    def _mended(self, line: str) -> Row:
        """The row that begins here, where its quotes are not as they should be."""
        cells, is_open = self._cells(line)
        if not is_open or not self.width:
            return Row(self._line, cells, line.rstrip("\n"))
        taken = [line]
        while len(taken) < self._patience(_TRIED) and (following := self._next()) is not None:
            taken.append(following)
            if len(cells) == len(self._cells(following)[0]) == self.width:
                break
            further, still_open = self._cells("".join(taken))
            if not still_open and len(further) == self.width:
                return Row(self._line, further, _raw(taken))
        self._unclosed += 1
        self._put_back(taken[1:])
        return Row(self._line, cells, line.rstrip("\n"), open=True)

    def _patience(self, lines: int) -> int:
        return lines if self._unclosed < _PATIENCE else lines // _SHARE

    def _cells(self, text: str) -> tuple[list[str], bool]:
        """(cells, whether a quote is open): quotes within a cell are part of it where none follows them."""
        text = text.rstrip("\n")
        cells: list[str] = []
        place, is_open = 0, False
        while True:
            if text[place : place + 1] == '"' and (found := self._closing(text, place + 1)):
                closing, after = found
                cells.append(text[place + 1 : closing].replace('""', '"').replace('\\"', '"'))
                if after < 0:
                    return cells, is_open
                place = after
                continue
            end = text.find(self._separator, place)
            cell = text[place : end if end >= 0 else len(text)]
            # '"Caring" for others' is a title that begins with a quotation.
            is_open = is_open or (cell.startswith('"') and cell.count('"') % 2 == 1)
            cells.append(cell)
            if end < 0:
                return cells, is_open
            place = end + 1

    def _closing(self, text: str, place: int) -> tuple[int, int] | None:
        """(the quote that closes the cell, where the next cell begins, -1 at the end); ``None`` if none does.

        It is one that a separator or the end follows and no backslash stands before; of a run of quotes
        the last, if all before it are doubled.
        """
        second_best = None
        while (start := text.find('"', place)) >= 0:
            place = start + 1
            while text[place : place + 1] == '"':
                place += 1
            after = self._after.match(text, place)
            if not after or (place - start == 1 and text[start - 1] == "\\"):
                continue
            found = (place - 1, after.end() if after.group().endswith(self._separator) else -1)
            if (place - start) % 2:
                return found
            second_best = second_best or found
        return second_best

    def _put_back(self, lines: list[str]) -> None:
        self._waiting.extendleft(reversed(lines))


def _raw(lines: list[str]) -> str:
    return "".join(lines).rstrip("\n")
