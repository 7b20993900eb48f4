"""The parts of a printed reference, each found by its form and cut out of the text.

``cut_parts`` takes out all of them in the order in which one would be mistaken for another; what is left
stands between ``CUT`` marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ingest.fields.dates import has_year, printed_date
from ingest.fields.pages import page_range, total_pages

#: Stands where a part was cut out.
CUT = "\x00"
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|spring|summer|autumn|fall|winter)\b\.?"
)
_NUMBER = r"[A-Z]?\d+[A-Za-z]?"
_TO = r"\s*[-‐–—]\s*"
_YEAR = r"(?:1[5-9]|20)\d\d"
_DOI = re.compile(r"(?:\bdoi:?\s*|https?://(?:dx\.)?doi\.org/)?\b10\.\d{4,9}/\S+", re.IGNORECASE)
URL = re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)
_ISBN = re.compile(r"\bISBN[:\s]*((?:97[89][- ]?)?\d[\d -]{7,14}[\dXx])", re.IGNORECASE)
_ISSN = re.compile(r"\bISSN[:\s]*(\d{4}-?\d{3}[\dXx])", re.IGNORECASE)
_PRICE = re.compile(r"(?:£|\$|€)\s?\d+(?:\.\d\d)?", re.IGNORECASE)
_TOTAL = re.compile(
    r"(?:\b[ivxlcdm]+\s*[,+]\s*)?(?<![\d–-])\d+\s*(?:pp?\b\.?|pages\b|pgs?\b\.?)(?!\.?\s*\d)", re.IGNORECASE
)
_BRACKETED = re.compile(r"\[(\d+)\](?=\s*(?:pp?\b|pages))", re.IGNORECASE)
_PAGES = re.compile(
    rf"\b(?:pages?|pgs?|pp?)[.:]?\s*({_NUMBER}(?:{_TO}{_NUMBER})?(?:\s*,\s*{_NUMBER}{_TO}{_NUMBER})*)"
    rf"|(?<=:)\s*({_NUMBER}(?:{_TO}{_NUMBER})?)(?=\s*[.,;)]|\s*\Z)",
    re.IGNORECASE,
)
_BARE_PAGES = re.compile(rf"(?:(?<=[,;.\x00])|\A)\s*({_NUMBER}{_TO}{_NUMBER})\s*(?=[.,;]|\Z)")
_VOLUME = re.compile(
    rf"\b(?:vol(?:ume)?s?\.?|v\.)\s*(?!{_YEAR}\b)(\d+[A-Za-z]?(?:[-/]\d+)?|[IVXLC]+\b)", re.IGNORECASE
)
_ISSUE = re.compile(
    r"\b(?:no(?:s)?\.?|n\.|number|nr\.?|issues?|iss\.?|part|pt\.?)\s*(\d+[A-Za-z]?(?:\s*[-/&]\s*\d{1,3}(?!\d))?)(?!\d)",
    re.IGNORECASE,
)
_SUPPLEMENT = re.compile(r"\b(suppl(?:ement)?\.?(?:\s*(?:no\.?\s*)?\d+)?)(?=[\s,.;:)]|\Z)", re.IGNORECASE)
_VOLUME_ISSUE = re.compile(r"(?<![\w£$])(\d{1,4}[A-Za-z]?)\s*\(\s*([^()]{1,30}?)\s*\)")
_LONE_VOLUME = re.compile(r"(?:(?<=[,;.])|\A)\s*(\d{1,3})\s*(?=[,;:.]|\Z)")
# "Journal, 2004, 13, 3, 225-233": the number behind the volume.
_LONE_ISSUE = re.compile(rf"(?<={CUT})\s*,\s*(\d{{1,3}})\s*(?=[,;:])")
# Weeklies number their issues on: no year is meant.
_WEEKLY = re.compile(r"(?<=,)\s*(1[0-4]\d\d|2[1-9]\d\d|[3-9]\d{3})\s*(?=[,;])")
_ISSUE_LABEL = re.compile(r"\b(?:nos?|n|number|nr|issues?|iss|part|pt)\.?\s*\Z", re.IGNORECASE)
_TRAILING_VOLUME = re.compile(r"(?<=[a-z])\s+(\d{1,3})\s*(?=[,;:]|\Z)")
_ONE_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
# "26 June-2 July 2003", "2003 June 26-July 2"
_WEEK = re.compile(
    rf"(?<!\d)({_ONE_DAY}\s+{_MONTHS})\s*[-–]\s*({_ONE_DAY}\s+{_MONTHS}),?\s+({_YEAR})"
    rf"|(?<!\d)({_YEAR}),?\s+({_MONTHS}\s+{_ONE_DAY})\s*[-–]\s*({_MONTHS}\s+{_ONE_DAY})(?!\d)",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\(?\[?\b(?:(?:{_ONE_DAY}(?:\s*[-–]\s*{_ONE_DAY})?\s+)?(?:{_MONTHS}(?:\s*(?:[-–/&]|and|to)\s*{_MONTHS})?\s*)"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?,?\s*)?(?<![\d-])[c©]?{_YEAR}(?:\s*[/–-]\s*(?:{_YEAR}|\d\d)(?!\d))?[a-z]?\b"
    rf"(?:\s+{_MONTHS}(?:\s+\d{{1,2}}\b)?)?\)?\]?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b,?\s+(?=\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTHS})",
    re.IGNORECASE,
)
_DOTTED_DATE = re.compile(r"(?<![\d.])([12]?\d|3[01])\.(1[0-2]|0?[1-9])\.((?:1[5-9]|20)?\d\d)(?![\d.]*\d)")
# Numbers of papers laid before Parliament.
_PAPER = re.compile(r"[\s,]*\(?\b((?:Cm|Cmnd|Cmd|HC|HL)\.?\s?\d{2,5})\b\)?[\s,]*(?![\d(])")
_GENRE = re.compile(
    r"\A((?:(?:unpublished|doctoral)\s+){0,2}(?:ph\.?\s?d|d\.?phil|m\.?phil|m\.?sc|m\.?a|mba|ed\.?d|m\.?s\.?w"
    r"|master'?s?|doctoral)\.?\s*(?:thesis|dissertation)"
    r"|(?:(?:research|final|annual|summary|working|discussion|briefing|occasional)\s+)?"
    r"(?:report|booklet|leaflet|pamphlet|paper|circular|guidance))\s*[,:]\s+(?=[A-Z])",
    re.IGNORECASE,
)
_UNDATED = re.compile(r"\[?\(?\b(?:n\.\s?d\.?|undated|no date|in press|forthcoming)\)?\]?", re.IGNORECASE)
_EDITION = re.compile(
    r"\b((?:\d+(?:st|nd|rd|th)|second|third|fourth|fifth|revised|rev\.?))\s+ed(?:ition|n)?\b\.?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Reference:
    """The parts of a printed reference; ``name`` is the journal's or the publisher's, ``left`` the unread."""

    name: str = ""
    place: str = ""
    volume: str = ""
    issue: str = ""
    issued: str = ""
    page: str = ""
    number_of_pages: str = ""
    edition: str = ""
    isbn: str = ""
    issn: str = ""
    doi: str = ""
    url: str = ""
    number: str = ""
    genre: str = ""
    undated: bool = False
    left: str = ""

    @property
    def is_serial(self) -> bool:
        """Whether volume, issue or a page range was read."""
        return bool(self.volume or self.issue or self.page)


def cut_parts(found: Reference, text: str) -> tuple[str, list[str]]:
    """The text without the parts that are now in ``found``, and the prices that stood in it."""
    text = _cut_identifiers(found, text)
    text = _cut_paper(found, text)
    text = _cut_volume_issue(found, text)
    prices: list[str] = []
    text = _cut(text, _PRICE, lambda match: prices.append(match.group()))
    text = _cut(text, _EDITION, lambda match: setattr(found, "edition", match[1].lower()))
    text = _cut_pages(found, text)
    # Before the dates: the number may stand before a month, and issues of a weekly look like years.
    text = _cut(text, _VOLUME, lambda match: setattr(found, "volume", found.volume or match[1]))
    text = _cut(text, _ISSUE, lambda match: _set_issue(found, match[1]))
    text = _cut_date(found, text)
    text = _cut(text, _SUPPLEMENT, lambda match: _set_issue(found, match[1]))
    return _cut_lone_numbers(found, text), prices


def _cut_lone_numbers(found: Reference, text: str) -> str:
    """The text without the numbers that only their place tells to be volume, issue and pages."""
    if not (found.volume or found.issue):
        text = _cut(text, _WEEKLY, lambda match: setattr(found, "issue", match[1]), once=True)
    for pattern in (_LONE_VOLUME, _TRAILING_VOLUME):
        if not found.volume:
            text = _cut(text, pattern, lambda match: setattr(found, "volume", match[1]), once=True)
            if found.volume and not found.issue:
                text = _cut(text, _LONE_ISSUE, lambda match: _set_issue(found, match[1]), once=True)
    if not found.page and not found.number_of_pages:
        text = _cut(text, _BARE_PAGES, lambda match: setattr(found, "page", page_range(match[1])), once=True)
    return text


def _cut(
    text: str, pattern: re.Pattern[str], take: Callable[[re.Match[str]], object], *, once: bool = False
) -> str:
    match = pattern.search(text)
    while match:
        take(match)
        text = f"{text[: match.start()]}{CUT}{text[match.end() :]}"
        if once:
            break
        match = pattern.search(text)
    return text


def _cut_identifiers(found: Reference, text: str) -> str:
    text = _cut(text, _DOI, lambda match: setattr(found, "doi", match.group().rstrip(".,;)")), once=True)
    text = _cut(text, URL, lambda match: setattr(found, "url", found.url or match.group().rstrip(".,;)")))
    text = _cut(text, _ISBN, lambda match: setattr(found, "isbn", match[1].strip()), once=True)
    return _cut(text, _ISSN, lambda match: setattr(found, "issn", match[1]), once=True)


def _cut_paper(found: Reference, text: str) -> str:
    """The text without the number of a command paper and the word "Report" that may stand first."""
    if paper := _PAPER.search(text):
        found.number = paper[1]
        text = f"{text[: paper.start()]}, {text[paper.end() :]}".strip(" ,")
    if genre := _GENRE.match(text):
        found.genre = genre[1]
        text = text[genre.end() :]
    return text


def _cut_volume_issue(found: Reference, text: str) -> str:
    # "No. 2 (March 2005)" has no volume before the bracket.
    found_here = _VOLUME_ISSUE.finditer(text)
    match = next((one for one in found_here if not _ISSUE_LABEL.search(text[: one.start()])), None)
    if not match:
        return text
    inside = match[2]
    start = match.start()
    if volume := re.search(r"(?:vol(?:ume)?\.?|v\.)\s*\Z", text[:start], re.IGNORECASE):
        start = volume.start()
    if re.fullmatch(_YEAR, match[1]) and not has_year(inside):
        # "2005 (10)": the number before the bracket is the year, that in it the issue.
        found.issued, found.issue = match[1], _issue(inside)
    elif re.fullmatch(rf"{_YEAR}.*", inside) or (has_year(inside) and not inside.isdecimal()):
        found.volume, found.issued = match[1], printed_date(inside)
    else:
        found.volume, found.issue = match[1], _issue(inside)
    return f"{text[:start]}{CUT}{text[match.end() :]}"


def _issue(text: str) -> str:
    text = re.sub(
        r"\A(?:nos?\.?|number|issue|iss\.?|part|pt\.?)\s*(?=\d)", "", text.strip(), flags=re.IGNORECASE
    )
    return re.sub(r"\s*[–—]\s*", "-", text)


def _set_issue(found: Reference, issue: str) -> None:
    issue = _issue(issue).rstrip(".")
    found.issue = f"{found.issue} {issue}" if found.issue and issue not in found.issue else issue


def _cut_pages(found: Reference, text: str) -> str:
    text = _BRACKETED.sub(r"\1", text)
    match = _TOTAL.search(text)
    if match and (total := total_pages(match.group())):
        found.number_of_pages = total
        text = f"{text[: match.start()]}{CUT}{text[match.end() :]}"
    match = _PAGES.search(text)
    if match:
        found.page = page_range(match[1] or match[2])
        text = f"{text[: match.start()]}{CUT}{text[match.end() :]}"
    return text


def _cut_date(found: Reference, text: str) -> str:
    text = _cut(_WEEKDAY.sub("", text), _WEEK, lambda match: _set_week(found, match), once=True)
    text = _cut(text, _DOTTED_DATE, lambda match: setattr(found, "issued", _day(*match.groups())), once=True)
    latest = date.today().year + 1
    matches = [match for match in _DATE.finditer(text) if int(re.findall(_YEAR, match.group())[0]) <= latest]
    if matches:
        # The name of a series may hold a year ("Every Child Matters 2004, 2005"): take the last date.
        match = matches[-1] if len(matches) > 1 and not found.issued else matches[0]
        printed = printed_date(match.group())
        if not (printed and found.issued.startswith(printed)):
            found.issued = printed or found.issued
        text = f"{text[: match.start()]}{CUT}{text[match.end() :]}"
        text = _cut_season(found, text)
    elif undated := _UNDATED.search(text):
        found.undated = True
        text = f"{text[: undated.start()]}{CUT}{text[undated.end() :]}"
    elif found.issued:
        text = _cut_season(found, text)
    return text


def _set_week(found: Reference, match: re.Match[str]) -> None:
    first, last = (match[1], match[2]) if match[1] else (match[5], match[6])
    year = match[3] or match[4]
    days = [printed_date(f"{day} {year}") for day in (first, last)]
    found.issued = "/".join(days) if days[0] < days[1] else days[0]


def _day(day: str, month: str, year: str) -> str:
    """The EDTF date of "5.8.04": days stand first where dots part them."""
    if len(year) == 2:
        year = f"20{year}" if int(year) <= date.today().year % 100 + 1 else f"19{year}"
    return f"{year}-{int(month):02d}-{int(day):02d}"


def _cut_season(found: Reference, text: str) -> str:
    """A month that stands apart from its year: "2005, October, 28(10)"."""
    if len(found.issued) != 4:
        return text
    match = re.search(
        rf"(?<=[,;({CUT}])\s*((?:\d{{1,2}}\s+)?{_MONTHS}(?:\s*[-–/]\s*{_MONTHS})?)\s*(?=[,;)]|{CUT}|\Z)",
        text,
        re.I,
    )
    if not match:
        return text
    found.issued = printed_date(f"{match[1]} {found.issued}") or found.issued
    return f"{text[: match.start()]}{CUT}{text[match.end() :]}"
