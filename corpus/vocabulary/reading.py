"""From the text of a vocabulary file to its themes, with every fault of its form found at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS
from corpus.theme import VOCABULARY, Theme, Vocabulary

#: Settings that a file without them takes from the vocabulary that comes along: how its language says that
#: something hinders or helps is the same in every subject. ``about`` is the subject, and never taken.
INHERITED = ("directions", "clauses")

#: Reads texts, numbers, lists and mappings only: nothing in a file is run.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend in a vocabulary; a ``warning`` does not keep it from being used.

    ``term`` is the number of the term of ``theme`` that it is about, from 1; ``line`` is of the file,
    0 where not known.
    """

    source: str
    said: str
    mend: str
    theme: str = ""
    term: int = 0
    line: int = 0
    warning: bool = False

    def __str__(self) -> str:
        """The fault as one line: where, what was found, what to do."""
        where = f"{self.source}:{self.line}" if self.line else self.source
        theme = f"theme `{self.theme}`: " if self.theme else ""
        return f"{where}: {'warning: ' if self.warning else ''}{theme}{self.said}; {self.mend}"


@dataclass(frozen=True, slots=True)
class Places:
    """The lines, from 1, on which a theme of a file begins, its keys stand, and each of its terms."""

    start: int
    end: int
    keys: Mapping[str, int]
    terms: tuple[int, ...]


def load(path: Path) -> Vocabulary:
    """The vocabulary of a YAML file; a fault of its form raises ``EvidenceError``."""
    return parse(read_text(path), str(path))


def read_text(path: Path) -> str:
    """The text of a file; raises ``EvidenceError`` in one line if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise EvidenceError(
            f"{path}: is not text in UTF-8 (byte {error.start}); save it as UTF-8."
        ) from error


def parse(text: str, source: str) -> Vocabulary:
    """The vocabulary of a text in YAML; raises ``EvidenceError`` with the first fault of its form."""
    vocabulary, faults = inspect(text, source)
    if faults:
        more = f" (and {len(faults) - 1} more: `kb themes check {source}`)" if faults[1:] else ""
        raise EvidenceError(f"{faults[0]}{more}")
    return vocabulary


def inspect(text: str, source: str) -> tuple[Vocabulary, list[Fault]]:
    """The vocabulary of a text, and every fault of its form by line; themes that have one may be missing.

    Raises ``EvidenceError`` only for what is no vocabulary at all.
    """
    from corpus.vocabulary.form import form_faults

    content = _content(text, source)
    faults = form_faults(text, content, source)
    entries = [entry for entry in content.pop("themes") if isinstance(entry, Mapping)]
    themes = {str(entry.get("id")): _theme(entry) for entry in entries if _readable(entry)}
    return Vocabulary(themes, _inherit(content, source), source), faults


def places(text: str) -> dict[str, Places]:
    """Where the themes of a text stand, by id; the first of two with one id."""
    root = yaml.compose(text, Loader=LOADER)
    found: dict[str, Places] = {}
    for node in _value(root, "themes", []):
        if isinstance(node, yaml.MappingNode):
            keys = {key.value: key.start_mark.line + 1 for key, _ in node.value}
            name = next((value.value for key, value in node.value if key.value == "id"), "")
            terms = tuple(_term_lines(_value(node, "terms", [])))
            start, end = node.start_mark.line + 1, node.end_mark.line + 1
            found.setdefault(str(name), Places(start, end, keys, terms))
    return found


def located(faults: Iterable[Fault], text: str) -> list[Fault]:
    """The faults with their lines in the text, by line, errors of the whole file first."""
    known = places(text)
    placed = []
    for fault in faults:
        place = known.get(fault.theme)
        if place and not fault.line:
            terms = place.terms
            line = terms[fault.term - 1] if 0 < fault.term <= len(terms) else place.start
            fault = replace(fault, line=line)
        placed.append(fault)
    return sorted(placed, key=lambda fault: (fault.line, fault.said))


def _value(node: Any, key: str, default: Any) -> Any:
    """The nodes under a key of a mapping node."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key and isinstance(value, yaml.SequenceNode | yaml.MappingNode):
                return value.value
    return default


def _term_lines(nodes: Iterable[Any]) -> Iterable[int]:
    for node in nodes:
        if isinstance(node, yaml.MappingNode):
            for _, value in node.value:
                inner = value.value if isinstance(value, yaml.SequenceNode) else [value]
                yield from (each.start_mark.line + 1 for each in inner)
        else:
            yield node.start_mark.line + 1


def _content(text: str, source: str) -> dict[str, Any]:
    try:
        content = yaml.load(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source}:{mark.line + 1}" if mark else source
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise EvidenceError(
            f"{where}: is not YAML: {problem}; look for a missing quote, or spaces out of line."
        ) from error
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{source}: is not YAML that can be read ({error}).") from error
    if not isinstance(content, dict) or not isinstance(content.get("themes"), list):
        raise EvidenceError(
            f"{source}: has no list `themes:`; `kb themes export` writes a vocabulary to start from."
        )
    return content


def is_term(term: Any) -> bool:
    """Whether a line of a theme's terms is a text, or texts under keys."""
    if isinstance(term, Mapping):
        return all(is_texts(patterns) for patterns in term.values())
    return isinstance(term, str) and bool(term.strip())


def is_example(example: Any) -> bool:
    """Whether an example is a sentence, or one under a direction."""
    if isinstance(example, Mapping) and len(example) == 1:
        direction, example = next(iter(example.items()))
        return direction in DIRECTIONS and isinstance(example, str)
    return isinstance(example, str) and bool(example.strip())


def is_texts(value: Any) -> bool:
    """Whether the value is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value)


def _readable(entry: Mapping[str, Any]) -> bool:
    """Whether a theme can be made of an entry, whatever else is wrong with it."""
    texts = all(isinstance(entry.get(key), str) and entry[key] for key in ("id", "label", "axis"))
    lists = all(isinstance(entry.get(key) or [], list) for key in _LISTS)
    return (
        texts
        and lists
        and all(map(is_term, entry.get("terms") or ()))
        and all(map(is_example, entry.get("examples") or ()))
        and all(isinstance(each, str) for each in entry.get("counter_examples") or ())
        and isinstance(entry.get("crosswalk") or {}, Mapping)
    )


_LISTS = ("terms", "examples", "counter_examples")


def _theme(entry: Mapping[str, Any]) -> Theme:
    values: dict[str, Any] = {key: value for key, value in entry.items() if key in Theme.__dataclass_fields__}
    for key in _LISTS:
        values[key] = tuple(values.get(key) or ())
    for key in ("group", "replaced_by"):
        values[key] = str(values.get(key) or "")
    values["crosswalk"] = values.get("crosswalk") or {}
    values["notation"] = str(values.get("notation") or values["id"])
    values["definition"] = " ".join(str(values.get("definition") or "").split())
    return Theme(**values)


def _inherit(settings: dict[str, Any], source: str) -> dict[str, Any]:
    """The settings with what the file leaves out, from the vocabulary that comes along."""
    missing = [key for key in INHERITED if key not in settings]
    if not missing or source == str(VOCABULARY):
        return settings
    shipped = _content(read_text(VOCABULARY), str(VOCABULARY))
    taken = {key: shipped[key] for key in missing if key in shipped}
    words = settings.get("words") or {}
    if isinstance(words, Mapping):
        # The cues call word lists by name; a list of that name in the file is the file's own wish.
        words = {**(shipped.get("words") or {}), **words}
    return {**settings, **taken, "words": words}
