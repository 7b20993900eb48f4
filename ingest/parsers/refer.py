"""Refer: EndNote's ``%`` tags (.enw, .enl, "Refer/BibIX"), and those of the UNIX program of that name.

Tags and the fields they fill (EndNote's "EndNote Import" filter, refer(1), and what exporters do):
``%0`` type, ``%F`` id, ``%T`` title (``%B`` where there is none), ``%A`` authors (``%Q`` an organisation in
UNIX refer), ``%E`` editors, ``%Y`` series editors (editors of a chapter or paper that has no ``%E``: so
bibutils prints them), ``%H`` translators, ``%J`` container title (else ``%B``, else the ``%S`` of a paper),
``%S`` collection title (``%B`` of a book or report), ``%D %8`` date, ``%V`` volume, ``%N`` issue, ``%P``
pages (of a book, report or thesis how many), ``%I`` publisher, ``%C`` its place, ``%7`` edition, ``%9``
genre, ``%R`` DOI, ``%M`` PMID where ``%~`` or ``%W`` say so, ``%@`` ISSN or ISBN, ``%U`` address, ``%G``
language, ``%K`` keywords, ``%X`` abstract. All else is kept in ``extra`` by its tag.

No kept library reads this format; the reader is ours. Records end at a blank line or at the next ``%0``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.identity import normalise_pmid
from corpus.kinds import csl_type_from_name
from corpus.record import Author, Piece
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
)

_TAG = r"[ \t]*(?P<tag>%[^\s%])(?=[ \t\n]|\Z)"
_LINE = re.compile(rf"^{_TAG}", re.MULTILINE)
_BLOCK = re.compile(r"(?:^[^\S\n]*\S[^\n]*(?:\n|\Z))+", re.MULTILINE)
_BIBTEX = re.compile(r"^[ \t]*@\w+[ \t]*[{(]", re.MULTILINE)
_COMMA_IN_NAME = re.compile(r"^[ \t]*%[AEY][ \t][^,\n]+,", re.MULTILINE)
_MAIN = frozenset({"%0", "%T", "%A", "%B", "%J", "%D"})
_PROSE = frozenset({"%X", "%Z", "%K", "%O", "%+", "%<", "%1", "%2", "%3", "%4", "%5"})
_AT_TYPE = r"^(?=[ \t]*%0[ \t])"
# In a file whose records begin with %0, a blank line parts them only before one that has lost it.
_STARTS = {
    "%0": re.compile(rf"{_AT_TYPE}|(?:\A|^[ \t]*\n)(?=[ \t]*%[TAEFBJ][ \t])", re.MULTILINE),
    "%T": re.compile(rf"(?:\A|^[ \t]*\n)(?={_TAG})|^(?=[ \t]*%T[ \t])", re.MULTILINE),
    "": re.compile(rf"(?:\A|^[ \t]*\n)(?={_TAG})", re.MULTILINE),
}
# Where every line is followed by a blank one, as after an e-mail or a mixture of line ends.
_SPACED_STARTS = {
    "%0": re.compile(_AT_TYPE, re.MULTILINE),
    "%T": re.compile(r"^(?=[ \t]*%T[ \t])", re.MULTILINE),
    "": re.compile(rf"(?:\A|^[ \t]*\n[ \t]*\n)(?={_TAG})", re.MULTILINE),
}

_TEXTS = {
    "%T": "title",
    "%J": "container_title",
    "%V": "volume",
    "%N": "issue",
    "%I": "publisher",
    "%C": "publisher_place",
    "%7": "edition",
    "%9": "genre",
    "%G": "language",
    "%X": "abstract",
}
_IN_SERIES = frozenset({"book", "report", "thesis"})
_IN_BOOK = frozenset({"chapter", "paper-conference"})
_CONFERENCE = re.compile(r"\b(?:conference|proceedings|symposium|workshop|congress)\b", re.IGNORECASE)
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)


class Refer:
    """Reads the ``%`` tags of EndNote and of UNIX refer."""

    name = "refer"
    endings: tuple[str, ...] = (".enw", ".enl", ".refer", ".txt")

    def recognises(self, head: str) -> bool:
        """Whether a run of lines with ``%`` tags has a title or type and more; no BibTeX entry before it."""
        entry = _BIBTEX.search(head)
        head = head[: entry.start()] if entry else head
        for block in _BLOCK.finditer(head):
            tags = set(_LINE.findall(block.group()))
            if tags & {"%0", "%T"} and tags & _MAIN - {"%0"} and len(tags) > 1:
                return True
        return _is_spaced(head)

    def parse(self, text: Text) -> Iterator[Piece]:
        """The records in the order printed, with or without ``%0``, parted by blank lines or not."""
        # A name without a comma is an organisation's, unless no name has one.
        person = not _COMMA_IN_NAME.search(text.head)
        layout = Layout(_TAG, _start(text.head), frozenset({"%T", "%A", "%X", "%J", "%D"}), prose=_PROSE)
        return pieces(text, layout, lambda fields: _draft(fields, person), self.name)


def _start(head: str) -> re.Pattern[str]:
    first = _LINE.search(head)
    tag = first[1] if first else ""
    starts = _SPACED_STARTS if _is_spaced(head) else _STARTS
    return starts.get(tag, starts[""])


def _is_spaced(head: str) -> bool:
    """Whether nearly every tag stands between blank lines, so that these part no records."""
    counts = [len(_LINE.findall(block.group())) for block in _BLOCK.finditer(head)]
    counts = [count for count in counts if count]
    first = _LINE.findall(head)
    return len(counts) > 3 and counts.count(1) > 0.8 * len(counts) and bool({"%0", "%T"} & set(first))


def _draft(fields: list[Field], person: bool) -> tuple[str, Draft] | None:
    values = Values(fields)
    modern = "%0" in values
    kind = values.take_first("%0")
    if not values:
        return None
    made = Draft(_type(csl_type_from_name(kind), values))
    if kind and not csl_type_from_name(kind):
        made.keep("%0", kind)
    _containers(made, values)
    _names(made, values, person, modern)
    put_texts(made, values, _TEXTS)
    put_dates(made, [(tag, text) for tag in ("%D", "%8") for text in values.take(tag)])
    _pages(made, values.take("%P"))
    _identifiers(made, values)
    _keywords(made, values)
    id = values.take_first("%F")
    values.keep_rest(made)
    return id, made


def _type(named: str, values: Values) -> str:
    """The type; without ``%0`` as refer tells works apart, by the tags that they have."""
    unnumbered = not ("%J" in values or "%V" in values or "%N" in values)
    if named in ("", "article-journal") and unnumbered and _CONFERENCE.search(values.look("%B")):
        # AIS prints the papers of a conference without %0, or as journal articles.
        return "paper-conference"
    if named:
        return named
    if "%J" in values:
        return "article-journal"
    if "%B" in values:
        return "article-journal" if "%V" in values or "%N" in values else "chapter"
    if "%R" in values and "10." not in values.look("%R"):
        return "report"
    return "book" if "%I" in values else "document"


def _containers(made: Draft, values: Values) -> None:
    """``%B`` and ``%S``, whose meaning hangs on the type."""
    if "%T" not in values and "%B" in values:
        made.put("title", values.take_first("%B"), "%B")
    if "%J" in values:
        made.put("container_title", values.take_first("%J"), "%J")
    if made.type in _IN_BOOK and "%B" not in values and "container_title" not in made.texts:
        for text in values.take("%S"):
            made.put("container_title", text, "%S")
    for text in values.take("%S"):
        made.put("collection_title", text, "%S")
    if made.type != "thesis":
        for text in values.take("%B"):
            made.put("collection_title" if made.type in _IN_SERIES else "container_title", text, "%B")


def _names(made: Draft, values: Values, person: bool, modern: bool) -> None:
    put_names(made, _split_names(values.take_lines("%A")), "%A", "author", person=person)
    if not modern:
        made.authors += [Author(literal=text) for text in values.take("%Q")]
    third = "editor" if made.type in _IN_BOOK and "%E" not in values else "collection-editor"
    put_names(made, _split_names(values.take_lines("%E")), "%E", "editor", person=person)
    put_names(made, _split_names(values.take_lines("%Y")), "%Y", third, person=person)
    if modern:
        put_names(made, values.take_lines("%H"), "%H", "translator", person=person)


def _split_names(lines: list[str]) -> list[str]:
    return [name.strip() for line in lines for name in line.split(";") if name.strip()]


def _pages(made: Draft, printed: list[str]) -> None:
    # CNKI prints how many pages there are before which they are.
    printed = sorted(printed, key=lambda text: "-" not in text)
    if printed:
        put_pages(made, printed[0], "", ("%P", "%P"))
    for text in printed[1:]:
        made.keep("%P", text)


def _identifiers(made: Draft, values: Values) -> None:
    put_doi(made, values.take("%R"), "%R")
    for text in values.take_lines("%U"):
        made.put("url", text, "%U")
    put_serials(made, values.take_lines("%@"), "%@")
    if _PUBMED.search(values.look("%~") + " " + values.look("%W")):
        for text in values.take("%M"):
            made.put("pmid", normalise_pmid(text) or text, "%M")


def _keywords(made: Draft, values: Values) -> None:
    lines = values.take_lines("%K")
    joined = " ".join(lines)
    if ";" in joined:
        made.add_keywords(word for line in lines for word in line.split(";"))
    elif len(lines) == 1:
        made.add_keywords(lines[0].split(","))
    else:
        made.add_keywords(lines)
