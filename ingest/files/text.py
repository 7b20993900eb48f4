"""The text of one source, given out as its reader asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from corpus.errors import EvidenceError

#: Characters by which formats are told apart.
HEAD = 1 << 16
#: Characters of which a part has at least so many, but for the last.
PART = 1 << 20
#: Characters that one reader may ask to hold at once.
LONGEST = 1 << 28
#: Characters that one record or line may have.
RECORD = 1 << 26

# Characters at the end of a part where the last beginning of a record is looked for first.
_TAIL = 1 << 14


class Text:
    """Decoded text whose lines end with ``\\n`` alone. It is read once, from front to end.

    ``source`` is the name that pieces carry; ``medium`` what the text was taken out of ("text",
    "html", "docx", "xlsx"); ``head`` its first 64 K characters at most, there without reading it.
    """

    def __init__(self, blocks: Iterable[str], source: str, medium: str = "text") -> None:
        """A text in blocks of any size."""
        self.source = source
        self.medium = medium
        rest = iter(blocks)
        first: list[str] = []
        length = 0
        for block in rest:
            first.append(block)
            length += len(block)
            if length >= HEAD:
                break
        begun = "".join(first)
        self.head = begun[:HEAD]
        self._blocks = chain([begun], rest)

    def whole(self) -> str:
        """All of it; raises ``EvidenceError`` for a text too long to be held."""
        return "".join(self._held(self._blocks))

    def blocks(self) -> Iterator[str]:
        """It in blocks as they come, cut anywhere."""
        yield from self._blocks

    def parts(self, cut: re.Pattern[str]) -> Iterator[tuple[int, str]]:
        """(line of its beginning, part): cut only where ``cut`` matches, which is where a record begins.

        ``cut`` must be able to tell such a place from the line it stands in on. A text without any
        raises ``EvidenceError`` once it is too long to be held.
        """
        line = 1
        kept: list[str] = []
        length, enough = 0, PART
        for block in self._blocks:
            kept.append(block)
            length += len(block)
            if length < enough:
                continue
            self._check(length, RECORD)
            whole = "".join(kept)
            place = _last_place(cut, whole)
            if place:
                yield line, whole[:place]
                line += whole.count("\n", 0, place)
                whole = whole[place:]
            kept, length = [whole], len(whole)
            # What holds no place is looked through again only once it has doubled.
            enough = PART if place else 2 * length
        if rest := "".join(kept):
            yield line, rest

    def lines(self) -> Iterator[str]:
        """Its lines, each with its ``\\n``."""
        kept: list[str] = []
        length = 0
        for block in self._blocks:
            head, newline, tail = block.rpartition("\n")
            if newline:
                kept.append(head)
                yield from (f"{line}\n" for line in "".join(kept).split("\n"))
                kept, length = [], 0
            if tail:
                kept.append(tail)
                length += len(tail)
                self._check(length, RECORD)
        if kept:
            yield "".join(kept)

    def _held(self, blocks: Iterable[str]) -> Iterator[str]:
        length = 0
        for block in blocks:
            length += len(block)
            self._check(length, LONGEST)
            yield block

    def _check(self, length: int, limit: int) -> None:
        if length > limit:
            raise EvidenceError(
                f"{self.source}: more than {limit >> 20} million characters without an end of a record;"
                " split the file, or export the references again."
            )


def _last_place(cut: re.Pattern[str], text: str) -> int:
    """Where the last match begins that more text cannot change; 0 if there is none behind the beginning."""
    size = _TAIL
    while True:
        start = text.rfind("\n", 0, max(len(text) - size, 0)) + 1
        places = [match.start() for match in cut.finditer(text, start) if match.end() < len(text)]
        if any(places) or not start:
            return max(places, default=0)
        size *= 8
