"""What is wrong with the patterns and the examples of a vocabulary, all of it at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.theme import Theme, Vocabulary
from corpus.vocabulary.editing import example_text
from corpus.vocabulary.reading import Fault
from ingest.tagging.patterns import MARKS, unfold
from ingest.tagging.sentences import words
from ingest.tagging.signs import TERM_KEYS, compile_signs, word_lists
from ingest.tagging.tagger import Tagger

_Sequence = tuple[Hashable, ...]

#: Sequences that stand for more wordings than this are compared as they are written, not word by word.
_MOST_WORDINGS = 400


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of a theme, unfolded; ``number`` counts from 1 in the theme."""

    theme: Theme
    number: int
    key: str
    text: str
    sequences: Sequence[_Sequence]


def pattern_faults(vocabulary: Vocabulary) -> list[Fault]:
    """Patterns that cannot be read or can never match, and terms that two themes of an axis claim."""
    try:
        lists = word_lists(vocabulary)
    except EvidenceError as error:
        return [_of_file(vocabulary, error)]
    terms: list[_Term] = []
    faults: list[Fault] = []
    for theme in vocabulary:
        for number, (key, text) in enumerate(theme.lines(), start=1):
            try:
                terms.append(_term(theme, number, key, text, lists))
            except EvidenceError as error:
                said, _, mend = str(error).partition("; ")
                faults.append(_fault(vocabulary, theme, said, mend or "mend it", number))
    if not faults:
        try:
            compile_signs(vocabulary)
        except EvidenceError as error:
            faults.append(_of_file(vocabulary, error))
    for term in terms:
        faults += _unmatched(vocabulary, term)
    return [*faults, *_hidden(vocabulary, terms), *_claims(vocabulary, terms)]


def example_faults(vocabulary: Vocabulary, tagger: Tagger | None = None) -> Iterator[Fault]:
    """Examples that do not earn their theme, and counter-examples that do."""
    tagger = tagger or Tagger(vocabulary)
    for theme in vocabulary:
        for example in unearned(theme, tagger):
            direction = "" if isinstance(example, str) else f" as {next(iter(example))}"
            said = f"the example “{example_text(example)}” does not earn it{direction}"
            yield _fault(vocabulary, theme, said, "add the term that it shows, or reword it")
        for sentence in earned_counter_examples(theme, tagger):
            said = f"the counter-example “{sentence}” earns it"
            yield _fault(vocabulary, theme, said, "narrow the term, put a `not:` beside it, or reword it")


def unearned(theme: Theme, tagger: Tagger) -> list[str | Mapping[str, str]]:
    """The examples of a theme that do not earn it in their direction."""
    return [
        example
        for example in theme.examples
        if (theme.id, next(iter(example)) if isinstance(example, Mapping) else None)
        not in {
            (tag.theme, tag.direction if isinstance(example, Mapping) else None)
            for tag in tagger.tag(Record(id="x", abstract=example_text(example)))
        }
    ]


def earned_counter_examples(theme: Theme, tagger: Tagger) -> list[str]:
    """The counter-examples of a theme that earn it."""
    return [
        sentence
        for sentence in theme.counter_examples
        if any(tag.theme == theme.id for tag in tagger.tag(Record(id="x", abstract=sentence)))
    ]


def _term(theme: Theme, number: int, key: str, text: str, lists: Mapping[str, list[str]]) -> _Term:
    if key not in TERM_KEYS:
        raise EvidenceError(f"a term stands under `{key}`; known are {', '.join(TERM_KEYS[1:])}")
    return _Term(theme, number, key, text, unfold(text, lists))


def _unmatched(vocabulary: Vocabulary, term: _Term) -> Iterator[Fault]:
    """The term, if a text can hold none of its wordings; a warning if only some."""
    dead = [word for sequence in term.sequences if (word := _dead_word(sequence))]
    if dead:
        all_of_it = len(dead) == len(term.sequences)
        said = (
            f"the term `{_short(term.text)}` can never match"
            if all_of_it
            else (f"a part of the term `{_short(term.text)}` can never match")
        )
        said += f": no text holds `{dead[0]}` as one word"
        yield _fault(
            vocabulary,
            term.theme,
            said,
            "write it as the words it is read as",
            term.number,
            warning=not all_of_it,
        )


def _dead_word(sequence: _Sequence) -> str | None:
    """A word of a sequence that the reader of texts never gives; ``None`` if there is none."""
    for element in sequence:
        if isinstance(element, frozenset) and not any(_is_read(word) for word in element):
            return str(min(element))
    return None


def _is_read(word: str) -> bool:
    bare = word.removesuffix("*")
    # A prefix is looked up from two letters on.
    if word in MARKS:
        return True
    return (len(bare) > 1 or bare == word) and [each.text.lower() for each in words(bare)] == [bare.lower()]


def _hidden(vocabulary: Vocabulary, terms: Sequence[_Term]) -> Iterator[Fault]:
    """Terms whose every wording holds one that their own theme lists under ``not``."""
    hiding: dict[str, list[_Sequence]] = {}
    for term in terms:
        if term.key == "not":
            hiding.setdefault(term.theme.id, []).extend(term.sequences)
    for term in terms:
        nots = hiding.get(term.theme.id, ()) if term.key != "not" else ()
        if nots and all(any(_holds(sequence, each) for each in nots) for sequence in term.sequences):
            said = f"the term `{_short(term.text)}` is wholly hidden by the theme's own `not:`"
            yield _fault(vocabulary, term.theme, said, "take one of the two out", term.number)


def _holds(sequence: _Sequence, part: _Sequence) -> bool:
    """Whether every wording of a sequence holds one of ``part``."""
    width = len(part)
    return any(
        all(_covers(wide, narrow) for wide, narrow in zip(part, sequence[start : start + width], strict=True))
        for start in range(len(sequence) - width + 1)
    )


def _covers(wide: Hashable, narrow: Hashable) -> bool:
    if not isinstance(wide, frozenset) or not isinstance(narrow, frozenset):
        return wide == narrow
    prefixes = tuple(word[:-1] for word in wide if word.endswith("*"))
    return all(word in wide or (prefixes and word.startswith(prefixes)) for word in narrow)


def _claims(vocabulary: Vocabulary, terms: Sequence[_Term]) -> Iterator[Fault]:
    """Wordings that two themes of one axis have, each under a key that earns a tag."""
    firsts: dict[tuple[str, _Sequence], _Term] = {}
    told: set[tuple[str, int, str]] = set()
    for term in terms:
        if term.key in ("not", "pressure"):
            continue
        for wording in _wordings(term.sequences):
            first = firsts.setdefault((term.theme.axis, wording), term)
            key = (term.theme.id, term.number, first.theme.id)
            if first.theme.id == term.theme.id or key in told:
                continue
            told.add(key)
            said = f"`{_said(wording)}` is claimed by `{first.theme.id}` too (its term {first.number})"
            # A care home is adult social care and about older people: only a person can tell.
            mend = "let one have it, unless both are meant"
            yield _fault(vocabulary, term.theme, said, mend, term.number, warning=True)


def _wordings(sequences: Iterable[_Sequence]) -> Iterator[_Sequence]:
    """Each wording of the sequences by itself, where they are not too many."""
    for sequence in sequences:
        choices = [sorted(each) if isinstance(each, frozenset) else [each] for each in sequence]
        if prod(map(len, choices)) <= _MOST_WORDINGS:
            yield from product(*choices)
        else:
            yield sequence


def _said(wording: _Sequence) -> str:
    return " ".join(each if isinstance(each, str) else ".." for each in wording)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _fault(
    vocabulary: Vocabulary, theme: Theme, said: str, mend: str, term: int = 0, *, warning: bool = False
) -> Fault:
    return Fault(vocabulary.source, said, mend, theme.id, term, warning=warning)


def _of_file(vocabulary: Vocabulary, error: EvidenceError) -> Fault:
    said = str(error).removeprefix(f"{vocabulary.source}: ").rstrip(".")
    return Fault(vocabulary.source, said, "mend it")
