"""A search to keep: how to cite it, and the commands that run it again from the shell."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.theme import Theme
from kb.site import words
from kb.site.asked import Asked
from kb.site.citation import type_label


@dataclass(frozen=True, slots=True)
class Kept:
    """A search to keep: its whole address, ``said`` in words, the ``citation`` of it, and it in the shell."""

    address: str
    said: str
    citation: str
    shell: str


def keep(
    asked: Asked, themes: Mapping[str, Theme], *, total: int, site: str, address: str, today: str
) -> Kept:
    """The search to keep, as of ``today`` (ISO 8601), found at ``address`` (whole)."""
    told = said(asked, themes)
    citation = (
        f"{site} ({today[:4]}) {told[:1].upper()}{told[1:]}: {words.many(total, 'record')}."
        f" Available at: {address} (Accessed: {words.day(today)})."
    )
    return Kept(address, told, citation, shell(asked))


def said(asked: Asked, themes: Mapping[str, Theme]) -> str:
    """The search in words: "search for ‘trust’ by words and meaning; barriers; since 2000"."""
    ways = {"hybrid": "by words and meaning", "keyword": "by words", "semantic": "by meaning"}
    parts = [f"search for ‘{asked.text}’ {ways[asked.mode]}" if asked.text else "all records"]
    if asked.text and not asked.expand:
        parts[0] += ", as typed"
    parts += [words.DOOR[value].noun.lower() for value in asked.direction if value in words.DOOR]
    parts += [themes[value].label for value in (*asked.theme, *asked.setting) if value in themes]
    parts += [type_label(value).lower() for value in asked.type]
    parts += [f"since {asked.since}"] if asked.since is not None else []
    parts += [f"until {asked.until}"] if asked.until is not None else []
    return "; ".join(parts)


def shell(asked: Asked, command: str = "search") -> str:
    """The same search as a command for the shell."""
    parts = ["kb", command]
    if asked.text:
        # A text that begins with a hyphen is no option.
        parts += ["--", asked.text] if asked.text.startswith("-") else [asked.text]
    options = [f"--{name}={value}" for name, value in asked.filters]
    options += [f"--mode={asked.mode}"] if asked.mode != "hybrid" else []
    options += ["--no-expand"] if not asked.expand else []
    options += [f"--sort={asked.sort}"] if asked.sort != "relevance" else []
    head, rest = parts[:2], parts[2:]
    return shlex.join([*head, *options, *rest])
