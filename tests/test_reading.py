"""From bytes to text, from names to files, from a text to its format."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import EvidenceError
from ingest.files import find
from ingest.formats import PARSERS, detect, read
from ingest.reading import decode

RIS = "TY  - JOUR\nTI  - Ødegård’s model\nER  - \n"


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(RIS.encode(), id="UTF-8"),
        pytest.param(RIS.encode("utf-8-sig"), id="BOM from Scopus and Embase"),
        pytest.param(RIS.encode("utf-16"), id="UTF-16 from EndNote on Windows"),
        pytest.param(b"\xfe\xff" + RIS.encode("utf-16-be"), id="UTF-16 the other way round"),
        pytest.param(RIS.encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param(RIS.encode("cp1252"), id="cp1252 from an old reference manager"),
        pytest.param(RIS.replace("\n", "\r\n").encode(), id="line ends of Windows"),
        pytest.param(RIS.replace("\n", "\r").encode(), id="line ends of an old Mac"),
        pytest.param(RIS.replace("\n", "\r\n", 1).encode(), id="mixed line ends"),
    ],
)
def test_every_encoding_gives_the_same_text(data):
    assert decode(data, "refs.ris") == RIS


def test_files_put_together_keep_their_two_encodings():
    assert decode("Ødegård\n".encode() + "Ødegård\n".encode("cp1252"), "x") == "Ødegård\nØdegård\n"


def test_bytes_that_cp1252_does_not_know_are_read_too():
    assert decode(b"a\x81b\n", "x") == "a\x81b\n"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\x00\ufeff"), min_size=1))
def test_utf8_text_comes_back_as_it_was(text):
    if text.strip():
        magic = ("{\\rtf", "%PDF-", "BZh", "Rar!", "GIF8")
        if not text.startswith(magic):
            assert decode(text.encode(), "x") == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b" \r\n\t", "is empty", id="only white space"),
        pytest.param(b"\xef\xbb\xbf\n", "is empty", id="only a BOM"),
        pytest.param(b"%PDF-1.4\n%\xe2", "a PDF", id="PDF"),
        pytest.param(zipped("word/document.xml"), "Word document", id="DOCX"),
        pytest.param(zipped("xl/workbook.xml"), "Excel workbook", id="XLSX"),
        pytest.param(zipped("refs.ris"), "zip archive, not text; unpack", id="zip"),
        pytest.param(b"{\\rtf1 text}", "rich text", id="RTF"),
        pytest.param(b"abc\x00\x01\x02def", "binary", id="NUL bytes"),
        pytest.param(b"\x00\x01\x02", "binary", id="NUL in every other byte, but no text"),
        pytest.param(b"SQLite format 3\x00", "SQLite", id="database"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line_that_helps(data, words):
    with pytest.raises(EvidenceError) as caught:
        decode(data, "refs.ris")
    message = str(caught.value)
    assert message.startswith("refs.ris: ")
    assert words in message
    assert "\n" not in message
    assert ";" in message


def test_files_of_a_folder_come_sorted_without_hidden_ones_and_links_out(tmp_path):
    folder = tmp_path / "exports"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in ("b.ris", "a.bib", "sub/c.txt", ".hidden", ".git/config"):
        (folder / name).write_text("x")
    (tmp_path / "secret").write_text("x")
    (folder / "link").symlink_to(tmp_path / "secret")
    assert [path.relative_to(folder).as_posix() for path in find([str(folder)])] == [
        "a.bib",
        "b.ris",
        "sub/c.txt",
    ]


def test_a_file_named_twice_is_found_once_and_order_is_kept(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).write_text("x")
    found = find([str(tmp_path / "b"), str(tmp_path), str(tmp_path / "b")])
    assert [path.name for path in found] == ["b", "a"]


@pytest.mark.parametrize("name", ["missing.ris", "empty"])
def test_a_path_without_files_is_one_clear_line(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvidenceError, match=name) as caught:
        find([str(tmp_path / name)])
    assert "\n" not in str(caught.value)


def test_a_name_says_nothing_about_the_format():
    name, pieces = read(io.BytesIO(RIS.encode()), "refs.bib")
    assert name == "ris"
    assert [piece.format for piece in pieces] == ["ris"]


def test_a_format_that_is_named_is_not_guessed():
    name, pieces = read(io.BytesIO(b"TY  - JOUR\nTI  - @article{a, title={b}}\n"), "x.txt", "bibtex")
    assert name == "bibtex"
    assert list(pieces)


def test_a_file_without_any_piece_is_refused():
    with pytest.raises(EvidenceError, match="holds no reference in the form of ris"):
        read(io.BytesIO(b"Provider: x\n"), "x.txt", "ris")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Interagency working\n\nIn 2005 the government acted.\n", id="prose"),
        pytest.param("title,author,year\nA,B,2005\n", id="CSV"),
        pytest.param("@media (print) { body { color: black } }\n", id="a style sheet"),
        pytest.param('{"a": [1, 2]}', id="other JSON"),
        pytest.param("From: a@b.c\nSubject: Title\n\nDear Ann,\n", id="a letter"),
    ],
)
def test_a_text_in_no_known_format_is_refused_with_the_known_ones(text):
    assert detect(text) is None
    with pytest.raises(EvidenceError, match="--from") as caught:
        read(io.BytesIO(text.encode()), "x.txt")
    assert all(name in str(caught.value) for name in PARSERS)


def test_an_unknown_format_name_lists_the_known_ones():
    with pytest.raises(EvidenceError, match="labelled"):
        read(io.BytesIO(b"x"), "x", "docx")


def test_a_list_behind_a_long_page_is_found():
    page = "A line of a page about many things.\n" * 3000
    assert detect(page + "Title: A\nAuthor: SMITH Ann\nSource: Care, 3(2), 2001\n").name == "labelled"
