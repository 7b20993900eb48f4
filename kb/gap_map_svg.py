"""The evidence gap map as a picture for a paper: a stand-alone SVG without script or style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from kb.gap_map import DIRECTION_NAMES, SIGNS, Cell, GapMap
from kb.gap_map_words import classes, headings, summary, told

_FONT = "Helvetica, Arial, 'Liberation Sans', 'Noto Sans', sans-serif"
_SERIF = "Georgia, 'Times New Roman', 'Liberation Serif', serif"
#: Background and ink of each shade, palest first: legible in print, and told apart without colour.
SHADES = (
    ("#ffffff", "#565d62"),
    ("#e3efed", "#1d2124"),
    ("#b3d6d0", "#1d2124"),
    ("#6fb0a7", "#000000"),
    ("#1f5a55", "#ffffff"),
)
_ROW, _CELL = 26, 46
_SPLIT_ROW, _SPLIT_CELL = 36, 62
_EDGE = 24
_LETTER = 6.6
_LONGEST = 44
#: What XML does not allow in a text.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg(map_: GapMap, notes: Sequence[str] = ()) -> str:
    """The map drawn, its columns named slantwise; ``notes`` are lines below it, such as how to cite it."""
    return "\n".join(_Drawing(map_, notes).parts()) + "\n"


class _Drawing:
    """Where everything stands, in pixels."""

    def __init__(self, map_: GapMap, notes: Sequence[str]) -> None:
        self.map = map_
        self.notes = notes
        self.row, self.cell = (_SPLIT_ROW, _SPLIT_CELL) if map_.directions else (_ROW, _CELL)
        self.left = _EDGE + 20 + round(_LETTER * max([len(_cut(row.label)) for row in map_.rows] + [12]))
        slanted = max([len(_cut(column.label)) for column in map_.columns] + [3]) * _LETTER * 0.71
        self.top = _EDGE + 62 + round(slanted)
        self.right = self.left + self.cell * (len(map_.columns) + 1) + 8
        # The last name leans out over the edge; lines of text need some room whatever is drawn.
        self.width = max(self.right + round(slanted) + _EDGE, 640)

    def parts(self) -> Iterator[str]:
        """The elements, first to last."""
        body, bottom = list(self._body()), self.top + self._height() + 34
        height = bottom + 18 * (len(self.notes) + 2) + _EDGE
        title = f"Evidence gap map: {self.map.layout.title.lower()}"
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{height}"'
            f' viewBox="0 0 {self.width} {height}" role="img" aria-labelledby="map-title map-desc"'
            f' font-family="{_FONT}" font-size="12" fill="#1d2124">'
        )
        yield f'<title id="map-title">{_text(title)}</title>'
        yield f'<desc id="map-desc">{_text(summary(self.map))}</desc>'
        yield f'<rect width="{self.width}" height="{height}" fill="#ffffff"/>'
        yield _words(_EDGE, _EDGE + 14, title, size=18, weight="bold", family=_SERIF)
        yield _words(_EDGE, _EDGE + 36, summary(self.map), fill="#565d62")
        yield from self._heads()
        yield from body
        yield from self._legend(bottom)
        for place, note in enumerate(self.notes):
            yield _words(_EDGE, bottom + 28 + 18 * place, note, size=11, fill="#565d62")
        yield "</svg>"

    def _height(self) -> int:
        return self.row * (len(self.map.rows) + 1) + 26 * len(headings(self.map.rows))

    def _heads(self) -> Iterator[str]:
        for place, name in enumerate([*(column.label for column in self.map.columns), "All"]):
            x, y = self._x(place) + self.cell // 2, self.top - 8
            weight = ' font-weight="bold"' if place == len(self.map.columns) else ""
            yield f'<text x="{x}" y="{y}" transform="rotate(-45 {x} {y})"{weight}>{_text(_cut(name))}</text>'

    def _body(self) -> Iterator[str]:
        y, groups = self.top, headings(self.map.rows)
        for place, row in enumerate(self.map.rows):
            if place in groups:
                yield _words(_EDGE, y + 18, groups[place], size=13, weight="bold", family=_SERIF)
                y += 26
            yield self._name(row.label, y)
            for at, column in enumerate(self.map.columns):
                yield from self._square(
                    self._x(at), y, self.map.cells[place][at], f"{row.label}, {column.label}"
                )
            yield from self._sum(y, [self.map.row_totals[place]], len(self.map.columns))
            y += self.row
        yield self._name("All", y, weight="bold")
        yield from self._sum(y, [*self.map.column_totals, self.map.total], 0)

    def _name(self, label: str, y: int, weight: str = "") -> str:
        return _words(self.left - 10, y + self.row / 2 + 4, _cut(label), anchor="end", weight=weight)

    def _x(self, column: int) -> int:
        return self.left + self.cell * column + (8 if column == len(self.map.columns) else 0)

    def _square(self, x: int, y: int, cell: Cell, name: str) -> Iterator[str]:
        fill, ink = SHADES[self.map.shade(cell.records)]
        size = f'width="{self.cell - 2}" height="{self.row - 2}"'
        dashes = "" if cell.records else ' stroke-dasharray="2 2"'
        stroke = "#8b8f90" if not cell.records else fill
        yield f"<g><title>{_text(f'{name}: {told(self.map, cell)}')}</title>"
        yield f'<rect x="{x + 1}" y="{y + 1}" {size} rx="2" fill="{fill}" stroke="{stroke}"{dashes}/>'
        if cell.records:
            marks = _marks(self.map, cell)
            middle = y + self.row / 2 + (-2 if marks else 4)
            yield _words(
                x + self.cell / 2, middle, f"{cell.records:,}", anchor="middle", fill=ink, weight="bold"
            )
            if marks:
                yield _words(x + self.cell / 2, y + self.row - 7, marks, size=9, anchor="middle", fill=ink)
        yield "</g>"

    def _sum(self, y: int, cells: Sequence[Cell], first: int) -> Iterator[str]:
        for place, cell in enumerate(cells, start=first):
            x = self._x(place) + self.cell / 2
            yield _words(x, y + self.row / 2 + 4, f"{cell.records:,}", anchor="middle", fill="#565d62")

    def _legend(self, y: int) -> Iterator[str]:
        x = _EDGE
        yield _words(x, y, "Records:")
        x += 62
        for place, words in enumerate(["none", *classes(self.map)]):
            fill = SHADES[place][0]
            dashes = "" if place else ' stroke-dasharray="2 2"'
            size = 'width="16" height="16" rx="2" stroke="#8b8f90"'
            yield f'<rect x="{x}" y="{y - 12}" {size} fill="{fill}"{dashes}/>'
            yield _words(x + 22, y, words)
            x += 40 + round(_LETTER * len(words))
        ways = " · ".join(f"{SIGNS[way]} {DIRECTION_NAMES[way].lower()}" for way in self.map.directions)
        yield _words(x + 10, y, ways)


def _marks(map_: GapMap, cell: Cell) -> str:
    ways = zip(map_.directions, cell.directions, strict=True)
    return " ".join(f"{SIGNS[way]}{count:,}" for way, count in ways if count)


def _words(
    x: float, y: float, words: str, *, size: int = 12, anchor: str = "", weight: str = "", **more: str
) -> str:
    given = {"font-size": str(size), "text-anchor": anchor, "font-weight": weight}
    given |= {"font-family": more.get("family", ""), "fill": more.get("fill", "")}
    attributes = "".join(f' {name}="{value}"' for name, value in given.items() if value)
    return f'<text x="{x:g}" y="{y:g}"{attributes}>{_text(words)}</text>'


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _text(words: str) -> str:
    return escape(_FORBIDDEN.sub(" ", words))
