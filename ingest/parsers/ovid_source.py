"""What the reference in Ovid's ``SO`` says: "Child Abuse & Neglect. 29(10):1085-98, 2005 Oct."."""

from __future__ import annotations

import re

from ingest.fields.dates import database_date
from ingest.fields.draft import Draft
from ingest.fields.reference import parse_reference

_PUBLISHED = re.compile(r"\s*Date of Publication:\s*(?P<date>[^.]*)\.?", re.IGNORECASE)
_NUMBER = re.compile(
    r",?\s*(?:Article(?: Number)?|Art\. No\.?|ArtID):?\s*(?P<number>[\w.-]*\w)\.?", re.IGNORECASE
)
_UNPAGED = re.compile(r"\s*\(?(?:no pagination|unpaginated)(?: specified)?\)?", re.IGNORECASE)
_CONFERENCE = re.compile(r"\.\s*Conference:\s*(?P<name>.*?)\.(?=\s*\d+\s*[(:,])", re.IGNORECASE)
_ISSUE_ALONE = re.compile(r"\.\s*\((?P<issue>\d+)\):(?P<page>\w+)(?=,)")
# "376 pp. New York, NY, US: Brunner-Routledge; US."
_IMPRINT = re.compile(r"\bpp?\. (?P<place>[^:]{2,60}): (?P<name>[^;:]+?)(?:;[^;]*)?\.?\Z")


def put_source(made: Draft, source: str) -> None:
    """Fill what is not filled yet from a reference; it is kept as printed, and so is its conference."""
    made.keep("SO", source)
    if published := _PUBLISHED.search(source):
        source = source.replace(published.group(), "")
    page = ""
    if number := _NUMBER.search(source):
        page = number["number"]
        source = source.replace(number.group(), "")
    source = _UNPAGED.sub("", source)
    if conference := _CONFERENCE.search(source):
        made.keep("Conference", conference["name"])
        source = f"{source[: conference.start()]}. {source[conference.end() :]}"
    if alone := _ISSUE_ALONE.search(source):
        # The Cochrane Database has issues in a year and no volumes.
        made.texts.setdefault("issue", alone["issue"])
        page = page or alone["page"]
        source = f"{source[: alone.start()]}{source[alone.end() :]}"
    found = parse_reference(source)
    if "container_title" not in made.texts and made.type not in ("book", "thesis", "report"):
        made.put("container_title", found.name.rstrip("."), "SO")
    for name, text in (
        ("volume", found.volume),
        ("issue", found.issue),
        ("page", found.page or page),
        ("number_of_pages", found.number_of_pages),
        ("doi", found.doi),
        ("isbn", found.isbn),
        ("url", found.url),
    ):
        if text:
            made.texts.setdefault(name, text)
    if made.type == "book" and (imprint := _IMPRINT.search(source)):
        made.texts.setdefault("publisher", imprint["name"])
        made.texts.setdefault("publisher_place", imprint["place"])
    date = database_date(published["date"]) if published else ""
    for issued in (found.issued, date):
        if issued.startswith(made.issued) and len(issued) > len(made.issued):
            made.issued = issued
