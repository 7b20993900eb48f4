"""Marks in texts: matched words of a snippet, and quotes in an abstract, where they overlap too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.query import MARK
from corpus.theme import Tag
from ingest.tagging.sentences import sentence_around


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet, and whether it is a matched word."""

    text: str
    matched: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A quote in the sentence that holds it."""

    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text over which the same tags hold; ``ending`` are those whose quote ends with it.

    Tags are named by their place in the list that ``stretches`` was given.
    """

    text: str
    tags: tuple[int, ...]
    starting: tuple[int, ...]
    ending: tuple[int, ...]


def pieces(snippet: str) -> list[Piece]:
    """The snippet cut at its marks."""
    found: list[Piece] = []
    matched = False
    text = ""
    for character in snippet:
        if character in MARK:
            if text:
                found.append(Piece(text, matched))
            matched, text = character == MARK[0], ""
        else:
            text += character
    return [*found, Piece(text, matched)] if text else found


def sentence(text: str, start: int, end: int, longest: int = 260) -> Sentence:
    """The sentence around ``text[start:end]``; a long one is cut at words, at an ellipsis each side."""
    first, last = sentence_around(text, start, end)
    before, quote, after = text[first:start], text[start:end], text[end:last]
    room = max(longest - len(quote), 60) // 2
    # What one side does not need the other may have.
    left = max(room, 2 * room - len(after))
    if len(before) > left:
        before = "… " + before[len(before) - left :].partition(" ")[2]
    right = max(room, 2 * room - len(before))
    if len(after) > right:
        after = after[:right].rpartition(" ")[0] + " …"
    return Sentence(before.lstrip(), quote, after.rstrip())


def stretches(text: str, tags: Sequence[Tag], field: str) -> list[Stretch]:
    """The text in stretches, cut where a quote of that field starts or ends; joined they are the text."""
    spans = {
        place: (tag.start, tag.end)
        for place, tag in enumerate(tags)
        if tag.field == field and 0 <= tag.start < tag.end <= len(text)
    }
    cuts = sorted({0, len(text), *(cut for span in spans.values() for cut in span)})
    return [
        Stretch(
            text[start:end],
            tuple(place for place, span in spans.items() if span[0] <= start and end <= span[1]),
            tuple(place for place, span in spans.items() if span[0] == start),
            tuple(place for place, span in spans.items() if span[1] == end),
        )
        for start, end in pairwise(cuts)
    ]
