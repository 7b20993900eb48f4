"""The site's pages, in process: what they show, where their links lead."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from datasette.app import Datasette

from corpus.record import Author, Record, SourceRecord
from corpus.store import Store
from corpus.verdict import Verdict, keep
from ingest.intake import take_in
from kb.serving import site
from tests.site_library import ABSTRACT, Page, small_library


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small evidence file, by a name that is not the usual one."""
    return small_library(tmp_path_factory.mktemp("site") / "joint work.db")


@pytest.fixture
def served(small: Path) -> Datasette:
    """The site as ``kb serve`` serves it."""
    return site(small)


async def page(served: Datasette, path: str, status: int = 200) -> Page:
    """The page at that address, which must answer with that status."""
    response = await served.client.get(path, follow_redirects=True)
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("text/html")
    return Page(response.text)


def asked_by(href: str) -> dict[str, list[str]]:
    """The parameters of a link."""
    return parse_qs(urlsplit(href).query)


async def test_home_has_a_box_examples_and_three_doors_with_counts(served):
    home = await page(served, "/")
    assert home.all("input", type="search", name="q")
    assert home.all("form", role="search")[0][0]["action"] == "/search"
    doors = [home.text("section", class_=f"d-{direction}") for direction in ("driver", "barrier", "enabler")]
    assert "What drives collaboration" in doors[0]
    assert "Trust 15 records" in doors[1]
    assert "Training 1 record" in doors[2]
    assert "30 publications from 1990 to 2017" in home.text()
    examples = home.text("p", class_="examples")
    assert "why do agencies not trust each other" in examples
    assert "confidentiality in child protection" not in examples, "a setting that this library does not have"


async def test_a_count_behind_a_door_is_the_number_of_results_it_leads_to(served):
    home = await page(served, "/")
    link = next(has["href"] for has, text in home.all("a") if text == "Trust")
    assert asked_by(link) == {"theme": ["trust"], "direction": ["barrier"]}
    assert "15 records" in (await page(served, link)).text("h1")


async def test_results_are_ranked_with_marked_words_and_the_reason_for_each_theme(served):
    results = await page(served, "/search?q=trust+between+agencies")
    first = results.all("li", class_="hit")[0][1]
    assert first.startswith("Trust between agencies")
    assert "Smith and van der Berg · 2004 · Journal of Joint Work · Journal article" in first
    assert "hinders Trust a lack of trust between agencies" in first
    assert {"trust", "agencies"} <= {text.lower() for _, text in results.all("mark")}
    assert results.text("title").startswith("trust between agencies: ")


async def test_a_record_page_is_one_click_from_a_hit(served):
    results = await page(served, "/search?q=trust+between+agencies")
    link = results.links()["Trust between agencies"]
    assert (await page(served, link)).text("h1") == "Trust between agencies"


async def test_every_facet_count_holds_when_it_is_clicked(served):
    results = await page(served, "/search?q=trust")
    facets = results.text("aside")
    for heading in ("Says about it", "Theme", "Setting", "Kind of study", "Type of publication", "Years"):
        assert heading in facets
    clicked = 0
    for item in results.all("li"):
        label, _, count = item[1].rpartition(" ")
        link = results.links().get(label)
        if count.isdigit() and link and link.startswith("/search?"):
            found = await page(served, link)
            assert f"{count} record" in found.text("h1"), label
            clicked += 1
    assert clicked > 8


async def test_facets_of_a_theme_and_a_direction_count_what_one_tag_carries(served):
    # The first record has a barrier and has the theme training, but no barrier of training.
    results = await page(served, "/search?theme=training")
    assert "Enablers 1" in results.text("aside")
    assert "Barriers" not in results.text("aside")


async def test_themes_of_different_axes_must_all_hold(served):
    both = await page(served, "/search?theme=trust&theme=survey")
    one = await page(served, "/search?theme=trust")
    assert both.text("h1") == "5 records"
    assert one.text("h1") == "15 records"


async def test_active_filters_are_words_that_remove_them(served):
    results = await page(served, "/search?q=trust&theme=trust&direction=barrier&since=1995&until=2010")
    chips = {text: has["href"] for has, text in results.all("a", class_="chip")}
    assert list(chips) == [
        f"Remove filter: {text} ×" for text in ("Trust", "Barriers", "since 1995", "until 2010")
    ]
    without = asked_by(chips["Remove filter: since 1995 ×"])
    assert without == {"q": ["trust"], "theme": ["trust"], "direction": ["barrier"], "until": ["2010"]}


async def test_pages_of_results_join_to_the_whole_without_overlap(served):
    first, second = [await page(served, f"/search?page={number}") for number in (1, 2)]
    hits = [[item[1] for item in each.all("li", class_="hit")] for each in (first, second)]
    assert [len(each) for each in hits] == [20, 10]
    assert not set(hits[0]) & set(hits[1])
    assert first.links()["Next →"] == "/search?page=2"
    assert second.all("ol", class_="hits")[0][0]["start"] == "21"


async def test_a_page_beyond_the_last_says_so_and_leads_back(served):
    beyond = await page(served, "/search?page=99")
    assert "There are only 2 pages of these results." in beyond.text()
    assert beyond.links()["Go to the last one"] == "/search?page=2"


async def test_empty_results_say_what_to_do_next(served):
    empty = await page(served, "/search?q=zzzz&mode=keyword&setting=prisons&type=book")
    assert "Nothing in the 30 records of this library fits" in empty.text()
    assert asked_by(empty.links()["Search for the same words without the filters"]) == {
        "q": ["zzzz"],
        "mode": ["keyword"],
    }
    assert "Search by meaning" in empty.links()


async def test_the_mode_switch_keeps_the_search_and_its_filters(served):
    results = await page(served, "/search?q=trust&theme=trust&mode=keyword&page=1")
    assert asked_by(results.links()["Meaning"]) == {"q": ["trust"], "mode": ["semantic"], "theme": ["trust"]}
    assert "only texts that use your words" in results.text("nav", class_="modes")
    hidden = {has["name"]: has["value"] for has, _ in results.all("input", type="hidden")}
    assert hidden["mode"] == "keyword"
    assert hidden["theme"] == "trust"


async def test_a_spelling_slip_is_asked_back(served):
    results = await page(served, "/search?q=confidentialty&mode=keyword")
    assert "Did you mean confidentiality ?" in results.text("p", class_="suggestion").replace(
        "?", " ?"
    ).replace("  ", " ")


@pytest.mark.parametrize(
    ("ending", "records"),
    [
        pytest.param("ris", lambda text: text.count("\nER  -"), id="ris"),
        pytest.param("bib", lambda text: text.count("\n@") + text.startswith("@"), id="bibtex"),
        pytest.param("csl.json", lambda text: len(json.loads(text)), id="csl-json"),
        pytest.param("csv", lambda text: len(list(csv.DictReader(io.StringIO(text)))), id="csv"),
    ],
)
async def test_a_download_holds_everything_that_the_page_counts(served, ending, records):
    response = await served.client.get(f"/export.{ending}?q=trust&direction=barrier&mode=keyword")
    counted = await page(served, "/search?q=trust&direction=barrier&mode=keyword")
    assert response.status_code == 200
    assert f"{records(response.text)} records for" in counted.text("h1")
    assert (
        response.headers["content-disposition"] == f'attachment; filename="evidence-trust-barrier.{ending}"'
    )


async def test_results_link_to_their_downloads(served):
    results = await page(served, "/search?q=trust&since=2000")
    assert results.links()["RIS"] == "/export.ris?q=trust&since=2000"


async def test_the_record_page_marks_each_quote_in_the_abstract_and_loses_no_word(served):
    record = await page(served, "/records/smith-2004-trust")
    marks = [text for _, text in record.all("mark")]
    assert marks == [
        "a lack of trust between agencies",
        "Lack of money",
        "and lack of trust held joint work back",
        "shared training",
        "The law pushed them",
    ]
    text = record.text("p", class_="text")
    for _, note in record.all("a", class_="note"):
        text = text.replace(note, "")
    assert "".join(text.split()) == "".join(ABSTRACT.split())


async def test_each_mark_on_the_record_page_names_and_links_its_theme(served):
    record = await page(served, "/records/smith-2004-trust")
    notes = record.all("a", class_="note")
    assert [has["href"] for has, _ in notes] == [
        f"/themes/{theme}" for theme in ("trust", "money", "trust", "training", "law")
    ]
    assert "hinders, Trust" in notes[0][1]


async def test_the_record_page_says_why_with_quote_and_method_in_plain_words(served):
    record = await page(served, "/records/smith-2004-trust")
    why = [text for has, text in record.all("li") if has.get("id", "").startswith("why-")]
    assert len(why) == 5
    assert why[0].startswith("− hinders Trust a lack of trust between agencies")
    assert "very sure (0.90)" in why[0]
    assert "rules-1" not in why[0]


async def test_the_record_page_names_who_decided_and_hides_what_was_rejected(tmp_path):
    path = small_library(tmp_path / "evidence.db")
    with Store.open(path) as store, store.atomic():
        for kind, tag in zip(("accept", "reject"), store.tags(["smith-2004-trust"]), strict=False):
            keep(store, Verdict(kind, tag.record, tag.theme, tag.direction, decided_by="Ann"))
            status = {"accept": "accepted", "reject": "rejected"}[kind]
            store.connection.execute(
                "update tags set status = ? where record = ? and theme = ? and direction is ? and quote = ?",
                [status, tag.record, tag.theme, tag.direction, tag.quote],
            )
    record = await page(site(path), "/records/smith-2004-trust")
    why = [text for has, text in record.all("li") if has.get("id", "").startswith("why-")]
    assert len(why) == 4
    assert "checked and accepted by a person by Ann on 20" in why[0]


async def test_the_record_page_has_citation_exports_sources_and_identifiers(served):
    record = await page(served, "/records/smith-2004-trust")
    assert record.text("p", class_="reference") == (
        "Smith, A.B. and van der Berg, J. (2004) ‘Trust between agencies’, Journal of Joint Work,"
        " 3(2), pp. 11–19. Available at: https://doi.org/10.1000/joint.1."
    )
    links = record.links()
    assert links["BibTeX"] == "/records/smith-2004-trust.bib"
    assert links["doi:10.1000/joint.1"] == "https://doi.org/10.1000/joint.1"
    assert links["example.org"] == "https://www.example.org/joint"
    sources = record.text("ul", class_="descriptions")
    assert "Joined: same DOI 10.1000/joint.1." in sources
    assert "It says otherwise: volume “4”" in sources
    assert "smith-2004-old" in record.text()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/records/smith-2004-trust", id="its id"),
        pytest.param("/records/smith-2004-old", id="an id that it had before a merge"),
        pytest.param("/joint+work/records/smith-2004-old", id="the old row page"),
    ],
)
async def test_any_id_that_a_record_has_or_had_leads_to_its_page(served, path):
    response = await served.client.get(path)
    assert response.status_code == 302
    assert response.headers["location"] == "/joint+work/records/smith-2004-trust"


async def test_one_record_can_be_taken_away(served):
    response = await served.client.get("/records/smith-2004-old.ris")
    assert response.text.count("\nER  -") == 1
    assert "TI  - Trust between agencies" in response.text


async def test_themes_are_listed_by_axis_and_group_with_counts_by_direction(served):
    themes = await page(served, "/themes")
    rows = [text for _, text in themes.all("tr")]
    assert "Trust · none 15 · none 15" in rows
    assert [text for _, text in themes.all("th", scope="rowgroup")] == [
        "Relational",
        "Organisational",
        "Contextual",
    ]
    assert "Schools 28" in themes.text()


async def test_a_door_shows_its_themes_by_count_with_a_quote_in_its_sentence(served):
    door = await page(served, "/themes/barrier")
    headings = [text for _, text in door.all("h2")]
    assert headings[0] == "Trust"
    assert "Staff spoke of a lack of trust between agencies." in door.text("blockquote")
    assert door.all("a", aria_current="page")[0][1] == "What gets in its way"


async def test_a_theme_page_counts_by_decade_and_quotes_by_direction(served):
    theme = await page(served, "/themes/trust")
    assert theme.text("h1") == "Trust"
    rows = [text for _, text in theme.all("tr")]
    assert "1990s · none 5 · none" in rows
    assert "All 0 15 0" in rows
    assert "Barriers 15 records" in [text for _, text in theme.all("h2")]
    assert theme.links()["See all 15 records"] == "/search?theme=trust"


async def test_a_setting_page_leads_to_results_in_that_setting(served):
    theme = await page(served, "/themes/schools")
    assert theme.links()["See all 28 records"] == "/search?setting=schools"


async def test_how_this_was_made_names_sources_joins_problems_and_versions(served):
    made = await page(served, "/made")
    assert "first.ris ris 2026-01-02 2 1" in [text for _, text in made.all("tr")]
    assert "same DOI 10.1000/joint.1" in made.text()
    assert "1 piece could not be read" in made.text()
    assert "datasette" in made.text("dl")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search",
        "/search?q=trust",
        "/themes",
        "/themes/driver",
        "/themes/trust",
        "/made",
        "/records/smith-2004-trust",
        "/joint+work",
        "/joint+work/tags",
        "/joint+work/themes/trust",
        "/joint+work/quotes?theme=trust",
        "/joint+work/record_themes",
    ],
)
async def test_every_page_has_language_landmarks_one_heading_and_a_title(served, path):
    shown = await page(served, path)
    assert shown.all("html")[0][0]["lang"] == "en-GB"
    assert len(shown.all("main")) == len(shown.all("h1")) == 1
    assert shown.all("a", class_="skip")[0][0]["href"] == "#main"
    assert shown.text("title").endswith("Evidence KB") or "Evidence KB" in shown.text("title")
    ids = [has["id"] for _, has, _ in shown.elements if "id" in has]
    assert len(ids) == len(set(ids))
    assert not [
        has for _, has, _ in shown.elements if "style" in has or any(key.startswith("on") for key in has)
    ]


async def test_every_link_of_the_site_leads_somewhere(served):
    todo, seen = ["/"], set()
    while todo and len(seen) < 150:
        path = todo.pop(0).partition("#")[0]
        if path in seen or not path.startswith("/") or path.startswith("/export"):
            continue
        seen.add(path)
        response = await served.client.get(path, follow_redirects=True)
        assert response.status_code == 200, path
        if "html" in response.headers["content-type"]:
            todo += [has["href"] for has, _ in Page(response.text).all("a") if has.get("href")]
    assert len(seen) > 100


async def test_canned_queries_and_tables_stand_in_the_same_clothes(served):
    database = await page(served, "/joint+work")
    assert database.text("h1") == "The data behind it"
    assert "Barriers by setting" in database.links()
    answer = await page(served, database.links()["Barriers by setting"])
    assert "Schools Trust 14" in [text for _, text in answer.all("tr")]
    table = await page(served, database.links()["Tags"])
    assert table.all("div", tabindex="0", role="region")
    assert not table.all("style")


@pytest.mark.parametrize(
    "query",
    [
        "barriers_by_setting",
        "quotes",
        "thin_evidence",
        "themes_by_decade",
        "without_factor",
        "joined",
        "refused",
        "authors",
    ],
)
async def test_every_canned_query_runs(served, query):
    response = await served.client.get(f"/joint+work/{query}.json?_shape=array")
    assert response.status_code == 200
    assert response.json(), "the small library has a row for each"


async def test_metadata_describes_every_table_and_column(served):
    database = served.get_database("joint work")
    tables: dict[str, Any] = served.metadata("databases")["joint work"]["tables"]
    shown = [name for name in await database.table_names() if not name.startswith(("records_fts", "sqlite_"))]
    for table in [*shown, *await database.view_names()]:
        assert tables[table]["title"], table
        assert set(tables[table]["columns"]) == set(await database.table_columns(table)), table


async def test_a_search_goes_on_while_the_event_loop_serves_others(served):
    answers = await asyncio.gather(*(served.client.get(f"/search?q=trust+{number}") for number in range(8)))
    assert {answer.status_code for answer in answers} == {200}


async def test_the_embedded_library_answers_by_meaning_on_its_site(library):
    real = site(library)
    results = await page(real, "/search?q=why+do+agencies+not+trust+each+other&mode=semantic")
    assert len(results.all("li", class_="hit")) == 20
    assert "By meaning: place 1." in results.text("details", class_="ranks")
    record = await page(real, next(has["href"] for has, _ in results.all("a") if "/records/" in has["href"]))
    assert "Nearest in meaning" in [text for _, text in record.all("h2")]
    assert "all-MiniLM-L6-v2" in (await page(real, "/made")).text()


async def test_the_embedded_library_answers_the_analysts_question(library):
    real = site(library)
    path = "/search?q=confidentiality&direction=barrier&setting=child-protection&since=2000"
    results = await page(real, path)
    first = results.all("li", class_="hit")[0][1]
    assert "hinders Information sharing and confidentiality" in first
    assert "confidentiality in child protection" in (await page(real, "/")).links()


async def test_the_seeds_first_record_shows_the_barriers_that_it_names(library):
    record = await page(site(library), "/records/darlington-2005-interagency")
    why = " ".join(text for has, text in record.all("li") if has.get("id", "").startswith("why-"))
    for theme in ("Resources", "Information sharing", "Structures", "Goals", "Roles", "Training"):
        assert f"hinders {theme}" in why


async def test_a_record_leads_to_the_works_that_it_belongs_together_with(tmp_path):
    article = Record(
        type="article-journal",
        title="Trust between agencies in child protection",
        authors=(Author("Berg", "Ann"),),
        issued="2005",
        container_title="Journal of Care",
        volume="12",
        page="1-9",
    )
    erratum = replace(article, title=f"Erratum to: {article.title}", page="80")
    with Store.open(tmp_path / "evidence.db", create=True) as store:
        pieces = [SourceRecord("a.ris", "ris", 1, each.title, each) for each in (article, erratum)]
        take_in(store, "a.ris", "ris", "sha", pieces)
    served = site(tmp_path / "evidence.db")
    with Store.open(tmp_path / "evidence.db") as store:
        [(one, other)] = store.connection.execute("select record, other from links").fetchall()
    section = (await page(served, f"/records/{one}")).text("section", **{"aria-labelledby": "related"})
    assert "Erratum of" in section
    assert article.title in section
    back = (await page(served, f"/records/{other}")).links()
    assert back[erratum.title].endswith(f"/records/{one}")
