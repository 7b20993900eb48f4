"""Coding sheets out and in, and how far two coders agree."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from corpus.store import Store
from corpus.verdict import verdicts
from kb.cli import cli
from kb.deciding_tags import Decider
from kb.deciding_tags_agreement import Table, compare
from tests.farms import COVER, COVER_ID, GRAZING_ID, but, farm_library, take


def kb(database, *arguments: object) -> Result:
    return CliRunner().invoke(cli, ["--db", str(database), *map(str, arguments)])


@pytest.fixture
def farm(tmp_path, monkeypatch):
    monkeypatch.setenv("KB_USER", "anna")
    return farm_library(tmp_path / "farm.db")


def statuses(database, record_id: str = COVER_ID) -> dict[tuple[str, str | None], str]:
    with Store.open(database) as store:
        return {(tag.theme, tag.direction): tag.status for tag in store.tags([record_id])}


def filled(database, path, decide) -> None:
    """Export a sheet and fill in ``decision``, as ``decide`` says for a row."""
    assert kb(database, "tag", "export", "-o", path).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    for row in rows:
        row["decision"] = decide(row)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_sheet_has_a_row_for_each_tag_with_its_sentence(farm):
    rows = list(csv.DictReader(io.StringIO(kb(farm, "tag", "export", "--theme", "labour").stdout)))
    assert [(row["record"], row["direction"], row["quote"], row["status"]) for row in rows] == [
        (COVER_ID, "barrier", "labour", "automatic")
    ]
    assert rows[0]["sentence"].startswith("Adoption of cover crops")
    assert not rows[0]["decision"]


def test_a_filled_sheet_decides_and_again_changes_nothing(farm, tmp_path):
    sheet = tmp_path / "codes.csv"
    filled(farm, sheet, lambda row: "n" if row["theme"] == "labour" else "yes")
    first = kb(farm, "tag", "import", sheet)
    assert first.exit_code == 0, first.output
    assert statuses(farm)["labour", "barrier"] == "rejected"
    assert statuses(farm)["farm-income", "barrier"] == "accepted"
    with Store.open(farm) as store:
        before = len(verdicts(store))
    again = json.loads(kb(farm, "tag", "import", sheet, "--json").stdout)
    assert again[0]["new"] == 0
    with Store.open(farm) as store:
        assert len(verdicts(store)) == before


def test_an_exported_sheet_of_a_coder_comes_back_as_it_went(farm, tmp_path):
    kb(farm, "tag", "reject", COVER_ID, "labour", "--note", "=1+1")
    kb(farm, "tag", "add", GRAZING_ID, "smallholders", "--note", "- see page 3")
    sheet = tmp_path / "anna.csv"
    assert kb(farm, "tag", "export", "--coder", "anna", "-o", sheet).exit_code == 0
    assert ",'=1+1," in sheet.read_text(encoding="utf-8-sig")
    result = kb(farm, "tag", "import", sheet)
    assert result.exit_code == 0
    assert "0 new" in result.output


def test_trying_an_import_changes_nothing(farm, tmp_path):
    sheet = tmp_path / "codes.csv"
    filled(farm, sheet, lambda row: "reject")
    assert "new" in kb(farm, "tag", "import", sheet, "--dry-run").output
    assert set(statuses(farm).values()) == {"automatic"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.csv", "﻿record;theme;direction;decision\r\n{id};labour;barrier;1\r\n", id="Excel"),
        pytest.param("a.txt", "Record ID\tCode\tValence\tDecision\n{id}\tlabour\tBarriers\tYES\n", id="tabs"),
        pytest.param(
            "a.csv", "sep=;\nDOI;theme;direction;decision\ndoi:10.1000/COVER.1;labour;barrier;y\n", id="DOI"
        ),
        pytest.param(
            "a.csv",
            "Title,Year,Theme,Direction,Decision\n"
            "COVER CROPS on drylands: a survey of smallholders.,2019,Labour,barrier,accept\n",
            id="title and label",
        ),
        pytest.param(
            "a.csv",
            "Coding of Anna\n\nrecord,theme,direction,decision\n{id},labour,barrier,ok\n",
            id="lines above",
        ),
    ],
)
def test_sheets_as_programs_write_them_are_read(farm, tmp_path, name, content):
    sheet = tmp_path / name
    sheet.write_text(content.replace("{id}", COVER_ID), encoding="utf-8")
    result = kb(farm, "tag", "import", sheet)
    assert result.exit_code == 0, result.output
    assert statuses(farm)["labour", "barrier"] == "accepted"


def test_a_sheet_in_the_code_page_of_windows_is_read(farm, tmp_path):
    sheet = tmp_path / "a.csv"
    sheet.write_bytes(
        f"record;theme;direction;decision;note\n{COVER_ID};labour;barrier;n;Übersehen\n".encode("cp1252")
    )
    assert kb(farm, "tag", "import", sheet).exit_code == 0
    with Store.open(farm) as store:
        assert [each.note for each in verdicts(store)] == ["Übersehen"]


def test_a_workbook_is_read(farm, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["record", "theme", "direction", "decision", "coder"])
    book.active.append([COVER_ID, "labour", "barrier", 0, "bela"])
    book.save(tmp_path / "codes.xlsx")
    result = kb(farm, "tag", "import", tmp_path / "codes.xlsx")
    assert result.exit_code == 0, result.output
    assert statuses(farm)["labour", "barrier"] == "rejected"
    with Store.open(farm) as store:
        assert [each.decided_by for each in verdicts(store)] == ["bela"]


def test_a_sheet_without_decisions_is_all_additions(farm, tmp_path):
    sheet = tmp_path / "eppi.csv"
    sheet.write_text(
        "DOI,Code,Direction,Text\n"
        '10.1000/cover.1,climate-pressure,driver,"Is climate change"\n'
        "10.1000/cover.1,labour,barrier,lack of labour\n",
        encoding="utf-8",
    )
    assert kb(farm, "tag", "import", sheet).exit_code == 0
    with Store.open(farm) as store:
        added = {tag.theme: tag.quote for tag in store.tags([COVER_ID]) if tag.status == "added"}
    assert added == {"climate-pressure": "Is climate change", "labour": "lack of labour"}
    assert "0 new" in kb(farm, "tag", "import", sheet).output


def test_rows_that_are_not_understood_are_told_and_the_rest_is_taken(farm, tmp_path):
    with Store.open(farm) as store:
        take(
            store, "twin", but(COVER, title="Grazing and soil fertility: a field trial", doi="", abstract="")
        )
    sheet = tmp_path / "codes.csv"
    sheet.write_text(
        "record,title,theme,direction,quote,decision\n"
        f"{COVER_ID},,labour,barrier,,maybe\n"
        f"{COVER_ID},,labur,barrier,,y\n"
        "nobody-1999-x,,labour,barrier,,y\n"
        ",Grazing and soil fertility: a field trial,grassland,,,y\n"
        f"{COVER_ID},,labour,sideways,,y\n"
        f"{COVER_ID},,dryland,barrier,,y\n"
        f"{COVER_ID},,advice,driver,never said quarks,add\n"
        f"{COVER_ID},,,,,y\n"
        f"{COVER_ID},,labour,barrier,,\n"
        f"{COVER_ID},,farm-income,barrier,,y\n",
        encoding="utf-8",
    )
    result = kb(farm, "tag", "import", sheet)
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if line.startswith(f"{sheet}:") and "mend" in line]
    assert [line.split(":")[1] for line in lines] == [str(at) for at in range(2, 10)]
    for line, said in zip(
        lines,
        [
            "maybe",
            "near: labour",
            "no record",
            "several",
            "sideways",
            "only factors",
            "does not say",
            "no theme",
        ],
        strict=True,
    ):
        assert said in line
    assert statuses(farm)["farm-income", "barrier"] == "accepted"
    assert "1 without a decision" in result.output
    assert "1 new" in result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"a,b\n1,2\n", "names the columns", id="no coding sheet"),
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"%PDF-1.4", "a PDF", id="no text"),
    ],
)
def test_a_file_that_is_no_sheet_is_one_line(farm, tmp_path, content, said):
    sheet = tmp_path / "x.csv"
    sheet.write_bytes(content)
    result = kb(farm, "tag", "import", sheet)
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.count("\n") == 1


@pytest.mark.parametrize(
    ("counts", "kappa", "error"),
    [
        # The worked example that textbooks give: po .7, pe .5.
        pytest.param((20, 5, 10, 15), 0.4, 0.1296, id="textbook"),
        pytest.param((45, 15, 25, 15), 0.1304, 0.1065, id="agree .60, chance .54"),
        pytest.param((25, 35, 5, 35), 0.2593, 0.0907, id="agree .60, chance .46"),
        pytest.param((10, 0, 0, 10), 1.0, 0.0, id="all alike"),
        pytest.param((0, 10, 10, 0), -1.0, 0.0, id="none alike"),
    ],
)
def test_kappa_has_known_values(counts, kappa, error):
    table = Table(*counts)
    assert table.kappa == pytest.approx(kappa, abs=5e-5)
    assert table.error == pytest.approx(error, abs=5e-5)


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (7, 0, 0, 0), (0, 0, 0, 7)], ids=str)
def test_kappa_is_not_defined_where_there_is_one_answer_only(counts):
    assert Table(*counts).kappa is None
    assert Table(*counts).to_dict()["interval"] is None


def test_agreement_counts_what_both_decided_on_and_tells_the_rest():
    found = compare(
        ("a", "b"),
        {("r", "x", None): True, ("r", "y", None): True, ("s", "x", None): False, ("t", "x", None): True},
        {("r", "x", None): True, ("r", "y", None): False, ("s", "x", None): False},
    )
    assert (found.total.n, found.only_first, found.only_second) == (3, 1, 0)
    assert found.themes["x"] == Table(1, 0, 0, 1)
    assert found.differing == [("r", "y", None)]


def test_two_coders_are_compared_by_file_and_by_sheets(farm, tmp_path):
    with Store.open(farm) as store:
        for coder, wrong in (("anna", "labour"), ("bela", "advice")):
            decider = Decider(store, coder)
            decider.accept(COVER_ID, "farm-income")
            decider.reject(COVER_ID, wrong)
            decider.accept(COVER_ID, "labour" if wrong == "advice" else "advice")
    by_file = json.loads(kb(farm, "tag", "agreement", "--coder", "anna", "--coder", "bela", "--json").stdout)
    assert by_file["all"] | {"error": 0, "interval": 0} == {
        "n": 3,
        "agreement": 0.333,
        "kappa": -0.5,
        "error": 0,
        "interval": 0,
        "yes_yes": 1,
        "yes_no": 1,
        "no_yes": 1,
        "no_no": 0,
    }
    for coder in ("anna", "bela"):
        kb(farm, "tag", "export", "--coder", coder, "-o", tmp_path / f"{coder}.csv")
    sheets = kb(farm, "tag", "agreement", tmp_path / "anna.csv", tmp_path / "bela.csv", "--json")
    assert json.loads(sheets.stdout)["all"] == by_file["all"]
    assert "kappa -0.50" in kb(farm, "tag", "agreement", "--coder", "anna", "--coder", "bela").output


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param([], 2, "Name one or two", id="nothing"),
        pytest.param(["--coder", "anna"], 2, "Name one or two", id="one coder"),
        pytest.param(["--coder", "anna", "--coder", "x"], 1, "none of its coders", id="unknown coder"),
    ],
)
def test_agreement_asked_wrongly_says_what_it_needs(farm, arguments, code, said):
    result = kb(farm, "tag", "agreement", *arguments)
    assert result.exit_code == code
    assert said in result.output


def test_every_command_in_the_page_on_coding_runs(library, tmp_path, monkeypatch):
    monkeypatch.setenv("KB_USER", "carl")
    monkeypatch.chdir(tmp_path)
    shutil.copy(library, tmp_path / "evidence.db")
    page = (Path(__file__).parent.parent / "docs" / "coding.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    commands = [line.removeprefix("$ kb ") for block in blocks for line in block.splitlines()]
    assert len(commands) > 10
    for command in commands:
        result = CliRunner().invoke(cli, shlex.split(command))
        assert result.exit_code == 0, (command, result.output)
