"""The CSL type of a printed record, from what its fields say."""

from __future__ import annotations

import re

from ingest.fields.draft import Draft
from ingest.fields.names import is_organisation

_THESIS = re.compile(
    r"\b(?:ph\.?d|doctoral|master'?s?|m\.?sc|m\.?phil)\b.{0,20}\b(?:thesis|dissertation)\b", re.IGNORECASE
)
_REPORT_TITLE = re.compile(
    r"\b(?:report|guidance|white paper|green paper|working paper|briefing|consultation)\b", re.IGNORECASE
)
#: Words in the names of publishing houses.
COMMERCIAL = re.compile(
    r"\b(?:press|books?|publish(?:ers?|ing|ing house|ed)|publications|ltd|limited|inc|verlag|sons|routledge"
    r"|wiley|blackwell|sage|palgrave|macmillan|kingsley|ashgate|elsevier|springer|penguin|mcgraw|pearson|polity)\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:tso|hmso|stationery office|her majesty|king's fund|crown|scie|nice)\b", re.IGNORECASE
)
_NEWSPAPER = re.compile(
    r"\b(?:guardian|times|telegraph|independent|observer|herald|gazette|daily|post)\b", re.IGNORECASE
)


def guess_type(made: Draft) -> str:
    """The CSL type that the fields let expect."""
    texts = made.texts
    title, publisher, container = (texts.get(name, "") for name in ("title", "publisher", "container_title"))
    if _THESIS.search(f"{title} {publisher} {container}"):
        return "thesis"
    if container and not publisher:
        return _guess_serial(made, container)
    if container:
        return "article-journal" if texts.get("volume") or texts.get("issn") else "chapter"
    if publisher:
        return _guess_book(made, title, publisher)
    if texts.get("volume") or texts.get("issue"):
        return "article-journal"
    return "book" if texts.get("isbn") else "document"


def _guess_serial(made: Draft, container: str) -> str:
    # Weeklies are dated to the day, or by the first and last of a week.
    day = len(made.issued.partition("/")[0]) == 10
    if day and not made.texts.get("volume"):
        return "article-newspaper" if _NEWSPAPER.search(container) else "article-magazine"
    return "article-journal"


def _guess_book(made: Draft, title: str, publisher: str) -> str:
    if COMMERCIAL.search(publisher):
        return "book"
    if (
        is_organisation(publisher)
        or _STATE.search(publisher)
        or (_REPORT_TITLE.search(title) and not made.authors)
    ):
        return "report"
    return "book"
