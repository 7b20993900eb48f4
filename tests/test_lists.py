"""Shortlists: an order and notes that follow the records, every change a decision; in shell and site."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner, Result

from corpus.errors import EvidenceError
from corpus.store import Store
from ingest import deciding
from kb import lists, tagging
from kb.cli import cli
from kb.lists import Lister
from kb.pipeline import index_folder
from kb.serving import site
from tests.farms import COVER, COVER_ID, GRAZING_ID, but, farm_library, take
from tests.site_library import HOSTILE, Page, small_library

FIRST, SECOND, THIRD = "smith-2004-trust", "jones-1995-study", "jones-1991-study"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_library(tmp_path_factory.mktemp("lists") / "evidence.db")


@pytest.fixture
def own(small: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    path = tmp_path / "evidence.db"
    shutil.copy(small, path)
    shutil.copytree(index_folder(small), index_folder(path))
    return path


def kb(path: Path, *arguments: Any, input: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["--db", str(path), *[str(each) for each in arguments]], input=input)


def order(path: Path, name: str = "briefing") -> list[str]:
    with Store.open(path) as store:
        return [entry.record for entry in lists.entries(store, name)]


def test_records_are_put_noted_moved_and_taken_out(own):
    assert kb(own, "list", "add", "briefing", FIRST, SECOND, "--note", "to quote").exit_code == 0
    kb(own, "list", "add", "briefing", THIRD)
    assert order(own) == [FIRST, SECOND, THIRD]
    kb(own, "list", "move", "briefing", THIRD, "--to", "1")
    assert order(own) == [THIRD, FIRST, SECOND]
    kb(own, "list", "note", "briefing", THIRD, "page", "9")
    kb(own, "list", "note", "briefing", FIRST)
    rows = json.loads(kb(own, "list", "show", "briefing", "--json").stdout)
    assert [(row["place"], row["record"], row["note"]) for row in rows] == [
        (1, THIRD, "page 9"),
        (2, FIRST, ""),
        (3, SECOND, "to quote"),
    ]
    kb(own, "list", "remove", "briefing", FIRST, SECOND)
    assert order(own) == [THIRD]


def test_each_change_can_be_taken_back(own):
    kb(own, "list", "add", "briefing", FIRST, SECOND)
    kb(own, "list", "move", "briefing", SECOND, "--to", "1")
    kb(own, "list", "delete", "briefing")
    assert "there is no list" in kb(own, "list", "show", "briefing").stderr
    assert "took the list briefing away" in kb(own, "list", "undo", "briefing").stderr
    assert order(own) == [SECOND, FIRST]
    kb(own, "list", "undo", "briefing")
    assert order(own) == [FIRST, SECOND]
    kb(own, "list", "rename", "briefing", "minister")
    assert order(own, "minister") == [FIRST, SECOND]
    kb(own, "list", "undo", "minister")
    assert order(own) == [FIRST, SECOND]


def test_what_was_said_at_once_is_taken_back_at_once(own):
    kb(own, "list", "add", "briefing", FIRST)
    kb(own, "list", "add", "briefing", SECOND, THIRD)
    assert kb(own, "list", "undo", "briefing").stderr == (
        f"Taken back: added {THIRD} to the list briefing, and 1 more.\n"
    )
    assert order(own) == [FIRST]


def test_a_list_brought_back_under_a_name_that_is_taken_loses_nothing(own):
    with Store.open(own) as store:
        lister = Lister(store, "Ann")
        lister.add("briefing", [FIRST])
        lister.delete("briefing")
        (deleted,) = lister.made
        lister.add("other", [SECOND])
        lister.rename("other", "briefing")
        lister.take_back(deleted)
    assert order(own) == [FIRST, SECOND]


def test_what_is_there_already_is_told_and_harmless(own):
    kb(own, "list", "add", "briefing", FIRST)
    result = kb(own, "list", "add", "briefing", FIRST, SECOND)
    assert result.stderr == "briefing: 1 added, 1 there already.\n"
    assert order(own) == [FIRST, SECOND]


def test_ids_come_from_stdin(own):
    assert kb(own, "list", "add", "briefing", "-", input=f"{FIRST}\n{SECOND}\n").exit_code == 0
    assert order(own) == [FIRST, SECOND]


def test_lists_are_named_with_their_size(own):
    assert "There is no list yet" in kb(own, "list", "names").stderr
    kb(own, "list", "add", "briefing", FIRST, "--by", "Ann")
    (row,) = json.loads(kb(own, "list", "names", "--json").stdout)
    assert (row["name"], row["records"], row["changed_by"]) == ("briefing", 1, "Ann")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("add", "briefing", FIRST, "nobody-1999"), "no record has the id", id="an unknown id"),
        pytest.param(("add", "a list", FIRST), "is no name", id="a bad name"),
        pytest.param(("add", "briefing", FIRST, "--note", "x" * 1001), "1,001 characters", id="a long note"),
        pytest.param(("add", "briefing", "-"), "no ids were given", id="nothing from stdin"),
        pytest.param(("show", "brefing"), "near: briefing", id="a list mistyped"),
        pytest.param(("move", "briefing", SECOND, "--to", "1"), "is not in the list", id="not in it"),
        pytest.param(("rename", "briefing", "briefing"), "already", id="a name that is taken"),
        pytest.param(("undo", "nix"), "nothing of the list", id="nothing to undo"),
    ],
)
def test_what_cannot_be_is_one_line_and_changes_nothing(own, arguments, said):
    kb(own, "list", "add", "briefing", FIRST)
    result = kb(own, "list", *arguments, input="")
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert said in line
    assert order(own) == [FIRST]


def test_an_entry_follows_its_record_through_a_merge(tmp_path):
    path = farm_library(tmp_path / "evidence.db")
    with Store.open(path) as store:
        Lister(store, "Ann").add("farms", [GRAZING_ID, COVER_ID])
        deciding.merge(store, [COVER_ID, GRAZING_ID], "one work", "Ann")
        tagging.tag(store)
        (entry,) = lists.entries(store, "farms")
        assert store.resolve(GRAZING_ID) == store.resolve(COVER_ID) == entry.record
        Lister(store, "Ann").note("farms", GRAZING_ID, "by its old id")
        assert lists.entries(store, "farms")[0].note == "by its old id"


def test_what_was_said_of_both_parts_of_a_merge_is_kept(tmp_path):
    path = farm_library(tmp_path / "evidence.db")
    with Store.open(path) as store:
        lister = Lister(store, "Ann")
        lister.add("farms", [GRAZING_ID], "the trial")
        lister.add("farms", [COVER_ID], "the survey")
        lister.add("one", [GRAZING_ID, COVER_ID])
        lister.remove("one", [COVER_ID])
        deciding.merge(store, [COVER_ID, GRAZING_ID], "one work", "Ann")
        tagging.tag(store)
        now = store.resolve(COVER_ID)
        assert [(each.record, each.note) for each in lists.entries(store, "farms")] == [
            (now, "the trial; the survey")
        ]
        assert [each.record for each in lists.entries(store, "one")] == [now]
        lister.move("farms", COVER_ID, 1)
        assert [each.note for each in lists.entries(store, "farms")] == ["the trial; the survey"]
        lister.remove("farms", [GRAZING_ID])
        assert lists.entries(store, "farms") == ()


def test_two_records_parted_again_are_two_entries_again(tmp_path):
    path = farm_library(tmp_path / "evidence.db")
    with Store.open(path) as store:
        Lister(store, "Ann").add("farms", [GRAZING_ID, COVER_ID])
        merged = deciding.merge(store, [COVER_ID, GRAZING_ID], "one work", "Ann")
        assert len(lists.entries(store, "farms")) == 1
        deciding.undo(store, merged.decision, "Ann")
        assert [(each.record, each.gone) for each in lists.entries(store, "farms")] == [
            (GRAZING_ID, False),
            (COVER_ID, False),
        ]


def test_a_new_run_leaves_the_list_alone(tmp_path):
    path = farm_library(tmp_path / "evidence.db")
    with Store.open(path) as store:
        Lister(store, "Ann").add("farms", [COVER_ID], "keep")
        take(store, "again", but(COVER, page="1-9"))
        tagging.tag(store)
        assert [(each.record, each.note) for each in lists.entries(store, "farms")] == [(COVER_ID, "keep")]


def test_a_record_that_is_gone_stays_marked(own):
    kb(own, "list", "add", "briefing", SECOND, FIRST)
    with Store.open(own) as store, store.atomic():
        for table in ("tags", "contributors", "identifiers", "taggings", "facets", "source_records"):
            store.connection.execute(f"delete from {table} where record = ?", [SECOND])
        store.connection.execute("delete from records where id = ?", [SECOND])
    assert "(no longer in the library)" in kb(own, "list", "show", "briefing").stdout
    assert kb(own, "list", "note", "briefing", SECOND, "it was good").exit_code == 0
    assert kb(own, "list", "move", "briefing", SECOND, "--to", "2").exit_code == 0
    assert order(own) == [FIRST, SECOND]
    result = kb(own, "export", "--list", "briefing", "--to", "ris")
    assert f"no longer in the library, so not written: {SECOND}" in result.stderr
    assert "1 record written" in result.stderr


def test_a_list_is_exported_in_its_order_with_its_notes(own, tmp_path):
    kb(own, "list", "add", "briefing", THIRD, "--note", "the oldest")
    kb(own, "list", "add", "briefing", FIRST, "--note", "for the minister")
    ris = kb(own, "export", "--list", "briefing", "--to", "ris").stdout
    assert ris.index(THIRD) < ris.index(FIRST)
    assert "N1  - annote: the oldest\n" in ris
    for to in ("bibtex", "endnote-xml", "csl-json", "csv", "jsonl"):
        assert "for the minister" in kb(own, "export", "--list", "briefing", "--to", to).stdout, to
    book = tmp_path / "briefing.xlsx"
    assert kb(own, "export", "--list", "briefing", "-o", book).exit_code == 0
    rows = openpyxl.load_workbook(book).worksheets[0].iter_rows(values_only=True)
    assert any("for the minister" in str(cell) for row in rows for cell in row)
    target = tmp_path / "briefing.docx"
    assert kb(own, "export", "--list", "briefing", "-o", target).exit_code == 0
    paragraphs = docx.Document(str(target)).paragraphs
    notes = [each.text for each in paragraphs if each.style is not None and each.style.name == "Record Note"]
    assert set(notes) == {"the oldest", "for the minister"}


def test_other_readers_of_decisions_do_not_mind(own):
    before = kb(own, "doctor").stdout
    kb(own, "list", "add", "briefing", FIRST, "--note", HOSTILE)
    assert kb(own, "status").exit_code == 0
    assert kb(own, "doctor").stdout == before
    assert kb(own, "tag", "decisions").exit_code == 0
    assert kb(own, "why", FIRST).exit_code == 0


# The site.


async def get(served: Any, path: str, status: int = 200) -> Page:
    response = await served.client.get(path)
    assert response.status_code == status, response.text
    return Page(response.text)


async def test_everybody_reads_a_list_and_takes_it_away(own):
    with Store.open(own) as store:
        Lister(store, "Ann").add("briefing", [THIRD, FIRST], f"a note {HOSTILE}")
    served = site(own)
    assert (await get(served, "/lists")).links()["briefing"] == "/lists/briefing"
    page = await get(served, "/lists/briefing")
    assert page.text("h1") == "briefing"
    assert f"a note {HOSTILE}" in page.text()
    assert not page.all("form", method="post")
    for ending in ("ris", "bib", "csl.json", "csv", "docx", "html", "md", "xlsx"):
        response = await served.client.get(f"/lists/briefing/export.{ending}")
        assert response.status_code == 200, ending
        assert response.headers["content-disposition"] == f'attachment; filename="briefing.{ending}"'
        if ending == "docx":
            assert (
                docx.Document(io.BytesIO(response.content)).paragraphs[0].text == "The shortlist “briefing”"
            )
    await get(served, "/lists/nix", 404)
    await get(served, "/lists/nix/export.ris", 404)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("briefing.ris", id="like a file"),
        pytest.param("Überblick_2026", id="beyond ASCII"),
    ],
)
async def test_any_name_has_its_page_and_its_files(own, name):
    with Store.open(own) as store:
        Lister(store, "Ann").add(name, [FIRST])
    served = site(own)
    address = (await get(served, "/lists")).links()[name]
    page = await get(served, address)
    assert page.text("h1") == name
    await get(served, page.links()["RIS"])
    head = await served.client.head(page.links()["Word"])
    assert (head.status_code, head.content) == (200, b"")


async def test_nobody_changes_a_list_unless_signed_in(own):
    served = site(own)
    response = await served.client.post(f"/records/{FIRST}/lists", data={"name": "briefing"})
    assert response.status_code in (403, 404, 405)
    with Store.open(own) as store:
        assert lists.lists(store) == []


async def test_an_empty_library_of_lists_says_how_to_begin(own):
    assert "kb list add" in (await get(site(own), "/lists")).text()


def test_the_names_are_those_of_saved_searches(own):
    with Store.open(own) as store, pytest.raises(EvidenceError, match="`my-list` would be one"):
        Lister(store).add("my list", [FIRST])
