"""From text to the words that are matched: one form for all spellings and hyphens, and its stem."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from index.spelling import (
    CO_WORDS,
    COMPOUND_PARTS,
    HYPHEN_COMPOUNDS,
    NOT_JOINED,
    OPEN_COMPOUNDS,
    OPEN_PREFIXES,
    PREFIXES,
    american,
)


class Word(NamedTuple):
    """A word of ``text[start:end]`` in its one form: "interagency" for inter-agency, "organization".

    ``parts`` are the words within a compound ("health", "care"), by which it may be found too.
    """

    form: str
    start: int
    end: int
    parts: tuple[str, ...] = ()


_STOP_WORDS = """
    a about all also an and any are as at be because been but by can could did do does each for from had has
    have how if in into is it its may might more most no nor not of on or other our should so some such than
    that the their them then there these they this those to us was we were what when where which while who
    whom why will with would you your
    arent cant couldnt didnt doesnt dont hasnt havent isnt shouldnt wasnt werent wont wouldnt
"""
#: Words that say nothing alone: left out of a plain question that has others, kept in phrases.
STOP_WORDS = frozenset(_STOP_WORDS.split())

_SOFT_HYPHEN = "\u00ad"
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2212"
_RAW = re.compile(rf"[^\W_]+(?:(?:{_SOFT_HYPHEN}|['’])[^\W_]+)*")
_HYPHEN = re.compile(rf"[{_HYPHENS}](?:[ \t]*\n[ \t]*)?")
_SPACE = re.compile(r"\s{1,3}")
_SUSPENDED = re.compile(rf"[{_HYPHENS}](?:\s*/\s*|\s+)")
# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_STEMS = {
    "analysis": "analys",
    "crises": "crisis",
    "data": "data",
    "hypotheses": "hypothesi",
    "theses": "thesi",
}


@lru_cache(maxsize=65536)
def fold(raw: str) -> str:
    """``raw`` in lower case without accents, apostrophes, soft hyphens and a possessive's s."""
    if raw.isascii() and raw.isalnum():
        return raw.lower()
    text = raw.replace("’", "'").lower().replace(_SOFT_HYPHEN, "")
    text = unicodedata.normalize("NFKD", text.removesuffix("'s").replace("'", ""))
    text = "".join(c for c in text if not unicodedata.combining(c))
    # Compatibility forms may bring capitals and other signs with them ("℠"), accents hide letters ("ǽ").
    return "".join(c for c in text.lower().translate(_LETTERS) if c.isalnum())


_american = lru_cache(maxsize=65536)(american)


def words(text: str) -> list[Word]:
    """The words of ``text`` in order, each in its one form."""
    return list(_words(text))


def forms(text: str) -> list[str]:
    """The forms alone, in order."""
    return [word.form for word in _words(text)]


def raw(text: str) -> list[str]:
    """The words as printed, in order, folded only: neither spellings nor hyphens made one."""
    return [folded for match in _RAW.finditer(text) if (folded := fold(match.group()))]


def raw_words(text: str) -> set[str]:
    """The words as printed, each once: what "did you mean" may suggest."""
    return set(raw(text))


def indexed(form: str, field: str) -> str:
    """What a word is looked up as in a field of text: its stem, but in "exact" the word itself."""
    return form if field == "exact" else stem(form)


def pattern_regex(pattern: str) -> re.Pattern[str]:
    """What matches the words of a pattern, in which ``*`` is any letters and ``?`` is one."""
    return re.compile("".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern))


def parts_of(form: str) -> tuple[str, ...]:
    """The words within a compound ("health", "care"), which all forms of its stem have alike."""
    return _parts().get(stem(form), ())


@lru_cache(maxsize=1)
def wholes() -> dict[str, tuple[str, ...]]:
    """The stems of the compounds that a word is part of, by its stem: of healthcare for "care"."""
    found: dict[str, dict[str, None]] = {}
    for whole, parts in _parts().items():
        for part in parts:
            if stem(part) != whole:
                found.setdefault(stem(part), {})[whole] = None
    return {part: tuple(stems) for part, stems in found.items()}


@lru_cache(maxsize=1)
def _parts() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, str]] = {}
    for form, parts in COMPOUND_PARTS.items():
        known = found.setdefault(stem(form), {})
        for part in parts:
            known.setdefault(stem(part), part)
    return {whole: tuple(parts.values()) for whole, parts in found.items()}


def joined(text: str) -> str:
    """``text`` with the words that variants write apart written as one: "inter agency" is "interagency"."""
    pieces: list[str] = []
    done = 0
    for word in _words(text):
        first = _RAW.match(text, word.start)
        alone = first is not None and first.end() == word.end
        if not alone or (
            text[word.start : word.end].lower() in PREFIXES and len(word.form) > word.end - word.start
        ):
            pieces += (text[done : word.start], word.form)
            done = word.end
    return "".join((*pieces, text[done:]))


def alike(text: str) -> str:
    """``text`` with every word in its one form: all ways of writing it are one text to an embedder."""
    pieces: list[str] = []
    done = 0
    for word in _words(text):
        pieces += (text[done : word.start], word.form)
        done = word.end
    return "".join((*pieces, text[done:]))


@lru_cache(maxsize=65536)
def stem(form: str) -> str:
    """The stem that the word forms of ``form`` share (Snowball's English stemmer)."""
    # An organisation is no organ, though the stemmer thinks so.
    if form.startswith("organiz"):
        return "organiz"
    return _STEMS.get(form) or str(_stemmer().analyze(form)[0])


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    # Whoosh's own takes nine times as long and reads "adding" as a form of "ad", Snowball as one of "add".
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build()


# What may be written together with the word after it: most words may not, and need no further look.
_JOINING = PREFIXES | {first for first, _ in (*HYPHEN_COMPOUNDS, *OPEN_COMPOUNDS)}


@lru_cache(maxsize=65536)
def _alone(folded: str) -> tuple[str, tuple[str, ...]]:
    """The one form of a word that stands for itself, and its parts."""
    form = _american(folded)
    return form, parts_of(form)


def keyed(text: str, stems: Container[str]) -> list[tuple[Word, str]]:
    """The words of ``text`` that stand, whole or in a part, for one of those stems, each with the stem.

    The same as asking all ``words``, in half the time: most words of a text are passed over.
    """
    found: list[tuple[Word, str]] = []
    done = 0
    for match in _RAW.finditer(text):
        keys, joining = _look(match[0])
        if joining and match.start() >= done and _opens(text, match):
            start = match.start()
            word = next(_words(text[start : start + _AHEAD]))
            done = start + word.end
            word, keys = word._replace(start=start, end=done), _keys(word.form, word.parts)
        elif keys and (keys[0] in stems or len(keys) > 1) and match.start() >= done:
            form, parts = _alone(fold(match[0]))
            word = Word(form, *match.span(), parts)
        else:
            continue
        if key := next((key for key in keys if key in stems), ""):
            found.append((word, key))
    return found


def _opens(text: str, match: re.Match[str]) -> bool:
    """Whether a word may be written together with what follows it there."""
    first = fold(match[0])
    if first in PREFIXES:
        return True
    after = _RAW.search(text, match.end())
    return after is not None and bool(
        _join(first, fold(after[0]), text[match.end() : after.start()], at_prefix=False)
    )


#: So many characters on, nothing is written together with a word any more.
_AHEAD = 200


@lru_cache(maxsize=65536)
def _look(printed: str) -> tuple[tuple[str, ...], bool]:
    """The stems that a word stands for, and whether it may be written together with the next."""
    folded = fold(printed)
    return (_keys(*_alone(folded)) if folded else ()), folded in _JOINING


def _keys(form: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    return (stem(form), *map(stem, parts))


def _words(text: str) -> Iterator[Word]:
    raw = [(fold(m.group()), *m.span()) for m in _RAW.finditer(text)]
    raw = [piece for piece in raw if piece[0]]
    place = 0
    while place < len(raw):
        form, start, end = raw[place]
        if form not in _JOINING:
            form, parts = _alone(form)
            yield Word(form, start, end, parts)
            place += 1
            continue
        last = place
        while last + 1 < len(raw):
            longer = _join(form, raw[last + 1][0], text[end : raw[last + 1][1]], at_prefix=form in PREFIXES)
            if not longer:
                break
            form, end, last = longer, raw[last + 1][2], last + 1
        if last == place:
            form = _suspended(text, raw, place) or form
        form, parts = _alone(form)
        yield Word(form, start, end, parts)
        place = last + 1


def _join(first: str, second: str, gap: str, *, at_prefix: bool) -> str:
    """The closed form of two neighbours, or ``""`` where they are two words."""
    hyphen = bool(_HYPHEN.fullmatch(gap))
    if not hyphen and not _SPACE.fullmatch(gap):
        return ""
    compounds = HYPHEN_COMPOUNDS if hyphen else OPEN_COMPOUNDS
    if closed := compounds.get((first, second)):
        return closed
    if (
        not at_prefix
        or len(second) < 3
        or not second.isalpha()
        or second in NOT_JOINED
        or second in STOP_WORDS
    ):
        return ""
    opens = hyphen or first in OPEN_PREFIXES or (first == "co" and second.startswith(CO_WORDS))
    return first + second if opens else ""


def _suspended(text: str, raw: list[tuple[str, int, int]], place: int) -> str:
    """ "interagency" for the "inter-" of "inter- and multi-agency", else ``""``."""
    first, _, end = raw[place]
    if (
        first not in PREFIXES
        or place + 1 >= len(raw)
        or not _SUSPENDED.fullmatch(text[end : raw[place + 1][1]])
    ):
        return ""
    follows = place + (2 if raw[place + 1][0] in {"and", "or"} else 1)
    if follows >= len(raw):
        return ""
    head = raw[follows][0]
    if head in PREFIXES and follows + 1 < len(raw):
        rest = raw[follows + 1][0]
        return (
            first + rest
            if _join(head, rest, text[raw[follows][2] : raw[follows + 1][1]], at_prefix=True)
            else ""
        )
    for prefix in sorted(OPEN_PREFIXES, key=len, reverse=True):
        if head.startswith(prefix) and len(head) - len(prefix) > 3:
            return first + head.removeprefix(prefix)
    return ""
