"""MEDLINE's tagged format (.nbib) as PubMed and ERIC export it.

Tags and the fields they fill (https://www.nlm.nih.gov/bsd/mms/medlineelements.html): ``PMID`` PMID and
id (else ``OID``), ``TI`` title, ``FAU`` authors (``AU`` where there is none), ``CN`` organisations,
``FED ED`` editors, ``AUID`` ORCID, ``JT`` container title (``BTI`` book title, ``TA`` where there is
neither), ``CTI`` collection title, ``DP`` date, ``VI`` volume, ``IP`` issue, ``PG`` pages, ``AID LID``
DOI, ``PMC``, ``IS ISSN ISBN``, ``LA`` language, ``MH OT`` keywords, ``AB`` abstract, ``PB`` publisher,
``PT`` genre and type, ``LID`` with an address: URL. All else is kept in ``extra`` by its tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.identity import normalise_doi, normalise_pmcid
from corpus.record import Author, Piece, Problem
from ingest.dates import database_date
from ingest.draft import Draft, clean_doi, clean_issn
from ingest.names import is_others, parse_name
from ingest.pages import page_range, total_pages
from ingest.text import Text

_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)|([A-Z]{2,4}) -(.*)")
_FIRST = re.compile(r"^(?:PMID *-\s*\d|OWN *- )", re.MULTILINE)
_LINE = re.compile(r"^[A-Z][A-Z0-9]{1,3} *- ", re.MULTILINE)
_FURNITURE = re.compile(
    r"\s*(?:\d+[.:]?|[-=_*\s]+|(?:Record|Result)\s+\d+(?:\s+of\s+\d+)?|EOF)\s*\Z", re.IGNORECASE
)
_SPACE = re.compile(r"\s+")

# Publication types, the telling ones first: PubMed calls most things a journal article as well.
_TYPES = (
    ("book chapter", "chapter"),
    ("preprint", "article"),
    ("dissertation", "thesis"),
    ("thes", "thesis"),
    ("journal article", "article-journal"),
    ("book", "book"),
    ("speeches/meeting papers", "paper-conference"),
    ("dataset", "dataset"),
    ("newspaper article", "article-newspaper"),
    ("report", "report"),
)
_TEXTS = {
    "TI": "title",
    "AB": "abstract",
    "VI": "volume",
    "IP": "issue",
    "PB": "publisher",
    "LA": "language",
    "CTI": "collection_title",
    "EN": "edition",
    "ISBN": "isbn",
}
Field = tuple[str, str]


class Nbib:
    """Reads MEDLINE's tagged format, with PubMed's ``PMID`` or ERIC's ``OWN`` as its first tag."""

    name = "nbib"
    endings: tuple[str, ...] = (".nbib", ".txt")

    def recognises(self, head: str) -> bool:
        """Whether a record's first tag is there and more tags of that form."""
        start = _FIRST.search(head)
        return start is not None and len(_LINE.findall(head, start.start(), start.start() + 20_000)) >= 3

    def parse(self, text: Text) -> Iterator[Piece]:
        """The records in the order printed, also where no blank line parts them."""
        return self._parse(text.whole(), text.source)

    def _parse(self, text: str, source: str) -> Iterator[Piece]:
        for line, lines in _pieces(text):
            raw = "\n".join(lines).rstrip()
            fields = _fields(lines)
            if fields:
                id, made = _draft(fields)
                yield made.source_record(id, source, "nbib", line, raw)
            elif not all(_FURNITURE.match(one) for one in lines):
                yield Problem(source, line, raw, "text between records", "give it a tag if it is part of one")


def _pieces(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, lines) of each record and of each stretch of text outside of records."""
    first = _FIRST.search(text)
    opening = first.group()[:4].rstrip(" -") if first else ""
    lines: list[str] = []
    begun, in_record, blank = 1, False, True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            blank = True
            if lines:
                lines.append(line)
            continue
        match = _TAG.match(line)
        tag = (match[1] or match[3]) if match else ""
        opens = tag == opening if opening else bool(tag) and blank
        # After a blank line, text without a tag or indent belongs to no record.
        leaves = not tag and in_record and blank and line[:1] not in " \t"
        if opens or leaves or (tag and not in_record and not opening):
            if any(one.strip() for one in lines):
                yield begun, lines
            begun, lines, in_record = number, [], not leaves
        if not lines:
            begun = number
        lines.append(line)
        blank = False
    if any(one.strip() for one in lines):
        yield begun, lines


def _fields(lines: list[str]) -> list[Field]:
    fields: list[tuple[str, list[str]]] = []
    for line in lines:
        match = _TAG.match(line)
        if match:
            fields.append((match[1] or match[3], [match[2] or match[4] or ""]))
        elif fields:
            fields[-1][1].append(line)
    return [(tag, _SPACE.sub(" ", " ".join(parts)).strip()) for tag, parts in fields]


def _draft(fields: list[Field]) -> tuple[str, Draft]:
    made = Draft("article-journal")
    tags = {tag for tag, _ in fields}
    id = ""
    full = {"AU": "FAU" in tags, "ED": "FED" in tags}
    for tag, text in fields:
        if not text:
            continue
        if tag in _TEXTS:
            made.put(_TEXTS[tag], text, tag)
        elif tag in ("PMID", "OID"):
            id = id or text
            if tag == "PMID":
                made.put("pmid", text, tag)
            else:
                made.keep(tag, text)
        elif tag in ("FAU", "AU", "CN", "FED", "ED"):
            # AU repeats what FAU says in full.
            if not full.get(tag):
                _add_name(made, tag, text)
        else:
            _add(made, tag, text, tags)
    _set_type(made, [text for tag, text in fields if tag == "PT"], tags)
    title = made.texts.get("title", "")
    if title.startswith("[") and title.rstrip(".").endswith("]"):
        # MEDLINE's sign for a title translated into English.
        made.texts["title"] = title.rstrip(".")[1:-1].rstrip(".")
    return id, made


def _add_name(made: Draft, tag: str, text: str) -> None:
    if is_others(text):
        made.et_al = True
        return
    role = "editor" if tag in ("FED", "ED") else "author"
    author = Author(literal=text) if tag == "CN" else parse_name(text, role)
    made.authors.append(author)


def _add(made: Draft, tag: str, text: str, tags: set[str]) -> None:
    if tag in ("JT", "BTI") or (tag == "TA" and not tags & {"JT", "BTI"}):
        made.put("container_title" if tag != "BTI" or "TI" in tags else "title", text, tag)
    elif tag == "DP":
        made.issued = database_date(text)
        if not made.issued or len(text) > 4:
            made.keep(tag, text)
    elif tag == "PG":
        total = total_pages(text)
        pages = total or page_range(text)
        made.put("number_of_pages" if total else "page", pages, tag)
        if pages != text and not total:
            made.keep(tag, text)
    elif tag in ("IS", "ISSN"):
        known = made.texts.get("issn", "")
        made.texts["issn"] = clean_issn(f"{known} {text}") if known else clean_issn(text)
    elif tag in ("MH", "OT"):
        made.add_keywords([text])
    elif tag in ("AID", "LID") and normalise_doi(text):
        made.put("doi", clean_doi(text), tag)
    elif tag == "LID" and text.startswith(("http://", "https://")):
        made.put("url", text, tag)
    elif tag == "PMC":
        made.put("pmcid", normalise_pmcid(text) or text, tag)
    elif tag == "AUID" and made.authors and "ORCID" in text.upper():
        orcid = text.rpartition(":")[2] if "//" not in text else text.rpartition("/")[2]
        made.authors[-1] = replace(made.authors[-1], orcid=orcid.strip())
    elif tag != "PT":
        made.keep(tag, text)


def _set_type(made: Draft, kinds: list[str], tags: set[str]) -> None:
    """The type that the publication types name; they themselves are the genre."""
    lowered = [kind.lower() for kind in kinds]
    for sign, csl_type in _TYPES:
        if any(sign in kind for kind in lowered):
            made.type = csl_type
            break
    else:
        made.type = (
            "chapter" if "BTI" in tags and "TI" in tags else "article-journal" if "JT" in tags else "document"
        )
    if made.type in ("book", "report") and "JT" in tags:
        made.type = "article-journal"
    if kinds:
        made.keep("PT", kinds[0])
        for kind in kinds[1:]:
            made.keep("PT", kind)
