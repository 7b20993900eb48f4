"""The keyword engine for small libraries, on Whoosh: an index that is a folder, in pure Python."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import whoosh
from whoosh import query
from whoosh.filedb.filestore import FileStorage
from whoosh.index import EmptyIndexError, FileIndex, IndexVersionError

from corpus.errors import IndexProblem
from corpus.query import Filters
from index.engine import Document, Progress
from index.tree import And, Every, Facet, Fuzzy, Not, Or, Pattern, Phrase, Term, Tree, Years
from index.whoosh_schema import FIRST_YEAR, Bm25, fields_of, schema
from index.words import STOP_WORDS, fold, stem, words

#: A pattern or a fuzzy word stands for at most so many stems.
_MOST_STEMS = 10_000


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
        # In the order of the ids, which is then the order of equal scores.
        for done, document in enumerate(sorted(documents, key=lambda document: document.id), start=1):
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
        self._ids: Sequence[str] = ()
        self._years: Sequence[int] = ()
        if self._reader.doc_count():
            self._ids = self._reader.column_reader("id")
            self._years = self._reader.column_reader("newest")

    def search(self, tree: Tree, filters: Filters, limit: int | None) -> list[tuple[str, float]]:
        """(record id, score) of the best ``limit`` (``None``: all), best first, equal scores by id."""
        found = self._find(tree)
        for required in _filter_trees(filters):
            allowed = self._find(required)
            found = {number: score for number, score in found.items() if number in allowed}
        if _asks_words(tree):
            # Rounded, so that equal records score equal however the sum was taken.
            order = sorted((-round(score, 6), number) for number, score in found.items())
            return [(self._ids[number], -score) for score, number in order[:limit]]
        newest = sorted(found, key=lambda number: (-self._years[number], number))
        return [(self._ids[number], 0.0) for number in newest[:limit]]

    def expand(self, word: Tree) -> frozenset[str]:
        """The stems of this index that a word, pattern or fuzzy word stands for."""
        match word:
            case Term(form):
                return frozenset({stem(form)})
            case Phrase(forms):
                return frozenset(map(stem, forms))
            case Pattern(pattern):
                return self._stems(self._matching(pattern))
            case Fuzzy(form, edits):
                return self._stems(self._reader.terms_within("word", form, edits, prefix=1)) | {stem(form)}
            case _:
                return frozenset()

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

    def like(self, record_id: str) -> Tree | None:
        """A query for records about the same: its most telling words. ``None`` for an unknown record."""
        number = self._searcher.document_number(id=record_id)
        if number is None:
            return None
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
                found = self._scores(field or "text", stem(form))
                return {number: boost * score for number, score in found.items()} if boost > 1 else found
            case Phrase(forms, field, distance):
                return self._phrase(field or "text", [stem(form) for form in forms], distance)
            case Pattern(field=field) | Fuzzy(field=field):
                return _best(self._scores(field or "text", found) for found in sorted(self.expand(tree)))
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

    def _phrase(self, field: str, texts: Sequence[str], distance: int) -> dict[int, float]:
        scores = [self._scores(field, text) for text in texts]
        common = _common(scores)
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
        meets = _in_order if distance == 1 else _near
        return {
            number: score
            for number, score in common.items()
            if meets([place[number] for place in places], distance)
        }

    def _postings(self, field: str, text: str) -> Iterator[Any]:
        """A matcher that stands at one posting after the other."""
        matcher = query.Term(field, text).matcher(self._searcher, self._searcher.context())
        while matcher.is_active():
            yield matcher
            matcher.next()

    def _matching(self, pattern: str) -> Iterator[str]:
        prefix = pattern.split("*")[0]
        whole = re.compile(r"\w*".join(map(re.escape, pattern.split("*"))))
        for found in self._reader.expand_prefix("word", prefix):
            if whole.fullmatch(text := found.decode("utf-8")):
                yield text

    def _stems(self, found: Iterable[str]) -> frozenset[str]:
        stems: set[str] = set()
        for text in found:
            stems.update(stem(word.form) for word in words(text))
            if len(stems) >= _MOST_STEMS:
                break
        return frozenset(stems)


def _asks_words(tree: Tree) -> bool:
    match tree:
        case And(parts) | Or(parts):
            return any(_asks_words(part) for part in parts)
        case Term() | Phrase() | Pattern() | Fuzzy():
            return True
        case _:
            return False


def _filter_trees(filters: Filters) -> list[Tree]:
    """The trees that must all match: values of one field are alternatives."""
    fields_and_values: list[tuple[str, Sequence[str]]] = [
        ("setting", filters.setting),
        ("type", filters.type),
    ]
    if filters.theme and filters.direction:
        pairs = [f"{theme}:{direction}" for theme in filters.theme for direction in filters.direction]
        fields_and_values.append(("tag", pairs))
    else:
        fields_and_values += [("theme", filters.theme), ("direction", filters.direction)]
    fields_and_values += [("theme", topic) for topic in filters.topics]
    trees: list[Tree] = [
        Or(tuple(Facet(field, value) for value in values)) for field, values in fields_and_values if values
    ]
    if filters.since is not None or filters.until is not None:
        trees.append(Years(filters.since, filters.until))
    return trees


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


def _in_order(places: Sequence[Sequence[int]], _distance: int) -> bool:
    """Whether there is a place from which on each word stands right after the one before."""
    sets = [set(found) for found in places]
    return any(all(start + step in found for step, found in enumerate(sets)) for start in sets[0])


def _near(places: Sequence[Sequence[int]], distance: int) -> bool:
    """Whether all words stand in any order, from one to the next ``distance`` at most on average."""
    widest = distance * (len(places) - 1)
    standing = sorted((place, word) for word, found in enumerate(places) for place in found)
    latest: dict[int, int] = {}
    for place, word in standing:
        latest[word] = place
        if len(latest) == len(places) and place - min(latest.values()) <= widest:
            return True
    return False
