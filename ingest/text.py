"""The text of one source, given out as its reader asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from corpus.errors import EvidenceError

#: Characters by which formats are told apart.
HEAD = 1 << 16
#: Characters of which a part has at least so many, but for the last.
PART = 1 << 22
#: Characters that one reader may ask to hold at once.
LONGEST = 1 << 28


class Text:
    """Decoded text whose lines end with ``\\n`` alone. It is read once, from front to end.

    ``source`` is the name that pieces carry; ``medium`` what the text was taken out of ("text",
    "html", "docx", "xlsx"); ``head`` its first 64 K characters at most, there without reading it.
    """

    def __init__(self, blocks: Iterable[str], source: str, medium: str = "text") -> None:
        """A text in blocks of any size."""
        self.source = source
        self.medium = medium
        self._blocks = iter(blocks)
        first: list[str] = []
        length = 0
        for block in self._blocks:
            first.append(block)
            length += len(block)
            if length >= HEAD:
                break
        begun = "".join(first)
        self.head = begun[:HEAD]
        self._blocks = chain([begun], self._blocks)

    def whole(self) -> str:
        """All of it; raises ``EvidenceError`` for a text too long to be held."""
        blocks = []
        length = 0
        for block in self._blocks:
            blocks.append(block)
            length += len(block)
            self._check(length)
        return "".join(blocks)

    def parts(self, cut: re.Pattern[str], size: int = PART) -> Iterator[tuple[int, str]]:
        """(line of its beginning, part): cut only where ``cut`` matches, which is where a record begins."""
        line = 1
        kept = ""
        for block in self._blocks:
            kept += block
            if len(kept) < size:
                continue
            self._check(len(kept))
            # The last match may be of a line that the next block goes on with: that is none the worse.
            place = max((match.start() for match in cut.finditer(kept)), default=0)
            if place:
                yield line, kept[:place]
                line += kept.count("\n", 0, place)
                kept = kept[place:]
        if kept:
            yield line, kept

    def lines(self) -> Iterator[str]:
        """Its lines, each with its ``\\n``."""
        kept = ""
        for block in self._blocks:
            kept += block
            self._check(len(kept))
            if "\n" in block:
                *whole, kept = kept.split("\n")
                yield from (f"{line}\n" for line in whole)
        if kept:
            yield kept

    def _check(self, length: int) -> None:
        if length > LONGEST:
            raise EvidenceError(
                f"{self.source}: more than {LONGEST >> 20} million characters without an end of a record;"
                " split the file, or export the references again."
            )
