"""When two printed values of a field are one, the same for every reader."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

_OWN_FIELDS_TEXT = (
    "type title author editor container series year month date volume number pages doi url abstract"
    " keywords issn isbn publisher language pmid"
)
#: Fields that must be read into their own place; any other only has to be kept.
OWN_FIELDS = frozenset(_OWN_FIELDS_TEXT.split())
_LANGUAGES = {
    "english": "en",
    "eng": "en",
    "german": "de",
    "deu": "de",
    "ger": "de",
    "french": "fr",
    "fre": "fr",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TAGS = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*>")
_DASHES = re.compile(r"\s*(?:-{1,3}|[‐‑‒–—−])\s*")
_SPACE = re.compile(r"\s+")


def agrees(name: str, expected: str, found: str) -> bool:
    """Whether a field says what is expected of it."""
    return bool(found) and fold(name, expected) == fold(name, found)


def kept(expected: str, values: Iterable[str]) -> bool:
    """Whether a value is somewhere in a record."""
    wanted = plain(expected)
    return any(wanted in plain(value) for value in values)


def plain(text: str) -> str:
    """A text without braces, markup and the kinds of its spaces and dashes."""
    text = unicodedata.normalize("NFKC", html.unescape(text))
    text = text.replace("\\&", "&").replace("\\_", "_").replace("\\%", "%")
    text = _TAGS.sub(" ", text).replace("{", "").replace("}", "")
    return _DASHES.sub("-", _SPACE.sub(" ", text).strip())


def fold(name: str, text: str) -> object:
    """A value in the form in which two readings of it are equal."""
    text = plain(text)
    if name in ("title", "container", "series"):
        return text.rstrip(".")
    if name == "abstract":
        return text.replace(" ", "")
    if name in ("author", "editor"):
        return [_SPACE.sub(" ", one).strip(" ,.") for one in text.split(" and ")]
    if name == "doi":
        return text.lower().replace("https://doi.org/", "").removeprefix("doi:")
    if name == "url":
        return text.replace(" ", "")
    if name in ("year", "volume", "number"):
        return text.lstrip("0")
    if name == "pages":
        return re.sub(r"\A(?:pp?)\.?\s*|(?<=\d)\s*pp?\.?\Z", "", text)
    if name == "issn":
        return frozenset(re.findall(r"\d{7}[\dX]", text.replace("-", "")))
    if name == "isbn":
        return frozenset(re.findall(r"\d{12}[\dX]|\d{9}[\dX]", text.replace("-", "")))
    if name == "keywords":
        return list(dict.fromkeys(word.strip() for word in re.split(r"[,;]", text) if word.strip()))
    if name == "type":
        return {"inbook": "incollection", "conference": "inproceedings"}.get(text, text)
    if name == "language":
        return _LANGUAGES.get(text.lower(), text.lower())
    if name in ("month", "date"):
        return _date(text)[1 if name == "month" else 0 :][: 1 if name == "month" else 3]
    return text


def _date(text: str) -> tuple[int, int, int]:
    """Year, month and day; 0 for what is not said."""
    if match := re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text):
        year, month, day = (int(number or 0) for number in match.groups())
        return year, month, day
    named = next((number for number, name in enumerate(_MONTHS, 1) if name in text.lower()), 0)
    years, days = re.search(r"\b\d{4}\b", text), re.search(r"\b\d{1,2}\b", text)
    return int(years[0]) if years else 0, named, int(days[0]) if days else 0
