"""Searching an index folder: by keyword, by meaning, and by both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import IndexProblem
from corpus.query import MARK, Filters, Hit, Query
from index.engine import KeywordIndex
from index.engines import engine_named
from index.fusion import CANDIDATES, Fused, fuse
from index.ids import Ids
from index.language import Reading, parse
from index.manifest import Manifest, read_manifest
from index.meaning import Meaning
from index.snippet import LENGTH, mentions, snippet
from index.suggestion import suggest
from index.synonyms import NONE, Synonyms
from index.tree import And, Every, Facet, Not, Or, Term, Tree, asked
from index.unreadable import Unreadable
from index.wanted import Wanted

if TYPE_CHECKING:
    from index.embedder import Embedder

Scored = list[tuple[int, float]]
"""(number, score), best first."""

_NOTHING = Not(Every())
#: So many hits are found at once, so that the next pages come with the first.
_PAGES = 100


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hits of a query, of which there are ``total`` before its limit and offset.

    ``as_run`` is the query as it was understood, in the query language; ``notes`` are sentences for the
    user on what could not be done or was not found; ``expansions`` are words as typed with what else was
    looked for.
    """

    hits: tuple[Hit, ...]
    total: int
    as_run: str
    notes: tuple[str, ...] = ()
    expansions: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What a query was read as, and what is ``near`` it in meaning: ``None`` if words alone are searched."""

    reading: Reading
    notes: tuple[str, ...]
    near: Scored | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a query found: the best of it in order, by number, of ``total``."""

    order: Sequence[Fused]
    total: int
    reading: Reading
    notes: tuple[str, ...]


class Index:
    """An index folder, open for reading; safe to use from several threads for reading only."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        ids: Ids,
        keyword: KeywordIndex,
        embedder: Embedder | None,
        synonyms: Synonyms = NONE,
    ) -> None:
        self.manifest = manifest
        #: Whether several read it at once (``index.sharing``).
        self.shared = False
        self._synonyms = synonyms
        self._ids = ids
        self._keyword = keyword
        self._meaning = Meaning(folder, manifest, embedder)
        # A page of results asks for its hits, for all of its ids, and for counts.
        self._find = lru_cache(maxsize=16)(self._found)
        # Its counts lift one filter after the other.
        self._gather = lru_cache(maxsize=16)(self._gathered)
        self._wanted_by = lru_cache(maxsize=16)(self._words_wanted)

    @classmethod
    def open(cls, folder: Path, embedder: Embedder | None = None, synonyms: Synonyms = NONE) -> Index:
        """The index in ``folder``; raises ``IndexProblem`` where there is none that can be read.

        Queries are encoded by ``embedder`` (default: the model that the build exported), and widened by
        ``synonyms``.
        """
        manifest = read_manifest(folder)
        try:
            return cls._opened(folder, manifest, embedder, synonyms, lenient=False)
        except IndexProblem:
            # A build may have finished and removed this generation meanwhile.
            newer = read_manifest(folder)
            return cls._opened(folder, newer, embedder, synonyms, lenient=newer == manifest)

    @classmethod
    def _opened(
        cls,
        folder: Path,
        manifest: Manifest,
        embedder: Embedder | None,
        synonyms: Synonyms,
        *,
        lenient: bool,
    ) -> Index:
        """With ``lenient``, an index whose words cannot be read still answers by meaning."""
        ids = Ids(folder / manifest.ids)
        keyword: KeywordIndex
        try:
            keyword = engine_named(manifest.engine).open(folder / manifest.keyword)
        except IndexProblem as problem:
            if not (lenient and manifest.vectors):
                raise
            keyword = Unreadable(str(problem))
        return cls(folder, manifest, ids, keyword, embedder, synonyms)

    def faults(self) -> list[str]:
        """What is missing or damaged of the index's files, a line each; empty if nothing is."""
        keyword = [self._keyword.problem] if isinstance(self._keyword, Unreadable) else []
        return keyword + self._meaning.faults()

    def search(self, query: Query) -> Ranking:
        """The records that match, best first; those without words to look for, newest first.

        Raises ``IndexProblem`` where the keyword index is needed and cannot be read.
        """
        end = None if query.limit is None else query.offset + max(query.limit, 0)
        found = self._find(_asked(query), None if end is None else _rounded(end))
        hits = tuple(
            self._hit(one, query.offset + place)
            for place, one in enumerate(found.order[query.offset : end], 1)
        )
        return Ranking(hits, found.total, _as_run(found.reading.tree), found.notes, found.reading.expansions)

    def ids(self, query: Query, limit: int | None = None) -> list[str]:
        """The ids of all records that match, best first, or of the best ``limit``."""
        found = self._find(_asked(query), None if limit is None else _rounded(limit))
        return [self._ids[one.number] for one in found.order[:limit]]

    def counts(self, query: Query, facets: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """How many of the matching records have each value of each facet: ``Document.facets``, or "year"."""
        query = _asked(query)
        gathered = self._gather(query)
        tree, filters, near = gathered.reading.tree, query.filters, gathered.near
        if near is not None and self._by_meaning_alone(query):
            tree, filters = _NOTHING, Filters()
        return self._keyword.counts(tree, filters, facets, [number for number, _ in near or ()])

    def similar(self, record_ids: Iterable[str], limit: int = 10, exclude: Collection[str] = ()) -> list[Hit]:
        """The records most like those: by meaning, or by telling words where there are no vectors.

        None for unknown records, and never the records themselves or those of ``exclude``.
        """
        seeds = list(self._ids.numbers(record_ids))
        without = {*seeds, *self._ids.numbers(exclude)}
        try:
            by, found = "semantic", self._meaning.like(seeds, limit + len(without))
        except IndexProblem:
            trees = [tree for seed in seeds if (tree := self._keyword.like(seed))]
            tree = Or(tuple(trees)) if len(trees) > 1 else next(iter(trees), None)
            by = "keyword"
            found = self._keyword.search(tree, Filters(), limit + len(without)).hits if tree else []
        kept = [(number, score) for number, score in found if number not in without][:limit]
        return [self._hit(one, rank) for rank, one in enumerate(_alone(kept, by=by), 1)]

    def telling(self, record_id: str) -> list[str]:
        """The words that tell a record from the others, the most telling first, each in its one form."""
        number = self._ids.number(record_id)
        tree = None if number is None else self._keyword.like(number)
        return [leaf.form for leaf in asked(tree) if isinstance(leaf, Term)] if tree else []

    def suggest(self, text: str) -> str | None:
        """``text`` with words of the library for those that it does not have; ``None`` where none is like."""
        unreadable = isinstance(self._keyword, Unreadable)
        return None if unreadable else suggest(text, parse(text, synonyms=self._synonyms), self._keyword)

    def snippet(self, query: Query, text: str, length: int = LENGTH) -> str:
        """The best passage of a text for a query's words, each word found between ``MARK`` characters."""
        return snippet(text, self._wanted(query), length)

    def mentions(self, query: Query, text: str) -> bool:
        """Whether any word of the query stands in a text."""
        return mentions(text, self._wanted(query))

    def passage(self, query: Query, record_id: str, title: str, abstract: str) -> str:
        """The best passage of an abstract: for the words or, where it has none of them, for the meaning."""
        reading, number = self._read(query), self._ids.number(record_id)
        found = snippet(abstract, self._wanted(query))
        if MARK[0] in found or query.mode == "keyword" or not reading.meaning or number is None:
            return found
        try:
            return self._meaning.passage(reading.meaning, number, title, abstract) or found
        except IndexProblem:
            return found

    def close(self) -> None:
        """Let go of the files, unless others read them too: then they go with the last who does."""
        if not self.shared:
            self._keyword.close()

    def _read(self, query: Query) -> Reading:
        return parse(query.text, synonyms=self._synonyms, expand=query.expand)

    def _wanted(self, query: Query) -> Wanted:
        return self._wanted_by(query.text, query.expand)

    def _words_wanted(self, text: str, expand: bool) -> Wanted:
        return Wanted.of(asked(parse(text, synonyms=self._synonyms, expand=expand).tree))

    def _gathered(self, query: Query) -> _Gathered:
        reading = self._read(query)
        notes = [*reading.notes, *self._unknown(reading.tree)]
        near = None
        if reading.meaning and query.mode != "keyword":
            try:
                near = self._nearest(reading, query.filters)
            except IndexProblem as problem:
                notes.append(f"Searched by keyword only. {problem}")
        return _Gathered(reading, tuple(notes), near)

    def _found(self, query: Query, limit: int | None) -> _Found:
        gathered = self._gather(query)
        reading, notes, near = gathered.reading, gathered.notes, gathered.near
        if near is None:
            keyword = self._keyword.search(reading.tree, query.filters, limit)
            order = _alone(keyword.hits, by="keyword" if asked(reading.tree) else "")
            return _Found(order, keyword.total, reading, notes)
        if isinstance(self._keyword, Unreadable):
            notes = (*notes, f"Searched by meaning only. {self._keyword.problem}")
        if self._by_meaning_alone(query):
            order, total = _alone(near[: _more(limit)], by="semantic"), len(near)
        else:
            order, total = self._hybrid(reading, query.filters, near, limit)
        return _Found(self._meaning.reranked(order, reading.meaning), total, reading, notes)

    def _by_meaning_alone(self, query: Query) -> bool:
        return query.mode == "semantic" or isinstance(self._keyword, Unreadable)

    def _hybrid(
        self, reading: Reading, filters: Filters, near: Scored, limit: int | None
    ) -> tuple[list[Fused], int]:
        """Both rankings as one, and how many records it has."""
        depth = None if limit is None else max(limit, CANDIDATES) + 1
        keyword = self._keyword.search(reading.tree, filters, depth)
        known = {number for number, _ in keyword.hits}
        total, others = keyword.total, [number for number, _ in near if number not in known]
        if len(keyword.hits) < keyword.total:
            # What the words match too, but further down.
            total -= self._keyword.search(reading.tree, filters, 1, among=others).total
        from index.vectors import FLOOR

        return fuse(keyword.hits, near, limit=_more(limit), floor=FLOOR), total + len(others)

    def _nearest(self, reading: Reading, filters: Filters) -> Scored:
        """What is nearest in meaning, of the records that must be."""
        required = reading.required
        allowed = None
        if filters or required != Every():
            allowed = self._keyword.matching(required, filters)
        return self._meaning.nearest(reading.meaning, allowed)

    def _hit(self, one: Fused, rank: int) -> Hit:
        return Hit(self._ids[one.number], rank, one.score, one.keyword_rank, one.semantic_rank)

    def _unknown(self, tree: Tree) -> list[str]:
        """A note for each value of a facet in ``tree`` that no record has."""
        return [
            f"No record has {leaf}."
            for leaf in _facets(tree)
            if leaf.field != "doi" and leaf.value not in self._keyword.values(leaf.field)
        ]


def _asked(query: Query) -> Query:
    """The query without what only orders its hits or cuts a page out of them."""
    return replace(query, limit=None, offset=0, sort="relevance")


def _rounded(limit: int) -> int:
    """``limit`` up to a whole number of pages."""
    return -(-max(limit, 1) // _PAGES) * _PAGES


def _more(limit: int | None) -> int | None:
    """One more: the score of what follows a page is needed for those on it."""
    return None if limit is None else limit + 1


def _alone(found: Scored, *, by: str) -> list[Fused]:
    """The hits of one ranking, found ``by`` "keyword" or "semantic", or by neither ("")."""
    return [
        Fused(number, score, rank if by == "keyword" else None, rank if by == "semantic" else None)
        for rank, (number, score) in enumerate(found, start=1)
    ]


def _as_run(tree: Tree) -> str:
    return "" if tree == Every() else str(tree)


def _forms(leaf: Tree) -> tuple[str, ...]:
    return getattr(leaf, "forms", None) or (getattr(leaf, "form", ""),)


def _facets(tree: Tree) -> list[Facet]:
    match tree:
        case And(parts) | Or(parts):
            return [facet for part in parts for facet in _facets(part)]
        case Not(part):
            return _facets(part)
        case Facet():
            return [tree]
        case _:
            return []
