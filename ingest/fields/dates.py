"""EDTF dates for the dates that people and databases print.

EDTF (ISO 8601-2): "2005", "2005-10", "2005-10-14", "2005-23" (autumn), "2004/2005" (a range).
"""

from __future__ import annotations

import re
from functools import lru_cache

_MONTH_NAMES = (
    ("jan", "january", "janvier", "januar", "enero", "januari", "gennaio", "janeiro"),
    ("feb", "february", "février", "fevrier", "februar", "febrero", "februari", "febbraio", "fevereiro"),
    ("mar", "march", "mars", "märz", "maerz", "marzo", "maart", "março"),
    ("apr", "april", "avril", "abril", "aprile"),
    ("may", "mai", "mayo", "mei", "maggio", "maio"),
    ("jun", "june", "juin", "juni", "junio", "giugno", "junho"),
    ("jul", "july", "juillet", "juli", "julio", "luglio", "julho"),
    ("aug", "august", "août", "aout", "agosto", "augustus", "augusti"),
    ("sep", "sept", "september", "septembre", "septiembre", "settembre", "setembro"),
    ("oct", "october", "octobre", "oktober", "octubre", "okt", "ottobre", "outubro"),
    ("nov", "november", "novembre", "noviembre", "novembro"),
    ("dec", "december", "décembre", "decembre", "dezember", "diciembre", "dez", "dicembre", "dezembro"),
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_NAMES = "|".join(sorted((*_MONTHS, *_SEASONS), key=len, reverse=True))
_UNIT = rf"(?:{_NAMES})\b\.?"
_YEAR = r"(?<!\d)(?:1[4-9]|20)\d\d(?!\d)"
_DASH = r"\s*(?:-|–|—|/|to|&|and)\s*"

_DAY = r"(?:1[4-9]|20)\d\d(?:-(?:0[1-9]|1[0-2]|2[1-4])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_EDTF = re.compile(rf"{_DAY}(?:/{_DAY})?\Z")
_COMPACT = re.compile(r"((?:1[4-9]|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])\Z")
_SLASHED = re.compile(r"(\d{4})(?:[/.](\d{1,2})?)?(?:[/.](\d{1,2})?)?(?:/\s*(.*))?\Z")
_DAY_BEHIND = re.compile(r"/(?=\d{1,2}\b)")
_SPAN = re.compile(rf"({_YEAR})\s*[-–—/]\s*((?:1[4-9]|20)\d\d|\d\d)(?!\d)")
_YEAR_TWICE = re.compile(
    rf"({_YEAR})\s*({_UNIT}){_DASH}({_YEAR})\s*({_UNIT})|({_UNIT})\s*,?\s*({_YEAR}){_DASH}({_UNIT})\s*,?\s*({_YEAR})",
    re.IGNORECASE,
)
_UNIT_SPAN = re.compile(rf"\b({_UNIT}){_DASH}({_UNIT})", re.IGNORECASE)
_ONE_UNIT = re.compile(rf"(?<![^\W\d_])({_UNIT})", re.IGNORECASE)
_DAY_BEFORE = re.compile(rf"(?<!\d)([0-3]?\d)(?:st|nd|rd|th)?\s*(?:of\s+)?(?={_UNIT})", re.IGNORECASE)
_DAYS = re.compile(rf"(?<!\d)([0-3]?\d)\s*[-–]\s*([0-3]?\d)\s+(?={_UNIT})", re.IGNORECASE)
_DAY_AFTER = re.compile(rf"{_UNIT}\s*([0-3]?\d)(?:st|nd|rd|th)?(?!\d)", re.IGNORECASE)
_ISO = re.compile(r"((?:1[4-9]|20)\d\d)-(\d{1,2})(?:-(\d{1,2}))?(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.]((?:1[4-9]|20)\d\d)(?!\d)")
_ONE_YEAR = re.compile(_YEAR)


@lru_cache(maxsize=1 << 14)
def database_date(text: str) -> str:
    """The EDTF date for a date as databases export it; "" if there is none.

    Here "2004/05" is May 2004. Also "2005///Autumn", "2019 Jan-Feb", "4-8 Aug. 2020", "20170812".
    """
    text = (
        text.strip().rstrip("/ ") if text.count("/") > 1 and not text.strip()[-1:].isalpha() else text.strip()
    )
    if _EDTF.match(text):
        return text
    if match := _SLASHED.match(text):
        year, month, day, rest = match.groups()
        # "2005/Oct/14": the day is part of what names the month.
        rest = _DAY_BEHIND.sub(" ", (rest or "").strip()) if not month else (rest or "").strip()
        if _EDTF.match(rest) and rest.startswith(year):
            return rest
        if month and _is_month(month):
            return _join(year, month, day or "")
        refined = printed_date(f"{rest} {year}") if rest and not _ONE_YEAR.search(rest) else ""
        return refined or year
    return printed_date(text)


@lru_cache(maxsize=1 << 14)
def printed_date(text: str) -> str:
    """The EDTF date for a date as it is printed; "" if there is none.

    Here "2004/05" is the year 2004 to 2005, and "2005/10" likewise none but October: a second number
    that follows the first is a year, any other up to 12 a month.
    """
    text = " ".join(text.split())
    compact = _COMPACT.search(text.rpartition(" ")[2])
    if compact:
        return _join(*compact.groups())
    if match := _YEAR_TWICE.search(text):
        found = match.groups()
        first = _with_unit(found[0] or found[5], found[1] or found[4])
        last = _with_unit(found[2] or found[7], found[3] or found[6])
        # A season has no place in a range.
        return f"{first[:4]}/{last[:4]}" if _is_season(first) or _is_season(last) else f"{first}/{last}"
    if match := _ISO.search(text):
        year, month, day = match.groups()
        if _is_month(month) and not (day is None and int(month) == (int(year) + 1) % 100):
            return _join(year, month, day or "")
    if match := _DAY_FIRST.search(text):
        one, two, year = match.groups()
        if int(one) > 12 >= int(two) > 0 and int(one) <= 31:
            return _join(year, two, one)
        if int(two) > 12 >= int(one) > 0 and int(two) <= 31:
            return _join(year, one, two)
        # "03/04/2005" is March or April: only the year is sure.
        return _join(year, one, one) if one == two and _is_month(one) else year
    if (match := _SPAN.search(text)) and (span := _year_span(*match.groups())):
        return span
    year_match = _ONE_YEAR.search(text)
    return _in_year(text, year_match.group()) if year_match else ""


def has_year(text: str) -> bool:
    """Whether a year stands in the text."""
    return bool(_ONE_YEAR.search(text))


def _in_year(text: str, year: str) -> str:
    """The date in a text with one year: month, season, two months, a day."""
    if match := _UNIT_SPAN.search(text):
        first, last = (_with_unit(year, unit) for unit in match.groups())
        if _is_season(first) or _is_season(last):
            return first
        return f"{first}/{last}" if first < last else first
    unit = _ONE_UNIT.search(text)
    if not unit:
        match = re.search(rf"{year}/(\d{{1,2}})(?:/(\d{{1,2}}))?(?!\d)", text)
        return _join(year, match[1], match[2] or "") if match and _is_month(match[1]) else year
    date = _with_unit(year, unit.group(1))
    if _is_season(date):
        return date
    if match := _DAYS.search(text):
        first, last = (_join(year, date[5:], day) for day in match.groups())
        return f"{first}/{last}"
    rest = text.replace(year, " ", 1) if text.find(year) < unit.start() else text
    day = _DAY_AFTER.search(rest) or _DAY_BEFORE.search(rest)
    return _join(year, date[5:], day.group(1)) if day else date


def _year_span(first: str, last: str) -> str:
    whole = last if len(last) == 4 else first[:2] + last
    if int(whole) == int(first):
        return first
    if int(whole) == int(first) + 100 * (first[2:] == "99" and last == "00") + 1:
        return f"{first}/{whole}"
    if len(last) == 2 and first[2:] == "99" and last == "00":
        return f"{first}/{int(first) + 1}"
    if int(whole) > int(first) and (len(last) == 4 or int(last) > 12):
        return f"{first}/{whole}"
    return ""


def _with_unit(year: str, unit: str) -> str:
    name = unit.rstrip(".").lower()
    return f"{year}-{_MONTHS.get(name) or _SEASONS[name]:02d}"


def _join(year: str, month: str, day: str) -> str:
    date = f"{year}-{int(month):02d}"
    return f"{date}-{int(day):02d}" if day and 1 <= int(day) <= 31 else date


def _is_month(text: str) -> bool:
    return 1 <= int(text) <= 12


def _is_season(date: str) -> bool:
    return date[5:7] in {"21", "22", "23", "24"} and len(date) == 7
