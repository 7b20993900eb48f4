"""A server on loopback that answers as OpenAlex, Crossref, Europe PMC and PubMed are documented to.

Pages hold two works, whatever is asked for, so that a few works make several pages. ``faults`` are used
up one a request: each may change the server first, and answers instead of it if it gives a ``Reply``.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = 2


@dataclass(frozen=True)
class Reply:
    """An answer; ``cut`` closes the connection in the middle of the body."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


Fault = Callable[["Replay"], Reply | None]


def answer(body: str = "", status: int = 200, *, cut: bool = False, **headers: str) -> Fault:
    """A fault that answers so."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Reply(body, status, named, cut)


def fine(_: Replay) -> None:
    """No fault."""


@dataclass
class Replay:
    """Works by number, 1 to n, and what was asked."""

    numbers: list[int] = field(default_factory=lambda: list(range(1, 8)))
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    history: dict[str, list[int]] = field(default_factory=dict)
    url: str = ""

    def reply(self, target: str) -> Reply:
        """The answer to a request."""
        self.asked.append(target)
        fault = self.faults.pop(0) if self.faults else fine
        told = fault(self)
        if told is not None:
            return told
        parts = urlsplit(target)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return getattr(self, parts.path.strip("/").replace("/", "_").replace(".fcgi", ""))(asked)

    def openalex_works(self, asked: dict[str, str]) -> Reply:
        """https://developers.openalex.org/guides/page-through-results"""
        numbers, cursor = self._page(asked["cursor"])
        results = [
            {
                "id": f"https://openalex.org/W{number}",
                "doi": f"https://doi.org/10.1000/{number}",
                "title": title(number),
                "publication_year": 2000 + number,
                "authorships": [],
                "type": "article",
            }
            for number in numbers
        ]
        meta = {"count": len(self.numbers), "per_page": PAGE, "next_cursor": cursor if numbers else None}
        return Reply(json.dumps({"meta": meta, "results": results, "group_by": []}))

    def crossref_works(self, asked: dict[str, str]) -> Reply:
        """https://api.crossref.org/swagger-ui/index.html"""
        numbers, cursor = self._page(asked["cursor"])
        works = [
            {
                "DOI": f"10.1000/{number}",
                "type": "journal-article",
                "title": [title(number)],
                "issued": {"date-parts": [[2000 + number]]},
                "reference-count": 0,
            }
            for number in numbers
        ]
        message = {"facets": {}, "total-results": len(self.numbers), "items": works}
        message |= {"items-per-page": PAGE, "query": {"start-index": 0}, "next-cursor": cursor}
        envelope = {"status": "ok", "message-type": "work-list", "message-version": "1.0.0"}
        return Reply(json.dumps(envelope | {"message": message}))

    def europepmc_search(self, asked: dict[str, str]) -> Reply:
        """https://europepmc.org/RestfulWebService"""
        numbers, cursor = self._page(asked["cursorMark"])
        works = [
            {
                "id": str(number),
                "source": "MED",
                "pmid": str(number),
                "title": title(number),
                "pubYear": "2001",
            }
            for number in numbers
        ]
        content = {"version": "6.9", "hitCount": len(self.numbers), "nextCursorMark": cursor}
        return Reply(json.dumps(content | {"request": {}, "resultList": {"result": works}}))

    def pubmed_esearch(self, asked: dict[str, str]) -> Reply:
        """https://www.ncbi.nlm.nih.gov/books/NBK25499/#chapter4.ESearch"""
        found = self.numbers
        if span := re.search(r"(\d{4})/(\d\d)/(\d\d):(\d{4})/(\d\d)/(\d\d)\[edat\]", asked["term"]):
            first, last = "".join(span.groups()[:3]), "".join(span.groups()[3:])
            found = [number for number in found if first <= entered(number) <= last]
        environment = f"MCID_{len(self.asked)}"
        self.history[environment] = list(found)
        result = {"count": str(len(found)), "retmax": "0", "retstart": "0", "idlist": []}
        result |= {"querykey": "1", "webenv": environment}
        return Reply(json.dumps({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result}))

    def pubmed_efetch(self, asked: dict[str, str]) -> Reply:
        """https://www.ncbi.nlm.nih.gov/books/NBK25499/#chapter4.EFetch"""
        if asked["WebEnv"] not in self.history:
            return Reply("<eFetchResult>\n\t<ERROR>Unable to obtain query #1</ERROR>\n</eFetchResult>", 400)
        start = int(asked["retstart"])
        numbers = self.history[asked["WebEnv"]][start : start + int(asked["retmax"])]
        articles = "\n".join(
            f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article><Journal><JournalIssue><PubDate>"
            f"<Year>2001</Year></PubDate></JournalIssue></Journal><ArticleTitle>{title(number)}</ArticleTitle>"
            "</Article></MedlineCitation></PubmedArticle>"
            for number in numbers
        )
        return Reply(f'<?xml version="1.0" ?>\n<PubmedArticleSet>\n{articles}\n</PubmedArticleSet>')

    def _page(self, cursor: str) -> tuple[list[int], str]:
        start = 0 if cursor == "*" else int(cursor.removeprefix("after "))
        numbers = self.numbers[start : start + PAGE]
        return numbers, f"after {start + len(numbers)}" if numbers else cursor


def title(number: int) -> str:
    """Titles that no two works share a word of."""
    words = "apples bridges candles deserts engines forests gardens harbours islands jungles kettles lanterns"
    return f"{words.split()[number % 12]} {number}".capitalize()


def entered(number: int) -> str:
    """The day on which PubMed entered a record."""
    return f"20{number:02d}0301"


@contextmanager
def replaying(replay: Replay | None = None) -> Iterator[Replay]:
    """The server, listening; ``url`` is where."""
    replay = replay or Replay()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            replay.agents.append(self.headers.get("User-Agent", ""))
            told = replay.reply(self.path)
            body = told.body.encode()
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + 1000 * told.cut))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        replay.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield replay
        finally:
            server.shutdown()
            thread.join()
