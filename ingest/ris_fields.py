"""From the tags of an RIS record to the fields of ours; the table stands in ``ingest.ris``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from corpus.csl import NAME_VARIABLES
from corpus.identity import isbns, normalise_doi, normalise_pmcid
from corpus.kinds import CSL_TYPES, csl_type_from_ris
from corpus.record import Author
from ingest.dates import database_date
from ingest.draft import Draft, clean_doi, clean_issn, is_own_tag
from ingest.names import is_others, parse_name
from ingest.pages import page_range, total_pages


@dataclass(slots=True)
class Field:
    """A tag and its lines as printed."""

    tag: str
    lines: list[str]

    @property
    def text(self) -> str:
        """The value on one line."""
        if len(self.lines) == 1:
            return self.lines[0].strip()
        return " ".join(" ".join(self.lines).split())


# Tag -> field of the record, for the texts that need nothing else. Within one field the first that the
# record holds fills it, in the order of this table; others are kept by their tags.
_TEXTS = {
    "TI": "title",
    "T1": "title",
    "CT": "title",
    "AB": "abstract",
    "N2": "abstract",
    "VL": "volume",
    "VO": "volume",
    "IS": "issue",
    "CP": "issue",
    "PB": "publisher",
    "CY": "publisher_place",
    "PP": "publisher_place",
    "ET": "edition",
    "LA": "language",
    "UR": "url",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "ISSN": "issn",
    "ISBN": "isbn",
    "T3": "collection_title",
}
_CONTAINERS = ("JF", "T2", "JO", "BT", "JA", "J2", "J1")
_BOOKS = frozenset({"BOOK", "EBOOK", "EDBOOK", "WHOLE", "SER"})
_COUNTED = frozenset({"book", "report", "thesis", "pamphlet"})
_DATES = ("PY", "Y1", "DA")
_ROLES = {
    "AU": "author",
    "A1": "author",
    "ED": "editor",
    "A2": "editor",
    "A3": "collection-editor",
    "A4": "translator",
}
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\d[ -]?){9}[\dXx](?!\d)|(?<!\d)(?:\d-?){13}(?!\d)")
_NOTE = re.compile(r"([A-Za-z][\w.+-]{0,40}):\s+(\S.*)\Z", re.DOTALL)
_ISSUE = re.compile(r"(?:\w{1,4}(?:[-/]\w{1,4})?|Suppl\.? ?\d*)\Z", re.IGNORECASE)
_ORCID_NOTE = re.compile(r"(\S+) \((.*)\)\Z", re.DOTALL)
_JSTOR_DATE = re.compile(r"Full publication date:\s*(.*)", re.IGNORECASE)
_NOTED_TEXTS = {"PMID": "pmid", "PMCID": "pmcid", "number-of-pages": "number_of_pages"}
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)


def draft(fields: list[Field], person: bool) -> tuple[str, Draft] | None:
    """(id, record in the making), or ``None`` if only a type is there."""
    values: dict[str, list[str]] = {}
    for field in fields:
        if field.tag == "KW":
            # EndNote and Rayyan print one keyword a line under a single KW.
            values.setdefault("KW", []).extend(line.strip() for line in field.lines if line.strip())
        elif field.tag == "N1":
            if text := "\n".join(line.strip() for line in field.lines).strip():
                values.setdefault("N1", []).append(text)
        elif text := field.text:
            values.setdefault(field.tag, []).append(text)
    values.pop("ER", None)
    ty = values.pop("TY", [""])[0]
    if not values:
        return None
    made = Draft(csl_type_from_ris(ty))
    for step in _STEPS:
        step(made, values, ty.upper())
    ids = values.pop("ID", [])
    for tag, texts in values.items():
        for text in texts:
            made.keep(tag, text)
    for text in ids[1:]:
        made.keep("ID", text)
    if not person:
        return (ids[0] if ids else ""), made
    made.authors = [_as_person(author) for author in made.authors]
    return (ids[0] if ids else ""), made


def _as_person(author: Author) -> Author:
    return parse_name(author.literal, author.role, person=True) if author.literal else author


Values = dict[str, list[str]]


def _texts(made: Draft, values: Values, ty: str) -> None:
    if ty in _BOOKS and not (values.keys() & {"TI", "T1", "CT"}) and "BT" in values:
        made.put("title", values.pop("BT")[0], "BT")
    for tag, field in _TEXTS.items():
        for text in values.pop(tag, ()):
            made.put(field, text, tag)


def _container(made: Draft, values: Values, ty: str) -> None:
    if ty in _BOOKS and "T2" in values and "collection_title" not in made.texts:
        made.put("collection_title", values.pop("T2")[0], "T2")
    for tag in _CONTAINERS:
        for text in values.pop(tag, ()):
            made.put("container_title", text, tag)


def _names(made: Draft, values: Values, ty: str) -> None:
    for tag, role in _ROLES.items():
        # Some databases print the same author in A1 and AU.
        for text in dict.fromkeys(values.pop(tag, ())):
            if is_others(text):
                made.et_al = True
                continue
            author = parse_name(text, role)
            if not (author.family or author.literal):
                made.keep(tag, text)
            elif author not in made.authors:
                made.authors.append(author)


def _issued(made: Draft, values: Values, ty: str) -> None:
    """The most exact of the dates that agree with the first; the others are kept if they say more."""
    found = [(tag, text, database_date(text)) for tag in _DATES for text in values.pop(tag, ())]
    if "C1" in values and (match := _JSTOR_DATE.match(values["C1"][0])):
        found.append(("", "", database_date(match[1])))
    years = [date[:4] for _, _, date in found if date]
    if years:
        # EndNote prints the year in PY and "Jun" or "Oct 14" in DA.
        found = [(tag, text, date or database_date(f"{text} {years[0]}")) for tag, text, date in found]
    dates = [date for _, _, date in found if date]
    if dates:
        # A range such as 2004/2005 is longer than its first year and says more.
        made.issued = max((date for date in dates if date[:4] == dates[0][:4]), key=len)
    for tag, text, date in found:
        if tag and not (date and made.issued.startswith(date)):
            made.keep(tag, text)


def _pages(made: Draft, values: Values, ty: str) -> None:
    starts, ends = values.pop("SP", []), values.pop("EP", [])
    start, end = (starts or [""])[0], (ends or [""])[0]
    for tag, texts in (("SP", starts[1:]), ("EP", ends[1:])):
        for text in texts:
            made.keep(tag, text)
    if start and not end and made.type in _COUNTED and (total := _total(start)):
        made.put("number_of_pages", total, "SP")
        return
    printed = f"{start}-{end}" if start and end and start != end and "-" not in start else start or end
    pages = page_range(printed)
    made.put("page", pages, "SP")
    if start and end and not pages.endswith(end):
        made.keep("EP", end)
    elif not end and pages != start and pages:
        made.keep("SP", start)


def _total(text: str) -> str:
    return text if text.isdecimal() else total_pages(text)


def _numbers(made: Draft, values: Values, ty: str) -> None:
    serial = []
    for text in values.pop("SN", ()):
        # Publishers' own examples and misprints have wrong check digits: the length tells as well.
        book = isbns(text) or _LONG_NUMBER.search(text) or (made.type == "book" and not _is_issn(text))
        if book:
            made.put("isbn", text, "SN")
        else:
            serial.append(text)
    if serial:
        made.put("issn", clean_issn(" ".join(serial)), "SN")
    if made.type == "article-journal" and "issue" not in made.texts and "M1" in values:
        first = values["M1"][0]
        if len(values["M1"]) == 1 and _ISSUE.match(first):
            made.put("issue", values.pop("M1")[0], "M1")


def _is_issn(text: str) -> bool:
    return clean_issn(text) != text or bool(re.fullmatch(r"\d{4}-\d{3}[\dXx]", text))


def _identifiers(made: Draft, values: Values, ty: str) -> None:
    for tag in ("DO", "DOI"):
        for text in values.pop(tag, ()):
            made.put("doi", clean_doi(text), tag)
    if "doi" not in made.texts:
        for tag in ("M3", "L3", "N1", "C7"):
            found = next(
                (text for text in values.get(tag, ()) if re.match(r"\s*(?:doi\b|https?://)", text, re.I)), ""
            )
            if normalise_doi(found):
                made.put("doi", clean_doi(found), tag)
                break
    if re.fullmatch(r"\s*(?:PMC)\d+\s*", (values.get("C2") or [""])[0]):
        made.put("pmcid", normalise_pmcid(values.pop("C2")[0]), "C2")
    numbers = values.get("AN") or [""]
    if _PUBMED.search(" ".join(values.get("DB", []) + values.get("DP", []))) and re.fullmatch(
        r"\d{1,8}", numbers[0]
    ):
        made.put("pmid", values.pop("AN")[0], "AN")


def _genre(made: Draft, values: Values, ty: str) -> None:
    kept = []
    for text in values.pop("M3", ()):
        if "genre" in made.texts or re.match(r"\s*(?:doi\b|https?://)", text, re.IGNORECASE):
            kept.append(text)
        elif ty in ("", "GEN") and text in CSL_TYPES:
            made.type = text
        else:
            made.put("genre", text, "M3")
    for text in kept:
        if not (made.texts.get("doi") and normalise_doi(text) == normalise_doi(made.texts["doi"])):
            made.keep("M3", text)


def _keywords(made: Draft, values: Values, ty: str) -> None:
    words = values.pop("KW", [])
    if len(words) == 1 and ";" in words[0]:
        words = words[0].split(";")
    made.add_keywords(words)


def _notes(made: Draft, values: Values, ty: str) -> None:
    """Notes in the form "name: value" say what RIS has no tag for."""
    for note in values.pop("N1", ()):
        if note.startswith("Theme: ") and is_own_tag(note):
            continue
        match = _NOTE.match(note)
        if not match or match[1].lower() in ("http", "https"):
            made.keep("N1", note)
            continue
        name, value = match[1], match[2]
        if name in _NOTED_TEXTS:
            made.put(_NOTED_TEXTS[name], value, name)
        elif name == "type" and value in CSL_TYPES:
            made.type = value
        elif name == "et-al" and value == "true":
            made.et_al = True
        elif name == "issued" and made.issued and _is_range_from(made.issued, value):
            made.issued = value
        elif name in NAME_VARIABLES:
            made.authors.append(parse_name(value, name))
        elif name == "ORCID" and (found := _ORCID_NOTE.match(value)) and _give_orcid(made, *found.groups()):
            continue
        else:
            made.keep(name, value)


def _is_range_from(first: str, text: str) -> bool:
    """Whether a note is the range of dates of which the date tags hold the beginning."""
    return text.startswith(f"{first}/") and database_date(text) == text


def _give_orcid(made: Draft, orcid: str, name: str) -> bool:
    named = parse_name(name)
    for place, author in enumerate(made.authors):
        if replace(author, role="author") == named:
            made.authors[place] = replace(author, orcid=orcid)
            return True
    return False


_STEPS: tuple[Callable[[Draft, Values, str], None], ...] = (
    _texts,
    _container,
    _names,
    _issued,
    _identifiers,
    _genre,
    _pages,
    _numbers,
    _keywords,
    _notes,
)
