"""A search to keep: how to cite it, and the commands that run it again from the shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.theme import Theme
from kb import wording
from kb.site.asked import Asked


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
    told = wording.said(asked.query, themes)
    citation = (
        f"{site} ({today[:4]}) {wording.capital(told)}: {wording.many(total, 'record')}."
        f" Available at: {address} (Accessed: {wording.day(today)})."
    )
    return Kept(address, told, citation, wording.shell(asked.query, "search"))
