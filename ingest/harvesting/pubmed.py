"""PubMed as a live source: a search kept on its history server, then its records in parts, as XML.

PubMed hands out no more than the first 9,999 records of a search. A longer one is taken in spans of the
day on which a record was entered: every record has exactly one, so the spans part the search without gap
or overlap. Source: https://www.ncbi.nlm.nih.gov/books/NBK25499/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from ingest.files.text import Text
from ingest.harvesting.client import Client, Refused
from ingest.harvesting.service import Expired, Page, Position, Search, count, read_json
from ingest.parsers.json_items import mapping, text_of
from ingest.parsers.pubmed_xml import PubmedXml

#: Records of one search that PubMed hands out.
MOST = 9_999

_SIZE = 500
_EARLIEST = date(1700, 1, 1)
_ERROR = re.compile(r"<ERROR>(.*?)</ERROR>", re.DOTALL)
_FORGOTTEN = re.compile(r"history|obtain query|WebEnv|query_key|OUT OF RANGE", re.IGNORECASE)


class PubmedService:
    """Records of PubMed, by its ``term``."""

    name = "pubmed"
    format = "pubmed-xml"
    base = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"

    def interval(self, *, polite: bool, key: bool) -> float:
        """Three requests a second, ten with a key."""
        return 0.11 if key else 0.34

    def private(self, mailto: str, key: str) -> dict[str, str]:
        """The mail address and the key, under PubMed's names."""
        given = (("tool", "evidence-kb"), ("email", mailto), ("api_key", key))
        return {name: value for name, value in given if value}

    def first(self) -> Position:
        """The whole search, not yet sent."""
        return {"spans": [None]}

    def address(self, client: Client, search: Search) -> str:
        """The address of the search without history."""
        return client.address("esearch.fcgi", _parameters(search, None))

    def total(self, client: Client, search: Search) -> int:
        """How many records PubMed has for it."""
        answer = client.get("esearch.fcgi", _parameters(search, None) | {"retmax": "0"}, _read_search)
        return count(answer.content.get("count")) or 0

    def page(self, client: Client, search: Search, position: Position, source: str) -> Page:
        """A search sent, which gives no pieces, or a part of its records."""
        if "history" in position:
            return self._fetch(client, search, position, source)
        return self._search(client, search, position)

    def _search(self, client: Client, search: Search, position: Position) -> Page:
        span, *others = position["spans"]
        parameters = _parameters(search, span) | {"usehistory": "y", "retmax": "0"}
        answer = client.get("esearch.fcgi", parameters, _read_search)
        found = count(answer.content.get("count")) or 0
        following: Position | None = {"spans": others} if others else None
        notes = []
        if found:
            history = [text_of(answer.content.get(key)) for key in ("webenv", "querykey")]
            following = {**position, "history": history, "start": 0, "found": min(found, MOST)}
        if found > MOST:
            halves = _halves(span)
            if halves:
                following = {"spans": [*halves, *others]}
            else:
                notes.append(
                    f"PubMed has {found:,} records of {span[0]} and hands out {MOST:,} of them;"
                    " narrow the query to get the others."
                )
        total = found if span is None else None
        return Page((), total, following, answer.address, answer.status, notes)

    def _fetch(self, client: Client, search: Search, position: Position, source: str) -> Page:
        again = {"spans": position["spans"]}
        environment, key = position["history"]
        size = min(_SIZE, search.size or _SIZE, position["found"] - position["start"])
        parameters = {
            "db": "pubmed",
            "query_key": key,
            "WebEnv": environment,
            "retstart": str(position["start"]),
            "retmax": str(size),
            "retmode": "xml",
        }
        try:
            answer = client.get("efetch.fcgi", parameters, _read_records)
        except Refused as error:
            if _FORGOTTEN.search(error.body):
                raise Expired(again) from error
            raise
        if answer.content is None:
            raise Expired(again)
        pieces = tuple(PubmedXml().parse(Text([answer.content], source)))
        start = position["start"] + size
        following: Position | None = {**position, "start": start}
        if start >= position["found"]:
            others = position["spans"][1:]
            following = {"spans": others} if others else None
        return Page(pieces, None, following, answer.address, answer.status)


def _parameters(search: Search, span: list[str] | None) -> dict[str, str]:
    term = search.query
    if search.years:
        term = f"({term}) AND {search.since or 1000}:{search.until or 3000}[dp]"
    if span is not None:
        term = f"({term}) AND {span[0]}:{span[1]}[edat]"
    return {"db": "pubmed", "term": term, "retmode": "json"}


def _halves(span: list[str] | None) -> list[list[str]]:
    """The two halves of a span of days; none of one day."""
    first, last = (date(*map(int, day.split("/"))) for day in span) if span else (_EARLIEST, _latest())
    if first == last:
        return []
    middle = first + (last - first) // 2
    return [[_day(first), _day(middle)], [_day(middle + timedelta(days=1)), _day(last)]]


def _latest() -> date:
    # Records can be entered while they are asked for.
    return date.today() + timedelta(days=31)


def _day(day: date) -> str:
    return day.strftime("%Y/%m/%d")


def _read_search(text: str) -> Mapping[str, Any]:
    content = mapping(read_json(text).get("esearchresult"))
    if error := text_of(content.get("ERROR")):
        raise ValueError(f"said: {' '.join(error.split())[:200]}")
    if count(content.get("count")) is None:
        raise ValueError("gave no count of records")
    return content


def _read_records(text: str) -> str | None:
    """The XML of records; ``None`` if the history they are taken from is known no more."""
    if error := _ERROR.search(text[:5000]):
        if _FORGOTTEN.search(error.group(1)):
            return None
        raise ValueError(f"said: {' '.join(error.group(1).split())[:200]}")
    if not re.search(r"</PubmedArticleSet>|<PubmedArticleSet\s*/>", text[-2000:]):
        raise ValueError("gave XML that is not whole")
    return text
