"""Records, themes and tags as rows of the evidence file's tables, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from corpus.identity import identifiers
from corpus.query import Sort
from corpus.record import Author, Record
from corpus.schema import RECORD_TEXTS
from corpus.theme import Tag, Theme

_NAME_PARTS = ("family", "given", "literal", "particle", "suffix", "orcid")
_RECORD_COLUMNS = ("id", *RECORD_TEXTS, "year", "authors", "keywords", "et_al", "extra")


def _insert(table: str, columns: Iterable[str]) -> str:
    columns = list(columns)
    return f"insert into {table} ({', '.join(columns)}) values ({', '.join(f':{name}' for name in columns)})"


#: Statements that write the rows of this module; a record that is there is replaced in place.
WRITE_RECORD = (
    _insert("records", _RECORD_COLUMNS)
    + " on conflict (id) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in _RECORD_COLUMNS[1:])
)
WRITE_CONTRIBUTOR = _insert("contributors", ("record", "position", "role", *_NAME_PARTS))
WRITE_IDENTIFIER = _insert("identifiers", ("scheme", "value", "record"))


#: SQL that orders the rows of ``records``; a title counts without the quotation marks that it opens with.
ORDERS: Mapping[Sort, str] = {
    "newest": "year desc nulls last",
    "oldest": "year nulls last",
    "title": "ltrim(title, ' \"''“”‘’«([') collate nocase, year desc nulls last",
}


def record_row(record: Record) -> dict[str, Any]:
    """The row of ``records``; absent texts are null, lists and mappings JSON."""
    row: dict[str, Any] = {name: getattr(record, name) or None for name in RECORD_TEXTS}
    return row | {
        "id": record.id,
        "title": record.title,
        "type": record.type,
        "year": record.year,
        "authors": authors_text(record),
        "keywords": json.dumps(record.keywords, ensure_ascii=False),
        "et_al": int(record.et_al),
        "extra": json.dumps(record.extra, ensure_ascii=False, sort_keys=True) if record.extra else None,
    }


def authors_text(record: Record) -> str:
    """The authors (editors, if there is no author) as one line: "Darlington, Yvonne; Feeney, Judith A"."""
    roles = {author.role for author in record.authors}
    shown = "author" if "author" in roles else "editor"
    names = [str(author) for author in record.authors if author.role == shown]
    return "; ".join([*names, *(["et al"] if record.et_al else [])])


def contributor_rows(record: Record) -> Iterator[dict[str, Any]]:
    """The rows of ``contributors``, in the order printed, counted from 1."""
    for position, author in enumerate(record.authors, start=1):
        parts = {name: getattr(author, name) or None for name in _NAME_PARTS}
        yield {"record": record.id, "position": position, "role": author.role, **parts}


def identifier_rows(record: Record) -> Iterator[dict[str, Any]]:
    """The rows of ``identifiers``."""
    for scheme, value in identifiers(record).items():
        yield {"scheme": scheme, "value": value, "record": record.id}


def read_records(
    records: Iterable[Mapping[str, Any]], contributors: Iterable[Mapping[str, Any]]
) -> Iterator[Record]:
    """The records of rows by id, with contributor rows by record and position beside them."""
    groups = groupby(contributors, key=lambda row: row["record"])
    owner, names = next(groups, (None, iter(())))
    for row in records:
        authors: tuple[Author, ...] = ()
        if owner == row["id"]:
            authors = tuple(_author(name) for name in names)
            owner, names = next(groups, (None, iter(())))
        texts = {name: row[name] or "" for name in RECORD_TEXTS}
        yield Record(
            id=row["id"],
            authors=authors,
            et_al=bool(row["et_al"]),
            keywords=tuple(json.loads(row["keywords"])),
            extra=json.loads(row["extra"]) if row["extra"] else {},
            **texts,
        )


def _author(row: Mapping[str, Any]) -> Author:
    return Author(role=row["role"], **{name: row[name] or "" for name in _NAME_PARTS})


_THEME_JSON = ("terms", "examples", "counter_examples", "crosswalk")
_THEME_TEXTS = ("id", "label", "axis", "group", "notation", "definition", "replaced_by")


def theme_row(theme: Theme, position: int) -> dict[str, Any]:
    """The row of ``themes``; ``position`` is the place in the vocabulary's file."""
    texts = {name: getattr(theme, name) or None for name in _THEME_TEXTS}
    lists = {name: json.dumps(getattr(theme, name), ensure_ascii=False) for name in _THEME_JSON}
    return {**texts, **lists, "position": position}


def read_theme(row: Mapping[str, Any]) -> Theme:
    """The theme of a row."""
    values: dict[str, Any] = {name: row[name] or "" for name in _THEME_TEXTS}
    values |= {name: json.loads(row[name]) for name in _THEME_JSON}
    values |= {name: tuple(values[name]) for name in _THEME_JSON if name != "crosswalk"}
    return Theme(**values)


def tag_row(tag: Tag) -> dict[str, Any]:
    """The row of ``tags``; its id is made of what the tag says, so the same tag has the same id."""
    parts = (tag.record, tag.theme, tag.direction or "none", f"{tag.field}{tag.start}")
    return {
        "id": ".".join(parts),
        "record": tag.record,
        "theme": tag.theme,
        "direction": tag.direction,
        "quote": tag.quote,
        "field": tag.field,
        "start": tag.start,
        "end": tag.end,
        "method": tag.method,
        "score": tag.score,
        "status": tag.status,
    }
