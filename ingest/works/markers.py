"""What a title says of another work ("Erratum: ..."), and what databases write around a title."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.identity import fold

_MARKERS = {
    "erratum": r"^(?:(?:author|publisher|editorial) )?(?:errat(?:um|a)\b|corrig\w+|corrections?\b|addend\w+"
    r"|retraction\b|withdrawal\b|expression of concern|berichtigung\b|fe de errat\w+|rectificati\w+)"
    r"|\b(?:erratum|corrigendum|a correction)$",
    "comment": r"^(?:comments? (?:on|to)\b|commentary (?:on|to)\b|discussion of\b|re:|(?:in )?reply\b"
    r"|(?:(?:the )?authors?['’]? )?(?:reply|response)\b(?: to\b|:|$)|rejoinder|letter(?: to the editor)?: )"
    r"|: (?:an? |authors?['’]? )?(?:reply|response|comments?|commentary|rejoinder|discussion|letter)\b"
    r"(?! (?:time|rate|surface|to|of|in|and|from))",
    "review": r"^(?:book )?reviews? of\b|^book reviews?\b|: book reviews?$|\(book review\)",
    "protocol": r"\b(?:study|trial|review|research|project) protocol\b|\bprotocol (?:for|of) (?:an? |the )"
    r"|: (?:an? |the )?protocol$|: (?:study |trial )?(?:rationale and (?:study )?design"
    r"|design and rationale)$",
    "update": r": (?:an? )?(?:\d{4} )?update$|\brevisited$",
}
_MARKER = {name: re.compile(pattern) for name, pattern in _MARKERS.items()}
#: Without one of these no marker is there; most titles end here.
_MARKED = re.compile(
    r"errat|corr|adden|retract|withdraw|concern|berichtig|rectif|comment|discuss|^\W*re:|reply|respons|rejoin"
    r"|letter|review|protocol|rationale|update|revisit"
)
#: How databases print the erratum of an article under the article's title: "(vol 142, pg 310, 2003)".
ERRATUM_OF = re.compile(
    r"[\[(]vol\.? ?\d+,? (?:pg|pp?|page)\.? ?\w*\d+.*$|\([^()]{4,}\(\d{4}\)[ ,;:]*\d+[ ,:]*[(\d].*$",
    re.IGNORECASE,
)
_ERRATUM_HEAD = re.compile(
    r"^\W*(?:erratum|corrigendum|correction)(?: (?:to|for))?\s*[:.–—-]\s*", re.IGNORECASE
)
#: What databases add to the title of an article that has an erratum or a comment elsewhere.
_NOTE = re.compile(
    r"\s*[\[(](?:(?:published )?erratum (?:appears|in)|see comments?|comment in|retracted in|corrected)\b.*$",
    re.IGNORECASE,
)
#: What publishers put before the title of an article that they took back: it is still that article.
_RETRACTED = re.compile(
    r"^\W*(?:retracted|withdrawn)(?: article| paper| chapter)?\s*[:.\]–—-]\s*", re.IGNORECASE
)
#: How the title of a notice begins that takes another work back, or doubts it.
RETRACTION_OF = re.compile(
    r"^\W*(?:(?:notice of |statement of )?retraction\b|withdrawal\b|(?:editorial )?expression of concern\b)",
    re.IGNORECASE,
)
#: Heads and tails of works about another one, as they stand around its title.
_ABOUT_HEAD = re.compile(
    r"^\W*(?:(?:author|publisher|editorial)s?['’]? )?(?:errat(?:um|a)|corrigend(?:um|a)|corrections?"
    r"|addend\w+|retract\w+(?: note| notice)?|withdrawal|expression of concern|comments?|commentary"
    r"|discussion|(?:in )?reply|response|rejoinder|re|letter(?: to the editor)?|(?:book )?reviews?"
    r"|(?:study )?protocol)(?: (?:on|to|of|for|about))*\s*(?:the )?(?:article |paper )?[:.–—\"“‘' -]+\s*",
    re.IGNORECASE,
)
_ABOUT_TAIL = re.compile(
    r"\s*(?:[:.–—(\[]|-+\s)\s*(?:an? |the |(?:the )?authors?['’]? )?(?:reply|response|comments?|commentary"
    r"|rejoinder|discussion|letter|erratum|corrigendum|correction|(?:book )?review|(?:(?:study|trial|review"
    r"|research|project) )?protocol|(?:rationale and (?:study )?design|design and rationale))\b"
    r"(?: (?:for|of) (?:an? |the )[\w ,-]+)?\W*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 14)
def marker(title: str) -> str:
    """What the title says of another work: a name from ``_MARKERS``, or ``""``."""
    folded = fold(title)
    if not _MARKED.search(folded) and "(" not in folded and "[" not in folded:
        return ""
    if ERRATUM_OF.search(title):
        return "erratum"
    folded = re.sub(r"^[^\w]+", "", fold(_NOTE.sub("", _RETRACTED.sub("", title)))).strip()
    folded = re.sub(r"\s*[-–—:.]\s+", ": ", folded).rstrip(" .)]")
    return next((name for name, pattern in _MARKER.items() if pattern.search(folded)), "")


def bare(title: str) -> str:
    """The title without what databases and publishers write around it: "Erratum: ", "RETRACTED: "."""
    return _ERRATUM_HEAD.sub("", _RETRACTED.sub("", ERRATUM_OF.sub("", _NOTE.sub("", title))))


def about(title: str) -> str:
    """The title of the work that this one is about, as far as it can be taken out of its own title."""
    title = ERRATUM_OF.sub("", _NOTE.sub("", title))
    return _ABOUT_TAIL.sub("", _ABOUT_HEAD.sub("", title)).strip(" \"“”‘’'.")
