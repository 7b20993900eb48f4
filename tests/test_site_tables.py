"""Datasette's tables: filters of ours on records, and rows as RIS, BibTeX and CSL-JSON."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette

from kb.knowledge_base import KnowledgeBase
from kb.serving import site
from tests.site_library import HOSTILE, Page, small_library


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_library(tmp_path_factory.mktemp("tables") / "evidence.db")


@pytest.fixture
def served(small: Path) -> Datasette:
    return site(small)


async def get(served: Datasette, path: str, status: int = 200) -> httpx.Response:
    response = await served.client.get(path, follow_redirects=True)
    assert response.status_code == status, response.text
    return response


@pytest.mark.parametrize(
    ("asked", "same"),
    [
        pytest.param("_theme=trust", {"theme": "trust"}, id="a theme"),
        pytest.param("_theme=trust&_theme=law", {"theme": ["trust", "law"]}, id="alternatives"),
        pytest.param("_theme=trust&_theme=survey", {"theme": ["trust", "survey"]}, id="of two axes"),
        pytest.param(
            "_theme=law&_direction=barrier",
            {"theme": "law", "direction": "barrier"},
            id="one tag carries both",
        ),
        pytest.param("_setting=schools", {"setting": "schools"}, id="a setting"),
        pytest.param("_q=trust&_mode=keyword", {"text": "trust", "mode": "keyword"}, id="a search"),
        pytest.param(
            "_q=teams&_mode=&_theme=&_direction=&_setting=schools",
            {"text": "teams", "setting": "schools"},
            id="a form with fields left open",
        ),
    ],
)
async def test_the_table_holds_what_the_search_finds(served, small, asked, same):
    rows = (await get(served, f"/evidence/records.json?_shape=array&_size=100&{asked}")).json()
    with KnowledgeBase.open(small) as library:
        assert {row["id"] for row in rows} == set(library.search(limit=None, **same).ids) != set()


async def test_filters_combine_with_columns_facets_sort_and_csv(served):
    query = "_theme=trust&_direction=barrier&type=article-journal&_facet=year&_sort=year&_shape=objects"
    answer = (await get(served, f"/evidence/records.json?{query}")).json()
    years = [row["year"] for row in answer["rows"]]
    assert (
        years == sorted(years) == sorted(each["value"] for each in answer["facet_results"]["year"]["results"])
    )
    assert {row["type"] for row in answer["rows"]} == {"article-journal"}
    rows = csv.DictReader(
        io.StringIO((await get(served, "/evidence/records.csv?_theme=trust&_size=max")).text)
    )
    assert len(list(rows)) == 15


async def test_the_page_says_what_was_asked_and_keeps_it_in_its_form(served):
    page = Page((await get(served, "/evidence/records?_theme=trust&_direction=barrier&_q=teams")).text)
    assert "found by search for ‘teams’ by words and meaning; barriers; Trust" in page.text(
        "p", class_="summary"
    )
    chosen = {has["value"] for has, _ in page.all("option") if "selected" in has}
    assert {"trust", "barrier"} <= chosen
    hidden = [has.get("name") for has, _ in page.all("input", type="hidden")]
    assert not {"_theme", "_q", "_direction"} & set(hidden)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("_theme=nothing", "No theme here has the id", id="a theme that there is not"),
        pytest.param("_direction=up", "There is no direction", id="a direction"),
        pytest.param("_setting=trust", "No setting here", id="a theme that is no setting"),
        pytest.param("_q=x&_mode=fast", "There is no way to search", id="a mode"),
        pytest.param("_q=%00%27%22", "", id="a search of signs"),
        pytest.param("_theme=%27%20or%201=1--", "No theme here", id="SQL"),
    ],
)
async def test_what_cannot_be_asked_is_a_sentence(served, query, said):
    assert said in (await get(served, f"/evidence/records?{query}", 400 if said else 200)).text


async def test_other_tables_are_left_alone(served):
    assert (await get(served, "/evidence/themes.json?_theme=nothing&_shape=array")).json()


@pytest.mark.parametrize(
    ("ending", "begins", "media"),
    [
        pytest.param("bib", "@", "application/x-bibtex", id="BibTeX"),
        pytest.param("ris", "TY  - ", "application/x-research-info-systems", id="RIS"),
        pytest.param("csljson", "[", "application/vnd.citationstyles.csl+json", id="CSL-JSON"),
        pytest.param("csl.json", "[", "application/vnd.citationstyles.csl+json", id="by its usual ending"),
    ],
)
async def test_rows_of_records_come_as_references(served, ending, begins, media):
    response = await get(served, f"/evidence/records.{ending}?_theme=trust&_size=5")
    assert response.text.startswith(begins)
    assert response.headers["content-type"].startswith(media)
    assert "records." in response.headers["content-disposition"]


async def test_any_rows_with_ids_of_records_come_as_references(served):
    for path in ("/evidence/tags.csljson?theme=law", "/evidence/record_themes.csljson?theme=Trust&_size=3"):
        items = (await get(served, path)).json()
        assert items
        assert len({item["id"] for item in items}) == len(items)
    found = (await get(served, "/evidence/quotes.csljson?theme=trust&direction=barrier")).json()
    assert "smith-2004-trust" in {item["id"] for item in found}


async def test_what_is_no_record_is_not_offered_and_refused(served):
    page = Page((await get(served, "/evidence/sources")).text)
    assert "BibTeX" not in page.links()
    assert "no records" in (await get(served, "/evidence/sources.bib", 400)).text
    assert "BibTeX" in Page((await get(served, "/evidence/records")).text).links()


async def test_hostile_records_stay_records(served):
    items = json.loads((await get(served, "/evidence/records.csljson?id=hostile-1999-x")).text)
    assert items[0]["title"] == f"Hostile {HOSTILE}"
