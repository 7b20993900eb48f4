"""EndNote's XML, with and without ``<style>``, as EndNote, Zotero, Mendeley and library systems export it.

Elements and the fields they fill (EndNote's RSXML.dtd): ``rec-number`` id; ``ref-type`` type, by its name
(Mendeley has numbers of its own), else by its number; ``authors`` authors (editors of an Edited Book),
``secondary-authors`` editors (series editors of a book or report), ``tertiary-authors`` series editors,
``translated-authors`` translators, ``subsidiary-authors`` contributors; ``title`` title; ``secondary-title
full-title`` container title (of a book or report the collection's), ``tertiary-title`` collection title;
``year date`` date; ``volume``; ``number`` issue (of a book or report kept as ``number``), ``issue``;
``pages`` pages (of a book how many); ``edition``; ``publisher pub-location``; ``isbn`` ISBN or ISSN, by its
form; ``electronic-resource-num`` DOI; ``accession-num`` PMID where database or address say PubMed,
``custom2`` PMCID where it is one; ``custom7`` article number, for want of pages; ``url`` of any kind but
files: address; ``keyword`` keywords; ``abstract``; ``language``; ``work-type`` genre. Lines of ``notes`` in
the form that our exporter writes (``own_notes``) fill the CSL variable of that name, and a ``label`` that is
an id of ours is the id. All else is kept in ``extra`` by its element.

Raised and lowered letters become those of Unicode, letters of the font Symbol Greek ones. lxml reads each
element (see ``xml_elements``); no other library that is kept reads this format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from corpus.identity import normalise_doi, normalise_pmcid, normalise_pmid
from corpus.kinds import CSL_TYPES, csl_type_from_name
from corpus.record import Author, Piece, Problem
from ingest.fields.draft import Draft, clean_doi, without_own
from ingest.fields.entities import unescape
from ingest.files.text import Text
from ingest.files.xml_elements import Layout, elements, marked_text, tag_of
from ingest.parsers.own_notes import SOURCE_APP, apart, put_note
from ingest.parsers.tagged import put_dates, put_names, put_pages, put_serials

_LAYOUT = Layout(("record",), ("xml", "records", "XML", "RECORDS"))
# Other XML has records with titles too.
_SIGN = re.compile(
    r"<record[\s>](?:(?!<record[\s>]).){0,4000}?<(?:ref-type|rec-number|source-app|contributors>\s*<authors)[\s>]",
    re.DOTALL,
)
_EMPTY = re.compile(r"<xml>\s*<records>\s*</records>")

# Types by number, where a program leaves the name out.
_NUMBERS = (
    "2 artwork, 3 audiovisual material, 4 bill, 5 book section, 6 book, 7 case, 9 computer program,"
    " 10 conference proceedings, 12 web page, 14 hearing, 17 journal article, 19 magazine article, 20 map,"
    " 21 film or broadcast, 23 newspaper article, 25 patent, 26 personal communication, 27 report,"
    " 28 edited book, 31 statute, 32 thesis, 34 unpublished work, 36 manuscript, 37 figure,"
    " 38 chart or table, 39 equation, 43 electronic article, 44 electronic book, 45 online database,"
    " 46 government document, 47 conference paper, 48 online multimedia, 49 classical work,"
    " 50 legal rule or regulation, 52 dictionary, 53 encyclopedia, 55 aggregated database, 56 blog,"
    " 57 serial, 58 standard, 59 dataset, 60 electronic book section"
)
_NAMES = {number: name for number, _, name in (one.partition(" ") for one in _NUMBERS.split(", "))}
_WHOLE = frozenset({"book", "report", "thesis"})
_TEXTS = {
    "title": "title",
    "volume": "volume",
    "issue": "issue",
    "edition": "edition",
    "publisher": "publisher",
    "pub-location": "publisher_place",
    "language": "language",
    "work-type": "genre",
}
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b|ncbi\.nlm", re.IGNORECASE)
_ARTICLE_NUMBER = re.compile(r"[A-Za-z]{0,3}\d+")
_FILE = re.compile(r"(?:internal-pdf|file)://|[A-Za-z]:\\", re.IGNORECASE)
_PMCID = re.compile(r"PMC\d{3,}\Z")
_COMMA_IN_NAME = re.compile(r"<author(?:\s[^<>]*)?>\s*(?:<style[^<>]*>)?[^<>]*,")
_OWN_ID = re.compile(r"[a-z][a-z'-]*-(?:\d{4}|nd)-[a-z][\w-]*")
_DAY = re.compile(r"\d{4}/\d\d/\d\d")
_RETURN = re.compile(r"\r\n?")
_SYMBOLS = str.maketrans("abgdezhqiklmnxoprstufcywGDQLXPSUFYWm", "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩμ")


class EndnoteXml:
    """Reads EndNote's XML, record by record."""

    name = "endnote-xml"
    endings: tuple[str, ...] = (".xml",)

    def recognises(self, head: str) -> bool:
        """Whether a record stands there with elements that EndNote's have."""
        return bool(_SIGN.search(head) or _EMPTY.search(head))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The records in the order printed."""
        # A name without a comma is an organisation's, unless no name has one.
        person = not _COMMA_IN_NAME.search(text.head)
        for found in elements(text, _LAYOUT):
            if isinstance(found, Problem):
                yield found
                continue
            id, made = _draft(_Values(found.root), person)
            if made.is_empty():
                reason = "record holds nothing but its type"
                yield Problem(text.source, found.line, found.raw, reason, "export it again, or leave it out")
            else:
                yield made.source_record(id, text.source, self.name, found.line, found.raw)


class _Values:
    """The texts of a record by element, each taken once."""

    def __init__(self, root: etree._Element) -> None:
        self._values: dict[str, list[str]] = {}
        kind = root.find("{*}ref-type")
        self.kind = "" if kind is None else kind.get("name", "") or _NAMES.get(_text(kind), _text(kind))
        self._gather(root, tag_of(root))
        #: Whether this is our own export: then nothing in it is guessed.
        self.own = self.look("source-app") == SOURCE_APP
        self.notes = apart(self.take_lines("notes") if self.own else self.take("notes"))

    def _gather(self, element: etree._Element, within: str) -> None:
        """Lists are known by their own name, fields by theirs: ``author`` says not whose."""
        for child in element:
            name = tag_of(child)
            if not name or name == "ref-type":
                continue
            inner = {tag_of(one) for one in child} - {"", "style"}
            if inner:
                self._gather(child, name)
            elif text := _text(child):
                listed = name in ("author", "url") and within != "record"
                self._values.setdefault(within if listed else name, []).append(text)

    def take(self, name: str) -> list[str]:
        """The texts of an element, lines as printed."""
        return self._values.pop(name, [])

    def take_lines(self, name: str) -> list[str]:
        """The lines of all texts of an element."""
        texts = self.take(name)
        return [line.strip() for text in texts for line in text.split("\n") if line.strip()]

    def look(self, *names: str) -> str:
        """The texts of elements, left where they are."""
        return " ".join(text for name in names for text in self._values.get(name, []))

    def keep_rest(self, made: Draft) -> None:
        """Keep what was not taken in ``extra``."""
        for name, texts in self._values.items():
            for text in texts:
                made.keep(name, text)


def _draft(values: _Values, person: bool) -> tuple[str, Draft]:
    made = Draft(csl_type_from_name(values.kind))
    if not made.type:
        made.type = "article-journal" if values.look("full-title") else "document"
        made.keep("ref-type", values.kind if values.kind.lower() != "generic" else "")
    for note in values.notes:
        # First, since what is a book's means something else in an article.
        if note.startswith("type: ") and note[6:] in CSL_TYPES:
            made.type = note[6:]
    id = _id(made, values)
    _put_names(made, values, person)
    _put_containers(made, values)
    for name, field in _TEXTS.items():
        for text in values.take(name):
            # EndNote keeps the day of PubMed's electronic publication as an edition.
            if name == "edition" and _DAY.fullmatch(text):
                made.keep(name, text)
            else:
                made.put(field, " ".join(text.split()), name)
    for text in values.take("number"):
        if made.type in _WHOLE:
            made.keep("number", text)
        else:
            made.put("issue", text, "number")
    for text in values.take("abstract"):
        made.put("abstract", text, "abstract")
    put_dates(made, [(name, text) for name in ("year", "date") for text in values.take_lines(name)])
    _put_pages(made, values)
    put_serials(made, values.take_lines("isbn"), "isbn")
    _put_identifiers(made, values)
    for text in without_own(values.take("keyword"), values.notes):
        made.add_keywords([text] if values.own else re.split(r"[;\n]", text))
    for note in values.notes:
        if not put_note(made, note, any_name=values.own):
            made.keep("notes", note)
    values.keep_rest(made)
    return id, made


def _id(made: Draft, values: _Values) -> str:
    """The number of the record; its label where that is the id that we gave it."""
    number = "".join(values.take("rec-number")[:1])
    if values.own:
        values.take("source-app")
        return "".join(values.take("label"))
    if _OWN_ID.fullmatch(values.look("label")):
        # EndNote and Zotero keep our label, and number records themselves.
        made.keep("rec-number", number)
        return "".join(values.take("label"))
    return number


def _put_names(made: Draft, values: _Values, person: bool) -> None:
    edited = values.kind.lower().replace(",", "") in ("edited book", "book edited")
    second = "collection-editor" if made.type in _WHOLE else "editor"
    for name, role in (
        ("authors", "editor" if edited else "author"),
        ("secondary-authors", second),
        ("tertiary-authors", "collection-editor" if made.type != "thesis" else "contributor"),
        ("translated-authors", "translator"),
        ("subsidiary-authors", "contributor"),
    ):
        lines = values.take_lines(name)
        names = lines if values.own else [one.strip() for text in lines for one in text.split(";")]
        for printed in filter(None, names):
            if ",," in printed:
                # So EndNote writes a comma that is part of an organisation's name.
                made.authors.append(Author(literal=printed.replace(",,", ",").rstrip(", "), role=role))
            else:
                put_names(made, [printed], name, role, person=person)


def _put_containers(made: Draft, values: _Values) -> None:
    whole = made.type in _WHOLE
    for name, field in (
        ("secondary-title", "collection_title" if whole else "container_title"),
        ("full-title", "collection_title" if whole else "container_title"),
        ("tertiary-title", "collection_title"),
    ):
        if made.type == "thesis" and name == "secondary-title":
            # The department.
            continue
        for text in values.take(name):
            made.put(field, " ".join(text.split()), name)
    if "container_title" not in made.texts and not whole:
        for text in values.take("abbr-1")[:1]:
            made.put("container_title", text, "abbr-1")


def _put_pages(made: Draft, values: _Values) -> None:
    for text in values.take("pages"):
        if doi := normalise_doi(text):
            # Articles without pages are cited by it.
            made.put("doi", doi, "pages")
        else:
            put_pages(made, text, "", ("pages", "pages"))
    if (
        "page" not in made.texts
        and made.type not in _WHOLE
        and _ARTICLE_NUMBER.fullmatch(values.look("custom7"))
    ):
        made.put("page", "".join(values.take("custom7")), "custom7")


def _put_identifiers(made: Draft, values: _Values) -> None:
    for text in values.take("electronic-resource-num"):
        if normalise_doi(text):
            made.put("doi", clean_doi(text), "electronic-resource-num")
        else:
            made.keep("electronic-resource-num", text)
    kinds = ("web-urls", "related-urls", "text-urls", "urls", "pdf-urls", "image-urls")
    # The database says what its number is, or the address at which EndNote found the record.
    sign = values.look("remote-database-name", "remote-database-provider", *kinds)
    for text in values.take("accession-num"):
        if (pmid := normalise_pmid(text)) and _PUBMED.search(sign) and pmid == text.strip():
            made.put("pmid", pmid, "accession-num")
            if values.own:
                values.take("remote-database-name")
        else:
            made.keep("accession-num", text)
    for text in values.take("custom2"):
        if _PMCID.match(text.strip()):
            made.put("pmcid", normalise_pmcid(text), "custom2")
        else:
            made.keep("custom2", text)
    for kind in kinds:
        for text in values.take_lines(kind):
            if _FILE.match(text) or (kind in ("pdf-urls", "image-urls") and "://" not in text):
                made.keep(kind, text)
            else:
                made.put("url", text, kind)


def _text(element: etree._Element) -> str:
    """The text of an element without styles; a return is the end of a line."""
    text = unescape(marked_text(element, _script, _letters) if len(element) else element.text or "")
    if "\n" not in text and "\r" not in text:
        return " ".join(text.split())
    text = _RETURN.sub("\n", text)
    lines = (" ".join(line.split()) for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _script(element: etree._Element) -> str:
    face = element.get("face", "").lower()
    return "sup" if "superscript" in face else "sub" if "subscript" in face else tag_of(element)


def _letters(element: etree._Element, text: str) -> str:
    return text.translate(_SYMBOLS) if element.get("font", "").lower() == "symbol" else text
