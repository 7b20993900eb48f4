"""Page ranges and numbers of pages as they are printed, written out and folded."""

from __future__ import annotations

import re

from corpus.identity import fold

_DASHES = re.compile(r"\s*(?:-{1,3}|[‐‑‒–—−])\s*")
_PREFIX = re.compile(r"\A(?:pages?|pgs?|pp?)\b[.:]?\s*|\A(?:pp|p)\.?\s*(?=[\dSsEeRr])", re.IGNORECASE)
_SECOND_PREFIX = re.compile(r"-pp?\.?\s*(?=\d)", re.IGNORECASE)
_RANGE = re.compile(r"([A-Za-z]{0,3})(\d+)([A-Za-z]?)-([A-Za-z]{0,3})(\d+)([A-Za-z]?)\Z")
_TOTAL = re.compile(
    r"(?P<roman>[ivxlcdm]+\s*[,+]\s*)?(?P<pages>\d+(?:\s*[,+]\s*[ivxlcdm\d]+)?)\s*(?:pages|pgs?|pp?)\.?\Z",
    re.IGNORECASE,
)
_FIRST_AND_LAST = re.compile(r"([a-z]{0,3})\W{0,2}0*(\d+)(?:\s*[-–—−]+\s*([a-z]{0,3})0*(\d+))?")
_COUNT = re.compile(r"^(?:[xvil]+, ?)?\d+ ?(?:p|pp|pages|s|seiten)\.?$")


def page_range(text: str, *, expand: bool = True) -> str:
    """The pages with a plain hyphen and the last page written out: "pp.475–82" gives "475-482".

    A list ("12, 15-8") is expanded part by part; what is no range comes back as it was. Without
    ``expand`` only the signs are mended.
    """
    first, _, last = text.partition("-")
    if first.isdecimal() and last.isdecimal() and len(first) <= len(last):
        return text
    text = " ".join(text.split()).rstrip(".;,")
    text = _PREFIX.sub("", text)
    parts = (_SECOND_PREFIX.sub("-", _DASHES.sub("-", part.strip())) for part in text.split(","))
    return ", ".join(_expand(part) if expand else part for part in parts if part)


def total_pages(text: str) -> str:
    """The number of pages in "165p.", "xii, 220p." or "146 pages"; "" if the text is something else."""
    match = _TOTAL.match(text.strip())
    return " ".join(match.group("pages").split()) if match else ""


def first_and_last(text: str) -> tuple[str, str]:
    """First and last page in full: "187-98" gives ("187", "198"); ("", "") where none can be read."""
    text = fold(text).strip()
    text = text.removeprefix("pages").removeprefix("page").removeprefix("pp").lstrip(". :")
    found = None if _COUNT.match(text) else _FIRST_AND_LAST.search(text)
    if not found:
        return "", ""
    prefix, first, last_prefix, last = found.groups()
    prefix = "" if prefix in ("p", "pp", "pg") and len(first) > 2 else prefix
    if last is None:
        return prefix + first, ""
    if len(last) < len(first) and (last_prefix or "") in ("", prefix):
        last = first[: len(first) - len(last)] + last
    return prefix + first, (last_prefix or prefix) + last


def _expand(text: str) -> str:
    match = _RANGE.match(text)
    if not match:
        return text
    prefix, first, mark, prefix_last, last, mark_last = match.groups()
    # "S45-8" and "475-82" leave out what both pages have in common.
    if len(last) < len(first) and prefix_last in ("", prefix):
        whole = first[: len(first) - len(last)] + last
        if int(whole) > int(first):
            return f"{prefix}{first}{mark}-{prefix}{whole}{mark_last}"
    elif prefix and not prefix_last and int(last) >= int(first):
        return f"{prefix}{first}{mark}-{prefix}{last}{mark_last}"
    return text
