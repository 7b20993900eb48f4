"""From the tags of an RIS record to the fields of ours; the table stands in ``ris``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from corpus.identity import normalise_doi
from corpus.kinds import CSL_TYPES, csl_type_from_ris
from corpus.record import Author
from ingest.fields.dates import database_date
from ingest.fields.draft import Draft, without_own
from ingest.fields.names import is_others, parse_name
from ingest.fields.pages import page_range, total_pages
from ingest.parsers.own_notes import apart, put_note
from ingest.parsers.ris_identifiers import is_doi_or_address, put_identifiers, put_serial_numbers

#: Tag -> its values in the order printed, each on one line but for notes; "" is none.
Values = dict[str, list[str]]

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
    "PB": "publisher",
    "PU": "publisher",
    "CY": "publisher_place",
    "PP": "publisher_place",
    "PI": "publisher_place",
    "ET": "edition",
    "LA": "language",
    "UR": "url",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "ISSN": "issn",
    "ISBN": "isbn",
    "T3": "collection_title",
}
_CONTAINERS = ("JF", "T2", "JO", "BT", "JA", "J2", "J1", "JI", "J9")
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
_DAY = re.compile(r"\d{4}/\d\d/\d\d")
_ISSUE = re.compile(r"(?:\w{1,4}(?:[-/]\w{1,4})?|Suppl\.? ?\d*)\Z", re.IGNORECASE)
_LONGEST_ISSUE = 20
_JSTOR_DATE = re.compile(r"Full publication date:\s*(.*)", re.IGNORECASE)


def draft(values: Values, person: bool) -> tuple[str, Draft] | None:
    """(id, record in the making), or ``None`` if only a type is there; the values are used up.

    ``person`` says that names without a comma are persons'.
    """
    ty = values.pop("TY", [""])[0].upper()
    if not values:
        return None
    made = Draft(csl_type_from_ris(ty))
    for step in _STEPS:
        step(made, values, ty)
    ids = values.pop("ID", [])
    for tag, texts in values.items():
        for text in texts:
            made.keep(tag, text)
    for text in ids[1:]:
        made.keep("ID", text)
    if person:
        made.authors = [_as_person(author) for author in made.authors]
    return (ids[0] if ids else ""), made


def unwrapped(tag: str, lines: Iterable[str]) -> list[str]:
    """The values that the lines under one tag hold: one, on one line, but for keywords and notes."""
    lines = [line.strip() for line in lines]
    if tag == "KW":
        # EndNote and Rayyan print one keyword a line under a single KW.
        return lines
    return ["\n".join(lines).strip() if tag == "N1" else " ".join(" ".join(lines).split())]


def _as_person(author: Author) -> Author:
    return parse_name(author.literal, author.role, person=True) if author.literal else author


def _texts(made: Draft, values: Values, ty: str) -> None:
    if ty in _BOOKS and not (values.keys() & {"TI", "T1", "CT"}) and "BT" in values:
        made.put("title", values.pop("BT")[0], "BT")
    texts = made.texts
    for tag, field in _TEXTS.items():
        if tag in values:
            for text in values.pop(tag):
                # EndNote keeps the day of PubMed's electronic publication in ET.
                if tag == "ET" and _DAY.fullmatch(text):
                    made.keep(tag, text)
                elif field in texts:
                    made.put(field, text, tag)
                else:
                    texts[field] = text


def _container(made: Draft, values: Values, ty: str) -> None:
    if ty in _BOOKS and "T2" in values and "collection_title" not in made.texts:
        made.put("collection_title", values.pop("T2")[0], "T2")
    for tag in _CONTAINERS:
        if tag in values:
            for text in values.pop(tag):
                made.put("container_title", text, tag)


def _names(made: Draft, values: Values, ty: str) -> None:
    for tag, role in _ROLES.items():
        if tag not in values:
            continue
        # Some databases print the same author in A1 and AU.
        known = set(made.authors)
        for text in dict.fromkeys(_one_by_one(values.pop(tag))):
            if text[0] in "eEaAoO&" and is_others(text):
                made.et_al = True
                continue
            author = parse_name(text, role)
            if not (author.family or author.literal):
                made.keep(tag, text)
            elif not known or author not in known:
                made.authors.append(author)


def _one_by_one(names: list[str]) -> list[str]:
    # Some exporters print all the names in one line; no name has a semicolon of its own.
    if any(";" in name for name in names):
        return [name for line in names for part in line.split(";") if (name := part.strip())]
    return names


def _issued(made: Draft, values: Values, ty: str) -> None:
    printed = [(tag, text) for tag in _DATES if tag in values for text in values.pop(tag)]
    if "C1" in values and (match := _JSTOR_DATE.match(values["C1"][0])):
        printed.append(("", match[1]))
    made.issued, others = _dated(tuple(printed))
    for tag, text in others:
        made.keep(tag, text)


@lru_cache(maxsize=1 << 14)
def _dated(printed: tuple[tuple[str, str], ...]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The most exact of the dates that agree with the first, and those that say more or another."""
    found = [(tag, text, database_date(text)) for tag, text in printed]
    years = [date[:4] for _, _, date in found if date]
    if not years:
        return "", tuple(one for one in printed if one[0])
    # EndNote prints the year in PY and "Jun" or "Oct 14" in DA.
    found = [(tag, text, date or database_date(f"{text} {years[0]}")) for tag, text, date in found]
    # A range such as 2004/2005 is longer than its first year and says more.
    issued = max((date for _, _, date in found if date[:4] == years[0]), key=len)
    others = [(tag, text) for tag, text, date in found if tag and not (date and issued.startswith(date))]
    return issued, tuple(others)


def _pages(made: Draft, values: Values, ty: str) -> None:
    starts, ends = values.pop("SP", []), values.pop("EP", [])
    start, end = (starts or [""])[0], (ends or [""])[0]
    for tag, texts in (("SP", starts[1:]), ("EP", ends[1:])):
        for text in texts:
            made.keep(tag, text)
    if (start, end) in (("No", "Specified"), ("No Pagination", "Specified")):
        # PsycINFO's "No Pagination Specified" in Ovid's export: no pages at all.
        made.keep("SP", start)
        made.keep("EP", end)
        return
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
    put_serial_numbers(made, values)
    # In Web of Science CP is the name of a conference, in most databases M1 anything at all.
    if "CP" in values and len(values["CP"][0]) <= _LONGEST_ISSUE:
        for text in values.pop("CP"):
            made.put("issue", text, "CP")
    if made.type == "article-journal" and "issue" not in made.texts and "M1" in values:
        first = values["M1"][0]
        if len(values["M1"]) == 1 and _ISSUE.match(first):
            made.put("issue", values.pop("M1")[0], "M1")


def _identifiers(made: Draft, values: Values, ty: str) -> None:
    put_identifiers(made, values)


def _genre(made: Draft, values: Values, ty: str) -> None:
    kept = []
    for text in values.pop("M3", ()):
        if "genre" in made.texts or is_doi_or_address(text):
            kept.append(text)
        elif ty in ("", "GEN") and text in CSL_TYPES:
            made.type = text
        else:
            made.put("genre", text, "M3")
    for text in kept:
        if not (made.texts.get("doi") and normalise_doi(text) == normalise_doi(made.texts["doi"])):
            made.keep("M3", text)


def _keywords(made: Draft, values: Values, ty: str) -> None:
    words = without_own(values.pop("KW", []), apart(values.get("N1", ())))
    if len(words) == 1 and ";" in words[0]:
        words = words[0].split(";")
    made.add_keywords(words)


def _notes(made: Draft, values: Values, ty: str) -> None:
    """Notes in the form "name: value" say what RIS has no tag for."""
    for note in apart(values.pop("N1", ())):
        if not put_note(made, note):
            made.keep("N1", note)


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
