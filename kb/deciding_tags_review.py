"""The tags that wait for a person, the least certain first, and how each is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.quoting import field_text
from corpus.record import Record
from corpus.store import Store
from corpus.theme import Tag
from corpus.verdict import decide_on, standing
from ingest.tagging.explaining import explain
from ingest.tagging.sentences import sentence_around
from kb.deciding_tags_replay import current


@dataclass(frozen=True, slots=True)
class Waiting:
    """A tag to decide on, with its record, the label of its theme, and the sentence around its quote."""

    tag: Tag
    record: Record
    label: str
    axis: str
    before: str
    after: str
    rule: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        tag = self.tag
        return {
            "record": tag.record,
            "title": self.record.title,
            "year": self.record.year,
            "theme": tag.theme,
            "label": self.label,
            "direction": tag.direction,
            "field": tag.field,
            "start": tag.start,
            "end": tag.end,
            "before": self.before,
            "quote": tag.quote,
            "after": self.after,
            "rule": self.rule,
            "score": tag.score,
            "status": tag.status,
        }


def waiting(
    store: Store,
    *,
    theme: str | None = None,
    direction: str | None = None,
    others: str | None = None,
) -> list[tuple[str, str, str | None]]:
    """(record, theme, direction) of each tag that nobody decided on: score nearest .5 first, then by theme.

    ``others`` names a person who decides on those too that others decided on, without seeing what they said.
    """
    places = {each.id: place for place, each in enumerate(store.themes())}
    own = defaultdict(list)
    for verdict in standing(each for each in current(store) if each.decided_by == others):
        own[verdict.record].append(verdict)
    open_tags = [
        tag
        for tag in store.tags()
        if (tag.status == "automatic" or others is not None)
        and decide_on(tag, own[tag.record]) is None
        and (theme is None or tag.theme == theme)
        and (direction is None or tag.direction == direction)
    ]
    open_tags.sort(key=lambda tag: (abs(tag.score - 0.5), places.get(tag.theme, 0), tag.record))
    return [(tag.record, tag.theme, tag.direction) for tag in open_tags]


def shown(store: Store, key: tuple[str, str, str | None]) -> Waiting | None:
    """The tag as a person judges it; ``None`` if it is not there any more."""
    record_id, theme, direction = key
    tag = next(
        (tag for tag in store.tags([record_id]) if (tag.theme, tag.direction) == (theme, direction)), None
    )
    if tag is None:
        return None
    record = store.record(record_id)
    known = next(store.query("select label, axis from themes where id = ?", [theme]))
    text = field_text(record, tag.field)
    first, last = sentence_around(text, tag.start, tag.end)
    return Waiting(
        tag=tag,
        record=record,
        label=known["label"],
        axis=known["axis"],
        before=text[first : tag.start],
        after=text[tag.end : last],
        rule=explain(tag),
    )


def lines(each: Waiting, bold: str = "{}") -> Iterator[str]:
    """The tag for a person; ``bold`` is put around its quote."""
    direction = f" · {each.tag.direction}" if each.tag.direction else ""
    yield f"{each.record.title or '(no title)'} ({each.record.year or 'n.d.'})  {each.record.id}"
    yield f"  {each.before}{bold.format(each.tag.quote)}{each.after}"
    yield f"  {each.label}{direction}  [{each.tag.theme}, {each.tag.score:.2f}]  {each.rule}"
