"""From the fields of a BibTeX entry to the fields of ours.

``title subtitle``; ``author``, ``editor``, ``translator``, ``bookauthor`` and every CSL role under its
own name, ``others`` for et al., ``author+an:orcid``; ``journal journaltitle booktitle maintitle``
container title; ``series`` collection title; ``date``, ``year month day`` issued; ``volume``,
``number issue`` issue, ``pages`` page, ``pagetotal numpages`` number of pages, ``edition``;
``publisher institution school organization`` publisher, ``address location`` its place; ``type`` genre;
``doi``, ``url``, ``pmid``, ``pmcid``, ``isbn``, ``issn eissn``; ``language langid``; ``keywords
author_keywords``; ``abstract``. What single programs write in ways of their own is in
``bibtex_flavours``. ``entrysubtype`` and ``howpublished`` help to find the type. Within one
field the first that the entry holds fills it; others, and all else, go to ``extra`` as printed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from corpus.csl import NAME_VARIABLES
from corpus.identity import normalise_doi, normalise_pmcid
from corpus.kinds import CSL_TYPES, csl_type_from_bibtex
from ingest.fields.dates import database_date, printed_date
from ingest.fields.draft import Draft, clean_doi, clean_issn, without_own
from ingest.fields.entities import unescape
from ingest.fields.names import is_nobody
from ingest.fields.pages import page_range, total_pages
from ingest.parsers.bibtex_flavours import adapt
from ingest.parsers.bibtex_names import author, split_names
from ingest.parsers.bibtex_values import Fields, first, split
from ingest.parsers.latex import to_text
from ingest.parsers.own_notes import is_theme

_TEXTS = {
    "journal": "container_title",
    "journaltitle": "container_title",
    "booktitle": "container_title",
    "maintitle": "container_title",
    "series": "collection_title",
    "volume": "volume",
    "number": "issue",
    "issue": "issue",
    "pagetotal": "number_of_pages",
    "numpages": "number_of_pages",
    "edition": "edition",
    "publisher": "publisher",
    "institution": "publisher",
    "school": "publisher",
    "organization": "publisher",
    "address": "publisher_place",
    "location": "publisher_place",
    "type": "genre",
    "isbn": "isbn",
    "language": "language",
    "langid": "language",
    "abstract": "abstract",
    "pmid": "pmid",
    "pubmed_id": "pmid",
}
_ROLES = {"bookauthor": "container-author", "authors": "author", "editors": "editor"}
# Ours are in the first, which Zotero writes back as the second.
_NOTES = ("annotation", "annote")
_KEYWORDS = ("keywords", "keyword", "author_keywords", "author-keywords")
# What an entry takes from its parent has another name there: the title of a book is a chapter's booktitle.
_NAMES_BELOW = {"title": "{}title", "subtitle": "{}subtitle", "titleaddon": "{}titleaddon"}
_NOT_INHERITED_TEXT = (
    "crossref xref xdata ids entryset entrysubtype execute label options presort related relatedtype"
    " relatedstring relatedoptions shorthand shorttitle sortkey sorttitle author abstract keywords pages doi"
    " url note annotation annote file pagetotal numpages eprint eprinttype"
)
_NOT_INHERITED = frozenset(_NOT_INHERITED_TEXT.split())
_PARTS_OF_BOOKS = frozenset({"inbook", "bookinbook", "suppbook"})

_ORCIDS = re.compile(r'(\d+)\s*=\s*"?([\dXx-]{16,19})"?')
_PMID_NOTE = re.compile(r"\s*PMID:?\s*(\d{1,8})\s*\Z", re.IGNORECASE)
_NUMBERS = re.compile(r"[\d/.-]+")
_SPACE = re.compile(r"\s+")


def inherit(kind: str, fields: Fields, parent_kind: str, parent: Fields) -> Fields:
    """The fields of an entry with what it lacks from its parent, under the names that they have in a part."""
    heir = dict(fields)
    if parent_kind == "xdata":
        return {**{name: values for name, values in parent.items() if name != "xdata"}, **heir}
    whole = "journal" if parent_kind == "periodical" else "main" if parent_kind.startswith("mv") else "book"
    for name, values in parent.items():
        if name in _NAMES_BELOW:
            heir.setdefault(_NAMES_BELOW[name].format(whole), values)
        elif name not in _NOT_INHERITED:
            heir.setdefault(name, values)
    if kind in _PARTS_OF_BOOKS and "author" in parent:
        heir.setdefault("bookauthor" if "author" in fields else "author", parent["author"])
    return heir


def draft(entry_type: str, key: str, fields: Fields) -> Draft | None:
    """The record in the making, or ``None`` if the entry says nothing."""
    if not fields:
        return None
    fields = {name: list(values) for name, values in fields.items()}
    made = Draft(
        csl_type_from_bibtex(
            entry_type,
            subtype=first(fields, "entrysubtype"),
            howpublished=first(fields, "howpublished"),
            genre=first(fields, "type"),
        )
    )
    if first(fields, "entrysubtype") in CSL_TYPES:
        del fields["entrysubtype"]
    adapt(made, key, fields)
    for step in (_title, _names, _issued, _pages, _identifiers, _texts, _keywords):
        step(made, fields)
    if entry_type.lower() == "mastersthesis":
        made.texts.setdefault("genre", "Master's thesis")
    for field in _NOTES:
        if field in fields:
            fields[field] = [value for value in fields[field] if not is_theme(_text(value[1]))]
    for values in fields.values():
        for name, value in values:
            made.keep(name, value if name.lower() in ("file", "eprint") else _text(value))
    if re.match(r"PMID:\d+\Z", key):
        made.texts.setdefault("pmid", key[5:])
    return None if made.is_empty() else made


def _text(value: str, *, groups: bool = False) -> str:
    # "\\&amp;": escaped by one program, then by another.
    value = unescape(to_text(unescape(value), groups=groups))
    return " ".join(value.split())


def _title(made: Draft, fields: Fields) -> None:
    titles = [(name, _text(value)) for name, value in fields.pop("title", ())]
    if not titles:
        return
    title = titles[0][1]
    if subtitle := _text(first(fields, "subtitle")):
        fields.pop("subtitle")
        title += subtitle if title.endswith((":", "?", "!")) else f": {subtitle}"
    made.put("title", title.replace(":" + subtitle, ": " + subtitle) if subtitle else title, "title")
    for name, text in titles[1:]:
        made.put("title", text, name)


def _names(made: Draft, fields: Fields) -> None:
    for role in [role for role in (*NAME_VARIABLES, *_ROLES) if role in fields]:
        values = fields.pop(role)
        for name in split_names(_text(values[0][1], groups=True)):
            if name.strip().lower() in ("others", "et al", "et al.", "{et al.}", "{others}"):
                made.et_al = True
            elif is_nobody(name.strip()):
                made.keep(role, name)
            elif name.strip():
                made.authors.append(author(name.strip(), _ROLES.get(role, role)))
        for name, value in values[1:]:
            made.keep(name, _text(value))
        _give_orcids(made, fields, role)


def _give_orcids(made: Draft, fields: Fields, role: str) -> None:
    places = [place for place, author in enumerate(made.authors) if author.role == _ROLES.get(role, role)]
    for _, annotation in fields.pop(f"{role}+an:orcid", ()):
        for number, orcid in _ORCIDS.findall(_text(annotation)):
            if 0 < int(number) <= len(places):
                place = places[int(number) - 1]
                made.authors[place] = replace(made.authors[place], orcid=orcid)


def _issued(made: Draft, fields: Fields) -> None:
    printed: Fields = {name: fields.pop(name) for name in ("date", "year", "month", "day") if name in fields}
    if not printed:
        return
    made.issued = _date(
        *(_text(first(printed, name)) if name in printed else "" for name in ("date", "year", "month", "day"))
    )
    for name, values in printed.items():
        for place, (shown, value) in enumerate(values):
            if place or not _says(made.issued, name, _text(value)):
                made.keep(shown, _text(value))


@lru_cache(maxsize=1 << 12)
def _date(date: str, year: str, month: str, day: str) -> str:
    found = database_date(date) if date else ""
    if found or not year:
        return found
    found = database_date(year) if not year.isdecimal() else year.zfill(4) if len(year) in (3, 4) else ""
    return _with_month(found, month, day) if month and len(found) == 4 else found


def _with_month(year: str, month: str, day: str) -> str:
    if month.isdecimal() and 1 <= int(month) <= 12:
        return f"{year}-{int(month):02d}" + (
            f"-{int(day):02d}" if day.isdecimal() and 1 <= int(day) <= 31 else ""
        )
    # Both "mar # ~1" and "MAR 1" hold the day beside the month.
    return printed_date(f"{month.replace('~', ' ')} {day}, {year}") or year


def _says(issued: str, name: str, text: str) -> bool:
    """Whether the date that was found says what this field printed."""
    if not issued:
        return False
    if name == "date":
        # "2004~" and "circa 2004" say more than the year that is found in them.
        return _NUMBERS.fullmatch(text) is not None
    if name == "year":
        return text.isdecimal() or issued == text
    return len(issued) > 4


def _pages(made: Draft, fields: Fields) -> None:
    for name, value in fields.pop("pages", ()):
        text = _text(value)
        if total := total_pages(text):
            made.put("number_of_pages", total, name)
            continue
        pages = page_range(text)
        if made.texts.get("page"):
            made.keep(name, text)
            continue
        made.put("page", pages, name)
        if pages != page_range(text, expand=False):
            made.keep(name, text)


def _identifiers(made: Draft, fields: Fields) -> None:
    for name, value in fields.pop("doi", ()):
        made.put("doi", clean_doi(_verbatim(value)), name)
    for name, value in fields.pop("url", ()):
        made.put("url", _verbatim(value), name)
    if "doi" not in made.texts and "doi.org/" in (url := made.texts.get("url", "")) and normalise_doi(url):
        made.put("doi", clean_doi(url), "url")
    for name, value in fields.pop("pmcid", ()):
        made.put("pmcid", normalise_pmcid(value) or value, name)
    serial = [_text(value) for name in ("issn", "eissn") for _, value in fields.pop(name, ())]
    if serial:
        made.put("issn", clean_issn(", ".join(serial)), "issn")
    note = _PMID_NOTE.match(first(fields, "note"))
    if note:
        fields.pop("note")
        made.put("pmid", note[1], "note")


def _verbatim(value: str) -> str:
    """A DOI or address: some programs escape signs in it, some put it into ``\\url``."""
    value = re.sub(r"\\(?:url|href)\s*\{(.*)\}", r"\1", value.strip())
    value = re.sub(r"\\([_%&#~$])", r"\1", value).replace("{\\_}", "_").replace("{", "").replace("}", "")
    return _SPACE.sub("", unescape(value))


def _texts(made: Draft, fields: Fields) -> None:
    if made.type in ("chapter", "paper-conference"):
        # Beside the title of the book, a journal's is that of its series.
        for name, value in fields.pop("booktitle", ()):
            made.put("container_title", _text(value), name)
    for field, target in _TEXTS.items():
        for name, value in fields.pop(field, ()):
            made.put(target, _text(value), name)


def _keywords(made: Draft, fields: Fields) -> None:
    notes = [text for name in _NOTES for _, value in fields.get(name, ()) if is_theme(text := _text(value))]
    for field in _KEYWORDS:
        for _, value in fields.pop(field, ()):
            made.add_keywords(without_own(split(_text(value, groups=True)), notes))
