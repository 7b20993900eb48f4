"""The seam between records and the formats that they leave in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from corpus.record import Record
from corpus.theme import Tag

#: How a tag's note begins in formats that have notes and no tags: readers of ours leave such notes out.
TAG_NOTE = "Theme: "

# All that str.splitlines() takes for a line end is in here, and NUL, which ends a text for some tools.
_BLANKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Exported:
    """A record on its way out, with the tags that go along."""

    record: Record
    tags: Sequence[Tag] = ()

    @property
    def themes(self) -> list[str]:
        """One line a tag that nobody rejected: ``resources (barrier): "inadequate resources"``."""
        return [
            f'{tag.theme}{f" ({tag.direction})" if tag.direction else ""}: "{fold(tag.quote)}"'
            for tag in self.tags
            if tag.status != "rejected"
        ]

    @property
    def keywords(self) -> list[str]:
        """The record's keywords, then one a theme that nobody rejected: ``Theme: resources``.

        Such a keyword never goes out without its notes: by these our readers know it for ours.
        """
        themes = dict.fromkeys(tag.theme for tag in self.tags if tag.status != "rejected")
        return [*self.record.keywords, *(TAG_NOTE + theme for theme in themes)]


class Sink(Protocol):
    """Where an export goes: an open file, standard output, or a response."""

    def write(self, piece: Any, /) -> object:
        """Take the next piece: text, or bytes where the exporter is ``binary``."""


class Exporter(Protocol):
    """Writes one format, of which our own reader gives every record back as it went out, without themes."""

    #: The name for ``--to``.
    name: str
    #: File name ending, with the dot.
    ending: str
    media_type: str
    #: Whether the sink takes bytes, not text.
    binary: bool

    def write(self, records: Iterable[Exported], stream: Sink) -> int:
        """Write one record after the other as they come; gives how many."""


def fold(text: str) -> str:
    """The text on one line: a run of blanks, line ends and control characters is one space."""
    # Most texts are on one line: looking takes a tenth of the time of replacing.
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text
    return _BLANKS.sub(" ", text).strip(" ")


def xml_text(text: str) -> str:
    """The text without the characters that XML 1.0 has no way to write: each is a space."""
    return text if text.isprintable() else _NO_XML.sub(" ", text)
