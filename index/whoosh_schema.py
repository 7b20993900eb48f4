"""How a document becomes a Whoosh document: fields, analysis, scoring."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from whoosh import columns, fields, scoring
from whoosh.analysis import Composable, Token

from index.engine import FARTHEST, K1, TERM_FIELDS, TITLE_WEIGHT, B, Document
from index.words import Word, raw, raw_words, stem, words

#: Between texts that are indexed in one field: no phrase reaches over it.
_BREAK = "\x1f"
_GAP = FARTHEST + 1
#: What a record without a year has in the year column, so that it comes last.
NO_YEAR = -10_000
FIRST_YEAR = NO_YEAR + 1


class _Analyzer(Composable):  # type: ignore[misc]  # Whoosh has no types
    """Stems of the words of a text; the words within a compound stand at its place."""

    def __call__(self, value: str, positions: bool = False, start_pos: int = 0, **_: Any) -> Iterator[Token]:
        token = Token(positions)
        position = start_pos
        for piece in value.split(_BREAK):
            for word in _words_of(piece):
                for form in (word.form, *word.parts):
                    token.text = stem(form)
                    if positions:
                        token.pos = position
                    yield token
                position += 1
            position += _GAP


class _ExactAnalyzer(Composable):  # type: ignore[misc]
    """The words of a text as printed."""

    def __call__(self, value: str, positions: bool = False, start_pos: int = 0, **_: Any) -> Iterator[Token]:
        token = Token(positions)
        start = start_pos
        for piece in value.split(_BREAK):
            printed = raw(piece)
            for position, text in enumerate(printed, start):
                token.text = text
                if positions:
                    token.pos = position
                yield token
            start += len(printed) + _GAP


@lru_cache(maxsize=16)
def _words_of(piece: str) -> tuple[Word, ...]:
    # A title is indexed several times over; reading it once saves a fifth of the time.
    return tuple(words(piece))


class _Values(Composable):  # type: ignore[misc]
    """The values of a field as they are."""

    def __call__(self, value: str, **_: Any) -> Iterator[Token]:
        token = Token()
        for piece in filter(None, value.split(_BREAK)):
            token.text = piece
            yield token


class Bm25(scoring.BM25F):  # type: ignore[misc]
    """BM25 with Lucene's inverse document frequency: recall@100 on SciFact .921, with Whoosh's own .911."""

    def __init__(self) -> None:
        super().__init__(B=B, K1=K1)

    def idf(self, searcher: Any, fieldname: str, text: str) -> float:
        """How telling a word is: above 0 for every word."""
        parent = searcher.get_parent()
        count, all_records = parent.doc_frequency(fieldname, text), parent.doc_count_all()
        return math.log(1 + (all_records - count + 0.5) / (count + 0.5))


def schema() -> Any:
    """The fields of an index: texts to find words in, values to filter by, and what is stored."""
    text = fields.TEXT(analyzer=_Analyzer(), phrase=True)
    values = fields.KEYWORD(analyzer=_Values(), scorable=False)
    return fields.Schema(
        id=fields.ID(unique=True, sortable=True),
        about=fields.STORED(),
        year=fields.NUMERIC(int),
        newest=fields.COLUMN(columns.NumericColumn("i", default=NO_YEAR)),
        text=text,
        title=text,
        author=text,
        journal=text,
        keyword=text,
        exact=fields.TEXT(analyzer=_ExactAnalyzer(), phrase=True),
        word=values,
        **dict.fromkeys(TERM_FIELDS, values),
    )


def fields_of(document: Document) -> dict[str, Any]:
    """What is indexed of a document; ``word`` holds its words as written and in their one form."""
    title, abstract, keywords = (
        text.replace(_BREAK, " ") for text in (document.title, document.abstract, document.keywords)
    )
    rest = [
        document.authors,
        document.container_title,
        str(document.year) if document.year is not None else "",
    ]
    text = _BREAK.join((*[title] * TITLE_WEIGHT, abstract, keywords, *rest))
    lexicon: set[str] = set()
    for piece in (title, abstract, keywords, *rest[:2]):
        lexicon.update(raw_words(piece), (word.form for word in _words_of(piece)))
    facets = {name: _BREAK.join(document.facets.get(name, ())) for name in TERM_FIELDS}
    facets["doi"] = document.doi.strip().lower()
    return {
        "id": document.id,
        "about": f"{title} {title} {abstract}",
        "year": document.year,
        "newest": document.year if document.year is not None else NO_YEAR,
        "text": text,
        "exact": text,
        "title": title,
        "author": document.authors,
        "journal": document.container_title,
        "keyword": keywords,
        "word": _BREAK.join(sorted(lexicon)),
        **{name: value for name, value in facets.items() if value},
    }
