"""Themes, the tags that put them on records, and the vocabulary file that people edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from corpus.errors import EvidenceError

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
    """The themes of one file, by id, in the order in which they stand there."""

    themes: Mapping[str, Theme]
    settings: Mapping[str, Any]
    source: str

    def __iter__(self) -> Iterator[Theme]:
        """The themes in use, in file order."""
        return (theme for theme in self.themes.values() if not theme.replaced_by)

    def axis(self, axis: str) -> list[Theme]:
        """The themes of one axis, in file order."""
        return [theme for theme in self if theme.axis == axis]


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """The vocabulary of a file (default: the one that comes along), checked.

    A fault raises ``EvidenceError`` that names the file, the theme and what to mend.
    """
    path = path or VOCABULARY
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict) or not isinstance(content.get("themes"), list):
        raise EvidenceError(f"{path}: has no list `themes:`. See corpus/themes.yml for an example.")
    themes: dict[str, Theme] = {}
    for place, entry in enumerate(content.pop("themes"), start=1):
        theme = _theme(entry, f"{path}: theme {place}")
        if theme.id in themes:
            raise EvidenceError(f"{path}: two themes have the id `{theme.id}`; rename one.")
        themes[theme.id] = theme
    for theme in themes.values():
        if theme.replaced_by and theme.replaced_by not in themes:
            raise EvidenceError(
                f"{path}: `{theme.id}` is replaced by `{theme.replaced_by}`, which is not there."
            )
    return Vocabulary(themes, content, str(path))


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LISTS = ("terms", "examples", "counter_examples")


def _theme(entry: Any, where: str) -> Theme:
    if not isinstance(entry, dict):
        raise EvidenceError(f"{where}: is not a mapping with `id`, `label` and `axis`.")
    where = f"{where} (`{entry.get('id', '?')}`)"
    for key in ("id", "label", "axis"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise EvidenceError(f"{where}: has no `{key}`.")
    if entry["axis"] not in AXES:
        raise EvidenceError(f"{where}: axis `{entry['axis']}` is none of {', '.join(AXES)}.")
    unknown = set(entry) - set(Theme.__dataclass_fields__)
    if unknown:
        raise EvidenceError(f"{where}: unknown key `{sorted(unknown)[0]}`.")
    values: dict[str, Any] = dict(entry)
    for key in _LISTS:
        if not isinstance(values.get(key, []), list):
            raise EvidenceError(f"{where}: `{key}` is not a list.")
        values[key] = tuple(values.get(key) or ())
    values["notation"] = str(values.get("notation") or values["id"])
    values["definition"] = " ".join(str(values.get("definition", "")).split())
    return Theme(**values)
