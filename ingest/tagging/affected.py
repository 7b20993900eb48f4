"""Which records a change of the vocabulary can affect: those in which a changed pattern is found.

A record is tagged by what is found in it alone. Where no pattern of a changed theme is found, neither before
nor after the change, everything found is the same, and so are the tags.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain

from corpus.query import DIRECTIONS
from corpus.record import Record
from corpus.theme import Theme, Vocabulary
from ingest.tagging.passages import passages
from ingest.tagging.patterns import Patterns
from ingest.tagging.signs import Sign, term_lines, word_lists

#: Settings that no tag hangs on.
_SILENT = ("retired", "title", "uri", "fitted_to", "words", "synonyms")
_CALL = re.compile(r"<([^<>]*)>")


def affected(before: Vocabulary, after: Vocabulary) -> frozenset[str] | None:
    """The themes whose tags can differ, by id; ``None`` if those of any theme can."""
    if _settings(before) != _settings(after):
        return None
    lists = _changed_lists(word_lists(before), word_lists(after))
    if lists and _calls(_texts(_settings(after)), lists, word_lists(after)):
        return None
    old, new = ({theme.id: theme for theme in vocabulary} for vocabulary in (before, after))
    changed = frozenset(
        theme_id
        for theme_id in old.keys() | new.keys()
        if theme_id not in old
        or theme_id not in new
        or _found_by(old[theme_id]) != _found_by(new[theme_id])
        or (lists and _calls((text for _, text in term_lines(new[theme_id])), lists, word_lists(after)))
    )
    shared = [theme_id for theme_id in old if theme_id in new]
    # The order decides between study types; and a kind that is called like a direction goes with factors.
    if shared != [theme_id for theme_id in new if theme_id in old] or changed & {*DIRECTIONS}:
        return None
    return changed


def touched(
    records: Iterable[Record], themes: Collection[str], *vocabularies: Vocabulary
) -> Iterator[Record]:
    """The records in which a pattern of those themes is found, as any of the vocabularies has it."""
    signs = [_patterns(vocabulary, themes) for vocabulary in vocabularies]
    for record in records:
        if any(
            matches for each in signs for passage in passages(record, each) for matches in passage.matches
        ):
            yield record


def _patterns(vocabulary: Vocabulary, themes: Collection[str]) -> Patterns[Sign]:
    # One payload for all: what matters is that something is found, not what.
    lines = chain.from_iterable(term_lines(theme) for theme in vocabulary if theme.id in themes)
    return Patterns(((text, Sign("term")) for _, text in lines), word_lists(vocabulary))


def _found_by(theme: Theme) -> object:
    return theme.axis, list(term_lines(theme))


def _settings(vocabulary: Vocabulary) -> dict[str, object]:
    return {name: value for name, value in vocabulary.settings.items() if name not in _SILENT and value}


def _changed_lists(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _calls(texts: Iterable[str], names: Collection[str], lists: Mapping[str, list[str]]) -> bool:
    """Whether a pattern calls one of the lists, itself or through another list."""
    waiting = {name for text in texts for name in _CALL.findall(text)}
    passed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in names:
            return True
        passed.add(name)
        waiting |= {each for text in lists.get(name, ()) for each in _CALL.findall(text)} - passed
    return False


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for inner in value.values() for text in _texts(inner))
    elif isinstance(value, Iterable):
        yield from (text for inner in value for text in _texts(inner))
