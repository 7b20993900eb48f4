"""What the comparison of two descriptions looks at: titles, names, places and identifiers, folded."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property

from corpus.identity import STOP_WORDS, fold, identifiers, isbns, title_key, title_words
from corpus.record import Author, Record
from ingest.fields.pages import first_and_last
from ingest.works.markers import about, bare, marker
from ingest.works.series import ORDINAL, numbers, parts

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
_PREPRINT = re.compile(
    r"arxiv|[a-z]+rxiv|\bssrn\b|preprint|research square|\bosf\b|working papers?\b|discussion papers?\b"
)
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101/(?:\d{4}\.|\d{6})|48550|2139|21203|31234|20944|31219|31235|26434|36227|22541|2196/preprints)"
)
#: Where abstracts of theses are listed, and what a list of references prints in the place of a volume.
_THESES = re.compile(r"dissertation abstracts|masters abstracts|proquest dissertation")
_THESIS = re.compile(r"\bph\.? ?d\b|\bthesis\b|\bdissertation\b")
_MEETING = re.compile(r"(?:meeting|conference|congress) abstract|conference:|conference publication")
_VERSION = re.compile(
    r"(10\.1002/14651858\.\w+?|10\.12688/[a-z0-9]+\.\d+|.+(?=[./]v\d))(?:[./](?:pub|v)?(\d+))?\Z"
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
    def word_set(self) -> frozenset[str]:
        """The words of the title, each once."""
        return frozenset(self.words)

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
        return marker(self.record.title)

    @cached_property
    def about(self) -> str:
        """The key of the title that a marked title is about; ``""`` if it is about no other."""
        return title_key(about(self.record.title)) if self.marker not in ("", "update") else ""

    @cached_property
    def abstract(self) -> str:
        """The letters and digits of the abstract, folded; as far as two need be compared."""
        return "".join(_WORD.findall(fold(self.record.abstract[:2000])))

    @cached_property
    def meeting(self) -> bool:
        """Whether this is the abstract of a talk or poster: its paper is another work."""
        said = fold(f"{self.record.genre} {self.record.container_title} {self.record.extra.get('PT', '')}")
        if _MEETING.search(said):
            return True
        supplement = "sup" in self.issue or self.first_page[:1] == "s" or "suppl" in fold(self.record.volume)
        first, last = (page.lstrip("s") for page in (self.first_page, self.last_page))
        return supplement and bool(first) and (not last or first[:-1] == last[:-1])

    @cached_property
    def version(self) -> tuple[str, str]:
        """The DOI without its version, and the version: Cochrane reviews, preprints, F1000."""
        doi = self.ids.get("doi", "")
        found = _VERSION.match(doi)
        return (found.group(1), found.group(2)) if found else (doi, "")

    @cached_property
    def cochrane(self) -> bool:
        """Whether this is a Cochrane review: each update comes out under the same title and page."""
        return self.container.startswith(("cochrane database", "the cochrane database"))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in the title, Roman ones too: they tell part 1 from part 2."""
        return numbers(self.words)

    @cached_property
    def parts(self) -> frozenset[str]:
        """The numbers that count the parts of a series: "part 2", "II"."""
        return parts(self.words)

    @cached_property
    def container_key(self) -> str:
        """The key of the title of the book that it is part of."""
        return title_key(self.record.container_title)

    @cached_property
    def preprint(self) -> bool:
        """Whether this is a preprint or working paper; its article is another work."""
        place = f"{self.container} {fold(self.record.genre)} {fold(self.record.collection_title)}"
        # Some sources give a published paper the DOI of its preprint: then the journal tells.
        if self.container:
            return bool(_PREPRINT.search(place))
        server = f"{place} {self.record.url} {fold(self.record.publisher)}"
        return bool(_PREPRINT_DOI.match(self.ids.get("doi", "")) or _PREPRINT.search(server))

    @cached_property
    def kind(self) -> str:
        """The sort of work, where the type says it."""
        if _THESES.search(self.container) or _THESIS.search(
            fold(f"{self.record.genre} {self.record.volume}")
        ):
            return "thesis"
        kind = _KINDS.get(self.record.type, "")
        # Databases export whole books as "article" too, so an article must stand in a journal.
        return "" if kind in ("article", "paper") and not self.container else kind

    @cached_property
    def edition(self) -> str:
        """The number of the edition, "" for a first one or where none is given."""
        text = fold(self.record.edition)
        found = _DIGITS.search(text)
        number = found.group() if found else ""
        number = number or next((str(at) for at, word in enumerate(ORDINAL, 1) if word in text), text.strip())
        return "" if number == "1" else number

    @cached_property
    def isbns(self) -> frozenset[str]:
        """Every ISBN printed, hardback and paperback alike."""
        return frozenset(isbns(self.record.isbn)) if self.record.isbn else frozenset()


def content(record: Record) -> str:
    """All that the record says but for its key in the source: orders records however they came.

    A field that says nothing is left out, so that a field which a later version adds changes no content.
    """
    said = {name: getattr(record, name) for name in record.__dataclass_fields__ if name != "id"}
    said["authors"] = [
        {name: value for name in author.__dataclass_fields__ if (value := getattr(author, name))}
        for author in record.authors
    ]
    said["extra"] = dict(record.extra)
    kept = {name: value for name, value in said.items() if value}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, default=str)


def fingerprint(record: Record) -> str:
    """32 hex digits that stand for all that the record says, but for its key in the source.

    A person's verdict names descriptions by it, wherever and however often they are read.
    """
    return hashlib.sha256(content(record).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def describe(record: Record) -> Description:
    """The record made ready for comparison."""
    words = tuple(title_words(bare(record.title)))
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
