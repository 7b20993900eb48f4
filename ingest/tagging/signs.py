"""The vocabulary compiled: every pattern of its themes, cues and clause words in one matcher."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS
from corpus.theme import Theme, Vocabulary
from ingest.tagging.directions import SIDES
from ingest.tagging.patterns import Match, Patterns

#: What a line of a theme's terms may stand under; "" is a plain line.
TERM_KEYS = ("", *DIRECTIONS, "pressure", "weak", "not")
CLAUSE_KEYS = ("turns", "aims", "negations", "stops", "descriptions")


class Sign(NamedTuple):
    """What a pattern stands for.

    ``part`` is "term" (``name`` its theme, ``detail`` one of ``TERM_KEYS``), "cue" (``name`` its
    directions joined by "+", "same" or "none"; ``detail`` its side), "clause" (``name`` one of
    ``CLAUSE_KEYS``) or "about" (``name`` "about", or "touches" for words that say it only together).
    """

    part: str
    name: str = ""
    detail: str = ""


def compile_signs(
    vocabulary: Vocabulary, wanted: Callable[[Sign], bool] = lambda sign: True
) -> Patterns[Sign]:
    """One matcher for the whole vocabulary, or for what is wanted of it.

    A fault raises ``EvidenceError`` naming file and place.
    """
    lists = word_lists(vocabulary)
    entries = [entry for entry in (*_terms(vocabulary), *_settings(vocabulary)) if wanted(entry[2])]
    try:
        return Patterns(((text, sign) for _, text, sign in entries), lists)
    except EvidenceError as error:
        # The matcher quotes the pattern; only here is known where it stands.
        where = next((where for where, text, _ in entries if f"`{text}`" in str(error)), "words")
        raise EvidenceError(f"{vocabulary.source}: {where}: {error}") from error


def term_lines(theme: Theme) -> Iterator[tuple[str, str]]:
    """(key, pattern) of each term of a theme; the key is one of ``TERM_KEYS``."""
    for line in theme.terms:
        if isinstance(line, str):
            yield "", line
            continue
        if not isinstance(line, Mapping):
            raise EvidenceError(f"`{theme.id}`: the term {line!r} is neither a text nor `key: [texts]`.")
        for key, patterns in line.items():
            if key not in TERM_KEYS:
                raise EvidenceError(
                    f"`{theme.id}`: terms stand under `{key}`; known are {', '.join(TERM_KEYS[1:])}."
                )
            yield from ((key, text) for text in _texts(patterns, f"`{theme.id}`: {key}"))


def shown_terms(matches: Sequence[Match[Sign]]) -> list[Match[Sign]]:
    """The terms found, without those that touch what their theme lists under ``not``."""
    terms = [match for match in matches if match.payload.part == "term"]
    hidden = [match for match in terms if match.payload.detail == "not"]
    return [
        match
        for match in terms
        if match.payload.detail != "not"
        and not any(
            other.payload.name == match.payload.name and other.start < match.end and match.start < other.end
            for other in hidden
        )
    ]


def _terms(vocabulary: Vocabulary) -> Iterator[tuple[str, str, Sign]]:
    for theme in vocabulary:
        try:
            for key, text in term_lines(theme):
                yield f"theme `{theme.id}`", text, Sign("term", theme.id, key)
        except EvidenceError as error:
            raise EvidenceError(f"{vocabulary.source}: theme {error}") from error


def _settings(vocabulary: Vocabulary) -> Iterator[tuple[str, str, Sign]]:
    source = vocabulary.source
    for name, sides in _mapping(vocabulary, "directions").items():
        if name not in ("same", "none") and not set(name.split("+")) <= set(DIRECTIONS):
            raise EvidenceError(
                f"{source}: directions: `{name}` is none of {', '.join(DIRECTIONS)}, same, none."
            )
        if not isinstance(sides, Mapping) or not set(sides) <= set(SIDES):
            raise EvidenceError(f"{source}: directions: `{name}` may hold {', '.join(SIDES)} only.")
        for side, texts in sides.items():
            where = f"directions: {name}: {side}"
            yield from (
                (where, text, Sign("cue", name, side)) for text in _texts(texts, f"{source}: {where}")
            )
    for name, texts in _mapping(vocabulary, "clauses").items():
        if name not in CLAUSE_KEYS:
            raise EvidenceError(f"{source}: clauses: `{name}` is none of {', '.join(CLAUSE_KEYS)}.")
        yield from (
            (f"clauses: {name}", text, Sign("clause", name))
            for text in _texts(texts, f"{source}: clauses: {name}")
        )
    for part in ("about", "touches"):
        texts = vocabulary.settings.get(part) or []
        yield from ((part, text, Sign("about", part)) for text in _texts(texts, f"{source}: {part}"))


def word_lists(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """The lists that patterns may call by name."""
    return {
        name: _texts(texts, f"{vocabulary.source}: words: {name}")
        for name, texts in _mapping(vocabulary, "words").items()
    }


def _mapping(vocabulary: Vocabulary, key: str) -> Mapping[str, Any]:
    value = vocabulary.settings.get(key) or {}
    if not isinstance(value, Mapping):
        raise EvidenceError(f"{vocabulary.source}: `{key}:` is not a mapping.")
    return value


def _texts(value: Any, where: str) -> list[str]:
    if (
        not isinstance(value, Sequence)
        or isinstance(value, str)
        or not all(isinstance(v, str) for v in value)
    ):
        raise EvidenceError(f"{where}: is not a list of texts (a line with `: ` wants quotes).")
    return list(value)
