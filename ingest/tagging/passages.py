"""The fields of a record, read: their sentences, and what of the vocabulary was found in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.record import Record
from ingest.tagging.patterns import Match, Patterns
from ingest.tagging.sentences import Sentence, sentences
from ingest.tagging.signs import Sign

FIELDS = ("title", "abstract", "keywords")


@dataclass(frozen=True, slots=True)
class Passage:
    """A field of a record: its text, and each sentence with what was found in it."""

    record: str
    field: str
    text: str
    sentences: Sequence[tuple[Sentence, Sequence[Match[Sign]]]]


def passages(record: Record, signs: Patterns[Sign]) -> tuple[Passage, Passage, Passage]:
    """Title, abstract and keywords of a record, the keywords as one text joined by semicolons."""
    texts = (record.title, record.abstract, "; ".join(record.keywords))
    title, abstract, keywords = (
        Passage(record.id, name, text, [(words, signs.find(words)) for words in sentences(text)])
        for name, text in zip(FIELDS, texts, strict=True)
    )
    return title, abstract, keywords
