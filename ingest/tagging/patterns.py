"""The pattern language of the vocabulary's terms, and a matcher that looks for all of them at once.

The language is explained, for those who edit it, at the head of ``corpus/themes.yml``. Every pattern is
unfolded into sequences of word classes, all sequences share one tree, and a text is read along the tree
by one look-up a word, so that its cost hangs on its length and not on the number of terms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from corpus.errors import EvidenceError
from ingest.tagging.sentences import Word
from ingest.tagging.spelling import fold, forms

Payload = TypeVar("Payload", bound=Hashable)


# A tuple and no dataclass, for speed: there are dozens in each record.
class Match(NamedTuple, Generic[Payload]):
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
_MOST_WORDS = 100_000


class _Node:
    """A place in the tree of all sequences: where a class of words, or a gap, leads on from it."""

    __slots__ = ("edges", "gaps", "payloads")

    def __init__(self) -> None:
        self.edges: dict[int, _Node] = {}
        self.gaps: dict[int, _Node] = {}
        self.payloads: list[Hashable] = []


class _Read:
    """A word as the matcher sees it: the numbers of its classes, and whether it is a mark."""

    __slots__ = ("mark", "numbers", "start")

    def __init__(self, numbers: frozenset[int], mark: bool) -> None:
        self.numbers = numbers
        self.mark = mark
        #: Where a match that begins with this word stands after it; ``None`` if no pattern begins so.
        self.start: _State | None = None


#: Where a reader may stand: behind a node, or in a gap before one with so many words of it left.
_Stand = tuple[_Node, int | None]


class _State(dict["_Read", "_State | None"]):
    """All places where one who reads from a start may stand; by the next word read, the state after it.

    The states are made as texts ask for them: those that occur are few, those that could are many.
    """

    __slots__ = ("_edges", "_gaps", "_made", "payloads")

    def __init__(self, stands: frozenset[_Stand], made: dict[frozenset[_Stand], _State]) -> None:
        super().__init__()
        self._made = made
        self._gaps: list[_Stand] = [(node, left - 1) for node, left in stands if left]
        self._edges: dict[int, list[_Stand]] = {}
        for node, _ in stands:
            for number, after in node.edges.items():
                self._edges.setdefault(number, []).append((after, None))
        self.payloads = tuple({p: None for node, left in stands if left is None for p in node.payloads})

    def __missing__(self, read: _Read) -> _State | None:
        stands = [] if read.mark else self._gaps.copy()
        for number in self._edges.keys() & read.numbers:
            stands += self._edges[number]
        self[read] = state = _state(stands, self._made) if stands else None
        return state


def _state(stands: Iterable[_Stand], made: dict[frozenset[_Stand], _State]) -> _State | None:
    """The state of these places and of the gaps that begin there; ``None`` if there are none."""
    every = set(stands)
    every |= {(after, length) for node, left in every if left is None for length, after in node.gaps.items()}
    if not every:
        return None
    key = frozenset(every)
    if key not in made:
        made[key] = _State(key, made)
    return made[key]


class Patterns(Generic[Payload]):
    """Many patterns, each with a payload, ready to be looked for together.

    ``lists`` are the named word lists that patterns may call with ``<name>``. A pattern that cannot be
    read raises ``EvidenceError``, which quotes it.
    """

    def __init__(self, patterns: Iterable[tuple[str, Payload]], lists: Mapping[str, Sequence[str]]) -> None:
        self._root = _Node()
        self._classes: dict[_Class, int] = {}
        self._of_word: dict[str, list[int]] = {}
        self._of_prefix: dict[str, list[int]] = {}
        self._lengths: dict[str, set[int]] = {}
        self._order: dict[Hashable, int] = {}
        for pattern, payload in patterns:
            self._order.setdefault(payload, len(self._order))
            for sequence in unfold(pattern, lists):
                self._add(sequence, payload)
        self._states: dict[frozenset[_Stand], _State] = {}
        self._reads: dict[tuple[frozenset[int], bool], _Read] = {}
        self._seen = _Seen(self._read)

    def find(self, words: Sequence[Word]) -> list[Match[Payload]]:
        """Every match, by start, then end; of one payload only the longest from a start."""
        return self.search([word.text for word in words], [len(words)])[0]

    def search(self, tokens: Sequence[str], ends: Sequence[int]) -> list[list[Match[Payload]]]:
        """The matches of each stretch of tokens, the first ``tokens[:ends[0]]``; as ``find`` gives them.

        Tokens may be in any case; one in capitals only counts as such.
        """
        read = list(map(self._seen.__getitem__, tokens))
        starts = [(place, word.start) for place, word in enumerate(read) if word.start is not None]
        found: list[list[Match[Payload]]] = [[] for _ in ends]
        stretch = begin = 0
        for start, first in starts:
            while start >= ends[stretch]:
                begin = ends[stretch]
                stretch += 1
            reached: dict[Hashable, int] = {}
            state: _State | None = first
            place = start + 1
            while state is not None:
                for payload in state.payloads:
                    reached[payload] = place
                if place == ends[stretch]:
                    break
                state = state[read[place]]
                place += 1
            if reached:
                found[stretch] += self._matches(start - begin, reached, begin)
        return found

    def _matches(self, start: int, reached: Mapping[Hashable, int], begin: int) -> Iterator[Match[Payload]]:
        """The matches from one start, by end, then in the order of the patterns."""
        ordered: Iterable[Hashable] = reached
        if len(reached) > 1:
            ordered = sorted(reached, key=lambda payload: (reached[payload], self._order[payload]))
        return (Match(start, reached[payload] - begin, payload) for payload in ordered)  # type: ignore[arg-type]

    def _add(self, sequence: _Sequence, payload: Payload) -> None:
        node = self._root
        for element in sequence:
            edges = node.gaps if isinstance(element, _Gap) else node.edges
            key = element.length if isinstance(element, _Gap) else self._number(element)
            if key not in edges:
                edges[key] = _Node()
            node = edges[key]
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
                if word.endswith("*"):
                    self._lengths.setdefault(word[:2], set()).add(len(word) - 1)
        return number

    def _read(self, token: str) -> _Read:
        folded = fold(token.lower())
        numbers = set(self._of_word.get(folded, ()))
        if token.isupper() and len(token) > 1:
            numbers.update(self._of_word.get(token, ()))
        for length in self._lengths.get(folded[:2], ()):
            numbers.update(self._of_prefix.get(folded[:length], ()))
        key = frozenset(numbers), token in MARKS
        if key not in self._reads:
            read = self._reads[key] = _Read(*key)
            edges = self._root.edges
            read.start = _state(
                [(edges[number], None) for number in numbers if number in edges], self._states
            )
        return self._reads[key]


class _Seen(dict[str, _Read]):
    """What each word is read as, worked out when it is first met."""

    def __init__(self, read: Callable[[str], _Read]) -> None:
        super().__init__()
        self._of = read

    def __missing__(self, token: str) -> _Read:
        # Words are few but names and numbers are without end: start again rather than grow.
        if len(self) > _MOST_WORDS:
            self.clear()
        self[token] = read = self._of(token)
        return read


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
