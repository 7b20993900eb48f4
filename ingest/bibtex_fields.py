"""From the fields of a BibTeX entry to the fields of ours.

``title subtitle``; ``author``, ``editor``, ``translator``, ``bookauthor`` and every CSL role under its
own name, ``others`` for et al., ``author+an:orcid``; ``journal journaltitle booktitle maintitle``
container title; ``series`` collection title; ``date``, ``year month day`` issued; ``volume``,
``number issue`` issue, ``pages`` page, ``pagetotal numpages`` number of pages, ``edition``;
``publisher institution school organization`` publisher, ``address location`` its place; ``type`` genre;
``doi``, ``url``, ``pmid``, ``pmcid``, ``isbn``, ``issn eissn``; ``language langid``; ``keywords
author_keywords``; ``abstract``. ``entrysubtype`` and ``howpublished`` help to find the type. Within one
field the first that the entry holds fills it; others, and all else, go to ``extra`` as printed.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace

from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

from corpus.csl import NAME_VARIABLES
from corpus.identity import normalise_doi, normalise_pmcid
from corpus.kinds import CSL_TYPES, csl_type_from_bibtex
from corpus.record import Author
from ingest.bibtex_values import bare, closing, split
from ingest.dates import database_date, printed_date
from ingest.draft import Draft, clean_doi, clean_issn, is_own_tag
from ingest.latex import to_text
from ingest.names import is_organisation
from ingest.pages import page_range, total_pages

#: Field name in lower case -> (name as printed, value), in the order printed.
Fields = dict[str, list[tuple[str, str]]]

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
}
_ROLES = {"bookauthor": "container-author", "authors": "author", "editors": "editor"}
_KEYWORDS = ("keywords", "keyword", "author_keywords", "author-keywords")
# What an entry takes from the one that its crossref names, and under which name.
_INHERITED = {"title": "booktitle", "booktitle": "booktitle"}
_NOT_INHERITED = frozenset(
    {"crossref", "author", "abstract", "keywords", "pages", "doi", "url", "note", "subtitle"}
)

_ENTITY = re.compile(r"(?<!\\)&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_ORCIDS = re.compile(r'(\d+)\s*=\s*"?([\dXx-]{16,19})"?')
_PMID_NOTE = re.compile(r"\s*PMID:?\s*(\d{1,8})\s*\Z", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def draft(entry_type: str, key: str, fields: Fields, inherited: Fields | None) -> Draft | None:
    """The record in the making, or ``None`` if the entry says nothing."""
    if not fields:
        return None
    fields = {name: list(values) for name, values in fields.items()}
    for name, values in (inherited or {}).items():
        name = _INHERITED.get(name, name)
        if name not in _NOT_INHERITED:
            fields.setdefault(name, list(values))
    made = Draft(
        csl_type_from_bibtex(
            entry_type,
            subtype=_first(fields, "entrysubtype"),
            howpublished=_first(fields, "howpublished"),
            genre=_first(fields, "type"),
        )
    )
    if _first(fields, "entrysubtype") in CSL_TYPES:
        del fields["entrysubtype"]
    for step in (_title, _names, _issued, _pages, _identifiers, _texts, _keywords):
        step(made, fields)
    if entry_type.lower() == "mastersthesis":
        made.texts.setdefault("genre", "Master's thesis")
    if fields.get("annotation") and is_own_tag(_text(_first(fields, "annotation"))):
        fields["annotation"].pop(0)
    for values in fields.values():
        for name, value in values:
            made.keep(name, value if name.lower() in ("file", "eprint") else _text(value))
    if re.match(r"PMID:\d+\Z", key):
        made.texts.setdefault("pmid", key[5:])
    return None if made.is_empty() else made


def _first(fields: Fields, name: str) -> str:
    return fields[name][0][1].strip() if name in fields else ""


def _text(value: str, *, groups: bool = False) -> str:
    if "&" in value:
        value = _ENTITY.sub(lambda match: html.unescape(match.group()), value)
    return _SPACE.sub(" ", to_text(value, groups=groups)).strip()


def _title(made: Draft, fields: Fields) -> None:
    titles = [(name, _text(value)) for name, value in fields.pop("title", ())]
    if not titles:
        return
    title = titles[0][1]
    if subtitle := _text(_first(fields, "subtitle")):
        fields.pop("subtitle")
        title += subtitle if title.endswith((":", "?", "!")) else f": {subtitle}"
    made.put("title", title.replace(":" + subtitle, ": " + subtitle) if subtitle else title, "title")
    for name, text in titles[1:]:
        made.put("title", text, name)


def _names(made: Draft, fields: Fields) -> None:
    for role in (*NAME_VARIABLES, *_ROLES):
        values = fields.pop(role, [])
        if not values:
            continue
        for name in split_multiple_persons_names(_text(values[0][1], groups=True)):
            if name.strip().lower() in ("others", "et al", "et al.", "{et al.}", "{others}"):
                made.et_al = True
            elif name.strip():
                made.authors.append(_author(name.strip(), _ROLES.get(role, role)))
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


def _author(name: str, role: str) -> Author:
    if _is_group(name) or ("," not in name and is_organisation(name)):
        return Author(literal=bare(name), role=role)
    parts = parse_single_name_into_parts(name, strict=False)
    return Author(
        family=bare(" ".join(parts.last)),
        given=bare(" ".join(parts.first)),
        particle=bare(" ".join(parts.von)),
        suffix=bare(" ".join(parts.jr)),
        role=role,
    )


def _is_group(name: str) -> bool:
    return name.startswith("{") and closing(name, 0) == len(name) - 1


def _issued(made: Draft, fields: Fields) -> None:
    year, month, day = (_text(_first(fields, name)) for name in ("year", "month", "day"))
    date = _text(_first(fields, "date"))
    found = database_date(date) if date else ""
    if not found and year:
        found = database_date(year) if not year.isdecimal() else year.zfill(4) if len(year) in (3, 4) else ""
        if month and len(found) == 4:
            found = _with_month(found, month, day)
    made.issued = found
    for name, text in (("date", date), ("year", year), ("month", month), ("day", day)):
        printed = fields.pop(name, [])
        for place, (shown, value) in enumerate(printed):
            if place or not _says(found, name, text):
                made.keep(shown, _text(value))


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
        return True
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
    note = _PMID_NOTE.match(_first(fields, "note"))
    if note:
        fields.pop("note")
        made.put("pmid", note[1], "note")


def _verbatim(value: str) -> str:
    """A DOI or address: some programs escape signs in it, some put it into ``\\url``."""
    value = re.sub(r"\\(?:url|href)\s*\{(.*)\}", r"\1", value.strip())
    value = re.sub(r"\\([_%&#~$])", r"\1", value).replace("{\\_}", "_").replace("{", "").replace("}", "")
    return _SPACE.sub("", html.unescape(value) if "&amp;" in value else value)


def _texts(made: Draft, fields: Fields) -> None:
    for field, target in _TEXTS.items():
        for name, value in fields.pop(field, ()):
            made.put(target, _text(value), name)


def _keywords(made: Draft, fields: Fields) -> None:
    for field in _KEYWORDS:
        for _, value in fields.pop(field, ()):
            made.add_keywords(split(_text(value, groups=True)))
