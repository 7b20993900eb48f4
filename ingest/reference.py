"""What a printed reference says: "Child Abuse and Neglect, 28(10), October 2005, pp1085-1098".

Also a publisher's line: "London: TSO, 2003, xii, 220p.". What is understood is cut out piece by piece;
the words before the first number are the name of the journal or of the publisher.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ingest.dates import has_year, printed_date
from ingest.pages import page_range, total_pages

_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|spring|summer|autumn|fall|winter)\b\.?"
)
_NUMBER = r"[A-Z]?\d+[A-Za-z]?"
_TO = r"\s*[-‐–—]\s*"
_YEAR = r"(?:1[5-9]|20)\d\d"
_DOI = re.compile(r"(?:\bdoi:?\s*|https?://(?:dx\.)?doi\.org/)?\b10\.\d{4,9}/\S+", re.IGNORECASE)
_URL = re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)
_ISBN = re.compile(r"\bISBN[:\s]*((?:97[89][- ]?)?\d[\d -]{7,14}[\dXx])", re.IGNORECASE)
_ISSN = re.compile(r"\bISSN[:\s]*(\d{4}-?\d{3}[\dXx])", re.IGNORECASE)
_PRICE = re.compile(r"(?:£|\$|€)\s?\d+(?:\.\d\d)?", re.IGNORECASE)
_TOTAL = re.compile(
    r"(?:\b[ivxlcdm]+\s*[,+]\s*)?(?<![\d–-])\d+\s*(?:pp?\b\.?|pages\b|pgs?\b\.?)(?!\.?\s*\d)", re.IGNORECASE
)
_PAGES = re.compile(
    rf"\b(?:pages?|pgs?|pp?)[.:]?\s*({_NUMBER}(?:{_TO}{_NUMBER})?(?:\s*,\s*{_NUMBER}{_TO}{_NUMBER})*)"
    rf"|(?<=:)\s*({_NUMBER}(?:{_TO}{_NUMBER})?)(?=\s*[.,;)]|\s*\Z)",
    re.IGNORECASE,
)
_BARE_PAGES = re.compile(rf"(?:(?<=[,;\x00])|\A)\s*({_NUMBER}{_TO}{_NUMBER})\s*(?=[.,;]|\Z)")
_VOLUME = re.compile(r"\b(?:vol(?:ume)?s?\.?|v\.)\s*(\d+[A-Za-z]?(?:[-/]\d+)?|[IVXLC]+\b)", re.IGNORECASE)
_ISSUE = re.compile(
    r"\b(?:no(?:s)?\.?|number|nr\.?|issues?|iss\.?|part|pt\.?)\s*(\d+[A-Za-z]?(?:\s*[-/&]\s*\d{1,3}(?!\d))?)(?!\d)",
    re.IGNORECASE,
)
_SUPPLEMENT = re.compile(r"\b(suppl(?:ement)?\.?(?:\s*(?:no\.?\s*)?\d+)?)(?=[\s,.;:)]|\Z)", re.IGNORECASE)
_VOLUME_ISSUE = re.compile(r"(?<![\w£$])(\d{1,4}[A-Za-z]?)\s*\(\s*([^()]{1,30}?)\s*\)")
_LONE_VOLUME = re.compile(r"(?:(?<=[,;.])|\A)\s*(\d{1,3})\s*(?=[,;:.]|\Z)")
_TRAILING_VOLUME = re.compile(r"(?<=[a-z])\s+(\d{1,3})\s*(?=[,;:]|\Z)")
_DATE = re.compile(
    rf"\(?\[?\b(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTHS}(?:\s*(?:[-–/&]|and|to)\s*{_MONTHS})?\s*)"
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
    r"\A((?:(?:research|final|annual|summary|working|discussion|briefing|occasional)\s+)?"
    r"(?:report|booklet|leaflet|pamphlet|paper|circular|guidance))\s*[,:]\s+(?=[A-Z])",
    re.IGNORECASE,
)
# What catalogues say of a book's or a journal's form.
_FORM_TEXT = (
    "table tables diagr diagrs diagrams illus illustrations fig figs map maps chart charts bibliog bibl refs "
    "references index indexes photos plates tabs unpaginated unpaged paperback hardback pbk hbk e-journal "
    "ejournal online electronic internet web pdf cd-rom video loose-leaf looseleaf various pagings"
)
_FORM = frozenset(_FORM_TEXT.split())
_UNDATED = re.compile(r"\[?\(?\b(?:n\.\s?d\.?|undated|no date|in press|forthcoming)\)?\]?", re.IGNORECASE)
_EDITION = re.compile(
    r"\b((?:\d+(?:st|nd|rd|th)|second|third|fourth|fifth|revised|rev\.?))\s+ed(?:ition|n)?\b\.?",
    re.IGNORECASE,
)
_LEADING_IN = re.compile(r"\A(?:in\s*:|in\b)\s*(?=[A-Z\"“'‘])", re.IGNORECASE)
_CUT = "\x00"
_LEFT = re.compile(r"[^\W\d_]{2,}|\d+")
_PLACES_TEXT = (
    "london oxford cambridge bristol edinburgh glasgow cardiff belfast dublin manchester birmingham "
    "leeds sheffield liverpool york brighton basingstoke aldershot abingdon buckingham maidenhead "
    "milton_keynes harmondsworth chichester lewes exeter southampton nottingham leicester "
    "norwich durham lancaster coventry dartington totnes aberdeen dundee stirling swansea "
    "new_york chicago boston washington washington_dc philadelphia baltimore "
    "thousand_oaks san_francisco los_angeles toronto montreal vancouver ottawa sydney "
    "melbourne canberra brisbane auckland wellington paris geneva brussels amsterdam rotterdam "
    "utrecht copenhagen stockholm oslo helsinki berlin hamburg munich vienna zurich rome madrid "
    "barcelona lisbon tokyo singapore hong_kong new_delhi delhi mumbai dordrecht hoboken "
    "malden princeton new_haven"
)
_PLACES = frozenset(_PLACES_TEXT.split())


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


def parse_reference(text: str) -> Reference:
    """What a printed reference to a journal, a book or a publisher says."""
    found = Reference()
    text = " ".join(text.split())
    text = _cut_identifiers(found, _LEADING_IN.sub("", text))
    text = _cut_paper(found, text)
    text = _cut_volume_issue(found, text)
    prices: list[str] = []
    text = _cut(text, _PRICE, lambda match: prices.append(match.group()))
    text = _cut(text, _EDITION, lambda match: setattr(found, "edition", match[1].lower()))
    text = _cut_pages(found, text)
    # Before the dates: the issues of a weekly have the numbers of years.
    text = _cut(text, _ISSUE, lambda match: _set_issue(found, match[1]))
    text = _cut_date(found, text)
    text = _cut(text, _VOLUME, lambda match: setattr(found, "volume", found.volume or match[1]))
    text = _cut(text, _SUPPLEMENT, lambda match: _set_issue(found, match[1]))
    for pattern in (_LONE_VOLUME, _TRAILING_VOLUME):
        if not found.volume:
            text = _cut(text, pattern, lambda match: setattr(found, "volume", match[1]), once=True)
    if not found.page and not found.number_of_pages:
        text = _cut(text, _BARE_PAGES, lambda match: setattr(found, "page", page_range(match[1])), once=True)
    head, _, tail = text.partition(_CUT)
    found.name = _bare(head)
    rest = _bare(tail.replace(_CUT, " "))
    found.left = " ".join([rest, *prices]).strip() if _LEFT.search(rest) or prices else ""
    return found


def parse_publisher(text: str) -> Reference:
    """What a publisher's line says: its place is split from its name."""
    found = parse_reference(text)
    if not found.name and found.left:
        # "2003, Department of Health": the name stands behind the year.
        found.name, found.left = found.left, ""
    parts = [part.strip() for part in re.split(r"\s*[,;]\s*", found.name) if part.strip()]
    place, colon, name = found.name.partition(":")
    if colon and name.strip() and len(place.split()) <= 5:
        found.place, found.name = place.strip(), name.strip()
    elif len(parts) > 1 and is_place(parts[0]):
        found.place, found.name = parts[0], ", ".join(parts[1:])
    elif len(parts) > 1 and is_place(parts[-1]):
        found.place, found.name = parts[-1], ", ".join(parts[:-1])
    elif not colon and is_place(found.name) and len(parts) == 1:
        found.place, found.name = found.name, ""
    elif found.left and is_place(found.left):
        found.place, found.left = found.left, ""
    return found


def looks_like_reference(text: str) -> bool:
    """Whether a printed value can be a reference and not a sentence."""
    if len(text) > 400 or (not text[:1].isalnum() and text[:1] not in "\"“'‘[("):
        return False
    if _URL.fullmatch(text):
        return True
    found = parse_reference(text)
    if not (found.issued or found.is_serial or found.number_of_pages or found.undated):
        return False
    if (
        not found.name
        or not (found.name[0].isupper() or found.name[0].isdigit())
        or len(found.name.split()) > 16
    ):
        return False
    left = found.left.split()
    return len(left) <= 8 and not any(
        word.islower() and word not in _SMALL and word.strip(".,;") not in _FORM for word in left
    )


_SMALL = frozenset({"and", "of", "for", "the", "in", "on", "by", "ed", "eds", "et", "al"})


def _cut(text: str, pattern: re.Pattern[str], take: object, *, once: bool = False) -> str:
    match = pattern.search(text)
    while match:
        take(match)  # type: ignore[operator]
        text = f"{text[: match.start()]}{_CUT}{text[match.end() :]}"
        if once:
            break
        match = pattern.search(text)
    return text


def _cut_identifiers(found: Reference, text: str) -> str:
    text = _cut(text, _DOI, lambda match: setattr(found, "doi", match.group().rstrip(".,;)")), once=True)
    text = _cut(text, _URL, lambda match: setattr(found, "url", found.url or match.group().rstrip(".,;)")))
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
    match = _VOLUME_ISSUE.search(text)
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
    return f"{text[:start]}{_CUT}{text[match.end() :]}"


def _issue(text: str) -> str:
    text = re.sub(
        r"\A(?:nos?\.?|number|issue|iss\.?|part|pt\.?)\s*(?=\d)", "", text.strip(), flags=re.IGNORECASE
    )
    return re.sub(r"\s*[–—]\s*", "-", text)


def _set_issue(found: Reference, issue: str) -> None:
    issue = _issue(issue).rstrip(".")
    found.issue = f"{found.issue} {issue}" if found.issue and issue not in found.issue else issue


def _cut_pages(found: Reference, text: str) -> str:
    match = _TOTAL.search(text)
    if match and (total := total_pages(match.group())):
        found.number_of_pages = total
        text = f"{text[: match.start()]}{_CUT}{text[match.end() :]}"
    match = _PAGES.search(text)
    if match:
        found.page = page_range(match[1] or match[2])
        text = f"{text[: match.start()]}{_CUT}{text[match.end() :]}"
    return text


def _cut_date(found: Reference, text: str) -> str:
    text = _WEEKDAY.sub("", text)
    text = _cut(text, _DOTTED_DATE, lambda match: setattr(found, "issued", _day(*match.groups())), once=True)
    latest = date.today().year + 1
    matches = [match for match in _DATE.finditer(text) if int(re.findall(_YEAR, match.group())[0]) <= latest]
    if matches:
        # The name of a series may hold a year ("Every Child Matters 2004, 2005"): take the last date.
        match = matches[-1] if len(matches) > 1 and not found.issued else matches[0]
        printed = printed_date(match.group())
        if not (printed and found.issued.startswith(printed)):
            found.issued = printed or found.issued
        text = f"{text[: match.start()]}{_CUT}{text[match.end() :]}"
        text = _cut_season(found, text)
    elif undated := _UNDATED.search(text):
        found.undated = True
        text = f"{text[: undated.start()]}{_CUT}{text[undated.end() :]}"
    elif found.issued:
        text = _cut_season(found, text)
    return text


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
        rf"(?<=[,;({_CUT}])\s*((?:\d{{1,2}}\s+)?{_MONTHS}(?:\s*[-–/]\s*{_MONTHS})?)\s*(?=[,;)]|{_CUT}|\Z)",
        text,
        re.I,
    )
    if not match:
        return text
    found.issued = printed_date(f"{match[1]} {found.issued}") or found.issued
    return f"{text[: match.start()]}{_CUT}{text[match.end() :]}"


def is_place(text: str) -> bool:
    """Whether a text begins with a town where publishers are."""
    first = re.split(r"[,/&(]", text)[0].strip().lower()
    return first.replace(" ", "_") in _PLACES


def _bare(text: str) -> str:
    text = re.sub(r"\(\s*\)|\[\s*\]", " ", text)
    text = re.sub(r"\s+([,.;:])", r"\1", " ".join(text.split()))
    text = re.sub(r"([,.;:])(?:\s*[,.;:])+", r"\1", text)
    text = text.strip(" ,;:.([")
    return (
        text.rstrip(")]") if text.count("(") < text.count(")") or text.count("[") < text.count("]") else text
    )
