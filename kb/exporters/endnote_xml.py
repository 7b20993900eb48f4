"""EndNote's XML (RecXML), as EndNote, Zotero and EPPI-Reviewer import it.

The record's id is the ``label``, the DOI ``electronic-resource-num``, the PMID ``accession-num`` of the
database "PubMed", the PMCID ``custom2``, the genre ``work-type``. Editors are ``secondary-authors`` but of
a book, a report or a thesis: there these are the series' editors, ``secondary-title`` is the series, and a
book that has nobody but editors is an Edited Book. The name of an organisation has the comma behind it, or
doubled within it, by which EndNote knows one. What EndNote has no field for is a line of ``notes`` that
begins with the name of the CSL variable, such as ``number-of-pages: 165`` or ``type: article``. ``extra``
goes out under its own names where EndNote has such fields and we do not use them, else as notes too. Tags
are notes that begin with ``Theme:``, their themes keywords (``Theme: resources``) too.

Characters that XML does not know are spaces. An abstract keeps its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape

from corpus.kinds import csl_type_from_name
from corpus.record import Author, Record
from ingest.parsers.own_notes import SOURCE_APP, is_note
from kb.exporters.exporter import TAG_NOTE, Exported, Sink, fold, xml_text
from kb.exporters.notes import inverted, note, people

#: CSL type -> EndNote's name and number for it, where there is one.
_TYPES = {
    "article": ("Electronic Article", 43),
    "article-journal": ("Journal Article", 17),
    "article-magazine": ("Magazine Article", 19),
    "article-newspaper": ("Newspaper Article", 23),
    "bill": ("Bill", 4),
    "book": ("Book", 6),
    "chapter": ("Book Section", 5),
    "classic": ("Classical Work", 49),
    "dataset": ("Dataset", 59),
    "entry-dictionary": ("Dictionary", 52),
    "entry-encyclopedia": ("Encyclopedia", 53),
    "figure": ("Figure", 37),
    "graphic": ("Artwork", 2),
    "hearing": ("Hearing", 14),
    "legal_case": ("Case", 7),
    "legislation": ("Statute", 31),
    "manuscript": ("Manuscript", 36),
    "map": ("Map", 20),
    "motion_picture": ("Film or Broadcast", 21),
    "paper-conference": ("Conference Paper", 47),
    "patent": ("Patent", 25),
    "periodical": ("Serial", 57),
    "personal_communication": ("Personal Communication", 26),
    "post-weblog": ("Blog", 56),
    "regulation": ("Legal Rule or Regulation", 50),
    "report": ("Report", 27),
    "review": ("Journal Article", 17),
    "review-book": ("Journal Article", 17),
    "software": ("Computer Program", 9),
    "standard": ("Standard", 58),
    "thesis": ("Thesis", 32),
    "webpage": ("Web Page", 12),
}
_GENERIC = ("Generic", 13)
_EDITED_BOOK = ("Edited Book", 28)
_WHOLE = frozenset({"book", "report", "thesis"})
_JOURNALS = frozenset({"article-journal", "article-magazine", "article-newspaper"})
#: Role -> the element of a whole work, and of a part of one.
_ROLES_OF_WHOLE = {
    "author": "authors",
    "collection-editor": "secondary-authors",
    "contributor": "subsidiary-authors",
    "translator": "translated-authors",
}
_ROLES = _ROLES_OF_WHOLE | {"editor": "secondary-authors", "collection-editor": "tertiary-authors"}
_CONTRIBUTORS = (
    *("authors", "secondary-authors", "tertiary-authors", "subsidiary-authors", "translated-authors"),
)
#: Names of ``extra`` that are EndNote's own, and that we have no other use for.
_FIELDS = (
    *("auth-address", "num-vols", "section", "reprint-edition", "orig-pub", "call-num", "caption"),
    *(
        "research-notes",
        "reviewed-item",
        "access-date",
        "custom1",
        "custom3",
        "custom4",
        "custom5",
        "custom6",
    ),
)
_STYLE = '<style face="normal" font="default" size="100%">'
_DAY = re.compile(r"\d{4}/\d\d/\d\d")
_YEAR = re.compile(r"\d{4}(?=[-/]|\Z)")
_SEASONS = {"21": "Spring", "22": "Summer", "23": "Autumn", "24": "Winter"}
_LINE_ENDS = re.compile(r"\r\n?|\n")


class EndnoteXml:
    """EndNote's XML for reference managers and review software."""

    name = "endnote-xml"
    ending = ".xml"
    media_type = "application/xml"
    binary = False

    def write(self, records: Iterable[Exported], stream: Sink) -> int:
        """Write the document a record a line; gives how many."""
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n')
        count = 0
        for exported in records:
            count += 1
            stream.write(f"<record>{''.join(_elements(exported, count))}</record>\n")
        stream.write("</records></xml>\n")
        return count


def _elements(exported: Exported, number: int) -> Iterator[str]:
    """The elements of a record in the order of EndNote's document type."""
    record = exported.record
    whole = record.type in _WHOLE
    edited = record.type == "book" and {author.role for author in record.authors} == {"editor"}
    roles: Mapping[str, str] = {"editor": "authors"} if edited else _ROLES_OF_WHOLE if whole else _ROLES
    name, code = _EDITED_BOOK if edited else _TYPES.get(record.type, _GENERIC)
    fields = {name: str(record.extra[name]) for name in _FIELDS if isinstance(record.extra.get(name), str)}
    # Where the record keeps a number of another database, the PMID is a note.
    pubmed = record.pmid if not {"accession-num", "remote-database-name"} & record.extra.keys() else ""
    pmcid = record.pmcid if "custom2" not in record.extra else ""
    total = _counted(record)
    notes = [
        *([note("type", record.type)] if (csl_type_from_name(name) or "document") != record.type else ()),
        *([note("PMID", record.pmid)] if record.pmid and not pubmed else ()),
        *([note("PMCID", record.pmcid)] if record.pmcid and not pmcid else ()),
        *([note("number-of-pages", record.number_of_pages)] if record.number_of_pages and not total else ()),
        *([note("container-title", record.container_title)] if record.container_title and whole else ()),
        *people(record, roles),
        *_extra(record, fields),
        *(TAG_NOTE + theme for theme in exported.themes),
    ]
    yield f'<source-app name="{SOURCE_APP}">{SOURCE_APP}</source-app><rec-number>{number}</rec-number>'
    yield f'<ref-type name="{name}">{code}</ref-type>'
    yield _contributors(record, roles)
    yield _field("auth-address", fields.get("auth-address", ""))
    yield _titles(record, whole)
    yield _field("pages", record.page or total)
    yield _field("volume", record.volume)
    # What EndNote shows as the number of a book or a report is none of an issue.
    yield _field("issue" if whole else "number", record.issue)
    yield _field("num-vols", fields.get("num-vols", ""))
    yield _field("edition", record.edition if not _DAY.fullmatch(record.edition) else "")
    yield from (_field(name, fields.get(name, "")) for name in ("section", "reprint-edition"))
    yield _within("keywords", (_field("keyword", word) for word in exported.keywords))
    yield _dates(record.issued)
    yield _field("pub-location", record.publisher_place)
    yield _field("publisher", record.publisher)
    yield _field("orig-pub", fields.get("orig-pub", ""))
    yield _field("isbn", "\n".join(filter(None, (record.isbn, record.issn))))
    yield _field("accession-num", pubmed)
    yield _field("call-num", fields.get("call-num", ""))
    yield _field("electronic-resource-num", record.doi)
    yield _field("abstract", record.abstract)
    yield _field("label", record.id)
    yield _field("caption", fields.get("caption", ""))
    yield _field("notes", "\n".join(map(fold, notes)))
    yield _field("research-notes", fields.get("research-notes", ""))
    yield _field("work-type", record.genre)
    yield _field("reviewed-item", fields.get("reviewed-item", ""))
    yield _field("remote-database-name", "PubMed" if pubmed else "")
    yield _field("language", record.language)
    yield _field("access-date", fields.get("access-date", ""))
    yield _field("custom1", fields.get("custom1", ""))
    yield _field("custom2", pmcid)
    yield from (_field(name, fields.get(name, "")) for name in ("custom3", "custom4", "custom5", "custom6"))
    yield _within("urls", [_within("related-urls", [_field("url", fold(record.url))])])


def _contributors(record: Record, roles: Mapping[str, str]) -> str:
    return _within(
        "contributors",
        (
            _within(
                element,
                (
                    _field("author", fold(_name(author)))
                    for author in record.authors
                    if roles.get(author.role) == element
                ),
            )
            for element in _CONTRIBUTORS
        ),
    )


def _name(author: Author) -> str:
    """The name as EndNote divides it; a word alone is whole without a comma."""
    if "," in author.literal:
        return author.literal.replace(",", ",,")
    return f"{author.literal}," if " " in author.literal.strip() else inverted(author)


def _titles(record: Record, whole: bool) -> str:
    # The department, in EndNote's theses.
    third = record.type == "thesis" or not whole
    second = "" if record.type == "thesis" else record.collection_title if whole else record.container_title
    titles = [
        _field("title", fold(record.title)),
        _field("secondary-title", fold(second)),
        _field("tertiary-title", fold(record.collection_title) if third else ""),
    ]
    full = [_field("full-title", fold(record.container_title))] if record.type in _JOURNALS else []
    return _within("titles", titles) + _within("periodical", full)


def _dates(issued: str) -> str:
    """The (first) year, and the date where it is more than that."""
    year = _YEAR.match(issued)
    if not year or year[0] == issued:
        return _within("dates", [_field("year", issued)])
    said = f"{_SEASONS[issued[5:]]} {year[0]}" if issued[5:] in _SEASONS else issued
    date = _within("pub-dates", [_field("date", said)])
    return _within("dates", [_field("year", year[0]), date])


def _counted(record: Record) -> str:
    """The number of pages, where ``pages`` means that: in a whole work."""
    counted = record.type in _WHOLE and not record.page and record.number_of_pages.isdecimal()
    return record.number_of_pages if counted else ""


def _extra(record: Record, fields: Mapping[str, str]) -> Iterator[str]:
    """The notes of what the record keeps beside its own fields; those of another are notes as they are."""
    for name, value in record.extra.items():
        if name in fields:
            continue
        for text in value if isinstance(value, list) else [str(value)]:
            if fold(text):
                plain = name == "notes" and not is_note(fold(text))
                yield text if plain else note(name, text)


def _field(name: str, text: str) -> str:
    """The element of a text with its style, "" without one."""
    text = xml_text(text).strip() if text else ""
    if not text:
        return ""
    # EndNote ends its lines so, and as themselves a reader of XML would make line feeds of them.
    text = escape(text)
    if "\n" in text or "\r" in text:
        text = _LINE_ENDS.sub("&#xD;", text)
    return f"<{name}>{_STYLE}{text}</style></{name}>"


def _within(name: str, elements: Iterable[str]) -> str:
    inner = "".join(elements)
    return f"<{name}>{inner}</{name}>" if inner else ""
