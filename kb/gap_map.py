"""The evidence gap map: how many records stand where two axes cross, and where none does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from math import ceil
from operator import or_
from typing import Any

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS, Direction, Filters, Query
from corpus.theme import Theme
from kb.gap_map_sets import FacetSets, Matching
from kb.knowledge_base import KnowledgeBase

#: Axis -> what its values are called together, and what one of them is.
AXES: Mapping[str, tuple[str, str]] = {
    "factor": ("Factors", "factor"),
    "setting": ("Settings", "setting"),
    "population": ("People", "group of people"),
    "study_type": ("Kinds of study", "kind of study"),
    "kind": ("Subjects", "subject"),
    "direction": ("Directions", "direction"),
    "type": ("Types of publication", "type of publication"),
    "year": ("Decades", "year"),
}
DIRECTION_NAMES: Mapping[Direction, str] = {"barrier": "Barriers", "enabler": "Enablers", "driver": "Drivers"}
SIGNS: Mapping[Direction, str] = {"barrier": "−", "enabler": "+", "driver": "→"}

_CLASSES = 4
#: Beyond so many decades, those without any record are left out: one misprinted year spans a thousand years.
_DECADES = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of an axis: a row or a column. ``group`` is its heading, "" if it has none."""

    id: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """Records where a row and a column cross; ``directions`` has as many as ``GapMap.directions``."""

    records: int
    directions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands against what; ``split`` counts barriers, enablers and drivers apart as well.

    Raises ``EvidenceError`` for an axis that there is not, and for one against itself.
    """

    rows: str = "factor"
    columns: str = "setting"
    split: bool = True

    def __post_init__(self) -> None:
        """Check the axes."""
        for name in (self.rows, self.columns):
            if name not in AXES:
                shown = "".join(character for character in name[:60] if character.isprintable())
                raise EvidenceError(f"There is no axis “{shown}”; there are {', '.join(AXES)}.")
        if self.rows == self.columns:
            raise EvidenceError(
                f"Rows and columns are both “{self.rows}”; choose two axes of {', '.join(AXES)}."
            )

    @property
    def title(self) -> str:
        """ "Factors by settings"."""
        return f"{AXES[self.rows][0]} by {AXES[self.columns][0].lower()}"


@dataclass(frozen=True, slots=True)
class GapMap:
    """Counts of distinct records for every row and column, those without any included.

    A filter on an axis of the map chooses which of its rows or columns are shown. ``row_totals`` and
    ``column_totals`` count what a row or column holds whatever else it carries, and ``unplaced`` of the
    ``total`` records stand in no cell: a record may carry several values of an axis, or none, so the
    cells do not add up.
    """

    query: Query
    layout: Layout
    directions: tuple[Direction, ...]
    rows: tuple[Entry, ...]
    columns: tuple[Entry, ...]
    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...]
    column_totals: tuple[Cell, ...]
    total: Cell
    unplaced: int
    themes: Mapping[str, Theme]
    #: The highest count of each shade, at most four, rising: each class is wider than the one before.
    bounds: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Divide the counts into shades."""
        held = [cell.records for line in self.cells for cell in line if cell.records]
        object.__setattr__(self, "bounds", tuple(_bounds(held)))

    def filters(self, row: str | None = None, column: str | None = None) -> Filters:
        """The filters of a search that finds what stands in that row, column, or cell of both."""
        filters = self.query.filters
        for axis, value in ((self.layout.rows, row), (self.layout.columns, column)):
            if value is not None:
                filters = _narrowed(filters, self.themes, axis, value)
        return filters

    @property
    def empty(self) -> int:
        """How many cells hold no record."""
        return sum(not cell.records for line in self.cells for cell in line)

    def shade(self, records: int) -> int:
        """The class of a count, from 1; 0 for a gap."""
        return 0 if not records else 1 + sum(records > bound for bound in self.bounds)

    def to_dict(self) -> dict[str, Any]:
        """The map as plain values, for JSON."""
        filters = self.query.filters
        names = ("theme", "direction", "setting", "type")
        years = {"since": filters.since, "until": filters.until}
        return {
            "query": self.query.text,
            "filters": {name: list(getattr(filters, name)) for name in names} | years,
            "records": self.total.records,
            "unplaced": self.unplaced,
            "empty": self.empty,
            "rows": self._axis(self.layout.rows, self.rows, self.row_totals),
            "columns": self._axis(self.layout.columns, self.columns, self.column_totals),
            "cells": [
                {"row": row.id, "column": column.id} | self._counts(cell) for row, column, cell in self.each()
            ],
        }

    def each(self) -> Iterator[tuple[Entry, Entry, Cell]]:
        """(row, column, cell) of every cell, by rows."""
        for row, line in zip(self.rows, self.cells, strict=True):
            for column, cell in zip(self.columns, line, strict=True):
                yield row, column, cell

    def _axis(self, axis: str, entries: Sequence[Entry], totals: Sequence[Cell]) -> dict[str, Any]:
        values = [
            {"id": entry.id, "label": entry.label, "group": entry.group} | self._counts(total)
            for entry, total in zip(entries, totals, strict=True)
        ]
        return {"axis": axis, "label": AXES[axis][0], "values": values}

    def _counts(self, cell: Cell) -> dict[str, int]:
        by_direction: dict[str, int] = dict(zip(self.directions, cell.directions, strict=True))
        return {"records": cell.records} | by_direction


def _bounds(counts: Sequence[int]) -> list[int]:
    if not counts:
        return []
    least, most = min(counts), max(counts)
    steps = (least * (most / least) ** (step / _CLASSES) for step in range(1, _CLASSES))
    # Rounded first: 81 ** .25 may come out a little above 3.
    return sorted({*(ceil(round(step, 6)) for step in steps), most})


class _Counting:
    """Counts by cell, and the records that stand in any."""

    def __init__(self, library: KnowledgeBase, query: Query, layout: Layout) -> None:
        self.sets = FacetSets.of(library)
        base = self.sets.everything
        if query.text.strip():
            base = self.sets.set_of(library.ids(replace(query, filters=Filters())))
        self._matching = Matching(self.sets, library.themes, base)
        self._themes, self._filters = library.themes, query.filters
        self.directions: tuple[Direction, ...] = ()
        if layout.split and "direction" not in (layout.rows, layout.columns):
            asked = query.filters.direction
            self.directions = tuple(way for way in DIRECTIONS if not asked or way in asked)

    def found(self, *places: tuple[str, Entry]) -> tuple[Cell, int]:
        """The cell of those values of axes, and the set of its records."""
        wanted = self._filters
        for axis, entry in places:
            wanted = _narrowed(wanted, self._themes, axis, entry.id)
        found = self._matching.records(wanted)
        if not found:
            return Cell(0, (0,) * len(self.directions)), 0
        ways = (self._matching.records(replace(wanted, direction=(way,))) for way in self.directions)
        return Cell(found.bit_count(), tuple(way.bit_count() for way in ways)), found


def gap_map(library: KnowledgeBase, query: Query | None = None, layout: Layout | None = None) -> GapMap:
    """The map of what a query finds by its words and filters (default: of all records).

    Meaning is left out: how near a record is to a question is a matter of degree, but a cell holds it or
    does not. Raises ``EvidenceError`` for filters that name nothing.
    """
    query, layout = replace(query or Query(), mode="keyword", limit=None, offset=0), layout or Layout()
    library.check(query)
    counting = _Counting(library, query, layout)
    rows, columns = (
        tuple(_entries(library, counting.sets, query.filters, axis)) for axis in (layout.rows, layout.columns)
    )
    cells, placed = [], 0
    for row in rows:
        line = [counting.found((layout.rows, row), (layout.columns, column)) for column in columns]
        cells.append(tuple(cell for cell, _ in line))
        placed = reduce(or_, (records for _, records in line), placed)
    total, found = counting.found()
    return GapMap(
        query=query,
        layout=layout,
        directions=counting.directions,
        rows=rows,
        columns=columns,
        cells=tuple(cells),
        row_totals=tuple(counting.found((layout.rows, row))[0] for row in rows),
        column_totals=tuple(counting.found((layout.columns, column))[0] for column in columns),
        total=total,
        unplaced=(found & ~placed).bit_count(),
        themes=library.themes,
    )


def _narrowed(filters: Filters, themes: Mapping[str, Theme], axis: str, value: str) -> Filters:
    """The filters of a search for what is there of that value; one on the same axis gives way to it."""
    if axis == "direction":
        return replace(filters, direction=(value,))
    if axis == "setting":
        return replace(filters, setting=(value,))
    if axis == "type":
        return replace(filters, type=(value,))
    if axis == "year":
        since, until = int(value), int(value) + 9
        since = since if filters.since is None else max(since, filters.since)
        until = until if filters.until is None else min(until, filters.until)
        return replace(filters, since=since, until=until)
    others = (theme for theme in filters.theme if themes[theme].axis != axis)
    return replace(filters, theme=(*others, value))


def _entries(library: KnowledgeBase, sets: FacetSets, filters: Filters, axis: str) -> Iterator[Entry]:
    """The values of an axis: those that a filter on it names, else all, in the vocabulary's order."""
    if axis == "year":
        yield from _decades(sets, filters)
    elif axis == "direction":
        for way in DIRECTIONS:
            if not filters.direction or way in filters.direction:
                yield Entry(way, DIRECTION_NAMES[way])
    elif axis == "type":
        # Here: the package of the site imports Datasette.
        from kb.wording import type_label

        for type_ in filters.type or sets.axis("type"):
            yield Entry(type_, type_label(type_))
    else:
        yield from _themes(library, filters, axis)


def _themes(library: KnowledgeBase, filters: Filters, axis: str) -> Iterator[Entry]:
    among = filters.setting
    if axis != "setting":
        among = tuple(theme for theme in filters.theme if library.themes[theme].axis == axis)
    groups: dict[str, list[Entry]] = {}
    for theme in library.themes.values():
        if theme.axis == axis and (not among or theme.id in among):
            title = theme.group.replace("-", " ").replace("_", " ").capitalize()
            groups.setdefault(title, []).append(Entry(theme.id, theme.label, title))
    for entries in groups.values():
        yield from entries


def _decades(sets: FacetSets, filters: Filters) -> Iterator[Entry]:
    years = [
        int(year)
        for year in sets.axis("year")
        if (filters.since is None or int(year) >= filters.since)
        and (filters.until is None or int(year) <= filters.until)
    ]
    held = sorted({year - year % 10 for year in years})
    shown: Sequence[int] = range(held[0], held[-1] + 1, 10) if held else []
    for decade in shown if len(shown) <= _DECADES else held:
        yield Entry(str(decade), f"{decade}s")
