"""Signed-in work in a real browser: accessible, narrow, without scripts, by the keyboard alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.farms import COVER_ID, GRAZING_ID, farm_library
from tests.test_browser import CHROMIUM, browser, pytestmark

__all__ = ["browser", "pytestmark"]

TOKEN = "token-of-anna-0123456789"
PAGES = [
    "/sign-in",
    "/",
    "/problems",
    "/problems/1",
    "/doubts",
    "/decisions",
    f"/records/{COVER_ID}",
    "/lists",
    "/lists/briefing",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a site is served that one can sign in to, by a process of its own."""
    assert CHROMIUM
    folder = tmp_path_factory.mktemp("desk")
    library = farm_library(folder / "evidence.db")
    (folder / "people.txt").write_text(f"Anna {TOKEN}\n")
    (folder / "refs.bib").write_text("@article{b, title = {Two, year = }\n@article{a, title = {One}}\n")
    kb = [sys.executable, "-c", "from kb.cli import main; main()", "--db", str(library)]
    root = Path(__file__).parent.parent
    for command in (["ingest", str(folder / "refs.bib")], ["list", "add", "briefing", COVER_ID, GRAZING_ID]):
        subprocess.run([*kb, *command], cwd=root, capture_output=True, check=False)
    program = (
        "import sys; from pathlib import Path; from kb.serving import serve;"
        "serve(Path(sys.argv[1]), port=0, sign_in=Path(sys.argv[2]),"
        " ready=lambda address: print(address, flush=True))"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", program, str(library), str(folder / "people.txt")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip().rstrip("/")
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder)


def sign_in(page: Any, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#token", TOKEN)
    page.press("#token", "Enter")
    page.wait_for_selector("#desk")


@pytest.mark.parametrize(
    ("width", "scheme"),
    [pytest.param(1280, "light", id="wide, light"), pytest.param(320, "dark", id="narrow, dark")],
)
def test_no_page_of_the_desk_has_an_axe_violation_or_scrolls_sideways(browser, address, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    sign_in(page, address)
    for path in PAGES:
        page.goto(address + path)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_a_librarian_works_without_scripts_and_by_the_keyboard(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/records/{COVER_ID}")
    page.focus(".judged button >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    assert "Accepted" in page.text_content(".done")
    page.focus(".done button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done >> text=Taken back")
    page.goto(f"{address}/problems/1")
    page.fill("#text", "@article{b, title = {Two}, year = 2002}")
    page.click("text=Read it again")
    page.wait_for_selector(".done >> text=mended")
    page.click("text=Sign out")
    page.wait_for_selector("#desk", state="detached")
    assert context.cookies() == []
    context.close()


def test_a_form_on_another_site_does_not_reach_the_desk(browser, address):
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, address)
    page.goto("about:blank")
    page.set_content(
        f'<form id="f" method="post" action="{address}/records/{COVER_ID}/tags">'
        '<input name="theme" value="labour"><input name="action" value="reject"><button>Go</button></form>'
    )
    page.click("button")
    page.wait_for_selector("text=Not from here")
    page.goto(f"{address}/decisions")
    assert "Rejected" not in page.text_content("main")
    context.close()
