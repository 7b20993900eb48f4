"""The pattern language of the vocabulary's terms, and a matcher that looks for all of them at once.

The language is explained, for those who edit it, at the head of ``corpus/themes.yml``. Every pattern is
unfolded into sequences of word classes, and all sequences share one tree, so that the cost of a text
hangs on its length and not on the number of terms.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from corpus.errors import EvidenceError
from ingest.tagging.sentences import Word

Payload = TypeVar("Payload", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Match(Generic[Payload]):
    """A pattern found: ``words[start:end]``, and what was filed under the pattern."""

    start: int
    end: int
    payload: Payload


@dataclass(frozen=True, slots=True)
class _Gap:
    """Up to ``length`` words of any kind."""

    length: int


_Class = frozenset[str]  # of folded words; a prefix ends in "*"
_Element = _Class | _Gap
_Sequence = tuple[_Element, ...]

MARKS = frozenset(".,;:()?!-–—")
_PIECE = re.compile(r"\.\.\d*|[()|\[\],;:]|<[^<>]*>|[^\s()|\[\]<>,;:]+|[<>]")
_DEFAULT_GAP = 3
_LONGEST_GAP = 8
_MOST_SEQUENCES = 5_000

_SPELLINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"['’]s?$", ""),
        (r"is(e|ed|es|er|ers|ing|ation|ations|ational)$", r"iz\1"),
        (r"ys(e|ed|es|er|ers|ing)$", r"yz\1"),
        (r"practiz", "practic"),
        # Not in words as short as "four", which would become "for".
        (r"(?<=...)our(?=(?:s|ed|ing|al|ally|able|ably|ist|ists|hood|hoods|ly|er|ers)?$)", "or"),
        (r"^(cent|met|lit|theat|fib)re(s?)$", r"\1er\2"),
        (r"^centred$", "centered"),
        (r"^programme(s?)$", r"program\1"),
        (r"ageing", "aging"),
        (r"ll(ed|ing|er|ers|or|ors)$", r"l\1"),
        (r"(def|off|lic|pret)ence", r"\1ense"),
        (r"judgement", "judgment"),
        (r"(p|orthop)aed", r"\1ed"),
        (r"(h)aem", r"\1em"),
        (r"anaesth", "anesth"),
        (r"gynaec", "gynec"),
        (r"foet", "fet"),
        (r"oed", "ed"),
    )
)


def fold(word: str) -> str:
    """A key that British and American spellings of a word share; a possessive 's is dropped."""
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return word


def forms(word: str) -> set[str]:
    """The word and its regular forms: plural, third person, -ed, -ing. Some are not English; none hurts."""
    made = {word, word + "s", word + "es", word + "ed", word + "ing"}
    if word.endswith("e"):
        made |= {word + "d", word[:-1] + "ing"}
    elif word.endswith("y"):
        made |= {word[:-1] + "ies", word[:-1] + "ied"}
    elif re.search(r"[^aeiou][aeiou][bdgklmnprt]$", word):
        made |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return made


class _Node:
    __slots__ = ("edges", "gaps", "payloads")

    def __init__(self) -> None:
        self.edges: dict[int, _Node] = {}
        self.gaps: list[tuple[int, _Node]] = []
        self.payloads: list[Hashable] = []


#: A word as the matcher sees it: the numbers of its classes, and the nodes of patterns that it begins.
_Read = tuple[tuple[int, ...], tuple[_Node, ...]]
_MARK = -1


class Patterns(Generic[Payload]):
    """Many patterns, each with a payload, ready to be looked for together.

    ``lists`` are the named word lists that patterns may call with ``<name>``. A pattern that cannot be
    read raises ``EvidenceError``, which quotes it.
    """

    def __init__(self, patterns: Iterable[tuple[str, Payload]], lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._root = _Node()
        self._classes: dict[_Class, int] = {}
        self._of_word: dict[str, list[int]] = {}
        self._of_prefix: dict[str, list[int]] = {}
        self._seen: dict[str, _Read] = {}
        for pattern, payload in patterns:
            for sequence in unfold(pattern, lists):
                self._add(sequence, payload)

    def find(self, words: Sequence[Word]) -> list[Match[Payload]]:
        """Every match, by start, then end; of one payload only the longest from a start."""
        read = [self._seen.get(word.text) or self._read(word.text) for word in words]
        found: list[Match[Payload]] = []
        for start, (_, nodes) in enumerate(read):
            if nodes:
                ends: dict[Hashable, int] = {}
                for node in nodes:
                    _walk(node, start + 1, read, ends)
                found += [Match(start, end, payload) for payload, end in ends.items()]  # type: ignore[arg-type]
        return found

    def _add(self, sequence: _Sequence, payload: Payload) -> None:
        node = self._root
        for element in sequence:
            if isinstance(element, _Gap):
                node = _gap(node, element.length)
            else:
                node = node.edges.setdefault(self._number(element), _Node())
        if payload not in node.payloads:
            node.payloads.append(payload)

    def _number(self, words: _Class) -> int:
        number = self._classes.setdefault(words, len(self._classes))
        if number == len(self._classes) - 1:
            for word in words:
                table = self._of_prefix if word.endswith("*") else self._of_word
                numbers = table.setdefault(word.removesuffix("*"), [])
                if number not in numbers:
                    numbers.append(number)
        return number

    def _read(self, word: str) -> _Read:
        folded = fold(word.lower())
        numbers = {*self._of_word.get(folded, ()), *self._of_word.get(word, ())}
        for length in range(2, len(folded) + 1):
            numbers.update(self._of_prefix.get(folded[:length], ()))
        # Words are few but names and numbers are without end: start again rather than grow.
        if len(self._seen) > 100_000:
            self._seen.clear()
        edges = self._root.edges
        nodes = tuple(edges[number] for number in sorted(numbers) if number in edges)
        # A mark carries this number beside those of its classes: gaps stop at it.
        read = self._seen[word] = (tuple(sorted(numbers)) + ((_MARK,) if word in MARKS else ()), nodes)
        return read


def _gap(node: _Node, length: int) -> _Node:
    """The node behind a gap of this length, made if need be."""
    for known, after in node.gaps:
        if known == length:
            return after
    node.gaps.append((length, _Node()))
    return node.gaps[-1][1]


def _walk(node: _Node, place: int, read: Sequence[_Read], ends: dict[Hashable, int]) -> None:
    """Follow a node's edges from a place on, and note for each payload how far it reaches."""
    for payload in node.payloads:
        if ends.get(payload, 0) < place:
            ends[payload] = place
    if node.edges and place < len(read):
        edges = node.edges
        for number in read[place][0]:
            if number in edges:
                _walk(edges[number], place + 1, read, ends)
    for length, after in node.gaps:
        edges = after.edges
        for next_place in range(place, min(place + length + 1, len(read))):
            numbers = read[next_place][0]
            for number in numbers:
                if number in edges:
                    _walk(edges[number], next_place + 1, read, ends)
            if numbers and numbers[-1] == _MARK:
                break


def unfold(pattern: str, lists: Mapping[str, Sequence[str]]) -> list[_Sequence]:
    """The sequences of word classes and gaps that a pattern stands for."""
    pieces = _PIECE.findall(pattern)
    sequences, rest = _alternatives(pieces, pattern, lists, ())
    if rest:
        raise EvidenceError(f"the pattern `{pattern}` has a `{rest[0]}` that nothing opens.")
    for sequence in sequences:
        if not sequence or isinstance(sequence[0], _Gap) or isinstance(sequence[-1], _Gap):
            raise EvidenceError(
                f"the pattern `{pattern}` may begin or end with nothing: give it a word there."
            )
    if len(sequences) > _MOST_SEQUENCES:
        raise EvidenceError(f"the pattern `{pattern}` unfolds into {len(sequences)} sequences: split it.")
    return sequences


def _alternatives(
    pieces: list[str], pattern: str, lists: Mapping[str, Sequence[str]], within: tuple[str, ...]
) -> tuple[list[_Sequence], list[str]]:
    """The sequences up to the bracket that closes this group, and the pieces after it."""
    found: list[_Sequence] = []
    current: list[_Sequence] = [()]
    while pieces and pieces[0] not in ")]":
        piece, pieces = pieces[0], pieces[1:]
        if piece == "|":
            found += current
            current = [()]
            continue
        if piece in "([":
            inner, rest = _alternatives(pieces, pattern, lists, within)
            if rest[:1] != [")" if piece == "(" else "]"]:
                raise EvidenceError(f"the pattern `{pattern}` opens a `{piece}` and does not close it.")
            pieces = rest[1:]
            choices = inner if piece == "(" else [*inner, ()]
        else:
            choices = _choices(piece, pattern, lists, within)
        current = [head + tail for head in current for tail in choices]
    return _merge(found + current), pieces


def _choices(
    piece: str, pattern: str, lists: Mapping[str, Sequence[str]], within: tuple[str, ...]
) -> list[_Sequence]:
    if piece.startswith(".."):
        length = int(piece[2:] or _DEFAULT_GAP)
        if length > _LONGEST_GAP:
            raise EvidenceError(
                f"the pattern `{pattern}` has a gap of {length} words; {_LONGEST_GAP} is the most."
            )
        return [(_Gap(length),)]
    if piece.startswith("<"):
        name = piece[1:-1]
        if name not in lists or name in within:
            fault = "calls itself" if name in within else "is none of the lists under `words:`"
            raise EvidenceError(f"the pattern `{pattern}`: `<{name}>` {fault}.")
        nested = [
            _alternatives(_PIECE.findall(text), text, lists, (*within, name))[0] for text in lists[name]
        ]
        return _merge([sequence for sequences in nested for sequence in sequences])
    return _word(piece, pattern)


def _word(piece: str, pattern: str) -> list[_Sequence]:
    """One word or mark; a hyphen stands for a hyphen, a space or nothing."""
    if piece in MARKS:
        return [(frozenset([piece]),)]
    if not any(letter.isalnum() for letter in piece):
        raise EvidenceError(f"the pattern `{pattern}` has a `{piece}` that belongs to no word.")
    parts = piece.split("-")
    if len(parts) == 1:
        return [(_class(piece),)]
    apart = tuple(_class(part) for part in parts if part)
    return [apart, (_class("".join(parts)),)]


def _class(word: str) -> _Class:
    if word.isupper() and len(word) > 1:
        return frozenset([word])
    lower = word.lower()
    if lower.endswith("~"):
        return frozenset(fold(form) for form in forms(lower[:-1]))
    if lower.endswith("*"):
        # "reorganis*" has no ending yet that would tell fold() to write it with a z.
        return frozenset(re.sub(r"is$", ending, fold(lower[:-1])) + "*" for ending in ("is", "iz"))
    return frozenset([fold(lower)])


def _merge(sequences: list[_Sequence]) -> list[_Sequence]:
    """The same language with all one-word alternatives in one class, and nothing twice."""
    single = [
        sequence[0] for sequence in sequences if len(sequence) == 1 and isinstance(sequence[0], frozenset)
    ]
    others = [
        sequence for sequence in sequences if len(sequence) != 1 or not isinstance(sequence[0], frozenset)
    ]
    merged: list[_Sequence] = [(frozenset().union(*single),)] if single else []
    return list(dict.fromkeys(merged + others))
