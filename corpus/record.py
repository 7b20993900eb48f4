"""What a bibliographic record is: authors, the record itself, its source, and what could not be read.

Names and types are CSL's (https://docs.citationstyles.org/en/stable/specification.html).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_YEAR = re.compile(r"-?\d{4}")


@dataclass(frozen=True, slots=True)
class Author:
    """A person (``family``, ``given``) or an organisation (``literal``), in the order printed.

    ``particle`` is CSL's non-dropping particle ("van der"); ``role`` is a CSL name variable
    ("author", "editor", "translator", ...).
    """

    family: str = ""
    given: str = ""
    literal: str = ""
    particle: str = ""
    suffix: str = ""
    orcid: str = ""
    role: str = "author"

    def __str__(self) -> str:
        """The name as lists are sorted: "van der Berg, Johan, Jr"."""
        if self.literal:
            return self.literal
        family = f"{self.particle} {self.family}".strip()
        return ", ".join(part for part in (family, self.given, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class Record:
    """One work, or one description of it. An absent text is ``""``, never ``None``.

    ``id`` is the key that the source gave until the store assigns ours. ``type`` is a CSL type
    ("article-journal", "book", "chapter", "report", "thesis", ...). ``issued`` is an EDTF date:
    "2005", "2005-10", "2005-10-14", "2005-23" (autumn), "2004/2005" (a range); "" if not dated.
    ``et_al`` says that the source cut the authors short. ``extra`` keeps every field with no place,
    by its printed name; its values are strings or lists of strings.
    """

    id: str = ""
    type: str = "document"
    title: str = ""
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    et_al: bool = False
    issued: str = ""
    container_title: str = ""
    collection_title: str = ""
    publisher: str = ""
    publisher_place: str = ""
    volume: str = ""
    issue: str = ""
    page: str = ""
    number_of_pages: str = ""
    edition: str = ""
    genre: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    isbn: str = ""
    issn: str = ""
    url: str = ""
    language: str = ""
    keywords: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        """The (first) year of ``issued``."""
        match = _YEAR.match(self.issued)
        return int(match.group()) if match else None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One piece of a source, read: where it stands, as printed, and what we made of it.

    ``line`` counts from 1; ``raw`` is the text as printed; ``record`` is the reading, its ``id`` the
    key that the source gave.
    """

    source: str
    format: str
    line: int
    raw: str
    record: Record

    @property
    def fields(self) -> Mapping[str, Any]:
        """The record in CSL-JSON, made anew each time: reading a million records asks for none."""
        from corpus.csl import encode

        return encode(self.record)


@dataclass(frozen=True, slots=True)
class Problem:
    """One piece of a source that could not become a record, kept as printed.

    ``reason`` says what was found, ``hint`` what to do about it.
    """

    source: str
    line: int
    raw: str
    reason: str
    hint: str = ""

    def __str__(self) -> str:
        """``file:line: reason; hint`` on one line."""
        return f"{self.source}:{self.line}: {self.reason}" + (f"; {self.hint}" if self.hint else "")


Piece = SourceRecord | Problem
