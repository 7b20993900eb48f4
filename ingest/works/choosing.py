"""Rules for the best value of a field, out of what several descriptions of one work print."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corpus.identity import (
    fold,
    isbns,
    normalise_doi,
    normalise_issn,
    normalise_pmcid,
    normalise_pmid,
    title_key,
)
from corpus.record import Record
from ingest.fields.pages import first_and_last
from ingest.works.describing import volume_and_issue
from ingest.works.variants import Value, clean

_ELLIPSIS = re.compile(r"(?:\.\.\.|…|\[?truncated\]?|\[?abstract from [^.]*\]?)\W*\Z", re.IGNORECASE)
_NOTE = re.compile(r"\[[^\]]*\]\.?\s*\Z")
#: The surest type first, for a tie.
_TYPES = ("article-journal", "book", "chapter", "report", "thesis", "paper-conference")


Best = Callable[[Sequence[Value], Sequence[Record]], Value]


def _by(rank: Callable[[str], Any], form: Callable[[str], str] | None = None) -> Best:
    """A rule: the highest rank; then what most print, in any form; then the first as sorted."""
    form = form or fold

    def best(said: Sequence[Value], _: Sequence[Record]) -> Value:
        counts = Counter(form(value) for _, value in said)
        ranks = {value: (rank(value), counts[form(value)]) for _, value in said}
        top = max(ranks.values())
        return min((pair for pair in said if ranks[pair[1]] == top), key=lambda pair: pair[1])

    return best


def _majority(form: Callable[[str], str], rank: Callable[[str], Any]) -> Best:
    """A rule: what most print, in any form; of its forms the highest rank; then the first as sorted."""

    def best(said: Sequence[Value], _: Sequence[Record]) -> Value:
        counts = Counter(form(value) for _, value in said)
        winner = min(counts, key=lambda each: (-counts[each], _natural(each)))
        forms = [(place, value) for place, value in said if form(value) == winner]
        top = max(rank(value) for _, value in forms)
        return min(((place, value) for place, value in forms if rank(value) == top), key=lambda pair: pair[1])

    return best


def _identifier(normalise: Callable[[str], str]) -> Best:
    """A rule: the identifier that most print, bare if it is printed in several ways."""

    def form(value: str) -> str:
        return normalise(value) or value

    choose = _majority(form, lambda value: form(value) == value)

    def best(said: Sequence[Value], descriptions: Sequence[Record]) -> Value:
        place, value = choose(said, descriptions)
        printed = {each for _, each in said if form(each) == form(value)}
        return place, form(value) if len(printed) > 1 else value

    return best


def _natural(text: str) -> tuple[int, str]:
    digits = re.match(r"\d+", text)
    return (int(digits.group()) if digits else 1 << 40, text)


def _title(text: str) -> tuple[Any, ...]:
    whole, mixed, accents = clean(text)
    # A subtitle counts, what databases add in brackets does not.
    length = len(title_key(_NOTE.sub("", text)))
    return (
        whole,
        mixed,
        not _ELLIPSIS.search(text),
        length,
        "[" not in text,
        accents,
        "&" not in text,
        not text.endswith("."),
    )


def _abstract(text: str) -> tuple[bool, int]:
    return (not _ELLIPSIS.search(text), len(text))


def _container(text: str) -> tuple[Any, ...]:
    whole, mixed, accents = clean(text)
    base = re.split(r"\s*[(\[:=/]|\.\s*(?=Conference)", text, maxsplit=1)[0] or text
    letters = len(re.sub(r"\W|\band\b", "", fold(base)))
    return (whole, mixed, letters, accents, "&" not in text, -len(text))


def _full(text: str) -> tuple[Any, ...]:
    whole, mixed, accents = clean(text)
    return (whole, mixed, len(fold(text)), accents)


def _page(text: str) -> tuple[Any, ...]:
    first, last = first_and_last(text)
    return (bool(first), bool(last), last in fold(text), len(text) < 20)


def _issued(said: Sequence[Value], descriptions: Sequence[Record]) -> Value:
    """The year that most print, then that of a description with a volume; then the most exact date."""
    years = Counter(value[:4] for _, value in said)
    placed = Counter(value[:4] for place, value in said if descriptions[place].volume)
    return min(
        said,
        key=lambda pair: (
            -years[pair[1][:4]],
            -placed[pair[1][:4]],
            pair[1][:4],
            -_exactness(pair[1]),
            pair[1],
        ),
    )


def _exactness(issued: str) -> int:
    found = re.fullmatch(r"\d{4}(?:-(\d\d))?(?:-(\d\d))?", issued)
    if not found:
        return 0
    month, day = found.groups()
    return 4 if day else 1 if not month else 2 if int(month) > 12 else 3


def _type(said: Sequence[Value], _: Sequence[Record]) -> Value:
    counts = Counter(value for _, value in said)

    def rank(value: str) -> tuple[Any, ...]:
        surest = _TYPES.index(value) if value in _TYPES else len(_TYPES)
        return (value == "document", -counts[value], surest, value)

    return min(said, key=lambda pair: rank(pair[1]))


def _volume(text: str) -> str:
    return volume_and_issue(text, "")[0] or fold(text)


def _issue(text: str) -> str:
    return volume_and_issue("", text)[1] or fold(text)


def _isbns(said: Sequence[Value], _: Sequence[Record]) -> Value:
    """All ISBNs: hardback, paperback and e-book have their own."""
    printed = {value for _, value in said}
    if len(printed) == 1:
        return said[0]
    numbers = sorted({number for value in printed for number in isbns(value)})
    return said[0][0], "; ".join(numbers or sorted(printed))


#: Field -> its rule: (the place and value of each that says something, all descriptions) to the best of them.
BEST: Mapping[str, Best] = {
    "type": _type,
    "title": _by(_title, title_key),
    "abstract": _by(_abstract),
    "issued": _issued,
    "container_title": _by(_container),
    "collection_title": _by(_container),
    "publisher": _by(_full),
    "publisher_place": _by(_full),
    "volume": _majority(_volume, lambda value: -len(value)),
    "issue": _majority(_issue, lambda value: -len(value)),
    "page": _majority(lambda value: first_and_last(value)[0] or fold(value), _page),
    "number_of_pages": _majority(fold, len),
    "edition": _majority(fold, len),
    "genre": _majority(fold, len),
    "doi": _identifier(normalise_doi),
    "pmid": _identifier(normalise_pmid),
    "pmcid": _identifier(normalise_pmcid),
    "isbn": _isbns,
    "issn": _identifier(normalise_issn),
    "url": _majority(str, lambda value: value.startswith("https:")),
    "language": _majority(lambda value: fold(value)[:2], lambda value: -len(value)),
}
