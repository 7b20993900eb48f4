"""What a format could not hold: records written, read again with our own reader, and compared.

So nothing has to be said twice of what a format has no place for: whatever does not come back is a loss,
be it a field without a tag, a sign that a format folds, or a name that is divided otherwise.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from corpus.record import Record, SourceRecord
from ingest.files.opening import open_text
from ingest.files.text import Text
from ingest.formats import PARSERS
from kb.exporters import EXPORTERS, Exported, Exporter, Sink

_BATCH = 200
#: Format written -> format that reads it, where the names differ.
_READERS = {"jsonl": "csl-json"}
_FIELDS = tuple(each.name for each in fields(Record) if each.name != "extra")


@dataclass(frozen=True, slots=True)
class Loss:
    """One field of one record that does not come back as it went out; ``back`` is ``None`` if not at all.

    ``moved`` says that the value comes back, but elsewhere in the record.
    """

    record: str
    field: str
    sent: Any
    back: Any = None
    moved: bool = False

    @property
    def kind(self) -> str:
        """How it is lost: "missing", "moved", "spacing" (line breaks and spaces alone), "changed"."""
        if self.moved:
            return "moved"
        if not self.back:
            return "missing"
        return "spacing" if _words(self.sent) == _words(self.back) else "changed"


@dataclass(slots=True)
class Losses:
    """The losses of one conversion: counted by field and kind, and written to ``report`` one a line."""

    target: str
    report: Sink | None = None
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    firsts: dict[tuple[str, str], Loss] = field(default_factory=dict)

    def check(self, records: Iterable[Exported]) -> Iterator[Exported]:
        """The same records, compared batch by batch with what the target gives back of them."""
        batch: list[Exported] = []
        for exported in records:
            batch.append(exported)
            if len(batch) == _BATCH:
                self._compare(batch)
                batch = []
            yield exported
        self._compare(batch)

    def lines(self) -> list[str]:
        """A line for each field that was not held: what became of it, in how many records."""
        return [
            f"{self.target}: {name} {_SAID[kind]} in {count} record{'s' if count > 1 else ''}"
            f" (first: {self.firsts[name, kind].record})."
            for (name, kind), count in sorted(self.counts.items())
        ]

    def _compare(self, batch: Sequence[Exported]) -> None:
        for loss in losses(EXPORTERS[self.target], batch):
            key = (loss.field, loss.kind)
            self.counts[key] = self.counts.get(key, 0) + 1
            self.firsts.setdefault(key, loss)
            if self.report:
                told = {"record": loss.record, "field": loss.field, "kind": loss.kind}
                line = json.dumps(
                    {**told, "sent": loss.sent, "back": loss.back}, ensure_ascii=False, default=str
                )
                self.report.write(f"{line}\n")


_SAID = {
    "missing": "is lost",
    "moved": "comes back under another name",
    "spacing": "loses line breaks or spaces",
    "changed": "comes back changed",
}


def losses(exporter: Exporter, batch: Sequence[Exported]) -> Iterator[Loss]:
    """What does not come back of records that are written together."""
    back = _read_again(exporter, batch)
    if len(back) != len(batch) and len(batch) > 1:
        # One of them broke the order: each alone says which.
        for exported in batch:
            yield from losses(exporter, [exported])
        return
    for place, exported in enumerate(batch):
        if place < len(back):
            yield from compare(exported.record, back[place])
        else:
            yield Loss(exported.record.id, "record", exported.record.title or exported.record.id)


def compare(sent: Record, back: Record) -> Iterator[Loss]:
    """The fields in which a record came back other than it went out."""
    for name in _FIELDS:
        value, returned = getattr(sent, name), getattr(back, name)
        if value != returned and (value or name == "type"):
            moved = isinstance(value, str) and not returned and _holds(back.extra, value)
            yield Loss(sent.id, name, _plain(value), _plain(returned) or None, moved)
    for key, value in sent.extra.items():
        if value and back.extra.get(key) != value:
            returned = back.extra.get(key)
            moved = returned is None and _holds(back.extra, value)
            yield Loss(sent.id, key, value, returned, moved)


def _read_again(exporter: Exporter, batch: Sequence[Exported]) -> list[Record]:
    if exporter.binary:
        packed = io.BytesIO()
        exporter.write(batch, packed)
        packed.seek(0)
        text = open_text(packed, exporter.name)
    else:
        stream = io.StringIO(newline="")
        exporter.write(batch, stream)
        text = Text([stream.getvalue().replace("\r\n", "\n").replace("\r", "\n")], exporter.name)
    pieces = PARSERS[_READERS.get(exporter.name, exporter.name)].parse(text)
    return [piece.record for piece in pieces if isinstance(piece, SourceRecord)]


def _holds(extra: Mapping[str, Any], value: Any) -> bool:
    return any(value == kept or (isinstance(kept, list) and value in kept) for kept in extra.values())


def _plain(value: Any) -> Any:
    return [str(part) for part in value] if isinstance(value, tuple) else value


def _words(value: Any) -> Any:
    if isinstance(value, list):
        return [_words(part) for part in value]
    return str(value).split()
