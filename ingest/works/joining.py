"""Makes records out of descriptions: which are of one work, by what was compared and what people decided.

A description knows the id that was made when a record began with it (``first_of``). So a merge leaves
the later id as an alias, a split gives it back, and no id is ever another work's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from corpus import csl
from corpus.identity import make_id
from corpus.record import Record
from corpus.store import Store
from ingest.works.dedupe import Group, group
from ingest.works.judgement import Judgement
from ingest.works.merging import merge

_BATCH = 500
#: Joins that are told one by one; the rest is counted.
_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Joined:
    """A description that is one work with another: which record, where it was read, and why."""

    record: str
    title: str
    line: int
    reason: str


@dataclass(slots=True)
class Settled:
    """What became of descriptions: records made and changed, joins in all and the first of them."""

    new: int = 0
    changed: int = 0
    joins: int = 0
    joined: list[Joined] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Member:
    """A description of the store, as joining needs it."""

    id: int
    line: int
    owner: str | None
    first_of: str | None
    fingerprint: str
    record: Record


_MEMBERS = """
select id, line, record as owner, first_of, fingerprint, fields from source_records
where id in (select value from json_each(?)) order by id
"""
_JOINED_TO = """
select second from comparisons where joins and first in (select value from json_each(:ids))
union select first from comparisons where joins and second in (select value from json_each(:ids))
union select id from source_records where fingerprint in (select value from json_each(:together))
union select id from source_records where record in (select value from json_each(:owners))
"""


class _Ids:
    """The ids that are or were in use, in the store or about to be written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pending: set[str] = set()

    def __contains__(self, record_id: object) -> bool:
        known = "select 1 from records where id = :id union all select 1 from aliases where alias = :id"
        return record_id in self._pending or bool(
            self._store.connection.execute(known, {"id": record_id}).fetchone()
        )

    def add(self, record_id: str) -> None:
        self._pending.add(record_id)

    def written(self) -> None:
        self._pending.clear()


class Joining:
    """Settles descriptions of a store: groups each with what it is joined to, and writes the records."""

    def __init__(self, store: Store, new: Collection[int] = ()) -> None:
        """``new`` are the descriptions that just came in, whose joins are told."""
        self.settled = Settled()
        self._store = store
        self._judgement = Judgement(store)
        self._new = new
        self._ids = _Ids(store)
        self._records: list[Record] = []
        self._owners: list[tuple[str, str | None, str | None, int]] = []

    def settle(
        self, descriptions: Iterable[int], report: Callable[[int], None] = lambda done: None
    ) -> Settled:
        """Give each of them, and all that they are joined to, the record that is theirs."""
        done: set[int] = set()
        remaining = iter(descriptions)
        count = 0
        while batch := list(islice(remaining, _BATCH)):
            members = {member.id: member for member in self._members(at for at in batch if at not in done)}
            linked = self._linked(batch)
            for at in batch:
                if at in done:
                    continue
                member = members[at]
                if at in linked or member.owner or member.fingerprint in self._judgement:
                    neighbours = self._neighbourhood(member, members)
                    done.update(each.id for each in neighbours)
                else:
                    neighbours = [member]
                self._settle(neighbours)
            count += len(batch)
            self._flush()
            report(count)
        return self.settled

    def _members(self, ids: Iterable[int]) -> Iterator[_Member]:
        rows = self._store.connection.execute(_MEMBERS, [json.dumps(list(ids))])
        for at, line, owner, first_of, fingerprint, fields in rows:
            yield _Member(at, line, owner, first_of, fingerprint, csl.decode(json.loads(fields)))

    def _linked(self, batch: Sequence[int]) -> set[int]:
        sql = (
            "select first from comparisons where joins and first in (select value from json_each(:ids)) union"
            " select second from comparisons where joins and second in (select value from json_each(:ids))"
        )
        return {row[0] for row in self._store.connection.execute(sql, {"ids": json.dumps(batch)})}

    def _neighbourhood(self, member: _Member, ready: Mapping[int, _Member]) -> list[_Member]:
        """Every description that a chain of joins or decisions connects to that one, oldest first.

        No two neighbourhoods meet, so what is ``ready`` is still as it was read before another was settled.
        """
        found = {member.id: member}
        edge = [member]
        while edge:
            together = {partner for each in edge for partner in self._judgement.together(each.fingerprint)}
            # What was one record is settled as a whole, also where nothing holds it together any more.
            owners = {each.owner for each in edge if each.owner}
            near = self._store.connection.execute(
                _JOINED_TO,
                {
                    "ids": json.dumps([each.id for each in edge]),
                    "together": json.dumps(sorted(together)),
                    "owners": json.dumps(sorted(owners)),
                },
            ).fetchall()
            reached = [at for (at,) in near if at not in found]
            edge = [ready[at] for at in reached if at in ready]
            if missing := [at for at in reached if at not in ready]:
                edge += self._members(missing)
            found |= {each.id: each for each in edge}
        return [found[at] for at in sorted(found)]

    def _settle(self, members: Sequence[_Member]) -> None:
        if len(members) == 1:
            self._write(members, {})
            return
        if any(member.owner for member in members):
            # Records written meanwhile are asked for below.
            self._flush()
        verdicts = self._judgement.verdicts(member.fingerprint for member in members)
        for grouping in group([member.record for member in members], verdicts):
            reasons = _reasons(members, grouping)
            self._write([members[place] for place in sorted(grouping.members)], reasons)

    def _write(self, members: Sequence[_Member], reasons: dict[int, str]) -> None:
        """The record of a group: under the oldest id that began with one of its members, or a new one."""
        merged = merge([member.record for member in members]).record
        own = [member.first_of for member in members if member.first_of]
        before = next(self._store.records(own[:1]), None) if own else None
        record = replace(merged, id=own[0] if own else make_id(merged, self._ids))
        told = [member for member in members if member.id in self._new and member.id in reasons]
        self._tell(record, told, reasons)
        self._owners += [(record.id, reasons.get(each.id), each.first_of, each.id) for each in members]
        if not own:
            self._ids.add(record.id)
            oldest = members[0]
            self._owners.append((record.id, reasons.get(oldest.id), record.id, oldest.id))
        if before is None:
            self.settled.new += 1
            if own:
                # What people decided on its tags stood with the record that it was a part of.
                self._store.connection.execute(
                    "delete from taggings where record = (select record from aliases where alias = ?)",
                    own[:1],
                )
                self._store.connection.execute("delete from aliases where alias = ?", own[:1])
        if record != before:
            self._records.append(record)
            self.settled.changed += before is not None and not told
        self.settled.touched.add(record.id)
        self._absorb(record.id, own[1:])

    def _absorb(self, record_id: str, others: Sequence[str]) -> None:
        """Make ids that began with other descriptions of the record lead to it."""
        for other in others:
            if self._store.value("select record from aliases where alias = ?", [other]) != record_id:
                self._flush()
                self._store.replace_record(other, record_id)

    def _tell(self, record: Record, told: Sequence[_Member], reasons: dict[int, str]) -> None:
        self.settled.joins += len(told)
        for member in told[: max(0, _TOLD - len(self.settled.joined))]:
            self.settled.joined.append(Joined(record.id, record.title, member.line, reasons[member.id]))

    def _flush(self) -> None:
        self._store.write_records(self._records)
        self._store.connection.executemany(
            "update source_records set record = ?, reason = ?, first_of = ? where id = ?", self._owners
        )
        self._records.clear()
        self._owners.clear()
        self._ids.written()


def _reasons(members: Sequence[_Member], grouping: Group) -> dict[int, str]:
    """For each description but the oldest of the group, the words of the join that leads to it from there."""
    joins: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for reason in grouping.reasons:
        joins[reason.first].append((reason.second, reason.why))
        joins[reason.second].append((reason.first, reason.why))
    oldest = min(grouping.members)
    reasons: dict[int, str] = {}
    edge = [oldest]
    for place in edge:
        for other, why in joins[place]:
            if other != oldest and members[other].id not in reasons:
                reasons[members[other].id] = why
                edge.append(other)
    return reasons
