"""A visitor who means no good: follows every link of a site, and asks each again in ways that nobody should.

Usage: python -m tests.fuzz_site ADDRESS [--seconds 600] [--seed 1]

Asks a site that is served already. A finding is an answer with a status of 500 or more (but for the 503
that says so), one that shows a trace or a script as it was sent, a redirect to another site, no answer at
all, or one that took longer than five seconds. Prints each, and how many answers had which status; ends
with 1 if there was any.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import httpx

SCRIPT = '"><script>alert(1)</script>'
_HREF = re.compile(r"""(?:href|action|src)=["']([^"'#]+)""")
_VALUES = (
    "",
    "0",
    "-1",
    "1" + "0" * 30,
    "1e9",
    "NaN",
    "\x00",
    "'",
    '"',
    '"""',
    "((((",
    "AND OR NOT",
    "*" * 50,
    "a" * 9000,
    SCRIPT,
    "javascript:alert(1)",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "' or 1=1 --",
    "; drop table records",
    "%s%s%n{0}{{7*7}}${7*7}",
    "\u202eevil\u200f",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "a\r\nSet-Cookie: x=1",
    "//example.org/",
    "https://example.org/",
)
_RAW = ("%ff", "%c0%ae", "%00", "%", "%zz", "+", "%0d%0aX: y")
_HEADERS: tuple[dict[str, str], ...] = (
    {"Host": "example.org"},
    {"X-Forwarded-Host": "example.org", "X-Forwarded-Proto": "https"},
    {"X-Forwarded-For": "' or 1=1", "X-Original-URL": "/-/metadata"},
    {"Accept": "application/json;q=x, */*"},
    {"Range": "bytes=0-0,5-2"},
    {"Cookie": "ds_actor=x; ds_csrftoken=\xff"},
    {"Authorization": "Bearer x"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"If-None-Match": "*", "If-Modified-Since": "never"},
    {"Referer": SCRIPT, "User-Agent": "'" * 3000},
)
_METHODS = ("HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")
_SLOW = 5.0
#: How many of the questions follow a link as it is, while there are any.
_NEW = 0.4
#: Where a crawl begins, beside the pages that lead on.
START = (
    "/",
    "/search?q=trust&direction=barrier&since=2000&page=2&sort=title",
    "/search.atom?q=trust",
    "/map?rows=year&columns=factor",
    "/map.svg",
    "/map.csv",
    "/export.bib?q=trust&mode=keyword",
    "/api/search?q=trust&facets=1",
    "/api/export?id=x",
    "/api/openapi.json",
    "/-/health",
    "/-/metadata",
    "/saved",
    "/sign-in",
    "/decisions?page=2",
    "/doubts/a/b",
    "/records/x/why?theme=x&direction=barrier",
    "/records/x/cite?style=apa",
    "/nowhere",
)


@dataclass
class Crawl:
    """One pass over a site: what was asked, what was found."""

    address: str
    chance: random.Random
    statuses: Counter[int] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    known: dict[str, list[str]] = field(default_factory=dict)

    def run(self, client: httpx.Client, seconds: float) -> None:
        """Ask until the time is over: what is new as it is, then anything known in another way."""
        until = time.monotonic() + seconds
        waiting = list(START)
        while time.monotonic() < until:
            if waiting and self.chance.random() < _NEW:
                path = waiting.pop(0)
                waiting += self._links(path, self._ask(client, "GET", path))
            else:
                method, path, headers = self._mutated()
                self._ask(client, method, path, headers)

    def _ask(
        self, client: httpx.Client, method: str, path: str, headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        began = time.monotonic()
        sent = {name: value.encode("latin-1", "replace") for name, value in (headers or {}).items()}
        try:
            response = client.request(method, self.address + path, headers=sent)
        except httpx.HTTPError as error:
            # What the server closes the door on before it is a request is answered so.
            if not headers and "\\" not in path:
                self._found(method, path, headers, f"no answer ({error})")
            return None
        except (UnicodeError, ValueError, httpx.InvalidURL):
            return None
        self.statuses[response.status_code] += 1
        for reason in self._wrong(response, time.monotonic() - began):
            self._found(method, path, headers, reason)
        return response

    def _wrong(self, response: httpx.Response, took: float) -> Iterator[str]:
        if response.status_code >= 500 and response.status_code != 503:
            yield f"status {response.status_code}"
        if took > _SLOW:
            yield f"took {took:.1f} s"
        location = response.headers.get("location", "")
        if location and urlsplit(urljoin(self.address, location)).netloc not in (
            urlsplit(self.address).netloc,
            response.request.headers.get("host"),
        ):
            yield f"leads to {location}"
        if "set-cookie" in response.headers and "x=1" in response.headers["set-cookie"]:
            yield "sets a cookie that was sent to it"
        kind = response.headers.get("content-type", "")
        if kind.startswith(("text/html", "application/json", "text/plain")):
            text = response.text
            if "Traceback (most recent" in text or re.search(r'File "[^"]+", line \d+', text):
                yield "shows a trace"
            if kind.startswith("text/html") and "<script>alert(1)" in text:
                yield "shows a script as it was sent"

    def _found(self, method: str, path: str, headers: dict[str, str] | None, reason: str) -> None:
        finding = f"{reason}: {method} {path[:300]} {headers or ''}"
        self.findings.append(finding)
        print(finding, flush=True)

    def _links(self, path: str, response: httpx.Response | None) -> Iterator[str]:
        """The links of a page that are new: a few of each kind, as a library has thousands."""
        if response is None or "html" not in response.headers.get("content-type", ""):
            return
        for link in _HREF.findall(response.text):
            whole = urlsplit(urljoin(self.address + path, link.replace("&amp;", "&")))
            if whole.netloc != urlsplit(self.address).netloc:
                continue
            found = whole.path + (f"?{whole.query}" if whole.query else "")
            kind = _kind(whole.path, whole.query)
            alike = self.known.setdefault(kind, [])
            if found not in alike and len(alike) < 6:
                alike.append(found)
                yield found

    def _mutated(self) -> tuple[str, str, dict[str, str] | None]:
        kinds = list(self.known) or ["/"]
        alike = self.known.get(self.chance.choice(kinds)) or ["/"]
        path, _, query = self.chance.choice(alike).partition("?")
        way = self.chance.random()
        if way < 0.1:
            return self.chance.choice(_METHODS), self._address(path, query), None
        if way < 0.2:
            return "GET", self._address(path, query), self.chance.choice(_HEADERS)
        if way < 0.4:
            parts = path.split("/")
            at = self.chance.randrange(len(parts))
            parts[at] = self.chance.choice(
                [quote(self.chance.choice(_VALUES), safe=""), self.chance.choice(_RAW)]
            )
            return "GET", self._address("/" + "/".join(parts).lstrip("/"), query), None
        return "GET", self._address(path, self._other(query)), None

    def _other(self, query: str) -> str:
        """The parameters with one of them doubled, dropped, swapped, renamed, or of a value that is none."""
        pairs = parse_qsl(query, keep_blank_values=True) or [("q", "trust"), ("page", "1")]
        at = self.chance.randrange(len(pairs))
        name, _ = pairs[at]
        way = self.chance.randrange(6)
        if way == 0:
            pairs.append(pairs[at])
        elif way == 1:
            del pairs[at]
        elif way == 2:
            pairs[at] = (self.chance.choice(_VALUES)[:200], name)
        elif way == 3:
            return f"{urlencode(pairs)}&{quote(name)}={self.chance.choice(_RAW)}"
        else:
            pairs[at] = (name, self.chance.choice(_VALUES))
        return urlencode(pairs, errors="surrogatepass")

    def _address(self, path: str, query: str) -> str:
        return (path or "/") + (f"?{query}" if query else "")


def _kind(path: str, query: str) -> str:
    """Links of one kind: the same path but for ids, the same parameters but for their values."""
    parts = path.strip("/").split("/")
    last = parts[-1] if len(parts) != 2 else ""
    ending = path.rpartition(".")[2] if "." in parts[-1] else ""
    names = ",".join(sorted({name for name, _ in parse_qsl(query)}))
    return f"{parts[0]} {len(parts)} {last if last.isalpha() else ''} {ending}?{names}"


def main() -> None:
    """Crawl, print, and end with 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="where the site is served, such as http://127.0.0.1:8001")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    crawl = Crawl(options.address.rstrip("/"), random.Random(options.seed))
    with httpx.Client(timeout=30) as client:
        crawl.run(client, options.seconds)
    asked = sum(crawl.statuses.values())
    print(f"{asked:,} answers, {sum(map(len, crawl.known.values()))} links of {len(crawl.known)} kinds")
    for status, count in sorted(crawl.statuses.items()):
        print(f"  {status}  {count:,}")
    print(f"{len(crawl.findings)} findings")
    sys.exit(bool(crawl.findings))


if __name__ == "__main__":
    main()
