"""From bytes to text, from names to files, from a text to its format."""

from __future__ import annotations

import io
import os
import re
import socket
import zipfile
from contextlib import contextmanager

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.errors import EvidenceError
from ingest.files.decoding import decoded, is_binary
from ingest.files.finding import find
from ingest.files.opening import decode, open_text
from ingest.files.text import Text
from ingest.formats import PARSERS, detect, read

RIS = "TY  - JOUR\nTI  - Ødegård’s model\nER  - \n"


def blocks_of(whole, size):
    return (whole[place : place + size] for place in range(0, len(whole), size))


def decoded_all(data):
    return "".join(decoded([data], data))


@contextmanager
def small_parts(size):
    """Parts as small as they would be large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.files.text.PART", size)
        patch.setattr("ingest.files.text._TAIL", size)
        yield


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


@given(
    text=st.text(alphabet="a\r\n é’中😀\ufeff\x1a\x00", min_size=1, max_size=40),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "cp1252"]),
    scrap=st.binary(max_size=6),
    size=st.integers(1, 9),
)
def test_blocks_of_any_size_give_one_text(text, encoding, scrap, size):
    data = text.encode(encoding, "replace") + scrap
    assume(not is_binary(data))
    assert "".join(decoded(blocks_of(data, size), data)) == decoded_all(data)


@given(
    text=st.lists(st.sampled_from(["TY  - JOUR\n", "a", "\n", " ", "ty-", "typical "])).map("".join),
    size=st.integers(1, 7),
)
def test_parts_put_together_are_the_text_and_each_begins_on_its_line(text, size):
    cut = re.compile(r"^TY  - .*$|^ty-$", re.MULTILINE)
    with small_parts(size):
        parts = list(Text(blocks_of(text, 3), "x").parts(cut))
    assert "".join(part for _, part in parts) == text
    lines = text.split("\n")
    for line, part in parts[1:]:
        assert lines[line - 1].startswith(part.split("\n")[0])
        assert cut.match(part)


@given(st.text(alphabet="ab\n"), st.integers(1, 5))
def test_lines_do_not_depend_on_blocks(text, size):
    assert list(Text(blocks_of(text, size), "x").lines()) == text.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param("Müller’s “ß”\n".encode("cp1252"), "Müller’s “ß”\n", id="Western"),
        pytest.param("naïve é è ê ü ñ ç\n".encode("cp1252") * 9, "naïve é è ê ü ñ ç\n" * 9, id="French"),
        pytest.param("H³O, x², ¿Qué?\n".encode("cp1252") * 9, "H³O, x², ¿Qué?\n" * 9, id="superscripts"),
        pytest.param(
            "Współdziałanie służb społecznych: związki między nimi\n".encode("cp1250") * 3,
            "Współdziałanie służb społecznych: związki między nimi\n" * 3,
            id="Polish",
        ),
        pytest.param(
            "跨专业合作与社会服务的研究：中国医院的现状\n".encode("gb18030") * 4,
            "跨专业合作与社会服务的研究：中国医院的现状\n" * 4,
            id="Chinese of CNKI",
        ),
        pytest.param("é à ’ – ü".encode() + b"\xe2\x80\n", "é à ’ – üâ€\n", id="a letter cut in two"),
        pytest.param(
            "é TY  -\n".encode() * 9 + "é\n".encode("utf-16"),
            "é TY  -\n" * 9 + "é\n",
            id="UTF-16 behind UTF-8",
        ),
        pytest.param(b"a\x00b" + b" c" * 40, "a\ufffdb" + " c" * 40, id="a lone NUL"),
        pytest.param(b"a\n\x1a", "a\n", id="end mark of DOS"),
        pytest.param(b"a\xed\xa0\x80b", "aí\xa0€b", id="half a surrogate pair"),
    ],
)
def test_code_pages_are_told_only_where_it_is_sure(data, text):
    assert decode(data, "x") == text


def test_files_put_together_keep_their_two_encodings():
    assert decode("Ødegård\n".encode() + "Ødegård\n".encode("cp1252"), "x") == "Ødegård\nØdegård\n"


def test_bytes_that_cp1252_does_not_know_are_read_too():
    assert decode(b"a\x81b\n", "x") == "a\x81b\n"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\x00\x1a\ufeff"), min_size=1))
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


def test_what_is_no_file_in_a_folder_is_left_out_and_a_loop_ends(tmp_path):
    folder = tmp_path / "exports"
    (folder / "x.ris").mkdir(parents=True)
    (folder / "x.ris" / "a.ris").write_text("x")
    (folder / "self").symlink_to(folder / "self")
    (folder / "up").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    # The name of a socket may not be as long as pytest's folders are.
    here = os.open(folder, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{here}/socket")
    os.close(here)
    assert [path.name for path in find([str(folder)])] == ["a.ris"]


def test_a_link_that_leads_nowhere_is_one_clear_line(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(EvidenceError, match="leads nowhere"):
        find([str(tmp_path / "loop")])


def test_a_folder_that_may_not_be_listed_is_given_to_be_refused(tmp_path, monkeypatch):
    (tmp_path / "a.ris").write_text("x")

    def walk(folder, onerror):
        onerror(PermissionError(13, "Permission denied", str(tmp_path / "closed")))
        yield str(folder), [], ["a.ris"]

    monkeypatch.setattr("os.walk", walk)
    assert [path.name for path in find([str(tmp_path)])] == ["a.ris", "closed"]


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
    name, pieces = read(io.BytesIO(b"TY  - JOUR\nTI  - A\n\n@article{a, title={b}}\n"), "x.txt", "bibtex")
    assert name == "bibtex"
    assert list(pieces)


def test_a_file_without_any_piece_is_refused():
    with pytest.raises(EvidenceError, match="holds no reference in the form of ris"):
        read(io.BytesIO(b"Provider: x\n"), "x.txt", "ris")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Interagency working\n\nIn 2005 the government acted.\n", id="prose"),
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


def test_a_record_without_end_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr("ingest.files.text.RECORD", 1 << 18)
    monkeypatch.setattr("ingest.files.text.PART", 1 << 16)
    monkeypatch.setattr("ingest.files.opening._BLOCK", 1 << 16)
    with pytest.raises(EvidenceError, match=r"long\.ris: more than .* split the file") as caught:
        read(io.BytesIO(b"TY  - JOUR\nTI  - " + b"a" * (1 << 19)), "long.ris", "ris")
    assert "\n" not in str(caught.value)


def test_blank_lines_before_the_first_record_count(monkeypatch):
    monkeypatch.setattr("ingest.files.opening._BLOCK", 1 << 12)
    _, pieces = read(io.BytesIO(b"\r\n" * 100_000 + RIS.encode()), "x.ris", "ris")
    assert [piece.line for piece in pieces] == [100_001]


def test_only_what_is_asked_for_is_read(monkeypatch):
    monkeypatch.setattr("ingest.files.opening._BLOCK", 1 << 10)
    stream = io.BytesIO(RIS.encode() * 100_000)
    open_text(stream, "x")
    assert stream.tell() < 1 << 18
