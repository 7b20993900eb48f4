"""The seam between records and the formats that they leave in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.record import Record
from corpus.theme import Tag

#: How a tag's note begins in formats that have notes and no tags: readers of ours leave such notes out.
TAG_NOTE = "Theme: "

# All that str.splitlines() takes for a line end is in here, and NUL, which ends a text for some tools.
_BLANKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


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


class Sink(Protocol):
    """Where text goes: an open text file, standard output, or a response."""

    def write(self, text: str, /) -> object:
        """Take the next piece of text."""


class Exporter(Protocol):
    """Writes one format. Themes never go out as keywords: the records must come back as they were."""

    #: The name for ``--to``.
    name: str
    #: File name ending, with the dot.
    ending: str
    media_type: str

    def write(self, records: Iterable[Exported], stream: Sink) -> int:
        """Write one record after the other as they come; gives how many."""


def fold(text: str) -> str:
    """The text on one line: a run of blanks, line ends and control characters is one space."""
    return _BLANKS.sub(" ", text).strip(" ")
