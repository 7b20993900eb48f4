"""Tags for a record: each theme of the vocabulary that its words name, with those words as the quote.

Read by sentence and clause. A factor gets its direction from its own words ("mistrust"), from the words
next to it ("inadequate training") or from a cue whose reach covers it ("hampered by A, B and C").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from corpus.query import DIRECTIONS
from corpus.record import Record
from corpus.theme import Tag, Vocabulary
from ingest.tagging.factors import Finding, findings
from ingest.tagging.patterns import Match
from ingest.tagging.sentences import Sentence, sentences
from ingest.tagging.signs import Sign, compile_signs, shown_terms

#: Raised whenever the rules in ``ingest`` change what they give.
RULES = 1

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
}

_WORDING = {
    "own": "its own words say {direction}",
    "before": "{cue!r} stands before it and says {direction}",
    "behind": "{cue!r} stands behind it and says {direction}",
    "cue_first": "it follows {cue!r}, which says {direction}",
    "factor_first": "it comes before {cue!r}, which says {direction}",
    "object": "it is the object of {cue!r}, which says {direction}",
    "beside": "{cue!r} in the same clause says {direction}",
    "title": "the title names it",
    "keywords": "a keyword names it",
    "opening": "the abstract names it where it opens",
    "abstract": "the abstract names it",
    "direction": "a factor in the record is a {theme}",
}

#: Sentences of an abstract that say what the record is.
_OPENING = 2
#: Where a record says what it is about, the best place first.
_PLACES = ("title", "opening", "keywords", "abstract")
_FIELDS = ("title", "abstract", "keywords")


@dataclass(frozen=True, slots=True)
class _Read:
    """A field of a record, read: its text, and each sentence with what was found in it."""

    record: str
    name: str
    text: str
    sentences: Sequence[tuple[Sentence, Sequence[Match[Sign]]]]


class Tagger:
    """Tags records by the rules of a vocabulary; one is enough for a whole run."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._signs = compile_signs(vocabulary)
        self._axes = {theme.id: theme.axis for theme in vocabulary}
        self._order = {theme.id: place for place, theme in enumerate(vocabulary)}
        self._factors = frozenset(theme.id for theme in vocabulary.axis("factor"))
        self._has_about = bool(vocabulary.settings.get("about"))
        #: Changes whenever the rules or the vocabulary do, and with it what a record may be tagged.
        self.version = _version(vocabulary)

    def tag(self, record: Record) -> list[Tag]:
        """The tags of a record by field, start and theme; ``getattr(record, field)[start:end] == quote``.

        The field "keywords" stands for ``"; ".join(record.keywords)``. A theme is tagged once for each
        direction, with the words that earned it best.
        """
        texts = (record.title, record.abstract, "; ".join(record.keywords))
        title, abstract, keywords = (
            _Read(record.id, name, text, [(words, self._signs.find(words)) for words in sentences(text)])
            for name, text in zip(_FIELDS, texts, strict=True)
        )
        found = self._topics(title, keywords, abstract)
        if self._is_about(title, abstract, keywords):
            found += self._factor_tags(title, abstract)
        found += self._kinds_of_directions(found)
        return sorted(
            found, key=lambda tag: (_FIELDS.index(tag.field), tag.start, tag.theme, tag.direction or "")
        )

    def _is_about(self, *fields: _Read) -> bool:
        return not self._has_about or any(
            match.payload.part == "about"
            for field in fields
            for _, matches in field.sentences
            for match in matches
        )

    def _factor_tags(self, *fields: _Read) -> list[Tag]:
        best: dict[tuple[str, str | None], Tag] = {}
        for field in fields:
            for sentence, finding in self._findings(field):
                tag = self._tag(field, sentence, finding)
                key = (tag.theme, tag.direction)
                if key not in best or _strength(tag) > _strength(best[key]):
                    best[key] = tag
        return list(best.values())

    def _findings(self, field: _Read) -> Iterator[tuple[Sentence, Finding]]:
        earlier: tuple[str, ...] = ()
        for sentence, matches in field.sentences:
            found = findings(sentence, matches, self._factors, earlier)
            listed = [finding.direction for finding in found if finding.rule in ("cue_first", "factor_first")]
            earlier = tuple(direction for direction in listed[-1:] if direction)
            for finding in found:
                # In a title "Shared goals in ..." is a subject, not a finding.
                praised = finding.direction == "enabler" and finding.rule in ("own", "before")
                # A factor that is named without a direction earns no tag: of those that titles name 2 in 8
                # were judged right, of those in abstracts 1 in 10 was labelled.
                if finding.direction and not (praised and field.name == "title"):
                    yield sentence, finding

    def _topics(self, *fields: _Read) -> list[Tag]:
        """One tag for each theme of the other axes that the record is about; one study type at most."""
        mentions: dict[str, list[Tag]] = {}
        for field in fields:
            for place, (sentence, matches) in enumerate(field.sentences):
                rule = "opening" if field.name == "abstract" and place < _OPENING else field.name
                for match in shown_terms(matches):
                    theme = match.payload.name
                    if theme not in self._factors:
                        tag = self._tag(field, sentence, Finding(theme, None, match.start, match.end, rule))
                        mentions.setdefault(theme, []).append(tag)
        kept: list[Tag] = []
        for theme, tags in mentions.items():
            best = min(tags, key=_place)
            # Named once, far down or by an indexer, a setting is a passing mention; not so a kind.
            if len(tags) > 1 or _place(best) < _PLACES.index("keywords") or self._axes[theme] == "kind":
                kept.append(best)
        types = [tag for tag in kept if self._axes[tag.theme] == "study_type"]
        # What the title or the opening calls it; of several, the first in the vocabulary.
        chosen = min(types, key=lambda tag: (_place(tag) > 1, self._order[tag.theme]), default=None)
        return [tag for tag in kept if tag is chosen or tag not in types]

    def _kinds_of_directions(self, tags: Sequence[Tag]) -> list[Tag]:
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

    def _tag(self, field: _Read, sentence: Sentence, finding: Finding) -> Tag:
        start, end = sentence[finding.start].start, sentence[finding.end - 1].end
        return Tag(
            record=field.record,
            theme=finding.theme,
            direction=finding.direction,
            field=field.name,
            start=start,
            end=end,
            quote=field.text[start:end],
            method=self._method(finding.rule, finding.cue),
            score=SCORES[finding.rule],
        )

    def _method(self, rule: str, cue: str = "") -> str:
        return f"rules-{self.version} {rule}" + (f": {cue}" if cue else "")


def explain(tag: Tag) -> str:
    """Why the tag is there, in words: the quote, where it stands, and the rule that took it."""
    rule, cue = _rule(tag)
    wording = _WORDING.get(rule, tag.method)
    said = wording.format(direction=tag.direction, cue=cue, theme=tag.theme) if rule in _WORDING else wording
    return f"“{tag.quote}” in the {tag.field}: {said}"


def _rule(tag: Tag) -> tuple[str, str]:
    rule, _, cue = tag.method.partition(" ")[2].partition(": ")
    return rule, cue


def _strength(tag: Tag) -> tuple[float, bool]:
    """The surer rule first; of equals, words that need no cue."""
    return tag.score, _rule(tag)[0] == "own"


def _place(tag: Tag) -> int:
    return _PLACES.index(_rule(tag)[0])


def _version(vocabulary: Vocabulary) -> str:
    themes = [asdict(theme) for theme in vocabulary.themes.values()]
    content = json.dumps([RULES, themes, vocabulary.settings], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:8]
