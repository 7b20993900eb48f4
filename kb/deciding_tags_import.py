"""Coding sheets into decisions: each row that is understood is one; each that is not is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError
from corpus.identity import normalise_doi, title_key
from corpus.quoting import find
from corpus.record import Record
from corpus.store import Store
from corpus.theme import Tag, Theme
from corpus.verdict import STATUSES, Verdict
from kb.deciding_tags import Decider, about, check_direction
from kb.deciding_tags_sheet import Coded, read_sheet


@dataclass(slots=True)
class Imported:
    """What a sheet brought: rows by what they say, new verdicts, rows not understood with the reason."""

    rows: int = 0
    undecided: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    new: int = 0
    stale: bool = False
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """The counts in one line."""
        kinds = ", ".join(f"{self.kinds[kind]} {word}" for kind, word in STATUSES.items() if self.kinds[kind])
        return (
            f"{self.rows} rows: {kinds or 'no decision'}, {self.undecided} without a decision,"
            f" {len(self.left)} not understood; {self.new} new."
        )

    def to_dict(self) -> dict[str, Any]:
        """The counts and the rows left, for JSON."""
        return {
            "rows": self.rows,
            **{word: self.kinds[kind] for kind, word in STATUSES.items()},
            "undecided": self.undecided,
            "new": self.new,
            "stale": self.stale,
            "left": self.left,
        }


def bring(decider: Decider, path: Path) -> Imported:
    """Take in the decisions of a coding sheet; the same sheet again changes nothing."""
    result = Imported()
    finder = Finder(decider.store)
    wanted: list[Verdict] = []
    tags: dict[str, list[Tag]] = {}
    decider.prepare()
    for coded in read_sheet(path):
        result.rows += 1
        try:
            kind = coded.decision
            if kind is None:
                result.undecided += 1
                continue
            verdict = _verdict(decider, finder, coded, tags)
        except EvidenceError as error:
            result.left.append(f"{coded.source}:{coded.line}: {str(error).rstrip('.')}; mend the row.")
            continue
        result.kinds[verdict.kind] += 1
        wanted.append(verdict)
    decided = decider.decide(wanted, again=False)
    result.new, result.stale = len(decided.verdicts), decided.stale
    return result


def read_verdicts(decider: Decider, path: Path, left: list[str]) -> Iterator[Verdict]:
    """What a coding sheet says, row by row, without taking it in; what is not understood goes to ``left``."""
    finder = Finder(decider.store)
    tags: dict[str, list[Tag]] = {}
    for coded in read_sheet(path):
        try:
            if coded.decision is not None:
                yield _verdict(decider, finder, coded, tags, quoted=False)
        except EvidenceError as error:
            left.append(f"{coded.source}:{coded.line}: {str(error).rstrip('.')}; mend the row.")


class Finder:
    """Finds the record that a row is about: by id, by DOI, by title."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._titles: dict[str, list[tuple[str, int | None]]] = {}

    def record(self, coded: Coded) -> Record:
        """The record; raises ``EvidenceError`` where none or several are meant."""
        if coded["record"] and (found := self._by_id(coded["record"])):
            return self._store.record(found)
        if coded["doi"] and (found := self._by_doi(coded["doi"])):
            return self._store.record(found)
        if coded["title"]:
            return self._store.record(self._by_title(coded["title"], coded["year"]))
        if coded["record"]:
            self._store.resolve(coded["record"])
        raise EvidenceError(
            f"no record has the DOI {coded['doi']}; give its id" if coded["doi"] else "names no record"
        )

    def _by_id(self, record_id: str) -> str | None:
        found: str | None = self._store.value(
            "select id from records where id = ? union select record from aliases where alias = ?",
            [record_id, record_id],
        )
        return found

    def _by_doi(self, doi: str) -> str | None:
        found: str | None = self._store.value(
            "select record from identifiers where scheme = 'doi' and value = ?", [normalise_doi(doi)]
        )
        return found

    def _by_title(self, title: str, year: str) -> str:
        if not self._titles:
            for record_id, known, issued in self._store.connection.execute(
                "select id, title, year from records"
            ):
                self._titles.setdefault(title_key(known), []).append((record_id, issued))
        found = self._titles.get(title_key(title), [])
        if len(found) > 1:
            found = [each for each in found if str(each[1]) == year.removesuffix(".0")] or found
        if not found:
            raise EvidenceError(f"no record has the title “{title}”; give its id")
        if len(found) > 1:
            ids = ", ".join(record_id for record_id, _ in found)
            raise EvidenceError(f"several records have the title “{title}” ({ids}); give the id")
        return found[0][0]


def _verdict(
    decider: Decider, finder: Finder, coded: Coded, tags: dict[str, list[Tag]], *, quoted: bool = True
) -> Verdict:
    """What a row decides: on the tag of the file that it is about, or as an addition."""
    kind, direction = coded.decision, coded.direction
    theme = _theme(decider, coded)
    check_direction(theme, direction)
    record = finder.record(coded)
    coder = coded["coder"] or decider.by
    if record.id not in tags:
        tags[record.id] = list(decider.store.tags([record.id]))
    tag = next(
        (each for each in tags[record.id] if (each.theme, each.direction) == (theme.id, direction)), None
    )
    verdict: Verdict
    if kind == "reject" or (kind == "accept" and tag is not None):
        verdict = about(kind, tag) if tag else Verdict(kind, record.id, theme.id, direction)
        # The words that were judged, where the tagger gives other ones meanwhile.
        place = find(record, coded["quote"], coded["field"]) if coded["quote"] else None
        if place and tag and not _same_words(place.quote, tag.quote):
            verdict = replace(verdict, field=place.field, start=place.start, end=place.end, quote=place.quote)
    else:
        if theme.axis == "factor" and direction is None:
            raise EvidenceError(f"`{theme.id}` is a factor and the row gives no direction")
        verdict = decider.addition(record, theme, direction, coded["quote"] if quoted else "")
    return replace(verdict, note=coded["note"], decided_by=coder)


def _same_words(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _theme(decider: Decider, coded: Coded) -> Theme:
    """The theme of a row by id, by its code in labelled files, or by its label."""
    said = coded["theme"] or coded["label"]
    if not said:
        raise EvidenceError("names no theme")
    vocabulary = decider.vocabulary
    successor = vocabulary.resolve(said)
    if successor:
        return vocabulary.themes[successor]
    folded = said.casefold()
    for theme in vocabulary:
        if folded in (theme.id, theme.notation.casefold(), theme.label.casefold()):
            return theme
    return decider.theme(said)
