"""Our own notes back: what the exporters of RIS and EndNote's XML say in notes, for want of fields.

Each is "name: value" on one line: ``PMID: 16238983``, ``et-al: true``, ``editor: Berg, Jo``, and tags as
``Theme: resources (barrier): "inadequate resources"``, which are no part of a record. Zotero makes a
paragraph of each, EndNote one text of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from corpus.csl import NAME_VARIABLES
from corpus.kinds import CSL_TYPES
from ingest.fields.dates import database_date
from ingest.fields.draft import Draft, is_own_tag
from ingest.fields.names import parse_name

#: The program that our EndNote XML says it is from.
SOURCE_APP = "Evidence KB"

_NOTE = re.compile(r"([A-Za-z][\w.+-]{0,40}):\s+(\S.*)\Z", re.DOTALL)
_PARAGRAPH = re.compile(r"\s*<p>([^<>]*(?:<br\s*/?>[^<>]*)*)</p>\s*\Z", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ORCID = re.compile(r"(\S+) \((.*)\)\Z", re.DOTALL)
_TEXTS = {
    "PMID": "pmid",
    "PMCID": "pmcid",
    "number-of-pages": "number_of_pages",
    "container-title": "container_title",
}
_NAMES = frozenset({*_TEXTS, "type", "et-al", "issued", "ORCID", *NAME_VARIABLES}) - {"author"}


def is_note(text: str) -> bool:
    """Whether a line would be read as a note in our form."""
    return bool(_NOTE.match(text)) or is_theme(text)


def is_theme(note: str) -> bool:
    """Whether a note is a tag of ours."""
    return note.startswith("Theme: ") and is_own_tag(note)


def apart(notes: Iterable[str]) -> list[str]:
    """The notes, each line that is one of ours for itself; those that name a person of the record last."""
    found = [part for note in notes for part in _apart(note)]
    return sorted(found, key=lambda note: note.startswith("ORCID: "))


def _apart(note: str) -> Iterator[str]:
    paragraph = _PARAGRAPH.match(note)
    lines = (_BREAK.sub("\n", paragraph[1]) if paragraph else note).split("\n")
    others = [line for line in lines if not _is_ours(line)]
    yield from (line.strip() for line in lines if _is_ours(line))
    if len(others) == len(lines):
        yield note
    elif rest := "\n".join(others).strip():
        yield rest


def _is_ours(line: str) -> bool:
    match = _NOTE.match(line.strip())
    return bool(match and match[1] in _NAMES) or is_theme(line.strip())


def put_note(made: Draft, note: str, *, any_name: bool = True) -> bool:
    """Fill the field that a note of ours names; whether it is one.

    With ``any_name`` any word before a colon is the name of a field: of ``extra``, where it is none else.
    """
    if is_theme(note):
        return True
    match = _NOTE.match(note)
    if not match or match[1].lower() in ("http", "https") or not (any_name or match[1] in _NAMES):
        return False
    name, value = match[1], match[2]
    if name in _TEXTS:
        made.put(_TEXTS[name], value, name)
    elif name == "type" and value in CSL_TYPES:
        made.type = value
    elif name == "et-al" and value == "true":
        made.et_al = True
    elif name == "issued" and made.issued and _is_range_from(made.issued, value):
        made.issued = value
    elif name in NAME_VARIABLES:
        made.authors.append(parse_name(value, name))
    elif name != "ORCID" or not _give_orcid(made, value):
        made.keep(name, value)
    return True


def _is_range_from(first: str, text: str) -> bool:
    """Whether a note is the range of dates of which the date tags hold the beginning."""
    return text.startswith(f"{first}/") and database_date(text) == text


def _give_orcid(made: Draft, value: str) -> bool:
    found = _ORCID.match(value)
    named = parse_name(found[2]) if found else None
    for place, author in enumerate(made.authors):
        if found and replace(author, role="author") == named:
            made.authors[place] = replace(author, orcid=found[1])
            return True
    return False
