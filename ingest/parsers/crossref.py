"""Works of Crossref: a page of its API (``message.items``), one work, an array, or works one a line.

Keys and the fields they fill (https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md):
``DOI`` id and DOI; ``title`` with ``subtitle`` title; ``abstract`` (JATS) abstract; ``author editor
translator chair`` authors with ``suffix``, ``ORCID`` and organisations (``name``); ``container-title``
container title (a second one the series: collection title); ``issued`` date, else the earliest of
``published-print published-online published``; ``volume issue page edition-number``, ``article-number``
(page, where there is none), ``publisher publisher-location ISSN ISBN language subject URL``, ``type
subtype`` type. ``relation``, ``update-to`` and ``updated-by`` are kept in ``extra`` as "kind: DOI", so that
related works can be linked; ``reference`` as the DOIs, or the words where a reference has none. So is
every other key but what Crossref notes for itself (``_OWN``), which stands in the piece as printed.

The standard library reads the JSON (see ``json_items``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from corpus.csl import edtf
from corpus.record import Author, Piece, Problem
from ingest.fields.draft import Draft, clean_doi, clean_issn
from ingest.fields.names import parse_name, split_particle
from ingest.fields.pages import page_range
from ingest.files.text import Text
from ingest.parsers.crossref_types import CROSSREF_TYPES
from ingest.parsers.jats import clean_abstract, clean_text
from ingest.parsers.json_items import Envelope, Item, items, mapping, mappings, printed, text_of

ENVELOPE = Envelope(
    lists=("message", "items"),
    rest=(
        "status",
        "message-type",
        "message-version",
        "facets",
        "total-results",
        "items-per-page",
        "query",
        "next-cursor",
    ),
)
BEGINS = re.compile(r'\{\s*"(?:indexed|DOI|institution)"\s*:')

_OPENING = re.compile(r"\s*[\[{]")
_LIST_TITLE = re.compile(r'"title"\s*:\s*\[')
_PAGE = re.compile(r'\s*\{[^{]{0,300}"message-type"\s*:\s*"work')
#: Keys that Crossref prints and CSL does not have.
_SIGN = re.compile(
    r'"(?:is-referenced-by-count|reference-count|references-count|content-domain|issn-type|isbn-type|'
    r'short-container-title|deposited|prefix|member)"\s*:'
)
_TELLING = frozenset({"DOI", "title", "author", "container-title", "URL", "editor"})
_ROLES = ("author", "editor", "translator", "chair")
_DATES = ("issued", "published-print", "published-online", "published", "posted", "approved")
#: What Crossref notes for itself.
_OWN = frozenset(
    {
        "indexed",
        "deposited",
        "created",
        "content-domain",
        "reference-count",
        "references-count",
        "score",
        "prefix",
        "member",
        "source",
        "resource",
        "link",
        "assertion",
        "issn-type",
        "isbn-type",
    }
)
_READ = frozenset(
    {
        "DOI",
        "title",
        "subtitle",
        "abstract",
        "container-title",
        "volume",
        "issue",
        "page",
        "article-number",
        "publisher",
        "publisher-location",
        "ISSN",
        "ISBN",
        "language",
        "subject",
        "URL",
        "type",
        "edition-number",
        "reference",
        "relation",
        "update-to",
        "updated-by",
        "journal-issue",
        "license",
        "funder",
        "event",
        "institution",
        *_ROLES,
    }
)
_TEXTS = {
    "volume": "volume",
    "issue": "issue",
    "edition-number": "edition",
    "publisher": "publisher",
    "publisher-location": "publisher_place",
    "language": "language",
    "URL": "url",
}


class Crossref:
    """Reads works of Crossref; an item that is no JSON is a problem, and the next is read."""

    name = "crossref"
    endings: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, head: str) -> bool:
        """Whether this begins as JSON with a page of works, or with lists and counts that CSL has not."""
        if not _OPENING.match(head):
            return False
        return bool(_PAGE.match(head) or (_SIGN.search(head) and _LIST_TITLE.search(head)))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The works in the order printed."""
        for item in items(text, ENVELOPE, BEGINS):
            yield item if isinstance(item, Problem) else _piece(item, text.source)


def _piece(item: Item, source: str) -> Piece:
    work = item.value
    if not isinstance(work, dict) or not any(work.get(key) for key in _TELLING):
        reason = "is no work of Crossref: it has no DOI, title or author"
        return Problem(source, item.line, item.raw, reason, "give it at least a title")
    made = Draft(CROSSREF_TYPES.get(text_of(work.get("type")), "document"))
    doi = text_of(work.get("DOI"))
    made.put("doi", clean_doi(doi), "DOI")
    made.put("title", _title(work), "title")
    made.put("abstract", clean_abstract(text_of(work.get("abstract"))), "abstract")
    for key, field in _TEXTS.items():
        made.put(field, text_of(work.get(key)), key)
    for role in _ROLES:
        for name in mappings(work.get(role)):
            _add_name(made, name, role)
    _add_place(made, work)
    _add_dates(made, work)
    made.add_keywords(clean_text(word) for word in printed(work.get("subject")))
    made.keep("type", text_of(work.get("type")))
    _add_relations(made, work)
    _keep_rest(made, work)
    return made.source_record(doi, source, "crossref", item.line, item.raw)


def _title(work: Mapping[str, Any]) -> str:
    """The title with its subtitle, which some publishers print within the title too."""
    title, subtitle = (clean_text(text_of(work.get(key))) for key in ("title", "subtitle"))
    if not subtitle or subtitle.lower() in title.lower():
        return title or subtitle
    return f"{title}{' ' if title[-1:] in ':?!–—' else ': '}{subtitle}" if title else subtitle


def _add_name(made: Draft, name: Mapping[str, Any], role: str) -> None:
    family, given, literal = (clean_text(text_of(name.get(key))) for key in ("family", "given", "name"))
    orcid = text_of(name.get("ORCID")).rpartition("/")[2]
    suffix = text_of(name.get("suffix"))
    if literal and not family:
        author = parse_name(literal, role) if "," in literal else Author(literal=literal, role=role)
    elif family and given:
        particle, family = split_particle(family)
        author = Author(family, given, particle=particle, suffix=suffix, orcid=orcid, role=role)
    else:
        # An organisation in the family's place, or a person with one name.
        author = parse_name(family or given, role)
    made.authors.append(author)
    if (prefix := text_of(name.get("prefix"))) and family:
        made.keep(f"{role}-prefix", f"{family}: {prefix}")
    for affiliation in mappings(name.get("affiliation")):
        made.keep("affiliation", clean_text(text_of(affiliation.get("name"))))


def _add_place(made: Draft, work: Mapping[str, Any]) -> None:
    titles = [clean_text(title) for title in printed(work.get("container-title"))]
    if made.type == "book" and titles:
        # A book stands in a series alone.
        titles.insert(0, "")
    elif made.type in ("chapter", "paper-conference", "entry-encyclopedia") and len(titles) == 2:
        # Crossref prints the series before the book.
        titles.reverse()
    for field, title in zip(("container_title", "collection_title"), titles, strict=False):
        made.put(field, title, "container-title")
    for title in titles[2:]:
        made.keep("container-title", title)
    made.put("issn", clean_issn(" ".join(printed(work.get("ISSN")))), "ISSN")
    isbns = [isbn.rpartition("/")[2] for isbn in printed(work.get("ISBN"))]
    made.put("isbn", ", ".join(dict.fromkeys(isbns)), "ISBN")
    pages = text_of(work.get("page"))
    made.put("page", page_range(pages), "page")
    if page_range(pages) != pages:
        made.keep("page", pages)
    made.put("page", text_of(work.get("article-number")), "article-number")
    made.put("issue", text_of(mapping(work.get("journal-issue")).get("issue")), "journal-issue")
    event = mapping(work.get("event"))
    for key in ("name", "location"):
        made.keep(f"event-{key}", clean_text(text_of(event.get(key))))
    for institution in mappings(work.get("institution")):
        name = clean_text(text_of(institution.get("name")))
        made.put("publisher", name, "institution") if made.type == "thesis" else made.keep(
            "institution", name
        )


def _add_dates(made: Draft, work: Mapping[str, Any]) -> None:
    """The date of issue; the other dates are kept where they differ."""
    dates = {key: edtf(date) for key in _DATES if isinstance(date := work.get(key), dict)}
    dates = {key: date for key, date in dates.items() if re.match(r"\d{4}", date)}
    made.issued = dates.get("issued") or min(dates.values(), default="")
    for key, date in dates.items():
        # "published" repeats one of the others.
        if date != made.issued and key != "published":
            made.keep(key, date)


def _add_relations(made: Draft, work: Mapping[str, Any]) -> None:
    for kind, others in mapping(work.get("relation")).items():
        for other in mappings(others):
            made.keep("relation", f"{kind}: {clean_doi(text_of(other.get('id')))}")
    for key in ("update-to", "updated-by"):
        for update in mappings(work.get(key)):
            kind = text_of(update.get("type")) or "update"
            made.keep(key, f"{kind}: {clean_doi(text_of(update.get('DOI')))}")


def _keep_rest(made: Draft, work: Mapping[str, Any]) -> None:
    words = ("DOI", "unstructured", "article-title", "volume-title", "journal-title", "key")
    references = [
        text_of([reference.get(word) for word in words]) for reference in mappings(work.get("reference"))
    ]
    if any(references):
        # At once: there can be thousands.
        made.extra["reference"] = [reference for reference in references if reference]
    for license in mappings(work.get("license")):
        made.keep("license", text_of(license.get("URL")))
    for funder in mappings(work.get("funder")):
        awards = ", ".join(printed(funder.get("award")))
        made.keep("funder", f"{text_of(funder.get('name'))}{f' ({awards})' if awards else ''}")
    for key, value in work.items():
        if key not in _READ and key not in _OWN and key not in _DATES:
            for one in [edtf(value)] if "date-parts" in mapping(value) else printed(value):
                made.keep(str(key), one)
