"""Clean text from the markup in titles and abstracts of Crossref (JATS, MathML) and Europe PMC (HTML).

A heading becomes the label of its part, "METHODS: ..."; parts and paragraphs stand a blank line apart.
"""

from __future__ import annotations

import html
import re

from ingest.fields.scripts import scripted

_COMMENT = re.compile(r"<!--.*?-->|<!\[CDATA\[|\]\]>", re.DOTALL)
_ALTERNATIVE = re.compile(r"<((?:jats:)?tex-math|mml:annotation)\b[^<>]*>.*?</\1>", re.DOTALL)
_HEADING = re.compile(
    r"<((?:jats:)?title|(?:jats:)?label|h[1-6])(?:\s[^<>]*)?>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE
)
_BLOCK = re.compile(
    r"</?(?:jats:)?(?:p|sec|abstract|trans-abstract|div|list|list-item|disp-formula|ul|ol|li|br|break)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<((?:jats:)?(?:sup|sub))(?:\s[^<>]*)?>([^<>]*)</\1\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][\w.-]*(?::[\w.-]+)?(?:\s[^<>]*)?/?>")
_WHOLE = re.compile(r"(?:abstract|summary|résumé|resumen|zusammenfassung|resumo)s?\s*[:.]?\Z", re.IGNORECASE)
_LEADING = re.compile(r"(?:ABSTRACT|Abstract)(?:\s*[:.]\s*|\s+(?=[A-Z]))")


def clean_text(text: str) -> str:
    """One line without markup: "CO<sub>2</sub> &amp; health" gives "CO₂ & health"."""
    if "<" in text:
        text = _BLOCK.sub(" ", _ALTERNATIVE.sub(" ", _COMMENT.sub("", text)))
        text = _SCRIPT.sub(lambda match: scripted(match.group(2), match.group(1).lower()[-3:]), text)
        text = _TAG.sub("", text)
    return " ".join(_unescaped(text).split())


def clean_abstract(text: str) -> str:
    """The abstract without markup and without the word "Abstract" above it."""
    if "<" not in text and "&" not in text:
        return text.strip()
    text = _ALTERNATIVE.sub(" ", _COMMENT.sub("", text))
    text = _HEADING.sub(_label, text)
    parts = [clean_text(part) for part in _BLOCK.sub("\0", text).split("\0")]
    joined = ""
    for part in filter(None, parts):
        # A label stands before its first paragraph, on the same line.
        joined += (" " if joined.endswith(":") else "\n\n") + part
    return _LEADING.sub("", joined.strip(), count=1) if _LEADING.match(joined.strip()) else joined.strip()


def _label(match: re.Match[str]) -> str:
    heading = clean_text(match.group(2)).rstrip(" :.")
    return "\0" if not heading or _WHOLE.match(heading) else f"\0{html.escape(heading)}:\0"


def _unescaped(text: str) -> str:
    """The text without entities; some publishers escape what they had escaped before."""
    if "&" not in text:
        return text
    text = html.unescape(text)
    return html.unescape(text) if re.search(r"&(?:amp|lt|gt|quot|#\d+);", text) else text
