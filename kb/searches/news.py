"""What is new since a saved search was last run: six kinds of change, each record with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, get_args

from corpus.errors import EvidenceError
from corpus.store import Store
from kb.knowledge_base import KnowledgeBase
from kb.retractions import gravest, notices
from kb.searches import saved
from kb.searches.ground import State
from kb.searches.saved import Run
from kb.wording import day, listed

Kind = Literal["new", "changed", "gone", "reclassified", "corrected", "retracted"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: What each kind is, for people.
EXPLAINED: dict[Kind, str] = {
    "new": "came into the library since",
    "changed": "said otherwise by the sources since",
    "gone": "not found any more",
    "reclassified": "found now, or not in its place, only because vocabulary, model or program changed",
    "corrected": "a person decided",
    "retracted": "retracted, or in doubt, as a notice says",
}

_VERSIONS = {
    "vocabulary": "the vocabulary",
    "tagger": "the tagger",
    "model": "the model",
    "engine": "the engine",
    "evidence-kb": "the program",
}
_AMONG = "in (select value from json_each(?))"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a record, and why that is so."""

    record: str
    kind: Kind
    why: str


@dataclass(frozen=True, slots=True)
class News:
    """The changes between two runs; ``notes`` are sentences that a reader should see."""

    before: Run
    now: Run
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of that kind, in the order of the search."""
        return tuple(change for change in self.changes if change.kind == kind)

    def to_dict(self) -> dict[str, Any]:
        """What ``kb whatsnew --json`` prints."""
        told: dict[str, Any] = {kind: [asdict(change) for change in self.of(kind)] for kind in KINDS}
        runs = {"since": self.before.run_at, "run": self.before.id, "now": self.now.run_at}
        return {"name": self.now.name, **runs, "total": self.now.total, **told, "notes": list(self.notes)}


def whats_new(library: KnowledgeBase, name: str, since: date | None = None) -> News:
    """What changed since the last kept run of that search, or the last one by the end of ``since``.

    Nothing is kept. Raises ``EvidenceError`` where no search is saved as ``name``.
    """
    runs = saved.runs(library.store, name)
    early = [run for run in runs if since is None or run.run_at[:10] <= since.isoformat()]
    before = early[-1] if early else runs[0]
    now = saved.fresh(library, name, before.query)
    notes = list(now.details.notes if now.details else ())
    if not early:
        notes.append(f"no run was kept by {since}; compared with the first, of {day(before.run_at)}.")
    if before.ground is None:
        notes.append("that run was kept by an earlier version, without the state of its records.")
    if before.query != runs[-1].query:
        notes.append("the query was replaced since; asked is the one of that run.")
    return News(before, now, tuple(_Comparison(library.store, before, now).changes()), tuple(notes))


class _Comparison:
    """Two runs, and what happened in the library between them."""

    def __init__(self, store: Store, before: Run, now: Run) -> None:
        self._store, self._before, self._now = store, before, now
        self._led = _led(store, before.ids)
        self._was = {new: old for old, new in self._led.items() if new}
        every = list(dict.fromkeys([*now.ids, *(new for new in self._led.values() if new)]))
        self._came = _came(store, every, before)
        self._decided = _decided(store, every, before)
        self._notices = notices(store, now.ids)
        self._versions = [
            words for name, words in _VERSIONS.items() if before.versions.get(name) != now.versions.get(name)
        ]

    def changes(self) -> Iterator[Change]:
        """Every change, in the order of the search, what is gone last."""
        found = set(self._now.ids)
        for record in self._now.ids:
            yield from self._stayed(record) if record in self._was else self._entered(record)
            yield from self._warned(record)
        for old, new in self._led.items():
            if new is None or new not in found:
                yield Change(old, "gone", self._left(old, new))
            elif new != old:
                yield Change(old, "gone", f"joined to {new}")

    def _entered(self, record: str) -> Iterator[Change]:
        sources, first = self._came.get(record, ((), False))
        if first:
            yield Change(record, "new", f"came with {listed(sources)}")
        elif record in self._decided:
            yield Change(record, "corrected", f"found since {self._decided[record]}")
        elif sources:
            yield Change(record, "changed", f"found since it is described in {listed(sources)} too")
        elif self._versions:
            yield Change(record, "reclassified", f"found since {listed(self._versions)} changed")
        else:
            yield Change(
                record, "reclassified", "found since other records came or went: nearness is relative"
            )

    def _stayed(self, record: str) -> Iterator[Change]:
        was, is_ = self._state(self._before, self._was[record]), self._state(self._now, record)
        if was is None or is_ is None:
            return
        if (was.content, was.tags) == (is_.content, is_.tags):
            return
        sources, _ = self._came.get(record, ((), False))
        if record in self._decided:
            yield Change(record, "corrected", self._decided[record])
        elif was.content != is_.content:
            told = f"described in {listed(sources)} too" if sources else "its sources are read otherwise now"
            yield Change(record, "changed", told)
        elif self._versions:
            yield Change(record, "reclassified", f"other themes since {listed(self._versions)} changed")
        else:
            yield Change(record, "changed", "its themes are others")

    def _warned(self, record: str) -> Iterator[Change]:
        was, is_ = self._state(self._before, self._was.get(record, "")), self._state(self._now, record)
        notice = is_.notice if is_ else ""
        if notice and notice != (was.notice if was else "") and (said := gravest(self._notices[record])):
            yield Change(record, "retracted", f"{said.label.lower()}: “{said.words}”")

    def _left(self, old: str, new: str | None) -> str:
        if new is None:
            return "no longer in the library"
        if new in self._decided:
            return self._decided[new]
        if self._came.get(new, ((), False))[0]:
            return f"changed by {listed(self._came[new][0])}"
        if self._versions:
            return f"{listed(self._versions)} changed"
        return "other records came or went: nearness is relative"

    @staticmethod
    def _state(run: Run, record: str) -> State | None:
        return run.details.states.get(record) if run.details else None


def _led(store: Store, ids: Sequence[str]) -> dict[str, str | None]:
    """Each old id with the id that it leads to now; ``None`` where there is no such record any more."""
    given = [json.dumps(list(ids))]
    there = {row[0] for row in store.connection.execute(f"select id from records where id {_AMONG}", given)}
    joined = dict(store.connection.execute(f"select alias, record from aliases where alias {_AMONG}", given))
    return {old: old if old in there else joined.get(old) for old in ids}


def _came(store: Store, ids: Iterable[str], before: Run) -> Mapping[str, tuple[tuple[str, ...], bool]]:
    """(sources that described the record since, whether none did before), by record."""
    rows = store.connection.execute(
        "select record, source_records.id, name, coalesce(read_at, '') from source_records"
        f" join sources on sources.id = source where record {_AMONG} order by source_records.id",
        [json.dumps(list(ids))],
    )
    last = before.ground.description if before.ground else None
    came: dict[str, tuple[list[str], bool]] = {}
    for record, number, name, read_at in rows:
        since = number > last if last is not None else read_at > before.run_at
        names = came.setdefault(record, ([], since))[0]
        if since and name not in names:
            names.append(name)
    return {record: (tuple(names), first) for record, (names, first) in came.items()}


def _decided(store: Store, ids: Iterable[str], before: Run) -> Mapping[str, str]:
    """What a person decided last about each record since that run, in words."""
    since = ("id > ?", before.ground.decision) if before.ground else ("decided_at > ?", before.run_at)
    wanted = set(ids)
    told: dict[str, str] = {}
    rows = store.connection.execute(
        "select kind, coalesce((select record from aliases where alias = decisions.record), record), theme,"
        f" decided_by, decided_at from decisions where {since[0]} and record is not null order by id",
        [since[1]],
    )
    for kind, record, theme, who, when in rows:
        if record in wanted and kind in _ABOUT:
            what = f"{_ABOUT[kind]}{f' {theme}' if theme else ''}"
            told[record] = f"{what}{f' by {who}' if who else ''} on {day(when)}"
    return told


_ABOUT = {
    "accept": "accepted",
    "reject": "rejected",
    "add": "added",
    "undo": "a decision taken back",
    "merge": "joined to another",
    "split": "parted from another",
}


def check_date(text: str) -> date:
    """The date; raises ``EvidenceError`` for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise EvidenceError(f"“{text[:40]}” is no date; write it as 2026-10-23.") from error
