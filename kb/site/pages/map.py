"""The page of the evidence gap map, and the small map of the home page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from corpus.query import Filters
from kb.gap_map import AXES, Cell, Entry, GapMap, Layout, gap_map
from kb.gap_map_words import citation, classes, summary, told
from kb.knowledge_base import KnowledgeBase
from kb.site import facets as narrowing
from kb.site import words
from kb.site.asked import Asked, Parameters
from kb.site.links import Link
from kb.site.search import check

_SMALL_ROWS, _SMALL_COLUMNS = 7, 10
_SPLITS = ((True, "by direction too"), (False, "records only"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the page shows it: of which column, where its number leads, what it holds in words."""

    name: str
    count: int
    address: str
    said: str
    shade: int
    marks: Sequence[tuple[words.Door, int]] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its cells and its sum; ``gaps`` are the names of the columns where it has nothing."""

    entry: Entry
    cells: Sequence[Shown]
    total: Shown
    gaps: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that stand together under a heading, "" if they have none."""

    title: str
    rows: Sequence[Row]


def layout_of(parameters: Parameters) -> Layout:
    """What an address sets against what; raises ``EvidenceError`` with a sentence for what cannot be."""

    def given(name: str, default: str) -> str:
        return (parameters.get(name) or default).strip()

    split = given("split", "1") not in ("0", "off", "no", "false")
    return Layout(given("rows", "factor"), given("columns", "setting"), split)


def read_map(library: KnowledgeBase, asked: Asked, layout: Layout) -> GapMap:
    """The map of what a search finds by its words; ``EvidenceError`` if a filter names nothing."""
    check(library, asked)
    return gap_map(library, asked.query, layout)


def page(library: KnowledgeBase, asked: Asked, layout: Layout, site: str) -> dict[str, Any]:
    """What the page shows; raises as ``read_map`` does."""
    asked = replace(asked, page=1, mode="hybrid")
    found = read_map(library, asked, layout)
    return {
        "asked": asked,
        "map": found,
        "groups": list(_groups(found, asked)),
        "column_groups": _runs(found.columns),
        "columns": [
            _shown(found, asked, cell, column=entry)
            for entry, cell in zip(found.columns, found.column_totals, strict=True)
        ],
        "all": _shown(found, asked, found.total),
        "row_axis": AXES[layout.rows][0],
        "column_axis": AXES[layout.columns][0],
        "summary": summary(found),
        "classes": list(enumerate(classes(found), start=1)),
        "shown_doors": [words.DOOR[way] for way in found.directions],
        "axes": [(axis, name) for axis, (name, _) in AXES.items()],
        "splits": _SPLITS,
        "active": [
            Link(each.text, _joined(each.address, layout)) for each in narrowing.active(library, asked)
        ],
        "cleared": _address(Asked(asked.text, expand=asked.expand), layout),
        "turned": _address(asked, Layout(layout.columns, layout.rows, layout.split)),
        "here_address": _address(asked, layout),
        "results_address": _results(asked, asked.query.filters),
        "citation": citation(found, site, date.today()),
    }


def file_name(layout: Layout, ending: str) -> str:
    """A name for the file that is taken away."""
    return f"evidence-map-{layout.rows}-{layout.columns}.{ending}".replace("_", "-")


def small(library: KnowledgeBase) -> dict[str, Any]:
    """What ``map_small.html`` shows: the busiest factors by the busiest settings; nothing without these."""
    whole = gap_map(library, layout=Layout(split=False))
    rows = _busiest(whole.row_totals, _SMALL_ROWS)
    columns = _busiest(whole.column_totals, _SMALL_COLUMNS)
    if not rows or not columns:
        return {"small_map": None}
    cut = replace(
        whole,
        rows=tuple(whole.rows[row] for row in rows),
        columns=tuple(whole.columns[column] for column in columns),
        cells=tuple(tuple(whole.cells[row][column] for column in columns) for row in rows),
        row_totals=tuple(whole.row_totals[row] for row in rows),
        column_totals=tuple(whole.column_totals[column] for column in columns),
    )
    shown = [row for group in _groups(cut, Asked()) for row in group.rows]
    return {"small_map": {"columns": cut.columns, "rows": shown, "summary": summary(whole)}}


def _busiest(totals: Sequence[Cell], most: int) -> list[int]:
    """The places of the largest sums, in their own order."""
    held = (place for place, cell in enumerate(totals) if cell.records)
    return sorted(sorted(held, key=lambda place: -totals[place].records)[:most])


def _groups(found: GapMap, asked: Asked) -> Iterator[Group]:
    place = 0
    for title, size in _runs(found.rows):
        yield Group(title, [_row(found, asked, at) for at in range(place, place + size)])
        place += size


def _runs(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    """(heading, how many entries) of each group, in order."""
    runs: dict[str, int] = {}
    for entry in entries:
        runs[entry.group] = runs.get(entry.group, 0) + 1
    return list(runs.items())


def _row(found: GapMap, asked: Asked, at: int) -> Row:
    row, cells = found.rows[at], found.cells[at]
    return Row(
        row,
        [_shown(found, asked, cell, row, column) for column, cell in zip(found.columns, cells, strict=True)],
        _shown(found, asked, found.row_totals[at], row),
        [column.label for column, cell in zip(found.columns, cells, strict=True) if not cell.records],
    )


def _shown(
    found: GapMap, asked: Asked, cell: Cell, row: Entry | None = None, column: Entry | None = None
) -> Shown:
    name = column.label if column else "All"
    if not cell.records:
        return Shown(name, 0, "", "", 0)
    filters = found.filters(row.id if row else None, column.id if column else None)
    places = ", ".join(entry.label for entry in (row, column) if entry) or "All"
    marks = [
        (words.DOOR[way], count)
        for way, count in zip(found.directions, cell.directions, strict=True)
        if count
    ]
    address, said = _results(asked, filters), f"{places}: {told(found, cell)}"
    return Shown(name, cell.records, address, said, found.shade(cell.records), marks)


def _results(asked: Asked, filters: Filters) -> str:
    """The parameters of the results that pass those filters: by words, as the map counts them."""
    narrowed = replace(
        asked,
        mode="keyword" if asked.text else "hybrid",
        theme=filters.theme,
        direction=filters.direction,
        setting=filters.setting,
        type=filters.type,
        since=filters.since,
        until=filters.until,
        page=1,
    )
    return narrowed.address()


def _address(asked: Asked, layout: Layout) -> str:
    return _joined(asked.address(), layout)


def _joined(address: str, layout: Layout) -> str:
    """The parameters of a search with those of a layout, as far as it is not the usual one."""
    usual = Layout()
    pairs = [
        (name, getattr(layout, name))
        for name in ("rows", "columns")
        if getattr(layout, name) != getattr(usual, name)
    ]
    if not layout.split:
        pairs.append(("split", "0"))
    return "&".join(part for part in (address, urlencode(pairs)) if part)
