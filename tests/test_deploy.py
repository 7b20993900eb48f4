"""Running the site for others: behind a proxy, under load, while its file is replaced, and its back-ups."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from corpus.errors import EvidenceError
from corpus.store import Store
from index import generations
from kb import pipeline, serving
from kb.cli.keeping import serve as serve_command
from kb.condition import examine
from kb.serving import site
from kb.site import downloads
from kb.site.evidence import DOWNLOADS, evidence_of
from kb.site.following import follow
from tests.site_library import Page, small_library

HERE = Path(__file__).parents[1]
KB = Path(sys.executable).with_name("kb")
RECORD = "/evidence/records/smith-2004-trust"
STATES = {"Trust", "Reliance"}
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "Host": "kb.example.org"}


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders with two states of one library: of Trust, and of Reliance."""
    folder = tmp_path_factory.mktemp("releases")
    for name in ("1", "2"):
        (folder / name).mkdir()
        path = small_library(folder / name / "evidence.db")
        with Store.open(path) as store:
            if name == "2":
                with store.atomic():
                    store.connection.execute("update themes set label = 'Reliance' where id = 'trust'")
                    store.connection.execute("update records set title = replace(title, 'Trust', 'Reliance')")
                    store.set_state("corpus_hash", store.corpus_hash())
                index(store)
    return folder / "1", folder / "2"


def index(store: Store) -> None:
    """Index the file by words alone, which takes no model."""
    documents = list(pipeline.Documents(store))
    folder = pipeline.index_folder(store.path)
    generations.build(folder, documents, corpus_hash=store.corpus_hash(), embedder=None)


def switch(link: Path, release: Path) -> None:
    """Lead the link to another folder, in one step."""
    beside = link.with_name("next")
    beside.symlink_to(release)
    os.replace(beside, link)


async def test_a_switched_folder_is_followed_with_no_error_and_no_page_of_both(releases, tmp_path):
    link = tmp_path / "current"
    switch(link, releases[0])
    served = site(link / "evidence.db")
    seen: dict[str, set[str]] = {}
    done = asyncio.Event()

    async def keep_asking(path: str) -> None:
        while not done.is_set():
            answer = await served.client.get(path)
            assert answer.status_code == 200
            if path == RECORD:
                # Its title is from Datasette's connection, its themes from ours.
                title, themes = Page(answer.text).text("h1"), set(Page(answer.text).links())
                states = {state for state in STATES if state in title} | (STATES & themes)
            else:
                states = {state for state in STATES if f"{state} between agencies" in answer.text}
            assert len(states) == 1, f"{path} shows {states}"
            seen.setdefault(path, set()).update(states)

    asking = [
        asyncio.create_task(keep_asking(path))
        for path in ("/search?q=agencies+money", RECORD, "/evidence/records", "/export.ris?q=agencies+money")
    ]
    for number in range(1, 7):
        await asyncio.sleep(0.3)
        switch(link, releases[number % 2])
    await asyncio.sleep(0.3)
    done.set()
    await asyncio.gather(*asking)
    assert all(len(states) == 2 for states in seen.values()), "each page was seen in both states"


async def test_no_page_begins_with_one_file_and_ends_with_another(releases, tmp_path):
    link = tmp_path / "current"
    switch(link, releases[0])
    served = site(link / "evidence.db")
    evidence = evidence_of(served)
    assert evidence is not None
    pages = []

    async def app(scope, receive, send):
        begun = evidence.release
        await asyncio.sleep(0.02)
        pages.append((begun, evidence.release))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(follow(app, served, evidence))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:

        async def keep_asking(late: float) -> None:
            await asyncio.sleep(late)
            for _ in range(40):
                await client.get("/")

        asking = [asyncio.create_task(keep_asking(number / 100)) for number in range(4)]
        for number in (1, 2, 3):
            await asyncio.sleep(0.2)
            switch(link, releases[number % 2])
        await asyncio.gather(*asking)
    assert len({release for release, _ in pages}) > 2
    assert all(begun is ended for begun, ended in pages)


async def test_a_file_that_is_none_is_not_taken_up(releases, tmp_path, caplog):
    link = tmp_path / "current"
    switch(link, releases[0])
    served = site(link / "evidence.db")
    assert (await served.client.get("/")).status_code == 200
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "evidence.db").write_text("half a copy of a file, as a full disk leaves it")
    switch(link, wrong)
    for _ in range(5):
        assert (await served.client.get(RECORD)).status_code == 200
        await asyncio.sleep(0.02)
    assert caplog.text.count("is not taken up") == 1
    switch(link, releases[1])
    for _ in range(50):
        text = (await served.client.get(RECORD)).text
        if "Reliance between" in text:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the next whole file was not taken up")


async def test_visitors_who_take_downloads_slowly_hold_up_nobody(releases, monkeypatch):
    monkeypatch.setattr(downloads, "_CHUNK", 10)
    served = site(releases[0] / "evidence.db")
    evidence = evidence_of(served)
    assert evidence is not None
    streams = [downloads.stream(evidence, ["smith-2004-trust"] * 50, "ris") for _ in range(DOWNLOADS)]
    for stream in streams:
        assert await anext(stream)
    pages = await asyncio.gather(*(served.client.get("/search?q=trust") for _ in range(20)))
    assert {page.status_code for page in pages} == {200}
    refused = await served.client.get("/export.ris")
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "5"
    assert "Try again in a few seconds" in Page(refused.text).text()
    for stream in streams:
        await stream.aclose()
    whole = await served.client.get("/export.ris")
    assert whole.text.count("ER  -") == 30


async def test_more_visitors_than_can_wait_are_told_to_come_again(releases, monkeypatch):
    monkeypatch.setattr("kb.site.evidence._WAITING", 1)
    served = site(releases[0] / "evidence.db")
    answers = await asyncio.gather(*(served.client.get("/search?q=trust") for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200, 503}
    assert (await served.client.get("/search?q=trust")).status_code == 200


async def test_health_is_told_on_a_public_site(releases):
    health = (await site(releases[0] / "evidence.db").client.get("/-/health")).json()
    assert (health["ok"], health["records"], health["index"]) == (True, 30, "current")


@pytest.mark.parametrize("prefix", ["/evidence/", "evidence", "/a/b"])
async def test_every_link_stays_behind_the_prefix(releases, prefix):
    served = site(releases[0] / "evidence.db", prefix=prefix)
    base = f"/{prefix.strip('/')}/"
    client = httpx.AsyncClient(transport=httpx.ASGITransport(served.app()), base_url="http://localhost")
    for path in (
        "",
        "search?q=trust",
        "themes/trust",
        "evidence/records/smith-2004-trust",
        "evidence",
        "made",
    ):
        answer = await client.get(base + path)
        assert answer.status_code == 200
        page = Page(answer.text)
        links = [has.get("href", has.get("src", "")) for _, has, _ in page.elements]
        assert [link for link in links if link.startswith("/") and not link.startswith(base)] == []


def test_a_prefix_that_is_none_is_said_in_one_line(releases):
    with pytest.raises(EvidenceError, match="takes letters, digits"):
        site(releases[0] / "evidence.db", prefix="/evi dence/")


@pytest.mark.parametrize(
    ("proxies", "scheme"),
    [
        pytest.param(["10.0.0.0/8"], "https", id="told by the proxy"),
        pytest.param(["10.9.9.9"], "http", id="told by a stranger"),
        pytest.param([], "http", id="no proxy"),
    ],
)
async def test_only_a_proxy_is_believed_what_the_visitor_sees(releases, proxies, scheme):
    config = serving._config(site(releases[0] / "evidence.db"), proxies)
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=("10.0.0.1", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://kb.example.org") as client:
        feed = (await client.get("/themes/trust.atom", headers=FORWARDED)).text
    assert set(re.findall(r"(https?)://kb\.example\.org/", feed)) == {scheme}


@pytest.fixture
def running(releases: tuple[Path, Path]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`kb serve` in a process of its own, and its address."""
    command = [str(KB), "--db", str(releases[0] / "evidence.db"), "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=HERE)
    assert process.stderr is not None
    found = re.search(r"http://\S+", process.stderr.readline())
    assert found is not None
    yield process, found[0]
    process.kill()
    process.wait()


def test_the_server_sends_at_once_and_ends_politely(running):
    process, address = running
    with httpx.Client(base_url=address) as client:
        client.get("/")
        taken = []
        for _ in range(9):
            begun = time.perf_counter()
            assert client.get("/-/health").status_code == 200
            taken.append(time.perf_counter() - begun)
        # Nagle's algorithm and the other side's delayed acknowledgement cost 40 ms each time.
        assert min(taken) < 0.035
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    assert "Traceback" not in process.stderr.read()


# What lies in deploy/, the Dockerfile and docs/deploy.md


def dockerfile() -> list[tuple[str, str]]:
    """(instruction, its arguments) of the Dockerfile."""
    text = re.sub(r"^#.*\n", "", (HERE / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [
        (name, rest)
        for name, _, rest in (line.partition(" ") for line in text.replace("\\\n", " ").splitlines())
        if name
    ]


def test_what_the_image_copies_is_there_and_not_kept_from_it():
    kept = (HERE / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name, rest in dockerfile():
        if name == "COPY" and "--from" not in rest:
            for source in shlex.split(rest)[:-1]:
                assert (HERE / source).exists()
                assert f"!{source}" in kept


def test_the_image_is_pinned_and_not_run_by_root():
    steps = dockerfile()
    bases = [rest.split()[0] for name, rest in steps if name == "FROM"]
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+(@sha256:\w{64})?", base) for base in bases)
    assert len(set(bases)) == 1
    names = [name for name, _ in steps]
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert ("USER", "10001:10001") in steps


def test_every_version_in_the_image_is_said_and_fits():
    lines = (HERE / "deploy/constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.lower().replace("_", "-").split("==") for line in lines if not line.startswith("#"))
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for needed in map(Requirement, project["dependencies"]):
        assert needed.specifier.contains(pinned[needed.name.lower()])


@pytest.mark.parametrize(
    "name", ["Dockerfile", "deploy/evidence-kb.service", "deploy/nginx.conf", "docs/deploy.md"]
)
def test_every_option_of_serve_that_is_named_exists(name):
    text = (HERE / name).read_text(encoding="utf-8").replace('", "', " ")
    used = {
        option
        for line in text.splitlines()
        if "serve" in line
        for option in re.findall(r"(?<=\s)--[a-z-]+", line.partition("serve")[2])
    }
    options = {option for parameter in serve_command.params for option in parameter.opts}
    assert used <= options


def test_a_backup_is_restored_whole(releases, tmp_path):
    held = sqlite3.connect(releases[0] / "evidence.db")
    held.execute("begin immediate")
    held.execute("update records set title = 'half done'")
    done = subprocess.run(
        ["sh", str(HERE / "deploy/kb-backup"), str(releases[0] / "evidence.db"), str(tmp_path)],
        env=os.environ | {"KB": str(KB)},
        capture_output=True,
        text=True,
        check=False,
    )
    held.rollback()
    held.close()
    assert done.returncode == 0, done.stderr
    [kept] = tmp_path.glob("evidence-*.db.gz")
    restored = tmp_path / "evidence.db"
    restored.write_bytes(gzip.decompress(kept.read_bytes()))
    with Store.open(restored) as store:
        index(store)
        assert store.record("smith-2004-trust").title == "Trust between agencies"
    assert [fault for fault in examine(restored) if "description" not in fault] == []
