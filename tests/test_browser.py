"""One pass through the site in a real browser: accessibility, narrow screens, keyboard, no scripts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.query import Query
from kb.knowledge_base import KnowledgeBase
from kb.lists import Lister
from kb.searches import saved
from tests.site_library import small_library

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on the path: `apt-get install chromium`"
)

PAGES = [
    "/",
    "/search",
    "/search?q=trust&direction=barrier&since=1995",
    "/search?q=zzzz&mode=keyword&theme=trust",
    "/search?since=nonsense",
    "/records/smith-2004-trust",
    "/records/hostile-1999-x",
    "/records/smith-2004-trust/why?theme=training",
    "/records/smith-2004-trust/cite?style=apa",
    "/search?sort=title&page=2",
    "/map",
    "/map?rows=year&columns=factor&split=0",
    "/map?q=zzzz",
    "/saved",
    "/saved/trust",
    "/lists",
    "/lists/briefing",
    "/export?q=trust&mode=keyword",
    "/export?q=zzzz&mode=keyword",
    "/api",
    "/themes",
    "/themes/barrier",
    "/themes/trust",
    "/made",
    "/problems",
    "/problems/1",
    "/doubts",
    "/decisions",
    "/evidence",
    "/evidence/records?_facet=type",
    "/evidence/records?_search=trust&year__gt=2000",
    "/evidence/tags",
    "/evidence/themes/trust",
    "/evidence/quotes?theme=trust",
    "/nowhere",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site of the small library is served, by a process of its own."""
    path = small_library(tmp_path_factory.mktemp("browser") / "evidence.db")
    with KnowledgeBase.open(path) as library:
        saved.save(library, "trust", Query("trust", "keyword"))
        Lister(library.store, "Ann").add("briefing", ["smith-2004-trust", "hostile-1999-x"], "a note")
        with library.store.atomic():
            library.store.connection.execute(
                "insert into notices select min(id), 'retracted', '', 'doi:10.1/r', 'RETRACTED: Trust'"
                " from source_records where record = 'smith-2004-trust'"
            )
    program = (
        "import sys; from pathlib import Path; from kb.serving import serve;"
        "serve(Path(sys.argv[1]), port=0, ready=lambda address: print(address, flush=True))"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip().rstrip("/")
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, which talks to nobody but the site."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.mark.parametrize(
    ("width", "scheme"),
    [pytest.param(1280, "light", id="wide, light"), pytest.param(320, "dark", id="narrow, dark")],
)
def test_no_page_has_an_axe_violation_or_scrolls_sideways(browser, address, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    # The policy would not let the test bring its own script into the page.
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    for path in PAGES:
        page.goto(address + path)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_no_page_breaks_its_own_policy(browser, address):
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PAGES:
        page.goto(address + path)
    # A page that is not there, or not to be had so, is told to the console as well.
    assert [text for text in said if "the server responded with a status of 40" not in text] == []
    page.close()


def test_the_site_works_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.fill("#q", "trust between agencies")
    page.press("#q", "Enter")
    assert page.text_content("h1 q") == "trust between agencies"
    page.click("text=Barriers")
    page.click("ol.hits li:first-child h2 a")
    assert page.text_content("h1") == "Trust between agencies"
    page.click(".note >> nth=0")
    assert page.text_content("h1") == "Trust"
    context.close()


def test_the_site_works_with_the_keyboard(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/themes")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("trust/law")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=trust%2Flaw")
    page.close()


def test_the_page_prints_without_its_furniture(browser, address):
    page = browser.new_page()
    page.emulate_media(media="print")
    page.goto(f"{address}/search?q=trust")
    assert not page.is_visible(".narrow")
    assert not page.is_visible(".site-nav")
    assert page.is_visible("ol.hits li:first-child")
    page.close()


def test_arrows_go_from_result_to_result_and_enter_opens(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/search?q=trust")
    titles = page.eval_on_selector_all(".hit h2 a", "links => links.map(link => link.textContent)")

    def at() -> str:
        return page.evaluate("document.activeElement.textContent")

    page.keyboard.press("ArrowDown")
    assert at() == titles[0]
    page.keyboard.press("ArrowDown")
    assert at() == titles[1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/**")
    assert page.text_content("h1") == titles[0]
    page.close()


def test_what_is_to_copy_selects_itself(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/search?q=trust")
    page.click("text=Keep, follow or cite this search")
    page.focus("#keep-shell")
    assert page.evaluate("window.getSelection().toString()") == "kb search trust"
    page.close()
