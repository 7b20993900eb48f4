"""Words in the text of a record: found again where they moved, or as a person typed them, or what is near."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.record import Record

#: The fields in which words can earn a tag, in the order in which they are read.
FIELDS = ("title", "abstract", "keywords")

_WORD = re.compile(r"\w+")
#: So alike must a stretch be to be told to a person as what was perhaps meant.
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Words where they stand: ``field_text(record, field)[start:end] == quote``."""

    field: str
    start: int
    end: int
    quote: str


#: Where words stand that the record does not hold, or holds no more.
NOWHERE = Place("title", 0, 0, "")


def field_text(record: Record, field: str) -> str:
    """The text that a tag's offsets count in; keywords are one text, joined by semicolons."""
    if field == "keywords":
        return "; ".join(record.keywords)
    return str(getattr(record, field))


def find(record: Record, quote: str, field: str = "", start: int = 0) -> Place | None:
    """The place of those words, the one nearest to ``start`` in ``field`` first; ``None`` if there is none.

    Blanks, case, accents put together otherwise, and the marks between words may differ: people copy quotes
    through spreadsheets and word processors.
    """
    order = sorted(FIELDS, key=lambda name: name != field) if field in FIELDS else _usual(FIELDS)
    exact = _pattern(re.escape(quote)) if quote.strip() else None
    words = _WORD.findall(unicodedata.normalize("NFC", quote))
    loose = _pattern(r"[\W_]+".join(map(re.escape, words))) if words else None
    for pattern in (exact, loose):
        for name in order if pattern else ():
            text = field_text(record, name)
            places = [match.span() for match in pattern.finditer(text)] if pattern else []
            if places:
                first, last = min(places, key=lambda place: abs(place[0] - start) if name == field else place)
                return Place(name, first, last, text[first:last])
    return None


def nearest(record: Record, quote: str) -> str:
    """The stretch of the record's text that is most like those words; "" if none is like them."""
    wanted = quote.casefold()
    length = max(len(_WORD.findall(quote)), 1)
    best, found = _ALIKE, ""
    for name in FIELDS:
        text = field_text(record, name)
        spans = [match.span() for match in _WORD.finditer(text)]
        for stretch in _stretches(text, spans, length):
            matcher = SequenceMatcher(None, stretch.casefold(), wanted, autojunk=False)
            if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and matcher.ratio() > best:
                best, found = matcher.ratio(), stretch
    return found


def _usual(fields: tuple[str, ...]) -> tuple[str, ...]:
    """The abstract first: nearly all quotes are from there."""
    return ("abstract", *(name for name in fields if name != "abstract"))


def _pattern(text: str) -> re.Pattern[str]:
    # Where a quote begins or ends with a letter, so does a word: "trust" is none of the words of "mistrust".
    before = r"(?<!\w)" if text[:1].isalnum() else ""
    after = r"(?!\w)" if text[-1:].isalnum() else ""
    return re.compile(before + text + after, re.IGNORECASE)


def _stretches(text: str, spans: list[tuple[int, int]], length: int) -> Iterator[str]:
    for first in range(len(spans)):
        last = min(first + length, len(spans)) - 1
        yield text[spans[first][0] : spans[last][1]]
