"""The labels of printed abstracts ("Author", "Title", "Reference", "Abstract") and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: What a label says -> the words that are printed for it.
WORDS = {
    "author": (
        r"authors?|author\(s\)|authors?/editors?|author\(s\)/editor\(s\)|editors?|editor\(s\)"
        "|author names?|name of authors?"
        "|corporate authors?|personal authors?|creators?|written by|by|au|main author"
    ),
    "title": (
        "titles?|article titles?|document titles?|paper titles?|book titles?|report titles?"
        "|title of (?:article|paper|book|document|report)|main title|ti"
    ),
    "source": (
        "sources?|references?|ref|in|journals?|journal titles?|journal names?|published in"
        "|appear(?:s|ed) in|citations?|bibliographic (?:reference|details|citation)"
        "|publication|journal reference|so|source title|periodical|journal/source"
    ),
    "publisher": (
        "publishers?|published by|publishers? details|publication details|publishing details"
        "|imprint|pub|pb|publisher information|publication information"
    ),
    "abstract": (
        "abstracts?|summary|summaries|synopsis|description|annotation|ab|summary/abstract"
        "|abstract/summary|summary of contents?|brief summary|short abstract|author abstract"
        "|author's abstract"
    ),
    "year": (
        "years?|dates?|publication (?:year|date)|year of publication|date of publication"
        "|date published|published|published on|py|pub date|issued"
    ),
    "volume": r"volume|vol\.?|volume number|vol(?:ume)?\.? ?(?:/|and|&) ?(?:issue|no\.?|number|part)",
    "issue": r"issue|issue number|number|no\.?|part",
    "page": r"pages?|page numbers?|page nos?\.?|page\(s\)|page range|pp\.?|pagination|pg",
    "number_of_pages": r"number of pages|no\.? of pages|extent|length|physical description",
    "keywords": (
        "key ?words?|key-words?|subjects?|subject (?:terms?|headings?|keywords)|descriptors?"
        "|topics?|index(?:ing)? terms?|tags?|author keywords|mesh(?: terms)?|kw|themes?"
    ),
    "doi": "doi|digital object identifier",
    "isbn": "isbns?|isbn-?1[03]",
    "issn": "issn|e-?issn",
    "pmid": "pmid|pubmed id",
    "url": (
        "urls?|links?|web ?site|web address|web ?link|available (?:at|from|online)|full text"
        "|weblink|online at|web"
    ),
    "language": "languages?|text language|la",
    "type": (
        "type|document type|publication type|format|type of (?:document|publication|work)"
        "|item type|resource type|pt"
    ),
    "place": "place|place of publication|city",
    "edition": "edition",
    "series": "series|series title",
    "isolated": (
        r"accession (?:number|no\.?)|an|record (?:number|no\.?)|notes?|country|affiliations?"
        "|author affiliations?|address|correspondence|database|copyright|price|library"
        "|shelfmark|location|availability|update code|id|identifier"
    ),
}
#: The labels without which nothing is a record.
MAIN = frozenset({"author", "title", "source", "publisher", "abstract"})
# In a list whose labels are followed by a mere space, these are too common as first words of a sentence.
_ONLY_MARKED = frozenset({"isolated", "type", "place", "series", "issue", "edition", "number_of_pages"})
_ONLY_MARKED_WORDS = frozenset({"by", "no", "web", "links", "link"})

_ALL = "|".join(f"(?P<{name}>{words})" for name, words in WORDS.items())
# What a line with a label begins with: most lines of a page are sorted out by it without a pattern.
_BEGINNINGS = tuple(
    {word[:3].rstrip("?\\- ") for words in WORDS.values() for word in words.split("|")} | {"no"}
)
_NOT_LETTERS = " \t>*_#|0123456789.()[]<:-–•●▪·○◦‣»"
_HEAD = r"(?:<\d+>|\[\d+\]|\(\d+\)|#?\d+[.):]|no\.?\s*\d+[.):])"
_BEGIN = rf"[ \t>*_#|•●▪·○◦‣»]*(?:[-–] )?(?P<head>{_HEAD}[ \t]+)?[*_]*(?P<word>{_ALL})[*_]*"
_MARKED = re.compile(
    _BEGIN
    + r"(?P<sep>[ ]*\t\s*|\s*[:：][*_]*\s*|[ ]+[-–—][ ]+|[ ]*[–—][ ]*|[ ]*\|\s*|[ ]*\.{3,}\s*)"
    + r"(?P<value>.*)\Z",
    re.IGNORECASE,
)
_UNMARKED = re.compile(_BEGIN + r"(?P<sep>[ ]+|\Z)(?P<value>.*)\Z", re.IGNORECASE)
_HEAD_LINE = re.compile(
    r"\s*(?:<\d+>|\[\d+\]|\(\d+\)|\#?\d+[.)]?"
    r"|(?:record|result|item|reference|citation|abstract|document|entry|article)\s*(?:no\.?|number)?\s*[#:]?\s*\d+"
    r"(?:\s*(?:of|/)\s*\d+)?[.:)]?|\d+\s*(?:of|/)\s*\d+)\s*\Z",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*(?:[-=_*~•·#+]\s*){3,}\Z")


@dataclass(frozen=True, slots=True)
class Label:
    """A line that begins with a label. ``line`` counts from 0; ``kind`` says what follows the label."""

    line: int
    name: str
    word: str
    kind: str
    value: str
    numbered: bool

    @property
    def is_marked(self) -> bool:
        """Whether more than a space says that this is a label."""
        return self.kind in ("colon", "tab", "dash", "bar")


def find_label(text: str, line: int) -> Label | None:
    """The label at the beginning of a line, if there is one."""
    # Web pages keep a label beside its value with a space that does not break.
    text = text.replace("\xa0", " ")
    if not text.lstrip(_NOT_LETTERS).lower().startswith(_BEGINNINGS):
        return None
    match = _MARKED.match(text) or _UNMARKED.match(text)
    if not match:
        return None
    name = next(name for name in WORDS if match[name])
    kind = _kind(match["sep"])
    word = match["word"]
    if len(word) == 2 and word.lower() != "in" and kind != "colon":
        # "TI: ..." is how some databases print; "TI  - ..." is RIS.
        return None
    if not match["value"].strip() and kind in ("space", "wide", "tab"):
        kind = "alone"
    if kind in ("space", "wide", "alone") and (
        name in _ONLY_MARKED or word.lower().rstrip(".") in _ONLY_MARKED_WORDS
    ):
        return None
    if kind == "space" and word[0].islower() and not match["head"]:
        # "title" in small letters, and a space: most likely a word of a sentence that was wrapped.
        return Label(line, name, word, "weak", match["value"].strip(), False)
    return Label(line, name, word, kind, match["value"].strip(), bool(match["head"]))


def is_head(text: str) -> bool:
    """Whether a line is the number of a record: "1.", "<1>", "Record 1 of 52"."""
    return bool(_HEAD_LINE.match(text))


def is_rule(text: str) -> bool:
    """Whether a line only draws a rule."""
    return bool(_RULE.match(text))


def _kind(separator: str) -> str:
    if ":" in separator or "：" in separator:
        return "colon"
    if "\t" in separator:
        return "tab"
    if "|" in separator:
        return "bar"
    if separator.strip():
        return "dash"
    return "wide" if len(separator) > 1 else "space"
