"""Tags for a record: each theme of the vocabulary that its words name, with those words as the quote.

Read by sentence and clause. A factor gets its direction from its own words ("mistrust"), from the words
next to it ("inadequate training") or from a cue whose reach covers it ("hampered by A, B and C").
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from corpus.query import DIRECTIONS
from corpus.record import Record
from corpus.theme import Tag, Vocabulary
from ingest.tagging.explaining import rule_of
from ingest.tagging.factors import Finding, may_be_on_subject, record_findings
from ingest.tagging.meaning import Encode, Meaning, Stretch, stretches
from ingest.tagging.model import Model
from ingest.tagging.passages import FIELDS, Passage, passages
from ingest.tagging.sentences import Sentence
from ingest.tagging.signs import Sign, compile_signs
from ingest.tagging.topics import Topics

#: Raised whenever the rules in ``ingest`` change what they give.
RULES = 2

#: How often a tag is right, by the rule that gave it: the share on the labelled half of the corpus, lowered
#: where the rules were written with that half in view.
SCORES = {
    "own": 0.8,
    "cue_first": 0.8,
    "factor_first": 0.8,
    "object": 0.6,
    "beside": 0.8,
    "behind": 0.7,
    "before": 0.6,
    "title": 0.9,
    "opening": 0.75,
    "keywords": 0.7,
    "abstract": 0.7,
    "direction": 0.8,
    "meaning": 0.5,
}


class Tagger:
    """Tags records by the rules of a vocabulary; one is enough for a whole run.

    ``model`` says how sure each tag is, and drops those that are not sure enough; with ``encode`` it also
    finds words that mean what people labelled. Without a model the rules alone tag.
    """

    def __init__(
        self, vocabulary: Vocabulary, model: Model | None = None, encode: Encode | None = None
    ) -> None:
        self._topics = Topics(vocabulary)
        self._axes = {theme.id: theme.axis for theme in vocabulary}
        self._factors = frozenset(theme.id for theme in vocabulary.axis("factor"))
        # Two matchers: what only factors need is looked for in records on the subject alone.
        self._signs = compile_signs(vocabulary, lambda sign: not self._of_factors(sign))
        self._factor_signs = compile_signs(vocabulary, self._of_factors)
        self._anywhere = not vocabulary.settings.get("about")
        self._model = model
        named = [(quote, vocabulary.resolve(quote.theme)) for quote in model.quotes] if model else []
        quotes = [replace(quote, theme=theme) for quote, theme in named if theme in self._factors]
        self._meaning = Meaning(quotes, encode) if model and encode and model.likeness < 1 else None
        #: Changes whenever rules, vocabulary or model do, and with it what a record may be tagged.
        self.version = _version(vocabulary)
        if model:
            self.version += f"+{model.version}" + ("m" if self._meaning else "")

    def tag(self, record: Record) -> list[Tag]:
        """The tags of a record by field, start and theme; ``getattr(record, field)[start:end] == quote``.

        The field "keywords" stands for ``"; ".join(record.keywords)``. A theme is tagged once for each
        direction, with the words that earned it best.
        """
        return self.tag_all([record])

    def tag_all(self, records: Sequence[Record]) -> list[Tag]:
        """The tags of several records, in their order."""
        found: list[list[Tag]] = []
        open_words: list[Stretch] = []
        for record in records:
            title, abstract, keywords = passages(record, self._signs)
            tags = self._by_rules(title, abstract, keywords)
            found.append(self._model.weigh(tags, self._axes) if self._model else tags)
            if self._meaning:
                open_words += self.stretches(title, abstract, keywords, tags)
        meant = self._by_meaning(open_words)
        return [
            tag
            for record, tags in zip(records, found, strict=True)
            for tag in self._whole(tags, meant.get(record.id, ()))
        ]

    def stretches(
        self, title: Passage, abstract: Passage, keywords: Passage, tags: Iterable[Tag]
    ) -> list[Stretch]:
        """The stretches of a record in which none of those tags was found."""
        taken = [(tag.start, tag.end) for tag in tags if tag.field == "abstract" and tag.direction]
        return list(stretches(title, abstract, keywords, taken, anywhere=self._anywhere))

    def read(self, record: Record) -> tuple[list[Tag], list[Stretch]]:
        """What the rules alone give, and the stretches in which they found nothing."""
        title, abstract, keywords = passages(record, self._signs)
        tags = self._by_rules(title, abstract, keywords)
        return tags, self.stretches(title, abstract, keywords, tags)

    def _by_rules(self, title: Passage, abstract: Passage, keywords: Passage) -> list[Tag]:
        topics = self._topics.find((title, keywords, abstract))
        # A kind is what a study of the subject does: a trial of a drug has outcomes too.
        if not (self._anywhere or may_be_on_subject(title, abstract, keywords)):
            topics = [topic for topic in topics if self._axes[topic.finding.theme] != "kind"]
        found = [self._tag(topic.passage, topic.sentence, topic.finding) for topic in topics]
        return found + self._factor_tags(title, abstract, keywords)

    def _by_meaning(self, open_words: Sequence[Stretch]) -> dict[str, list[Tag]]:
        found: dict[str, list[Tag]] = defaultdict(list)
        if self._meaning and self._model:
            for likeness in self._meaning.likenesses(open_words):
                if likeness.cosine >= self._model.likeness:
                    stretch = likeness.stretch
                    tag = self._tag(stretch.passage, stretch.sentence, stretch.finding(likeness.quote))
                    found[tag.record].append(replace(tag, score=self._model.sure))
        return found

    def _whole(self, tags: Sequence[Tag], meant: Sequence[Tag]) -> list[Tag]:
        """All tags of a record: by rules, by meaning what these do not say, the kinds that go with them."""
        whole = {(tag.theme, tag.direction): tag for tag in reversed([*tags, *meant])}
        found = [*whole.values()]
        kinds = self.kinds_of_directions(found)
        if self._model:
            kinds = self._model.weigh(kinds, self._axes)
        return sorted(
            [*found, *kinds],
            key=lambda tag: (FIELDS.index(tag.field), tag.start, tag.theme, tag.direction or ""),
        )

    def _of_factors(self, sign: Sign) -> bool:
        return sign.part in ("cue", "clause") or (sign.part == "term" and sign.name in self._factors)

    def _factor_tags(self, title: Passage, abstract: Passage, keywords: Passage) -> list[Tag]:
        best: dict[tuple[str, str | None], Tag] = {}
        for passage, sentence, finding in record_findings(
            title, abstract, keywords, self._factors, self._factor_signs, anywhere=self._anywhere
        ):
            tag = self._tag(passage, sentence, finding)
            key = (tag.theme, tag.direction)
            if key not in best or _strength(tag) > _strength(best[key]):
                best[key] = tag
        return list(best.values())

    def kinds_of_directions(self, tags: Sequence[Tag]) -> list[Tag]:
        """A theme of the axis "kind" that is called like a direction goes with a factor of that direction."""
        found = []
        for direction in DIRECTIONS:
            tag = next((tag for tag in tags if tag.direction == direction), None)
            if tag and self._axes.get(direction) == "kind" and all(tag.theme != direction for tag in tags):
                method = self._method("direction")
                found.append(
                    replace(tag, theme=direction, direction=None, method=method, score=SCORES["direction"])
                )
        return found

    def _tag(self, passage: Passage, sentence: Sentence, finding: Finding) -> Tag:
        start, end = sentence[finding.start].start, sentence[finding.end - 1].end
        return Tag(
            record=passage.record,
            theme=finding.theme,
            direction=finding.direction,
            field=passage.field,
            start=start,
            end=end,
            quote=passage.text[start:end],
            method=self._method(finding.rule, finding.cue),
            score=SCORES[finding.rule],
        )

    def _method(self, rule: str, cue: str = "") -> str:
        return f"rules-{self.version} {rule}" + (f": {cue}" if cue else "")


def _strength(tag: Tag) -> tuple[float, bool]:
    """The surer rule first; of equals, words that need no cue."""
    return tag.score, rule_of(tag)[0] == "own"


def _version(vocabulary: Vocabulary) -> str:
    themes = [asdict(theme) for theme in vocabulary.themes.values()]
    content = json.dumps([RULES, themes, vocabulary.settings], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:8]
