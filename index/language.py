"""The query language, read by Whoosh's parser: from what is typed to a tree.

Whatever is typed means something. Words may match, and more of them is better; clauses with a field must
hold. ``AND``, ``OR`` and ``NOT`` count in capitals only, a field only where its colon touches a value, and a
lone quote, bracket, question mark or colon is just print, so that a pasted title is read as its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from whoosh.qparser import QueryParser, plugins, syntax

from index.tree import (
    TEXT_FIELDS,
    And,
    Every,
    Facet,
    Fuzzy,
    Not,
    Or,
    Pattern,
    Phrase,
    Term,
    Tree,
    Years,
    is_condition,
)
from index.words import STOP_WORDS, fold, forms, joined


@dataclass(frozen=True, slots=True)
class Reading:
    """What a query text was read as: the tree, and the words of it that carry meaning, as typed.

    ``notes`` are sentences for the user on what looks like a clause and was read as words.
    """

    tree: Tree
    meaning: str
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def parse(text: str) -> Reading:
    """The reading of ``text``; a text without any word means every record."""
    text = " ".join(_QUOTES.sub('"', text).replace("\x00", " ").split())
    # Each bracket and NOT nests; what nests deeper was not typed as a query.
    if max(text.count("("), text.count("NOT")) > _DEEPEST:
        return plain(text)
    nodes = _parser().process(_joined_between_clauses(text))
    tree, notes = _read_group(nodes), tuple(_no_years(text))
    if tree is None:
        return Reading(Every(), "", notes)
    if all(_is_plain(node) for node in _leaves(nodes)):
        return Reading(tree, text, notes)
    return Reading(tree, " ".join(_meant(nodes)), notes)


def plain(text: str) -> Reading:
    """The reading of ``text`` in which nothing is an operator: its words, any of them."""
    named = [Term(form) for form in forms(text)]
    tree = _any_of([term for term in named if term.form not in STOP_WORDS] or named)
    return Reading(tree or Every(), text if tree else "")


_QUOTES = re.compile("[“”„«»]")
_SIGNS = re.compile(r"[*~^]")
_DEEPEST = 50
_MOST_BOOST = 99
_START = r"(?<![^\s(])"
_FACET = _START + r'(?P<field>(?i:theme|direction|setting|type)):(?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"()]+))'
_DOI = _START + (
    r"(?i:(?P<field>doi):\s?)?(?:https?://(?:dx\.)?doi\.org/)?(?P<value>10\.\d{4,9}/(?:[^\s\"()]|\([^\s\"()]*\))+)"
)
_YEAR = _START + (
    r"(?i:year):(?:[\[{]\s*(?P<since>\d{4})?\s*(?i:TO)\s*(?P<until>\d{4})?\s*[\]}]"
    r"|(?P<sign>[<>]=?)(?P<bound>\d{4})|(?P<first>\d{4})(?:(?:-|–|\.\.)(?P<last>\d{4}))?)(?=[\s)]|$)"
)
_LIKE_YEAR = re.compile(
    _START + r"(?i:year):(?:[\[{]\s*[^\s\])}]*(?:\s+(?i:TO)\b(?:\s+[^\s)]+)?)?[\]}]?|[^\s()\[{]+)"
)
_TEXT_FIELD = _START + rf"(?P<text>(?i:{'|'.join(TEXT_FIELDS)})):(?=[^\s:)])"
_CLAUSE = re.compile("|".join(re.sub(r"\?P<\w+>", "?:", clause) for clause in (_FACET, _DOI, _YEAR)))


class _Words(syntax.GroupNode):  # type: ignore[misc]  # Whoosh has no types
    """Clauses side by side, without an operator between them."""


class _ClauseNode(syntax.SyntaxNode):  # type: ignore[misc]
    """A clause that is taken whole: a facet or a range of years."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree


class _FacetPlugin(plugins.TaggingPlugin):  # type: ignore[misc]
    """Clauses of facets and DOIs."""

    def taggers(self, parser: Any) -> list[tuple[Any, int]]:
        """Asked before Whoosh's own, which would take a DOI's brackets for groups."""
        return [(self, -10)]

    def create(self, parser: Any, match: re.Match[str]) -> _ClauseNode:
        """The clause found."""
        found = match.groupdict()
        field = (found["field"] or "doi").lower()
        value = (found.get("quoted") or found["value"]).strip().lower()
        value = value.rstrip(".,;") if field == "doi" else re.sub(r"\s+", "-", value)
        return _ClauseNode(Facet(field, value))


class _YearPlugin(_FacetPlugin):
    """Clauses of years."""

    def create(self, parser: Any, match: re.Match[str]) -> _ClauseNode:
        """The years found, from the earlier to the later."""
        found = {name: int(value) for name, value in match.groupdict().items() if value and name != "sign"}
        sign = match["sign"]
        if sign:
            step = {">": 1, "<": -1}.get(sign, 0)
            year = found["bound"] + step
            return _ClauseNode(Years(since=year) if sign[0] == ">" else Years(until=year))
        since = found.get("since", found.get("first"))
        until = found.get("until", found.get("last", found.get("first")))
        if since is not None and until is not None:
            since, until = sorted((since, until))
        return _ClauseNode(Years(since, until))


@lru_cache(maxsize=1)
def _parser() -> Any:
    chosen = [
        _FacetPlugin(_FACET),
        _FacetPlugin(_DOI),
        _YearPlugin(_YEAR),
        plugins.WhitespacePlugin(),
        plugins.PhrasePlugin(r'"(?P<text>[^"]*)"(~(?P<slop>[0-9]{1,2})(?![0-9]))?'),
        plugins.FieldsPlugin(_TEXT_FIELD, remove_unknown=False),
        plugins.GroupPlugin(),
        plugins.OperatorsPlugin(AndNot=None, AndMaybe=None, Require=None),
    ]
    return QueryParser("", None, plugins=chosen, group=_Words)


def _no_years(text: str) -> Iterator[str]:
    for like in _LIKE_YEAR.finditer(text):
        in_quotes = text.count('"', 0, like.start()) % 2
        if not in_quotes and not re.match(_YEAR, text[like.start() :]):
            yield (f"`{like.group()}` was read as words; years are written year:2005 or year:[2000 TO 2009].")


def _joined_between_clauses(text: str) -> str:
    pieces: list[str] = []
    done = 0
    for clause in _CLAUSE.finditer(text):
        pieces += (joined(text[done : clause.start()]), clause.group())
        done = clause.end()
    return "".join((*pieces, joined(text[done:])))


def _read(node: Any) -> Tree | None:
    """The tree of one node that stands under an operator, where several words are a phrase."""
    match node:
        case _ClauseNode():
            return node.tree
        case syntax.NotGroup():
            part = _read_group(node)
            return (part.part if isinstance(part, Not) else Not(part)) if part is not None else None
        case syntax.AndGroup():
            return _all_of([part for child in node if (part := _read(child)) is not None])
        case syntax.OrGroup():
            return _any_of([part for child in node if (part := _read(child)) is not None])
        case syntax.GroupNode():
            return _read_group(node)
        case plugins.PhrasePlugin.PhraseNode():
            return _phrase(tuple(forms(node.text)), _field(node), max(1, node.slop))
        case syntax.TextNode() | syntax.Operator():
            return _all_of(_read_word(node.text, _field(node), whole=True))
        case _:
            return None


def _read_group(group: Any) -> Tree | None:
    """Clauses side by side: words may match, clauses with a field and NOT must hold."""
    wanted: list[Tree] = []
    silent: list[Tree] = []
    required: list[Tree] = []
    for node in group:
        if isinstance(node, syntax.WordNode):
            parts = _read_word(node.text, _field(node), whole=bool(node.fieldname))
        else:
            part = _read(node)
            parts = [part] if part is not None else []
        for part in parts:
            says_nothing = (
                isinstance(node, syntax.WordNode) and isinstance(part, Term) and part.form in STOP_WORDS
            )
            (required if is_condition(part) else silent if says_nothing else wanted).append(part)
    words = _any_of(wanted or ([] if required else silent))
    return _all_of(([words] if words is not None else []) + required)


def _read_word(raw: str, field: str, *, whole: bool) -> list[Tree]:
    """What one word as typed means: nothing (only signs), a pattern, or one or more terms."""
    boost = 1
    if boosted := re.fullmatch(r"(.+)\^(\d{1,2})", raw):
        raw, boost = boosted[1], max(1, int(boosted[2]))
    if fuzzy := re.fullmatch(r"(.{3,})~([12])?", raw):
        named = forms(fuzzy[1])
        if len(named) == 1 and len(named[0]) >= 3:
            return [Fuzzy(named[0], int(fuzzy[2] or 1), field)]
    pieces = [fold(piece) for piece in raw.split("*")]
    # A word in asterisks is emphasis: *trust*.
    if len(pieces) > 1 and (pieces[0] or pieces[-1]):
        return [Pattern(re.sub(r"\*+", "*", "*".join(pieces)), field)]
    named = forms(raw)
    if whole and len(named) > 1:
        phrase = _phrase(tuple(named), field, 1)
        return [phrase] if phrase is not None else []
    return [Term(form, field, boost) for form in named]


def _phrase(named: tuple[str, ...], field: str, distance: int) -> Tree | None:
    if not named:
        return None
    # Once more, since words that a sign kept apart may be one with only a space between.
    named = tuple(forms(" ".join(named)))
    return Phrase(named, field, distance) if len(named) > 1 else Term(named[0], field)


def _field(node: Any) -> str:
    return str(getattr(node, "fieldname", None) or "").lower()


def _any_of(parts: Sequence[Tree]) -> Tree | None:
    """One tree of alternatives, in which a repeated word counts as often as it was repeated."""
    counts: Counter[Tree] = Counter()
    for part in (inner for outer in parts for inner in (outer.parts if isinstance(outer, Or) else (outer,))):
        once = Term(part.form, part.field) if isinstance(part, Term) else part
        counts[once] += part.boost if isinstance(part, Term) else 1
    alternatives = tuple(_boosted(part, count) for part, count in counts.items())
    return Or(alternatives) if len(alternatives) > 1 else (alternatives[0] if alternatives else None)


def _all_of(parts: Sequence[Tree]) -> Tree | None:
    flat = dict.fromkeys(
        inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))
    )
    return And(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def _boosted(part: Tree, count: int) -> Tree:
    return Term(part.form, part.field, min(count, _MOST_BOOST)) if isinstance(part, Term) else part


def _is_plain(node: Any) -> bool:
    return isinstance(node, syntax.WordNode) and not node.fieldname and _SIGNS.search(node.text) is None


def _leaves(node: Any) -> Iterator[Any]:
    if isinstance(node, syntax.GroupNode):
        if not isinstance(node, _Words):
            yield node
        for child in node:
            yield from _leaves(child)
    else:
        yield node


def _meant(node: Any) -> Iterator[str]:
    """The words as typed that a record should be about: none of a field's clause, none after NOT."""
    if isinstance(node, syntax.NotGroup | _ClauseNode):
        return
    if isinstance(node, syntax.GroupNode):
        for child in node:
            yield from _meant(child)
    elif isinstance(node, syntax.TextNode) and _field(node) not in ("author", "journal"):
        raw = node.text
        emphasis = raw.startswith("*") and raw.endswith("*")
        # A pattern says what it is about by its beginning, if that is more than a letter or two.
        if "*" not in raw or emphasis or raw.index("*") > 2:
            yield re.sub(r"[*~^]\d*", "", raw)
