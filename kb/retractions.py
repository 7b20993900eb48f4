"""Works that were retracted, withdrawn, doubted or corrected, as the sources say it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.store import Store
from kb.wording import listed

if TYPE_CHECKING:
    from ingest.works.notices import Kind

#: What a kind is called, the gravest first.
LABELS: dict[Kind, str] = {
    "retracted": "Retracted",
    "withdrawn": "Withdrawn",
    "concern": "Expression of concern",
    "corrected": "Corrected",
}
#: Which of them one must not cite unwarned.
GRAVE = ("retracted", "withdrawn", "concern")

_AMONG = "in (select value from json_each(?))"
# What a description says of its own work; what a notice says of another by DOI or PMID, or as its title says.
_TOLD = f"""
select source_records.record, kind, said_by, words, null
from notices join source_records on source_records.id = source_record
where about = '' and source_records.record {_AMONG}
union all
select identifiers.record, kind, '', words, source_records.record
from identifiers join notices on about = scheme || ':' || value
join source_records on source_records.id = source_record
where identifiers.record {_AMONG}
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said of a record.

    ``by`` is where the notice stands: a record's id, "doi:...", "pmid:..." or "".
    ``words`` are those of the source that say it; ``date`` is the notice's, ISO 8601, or "".
    """

    record: str
    kind: Kind
    by: str
    words: str
    date: str = ""

    @property
    def label(self) -> str:
        """What it is called."""
        return LABELS[self.kind]

    def to_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"kind": self.kind, "by": self.by, "words": self.words, "date": self.date}


def refresh(store: Store) -> int:
    """Look through the descriptions that came since the last time; how many things they say."""
    # Reading takes none of these, and every search reads.
    from corpus import csl
    from ingest.works.notices import SIGNS, said

    last = int(store.state("notices") or 0)
    newest = int(store.value("select coalesce(max(id), 0) from source_records"))
    if newest <= last:
        return 0
    with store.atomic():
        rows = store.connection.execute("select id, fields from source_records where id > ?", [last])
        made = [
            (number, each.kind, each.about, each.by, each.words)
            for number, fields in rows
            if SIGNS.search(fields or "")
            for each in said(csl.decode(json.loads(fields)))
        ]
        store.connection.executemany("insert or ignore into notices values (?, ?, ?, ?, ?)", made)
        store.set_state("notices", str(newest))
    return len(made)


def notices(store: Store, ids: Iterable[str]) -> dict[str, tuple[Notice, ...]]:
    """What is said of each of those records, the gravest first; others are left out."""
    among = json.dumps(list(ids))
    found: dict[str, dict[Notice, None]] = {}
    rows = [*store.connection.execute(_TOLD, [among, among]), *_by_title(store, among)]
    dates = _dates(store, {row[4] for row in rows if row[4]})
    for record, kind, by, words, notice in rows:
        if notice != record:
            made = Notice(record, kind, notice or by, words, dates.get(notice, ""))
            found.setdefault(record, {})[made] = None
    order = list(LABELS)
    return {
        record: tuple(sorted(each, key=lambda notice: (order.index(notice.kind), not notice.date)))
        for record, each in found.items()
    }


def named(store: Store, record_id: str) -> tuple[tuple[Kind, str], ...]:
    """(kind, record) of each work in the library that this record is a notice about."""
    rows = store.connection.execute(
        "select distinct kind, identifiers.record from notices"
        " join source_records on source_records.id = source_record"
        " join identifiers on about = scheme || ':' || value"
        " where source_records.record = ? and identifiers.record <> ? order by identifiers.record",
        [record_id, record_id],
    )
    return tuple(rows.fetchall())


def gravest(said_of: Sequence[Notice]) -> Notice | None:
    """The gravest thing said, if it is one that a reader must know before citing."""
    return next((notice for notice in said_of if notice.kind in GRAVE), None)


def marker(said_of: Sequence[Notice]) -> str:
    """What stands before a reference: "[Retracted]", or "" where nothing grave is said."""
    found = gravest(said_of)
    return f"[{found.label}]" if found else ""


def warnings(said_of: Mapping[str, Sequence[Notice]]) -> list[str]:
    """A line for each record that one must not cite unwarned."""
    return [line for record, each in said_of.items() if (line := _warning(record, each))]


def _warning(record: str, said_of: Sequence[Notice]) -> str:
    found = gravest(said_of)
    if found is None:
        return ""
    parts = [part for part in (found.date, f"by {found.by}" if found.by else "", f"“{found.words}”") if part]
    return f"{record}: {found.label.lower()} ({listed(parts, 'and') if len(parts) < 2 else '; '.join(parts)})"


def _by_title(store: Store, among: str) -> Iterator[tuple[str, str, str, str, str]]:
    """What records say in their titles of those that they were linked to as errata."""
    rows = store.connection.execute(
        "select other, record, title from links join records on records.id = record"
        f" where relation = 'erratum' and other {_AMONG}",
        [among],
    ).fetchall()
    for other, record, title in rows:
        from ingest.works.markers import RETRACTION_OF

        match = RETRACTION_OF.match(title)
        kind = "corrected" if not match else "concern" if "concern" in match[0].lower() else "retracted"
        yield other, kind, "", title, record


def _dates(store: Store, ids: Iterable[str]) -> dict[str, str]:
    rows = store.connection.execute(
        f"select id, coalesce(issued, '') from records where id {_AMONG}", [json.dumps(sorted(ids))]
    )
    return dict(rows.fetchall())
