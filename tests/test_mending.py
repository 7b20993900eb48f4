"""Problems: listed, written out for mending, settled when what was mended comes in."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from corpus.record import Problem
from corpus.store import Store
from ingest import formats
from ingest.mending import Broken, texts_for_mending
from kb.cli import cli

BROKEN = """@article{a, title = {One}, year = 2001}
@article{b, title = {Two, year = }
@article{c, title = {Three}, year = 2003}
@misc{d,}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("refs.bib").write_text(BROKEN, encoding="utf-8")
    assert kb("ingest", "refs.bib").exit_code == 1
    return tmp_path


def kb(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def problems(*options: str) -> list[tuple[str, int, str | None]]:
    rows = json.loads(kb("problems", "--json", *options).stdout)
    return [(row["source"], row["line"], row["settled_by"]) for row in rows]


def test_pieces_mended_in_their_own_file_are_settled_and_those_still_broken_are_new(folder):
    result = kb("problems", "--export", "mend.bib")
    assert result.exit_code == 0, result.output
    text = Path("mend.bib").read_text(encoding="utf-8")
    Path("mend.bib").write_text(text.replace("{Two,", "{Two},").replace("= }", "= 2002}"), encoding="utf-8")
    result = kb("ingest", "mend.bib")
    assert result.exit_code == 1
    assert "2 earlier problems settled" in result.stdout
    assert problems() == [("mend.bib", 3, None)]
    assert problems("--all") == [
        ("refs.bib", 2, "mend.bib"),
        ("refs.bib", 4, "mend.bib"),
        ("mend.bib", 3, None),
    ]
    with Store.open("evidence.db") as store:
        assert {record.title for record in store.records()} == {"One", "Two", "Three"}


def test_the_file_itself_mended_has_the_problems_of_its_new_version(folder):
    Path("refs.bib").write_text(BROKEN.replace("@misc{d,}", "@misc{d, title = {Four}}"), encoding="utf-8")
    result = kb("ingest", "refs.bib", "--json")
    assert json.loads(result.stdout)["sources"][0]["settled"] == 2
    assert problems() == [("refs.bib", 2, None)]


def test_another_file_of_the_same_name_settles_nothing(folder):
    Path("refs.bib").write_text("@article{x, title = {Of another folder}, year = 1990}\n", encoding="utf-8")
    assert kb("ingest", "refs.bib").exit_code == 0
    assert len(problems()) == 2


def test_what_is_piped_in_twice_is_not_one_file(folder):
    for text in ("@article{b, title = {Two, year = }\n", "@article{b, title = {Two}, year = 2002}\n"):
        CliRunner().invoke(cli, ["ingest", "-"], input=text)
    assert len(problems()) == 3


def test_no_file_is_overwritten(folder):
    result = kb("problems", "--export", "refs.bib")
    assert result.exit_code == 1
    assert "is there already" in result.stderr
    assert Path("refs.bib").read_text(encoding="utf-8") == BROKEN


def test_problems_of_several_formats_go_out_in_a_file_for_each(folder):
    Path("more.json").write_text('[{"id": "x", "note": ""}, {"id": "y", "title": "Y"}]', encoding="utf-8")
    assert kb("ingest", "more.json").exit_code == 1
    result = kb("problems", "--export", "mend.txt")
    assert result.exit_code == 0, result.output
    assert "mend-1.bib: 2 pieces" in result.stderr
    assert "mend-2.json: 1 piece" in result.stderr
    Path("mend-2.json").write_text('[{"id": "x", "title": "Mended"}]', encoding="utf-8")
    assert kb("ingest", "mend-2.json").exit_code == 0
    assert {source for source, _, _ in problems()} == {"refs.bib"}


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text(
        "No;Title;Year\n1;One;2001\n2;Two; or three;2002\n3;;2003\n", encoding="utf-8"
    )
    assert kb("ingest", "list.csv").exit_code == 1
    return Path("mend.csv")


def test_rows_go_out_below_the_names_of_their_columns_and_come_in_mended(table):
    result = kb("problems", "--export", str(table))
    assert result.exit_code == 0, result.output
    text = table.read_text(encoding="utf-8")
    assert text == "No;Title;Year\n2;Two; or three;2002\n3;;2003\n"
    table.write_text(
        text.replace("Two; or three", '"Two; or three"').replace(";;", ";Four;"), encoding="utf-8"
    )
    assert kb("ingest", str(table)).exit_code == 0
    assert problems() == []
    with Store.open("evidence.db") as store:
        assert {record.title for record in store.records()} == {"One", "Two; or three", "Four"}


def test_rows_of_a_table_that_is_gone_go_out_with_a_word_on_their_columns(table):
    Path("list.csv").unlink()
    result = kb("problems", "--export", str(table))
    assert result.exit_code == 0
    assert "put the row that names the columns above; list.csv is not there any more" in result.stderr
    assert table.read_text(encoding="utf-8") == "2;Two; or three;2002\n3;;2003\n"


def test_rows_of_two_tables_go_out_in_two_files(table):
    Path("other.csv").write_text("Author,Title,Year\n,,1999\n", encoding="utf-8")
    kb("ingest", "other.csv")
    assert kb("problems", "--export", str(table)).exit_code == 0
    assert Path("mend-2.csv").read_text(encoding="utf-8") == "Author,Title,Year\n,,1999\n"


@pytest.mark.parametrize("options", [[], ["--export", "mend.bib"]])
def test_a_source_that_was_never_read_has_no_list(folder, options):
    result = kb("problems", "--source", "other.bib", *options)
    assert result.exit_code == 1
    assert "no source has the name `other.bib`; there are refs.bib" in result.stderr


def test_nothing_to_mend_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Store.open("evidence.db", create=True).close()
    result = kb("problems", "--export", "mend.bib")
    assert result.exit_code == 0
    assert "No problems" in result.stderr
    assert not Path("mend.bib").exists()


@pytest.mark.parametrize(
    ("format", "text"),
    [
        pytest.param("ris", "TY  - JOUR\nTI  - A\nER  - \nloose\n\nTY  - JOUR\nER  - \nmore\n", id="ris"),
        pytest.param("bibtex", BROKEN, id="bibtex"),
        pytest.param("csl-json", '[{"id": "a", "title": "A"}, {"id": "b"}, 7, {"id": "c"}]', id="csl-json"),
        pytest.param("nbib", "PMID- 1\nTI  - A\n\nloose\n\nPMID- 2\nTI  - B\n\nmore\n", id="nbib"),
    ],
)
def test_each_piece_that_went_out_is_read_as_one_again(format, text):
    def pieces(text: str) -> list[object]:
        return list(formats.read(io.BytesIO(text.encode()), "x", format)[1])

    broken = [
        Broken(at, "x", format, piece.raw)
        for at, piece in enumerate(pieces(text))
        if isinstance(piece, Problem)
    ]
    assert broken
    texts = texts_for_mending(broken)
    assert [each for _, some in texts for each in some] == broken
    assert sum(len(pieces(out)) for out, _ in texts) == len(broken)


def test_pieces_that_no_reader_takes_for_any_go_out_in_one_file():
    broken = [Broken(at, "x", "labelled", f"Author: BERG {at}\nAbstract: No title.\n") for at in (1, 2)]
    ((text, pieces),) = texts_for_mending(broken)
    assert text.count("Author") == 2
    assert pieces == broken
