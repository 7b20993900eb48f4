"""Writes what citeproc-js makes of the works: `python -m tests.citing.freeze CITEPROC LOCALES`.

CITEPROC is the unpacked npm package `citeproc`, LOCALES the folder of the CSL project's `locales-en-GB.xml`.
Needs node. The diff of citeproc_js.json is to be reviewed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from corpus import csl
from corpus.record import Record
from kb.citing import mending, named

FOLDER = Path(__file__).parent
STYLES = (
    "harvard-cite-them-right",
    "apa",
    "vancouver",
    "chicago-author-date",
    "mhra",
    "modern-language-association",
    "american-medical-association",
    "bmj",
    "nature",
    "the-lancet",
    "ieee",
    "oscola",
)


def works() -> list[Record]:
    """The works that are set: one or more of every type that a record can have."""
    return [csl.decode(work) for work in json.loads((FOLDER / "works.json").read_text(encoding="utf-8"))]


def frozen() -> dict[str, dict[str, str]]:
    """What citeproc-js made: style -> id of the work -> HTML, in the order of the style."""
    found: dict[str, dict[str, str]] = json.loads((FOLDER / "citeproc_js.json").read_text(encoding="utf-8"))
    return found


def _set(style: str, citeproc: str, locales: str) -> dict[str, str]:
    chosen = named(style)
    locale = Path(locales, f"locales-{chosen.language}.xml")
    given: dict[str, Any] = {
        "items": [mending.work(record, record.id) for record in works()],
        "style": chosen.path.read_text(encoding="utf-8"),
        "locale": locale.read_text(encoding="utf-8"),
        "language": chosen.language,
    }
    command = ["node", str(FOLDER / "citeproc_js.mjs"), citeproc]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    return {work: html.strip() for work, html in json.loads(done.stdout)}


if __name__ == "__main__":
    made = {style: _set(style, *sys.argv[1:3]) for style in STYLES}
    text = json.dumps(made, ensure_ascii=False, indent=1)
    (FOLDER / "citeproc_js.json").write_text(f"{text}\n", encoding="utf-8")
