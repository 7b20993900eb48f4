"""Work of those who are signed in: who may what, what they decide, and what strangers try."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from corpus.errors import EvidenceError
from corpus.record import Author, Record
from corpus.store import Store
from index import generations
from kb import lists, pipeline, tagging
from kb.cli import cli
from kb.serving import site
from kb.site import sign_in
from kb.site.acting import local
from kb.site.manners import LARGEST_FORM
from kb.sources import Source
from tests.farms import COVER_ID, GRAZING_ID, farm_library, take
from tests.site_library import HOSTILE, Page

ANNA, BEN = "token-of-anna-0123456789", "token-of-ben-0123456789ab"
ONE = Record(
    title="Trust between agencies in child protection",
    type="article-journal",
    authors=(Author("Berg", "Ann"),),
    issued="2005",
    container_title="Journal of Care",
    volume="12",
    page="1-9",
)
PAIR = ("anon-2005-trust", "berg-2005-trust")
TAGS = f"/records/{COVER_ID}/tags"
BROKEN = f"""@article{{a, title = {{One}}, year = 2001}}
@article{{b, title = {{Two {HOSTILE}, year = }}
@misc{{d,}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with tags, a doubtful pair and two problems."""
    folder = tmp_path_factory.mktemp("desk")
    path = farm_library(folder / "evidence.db")
    (folder / "refs.bib").write_text(BROKEN, encoding="utf-8")
    with Store.open(path) as store:
        take(store, "second", ONE, replace(ONE, authors=(), volume="13", page=""))
        pipeline.ingest(store, [Source("refs.bib", folder / "refs.bib")])
        tagging.tag(store)
        store.connection.execute("PRAGMA wal_checkpoint(truncate)")
    return path


@pytest.fixture
def library(made, tmp_path) -> Path:
    return Path(shutil.copy(made, tmp_path / "evidence.db"))


@pytest.fixture
def people(tmp_path) -> Path:
    path = tmp_path / "people.txt"
    path.write_text(f"# who may\nAnna Berg {ANNA}\nben\t{BEN}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


class Visitor:
    """A browser as far as forms go: it keeps cookies and sends the token of the last page it saw."""

    def __init__(self, app: Any, address: str = "http://testserver") -> None:
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address)
        self.token = ""

    async def get(self, path: str) -> httpx.Response:
        response = await self.client.get(path, follow_redirects=True)
        if found := re.search(r'name="csrftoken" value="([^"]+)"', response.text):
            self.token = found[1]
        return response

    async def post(self, path: str, headers: dict[str, str] | None = None, **form: str) -> httpx.Response:
        return await self.client.post(path, data={"csrftoken": self.token, **form}, headers=headers)

    async def sign_in(self, token: str = ANNA, **form: str) -> httpx.Response:
        await self.get("/sign-in")
        return await self.post("/sign-in", token=token, **form)


@pytest.fixture
async def enter(library, people) -> AsyncIterator[Callable[[], Visitor]]:
    """What gives a new visitor of the site."""
    datasette = site(library, sign_in=people)
    await datasette.invoke_startup()
    app = datasette.app()
    opened: list[Visitor] = []

    def visitor() -> Visitor:
        opened.append(Visitor(app))
        return opened[-1]

    yield visitor
    for each in opened:
        await each.client.aclose()


@pytest.fixture
async def anna(enter) -> Visitor:
    visitor = enter()
    assert (await visitor.sign_in()).status_code == 303
    return visitor


def said(response: httpx.Response) -> str:
    return Page(response.text).text()


def statuses(library: Path, record: str = COVER_ID) -> dict[tuple[str, str | None], str]:
    with Store.open(library) as store:
        return {(tag.theme, tag.direction): tag.status for tag in store.tags([record])}


def count(library: Path, sql: str) -> Any:
    with Store.open(library) as store:
        return store.value(sql)


def decisions(library: Path) -> list[tuple[str, str]]:
    with Store.open(library) as store:
        rows = store.query("select kind, decided_by from decisions order by id")
        return [(row["kind"], row["decided_by"]) for row in rows]


async def done(visitor: Visitor, response: httpx.Response) -> Page:
    """The page that an action leads to."""
    assert response.status_code == 303, response.text
    assert response.headers["location"].startswith("/")
    return Page((await visitor.get(response.headers["location"])).text)


# What anybody may read


@pytest.mark.parametrize("signing", [True, False], ids=["with sign-in", "without"])
async def test_anybody_reads_the_librarians_pages_and_gets_no_cookie(library, people, signing):
    datasette = site(library, sign_in=people if signing else None)
    for path, words in [
        ("/problems", "2 pieces could not be read"),
        ("/problems?source=3", "look for a brace"),
        ("/problems/1", "As printed"),
        ("/doubts", "1 pair of records looks alike"),
        (f"/doubts/{'/'.join(PAIR)}", "Volume ≠ (differs) 13 12"),
        ("/decisions", "Nobody decided anything yet"),
    ]:
        response = await datasette.client.get(path)
        assert response.status_code == 200, path
        assert words in said(response), path
        assert "set-cookie" not in response.headers, path
        assert not Page(response.text).all("form", method="post"), path
        assert "<script>alert" not in response.text
        assert ("Sign in" in Page(response.text).text("footer")) is signing


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/problems?page=two", 400),
        ("/problems?source=99", 400),
        ("/problems?source=%C2%B2", 400),
        ("/problems?page=99", 200),
        ("/problems/999999999999999", 404),
        ("/doubts?page=-1", 400),
        ("/doubts?page=99999999999999999999", 400),
        ("/doubts/nobody/none", 404),
        ("/doubts/%00/%3Cscript%3E", 404),
        ("/decisions?page=x", 400),
        ("/decisions?decided=%00,-1,99999999999999999999&undone=x", 200),
    ],
)
async def test_a_bad_parameter_ends_in_a_sentence(enter, anna, path, status):
    for visitor in (enter(), anna):
        response = await visitor.get(path)
        assert response.status_code == status
        assert "Traceback" not in response.text
        assert Page(response.text).text("h1")


async def test_without_a_file_of_people_the_site_stays_closed(library):
    datasette = site(library)
    assert (await datasette.client.get("/sign-in")).status_code == 404
    for path in ("/sign-in", TAGS, "/decisions/undo"):
        assert (await datasette.client.post(path, data={"token": ANNA})).status_code == 405


# Signing in and out


async def test_signing_in_gives_a_cookie_that_scripts_and_other_sites_do_not_get(enter):
    visitor = enter()
    response = await visitor.sign_in(next="/doubts")
    assert response.status_code == 303
    assert response.headers["location"] == "/doubts"
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=43200" in cookie
    assert "secure" not in cookie
    assert ANNA not in cookie
    page = await visitor.get("/doubts")
    assert "Signed in as Anna Berg" in Page(page.text).text("section", id="desk")
    assert page.headers["cache-control"] == "private, no-store"


async def test_over_https_and_under_a_prefix_the_cookie_is_for_there_alone(library, people):
    datasette = site(library, prefix="/evidence-of/us", sign_in=people)
    await datasette.invoke_startup()
    visitor = Visitor(datasette.app(), "https://testserver")
    await visitor.get("/evidence-of/us/sign-in")
    response = await visitor.post("/evidence-of/us/sign-in", token=BEN, next="/doubts")
    assert response.headers["location"] == "/evidence-of/us/doubts"
    assert "Path=/evidence-of/us/;" in response.headers["set-cookie"]
    assert "Secure" in response.headers["set-cookie"]
    page = await visitor.get("/evidence-of/us/doubts")
    actions = {has["action"] for has, _ in Page(page.text).all("form")}
    assert all(action.startswith("/evidence-of/us/") for action in actions)
    merged = await visitor.post(f"/evidence-of/us/doubts/{'/'.join(PAIR)}", action="merge")
    assert merged.headers["location"].startswith("/evidence-of/us/doubts?decided=")
    await visitor.client.aclose()


async def test_signing_out_leaves_no_cookie(anna):
    await anna.get("/doubts")
    response = await anna.post("/sign-out")
    assert response.status_code == 303
    assert not dict(anna.client.cookies)
    assert "Signed in" not in (await anna.get("/doubts")).text


async def test_a_wrong_token_and_too_many_of_them(enter, monkeypatch):
    now = [1_000.0]
    monkeypatch.setattr(sign_in.time, "monotonic", lambda: now[0])
    visitor = enter()
    for _ in range(5):
        response = await visitor.sign_in("wrong")
        assert response.status_code == 403
        assert "nobody’s token" in said(response)
        assert "ds_actor" not in visitor.client.cookies
    response = await visitor.sign_in(ANNA)
    assert response.status_code == 429
    assert "Wait a minute" in said(response)
    now[0] += 61
    assert (await visitor.sign_in(ANNA)).status_code == 303


def test_guesses_from_elsewhere_do_not_keep_the_right_person_out(people):
    signing = sign_in.SignIn(people)
    for place in range(50):
        signing.failed(f"2001:db8::{place:x}")
    assert signing.must_wait("2001:db8::ffff")
    assert not signing.must_wait("192.0.2.1")


async def test_a_session_ends_when_the_person_or_the_token_is_changed(anna, people):
    people.write_text(f"Anna Berg {BEN}\n")
    response = await anna.post(TAGS, theme="labour", direction="barrier", action="reject")
    assert response.status_code == 403
    assert "Sign in" in said(response)
    assert "Signed in as" not in (await anna.get("/doubts")).text
    people.write_text(f"Anna Berg {ANNA}\n")
    assert "Signed in as" in (await anna.get("/doubts")).text
    people.unlink()
    assert "Signed in as" not in (await anna.get("/doubts")).text


@pytest.mark.parametrize(
    "cookie",
    [
        "x",
        "eyJhIjp7ImlkIjoiQW5uYSBCZXJnIn19.c2lnbmF0dXJl",
        "\x00",
        "a,b=c; ds_actor=x",
        "é",
    ],
)
async def test_a_forged_cookie_is_nobody(enter, library, cookie):
    visitor = enter()
    headers = {"cookie": f"ds_actor={cookie}".encode("latin-1")}
    page = await visitor.client.get("/doubts", headers=headers)
    assert page.status_code == 200
    assert "Signed in as" not in page.text
    response = await visitor.client.post(TAGS, data={"action": "accept"}, headers=headers)
    assert response.status_code == 403
    assert decisions(library) == []


async def test_an_actor_signed_by_the_site_without_the_mark_of_a_token_may_nothing(library, people):
    datasette = site(library, sign_in=people)
    for actor in ({"id": "Anna Berg"}, {"id": "Anna Berg", "kb": "0" * 32}, {"id": "Anna Berg", "kb": 1}):
        cookie = datasette.sign({"a": actor}, "actor")
        response = await datasette.client.get("/doubts", cookies={"ds_actor": cookie})
        assert "Signed in as" not in response.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "names nobody"),
        ("anna\n", ":1: holds one word"),
        ("anna short\n", ":1: the token has 5 characters"),
        (f"anna {ANNA}\nben {ANNA}\n", ":2: the token stands above"),
        (f"root {ANNA}\n", "`root` may do everything"),
        (f"a\x07b {ANNA}\n", "cannot be printed"),
    ],
)
def test_a_file_of_people_that_is_wrong_is_refused_in_one_line(library, tmp_path, text, reason):
    path = tmp_path / "wrong.txt"
    path.write_text(text)
    with pytest.raises(EvidenceError, match=re.escape(reason)) as refused:
        site(library, sign_in=path)
    assert ANNA not in str(refused.value)
    result = CliRunner().invoke(cli, ["--db", str(library), "serve", "--port", "0", "--sign-in", str(path)])
    assert result.exit_code == 1
    assert result.output.count("\n") == 1


def test_a_file_that_others_can_read_gives_a_warning(people):
    assert sign_in.warning(people) == ""
    people.chmod(0o644)
    assert "chmod 600" in sign_in.warning(people)


# What comes from elsewhere


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"origin": "https://evil.example"}, id="another origin"),
        pytest.param({"origin": "null"}, id="an origin that hides"),
        pytest.param({"sec-fetch-site": "cross-site"}, id="said by the browser"),
        pytest.param({"sec-fetch-site": "same-site"}, id="a neighbour"),
    ],
)
@pytest.mark.parametrize("path", [TAGS, "/sign-in", "/sign-out", "/decisions/undo", "/problems/1"])
async def test_a_form_of_another_site_changes_nothing(anna, library, path, headers):
    await anna.get("/doubts")
    response = await anna.post(
        path, headers=headers, theme="labour", action="accept", token=ANNA, numbers="1", text="x"
    )
    assert response.status_code == 403
    assert "page of this site" in said(response)
    assert decisions(library) == []


async def test_a_form_without_its_token_or_with_that_of_another_session_changes_nothing(enter, anna, library):
    ben = enter()
    await ben.sign_in(BEN)
    for token in ("", ben.token, "é", "\x00"):
        response = await anna.post(TAGS, csrftoken=token, theme="labour", action="accept")
        assert response.status_code == 403
    # Datasette's own check lets a form pass that comes with no cookie at all.
    assert (await enter().client.post("/sign-in", data={"token": ANNA})).status_code == 403
    # And one with a header that no page can set.
    await anna.get("/doubts")
    answer = await anna.post(
        TAGS, csrftoken="", headers={"authorization": "Bearer x"}, theme="labour", action="accept"
    )
    assert answer.status_code == 403
    assert decisions(library) == []


async def test_forms_of_this_site_pass_with_the_headers_of_a_browser(anna):
    for headers in ({"origin": "http://testserver"}, {"sec-fetch-site": "same-origin", "origin": "null"}):
        await anna.get("/doubts")
        form = {"theme": "labour", "direction": "barrier", "action": "accept"}
        assert (await anna.post(TAGS, headers=headers, **form)).status_code == 303


async def test_only_forms_are_taken_and_only_where_they_belong(anna, library):
    for path in ("/", "/search", "/evidence/records", "/problems", f"/records/{COVER_ID}", "/-/logout"):
        assert (await anna.post(path, action="accept")).status_code == 405, path
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        response = await anna.client.request(method, TAGS, headers={"x-http-method-override": "POST"})
        assert response.status_code == 405, method
    response = await anna.client.get(TAGS, headers={"x-http-method-override": "POST"})
    assert response.status_code == 302
    json_body = await anna.client.post(TAGS, json={"theme": "labour", "action": "accept"})
    assert json_body.status_code == 415
    assert decisions(library) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"x" * (LARGEST_FORM + 1), 413, id="too long"),
        pytest.param(b"&".join([b"a=b"] * 100), 400, id="too many fields"),
        pytest.param(b"a=%ff%fe", 400, id="no UTF-8 in a field"),
        pytest.param(b"\xff\xfe", 400, id="no UTF-8"),
        pytest.param(b"", 403, id="nothing"),
    ],
)
async def test_a_body_that_is_no_form_is_answered_with_a_sentence(anna, body, status):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    response = await anna.client.post(TAGS, content=body, headers=headers)
    assert response.status_code == status
    assert "Traceback" not in response.text


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/doubts", "/doubts"),
        ("/records/a?b=c", "/records/a?b=c"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: b", "/"),
        ("/a\tb", "/"),
        ("", "/"),
        ("/" + "a" * 3_000, "/"),
    ],
)
async def test_nobody_is_led_to_another_site(enter, wanted, given):
    assert local(wanted) == given
    response = await enter().sign_in(next=wanted)
    assert response.headers["location"] == given


# Deciding


async def test_a_tag_is_accepted_rejected_and_each_taken_back(anna, library):
    page = Page((await anna.get(f"/records/{COVER_ID}")).text)
    assert "Check its themes" in page.text()
    for action, status in (("accept", "accepted"), ("reject", "rejected")):
        response = await anna.post(
            TAGS, theme="labour", direction="barrier", action=action, note="seen in print"
        )
        page = await done(anna, response)
        assert statuses(library)["labour", "barrier"] == status
        assert f"{status.capitalize()} − hinders Labour" in page.text("div", class_="done")
        assert "seen in print" in page.text("div", class_="done")
        numbers = page.all("input", name="numbers")[0][0]["value"]
        page = await done(anna, await anna.post("/decisions/undo", numbers=numbers))
        assert "Taken back" in page.text("div", class_="done")
        assert statuses(library)["labour", "barrier"] == "automatic"
    log = said(await anna.get("/decisions"))
    assert "2 decisions" in log
    assert log.count("taken back by Anna Berg") == 2
    assert {by for _, by in decisions(library)} == {"Anna Berg"}


async def test_a_theme_in_the_wrong_direction_is_turned_and_turned_back(anna, library):
    await anna.get(f"/records/{COVER_ID}")
    page = await done(anna, await anna.post(TAGS, theme="labour", direction="barrier", action="enabler"))
    found = statuses(library)
    assert (found["labour", "barrier"], found["labour", "enabler"]) == ("rejected", "added")
    numbers = page.all("input", name="numbers")[0][0]["value"]
    assert len(numbers.split(",")) == 2
    await done(anna, await anna.post("/decisions/undo", numbers=numbers))
    assert statuses(library)["labour", "barrier"] == "automatic"
    assert ("labour", "enabler") not in statuses(library)


async def test_a_theme_is_added_with_words_of_the_record_and_taken_back(anna, library):
    await anna.get(f"/records/{COVER_ID}")
    form = {"theme": "soil-health", "direction": "", "action": "add"}
    wrong = await anna.post(TAGS, quote=f"prices fell {HOSTILE}", **form)
    assert wrong.status_code == 400
    assert "does not say" in said(wrong)
    assert "<script>alert" not in wrong.text
    page = await done(anna, await anna.post(TAGS, quote="prices  were noted", **form))
    assert "Prices were noted" in page.text("div", class_="done")
    assert statuses(library)["soil-health", None] == "added"
    numbers = page.all("input", name="numbers")[0][0]["value"]
    await done(anna, await anna.post("/decisions/undo", numbers=numbers))
    assert ("soil-health", None) not in statuses(library)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"theme": "labour"},
        {"theme": "labour", "action": "drop table"},
        {"theme": HOSTILE, "action": "accept"},
        {"theme": "labour", "direction": HOSTILE, "action": "add"},
        {"theme": "labour", "direction": "up", "action": "accept"},
        {"theme": "labour", "direction": "driver", "action": "barrier"},
        {"theme": "labour", "direction": "barrier", "action": "accept", "note": "a" * 1_001},
        {"theme": "labour", "direction": "barrier", "action": "add", "quote": "a " * 1_500},
        {"theme": "labour", "direction": "barrier", "action": "add", "quote": "\x00"},
    ],
)
async def test_a_form_that_means_nothing_changes_nothing(anna, library, form):
    await anna.get("/doubts")
    response = await anna.post(TAGS, **form)
    assert response.status_code == 400
    assert "<script>alert" not in response.text
    assert Page(response.text).text("h1") == "That was not done"
    assert decisions(library) == []


@pytest.mark.parametrize("record", ["nobody", "%00", "%3Cscript%3Ealert", "..%2F..%2Fetc"])
async def test_a_record_or_pair_that_is_not_there_is_told(anna, record):
    await anna.get("/doubts")
    for path in (f"/records/{record}/tags", f"/doubts/{record}/x"):
        response = await anna.post(path, theme="labour", action="merge")
        assert response.status_code == 400, path
        assert "<script>alert" not in response.text


async def test_a_hostile_note_is_kept_as_text(anna, library):
    await anna.get("/doubts")
    note = f"{HOSTILE}\r\n\x00{{{{ 7 * 7 }}}}"
    page = await done(anna, await anna.post(TAGS, theme="labour", action="accept", note=note))
    assert HOSTILE in page.text("div", class_="done")
    for path in ("/decisions", f"/records/{COVER_ID}"):
        text = (await anna.get(path)).text
        assert "<script>alert" not in text
        assert "{{ 7 * 7 }}" in text


async def test_a_pair_is_made_one_work_and_two_again(anna, library):
    page = Page((await anna.get("/doubts")).text)
    assert {"One work", "Different works"} <= {text.partition(":")[0] for _, text in page.all("button")}
    response = await anna.post(f"/doubts/{'/'.join(PAIR)}", action="merge", note="same text")
    page = await done(anna, response)
    assert count(library, "select count(*) from doubts") == 0
    assert "One work" in page.text("div", class_="done")
    assert "one record now" in said(await anna.get(f"/doubts/{'/'.join(PAIR)}"))
    numbers = page.all("input", name="numbers")[0][0]["value"]
    page = await done(anna, await anna.post("/decisions/undo", numbers=numbers))
    assert "One work or two?" in page.text("h1")
    assert count(library, "select count(*) from doubts") == 1


async def test_a_pair_is_said_to_be_two_works_and_in_doubt_again(anna, library):
    await anna.get("/doubts")
    page = await done(anna, await anna.post(f"/doubts/{'/'.join(PAIR)}", action="split"))
    assert count(library, "select count(*) from doubts") == 0
    assert "not in doubt" in said(await anna.get(f"/doubts/{'/'.join(PAIR)}"))
    again = await anna.post(f"/doubts/{'/'.join(PAIR)}", action="split")
    assert "same=1" in again.headers["location"]
    numbers = page.all("input", name="numbers")[0][0]["value"]
    await done(anna, await anna.post("/decisions/undo", numbers=numbers))
    assert count(library, "select count(*) from doubts") == 1


async def test_a_piece_is_mended_and_its_problem_settled(anna, library):
    page = await anna.get("/problems/1")
    assert "Two" in Page(page.text).text("textarea")
    before = count(library, "select count(*) from records")
    still = "@article{b, title = {Two, year = }"
    failed = await anna.post("/problems/1", text=still)
    assert failed.status_code == 400
    assert "could not be read like this either" in said(failed)
    assert Page(failed.text).text("textarea") == still
    assert count(library, "select count(*) from records") == before
    mended = "@article{b, title = {Two fields},\r\n year = 2002}"
    page = await done(anna, await anna.post("/problems/1", text=mended))
    assert "Problem 1 mended; it is now Two fields" in page.text("div", class_="done")
    assert count(library, "select count(*) from records") == before + 1
    assert count(library, "select count(*) from problems where settled_by is null") == 1
    assert decisions(library) == [("mend", "Anna Berg")]
    assert "Settled" in said(await anna.get("/problems/1"))
    assert (await anna.post("/problems/1", text=mended)).status_code == 400
    undo = await anna.post("/decisions/undo", numbers="1")
    assert undo.status_code == 400


async def test_the_same_text_read_before_settles_a_problem_too(anna, library):
    await anna.get("/problems/1")
    mended = "@article{b, title = {Two fields}, year = 2002}"
    await done(anna, await anna.post("/problems/1", text=mended))
    await done(anna, await anna.post("/problems/2", text=mended))
    assert count(library, "select count(*) from problems where settled_by is null") == 0


@pytest.mark.parametrize("text", ["", "\x00", HOSTILE, "a" * 100_000, "{" * 20_000])
async def test_a_text_that_cannot_be_read_leaves_all_as_it_was(anna, library, text):
    await anna.get("/problems/1")
    response = await anna.post("/problems/1", text=text)
    assert response.status_code == 400
    assert "<script>alert" not in response.text
    assert count(library, "select count(*) from problems where settled_by is null") == 2


async def test_two_librarians_decide_at_once_and_each_in_their_own_name(enter, anna, library):
    ben = enter()
    await ben.sign_in(BEN)
    await ben.get("/doubts")
    await anna.get("/doubts")
    labour = {"theme": "labour", "direction": "barrier"}
    import asyncio

    one, other = await asyncio.gather(
        anna.post(TAGS, action="accept", **labour), ben.post(TAGS, action="reject", **labour)
    )
    assert {one.status_code, other.status_code} == {303}
    assert sorted(decisions(library)) == [("accept", "Anna Berg"), ("reject", "ben")]
    with Store.open(library) as store:
        last = next(store.query("select id, decided_by from decisions order by id desc"))
    # Nobody takes back what another one decided.
    visitor = ben if last["decided_by"] == "Anna Berg" else anna
    refused = await visitor.post("/decisions/undo", numbers=str(last["id"]))
    assert refused.status_code == 400
    assert f"That was decided by {last['decided_by']}" in said(refused)


async def test_decisions_hold_when_all_is_read_and_tagged_again(anna, library):
    await anna.get("/doubts")
    await done(anna, await anna.post(TAGS, theme="labour", direction="barrier", action="reject"))
    await done(anna, await anna.post(f"/doubts/{'/'.join(PAIR)}", action="split"))
    with Store.open(library) as store:
        store.set_state("tagger", None)
        store.set_state("joined_by", None)
        store.connection.execute("update taggings set tagger = 'old'")
        take(store, "third", replace(ONE, title=ONE.title.upper(), page="1-"))
        tagging.tag(store)
    assert statuses(library)["labour", "barrier"] == "rejected"
    assert count(library, "select count(*) from doubts") == 0


# When nothing can be written


async def test_a_file_that_cannot_be_written_is_said_so(library, people, monkeypatch):
    datasette = site(library, sign_in=people)
    database = datasette.get_database("evidence")
    database.is_mutable = False
    await datasette.invoke_startup()
    visitor = Visitor(datasette.app())
    assert "cannot be written here" in said(await visitor.get("/sign-in"))
    visitor.token = ""
    response = await visitor.sign_in()
    assert response.status_code == 403
    assert "ds_actor" not in visitor.client.cookies
    database.is_mutable = True
    assert (await visitor.sign_in()).status_code == 303
    database.is_mutable = False
    page = await visitor.get("/doubts")
    assert "nothing can be changed" in Page(page.text).text("section", id="desk")
    assert not [each for each in Page(page.text).all("button") if "work" in each[1]]
    assert (await visitor.post(f"/doubts/{'/'.join(PAIR)}", action="merge")).status_code == 403
    assert (await visitor.post("/sign-out")).status_code == 303
    await visitor.client.aclose()


async def test_a_file_that_another_program_writes_is_told_after_a_short_while(anna, library, monkeypatch):
    monkeypatch.setattr("kb.site.desk._PATIENCE_MS", 50)
    await anna.get("/doubts")
    writer = sqlite3.connect(library, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    response = await anna.post(TAGS, theme="labour", direction="barrier", action="accept")
    assert response.status_code == 503
    assert "written by another program" in said(response)
    writer.execute("ROLLBACK")
    writer.close()
    assert (await anna.post(TAGS, theme="labour", action="accept")).status_code == 303


# The index


async def test_the_bar_tells_how_many_decisions_wait_and_makes_the_index(anna, library, monkeypatch):
    from kb.site import desk

    monkeypatch.setattr(desk, "_INDEX", "import sys; print('Error: no room', file=sys.stderr); sys.exit(1)")
    await anna.get("/doubts")
    await done(anna, await anna.post(TAGS, theme="labour", direction="barrier", action="reject"))
    page = Page((await anna.get("/decisions")).text)
    assert "1 decision waits for the search index" in page.text("section", id="desk")
    response = await anna.post("/desk/index", next="/decisions")
    assert response.headers["location"] == "/decisions"
    assert "being made anew" in Page((await anna.get("/decisions")).text).text("section", id="desk")
    text = ""
    for _ in range(200):
        text = Page((await anna.get("/decisions")).text).text("section", id="desk")
        if "could not be made" in text:
            break
    assert "could not be made: no room" in text


def test_a_decision_says_who_made_it_in_the_log_of_the_file(library):
    with Store.open(library) as store:
        from ingest import deciding

        decided = deciding.merge(store, PAIR, "why", "Anna")
        deciding.undo(store, decided.decision, "Ben")
        rows = list(store.query("select kind, content, note, decided_by from decisions order by id"))
        with pytest.raises(EvidenceError, match="taken back before"):
            deciding.undo(store, decided.decision, "Ben")
    assert [(row["kind"], row["decided_by"], row["note"]) for row in rows] == [
        ("merge", "Anna", "why"),
        ("undo", "Ben", None),
    ]
    assert json.loads(rows[1]["content"]) == {"decision": decided.decision}


async def test_a_search_is_saved_from_its_page_and_removed_again(anna, library):
    with Store.open(library) as store:
        folder = pipeline.index_folder(library)
        generations.build(folder, list(pipeline.Documents(store)), corpus_hash="", embedder=None)
    assert 'name="search"' in (await anna.get("/search?q=trust&mode=keyword")).text
    response = await anna.post("/saved", name="trust-words", search="q=trust&mode=keyword")
    assert (response.status_code, response.headers["location"]) == (303, "/saved")
    assert Page((await anna.get("/saved")).text).links()["trust-words"] == "/saved/trust-words"
    assert (await anna.post("/saved", name="../x", search="q=a")).status_code == 400
    assert (await anna.post("/saved", name="trust-words", search="q=other")).status_code == 400
    assert (await anna.post("/saved", name="x", search="theme=nothing")).status_code == 400
    await anna.post("/saved", name="trust-words", action="remove")
    assert count(library, "select count(*) from searches") == 0


# Shortlists and saved searches.


async def test_a_record_is_put_on_a_list_moved_noted_and_taken_out(enter, library):
    anna = enter()
    await anna.sign_in()
    page = Page((await anna.get(f"/records/{COVER_ID}")).text)
    assert "Put it on a shortlist" in page.text()
    for record in (COVER_ID, GRAZING_ID):
        response = await anna.post(f"/records/{record}/lists", name="farms", note=f"see {HOSTILE}")
        assert response.status_code == 303
    shown = await anna.get("/lists/farms")
    assert shown.text.index(COVER_ID) < shown.text.index(GRAZING_ID)
    assert HOSTILE not in shown.text
    await anna.post("/lists/farms", record=GRAZING_ID, action="move", to="1")
    await anna.post("/lists/farms", record=GRAZING_ID, action="note", note="the trial")
    await anna.post("/lists/farms", record=COVER_ID, action="remove")
    with Store.open(library) as store:
        (entry,) = lists.entries(store, "farms")
    assert (entry.record, entry.note, entry.added_by) == (GRAZING_ID, "the trial", "Anna Berg")


async def test_a_change_of_a_list_is_a_decision_that_can_be_taken_back(enter, library):
    anna = enter()
    await anna.sign_in()
    await anna.post(f"/records/{COVER_ID}/lists", name="farms")
    page = Page((await anna.get("/decisions")).text)
    assert "Put on a shortlist, farms" in page.text()
    with Store.open(library) as store:
        number = store.value("select max(id) from decisions")
    await anna.post("/decisions/undo", numbers=str(number))
    with Store.open(library) as store:
        assert lists.lists(store) == []


@pytest.mark.parametrize(
    ("path", "form"),
    [
        pytest.param(f"/records/{COVER_ID}/lists", {"name": "a list"}, id="a bad name"),
        pytest.param(f"/records/{COVER_ID}/lists", {}, id="no name"),
        pytest.param("/records/nobody/lists", {"name": "farms"}, id="no such record"),
        pytest.param("/lists/nix", {"record": COVER_ID, "action": "remove"}, id="no such list"),
        pytest.param("/lists/nix", {"record": COVER_ID, "action": "move", "to": "-1"}, id="no place"),
        pytest.param("/lists/nix", {"action": "burn"}, id="no such action"),
    ],
)
async def test_what_a_list_cannot_take_is_one_sentence(enter, library, path, form):
    anna = enter()
    await anna.sign_in()
    await anna.get(f"/records/{COVER_ID}")
    response = await anna.post(path, **form)
    assert response.status_code == 400
    assert "Traceback" not in response.text
    with Store.open(library) as store:
        assert lists.lists(store) == []


async def test_who_is_not_signed_in_changes_no_list(enter, library):
    stranger = enter()
    await stranger.get(f"/records/{COVER_ID}")
    response = await stranger.post(f"/records/{COVER_ID}/lists", name="farms")
    assert response.status_code == 403
    with Store.open(library) as store:
        assert lists.lists(store) == []


async def test_a_change_of_a_list_is_told_and_taken_back_where_it_was_made(anna, library):
    await anna.get(f"/records/{COVER_ID}")
    moved = await anna.post(f"/records/{COVER_ID}/lists", name="Überblick", note="to quote")
    page = Page((await anna.get(moved.headers["location"])).text)
    assert "Put on a shortlist, Überblick" in page.text("div", class_="done")
    again = await anna.post(f"/records/{COVER_ID}/lists", name="Überblick")
    assert again.headers["location"].endswith("?same=1")
    address = page.links()["Überblick"]
    noted = await anna.post(address, record=COVER_ID, action="note", note="page 9")
    assert noted.headers["location"].startswith(f"{address}?decided=")
    (number,) = re.findall(r"decided=(\d+)", noted.headers["location"])
    await anna.post("/decisions/undo", numbers=number)
    with Store.open(library) as store:
        assert [each.note for each in lists.entries(store, "Überblick")] == ["to quote"]
