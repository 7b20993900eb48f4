"""Works of OpenAlex: a page of its API, one work, an array, or works one a line.

Keys and the fields they fill (https://developers.openalex.org/api-reference/works): ``id`` id and, as
"W123", ``extra["openalex"]``; ``display_name title`` title; ``abstract_inverted_index`` abstract;
``authorships`` authors (``raw_author_name`` as the work prints it, else ``author.display_name``; ORCID);
``primary_location.source`` container title (of a repository: ``extra``), ISSN, publisher; ``biblio``
volume, issue, pages; ``publication_date publication_year`` date; ``doi``, ``ids`` DOI, PMID, PMCID, MAG;
``type type_crossref`` type; ``keywords mesh`` keywords; ``topics concepts`` are a classifier's guess and
kept in ``extra``, as is every other key but what the service counts and links for itself (``_OWN``),
which stands in the piece as printed.

The standard library reads the JSON (see ``json_items``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from corpus.identity import fold, normalise_pmcid, normalise_pmid
from corpus.kinds import CSL_TYPES
from corpus.record import Author, Piece, Problem
from ingest.fields.draft import Draft, clean_doi, clean_issn
from ingest.fields.names import is_others, parse_name
from ingest.files.text import Text
from ingest.parsers.crossref_types import CROSSREF_TYPES
from ingest.parsers.jats import clean_abstract, clean_text
from ingest.parsers.json_items import Envelope, Item, items, mapping, mappings, printed, text_of

ENVELOPE = Envelope(lists=("results",), rest=("meta", "group_by"))
BEGINS = re.compile(r'\{\s*"id"\s*:\s*"https://openalex\.org/W')

_OPENING = re.compile(r"\s*[\[{]")
_SIGN = re.compile(r'"(?:https?://(?:api\.)?openalex\.org/(?:works/)?)?W\d+"|"abstract_inverted_index"\s*:')
_OWN_KEY = re.compile(r'"(?:authorships|abstract_inverted_index|primary_location|open_access|biblio)"\s*:')
_WORK = re.compile(r"W\d+\Z")
# A raw name can be a whole list, or carry degrees and marks.
_NO_NAME = re.compile(r"[;\d@()\[\]*†‡]|\b(?:and|PhD|Ph\.D|MD)\b")
_TELLING = frozenset({"id", "title", "display_name", "doi", "authorships", "publication_year"})

# OpenAlex's own types; the others are Crossref's.
_TYPES = {
    "article": "article-journal",
    "review": "article-journal",
    "letter": "article-journal",
    "editorial": "article-journal",
    "erratum": "article-journal",
    "retraction": "article-journal",
    "preprint": "article",
    "paratext": "document",
    "supplementary-materials": "document",
    "libguides": "webpage",
    "conference-paper": "paper-conference",
}
#: What the service counts, guesses and links for itself.
_OWN = frozenset(
    {
        "authors_count",
        "best_oa_location",
        "cited_by_api_url",
        "cited_by_percentile_year",
        "citation_normalized_percentile",
        "concepts_count",
        "corresponding_author_ids",
        "corresponding_institution_ids",
        "countries_distinct_count",
        "counts_by_year",
        "created_date",
        "fulltext_origin",
        "has_fulltext",
        "host_venue",
        "indexed_in",
        "institution_assertions",
        "institutions_distinct_count",
        "locations",
        "locations_count",
        "ngrams_url",
        "primary_topic",
        "referenced_works_count",
        "related_works",
        "relevance_score",
        "summary_stats",
        "updated_date",
        "versions",
    }
)
_READ = frozenset(
    {
        "id",
        "title",
        "display_name",
        "abstract_inverted_index",
        "abstract",
        "authorships",
        "primary_location",
        "biblio",
        "publication_date",
        "publication_year",
        "doi",
        "ids",
        "type",
        "type_crossref",
        "keywords",
        "mesh",
        "topics",
        "concepts",
        "language",
        "is_retracted",
        "is_paratext",
        "open_access",
        "referenced_works",
        "grants",
        "funders",
    }
)


class OpenAlex:
    """Reads works of OpenAlex; an item that is no JSON is a problem, and the next is read."""

    name = "openalex"
    endings: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, head: str) -> bool:
        """Whether this begins as JSON and holds keys and an id that only OpenAlex gives."""
        return bool(_OPENING.match(head) and _SIGN.search(head) and _OWN_KEY.search(head))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The works in the order printed."""
        for item in items(text, ENVELOPE, BEGINS):
            yield item if isinstance(item, Problem) else _piece(item, text.source)


def _piece(item: Item, source: str) -> Piece:
    work = item.value
    if not isinstance(work, dict) or not any(work.get(key) for key in _TELLING):
        reason = "is no work of OpenAlex: it has no id, title or DOI"
        return Problem(source, item.line, item.raw, reason, "give it at least a title")
    made = Draft()
    key = text_of(work.get("id"))
    openalex = key.rpartition("/")[2].upper()
    if _WORK.match(openalex):
        made.keep("openalex", openalex)
    elif key:
        made.keep("id", key)
    title = text_of(work.get("display_name")) or text_of(work.get("title"))
    made.put("title", clean_text(title), "title")
    made.put("abstract", clean_abstract(_abstract(work)), "abstract")
    made.put("language", text_of(work.get("language")), "language")
    made.issued = _date(work)
    if made.issued != (date := text_of(work.get("publication_date"))):
        made.keep("publication_date", date)
    _add_authors(made, mappings(work.get("authorships")))
    _add_place(made, mapping(work.get("primary_location")), mapping(work.get("biblio")))
    _add_identifiers(made, work)
    _set_type(made, work)
    _add_keywords(made, work)
    _keep_rest(made, work)
    id = text_of(made.extra.get("openalex")) or key
    return made.source_record(id, source, "openalex", item.line, item.raw)


def _abstract(work: Mapping[str, Any]) -> str:
    """The text of the index: word -> the places at which it stands."""
    index = work.get("abstract_inverted_index")
    if not isinstance(index, dict):
        return text_of(work.get("abstract"))
    if isinstance(index.get("InvertedIndex"), dict):
        # The form of Microsoft Academic, which old snapshots have.
        index = index["InvertedIndex"]
    words = [
        (place, word)
        for word, places in index.items()
        if isinstance(places, list)
        for place in places
        if isinstance(place, int)
    ]
    return " ".join(" ".join(word for _, word in sorted(words)).split())


def _date(work: Mapping[str, Any]) -> str:
    """The day; the year alone where only that is known, which OpenAlex prints as its first of January."""
    date = text_of(work.get("publication_date"))
    year = text_of(work.get("publication_year"))
    if not re.match(r"\d{4}(?:-\d\d(?:-\d\d)?)?\Z", date):
        return year if re.match(r"\d{4}\Z", year) else ""
    return date[:4] if date.endswith("-01-01") else date


def _add_authors(made: Draft, authorships: list[Mapping[str, Any]]) -> None:
    places: list[str] = []
    for authorship in authorships:
        author = mapping(authorship.get("author"))
        shown = text_of(author.get("display_name"))
        name = _name(text_of(authorship.get("raw_author_name")), shown)
        orcid = text_of(author.get("orcid")) or text_of(authorship.get("raw_orcid"))
        if is_others(shown):
            made.et_al = True
        elif name:
            made.authors.append(replace(name, orcid=orcid.rpartition("/")[2]))
        for institution in mappings(authorship.get("institutions")):
            places.append(text_of(institution.get("display_name")))
    for place in dict.fromkeys(places):
        made.keep("institutions", place)


def _name(raw: str, shown: str) -> Author | None:
    """The name as the work prints it; as OpenAlex has it where that is not one clean name."""
    unclean = len(raw) > 80 or _NO_NAME.search(raw) or raw.isupper()
    # "Darlington Yvonne": the same words tell which of them is the family's.
    turned = "," not in raw and sorted(fold(raw).split()) == sorted(fold(shown).split())
    text = shown if shown and (not raw or unclean or turned) else raw
    return parse_name(text, person=True) if text else None


def _add_place(made: Draft, location: Mapping[str, Any], biblio: Mapping[str, Any]) -> None:
    venue = mapping(location.get("source"))
    name = text_of(venue.get("display_name")) or text_of(location.get("raw_source_name"))
    if venue.get("type") in ("repository", "metadata"):
        # Where a copy lies is no journal that it stands in.
        made.keep("repository", name)
    else:
        made.put("container_title", name, "source")
        issns = printed([venue.get("issn_l"), venue.get("issn")])
        made.put("issn", clean_issn(" ".join(issns)), "issn")
        made.put("publisher", text_of(venue.get("host_organization_name")), "host_organization_name")
    made.put("url", text_of(location.get("landing_page_url")), "landing_page_url")
    for key in ("version", "license"):
        made.keep(key, text_of(location.get(key)))
    made.put("volume", text_of(biblio.get("volume")), "volume")
    made.put("issue", text_of(biblio.get("issue")), "issue")
    first, last = (text_of(biblio.get(f"{end}_page")) for end in ("first", "last"))
    made.put("page", first if not last or first == last else f"{first}-{last}".lstrip("-"), "page")


def _add_identifiers(made: Draft, work: Mapping[str, Any]) -> None:
    ids = mapping(work.get("ids"))
    doi = text_of(work.get("doi")) or text_of(ids.get("doi"))
    made.put("doi", clean_doi(doi), "doi")
    pmid, pmcid = text_of(ids.get("pmid")), text_of(ids.get("pmcid"))
    made.put("pmid", normalise_pmid(pmid) or pmid, "pmid")
    if pmcid:
        # Printed as an address that ends in the number, often without its "PMC".
        made.put("pmcid", normalise_pmcid(pmcid.rstrip("/").rpartition("/")[2]) or pmcid, "pmcid")
    for key, value in ids.items():
        if key not in ("openalex", "doi", "pmid", "pmcid"):
            made.keep(str(key), text_of(value))


def _set_type(made: Draft, work: Mapping[str, Any]) -> None:
    kinds = [text_of(work.get(key)) for key in ("type", "type_crossref")]
    types = [_TYPES.get(kind) or CROSSREF_TYPES.get(kind) or kind for kind in kinds]
    known = [kind for kind in types if kind in CSL_TYPES]
    made.type = known[0] if known else "document"
    if made.type == "article-journal" and "paper-conference" in known:
        # OpenAlex calls a paper of proceedings an article too.
        made.type = "paper-conference"
    elif made.type == "article-journal" and "repository" in made.extra and "article" in known:
        made.type = "article"
    made.keep("type", kinds[0])


def _add_keywords(made: Draft, work: Mapping[str, Any]) -> None:
    given = [
        text_of(word.get("display_name") or word.get("keyword")) for word in mappings(work.get("keywords"))
    ]
    made.add_keywords(given)
    for heading in mappings(work.get("mesh")):
        name, qualifier = (text_of(heading.get(key)) for key in ("descriptor_name", "qualifier_name"))
        made.add_keywords([f"{name}/{qualifier}" if qualifier else name])
    for key in ("topics", "concepts"):
        for guess in mappings(work.get(key)):
            made.keep(key, text_of(guess.get("display_name")))


def _keep_rest(made: Draft, work: Mapping[str, Any]) -> None:
    for flag in ("is_retracted", "is_paratext"):
        if work.get(flag) is True:
            made.keep(flag, "true")
    access = mapping(work.get("open_access"))
    made.keep("oa_status", text_of(access.get("oa_status")))
    made.keep("oa_url", text_of(access.get("oa_url")))
    works = [address.rpartition("/")[2] for address in printed(work.get("referenced_works"))]
    if works:
        # At once: there can be thousands.
        made.extra["referenced_works"] = works
    for key in ("grants", "funders"):
        for funder in mappings(work.get(key)):
            made.keep("funder", text_of(funder.get("funder_display_name") or funder.get("display_name")))
    for key, value in work.items():
        if key not in _READ and key not in _OWN and not isinstance(value, bool):
            for one in printed(value):
                made.keep(str(key), one)
