"""Tables of references in Excel workbooks, and workbooks made to do harm."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook

from corpus.errors import EvidenceError
from corpus.record import Record, SourceRecord
from ingest.files.opening import open_text
from ingest.formats import read

HEAD = ["Title", "Authors", "Year", "DOI", "Journal"]


def workbook(*sheets: list[list[Any]]) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    return book


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def pieces(data: bytes) -> list[Record | str]:
    name, found = read(io.BytesIO(data), "refs.xlsx")
    assert name == "xlsx"
    return [piece.record if isinstance(piece, SourceRecord) else str(piece) for piece in found]


def repacked(data: bytes, name: str, change: Any) -> bytes:
    """The workbook with one member changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
    return stream.getvalue()


def test_numbers_and_dates_are_text_as_they_are_shown():
    book = workbook(
        [[*HEAD, "Pages", "Date", "Seen"], ["T", "Wu, K; Lee, A", 2005.0, "10.1000/x", "J", 12.0]]
    )
    sheet = book.active
    sheet["G2"], sheet["G2"].number_format = datetime(2005, 10, 14), "yyyy-mm"
    sheet["H2"] = datetime(2024, 1, 2, 3, 4)
    (record,) = pieces(saved(book))
    assert (record.issued, record.page, record.doi) == ("2005-10", "12", "10.1000/x")
    assert [str(author) for author in record.authors] == ["Wu, K", "Lee, A"]
    assert record.extra == {"Seen": "2024-01-02 03:04:00"}


def test_every_sheet_with_references_is_read_hidden_ones_too_and_others_are_not():
    book = workbook(
        [["About this file"], ["Searched on 1 May"]],
        [["Search 1"], [], HEAD, ["One", "Wu, K", 2001], ["Two", "Wu, K", 2002]],
        [["Titel", "Jahr"], ["Drei", 2003]],
    )
    book["Sheet 3"].sheet_state = "hidden"
    assert [record.title for record in pieces(saved(book))] == ["One", "Two", "Drei"]


def test_a_piece_has_the_number_of_its_row_and_its_text():
    data = saved(workbook([["About"], HEAD, ['One, "1"\nmore', "Wu, K", 2001], [], ["Two", None, 2002]]))
    _, found = read(io.BytesIO(data), "refs.xlsx")
    assert [(piece.line, piece.raw) for piece in found] == [
        (3, '"One, ""1""\nmore","Wu, K",2001'),
        (5, "Two,,2002"),
    ]


def test_a_line_separator_in_a_cell_ends_no_row():
    (record,) = pieces(saved(workbook([HEAD, ["One", "Wu, K", 2001, None, "J\u2028K"]])))
    assert record.container_title == "J\u2028K"


def test_merged_cells_show_their_text_in_each_row():
    book = workbook(
        [HEAD, ["One", "Wu, K", 2001, None, "J of T"], ["Two", "Wu, K", 2002], ["Three", "A, B", 2003]]
    )
    book.active.merge_cells("E2:E3")
    assert [record.container_title for record in pieces(saved(book))] == ["J of T", "J of T", ""]


def test_a_formula_is_not_run_and_its_text_is_kept():
    book = workbook([[*HEAD, "Link"], ["One", "Wu, K", 2001, None, None, '=HYPERLINK("http://x","y")']])
    (record,) = pieces(saved(book))
    assert record.extra == {"Link": '=HYPERLINK("http://x","y")'}


def test_cells_beyond_the_head_are_kept():
    (record,) = pieces(saved(workbook([["Title", "Year"], ["One", 2001, "stray"]])))
    assert record.extra == {"column 3": "stray"}


def test_a_table_without_a_known_title_is_one_problem():
    sheet = [["Foo", "Bar", "Baz"], ["a", "b", "c"], ["d", "e", "f"]]
    found = pieces(saved(workbook([HEAD, ["One", "Wu, K", 2001]], sheet)))
    assert found[0].title == "One"
    assert found[1].startswith("refs.xlsx:1: sheet `Sheet 2` has no column with a known name of a title")


def bomb(data: bytes) -> bytes:
    return repacked(data, "xl/worksheets/sheet1.xml", lambda content: content + b" " * (65 << 20))


def laughs(data: bytes) -> bytes:
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    return repacked(data, "xl/worksheets/sheet1.xml", lambda content: entity + content)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        pytest.param(bomb, "times its size", id="zip bomb"),
        pytest.param(laughs, "document type", id="billion laughs"),
        pytest.param(lambda data: data[: len(data) // 2], "damaged|zip archive", id="cut in the middle"),
        pytest.param(
            lambda data: repacked(data, "xl/workbook.xml", lambda content: content[:200]),
            "damaged",
            id="broken XML",
        ),
        pytest.param(
            lambda data: repacked(data, "xl/worksheets/sheet1.xml", lambda content: content[:-80]),
            "damaged",
            id="broken sheet",
        ),
        pytest.param(
            lambda data: (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
            ),
            "password",
            id="encrypted",
        ),
        pytest.param(lambda data: b"\xd0\xcf\x11\xe0" + bytes(600), "old Office document", id="xls"),
    ],
)
def test_a_hostile_workbook_is_one_clear_line(harm, says):
    data = harm(saved(workbook([HEAD, ["One", "Wu, K", 2001]])))
    with pytest.raises(EvidenceError, match=says) as caught:
        pieces(data)
    assert "\n" not in str(caught.value)


def test_the_medium_is_known():
    assert open_text(io.BytesIO(saved(workbook([HEAD]))), "x.xlsx").medium == "xlsx"
