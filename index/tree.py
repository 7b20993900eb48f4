"""What a query means, as a tree that every keyword engine compiles and that prints as a query again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

#: Fields of text that a clause may name; a word without a field is looked for in all of them. "exact" is all
#: of them as printed (``index.words.raw``): neither stems, nor spellings made one, nor hyphens joined.
TEXT_FIELDS = ("title", "author", "journal", "keyword", "exact")
#: Fields whose values are terms, taken whole.
FACET_FIELDS = ("theme", "direction", "setting", "type", "doi")
#: What a word, phrase or group may count for, against 1.
LEAST_BOOST, MOST_BOOST = 0.01, 99


@dataclass(frozen=True, slots=True)
class Term:
    """A word in its one form (``index.words``), not stemmed. ``field=""`` means anywhere."""

    form: str
    field: str = ""
    boost: float = 1

    def __str__(self) -> str:
        """As it is typed: ``title:trust^2``."""
        return _prefix(self.field) + self.form + _raised(self.boost)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one after the other; with ``distance`` above 1, in any order, that many places apart at most."""

    forms: tuple[str, ...]
    field: str = ""
    distance: int = 1
    boost: float = 1

    def __str__(self) -> str:
        """As it is typed: ``"trust between agencies"~3``."""
        near = f"~{self.distance}" if self.distance > 1 else ""
        return f'{_prefix(self.field)}"{" ".join(self.forms)}"{near}{_raised(self.boost)}'


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words by a pattern in which ``*`` stands for any letters and ``?`` for one: ``collab*``, ``wom?n``."""

    pattern: str
    field: str = ""
    boost: float = 1

    def __str__(self) -> str:
        """As it is typed."""
        return _prefix(self.field) + self.pattern + _raised(self.boost)


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words that are at most ``edits`` letters away from ``form``."""

    form: str
    edits: int = 1
    field: str = ""
    boost: float = 1

    def __str__(self) -> str:
        """As it is typed: ``color~``."""
        edits = self.edits if self.edits > 1 else ""
        return f"{_prefix(self.field)}{self.form}~{edits}{_raised(self.boost)}"


@dataclass(frozen=True, slots=True)
class Facet:
    """Records that carry the term ``value`` in a field of ``FACET_FIELDS``."""

    field: str
    value: str

    def __str__(self) -> str:
        """As it is typed: ``theme:trust-relationships``."""
        return f"{self.field}:{self.value}"


@dataclass(frozen=True, slots=True)
class Years:
    """Records of the years from ``since`` to ``until``, both included."""

    since: int | None = None
    until: int | None = None

    def __str__(self) -> str:
        """As it is typed: ``year:[2000 TO 2009]``."""
        if self.since is not None and self.since == self.until:
            return f"year:{self.since:04}"
        ends = (f"{end:04}" if end is not None else "" for end in (self.since, self.until))
        return f"year:[{' TO '.join(ends)}]"


@dataclass(frozen=True, slots=True)
class Every:
    """All records."""

    def __str__(self) -> str:
        """As engines write it."""
        return "*:*"


@dataclass(frozen=True, slots=True)
class Not:
    """All records but those of ``part``."""

    part: Tree

    def __str__(self) -> str:
        """As it is typed: ``NOT school``."""
        return f"NOT {_closed(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """Records that match every part."""

    parts: tuple[Tree, ...]

    def __str__(self) -> str:
        """As it is typed: ``(trust OR power) AND school``."""
        return " AND ".join(_closed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Records that match any part; those that match more of them come first."""

    parts: tuple[Tree, ...]

    def __str__(self) -> str:
        """As it is typed: ``trust OR power``."""
        return " OR ".join(_closed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Same:
    """Several ways to say one thing, such as a word and its synonyms: the best of them counts, not their sum.

    The first is what was typed.
    """

    parts: tuple[Tree, ...]

    def __str__(self) -> str:
        """As it is typed: ``gp|"general practitioner"``."""
        return "|".join(_closed(part) for part in self.parts)


Tree = Term | Phrase | Pattern | Fuzzy | Same | Facet | Years | Every | Not | And | Or


def conditions(tree: Tree) -> Tree:
    """What a record found by meaning must still match: the tree without the words that are only asked about.

    Plain words and alternatives with plain words ask for nothing, alone or beside fields and NOT. Phrases,
    fields, NOT, and AND between words do.
    """
    match tree:
        case Term(field="") | Pattern(field="") | Fuzzy(field=""):
            return Every()
        case Same(parts):
            # What was typed decides, not what it was widened to.
            return Every() if conditions(parts[0]) == Every() else tree
        case Or(parts):
            return Every() if any(conditions(part) == Every() for part in parts) else tree
        case And(parts):
            subjects = [part for part in parts if not is_condition(part)]
            if len(subjects) > 1:
                return tree
            kept = [part for part in parts if is_condition(part)] + [conditions(part) for part in subjects]
            kept = [part for part in kept if part != Every()]
            return And(tuple(kept)) if len(kept) > 1 else (kept[0] if kept else Every())
        case _:
            return tree


def is_condition(tree: Tree) -> bool:
    """Whether a tree says what a record must be, not what it should be about: fields and NOT."""
    match tree:
        case And(parts) | Or(parts) | Same(parts):
            return all(is_condition(part) for part in parts)
        case Facet() | Years() | Not():
            return True
        case Term(field=field) | Phrase(field=field) | Pattern(field=field) | Fuzzy(field=field):
            return bool(field)
        case _:
            return False


def asked(tree: Tree) -> list[Term | Phrase | Pattern | Fuzzy]:
    """The words that a record is found by, wherever they stand but under NOT: what a snippet shows."""
    match tree:
        case And(parts) | Or(parts) | Same(parts):
            return [leaf for part in parts for leaf in asked(part)]
        case Term() | Phrase() | Pattern() | Fuzzy():
            return [tree]
        case _:
            return []


def raised(tree: Tree, boost: float) -> Tree:
    """The tree with all its words counting ``boost`` times as much; what gives no score stays as it is."""
    match tree:
        case Term() | Phrase() | Pattern() | Fuzzy():
            # In hundredths, as it is typed.
            return replace(tree, boost=min(max(round(tree.boost * boost, 2), LEAST_BOOST), MOST_BOOST))
        case And(parts) | Or(parts) | Same(parts):
            return type(tree)(tuple(raised(part, boost) for part in parts))
        case _:
            return tree


def as_printed(tree: Tree) -> Tree:
    """The tree with its words that name no field looked for as printed."""
    match tree:
        case Term(field="") | Phrase(field="") | Pattern(field="") | Fuzzy(field=""):
            return replace(tree, field="exact")
        case And(parts) | Or(parts) | Same(parts):
            return type(tree)(tuple(map(as_printed, parts)))
        case Not(part):
            return Not(as_printed(part))
        case _:
            return tree


def asks_word(tree: Tree) -> bool:
    """Whether a tree is a word, a phrase, or several."""
    match tree:
        case And(parts) | Or(parts) | Same(parts):
            return all(map(asks_word, parts))
        case Term() | Phrase() | Pattern() | Fuzzy():
            return True
        case _:
            return False


def same(parts: Sequence[Tree]) -> Tree:
    """One tree of several ways to say one thing."""
    return Same(tuple(parts)) if len(parts) > 1 else parts[0]


def any_of(parts: Sequence[Tree]) -> Tree | None:
    """One tree of alternatives, in which a repeated word counts as often as it was repeated."""
    counts: dict[Tree, float] = {}
    for part in (inner for outer in parts for inner in (outer.parts if isinstance(outer, Or) else (outer,))):
        count: float = 1
        if isinstance(part, Term | Phrase | Pattern | Fuzzy):
            part, count = replace(part, boost=1), part.boost
        counts[part] = counts.get(part, 0) + count
    alternatives = tuple(raised(part, min(count, MOST_BOOST)) for part, count in counts.items())
    return Or(alternatives) if len(alternatives) > 1 else (alternatives[0] if alternatives else None)


def all_of(parts: Sequence[Tree]) -> Tree | None:
    """One tree of conditions, each of which counts once."""
    flat = dict.fromkeys(
        inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))
    )
    return And(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def _raised(boost: float) -> str:
    return f"^{boost:g}" if boost != 1 else ""


def _prefix(field: str) -> str:
    return f"{field}:" if field else ""


def _closed(tree: Tree) -> str:
    return f"({tree})" if isinstance(tree, And | Or) else str(tree)
