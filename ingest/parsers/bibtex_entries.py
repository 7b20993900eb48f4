"""Where the entries of a BibTeX text begin and end, and their fields as printed.

The grammar is that of BibTeX's own manual (btxdoc) and of biber; what people's files break of it is
read where only one reading is left: a comma that is missing, braces that do not balance within a
value that ends with its line, an escaped brace that is none, entries in parentheses, ``%`` comments
between fields. What stays broken is said to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Parts of a value as printed: (text, whether it is the name of a macro).
Parts = list[tuple[str, bool]]


@dataclass(slots=True)
class Entry:
    """One entry: where it stands in the text, and its fields in the order printed."""

    kind: str
    key: str
    start: int
    end: int = 0
    fields: list[tuple[str, Parts]] = field(default_factory=list)
    #: Why it cannot be read; "" if it can.
    broken: str = ""


_START = re.compile(
    r"^[ \t]*(@[ \t]*([A-Za-z]+)\s*([{(]))|(?<=[})])(@([A-Za-z]+)([{(])(?=[^\s,={}]*,))", re.MULTILINE
)
# White space, and a comment between fields.
_GAP = r"(?:\s+|%[^\n]*+)*+"
_NAME = r"[^\s=,{}()\"#%'\\]++"
_PLAIN = r"(?>[^{}\\]*+(?:\\.[^{}\\]*+)*+)"
_NESTED = _PLAIN
for _level in range(3):
    _NESTED = rf"(?>{_PLAIN}(?:\{{{_NESTED}\}}{_PLAIN})*+)"
_BRACED = re.compile(rf"\{{({_NESTED})\}}", re.DOTALL)
# The form of nearly every field: a name, one value in braces or one number, a comma or the entry's end.
_FIELD = re.compile(
    rf"[\s,]*+({_NAME})\s*=\s*(?:\{{({_NESTED})\}}|(\d++))\s*(?:,|(?=\}}\s*(?:\Z|@|\n)))", re.DOTALL
)
_FIELD_NAME = re.compile(rf"(?:{_GAP},)*+{_GAP}({_NAME})\s*=\s*")
_BARE = re.compile(r"[^\s,{}\"#%=)]++")
_BARE_LINE = re.compile(
    r"[^{}\"\n#=]{1,200}?(?=[ \t]*+(?:[})]|,?[ \t]*+\n|,[ \t]*+[A-Za-z][\w:+-]*[ \t]*+=))"
)
_JOIN = re.compile(rf"{_GAP}#{_GAP}")
_CLOSE = re.compile(rf"(?:{_GAP},)*+{_GAP}([}})])")
# What may stand behind a value: a comma, the end of the entry, or the next field.
_BEHIND = re.compile(rf"{_GAP}(?:[,}})]|(?<=[\s}}\"]){_NAME}\s*=\s*[{{\"\w])")
_KEY = re.compile(
    r"\s*+([^,={}\n]{0,200}?)(?:\s*+,|\s*+(?=}|\)\s*\Z)|[ \t]*+(?=\n[ \t]*[A-Za-z][\w:+-]*[ \t]*=))"
)
_NO_KEY = re.compile(r"\s*[A-Za-z][\w:+-]*[ \t]*=[ \t]*[{\"\w]")
# The end of a value whose braces do not balance: that of a line, before a field or the entry's end.
_LINE_END = re.compile(
    r"[}\"](?=[ \t]*+(?:,[ \t]*+(?:\n|\Z)|\n?[ \t]*+[})]\s*\Z|\n[ \t]*+[A-Za-z][\w:+-]*[ \t]*+=))"
)
_FIELD_LINE = re.compile(r"\n[ \t]*[A-Za-z][\w:+-]*[ \t]*=[ \t]*[{\"]")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_ANY_BRACE = re.compile(r"[{}]")
_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_ALONE = re.compile(r"\n[ \t]*\Z")

#: Entries whose text may hold what looks like another's beginning reach over so many of them at most.
_REACH = 8


def entries(text: str) -> Iterator[Entry]:
    """The entries of a text in the order printed; a broken one ends where the next begins."""
    found = list(_START.finditer(text))
    starts = [match.start(1) if match[1] else match.start(4) for match in found]
    number = 0
    while number < len(found):
        match = found[number]
        after = number + 1
        entry = _read(text, match, starts[after] if after < len(starts) else len(text))
        if entry.broken and after < len(starts) and entry.kind != "comment":
            longer, reached = _reach(text, match, starts, after)
            if longer is not None:
                entry, after = longer, reached
        yield entry
        number = after


def _reach(text: str, match: re.Match[str], starts: list[int], after: int) -> tuple[Entry | None, int]:
    """The entry whole, if what looks like the beginning of the next is but text of one of its values."""
    for further in range(after + 1, min(after + _REACH, len(starts)) + 1):
        end = starts[further] if further < len(starts) else len(text)
        entry = _read(text, match, end, strict=True)
        if not entry.broken and entry.end > starts[further - 1]:
            return entry, further
    return None, after


def _read(text: str, match: re.Match[str], limit: int, *, strict: bool = False) -> Entry:
    """The entry that begins at a match, as far as ``limit``; ``strict`` mends nothing."""
    group = 1 if match[1] else 4
    entry = Entry(match[group + 1].lower(), "", match.start(group), limit)
    closing = "}" if match[group + 2] == "{" else ")"
    place = match.end(group)
    if entry.kind in ("comment", "preamble"):
        end = _balanced(text, place - 1, limit) if closing == "}" else text.find(")", place, limit) + 1
        entry.end = end or text.find("\n", place, limit) + 1 or limit
        return entry
    if entry.kind != "string" and not _NO_KEY.match(text, place, limit):
        key = _KEY.match(text, place, limit)
        if key is None:
            entry.broken = "its key does not end with a comma"
            return entry
        entry.key, place = key[1], key.end()
    _read_fields(text, entry, place, limit, closing, strict)
    return entry


def _read_fields(text: str, entry: Entry, place: int, limit: int, closing: str, strict: bool) -> None:
    fields = entry.fields
    begun = -1
    while True:
        if plain := _FIELD.match(text, place, limit):
            value = plain[2]
            fields.append((plain[1], [(plain[3] if value is None else value, False)]))
            begun, place = -1 if value is None else plain.start(2) - 1, plain.end()
            continue
        if (close := _CLOSE.match(text, place, limit)) and close[1] == closing:
            entry.end = close.end()
            return
        name = _FIELD_NAME.match(text, place, limit)
        if name is None and fields and begun >= 0 and not strict:
            # A brace too many and a comma behind it look like the end of the value before.
            parts, end = _mended(text, begun, limit, place)
            if end > 0:
                fields[-1] = (fields[-1][0], parts)
                begun, place = -1, end
                continue
        if name is None:
            rest = text[place:limit].strip(" \t\r\n,")
            what = (
                f"a field is expected at `{' '.join(rest[:30].split())}`"
                if rest
                else "its last brace is missing"
            )
            entry.broken = what
            return
        parts, place = _value(text, name.end(), limit, strict)
        if place < 0:
            entry.broken = f"the value of {name[1]} does not end"
            return
        fields.append((name[1], parts))
        begun = name.end()


def _value(text: str, place: int, limit: int, strict: bool) -> tuple[Parts, int]:
    """(parts, where the value ends); the place is -1 if no end can be told."""
    start = place
    parts: Parts = []
    end = place
    while True:
        sign = text[place : place + 1]
        if sign in ("{", '"') and place < limit:
            end = _balanced(text, place, limit) if sign == "{" else _quoted(text, place, limit)
            if not end:
                break
            parts.append((text[place + 1 : end - 1], False))
        elif bare := _BARE.match(text, place, limit):
            end = bare.end()
            parts.append((bare.group(), not bare.group().isdecimal()))
        elif not parts and sign in (",", "}", ")"):
            return [], place
        else:
            end = 0
            break
        joined = _JOIN.match(text, end, limit)
        if joined is None:
            break
        place = joined.end()
    if end and _BEHIND.match(text, end, limit):
        return parts, end
    return ([], -1) if strict else _mended(text, start, limit, start)


def _mended(text: str, place: int, limit: int, beyond: int) -> tuple[Parts, int]:
    """A value that breaks the rules but ends with its line behind ``beyond``; else the place is -1."""
    if text[place : place + 1] in ("{", '"'):
        end = _balanced(text, place, limit, escapes=False) if text[place] == "{" else 0
        if end > beyond and _BEHIND.match(text, end, limit):
            return [(text[place + 1 : end - 1], False)], end
        for match in _LINE_END.finditer(text, max(beyond, place + 1), limit):
            value = text[place + 1 : match.start()]
            if _FIELD_LINE.search(value) or _ALONE.search(value):
                return [], -1
            return [(value, False)], match.end()
    elif bare := _BARE_LINE.match(text, place, limit):
        return [(bare.group().strip(), False)], bare.end()
    return [], -1


def _balanced(text: str, place: int, limit: int, *, escapes: bool = True) -> int:
    """Where the value that begins with the brace at ``place`` ends; 0 if it does not."""
    if escapes and (match := _BRACED.match(text, place, limit)):
        return match.end()
    depth = 0
    for match in (_BRACE if escapes else _ANY_BRACE).finditer(text, place, limit):
        sign = match.group()
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return match.end()
    return 0


def _quoted(text: str, place: int, limit: int) -> int:
    """Where the value that begins with the quote at ``place`` ends: a quote in braces is part of it."""
    depth = 0
    for match in _QUOTE.finditer(text, place + 1, limit):
        sign = match.group()
        if sign == '"' and depth <= 0:
            return match.end()
        depth += (sign == "{") - (sign == "}")
    return 0
