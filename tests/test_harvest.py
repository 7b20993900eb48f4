"""Live sources over real HTTP, against a server that answers as they do and fails as they do."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import EvidenceError
from corpus.store import Store
from ingest.harvesting import pubmed as harvest_pubmed
from ingest.harvesting.client import TRIES, Client, Refused, retry_after
from ingest.harvesting.harvest import Harvest, harvest
from ingest.harvesting.service import Search
from ingest.intake import take_page
from kb.cli import cli
from kb.cli.harvesting import SERVICES as OFFERED
from kb.harvesting import SERVICES
from tests.replay import PAGE, Replay, answer, fine, replaying, title

every_service = pytest.mark.parametrize("name", SERVICES)
by_cursor = pytest.mark.parametrize("name", ["openalex", "crossref", "europepmc"])


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as running:
        yield running


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    with Store.scratch(tmp_path / "evidence.db") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(harvest_pubmed, "_SIZE", PAGE)


def run(replay: Replay, store: Store, name: str, waits: list[float] | None = None, **options) -> Harvest:
    service = SERVICES[name]
    search = options.pop("search", Search("teams"))
    private = service.private("me@example.org", "secret")
    sleep = (waits if waits is not None else []).append
    with Client(
        f"{replay.url}/{name}", mailto="me@example.org", private=private, sleep=sleep, clock=lambda: 0.0
    ) as client:
        return harvest(store, service, client, search, **options)


def titles(store: Store) -> list[str]:
    return sorted(record.title for record in store.records())


def numbered(*numbers: int) -> list[str]:
    return sorted(title(number) for number in numbers)


def source(store: Store) -> dict:
    (row,) = store.query("select * from sources")
    return row


@every_service
def test_a_search_takes_in_every_work_of_every_page(name, replay, store):
    result = run(replay, store, name)
    assert (result.complete, result.total, result.taken, result.stopped) == (True, 7, 7, "")
    assert titles(store) == numbered(*range(1, 8))
    row = source(store)
    assert (row["name"], row["query"], row["total"], row["pieces"], row["next"]) == (
        f"{name}: teams",
        "teams",
        7,
        7,
        None,
    )
    lines = [line for (line,) in store.connection.execute("select line from source_records order by id")]
    assert lines == list(range(1, 8))


@every_service
def test_every_request_is_kept_without_who_asked(name, replay, store):
    run(replay, store, name)
    requests = list(store.query("select * from requests order by id"))
    assert len(requests) == len(replay.asked)
    assert sum(request["pieces"] for request in requests) == 7
    assert {request["status"] for request in requests} == {200}
    kept = " ".join([source(store)["address"], *(request["address"] for request in requests)])
    assert "teams" in kept
    assert "example.org" not in kept
    assert "secret" not in kept
    assert all("example.org" in asked for asked in replay.asked)
    assert all("mailto:me@example.org" in agent for agent in replay.agents)


@every_service
def test_years_become_the_filters_of_the_service(name, replay, store):
    result = run(replay, store, name, search=Search("teams OR groups", 2000, 2009))
    assert result.source == f"{name}: teams OR groups [2000-2009]"
    sign = {
        "openalex": "filter=from_publication_date%3A2000-01-01%2Cto_publication_date%3A2009-12-31",
        "crossref": "filter=from-pub-date%3A2000%2Cuntil-pub-date%3A2009",
        "europepmc": "query=%28teams+OR+groups%29+AND+PUB_YEAR%3A%5B2000+TO+2009%5D",
        "pubmed": "term=%28teams+OR+groups%29+AND+2000%3A2009%5Bdp%5D",
    }
    assert sign[name] in replay.asked[0]


@every_service
@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        pytest.param(answer(status=429, Retry_After="7"), [7.0], id="429 with seconds to wait"),
        pytest.param(answer("oops", 500), None, id="500"),
        pytest.param(answer(status=503), None, id="503"),
        pytest.param(answer('{"resu', cut=True), None, id="connection cut in the body"),
        pytest.param(answer('{"results": [{"id":'), None, id="broken JSON or XML"),
        pytest.param(
            answer("<!DOCTYPE html><html><title>Maintenance</title></html>"), None, id="HTML with 200"
        ),
        pytest.param(answer("[]"), None, id="JSON that is no page"),
    ],
)
def test_a_passing_fault_is_waited_out_and_costs_nothing(name, fault, waits, replay, store):
    replay.faults = [fine, fault]
    slept: list[float] = []
    result = run(replay, store, name, slept)
    assert result.complete
    assert titles(store) == numbered(*range(1, 8))
    assert len(slept) == 1
    assert slept == waits if waits else 1 <= slept[0] <= 2


@every_service
def test_a_lasting_fault_stops_in_one_line_and_the_same_search_goes_on(name, replay, store):
    replay.faults = [fine, fine, *[answer(status=500)] * TRIES]
    slept: list[float] = []
    broken = run(replay, store, name, slept)
    assert not broken.complete
    assert broken.stopped.startswith("127.0.0.1: answered 500 Internal Server Error, 6 times; run the same")
    assert len(slept) == TRIES - 1
    assert slept == sorted(slept)
    asked = len(replay.asked)
    result = run(replay, store, name)
    assert (result.resumed, result.complete, result.taken) == (True, True, 7)
    assert source(store)["pieces"] == 7
    assert titles(store) == numbered(*range(1, 8))
    # What was there is not asked for again.
    assert len(replay.asked) - asked <= 3


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(SERVICES)), breaks=st.lists(st.integers(0, 12), max_size=4))
def test_a_search_killed_anywhere_and_resumed_ends_as_one_unbroken(name, breaks, replay, tmp_path):
    def killed_at(step: int):
        left = [step]

        def report(*_: object) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt

        return report

    with Store.scratch(tmp_path / "a") as store, Store.scratch(tmp_path / "b") as unbroken:
        for step in [*breaks, 1000]:
            try:
                run(replay, store, name, report=killed_at(step))
            except KeyboardInterrupt:
                continue
            break
        run(replay, unbroken, name)
        assert list(store.records()) == list(unbroken.records())
        rows = "select line, raw, record, reason from source_records order by id"
        assert list(store.query(rows)) == list(unbroken.query(rows))
        counts = "select name, query, address, pieces, records, problems, total, next from sources"
        assert list(store.query(counts)) == list(unbroken.query(counts))


@by_cursor
def test_an_expired_cursor_is_told_and_nothing_is_taken_twice(name, replay, store):
    replay.faults = [fine, fine, answer('{"message": "Invalid cursor"}', 400)]
    result = run(replay, store, name)
    assert result.complete
    assert result.notes == ["the service forgot where the search was: asked again, nothing is taken twice."]
    assert source(store)["pieces"] == 7
    assert store.value("select count(*) from source_records") == 7


def test_europe_pmcs_refusals_come_with_200(replay, store):
    replay.faults = [
        fine,
        fine,
        answer('{"version": "6.9", "errCode": 404, "errMsg": "Invalid cursor mark"}'),
    ]
    assert run(replay, store, "europepmc").complete
    replay.faults = [answer('{"version": "6.9", "errCode": 404, "errMsg": "Invalid page size"}')]
    with pytest.raises(Refused, match=r"refused the request \(404: Invalid page size\); check the query"):
        run(replay, store, "europepmc", search=Search("other"))


def test_a_forgotten_history_of_pubmed_is_searched_anew(replay, store):
    def forget(replay: Replay) -> None:
        replay.history.clear()

    replay.faults = [fine, fine, forget]
    result = run(replay, store, "pubmed")
    assert (result.complete, result.taken) == (True, 7)
    assert store.value("select count(*) from source_records") == 7


def test_a_cursor_that_is_always_forgotten_ends(replay, store):
    replay.faults = [fine, fine] + [answer(status=400), fine, fine] * 9
    result = run(replay, store, "openalex")
    assert "forgot 4 times" in result.stopped


@by_cursor
def test_a_changed_total_is_told_and_what_it_hid_is_asked_for(name, replay, store):
    def grow(replay: Replay) -> None:
        # A work that ranks first pushes one to the next page, and stands itself on a page already read.
        replay.numbers.insert(0, 11)

    replay.faults = [fine, grow]
    result = run(replay, store, name)
    assert (result.complete, result.total, result.taken) == (True, 8, 8)
    assert "the number of works changed from 7 to 8 on the way." in result.notes
    assert titles(store) == numbered(11, *range(1, 8))
    assert store.value("select count(*) from source_records") == 8


@by_cursor
@pytest.mark.parametrize("cursors", [["after 0"], ["after 2", "after 4", "after 2"]], ids=["page", "circle"])
def test_pages_that_repeat_themselves_end_in_one_line(name, cursors, replay, store):
    real, left = replay._page, list(cursors)

    def stuck(cursor: str) -> tuple[list[int], str]:
        return real(cursor)[0], left.pop(0) if len(left) > 1 else left[0]

    replay._page = stuck
    replay.numbers = list(range(100))
    result = run(replay, store, name)
    assert result.stopped.startswith("127.0.0.1: gave the same page again after ")
    assert result.taken == PAGE * len(cursors)
    assert len(replay.asked) <= 4
    assert source(store)["next"]


def test_works_that_the_service_cannot_tell_apart_are_each_kept(replay, store):
    nameless = [{"title": "One", "type": "article"}, {"title": "Two"}, 3, 3]
    replay.faults = [answer(json.dumps({"meta": {"count": 4}, "results": nameless}))]
    result = run(replay, store, "openalex")
    assert (result.intake.records, result.intake.problems) == (2, 1)


def test_pubmed_takes_a_long_search_in_spans_of_days(replay, store, monkeypatch):
    monkeypatch.setattr(harvest_pubmed, "MOST", 3)
    result = run(replay, store, "pubmed")
    assert (result.complete, result.total, result.taken) == (True, 7, 7)
    assert titles(store) == numbered(*range(1, 8))
    spans = [asked for asked in replay.asked if "edat" in asked]
    assert spans
    assert all("%28teams%29+AND+" in asked for asked in spans)


def test_more_records_of_one_day_than_pubmed_gives_are_said_plainly(replay, store, monkeypatch):
    monkeypatch.setattr(harvest_pubmed, "MOST", 3)
    monkeypatch.setattr("tests.replay.entered", lambda number: "20050301")
    result = run(replay, store, "pubmed")
    assert result.taken == 3
    assert result.notes == [
        "PubMed has 7 records of 2005/03/01 and hands out 3 of them; narrow the query to get the others."
    ]


@every_service
def test_a_limit_stops_and_a_higher_one_goes_on(name, replay, store):
    first = run(replay, store, name, limit=3)
    assert (first.taken, first.complete) == (3, False)
    asked = len(replay.asked)
    assert run(replay, store, name, limit=3).taken == 3
    assert len(replay.asked) == asked
    assert run(replay, store, name, limit=100).complete
    assert titles(store) == numbered(*range(1, 8))
    assert store.value("select count(*) from source_records") == 7


def test_restart_begins_a_new_search(replay, store):
    run(replay, store, "openalex", limit=3)
    result = run(replay, store, "openalex", restart=True)
    assert (result.resumed, result.taken, result.intake.joins) == (False, 7, 3)
    assert store.value("select count(*) from sources") == 2
    assert titles(store) == numbered(*range(1, 8))


def test_no_works_is_an_answer_too(replay, store):
    replay.numbers = []
    result = run(replay, store, "crossref")
    assert (result.complete, result.total, result.taken) == (True, 0, 0)
    assert source(store)["total"] == 0


def test_a_long_wait_is_left_to_the_person(replay, store):
    replay.faults = [answer(status=429, Retry_After="3600")]
    with pytest.raises(EvidenceError, match=r"asks to wait 60 minutes \(429\); run the same"):
        run(replay, store, "openalex")
    assert store.value("select count(*) from sources") == 0


def test_a_refused_query_is_told_in_the_services_words(replay, store):
    replay.faults = [answer('{"error": "Invalid query parameters error.", "message": "No such filter"}', 403)]
    with pytest.raises(Refused, match=r"refused the request \(403: No such filter\); check the query"):
        run(replay, store, "openalex")


def test_requests_keep_their_distance(replay):
    now, waits = [0.0], []

    def sleep(seconds: float) -> None:
        waits.append(round(seconds, 3))
        now[0] += seconds

    with Client(replay.url, interval=0.5, sleep=sleep, clock=lambda: now[0]) as client:
        for _ in range(3):
            client.get("openalex/works", {"cursor": "*"}, json.loads)
            now[0] += 0.2
    assert waits == [0.3, 0.3]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Wed, 21 Oct 2026 07:28:10 GMT", 10.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(header, seconds):
    assert retry_after(header, datetime(2026, 10, 21, 7, 28, tzinfo=UTC)) == seconds


def kb(*arguments: str, **environment: str):
    return CliRunner().invoke(cli, arguments, env=environment)


def test_the_command_takes_in_tags_and_shows_how_to_report_it(replay, tmp_path):
    path = str(tmp_path / "evidence.db")
    environment = {"KB_OPENALEX_URL": f"{replay.url}/openalex"}
    result = kb("--db", path, "harvest", "openalex", "health", "teams", "--limit", "3", **environment)
    assert result.exit_code == 0, result.output
    assert "openalex: health teams: 3 of 7 works taken in so far." in result.stderr
    assert "a higher one, or without, goes on" in result.stderr
    result = kb("--db", path, "harvest", "openalex", "health teams", "--json", **environment)
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert (content["harvest"]["taken"], content["harvest"]["resumed"]) == (7, True)
    assert content["sources"][0]["new"] == 4
    (row,) = json.loads(kb("--db", path, "sources", "--json").stdout)
    assert (row["query"], row["total"], row["pieces"], row["complete"]) == ("health teams", 7, 7, "yes")
    assert row["address"] == f"{replay.url}/openalex/works?search=health+teams"
    with sqlite3.connect(path) as database:
        assert database.execute("select count(*) from taggings").fetchone() == (7,)


def test_ctrl_c_keeps_what_came_in_and_says_how_to_go_on(replay, tmp_path, monkeypatch):
    path = tmp_path / "evidence.db"
    pages = iter([take_page])

    def interrupted(*arguments, **options):
        for page in pages:
            return page(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr("ingest.harvesting.harvest.take_page", interrupted)
    environment = {"KB_CROSSREF_URL": f"{replay.url}/crossref", "KB_MAILTO": "me@example.org"}
    result = kb("--db", str(path), "harvest", "crossref", "teams", **environment)
    assert result.exit_code == 130
    assert "Run the same command again to go on where it stopped." in result.stderr
    with Store.open(path) as store:
        assert titles(store) == numbered(1, 2)


def test_a_dry_run_says_how_many_and_makes_no_file(replay, tmp_path):
    path = tmp_path / "evidence.db"
    environment = {"KB_PUBMED_URL": f"{replay.url}/pubmed"}
    result = kb("--db", str(path), "harvest", "pubmed", "teams", "--dry-run", **environment)
    assert result.exit_code == 0
    assert result.stdout == "pubmed has 7 works for: teams\n"
    assert not path.exists()


def test_offline_is_one_line_and_writes_nothing(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = tmp_path / "evidence.db"
    environment = {"KB_CROSSREF_URL": f"http://127.0.0.1:{port}"}
    result = kb("--db", str(path), "harvest", "crossref", "teams", **environment)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: cannot reach 127.0.0.1: ")
    assert result.stderr.count("\n") == 1
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "teams"], "openalex"),
        (["openalex"], "give a QUERY"),
        (["openalex", "teams", "--since", "2010", "--until", "2000"], "--since 2010 is after --until 2000"),
        (["openalex", "teams", "--limit", "0"], "--limit"),
    ],
)
def test_a_wrong_call_says_what_is_right(arguments, said):
    result = kb("harvest", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_private_key_is_asked_for_by_its_name(replay, tmp_path):
    replay.faults = [answer('{"message": "API key required"}', 401)]
    result = kb(
        "--db", str(tmp_path / "e.db"), "harvest", "openalex", "x", KB_OPENALEX_URL=f"{replay.url}/openalex"
    )
    assert result.exit_code == 1
    assert "API key required); the service asks for a key: set KB_OPENALEX_KEY." in result.stderr


def test_the_command_line_offers_every_service():
    assert set(OFFERED) == set(SERVICES)
