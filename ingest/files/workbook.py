"""The text of an Excel workbook: its sheets row by row, each row as comma-separated values.

openpyxl reads the sheets as they stand, one row at a time, with the values that the program which wrote
them had computed; no formula is run. One without a value is kept as its text. What it would take without
a word is checked before: an archive that grows out of proportion, document type definitions, encryption.
A text goes down the merged cells that it is shown in. Hidden sheets are read like others.

A row begins with ``SHEET_SIGN``, the name of its sheet and its number, and goes on over several lines where
a cell does. ``xlsx_table`` reads it.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, BinaryIO

from corpus.errors import EvidenceError
from ingest.files.text import Text

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

#: The first character of a workbook's text, which is none of separated values.
SHEET_SIGN = "\x02"
#: Between a sheet's name, a row's number and its cells.
UNIT_SIGN = "\x03"
#: Excel's own limits.
_ROWS, _COLUMNS = 1 << 20, 1 << 14
# Bytes, unpacked: of everything, of the texts that have to be held at once.
_WHOLE, _SHARED = 4 << 30, 256 << 20
_SUSPICIOUS, _RATIO = 64 << 20, 150
_MEMBERS = 10_000
_BLOCK = 1 << 20
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_FORMULA = re.compile(rb"<f[ >/]")
_ESCAPED_LINE = re.compile(r"_x000[dD]_\n?")
_SIGNS = re.compile("[\x00-\x08\x0b-\x1f]")
# What openpyxl and the modules below it raise for a broken workbook: broken XML is a SyntaxError, hostile
# XML, which defusedxml refuses, a ValueError.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
_AGAIN = "open and save it again, save it as CSV, or export the references as RIS"


def open_workbook(stream: BinaryIO, source: str) -> Text:
    """The rows of all sheets; raises ``EvidenceError``, at once or on the way, if they cannot be read."""
    with _reading(source):
        archive = zipfile.ZipFile(stream)
        formulas = _check(archive, source)
        from openpyxl import load_workbook

        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        printed = load_workbook(stream, read_only=True, keep_links=False) if formulas else None
        return Text(_rows(book, printed, archive, source), source, "xlsx")


@contextmanager
def _reading(source: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it leaves out; they hold no text.
            warnings.simplefilter("ignore")
            yield
    except _BROKEN as error:
        raise EvidenceError(
            f"{source}: is a damaged Excel workbook ({type(error).__name__}); {_AGAIN}."
        ) from error


def _check(archive: zipfile.ZipFile, source: str) -> bool:
    """Whether there are formulas; raises ``EvidenceError`` for an archive that is made to do harm."""
    members = archive.infolist()
    # zipfile gives no more of a member than the directory says: these sizes are what will be read.
    whole = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    shared = sum(member.file_size for member in members if "sharedstrings" in member.filename.lower())
    if whole > _WHOLE or shared > _SHARED or len(members) > _MEMBERS:
        raise EvidenceError(f"{source}: is a workbook of {whole >> 20} MB unpacked; save it as CSV instead.")
    if whole > _SUSPICIOUS and whole / packed > _RATIO:
        raise EvidenceError(
            f"{source}: unpacks to {whole // packed} times its size, as no table of references does;"
            " it is not read. Save the sheet as CSV if it is sound."
        )
    if any(member.flag_bits & 1 for member in members):
        raise EvidenceError(f"{source}: is protected by a password; save it without one.")
    formulas = False
    for member in members:
        if member.filename.lower().endswith((".xml", ".rels")):
            with archive.open(member) as part:
                begun = part.read(_BLOCK)
                if b"<!DOCTYPE" in begun or b"<!ENTITY" in begun:
                    raise EvidenceError(
                        f"{source}: holds XML with a document type, as no Excel writes it; {_AGAIN}."
                    )
                if "worksheets/" in member.filename:
                    formulas = formulas or _has(part, begun)
    return formulas


def _has(part: Any, block: bytes) -> bool:
    while block:
        if _FORMULA.search(block):
            return True
        block = part.read(_BLOCK)
    return False


def _rows(book: Workbook, printed: Workbook | None, archive: zipfile.ZipFile, source: str) -> Iterator[str]:
    with _reading(source):
        for place, sheet in enumerate(book.worksheets):
            name = _SIGNS.sub(" ", sheet.title).replace("\n", " ")
            other = printed.worksheets[place] if printed else None
            yield from _sheet(name, sheet, other, _merged(archive, sheet))


def _sheet(name: str, sheet: Any, printed: Any, merged: dict[tuple[int, int], int]) -> Iterator[str]:
    """The rows of a sheet that are not empty; ``merged``: (first row, column) -> last row."""
    # What a file says of its size need not be so.
    sheet.reset_dimensions()
    pairs: Iterable[tuple[Any, Any]] = ((row, ()) for row in sheet.iter_rows())
    if printed is not None:
        printed.reset_dimensions()
        pairs = zip_longest(sheet.iter_rows(), printed.iter_rows(), fillvalue=())
    down: dict[int, tuple[int, str]] = {}
    for number, (row, formulas) in enumerate(pairs, start=1):
        if number > _ROWS:
            break
        cells = [_cell(cell) for cell in row[:_COLUMNS]]
        for place, formula in enumerate(formulas[: len(cells)]):
            if not cells[place] and getattr(formula, "data_type", "") == "f":
                cells[place] = str(getattr(formula.value, "text", formula.value) or "")
        _fill(cells, number, down, merged)
        if any(cells):
            while cells and not cells[-1]:
                cells.pop()
            yield f"{SHEET_SIGN}{name}{UNIT_SIGN}{number}{UNIT_SIGN}{_line(cells)}\n"


def _fill(
    cells: list[str], number: int, down: dict[int, tuple[int, str]], merged: dict[tuple[int, int], int]
) -> None:
    """Give merged cells the text that they show, in each of their rows."""
    for column, (last, text) in list(down.items()):
        if number > last:
            del down[column]
            continue
        cells += [""] * (column + 1 - len(cells))
        cells[column] = cells[column] or text
    if merged:
        for column, text in enumerate(cells):
            if text and (last := merged.get((number, column), 0)):
                down[column] = last, text


def _merged(archive: zipfile.ZipFile, sheet: ReadOnlyWorksheet) -> dict[tuple[int, int], int]:
    """(row, column from 0) -> last row, of the cells that are merged with those below."""
    from openpyxl.utils import column_index_from_string

    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    if path not in archive.namelist():
        return {}
    tail = b""
    with archive.open(path) as part:
        while block := part.read(_BLOCK):
            # They stand behind the rows.
            tail = (tail + block)[-_BLOCK:]
    return {
        (int(top), column_index_from_string(left.decode()) - 1): int(bottom)
        for left, top, _, bottom in _MERGED.findall(tail)
        if int(bottom) > int(top)
    }


def _line(cells: Sequence[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(cells)
    return stream.getvalue()


def _cell(cell: Any) -> str:
    """A cell's value as it is read: "2014" for 2014.0, a date in ISO's form as exact as it is shown."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        text = _ESCAPED_LINE.sub("\n", value) if "_x000" in value else value
        return _SIGNS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        return _date(value, str(cell.number_format).lower())
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, (int, timedelta)) else str(value).strip()


def _date(value: datetime, shown: str) -> str:
    if "d" not in shown and "h" not in shown:
        return f"{value:%Y-%m}" if "m" in shown else f"{value:%Y}"
    return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
