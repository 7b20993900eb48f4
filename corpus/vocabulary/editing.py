"""Changes to the text of a vocabulary file: rename, merge, split, retire.

Each takes a text and gives another; comments, order and the other themes stay as they are. Ids never change
and never return: a theme that goes leaves its id behind, with the theme that took its place, or under
``retired:``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.errors import EvidenceError
from corpus.theme import Theme, Vocabulary
from corpus.vocabulary.reading import parse
from corpus.vocabulary.splicing import add_retired, edit, insert, replace

#: What a theme that was replaced keeps: what it was, for those who meet its id.
_KEPT = ("id", "label", "axis", "group", "notation", "definition")


def slug(text: str) -> str:
    """An id made of a label: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "theme"


def relabel(text: str, theme_id: str, label: str) -> str:
    """Another label for a theme; its id stays."""
    return edit(text, theme_id, lambda entry: entry.__setitem__("label", label))


def rename(text: str, theme_id: str, new_id: str, label: str | None = None) -> str:
    """The theme under another id; the old one is replaced by it. Labelled files keep their code for it."""
    vocabulary = parse(text, "vocabulary")
    _free(vocabulary, new_id)
    theme = vocabulary.themes[theme_id]

    def become(entry: Any) -> None:
        entry["id"] = new_id
        entry["label"] = label or theme.label
        if "notation" not in entry:
            entry.insert(1, "notation", theme.notation)

    return _append(edit(text, theme_id, become), _replaced(theme, new_id))


def merge(text: str, theme_ids: Sequence[str], into: str, label: str | None = None) -> str:
    """Several themes as one: ``into`` takes their terms, examples and crosswalk, and their place.

    A new ``into`` takes the axis, the group and the code of the first of them.
    """
    vocabulary = parse(text, "vocabulary")
    themes = [vocabulary.themes[theme_id] for theme_id in theme_ids if theme_id != into]
    if len({theme.axis for theme in themes} | _axis(vocabulary, into)) > 1:
        raise EvidenceError(f"`{'`, `'.join([*theme_ids, into])}` are not on one axis; merge within one.")
    if into not in vocabulary.themes:
        _free(vocabulary, into)
        first = themes[0]
        entry = {"id": into, "label": label or first.label, "axis": first.axis, "group": first.group}
        entry |= {"notation": first.notation, "definition": " ".join(t.definition for t in themes).strip()}
        text = insert(text, first.id, {key: value for key, value in entry.items() if value})
    elif label:
        text = relabel(text, into, label)
    text = edit(text, into, lambda entry: _take(entry, themes))
    for theme in themes:
        text = replace(text, theme.id, _replaced(theme, into))
    return text


def split(text: str, theme_id: str, new_id: str, label: str, numbers: Sequence[int]) -> str:
    """Some terms of a theme, by their numbers from 1, as a theme of their own right behind it."""
    vocabulary = parse(text, "vocabulary")
    _free(vocabulary, new_id)
    theme = vocabulary.themes[theme_id]
    lines = list(theme.lines())
    wrong = sorted(number for number in {*numbers} if not 0 < number <= len(lines))
    if wrong or not numbers:
        raise EvidenceError(
            f"`{theme_id}` has no term {wrong[0] if wrong else 0}: they are numbered 1 to {len(lines)};"
            f" `kb themes show {theme_id}` prints them."
        )
    if len({*numbers}) == len(lines):
        raise EvidenceError(f"all terms of `{theme_id}` would go: `kb themes rename` gives it another id.")
    taken = [lines[number - 1] for number in sorted({*numbers})]
    text = edit(text, theme_id, lambda entry: _drop_terms(entry, {*numbers}))
    entry = {"id": new_id, "label": label, "axis": theme.axis, "group": theme.group}
    entry["terms"] = [pattern if not key else {key: [pattern]} for key, pattern in taken]  # type: ignore[assignment]
    return insert(text, theme_id, {key: value for key, value in entry.items() if value})


def retire(text: str, theme_id: str, replaced_by: str | None = None) -> str:
    """The theme out of use: another one in its place, or its id alone under ``retired:``."""
    vocabulary = parse(text, "vocabulary")
    theme = vocabulary.themes[theme_id]
    if replaced_by:
        return replace(text, theme_id, _replaced(theme, replaced_by))
    orphans = [other.id for other in vocabulary.themes.values() if other.replaced_by == theme_id]
    text = replace(text, theme_id, None)
    # What it had replaced has nothing left to lead to.
    for orphan in orphans:
        text = retire(text, orphan)
    return add_retired(text, theme)


def move_examples(text: str, source: str, target: str, sentences: Sequence[str]) -> str:
    """Those examples of a theme as examples of another."""
    moved: list[Any] = []

    def leave(entry: Any) -> None:
        for example in list(entry.get("examples") or ()):
            if example_text(example) in sentences:
                moved.append(example)
                entry["examples"].remove(example)

    text = edit(text, source, leave)
    return edit(text, target, lambda entry: entry.setdefault("examples", []).extend(moved))


def drop_counter_examples(text: str, theme_id: str, sentences: Sequence[str]) -> str:
    """The theme without those counter-examples."""

    def drop(entry: Any) -> None:
        for sentence in sentences:
            entry["counter_examples"].remove(sentence)

    return edit(text, theme_id, drop)


def example_text(example: str | Mapping[str, str]) -> str:
    """The sentence of an example, whatever its direction."""
    return example if isinstance(example, str) else next(iter(example.values()))


def _free(vocabulary: Vocabulary, theme_id: str) -> None:
    if slug(theme_id) != theme_id:
        raise EvidenceError(f"`{theme_id}` is no id; write `{slug(theme_id)}`.")
    if theme_id in vocabulary.themes or theme_id in vocabulary.retired:
        raise EvidenceError(
            f"the id `{theme_id}` is taken; ids never change and never return: choose another."
        )


def _axis(vocabulary: Vocabulary, theme_id: str) -> set[str]:
    return {vocabulary.themes[theme_id].axis} if theme_id in vocabulary.themes else set()


def _replaced(theme: Theme, successor: str) -> dict[str, Any]:
    kept = {key: getattr(theme, key) for key in _KEPT if getattr(theme, key)}
    if theme.notation == theme.id:
        del kept["notation"]
    return {**kept, "replaced_by": successor}


def _take(entry: Any, themes: Sequence[Theme]) -> None:
    """Into an entry what others bring that it has not."""
    for key in ("terms", "examples", "counter_examples"):
        brought = [each for theme in themes for each in getattr(theme, key)]
        if brought:
            known = entry.setdefault(key, [])
            known.extend(each for each in brought if each not in known)
    for theme in themes:
        for framework, names in theme.crosswalk.items():
            known = entry.setdefault("crosswalk", {}).setdefault(framework, [])
            known.extend(name for name in names if name not in known)


def _drop_terms(entry: Any, numbers: set[int]) -> None:
    number = 0
    kept: list[Any] = []
    for line in list(entry["terms"]):
        if isinstance(line, str):
            number += 1
            if number not in numbers:
                kept.append(line)
            continue
        for key in list(line):
            patterns = list(line[key])
            stay = [each for at, each in enumerate(patterns, start=number + 1) if at not in numbers]
            number += len(patterns)
            if stay:
                line[key][:] = stay
            else:
                del line[key]
        if line:
            kept.append(line)
    entry["terms"][:] = kept


def _append(text: str, entry: Mapping[str, Any]) -> str:
    """The text with a new entry behind the theme that took its place."""
    return insert(text, str(entry["replaced_by"]), entry)
