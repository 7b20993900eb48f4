"""HTML's characters in texts that are no HTML: web pages and databases let them through into exports."""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"(?<!\\)&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)


def has_entities(text: str) -> bool:
    """Whether there is anything for ``unescape`` to read."""
    return "&" in text and _ENTITY.search(text) is not None


def unescape(text: str) -> str:
    """The text with ``&lt;``, ``&#233;`` and the like read once; every other ampersand stays."""
    if "&" not in text or ";" not in text:
        return text
    return _ENTITY.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    # What HTML forbids (``&#0;``, half of a pair) becomes U+FFFD or nothing: then it stays as printed.
    character = html.unescape(match.group())
    return match.group() if character in ("", "\ufffd") else character
