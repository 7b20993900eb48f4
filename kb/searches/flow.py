"""The flow of records into a result, after PRISMA 2020's diagram (Page et al. 2021, doi:10.1136/bmj.n71)."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from kb.documents.blocks import Table, plain
from kb.searches.saved import Run
from kb.wording import many

_WIDTH, _BOX, _HEIGHT, _GAP = 640, 300, 62, 34


@dataclass(frozen=True, slots=True)
class Step:
    """A box of the diagram: what is left, and beside it what left on the way there."""

    said: str
    count: int
    left: str = ""
    gone: int = 0


def steps(run: Run) -> tuple[Step, ...]:
    """The boxes from top to bottom; () where the run has no counts."""
    ground = run.ground
    if ground is None:
        return ()
    return (
        Step(f"Pieces in {many(len(ground.sources), 'source')}", ground.read + ground.refused),
        Step("Descriptions read", ground.read, "Could not be read", ground.refused),
        Step("Records in the library", ground.records, "Joined to another: duplicates", ground.joined),
        Step("Records found", run.total, "Did not match", ground.records - run.total),
    )


def table(run: Run) -> Table:
    """The diagram as a table."""
    rows = []
    for step in steps(run):
        if step.left:
            rows.append((plain(step.left), plain(f"−{step.gone:,}")))
        rows.append((plain(step.said, bold=True), plain(f"{step.count:,}", bold=True)))
    return Table(("Step", "Number"), tuple(rows), (0.7, 0.3))


def svg(run: Run) -> str:
    """The diagram as SVG 1.1, with the numbers as text."""
    boxes = steps(run)
    height = len(boxes) * (_HEIGHT + _GAP) - _GAP + 4
    told = "; ".join(f"{step.said}: {step.count:,}" for step in boxes)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(f"Flow of records. {told}")}" font-family="Helvetica, Arial, sans-serif"'
        ' font-size="15">'
    ]
    for place, step in enumerate(boxes):
        top = 2 + place * (_HEIGHT + _GAP)
        if place:
            parts.append(_arrow(2 + _BOX / 2, top - _GAP, 2 + _BOX / 2, top))
        parts.append(_box(2, top, step.said, step.count))
        if step.left:
            middle = top - _GAP / 2
            parts.append(_arrow(2 + _BOX / 2, middle, _WIDTH - _BOX + 18, middle))
            parts.append(_beside(_WIDTH - _BOX + 18, middle, step.left, step.gone))
    return "\n".join([*parts, "</svg>\n"])


def _box(left: float, top: float, said: str, count: int) -> str:
    middle = left + _BOX / 2
    return (
        f'<rect x="{left}" y="{top}" width="{_BOX}" height="{_HEIGHT}" rx="4" fill="#f3f5f9"'
        f' stroke="#1f3864"/><text x="{middle}" y="{top + 26}" text-anchor="middle" fill="#1b1b1b">'
        f'{escape(said)}</text><text x="{middle}" y="{top + 48}" text-anchor="middle" fill="#1b1b1b"'
        f' font-weight="bold">{count:,}</text>'
    )


def _beside(left: float, middle: float, said: str, count: int) -> str:
    width = _WIDTH - left - 2
    return (
        f'<rect x="{left}" y="{middle - 19}" width="{width}" height="38" rx="4" fill="#ffffff"'
        f' stroke="#767676"/><text x="{left + 10}" y="{middle + 5}" fill="#1b1b1b" font-size="14">'
        f"{escape(said)}: {count:,}</text>"
    )


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    head = f"{x2 - 5},{y2 - 8} {x2 + 5},{y2 - 8} {x2},{y2}"
    if y1 == y2:
        head = f"{x2 - 8},{y2 - 5} {x2 - 8},{y2 + 5} {x2},{y2}"
    line = f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#1f3864"/>'
    return f'{line}<polygon points="{head}" fill="#1f3864"/>'
