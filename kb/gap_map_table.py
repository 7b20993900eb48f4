"""The evidence gap map as text: a table for a terminal, Markdown, CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence

from kb.exporters import Sink
from kb.exporters.csv_table import harmless
from kb.gap_map import DIRECTION_NAMES, SIGNS, Cell, GapMap
from kb.gap_map_words import headings

COLUMNS = ("row_group", "row", "row_label", "column", "column_label", "direction", "records")

_Line = Callable[[str, Sequence[str], str], str]
_GAP = "·"
_LABEL = 34
_SPACE = "  "


def write_csv(map_: GapMap, stream: Sink) -> None:
    """Write a line for every cell, and for each direction in it; those without any record too.

    ``direction`` is "all" for the records of the cell whatever they say. Cells that a spreadsheet would
    run as a formula are made harmless.
    """
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row, column, cell in map_.each():
        place = [row.group, row.id, row.label, column.id, column.label]
        for direction, count in zip(("all", *map_.directions), (cell.records, *cell.directions), strict=True):
            writer.writerow([*map(harmless, place), direction, count])


def markdown(map_: GapMap) -> str:
    """The map as a Markdown table, its rows in groups as they are in the vocabulary."""
    lines = [
        _piped(["", *(column.label for column in map_.columns), "All"]),
        _piped(["---", *["---:"] * (len(map_.columns) + 1)]),
    ]
    groups = headings(map_.rows)
    for place, row in enumerate(map_.rows):
        cells = (*map_.cells[place], map_.row_totals[place])
        if place in groups:
            lines.append(_piped([f"**{_escaped(row.group)}**", *[""] * len(cells)], escape=False))
        lines.append(_piped([row.label, *(_said(map_, cell) for cell in cells)]))
    totals = (*map_.column_totals, map_.total)
    lines.append(_piped(["All", *(_said(map_, cell) for cell in totals)]))
    return "\n".join(lines) + "\n"


def text(map_: GapMap, width: int) -> Iterator[str]:
    """The lines of the map for a terminal of that width; columns that do not fit follow below.

    Columns are numbered, with what the numbers mean above them, where their names are too wide.
    Below each row that is split stands what its barriers, enablers and drivers are.
    """
    label = min(max([len(row.label) for row in map_.rows] + [3]), _LABEL, max(10, width // 3))
    names = [column.label for column in map_.columns]
    numbered = label + sum(max(len(name), 5) + len(_SPACE) for name in [*names, "All"]) > width
    if numbered:
        for number, name in enumerate(names, start=1):
            yield f"{number:>3}  {name}"
        yield ""
        names = [str(number) for number in range(1, len(names) + 1)]
    counts = (cell.records for cell in (map_.total, *map_.row_totals, *map_.column_totals))
    widest = len(f"{max(counts, default=0)}") + (1 if map_.directions else 0)
    widths = [max(len(name), widest) for name in names]
    for shown in _panels(widths, label, max(width, 20)):
        yield from _panel(map_, names, widths, label, shown)


def _panels(widths: Sequence[int], label: int, width: int) -> Iterator[list[int]]:
    """The columns by place, as many together as fit beside the labels and the sum."""
    panel: list[int] = []
    last = max([*widths, 3]) + len(_SPACE)
    used = label + last
    for place, column in enumerate(widths):
        if panel and used + column + len(_SPACE) > width:
            yield panel
            panel, used = [], label + last
        panel.append(place)
        used += column + len(_SPACE)
    yield panel


def _panel(
    map_: GapMap, names: Sequence[str], widths: Sequence[int], label: int, shown: Sequence[int]
) -> Iterator[str]:
    last = max([*widths, 3])

    def line(head: str, cells: Sequence[str], total: str) -> str:
        texts = [cell.rjust(widths[place]) for place, cell in zip(shown, cells, strict=True)]
        return _SPACE.join([_cut(head, label).ljust(label), *texts, total.rjust(last)]).rstrip()

    yield line("", [names[place] for place in shown], "All")
    groups = headings(map_.rows)
    for at, row in enumerate(map_.rows):
        if at in groups:
            yield row.group
        yield from _lines(
            map_, line, row.label, [map_.cells[at][place] for place in shown], map_.row_totals[at]
        )
    yield from _lines(map_, line, "All", [map_.column_totals[place] for place in shown], map_.total)
    yield ""


def _lines(map_: GapMap, line: _Line, head: str, cells: Sequence[Cell], total: Cell) -> Iterator[str]:
    yield line(head, [str(cell.records or _GAP) for cell in cells], str(total.records))
    for place, direction in enumerate(map_.directions):
        if total.directions[place]:
            said = [_signed(SIGNS[direction], cell.directions[place]) for cell in (*cells, total)]
            yield line(f"  {DIRECTION_NAMES[direction].lower()}", said[:-1], said[-1])


def _signed(sign: str, count: int) -> str:
    return f"{sign}{count}" if count else ""


def _said(map_: GapMap, cell: Cell) -> str:
    ways = zip(map_.directions, cell.directions, strict=True)
    marks = " ".join(f"{SIGNS[way]}{count}" for way, count in ways if count)
    return (str(cell.records) if cell.records else _GAP) + (f" ({marks})" if marks else "")


def _cut(words: str, length: int) -> str:
    return words if len(words) <= length else f"{words[: length - 1]}…"


def _piped(cells: Sequence[str], *, escape: bool = True) -> str:
    return f"| {' | '.join(map(_escaped, cells) if escape else cells)} |"


def _escaped(cell: str) -> str:
    return " ".join(cell.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
