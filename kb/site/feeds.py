"""Atom feeds (RFC 4287): what came into the library last, of all, of a search or of a theme."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml import etree

from corpus.query import Filters
from corpus.record import Record
from kb.knowledge_base import KnowledgeBase
from kb.searches.arrivals import Arrival, newest, newest_of
from kb.site import search
from kb.site.asked import Asked, shorten

_ATOM = "http://www.w3.org/2005/Atom"
#: What no XML 1.0 document may hold, however it is written.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LENGTH = 50
_SUMMARY = 600
#: When nothing has come yet, the feed still needs a time.
_NEVER = "1970-01-01T00:00:00+00:00"

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a feed, with when it came and the labels of its themes."""

    record: Record
    arrival: Arrival
    themes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Whole addresses for a feed: its own, that of its page, and what ids of records stand after."""

    itself: str
    page: str
    records: str


def entries(library: KnowledgeBase, asked: Asked) -> list[Entry]:
    """The records of a search that came last, at most fifty; raises as ``search.ids`` does."""
    if asked.text or asked.query.filters != Filters():
        # What came last is wanted, so the order of the hits does not matter.
        arrivals = newest_of(library.store, search.ids(library, replace(asked, sort="relevance")), _LENGTH)
    else:
        arrivals = newest(library.store, _LENGTH)
    ids = [arrival.record for arrival in arrivals]
    records = {record.id: record for record in library.store.records(ids)}
    themes: dict[str, dict[str, None]] = {}
    for tag in library.store.tags(ids):
        if tag.status != "rejected" and tag.theme in library.themes:
            themes.setdefault(tag.record, {})[library.themes[tag.theme].label] = None
    return [
        Entry(records[arrival.record], arrival, list(themes.get(arrival.record, ())))
        for arrival in arrivals
        if arrival.record in records
    ]


def atom(title: str, found: Sequence[Entry], addresses: Addresses) -> bytes:
    """The feed as XML."""
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
    _add(feed, "title", title)
    _add(feed, "id", addresses.itself)
    _add(feed, "updated", max((_time(entry) for entry in found), default=_NEVER))
    _add(feed, "link", rel="self", type="application/atom+xml", href=addresses.itself)
    _add(feed, "link", rel="alternate", type="text/html", href=addresses.page)
    # Each entry needs an author, or the feed has one.
    _add(_add(feed, "author"), "name", title)
    for entry in found:
        _entry(feed, entry, addresses)
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _entry(feed: etree._Element, entry: Entry, addresses: Addresses) -> None:
    record, element = entry.record, _add(feed, "entry")
    address = addresses.records + record.id
    _add(element, "title", record.title or "Without a title")
    _add(element, "id", address)
    _add(element, "link", rel="alternate", type="text/html", href=address)
    _add(element, "updated", _time(entry))
    for author in record.authors:
        if author.role == "author":
            _add(_add(element, "author"), "name", str(author))
    for label in entry.themes:
        _add(element, "category", term=label)
    where = ", ".join(filter(None, (record.container_title or record.publisher, str(record.year or ""))))
    _add(element, "summary", "\n".join(filter(None, (where, shorten(record.abstract, _SUMMARY)))))


def _time(entry: Entry) -> str:
    """When it came, as RFC 3339 wants it: with a time zone."""
    time = entry.arrival.read_at or _NEVER
    return time if re.search(r"(Z|[+-]\d\d:\d\d)$", time) else f"{time}+00:00"


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    safe = {key: _FORBIDDEN.sub("", value) for key, value in attributes.items()}
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", safe)
    child.text = _FORBIDDEN.sub("", text) or None
    return child
