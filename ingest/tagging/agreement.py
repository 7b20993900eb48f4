"""How far tags agree with labels: precision, recall and F1 by measure and by theme."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.quoting import find
from corpus.record import Record
from corpus.theme import Tag, Vocabulary
from ingest.tagging.gold import MEASURES, GoldLine


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of tags that are right, wrong and missing."""

    right: int = 0
    wrong: int = 0
    missing: int = 0

    @property
    def labels(self) -> int:
        """How many labels there were to find."""
        return self.right + self.missing

    @property
    def precision(self) -> float:
        """Share of the tags given that are right; 1 where none was given."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the labels that were found; 1 where there are none."""
        return self.right / (self.right + self.missing) if self.right + self.missing else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 1 where there is nothing to find and nothing was given."""
        counted = 2 * self.right + self.wrong + self.missing
        return 2 * self.right / counted if counted else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Counts and shares, the shares with three decimals; ``None`` for a share of nothing."""
        return {
            "labels": self.labels,
            "right": self.right,
            "wrong": self.wrong,
            "missing": self.missing,
            "precision": round(self.precision, 3) if self.right + self.wrong else None,
            "recall": round(self.recall, 3) if self.labels else None,
            "f1": round(self.f1, 3),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where the evidence for a label stands: ``field[start:end]``; the field is "" where it does not."""

    label: str
    text: str
    field: str = ""
    start: int = 0
    end: int = 0

    def touches(self, tag: Tag) -> bool:
        """Whether the quote of a tag shares words with it."""
        return bool(self.field) and self.field == tag.field and tag.start < self.end and self.start < tag.end


@dataclass(frozen=True, slots=True)
class Compared:
    """One record beside its labels: for each measure the labels that hold, and the tags that say which.

    ``given`` has for each label its tags, the surest first. A measure that the line does not label is in
    neither. ``seen`` if what gave the tags was made with this record in view.
    """

    line: GoldLine
    record: Record
    expected: Mapping[str, frozenset[str]]
    given: Mapping[str, Mapping[str, tuple[Tag, ...]]]
    places: tuple[Place, ...]
    seen: bool = False

    def outcomes(self, measure: str) -> Iterator[tuple[str, str]]:
        """(label, "right" | "wrong" | "missing") for each label that holds or was given, in order."""
        expected, given = self.expected.get(measure, frozenset()), self.given.get(measure, {})
        for label in sorted(expected | given.keys()):
            if label in expected:
                yield label, "right" if label in given else "missing"
            else:
                yield label, "wrong"

    def evidence(self, label: str) -> list[Place]:
        """The evidence for a factor and direction that was found in the record's text."""
        return [place for place in self.places if place.label == label and place.field]


def compare(
    line: GoldLine, record: Record, tags: Iterable[Tag], vocabulary: Vocabulary, *, seen: bool = False
) -> Compared:
    """A record's tags beside the labels of its line; factor tags without a direction are not counted."""
    given: dict[str, dict[str, list[Tag]]] = {measure: defaultdict(list) for measure in line.labels}
    for tag in sorted(tags, key=lambda tag: (-tag.score, tag.start)):
        for measure, label in labels_of(tag, vocabulary):
            if measure in given:
                given[measure][label].append(tag)
    frozen = {
        measure: {label: tuple(found) for label, found in labels.items()} for measure, labels in given.items()
    }
    places = tuple(_place(each.label, each.text, record) for each in line.evidence)
    return Compared(line, record, line.labels, frozen, places, seen)


def labels_of(tag: Tag, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """(measure, label) for what a tag says."""
    theme = vocabulary.themes.get(tag.theme)
    if theme is None:
        return
    if theme.axis != "factor":
        yield theme.axis, theme.id
    elif tag.direction is not None:
        yield "factor_direction", f"{theme.id} {tag.direction}"
        yield "factor", theme.id


def _place(label: str, text: str, record: Record) -> Place:
    found = find(record, text, "abstract")
    return Place(label, text, found.field, found.start, found.end) if found else Place(label, text)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The scores of a comparison.

    ``micro`` counts over all labels of a measure; ``themes`` by label ("resources barrier"). ``quotes``
    counts the right factors and directions whose evidence was found: a quote of theirs overlaps it
    ("right") or not ("missing"). ``negatives`` counts the records whose labels name no factor: a tag of a
    factor was given ("wrong") or not ("right"). ``unplaced`` are evidences that no text of the record has.
    """

    records: int
    micro: Mapping[str, Score]
    themes: Mapping[str, Mapping[str, Score]]
    quotes: Score
    negatives: Score
    unplaced: int

    def macro(self, measure: str) -> float:
        """The mean F1 over the labels of a measure that hold or were given, however rare; 1 without any."""
        scores = self.themes.get(measure, {})
        return sum(score.f1 for score in scores.values()) / len(scores) if scores else 1.0

    @property
    def quote_overlap(self) -> float | None:
        """The share of right factor tags whose quote overlaps the evidence; ``None`` without any."""
        return self.quotes.recall if self.quotes.labels else None

    @property
    def false_alarms(self) -> float | None:
        """The share of records without a labelled factor that got one; ``None`` without such a record."""
        counted = self.negatives.right + self.negatives.wrong
        return self.negatives.wrong / counted if counted else None

    def to_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {
            "records": self.records,
            "measures": {
                measure: score.to_dict() | {"macro_f1": round(self.macro(measure), 3)}
                for measure, score in self.micro.items()
            },
            "quotes": {"right": self.quotes.labels, "share": _rounded(self.quote_overlap)},
            "negatives": {
                "records": self.negatives.right + self.negatives.wrong,
                "tagged": self.negatives.wrong,
                "share": _rounded(self.false_alarms),
            },
            "evidence_not_in_text": self.unplaced,
            "themes": {
                measure: {label: score.to_dict() for label, score in scores.items()}
                for measure, scores in self.themes.items()
            },
        }


def agreement(compared: Sequence[Compared]) -> Agreement:
    """The scores over those records; a measure that none of them labels is left out."""
    counts: dict[str, dict[str, Counter[str]]] = {
        measure: defaultdict(Counter)
        for measure in MEASURES
        if any(measure in each.expected for each in compared)
    }
    quotes: Counter[str] = Counter()
    negatives: Counter[str] = Counter()
    for each in compared:
        for measure, labels in counts.items():
            for label, outcome in each.outcomes(measure):
                labels[label][outcome] += 1
        quotes.update(_overlaps(each))
        if each.expected.get("factor") == frozenset():
            negatives["wrong" if each.given["factor"] else "right"] += 1
    themes = {
        measure: {label: _score(labels[label]) for label in sorted(labels)}
        for measure, labels in counts.items()
    }
    micro = {measure: _score(sum(labels.values(), Counter())) for measure, labels in counts.items()}
    unplaced = sum(not place.field for each in compared for place in each.places)
    return Agreement(len(compared), micro, themes, _score(quotes), _score(negatives), unplaced)


def _overlaps(compared: Compared) -> Iterator[str]:
    """For each factor and direction that is right and has evidence: whether a quote overlaps it."""
    for label, outcome in compared.outcomes("factor_direction"):
        places = compared.evidence(label)
        if outcome == "right" and places:
            tags = compared.given["factor_direction"][label]
            yield "right" if any(place.touches(tag) for place in places for tag in tags) else "missing"


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def _score(counts: Counter[str]) -> Score:
    return Score(counts["right"], counts["wrong"], counts["missing"])
