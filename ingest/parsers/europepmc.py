"""Works of Europe PMC: a page of its search in JSON (``resultList.result``), an array, or works one a line.

Keys and the fields they fill (https://europepmc.org/RestfulWebService, ``resultType=core``): ``id`` with
``source`` id ("MED:16043222"), ``pmid pmcid doi`` PMID, PMCID, DOI; ``title``; ``abstractText`` abstract;
``authorList`` authors with ORCID and organisations (``authorString`` where there is no list);
``journalInfo`` container title, volume, issue, ISSN, date of the issue; ``bookOrReportDetails``
publisher, ISBN, number of pages, the book of a chapter; ``firstPublicationDate pubYear`` date where there is
no issue; ``pageInfo`` pages; ``language``; ``keywordList meshHeadingList`` keywords; ``pubTypeList`` type.
Every other key is kept in ``extra`` but what Europe PMC notes for itself (``_OWN``), which stands in the
piece as printed.

The standard library reads the JSON (see ``json_items``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from corpus.identity import normalise_pmcid
from corpus.record import Author, Piece, Problem
from ingest.fields.dates import database_date
from ingest.fields.draft import Draft, clean_doi, clean_issn
from ingest.fields.names import parse_name, split_particle, strip_et_al
from ingest.fields.pages import page_range
from ingest.files.text import Text
from ingest.parsers.jats import clean_abstract, clean_text
from ingest.parsers.json_items import Envelope, Item, items, mapping, mappings, printed, text_of

ENVELOPE = Envelope(
    lists=("resultList", "result"),
    rest=("version", "hitCount", "nextCursorMark", "nextPageUrl", "request"),
)
BEGINS = re.compile(r'\{\s*"id"\s*:\s*"[^"]{1,40}"\s*,\s*"source"\s*:')

_OPENING = re.compile(r"\s*[\[{]")
_SIGN = re.compile(r'"(?:authorString|pubYear|journalInfo|resultList|abstractText)"\s*:')
_OWN_SIGN = re.compile(r'"(?:isOpenAccess|inEPMC|citedByCount|hitCount|firstIndexDate|hasReferences)"\s*:')
_TELLING = frozenset({"title", "id", "doi", "authorString", "pmid"})
# Publication types, the telling ones first.
_TYPES = (
    ("preprint", "article"),
    ("thesis", "thesis"),
    ("dissertation", "thesis"),
    ("chapter", "chapter"),
    ("patent", "patent"),
    ("book", "book"),
    ("report", "report"),
)
#: What Europe PMC notes for itself.
_OWN = frozenset(
    {
        "authorIdList",
        "citedByCount",
        "dataLinksTagsList",
        "dateOfCreation",
        "dateOfRevision",
        "dbCrossReferenceList",
        "firstIndexDate",
        "fullTextIdList",
        "fullTextReceivedDate",
        "fullTextUrlList",
        "hasBook",
        "hasData",
        "hasDbCrossReferences",
        "hasEvaluations",
        "hasLabsLinks",
        "hasPDF",
        "hasReferences",
        "hasSuppl",
        "hasTMAccessionNumbers",
        "hasTextMinedTerms",
        "inEPMC",
        "inPMC",
        "isOpenAccess",
        "tmAccessionTypeList",
    }
)
_READ = frozenset(
    {
        "abstractText",
        "affiliation",
        "authorList",
        "authorString",
        "bookOrReportDetails",
        "commentCorrectionList",
        "doi",
        "firstPublicationDate",
        "grantsList",
        "id",
        "journalInfo",
        "journalIssn",
        "journalTitle",
        "journalVolume",
        "issue",
        "keywordList",
        "language",
        "meshHeadingList",
        "pageInfo",
        "pmcid",
        "pmid",
        "pubTypeList",
        "pubYear",
        "title",
    }
)


class EuropePmc:
    """Reads works of Europe PMC; an item that is no JSON is a problem, and the next is read."""

    name = "europepmc"
    endings: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, head: str) -> bool:
        """Whether this begins as JSON and holds keys that only Europe PMC prints."""
        return bool(_OPENING.match(head) and _SIGN.search(head) and _OWN_SIGN.search(head))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The works in the order printed."""
        for item in items(text, ENVELOPE, BEGINS):
            yield item if isinstance(item, Problem) else _piece(item, text.source)


def _piece(item: Item, source: str) -> Piece:
    work = item.value
    if not isinstance(work, dict) or not any(work.get(key) for key in _TELLING):
        reason = "is no work of Europe PMC: it has no id, title or author"
        return Problem(source, item.line, item.raw, reason, "give it at least a title")
    made = Draft()
    id = ":".join(filter(None, (text_of(work.get("source")), text_of(work.get("id")))))
    title = clean_text(text_of(work.get("title")))
    if title.startswith("[") and title.rstrip(".").endswith("]"):
        # MEDLINE's sign for a title translated into English.
        title = title.rstrip(".")[1:-1]
    made.put("title", title, "title")
    made.put("abstract", clean_abstract(text_of(work.get("abstractText"))), "abstractText")
    made.put("doi", clean_doi(text_of(work.get("doi"))), "doi")
    made.put("pmid", text_of(work.get("pmid")), "pmid")
    pmcid = text_of(work.get("pmcid"))
    made.put("pmcid", normalise_pmcid(pmcid) or pmcid, "pmcid")
    made.put("language", text_of(work.get("language")), "language")
    pages = text_of(work.get("pageInfo"))
    made.put("page", page_range(pages), "pageInfo")
    if page_range(pages) != pages:
        made.keep("pageInfo", pages)
    _add_authors(made, work)
    _add_place(made, work)
    _set_type(made, work)
    _add_keywords(made, work)
    _keep_rest(made, work)
    return made.source_record(id, source, "europepmc", item.line, item.raw)


def _add_authors(made: Draft, work: Mapping[str, Any]) -> None:
    authors = mappings(mapping(work.get("authorList")).get("author"))
    if not authors:
        names, made.et_al = strip_et_al(text_of(work.get("authorString")).rstrip("."))
        made.authors += [parse_name(name.strip()) for name in names.split(",") if name.strip()]
    for author in authors:
        family, given = (text_of(author.get(key)) for key in ("lastName", "firstName"))
        literal = text_of(author.get("collectiveName"))
        if literal and not family:
            name = Author(literal=literal)
        elif family and (given or author.get("initials")):
            particle, family = split_particle(family)
            name = Author(family, given or text_of(author.get("initials")), particle=particle)
        else:
            name = parse_name(text_of(author.get("fullName")) or family)
        identity = mapping(author.get("authorId"))
        orcid = text_of(identity.get("value")) if identity.get("type") == "ORCID" else ""
        made.authors.append(replace(name, orcid=orcid))
        places = mappings(mapping(author.get("authorAffiliationDetailsList")).get("authorAffiliation"))
        for place in places:
            made.keep("affiliation", text_of(place.get("affiliation")))
    made.keep("affiliation", text_of(work.get("affiliation")))


def _add_place(made: Draft, work: Mapping[str, Any]) -> None:
    info = mapping(work.get("journalInfo"))
    journal = mapping(info.get("journal"))
    book = mapping(work.get("bookOrReportDetails"))
    for value, field, key in (
        (journal.get("title") or work.get("journalTitle"), "container_title", "journal"),
        (book.get("comprisingTitle"), "container_title", "comprisingTitle"),
        (book.get("seriesName"), "collection_title", "seriesName"),
        (book.get("publisher"), "publisher", "publisher"),
        (book.get("isbn13") or book.get("isbn10"), "isbn", "isbn"),
        (book.get("numberOfPages"), "number_of_pages", "numberOfPages"),
        (book.get("edition"), "edition", "edition"),
        (info.get("volume") or work.get("journalVolume"), "volume", "volume"),
        (info.get("issue") or work.get("issue"), "issue", "issue"),
    ):
        made.put(field, clean_text(text_of(value)), key)
    issns = printed([journal.get("issn"), journal.get("essn"), work.get("journalIssn")])
    made.put("issn", clean_issn(" ".join(issns)), "issn")
    made.keep("medlineAbbreviation", text_of(journal.get("medlineAbbreviation")))
    issue_date = text_of(info.get("dateOfPublication"))
    first, year = text_of(work.get("firstPublicationDate")), text_of(work.get("pubYear"))
    made.issued = database_date(issue_date) or _same_year(first, year)
    made.keep("dateOfPublication", issue_date)
    made.keep("firstPublicationDate", first)


def _same_year(day: str, year: str) -> str:
    return database_date(day) if not year or day.startswith(year) else database_date(year)


def _set_type(made: Draft, work: Mapping[str, Any]) -> None:
    kinds = printed(mapping(work.get("pubTypeList")).get("pubType")) or printed(work.get("pubType"))
    lowered = " ".join(kinds).lower()
    named = next((csl_type for sign, csl_type in _TYPES if sign in lowered), "")
    if text_of(work.get("source")) == "PPR":
        named = "article"
    if "container_title" in made.texts and named in ("", "book", "report"):
        # A "case report", a "book review" and the like stand in a journal.
        named = (
            "chapter" if mapping(work.get("bookOrReportDetails")) and named == "book" else "article-journal"
        )
    made.type = named or "document"
    for kind in kinds:
        made.keep("pubType", kind)


def _add_keywords(made: Draft, work: Mapping[str, Any]) -> None:
    made.add_keywords(printed(mapping(work.get("keywordList")).get("keyword")))
    for heading in mappings(mapping(work.get("meshHeadingList")).get("meshHeading")):
        name = text_of(heading.get("descriptorName"))
        star = "*" if heading.get("majorTopic_YN") == "Y" else ""
        qualifiers = mappings(mapping(heading.get("meshQualifierList")).get("meshQualifier"))
        # As MEDLINE prints them: "Child Abuse/*prevention & control".
        shown = [
            f"{name}/{'*' if one.get('majorTopic_YN') == 'Y' else ''}{text_of(one.get('qualifierName'))}"
            for one in qualifiers
        ]
        made.add_keywords(shown or [f"{star}{name}"])


def _keep_rest(made: Draft, work: Mapping[str, Any]) -> None:
    for grant in mappings(mapping(work.get("grantsList")).get("grant")):
        made.keep("grant", " ".join(filter(None, (text_of(grant.get(key)) for key in ("agency", "grantId")))))
    for other in mappings(mapping(work.get("commentCorrectionList")).get("commentCorrection")):
        kind, key = text_of(other.get("type")), text_of(other.get("id"))
        made.keep("commentCorrection", f"{kind}: {text_of(other.get('source'))}:{key}")
    for key, value in work.items():
        if key not in _READ and key not in _OWN:
            for one in printed(value):
                made.keep(str(key), one)
