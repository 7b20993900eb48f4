"""How far tags agree with a gold file: precision, recall and F1 by axis and by theme.

A line of a gold file holds ``kinds``, ``settings`` (lists of ids), ``study_type`` (one) and ``factors``, each
with ``factor``, ``valence`` and ``evidence``, a stretch of the record's own words. Ids are those of the
vocabulary, or its ``notation``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.theme import Tag, Vocabulary

#: What is scored, in the order of a report.
MEASURES = ("factor_direction", "factor", "kind", "setting", "study_type")


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of tags that are right, wrong and missing."""

    right: int = 0
    wrong: int = 0
    missing: int = 0

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

    def to_dict(self) -> dict[str, float]:
        """Counts and shares, the shares with three decimals."""
        return {
            "right": self.right,
            "wrong": self.wrong,
            "missing": self.missing,
            "precision": round(self.precision, 3),
            "recall": round(self.recall, 3),
            "f1": round(self.f1, 3),
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """The scores of one comparison.

    ``micro`` counts over all labels of a measure; ``themes`` by label ("resources barrier"). ``quotes``
    is the share of right factor tags whose quote overlaps the evidence. ``unmatched`` are the ids of
    gold lines for which no record was found; they count for nothing.
    """

    records: int
    micro: Mapping[str, Score]
    themes: Mapping[str, Mapping[str, Score]]
    quotes: float
    unmatched: tuple[str, ...] = field(default=())

    def macro(self, measure: str) -> float:
        """The mean F1 over the labels of a measure; each label counts alike, however rare."""
        scores = self.themes.get(measure, {})
        return sum(score.f1 for score in scores.values()) / len(scores) if scores else 1.0

    def to_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {
            "records": self.records,
            "unmatched": list(self.unmatched),
            "quotes": round(self.quotes, 3),
            "measures": {
                measure: score.to_dict() | {"macro_f1": round(self.macro(measure), 3)}
                for measure, score in self.micro.items()
            },
            "themes": {
                measure: {label: score.to_dict() for label, score in scores.items()}
                for measure, scores in self.themes.items()
            },
        }


def evaluate(
    gold_lines: Iterable[Mapping[str, Any]],
    find: Callable[[Mapping[str, Any]], Record | None],
    tags_of: Callable[[Record], Sequence[Tag]],
    vocabulary: Vocabulary,
) -> Agreement:
    """Compare tags with labels; ``find`` gives the record of a gold line, ``tags_of`` the tags of a record.

    Factor tags without a direction are not counted. A gold line that is not in the form above raises
    ``EvidenceError`` with its number.
    """
    counts: dict[str, dict[str, Counter[str]]] = {measure: defaultdict(Counter) for measure in MEASURES}
    unmatched: list[str] = []
    records = overlapping = right = 0
    for number, line in enumerate(gold_lines, start=1):
        expected = _expected(line, number)
        record = find(line)
        if record is None:
            unmatched.append(str(line.get("id", f"line {number}")))
            continue
        records += 1
        tags = tags_of(record)
        given = _given(tags, vocabulary)
        for measure in MEASURES:
            for label in expected[measure] | given[measure]:
                counts[measure][_text(label)][_outcome(label, expected[measure], given[measure])] += 1
        overlaps = _overlaps(line, record, tags, vocabulary)
        right += len(overlaps)
        overlapping += sum(overlaps)
    themes = {
        measure: {label: _score(by_label[label]) for label in sorted(by_label)}
        for measure, by_label in counts.items()
    }
    micro = {measure: _score(sum(counts[measure].values(), Counter())) for measure in MEASURES}
    return Agreement(records, micro, themes, overlapping / right if right else 1.0, tuple(unmatched))


_Labels = dict[str, set[Hashable]]


def _expected(line: Mapping[str, Any], number: int) -> _Labels:
    try:
        factors = [(str(factor["factor"]), str(factor["valence"])) for factor in line.get("factors") or ()]
        study_type = line.get("study_type")
        return {
            "factor_direction": set(factors),
            "factor": {factor for factor, _ in factors},
            "kind": set(line.get("kinds") or ()),
            "setting": set(line.get("settings") or ()),
            "study_type": {study_type} if study_type else set(),
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise EvidenceError(
            f"gold line {number}: is not a label ({error!r}); see `corpus/gold/themes.jsonl` for the form."
        ) from error


def _given(tags: Sequence[Tag], vocabulary: Vocabulary) -> _Labels:
    given: _Labels = {measure: set() for measure in MEASURES}
    for tag in tags:
        theme = vocabulary.themes.get(tag.theme)
        if theme is None or (theme.axis == "factor" and tag.direction is None):
            continue
        if theme.axis == "factor":
            given["factor_direction"].add((theme.notation, tag.direction))
        if theme.axis in given:
            given[theme.axis].add(theme.notation)
    return given


def _overlaps(
    line: Mapping[str, Any], record: Record, tags: Sequence[Tag], vocabulary: Vocabulary
) -> list[bool]:
    """For each factor and direction that is right: whether a quote and the evidence share words."""
    found = []
    for label in line.get("factors") or ():
        same = [
            tag
            for tag in tags
            if tag.theme in vocabulary.themes
            and vocabulary.themes[tag.theme].notation == label["factor"]
            and tag.direction == label["valence"]
        ]
        evidence = str(label.get("evidence") or "")
        start = record.abstract.find(evidence) if evidence else -1
        if same and start >= 0:
            end = start + len(evidence)
            found.append(any(tag.field == "abstract" and tag.start < end and start < tag.end for tag in same))
    return found


def _outcome(label: Hashable, expected: set[Hashable], given: set[Hashable]) -> str:
    if label in expected:
        return "right" if label in given else "missing"
    return "wrong"


def _text(label: Hashable) -> str:
    return " ".join(label) if isinstance(label, tuple) else str(label)


def _score(counts: Counter[str]) -> Score:
    return Score(counts["right"], counts["wrong"], counts["missing"])
