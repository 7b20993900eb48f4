"""The texts, names and dates of PubMed's XML."""

from __future__ import annotations

import re

from lxml import etree

from corpus.record import Author
from ingest.fields.names import split_particle
from ingest.files.xml_elements import marked_text, tag_of


def plain_text(element: etree._Element) -> str:
    """The text of an element on one line, without its markup."""
    text = marked_text(element, _script) if len(element) else element.text or ""
    return " ".join(text.split())


def _script(element: etree._Element) -> str:
    tag = tag_of(element)
    parent = element.getparent()
    if parent is not None and tag_of(parent) in ("msup", "msub") and parent[-1] is element:
        return tag_of(parent)[1:]
    return tag


def author_of(element: etree._Element, role: str) -> Author:
    """The person or organisation of an ``Author`` or the like."""
    texts: dict[str, str] = {}
    for child in element:
        texts.setdefault(tag_of(child), plain_text(child))
    found = (one for one in element.iterfind("Identifier") if one.get("Source", "").upper() == "ORCID")
    orcid = next(map(plain_text, found), "")
    # "https://orcid.org/0000-0002-1825-0097", "0000000218250097"
    digits = re.sub(r"[^0-9X]", "", orcid.upper())[-16:]
    orcid = "-".join(digits[place : place + 4] for place in range(0, 16, 4)) if len(digits) == 16 else orcid
    if not texts.get("LastName"):
        return Author(literal=texts.get("CollectiveName", ""), orcid=orcid, role=role)
    given = " ".join(filter(None, (texts.get("ForeName") or texts.get("FirstName"), texts.get("MiddleName"))))
    particle, family = split_particle(texts["LastName"])
    return Author(
        family,
        given or texts.get("Initials", ""),
        particle=particle,
        suffix=texts.get("Suffix", ""),
        orcid=orcid,
        role=role,
    )


def date_text(element: etree._Element) -> str:
    """A date in words, or as numbers where it is in numbers: "1998 Dec-1999 Jan", "2005-10-03"."""
    texts = {tag_of(child): plain_text(child) for child in element}
    if printed := texts.get("MedlineDate"):
        return printed
    year, month, day = (texts.get(name, "") for name in ("Year", "Month", "Day"))
    if month.isdecimal():
        return "-".join([year, month.zfill(2), *([day.zfill(2)] if day else [])])
    return " ".join(filter(None, (year, month or texts.get("Season"), day if month else "")))
