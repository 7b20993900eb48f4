"""Words that no rule takes, by their meaning: stretches in findings, beside quotes that people labelled.

A stretch is what stands between commas in a sentence that says a direction, where nothing was found. It is
given the theme of the labelled quote that it is most like, if it is like enough and the sentence says the
quote's direction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.tagging.directions import says
from ingest.tagging.factors import Finding, counting, signs_of
from ingest.tagging.model import Quote
from ingest.tagging.passages import Passage
from ingest.tagging.patterns import MARKS
from ingest.tagging.sentences import Sentence

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

#: Gives unit vectors, shape (len(texts), dim), float32.
Encode = Callable[[Sequence[str]], "Vectors"]

DIRECTIONS = ("barrier", "enabler", "driver")
#: A stretch of fewer words says too little.
_FEWEST = 3
# So many at once: larger batches are encoded in half precision, which differs between machines.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a sentence in which nothing was found, and the directions that the sentence says."""

    passage: Passage
    sentence: Sentence
    start: int
    end: int
    directions: frozenset[str]

    @property
    def text(self) -> str:
        """The words as printed."""
        return self.passage.text[self.sentence[self.start].start : self.sentence[self.end - 1].end]

    def finding(self, quote: Quote) -> Finding:
        """What it is if it means what the quote means."""
        return Finding(quote.theme, quote.direction, self.start, self.end, "meaning", quote.text)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A stretch, the labelled quote that it is most like, and their cosine to two decimals."""

    stretch: Stretch
    quote: Quote
    cosine: float


def stretches(
    title: Passage, abstract: Passage, keywords: Passage, taken: Sequence[tuple[int, int]], *, anywhere: bool
) -> Iterator[Stretch]:
    """The stretches of an abstract in which no tag was found; ``taken`` are the places of those."""
    for place in counting(title, abstract, keywords, anywhere=anywhere):
        signs = signs_of(abstract.matches[place])
        if not signs.cues:
            continue
        directions = frozenset(direction for direction in DIRECTIONS if says(signs, direction))
        if not directions:
            continue
        sentence = abstract.sentence(place)
        for start, end in _between_marks(sentence):
            first, last = sentence[start].start, sentence[end - 1].end
            if not any(begin < last and first < stop for begin, stop in taken):
                yield Stretch(abstract, sentence, start, end, directions)


def _between_marks(sentence: Sentence) -> Iterator[tuple[int, int]]:
    start = 0
    for place in range(len(sentence) + 1):
        if place == len(sentence) or sentence[place].text in MARKS:
            if place - start >= _FEWEST:
                yield start, place
            start = place + 1


class Meaning:
    """Finds for stretches the labelled quotes that they are most like."""

    def __init__(self, quotes: Sequence[Quote], encode: Encode) -> None:
        self._quotes = tuple(quotes)
        self._encode = encode
        self._vectors: Vectors | None = None

    def likenesses(self, found: Sequence[Stretch], *, strangers: Sequence[str] = ()) -> list[Likeness]:
        """The best quote for each stretch of a direction that its sentence says, if there is one.

        ``strangers`` gives for each stretch the ``seen`` of its record, whose own quotes do not count.
        """
        if not found or not self._quotes:
            return []
        if self._vectors is None:
            self._vectors = self._encoded([quote.text for quote in self._quotes])
        texts = list(dict.fromkeys(stretch.text for stretch in found))
        vectors = self._encoded(texts)
        places = {text: place for place, text in enumerate(texts)}
        # To two decimals: the last bits differ from machine to machine.
        cosines = (vectors @ self._vectors.T).round(2)
        best = []
        for number, stretch in enumerate(found):
            own = strangers[number] if strangers else None
            row = cosines[places[stretch.text]]
            allowed = [
                place
                for place, quote in enumerate(self._quotes)
                if quote.direction in stretch.directions and (own is None or quote.seen != own)
            ]
            if allowed:
                first = max(allowed, key=lambda place: (row[place], -place))
                best.append(Likeness(stretch, self._quotes[first], round(float(row[first]), 2)))
        return best

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        parts = [self._encode(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        return np.concatenate(parts)
