"""What a visitor asks in an address: read from its parameters, and written into addresses again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlencode

from corpus.errors import EvidenceError
from corpus.query import MODES, SORTS, Filters, Mode, Query, Sort

PAGE_SIZE = 20
_LONGEST = 1000
_NUMBER = re.compile(r"[0-9]{1,6}\Z")

#: Parameters that can be given several times; their values are alternatives.
SEVERAL = ("theme", "direction", "setting", "type")


class Parameters(Protocol):
    """The parameters of an address, as Datasette gives them."""

    def get(self, name: str, default: Any = None) -> str | None:
        """The first value of that name."""

    def getlist(self, name: str) -> list[str]:
        """All values of that name."""

    def __iter__(self) -> Iterator[str]:
        """The names, each once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address says it; ``page`` counts from 1."""

    text: str = ""
    mode: Mode = "hybrid"
    theme: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    expand: bool = True
    sort: Sort = "relevance"
    page: int = 1

    @property
    def query(self) -> Query:
        """The query of this page."""
        filters = Filters(self.theme, self.direction, self.setting, self.type, self.since, self.until)
        offset = PAGE_SIZE * (self.page - 1)
        return Query(self.text, self.mode, filters, PAGE_SIZE, offset, self.expand, self.sort)

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.query.filters)

    def address(self, page: int = 1) -> str:
        """The parameters of this search at that page, to stand after a ``?``; "" for none at all."""
        pairs = [*self._search, *self.filters]
        if page > 1:
            pairs.append(("page", str(page)))
        return urlencode(pairs)

    @property
    def _search(self) -> list[tuple[str, str]]:
        """What is not a filter, as (parameter, value)."""
        pairs: list[tuple[str, str]] = [("q", self.text)] if self.text else []
        pairs += [("mode", self.mode)] if self.mode != "hybrid" else []
        pairs += [("expand", "0")] if not self.expand else []
        return pairs + ([("sort", self.sort)] if self.sort != "relevance" else [])

    def toggling(self, name: str) -> Callable[[str], str]:
        """What gives ``toggled(name, value).address()`` of a value: a page has a hundred of them."""
        filters = self.filters
        places = [SEVERAL.index(each) if each in SEVERAL else len(SEVERAL) for each, _ in filters]
        here, chosen = SEVERAL.index(name), getattr(self, name)
        before = [pair for pair, place in zip(filters, places, strict=True) if place < here]
        after = [pair for pair, place in zip(filters, places, strict=True) if place > here]
        start, end = urlencode([*self._search, *before]), urlencode(after)

        def address(value: str) -> str:
            values = [each for each in chosen if each != value] if value in chosen else [*chosen, value]
            return "&".join(filter(None, (start, urlencode([(name, each) for each in values]), end)))

        return address

    @property
    def filters(self) -> list[tuple[str, str]]:
        """The filters as (parameter, value)."""
        pairs = [(name, value) for name in SEVERAL for value in getattr(self, name)]
        return pairs + [
            (name, str(getattr(self, name))) for name in ("since", "until") if getattr(self, name) is not None
        ]

    def toggled(self, name: str, value: str) -> Asked:
        """The same search with that value of a filter added, or taken out if it is there."""
        values = tuple(getattr(self, name))
        changed = tuple(v for v in values if v != value) if value in values else (*values, value)
        changes: dict[str, Any] = {name: changed, "page": 1}
        return replace(self, **changes)

    def in_mode(self, mode: Mode) -> Asked:
        """The same search run another way."""
        return replace(self, mode=mode, page=1)

    def expanded(self, expand: bool) -> Asked:
        """The same search with other forms and synonyms of its words, or as typed."""
        return replace(self, expand=expand, page=1)

    def sorted(self, sort: Sort) -> Asked:
        """The same search in another order."""
        return replace(self, sort=sort, page=1)

    def without(self, *names: str) -> Asked:
        """The same search without those filters."""
        return replace(self, **{name: getattr(Asked(), name) for name in names}, page=1)


def read(parameters: Parameters) -> Asked:
    """The search that an address asks for.

    Raises ``EvidenceError`` with a sentence for a mode that there is not and for a number that is none;
    whether the filters name anything is for the search to say.
    """
    mode = (parameters.get("mode") or "hybrid").strip()
    if mode not in MODES:
        raise EvidenceError(
            f"There is no way to search called “{shorten(mode)}”; there are {', '.join(MODES)}."
        )
    sort = (parameters.get("sort") or "relevance").strip()
    if sort not in SORTS:
        raise EvidenceError(f"Results cannot be sorted by “{shorten(sort)}”; there are {', '.join(SORTS)}.")
    several = {name: _several(parameters, name) for name in SEVERAL}
    page = _number(parameters, "page")
    return Asked(
        text=_text(parameters.get("q") or ""),
        mode=mode,
        since=_number(parameters, "since"),
        until=_number(parameters, "until"),
        expand=(parameters.get("expand") or "1").strip() not in ("0", "off", "no", "false"),
        sort=sort,
        page=1 if page is None else max(page, 1),
        **several,
    )


def shorten(text: str, length: int = 60) -> str:
    """The text on one line, cut to ``length`` characters with an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _text(text: str) -> str:
    # Control characters (NUL among them) are no part of any word and break engines and addresses.
    return "".join(character if character.isprintable() else " " for character in text)[:_LONGEST].strip()


def _several(parameters: Parameters, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_values(parameters, name)))


def _values(parameters: Parameters, name: str) -> Iterator[str]:
    for value in parameters.getlist(name):
        if stripped := value.strip():
            yield stripped


def _number(parameters: Parameters, name: str) -> int | None:
    text = (parameters.get(name) or "").strip()
    if not text:
        return None
    if not _NUMBER.match(text):
        what = "page" if name == "page" else "year"
        raise EvidenceError(f"“{shorten(text)}” is no {what}; give a number in digits.")
    return int(text)
