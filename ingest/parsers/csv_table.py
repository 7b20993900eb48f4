"""Tables of references: comma, semicolon, tab or bar separated, from databases, tools and people.

What fills which field stands in ``columns``, by the names of columns: Scopus, Web of Science (both
its tab-delimited and its Excel export), PubMed, Embase, Cochrane, OpenAlex, Dimensions, The Lens, IEEE,
Springer, EBSCO, ProQuest, Zotero, Mendeley, EndNote, Rayyan, Covidence, EPPI-Reviewer, ASReview, rispy,
CoLRev, plain ones in some languages, and our own (``own_table``). ``--map`` names others. Columns in
no place are kept in ``extra`` by their names.

Python's ``csv`` reads the rows; ``csv.Sniffer`` does not choose the separator, since it takes the most
regular sign of the text and not the one that parts known names of columns (it fails on 5 of 14 files of
ASReview's). What ``csv`` would lose without a word (quotes that are not closed or not doubled) is mended in
``table_rows``, and rows with too few or too many cells here.

A head may stand below other lines (Dimensions, Ovid, ProQuest print some), may come again where files were
put together, and another head may follow. A row that has none of a work's fields is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from corpus.errors import EvidenceError
from corpus.record import Piece, Problem
from ingest.files.text import Text
from ingest.files.workbook import SHEET_SIGN
from ingest.parsers.columns import Layout, Mapped, by_number, is_title, layout, missing
from ingest.parsers.own_table import is_own, own_draft
from ingest.parsers.table_fields import Fields
from ingest.parsers.table_rows import SEPARATORS, Row, Rows

_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*\n', re.IGNORECASE)
#: What to do where no row names the columns.
NO_HEAD = "name its columns in a first row, or say which are which: --map title=2,author=1,year=3"
# Rows among which the head must be.
_OPENING_ROWS = 40
_YEAR = re.compile(r"(?:1[4-9]|20)\d\d(?:\.0)?(?:[-/.].*)?\Z")
_QUOTE = "quote a cell that holds the separator or a line break, or export the table again"


class CsvTable:
    """Reads tables in text; ``mapped`` is what ``--map`` says."""

    name = "csv"
    endings: tuple[str, ...] = (".csv", ".tsv", ".txt")

    def __init__(self, mapped: Mapped | None = None) -> None:
        """A reader that goes by the usual names of columns, but for those that are mapped."""
        self._mapped = mapped or {}

    def recognises(self, head: str) -> bool:
        """Whether one of the first rows names the columns of a table of references."""
        if head.startswith(SHEET_SIGN):
            return False
        found = _opening(head, self._mapped)
        if found is None:
            return False
        _, before, rows = found
        if not rows:
            return False
        known = layout(rows[0].cells, self._mapped) or {}
        # Above a table stand a few lines; a head far down has to say more.
        return (len(rows) < 2 or len(rows[1].cells) > 1) and (not before or len(known) > 2)

    def parse(self, text: Text) -> Iterator[Piece]:
        """The rows in the order printed."""
        sign = _SEPARATOR_LINE.match(text.head)
        found = _opening(text.head, self._mapped)
        separator = sign[1] if sign else found[0] if found else _likeliest(text.head)
        rows = Rows(text.lines(), separator)
        table = Table(text.source, self.name, self._mapped, rows)
        return table.pieces(islice(rows, bool(sign), None))


class Table:
    """Makes pieces of the rows of one table, whatever medium it stands in."""

    def __init__(
        self, source: str, format: str, mapped: Mapped, rows: Rows | None = None, *, loose: bool = False
    ) -> None:
        """``rows`` is told how many cells a row should have; ``loose`` says that rows have any number."""
        self._source = source
        self._format = format
        self._mapped = mapped
        self._rows = rows
        self._loose = loose
        self._head: list[str] = []
        self._fields: Fields | None = None
        self._layout: Layout = {}

    @property
    def begun(self) -> bool:
        """Whether the head was found."""
        return bool(self._head)

    def pieces(self, rows: Iterator[Row]) -> Iterator[Piece]:
        """A piece for each row below the head that is not empty."""
        short: list[Row] = []
        for row in rows:
            if not any(cell.strip() for cell in row.cells) or row.cells == self._head:
                continue
            if found := self._next_layout(row):
                yield from self._settled(short)
                short = []
                self._check(row.cells)
                self._begin(row.cells, found)
                continue
            if not self._head:
                numbered = by_number(self._mapped)
                if not numbered:
                    continue
                self._begin([""] * len(row.cells), numbered)
            surplus = 0 if self._loose else len(row.cells) - len(self._head)
            if surplus < 0 and not row.open and len(short) < _OPENING_ROWS:
                short.append(row)
                continue
            yield from self._settled(short)
            short = [row] if surplus < 0 and not row.open else []
            if not short:
                yield self._piece(row, surplus)
        yield from self._settled(short)

    def _next_layout(self, row: Row) -> Layout | None:
        """The layout that a row gives by naming columns: of the table, or of another one behind it."""
        if not self._head:
            found = None if len(row.cells) < 2 and not self._mapped else layout(row.cells, self._mapped)
            return self._numbered(row) if by_number(self._mapped) else found
        place = self._layout.get("title", (0,))[0]
        if place >= len(row.cells) or not is_title(row.cells[place]):
            return None
        found = layout(row.cells, self._mapped)
        filled = [cell for cell in row.cells if cell.strip()]
        # "Paper title" may be a title, and "Abstract" an abstract.
        if found is None or len(found) < 3 or any(cell.strip().isdecimal() for cell in filled):
            return None
        return found if 2 * sum(map(len, found.values())) >= len(filled) else None

    def _numbered(self, row: Row) -> Layout | None:
        """The layout by the numbers of ``--map``, where a head stands above the rows all the same."""
        return by_number(self._mapped) if layout(row.cells) else None

    def _begin(self, head: Sequence[str], found: Layout) -> None:
        self._head = list(head)
        self._layout = found
        self._fields = None if is_own(head) else Fields(head, found)
        if self._rows:
            self._rows.width = len(self._head)

    def _check(self, head: Sequence[str]) -> None:
        """Raise ``EvidenceError`` where a column of ``--map`` is not there."""
        for column in () if by_number(self._mapped) else missing(head, self._mapped):
            names = ", ".join(name.strip() for name in head if name.strip())
            raise EvidenceError(f"{self._source}: has no column `{column}`; its columns are {names}.")

    def _settled(self, short: Sequence[Row]) -> Iterator[Piece]:
        """The pieces of rows, one after the other, that all have too few cells.

        They are one row broken by line breaks that no quotes hold together, if they make up a whole one;
        or rows without their last cells, which are empty.
        """
        if not short:
            return
        cells = list(short[0].cells)
        for row in short[1:]:
            cells[-1:] = [f"{cells[-1]}\n{row.cells[0]}", *row.cells[1:]]
        raw = "\n".join(row.raw for row in short)
        lines = short[-1].line + short[-1].raw.count("\n") - short[0].line
        if (
            len(short) > 1
            and len(cells) == len(self._head)
            and raw.count("\n") == lines
            and self._fits(cells)
        ):
            yield self._piece(Row(short[0].line, cells, raw), 0)
            return
        like = {len(row.cells) for row in short}
        for row in short:
            whole = self._fits(row.cells) and sum(1 for cell in row.cells if cell.strip()) > 1
            if whole and len(like) == 1:
                yield self._piece(row, 0)
            else:
                yield self._ragged(row)

    def _fits(self, cells: Sequence[str]) -> bool:
        """Whether the cells look right in their columns: a title, a year where one should be."""
        years = [cells[place].strip() for place in self._layout.get("year", ()) if place < len(cells)]
        titles = [cells[place].strip() for place in self._layout.get("title", ()) if place < len(cells)]
        return any(titles) and all(not year or _YEAR.match(year) for year in years)

    def _piece(self, row: Row, surplus: int) -> Piece:
        cells = row.cells
        width = len(self._head)
        if surplus and (surplus < 0 or any(cell.strip() for cell in cells[width:])):
            return self._ragged(row)
        if row.open:
            # The quote that nothing closes belongs to no title.
            cells = [cell[1:] if cell.startswith('"') and cell.count('"') % 2 else cell for cell in cells]
        drafted = self._fields.draft(cells) if self._fields else own_draft(self._head, cells)
        if drafted is None:
            return Problem(
                self._source,
                row.line,
                row.raw,
                "row has no title, author, abstract or identifier",
                "fill one in, or name the column with --map title=COLUMN",
            )
        id, made = drafted
        for place, cell in enumerate(cells[width:], start=width + 1):
            made.keep(f"column {place}", cell)
        return made.source_record(id, self._source, self._format, row.line, row.raw)

    def _ragged(self, row: Row) -> Problem:
        if row.open:
            reason = "a quotation mark is opened and never closed"
        else:
            reason = f"row has {len(row.cells)} cells, and there are {len(self._head)} columns"
        return Problem(self._source, row.line, row.raw, reason, _QUOTE)


def _opening(head: str, mapped: Mapped) -> tuple[str, int, list[Row]] | None:
    """(separator, rows above the head, the head and the row below it); ``None`` if there is no head."""
    sign = _SEPARATOR_LINE.match(head)
    lines = [f"{line}\n" for line in head[sign.end() if sign else 0 :].split("\n")]
    if by_number(mapped):
        separator = sign[1] if sign else _likeliest(head)
        return separator, 0, list(islice(Rows(lines, separator), 2))
    best: tuple[int, str, int, list[Row]] | None = None
    for separator in [sign[1]] if sign else SEPARATORS:
        rows = list(islice(Rows(lines, separator), _OPENING_ROWS))
        for place, row in enumerate(rows):
            found = layout(row.cells, mapped) if len(row.cells) > 1 or mapped else None
            if found is not None:
                known = sum(len(columns) for columns in found.values())
                if best is None or known > best[0]:
                    best = known, separator, place, rows[place : place + 2]
                break
    return best[1:] if best else None


def _likeliest(head: str) -> str:
    """The separator of most cells in the first rows, where no head tells."""
    return max(SEPARATORS, key=lambda sign: head[:4096].count(sign))
