"""MEDLINE's tagged format (.nbib) as PubMed and ERIC export it.

Tags and the fields they fill (https://www.nlm.nih.gov/bsd/mms/medlineelements.html): ``PMID`` PMID and
id (else ``OID``, ``UI``), ``TI`` title (``TT``, in the original language, where there is none), ``FAU``
authors (``AU`` those who have none), ``CN`` organisations, ``FED ED`` editors, ``AUID`` ORCID, ``JT``
container title (``BTI`` book title, ``TA`` where there is neither), ``CTI`` collection title, ``DP`` date
(``DEP`` of an electronic publication where there is none), ``VI`` volume, ``IP`` issue, ``PG`` pages, ``AID
LID`` DOI, ``PMC``, ``IS ISSN ISBN``, ``LA`` language, ``MH OT`` keywords, ``AB`` abstract, ``PB`` publisher,
``PL`` its place (of a journal the country, kept by its tag), ``EN`` edition, ``PT`` type, ``LID`` with an
address: URL. All else is kept in ``extra`` by its tag.

The reader is ours: nbib loses a record without a blank line behind it, Bio.Medline joins records that no
blank line parts, and both know nothing of ERIC's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.identity import normalise_doi, normalise_pmcid
from corpus.record import Author, Piece
from ingest.fields.dates import database_date
from ingest.fields.draft import Draft, clean_doi, clean_issn
from ingest.fields.entities import unescape
from ingest.fields.names import is_others
from ingest.fields.pages import page_range, total_pages
from ingest.files.text import Text
from ingest.parsers.tagged import Field, Layout, database_name, one_line, pieces

_TAG = r"(?P<tag>[A-Z][A-Z0-9]{1,3}(?= {1,2}-| ?-(?:[ \n]|\Z))|PMID(?=-\d)) {0,2}- ?"
_LINE = re.compile(r"^[A-Z][A-Z0-9]{1,3} *- ", re.MULTILINE)
_FIRST = re.compile(r"^(?:PMID *-\s*\d|OWN *- )", re.MULTILINE)
_RIS = re.compile(r"^[ \t]*TY {0,2}-", re.MULTILINE)
_OPENINGS = {
    tag: re.compile(rf"(?:\A\s*|\n[ \t]*\n[ \t]*(?:\d+\.\s*)?){tag} {{0,2}}-")
    for tag in ("PMID", "OWN", "UI")
}
_STARTS = {tag: re.compile(rf"^(?={tag} {{0,2}}-)", re.MULTILINE) for tag in _OPENINGS}
_AFTER_BLANK = re.compile(rf"(?:\A|^[ \t]*\n)(?={_TAG})", re.MULTILINE)
_TELLING = frozenset({"TI", "FAU", "AU", "AB", "JT", "DP", "PMID"})

# Publication types, the telling ones first: PubMed calls most things a journal article as well.
_TYPES = (
    ("book chapter", "chapter"),
    ("preprint", "article"),
    ("dissertation", "thesis"),
    ("theses", "thesis"),
    ("journal article", "article-journal"),
    ("book/product review", "review-book"),
    ("book review", "review-book"),
    ("book", "book"),
    ("speeches/meeting papers", "paper-conference"),
    ("dataset", "dataset"),
    ("video-audio media", "motion_picture"),
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
_NAMES = {"FAU": "author", "AU": "author", "FED": "editor", "ED": "editor"}
_READ_TAGS = "MH OT JT BTI TA CN DP DEP PG IS ISSN AID LID PMC PL AUID PT"
_READ = frozenset(_READ_TAGS.split())
_EDITOR = re.compile(r",\s*Eds?\.?\Z", re.IGNORECASE)


class Nbib:
    """Reads MEDLINE's tagged format, with PubMed's ``PMID`` or ERIC's ``OWN`` as its first tag."""

    name = "nbib"
    endings: tuple[str, ...] = (".nbib", ".txt")

    def recognises(self, head: str) -> bool:
        """Whether a record's first tag is there and more tags of that form, and no RIS before it."""
        start = _FIRST.search(head)
        if start is None or _RIS.search(head, 0, start.start()):
            return False
        return len(_LINE.findall(head, start.start(), start.start() + 20_000)) >= 3

    def parse(self, text: Text) -> Iterator[Piece]:
        """The records in the order printed, also where no blank line parts them."""
        return pieces(text, Layout(_TAG, _start(text.head), _TELLING), _draft, self.name)


def _start(head: str) -> re.Pattern[str]:
    """Where records begin: with the tag that stands most often behind a blank line."""
    counts = {tag: len(opening.findall(head)) for tag, opening in _OPENINGS.items()}
    best = max(counts, key=lambda tag: counts[tag])
    return _STARTS[best] if counts[best] else _AFTER_BLANK


def _draft(fields: list[Field]) -> tuple[str, Draft] | None:
    found = [(tag, text) for tag, value in fields if (text := unescape(one_line(value)))]
    if not found:
        return None
    made = Draft("article-journal")
    tags = {tag for tag, _ in found}
    ids: dict[str, str] = {}
    # AU repeats what FAU says in full, one behind the other or all of them behind all.
    doubled = {"AU": 0, "ED": 0}
    for tag, text in found:
        if tag in _TEXTS:
            made.put(_TEXTS[tag], text, tag)
        elif tag in ("PMID", "OID", "UI"):
            ids.setdefault(tag, text)
            if tag == "PMID":
                made.put("pmid", text, tag)
            else:
                made.keep(tag, text)
        elif tag in _NAMES:
            short = tag[-2:]
            if tag != short:
                doubled[short] += 1
            elif doubled[short]:
                doubled[short] -= 1
                continue
            _add_name(made, text, _NAMES[tag])
        else:
            _add(made, tag, text, tags)
    _set_type(made, [text for tag, text in found if tag == "PT"], tags)
    _settle(made)
    return next((ids[tag] for tag in ("PMID", "OID", "UI") if tag in ids), ""), made


def _add_name(made: Draft, text: str, role: str) -> None:
    if is_others(text):
        made.et_al = True
    elif editor := _EDITOR.search(text):
        # ERIC's "Smith, Tom, Ed."
        made.authors.append(database_name(text[: editor.start()], "editor"))
    else:
        made.authors.append(database_name(text, role))


def _add(made: Draft, tag: str, text: str, tags: set[str]) -> None:
    if tag not in _READ:
        made.keep(tag, text)
    elif tag in ("MH", "OT"):
        made.add_keywords([text])
    elif tag in ("JT", "BTI") or (tag == "TA" and not tags & {"JT", "BTI"}):
        made.put("container_title" if tag != "BTI" or "TI" in tags else "title", text, tag)
    elif tag == "CN":
        made.authors.append(Author(literal=text))
    elif tag == "DP" or (tag == "DEP" and "DP" not in tags):
        made.issued = database_date(text)
        if not made.issued or (len(text) > 4 and tag == "DP"):
            made.keep(tag, text)
    elif tag == "PG":
        _add_pages(made, text)
    elif tag in ("IS", "ISSN"):
        known = made.texts.get("issn", "")
        made.texts["issn"] = clean_issn(f"{known} {text}") if known else clean_issn(text)
    elif tag in ("AID", "LID") and (doi := normalise_doi(text)):
        if doi != made.texts.get("doi", "").lower():
            made.put("doi", clean_doi(text), tag)
    elif tag == "LID" and text.startswith(("http://", "https://")):
        made.put("url", text, tag)
    elif tag == "PMC":
        made.put("pmcid", normalise_pmcid(text) or text, tag)
    elif tag == "PL" and tags & {"BTI", "PB"}:
        made.put("publisher_place", text, tag)
    elif tag == "AUID" and made.authors and not made.authors[-1].orcid and "ORCID" in text.upper():
        orcid = text.rpartition(":")[2] if "//" not in text else text.rpartition("/")[2]
        made.authors[-1] = replace(made.authors[-1], orcid=orcid.strip())
    elif tag != "PT":
        made.keep(tag, text)


def _add_pages(made: Draft, text: str) -> None:
    total = total_pages(text)
    pages = total or page_range(text)
    made.put("number_of_pages" if total else "page", pages, "PG")
    if pages != text and not total:
        made.keep("PG", text)


def _set_type(made: Draft, kinds: list[str], tags: set[str]) -> None:
    """The type that the publication types name; they are kept as they are."""
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
    for kind in kinds:
        made.keep("PT", kind)


def _settle(made: Draft) -> None:
    """The title without MEDLINE's sign for one that was translated into English; else the original."""
    title = made.texts.get("title", "")
    if title.startswith("[") and title.rstrip(".").endswith("]"):
        made.texts["title"] = title.rstrip(".")[1:-1].rstrip(".")
    elif not title and isinstance(original := made.extra.get("TT"), str):
        made.texts["title"] = original
        del made.extra["TT"]
