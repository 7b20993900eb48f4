"""A record for machines that read pages, and why a record carries a theme or not."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from datasette.app import Datasette

from corpus.kinds import CSL_TYPES
from corpus.record import Author, Record
from corpus.theme import Theme
from kb.serving import site
from kb.site import machine
from tests.site_library import HOSTILE, Page, small_library

ADDRESS = "https://kb.example.org/evidence/records/x"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    return site(small_library(tmp_path_factory.mktemp("machine") / "evidence.db"))


async def get(served: Datasette, path: str, status: int = 200) -> str:
    response = await served.client.get(path, follow_redirects=True)
    assert response.status_code == status, response.text
    return response.text


def record(**fields: object) -> Record:
    given = {"id": "x", "title": "A title", "authors": (Author("Berg", "Jo", particle="van der"),)}
    return Record(**{**given, **fields})


@pytest.mark.parametrize(
    ("type_", "fields", "wanted"),
    [
        pytest.param(
            "article-journal",
            {"container_title": "J", "page": "11-19", "issn": "1234-5678", "issued": "2004-10-05"},
            {
                ("citation_journal_title", "J"),
                ("citation_firstpage", "11"),
                ("citation_lastpage", "19"),
                ("citation_issn", "1234-5678"),
                ("citation_publication_date", "2004/10/05"),
            },
            id="article",
        ),
        pytest.param(
            "chapter",
            {"container_title": "B", "publisher": "P"},
            {("citation_inbook_title", "B"), ("citation_publisher", "P")},
            id="chapter",
        ),
        pytest.param(
            "report", {"publisher": "P"}, {("citation_technical_report_institution", "P")}, id="report"
        ),
        pytest.param("thesis", {"publisher": "P"}, {("citation_dissertation_institution", "P")}, id="thesis"),
        pytest.param("book", {"issued": "2005-23"}, {("citation_publication_date", "2005")}, id="a season"),
    ],
)
def test_highwire_tags_say_what_kind_of_work_it_is(type_, fields, wanted):
    tags = machine.highwire(record(type=type_, **fields), ADDRESS)
    assert wanted | {("citation_author", "van der Berg, Jo")} <= set(tags)
    assert all(content for _, content in tags)


@pytest.mark.parametrize("type_", sorted(CSL_TYPES))
def test_every_type_has_a_coins_and_json_ld(type_):
    made = record(type=type_, container_title="C & D", doi="10.1/x", publisher="P", volume="2", issue="1")
    pairs = parse_qs(machine.coins(made))
    assert pairs["ctx_ver"] == ["Z39.88-2004"]
    assert "A title" in {value for values in pairs.values() for value in values}
    assert json.loads(machine.json_ld(made, ADDRESS, []))["name"] == "A title"


def test_coins_of_an_article_has_its_journal_and_authors():
    pairs = parse_qs(
        machine.coins(record(type="article-journal", container_title="J", volume="3", issued="2004"))
    )
    assert pairs["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:journal"]
    assert (pairs["rft.atitle"], pairs["rft.jtitle"], pairs["rft.date"]) == (["A title"], ["J"], ["2004"])
    assert (pairs["rft.aulast"], pairs["rft.au"]) == (["van der Berg"], ["van der Berg, Jo"])


def test_json_ld_says_where_a_work_stands_and_cannot_leave_its_element():
    made = record(
        type="article-journal",
        title=HOSTILE + "<!--",
        container_title="J",
        volume="3",
        issue="2",
        issn="1234-5678",
        url="javascript:alert(1)",
    )
    text = machine.json_ld(made, ADDRESS, [(Theme("trust", "Trust", "factor"), "https://kb/themes/trust")])
    assert not set("<>&") & set(text)
    found = json.loads(text)
    assert found["name"] == HOSTILE + "<!--"
    assert found["isPartOf"]["isPartOf"]["isPartOf"] == {
        "@type": "Periodical",
        "name": "J",
        "issn": "1234-5678",
    }
    assert found["about"] == [{"@type": "DefinedTerm", "name": "Trust", "url": "https://kb/themes/trust"}]
    assert "sameAs" not in found


async def test_a_record_page_describes_its_record(served):
    text = await get(served, "/records/smith-2004-trust")
    page = Page(text)
    metas = {
        has.get("name", has.get("property")): has["content"]
        for has, _ in page.all("meta")
        if "content" in has
    }
    assert metas["citation_title"] == metas["og:title"] == "Trust between agencies"
    assert metas["citation_journal_title"] == "Journal of Joint Work"
    canonical = next(has["href"] for has, _ in page.all("link") if has.get("rel") == "canonical")
    assert canonical == metas["og:url"] == "http://localhost/evidence/records/smith-2004-trust"
    found = json.loads(
        next(inside for has, inside in page.all("script") if has.get("type") == "application/ld+json")
    )
    assert (found["@type"], found["pagination"]) == ("ScholarlyArticle", "11-19")


async def test_results_carry_a_coins_a_record_so_that_zotero_takes_them_all(served):
    page = Page(await get(served, "/search?q=trust"))
    spans = page.all("span", class_="Z3988")
    assert len(spans) == len(page.all("li", class_="hit"))
    assert parse_qs(spans[0][0]["title"])["rft.atitle"] == ["Trust between agencies"]


async def test_why_not_tells_what_was_lacking(served):
    page = Page(await get(served, "/records/jones-1991-study/why?theme=training"))
    assert page.text("h1") == "Training: why, or why not"
    assert "It does not carry the theme" in page.text()


async def test_why_shows_the_words_of_a_tag(served):
    page = Page(await get(served, "/records/smith-2004-trust/why?theme=training"))
    assert "It carries the theme" in page.text()
    assert "shared training" in [text for _, text in page.all("mark")]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        pytest.param("/records/nobody/why?theme=trust", 404, "No record here", id="no such record"),
        pytest.param("/records/smith-2004-trust/why?theme=%3Cscript%3E", 400, "no theme", id="no such theme"),
        pytest.param(
            "/records/smith-2004-trust/why?theme=training&direction=up", 400, "direction", id="no direction"
        ),
    ],
)
async def test_what_there_is_not_is_a_sentence(served, path, status, said):
    assert said in await get(served, path, status)


async def test_a_theme_shows_where_it_is_found_and_with_what(served):
    page = Page(await get(served, "/themes/trust"))
    rows = [text for _, text in page.all("tr")]
    assert "Schools · none 14 · none 14" in rows
    assert "Most often on the same records: Law" in page.text() or "Money 1" in page.text()
