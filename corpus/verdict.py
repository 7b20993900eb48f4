"""What people decided about tags: that one is right, that it is wrong, that one is missing.

Verdicts stand in the table ``decisions`` beside those about descriptions, each a row that is never changed
or deleted; taking one back is a row too, of the kind "undo". They name a record by the id that it had and a
theme by the id that it had, so that they hold through merges, splits and changes of the vocabulary.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from corpus.quoting import NOWHERE, Place, field_text, find
from corpus.record import Record
from corpus.theme import Tag

if TYPE_CHECKING:
    from corpus.store import Store

Kind = Literal["accept", "reject", "add"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: What a tag is called that a verdict of this kind decided on.
STATUSES: dict[Kind, str] = {"accept": "accepted", "reject": "rejected", "add": "added"}

#: The method of a tag that a person added.
PERSON = "person"

_SELECT = """
select decisions.id as id, kind, coalesce(aliases.record, decisions.record) as record, theme, direction,
  content, note, decided_by, decided_at
from decisions left join aliases on alias = decisions.record
where kind in ('accept', 'reject', 'add', 'undo')
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision about a theme on a record, with the words, method and score of the tag as it was then.

    ``direction`` is ``None`` for a tag without one; a "reject" without one means the theme in all directions.
    ``record`` is the id that the record goes by now. ``id`` is 0 before it is written down.
    ``undone_by`` and ``undone_at`` say who took it back and when, "" while it was not.
    """

    kind: Kind
    record: str
    theme: str
    direction: str | None = None
    field: str = "title"
    start: int = 0
    end: int = 0
    quote: str = ""
    method: str = PERSON
    score: float = 1.0
    note: str = ""
    decided_by: str = ""
    decided_at: str = ""
    id: int = 0
    undone_by: str = ""
    undone_at: str = ""

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What it is about: record, theme and direction."""
        return self.record, self.theme, self.direction

    def to_dict(self) -> dict[str, Any]:
        """For JSON and the log: who decided what, when, why, on which words; who took it back, and when."""
        names = ("kind", "record", "theme", "direction", "field", "quote", "note")
        return {
            "id": self.id,
            **{name: getattr(self, name) for name in names},
            "decided_by": self.decided_by,
            "decided_at": self.decided_at,
            "undone_by": self.undone_by,
            "undone_at": self.undone_at,
        }


def verdicts(store: Store, record_ids: Iterable[str] | None = None) -> list[Verdict]:
    """Every verdict ever made, the earliest first; on all records, or on those."""
    if record_ids is None:
        rows = store.query(f"{_SELECT} order by decisions.id")
    else:
        among = "select value from json_each(:ids)"
        rows = store.query(
            f"{_SELECT} and (decisions.record in ({among}) or aliases.record in ({among}))"
            " order by decisions.id",
            {"ids": json.dumps(list(record_ids))},
        )
    made: dict[int, Verdict] = {}
    for row in rows:
        content = json.loads(row.pop("content") or "{}")
        if row["kind"] == "undo":
            undone = made.get(content.get("decision"))
            if undone is not None:
                made[undone.id] = replace(
                    undone, undone_by=row["decided_by"] or "", undone_at=row["decided_at"]
                )
            continue
        row |= {name: row[name] or "" for name in ("note", "decided_by", "decided_at")}
        made[row["id"]] = Verdict(**row, **content)
    return list(made.values())


def keep(store: Store, verdict: Verdict) -> Verdict:
    """Write a verdict down, with the time of now."""
    names = ("field", "start", "end", "quote", "method", "score")
    content = {name: getattr(verdict, name) for name in names}
    return replace(verdict, **_insert(store, verdict.kind, verdict, content))


def take_back(store: Store, verdict: Verdict, by: str = "", note: str = "") -> Verdict:
    """Write down that a verdict does not hold any more; what it said stays on record."""
    row = _insert(store, "undo", replace(verdict, decided_by=by, note=note), {"decision": verdict.id})
    return replace(verdict, undone_by=by, undone_at=row["decided_at"])


def _insert(store: Store, kind: str, verdict: Verdict, content: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    cursor = store.connection.execute(
        "insert into decisions (kind, record, theme, direction, content, note, decided_by, decided_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            kind,
            verdict.record,
            verdict.theme,
            verdict.direction,
            json.dumps(content, ensure_ascii=False),
            verdict.note or None,
            verdict.decided_by or None,
            now,
        ],
    )
    return {"id": int(cursor.lastrowid or 0), "decided_at": now}


def resolved(made: Iterable[Verdict], resolve: Callable[[str], str | None]) -> Iterator[Verdict]:
    """The verdicts under the themes that are in use now, without those of themes that nothing replaced."""
    for verdict in made:
        theme = resolve(verdict.theme)
        if theme is not None:
            yield verdict if theme == verdict.theme else replace(verdict, theme=theme)


def standing(made: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts that hold: the last word on each record, theme and direction, the earliest first."""
    last: dict[tuple[str, str, str | None], Verdict] = {}
    for verdict in made:
        if not verdict.undone_at:
            last.pop(verdict.key, None)
            last[verdict.key] = verdict
    return list(last.values())


def decide_on(tag: Tag, holding: Sequence[Verdict]) -> Verdict | None:
    """The verdict among those that hold that decides on a tag of their record; ``None`` if none does."""
    about = [verdict for verdict in holding if is_about(verdict, tag)]
    return about[-1] if about else None


def join(record: Record, automatic: Sequence[Tag], made: Sequence[Verdict]) -> list[Tag]:
    """The tags of a record, those that the tagger gave and those that people decided on, as one list.

    ``made`` are the verdicts on this record, of themes in use. A decided tag stands even where the tagger
    does not give it any more; its words are looked for in the text as it is now, and it has none
    (``quote`` "") where they are gone.
    """
    holding = standing(made)
    tags: list[Tag] = []
    for tag in automatic:
        verdict = decide_on(tag, holding)
        if verdict is None:
            tags.append(tag)
        elif verdict.kind == "reject":
            tags.append(replace(tag, status=STATUSES["reject"]))
    given = {(tag.theme, tag.direction): tag for tag in automatic}
    for verdict in holding:
        same = given.get((verdict.theme, verdict.direction))
        whole_theme = verdict.kind == "reject" and verdict.direction is None
        if verdict.kind == "reject" and (same is not None or (whole_theme and not verdict.quote)):
            continue
        if decide_on(_tag(verdict, record), holding) is verdict:
            tags.append(_decided(record, same, verdict))
    return tags


def is_about(verdict: Verdict, tag: Tag) -> bool:
    """Whether a verdict on the record of a tag decides on that tag."""
    whole_theme = verdict.kind == "reject" and verdict.direction is None
    return verdict.theme == tag.theme and (verdict.direction == tag.direction or whole_theme)


def covers(verdict: Verdict, other: Verdict) -> bool:
    """Whether a verdict says something of all that another one is about."""
    whole_theme = verdict.kind == "reject" and verdict.direction is None
    return verdict.key[:2] == other.key[:2] and (verdict.direction == other.direction or whole_theme)


def _decided(record: Record, tag: Tag | None, verdict: Verdict) -> Tag:
    """The tag that a verdict makes: on the words that were judged, or the tagger's where these are gone."""
    decided = _tag(verdict, record)
    if tag is None or decided.quote:
        return decided
    return replace(tag, status=decided.status)


def _tag(verdict: Verdict, record: Record) -> Tag:
    place = Place(verdict.field, verdict.start, verdict.end, verdict.quote)
    if field_text(record, place.field)[place.start : place.end] != place.quote:
        place = find(record, place.quote, place.field, place.start) or NOWHERE
    return Tag(
        record=record.id,
        theme=verdict.theme,
        direction=verdict.direction,
        field=place.field,
        start=place.start,
        end=place.end,
        quote=place.quote,
        method=verdict.method,
        score=verdict.score,
        status=STATUSES[verdict.kind],
    )
