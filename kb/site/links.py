"""Addresses that a page may link to: on the web where a record leads to, and within the site."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from corpus.record import Record


@dataclass(frozen=True, slots=True)
class Link:
    """A link: what it says and where it leads."""

    label: str
    address: str


def safe(address: str) -> str:
    """The address if it is one of the web (http or https, with a host), else ""."""
    address = address.strip()
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    return "" if any(ord(character) <= 32 for character in address) else address


def outside(record: Record) -> list[Link]:
    """Where the work itself can be found, by its identifiers."""
    links = []
    if record.doi:
        links.append(Link(f"doi:{record.doi}", f"https://doi.org/{quote(record.doi, safe='/:;()')}"))
    if record.pmid:
        links.append(
            Link(f"PubMed {record.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{quote(record.pmid, safe='')}/")
        )
    if address := safe(record.url):
        host = urlsplit(address).hostname or address
        links.append(Link(host.removeprefix("www."), address))
    return links
