"""Whether the score of a tag is true, and what each rule or model brings: by the tags that labels judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.theme import Tag
from ingest.tagging.agreement import Compared
from ingest.tagging.explaining import rule_of

#: A bin of scores from each of these up to the next; scores below .5 are one bin, they are few.
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)

#: The measures that judge each tag once: a factor counts with its direction.
JUDGED = ("factor_direction", "kind", "setting", "study_type", "population")


@dataclass(frozen=True, slots=True)
class Bin:
    """Tags whose score is at least ``start``: how many, what they said on average, and what was true."""

    start: float
    count: int
    said: float
    was: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Bins by score, and the expected calibration error: how far off a score is on average."""

    bins: tuple[Bin, ...]
    error: float


@dataclass(frozen=True, slots=True)
class Method:
    """What one rule or model gave on one measure; ``only`` are the right labels that nothing else gave.

    The tagger keeps the surest tag of a theme and direction: what another rule would have given instead is
    not in the file, so ``only`` is what could be lost without it at most.
    """

    measure: str
    name: str
    right: int
    wrong: int
    only: int

    @property
    def precision(self) -> float:
        """The share of its labels that are right."""
        return self.right / (self.right + self.wrong)


def calibration(compared: Sequence[Compared], measures: Sequence[str] = JUDGED) -> Calibration:
    """What the scores of the labels given said beside what was true; a label has its surest tag's score."""
    binned: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for measure in measures:
        for _, tags, right in _given(compared, measure):
            score = tags[0].score
            place = max(place for place, start in enumerate(BINS) if score >= start)
            binned[place].append((score, right))
    bins = tuple(
        Bin(
            BINS[place],
            len(pairs),
            sum(score for score, _ in pairs) / len(pairs),
            sum(right for _, right in pairs) / len(pairs),
        )
        for place, pairs in sorted(binned.items())
    )
    total = sum(each.count for each in bins)
    error = sum(each.count * abs(each.said - each.was) for each in bins) / total if total else 0.0
    return Calibration(bins, error)


def methods(compared: Sequence[Compared]) -> list[Method]:
    """What each rule or model gave, by measure, those that gave most first."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for measure in JUDGED:
        for _, tags, right in _given(compared, measure):
            names = {method_name(tag) for tag in tags}
            for name in names:
                count = counts[measure, name]
                count[0 if right else 1] += 1
                count[2] += right and len(names) == 1
    found = [Method(measure, name, *count) for (measure, name), count in counts.items()]
    return sorted(found, key=lambda each: (JUDGED.index(each.measure), -each.right - each.wrong, each.name))


def method_name(tag: Tag) -> str:
    """The rule that gave a tag, without version and cue words; what is no rule with its kind before it."""
    source = tag.method.partition(" ")[0].partition("-")[0]
    rule = rule_of(tag)[0]
    return rule if source == "rules" and rule else f"{source} {rule}".strip() or "unknown"


def _given(compared: Sequence[Compared], measure: str) -> Iterator[tuple[str, tuple[Tag, ...], bool]]:
    for each in compared:
        for label, tags in each.given.get(measure, {}).items():
            yield label, tags, label in each.expected[measure]
