"""The Excel workbook: its sheets, cells that stay texts, texts longer than a cell, no file left behind."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from corpus.record import Record
from corpus.theme import Tag
from ingest.parsers.own_table import TAG_COLUMNS
from kb.exporters import Exported, Xlsx, xlsx
from kb.exporters.csv_table import COLUMNS
from kb.exporters.xlsx import CELL
from tests.exported_records import AWKWARD, PLAIN, SAMPLE, TAGS, read_again, write

SEARCH = (("Question", "=1+1"), ("Run on", "2026-11-23"))


def opened(written: bytes) -> Workbook:
    return load_workbook(io.BytesIO(written))


def rows(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_row_a_record_a_row_a_tag_and_the_search():
    stream = io.BytesIO()
    assert Xlsx(SEARCH).write([Exported(PLAIN, TAGS), Exported(AWKWARD)], stream) == 2
    book = opened(stream.getvalue())
    assert book.sheetnames == ["Records", "Tags", "Search"]
    works, tags, search = map(rows, book.worksheets)
    assert [works[0], works[1][0], works[2][0]] == [list(COLUMNS), PLAIN.id, AWKWARD.id]
    quote = "Inadequate resources"
    assert tags == [
        list(TAG_COLUMNS),
        [PLAIN.id, PLAIN.title, "resources", "barrier", quote, "abstract", "automatic", "0.9", "rules 1"],
    ]
    assert search[1:] == [list(pair) for pair in SEARCH]


def test_without_a_search_there_is_no_sheet_of_it():
    assert opened(write("xlsx", PLAIN)).sheetnames == ["Records", "Tags"]


def test_the_heads_are_bold_stay_in_sight_and_have_filters():
    for sheet, last in zip(opened(write("xlsx", *SAMPLE, tags=TAGS)).worksheets, (4, 4), strict=True):
        assert sheet.freeze_panes == "A2"
        assert all(cell.font.bold for cell in sheet[1])
        assert sheet.auto_filter.ref.endswith(str(last))
        assert sheet.column_dimensions["B"].width


def test_every_cell_is_a_text():
    awkward = [*("=1+1", "#N/A", "+1", "-1", "@a", "'=1", "''+1", "2005", "1e5", "2005-10-14", "TRUE")]
    records = [Record(id=f"a{place}", title=title, volume=title) for place, title in enumerate(awkward)]
    written = write("xlsx", *records, AWKWARD)
    cells = [cell for row in opened(written)["Records"].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [record.volume for record in read_again("xlsx", written)][:-1] == awkward


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("words ", id="words"),
        pytest.param("𝔘𝔫𝔦 ", id="characters that count twice"),
        pytest.param("x", id="no space to cut at"),
        pytest.param("abstract: ", id="a text that says where it goes on"),
    ],
)
@pytest.mark.parametrize("length", [CELL - 1, CELL, CELL + 1, 4 * CELL])
def test_a_text_longer_than_a_cell_goes_on_and_comes_back(word, length):
    abstract = (word * length)[: length - 1] + "."
    record = replace(PLAIN, abstract=abstract, extra={"C1": abstract})
    written = write("xlsx", record, replace(PLAIN, id="next"), tags=TAGS)
    cells = [cell.value for row in opened(written)["Records"].iter_rows() for cell in row if cell.value]
    assert max(len(cell.encode("utf-16-le")) // 2 for cell in cells) <= CELL
    assert read_again("xlsx", written) == [record, replace(PLAIN, id="next")]


def test_a_text_that_goes_on_is_told_of():
    book = opened(write("xlsx", replace(PLAIN, abstract="x" * (CELL + 1))))
    assert rows(book["Search"])[1] == [
        "Long texts on the sheet Records",
        "1 row has a text of more than 32,767 characters, which go on right of the column `extra`.",
    ]
    assert book["Records"].cell(2, len(COLUMNS) + 1).value.startswith("abstract: x")


def test_rows_that_a_sheet_has_no_room_for_stand_on_another(monkeypatch):
    monkeypatch.setattr(xlsx, "ROWS", 3)
    records = [replace(PLAIN, id=f"a{place}") for place in range(5)]
    written = write("xlsx", *records, tags=TAGS)
    book = opened(written)
    assert {"Records", "Records 2", "Records 3", "Tags", "Tags 2", "Tags 3"} == set(book.sheetnames)
    assert {sheet.max_row for sheet in book} == {2, 3}
    assert read_again("xlsx", written) == records


def test_only_the_records_are_read_again_wherever_their_sheet_stands():
    tags = tuple(Tag(PLAIN.id, f"t{place}", None, "title", 0, 1, "I", "rules 1", 1.0) for place in range(50))
    stream, moved = io.BytesIO(), io.BytesIO()
    Xlsx((("Title", "Author"), ("Year", "2005"))).write([Exported(PLAIN, tags)], stream)
    book = opened(stream.getvalue())
    book.move_sheet("Records", 2)
    book.save(moved)
    assert read_again("xlsx", stream.getvalue()) == read_again("xlsx", moved.getvalue()) == [PLAIN]


def test_nothing_found_is_still_a_workbook():
    assert rows(opened(write("xlsx"))["Records"]) == [list(COLUMNS)]


def test_no_file_is_left_behind_when_records_or_the_reader_end_early(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken() -> Iterator[Exported]:
        yield Exported(PLAIN, TAGS)
        raise OSError("the store is gone")

    class Gone:
        def write(self, piece: bytes) -> int:
            raise OSError("nobody takes it")

    with pytest.raises(OSError, match="gone"):
        Xlsx().write(broken(), io.BytesIO())
    with pytest.raises(OSError, match="nobody"):
        Xlsx(SEARCH).write([Exported(PLAIN, TAGS)], Gone())
    assert list(tmp_path.iterdir()) == []
