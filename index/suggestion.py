"""What was probably meant by words that the library does not have."""

from __future__ import annotations

import re

from corpus.query import Filters
from index.engine import KeywordIndex
from index.language import Reading, parse
from index.tree import Phrase, Term, asked
from index.words import forms, words

_FIELD = re.compile(r"(?i:author|journal|exact|year):(?:\"[^\"]*\"?|\([^()]*\)?|\S+)|\b\w+:(?=\S)")
_SIGNED = re.compile(r"\S*[*?~]\S")


def suggest(text: str, reading: Reading, keyword: KeywordIndex) -> str | None:
    """``text`` with words of the library for those that it does not have; ``None`` where none is like.

    Names, numbers, patterns and what is asked for as printed stay as they are. What is suggested finds
    something.
    """
    # A way to say something is known, whether or not the library says it so.
    unknown = _unknown(reading, keyword) - {form for way, _ in reading.expansions for form in forms(way)}
    if not unknown:
        return None
    kept = [match.span() for match in (*_FIELD.finditer(text), *_SIGNED.finditer(text))]
    loud = text == text.upper()
    pieces: list[str] = []
    done = 0
    for place, word in enumerate(words(text)):
        typed = text[word.start : word.end]
        name = bool(place and typed[:1].isupper()) or (typed.isupper() and len(typed) > 1)
        if (
            word.form in unknown
            and (loud or not name)
            and not any(start <= word.start < end for start, end in kept)
            and (better := keyword.suggest(typed))
            and forms(better) != [word.form]
        ):
            pieces += (text[done : word.start], better)
            done = word.end
    if not pieces:
        return None
    meant = "".join((*pieces, text[done:]))
    return meant if keyword.search(parse(meant).tree, Filters(), 1).total else None


def _unknown(reading: Reading, keyword: KeywordIndex) -> set[str]:
    """The words of a query, in their one form, by which no record is found."""
    leaves = (leaf for leaf in asked(reading.tree) if leaf.field not in ("author", "journal", "exact"))
    named = {
        form
        for leaf in leaves
        if isinstance(leaf, Term | Phrase)
        for form in ((leaf.form,) if isinstance(leaf, Term) else leaf.forms)
    }
    return {form for form in named if not keyword.search(Term(form), Filters(), 1).total}
