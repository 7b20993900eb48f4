"""Identifiers in an RIS record, which stand under many tags: DOI, PMID, PMC id, ISSN and ISBN."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.identity import isbns, normalise_doi, normalise_pmcid
from ingest.fields.draft import Draft, clean_doi, clean_issn

_LONG_NUMBER = re.compile(r"(?<!\d)(?:\d[ -]?){9}[\dXx](?!\d)|(?<!\d)(?:\d-?){13}(?!\d)")
_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]")
# The last three are EBSCO's names for MEDLINE.
_PUBMED = re.compile(r"pubmed|medline|\b(?:nlm|cmedm|mnh|mdc)\b", re.IGNORECASE)
_PMID = re.compile(r"\d{1,8}")
_PMCID = re.compile(r"PMC\d+")
_DOI_OR_ADDRESS = re.compile(r"\s*(?:doi\b|https?://)", re.IGNORECASE)


def put_identifiers(made: Draft, values: dict[str, list[str]]) -> None:
    """Take the identifiers of the work out of the values."""
    for tag in ("DO", "DOI"):
        for text in values.pop(tag, ()):
            made.put("doi", clean_doi(text), tag)
    if "doi" not in made.texts:
        for tag in ("M3", "L3", "N1", "C7"):
            found = next(filter(is_doi_or_address, values.get(tag, ())), "")
            if normalise_doi(found):
                made.put("doi", clean_doi(found), tag)
                break
    if "C2" in values and _PMCID.fullmatch(values["C2"][0]):
        made.put("pmcid", normalise_pmcid(values.pop("C2")[0]), "C2")
    elif "C2" in values and _PMID.fullmatch(values["C2"][0]) and values.get("DB") == ["Scopus"]:
        made.put("pmid", values.pop("C2")[0], "C2")
    if "AN" in values and _PMID.fullmatch(values["AN"][0]):
        database = " ".join(values.get("DB", []) + values.get("DP", []))
        if _PUBMED.search(database):
            made.put("pmid", values.pop("AN")[0], "AN")


def put_serial_numbers(made: Draft, values: dict[str, list[str]]) -> None:
    """Take ISSN and ISBN out of the values, which share a tag."""
    serial = []
    for text in values.pop("SN", ()):
        if _is_long(text) or (made.type == "book" and not _is_issn(text)):
            made.put("isbn", text, "SN")
        else:
            serial.append(text)
    if serial:
        made.put("issn", clean_issn(" ".join(serial)), "SN")


def is_doi_or_address(text: str) -> bool:
    """Whether the text begins as a DOI with its name, or as an address."""
    return bool(_DOI_OR_ADDRESS.match(text))


@lru_cache(maxsize=1 << 14)
def _is_long(text: str) -> bool:
    # Publishers' own examples and misprints have wrong check digits: the length tells as well.
    return bool(isbns(text) or _LONG_NUMBER.search(text))


def _is_issn(text: str) -> bool:
    return clean_issn(text) != text or bool(_ISSN.fullmatch(text))
