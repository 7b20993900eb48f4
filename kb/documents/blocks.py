"""What a document is made of, whatever it is written as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kb.citing.reference import Run

#: Text in a line, in runs that are each set in one way.
Line: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of that level, from 1; ``id`` is what links lead to, or ""."""

    level: int
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``style`` names a style of Word, or is "" for running text."""

    line: Line
    style: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without numbers."""

    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells below a head; ``widths`` are shares of the line, one a column, that add up to 1."""

    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[float, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in SVG, for what can show it; ``instead`` is what others show."""

    svg: str
    instead: tuple[Table | Paragraph, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins a page, where there are pages."""


Block: TypeAlias = Heading | Paragraph | Bullets | Table | Figure | NewPage


@dataclass(frozen=True, slots=True)
class Document:
    """A document with what stands above it; ``date`` is as it is to be read."""

    title: str
    subtitle: str
    date: str
    blocks: tuple[Block, ...]
    language: str = "en-GB"


def plain(text: str, *, bold: bool = False, italic: bool = False, marked: bool = False) -> Line:
    """That text as a line, set in one way."""
    return (Run(text, bold=bold, italic=italic, marked=marked),)
