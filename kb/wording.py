"""How things are said to people, whatever they read: counts, days, kinds of works, a search in words."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from corpus.query import Query
from corpus.theme import Theme

#: CSL types in words, for labels.
TYPES = {
    "article-journal": "Journal article",
    "article-magazine": "Magazine article",
    "article-newspaper": "Newspaper article",
    "article": "Article",
    "book": "Book",
    "chapter": "Book chapter",
    "document": "Document",
    "legislation": "Legislation",
    "bill": "Bill",
    "paper-conference": "Conference paper",
    "report": "Report",
    "review": "Review",
    "thesis": "Thesis",
    "webpage": "Web page",
    "dataset": "Data set",
}

#: Directions as headings.
DIRECTION_NOUNS = {"barrier": "Barriers", "enabler": "Enablers", "driver": "Drivers"}

_WAYS = {"hybrid": "by words and meaning", "keyword": "by words", "semantic": "by meaning"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def type_label(type_: str) -> str:
    """The CSL type in words."""
    return TYPES.get(type_, type_.replace("-", " ").capitalize())


def many(count: int, one: str, several: str = "") -> str:
    """The count with its noun: "1 record", "2,150 records"."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """The words as a list in a sentence: "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def day(time: str) -> str:
    """A day of an ISO 8601 time as one writes it: "23 November 2026"; the text itself if it is none."""
    try:
        date = datetime.fromisoformat(time)
    except ValueError:
        return time
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def capital(text: str) -> str:
    """The text with a capital at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def said(query: Query, themes: Mapping[str, Theme]) -> str:
    """The search in words: "search for ‘trust’ by words and meaning; barriers; since 2000"."""
    filters = query.filters
    parts = [f"search for ‘{query.text}’ {_WAYS[query.mode]}" if query.text else "all records"]
    if query.text and not query.expand:
        parts[0] += ", as typed"
    parts += [DIRECTION_NOUNS[each].lower() for each in filters.direction if each in DIRECTION_NOUNS]
    parts += [themes[each].label for each in (*filters.theme, *filters.setting) if each in themes]
    parts += [type_label(each).lower() for each in filters.type]
    parts += [f"since {filters.since}"] if filters.since is not None else []
    parts += [f"until {filters.until}"] if filters.until is not None else []
    return "; ".join(parts)


def shell(query: Query, command: str, usual: str = "hybrid") -> str:
    """The same search as a command for the shell; ``usual`` is the mode that the command has by itself."""
    # A text that begins with a hyphen is no option.
    words = [*(["--"] if query.text.startswith("-") else []), query.text] if query.text else []
    options = [f"--{name}={value}" for name, value in _options(query)]
    options += [f"--mode={query.mode}"] if query.mode != usual else []
    options += ["--no-expand"] if not query.expand else []
    options += [f"--sort={query.sort}"] if query.sort != "relevance" else []
    return shlex.join(["kb", *command.split(), *options, *words])


def _options(query: Query) -> Iterator[tuple[str, str]]:
    for name in ("theme", "direction", "setting", "type"):
        yield from ((name, value) for value in getattr(query.filters, name))
    for name in ("since", "until"):
        if (value := getattr(query.filters, name)) is not None:
            yield name, str(value)
