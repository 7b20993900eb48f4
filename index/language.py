"""The query language, read by Whoosh's parser: from what is typed to a tree.

Whatever is typed means something. Words may match, and more of them is better; clauses with a field must
hold. ``AND``, ``OR`` and ``NOT`` count in capitals only, a field only where its colon touches a value, and a
lone quote, bracket, question mark or colon is just print, so that a pasted title is read as its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from whoosh.qparser import plugins, syntax

from index.dialects import translated
from index.grammar import LIKE_YEAR, YEAR, Clause, SameGroup, Words, nodes_of
from index.synonyms import NONE, Synonyms
from index.tree import (
    Every,
    Fuzzy,
    Not,
    Pattern,
    Phrase,
    Same,
    Term,
    Tree,
    all_of,
    any_of,
    as_printed,
    asks_word,
    conditions,
    is_condition,
    raised,
    same,
)
from index.words import STOP_WORDS, fold, forms, raw

_EVERY = Every()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a query text was read as: the tree, and the words of it that carry meaning, as typed.

    ``notes`` are sentences for the user on what was read as something else than it looks like. ``required``
    is what a record found by meaning must match. ``expansions`` are the ways to say something that were
    typed, each with the others that are searched too.
    """

    tree: Tree
    meaning: str
    notes: tuple[str, ...] = ()
    required: Tree = _EVERY
    expansions: tuple[tuple[str, tuple[str, ...]], ...] = ()


@lru_cache(maxsize=256)
def parse(text: str, *, synonyms: Synonyms = NONE, expand: bool = True) -> Reading:
    """The reading of ``text``; a text without any word means every record.

    Without ``expand``, words that name no field are looked for as printed: neither word forms nor spellings,
    hyphens or synonyms of them.
    """
    cut = (f"Only the first {_LONGEST:,} characters were read.",) if len(text) > _LONGEST else ()
    text = " ".join(_QUOTES.sub('"', text[:_LONGEST]).replace("\x00", " ").split())
    text, notes = translated(text)
    notes = (*cut, *notes)
    # Each bracket and NOT nests; what nests deeper was not typed as a query.
    if max(text.count("("), text.count("NOT")) > _DEEPEST:
        note = f"With more than {_DEEPEST} brackets or NOT, the query was read as words."
        return replace(plain(text, expand=expand), notes=(*notes, note))
    nodes = nodes_of(text, join=expand)
    reader = _Reader(text, synonyms if expand else NONE, forms if expand else raw)
    tree = reader.read_group(nodes)
    notes = (*notes, *_no_years(text))
    if tree is None:
        return Reading(Every(), "", notes)
    plainly = all(_is_plain(node) for node in _leaves(nodes))
    return Reading(
        tree if expand else as_printed(tree),
        text if plainly else " ".join(_meant(nodes)),
        notes,
        conditions(tree) if expand else as_printed(conditions(tree)),
        tuple(reader.expansions.items()),
    )


def plain(text: str, *, expand: bool = True) -> Reading:
    """The reading of ``text`` in which nothing is an operator: its words, any of them."""
    named = [Term(form) for form in (forms if expand else raw)(text)]
    tree = any_of([term for term in named if term.form not in STOP_WORDS] or named)
    if tree is None:
        return Reading(Every(), "")
    return Reading(tree if expand else as_printed(tree), text)


#: As much of a text is read: more than any strategy for a systematic review has.
_LONGEST = 20_000
_QUOTES = re.compile("[“”„«»]")
_DEEPEST = 50
_MOST_NEAR = 16
# A question mark within a word is one letter, at its end it is print.
_PATTERN = re.compile(r"\*|(?<=[^\W_])\?(?=[\w?*])")
_PATTERN_WORD = re.compile(r"[^\W_]+(?:['’\u00ad][^\W_]+)*|[*?]")


class _Reader:
    """Reads the nodes of one query; ``expansions`` are the synonyms that it took."""

    def __init__(self, typed: str, synonyms: Synonyms, split: Callable[[str], list[str]]) -> None:
        self.expansions: dict[str, tuple[str, ...]] = {}
        self._typed = typed
        self._synonyms = synonyms
        self._split = split

    def read(self, node: Any) -> Tree | None:
        """The tree of one node that stands under an operator, where several words are a phrase."""
        match node:
            case Clause():
                return node.tree
            case syntax.NotGroup():
                part = self.read_group(node)
                return (part.part if isinstance(part, Not) else Not(part)) if part is not None else None
            case SameGroup():
                return _raised(self._read_same(node), node.boost)
            case syntax.AndGroup():
                return all_of([part for child in node if (part := self.read(child)) is not None])
            case syntax.OrGroup():
                return any_of([part for child in node if (part := self.read(child)) is not None])
            case syntax.GroupNode():
                return _raised(self.read_group(node), node.boost)
            case plugins.PhrasePlugin.PhraseNode():
                return _raised(self._read_phrase(node), node.boost)
            case syntax.TextNode() | syntax.Operator():
                parts = self._read_word(node.text, _field(node), whole=True)
                return _raised(all_of([self._widened(part) for part in parts]), getattr(node, "boost", 1))
            case _:
                return None

    def read_group(self, group: Any) -> Tree | None:
        """Clauses side by side: words may match, clauses with a field and NOT must hold."""
        wanted: list[Tree] = []
        silent: list[Tree] = []
        required: list[Tree] = []
        # Whether it is a word that may be one of several of a synonym; and whether it says nothing alone.
        parts: list[tuple[Tree, bool, bool]] = []
        for node in group:
            if isinstance(node, syntax.WordNode):
                named = self._read_word(node.text, field := _field(node), whole=bool(field))
                for part in (raised(part, node.boost) for part in named):
                    alone = isinstance(part, Term) and part.boost == 1 and not part.field
                    parts.append((part, alone, isinstance(part, Term) and part.form in STOP_WORDS))
            elif (read := self.read(node)) is not None:
                parts.append((read, False, False))
        for part, says_nothing in self._with_synonyms(parts):
            (required if is_condition(part) else silent if says_nothing else wanted).append(part)
        words = any_of(wanted or ([] if required else silent))
        return all_of(([words] if words is not None else []) + required)

    def _with_synonyms(self, parts: Sequence[tuple[Tree, bool, bool]]) -> Iterator[tuple[Tree, bool]]:
        """The parts; neighbouring words that are a way to say something are one with the other ways."""
        place = 0
        while place < len(parts):
            part, alone, says_nothing = parts[place]
            for last in range(min(place + self._synonyms.longest, len(parts)), place + 1, -1):
                run = [each for each, plainly, _ in parts[place:last] if plainly and isinstance(each, Term)]
                if len(run) == last - place and (widened := self._same_run(run)) is not None:
                    yield widened, False
                    place = last
                    break
            else:
                widened = self._widened(part)
                # In capitals it says something; but as it stands in texts, in any letters, it does not.
                if says_nothing and isinstance(widened, Same):
                    yield same(widened.parts[1:]), False
                else:
                    yield widened, says_nothing and alone
                place += 1

    def _same_run(self, run: Sequence[Term]) -> Tree | None:
        """Plain words that are a way to say something, still looked for each alone, and the others."""
        named = tuple(term.form for term in run)
        if self._synonyms.way(named, self._typed) is None:
            return None
        widened = self._widened(Phrase(named))
        if not isinstance(widened, Same):
            return None
        # An abbreviation with signs in it, such as A&E, says nothing by its letters.
        if any(len(form) == 1 for form in named):
            return widened
        telling = [term for term in run if term.form not in STOP_WORDS]
        words = any_of(telling)
        return Same((words, *widened.parts[1:])) if words is not None else widened

    def _widened(self, part: Tree) -> Tree:
        """A word or phrase with the other ways to say it."""
        if not isinstance(part, Term | Phrase) or part.field not in ("", "title", "keyword"):
            return part
        if isinstance(part, Phrase) and part.distance > 1:
            return part
        found = self._synonyms.way((part.form,) if isinstance(part, Term) else part.forms, self._typed)
        if found is None:
            return part
        others = self._synonyms.others(part, *found)
        if shown := tuple(text for text in others.values() if text):
            self.expansions[found[0].text] = shown
        return same((part, *others))

    def _read_same(self, group: Any) -> Tree | None:
        """Ways to say one thing as typed; a field before the first is before all that name none."""
        synonyms, self._synonyms = self._synonyms, NONE
        nodes = [node for node in group if self.read(node) is not None]
        for node in nodes:
            if field := _field(nodes[0]):
                node.set_fieldname(field)
        parts = [part for node in nodes if (part := self.read(node)) is not None]
        self._synonyms = synonyms
        parts = [inner for part in parts for inner in (part.parts if isinstance(part, Same) else (part,))]
        parts = list(dict.fromkeys(parts))
        if len(parts) > 1 and not any(is_condition(part) and not asks_word(part) for part in parts):
            return Same(tuple(parts))
        # A clause is no way to say something.
        return any_of(list(dict.fromkeys(part for node in nodes if (part := self.read(node)) is not None)))

    def _read_phrase(self, node: Any) -> Tree | None:
        phrase = self._phrase(self._split_for(_field(node))(node.text), _field(node), max(1, node.slop))
        return self._widened(phrase) if phrase is not None else None

    def _read_word(self, word: str, field: str, *, whole: bool) -> list[Tree]:
        """What one word as typed means: nothing (only signs), a pattern, or one or more terms."""
        split = self._split_for(field)
        if fuzzy := re.fullmatch(r"(.{3,})~([12])?", word):
            named = split(fuzzy[1])
            if len(named) == 1 and len(named[0]) >= 3:
                return [Fuzzy(named[0], int(fuzzy[2] or 1), field)]
        # A word in asterisks is emphasis: *trust*.
        if _PATTERN.search(word) and not (word.startswith("*") and word.rstrip("?.,;:!").endswith("*")):
            return self._patterns(word, field)
        named = split(word)
        if len(named) > 1 and (whole or split is raw):
            phrase = self._phrase(named, field, 1)
            return [phrase] if phrase is not None else []
        return [Term(form, field) for form in named]

    def _patterns(self, word: str, field: str) -> list[Tree]:
        """A pattern, and the words before and after it that only hyphens and other signs part from it."""
        found: list[Tree] = []
        for run in re.finditer(r"(?:[^\W_]|['’\u00ad*?])+", word):
            pieces = _PATTERN_WORD.findall(run.group().strip("?'’\u00ad"))
            pattern = re.sub(r"[*?]*\*[*?]*", "*", "".join(fold(piece) or piece for piece in pieces))
            # At most so many letters, in other systems.
            pattern = re.sub(r"(?<=\w\*)\d$", "", pattern)
            emphasis = pattern.startswith("*") and pattern.endswith("*")
            if emphasis or ("*" not in pattern and "?" not in pattern):
                found += [Term(form, field) for form in self._split_for(field)(pattern)]
            elif pattern.strip("*?"):
                found.append(Pattern(pattern, field))
        return found

    def _phrase(self, named: Sequence[str], field: str, distance: int) -> Tree | None:
        if not named:
            return None
        # Once more, since words that a sign kept apart may be one with only a space between.
        named = tuple(self._split_for(field)(" ".join(named)))
        # Each two of them are looked for near each other; more was not typed as a query.
        if distance > 1 and len(named) > _MOST_NEAR:
            return all_of([Term(form, field) for form in named])
        return Phrase(named, field, distance) if len(named) > 1 else Term(named[0], field)

    def _split_for(self, field: str) -> Callable[[str], list[str]]:
        return raw if field == "exact" else self._split if not field else forms


def _field(node: Any) -> str:
    return str(getattr(node, "fieldname", None) or "").lower()


def _raised(tree: Tree | None, boost: float) -> Tree | None:
    return raised(tree, boost) if tree is not None and boost != 1 else tree


def _no_years(text: str) -> Iterator[str]:
    for like in LIKE_YEAR.finditer(text):
        in_quotes = text.count('"', 0, like.start()) % 2
        if not in_quotes and not YEAR.match(text[like.start() :]):
            yield (f"`{like.group()}` was read as words; years are written year:2005 or year:[2000 TO 2009].")


def _is_plain(node: Any) -> bool:
    return (
        isinstance(node, syntax.WordNode)
        and not node.fieldname
        and node.boost == 1
        and "~" not in node.text
        and not _PATTERN.search(node.text)
    )


def _leaves(node: Any) -> Iterator[Any]:
    if isinstance(node, syntax.GroupNode):
        if not isinstance(node, Words):
            yield node
        for child in node:
            yield from _leaves(child)
    else:
        yield node


def _meant(node: Any) -> Iterator[str]:
    """The words as typed that a record should be about: none of a field's clause, none after NOT."""
    if isinstance(node, syntax.NotGroup | Clause):
        return
    if isinstance(node, syntax.GroupNode):
        for child in node:
            yield from _meant(child)
    elif isinstance(node, syntax.TextNode) and _field(node) not in ("author", "journal"):
        word = node.text
        emphasis = word.startswith("*") and word.endswith("*")
        # A pattern says what it is about by its beginning, if that is more than a letter or two.
        sign = _PATTERN.search(word)
        if not sign or emphasis or sign.start() > 2:
            yield re.sub(r"[*~]\d*", "", word)
