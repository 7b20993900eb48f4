"""Whether two descriptions of one work say the same but for form, and which form of a name is best."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from corpus.identity import fold, isbns, normalise_doi, normalise_issn, normalise_pmcid, normalise_pmid
from corpus.record import Author, Record
from ingest.fields.pages import first_and_last
from ingest.works.containers import same_container
from ingest.works.describing import describe, family_key, given_key, volume_and_issue
from ingest.works.titles import relate, typo

Value = tuple[int, str]
"""The place of a description in the input, and what it says."""


def disagreements(descriptions: Sequence[Record]) -> dict[str, list[Value]]:
    """Field -> what each description prints, for fields where two differ in more than form.

    Abstracts, keywords, addresses and languages always differ and are not compared.
    """
    found: dict[str, list[Value]] = {}
    for name, agree in _AGREE.items():
        said = [(place, _printed(record, name)) for place, record in enumerate(descriptions)]
        said = [(place, text) for place, text in said if text]
        pairs = combinations((place for place, _ in said), 2)
        if any(not agree(descriptions[one], descriptions[other]) for one, other in pairs):
            found[name] = said
    return found


def clean(text: str) -> tuple[bool, bool, int]:
    """A rank of print: whole letters over lost ones, mixed case over capitals, accents over none."""
    damaged = "\ufffd" in text or bool(re.search(r"\w\?\w|&\w+;|</?\w+>", text))
    letters = [letter for letter in text if letter.isalpha()]
    capitals = len(letters) > 3 and all(letter == letter.upper() for letter in letters)
    return (not damaged, not capitals, sum(not letter.isascii() for letter in letters))


def better_names(names: Sequence[Author], others: Sequence[Sequence[Author]]) -> tuple[Author, ...]:
    """The same people in the same order, each in the fullest form that one of the lists prints."""
    better = []
    for place, name in enumerate(names):
        forms = [name]
        for other in others:
            here = [other[place]] if place < len(other) else []
            forms += next(([form] for form in [*here, *other] if _one_person(name, form)), [])
        better.append(_fullest(forms))
    return tuple(better)


def _fullest(forms: Sequence[Author]) -> Author:
    if forms[0].literal:
        return max(forms, key=lambda form: (clean(form.literal), len(form.literal), form.literal))
    family = max(forms, key=lambda form: (clean(form.family), len(form.particle + form.family), str(form)))
    # An accent is worth less than a whole name: "Jörg" over "J." and over "JÖRG".
    given = max(forms, key=lambda form: (len(given_key(form)), clean(form.given), str(form))).given
    return replace(
        forms[0],
        family=family.family,
        particle=family.particle,
        given=given,
        suffix=max(form.suffix for form in forms),
        orcid=max(form.orcid for form in forms),
    )


def _one_person(one: Author, other: Author) -> bool:
    if one.role != other.role or bool(one.literal) != bool(other.literal):
        return False
    if family_key(one) != family_key(other):
        return False
    first, its_first = (re.findall(r"[^\W\d_]+", fold(form.given))[:1] for form in (one, other))
    if not first or not its_first:
        return True
    short, long = sorted((first[0], its_first[0]), key=len)
    # "Y", "YM" and "Yvonne" agree; "Yvonne" and "Yves" do not.
    return long.startswith(short) or (len(short) < 3 and short[0] == long[0])


def _printed(record: Record, name: str) -> str:
    if name == "authors":
        return "; ".join(map(str, record.authors))
    text = str(getattr(record, name))
    return "" if name == "type" and text == "document" else text


def _authors(one: Record, other: Record) -> bool:
    """Whether the lists name the same people as far as both go."""
    pairs = zip(one.authors, other.authors, strict=False)
    return all(_same_name(left, right) for left, right in pairs if left.role == right.role)


def _same_name(one: Author, other: Author) -> bool:
    left, right = family_key(one), family_key(other)
    if left == right or typo(left, right) or (left, right) == (given_key(other), given_key(one)):
        return True
    short, long = sorted((left, right), key=len)
    return len(short) >= 4 and (long.startswith(short) or long.endswith(short))


def _titles(one: Record, other: Record) -> bool:
    return relate(describe(one), describe(other)) in ("same", "contained", "")


def _pages(one: Record, other: Record) -> bool:
    (first, last), (its_first, its_last) = first_and_last(one.page), first_and_last(other.page)
    if not first or not its_first:
        return fold(one.page) == fold(other.page)
    return first.lstrip("e") == its_first.lstrip("e") and (not last or not its_last or last == its_last)


def _issued(one: Record, other: Record) -> bool:
    """Whether one date is the other, less exactly."""
    short, long = sorted((one.issued, other.issued), key=len)
    vague = re.fullmatch(r"\d{4}-2[1-4]", short) or "/" in short or "/" in long
    return long.startswith(short) or bool(vague and short[:4] == long[:4])


def _in_form(name: str, form: Callable[[str], str]) -> Callable[[Record, Record], bool]:
    def agree(one: Record, other: Record) -> bool:
        left, right = getattr(one, name), getattr(other, name)
        return (form(left) or fold(left)) == (form(right) or fold(right))

    return agree


def _as_place(name: str) -> Callable[[Record, Record], bool]:
    def agree(one: Record, other: Record) -> bool:
        return same_container(fold(getattr(one, name)), fold(getattr(other, name))) > 0

    return agree


def _isbns(one: Record, other: Record) -> bool:
    return not isbns(one.isbn) or not isbns(other.isbn) or bool({*isbns(one.isbn)} & {*isbns(other.isbn)})


_AGREE: Mapping[str, Callable[[Record, Record], bool]] = {
    "type": _in_form("type", fold),
    "title": _titles,
    "authors": _authors,
    "issued": _issued,
    "container_title": _as_place("container_title"),
    "publisher": _as_place("publisher"),
    "volume": _in_form("volume", lambda text: volume_and_issue(text, "")[0]),
    "issue": _in_form("issue", lambda text: volume_and_issue("", text)[1]),
    "page": _pages,
    "edition": _in_form("edition", fold),
    "doi": _in_form("doi", normalise_doi),
    "pmid": _in_form("pmid", normalise_pmid),
    "pmcid": _in_form("pmcid", normalise_pmcid),
    "isbn": _isbns,
    "issn": _in_form("issn", normalise_issn),
}
