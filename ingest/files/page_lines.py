"""The lines of a page or document as its text is taken out of it: paragraphs, rows of tables, labels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.fields.labels import find_label

_SPACE = re.compile(r"[ \t\r\n\f\v\xa0\u2007\u202f]+")
# A label, or a value that a label could stand for, is no longer than this; a cell of a layout no shorter.
_LABEL = 40
_CELL_LINES = 12


class PageLines:
    """Lines in the making, as a browser would break them."""

    __slots__ = ("_blank", "_gap", "_line", "_lines")

    def __init__(self) -> None:
        """No line yet."""
        self._lines: list[str] = []
        self._line = ""
        self._gap = False
        # Whether the last line is blank, or there is none.
        self._blank = True

    @property
    def at_start(self) -> bool:
        """Whether nothing stands on the current line."""
        return not self._line.strip()

    def write(self, text: str, *, keep: bool = False) -> None:
        """Text on the current line, any space in it made one; ``keep`` keeps spaces and lines as printed."""
        if keep:
            first, *others = text.split("\n")
            self._add(first)
            for line in others:
                self.end_line(even_empty=True)
                self._add(line)
            return
        text = _SPACE.sub(" ", text)
        if text.startswith(" ") and (not self._line or self._line[-1] in " \t"):
            text = text[1:]
        self._add(text)

    def _add(self, text: str) -> None:
        if text and self._gap:
            self._add_blank()
            self._gap = False
        self._line += text

    def end_line(self, *, even_empty: bool = False) -> None:
        """End the current line if there is one."""
        if self._line.strip():
            self._lines.append(self._line.rstrip(" "))
            self._blank = False
        elif even_empty:
            self._add_blank()
        self._line = ""

    def _add_blank(self) -> None:
        if not self._blank:
            self._lines.append("")
            self._blank = True

    def leave_gap(self) -> None:
        """End the current line; a blank one stands before the next."""
        self.end_line()
        self._gap = True

    def close_label(self) -> None:
        """A tab behind a label that was set apart in bold or the like, if the line so far is one."""
        label = find_label(f"{self._line.strip()}\tx", 0)
        if label is not None and label.value == "x":
            self._line = f"{self._line.strip()}\t"

    def tab(self) -> None:
        """Go on behind a tab, as the value of the label before."""
        if not self._line.strip() and self._lines and not self._gap:
            self._line = self._lines.pop()
        self._line = f"{self._line.rstrip()}\t"

    def add_row(self, cells: Sequence[str]) -> None:
        """A row of a table: its cells with tabs between, each on one line unless it is laid out in lines."""
        self.end_line()
        filled = [cell for cell in cells if cell.strip()]
        labelled = len(filled) == 2 and "\n" not in filled[0] and len(filled[0]) <= _LABEL
        if len(filled) > 1 and not labelled and any(cell.count("\n") > _CELL_LINES for cell in filled):
            # A page that is laid out by a table.
            for cell in filled:
                self.leave_gap()
                self.write(cell, keep=True)
            self.leave_gap()
        elif labelled or len(filled) < 2:
            self.write("\t".join(cell.strip("\n") for cell in filled), keep=True)
        else:
            self.write("\t".join(map(_on_one_line, cells)), keep=True)
        self.end_line()

    def take(self) -> str:
        """The whole lines so far, which are given out only once."""
        whole = "".join(f"{line}\n" for line in self._lines)
        self._lines = []
        return whole

    def finish(self) -> str:
        """All that is left."""
        self.end_line()
        return self.take()


def _on_one_line(cell: str) -> str:
    """A cell as one line; names one below the other ("Smith, J." above "Wu, K.") with semicolons between."""
    lines = [" ".join(line.split()) for line in cell.split("\n") if line.strip()]
    names = len(lines) > 1 and all("," in line and len(line) <= _LABEL for line in lines)
    return ("; " if names else " ").join(lines)
