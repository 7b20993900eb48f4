"""The crawl of ``tests.fuzz_site``, for a few seconds, of a small library: no failure, no trace."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fuzz_site import Crawl
from tests.site_library import small_library


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the small library is served, by a process of its own, with somebody who may sign in."""
    folder = tmp_path_factory.mktemp("fuzz")
    people = folder / "people.txt"
    people.write_text("Anna a-token-of-enough-characters\n", encoding="utf-8")
    people.chmod(0o600)
    program = (
        "import sys; from pathlib import Path; from kb.serving import serve;"
        "serve(Path(sys.argv[1]), port=0, sign_in=Path(sys.argv[2]),"
        " ready=lambda address: print(address, flush=True))"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", program, str(small_library(folder / "evidence.db")), str(people)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip().rstrip("/")
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_crawl_that_means_no_good_finds_nothing(address, seed):
    crawl = Crawl(address, random.Random(seed))
    with httpx.Client(timeout=30) as client:
        crawl.run(client, seconds=5)
    assert crawl.findings == []
    assert crawl.statuses[200] > 20
    assert {400, 404} <= set(crawl.statuses)
