"""Accessibility of every kind of page, beside a plain Datasette on the same file.

Usage: python -m tests.bench.axe EVIDENCE_FILE

Serves the file twice, as `kb serve` and as a Datasette without the plugin, opens each kind of page in
Chromium and counts what axe-core finds: rules that a page breaks, in light and dark, 1280 and 320 pixels
wide. Needs chromium.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.site import kb_site, plain_datasette

#: (what it is, our address, that of the same in a plain Datasette)
_PAGES = (
    ("home", "/", "/"),
    ("results", "/search?q=trust&direction=barrier", "/{db}/records?_search=trust"),
    ("results, empty", "/search?q=zzzzz&mode=keyword", "/{db}/records?_search=zzzzz"),
    ("record", "/records/{record}", "/{db}/records/{record}"),
    ("why, or why not", "/records/{record}/why?theme={theme}", None),
    ("citing", "/records/{record}/cite?style=apa", None),
    ("theme", "/themes/{theme}", "/{db}/themes/{theme}"),
    ("themes", "/themes", "/{db}/themes"),
    ("a door", "/themes/barrier", None),
    ("map", "/map", None),
    ("how this was made", "/made", "/{db}/sources"),
    ("problems", "/problems", "/{db}/problems"),
    ("doubtful pairs", "/doubts", "/{db}/doubts"),
    ("decisions", "/decisions", "/{db}/decisions"),
    ("saved searches", "/saved", "/{db}/searches"),
    ("taking away", "/export?q=trust", None),
    ("shortlists", "/lists", None),
    ("for programs", "/api", None),
    ("the tables", "/{db}", "/{db}"),
    ("table", "/{db}/records?_facet=type", "/{db}/records?_facet=type"),
    ("row", "/{db}/sources/1", "/{db}/sources/1"),
    ("canned query", "/{db}/quotes?theme={theme}", "/{db}/quotes?theme={theme}"),
    ("no such page", "/nowhere", "/nowhere"),
)
_WIDTHS = (1280, 320)
_SCHEMES = ("light", "dark")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="an evidence file, such as evidence.db of `make demo`")
    file = parser.parse_args().file
    names = _names(file)
    with kb_site(file) as ours, plain_datasette(file) as plain, _browser() as browser:
        print("| page | kb | plain Datasette |\n|---|---|---|")
        sums = [0, 0]
        for page, path, other in _PAGES:
            counts = [
                _broken(browser, address + each.format(**names)) if each else None
                for address, each in ((ours.address, path), (plain.address, other))
            ]
            sums = [total + len(count or ()) for total, count in zip(sums, counts, strict=True)]
            print(f"| {page} | {_said(counts[0])} | {_said(counts[1])} |", flush=True)
        print(f"| all | {sums[0]} | {sums[1]} |")


def _names(file: Path) -> dict[str, str]:
    from kb.knowledge_base import KnowledgeBase

    with KnowledgeBase.open(file) as library:
        record, theme = next(
            iter(
                library.store.connection.execute("select record, theme from tags where direction = 'barrier'")
            )
        )
    return {"db": file.stem, "record": record, "theme": theme}


def _broken(browser: Any, address: str) -> set[str]:
    from axe_playwright_python.sync_playwright import Axe

    broken: set[str] = set()
    for width in _WIDTHS:
        for scheme in _SCHEMES:
            # A strict policy would not let axe into the page.
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
            )
            page = context.new_page()
            page.goto(address)
            broken |= {each["id"] for each in Axe().run(page).response["violations"]}
            context.close()
    return broken


def _said(broken: set[str] | None) -> str:
    if broken is None:
        return ""
    return f"{len(broken)} ({', '.join(sorted(broken))})" if broken else "0"


@contextmanager
def _browser() -> Iterator[Any]:
    """Chromium for as long as it is needed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


if __name__ == "__main__":
    main()
