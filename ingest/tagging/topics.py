"""What a record is about: settings, populations, kinds, study types, by where and how often named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.theme import AXES, Vocabulary
from ingest.tagging.factors import Finding
from ingest.tagging.passages import Passage
from ingest.tagging.patterns import Match
from ingest.tagging.sentences import Sentence
from ingest.tagging.signs import Sign, shown_terms

#: Sentences of an abstract that say what the record is.
_OPENING = 2
#: What it weighs to be named in each place, the best place first; each is the name of a rule.
_PLACES = {"title": 3.0, "opening": 2.0, "keywords": 2.0, "abstract": 1.0}
#: The first sentence of an abstract often says in three words what the record is ("Interview study of").
_FIRST = 0.5
#: Words listed as weak weigh half.
_WEAK = 0.5
#: A record is about what is named in its title, or in two places; what weighs less is a passing mention,
#: unless the record names too few others of the axis. What weighs less still is nothing.
_SURE = 3.0
_FEW = 2
_LEAST = 1.5
#: Study types that weigh so much of the heaviest are as likely.
_NEAR = 0.7


@dataclass(frozen=True, slots=True)
class Topic:
    """A theme named in a sentence of a passage."""

    passage: Passage
    number: int
    finding: Finding
    weak: bool = False

    @property
    def sentence(self) -> Sentence:
        """The words of the sentence."""
        return self.passage.sentence(self.number)

    @property
    def weight(self) -> float:
        """How much this mention says of what the record is about."""
        first = _FIRST if self.finding.rule == "opening" and self.number == 0 else 0.0
        return (_PLACES[self.finding.rule] + first) * (_WEAK if self.weak else 1.0)


class Topics:
    """Finds the themes of every axis but the factors."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._factors = frozenset(theme.id for theme in vocabulary.axis("factor"))
        self._axes = {theme.id: theme.axis for theme in vocabulary}
        self._order = {theme.id: place for place, theme in enumerate(vocabulary)}

    def find(self, passages: Iterable[Passage]) -> list[Topic]:
        """One topic for each theme that the record is about; one study type at most."""
        mentions: dict[str, list[Topic]] = {}
        for passage in passages:
            for topic in self._named(passage):
                mentions.setdefault(topic.finding.theme, []).append(topic)
        weights = {theme: _weight(topics) for theme, topics in mentions.items()}
        order = sorted(mentions, key=self._order.__getitem__)
        kept: list[str] = []
        for axis in AXES[1:]:
            named = [theme for theme in order if self._axes[theme] == axis]
            ranked = sorted(named, key=lambda theme: -weights[theme])
            kept += _chosen(axis, ranked, named, mentions, weights)
        return [max(mentions[theme], key=lambda topic: topic.weight) for theme in kept]

    def _named(self, passage: Passage) -> Iterator[Topic]:
        for number, matches in enumerate(passage.matches):
            rule = "opening" if passage.field == "abstract" and number < _OPENING else passage.field
            terms = [match for match in shown_terms(matches) if match.payload.name not in self._factors]
            for match in terms:
                theme = match.payload.name
                if not any(self._knows_better(other, match) for other in terms):
                    finding = Finding(theme, None, match.start, match.end, rule)
                    yield Topic(passage, number, finding, match.payload.detail == "weak")

    def _knows_better(self, other: Match[Sign], match: Match[Sign]) -> bool:
        """Whether longer words name another theme of the axis: "scoping review" is no "review"."""
        return (
            other.start <= match.start
            and match.end <= other.end
            and other.end - other.start > match.end - match.start
            and other.payload.name != match.payload.name
            and self._axes[match.payload.name] == self._axes[other.payload.name] == "study_type"
        )


def _weight(topics: Sequence[Topic]) -> float:
    """What the mentions of a theme weigh together; in one sentence only the best counts."""
    best: dict[tuple[str, int], float] = {}
    for topic in topics:
        place = (topic.passage.field, topic.number)
        best[place] = max(topic.weight, best.get(place, 0.0))
    return sum(best.values())


def _chosen(
    axis: str,
    ranked: Sequence[str],
    order: Sequence[str],
    mentions: dict[str, list[Topic]],
    weights: dict[str, float],
) -> Sequence[str]:
    """The themes of one axis that the record is about.

    ``ranked`` are those named, the heaviest first; ``order`` the same as the vocabulary orders them.
    """
    if axis == "study_type":
        # The vocabulary names the narrower design first: "a mixed methods evaluation" is mixed methods.
        near = [theme for theme in ranked if weights[theme] >= max(_LEAST, _NEAR * weights[ranked[0]])]
        return [theme for theme in order if theme in near][:1]
    if axis == "kind":
        # A kind is often said once, where the results stand; a keyword alone is an indexer's.
        return [
            theme
            for theme in ranked
            if any(not topic.weak and topic.finding.rule != "keywords" for topic in mentions[theme])
            or weights[theme] >= _SURE
        ]
    sure = sum(weights[theme] >= _SURE for theme in ranked)
    return [theme for theme in ranked[: max(sure, _FEW)] if weights[theme] >= _LEAST]
