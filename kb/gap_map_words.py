"""The evidence gap map in words: what it shows, what a cell holds, how it is cited; its headings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.gap_map import AXES, DIRECTION_NAMES, Cell, Entry, GapMap


def summary(map_: GapMap) -> str:
    """What the map shows: "220 records. Of 19 × 16 cells 112 are empty." and what stands in none."""
    if not map_.rows or not map_.columns:
        return f"{_records(map_.total.records)}. There is nothing to set against each other."
    are = "is" if map_.empty == 1 else "are"
    size = f"{len(map_.rows)} × {len(map_.columns)}"
    said = f"{_records(map_.total.records)}. Of {size} cells {map_.empty:,} {are} empty."
    if not map_.unplaced:
        return said
    lacking = " or ".join(f"no {AXES[axis][1]}" for axis in (map_.layout.rows, map_.layout.columns))
    have, stand = ("has", "stands") if map_.unplaced == 1 else ("have", "stand")
    return f"{said} {map_.unplaced:,} {have} {lacking} of this map and {stand} in no cell."


def told(map_: GapMap, cell: Cell) -> str:
    """What a cell holds: "12 records; 3 barriers, 1 driver"."""
    ways = [
        f"{count:,} {DIRECTION_NAMES[way].lower().removesuffix('s' if count == 1 else '')}"
        for way, count in zip(map_.directions, cell.directions, strict=True)
        if count
    ]
    return "; ".join([_records(cell.records), *([", ".join(ways)] if ways else [])])


def classes(map_: GapMap) -> list[str]:
    """The counts that each shade stands for, palest first: "1–2", "3–7", "8"."""
    least = min((cell.records for _, _, cell in map_.each() if cell.records), default=0)
    firsts = [least, *(bound + 1 for bound in map_.bounds)]
    return [
        f"{last:,}" if first >= last else f"{first:,}–{last:,}"
        for first, last in zip(firsts, map_.bounds, strict=False)
    ]


def headings(entries: Sequence[Entry]) -> dict[int, str]:
    """The headings of the groups, by the place of the entry before which each stands."""
    before = ["", *(entry.group for entry in entries)]
    return {
        place: entry.group
        for place, entry in enumerate(entries)
        if entry.group and entry.group != before[place]
    }


def searched(map_: GapMap) -> str:
    """The search whose records the map counts, as it was run: "all records", "“trust”; setting: schools"."""
    filters = map_.query.filters
    said = [f"“{map_.query.text}”" + ("" if map_.query.expand else " as typed")] if map_.query.text else []
    for name in ("theme", "direction", "setting", "type"):
        if values := getattr(filters, name):
            said.append(f"{name}: {' or '.join(values)}")
    for name in ("since", "until"):
        if getattr(filters, name) is not None:
            said.append(f"{name}: {getattr(filters, name)}")
    return "; ".join(said) or "all records"


def citation(map_: GapMap, library: str, day: date) -> str:
    """The map as it can be cited: where, what, how much of what, when."""
    when = f"{day.day} {day:%B %Y}"
    records = _records(map_.total.records)
    return (
        f"{library}. Evidence gap map: {map_.layout.title.lower()}."
        f" Search: {searched(map_)} ({records}). {when}."
    )


def _records(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}" if count else "No record"
