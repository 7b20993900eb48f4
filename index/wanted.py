"""Which words of a text answer a query: what a snippet marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from whoosh.support.levenshtein import levenshtein

from index.tree import Fuzzy, Pattern, Phrase, Term
from index.words import Word, fold, raw_words, stem


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a query: stems, words as printed, patterns of words, and words that are nearly so."""

    stems: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()
    fuzzy: tuple[Fuzzy, ...] = ()

    @classmethod
    def of(cls, leaves: Iterable[Term | Phrase | Pattern | Fuzzy]) -> Wanted:
        """The words that those parts of a query are found by."""
        stems: set[str] = set()
        exact: set[str] = set()
        patterns: list[re.Pattern[str]] = []
        fuzzy: list[Fuzzy] = []
        for leaf in leaves:
            match leaf:
                case Pattern(pattern):
                    letters = re.escape(pattern).replace(r"\*", r"\w*").replace(r"\?", r"\w")
                    patterns.append(re.compile(letters))
                case Fuzzy():
                    fuzzy.append(leaf)
                case Term(form, field):
                    (exact if field == "exact" else stems).add(form if field == "exact" else stem(form))
                case Phrase(forms, field):
                    (exact if field == "exact" else stems).update(
                        forms if field == "exact" else map(stem, forms)
                    )
        return cls(frozenset(stems), frozenset(exact), tuple(patterns), tuple(fuzzy))

    @property
    def plain(self) -> bool:
        """Whether stems are all that is wanted."""
        return not (self.exact or self.patterns or self.fuzzy)

    def __bool__(self) -> bool:
        """Whether any word is wanted."""
        return self != Wanted()

    def key(self, word: Word, printed: str) -> str:
        """By what a word ``printed`` so in its text was found, the same for its forms; ``""`` if by none."""
        for form in (word.form, *word.parts):
            if (found := stem(form)) in self.stems:
                return found
        if self.exact and (found := next(iter(sorted(raw_words(printed) & self.exact)), "")):
            return found
        if not self.patterns and not self.fuzzy:
            return ""
        forms = (word.form, fold(printed))
        for pattern in self.patterns:
            if any(map(pattern.fullmatch, forms)):
                return pattern.pattern
        for near in self.fuzzy:
            if any(levenshtein(form, near.form, near.edits) <= near.edits for form in forms):
                return near.form
        return ""
