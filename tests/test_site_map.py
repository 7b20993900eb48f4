"""The map on the site: its numbers lead to their records, its gaps are seen, its files can be taken away."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree

import pytest
from datasette.app import Datasette

from kb.knowledge_base import KnowledgeBase
from kb.serving import SETTINGS, site
from kb.site.pages.map import small as small_map
from tests.site_library import HOSTILE, Page, small_library


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small evidence file, by a name that is not the usual one."""
    return small_library(tmp_path_factory.mktemp("map") / "joint work.db")


@pytest.fixture
def served(small: Path) -> Datasette:
    """The site as ``kb serve`` serves it."""
    return site(small)


async def page(served: Datasette, path: str, status: int = 200) -> Page:
    """The page at that address, which must answer with that status."""
    response = await served.client.get(path)
    assert response.status_code == status, response.text
    return Page(response.text)


def numbers(html: Page) -> dict[str, tuple[str, str]]:
    """(number, where it leads) of each number in the table, by what is said of it."""
    return {has["aria-label"]: (text, has["href"]) for has, text in html.all("a") if "aria-label" in has}


@pytest.mark.parametrize(
    "address",
    [
        "/map",
        "/map?q=trust",
        "/map?rows=study_type&columns=year&split=0",
        "/map?q=teams&theme=trust&direction=barrier&since=1993&until=2008",
        "/map?rows=direction&columns=factor&type=article-journal",
        "/map?rows=type&columns=setting&setting=schools&expand=0&q=study",
    ],
)
async def test_every_number_leads_to_exactly_so_many_records(served, address):
    found = numbers(await page(served, address))
    assert len(found) > 3
    for said, (number, link) in found.items():
        results = (await page(served, link)).text("h1")
        words = f"{number} record{'' if number == '1' else 's'}"
        assert results.removeprefix("All ").startswith(words), (said, link)
        assert f": {words}" in said


async def test_the_map_is_a_table_with_heads_sums_and_gaps(served):
    html = await page(served, "/map")
    assert html.text("caption").startswith("Factors by settings: records where they cross. 30 records.")
    scopes = {has.get("scope"): text for has, text in html.all("th")}
    assert set(scopes) == {"col", "row", "rowgroup"}
    assert [text for _, text in html.all("th", scope="rowgroup")] == [
        *("Relational", "Organisational", "Contextual")
    ]
    assert [text for _, text in html.all("th", scope="row")] == [
        *("Trust", "Money", "Training", f"Law {HOSTILE}", "All")
    ]
    assert len(html.all("td", class_="s0")) == 7, "of 4 factors by 2 settings only trust in schools is no gap"
    assert html.text("p", class_="lead").startswith("30 records. Of 4 × 2 cells 7 are empty.")
    assert html.all("div", class_="map-wide", role="region", tabindex="0")
    assert html.text("tfoot").startswith("All 28")


async def test_columns_in_groups_have_heads_of_groups(served):
    html = await page(served, "/map?rows=setting&columns=factor")
    groups = [(text, has["colspan"]) for has, text in html.all("th", scope="colgroup")]
    assert groups == [("Relational", "1"), ("Organisational", "2"), ("Contextual", "1")]


async def test_the_narrow_form_holds_the_same_records_and_names_the_gaps(served):
    html = await page(served, "/map")
    narrow = html.text("div", class_="map-narrow")
    assert narrow.startswith("Relational Trust 15 records All 15 records on Trust")
    assert "No record: Prisons." in narrow
    assert "No record in any of the 2 settings." in narrow
    assert len(html.all("details")) == 4


async def test_directions_of_a_cell_are_told_and_shown(served):
    html = await page(served, "/map")
    assert "Trust, Schools: 14 records; 14 barriers" in numbers(html)
    assert "−14" in html.text("td", class_="s1")
    assert "−14" not in (await page(served, "/map?split=0")).text()


async def test_the_form_keeps_what_is_asked_and_filters_are_words_to_remove(served):
    html = await page(
        served, "/map?q=trust&rows=setting&columns=year&split=0&theme=trust&type=article-journal&since=1990"
    )
    assert {has["value"] for has, _ in html.all("option", selected="")} == {"setting", "year", "0"}
    hidden = {(has["name"], has["value"]) for has, _ in html.all("input", type="hidden")}
    assert hidden == {("theme", "trust"), ("type", "article-journal")}
    chips = {text: parse_qs(urlsplit(has["href"]).query) for has, text in html.all("a", class_="chip")}
    assert chips["Remove filter: Journal article ×"] == {
        "q": ["trust"],
        "theme": ["trust"],
        "since": ["1990"],
        "rows": ["setting"],
        "columns": ["year"],
        "split": ["0"],
    }
    assert parse_qs(urlsplit(html.links()["Turn the map"]).query)["rows"] == ["year"]
    assert parse_qs(urlsplit(html.links()["remove all"]).query).keys() == {"q", "rows", "columns", "split"}


async def test_a_way_to_search_makes_no_difference_and_is_said(served):
    by_meaning, by_words = [
        await page(served, f"/map?q=trust&mode={mode}") for mode in ("semantic", "keyword")
    ]
    assert by_meaning.text() == by_words.text()
    assert "but not meaning" in by_words.text()
    assert all("mode=keyword" in link for _, link in numbers(by_meaning).values())


@pytest.mark.parametrize(
    ("address", "words"),
    [
        pytest.param("/map?q=zzzz", "No record here fits zzzz", id="words that nothing holds"),
        pytest.param("/map?since=2050", "No record here fits these filters", id="years to come"),
        pytest.param("/map?since=2000&until=1990", "No record here fits", id="years turned round"),
        pytest.param("/map?rows=population", "This library has no people to show", id="axis without values"),
    ],
)
async def test_an_empty_map_says_what_to_do_next(served, address, words):
    html = await page(served, address)
    assert words in html.text("p", class_="empty")
    assert not html.all("table")


@pytest.mark.parametrize("path", ["/map", "/map.csv", "/map.svg"])
@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param("rows=colour", id="no such axis"),
        pytest.param("rows=setting", id="against itself"),
        pytest.param(f"columns={quote(HOSTILE)}", id="hostile axis"),
        pytest.param(f"theme={quote(HOSTILE)}", id="hostile theme"),
        pytest.param("theme=%00", id="NUL"),
        pytest.param("rows=%00%1b%0d%0a", id="control characters"),
        pytest.param("setting=trust", id="a setting that is none"),
        pytest.param("direction=up", id="direction"),
        pytest.param("type=poem", id="type"),
        pytest.param("since=-1", id="year"),
        pytest.param("mode=loud", id="way to search"),
        pytest.param(f"rows={'x' * 20000}", id="endless"),
    ],
)
async def test_a_parameter_that_means_nothing_ends_in_a_sentence(served, path, parameters):
    html = await page(served, f"{path}?{parameters}", 400)
    assert html.text("h1") == "That search cannot be run"
    assert HOSTILE not in (await served.client.get(f"{path}?{parameters}")).text


@pytest.mark.parametrize(
    "parameters",
    [
        *(
            "q=%00%01",
            f"q={quote(HOSTILE)}",
            "q=%22&rows=",
            "q=AND+OR+%28",
            "page=99999",
            "split=%F0%9F%8E%88",
        ),
        *("rows=year&columns=type&since=0&until=999999", "q=" + "trust+" * 150, "unknown=1&rows=kind"),
    ],
)
async def test_what_is_merely_odd_is_answered(served, parameters):
    for path in ("/map", "/map.csv", "/map.svg"):
        response = await served.client.get(f"{path}?{parameters}")
        assert response.status_code == 200
        assert HOSTILE not in response.text


async def test_csv_is_a_download_with_every_cell(served):
    response = await served.client.get("/map.csv?rows=factor&columns=year")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="evidence-map-factor-year.csv"'
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert len(rows) == 4 * 3 * 4
    assert sum(int(row["records"]) for row in rows if row["direction"] == "all") == 15 + 1 + 1 + 2


async def test_svg_is_well_formed_and_says_how_to_cite_it(served):
    response = await served.client.get("/map.svg?q=trust")
    assert response.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert "evidence-map-factor-setting.svg" in response.headers["content-disposition"]
    ElementTree.fromstring(response.text)
    assert "Search: “trust”" in response.text


async def test_the_files_are_those_of_the_map_that_one_sees(served):
    html = await page(served, "/map?q=trust&rows=year&columns=factor&split=0&direction=barrier")
    for name in ("CSV", "SVG"):
        asked = parse_qs(urlsplit(html.links()[name]).query)
        assert asked == {
            "q": ["trust"],
            "direction": ["barrier"],
            "rows": ["year"],
            "columns": ["factor"],
            "split": ["0"],
        }
    assert html.text("p", class_="cite-map").startswith("Evidence KB. Evidence gap map: decades by factors.")


async def test_the_map_stands_behind_a_prefix(small):
    behind = Datasette([str(small)], settings=SETTINGS | {"base_url": "/library/"})
    response = await behind.client.get("/map")
    addresses = [has["href"] for has, _ in Page(response.text).all("a") if "href" in has]
    inside = [address for address in addresses if not address.startswith(("http", "#"))]
    assert inside
    assert [address for address in inside if not address.startswith("/library/")] == []


async def test_head_and_other_methods(served):
    for path in ("/map", "/map.csv", "/map.svg"):
        head = await served.client.request("HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        assert (await served.client.post(path)).status_code == 405


async def test_the_small_map_shows_the_busiest_and_leads_to_the_whole(served, small):
    with KnowledgeBase.open(small) as library:
        context = small_map(library)
    assert [row.entry.id for row in context["small_map"]["rows"]] == ["trust", "money", "training", "law"]
    assert [column.id for column in context["small_map"]["columns"]] == ["schools"]
    await served.invoke_startup()
    html = Page(await served.render_template("kb/map_small.html", context))
    assert html.links()["The whole map"] == "/map"
    said, (number, link) = next(iter(numbers(html).items()))
    assert (said, number) == ("Trust, Schools: 14 records", "14")
    assert "14 records" in (await page(served, link)).text("h1")


async def test_without_settings_there_is_no_small_map(served, tmp_path):
    from corpus.store import Store

    with Store.open(tmp_path / "a.db", create=True):
        pass
    with KnowledgeBase.open(tmp_path / "a.db") as library:
        context = small_map(library)
    assert context == {"small_map": None}
    await served.invoke_startup()
    assert (await served.render_template("kb/map_small.html", context)).strip() == ""
