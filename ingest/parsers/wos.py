"""Web of Science's tagged format (savedrecs.txt, .ciw): two letters, a space, values with an indent of three.

Tags and the fields they fill (https://images.webofknowledge.com/images/help/WOS/hs_wos_fieldtags.html):
``PT DT`` type, ``UT`` id, ``TI`` title (``SO`` of a book that has none), ``AF`` authors (``AU`` where there
is none; ``BF BA`` those of a book), ``CA GP`` organisations, ``BE ED`` editors, ``OI`` ORCIDs, ``SO``
container title (else ``JI``), ``SE`` collection title, ``PY PD`` date (``EY EA`` where there is none),
``VL`` volume, ``IS`` issue (``SI SU`` a special issue or supplement), ``BP EP PS`` pages (``AR``, the number
of an article, where there are none), ``PG`` number of pages of a book, ``PU`` publisher, ``PI`` its place,
``DI`` DOI (``D2`` of a book), ``SN EI`` ISSN, ``BN`` ISBN, ``PM`` PMID, ``LA`` language, ``DE ID`` keywords,
``AB`` abstract. All else is kept in ``extra`` by its tag, addresses and cited references one by one.

No kept library reads this format whole; the reader is ours. Titles in capitals stay as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from corpus.identity import fold, normalise_pmid
from corpus.record import Author, Piece
from ingest.fields.dates import database_date, has_year
from ingest.fields.draft import Draft
from ingest.files.text import Text
from ingest.parsers.tagged import (
    FURNITURE,
    Field,
    Layout,
    Values,
    database_name,
    pieces,
    put_dates,
    put_doi,
    put_names,
    put_pages,
    put_serials,
    put_texts,
    split_words,
)

_TAG = r"(?P<tag>[A-Z][A-Z0-9])(?:[ \t](?![ \t]*-[ \t])|(?=\n)|\Z)"
_LINE = re.compile(rf"^{_TAG}", re.MULTILINE)
_START = re.compile(
    r"^(?=PT[ \t]+(?:[A-Z]|Journal|Books?(?: in series)?|Series|Patent)[ \t]*\n)", re.MULTILINE
)
_LAYOUT = Layout(
    _TAG,
    _START,
    frozenset({"TI", "AU", "AF", "SO", "AB", "UT", "PY"}),
    end=re.compile(r"^ER[ \t]*(?:\n|\Z)", re.MULTILINE),
    furniture=re.compile(rf"(?:{FURNITURE.pattern})|(?:FN|VR)[ ].*\Z|E[FR]\s*\Z", re.VERBOSE | re.IGNORECASE),
)

_TEXTS = {
    "TI": "title",
    "SE": "collection_title",
    "VL": "volume",
    "PU": "publisher",
    "PI": "publisher_place",
    "LA": "language",
    "AB": "abstract",
}
_BY_LINE = frozenset({"C1", "C3", "CR", "RP", "AU", "BA", "AF"})
# The first that a document type holds, where the record is no part of a journal.
_KINDS = (
    ("book chapter", "chapter"),
    ("proceedings paper", "paper-conference"),
    ("meeting abstract", "paper-conference"),
    ("book", "book"),
    ("data set", "dataset"),
    ("data study", "dataset"),
    ("software", "software"),
    ("thesis", "thesis"),
    ("preprint", "article"),
    ("article", "article-journal"),
)
_SEASONS = (("SPR", "Spring"), ("SUM", "Summer"), ("FAL", "Fall"), ("WIN", "Winter"))
_ORCID = re.compile(r"\s*(.*?)\s*/\s*(\d{4}-\d{4}-\d{4}-\d{3}[\dX])\s*\Z", re.DOTALL)


class Wos:
    """Reads Web of Science's tagged format, a record from ``PT`` to ``ER``."""

    name = "wos"
    endings: tuple[str, ...] = (".txt", ".ciw", ".isi")

    def recognises(self, head: str) -> bool:
        """Whether a line with ``PT`` and a letter is followed by a tag of that form."""
        return any(_LINE.match(head, head.find("\n", start.end()) + 1) for start in _START.finditer(head))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The records in the order printed, also without ``ER``."""
        return pieces(text, _LAYOUT, _draft, self.name)


def _draft(fields: list[Field]) -> tuple[str, Draft] | None:
    values = Values(fields)
    kind = values.take_first("PT")
    if not values:
        return None
    made = Draft(_type(kind[:1], values))
    if not kind.startswith("J"):
        made.keep("PT", kind)
    _names(made, values)
    _container(made, values)
    put_texts(made, values, _TEXTS)
    _issued(made, values)
    _pages(made, values)
    _identifiers(made, values)
    made.add_keywords(split_words([*values.take("DE"), *values.take("ID")]))
    id = values.look("UT")
    values.keep_rest(made, _BY_LINE)
    return id, made


def _type(kind: str, values: Values) -> str:
    documents = values.look("DT").lower()
    if kind in ("J", "") and "book review" in documents:
        return "review-book"
    if kind in ("J", "") and "BN" not in values:
        return "article-journal"
    if kind == "P":
        return "patent"
    if "CT" in values and "book" not in documents:
        return "paper-conference"
    for sign, csl_type in _KINDS:
        if sign in documents and not (sign == "article" and kind == "B"):
            return csl_type
    if kind == "J":
        return "article-journal"
    return "chapter" if "BP" in values or "BE" in values else "book"


def _names(made: Draft, values: Values) -> None:
    for full, short, role in (("AF", "AU", "author"), ("BF", "BA", "container-author")):
        names = values.take_lines(full)
        if names:
            values.take(short)
        if made.type == "book":
            # A whole book has its authors in both, in the second often alone.
            role = "author"
        put_names(made, _persons(made, names or values.take_lines(short), short), short, role)
    for tag in ("CA", "GP"):
        made.authors += [Author(literal=text) for text in split_words(values.take_lines(tag)) if text]
    for tag in ("BE", "ED"):
        put_names(made, split_words(values.take_lines(tag)), tag, "editor")
    for printed in values.take("OI"):
        left = [one.strip() for one in printed.split(";") if not _give_orcid(made, one)]
        made.keep("OI", "; ".join(one for one in left if one))


def _persons(made: Draft, names: list[str], tag: str) -> list[str]:
    for name in names:
        if name.lower().strip("[]") == "anonymous":
            made.keep(tag, name)
    return [name for name in names if name.lower().strip("[]") != "anonymous"]


def _give_orcid(made: Draft, printed: str) -> bool:
    """Give an author the ORCID printed behind the name; False where no one author has that name."""
    match = _ORCID.match(printed)
    if not match:
        return False
    named = database_name(match[1])
    for alike in (_full_name, _short_name):
        places = [
            place
            for place, author in enumerate(made.authors)
            if author.family and not author.orcid and alike(author) == alike(named)
        ]
        if len(places) == 1:
            made.authors[places[0]] = replace(made.authors[places[0]], orcid=match[2])
            return True
    return False


def _full_name(author: Author) -> str:
    return fold(f"{author.particle} {author.family}, {author.given}")


def _short_name(author: Author) -> str:
    return fold(f"{author.particle} {author.family}, {author.given[:1]}")


def _container(made: Draft, values: Values) -> None:
    title, source = values.look("TI"), values.look("SO")
    if made.type == "book" and fold(source) == fold(title or source):
        # A whole book is its own source.
        values.take("SO")
        made.put("title", title or source, "SO")
    for text in values.take("SO"):
        made.put("container_title", text, "SO")
    if "container_title" not in made.texts:
        for text in values.take("JI"):
            made.put("container_title", text, "JI")


def _issued(made: Draft, values: Values) -> None:
    """ "2018" and "SEP 1", "JUL-AUG", "FAL"; a work not yet in an issue has the date of its early access."""
    years, days = values.take("PY") or values.take("EY"), values.take("PD")
    if not years and not days:
        days = values.take("EA")
    for text in years:
        put_dates(made, [("PY", text)])
    for printed in days:
        day = printed
        for short, season in _SEASONS:
            day = re.sub(rf"\b{short}\b", season, day)
        date = database_date(day if has_year(day) else f"{day} {made.issued[:4]}")
        if date.startswith(made.issued[:4]) and len(date) > 4:
            made.issued = date
        else:
            made.keep("PD", printed)


def _pages(made: Draft, values: Values) -> None:
    for text in values.take("IS"):
        made.put("issue", text, "IS")
    for text in values.take("SU") if "issue" not in made.texts else ():
        made.put("issue", "Suppl" if text in ("S", "SUPPL") else f"Suppl {text}", "SU")
    if made.type == "book":
        for text in values.take("PG"):
            made.put("number_of_pages", text, "PG")
    if values.look("EP") == "+" and "BP" in values:
        # The pages go on elsewhere, and nobody says where.
        made.put("page", f"{values.take_first('BP')}{values.take_first('EP')}", "BP")
    elif "BP" in values or "EP" in values:
        put_pages(made, values.take_first("BP"), values.take_first("EP"), ("BP", "EP"))
    elif "PS" in values:
        put_pages(made, values.take_first("PS"), "", ("PS", "PS"))
    else:
        for text in values.take("AR"):
            made.put("page", text, "AR")


def _identifiers(made: Draft, values: Values) -> None:
    put_doi(made, values.take("DI"), "DI")
    if made.type == "book":
        put_doi(made, values.take("D2"), "D2")
    put_serials(made, [*values.take("SN"), *values.take("EI")], "SN")
    for text in split_words(values.take("BN")):
        put_serials(made, [text.strip()] if text.strip() else [], "BN")
    for text in values.take("PM"):
        made.put("pmid", normalise_pmid(text) or text, "PM")
