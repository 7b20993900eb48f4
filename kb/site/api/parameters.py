"""The parameters that the API takes: described once, for reading them and for OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS, MODES, SORTS
from kb.gap_map import AXES
from kb.site.asked import Parameters, shorten

_DIGITS = re.compile(r"[0-9]{1,6}\Z")
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, what it does, its JSON schema, and a value to show it with."""

    name: str
    description: str
    schema: dict[str, Any] = field(hash=False)
    example: Any = None
    several: bool = False

    def described(self) -> dict[str, Any]:
        """The parameter in OpenAPI."""
        schema = {"type": "array", "items": self.schema} if self.several else self.schema
        found: dict[str, Any] = {
            "name": self.name,
            "in": "query",
            "description": self.description,
            "schema": schema,
        }
        if self.example is not None:
            found["example"] = [self.example] if self.several else self.example
        return found


def _words(name: str, description: str, example: str | None = None, *, several: bool = False) -> Parameter:
    return Parameter(name, description, {"type": "string", "maxLength": _LONGEST}, example, several)


def _choice(name: str, description: str, choices: Iterable[str], default: str, **more: Any) -> Parameter:
    schema: dict[str, Any] = {"type": "string", "enum": list(choices)}
    return Parameter(name, description, schema | ({"default": default} if default else {}), **more)


def _number(name: str, description: str, least: int, most: int, default: int | None = None) -> Parameter:
    schema: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}
    return Parameter(name, description, schema | ({} if default is None else {"default": default}))


_FILTERS = (
    _words("theme", "Id of a theme; of several of one axis one must hold, of each axis.", several=True),
    _choice(
        "direction",
        "With a theme: one tag must carry both.",
        DIRECTIONS,
        "",
        example="barrier",
        several=True,
    ),
    _words("setting", "Id of a setting; several are alternatives.", several=True),
    _words("type", "CSL type of the publication; several are alternatives.", several=True),
    _number("since", "Published in that year or later.", 0, 999_999),
    _number("until", "Published in that year or before.", 0, 999_999),
)
_ASKED = (
    _words("q", "What is looked for, in the query language; without it, everything.", "information sharing"),
    _choice("mode", "By words and meaning, by words, or by meaning.", MODES, "hybrid"),
    _choice("expand", "0: words as typed, no other forms, spellings and synonyms.", ("0", "1"), "1"),
)
_SORT = _choice("sort", "In which order.", SORTS, "relevance")
_PAGE = _number("page", "Which page, from 1.", 1, 999_999, 1)


def _size(most: int, default: int) -> Parameter:
    return _number("size", "How many at once.", 1, most, default)


#: What each address takes, by the name of its operation.
TAKES: dict[str, tuple[Parameter, ...]] = {
    "search": (
        *_ASKED,
        *_FILTERS,
        _SORT,
        _PAGE,
        _size(100, 20),
        _choice("facets", "1: with counts of what the results can be narrowed by.", ("0", "1"), "0"),
    ),
    "export": (
        *_ASKED,
        *_FILTERS,
        _SORT,
        _words("id", "Ids of records, instead of a search.", several=True),
        _PAGE,
        _size(1000, 100),
    ),
    "similar": (_size(100, 10),),
    "map": (
        *_ASKED,
        *_FILTERS,
        _choice("rows", "What the rows are.", AXES, "factor"),
        _choice("columns", "What the columns are.", AXES, "setting"),
        _choice("split", "0: without counts by direction.", ("0", "1"), "1"),
    ),
    "record": (),
    "themes": (),
    "theme": (),
}


def check(given: Parameters, operation: str) -> None:
    """Raise ``EvidenceError`` for a parameter that is not taken there, or a value that it cannot have."""
    takes = {parameter.name: parameter for parameter in TAKES[operation]}
    for name in given:
        if name not in takes:
            near = get_close_matches(name, takes, 1)
            there = f"did you mean {near[0]}?" if near else f"there are {', '.join(takes) or 'none'}."
            raise EvidenceError(f"There is no parameter “{shorten(name)}” here; {there}")
        values = given.getlist(name)
        if len(values) > 1 and not takes[name].several:
            raise EvidenceError(f"“{name}” can be given once.")
        for value in values:
            if takes[name].several and not value.strip():
                raise EvidenceError(f"“{name}” is empty; leave it out.")
            _check(name, value, takes[name].schema)


def number(given: Parameters, operation: str, name: str) -> int:
    """The value of a number, or its default; it was checked before."""
    schema = next(each.schema for each in TAKES[operation] if each.name == name)
    text = given.get(name)
    return int(text) if text else int(schema["default"])


def _check(name: str, value: str, schema: dict[str, Any]) -> None:
    choices: Sequence[str] = schema.get("enum", ())
    if choices and value not in choices:
        raise EvidenceError(f"“{name}” cannot be “{shorten(value)}”; it is one of {', '.join(choices)}.")
    if schema["type"] == "integer":
        least, most = schema["minimum"], schema["maximum"]
        if not _DIGITS.match(value) or not least <= int(value) <= most:
            raise EvidenceError(
                f"“{name}” cannot be “{shorten(value)}”; it is a number from {least} to {most}."
            )
    elif len(value) > _LONGEST:
        raise EvidenceError(f"“{name}” is longer than {_LONGEST} characters.")
