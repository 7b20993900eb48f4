"""A vocabulary's text with one theme of it changed, and every other line as it was.

Only the lines of that theme are written anew: a comment between two themes belongs to neither, and a YAML
library that writes the whole file moves it along with one of them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corpus.theme import Theme
from corpus.vocabulary.reading import Places, parse, places


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def dump(content: Any) -> str:
    """The content as YAML in the form of the vocabulary that comes along."""
    stream = io.StringIO()
    _yaml().dump(content, stream)
    return stream.getvalue()


def edit(text: str, theme_id: str, change: Callable[[Any], None]) -> str:
    """The text with one theme's entry changed in place."""
    text, place = _placed(text, theme_id)
    lines = text.splitlines(keepends=True)
    block = lines[place.start - 1 : place.end]
    indent = _indent(block[0])
    body = [block[0].replace("-", " ", 1), *block[1:]]
    bare = "".join(line[indent:] if not line[:indent].strip() else line.lstrip() for line in body)
    entry = _yaml().load(bare)
    change(entry)
    return _splice(lines, place, entry, indent)


def replace(text: str, theme_id: str, entry: Mapping[str, Any] | None) -> str:
    """The text with another entry in place of a theme's, or with none."""
    text, place = _placed(text, theme_id)
    lines = text.splitlines(keepends=True)
    if entry is None:
        rest = lines[: place.start - 1] + lines[place.end :]
        empty = not any(line.lstrip().startswith("- ") for line in _themes_part(rest))
        return "".join(line if not empty or line.rstrip() != "themes:" else "themes: []\n" for line in rest)
    return _splice(lines, place, entry, _indent(lines[place.start - 1]))


def insert(text: str, after: str, entry: Mapping[str, Any]) -> str:
    """The text with a new entry right behind a theme's."""
    text, place = _placed(text, after)
    lines = text.splitlines(keepends=True)
    indent = _indent(lines[place.start - 1])
    written = _written(entry, indent)
    return "".join([*lines[: place.end], "\n", written, *lines[place.end :]])


def _splice(lines: list[str], place: Places, entry: Any, indent: int) -> str:
    return "".join([*lines[: place.start - 1], _written(entry, indent), *lines[place.end :]])


def _written(entry: Any, indent: int) -> str:
    body = dump(entry).rstrip("\n").splitlines()
    first, rest = body[0], body[1:]
    margin = " " * indent
    head = " " * (indent - 2) + "- " + first
    return "\n".join([head, *(margin + line if line.strip() else "" for line in rest)]) + "\n"


def _indent(line: str) -> int:
    """How far the keys of an entry stand to the right, from its line with the hyphen."""
    match = re.match(r"\s*-\s+", line)
    return match.end() if match else 0


def _placed(text: str, theme_id: str) -> tuple[str, Places]:
    """The text with its themes one below the other; the lines of one of them, comments behind left out."""
    if not text.endswith("\n"):
        text += "\n"
    place = places(text)[theme_id]
    lines = text.splitlines(keepends=True)
    if not re.match(r"\s*-\s+\S", lines[place.start - 1]) or lines[place.start - 1].lstrip().count("- ") > 1:
        # `themes: [{...}, ...]`, or a hyphen alone on its line: written out once in the usual form.
        text = dump(_as_block(_yaml().load(text)))
        place = places(text)[theme_id]
        lines = text.splitlines(keepends=True)
    end = min(place.end, len(lines))
    while end > place.start and _is_blank(lines[end - 1], lines[place.start - 1], end - 1 >= place.end - 1):
        end -= 1
    return text, Places(place.start, end, place.keys, place.terms)


def _is_blank(line: str, first: str, behind: bool) -> bool:
    """Whether a line at the end of an entry is none of it: empty, a comment, or what comes next."""
    bare = line.strip()
    return not bare or bare.startswith("#") or (behind and len(line) - len(line.lstrip()) < _indent(first))


def _as_block(content: Any) -> Any:
    content["themes"].fa.set_block_style()
    return content


def _themes_part(lines: Sequence[str]) -> list[str]:
    start = next(at for at, line in enumerate(lines) if line.startswith("themes:"))
    end = next(
        (at for at, line in enumerate(lines[start + 1 :], start + 1) if re.match(r"\w", line)), len(lines)
    )
    return list(lines[start + 1 : end])


def add_retired(text: str, theme: Theme) -> str:
    """The text with an id under ``retired:``, which is opened at its end if need be."""
    label = dump({theme.id: theme.label}).strip()
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines):
        if line.rstrip() == "retired:":
            return "".join([*lines[: at + 1], f"  {label}\n", *lines[at + 1 :]])
    if "retired" in parse(text, "vocabulary").settings:
        content = _yaml().load(text)
        content["retired"][theme.id] = theme.label
        return dump(content)
    comment = "\n# Themes that went without another in their place: their ids never return.\n"
    return f"{text.rstrip()}\n{comment}retired:\n  {label}\n"
