"""An Excel workbook: the records, their tags and how they were found, each on a sheet of its own.

"Records" has a row a record in the columns of ``csv_table``, "Tags" a row a tag that nobody rejected, with
the words that earned it, "Search" what the one who exports says of the search. Every cell is text: nothing
is taken for a formula, a number or a date. Where a text is longer than Excel's 32,767 characters a cell, it
goes on in cells right of the last column that begin with the name of its own ("abstract: ..."), and a row
of "Search" says so. Rows beyond Excel's 1,048,576 stand on "Tags 2" or "Records 2". Our own reader gives
the records back, and takes the other sheets for none.

openpyxl writes the rows to a temporary file a sheet as they come, so memory stays as it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from corpus.theme import Tag
from ingest.parsers.own_table import GOES_ON, SEARCH_COLUMNS, TAG_COLUMNS
from kb.exporters.csv_table import COLUMNS, FORMULA, cells
from kb.exporters.exporter import Exported, Sink, xml_text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

#: Excel's own limits: units of UTF-16 in a cell, rows on a sheet.
CELL, ROWS = 32_767, 1 << 20
_WIDTHS = {
    "id": 28,
    "record": 28,
    "authors": 32,
    "title": 60,
    "container_title": 32,
    "abstract": 60,
    "keywords": 32,
    "themes": 40,
    "doi": 24,
    "url": 24,
    "theme": 24,
    "quote": 60,
    "About the search": 28,
    "Value": 100,
}
_WIDTH = 14
_PIECE = 1 << 16
# An apostrophe in front says to our reader that one was put there, so one of the record's own gets another.
_APOSTROPHE = re.compile(r"'+[=+\-@\t\r]")
_LINE_ENDS = re.compile(r"\r\n?")


class Xlsx:
    """An Excel workbook for spreadsheets and screening."""

    name = "xlsx"
    ending = ".xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    binary = True

    def __init__(self, search: Sequence[tuple[str, str]] = ()) -> None:
        """``search`` is what the third sheet says: (what, value) in rows."""
        self._search = tuple(search)

    def write(self, records: Iterable[Exported], stream: Sink) -> int:
        """Write the workbook once all records have come; gives how many."""
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        try:
            count = self._fill(book, records)
            # zipfile writes the end of an archive also when nobody takes it any more, so not to the sink.
            with TemporaryFile() as whole:
                book.save(whole)
                whole.seek(0)
                while piece := whole.read(_PIECE):
                    stream.write(piece)
        finally:
            for sheet in book.worksheets:
                _forget(sheet)
        return count

    def _fill(self, book: Workbook, records: Iterable[Exported]) -> int:
        works, tags = _Sheet(book, "Records", COLUMNS), _Sheet(book, "Tags", TAG_COLUMNS)
        count = 0
        for exported in records:
            row = cells(exported)
            works.append([f"'{cell}" if _APOSTROPHE.match(cell) else cell for cell in row])
            for tag in exported.tags:
                if tag.status != "rejected":
                    tags.append(_tag(exported, tag))
            count += 1
        search = [*self._search, *works.notes(), *tags.notes()]
        sheets = [works, tags]
        if search:
            sheets.append(_Sheet(book, "Search", SEARCH_COLUMNS))
            for pair in search:
                sheets[-1].append(pair)
        for sheet in sheets:
            sheet.finish()
        return count


class _Sheet:
    """A sheet on its way: a bold head that stays in sight and has filters, and rows of texts."""

    def __init__(self, book: Workbook, title: str, columns: Sequence[str]) -> None:
        self._book = book
        self._title = title
        self._columns = columns
        self._long = 0
        self._part = 0
        self._begin(title)

    def _begin(self, title: str) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        self._sheet: Any = self._book.create_sheet(title)
        self._part += 1
        self._rows = 1
        for place, name in enumerate(self._columns, start=1):
            self._sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, _WIDTH)
        self._sheet.freeze_panes = "A2"
        head = [WriteOnlyCell(self._sheet, name) for name in self._columns]
        for cell in head:
            cell.font = Font(bold=True)
        self._sheet.append(head)

    def append(self, row: Sequence[str]) -> None:
        """Add a row, on another sheet where one is full; what a cell cannot hold goes on behind the last."""
        if self._rows == ROWS:
            self.finish()
            self._begin(f"{self._title} {self._part + 1}")
        texts = [_LINE_ENDS.sub("\n", xml_text(text)) if text else "" for text in row]
        if any(len(text) > CELL // 2 for text in texts):
            texts = self._divided(texts)
        self._sheet.append([self._cell(text) if text else None for text in texts])
        self._rows += 1

    def notes(self) -> Iterator[tuple[str, str]]:
        """What is to be said of texts that go on."""
        if self._long:
            yield (
                f"Long texts on the sheet {self._title}",
                f"{self._long} {'row has a text' if self._long == 1 else 'rows have texts'} of more than"
                f" {CELL:,} characters, which go on right of the column `{self._columns[-1]}`.",
            )

    def finish(self) -> None:
        """Put filters over all rows."""
        from openpyxl.utils import get_column_letter

        self._sheet.auto_filter.ref = f"A1:{get_column_letter(len(self._columns))}{self._rows}"

    def _divided(self, texts: Sequence[str]) -> list[str]:
        first, behind = [], []
        for name, text in zip(self._columns, texts, strict=True):
            part, *others = _parts(text, len(name) + len(GOES_ON))
            first.append(part)
            behind += [f"{name}{GOES_ON}{other}" for other in others]
        self._long += bool(behind)
        return [*first, *behind]

    def _cell(self, text: str) -> Any:
        if text[0] not in "=#+-@\t'":
            return text
        from openpyxl.cell import WriteOnlyCell

        # openpyxl takes "=1" for a formula and "#N/A" for an error.
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"
        if FORMULA.match(text):
            # Excel then leaves it a text also when somebody edits the cell.
            cell.quotePrefix = True
        return cell


def _tag(exported: Exported, tag: Tag) -> list[str]:
    return [
        exported.record.id,
        exported.record.title,
        tag.theme,
        tag.direction or "",
        tag.quote,
        tag.field,
        tag.status,
        f"{tag.score:.3g}",
        tag.method,
    ]


def _parts(text: str, reserve: int) -> Iterator[str]:
    """The text in parts that fit a cell with so many characters before them, cut where no space is lost."""
    limit = CELL - reserve
    while len(part := text[:limit].encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")) < len(
        text
    ):
        end = len(part)
        # Readers strip cells: a cut beside a space would lose it.
        while end > len(part) // 2 and (text[end - 1].isspace() or text[end].isspace()):
            end -= 1
        yield text[:end]
        text = text[end:]
    yield text


def _forget(sheet: WriteOnlyWorksheet) -> None:
    """Remove the temporary file of a sheet that was not saved; openpyxl would keep it until the end."""
    writer: Any = sheet._writer  # type: ignore[attr-defined]
    if writer is not None and os.path.exists(writer.out):
        if not sheet.closed:
            sheet.close()
        writer.cleanup()
