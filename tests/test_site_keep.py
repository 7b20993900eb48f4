"""What one takes from a search: its order, its feed, its citation, its name."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from lxml import etree

from corpus.errors import EvidenceError
from corpus.query import Filters, Query
from corpus.store import Store
from kb import wording
from kb.cli import cli
from kb.knowledge_base import KnowledgeBase
from kb.searches import arrivals, saved
from kb.serving import site
from kb.site import keeping
from kb.site.asked import SEVERAL, Asked
from tests.site_library import HOSTILE, Page, small_library

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_library(tmp_path_factory.mktemp("keep") / "evidence.db")


@pytest.fixture
def served(small: Path) -> Datasette:
    return site(small)


async def get(served: Datasette, path: str, status: int = 200) -> str:
    response = await served.client.get(path, follow_redirects=True)
    assert response.status_code == status, response.text
    return response.text


def titles(page: Page) -> list[str]:
    return [text for has, text in page.all("h2") if text.startswith(("Study", "Trust", "Hostile"))]


@pytest.mark.parametrize(
    ("sort", "years"),
    [
        pytest.param("newest", [2017, 2016, 2015], id="newest first"),
        pytest.param("oldest", [1990, 1991, 1992], id="oldest first"),
    ],
)
async def test_results_are_sorted_by_year_and_say_so(served, sort, years):
    page = Page(await get(served, f"/search?q=teams&mode=keyword&sort={sort}"))
    metas = [text for _, text in page.all("p", class_="meta")]
    assert [int(text.split(" · ")[1]) for text in metas[:3]] == years
    chosen = [text for has, text in page.all("a") if has.get("aria-current") == "true"]
    assert sort in chosen


async def test_results_are_sorted_by_title_and_the_next_page_goes_on(served):
    first = titles(Page(await get(served, "/search?sort=title")))
    second = titles(Page(await get(served, "/search?sort=title&page=2")))
    assert first + second == sorted(first + second, key=str.lower)
    assert len({*first, *second}) == 30


async def test_an_order_that_there_is_not_is_a_sentence(served):
    assert "cannot be sorted by “year”" in await get(served, "/search?sort=year", 400)


def test_every_order_holds_the_same_records_with_their_ranks(small):
    with KnowledgeBase.open(small) as library:
        best = library.search("trust teams", mode="keyword", limit=None)
        ranks = {found.record.id: found.hit.keyword_rank for found in best}
        for sort in ("newest", "oldest", "title"):
            found = library.search("trust teams", mode="keyword", limit=None, sort=sort)
            assert {each.record.id: each.hit.keyword_rank for each in found} == ranks
            assert [each.hit.rank for each in found] == list(range(1, len(ranks) + 1))
            assert library.ids(found.query) == tuple(each.record.id for each in found)


async def test_an_export_comes_in_the_order_of_the_page(served):
    exported = json.loads(await get(served, "/export.csl.json?q=teams&mode=keyword&sort=oldest"))
    years = [int(str(item["issued"]["date-parts"][0][0])) for item in exported]
    assert years == sorted(years)


async def test_a_feed_brings_what_a_search_finds(served):
    feed = etree.fromstring((await get(served, "/search.atom?q=trust&direction=barrier")).encode())
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", None, ATOM) for entry in entries] == ["Trust between agencies"]
    entry = entries[0]
    assert entry.findtext("a:updated", None, ATOM) == "2026-01-02T03:04:05+00:00"
    assert entry.findtext("a:id", None, ATOM).endswith("/records/smith-2004-trust")
    assert [each.text for each in entry.findall("a:author/a:name", ATOM)] == [
        "Smith, Ann B.",
        "van der Berg, Johan",
    ]
    assert "Trust" in [each.get("term") for each in entry.findall("a:category", ATOM)]
    links = {each.get("rel"): each.get("href") for each in feed.findall("a:link", ATOM)}
    assert links["self"].endswith("/search.atom?q=trust&direction=barrier")
    assert links["alternate"].endswith("/search?q=trust&direction=barrier")


async def test_a_theme_has_a_feed_and_an_unknown_one_has_none(served):
    feed = etree.fromstring((await get(served, "/themes/trust.atom")).encode())
    assert feed.findtext("a:title", None, ATOM).startswith("Trust – ")
    assert "No theme here has the id" in await get(served, "/themes/nothing.atom", 404)
    assert "No theme here has the id" in await get(served, "/search.atom?theme=nothing", 400)


def test_newest_are_records_and_not_descriptions_that_were_joined(small):
    with Store.open(small) as store:
        found = arrivals.newest(store, 5)
    assert [(each.record, each.source) for each in found] == [("smith-2004-trust", "first.ris")]


def test_a_search_is_cited_in_words_with_its_address_and_the_day(small):
    asked = Asked("trust", "keyword", ("law",), ("barrier",), ("schools",), ("book",), 1990, 2000, False)
    with KnowledgeBase.open(small) as library:
        kept = keeping.keep(
            asked, library.themes, total=1, site="Our site", address="https://x.org/s?q=t", today="2026-11-03"
        )
    assert kept.citation == (
        f"Our site (2026) Search for ‘trust’ by words, as typed; barriers; Law {HOSTILE}; Schools; book;"
        " since 1990; until 2000: 1 record. Available at: https://x.org/s?q=t (Accessed: 3 November 2026)."
    )


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Asked("it's trust", sort="newest"), id="a quote in it"),
        pytest.param(Asked("-x --help", "keyword", expand=False), id="begins with a hyphen"),
        pytest.param(Asked("", "hybrid", ("trust",), ("barrier",), since=1990), id="filters alone"),
    ],
)
def test_the_command_of_a_search_runs_in_the_shell(small, asked):
    command = shlex.split(wording.shell(asked.query, "search"))
    done = CliRunner().invoke(cli, ["--db", str(small), command[1], "--json", *command[2:]])
    assert done.exit_code == 0, done.output
    query = json.loads(done.stdout)["query"]
    assert (query["text"], query["sort"], query["expand"]) == (asked.text, asked.sort, asked.expand)
    assert query["filters"]["theme"] == list(asked.theme)


def test_toggling_gives_the_addresses_of_toggled():
    whole = Asked(
        "a b", "keyword", ("x", "y"), ("barrier",), ("s",), ("book",), 1990, 2000, False, "title", 3
    )
    for asked in (whole, Asked(), Asked("q", theme=("x",)), Asked("q", since=1990)):
        for name in SEVERAL:
            for value in ("x", "y", "z & z", "barrier", "s"):
                assert asked.toggling(name)(value) == asked.toggled(name, value).address()


async def test_results_offer_the_map_the_feed_and_what_to_copy(served):
    text = await get(served, "/search?q=trust&direction=barrier")
    page = Page(text)
    assert page.links()["See where they stand on the map"] == "/map?q=trust&direction=barrier"
    assert page.links()["Atom feed"] == "/search.atom?q=trust&direction=barrier"
    copied = [has["value"] for has, _ in page.all("input") if "data-copy" in has]
    assert copied[0].endswith("/search?q=trust&direction=barrier")
    assert copied[1] == "kb search --direction=barrier trust"


# Saved searches


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return small_library(tmp_path / "evidence.db")


def test_a_saved_search_keeps_what_each_run_found(own):
    query = Query("trust", "keyword", Filters(direction=("barrier",)), 20, 0)
    with KnowledgeBase.open(own) as library:
        made = saved.save(library, "trust-barriers", query)
        assert (made.total, made.ids[0]) == (16, "smith-2004-trust")
        assert made.ids == library.ids(query)
        assert made.versions["engine"] == "whoosh"
        before, now = saved.run(library, "trust-barriers")
        assert (before.ids, before.query) == (now.ids, now.query)
        assert [each.id for each in saved.saved(library.store)] == [2]


def test_a_name_that_another_search_has_is_not_taken(own):
    with KnowledgeBase.open(own) as library:
        saved.save(library, "mine", Query("trust"))
        saved.save(library, "mine", Query("trust", limit=3))
        with pytest.raises(EvidenceError, match="another query"):
            saved.save(library, "mine", Query("law"))
        assert saved.save(library, "mine", Query("law"), anew=True).query.text == "law"


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        pytest.param("Trust in teams", "trust-in-teams", id="spaces"),
        pytest.param("../etc", "etc", id="a path"),
        pytest.param("", "my-search", id="nothing"),
    ],
)
def test_what_is_no_name_gets_one_line_with_one_that_is(name, instead):
    with pytest.raises(EvidenceError, match=f"`{instead}` would be one"):
        saved.check_name(name)


def test_the_shell_saves_lists_and_runs(own):
    def kb(*arguments: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(cli, ["--db", str(own), *arguments])
        return done.exit_code, done.stdout, done.stderr

    assert kb("save", "t", "trust", "--mode", "keyword", "--since", "2004")[0] == 0
    assert json.loads(kb("saved", "--json")[1])[0]["query"]["filters"]["since"] == 2004
    code, ids, told = kb("run", "t")
    assert code == 0
    assert "smith-2004-trust" in ids.split()
    assert "0 new and 0 gone" in told
    code, _, told = kb("run", "nothing")
    assert (code, "no search is saved as `nothing`" in told) == (1, True)


async def test_the_page_of_saved_searches_leads_to_them(own):
    assert "No search is saved yet" in await get(site(own), "/saved")
    with KnowledgeBase.open(own) as library:
        saved.save(library, "mine", Query("trust", "keyword", Filters(direction=("barrier",))))
    page = Page(await get(site(own), "/saved"))
    assert page.links()["mine"] == "/saved/mine"
    assert page.links()["what it finds today: mine"] == "/search?q=trust&mode=keyword&direction=barrier"
    assert "Search for ‘trust’ by words; barriers" in page.text()
