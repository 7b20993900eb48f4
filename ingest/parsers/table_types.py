"""What a cell says of the type of a work, in the words of databases, reference managers and CSL."""

from __future__ import annotations

import re

from corpus.kinds import BIBTEX_TYPES, CSL_TYPES, RIS_TYPES, csl_type_from_name

# What a type is called where CSL means another thing by the word, or nothing.
_TYPES = {
    "article": "article-journal",
    "review": "article-journal",
    "review article": "article-journal",
    "research article": "article-journal",
    "letter": "article-journal",
    "editorial": "article-journal",
    "editorial material": "article-journal",
    "note": "article-journal",
    "short survey": "article-journal",
    "erratum": "article-journal",
    "correction": "article-journal",
    "early access": "article-journal",
    "article in press": "article-journal",
    "clinical trial": "article-journal",
    "academic journal": "article-journal",
    "scholarly journals": "article-journal",
    "ieee journals": "article-journal",
    "ieee magazines": "article-magazine",
    "magazine": "article-magazine",
    "magazines": "article-magazine",
    "newspapers": "article-newspaper",
    "proceedings paper": "paper-conference",
    "proceeding": "paper-conference",
    "proceedings article": "paper-conference",
    "conference publication": "paper-conference",
    "conference abstract": "paper-conference",
    "meeting abstract": "paper-conference",
    "ieee conferences": "paper-conference",
    "preprint": "article",
    "posted content": "article",
    "working paper": "report",
    "dissertation": "thesis",
    "dissertations & theses": "thesis",
    "dissertation/thesis": "thesis",
    "monograph": "book",
    "edited book": "book",
    "book part": "chapter",
    "computer program": "software",
    "blog post": "post-weblog",
    "j": "article-journal",
    "b": "book",
    "p": "patent",
}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def csl_type_of(cell: str) -> str:
    """The CSL type of a cell, or of the first of its parts that names one; "" if none does."""
    parts = [cell, *re.split(r"\s*[;|,]\s*", cell)]
    return next((known for word in parts if (known := _known(word))), "")


def _known(word: str) -> str:
    plain = _CAMEL.sub(" ", word.strip()).replace("-", " ").lower()
    if known := _TYPES.get(plain) or csl_type_from_name(plain):
        return known
    if word in CSL_TYPES:
        return word
    return BIBTEX_TYPES.get(word.lower()) or RIS_TYPES.get(word.strip().upper(), "")
