"""Ovid's exports: the tagged one ("Reprint/Medlars", Citavi) and the one with whole words as labels.

Tags and the fields they fill (https://ospguides.ovid.com/OSPguides/): ``PT DT ST`` type, ``UI AN`` id
(PMID where the database is MEDLINE or PubMed), ``TI`` title, ``FA FAU`` authors (``AU`` where there is none),
``ED`` editors, ``JT JN NJ`` container title (``BT`` of a chapter; ``AS TA`` where there is none), ``YR DP PD
DG`` date, ``VI VO`` volume, ``IP`` issue, ``PG`` pages, ``PB PU`` publisher, ``EN`` edition, ``DO DI`` DOI,
``PM`` PMID, ``IS ES IL`` ISSN, ``IB BN`` ISBN, ``UR`` address, ``LG LA`` language, ``KW KF KP ID DE MH SH``
keywords, ``AB`` abstract. What has no field of its own is read from the reference in ``SO``
(``reference``), which is kept. All else is kept in ``extra`` by its tag. What prints these tags with
a colon (the Cochrane Library, CSA) is read too (``ovid_colons``).

In the other form the label stands alone on a line, its value indented on the next; ``LABELS`` says which
tag a label stands for. No kept library reads these formats; the reader is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.identity import normalise_pmid
from corpus.kinds import csl_type_from_name
from corpus.record import Piece
from ingest.fields.draft import Draft
from ingest.files.text import Text
from ingest.parsers.ovid_colons import START as COLON_START
from ingest.parsers.ovid_colons import TAG as COLON_TAG
from ingest.parsers.ovid_colons import as_ovids, is_coloned
from ingest.parsers.ovid_source import put_source
from ingest.parsers.tagged import (
    FURNITURE,
    LONGEST_NAME,
    Field,
    Layout,
    Values,
    pieces,
    put_dates,
    put_doi,
    put_names,
    put_pages,
    put_serials,
    put_texts,
)

#: A label of Ovid's, in small letters -> its tag.
LABELS = {
    "unique identifier": "UI",
    "accession number": "AN",
    "author": "AU",
    "authors": "AU",
    "author/editor": "AU",
    "authors full name": "FA",
    "author full name": "FA",
    "title": "TI",
    "source": "SO",
    "abstract": "AB",
    "publication type": "PT",
    "document type": "DT",
    "year of publication": "YR",
    "publication year": "YR",
    "date of publication": "DP",
    "publication date": "DP",
    "journal name": "JN",
    "nlm journal name": "NJ",
    "abbreviated source": "AS",
    "language": "LG",
    "publisher": "PB",
    "issn print": "IS",
    "issn": "IS",
    "issn electronic": "ES",
    "issn linking": "IL",
    "isbn": "IB",
    "digital object identifier": "DO",
    "doi number": "DO",
    "doi": "DO",
    "keyword heading": "KF",
    "keywords": "KW",
    "key concepts": "ID",
    "mesh subject headings": "MH",
    "mesh subject heading": "MH",
    "subject headings": "SH",
    "descriptors": "DE",
    "volume": "VI",
    "issue/part": "IP",
    "page": "PG",
    "database": "DB",
}
_HEAD = r"<\d+\s*\.?\s*>[ \t]*"
_TAG = r"(?P<tag>[A-Z][A-Z0-9]{1,2}) {1,2}-(?=[ \t\n]|\Z)"
_TAG_LINE = re.compile(rf"^{_TAG}", re.MULTILINE)
_KNOWN = "|".join(sorted((re.escape(label) for label in LABELS), key=len, reverse=True))
# A label that is not in the table is known by the indent of its value.
_LABEL = rf"(?P<tag>(?i:{_KNOWN})(?=:?[ \t]*\n)|[A-Z][\w/&,()' -]{{2,48}}(?=[ \t]*\n[ \t]+\S)):?[ \t]*(?=\n)"
_FIRST_LABEL = re.compile(
    rf"^{_HEAD}\n\s*(?:Unique Identifier|Accession Number|(?:{_KNOWN})[ \t]*\n[ \t]+\S)",
    re.MULTILINE | re.IGNORECASE,
)
_NUMBERED = re.compile(rf"^{_HEAD}\n\s*(?={_TAG})", re.MULTILINE)
_NAMED = re.compile(r"^VN {1,2}- ?Ovid", re.MULTILINE)
_MEDLARS = re.compile(r"\A\s*(?:1\.?\s*)?UI {1,2}- \S")
_FOREIGN = re.compile(r"^[ \t]*(?:TY {0,2}-|PMID ?-)", re.MULTILINE)
_STARTS = (
    re.compile(rf"^(?={_HEAD}(?:\n|\Z))", re.MULTILINE),
    re.compile(r"^(?=VN {1,2}- )", re.MULTILINE),
    re.compile(r"^(?=UI {1,2}- )", re.MULTILINE),
    re.compile(rf"(?:\A|^[ \t]*\n)(?={_TAG})", re.MULTILINE),
)
_FURNITURE = re.compile(
    rf"(?:{FURNITURE.pattern})|\d+[ \t]+\S.*\(\d+\)[ \t]*\Z|Ovid\ Technologies.*\Z|Database:.*\Z",
    re.VERBOSE | re.IGNORECASE,
)
_TELLING = frozenset({"TI", "AU", "SO", "AB", "UI"})

_TEXTS = {
    "TI": "title",
    "AB": "abstract",
    "VI": "volume",
    "VO": "volume",
    "IP": "issue",
    "EN": "edition",
    "PB": "publisher",
    "PU": "publisher",
    "UR": "url",
    "LG": "language",
    "LA": "language",
}
_WORDS = ("KW", "KF", "KP", "ID", "DE", "MH", "SH")
# PsycINFO says behind the title that the work has some.
_REFERENCES = re.compile(r"\.?\s*\[References\]\.?\s*\Z")
# A longer reference is none.
_LONGEST = 2000
_MEDLINE = re.compile(r"medline|pubmed", re.IGNORECASE)
_NOTE = re.compile(r"\s*(?:\[[^\]]*\]|\((?:ed|eds|editor|editors)\.?\))\s*", re.IGNORECASE)
_EDITS = re.compile(r"[\[(](?:eds?|editors?)\.?[\])]", re.IGNORECASE)
_MARKS = re.compile(r"(?:[\s,]*(?:\b\d+\b|[*+]))+\Z")
# Without a comma, "Smith MA" has initials and no degree.
_DEGREES = re.compile(r"(?<=[a-z.])(?:,? (?:Ph\.?D|M\.?D|[BM]\.?Sc|[BM]\.?A|MPH|MB|RN|DrPH)\b\.?)+\Z")
_FULL_STOP = re.compile(r"(?<=\.)\s{2,}|(?<=[A-Z]\.)\s+(?=(?:[a-z]+ ){0,2}[A-Z][\w'’-]*[a-z])")
_NEXT_NAME = re.compile(r"(?<=[a-z]\.)\s+(?=[^\s,]+(?: [^\s,]+){0,2},)")


class Ovid:
    """Reads Ovid's tagged export and its export with labels, numbered ``<1>`` or not."""

    name = "ovid"
    endings: tuple[str, ...] = (".txt", ".ovd", ".cgi")

    def recognises(self, head: str) -> bool:
        """Whether a record begins with Ovid's number or name, and is neither RIS nor PubMed's."""
        if _FOREIGN.search(head):
            return False
        tagged = _NAMED.search(head) or _NUMBERED.search(head) or _is_medlars(head) or is_coloned(head)
        return bool(tagged or _FIRST_LABEL.search(head))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The records in the order printed."""
        if is_coloned(text.head):
            layout = Layout(COLON_TAG, COLON_START, _TELLING, furniture=_FURNITURE)
            return pieces(text, layout, lambda fields: _draft(as_ovids(fields)), self.name)
        labelled = not _TAG_LINE.search(text.head)
        layout = Layout(_LABEL if labelled else _TAG, _start(text.head), _TELLING, furniture=_FURNITURE)
        return pieces(text, layout, _draft_labels if labelled else _draft, self.name)


def _is_medlars(head: str) -> bool:
    return bool(_MEDLARS.match(head)) and {"TI", "SO"} <= set(_TAG_LINE.findall(head))


def _start(head: str) -> re.Pattern[str]:
    return next((start for start in _STARTS[:3] if start.search(head)), _STARTS[3])


def _draft_labels(fields: list[Field]) -> tuple[str, Draft] | None:
    return _draft([(LABELS.get(label.lower(), label), value) for label, value in fields])


def _draft(fields: list[Field]) -> tuple[str, Draft] | None:
    values = Values(fields)
    if "VN" in values and "Ovid" in values.look("VN"):
        values.take("VN")
    if not values:
        return None
    made = Draft(_type(values))
    medline = any(_MEDLINE.search(values.look(tag)) for tag in ("DB", "ST", "Status", "Record Owner"))
    _names(made, values)
    put_texts(made, values, _TEXTS)
    if noted := _REFERENCES.search(made.texts.get("title", "")):
        made.texts["title"] = made.texts["title"][: noted.start()]
        made.keep("Title", noted.group().strip(" ."))
    _containers(made, values)
    put_dates(made, [(tag, text) for tag in ("YR", "DP", "PD", "DG") for text in values.take(tag)])
    _pages(made, values)
    id = _identifiers(made, values, medline)
    for tag in _WORDS:
        made.add_keywords(word for line in values.take_lines(tag) for word in line.split(";"))
    if (source := values.look("SO")) and len(source) < _LONGEST:
        put_source(made, source)
    values.keep_rest(made)
    return id, made


def _type(values: Values) -> str:
    kinds = [csl_type_from_name(values.look(tag)) for tag in ("DT", "PT", "ST")]
    telling = [kind for kind in kinds if kind and kind != "article-journal"]
    if telling:
        return telling[0]
    return "chapter" if "BT" in values and "SO" not in values and "PB" not in values else "article-journal"


def _names(made: Draft, values: Values) -> None:
    full = [name for tag in ("FA", "FAU") for name in _split_names(values.take_lines(tag))]
    short = _split_names(values.take_lines("AU"))
    for tag, role, names in (
        ("AU", "author", full or short),
        ("ED", "editor", _split_names(values.take_lines("ED")) if "," in values.look("ED") else []),
    ):
        for name in names:
            if len(name) > LONGEST_NAME:
                made.keep(tag, name)
                continue
            whose = role
            if note := _NOTE.search(name):
                if _EDITS.fullmatch(note.group().strip()):
                    whose = "editor"
                elif note.group().strip(" []").lower() not in ("author", ""):
                    made.keep(tag, name)
                name = f"{name[: note.start()]} {name[note.end() :]}".strip()
            name = _MARKS.sub("", name).strip()
            put_names(made, [_DEGREES.sub("", name) if "," in name else name], tag, whose)


def _split_names(lines: list[str]) -> list[str]:
    """The names, one a line or many: "Darlington Y.  Feeney JA.", "Darlington, Yvonne; Feeney, Judith A."."""
    names: list[str] = []
    for part in (part.strip() for line in lines for part in line.split(";")):
        found = [part]
        if "[" not in part:
            found = _FULL_STOP.split(part)
        if part.count(",") > 1:
            found = [name for one in found for name in _NEXT_NAME.split(one)]
        # The full stop behind one of many parts them; behind one alone it is an initial's.
        names += [_without_stop(name, len(found) > 1) for name in found if name]
    return names


def _without_stop(name: str, parts_names: bool) -> str:
    last = name.rsplit(" ", 1)[-1]
    is_initial = "." in last[:-1] or (len(last) == 2 and not parts_names)
    return name if is_initial else name.removesuffix(".")


def _containers(made: Draft, values: Values) -> None:
    tags = ("JT", "JN", "NJ", "BT") if made.type != "chapter" else ("BT", "JT", "JN", "NJ")
    for tag in tags:
        if tag == "BT" and made.type == "book":
            continue
        for text in values.take(tag):
            made.put("container_title", text, tag)
    if "container_title" not in made.texts and "SO" not in values:
        for tag in ("TA", "AS"):
            for text in values.take(tag):
                made.put("container_title", text, tag)


def _pages(made: Draft, values: Values) -> None:
    for text in values.take("PG"):
        if "no pagination" in text.lower():
            made.keep("PG", text)
        else:
            put_pages(made, text, "", ("PG", "PG"))


def _identifiers(made: Draft, values: Values, medline: bool) -> str:
    for tag in ("DO", "DI"):
        put_doi(made, values.take(tag), tag)
    for tag in ("IS", "ES", "IL", "IB", "BN"):
        put_serials(made, values.take_lines(tag), tag)
    for text in values.take("PM"):
        made.put("pmid", normalise_pmid(text) or text, "PM")
    id = (values.look("UI") or values.look("AN")).rstrip(".")
    if medline and "pmid" not in made.texts and re.fullmatch(r"\d{1,8}", id):
        made.put("pmid", id, "UI")
        values.take("UI" if "UI" in values else "AN")
    return id
