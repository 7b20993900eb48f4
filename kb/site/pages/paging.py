"""Pages of a long list: which one is shown, how many there are."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import EvidenceError
from kb.site.asked import shorten
from kb.site.pages.results import pager

_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of a list of ``total``, ``size`` at once; ``number`` counts from 1 and may be past the last."""

    number: int
    total: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """How many stand before this page."""
        return (self.number - 1) * self.size

    @property
    def numbers(self) -> list[int | None]:
        """The pages to offer; ``None`` where some are left out."""
        return pager(self.number, self.pages)


def number_of(text: str | None, what: str = "page") -> int:
    """The number that a parameter gives, 1 without one; raises ``EvidenceError`` for what is none."""
    text = (text or "").strip()
    if not text:
        return 1
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        raise EvidenceError(f"“{shorten(text)}” is no {what}; give a number in digits.")
    return max(1, int(text))
