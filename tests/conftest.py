"""Fixtures that several tests share: golden files, a small built library, a model that needs no download."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("HF_HUB_OFFLINE", "1")

# What fails here fails everywhere; `tests.fuzz` and other seeds look further.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

GOLDEN = Path(__file__).with_name("golden")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Rewrite tests/golden; review the diff.")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with a golden file, or rewrites the file under ``--update-golden``."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8", newline="")
        # Read as bytes: line ends are part of what is compared.
        assert text == path.read_bytes().decode("utf-8")

    return compare


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence file of the embedded library, built once with the packaged model; not to be changed."""
    from corpus.store import Store
    from kb import pipeline, tagging
    from kb.sources import library_sources

    path = tmp_path_factory.mktemp("library") / "evidence.db"
    with Store.open(path, create=True) as store:
        ingested = pipeline.ingest(store, library_sources())
        assert ingested.complete, ingested
        tagging.tag(store)
        pipeline.index(store)
    return path
