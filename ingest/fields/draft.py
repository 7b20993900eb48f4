"""A record in the making, which keeps whatever has no place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from corpus.csl import NAME_VARIABLES
from corpus.identity import normalise_doi
from corpus.record import Author, Record, SourceRecord

_ABBREVIATION = re.compile(r"(?:\.\.|\b(?:[A-Z]|etc|al|Inc|Ltd|Co|Corp|Jr|Sr|no|vol|ed|eds|U\.S|U\.K))\.\Z")
_INLINE_TAG = re.compile(
    r"</?(?:i|b|em|strong|sub|sup|u|span|scp|sc|inf|italic|bold)(?:\s[^<>]*)?>", re.IGNORECASE
)
_BLOCK_TAG = re.compile(
    r"\s*</?(?:jats:\w+|p|h[1-6]|div|br|ul|li|title|sec)(?:\s[^<>]*)?/?>\s*", re.IGNORECASE
)
# What Scopus, PubMed and ProQuest print where there is none.
_NO_ABSTRACT = frozenset({"no abstract available", "abstract not available", "abstract unavailable"})
_OWN_TAG = re.compile(r'(?:Theme: )?[\w-]+(?: \((?:barrier|enabler|driver)\))?: ".*"\Z', re.DOTALL)
_OWN_THEME = re.compile(r'Theme: ([\w-]+)(?: \((?:barrier|enabler|driver)\))?: "')
_PLACE_OF_ROLE = {role: place for place, role in enumerate(NAME_VARIABLES)}
# Most of them: nothing about them is to be mended.
_BARE_DOI = re.compile(r"10\.\d{4,9}/[\w.()-]*+(?<=[a-zA-Z0-9])\Z", re.ASCII)
_ISSN = re.compile(r"(?<![\dXx])(?<!\d-)(\d{4})[-‐–]?(\d{3}[\dXx])(?![\dXx-])")


class Draft:
    """Fields of a ``Record`` as they are found. What is put twice goes to ``extra`` the second time."""

    __slots__ = ("authors", "et_al", "extra", "issued", "keywords", "texts", "type")

    def __init__(self, type: str = "document") -> None:
        """An empty record of that CSL type."""
        self.type = type
        self.texts: dict[str, str] = {}
        self.authors: list[Author] = []
        self.keywords: list[str] = []
        self.et_al = False
        self.issued = ""
        self.extra: dict[str, Any] = {}

    def put(self, field: str, value: str, name: str) -> None:
        """Set a text of the record, or keep the value in ``extra`` as ``name`` if another is there."""
        value = value.strip()
        if not value:
            return
        known = self.texts.setdefault(field, value)
        if known != value:
            self.keep(name, value)

    def keep(self, name: str, value: str) -> None:
        """Keep a value that has no place, under its printed name; repeated ones become a list."""
        value = value.strip()
        if not value:
            return
        known = self.extra.get(name)
        if known is None:
            self.extra[name] = value
        elif isinstance(known, list):
            if value not in known:
                known.append(value)
        elif known != value:
            self.extra[name] = [known, value]

    def add_keywords(self, words: Iterable[str]) -> None:
        """Add keywords in order, each once."""
        for word in words:
            word = " ".join(word.split())
            if word and word not in self.keywords:
                self.keywords.append(word)

    def is_empty(self) -> bool:
        """Whether nothing at all was found."""
        return not (self.texts or self.authors or self.keywords or self.issued or self.extra)

    def source_record(self, id: str, source: str, format: str, line: int, raw: str) -> SourceRecord:
        """The finished piece."""
        texts = self.texts
        if "title" in texts:
            texts["title"] = clean_title(_without_markup(texts["title"]))
        if texts.get("abstract", "").strip("[]. ").lower() in _NO_ABSTRACT:
            self.keep("abstract", texts.pop("abstract"))
        for field in ("abstract", "container_title"):
            if "<" in texts.get(field, ""):
                texts[field] = _without_markup(texts[field]).strip()
        record = Record(
            id=id,
            type=self.type,
            authors=self._named(),
            et_al=self.et_al,
            issued=self.issued,
            keywords=tuple(self.keywords),
            extra=self.extra,
            **texts,
        )
        return SourceRecord(source, format, line, raw, record)

    def _named(self) -> tuple[Author, ...]:
        """The authors with a name at all, those of one role together, in the order that CSL-JSON keeps."""
        authors = [author for author in self.authors if author.family or author.given or author.literal]
        if len({author.role for author in authors}) > 1:
            authors.sort(key=lambda author: _PLACE_OF_ROLE.get(author.role, len(_PLACE_OF_ROLE)))
        return tuple(authors)


def is_own_tag(text: str) -> bool:
    """Whether a note is one of the tags that our exporters write beside a record: no part of it."""
    return bool(_OWN_TAG.match(text))


def without_own(words: Sequence[str], notes: Iterable[str]) -> list[str]:
    """The keywords without the one that our exporters write for each theme of such notes, the last of it.

    "Theme: resources" is left out beside a tag of ours of that theme alone: elsewhere it is somebody's.
    """
    kept = list(words)
    themes = {theme for note in notes if is_own_tag(note) for theme in _OWN_THEME.findall(note)}
    for place in range(len(kept) - 1, -1, -1):
        theme = kept[place].strip().removeprefix("Theme: ")
        if theme in themes and theme != kept[place].strip():
            themes.discard(theme)
            del kept[place]
    return kept


def clean_title(title: str) -> str:
    """The title on one line, without the full stop that databases print at its end."""
    title = " ".join(title.split())
    if title.endswith(".") and " " in title and not _ABBREVIATION.search(title):
        return title[:-1].rstrip()
    return title


def _without_markup(text: str) -> str:
    """The text without the HTML and JATS tags that some databases leave in; other angles stay."""
    if "<" not in text:
        return text
    return _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))


def clean_doi(text: str) -> str:
    """The bare DOI in a text, in the case printed; the text itself if it holds none."""
    if _BARE_DOI.match(text):
        return text
    bare = normalise_doi(text)
    place = text.lower().find(bare)
    return text[place : place + len(bare)] if bare and place >= 0 else bare or text.strip()


@lru_cache(maxsize=1 << 14)
def clean_issn(text: str) -> str:
    """All ISSNs in a text in the form 0145-2134, comma between; the text itself if it holds none."""
    found = [f"{match.group(1)}-{match.group(2).upper()}" for match in _ISSN.finditer(text)]
    return ", ".join(dict.fromkeys(found)) or text.strip()
