"""RIS as EndNote, Zotero, Mendeley and RefWorks read it, in UTF-8, every value on one line.

Where fields go beyond the usual tags: ``T2`` container title (``JF`` for a book), ``T3`` collection title,
``M3`` genre (after the CSL type, where ``TY`` alone does not say it), ``PY`` the (first) year and ``DA`` a
date that is more than a year (``2005/10/14/``, ``2005///Autumn``), ``A2`` editors, ``A3`` series editors,
``A4`` translators. What RIS has no tag for is a note (``N1``) that begins with the name of the CSL
variable, such as ``PMID: 123``: PMID, PMCID, number-of-pages (``SP`` for a whole work), a range of dates
(``issued: 2004/2005``), authors cut short (``et-al: true``: as an author it would
become a person of that name), other contributors by role, ORCIDs. ``extra`` goes out under its own names
where these are RIS tags that we do not use ourselves, else as a note too. Tags are notes that begin with
``Theme:``, their themes keywords (``KW  - Theme: resources``) too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.kinds import ris_subtype, ris_type
from corpus.record import Record
from kb.exporters.exporter import TAG_NOTE, Exported, Sink, fold
from kb.exporters.notes import inverted, note, people

_ROLES = {"author": "AU", "editor": "A2", "collection-editor": "A3", "translator": "A4"}
_SEASONS = {"21": "Spring", "22": "Summer", "23": "Autumn", "24": "Winter"}
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?\Z")
_PAGES = re.compile(r"([\w.]+)-([\w.]+)\Z")
_TAG = re.compile(r"[A-Z][A-Z0-9]\Z")
_OURS = re.compile(
    r"(?:TY|ID|AU|A[1-4]|ED|TI|T[1-3]|J[OF]|PY|Y1|DA|VL|IS|SP|EP|PB|CY|ET|M3|DO|SN|UR|LA|KW|AB|N2|ER)\Z"
)


class Ris:
    """RIS for reference managers."""

    name = "ris"
    ending = ".ris"
    media_type = "application/x-research-info-systems"
    binary = False

    def write(self, records: Iterable[Exported], stream: Sink) -> int:
        """Write a record after the other, a blank line after each; gives how many."""
        count = 0
        for exported in records:
            for tag, value in _lines(exported):
                if folded := fold(value):
                    stream.write(f"{tag}  - {folded}\n")
            stream.write("ER  - \n\n")
            count += 1
        return count


def _lines(exported: Exported) -> Iterator[tuple[str, str]]:
    record = exported.record
    yield "TY", ris_type(record.type)
    yield "ID", record.id
    yield from ((_ROLES[author.role], inverted(author)) for author in record.authors if author.role in _ROLES)
    yield "TI", record.title
    # The T2 of a book is its series.
    yield "JF" if ris_type(record.type) in ("BOOK", "SER") else "T2", record.container_title
    yield "T3", record.collection_title
    yield from _dates(record.issued)
    yield "VL", record.volume
    yield "IS", record.issue
    pages = _PAGES.match(record.page)
    yield "SP", pages[1] if pages else record.page or _counted(record)
    yield "EP", pages[2] if pages else ""
    yield "PB", record.publisher
    yield "CY", record.publisher_place
    yield "ET", record.edition
    yield "M3", ris_subtype(record.type)
    yield "M3", record.genre
    yield "DO", record.doi
    yield "SN", record.issn
    yield "SN", record.isbn
    yield "UR", record.url
    yield "LA", record.language
    yield from (("KW", word) for word in exported.keywords)
    yield "AB", record.abstract
    yield from (("N1", note) for note in _notes(record))
    yield from _extra(record)
    yield from (("N1", TAG_NOTE + theme) for theme in exported.themes)


def _dates(issued: str) -> Iterator[tuple[str, str]]:
    first, _, last = issued.partition("/")
    match = _DATE.match(first)
    if not match or (last and not _is_range(issued)):
        yield "PY", issued
        return
    year, month, day = match.groups(default="")
    yield "PY", year
    if month in _SEASONS:
        yield "DA", f"{year}///{_SEASONS[month]}"
    elif month:
        yield "DA", f"{year}/{month}/{day}/"


def _is_range(issued: str) -> bool:
    """Whether this is a range of dates that RIS can only show the beginning of."""
    first, _, last = issued.partition("/")
    return bool(_DATE.match(first) and _DATE.match(last))


def _counted(record: Record) -> str:
    """The number of pages, where ``SP`` alone means that: in a whole work."""
    whole = record.type in ("book", "report", "thesis", "pamphlet")
    return record.number_of_pages if whole and record.number_of_pages.isdecimal() else ""


def _notes(record: Record) -> Iterator[str]:
    if record.pmid:
        yield f"PMID: {record.pmid}"
    if record.pmcid:
        yield f"PMCID: {record.pmcid}"
    if record.number_of_pages and (record.page or not _counted(record)):
        yield f"number-of-pages: {record.number_of_pages}"
    if _is_range(record.issued):
        yield f"issued: {record.issued}"
    yield from people(record, _ROLES)


def _extra(record: Record) -> Iterator[tuple[str, str]]:
    for name, value in record.extra.items():
        for text in value if isinstance(value, list) else [value]:
            if _TAG.match(name) and not _OURS.match(name):
                yield name, str(text)
            else:
                yield "N1", note(name, str(text))
