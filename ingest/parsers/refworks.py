"""RefWorks' tagged format: two letters, a space and the value, from ``RT`` to a blank line.

Tags and the fields they fill (RefWorks' "RefWorks Tagged Format", and what EBSCO, ProQuest, CNKI and
Zotero print): ``RT`` type, ``ID`` id, ``T1`` title, ``A1`` authors, ``A2`` editors, ``A3`` series editors,
``A4`` translators, ``JF`` container title (else ``T2``, ``WT``, ``JO``; the ``T2`` of a book is its
series), ``T3`` collection title, ``YR FD`` date, ``VO`` volume, ``IS`` issue, ``SP OP`` pages (of a book,
report or thesis ``SP`` alone is how many), ``PB`` publisher, ``PP`` its place, ``ED`` edition, ``DO`` DOI,
``SN`` ISSN or ISBN, ``PMID PMCID`` (``AN`` where ``DS DB SF`` say PubMed), ``UL LK`` address, ``LA``
language, ``K1`` keywords, ``AB`` abstract. All else is kept in ``extra`` by its tag.

No kept library reads this format; the reader is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.identity import normalise_pmcid
from corpus.kinds import csl_type_from_name
from corpus.record import Piece
from ingest.fields.draft import Draft
from ingest.files.text import Text
from ingest.parsers.tagged import (
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
    split_words,
)

_KNOWN = (
    "SR ID A1 A2 A3 A4 A5 A6 T1 T2 T3 JF JO YR FD VO IS SP OP K1 AB NO ED PB PP AD SN AV AN LA CL SF OT"
    " LK DO CN DB DP DS IP RD ST U1 U2 U3 U4 U5 U6 U7 U8 U9 U10 U11 U12 U13 U14 U15 UL SL LL CR WT WV WP OL"
    " PMID PMCID TA PN MH RF ER"
)
_TYPES = (
    "Abstract|Art|Bill|Book|Case|Computer|Conference|Dissertation|Electronic|Generic|Grant|Hearing|Journal"
    "|Laws|Magazine|Map|Monograph|Motion|Music|Newspaper|Online|Patent|Personal|Report|Sound|Statute|Thesis"
    "|Unpublished|Video|Web"
)
# Values are wrapped without an indent, so only a known tag is one. CNKI prints "vo 12" in small letters.
_WORDS = "|".join(sorted(_KNOWN.split(), key=len, reverse=True))
# "RT" is also short for reaction time, and may begin a wrapped line of an abstract.
_RT = rf"\ART|RT(?=[ \t]+(?:{_TYPES})[^\n]{{0,50}}(?:\n|\Z))"
_TAG = rf"(?P<tag>{_RT}|{_WORDS}|vo(?=[ ]\d))(?:[ \t]+|(?=\n)|\Z)"
_LINE = re.compile(rf"^{_TAG}", re.MULTILINE)
_START = re.compile(rf"^(?=RT[ \t]+(?:{_TYPES})[^\n]{{0,50}}\n)|(?:\A|^[ \t]*\n)(?=RT[ \t]+\S)", re.MULTILINE)
_LAYOUT = Layout(
    _TAG,
    _START,
    frozenset({"T1", "A1", "JF", "YR", "AB", "K1"}),
    prose=frozenset({"AB", "NO", "K1", "AD", "CR", "U1", "U2", "U3", "U4", "U5"}),
)

_TEXTS = {
    "T1": "title",
    "T3": "collection_title",
    "VO": "volume",
    "vo": "volume",
    "IS": "issue",
    "PB": "publisher",
    "PP": "publisher_place",
    "ED": "edition",
    "PMID": "pmid",
    "UL": "url",
    "LK": "url",
    "LA": "language",
    "AB": "abstract",
}
_CONTAINERS = ("JF", "T2", "WT", "JO")
_ROLES = {"A1": "author", "A2": "editor", "A3": "collection-editor", "A4": "translator"}
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)


class RefWorks:
    """Reads RefWorks' tagged format."""

    name = "refworks"
    endings: tuple[str, ...] = (".txt",)

    def recognises(self, head: str) -> bool:
        """Whether a line ``RT`` with a type is followed by more tags of that form."""
        return any(
            len(_LINE.findall(head, start.end(), start.end() + 4000)) > 1 and _is_plain(head, start.end())
            for start in _START.finditer(head)
        )

    def parse(self, text: Text) -> Iterator[Piece]:
        """The records in the order printed, also where no blank line parts them."""
        return pieces(text, _LAYOUT, _draft, self.name)


def _is_plain(head: str, place: int) -> bool:
    """Whether the two lines from a place on are tags without a dash behind them."""
    lines = head[place : place + 4000].lstrip("\n").split("\n", 2)[:2]
    return len(lines) == 2 and all(_LINE.match(line) and line[2:5].strip() != "-" for line in lines)


def _draft(fields: list[Field]) -> tuple[str, Draft] | None:
    values = Values(fields)
    kind = values.take_first("RT")
    if not values:
        return None
    made = Draft(csl_type_from_name(kind) or "document")
    if kind and not csl_type_from_name(kind):
        made.keep("RT", kind)
    for tag, role in _ROLES.items():
        put_names(made, [name.strip() for name in split_words(values.take_lines(tag))], tag, role)
    _containers(made, values)
    put_texts(made, values, _TEXTS)
    put_dates(made, [(tag, text) for tag in ("YR", "FD") for text in values.take(tag)])
    _pages(made, values)
    _identifiers(made, values)
    made.add_keywords(split_words(values.take_lines("K1")))
    id = values.take_first("ID")
    values.keep_rest(made)
    return id, made


def _containers(made: Draft, values: Values) -> None:
    if made.type == "book" and "T3" not in values:
        for text in values.take("T2"):
            made.put("collection_title", text, "T2")
    for tag in _CONTAINERS:
        for text in values.take(tag):
            made.put("container_title", text, tag)


def _pages(made: Draft, values: Values) -> None:
    put_pages(made, values.take_first("SP"), values.take_first("OP"), ("SP", "OP"))


def _identifiers(made: Draft, values: Values) -> None:
    put_doi(made, values.take("DO"), "DO")
    put_serials(made, values.take("SN"), "SN")
    for text in values.take("PMCID"):
        made.put("pmcid", normalise_pmcid(text) or text, "PMCID")
    database = " ".join(values.look(tag) for tag in ("DS", "DB", "SF"))
    if _PUBMED.search(database) and re.fullmatch(r"\d{1,8}", values.look("AN")):
        made.put("pmid", values.take_first("AN"), "AN")
