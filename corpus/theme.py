"""Themes, the tags that put them on records, and the vocabulary file that people edit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

AXES = ("factor", "setting", "population", "kind", "study_type")
VOCABULARY = Path(__file__).with_name("themes.yml")


@dataclass(frozen=True, slots=True)
class Theme:
    """An entry of the vocabulary. ``id`` never changes; ``notation`` is its code in labelled files.

    ``terms`` are what the tagger looks for, in the pattern language that the file's head explains;
    ``examples`` and ``counter_examples`` are sentences that do and do not carry the theme.
    ``crosswalk`` maps a framework ("SCIE41", "CFIR", "MeSH", ...) to the entries that correspond.
    """

    id: str
    label: str
    axis: str
    definition: str = ""
    group: str = ""
    notation: str = ""
    terms: tuple[Any, ...] = ()
    examples: tuple[Any, ...] = ()
    counter_examples: tuple[Any, ...] = ()
    crosswalk: Mapping[str, list[str]] = field(default_factory=dict)
    replaced_by: str = ""

    def lines(self) -> Iterator[tuple[str, str]]:
        """(key, pattern) of each term in file order, the key "" for a plain line: what is numbered from 1."""
        for line in self.terms:
            if isinstance(line, Mapping):
                yield from ((str(key), pattern) for key, patterns in line.items() for pattern in patterns)
            else:
                yield "", line


@dataclass(frozen=True, slots=True)
class Tag:
    """A theme put on a record, with the words that earned it: ``record.field[start:end] == quote``.

    ``direction`` is "barrier", "enabler", "driver" or ``None`` where none is stated. ``method`` names
    the rule or model and its version; ``score`` is in 0..1; ``status`` is "automatic" until a person
    decides ("accepted", "rejected", "added").
    """

    record: str
    theme: str
    direction: str | None
    field: str
    start: int
    end: int
    quote: str
    method: str
    score: float
    status: str = "automatic"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The themes of one file, by id, in the order in which they stand there.

    ``settings`` is all that the file holds besides: word lists, directions, clauses, ``retired`` ids, ...
    """

    themes: Mapping[str, Theme]
    settings: Mapping[str, Any]
    source: str

    def __iter__(self) -> Iterator[Theme]:
        """The themes in use, in file order."""
        return (theme for theme in self.themes.values() if not theme.replaced_by)

    def axis(self, axis: str) -> list[Theme]:
        """The themes of one axis, in file order."""
        return [theme for theme in self if theme.axis == axis]

    @property
    def version(self) -> str:
        """Eight hex digits that stand for all that the vocabulary says."""
        themes = [asdict(theme) for theme in self.themes.values()]
        content = json.dumps([themes, self.settings], sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()[:8]

    @property
    def retired(self) -> Mapping[str, str]:
        """The labels of the themes that nothing took the place of, by id: ids that may not return."""
        return self.settings.get("retired") or {}

    @property
    def synonyms(self) -> tuple[tuple[str, ...], ...]:
        """Groups of words and phrases that say one thing, each as it is written."""
        return tuple(tuple(group) for group in self.settings.get("synonyms") or ())

    def resolve(self, theme_id: str) -> str | None:
        """The theme in use that took this one's place, or the theme itself; ``None`` if there is none."""
        seen: set[str] = set()
        while theme_id in self.themes and theme_id not in seen:
            seen.add(theme_id)
            successor = self.themes[theme_id].replaced_by
            if not successor:
                return theme_id
            theme_id = successor
        return None


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """The vocabulary of a file (default: the one that comes along), checked for its form.

    A fault raises ``EvidenceError`` that names the file, the line, the theme and what to mend.
    """
    # Here, because reading makes themes: the module needs this one.
    from corpus.vocabulary.reading import load

    return load(path or VOCABULARY)
