"""Shortlists as they stand: read from the changes that people made, each a row of ``decisions``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from corpus.errors import EvidenceError
from corpus.store import Store


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a list: its note, who added it and when (ISO 8601, UTC); ``gone``: it is no record now."""

    record: str
    note: str = ""
    added_by: str = ""
    added_at: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: its entries in order, and when and by whom it was changed last."""

    name: str
    entries: tuple[Entry, ...]
    changed_at: str
    changed_by: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "records": len(self.entries),
            "changed_at": self.changed_at,
            "changed_by": self.changed_by,
        }


@dataclass(slots=True)
class Growing:
    """A list while its changes are read: its entries under the ids that their records had then."""

    entries: list[Entry] = field(default_factory=list)
    at: str = ""
    by: str = ""


def lists(store: Store) -> list[Listed]:
    """Every list, by name."""
    return [
        Listed(name, _now(store, found.entries), found.at, found.by)
        for name, found in sorted(replayed(store).items())
    ]


def known(store: Store, name: str) -> Listed:
    """The list of that name; raises ``EvidenceError`` with near names where there is none."""
    found = raw(store, name)
    return Listed(name, _now(store, found.entries), found.at, found.by)


def entries(store: Store, name: str) -> tuple[Entry, ...]:
    """The entries of that list in order; raises as ``known`` does."""
    return known(store, name).entries


def raw(store: Store, name: str) -> Growing:
    """The list of that name under the ids of then; raises as ``known`` does."""
    found = replayed(store)
    if name not in found:
        near = get_close_matches(name, found, 3, 0.4)
        raise EvidenceError(
            f"there is no list `{name[:80]}`"
            + (f"; near: {', '.join(near)}." if near else "; `kb list add NAME ID...` makes one.")
        )
    return found[name]


def replayed(store: Store) -> dict[str, Growing]:
    """The lists as every change that stands has made them.

    By the ids of then: a record that was taken out must not take along one that it was joined to later.
    """
    back = undone(store)
    found: dict[str, Growing] = {}
    for row in store.query(
        "select id, record, content, note, decided_by, decided_at from decisions"
        " where kind = 'list' order by id"
    ):
        if row["id"] not in back:
            _apply(found, row, json.loads(row["content"]))
    return found


def undone(store: Store) -> set[int]:
    """The numbers of the decisions that were taken back."""
    rows = store.query("select content from decisions where kind = 'undo'")
    return {json.loads(row["content"] or "{}").get("decision") for row in rows}


def _apply(found: dict[str, Growing], row: Mapping[str, Any], content: Mapping[str, Any]) -> None:
    name, action, record = content["list"], content["action"], row["record"]
    if action == "add":
        found.setdefault(name, Growing())
    if name not in found:
        return
    own = found[name]
    own.at, own.by = row["decided_at"], row["decided_by"] or ""
    place = next((at for at, entry in enumerate(own.entries) if entry.record == record), None)
    if action == "add" and place is None:
        own.entries.append(Entry(record, row["note"] or "", own.by, own.at))
    elif action == "rename":
        # One of that name may be back since its end was undone: they are one then, and nothing is lost.
        back = found.get(content["new"], Growing()).entries
        have = {entry.record for entry in back}
        own.entries = back + [entry for entry in own.entries if entry.record not in have]
        found[content["new"]] = found.pop(name)
    elif action == "delete":
        del found[name]
    elif place is not None:
        _change(own.entries, place, action, row["note"] or "", content)


def _change(among: list[Entry], place: int, action: str, note: str, content: Mapping[str, Any]) -> None:
    if action == "remove":
        del among[place]
    elif action == "note":
        among[place] = replace(among[place], note=note)
    elif action == "move":
        among.insert(content["to"] - 1, among.pop(place))


def joined(store: Store, among: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The entries by the ids that their records go by now: several under one where records were joined."""
    aliases = dict(
        store.connection.execute(
            "select alias, record from aliases where alias in (select value from json_each(?))",
            [json.dumps([entry.record for entry in among])],
        ).fetchall()
    )
    found: dict[str, list[Entry]] = {}
    for entry in among:
        found.setdefault(aliases.get(entry.record, entry.record), []).append(entry)
    return found


def _now(store: Store, among: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries as they stand now: one a record, those marked whose record is no longer there."""
    found = joined(store, among)
    there = {
        row[0]
        for row in store.connection.execute(
            "select id from records where id in (select value from json_each(?))", [json.dumps([*found])]
        )
    }
    return tuple(
        replace(same[0], record=record, note=notes(same), gone=record not in there)
        for record, same in found.items()
    )


def notes(same: Iterable[Entry]) -> str:
    """The notes of entries whose records were joined, as one."""
    return "; ".join(dict.fromkeys(entry.note for entry in same if entry.note))
