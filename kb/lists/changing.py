"""Changes of shortlists: each a row of ``decisions`` that is never altered; taking one back is a row too."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from corpus.errors import EvidenceError
from corpus.store import Store
from kb.lists.reading import Entry, Growing, entries, joined, notes, raw, replayed, undone
from kb.searches.saved import check_name

LONGEST_NOTE = 1000


class Lister:
    """Changes lists in the name of a person; the file of ``store`` must be writable."""

    def __init__(self, store: Store, by: str = "") -> None:
        self._store = store
        self._by = by or getpass.getuser()
        #: The numbers of the decisions that the last change is.
        self.made: tuple[int, ...] = ()

    def add(self, name: str, ids: Iterable[str], note: str = "") -> list[str]:
        """Put records at the end of a list, made if it is not there; those that are new in it.

        A note is set on those too that were there.
        All or none: raises ``EvidenceError`` for an id that never was, a bad name, a note that is too long.
        """
        check_name(name)
        note = _short(note)
        wanted = list(dict.fromkeys(self._store.resolve(each) for each in ids))
        if not wanted:
            raise EvidenceError("no ids were given; `kb search` shows them.")
        have = joined(self._store, replayed(self._store).get(name, Growing()).entries)
        new = [each for each in wanted if each not in have]
        there = [have[each][0].record for each in wanted if each in have] if note else []
        changes = [_Change("note", each, note) for each in there]
        self._keep(name, changes + [_Change("add", each, note) for each in new], have)
        return new

    def note(self, name: str, record: str, note: str) -> None:
        """Set the note of an entry; "" takes it away."""
        have, (own,) = self._found(name, [record])
        self._keep(name, [_Change("note", own, _short(note))], have)

    def move(self, name: str, record: str, to: int) -> int:
        """Put an entry at that place, from 1, or last where that is beyond the end; the place that it has."""
        have, (own,) = self._found(name, [record])
        place = min(max(1, to), len(have))
        self._keep(name, [_Change("move", own, content={"to": place})], have)
        return place

    def remove(self, name: str, ids: Iterable[str]) -> list[str]:
        """Take records out of a list; raises ``EvidenceError`` for one that is not in it."""
        have, out = self._found(name, ids)
        self._keep(name, [_Change("remove", each) for each in out], have)
        return out

    def rename(self, name: str, new: str) -> None:
        """Give a list another name, that no other has."""
        raw(self._store, name)
        if check_name(new) in replayed(self._store):
            raise EvidenceError(f"there is a list `{new}` already.")
        self._keep(name, [_Change("rename", content={"new": new})])

    def delete(self, name: str) -> int:
        """Take a list away; how many entries it had. ``undo`` brings it back."""
        count = len(entries(self._store, name))
        self._keep(name, [_Change("delete")])
        return count

    def undo(self, name: str) -> str:
        """Take back the last change of that list that stands; what it was, in words."""
        back = undone(self._store)
        rows = [
            row | {"content": json.loads(row["content"])}
            for row in self._store.query("select * from decisions where kind = 'list' order by id desc")
            if row["id"] not in back
        ]
        mine = [row for row in rows if name in (row["content"]["list"], row["content"].get("new"))]
        if not mine:
            raise EvidenceError(f"nothing of the list `{name}` is there to take back.")
        # What was said at once has one time, and is taken back at once.
        last = [row for row in mine if row["decided_at"] == mine[0]["decided_at"]]
        self._insert([("undo", None, {"decision": row["id"]}, "") for row in last])
        told = in_words(mine[0]["content"], mine[0]["record"])
        return f"{told}, and {len(last) - 1} more" if len(last) > 1 else told

    def take_back(self, number: int) -> None:
        """Take back the change of that number; raises ``EvidenceError`` if it is none that stands."""
        row = next(self._store.query("select kind from decisions where id = ?", [number]), None)
        if row is None or row["kind"] != "list" or number in undone(self._store):
            raise EvidenceError(f"decision {number} is no change of a list that stands.")
        self._insert([("undo", None, {"decision": number}, "")])

    def _found(self, name: str, ids: Iterable[str]) -> tuple[dict[str, list[Entry]], list[str]]:
        """The entries of a list, and those ids as it has them; raises ``EvidenceError`` where it has not."""
        have = joined(self._store, raw(self._store, name).entries)
        wanted = dict.fromkeys(each if each in have else self._store.resolve(each) for each in ids)
        for each in wanted:
            if each not in have:
                raise EvidenceError(f"`{each}` is not in the list `{name}`.")
        return have, [have[each][0].record for each in wanted]

    def _keep(
        self, name: str, changes: Sequence[_Change], have: Mapping[str, Sequence[Entry]] | None = None
    ) -> None:
        """Write changes down, after what makes one entry of those whose records were joined."""
        settling = []
        for first, *others in (have or {}).values() if changes else ():
            if others:
                settling.append(_Change("note", first.record, notes([first, *others])))
                settling += [_Change("remove", each.record) for each in others]
        self._insert(
            ("list", each.record, {"list": name, "action": each.action, **each.content}, each.note)
            for each in [*settling, *changes]
        )

    def _insert(self, rows: Iterable[tuple[str, str | None, dict[str, Any], str]]) -> None:
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        made = []
        with self._store.atomic():
            for kind, record, content, note in rows:
                cursor = self._store.connection.execute(
                    "insert into decisions (kind, record, content, note, decided_by, decided_at)"
                    " values (?, ?, ?, ?, ?, ?)",
                    [kind, record, json.dumps(content, ensure_ascii=False), note or None, self._by, now],
                )
                made.append(int(cursor.lastrowid or 0))
        self.made = tuple(made)


@dataclass(frozen=True, slots=True)
class _Change:
    action: str
    record: str | None = None
    note: str = ""
    content: dict[str, Any] = field(default_factory=dict)


def in_words(content: Mapping[str, Any], record: str | None) -> str:
    """A change in words: "added smith-2004-trust to the list sharing"."""
    name = content["list"]
    return {
        "add": f"added {record} to the list {name}",
        "remove": f"took {record} out of the list {name}",
        "note": f"set the note of {record} in the list {name}",
        "move": f"moved {record} in the list {name}",
        "rename": f"renamed the list {name} to {content.get('new')}",
        "delete": f"took the list {name} away",
    }[content["action"]]


def _short(note: str) -> str:
    text = " ".join("".join(char if char.isprintable() else " " for char in note).split())
    if len(text) > LONGEST_NOTE:
        raise EvidenceError(f"the note has {len(text):,} characters; {LONGEST_NOTE:,} are the most.")
    return text
