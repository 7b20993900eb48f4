"""The seam between a live source and the rest: what is asked, what comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from corpus.record import Piece
from ingest.harvesting.client import Client

#: Where a service is to be asked next: what it needs to know for that, as JSON.
Position = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked: ``query`` in the service's own syntax, and the years of publication, both included.

    ``size`` is how many works a page need not exceed.
    """

    query: str
    since: int | None = None
    until: int | None = None
    size: int | None = None

    @property
    def years(self) -> str:
        """The years as people write them; "" for all."""
        if self.since is None and self.until is None:
            return ""
        return f"{self.since or ''}-{self.until or ''}" if self.since != self.until else f"{self.since}"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its pieces, how many works the service says it has, and where the next page is.

    ``total`` is ``None`` where the answer does not say; ``next`` where this page is the last.
    """

    pieces: Sequence[Piece]
    total: int | None
    next: Position | None
    address: str
    status: int
    notes: Sequence[str] = field(default=())


class Expired(Exception):
    """The service knows the position no more; ``start`` is where to ask again."""

    def __init__(self, start: Position) -> None:
        super().__init__("the position is known no more")
        self.start = start


class Service(Protocol):
    """A live source that gives works page by page."""

    #: The name for ``kb harvest`` and the format of its pages, and where it is.
    name: str
    format: str
    base: str

    def interval(self, *, polite: bool, key: bool) -> float:
        """Seconds between two requests that it allows to somebody who says who asks, or has a key."""

    def private(self, mailto: str, key: str) -> dict[str, str]:
        """The parameters that say who asks, which are sent and never kept."""

    def first(self) -> Position:
        """Where to begin."""

    def page(self, client: Client, search: Search, position: Position, source: str) -> Page:
        """The page at a position, its pieces those of ``source``.

        Raises ``Expired``, and what ``Client.get`` does.
        """

    def address(self, client: Client, search: Search) -> str:
        """The address of the search as it may be kept and shown."""

    def total(self, client: Client, search: Search) -> int:
        """How many works the service has for it."""


def read_json(text: str) -> Mapping[str, Any]:
    """The object that a text is; raises ``ValueError`` that says what it is instead."""
    try:
        # PubMed prints line ends within its messages.
        content = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        page = text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))
        raise ValueError("gave an HTML page instead of JSON" if page else "gave broken JSON") from error
    if not isinstance(content, dict):
        raise ValueError("gave JSON that is no page of works")
    return content


def count(value: Any) -> int | None:
    """The number of works that an answer states; ``None`` if it states none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None
