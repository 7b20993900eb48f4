"""A record as people cite it: a byline for lists, a Harvard reference for the record's own page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.record import Author, Record

_FEW = 3
_MANY = 8

#: CSL types in words, for labels.
TYPES = {
    "article-journal": "Journal article",
    "article-magazine": "Magazine article",
    "article-newspaper": "Newspaper article",
    "article": "Article",
    "book": "Book",
    "chapter": "Book chapter",
    "document": "Document",
    "legislation": "Legislation",
    "bill": "Bill",
    "paper-conference": "Conference paper",
    "report": "Report",
    "review": "Review",
    "thesis": "Thesis",
    "webpage": "Web page",
    "dataset": "Data set",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a reference; ``title`` says that it stands in italics."""

    text: str
    title: bool = False


def type_label(type_: str) -> str:
    """The CSL type in words."""
    return TYPES.get(type_, type_.replace("-", " ").capitalize())


def byline(record: Record) -> str:
    """Who wrote it, short: "Darlington, Feeney and Rixon"; "" if nobody is named."""
    names = [_family(author) for author in _main(record)]
    if len(names) > _FEW:
        return f"{names[0]} and others"
    return f"{_joined(names)} and others" if record.et_al and names else _joined(names)


def names(record: Record) -> str:
    """Who wrote it, in full and in reading order: "Yvonne Darlington, Judith A Feeney and Kylie Rixon"."""
    full = [_full(author) for author in _main(record)]
    text = _joined(full) + (" and others" if record.et_al and full else "")
    edited = text and not any(author.role == "author" for author in record.authors)
    return f"{text} ({'editor' if len(full) == 1 else 'editors'})" if edited else text


def reference(record: Record) -> list[Part]:
    """The Harvard reference, in parts; joined they are its text."""
    people = _main(record)
    authors = [_initialled(author) for author in people]
    shown = [f"{authors[0]} et al."] if len(authors) > _MANY else authors
    who = _joined(shown) + (" et al." if record.et_al and authors else "")
    if people and people[0].role == "editor":
        who += " (ed.)" if len(people) == 1 else " (eds)"
    year = f"({record.issued[:4] if record.year else 'no date'})"
    start = f"{who} {year} " if who else ""
    title = record.title.rstrip(".")
    inner = bool(record.container_title)
    parts = [Part(start)] if start else []
    parts += [Part(f"‘{title}’")] if inner else [Part(title, title=True)]
    if not start:
        parts.append(Part(f" {year}"))
    if inner:
        parts += [
            Part(", in " if record.type == "chapter" else ", "),
            Part(record.container_title, title=True),
        ]
    parts.append(Part(_tail(record)))
    return [part for part in parts if part.text]


def _tail(record: Record) -> str:
    volume = record.volume + (f"({record.issue})" if record.issue else "")
    pages = record.page.replace("-", "–")
    label = "pp." if re.search(r"[–,]", pages) else "p."
    inside = [volume, f"{label} {pages}" if pages else ""]
    tail = "".join(f", {text}" for text in inside if text) + "."
    place = ": ".join(text for text in (record.publisher_place, record.publisher) if text)
    if place:
        tail += f" {place}."
    if record.doi:
        tail += f" doi:{record.doi}."
    return tail


def _main(record: Record) -> list[Author]:
    authors = [author for author in record.authors if author.role == "author"]
    return authors or [author for author in record.authors if author.role == "editor"]


def _family(author: Author) -> str:
    return author.literal or f"{author.particle} {author.family}".strip() or author.given


def _full(author: Author) -> str:
    parts = (author.given, author.particle, author.family, author.suffix)
    return author.literal or " ".join(part for part in parts if part)


def _initialled(author: Author) -> str:
    if author.literal:
        return author.literal
    initials = " ".join(
        "-".join(f"{part[0].upper()}." for part in word.split("-") if part)
        for word in re.split(r"[\s.]+", author.given)
        if word
    )
    return ", ".join(part for part in (_family(author), initials, author.suffix) if part)


def _joined(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
