"""What a description says of its own standing, or of another work's: retracted, withdrawn, in doubt.

Read are the words of the databases, as their parsers keep them:

- PubMed XML and Europe PMC: ``Retracted Publication`` as a type, ``RetractionIn``, ``RetractionOf``,
  ``ExpressionOfConcernIn``, ``ErratumIn`` and their like
- nbib: ``RIN``, ``ROF``, ``ECI``, ``ECF``, ``EIN``, ``EFR``, ``CRI``, ``CRF``, ``RRI``, ``RRF``
- Crossref: ``updated-by``, ``update-to`` with "retraction", "withdrawal", "removal", "expression_of_concern"
- OpenAlex: ``is_retracted``
- titles: "RETRACTED: ...", "... [Retracted Article. See vol. 12 ...]", "Retraction notice to: ..."

A work about retractions says none of this in these places, and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from corpus.identity import normalise_doi
from corpus.record import Record

Kind = Literal["retracted", "withdrawn", "concern", "corrected"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a description says. ``about`` is "" for the work itself, else another's DOI or PMID ("doi:...").

    ``words`` are the words that say it; ``by`` is where the notice is said to stand ("doi:...", "pmid:..."),
    or "".
    """

    kind: Kind
    words: str
    about: str = ""
    by: str = ""


#: What an update by another is called -> what it makes of the work.
_KINDS: dict[str, Kind] = {
    "retraction": "retracted",
    "partialretraction": "concern",
    "withdrawal": "withdrawn",
    "removal": "withdrawn",
    "expressionofconcern": "concern",
    "erratum": "corrected",
    "correction": "corrected",
    "corrigendum": "corrected",
    "addendum": "corrected",
    "correctedandrepublished": "corrected",
    "retractedandrepublished": "retracted",
}
_NBIB: dict[str, tuple[Kind, bool]] = {
    "RIN": ("retracted", True),
    "ROF": ("retracted", False),
    "ECI": ("concern", True),
    "ECF": ("concern", False),
    "EIN": ("corrected", True),
    "EFR": ("corrected", False),
    "CRI": ("corrected", True),
    "CRF": ("corrected", False),
    "RRI": ("retracted", True),
    "RRF": ("retracted", False),
}
_PASSIVE, _ACTIVE = ("in", "by"), ("of", "for", "from")
_NO_LETTER = re.compile(r"[^a-z]+")
_TYPE = re.compile(r"(retracted|withdrawn) (?:publication|article|paper)\Z", re.IGNORECASE)
_TYPE_KEYS = frozenset({"PublicationType", "PT", "pubType", "publicationType", "type"})
_HEAD = re.compile(
    r"\W*(retracted|withdrawn)(?: (?:article|paper|chapter|publication))?\s*[:\]–—]\s*\S", re.IGNORECASE
)
_CAPITALS = re.compile(r"\W*(RETRACTED|WITHDRAWN)(?: (?:ARTICLE|PAPER|CHAPTER))?\s*[.–—-]\s+\S")
_TAIL = re.compile(
    r"[\[(]\s*(retracted|withdrawn)(?: (?:article|paper|publication))?"
    r"\s*(?:[.,;:]?\s*(?:see|in|by)\b[^\])]*)?[\])]?\W*\Z",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PMID = re.compile(r"(?:PMID|MED)\s*:\s*(\d+)", re.IGNORECASE)
#: What every description that says any of this has somewhere in its fields, as JSON, for a quick look.
SIGNS = re.compile(
    r"retract|withdrawn|withdrawal|expression.?of.?concern|removal|errat|corrig|addend|correct"
    rf'|"(?:{"|".join(_NBIB)})"',
    re.IGNORECASE,
)
_SIGN = re.compile(r"retract|withdraw|concern|removal|errat|correct|corrig|addend", re.IGNORECASE)


def said(record: Record) -> Iterator[Said]:
    """What the description says, each thing once."""
    yield from dict.fromkeys((*_title(record), *_types(record), *_extra(record)))


def _title(record: Record) -> Iterator[Said]:
    for pattern in (_HEAD, _CAPITALS, _TAIL):
        if match := pattern.search(record.title) if pattern is _TAIL else pattern.match(record.title):
            kind: Kind = "retracted" if match[1].lower() == "retracted" else "withdrawn"
            yield Said(kind, record.title[:300])
            return


def _types(record: Record) -> Iterator[Said]:
    listed = [record.genre, *record.keywords]
    for key in _TYPE_KEYS & set(record.extra):
        listed += _texts(record.extra[key])
    for text in listed:
        if match := _TYPE.match(text.strip()):
            yield Said("retracted" if match[1].lower() == "retracted" else "withdrawn", text.strip())


def _extra(record: Record) -> Iterator[Said]:
    for name, value in record.extra.items():
        if name == "is_retracted" and str(value).lower() == "true":
            yield Said("retracted", "is_retracted: true")
        elif name in _NBIB:
            kind, own = _NBIB[name]
            yield from (_of(kind, own, f"{name}: {text}") for text in _texts(value))
        elif name in ("updated-by", "update-to", "commentCorrection"):
            for text in _texts(value):
                yield from _told(text.partition(":")[0], name, text)
        elif _SIGN.search(name):
            for text in _texts(value):
                yield from _told(name, name, f"{name}: {text}")


def _told(called: str, name: str, words: str) -> Iterator[Said]:
    """What is called "RetractionIn", "Retraction of" or, updated by or to another, "retraction"."""
    plain = _NO_LETTER.sub("", called.lower())
    for ways, own in ((_PASSIVE, True), (_ACTIVE, False)):
        for way in ways:
            if plain.endswith(way) and plain[: -len(way)] in _KINDS:
                yield _of(_KINDS[plain[: -len(way)]], own, words)
                return
    if plain in _KINDS and name in ("updated-by", "update-to"):
        yield _of(_KINDS[plain], name == "updated-by", words)


def _of(kind: Kind, own: bool, words: str) -> Said:
    """What is said of the work itself by a notice elsewhere, or, by a notice, of the other work."""
    other = _identifier(words)
    return Said(kind, words[:300], "", other) if own else Said(kind, words[:300], other or "?")


def _identifier(words: str) -> str:
    if match := _PMID.search(words):
        return f"pmid:{match[1]}"
    if match := _DOI.search(words):
        return f"doi:{normalise_doi(match.group())}"
    return ""


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
