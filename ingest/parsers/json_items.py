"""The items of a JSON text, each as printed: an array, one item, items one a line, or pages of a service.

The standard library's decoder reads one item at a time where it stands, so that an item that is cut or
mistyped is one problem, the next is read, and a file of any size is held by its parts alone. ``ijson``
was tried and left out: it gives neither the text nor the line of an item, and stops at the first fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.record import Problem
from ingest.files.text import Text

_NOT_BETWEEN = re.compile(r"[^\s,;\[\]}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")
#: Characters of one item above which it is taken for a fault.
_LONGEST = 1 << 25


@dataclass(frozen=True, slots=True)
class Item:
    """One value of the text: its line from 1, as printed, read."""

    line: int
    raw: str
    value: Any


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around the items on a page of a service, by the names of its keys.

    ``lists`` lead to items or to a further envelope, ``rest`` to what is none.
    """

    lists: tuple[str, ...]
    rest: tuple[str, ...]


class _Window:
    """The part of the text that is looked at, and how far."""

    def __init__(self, text: Text) -> None:
        self._blocks = text.blocks()
        self._decoder = json.JSONDecoder()
        self._line, self._counted = 1, 0
        self.text = ""
        self.place = 0

    def more(self) -> bool:
        """Take in as much again and let go of what is read; whether there was anything."""
        wanted = len(self.text) - self.place
        blocks: list[str] = []
        while sum(map(len, blocks)) <= wanted and (block := next(self._blocks, None)) is not None:
            blocks.append(block)
        if blocks:
            self.line()
            self.text = "".join([self.text[self.place :], *blocks])
            self.place = self._counted = 0
        return bool(blocks)

    def line(self) -> int:
        """The line on which the place is."""
        self._line += self.text.count("\n", self._counted, self.place)
        self._counted = self.place
        return self._line

    def skip(self) -> bool:
        """Go on to what is not between items; whether anything is."""
        while not (found := _NOT_BETWEEN.search(self.text, self.place)):
            self.place = len(self.text)
            if not self.more():
                return False
        self.place = found.start()
        return True

    def go_past(self, pattern: re.Pattern[str]) -> bool:
        """Go past the match at the place, if there is one."""
        if len(self.text) - self.place < 1000:
            self.more()
        found = pattern.match(self.text, self.place)
        if found:
            self.place = found.end()
        return found is not None

    def value(self) -> tuple[Any, int]:
        """(the value that begins at the place, where it ends); raises ``ValueError`` with the reason."""
        while True:
            try:
                return self._decoder.raw_decode(self.text, self.place)
            except json.JSONDecodeError as error:
                cut = error.pos > len(self.text) - 20 or error.msg.startswith("Unterminated string")
                if not cut or len(self.text) - self.place > _LONGEST or not self.more():
                    raise ValueError(f"is no JSON: {error.msg}") from error
            except RecursionError as error:
                raise ValueError("is nested too deep") from error

    def broken(self, begins: re.Pattern[str]) -> str:
        """The text up to the next item, which is gone past."""
        indent = re.search(r"(?:^|\n)([ \t]*)\Z", self.text[max(0, self.place - 200) : self.place])
        # A line that is further in than this one would be a part of the broken item.
        following = re.compile(rf"\n{indent.group(1) if indent else ''}\{{|,\s*(?={begins.pattern})")
        while not (found := following.search(self.text, self.place + 1)):
            if len(self.text) - self.place > _LONGEST or not self.more():
                break
        start, self.place = self.place, found.start() if found else len(self.text)
        return self.text[start : self.place].rstrip(" \t\n,")


def items(text: Text, envelope: Envelope, begins: re.Pattern[str]) -> Iterator[Item | Problem]:
    """Every item in the order printed; what is no JSON is a problem up to the next item.

    ``begins`` matches where an item begins within a line, for texts that are one long line.
    """
    lists, rest = (
        re.compile(rf'"(?:{"|".join(names)})"\s*:\s*') for names in (envelope.lists, envelope.rest)
    )
    opens = re.compile(rf"\{{(?=\s*(?:{lists.pattern}|{rest.pattern}|\}}))")
    window = _Window(text)
    entered = False
    while window.skip():
        if window.go_past(opens):
            entered = True
            continue
        if entered and window.go_past(lists):
            continue
        furniture = entered and window.go_past(rest)
        line = window.line()
        try:
            value, end = window.value()
        except ValueError as error:
            raw = window.broken(begins)
            yield Problem(text.source, line, raw, str(error), "mend the item, or export it again")
            continue
        if not furniture:
            raw = window.text[window.place : end]
            yield Item(line, raw, _storable(value) if _ESCAPED.search(raw) else value)
        window.place = end


def _storable(value: Any) -> Any:
    """The value without lone surrogates ("\\ud800" in JSON), which no database stores."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return value


def text_of(value: Any) -> str:
    """The value as text: of a list its first that says something; "" for an object, null or a truth value."""
    if isinstance(value, list):
        return next((text for one in value if (text := text_of(one))), "")
    return "" if value is None or isinstance(value, (bool, dict)) else str(value).strip()


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, if it is an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list, or the one object that stands where a list could."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def printed(value: Any) -> list[str]:
    """The value as texts to keep: each of a list, an object as JSON; none for what says nothing."""
    if value is None or value in ("", [], {}):
        return []
    if isinstance(value, list):
        return [text for one in value for text in printed(one)]
    if isinstance(value, (dict, bool)):
        return [json.dumps(value, ensure_ascii=False)]
    return [str(value)]
