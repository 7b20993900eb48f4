"""BibTeX values: delimiters, macros, parts that ``#`` joins, lists."""

from __future__ import annotations

import re
from collections.abc import Callable

_TOKEN = re.compile(r"\s*(?:#\s*)?")
_MACRO = re.compile(r"[^\s#{}\",]+")
_SPACE = re.compile(r"\s+")


def value_of(printed: str, macros: dict[str, str]) -> str:
    """A value without its delimiters, the parts that ``#`` joins put together and macros filled in."""
    parts = []
    place = 0
    while place < len(printed):
        place = _TOKEN.match(printed, place).end()  # type: ignore[union-attr]
        if place >= len(printed):
            break
        if printed[place] in '{"':
            end = closing(printed, place)
            parts.append(printed[place + 1 : end])
            place = end + 1
        elif match := _MACRO.match(printed, place):
            name = match.group()
            parts.append(macros.get(name.lower(), name))
            place = match.end()
        else:
            parts.append(printed[place])
            place += 1
    return "".join(parts)


def closing(text: str, place: int) -> int:
    """Where the value that opens at ``place`` with a brace or a quote ends."""
    quoted = text[place] == '"'
    depth = 0
    for end in range(place, len(text)):
        char = text[end]
        if char in "{}" and text[end - 1 : end] == "\\" and text[end - 2 : end] != "\\\\":
            continue
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0 and not quoted:
                return end
        elif quoted and char == '"' and depth == 0 and end > place:
            return end
    return len(text)


def bare(text: str) -> str:
    """The text without its braces."""
    return _SPACE.sub(" ", text.replace("{", "").replace("}", "")).strip()


def split(text: str) -> list[str]:
    """The parts between semicolons, or else commas, that stand in no braces."""
    depth, words = 0, [""]
    separator: Callable[[str], bool] = (
        (lambda char: char == ";") if _outside(text, ";") else (lambda char: char == ",")
    )
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth <= 0 and separator(char):
            words.append("")
        else:
            words[-1] += char
    return [bare(word) for word in words]


def _outside(text: str, sign: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if char == sign and depth <= 0:
            return True
    return False
