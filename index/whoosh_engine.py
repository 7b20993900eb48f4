"""The keyword engine for small libraries, on Whoosh: an index that is a folder, in pure Python."""

from __future__ import annotations

import math
import re
import struct
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations, islice, pairwise
from pathlib import Path
from typing import Any

import whoosh
from whoosh import query
from whoosh.filedb.filestore import FileStorage
from whoosh.index import EmptyIndexError, FileIndex, IndexVersionError

from corpus.errors import IndexProblem
from corpus.query import Filters
from index.engine import FARTHEST, MOST_WORDS, Document, Matches, Progress, asks_words, filter_trees, width
from index.tree import And, Every, Facet, Fuzzy, Not, Or, Pattern, Phrase, Same, Term, Tree, Years
from index.whoosh_schema import FIRST_YEAR, NO_YEAR, Bm25, fields_of, schema
from index.words import STOP_WORDS, fold, forms, indexed, pattern_regex, stem, words

# What Whoosh raises over files that are missing, cut short or made by another version of it.
_UNREADABLE = (
    EmptyIndexError,
    IndexVersionError,
    OSError,
    ValueError,
    LookupError,
    EOFError,
    TypeError,
    struct.error,
)


class WhooshEngine:
    """Builds and opens Whoosh indexes."""

    name = "whoosh"
    version = ".".join(str(part) for part in whoosh.__version__)

    def build(self, documents: Iterable[Document], folder: Path, progress: Progress | None = None) -> None:
        """Write a whole new index into the empty ``folder``."""
        index = FileIndex.create(FileStorage(str(folder)), schema(), "MAIN")
        writer = index.writer(limitmb=256)
        for done, document in enumerate(documents, start=1):
            writer.add_document(**fields_of(document))
            if progress:
                progress(done)
        writer.commit(optimize=True)
        index.close()

    def open(self, folder: Path) -> WhooshIndex:
        """Open an index; raises ``IndexProblem`` where there is none that can be read."""
        try:
            # With our own schema, or Whoosh would unpickle the one in the file.
            return WhooshIndex(FileIndex(FileStorage(str(folder)), schema=schema(), indexname="MAIN"))
        except _UNREADABLE as error:
            raise IndexProblem(
                f"{folder}: the keyword index cannot be read. Run `kb index` to make it anew."
            ) from error


class WhooshIndex:
    """A Whoosh index that is open for reading."""

    def __init__(self, index: Any) -> None:
        self._searcher = index.searcher(weighting=Bm25())
        self._reader = self._searcher.reader()
        # They are few, and every page of results counts all of them.
        self._holding = cache(self._by_value)
        self._ids: Sequence[str] = ()
        self._years: Sequence[int] = ()
        if self._reader.doc_count():
            self._ids = self._reader.column_reader("id")
            self._years = self._reader.column_reader("newest")

    def search(
        self, tree: Tree, filters: Filters, limit: int | None, among: Sequence[int] | None = None
    ) -> Matches:
        """The best ``limit`` (``None``: all) of the documents that match the tree and pass the filters."""
        found = self._passing(tree, filters)
        if among is not None:
            found = {number: found[number] for number in among if number in found}
        if asks_words(tree):
            # Rounded, so that equal records score equal however the sum was taken.
            order = sorted((-round(score, 6), number) for number, score in found.items())
            return Matches([(number, -score) for score, number in order[:limit]], len(found))
        newest = sorted(found, key=lambda number: (-self._years[number], number))
        return Matches([(number, 0.0) for number in newest[:limit]], len(found))

    def matching(self, tree: Tree, filters: Filters) -> Sequence[int]:
        """The numbers of all documents that match, rising: what search by meaning is narrowed to."""
        return array("I", sorted(self._passing(tree, filters)))

    def counts(
        self, tree: Tree, filters: Filters, facets: Sequence[str], also: Sequence[int] = ()
    ) -> dict[str, dict[str, int]]:
        """How many of the documents that match, or are in ``also``, have each value of each facet."""
        found = {*self._passing(tree, filters), *also}
        counted: dict[str, dict[str, int]] = {}
        for facet in facets:
            if facet == "year":
                years = Counter(str(self._years[number]) for number in found)
                years.pop(str(NO_YEAR), None)
                counted[facet] = dict(years)
                continue
            each = {value: len(found & holding) for value, holding in self._holding(facet).items()}
            counted[facet] = {value: count for value, count in each.items() if count}
        return counted

    def _by_value(self, facet: str) -> dict[str, frozenset[int]]:
        """The documents that have each value of a facet."""
        return {
            value: frozenset(query.Term(facet, value).docs(self._searcher)) for value in self.values(facet)
        }

    def _passing(self, tree: Tree, filters: Filters) -> dict[int, float]:
        """Score by number of the documents that match the tree and pass the filters."""
        found = self._find(tree)
        for required in filter_trees(filters):
            allowed = self._find(required)
            found = {number: score for number, score in found.items() if number in allowed}
        return found

    def values(self, facet: str) -> list[str]:
        """All values of a facet field, sorted."""
        return sorted(value.decode("utf-8") for value in self._reader.lexicon(facet))

    def suggest(self, word: str) -> str | None:
        """The word of the library that ``word`` was probably meant to be; ``None`` if it is there itself."""
        folded = fold(word)
        if len(folded) < 4 or not folded.isalpha() or ("word", folded.encode()) in self._reader:
            return None
        corrector = self._reader.corrector("word")
        found = corrector.suggest(folded, limit=1, maxdist=1) or (
            corrector.suggest(folded, limit=1, maxdist=2, prefix=1) if len(folded) > 5 else []
        )
        return str(found[0]) if found else None

    def like(self, number: int) -> Tree | None:
        """A query for documents about the same as one: its most telling words; ``None`` if it has none."""
        text = self._reader.stored_fields(number)["about"]
        counts: dict[str, int] = {}
        for word in words(text):
            if word.form not in STOP_WORDS:
                counts[word.form] = counts.get(word.form, 0) + 1
        telling = sorted(
            counts, key=lambda form: (-counts[form] * self._searcher.idf("text", stem(form)), form)
        )
        return Or(tuple(Term(form) for form in telling[:25])) if telling else None

    def close(self) -> None:
        """Let go of the files."""
        self._searcher.close()

    # Only Whoosh's postings are used, not what combines them: in 2.7.4 an AND with a numeric range finds
    # nothing, an AND with Every loses its NOT, and words near each other in any order are missed.
    def _find(self, tree: Tree) -> dict[int, float]:
        """Score by record number."""
        match tree:
            case Term(form, field, boost):
                return _times(boost, self._scores(field or "text", indexed(form, field)))
            case Phrase(field=field):
                return _times(tree.boost, self._phrase(tree, field or "text"))
            case Pattern(field=field) | Fuzzy(field=field):
                found = (self._scores(field or "text", text) for text in sorted(self._expand(tree)))
                return _times(tree.boost, _best(found))
            case Same(parts):
                return _best(self._find(part) for part in parts)
            case Facet(field, value):
                return dict.fromkeys(query.Term(field, value).docs(self._searcher), 0.0)
            case Years(since, until):
                first, last = FIRST_YEAR if since is None else since, math.inf if until is None else until
                return {number: 0.0 for number, year in enumerate(self._years) if first <= year <= last}
            case And(parts):
                return _common([self._find(part) for part in parts])
            case Or(parts):
                return _sums(self._find(part) for part in parts)
            case Not(part):
                excluded = self._find(part)
                return {number: 0.0 for number in range(len(self._ids)) if number not in excluded}
            case Every():
                return dict.fromkeys(range(len(self._ids)), 0.0)

    def _scores(self, field: str, text: str) -> dict[int, float]:
        return {matcher.id(): matcher.score() for matcher in self._postings(field, text)}

    def _phrase(self, phrase: Phrase, field: str) -> dict[int, float]:
        texts = [indexed(form, phrase.field) for form in phrase.forms]
        common = _common([self._scores(field, text) for text in texts])
        if not common:
            return {}
        places = [
            {
                matcher.id(): matcher.value_as("positions")
                for matcher in self._postings(field, text)
                if matcher.id() in common
            }
            for text in texts
        ]
        widest = width(phrase)
        return {
            number: score
            for number, score in common.items()
            if (
                _in_order([place[number] for place in places])
                if phrase.distance == 1
                else _near([place[number] for place in places], widest)
            )
        }

    def _postings(self, field: str, text: str) -> Iterator[Any]:
        """A matcher that stands at one posting after the other."""
        matcher = query.Term(field, text).matcher(self._searcher, self._searcher.context())
        while matcher.is_active():
            yield matcher
            matcher.next()

    def _expand(self, word: Pattern | Fuzzy) -> set[str]:
        """What stands in the index for the words that a pattern or fuzzy word stands for."""
        match word:
            case Pattern(pattern, field):
                return self._indexed(self._matching(pattern), field)
            case Fuzzy(form, edits, field):
                return self._indexed(self._reader.terms_within("word", form, edits, prefix=1), field) | {
                    indexed(form, field)
                }

    def _matching(self, pattern: str) -> Iterator[str]:
        prefix = re.split(r"[*?]", pattern, maxsplit=1)[0]
        whole = pattern_regex(pattern)
        for found in self._reader.expand_prefix("word", prefix):
            if whole.fullmatch(text := found.decode("utf-8")):
                yield text

    def _indexed(self, found: Iterable[str], field: str) -> set[str]:
        texts: set[str] = set()
        for text in islice(found, MOST_WORDS):
            texts.update(indexed(form, field) for form in ([text] if field == "exact" else forms(text)))
        return texts


def _common(found: Sequence[dict[int, float]]) -> dict[int, float]:
    fewest = min(found, key=len)
    return {
        number: math.fsum(scores[number] for scores in found)
        for number in fewest
        if all(number in scores for scores in found)
    }


def _sums(found: Iterable[dict[int, float]]) -> dict[int, float]:
    sums: dict[int, float] = {}
    for scores in found:
        for number, score in scores.items():
            sums[number] = sums.get(number, 0.0) + score
    return sums


def _best(found: Iterable[dict[int, float]]) -> dict[int, float]:
    """The best score of each record: word forms of one pattern are one word."""
    best: dict[int, float] = {}
    for scores in found:
        for number, score in scores.items():
            best[number] = max(score, best.get(number, 0.0))
    return best


def _times(boost: float, found: dict[int, float]) -> dict[int, float]:
    return {number: boost * score for number, score in found.items()} if boost != 1 else found


def _in_order(places: Sequence[Sequence[int]]) -> bool:
    """Whether there is a place from which on each word stands right after the one before."""
    sets = [set(found) for found in places]
    return any(all(start + step in found for step, found in enumerate(sets)) for start in sets[0])


def _near(places: Sequence[Sequence[int]], widest: int) -> bool:
    """Whether each two of the words stand somewhere at most ``widest`` places apart, in any order.

    Not all of them in one place, which the engine for large libraries cannot ask for.
    """
    return all(_closest(first, second) <= widest for first, second in combinations(places, 2))


def _closest(first: Sequence[int], second: Sequence[int]) -> int:
    standing = sorted([(place, 0) for place in first] + [(place, 1) for place in second])
    return min(
        (later - earlier for (earlier, one), (later, other) in pairwise(standing) if one != other),
        default=FARTHEST + 1,
    )
