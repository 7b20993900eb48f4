"""From the labels of a printed record to the fields of ours.

``author`` authors, editors where "(ed.)" says so; ``title``; ``source`` and ``publisher`` as
``reference`` reads them; the other labels fill the field of their name. A label without a
field, and a reference of which something was left unread, is kept in ``extra`` by the word printed.
"""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.identity import normalise_doi
from ingest.fields.dates import has_year, printed_date
from ingest.fields.draft import Draft, clean_doi, clean_issn
from ingest.fields.labels import Label
from ingest.fields.name_list import is_read, looks_like_names, parse_names
from ingest.fields.names import is_organisation
from ingest.fields.pages import page_range, total_pages
from ingest.fields.reference import is_place, looks_like_reference, parse_publisher, parse_reference
from ingest.fields.reference_parts import Reference
from ingest.parsers.labelled_types import COMMERCIAL, guess_type

Parts = list[tuple[Label, list[str]]]

_TEXTS = {"volume": "volume", "issue": "issue", "place": "publisher_place", "edition": "edition"} | {
    "series": "collection_title",
    "isbn": "isbn",
    "language": "language",
    "pmid": "pmid",
}
_TYPES = (
    ("thesis", "thesis"),
    ("dissertation", "thesis"),
    ("chapter", "chapter"),
    ("newspaper", "article-newspaper"),
    ("magazine", "article-magazine"),
    ("article", "article-journal"),
    ("journal", "article-journal"),
    ("conference", "paper-conference"),
    ("report", "report"),
    ("guid", "report"),
    ("book", "book"),
    ("monograph", "book"),
    ("web", "webpage"),
)
_EDITED_BOOK = re.compile(r"(.{3,250}?)\s*[(\[](?:eds?|editors?)\.?[)\]]\s*[.,:]?\s*(\S.*)", re.IGNORECASE)
_PUBLISHER = re.compile(
    r"\b(?:press|publishers|publishing|publications|books|tso|hmso|stationery office|king's fund"
    r"|department (?:of|for)|ministry|(?:rowntree|health) foundation|commission|scottish executive"
    r"|home office|cabinet office)\b",
    re.IGNORECASE,
)
_SERIAL = re.compile(
    r"\b(?:journal|review|bulletin|quarterly|newsletter|magazine|times|gazette)\b", re.IGNORECASE
)
_THESIS = re.compile(r"thesis|dissertation", re.IGNORECASE)
_NOBODY = re.compile(
    r"[\[(]?(?:anon\.?|anonymous|unknown|various|none|not (?:stated|given|known)"
    r"|no authors?(?: (?:listed|given|stated))?|n/?a)[\])]?\.?",
    re.IGNORECASE,
)
_VOLUME_ISSUE = re.compile(r"(\w{1,6})\s*\(\s*(\w[^()]{0,20})\s*\)")
_YEAR_ALONE = re.compile(r"[\[(]?c?(?:1[89]|20)\d\d[\])]?\.?")
_FRONT_AND_PAGES = re.compile(r"[ivxlcdm]+\s*[,+]\s*(\d+)", re.IGNORECASE)
# A part of an abstract: "METHODS: ...", "Aims and objectives: ..."
_PART = re.compile(
    r"(?:[A-Z][A-Z/&, -]{3,40}|(?:Background|Introduction|Context|Aims?|Objectives?|Purpose|Design|Methods?"
    r"|Methodology|Setting|Participants|Sample|Results?|Findings|Discussion|Conclusions?|Implications|Limitations"
    r"|Originality)[\w /,&-]{0,30}):\s+\S"
)
_ENDED = re.compile(r"[.!?][\"”’')\]]*\s*\Z")
_UNDATED = re.compile(r"\W*(?:n\.?\s?d\.?|undated|no date|in press|forthcoming)\W*", re.IGNORECASE)
_HYPHENATED = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_])")
_SPACE = re.compile(r"\s+")
_OF = re.compile(r"\d\s*(?:of|/)\s*\d")
_LONG_LINE = 120


def plausible(label: Label, value: str) -> bool:
    """Whether a label that only a space follows can be one, by what stands behind it."""
    if not value:
        return False
    name = label.name
    if name == "author":
        return looks_like_names(value)
    if name == "title":
        return not value[0].islower() and len(value) <= 500
    if name == "source":
        return looks_like_reference(value) or bool(_YEAR_ALONE.fullmatch(value))
    if name == "publisher":
        return looks_like_reference(value) or (
            len(value.split()) <= 8 and not value.endswith(".") and looks_like_names(value)
        )
    if name == "abstract":
        return (len(value) >= 20 or (len(value) >= 8 and value.endswith("."))) and not value[0].islower()
    if name == "keywords":
        return (
            len(value.split()) <= 60
            and ". " not in value
            and (len(value.split()) <= 6 or any(c in value for c in ",;"))
        )
    if name == "year":
        return bool(_UNDATED.fullmatch(value)) or (has_year(value) and len(value.split()) <= 4)
    if name in ("doi", "url"):
        return bool(normalise_doi(value)) or value.startswith(("http", "www."))
    if name in ("volume", "issue", "page", "number_of_pages", "isbn", "issn", "pmid"):
        known = value[:1].isalnum() and any(char.isdigit() for char in value) and len(value) <= 40
        # "Page 2 of 3" stands at the foot of a page.
        return known and not (name == "page" and _OF.search(value))
    return len(value.split()) <= 12 and not value.endswith(".")


def draft(parts: Parts, *, family_first: bool = False) -> Draft:
    """The record in the making of the labels of one record; ``family_first`` as in ``parse_names``."""
    made = Draft("")
    for label, printed in parts:
        _add(made, label, printed, family_first)
    if not made.type:
        made.type = guess_type(made)
    if made.type in ("book", "report") and made.texts.get("page", "").isdecimal():
        # "Pages: 220" of a whole book are how many it has.
        made.texts.setdefault("number_of_pages", made.texts.pop("page"))
    if made.type == "thesis" and "container_title" in made.texts and "publisher" not in made.texts:
        made.texts["publisher"] = made.texts.pop("container_title")
    return made


def _add(made: Draft, label: Label, printed: list[str], family_first: bool) -> None:
    name, value = label.name, _flat(printed)
    if not value:
        return
    if name == "author":
        _add_authors(made, label, value, family_first)
    elif name == "title":
        made.put("title", value, label.word)
    elif name == "abstract":
        made.put("abstract", _paragraphs(printed), label.word)
    elif name == "source":
        _add_source(made, label, value)
    elif name == "publisher":
        found = parse_publisher(value)
        made.put("publisher", found.name, label.word)
        _add_reference(made, found, label, value)
    elif name == "keywords":
        made.add_keywords(re.split(r"[;|]" if ";" in value or "|" in value else r",|(?<=\w)\s+/\s+", value))
    elif name == "volume" and (both := _VOLUME_ISSUE.fullmatch(value)):
        made.put("volume", both[1], label.word)
        made.put("issue", both[2], label.word)
    elif name in _TEXTS:
        made.put(_TEXTS[name], value, label.word)
    else:
        _add_number(made, label, value)


def _add_authors(made: Draft, label: Label, value: str, family_first: bool) -> None:
    """The names, and the line as printed where a word of it is in none of them."""
    if _NOBODY.fullmatch(value):
        made.keep(label.word, value)
        return
    authors, et_al = parse_names(value, family_first=family_first)
    if label.word.lower().startswith("editor"):
        authors = tuple(replace(author, role="editor") for author in authors)
    made.authors.extend(author for author in authors if author not in made.authors)
    made.et_al = made.et_al or et_al
    if not is_read(value, authors):
        made.keep(label.word, value)


def _add_number(made: Draft, label: Label, value: str) -> None:
    """Labels whose value is brought into form."""
    name = label.name
    if name == "year":
        _add_date(made, label, value)
    elif name in ("page", "number_of_pages"):
        whole = _FRONT_AND_PAGES.fullmatch(value)
        total = whole[1] if whole else total_pages(value)
        total = total or (value if name == "number_of_pages" and value.isdecimal() else "")
        made.put("number_of_pages" if total else "page", total or page_range(value), label.word)
    elif name == "doi":
        made.put("doi", clean_doi(value), label.word)
    elif name == "issn":
        made.put("issn", clean_issn(value), label.word)
    elif name == "url":
        made.put("url", value.split()[0], label.word)
        if normalise_doi(value) and "doi.org" in value:
            made.put("doi", clean_doi(value), label.word)
    elif name == "type":
        made.type = next((csl_type for sign, csl_type in _TYPES if sign in value.lower()), made.type)
        made.put("genre", value, label.word)
    else:
        made.keep(label.word, value)


def _add_date(made: Draft, label: Label, value: str) -> None:
    """A date, or the publisher's line that some lists print behind "Published"."""
    date, name = printed_date(value), parse_reference(value).name
    if name and looks_like_reference(value) and (re.search("[,:]", value) or is_organisation(name)):
        _add_source(made, label, value)
        return
    if date and len(date) > len(made.issued):
        made.issued = date
    if not date or name:
        made.keep(label.word, value)


def _add_source(made: Draft, label: Label, value: str) -> None:
    """A source: a journal's reference, a book that the chapter stands in, or a publisher's line."""
    edited = _EDITED_BOOK.match(re.sub(r"\A[Ii]n:?\s+", "", value))
    if edited and looks_like_names(edited[1]):
        editors, _ = parse_names(edited[1])
        made.authors.extend(replace(author, role="editor") for author in editors)
        found = parse_reference(edited[2])
        title, publisher = _book_and_publisher(found.name)
        made.put("container_title", title, label.word)
        if publisher or found.left:
            line = parse_publisher(publisher or found.left)
            made.put("publisher", line.name, label.word)
            made.put("publisher_place", line.place, label.word)
            found.left = found.left if publisher else ""
        made.type = "chapter"
        _add_reference(made, found, label, value)
        return
    found = parse_reference(value)
    if _is_publisher(found):
        found = parse_publisher(value)
        made.put("publisher", found.name, label.word)
    elif not (found.volume or found.issue) and (book := _book_and_publisher(found.name))[1]:
        made.type = "chapter"
        line = parse_publisher(book[1])
        made.put("container_title", book[0], label.word)
        made.put("publisher", line.name, label.word)
        made.put("publisher_place", line.place, label.word)
    else:
        made.put("container_title", found.name, label.word)
    _add_reference(made, found, label, value)


def _is_publisher(found: Reference) -> bool:
    """Whether what was read as a source is a publisher's line, with or without its place."""
    if found.is_serial:
        return False
    if found.number_of_pages or found.isbn or found.number or found.genre:
        return True
    place, colon, name = found.name.partition(":")
    if colon:
        return is_place(place) or (bool(parse_publisher(found.name).place) and is_organisation(name))
    if _PUBLISHER.search(found.name) and not _SERIAL.search(found.name):
        return "." not in found.name and found.name.count(",") < 2
    parts = found.name.split(",")
    return len(parts) == 2 and len(found.issued) < 10 and any(is_place(part) for part in parts)


def _book_and_publisher(name: str) -> tuple[str, str]:
    """("Book title", "Place: Publisher") of what stands between the editors and the year."""
    match = re.match(r"(.+?)[.,]\s+([^.,:]{2,40}:\s*[^:]+)\Z", name) or re.match(r"(.+?)\.\s+([^.]+)\Z", name)
    if match and (":" in match[2] or COMMERCIAL.search(match[2])):
        return match[1].strip(), match[2].strip()
    title, _, publisher = name.rpartition(",")
    if title and COMMERCIAL.search(publisher):
        return title.strip(), publisher.strip()
    return name, ""


def _add_reference(made: Draft, found: Reference, label: Label, value: str) -> None:
    for name in ("volume", "issue", "page", "number_of_pages", "edition", "isbn", "url"):
        made.put(name, getattr(found, name), f"{label.word} ({name})")
    made.put("publisher_place", found.place, label.word)
    made.put("doi", clean_doi(found.doi) if found.doi else "", label.word)
    made.put("issn", clean_issn(found.issn) if found.issn else "", label.word)
    made.put("genre", found.genre, label.word)
    made.keep("number", found.number)
    if _THESIS.search(found.genre):
        made.type = made.type or "thesis"
    elif (found.number or found.genre) and not (found.is_serial and made.texts.get("container_title")):
        # A journal prints the numbers of papers too, and of those that it comments on.
        made.type = made.type or "report"
    if found.issued and (not made.issued or found.issued.startswith(made.issued)):
        made.issued = found.issued
    elif found.issued and found.issued != made.issued and not made.issued.startswith(found.issued):
        made.keep(label.word, value)
    if found.left or found.undated:
        made.keep(label.word, value)


def _flat(printed: list[str]) -> str:
    """The value on one line; a word divided at the end of a line keeps its hyphen."""
    return _SPACE.sub(" ", _HYPHENATED.sub("-", "\n".join(line.strip() for line in printed))).strip()


def _paragraphs(printed: list[str]) -> str:
    """The text with wrapped lines joined and a blank line between paragraphs."""
    unwrapped = any(len(line) > _LONG_LINE for line in printed)
    paragraphs: list[list[str]] = [[]]
    for line in printed:
        before = paragraphs[-1][-1] if paragraphs[-1] else ""
        part = _ENDED.search(before) and _PART.match(line.strip())
        if not line.strip() or (before and (unwrapped or part)):
            paragraphs.append([])
        if line.strip():
            paragraphs[-1].append(line)
    return "\n\n".join(_flat(lines) for lines in paragraphs if lines)
