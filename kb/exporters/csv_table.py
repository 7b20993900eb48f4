"""CSV for spreadsheets: a row for each record, a column for each field, made harmless.

A cell that a spreadsheet would run as a formula (it starts with ``=``, ``+``, ``-``, ``@``, a tab or a
carriage return, or with apostrophes before one of these) gets an apostrophe in front. A reader takes one
apostrophe off a cell that starts with apostrophes and then one of these, as ``own_table`` does.

``authors`` and ``editors`` hold names as "Family, Given [ORCID]" and organisations as they are, separated
by "; ", ``contributors`` all other roles as "Family, Given (role)"; a name that a reader would divide
otherwise and a keyword with a semicolon stand in braces. ``et_al`` is "et al." or empty. A cell keeps its
line breaks. ``extra`` is a JSON object. ``themes`` holds the tags, a line each.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import replace

from corpus.record import Author, Record
from corpus.schema import RECORD_TEXTS
from ingest.parsers.own_table import parse_own_name
from kb.exporters.exporter import Exported, Sink

_TEXTS = tuple(name for name in RECORD_TEXTS if name not in ("type", "abstract", "issued"))
COLUMNS = (
    *("id", "type", "authors", "et_al", "editors", "contributors", "issued", "year"),
    *_TEXTS,
    *("keywords", "abstract", "themes", "extra"),
)

#: How a cell begins that a spreadsheet would run, or that looks as if it were kept from it.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


class CsvTable:
    """Comma-separated values in UTF-8, with a head row."""

    name = "csv"
    ending = ".csv"
    media_type = "text/csv"
    binary = False

    def write(self, records: Iterable[Exported], stream: Sink) -> int:
        """Write the head and a row for each record; gives how many records."""
        # RFC 4180's line end: with "\n" alone, Python's writer leaves a cell with "\r" unquoted.
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        count = 0
        for exported in records:
            writer.writerow(map(harmless, cells(exported)))
            count += 1
        return count


def harmless(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would run it as a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def cells(exported: Exported) -> list[str]:
    """What stands in the columns of a record's row, as it is."""
    record = exported.record
    others = [author for author in record.authors if author.role not in ("author", "editor")]
    row = {
        **{name: getattr(record, name) for name in ("id", "type", "issued", "abstract", *_TEXTS)},
        "authors": _names(record, "author"),
        "editors": _names(record, "editor"),
        "contributors": "; ".join(f"{_name(author)} ({author.role})" for author in others),
        "et_al": "et al." if record.et_al else "",
        "year": "" if record.year is None else str(record.year),
        "keywords": "; ".join(map(_word, record.keywords)),
        "themes": "\n".join(exported.themes),
        "extra": json.dumps(dict(record.extra), ensure_ascii=False) if record.extra else "",
    }
    return [row[column] for column in COLUMNS]


def _names(record: Record, role: str) -> str:
    return "; ".join(_name(author) for author in record.authors if author.role == role)


def _name(author: Author) -> str:
    plain = str(author)
    bare = replace(author, orcid="") if author.orcid else author
    if not author.literal and author.family and not (author.given or author.suffix):
        plain = f"{plain},"
    if plain.strip() != plain or set(";{}[]()\n") & set(plain) or parse_own_name(plain, author.role) != bare:
        parts = [author.literal]
        if not author.literal:
            parts = [author.family, author.given, author.suffix, author.particle]
            while len(parts) > 2 and not parts[-1]:
                parts.pop()
        plain = ", ".join(f"{{{part}}}" for part in parts)
    return f"{plain} [{author.orcid}]" if author.orcid else plain


def _word(keyword: str) -> str:
    return f"{{{keyword}}}" if ";" in keyword and not set("{}") & set(keyword) else keyword
