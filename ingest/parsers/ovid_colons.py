"""Databases that print Ovid's tags with a colon: the Cochrane Library's text, SilverPlatter's, CSA's.

A record begins with "Record #1 of 52" and has lines such as ``TI: Interagency collaboration``. CSA (ASSIA,
Social Services Abstracts) prints the word for the tag behind it and the value indented on the next lines.
"""

from __future__ import annotations

import re

from ingest.parsers.tagged import Field

#: A tag at the beginning of a line.
TAG = r"(?P<tag>[A-Z][A-Z0-9]{1,2}):(?=[ \t\n]|\Z)"
#: Where a record begins.
START = re.compile(r"^(?=[ \t]*Record #?\d+ of \d+)", re.MULTILINE)

_FIRST = re.compile(rf"^[ \t]*Record #?\d+ of \d+\b[^\n]*\n\s*{TAG}", re.MULTILINE)
_WORD = re.compile(r"[ \t]*[A-Z][A-Za-z/() -]{2,30}\n(?=[ \t]{2,}\S)")
# Cochrane's own tags -> Ovid's.
_OVIDS = {"VL": "VI", "NO": "IP", "KY": "KW", "US": "UR", "DOI": "DO", "PY": "YR", "CA": "AU"}
_COCHRANE_ID = re.compile(r"\s*(?:CN|CD|DARE|NHSEED|HTA)-?\d")
_PMID = re.compile(r"\s*PUBMED\s+(\d{1,8})\s*\Z")


def is_coloned(head: str) -> bool:
    """Whether a numbered record begins with such a tag."""
    return bool(_FIRST.search(head))


def as_ovids(fields: list[Field]) -> list[Field]:
    """The fields of a record under Ovid's tags."""
    return [_as_ovids(tag, _WORD.sub("", value, count=1)) for tag, value in fields]


def _as_ovids(tag: str, value: str) -> Field:
    if tag == "ID" and _COCHRANE_ID.match(value):
        return "AN", value
    if tag == "PM" and (found := _PMID.match(value)):
        return "PM", found[1]
    return _OVIDS.get(tag, tag), value
