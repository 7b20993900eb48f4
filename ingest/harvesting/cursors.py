"""The live sources that hand out pages by a cursor: OpenAlex, Crossref, Europe PMC.

Their own words: https://developers.openalex.org/guides/page-through-results,
https://www.crossref.org/documentation/retrieve-metadata/rest-api/, https://europepmc.org/RestfulWebService.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ingest.files.text import Text
from ingest.harvesting.client import Answer, Client, Refused
from ingest.harvesting.service import Expired, Page, Position, Search, count, read_json
from ingest.parser import Parser
from ingest.parsers.crossref import Crossref
from ingest.parsers.europepmc import EuropePmc
from ingest.parsers.json_items import mapping
from ingest.parsers.openalex import OpenAlex


class _ByCursor:
    """A service whose every page names the next."""

    name = ""
    format = ""
    base = ""
    _path = ""
    _cursor = "cursor"
    _size = 100
    _parser: Parser

    def first(self) -> Position:
        """The cursor that stands for the beginning."""
        return {"cursor": "*", "given": 0}

    def address(self, client: Client, search: Search) -> str:
        """The address without cursor and size of pages."""
        return client.address(self._path, self._parameters(search))

    def total(self, client: Client, search: Search) -> int:
        """What a page of one work says."""
        answer = self._ask(client, replace(search, size=1), self.first())
        return self._stated(answer.content[1]) or 0

    def page(self, client: Client, search: Search, position: Position, source: str) -> Page:
        """The page that a cursor leads to."""
        answer = self._ask(client, search, position)
        text, content = answer.content
        pieces = list(self._parser.parse(Text([text], source)))
        total, cursor = self._stated(content), self._following(content)
        given = position["given"] + len(pieces)
        # A last page is known by having all; some services name a next one even then, which is empty.
        last = (
            not pieces or not cursor or cursor == position["cursor"] or (total is not None and given >= total)
        )
        following = None if last else {"cursor": cursor, "given": given}
        return Page(pieces, total, following, answer.address, answer.status)

    def _ask(
        self, client: Client, search: Search, position: Position
    ) -> Answer[tuple[str, Mapping[str, Any]]]:
        size = min(self._size, search.size or self._size)
        parameters = self._parameters(search) | self._paging(size) | {self._cursor: position["cursor"]}
        try:
            answer = client.get(self._path, parameters, self._read)
            self._check(answer.content[1], client)
        except Refused as error:
            if error.status in (401, 403) or position["cursor"] == "*":
                raise
            raise Expired(self.first()) from error
        return answer

    def _read(self, text: str) -> tuple[str, Mapping[str, Any]]:
        content = read_json(text)
        if not self._is_page(content):
            raise ValueError("gave JSON that is no page of works")
        return text, content

    def _parameters(self, search: Search) -> dict[str, str]:
        raise NotImplementedError

    def _paging(self, size: int) -> dict[str, str]:
        raise NotImplementedError

    def _is_page(self, content: Mapping[str, Any]) -> bool:
        raise NotImplementedError

    def _stated(self, content: Mapping[str, Any]) -> int | None:
        raise NotImplementedError

    def _following(self, content: Mapping[str, Any]) -> str:
        raise NotImplementedError

    def _check(self, content: Mapping[str, Any], client: Client) -> None:
        """Raise ``Refused`` for a refusal that came as if it were a page."""


class OpenAlexService(_ByCursor):
    """Works of OpenAlex, by its ``search``."""

    name = format = "openalex"
    base = "https://api.openalex.org"
    _path = "works"
    _parser = OpenAlex()

    def interval(self, *, polite: bool, key: bool) -> float:
        """Ten requests a second."""
        return 0.1

    def private(self, mailto: str, key: str) -> dict[str, str]:
        """The mail address and the key, under OpenAlex's names."""
        return {name: value for name, value in (("mailto", mailto), ("api_key", key)) if value}

    def _parameters(self, search: Search) -> dict[str, str]:
        filters = []
        if search.since is not None:
            filters.append(f"from_publication_date:{search.since:04d}-01-01")
        if search.until is not None:
            filters.append(f"to_publication_date:{search.until:04d}-12-31")
        return {"search": search.query} | ({"filter": ",".join(filters)} if filters else {})

    def _paging(self, size: int) -> dict[str, str]:
        return {"per_page": str(size)}

    def _is_page(self, content: Mapping[str, Any]) -> bool:
        return isinstance(content.get("results"), list) and isinstance(content.get("meta"), dict)

    def _stated(self, content: Mapping[str, Any]) -> int | None:
        return count(mapping(content.get("meta")).get("count"))

    def _following(self, content: Mapping[str, Any]) -> str:
        return str(mapping(content.get("meta")).get("next_cursor") or "")


class CrossrefService(_ByCursor):
    """Works of Crossref, by its ``query``."""

    name = format = "crossref"
    base = "https://api.crossref.org"
    _path = "works"
    _size = 500
    _parser = Crossref()

    def interval(self, *, polite: bool, key: bool) -> float:
        """Three requests a second to the polite, one to others."""
        return 0.34 if polite else 1.0

    def private(self, mailto: str, key: str) -> dict[str, str]:
        """The mail address, which opens the polite pool."""
        return {"mailto": mailto} if mailto else {}

    def _parameters(self, search: Search) -> dict[str, str]:
        filters = []
        if search.since is not None:
            filters.append(f"from-pub-date:{search.since:04d}")
        if search.until is not None:
            filters.append(f"until-pub-date:{search.until:04d}")
        return {"query": search.query} | ({"filter": ",".join(filters)} if filters else {})

    def _paging(self, size: int) -> dict[str, str]:
        return {"rows": str(size)}

    def _is_page(self, content: Mapping[str, Any]) -> bool:
        return isinstance(mapping(content.get("message")).get("items"), list)

    def _stated(self, content: Mapping[str, Any]) -> int | None:
        return count(mapping(content.get("message")).get("total-results"))

    def _following(self, content: Mapping[str, Any]) -> str:
        return str(mapping(content.get("message")).get("next-cursor") or "")


class EuropePmcService(_ByCursor):
    """Works of Europe PMC, by its ``query``."""

    name = format = "europepmc"
    base = "https://www.ebi.ac.uk/europepmc/webservices/rest"
    _path = "search"
    _cursor = "cursorMark"
    _size = 500
    _parser = EuropePmc()

    def interval(self, *, polite: bool, key: bool) -> float:
        """Five requests a second."""
        return 0.2

    def private(self, mailto: str, key: str) -> dict[str, str]:
        """The mail address."""
        return {"email": mailto} if mailto else {}

    def _parameters(self, search: Search) -> dict[str, str]:
        query = search.query
        if search.years:
            query = f"({query}) AND PUB_YEAR:[{search.since or 1000} TO {search.until or 3000}]"
        return {"query": query, "resultType": "core", "format": "json"}

    def _paging(self, size: int) -> dict[str, str]:
        return {"pageSize": str(size)}

    def _is_page(self, content: Mapping[str, Any]) -> bool:
        return "errCode" in content or isinstance(mapping(content.get("resultList")).get("result"), list)

    def _stated(self, content: Mapping[str, Any]) -> int | None:
        return count(content.get("hitCount"))

    def _following(self, content: Mapping[str, Any]) -> str:
        return str(content.get("nextCursorMark") or "")

    def _check(self, content: Mapping[str, Any], client: Client) -> None:
        if "errCode" in content:
            # Europe PMC answers 200 for what it refuses.
            said = f"{content['errCode']}: {content.get('errMsg', '')}"
            raise Refused(f"{client.host}: refused the request ({said}); check the query.", 400, said)
