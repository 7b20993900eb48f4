"""What a record is about: settings, populations, kinds, study types, by where and how often named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.theme import Vocabulary
from ingest.tagging.factors import Finding
from ingest.tagging.passages import Passage
from ingest.tagging.sentences import Sentence
from ingest.tagging.signs import shown_terms

#: Sentences of an abstract that say what the record is.
_OPENING = 2
#: Where a record says what it is about, the best place first; each is the name of a rule.
_PLACES = ("title", "opening", "keywords", "abstract")


@dataclass(frozen=True, slots=True)
class Topic:
    """A theme named in a sentence of a passage."""

    passage: Passage
    sentence: Sentence
    finding: Finding

    @property
    def place(self) -> int:
        """How good the place is, from 0 for the best."""
        return _PLACES.index(self.finding.rule)


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
        kept: list[Topic] = []
        for theme, topics in mentions.items():
            best = min(topics, key=lambda topic: topic.place)
            # Named once, far down or by an indexer, a setting is a passing mention; not so a kind.
            passing = len(topics) == 1 and best.place >= _PLACES.index("keywords")
            if not passing or self._axes[theme] == "kind":
                kept.append(best)
        types = [topic for topic in kept if self._axes[topic.finding.theme] == "study_type"]
        # What the title or the opening calls it; of several, the first in the vocabulary.
        chosen = min(types, key=self._rank, default=None)
        return [topic for topic in kept if topic is chosen or topic not in types]

    def _named(self, passage: Passage) -> Iterator[Topic]:
        for place, (sentence, matches) in enumerate(passage.sentences):
            rule = "opening" if passage.field == "abstract" and place < _OPENING else passage.field
            for match in shown_terms(matches):
                theme = match.payload.name
                if theme not in self._factors:
                    yield Topic(passage, sentence, Finding(theme, None, match.start, match.end, rule))

    def _rank(self, topic: Topic) -> tuple[bool, int]:
        return topic.place > 1, self._order[topic.finding.theme]
