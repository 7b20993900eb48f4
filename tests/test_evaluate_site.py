"""What the site says of how often tags are right: the last run on unseen records, and what it measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from corpus.store import Store
from kb.serving import site
from tests.site_library import Page, small_library

SCORE = {"right": 6, "wrong": 2, "missing": 4, "f1": 0.667, "macro_f1": 0.5, "interval": {"f1": [0.4, 0.9]}}
UNSEEN: dict[str, Any] = {
    # Sorted by name, as the file that comes along is.
    "measures": {"factor": SCORE, "factor_direction": SCORE},
    "themes": {"factor_direction": {"trust barrier": {"right": 3, "wrong": 1, "missing": 2}}},
    "quotes": {"right": 6, "share": 0.9},
    "negatives": {"records": 8, "tagged": 1, "share": 0.125},
}


@pytest.fixture
def measured(tmp_path: Path) -> Datasette:
    """A library with a run on unseen records, of another vocabulary, and a later run on seen ones."""
    database = small_library(tmp_path / "evidence.db")
    runs = [(9, 1, UNSEEN), (5, 5, None)]
    with Store.open(database) as store, store.atomic():
        for records, seen, unseen in runs:
            content = {"records": records, "seen": seen, "vocabulary": "0ld", "unseen": unseen}
            row = {"records": records, "seen": seen, "run_at": "2026-01-02T03:04:05"}
            store.database.table("evaluations").insert(row | {"scores": json.dumps(content)}, pk="id")
    return site(database)


async def test_a_theme_says_how_often_its_tags_are_right(measured: Datasette) -> None:
    page = Page((await measured.client.get("/themes/trust")).text)
    assert "3 of 4 tags right; 3 of 5 labels found" in page.text()
    other = Page((await measured.client.get("/themes/money")).text)
    assert "Not measured yet" in other.text()


async def test_the_page_on_the_making_tells_what_was_measured_and_with_what(measured: Datasette) -> None:
    page = Page((await measured.client.get("/made")).text)
    text = page.text("section", aria_labelledby="made-themes")
    assert "Measured on 8 records" in text
    assert "0.67 (0.40 to 0.90)" in text
    assert "Of 8 records in which the coder found no such theme, 1 got one." in text
    assert "another version of the vocabulary, 0ld" in text
    assert text.index("which way") < text.index("without the direction"), "not in the order of the file"
