"""The words of a library in a sorted file, one a line with how many records have it.

That is what patterns and misspelt words are looked up in.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.words import fold, pattern_regex

_LETTERS = re.compile(r"[^*?]+")


def write_lexicon(path: Path, words: Iterable[tuple[str, int]]) -> None:
    """Write words and the numbers of records that have them."""
    with path.open("wb") as file:
        file.writelines(
            b"%s\t%d\n" % line for line in sorted((word.encode(), count) for word, count in words)
        )


class Lexicon:
    """The words in a file, open for reading."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            # An empty file cannot be mapped.
            self._text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""

    def count(self, word: str) -> int:
        """How many records have a word as printed; 0 for one that is not there."""
        start = self._place(word.encode())
        found, _, count = self._line(start).partition(b"\t")
        return int(count) if found == word.encode() else 0

    def matching(self, pattern: str) -> Iterator[str]:
        """The words that a pattern stands for, in the order of their letters."""
        prefix = re.split(r"[*?]", pattern, maxsplit=1)[0]
        whole = pattern_regex(pattern)
        literal = max(_LETTERS.findall(pattern), key=len, default="")
        for word in self._starting(prefix) if prefix else self._containing(literal):
            if whole.fullmatch(word):
                yield word

    def within(self, form: str, edits: int) -> Iterator[str]:
        """The words that begin with the same letter and are at most so many letters from ``form``."""
        from whoosh.automata.fsa import find_all_matches
        from whoosh.automata.lev import levenshtein_automaton

        yield from find_all_matches(levenshtein_automaton(form, edits, prefix=1).to_dfa(), self._next)

    def suggest(self, word: str) -> str | None:
        """The word that ``word`` was probably meant to be: the nearest, the most common of those."""
        folded = fold(word)
        if len(folded) < 4 or not folded.isalpha() or self.count(folded):
            return None
        for edits in (1, 2) if len(folded) > 5 else (1,):
            if found := max(((self.count(near), near) for near in self.within(folded, edits)), default=None):
                return found[1]
        return None

    def _next(self, word: str) -> str | None:
        """The first word that is not before ``word``."""
        line = self._line(self._place(word.encode("utf-8", "surrogatepass")))
        return line.partition(b"\t")[0].decode() if line else None

    def _starting(self, prefix: str) -> Iterator[str]:
        first = prefix.encode()
        place = self._place(first)
        while (line := self._line(place)).startswith(first):
            yield line.partition(b"\t")[0].decode()
            place += len(line) + 1

    def _containing(self, literal: str) -> Iterator[str]:
        sought = literal.encode()
        found = self._text.find(sought)
        while 0 <= found < len(self._text):
            start = self._text.rfind(b"\n", 0, found) + 1
            line = self._line(start)
            yield line.partition(b"\t")[0].decode()
            found = self._text.find(sought, start + len(line) + 1)

    def _place(self, word: bytes) -> int:
        """Where the first line starts whose word is not before ``word``."""
        low, high = 0, len(self._text)
        while low < high:
            start = self._text.rfind(b"\n", 0, (low + high) // 2) + 1
            line = self._line(start)
            if line.partition(b"\t")[0] < word:
                low = start + len(line) + 1
            else:
                high = start
        return low

    def _line(self, start: int) -> bytes:
        return self._text[start : self._text.find(b"\n", start)] if start < len(self._text) else b""
