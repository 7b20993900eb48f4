"""One record out of the descriptions of one work: the best value of each field, and who disagrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corpus.identity import (
    fold,
)
from corpus.record import Author, Record
from ingest.works.choosing import BEST
from ingest.works.describing import content, family_key, volume_and_issue
from ingest.works.variants import Value, better_names, clean, disagreements


@dataclass(frozen=True, slots=True)
class Merged:
    """The record of several descriptions, without an ``id`` if they have different ones.

    ``origin`` says for each field which description (by place in the input) gave its value, for a
    value put together out of several the one that gave most.
    """

    record: Record
    origin: Mapping[str, int]
    descriptions: Sequence[Record]

    @property
    def disagreements(self) -> Mapping[str, list[Value]]:
        """Every value of the fields where descriptions differ in more than form."""
        return disagreements(self.descriptions)


def merge(descriptions: Sequence[Record]) -> Merged:
    """The best value per field, whatever the order of the descriptions; one alone stays as it is.

    What one description prints is never lost to another's silence.
    """
    if not descriptions:
        raise ValueError("merge needs at least one description")
    if len(descriptions) == 1:
        (record,) = descriptions
        names = [name for name in record.__dataclass_fields__ if name not in ("id", "et_al")]
        return Merged(record, {name: 0 for name in names if getattr(record, name)}, descriptions)
    keys = [(content(record), record.id) for record in descriptions]
    order = sorted(range(len(descriptions)), key=keys.__getitem__)
    values: dict[str, Any] = {}
    origin: dict[str, int] = {}
    for name, best in BEST.items():
        said = [(place, getattr(descriptions[place], name)) for place in order]
        said = [(place, value) for place, value in said if value]
        if said:
            agreed = all(value == said[0][1] for _, value in said)
            origin[name], values[name] = said[0] if agreed else best(said, descriptions)
    _issue_of_volume(descriptions, values, origin)
    _authors(descriptions, order, values, origin)
    _unions(descriptions, order, values, origin)
    ids = {record.id for record in descriptions}
    record = replace(Record(id=ids.pop() if len(ids) == 1 else ""), **values)
    return Merged(record, origin, descriptions)


def _issue_of_volume(descriptions: Sequence[Record], values: dict[str, Any], origin: dict[str, int]) -> None:
    """The issue that a description prints within its volume, where the volume that was kept has none."""
    if "issue" in values or "(" in values.get("volume", ""):
        return
    said = [(volume_and_issue(record.volume, "")[1], place) for place, record in enumerate(descriptions)]
    issue, place = max(said)
    if issue:
        values["issue"], origin["issue"] = issue, place


def _authors(
    descriptions: Sequence[Record], order: Sequence[int], values: dict[str, Any], origin: dict[str, int]
) -> None:
    """The longest list of names, each in its best form; cut short only if no complete list is as long."""
    roles = dict.fromkeys(name.role for place in order for name in descriptions[place].authors)
    names: list[Author] = []
    for role in sorted(roles, key=lambda role: (role != "author", role)):
        lists = {
            place: [name for name in descriptions[place].authors if name.role == role] for place in order
        }
        families = {place: tuple(map(family_key, people)) for place, people in lists.items()}
        common = Counter(families.values())
        chosen = max(
            order,
            key=lambda place: (len(lists[place]), not descriptions[place].et_al, common[families[place]]),
        )
        origin.setdefault("authors", chosen)
        others = [lists[place] for place in order if lists[place] != lists[chosen]]
        names += better_names(lists[chosen], others) if others else lists[chosen]
    values["authors"] = tuple(names)
    values["et_al"] = (
        descriptions[origin["authors"]].et_al if names else any(each.et_al for each in descriptions)
    )


def _unions(
    descriptions: Sequence[Record], order: Sequence[int], values: dict[str, Any], origin: dict[str, int]
) -> None:
    """All keywords, whatever their case, and all that has no place of its own."""
    keywords: dict[str, str] = {}
    extra: dict[str, list[str]] = {}
    for place in sorted(order, key=lambda place: -len(descriptions[place].keywords)):
        record = descriptions[place]
        if record.keywords:
            origin.setdefault("keywords", place)
        for word in record.keywords:
            kept = keywords.setdefault(fold(word), word)
            if clean(word) > clean(kept):
                keywords[fold(word)] = word
    for place in order:
        for name, value in descriptions[place].extra.items():
            origin.setdefault("extra", place)
            kept_values = extra.setdefault(name, [])
            kept_values += [text for text in _listed(value) if text not in kept_values]
    lists = {
        name
        for place in order
        for name, value in descriptions[place].extra.items()
        if isinstance(value, list)
    }
    values["keywords"] = tuple(keywords.values())
    values["extra"] = {
        name: texts if name in lists else sorted(texts) if len(texts) > 1 else texts[0]
        for name, texts in extra.items()
    }


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]
