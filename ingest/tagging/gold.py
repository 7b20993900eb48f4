"""Labels that people gave: a gold file of one JSON object a line, and which record each line is about.

A line holds ``title`` (and ``doi``), ``kinds``, ``settings``, ``populations`` (lists of ids), ``study_type``
(one) and ``factors``, each with ``factor``, ``valence`` and ``evidence``, a stretch of the record's own
words. Ids are those of the vocabulary, or its ``notation``. An axis that a line leaves out was not labelled:
nothing is scored on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError
from corpus.identity import normalise_doi, title_key
from corpus.query import DIRECTIONS
from corpus.record import Record
from corpus.theme import Vocabulary

#: What is scored, in the order of a report; a label of "factor_direction" is "trust-relationships barrier".
MEASURES = ("factor_direction", "factor", "kind", "setting", "study_type", "population")

_AXIS_KEYS = {"kinds": "kind", "settings": "setting", "populations": "population", "study_type": "study_type"}
_FORM = "see corpus/gold/themes.jsonl for the form"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A labelled factor with the words of the record that say it."""

    theme: str
    direction: str
    text: str

    @property
    def label(self) -> str:
        """The theme and the direction as one label."""
        return f"{self.theme} {self.direction}"


@dataclass(frozen=True, slots=True)
class GoldLine:
    """What a person said of one record: for each measure that was labelled, the labels that hold."""

    number: int
    id: str
    title: str
    doi: str
    labels: Mapping[str, frozenset[str]]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold file as read, with the sha256 of its bytes."""

    path: Path
    sha256: str
    lines: tuple[GoldLine, ...]


def read_gold(path: Path, vocabulary: Vocabulary) -> Gold:
    """The labels of a file, by the ids of the vocabulary's themes in use.

    Raises ``EvidenceError`` with file and line for what is no label, or is called what no theme is called.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{path}: is not UTF-8 text; save it as UTF-8.") from error
    names = Names(vocabulary)
    lines = []
    # Only the line feed: other marks that Python splits at may stand inside a JSON text.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{path}:{number}"
            lines.append(parse_line(_object(line, where), number, names, where))
    if not lines:
        raise EvidenceError(f"{path}: holds no labels; {_FORM}.")
    return Gold(path, hashlib.sha256(content).hexdigest(), tuple(lines))


def parse_line(line: Mapping[str, Any], number: int, names: Names, where: str) -> GoldLine:
    """One line as labels; ``where`` is what an error begins with."""
    title = line.get("title")
    if not isinstance(title, str) or not title.strip():
        raise EvidenceError(f"{where}: has no `title`; {_FORM}.")
    labels: dict[str, frozenset[str]] = {}
    evidence: tuple[Evidence, ...] = ()
    if line.get("factors") is not None:
        factors = line["factors"]
        if not isinstance(factors, list):
            raise EvidenceError(f"{where}: `factors` is not a list; {_FORM}.")
        evidence = tuple(_evidence(factor, names, where) for factor in factors)
        labels["factor_direction"] = frozenset(each.label for each in evidence)
        labels["factor"] = frozenset(each.theme for each in evidence)
    for key, axis in _AXIS_KEYS.items():
        if key in line:
            values = _values(line[key], key, where)
            labels[axis] = frozenset(names.theme(axis, value, where) for value in values)
    return GoldLine(
        number, str(line.get("id") or f"line {number}"), title, _doi(line, where), labels, evidence
    )


class Names:
    """The theme in use for each name that labels may call it by."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._themes: dict[tuple[str, str], str] = {}
        # The themes in use last: their own names win over those of what they took the place of.
        for theme in sorted(vocabulary.themes.values(), key=lambda theme: not theme.replaced_by):
            current = vocabulary.resolve(theme.id)
            if current is not None:
                for name in (theme.notation, theme.id):
                    self._themes[theme.axis, name] = current

    def theme(self, axis: str, name: str, where: str) -> str:
        """The id for a name on an axis; an unknown one raises ``EvidenceError`` with those like it."""
        found = self._themes.get((axis, name))
        if found is None:
            known = [known for on, known in self._themes if on == axis]
            raise EvidenceError(
                f"{where}: the vocabulary has no {axis.replace('_', ' ')} `{name}`; {_choices(name, known)}."
            )
        return found


def _choices(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"near: {', '.join(near)}" if near else f"there are {', '.join(dict.fromkeys(known)) or 'none'}"


def _object(line: str, where: str) -> Mapping[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{where}: is not JSON ({error}); a gold file has one object a line.") from error
    if not isinstance(content, dict):
        raise EvidenceError(f"{where}: is not an object; {_FORM}.")
    return content


def _evidence(factor: Any, names: Names, where: str) -> Evidence:
    if not isinstance(factor, dict) or not isinstance(factor.get("factor"), str):
        raise EvidenceError(f"{where}: a factor is {factor!r:.80}, without `factor`; {_FORM}.")
    direction = factor.get("valence")
    if direction not in DIRECTIONS:
        said = _choices(str(direction), DIRECTIONS)
        raise EvidenceError(f"{where}: the valence of {factor['factor']} is `{direction}`; {said}.")
    text = factor.get("evidence") or ""
    if not isinstance(text, str):
        raise EvidenceError(f"{where}: the evidence of {factor['factor']} is not a text; {_FORM}.")
    return Evidence(names.theme("factor", factor["factor"], where), direction, text)


def _values(value: Any, key: str, where: str) -> list[str]:
    values = [] if value is None else [value] if key == "study_type" else value
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        form = "one id" if key == "study_type" else "a list of ids"
        raise EvidenceError(f"{where}: `{key}` is not {form}; {_FORM}.")
    return values


def _doi(line: Mapping[str, Any], where: str) -> str:
    doi = line.get("doi") or ""
    if not isinstance(doi, str):
        raise EvidenceError(f"{where}: `doi` is not a text; {_FORM}.")
    return normalise_doi(doi)


# Which record, and whether it was seen


class Finder:
    """Finds the record that a line is about: by its DOI, then by its title."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_doi: dict[str, Record] = {}
        self._by_title: dict[str, Record] = {}
        for record in records:
            if record.doi:
                self._by_doi.setdefault(normalise_doi(record.doi), record)
            self._by_title.setdefault(title_key(record.title), record)

    def __call__(self, line: GoldLine) -> Record | None:
        """The record, or ``None``."""
        return (self._by_doi.get(line.doi) if line.doi else None) or self._by_title.get(title_key(line.title))


def fingerprint(title: str) -> str:
    """Twelve hex digits that stand for a title, however it is spelt and marked."""
    return hashlib.sha256(title_key(title).encode()).hexdigest()[:12]


def seen_records(names: Iterable[str]) -> frozenset[str]:
    """Fingerprints and DOIs for a list that names records by fingerprint, DOI or title."""
    return frozenset(form for name in names for form in _forms(str(name)))


def was_seen(line: GoldLine, record: Record, seen: frozenset[str]) -> bool:
    """Whether the record of a line is among those of ``seen_records``."""
    own = {fingerprint(line.title), fingerprint(record.title), line.doi, normalise_doi(record.doi or "")}
    return not seen.isdisjoint(own - {""})


def _forms(name: str) -> Iterator[str]:
    name = name.strip()
    if name:
        yield name.lower()
        yield normalise_doi(name)
        yield fingerprint(name)
