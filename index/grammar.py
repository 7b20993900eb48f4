"""The grammar of the query language for Whoosh's parser: from a text to words, clauses and groups."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from whoosh.qparser import QueryParser, plugins, syntax

from index.tree import TEXT_FIELDS, Facet, Tree, Years
from index.words import joined

# Before a field stands a space, a bracket, or the sign between two ways to say one thing.
_START = r"(?<![^\s(|])"
_END = r"(?=[\s)|^]|$)"
_FACET = (
    _START + r'(?P<field>(?i:theme|direction|setting|type)):(?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"()|^]+))'
)
_DOI = _START + (
    r"(?i:(?P<field>doi):\s?)?(?:https?://(?:dx\.)?doi\.org/)?(?P<value>10\.\d{4,9}/(?:[^\s\"()]|\([^\s\"()]*\))+)"
)
_YEAR = _START + (
    r"(?i:year):(?:[\[{]\s*(?P<since>\d{4})?\s*(?i:TO)\s*(?P<until>\d{4})?\s*[\]}]"
    r"|(?P<sign>[<>]=?)(?P<bound>\d{4})|(?P<first>\d{4})(?:(?:-|–|\.\.)(?P<last>\d{4}))?)" + _END
)
#: What looks like a clause of years.
LIKE_YEAR = re.compile(
    _START + r"(?i:year):(?:[\[{]\s*[^\s\])}]*(?:\s+(?i:TO)\b(?:\s+[^\s)]+)?)?[\]}]?|[^\s()\[{]+)"
)
#: A clause of years.
YEAR = re.compile(_YEAR)
_TEXT_FIELD = _START + rf"(?P<text>(?i:{'|'.join(TEXT_FIELDS)})):(?=[^\s:)])"
_EXACT = _START + r'(?i:exact):(?:"[^"]*"|\([^()]*\)|[^\s"()]+)'
#: The clauses that are taken as they are typed, whatever signs they hold.
KEPT = re.compile("|".join(re.sub(r"\?P<\w+>", "?:", clause) for clause in (_FACET, _DOI, _YEAR, _EXACT)))


class Words(syntax.GroupNode):  # type: ignore[misc]  # Whoosh has no types
    """Clauses side by side, without an operator between them."""


class SameGroup(syntax.GroupNode):  # type: ignore[misc]
    """Several ways to say one thing."""


class Clause(syntax.SyntaxNode):  # type: ignore[misc]
    """A clause that is taken whole: a facet or a range of years."""

    # Which changes nothing, but is no word either.
    has_boost = True

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.boost = 1.0


class _FacetPlugin(plugins.TaggingPlugin):  # type: ignore[misc]
    """Clauses of facets and DOIs."""

    def taggers(self, parser: Any) -> list[tuple[Any, int]]:
        """Asked before Whoosh's own, which would take a DOI's brackets for groups."""
        return [(self, -10)]

    def create(self, parser: Any, match: re.Match[str]) -> Clause:
        """The clause found."""
        found = match.groupdict()
        field = (found["field"] or "doi").lower()
        value = (found.get("quoted") or found["value"]).strip().lower()
        # Behind a DOI may stand what PubMed calls its field: 10.1000/x[doi].
        doi = re.sub(r"(?:\[[a-z ]*\])+$", "", value).rstrip(".,;")
        value = doi if field == "doi" else re.sub(r"\s+", "-", value)
        return Clause(Facet(field, value))


class _YearPlugin(_FacetPlugin):
    """Clauses of years."""

    def create(self, parser: Any, match: re.Match[str]) -> Clause:
        """The years found, from the earlier to the later."""
        found = {name: int(value) for name, value in match.groupdict().items() if value and name != "sign"}
        sign = match["sign"]
        if sign:
            step = {">": 1, "<": -1}.get(sign, 0)
            year = found["bound"] + step
            return Clause(Years(since=year) if sign[0] == ">" else Years(until=year))
        since = found.get("since", found.get("first"))
        until = found.get("until", found.get("last", found.get("first")))
        if since is not None and until is not None:
            since, until = sorted((since, until))
        return Clause(Years(since, until))


class _BoostPlugin(plugins.BoostPlugin):  # type: ignore[misc]
    """``^2`` and ``^1.5`` behind words, phrases and groups."""

    expr = r"(?<=[^\s(|^])\^(?P<boost>\d{1,2}(?:\.\d{1,2})?|\.\d{1,2})(?=[\s)|]|$)"


def nodes_of(text: str, *, join: bool) -> Any:
    """The nodes of ``text``; with ``join``, words that variants write apart are one."""
    return _parser().process(_joined_between_clauses(text) if join else text)


@lru_cache(maxsize=1)
def _parser() -> Any:
    same = plugins.OperatorsPlugin.OpTagger(r"(?<=[^\s(|])\|(?=[^\s)|])", SameGroup)
    chosen = [
        _FacetPlugin(_FACET),
        _FacetPlugin(_DOI),
        _YearPlugin(_YEAR),
        plugins.WhitespacePlugin(),
        plugins.PhrasePlugin(r'"(?P<text>[^"]*)"(~(?P<slop>[0-9]{1,2})(?![0-9]))?'),
        plugins.FieldsPlugin(_TEXT_FIELD, remove_unknown=False),
        plugins.GroupPlugin(),
        _BoostPlugin(),
        plugins.OperatorsPlugin([(same, 0)], AndNot=None, AndMaybe=None, Require=None),
    ]
    return QueryParser("", None, plugins=chosen, group=Words)


def _joined_between_clauses(text: str) -> str:
    pieces: list[str] = []
    done = 0
    for clause in KEPT.finditer(text):
        pieces += (joined(text[done : clause.start()]), clause.group())
        done = clause.end()
    return "".join((*pieces, joined(text[done:])))
