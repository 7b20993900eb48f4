"""The fields of a record, read: what of the vocabulary was found in each, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.record import Record
from ingest.tagging.patterns import Match, Patterns
from ingest.tagging.sentences import Sentence, borders, tokens, words
from ingest.tagging.signs import Sign

FIELDS = ("title", "abstract", "keywords")


class Passage:
    """A field of a record: its text, and what was found in each of its sentences.

    ``matches`` holds for each sentence what was found in it, as places in its words. The words themselves
    are made when they are asked for: most sentences of most records hold nothing that earns a tag.
    """

    __slots__ = ("_ends", "_looked_for", "_made", "_tokens", "field", "matches", "record", "text")

    def __init__(self, record: str, field: str, text: str, signs: Patterns[Sign]) -> None:
        self.record = record
        self.field = field
        self.text = text
        self._tokens = tokens(text)
        self._ends = borders(text, self._tokens)
        self._made: dict[int, Sentence] = {}
        self._looked_for = {signs}
        self.matches = signs.search(self._tokens, [place for place, _ in self._ends])

    def look_for(self, signs: Patterns[Sign]) -> None:
        """Add to ``matches`` what is found of more signs; the same signs again add nothing."""
        if signs not in self._looked_for:
            self._looked_for.add(signs)
            more = signs.search(self._tokens, [place for place, _ in self._ends])
            self.matches = [
                sorted(known + new, key=_place) for known, new in zip(self.matches, more, strict=True)
            ]

    def sentence(self, place: int) -> Sentence:
        """The words of one sentence."""
        if place not in self._made:
            start = self._ends[place - 1][1] if place else 0
            self._made[place] = list(words(self.text, start, self._ends[place][1]))
        return self._made[place]

    @property
    def sentences(self) -> list[tuple[Sentence, Sequence[Match[Sign]]]]:
        """Each sentence with what was found in it."""
        return [(self.sentence(place), matches) for place, matches in enumerate(self.matches)]


def _place(match: Match[Sign]) -> tuple[int, int]:
    return match.start, match.end


def passages(record: Record, signs: Patterns[Sign]) -> tuple[Passage, Passage, Passage]:
    """Title, abstract and keywords of a record, the keywords as one text joined by semicolons."""
    texts = (record.title, record.abstract, "; ".join(record.keywords))
    title, abstract, keywords = (
        Passage(record.id, name, text, signs) for name, text in zip(FIELDS, texts, strict=True)
    )
    return title, abstract, keywords
