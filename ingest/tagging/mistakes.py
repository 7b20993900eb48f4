"""Each tag that labels call wrong, each label without a tag, by what went wrong; themes taken for others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.quoting import field_text
from corpus.record import Record
from corpus.theme import Tag
from ingest.tagging.agreement import Compared, Place
from ingest.tagging.reliability import JUDGED
from ingest.tagging.sentences import sentence_around

#: Where the terms of themes stand in a record: (theme, field, start, end).
Named = Callable[[Record], Iterable[tuple[str, str, int, int]]]

# What can go wrong, in the order of a report.
KINDS = {
    "wrong": {
        "no factor here": "the labels of this record name no factor",
        "direction": "labelled with another direction",
        "other theme": "its words were labelled with another theme",
        "not labelled": "its words were not labelled",
    },
    "missing": {
        "direction": "tagged with another direction",
        "other theme": "its words were tagged with another theme",
        "no direction": "a term of the theme stands there, without a direction or not counted",
        "no term": "no term of the theme stands there",
        "no tag": "nothing was tagged there",
    },
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A label that was given or missed wrongly: the words it stands on, in their sentence, and why.

    ``kind`` is one of ``KINDS``; ``other`` the theme or direction that was meant or given instead.
    """

    record: str
    title: str
    measure: str
    label: str
    outcome: Literal["wrong", "missing"]
    kind: str
    other: str = ""
    field: str = ""
    before: str = ""
    words: str = ""
    after: str = ""
    method: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often ``labelled`` was given as ``given``, both themes, or both directions."""

    labelled: str
    given: str
    count: int


def mistakes(compared: Sequence[Compared], named: Named | None = None) -> Iterator[Mistake]:
    """Every wrong and every missing label, record by record.

    With ``named`` a missing factor is told apart by whether a term of its theme stands in the evidence.
    """
    for each in compared:
        spans = None if named is None else list(named(each.record))
        for measure in JUDGED:
            for label, outcome in each.outcomes(measure):
                if outcome == "wrong":
                    yield _wrong(each, measure, label)
                elif outcome == "missing":
                    yield _missing(each, measure, label, spans)


def confusions(compared: Sequence[Compared]) -> tuple[list[Confusion], list[Confusion]]:
    """Factors taken for others where the evidence and a wrong tag overlap; directions taken for others.

    A direction is confused where a theme was labelled with one that it did not get, and got another.
    """
    themes: Counter[tuple[str, str]] = Counter()
    directions: Counter[tuple[str, str]] = Counter()
    for each in compared:
        for mistake in mistakes([each]):
            if mistake.measure != "factor_direction" or mistake.outcome != "wrong":
                continue
            theme, _, direction = mistake.label.rpartition(" ")
            if mistake.kind == "direction":
                directions[mistake.other, direction] += 1
            elif mistake.kind == "other theme":
                themes[mistake.other, theme] += 1
    return _ranked(themes), _ranked(directions)


def _ranked(counts: Counter[tuple[str, str]]) -> list[Confusion]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Confusion(labelled, given, count) for (labelled, given), count in ordered]


def _wrong(compared: Compared, measure: str, label: str) -> Mistake:
    tag = compared.given[measure][label][0]
    kind, other = _why_wrong(compared, label, tag) if measure == "factor_direction" else ("not labelled", "")
    return Mistake(
        compared.record.id,
        compared.record.title,
        measure,
        label,
        "wrong",
        kind,
        other,
        *_sentence(compared.record, tag.field, tag.start, tag.end),
        method=tag.method,
        score=tag.score,
    )


def _why_wrong(compared: Compared, label: str, tag: Tag) -> tuple[str, str]:
    expected, given = compared.expected["factor_direction"], compared.given["factor_direction"]
    if not expected:
        return "no factor here", ""
    theme = label.rpartition(" ")[0]
    missed = [each for each in sorted(expected - given.keys()) if each.rpartition(" ")[0] == theme]
    if missed:
        return "direction", missed[0].rpartition(" ")[2]
    # Of several labels on the same words the one that was missed says more of what it was taken for.
    meant = [place for place in compared.places if place.touches(tag)]
    others = sorted((place.label in given, place.label.rpartition(" ")[0]) for place in meant)
    others = [each for each in others if each[1] != theme]
    return ("other theme", others[0][1]) if others else ("not labelled", "")


def _missing(
    compared: Compared, measure: str, label: str, spans: Sequence[tuple[str, str, int, int]] | None
) -> Mistake:
    record = compared.record
    found = next(iter(compared.evidence(label)), None) if measure == "factor_direction" else None
    kind, other = ("no tag", "")
    if measure == "factor_direction":
        kind, other = _why_missing(compared, label, spans)
    said = (
        _sentence(record, found.field, found.start, found.end)
        if found
        else ("", "", _text(compared, label), "")
    )
    return Mistake(record.id, record.title, measure, label, "missing", kind, other, *said)


def _why_missing(
    compared: Compared, label: str, spans: Sequence[tuple[str, str, int, int]] | None
) -> tuple[str, str]:
    expected, given = compared.expected["factor_direction"], compared.given["factor_direction"]
    theme = label.rpartition(" ")[0]
    instead = [each for each in sorted(given.keys() - expected) if each.rpartition(" ")[0] == theme]
    if instead:
        return "direction", instead[0].rpartition(" ")[2]
    places = compared.evidence(label)
    if spans is not None and any(_names(span, theme, place) for span in spans for place in places):
        return "no direction", ""
    others = {
        each.rpartition(" ")[0]
        for each, tags in given.items()
        if any(place.touches(tag) for place in places for tag in tags)
    }
    if others - {theme}:
        return "other theme", min(others - {theme})
    return ("no term" if spans is not None and places else "no tag"), ""


def _names(span: tuple[str, str, int, int], theme: str, place: Place) -> bool:
    named, field, start, end = span
    return named == theme and field == place.field and start < place.end and place.start < end


def _text(compared: Compared, label: str) -> str:
    return next((place.text for place in compared.places if place.label == label), "")


def _sentence(record: Record, field: str, start: int, end: int) -> tuple[str, str, str, str]:
    """(field, before, words, after): words of a record in their sentence."""
    text = field_text(record, field)
    first, last = sentence_around(text, start, end)
    return field, text[first:start], text[start:end], text[end:last]
