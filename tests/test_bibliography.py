"""Bibliographies that one can send: what is chosen, how it is grouped, what goes along; in shell and site."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner, Result
from datasette.app import Datasette

from corpus.errors import EvidenceError
from corpus.query import Filters, Query
from kb import bibliography, documents, leaving, selection
from kb.bibliography import Form
from kb.citing import styles
from kb.cli import cli
from kb.documents import Heading, Paragraph
from kb.exporters import EXPORTERS
from kb.knowledge_base import KnowledgeBase
from kb.pipeline import index_folder
from kb.searches import saved
from kb.serving import site
from kb.site.pages import take
from kb.site.views import documents as document_views
from tests.site_library import Page, small_library

TRUST = Query("trust", "keyword")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_library(tmp_path_factory.mktemp("take") / "joint work.db")


@pytest.fixture
def own(small: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    path = tmp_path / "evidence.db"
    shutil.copy(small, path)
    shutil.copytree(index_folder(small), index_folder(path))
    return path


@pytest.fixture
def served(small: Path) -> Datasette:
    return site(small)


def kb(*arguments: Any, input: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments], input=input)


def made(path: Path, query: Query = TRUST, **form: Any) -> documents.Document:
    with KnowledgeBase.open(path) as library:
        chosen = selection.by_query(library, query, whole=True)
        return bibliography.bibliography(library, chosen, Form(**form))


def headings(document: documents.Document) -> list[str]:
    return [each.text for each in document.blocks if isinstance(each, Heading)]


def styled(document: documents.Document, style: str) -> list[str]:
    return [
        "".join(run.text for run in each.line)
        for each in document.blocks
        if isinstance(each, Paragraph) and each.style == style
    ]


def test_the_formats_of_the_command_are_those_that_there_are():
    assert set(leaving.PLAIN) == set(EXPORTERS)
    assert set(leaving.DOCUMENTS) == set(documents.DOCUMENTS)
    assert set(leaving.ENDINGS.values()) == set(leaving.FORMATS)
    assert {name for name, _ in take.GROUPS if name} == set(bibliography.GROUPS)
    assert {name for name, _ in take.PARTS} == set(bibliography.PARTS)
    assert set(document_views.TYPES) == set(document_views.FORMATS)


def test_what_is_written_is_what_was_counted(small):
    document = made(small, parts=frozenset())
    with KnowledgeBase.open(small) as library:
        total = library.run(TRUST).total
    assert total > 20
    assert len(styled(document, "Bibliography")) == total
    assert document.subtitle == f"{total} references, Harvard (Cite Them Right)"


def test_the_document_says_what_was_searched_and_filtered(small):
    query = Query("trust", "keyword", Filters(direction=("barrier",), since=2000))
    document = made(small, query)
    assert document.title == "Evidence on ‘trust’: barriers; since 2000"
    opening = document.blocks[0]
    assert isinstance(opening, Paragraph)
    assert opening.line[0].text.startswith("Search for ‘trust’ by words; barriers; since 2000. ")
    assert made(small, query, title="Trust").title == "Trust"


@pytest.mark.parametrize(
    ("group_by", "first", "last"),
    [
        pytest.param("theme", "Trust", "Without a theme", id="theme"),
        pytest.param("setting", "Schools", "Without a setting", id="setting"),
        pytest.param("direction", "Barriers", "Without a direction", id="direction"),
        pytest.param("year", "2017", "1990", id="year"),
    ],
)
def test_references_stand_under_what_they_are_grouped_by(small, group_by, first, last):
    document = made(small, group_by=group_by, parts=frozenset())
    found = [re.sub(r" \(\d+\)$", "", text) for text in headings(document)]
    assert found[0] == first
    assert found[-1] == last
    with KnowledgeBase.open(small) as library:
        total = library.run(TRUST).total
    assert len(styled(document, "Bibliography")) >= total


def test_a_group_has_the_quotes_of_its_theme_alone(small):
    document = made(small, Query("smith", "keyword"), group_by="theme", parts=frozenset({"quotes"}))
    blocks = list(document.blocks)
    under: dict[str, list[str]] = {}
    for block in blocks:
        if isinstance(block, Heading):
            heading = block.text
        elif isinstance(block, Paragraph) and block.style == "Quotation":
            under.setdefault(heading, []).append("".join(run.text for run in block.line))
    assert under["Money (1)"] == ["“Lack of money” Barrier: Money"]
    assert under["Training (1)"] == ["“shared training” Enabler: Training"]


def test_a_search_for_barriers_groups_and_quotes_barriers_only(small):
    query = Query("smith", "keyword", Filters(direction=("barrier",)))
    document = made(small, query, group_by="theme", parts=frozenset({"quotes"}))
    assert headings(document) == ["Trust (1)", "Money (1)"]
    assert all("Barrier: " in quote for quote in styled(document, "Quotation"))


def test_the_filters_hold_for_groups_without_the_strategy_too(own):
    arguments = ("smith", "--direction", "barrier", "--group-by", "theme", "--with", "quotes")
    text = kb("--db", own, "export", *arguments, "--to", "markdown").stdout
    assert "## Trust (1)" in text
    assert "Enabler" not in text


def test_abstracts_and_strategy_go_along_when_asked(small):
    bare = made(small, Query("smith", "keyword"), parts=frozenset())
    assert not styled(bare, "Record Abstract")
    assert "Appendix: search strategy" not in headings(bare)
    full = made(small, Query("smith", "keyword"), parts=frozenset({"abstracts", "strategy"}))
    assert "lack of trust between agencies" in styled(full, "Record Abstract")[0]
    assert "Item 16: Deduplication" in headings(full)


def test_a_numbered_style_numbers_in_the_order_of_the_search(small):
    document = made(small, style="vancouver", parts=frozenset())
    assert [text.split()[0] for text in styled(document, "Bibliography")[:3]] == ["1.", "2.", "3."]


def test_a_retracted_work_is_marked_and_warned_of(own):
    with KnowledgeBase.open(own) as library, library.store.atomic():
        library.store.connection.execute(
            "insert into notices select min(id), 'retracted', '', 'doi:10.1/r', 'RETRACTED: Trust'"
            " from source_records where record = 'smith-2004-trust'"
        )
    document = made(own, parts=frozenset())
    assert "smith-2004-trust" in styled(document, "Warning")[0]
    assert [text for text in styled(document, "Bibliography") if text.startswith("[Retracted]")]
    result = kb("--db", own, "export", "smith", "--to", "ris")
    assert "Warning: smith-2004-trust" in result.stderr


def test_too_much_for_a_document_is_one_line_and_leaves_the_file_alone(own, tmp_path, monkeypatch):
    monkeypatch.setattr(bibliography, "MOST", 3)
    target = tmp_path / "old.docx"
    target.write_text("as it was")
    result = kb("--db", own, "export", "trust", "-o", target)
    assert result.exit_code == 1
    assert "too many for a document" in result.stderr
    assert target.read_text() == "as it was"


@pytest.mark.parametrize(("ending", "to"), sorted(leaving.ENDINGS.items()))
def test_the_name_of_the_file_says_the_format(own, tmp_path, ending, to):
    target = tmp_path / f"trust{ending}"
    result = kb("--db", own, "export", "smith", "-o", target)
    assert result.exit_code == 0, result.output
    assert f"1 record written as {to} to {target}." in result.stderr
    assert target.stat().st_size > 50


def test_a_word_document_opens_with_all_in_it(own, tmp_path):
    target = tmp_path / "trust.docx"
    assert kb("--db", own, "export", "trust", "--group-by", "theme", "-o", target).exit_code == 0
    text = [each.text for each in docx.Document(str(target)).paragraphs]
    assert any("Journal of Joint Work" in each for each in text)
    assert "Appendix: search strategy" in text


def test_a_workbook_tells_of_the_search_on_a_sheet_of_its_own(own, tmp_path):
    target = tmp_path / "trust.xlsx"
    assert kb("--db", own, "export", "trust", "--since", "2000", "-o", target).exit_code == 0
    book = openpyxl.load_workbook(target, read_only=True)
    told = {row[0]: row[-1] for row in book.worksheets[-1].iter_rows(values_only=True)}
    assert told["Query as typed"] == "trust"
    assert told["Chosen by"] == "Search for ‘trust’ by words; since 2000"
    assert told["Found by words"] == told["Records"]


def test_ids_come_from_stdin_in_their_order(own):
    given = "jones-1995-study\nsmith-2004-trust, jones-1991-study smith-2004-trust"
    result = kb("--db", own, "export", "--ids", "-", "--to", "ris", input=given)
    assert re.findall(r"^ID  - (.*)$", result.stdout, re.M) == [
        "jones-1995-study",
        "smith-2004-trust",
        "jones-1991-study",
    ]


def test_a_saved_search_is_exported_as_it_finds_now(own):
    with KnowledgeBase.open(own) as library:
        run = saved.save(library, "trust", TRUST)
    result = kb("--db", own, "export", "--saved", "trust", "--to", "ris")
    assert tuple(re.findall(r"^ID  - (.*)$", result.stdout, re.M)) == run.ids


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        pytest.param(("trust",), "say which format", 1, id="no format"),
        pytest.param(("trust", "--saved", "x", "--to", "ris"), "choose by one of these", 2, id="two choices"),
        pytest.param(("--ids", "-", "--to", "ris"), "no ids were given", 1, id="no ids"),
        pytest.param(("trust", "--to", "docx", "--style", "harvrad"), "near it", 1, id="a style mistyped"),
        pytest.param(("trust", "--to", "docx", "--with", "quotas"), "is none of", 2, id="an unknown part"),
        pytest.param(("trust", "--to", "ris", "--group-by", "year"), "is for documents", 2, id="no document"),
        pytest.param(("trust", "--to", "odt"), "is not one of", 2, id="an unknown format"),
        pytest.param(("trust", "--to", "docx", "--style", "no.csl"), "cannot be read", 1, id="no such file"),
    ],
)
def test_what_cannot_be_is_told(own, arguments, said, code):
    result = kb("--db", own, "export", *arguments, input="")
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_without_pandoc_the_plain_formats_work_and_documents_say_what_to_install(own, monkeypatch):
    monkeypatch.setattr(styles, "find_spec", lambda _: None)
    styles._known.cache_clear()
    assert kb("--db", own, "export", "smith", "--to", "ris").exit_code == 0
    result = kb("--db", own, "export", "smith", "--to", "docx")
    assert result.exit_code == 1
    assert "install `evidence-kb[word]`" in result.stderr


# The site.


async def get(served: Datasette, path: str, status: int = 200) -> Any:
    response = await served.client.get(path)
    assert response.status_code == status, response.text
    return response


async def test_the_page_offers_every_format_for_the_search(served):
    page = Page((await get(served, "/export?q=trust&mode=keyword&direction=barrier")).text)
    assert page.text("h1").startswith("Take ")
    links = page.links()
    assert links["Excel workbook"] == "/export.xlsx?q=trust&mode=keyword&direction=barrier"
    actions = [has["formaction"] for has, _ in page.all("button") if "formaction" in has]
    assert actions == ["/export.docx", "/export.html", "/export.md"]
    hidden = {has["name"]: has["value"] for has, _ in page.all("input") if has.get("type") == "hidden"}
    assert hidden == {"q": "trust", "mode": "keyword", "direction": "barrier", "with": "none"}


async def test_a_search_that_finds_nothing_offers_a_way_on(served):
    page = Page((await get(served, "/export?q=zzzz&mode=keyword")).text)
    assert "Nothing was found" in page.text()


@pytest.mark.parametrize("ending", sorted(document_views.FORMATS))
async def test_a_document_comes_from_the_site_as_from_the_shell(served, ending):
    address = f"/export.{ending}?q=smith&mode=keyword&group-by=theme&with=none&with=quotes&title=Trust+us"
    response = await get(served, address)
    assert response.headers["content-disposition"] == f'attachment; filename="evidence-smith.{ending}"'
    content = response.content
    if ending == "docx":
        text = [each.text for each in docx.Document(io.BytesIO(content)).paragraphs]
        assert text[0] == "Trust us"
        assert "Money (1)" in text
        assert "Appendix: search strategy" not in text
    elif ending == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].max_row == 2
    else:
        assert "Trust us" in content.decode()


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        pytest.param("style=../../etc/passwd", "No citation style", id="a path for a style"),
        pytest.param("style=/tmp/own.csl", "No citation style", id="a file for a style"),
        pytest.param("group-by=colour", "Nothing is grouped by", id="an unknown group"),
        pytest.param("with=everything", "goes along with nothing", id="an unknown part"),
        pytest.param("theme=nix", "nix", id="an unknown theme"),
        pytest.param("since=x", "is no year", id="no year"),
    ],
)
async def test_a_bad_parameter_is_one_sentence(served, parameters, said):
    response = await get(served, f"/export.docx?q=trust&mode=keyword&{parameters}", 400)
    assert said in Page(response.text).text()


async def test_more_than_a_visitor_would_wait_for_is_left_to_the_shell(served, monkeypatch):
    monkeypatch.setattr(take, "MOST", 3)
    response = await get(served, "/export.docx?q=trust&mode=keyword", 400)
    assert "kb export" in response.text
    page = Page((await get(served, "/export?q=trust&mode=keyword")).text)
    assert "too many for a document" in page.text()


async def test_a_saved_search_has_a_page_a_feed_and_its_strategy(own):
    with KnowledgeBase.open(own) as library:
        saved.save(library, "trust", TRUST)
    served = site(own)
    assert Page((await get(served, "/saved")).text).links()["trust"] == "/saved/trust"
    page = Page((await get(served, "/saved/trust")).text)
    assert page.text("h1") == "trust"
    assert "Nothing." in page.text()
    assert (await get(served, "/saved/trust.atom")).headers["content-type"].startswith("application/atom+xml")
    for ending in ("docx", "html", "md", "svg"):
        response = await get(served, f"/saved/trust/strategy.{ending}")
        assert response.headers["content-disposition"] == f'attachment; filename="trust-strategy.{ending}"'
    await get(served, "/saved/nix", 404)
    await get(served, "/saved/nix.atom", 404)
    await get(served, "/saved/nix/strategy.docx", 404)
    await get(served, "/saved/%2e%2e%2fx", 404)


def test_a_selection_of_nothing_is_an_empty_document(small):
    with KnowledgeBase.open(small) as library:
        chosen = selection.by_query(library, Query("zzzz", "keyword"), whole=True)
        document = bibliography.bibliography(library, chosen, Form())
        assert document.subtitle == "0 references, Harvard (Cite Them Right)"
        with pytest.raises(EvidenceError, match="no record has the id"):
            selection.by_ids(library, ["nobody"])
