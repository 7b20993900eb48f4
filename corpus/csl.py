"""Records as CSL-JSON and back, without loss.

Source: https://github.com/citation-style-language/schema (csl-data.json 1.0.2). What CSL has no
place for goes into its ``custom`` object: ``et_al``, ``edtf`` (a date that date-parts cannot say),
``keywords`` (a keyword with a semicolon), ``orcids``, and the record's ``extra``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from corpus.record import Author, Record

#: Record field -> CSL variable, for the plain texts.
VARIABLES = {
    "title": "title",
    "abstract": "abstract",
    "container_title": "container-title",
    "collection_title": "collection-title",
    "publisher": "publisher",
    "publisher_place": "publisher-place",
    "volume": "volume",
    "issue": "issue",
    "page": "page",
    "number_of_pages": "number-of-pages",
    "edition": "edition",
    "genre": "genre",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "isbn": "ISBN",
    "issn": "ISSN",
    "url": "URL",
    "language": "language",
}

#: CSL's name variables, in the order in which a record lists them.
NAME_VARIABLES = (
    "author",
    "editor",
    "translator",
    "collection-editor",
    "container-author",
    "composer",
    "contributor",
    "curator",
    "director",
    "editorial-director",
    "editor-translator",
    "guest",
    "host",
    "illustrator",
    "interviewer",
    "organizer",
    "original-author",
    "performer",
    "producer",
    "recipient",
    "reviewed-author",
    "script-writer",
    "series-creator",
    "chair",
    "compiler",
    "executive-producer",
    "narrator",
)

_DATE = re.compile(r"(-?\d{4})(?:-(\d\d))?(?:-(\d\d))?\Z")
_SEASONS = {21: 1, 22: 2, 23: 3, 24: 4}
_NAME_PARTS = {
    "family": "family",
    "given": "given",
    "literal": "literal",
    "non-dropping-particle": "particle",
    "suffix": "suffix",
}
_CUSTOM = ("et_al", "edtf", "keywords", "orcids", "extra")


def encode(record: Record) -> dict[str, Any]:
    """The record as one CSL-JSON item; absent fields are left out."""
    item: dict[str, Any] = {"id": record.id, "type": record.type}
    for name, variable in VARIABLES.items():
        if value := getattr(record, name):
            item[variable] = value
    custom: dict[str, Any] = {}
    _encode_names(record, item, custom)
    if record.issued:
        item["issued"] = date_parts(record.issued)
        if edtf(item["issued"]) != record.issued:
            custom["edtf"] = record.issued
    if record.keywords:
        item["keyword"] = "; ".join(record.keywords)
        if _split_keywords(item["keyword"]) != record.keywords:
            custom["keywords"] = list(record.keywords)
    if record.et_al:
        custom["et_al"] = True
    if record.extra:
        custom["extra"] = dict(record.extra)
    if custom:
        item["custom"] = custom
    return item


def decode(item: Mapping[str, Any]) -> Record:
    """The record of one CSL-JSON item; variables with no place in ``Record`` go to ``extra``."""
    custom = item.get("custom")
    custom = custom if isinstance(custom, Mapping) else {}
    texts = {name: _text(item[variable]) for name, variable in VARIABLES.items() if variable in item}
    extra = dict(custom.get("extra") or {})
    known = {*VARIABLES.values(), *NAME_VARIABLES, "id", "type", "issued", "keyword", "custom"}
    extra |= {
        key: _plain(value) for key, value in item.items() if key not in known and value not in (None, "")
    }
    extra |= {key: _plain(value) for key, value in custom.items() if key not in _CUSTOM}
    keywords = custom.get("keywords")
    return Record(
        id=_text(item.get("id", "")),
        type=_text(item.get("type", "")) or "document",
        authors=_decode_names(item, custom.get("orcids") or {}),
        et_al=bool(custom.get("et_al")),
        issued=_text(custom.get("edtf", "")) or edtf(item.get("issued")),
        keywords=tuple(keywords) if keywords else _split_keywords(item.get("keyword", "")),
        extra=extra,
        **texts,
    )


def date_parts(issued: str) -> dict[str, Any]:
    """A CSL date variable for an EDTF date; what date-parts cannot say becomes ``literal``."""
    matches = [_DATE.match(part) for part in issued.split("/")]
    if len(matches) > 2 or not all(matches):
        return {"literal": issued}
    parts = [[int(number) for number in match.groups() if number] for match in matches if match]
    if len(parts) == 1 and len(parts[0]) == 2 and parts[0][1] in _SEASONS:
        return {"date-parts": [parts[0][:1]], "season": _SEASONS[parts[0][1]]}
    if any(len(part) > 1 and not 1 <= part[1] <= 12 for part in parts):
        return {"literal": issued}
    return {"date-parts": parts}


def edtf(date: Any) -> str:
    """An EDTF date for a CSL date variable; ``raw`` and ``literal`` are kept as they are."""
    if isinstance(date, (str, int)):
        return str(date)
    if not isinstance(date, Mapping):
        return ""
    texts = []
    for part in date.get("date-parts") or []:
        try:
            numbers = [int(number) for number in part if number not in (None, "")]
        except (TypeError, ValueError):
            continue
        if numbers:
            texts.append("-".join([f"{numbers[0]:04d}", *(f"{number:02d}" for number in numbers[1:3])]))
    if not texts:
        return _text(date.get("raw") or date.get("literal") or "")
    season = str(date.get("season", ""))
    if len(texts) == 1 and season in {"1", "2", "3", "4"} and "-" not in texts[0][1:]:
        return f"{texts[0]}-{20 + int(season)}"
    return "/".join(texts[:2])


def _encode_names(record: Record, item: dict[str, Any], custom: dict[str, Any]) -> None:
    orcids: dict[str, str] = {}
    for author in record.authors:
        names = item.setdefault(author.role, [])
        if author.orcid:
            orcids[f"{author.role}.{len(names)}"] = author.orcid
        names.append({part: value for part, name in _NAME_PARTS.items() if (value := getattr(author, name))})
    if orcids:
        custom["orcids"] = orcids


def _decode_names(item: Mapping[str, Any], orcids: Mapping[str, str]) -> tuple[Author, ...]:
    authors = []
    for role in NAME_VARIABLES:
        names = item.get(role)
        for place, name in enumerate(names if isinstance(names, list) else []):
            if not isinstance(name, Mapping):
                name = {"literal": _text(name)}
            parts = {field: _text(name[part]) for part, field in _NAME_PARTS.items() if name.get(part)}
            if dropping := _text(name.get("dropping-particle", "")):
                parts["given"] = f"{parts.get('given', '')} {dropping}".strip()
            orcid = _text(orcids.get(f"{role}.{place}") or name.get("ORCID") or "")
            if parts:
                authors.append(Author(role=role, orcid=orcid, **parts))
    return tuple(authors)


def _split_keywords(text: Any) -> tuple[str, ...]:
    if isinstance(text, list):
        return tuple(_text(word) for word in text if _text(word))
    separator = ";" if ";" in str(text) else ","
    return tuple(word.strip() for word in str(text).split(separator) if word.strip())


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_text(part) for part in value)
    return "" if value is None else str(value)


def _plain(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [_text(part) for part in value]
    return _text(value)
