"""Queries as other search systems write them, rewritten in the language of this one.

A strategy that was pasted from Ovid, PubMed, Scopus, Web of Science, EBSCO, ProQuest or the Cochrane Library
is read as it was meant, as far as there is such a thing here; what there is not is left out, and said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches

from index.dialect_signs import (
    BEFORE,
    BEFORE_NEAR,
    BEHIND,
    BEHIND_NEAR,
    CODES,
    FIELDS,
    FOREIGN,
    HEADING,
    NAMELESS,
    NEAR,
    NOWHERE,
    RANGE,
    REFERENCE,
    SUBHEADING,
    TRUNCATED,
    WORD,
)
from index.grammar import KEPT
from index.tree import TEXT_FIELDS
from index.words import forms

_FIELD = re.compile(r"(?<![^\s(|])(?P<name>[A-Za-z][A-Za-z_-]{1,19}):(?P<gap>\s?)(?=[^\s:/)])")
_ADDRESSES = {"http", "https", "urn", "mailto", "ftp", "arxiv", "pmid", "isbn", "issn", "orcid", "hdl"}
_SHOWN = 5


def translated(text: str) -> tuple[str, tuple[str, ...]]:
    """A query in the language of this system, and a sentence for each kind of thing that was rewritten."""
    notes: list[str] = []
    if FOREIGN.search(text):
        found = _Strategy(text)
        if not forms(re.sub(r"\b(?:AND|OR|NOT)\b", "", found.text)):
            return text, (
                "A query cannot refer to other lines of a strategy, so put those lines together in one.",
            )
        text = found.text
        notes += found.notes()
    text, unknown = _known_fields(text)
    return text, (*notes, *unknown)


class _Strategy:
    """A query of another system while it is rewritten, rule by rule."""

    def __init__(self, text: str) -> None:
        self._hints: dict[str, None] = {}
        self._left_out: dict[str, None] = {}
        self._quoted: list[str] = []
        self.text = text.replace(_KEEP, " ")
        self._sub(RANGE, r"year:[\1 TO \2]", "dates as year:[2000 TO 2009]")
        self._sub(KEPT.pattern, self._keep_clause)
        self._sub('"([^"]*)"', self._keep)
        self._headings()
        self._sub(REFERENCE, self._drop)
        self._sub(NOWHERE, self._drop)
        self._fields()
        self._near()
        self._sub(TRUNCATED, "*", "`$` as `*`")
        self._sub(r"(?<=[a-z])#(?=[a-z])", "?", "`#` as `?`")
        self._sub(r"(?<![^\s(])(and|or|not)(?![^\s)])", lambda match: match[0].upper())
        self._sub(r"^\d{1,3}[.)]?\s+(?=[\"(\w])(?!(?:AND|OR|NOT)\b)", "")
        self._sub(rf"{_KEEP}(\d+);", lambda match: self._quoted[int(match[1])])

    def notes(self) -> Iterator[str]:
        """What was done, for the user."""
        if self._hints:
            yield f"Read as a query of another search system: {'; '.join(self._hints)}."
        if self._left_out:
            shown = [f"`{self._whole(text)}`" for text in self._left_out]
            more = f" and {len(shown) - _SHOWN} more" if shown[_SHOWN:] else ""
            yield f"Left out, because there is nothing like it here: {', '.join(shown[:_SHOWN])}{more}."

    def _keep(self, match: re.Match[str]) -> str:
        self._quoted.append(match[1])
        return f'"{_KEEP}{len(self._quoted) - 1};"'

    def _keep_clause(self, match: re.Match[str]) -> str:
        self._quoted.append(match[0])
        return f"{_KEEP}{len(self._quoted) - 1};"

    def _whole(self, text: str) -> str:
        return re.sub(rf"{_KEEP}(\d+);", lambda match: self._quoted[int(match[1])], text)

    def _sub(self, rule: str, by: str | Callable[[re.Match[str]], str], hint: str = "") -> None:
        self.text, count = re.subn(rule, by, self.text)
        if hint and count:
            self._hints[hint] = None

    def _drop(self, match: re.Match[str]) -> str:
        self._left_out[match[0].strip()] = None
        # An empty phrase asks for nothing, wherever it stands.
        return '""'

    def _headings(self) -> None:
        hint = "subject headings as phrases"
        first = r"(?:(?<=\()|^|(?<=\s(?i:or)\s)|(?<=\s(?i:and)\s)|(?<=\d\.\s))"
        self._sub(rf"\b(?i:exp)\s+\*?(\w[\w ,'’-]{{0,80}})/{SUBHEADING}", r'"\1"', hint)
        self._sub(rf"{first}\*?({HEADING})/{SUBHEADING}", r'"\1"', hint)
        self._sub(r"\[mh\s+\^?\"?([^\]\"]+)\"?[^\]]*\]", r'"\1"', hint)
        self._sub(r"(?i:mesh descriptor:)\s*\[([^\]]+)\](?:\s*explode all trees)?", r'"\1"', hint)
        self._sub(r"\b(?:MH|MM|DE)\s+(\"[^\"]*\")", r"\1", hint)

    def _fields(self) -> None:
        self._sub(r"\bPUBYEAR\s*(?:(?:IS|=)\s*(\d{4}))", r"year:\1", "years as year:2005")
        signs = {"AFT": ">", "BEF": "<"}
        self._sub(
            r"\bPUBYEAR\s*(AFT|BEF|[<>]=?)\s*(\d{4})",
            lambda match: f"year:{signs.get(match[1], match[1])}{match[2]}",
            "years as year:>2005",
        )
        self._sub(r"\bPY\s?=\s?\(?(\d{4}(?:-\d{4})?)\)?", r"year:\1", "years as year:2000-2009")
        if self.text.find("TITLE") >= 0:
            self._sub(r"\{([^{}]*)\}", r'"\1"')
        self.text = BEFORE.sub(self._field_before, self.text)
        place = 0
        while match := BEHIND.search(self.text, place):
            written = self._field_behind(match)
            self.text, place = written, max(match.start(), 0) + 1

    def _field_before(self, match: re.Match[str]) -> str:
        codes = next(filter(None, match.groups()))
        field = _field_of(codes.split(","))
        self._hints[
            _hint_of(codes if match["proquest"] else f"{codes}{'=' if match['wos'] else ''}", field)
        ] = None
        return f"{field}:" if field not in ("", "-", "year") else ""

    def _field_behind(self, match: re.Match[str]) -> str:
        """The text, with a field that stands behind what it is of before it."""
        codes = match["code"] or match["suffix"] or match["colon"]
        field = _field_of([codes] if match["code"] else codes.split(","))
        before, after, term = self.text[: match.start()], self.text[match.end() :], match["term"]
        written = match[0][len(term) :].strip()
        if field is None:
            return self.text
        if field == "-":
            self._left_out[match[0] if term != ")" else written] = None
            return f'{before}""{after}' if term != ")" else f"{before}){after}"
        self._hints[_hint_of(written, field)] = None
        if term == ")":
            opened = _opening(before)
            if field in ("", "year") or opened < 0:
                return f"{before}){after}"
            return f"{before[:opened]}{field}:{before[opened:]}){after}"
        if field == "year":
            years = re.findall(r"\d{4}", self._whole(term))
            return f"{before}{f'year:{years[0]}' if years else ''}{after}"
        term = _one_term(term)
        near = f"~{match['near']}" if match["near"] and term.startswith('"') else ""
        return f"{before}{f'{field}:' if field else ''}{term}{near}{after}"

    def _near(self) -> None:
        self._sub(rf"{WORD}(?:\s+{NAMELESS}\s+{WORD})+", self._near_words, 'near words as "trust power"~3')
        self._sub(
            rf"(?<=[\w)\"*?$#]){BEFORE_NEAR}\s+{NAMELESS}\s+{BEHIND_NEAR}(?=[\w(\"*])",
            " AND ",
            "near endings or brackets as AND",
        )

    def _near_words(self, match: re.Match[str]) -> str:
        distance = 1
        for operator in re.finditer(rf"(?<=\s){NEAR}(?=\s)", match[0]):
            if operator["adj"] is not None:
                distance = max(distance, int(operator["adj"] or 1))
            elif operator[0] != "NEXT":
                # Elsewhere the words between are counted.
                said = operator["slash"] or operator["near"] or operator["after"] or operator["before"]
                distance = max(distance, int(said or 9) + 1)
        named = re.sub(rf"\s{NAMELESS}(?=\s)", " ", match[0]).replace('"', " ")
        return f'"{" ".join(named.split())}"{f"~{min(distance, 99)}" if distance > 1 else ""}'


_KEEP = "\ue000"


def _field_of(codes: list[str]) -> str | None:
    """What a list of fields is here: a field, ``""`` for any, "-" for nowhere; ``None`` if it is none."""
    found = [CODES.get(code.strip().lower(), _long_code(code)) for code in codes]
    if None in found:
        return None
    return str(found[0]) if len({*found}) == 1 else ""


def _long_code(code: str) -> str | None:
    starts = {"date": "year", "author": "author", "other": "keyword", "publication": "-", "affil": "-"}
    anywhere = ("text", "all", "mesh", "supplementary")
    code = code.strip().lower()
    if any(map(code.startswith, anywhere)):
        return ""
    return next((field for start, field in starts.items() if code.startswith(start)), None)


def _hint_of(written: str, field: str | None) -> str:
    if not field or field == "-":
        return f"`{written}` as words anywhere"
    return f"`{written}` as {field}:{'2005' if field == 'year' else 'trust'}"


def _one_term(term: str) -> str:
    """Words to which one field belongs together: a phrase, or all of them where there are endings."""
    if term.startswith('"') or len(term.split()) == 1:
        return term
    return f"({' AND '.join(term.split())})" if re.search(r"[*?$#]", term) else f'"{term}"'


def _opening(text: str) -> int:
    """Where the bracket begins that is still open at the end of a text; -1 where none is."""
    depth = 1
    for place in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if not depth:
            return place
    return -1


def _known_fields(text: str) -> tuple[str, list[str]]:
    """A text with fields of other names called as here, and a sentence for each that is none."""
    notes: dict[str, None] = {}

    def named(match: re.Match[str]) -> str:
        name, known = match["name"], match["name"].lower()
        if text.count('"', 0, match.start()) % 2 or known in _ADDRESSES:
            return match[0]
        if known in FIELDS:
            # "Title: the story of trust" is a title, not a field.
            if match["gap"] and name == known and known != "doi":
                example = f"{known}:{_EXAMPLES[known]}"
                notes[f"`{name}:` was read as a word; a field touches its value, as in {example}."] = None
            return match[0]
        if match["gap"]:
            return match[0]
        if CODES.get(known) in ("", *TEXT_FIELDS):
            field = CODES[known]
            notes[f"`{name}:` was read as {f'`{field}:`' if field else 'words anywhere'}."] = None
            return f"{field}:" if field else ""
        near = get_close_matches(known, FIELDS, 1, 0.7)
        if near:
            notes[f"There is no field `{name}`, so it was read as words; did you mean {near[0]}:?"] = None
        elif name == known:
            fields = ", ".join(FIELDS)
            notes[f"There is no field `{name}`, so it was read as words; fields are {fields}."] = None
        return match[0]

    return _FIELD.sub(named, text), list(notes)


_EXAMPLES = {
    "title": "trust",
    "author": "smith",
    "journal": "lancet",
    "keyword": "trust",
    "exact": "organisation",
    "theme": "trust-relationships",
    "direction": "barrier",
    "setting": "schools",
    "type": "report",
    "year": "2005",
}
