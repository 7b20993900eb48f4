"""The API: every answer is what its description says, and so is every refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from kb.serving import site
from kb.site.api import openapi
from kb.site.api.parameters import TAKES
from kb.site.asked import SEVERAL
from tests.site_library import Page, small_library


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_library(tmp_path_factory.mktemp("api") / "joint work.db")


@pytest.fixture
def served(small: Path) -> Datasette:
    return site(small)


async def get(served: Datasette, path: str, status: int = 200) -> Any:
    response = await served.client.get(path)
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["access-control-allow-origin"] == "*"
    return response.json()


async def schema_of(served: Datasette, operation: str, status: str = "200") -> dict[str, Any]:
    document = await get(served, "/api/openapi.json")
    path = next(each.path for each in openapi.operations() if each.id == operation)
    answer = document["paths"][path]["get"]["responses"][status]["content"]["application/json"]["schema"]
    return answer | {"components": document["components"]}


async def test_the_description_is_openapi(served):
    document = await get(served, "/api/openapi.json")
    validate(document)
    assert document["servers"] == [{"url": "http://localhost"}]
    assert set(TAKES) == {each["get"]["operationId"] for each in document["paths"].values()}


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        pytest.param("search", "/api/search", id="everything"),
        pytest.param("search", "/api/search?q=trust&facets=1&size=3&page=2", id="a page with counts"),
        pytest.param(
            "search",
            "/api/search?q=trust&mode=keyword&theme=trust&theme=schools&direction=barrier&since=1990&until=2010"
            "&type=article-journal&sort=oldest&expand=0",
            id="every filter",
        ),
        pytest.param("search", "/api/search?q=zzzz", id="nothing found"),
        pytest.param("search", "/api/search?q=%00%22%27(", id="a query of signs"),
        pytest.param("export", "/api/export?q=trust&size=2", id="an export of a search"),
        pytest.param("export", "/api/export?id=smith-2004-old&id=hostile-1999-x", id="an export of ids"),
        pytest.param("record", "/api/records/smith-2004-trust", id="a record"),
        pytest.param("record", "/api/records/smith-2004-old", id="a record by an old id"),
        pytest.param("record", "/api/records/hostile-1999-x", id="a hostile record"),
        pytest.param("similar", "/api/similar/smith-2004-trust?size=3", id="neighbours"),
        pytest.param("themes", "/api/themes", id="themes"),
        pytest.param("theme", "/api/themes/money", id="a theme"),
        pytest.param("map", "/api/map?rows=factor&columns=year&split=0", id="the map"),
    ],
)
async def test_every_answer_is_what_its_description_says(served, operation, path):
    answer = await get(served, path)
    Draft202012Validator(await schema_of(served, operation)).validate(answer)
    page = await served.client.get(
        answer["links"]["html"].removeprefix("http://localhost"), follow_redirects=True
    )
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        pytest.param(
            "/api/search?moed=keyword", 400, "did you mean mode", id="a parameter that there is not"
        ),
        pytest.param("/api/search?mode=fast", 400, "it is one of hybrid, keyword, semantic", id="a mode"),
        pytest.param("/api/search?mode=keyword&mode=hybrid", 400, "can be given once", id="twice"),
        pytest.param("/api/search?setting=", 400, "leave it out", id="an empty filter"),
        pytest.param("/api/search?size=101", 400, "from 1 to 100", id="too many"),
        pytest.param("/api/search?page=0", 400, "from 1 to", id="page 0"),
        pytest.param("/api/search?since=last", 400, "a number", id="a year that is none"),
        pytest.param("/api/search?theme=nothing", 400, "No theme here", id="a theme that there is not"),
        pytest.param(f"/api/search?q={'x' * 1001}", 400, "longer than 1000", id="too long"),
        pytest.param("/api/export?id=nobody", 404, "No record here has", id="an id of several"),
        pytest.param("/api/map?rows=nothing", 400, "it is one of", id="an axis"),
        pytest.param("/api/map?rows=factor&columns=factor", 400, "", id="an axis by itself"),
        pytest.param("/api/records/nobody", 404, "No record here", id="no such record"),
        pytest.param("/api/similar/%3Cscript%3E", 404, "No record here", id="no such neighbour"),
        pytest.param("/api/themes/nothing", 404, "/api/themes lists them", id="no such theme"),
        pytest.param("/api/nothing", 404, "/api explains", id="no such address"),
        pytest.param("/api/search/deeper", 404, "/api explains", id="below an address"),
    ],
)
async def test_every_refusal_is_a_sentence_with_its_status(served, path, status, said):
    answer = await get(served, path, status)
    assert said in answer["error"]
    Draft202012Validator(await schema_of(served, "record", "404")).validate(answer)
    assert answer["status"] == status


async def test_pages_lead_to_each_other_and_hold_everything_once(served):
    path, ids = "/api/search?q=teams&mode=keyword&size=10", []
    while path:
        response = await served.client.get(path)
        answer = response.json()
        ids += [hit["id"] for hit in answer["hits"]]
        following = answer["links"].get("next", "")
        assert (f'<{following}>; rel="next"' in response.headers.get("link", "")) == bool(following)
        path = following.removeprefix("http://localhost")
    assert len(ids) == len(set(ids)) == answer["total"]


async def test_the_page_and_the_api_find_the_same(served):
    for query in ("q=trust&direction=barrier", "q=teams&mode=keyword&sort=title", ""):
        answer = await get(served, f"/api/search?{query}")
        page = Page((await served.client.get(f"/search?{query}")).text)
        titles = [text for has, text in page.all("h2")][: len(answer["hits"])]
        assert [hit["title"] for hit in answer["hits"]] == titles


async def test_the_api_takes_the_filters_of_the_pages():
    names = {parameter.name for parameter in TAKES["search"]}
    assert {*SEVERAL, "q", "mode", "since", "until", "expand", "sort", "page"} <= names


async def test_an_index_that_is_missing_is_told(tmp_path):
    path = small_library(tmp_path / "evidence.db")
    (tmp_path / "evidence.db-index" / "manifest.json").unlink()
    answer = await get(site(path), "/api/search?q=trust", 503)
    assert "index" in answer["error"]


async def test_head_answers_without_a_body_and_other_methods_are_refused(served):
    assert (await served.client.head("/api/search?q=trust")).text == ""
    assert (await served.client.post("/api/search")).status_code == 405


async def test_the_page_that_explains_it_has_examples_that_answer(served):
    page = Page((await served.client.get("/api")).text)
    examples = [has["href"] for has, text in page.all("a") if text.startswith("An example")]
    assert len(examples) == 4
    for example in examples:
        if "direction" not in example:
            await get(served, example)
