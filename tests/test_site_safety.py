"""What the site does with hostile input, on a public server, and beside databases that are not ours."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

import kb.site
from corpus.errors import EvidenceError
from corpus.theme import Tag
from kb.serving import serve, site
from kb.site import downloads
from kb.site.links import safe
from kb.site.marking import pieces, sentence, stretches
from tests.site_library import HOSTILE, Page, small_library

PAYLOADS = [
    pytest.param("", id="nothing"),
    pytest.param('"', id="lone quote"),
    pytest.param("\x00", id="NUL"),
    pytest.param("((((", id="open brackets"),
    pytest.param("AND OR NOT", id="operators alone"),
    pytest.param("*", id="wildcard alone"),
    pytest.param("year:[x TO", id="broken range"),
    pytest.param("theme:nope", id="theme that is none"),
    pytest.param("' or 1=1 --", id="SQL"),
    pytest.param(HOSTILE, id="script"),
    pytest.param("{{ 7 * 7 }}", id="template"),
    pytest.param("../../etc/passwd", id="path"),
    pytest.param("\r\nSet-Cookie: a=b", id="header"),
    pytest.param("٣", id="digit of another script"),
    pytest.param("-1", id="negative"),
    pytest.param("99999999999999999999", id="number beyond 64 bits"),
    pytest.param("a" * 30_000, id="very long word"),
    pytest.param("trust " * 5_000, id="very many words"),
    pytest.param("\u202e\u0000😀", id="direction override and emoji"),
]
PARAMETERS = ["q", "mode", "theme", "direction", "setting", "type", "since", "until", "page"]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small evidence file."""
    return small_library(tmp_path_factory.mktemp("site") / "evidence.db")


@pytest.fixture
def served(small: Path) -> Datasette:
    """The site as ``kb serve`` serves it."""
    return site(small)


def harmless(response: Any) -> bool:
    """No fault of the server, no trace, nothing of the payload as markup."""
    markup = "html" in response.headers.get("content-type", "") and "<script>alert" in response.text
    return response.status_code < 500 and "Traceback" not in response.text and not markup


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_any_text_in_any_parameter_of_a_search_gives_a_page(served, payload):
    for parameter in PARAMETERS:
        response = await served.client.get("/search", params={parameter: payload})
        assert harmless(response), parameter
        assert response.status_code in (200, 400), parameter
        assert Page(response.text).text("h1")


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_any_text_in_a_download_gives_a_file_or_a_sentence(served, payload):
    response = await served.client.get("/export.csl.json", params={"q": payload, "since": payload})
    assert response.status_code in (200, 400)
    assert "\n" not in response.headers.get("content-disposition", "")


@pytest.mark.parametrize("payload", [value for value in PAYLOADS if 0 < len(value.values[0]) < 100])
@pytest.mark.parametrize("base", ["/themes/", "/records/", "/evidence/records/", "/evidence/", "/-/kb/", "/"])
async def test_any_text_as_part_of_an_address_gives_a_page(served, base, payload):
    from urllib.parse import quote

    response = await served.client.get(base + quote(payload, safe=""), follow_redirects=True)
    assert harmless(response)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/search?since=abc", "“abc” is no year; give a number in digits."),
        ("/search?page=two", "“two” is no page; give a number in digits."),
        (
            "/search?mode=magic",
            "There is no way to search called “magic”; there are hybrid, keyword, semantic.",
        ),
        ("/search?theme=nope", "No theme here has the id “nope”; the themes page lists them all."),
        ("/search?setting=trust", "No setting here has the id “trust”; the themes page lists them all."),
        ("/search?direction=up", "There is no direction “up”; there are driver, barrier and enabler."),
        ("/search?type=poem", "No record here is of the type “poem”."),
    ],
)
async def test_a_parameter_that_means_nothing_is_answered_with_a_sentence(served, address, sentence):
    response = await served.client.get(address)
    assert response.status_code == 400
    assert sentence in Page(response.text).text()


# Datasette prepares its facets before it finds that one of them cannot be.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize(
    "parameters",
    [
        "_sort=nope",
        "_next=x",
        "_size=x",
        "_facet=nope",
        "_facet={}",
        "_through=1",
        "_timelimit=x",
        "_ttl=²",
        '_search="',
        "_search=%00",
        "_col=nope",
        "_shape=nope",
        "_labels=nope",
        "_filter_column=x&_filter_op=y",
        "_where=1",
        "_next=99999999999999999999",
        "_facet_array=%00",
        "year__nope=1",
    ],
)
@pytest.mark.parametrize("page", ["/evidence/records", "/evidence/record_themes", "/evidence/records.json"])
async def test_odd_parameters_of_datasettes_own_pages_end_as_pages(served, page, parameters):
    response = await served.client.get(f"{page}?{parameters}", follow_redirects=True)
    assert harmless(response)


@pytest.mark.parametrize("text", ['"', '""', "%00", '" "', 'trust "', "%00trust"])
async def test_a_lone_quote_searched_in_a_table_lists_rows(served, text):
    response = await served.client.get(f"/evidence/records?_search={text}")
    assert response.status_code == 200
    assert "rows" in Page(response.text).text()


async def test_hostile_records_and_themes_are_shown_as_text(served):
    for path in (
        "/search?q=hostile",
        "/records/hostile-1999-x",
        "/records/smith-2004-trust",
        "/themes",
        "/themes/law",
        "/themes/barrier",
        "/made",
        "/evidence/records",
        "/evidence/problems",
        "/evidence/themes/law",
        "/evidence/refused",
    ):
        response = await served.client.get(path, follow_redirects=True)
        assert response.status_code == 200
        assert "<script>alert" not in response.text, path
    record = Page((await served.client.get("/records/hostile-1999-x", follow_redirects=True)).text)
    assert HOSTILE in record.text("h1")
    assert HOSTILE in [text for _, text in record.all("mark")]


async def test_no_page_links_to_anything_but_the_web_and_itself(served):
    for path in ("/records/hostile-1999-x", "/evidence/records", "/search?q=hostile"):
        response = await served.client.get(path, follow_redirects=True)
        for has, _ in Page(response.text).all("a"):
            assert has["href"].startswith(("/", "#", "http://", "https://")), has


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.org/a?b=c", True),
        ("HTTP://EXAMPLE.ORG", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("http://[broken", False),
        ("https://a b", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_are_links(address, kept):
    assert bool(safe(address)) is kept


@pytest.mark.parametrize(
    "path", ["/", "/search?q=x", "/themes", "/evidence", "/evidence/records", "/nope", "/records/no"]
)
async def test_every_answer_has_a_strict_policy_and_tells_nobody_where_one_was(served, path):
    headers = (await served.client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert "set-cookie" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_only_reading_is_allowed(served, method):
    for path in ("/", "/search", "/evidence/records", "/evidence"):
        response = await served.client.request(method, path)
        assert response.status_code == 405
        assert response.headers["allow"] == "GET, HEAD"


async def test_head_answers_like_get_without_a_body(served):
    for path in ("/", "/search?q=trust", "/export.ris?q=trust", "/evidence/records", "/themes/nope"):
        head, get = [await served.client.request(method, path) for method in ("HEAD", "GET")]
        assert head.status_code == get.status_code
        assert head.headers["content-type"] == get.headers["content-type"]
        assert head.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/evidence?sql=select+1",
        "/evidence.json?sql=select+1",
        "/evidence/records?_where=1",
        "/evidence.db",
        "/evidence/records.csv?_stream=1",
        "/evidence/state",
        "/evidence/aliases.json",
        "/evidence/taggings.csv",
        "/evidence/blocking_keys",
        "/evidence/records_fts",
        "/evidence/records_fts_data",
        "/evidence/STATE",
        "/-/metadata",
        "/-/versions.json",
        "/-/plugins",
        "/-/settings",
        "/-/threads",
        "/-/databases.json",
        "/-/actor",
        "/-/permissions",
        "/-/patterns",
        "/-/messages",
        "/-/allow-debug",
        "/_internal",
    ],
)
async def test_a_public_site_keeps_closed_what_is_not_for_strangers(served, path):
    response = await served.client.get(path, follow_redirects=True)
    assert response.status_code in (400, 403, 404)


async def test_a_plain_datasette_gives_the_same_pages_and_stays_open(small):
    plain, public = Datasette([str(small)]), site(small)
    for path in ("/", "/search?q=trust", "/themes/trust", "/made"):
        assert (await plain.client.get(path)).text == (await public.client.get(path)).text
    assert (await plain.client.get("/evidence.json?sql=select+1&_shape=array")).json() == [{"1": 1}]
    assert (await plain.client.get("/-/versions.json")).status_code == 200


async def test_a_library_where_nobody_can_write_is_served(tmp_path, monkeypatch):
    path = small_library(tmp_path / "evidence.db")
    for module in ("corpus.opening", "kb.serving"):
        monkeypatch.setattr(f"{module}.is_frozen", lambda _: True)
    frozen = site(path)
    assert not frozen.databases["evidence"].is_mutable
    assert (await frozen.client.get("/search?q=trust")).status_code == 200


async def test_the_command_datasette_can_start_the_site(small):
    # The command runs the start-up hooks before it makes the application; requests do it the other way.
    plain = Datasette([str(small)])
    await plain.invoke_startup()
    plain.app()
    assert (await plain.client.get("/")).status_code == 200


async def test_a_datasette_without_an_evidence_file_is_left_alone(tmp_path):
    path = tmp_path / "evidence.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table records (id text primary key, title text)")
        connection.execute("insert into records values ('a', 'b')")
    other = Datasette([str(path)])
    home = await other.client.get("/")
    assert "content-security-policy" not in home.headers
    assert Page(home.text).text("h1") == "Datasette"
    assert "/-/static/app.css" in home.text
    assert (await other.client.get("/search")).status_code == 404
    row = await other.client.get("/evidence/records/a")
    assert row.status_code == 200
    assert "lang=" not in row.text
    assert other.metadata() == {}


async def test_a_file_that_is_no_database_beside_it_does_no_harm(tmp_path, small):
    both = Datasette([str(small)], memory=True)
    assert (await both.client.get("/_memory")).status_code == 200
    assert (await both.client.get("/search")).status_code == 200


async def test_a_database_called_like_a_page_gets_another_name(tmp_path):
    named = site(small_library(tmp_path / "search.db"))
    assert "records for" in (await named.client.get("/search?q=trust")).text
    assert (await named.client.get("/search-db/records")).status_code == 200
    record = await named.client.get("/records/smith-2004-trust", follow_redirects=True)
    assert record.url.path == "/search-db/records/smith-2004-trust"
    assert "Cite it" in record.text


async def test_templates_of_ones_own_go_before_ours(tmp_path, small):
    (tmp_path / "error.html").write_text("Own words: {{ error }}")
    own = Datasette([str(small)], template_dir=str(tmp_path))
    assert (await own.client.get("/nowhere")).text == "Own words: There is no page at this address."
    assert "Trust between agencies" in (await own.client.get("/evidence/records/smith-2004-trust")).text


async def test_pages_respect_who_may_see_the_instance(small):
    closed = Datasette([str(small)], metadata={"allow": {"id": "root"}})
    for path in ("/", "/search?q=trust", "/export.ris", "/themes", "/made", "/records/smith-2004-trust.ris"):
        assert (await closed.client.get(path)).status_code == 403, path


async def test_links_hold_under_a_prefix(small):
    prefixed = Datasette([str(small)], settings={"base_url": "/library/"})
    for path in ("/", "/search?q=trust", "/themes/trust", "/records/smith-2004-trust"):
        response = await prefixed.client.get(path, follow_redirects=True)
        assert response.status_code == 200
        for has, _ in Page(response.text).all("a"):
            assert has["href"].startswith(("/library/", "#", "https://", "http://")), has


async def test_without_an_index_the_rest_can_still_be_read(tmp_path):
    import shutil

    path = small_library(tmp_path / "evidence.db")
    shutil.rmtree(tmp_path / "evidence.db-index")
    bare = site(path)
    search = await bare.client.get("/search?q=trust")
    assert search.status_code == 503
    assert "Search is not available just now" in search.text
    assert str(tmp_path) not in search.text
    for readable in ("/", "/themes/trust", "/made", "/evidence/records/smith-2004-trust"):
        assert (await bare.client.get(readable)).status_code == 200


async def test_a_change_of_the_file_shows_at_once(tmp_path):
    path = small_library(tmp_path / "evidence.db")
    served = site(path)
    assert "Trust between agencies" in (await served.client.get("/evidence/records/smith-2004-trust")).text
    with sqlite3.connect(path) as connection:
        connection.execute("update themes set label = 'Reliance' where id = 'trust'")
    assert "Reliance" in (await served.client.get("/themes")).text


async def test_a_download_that_nobody_reads_on_lets_go_of_the_file(small, monkeypatch):
    from kb.site.evidence import evidence_of

    monkeypatch.setattr(downloads, "_CHUNK", 10)
    evidence = evidence_of(site(small))
    assert evidence is not None
    for _ in range(4):
        stream = downloads.stream(evidence, ["smith-2004-trust"] * 30, "ris")
        assert await anext(stream)
        await stream.aclose()


def test_the_site_is_served_only_from_an_evidence_file(tmp_path):
    with pytest.raises(EvidenceError, match="no such database"):
        serve(tmp_path / "nothing.db")
    (tmp_path / "text.db").write_text("not a database, but long enough to have a head")
    with pytest.raises(EvidenceError, match="is not a SQLite database"):
        serve(tmp_path / "text.db")


def test_a_port_that_is_taken_is_said_in_one_line(small):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EvidenceError, match=f"port {port} on 127.0.0.1 cannot be used"):
            serve(small, port=port)


def test_metadata_that_is_none_is_said_in_one_line(tmp_path, small):
    wrong = tmp_path / "metadata.yml"
    wrong.write_text("a: [")
    with pytest.raises(EvidenceError, match="is not YAML"):
        site(small, wrong)


def test_marks_of_overlapping_quotes_cut_the_text_and_lose_nothing():
    text = "abcdefgh"
    tags = [
        Tag("r", theme, None, "abstract", start, end, text[start:end], "", 1.0)
        for theme, start, end in (("a", 1, 5), ("b", 3, 7), ("c", 3, 7), ("d", 9, 12))
    ]
    cut = stretches(text, tags, "abstract")
    assert [(part.text, part.tags) for part in cut] == [
        ("a", ()),
        ("bc", (0,)),
        ("de", (0, 1, 2)),
        ("fg", (1, 2)),
        ("h", ()),
    ]
    assert [part.ending for part in cut] == [(), (), (0,), (1, 2), ()]


def test_a_quote_stands_in_its_sentence():
    text = "First one. Then 3.5 people said that trust was low, e.g. in teams. Last one."
    start = text.index("trust")
    found = sentence(text, start, start + 13)
    assert found.quote == "trust was low"
    assert found.before == "Then 3.5 people said that "
    assert found.after.startswith(", e.g. in teams.")


def test_a_long_sentence_is_cut_at_words_around_its_quote():
    text = f"{'before ' * 80}QUOTE{' after' * 80}."
    found = sentence(text, text.index("QUOTE"), text.index("QUOTE") + 5, 100)
    assert found.before.startswith("… before")
    assert found.after.endswith("after …")
    assert len(found.before + found.quote + found.after) < 110


def test_marked_words_of_a_snippet_are_pieces():
    assert [(piece.text, piece.matched) for piece in pieces("a \x02b\x03 c")] == [
        ("a ", False),
        ("b", True),
        (" c", False),
    ]


def test_the_plugin_has_no_templates_that_datasette_would_take_for_its_own():
    folder = Path(kb.site.__file__).parent / "templates"
    assert [path.name for path in folder.iterdir()] == ["kb"]
