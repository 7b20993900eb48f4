"""What the comparison of two descriptions looks at: titles, names, places and identifiers, folded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from corpus.identity import STOP_WORDS, fold, identifiers, isbns, title_words
from corpus.record import Author, Record
from ingest.pages import first_and_last

#: Titles made of these words alone stand above a thousand works.
_GENERIC = frozenset(
    re.findall(
        r"\w+",
        "abstract abstracts annual author authors book books chapter comment commentary conclusion"
        " conference contents correspondence discussion editor editorial editors foreword index interview"
        " introduction issue letter letters new news note notes obituary overview part preface proceedings"
        " reply report response review reviews section special summary supplement symposium volume",
    )
)
_MARKERS = {
    "erratum": r"^(?:(?:author|publisher|editorial) )?(?:errat(?:um|a)\b|corrig\w+|corrections?\b|addend\w+"
    r"|retraction\b|withdrawal\b|expression of concern)|\b(?:erratum|corrigendum|a correction)$",
    "comment": r"^(?:comments? (?:on|to)\b|commentary (?:on|to)\b|discussion of\b|re:|(?:in )?reply\b"
    r"|(?:(?:the )?authors? )?(?:reply|response) to\b|response to\b|rejoinder)"
    r"|: (?:an? )?(?:reply|response|comments?|commentary|rejoinder|discussion)\b(?! (?:time|rate|surface))",
    "review": r"^(?:book )?reviews? of\b|^book reviews?\b|: book reviews?$|\(book review\)",
    "protocol": r"\b(?:study|trial|review|research|project) protocol\b|\bprotocol (?:for|of) (?:an? |the )",
}
#: How databases print the erratum of an article under the article's title: "(vol 142, pg 310, 2003)".
_ERRATUM_OF = re.compile(
    r"[\[(]vol\.? ?\d+,? (?:pg|pp?|page)\.? ?\w*\d+.*$|\([^()]{4,}\(\d{4}\)[ ,;:]*\d+[ ,:]*[(\d].*$",
    re.IGNORECASE,
)
_ERRATUM_HEAD = re.compile(
    r"^\W*(?:erratum|corrigendum|correction)(?: (?:to|for))?\s*[:.–—-]\s*", re.IGNORECASE
)
#: What databases add to the title of an article that has an erratum or a comment elsewhere.
_NOTE = re.compile(
    r"\s*[\[(](?:(?:published )?erratum (?:appears|in)|see comments?|comment in|retracted in|corrected)\b.*$",
    re.IGNORECASE,
)
_MARKER = {name: re.compile(pattern) for name, pattern in _MARKERS.items()}
_ROMAN = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "xi": "11",
    "xii": "12",
}
_ROMAN_LETTERS = {
    "i": "1",
    "v": "5",
    "x": "10",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
}
_NUMBERED = frozenset(
    [
        "part",
        "parts",
        "type",
        "phase",
        "section",
        "study",
        "chapter",
        "paper",
        "volume",
        "vol",
        "book",
        "stage",
        "level",
        "grade",
    ]
)
_ORDINAL = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PREPRINT = re.compile(
    r"arxiv|[a-z]+rxiv|\bssrn\b|preprint|research square|\bosf\b|working papers?\b|discussion papers?\b"
)
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101/(?:\d{4}\.|\d{6})|48550|2139|21203|31234|20944|31219|31235|26434|36227|22541|2196/preprints)"
)
_VOLUME = re.compile(r"(\d+)(?:\s*\(([^)]*)\))?")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|spring|summer|autumn|fall|winter"
_DATED = re.compile(rf"(?:{_MONTHS})[a-z]*\Z")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+")

#: CSL types that name different sorts of work; a type that is not here says nothing sure.
_KINDS = {
    "book": "book",
    "chapter": "part of a book",
    "entry-dictionary": "part of a book",
    "entry-encyclopedia": "part of a book",
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "paper-conference": "paper",
    "review": "review",
    "review-book": "review",
    "thesis": "thesis",
    "report": "report",
    "dataset": "dataset",
    "software": "software",
    "patent": "patent",
}


@dataclass(frozen=True)
class Description:
    """A record as the comparison sees it; what is rarely asked is worked out when it is."""

    record: Record
    words: tuple[str, ...]
    key: str
    weight: int
    ids: dict[str, str]
    name: str
    personal: bool
    family: str
    given: str
    families: frozenset[str]
    volume: str
    issue: str
    first_page: str
    last_page: str

    @property
    def year(self) -> int | None:
        """The record's year."""
        return self.record.year

    @cached_property
    def content(self) -> str:
        """All that the record says, by which equals are ordered."""
        return content(self.record)

    @cached_property
    def container(self) -> str:
        """The folded journal, book or series."""
        return fold(self.record.container_title or self.record.collection_title)

    @cached_property
    def marker(self) -> str:
        """What the title says of another work: "erratum", "comment", "review", "protocol", or ``""``."""
        if _ERRATUM_OF.search(self.record.title):
            return "erratum"
        title = re.sub(r"^[^\w]+", "", fold(_NOTE.sub("", self.record.title))).strip()
        title = re.sub(r"\s*[-–—:.]\s+", ": ", title)
        return next((name for name, pattern in _MARKER.items() if pattern.search(title)), "")

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in the title, Roman ones too: they tell part 1 from part 2."""
        found = set()
        for place, word in enumerate(self.words):
            if word in _ROMAN:
                found.add(_ROMAN[word])
            elif word in _ROMAN_LETTERS and place and self.words[place - 1] in _NUMBERED:
                found.add(_ROMAN_LETTERS[word])
            elif word[0].isdigit():
                found.add(word.lstrip("0") or "0")
        return frozenset(found)

    @cached_property
    def preprint(self) -> bool:
        """Whether this is a preprint or working paper; its article is another work."""
        place = f"{self.container} {fold(self.record.genre)} {fold(self.record.collection_title)}"
        # Some sources give a published paper the DOI of its preprint: then the journal tells.
        by_doi = not self.container and _PREPRINT_DOI.match(self.ids.get("doi", ""))
        return bool(by_doi or _PREPRINT.search(place))

    @cached_property
    def kind(self) -> str:
        """The sort of work, where the type says it."""
        kind = _KINDS.get(self.record.type, "")
        # Databases export whole books as "article" too, so an article must stand in a journal.
        return "" if kind in ("article", "paper") and not self.container else kind

    @cached_property
    def edition(self) -> str:
        """The number of the edition, "" for a first one or where none is given."""
        text = fold(self.record.edition)
        found = _DIGITS.search(text)
        number = found.group() if found else ""
        number = number or next(
            (str(at) for at, word in enumerate(_ORDINAL, 1) if word in text), text.strip()
        )
        return "" if number == "1" else number

    @cached_property
    def isbns(self) -> frozenset[str]:
        """Every ISBN printed, hardback and paperback alike."""
        return frozenset(isbns(self.record.isbn)) if self.record.isbn else frozenset()


def content(record: Record) -> str:
    """All that the record says but for its key in the source: orders records however they came."""
    names = (name for name in record.__dataclass_fields__ if name not in ("id", "extra"))
    return repr(([getattr(record, name) for name in names], sorted(record.extra.items())))


def describe(record: Record) -> Description:
    """The record made ready for comparison."""
    title = _NOTE.sub("", record.title)
    words = tuple(title_words(_ERRATUM_HEAD.sub("", _ERRATUM_OF.sub("", title))))
    authors = [name for name in record.authors if name.role == "author"] or list(record.authors)
    first = authors[0] if authors else Author()
    volume, issue = volume_and_issue(record.volume, record.issue)
    first_page, last_page = first_and_last(record.page)
    return Description(
        record=record,
        words=words,
        key="".join(words),
        weight=len({word for word in words if word not in STOP_WORDS and word not in _GENERIC}),
        ids=identifiers(record),
        name=(first.family or first.literal).strip(),
        personal=not first.literal,
        family=family_key(first),
        given=given_key(first),
        families=frozenset(filter(None, map(family_key, authors))),
        # "2016(May)": a year in the place of the volume tells nothing that the date does not.
        volume="" if volume == str(record.year) else volume,
        issue=issue,
        first_page=first_page,
        last_page=last_page,
    )


def family_key(author: Author) -> str:
    """The folded family name, or the organisation's, in one piece."""
    return "".join(_WORD.findall(fold(author.family or author.literal)))


def given_key(author: Author) -> str:
    """The folded given names or initials in one piece."""
    return "".join(_WORD.findall(fold(author.given)))


def volume_and_issue(volume: str, issue: str) -> tuple[str, str]:
    """Both in bare form: "Vol. 8(6)" gives ("8", "6"); an issue printed on its own comes first."""
    found = _VOLUME.search(volume)
    issue = issue or (found.group(2) or "" if found else "")
    issue = "".join(_WORD.findall(fold(issue))).lstrip("0")
    # "(May)" and "Spring" date an issue; its number is another matter.
    return found.group(1).lstrip("0") if found else "", "" if _DATED.match(issue) else issue
