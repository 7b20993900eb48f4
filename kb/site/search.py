"""A search of the site: its filters checked, in words for a reader of pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from corpus.errors import EvidenceError
from kb import wording
from kb.knowledge_base import KnowledgeBase
from kb.results import Results
from kb.site import words
from kb.site.asked import Asked, shorten


def run(library: KnowledgeBase, asked: Asked) -> Results:
    """The page of what the search finds.

    Raises ``EvidenceError`` with a sentence for a filter that names nothing in this library.
    """
    check(library, asked)
    return library.run(asked.query)


def ids(library: KnowledgeBase, asked: Asked) -> Sequence[str]:
    """The ids of everything that the search finds, best first; raises as ``run`` does."""
    check(library, asked)
    return library.ids(asked.query)


def count(library: KnowledgeBase, asked: Asked) -> Mapping[str, Mapping[str, int]]:
    """How many records found have each value of each axis; raises as ``run`` does."""
    check(library, asked)
    return library.counts(asked.query)


def without_axis(library: KnowledgeBase, asked: Asked, axis: str) -> Asked:
    """The same search without its themes of that axis."""
    themes = (theme for theme in asked.theme if theme in library.themes)
    return replace(
        asked, theme=tuple(theme for theme in themes if library.themes[theme].axis != axis), page=1
    )


def check(library: KnowledgeBase, asked: Asked) -> None:
    """Raise ``EvidenceError`` with a sentence for a filter that names nothing in this library."""
    for name, value in asked.filters:
        shown = shorten(value)
        if name == "theme" and value not in library.themes:
            raise EvidenceError(f"No theme here has the id “{shown}”; the themes page lists them all.")
        if name == "setting" and not _is_setting(library, value):
            raise EvidenceError(f"No setting here has the id “{shown}”; the themes page lists them all.")
        if name == "direction" and value not in words.DOOR:
            raise EvidenceError(
                f"There is no direction “{shown}”; there are {wording.listed(list(words.DOOR))}."
            )
        if name == "type" and not library.store.value("select 1 from records where type = ?", [value]):
            raise EvidenceError(f"No record here is of the type “{shown}”.")


def _is_setting(library: KnowledgeBase, value: str) -> bool:
    theme = library.themes.get(value)
    return theme is not None and theme.axis == "setting"
