"""A record for machines that read pages: Highwire and Open Graph tags, COinS, schema.org as JSON-LD.

Zotero's button reads the Highwire tags of a record's page, and the COinS of a page with several records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from corpus.record import Author, Record
from corpus.theme import Theme
from kb.site.links import safe

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?$")
_PAGES = re.compile(r"\s*([^\s,–-]+)\s*(?:[-–]\s*([^\s,–-]+))?")

#: CSL type -> schema.org type; another is a CreativeWork.
_SCHEMA_TYPES = {
    "article-journal": "ScholarlyArticle",
    "article-magazine": "Article",
    "article-newspaper": "NewsArticle",
    "book": "Book",
    "chapter": "Chapter",
    "dataset": "Dataset",
    "legislation": "Legislation",
    "paper-conference": "ScholarlyArticle",
    "report": "Report",
    "thesis": "Thesis",
    "webpage": "WebPage",
}

#: CSL type -> (Highwire tag, field) that tells what a work stands in or who stands behind it.
_HIGHWIRE_WHERE = {
    "chapter": (("citation_inbook_title", "container_title"), ("citation_publisher", "publisher")),
    "paper-conference": (
        ("citation_conference_title", "container_title"),
        ("citation_publisher", "publisher"),
    ),
    "report": (("citation_technical_report_institution", "publisher"),),
    "thesis": (("citation_dissertation_institution", "publisher"),),
}
_HIGHWIRE_ELSE = (("citation_journal_title", "container_title"), ("citation_publisher", "publisher"))
_HIGHWIRE = (
    ("citation_volume", "volume"),
    ("citation_issue", "issue"),
    ("citation_doi", "doi"),
    ("citation_pmid", "pmid"),
    ("citation_isbn", "isbn"),
    ("citation_issn", "issn"),
    ("citation_language", "language"),
    ("citation_abstract", "abstract"),
)


def highwire(record: Record, address: str) -> list[tuple[str, str]]:
    """(name, content) of the Highwire Press tags of a record that is found at ``address``."""
    first, last = _first_and_last(record.page)
    where = _HIGHWIRE_WHERE.get(record.type, _HIGHWIRE_ELSE)
    tags = [("citation_title", record.title)]
    tags += [("citation_author", str(author)) for author in _of(record, "author")]
    tags += [("citation_editor", str(author)) for author in _of(record, "editor")]
    tags += [("citation_publication_date", day(record).replace("-", "/"))]
    tags += [(name, getattr(record, attribute)) for name, attribute in (*where, *_HIGHWIRE)]
    tags += [("citation_firstpage", first), ("citation_lastpage", last)]
    tags += [("citation_keywords", "; ".join(record.keywords)), ("citation_abstract_html_url", address)]
    return [(name, content) for name, content in tags if content]


def day(record: Record) -> str:
    """The date of a record as far as it is one of the calendar: "2005-10-14", "2005-10" or "2005"."""
    return record.issued if _DATE.match(record.issued) else str(record.year or "")


def coins(record: Record) -> str:
    """The record as a COinS: an OpenURL ContextObject in key/value form (ANSI/NISO Z39.88-2004)."""
    journal = record.type.startswith("article")
    kinds = {"thesis": "dissertation", "book": "book", "chapter": "book", "report": "book"}
    kind = "journal" if journal else kinds.get(record.type, "dc")
    title, container = ("atitle", "jtitle") if journal else ("atitle", "btitle")
    if record.type not in ("chapter",) and not journal:
        title = "title" if kind in ("dissertation", "dc") else "btitle"
    pairs = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{kind}"),
        ("rft_id", f"info:doi/{record.doi}" if record.doi else ""),
        ("rft_id", f"info:pmid/{record.pmid}" if record.pmid else ""),
        ("rft.genre", {"journal": "article", "book": _genre(record.type)}.get(kind, "")),
        (f"rft.{title}", record.title),
        (f"rft.{container}" if kind in ("journal", "book") else "rft.source", record.container_title),
        ("rft.date", day(record)),
        ("rft.volume", record.volume),
        ("rft.issue", record.issue),
        ("rft.pages", record.page),
        ("rft.issn", record.issn),
        ("rft.isbn", record.isbn),
        ("rft.publisher" if kind != "dissertation" else "rft.inst", record.publisher),
        ("rft.place", record.publisher_place),
        *_coins_authors(record, kind),
    ]
    return urlencode([(name, value) for name, value in pairs if value])


def json_ld(record: Record, address: str, themes: Sequence[tuple[Theme, str]]) -> str:
    """The record in schema.org's terms, to stand in a script element; ``themes`` with their addresses."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _SCHEMA_TYPES.get(record.type, "CreativeWork"),
        "@id": address,
        "url": address,
        "name": record.title,
        "headline": record.title[:110],
        "author": [_person(author) for author in _of(record, "author")],
        "editor": [_person(author) for author in _of(record, "editor")],
        "datePublished": day(record),
        "abstract": record.abstract,
        "inLanguage": record.language,
        "keywords": list(record.keywords),
        "pagination": record.page,
        "isbn": record.isbn,
        "publisher": {"@type": "Organization", "name": record.publisher} if record.publisher else None,
        "isPartOf": _part_of(record),
        "identifier": list(_identifiers(record)),
        "sameAs": [link for link in (_doi(record), safe(record.url)) if link],
        "about": [{"@type": "DefinedTerm", "name": theme.label, "url": url} for theme, url in themes],
    }
    text = json.dumps({name: value for name, value in found.items() if value}, ensure_ascii=False)
    # Nothing in it may end the element or open another.
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _part_of(record: Record) -> dict[str, Any] | None:
    if not record.container_title:
        return None
    if record.type == "chapter":
        return {"@type": "Book", "name": record.container_title}
    whole: dict[str, Any] = {"@type": "Periodical", "name": record.container_title}
    whole |= {"issn": record.issn} if record.issn else {}
    for kind, number in (("PublicationVolume", record.volume), ("PublicationIssue", record.issue)):
        if number:
            name = "volumeNumber" if kind == "PublicationVolume" else "issueNumber"
            whole = {"@type": kind, name: number, "isPartOf": whole}
    return whole


def _identifiers(record: Record) -> Iterator[dict[str, str]]:
    for name, value in (("doi", record.doi), ("pmid", record.pmid), ("pmcid", record.pmcid)):
        if value:
            yield {"@type": "PropertyValue", "propertyID": name, "value": value}


def _doi(record: Record) -> str:
    return f"https://doi.org/{quote(record.doi, safe='/:;()')}" if record.doi else ""


def _person(author: Author) -> dict[str, str]:
    if author.literal:
        return {"@type": "Organization", "name": author.literal}
    family = f"{author.particle} {author.family}".strip()
    found = {"@type": "Person", "familyName": family, "givenName": author.given}
    found |= {"name": f"{author.given} {family}".strip()}
    found |= {"@id": f"https://orcid.org/{author.orcid}"} if author.orcid else {}
    return {name: value for name, value in found.items() if value}


def _coins_authors(record: Record, kind: str) -> Iterator[tuple[str, str]]:
    authors = _of(record, "author") or _of(record, "editor")
    if authors and kind != "dc" and not authors[0].literal:
        first = authors[0]
        yield "rft.aulast", f"{first.particle} {first.family}".strip()
        yield "rft.aufirst", first.given
    for author in authors:
        yield ("rft.creator" if kind == "dc" else "rft.au"), str(author)


def _genre(type_: str) -> str:
    return {"chapter": "bookitem", "report": "report"}.get(type_, "book")


def _of(record: Record, role: str) -> list[Author]:
    return [author for author in record.authors if author.role == role]


def _first_and_last(page: str) -> tuple[str, str]:
    match = _PAGES.match(page)
    return (match[1], match[2] or "") if match else ("", "")
