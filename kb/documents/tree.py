"""A document as pandoc's tree (pandoc-types 1.23), in which nothing of a record can be taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from kb.citing.reference import Run
from kb.documents.blocks import Block, Bullets, Document, Figure, Heading, Line, NewPage, Paragraph, Table

#: An element of the tree: ``{"t": its name, "c": its content}``.
Element = dict[str, Any]
#: What the tree is to become.
Target = Literal["docx", "html", "markdown"]

_VERSION = [1, 23, 1]
_SPACES = re.compile(r"\s+")
_NO_ATTRIBUTES: list[Any] = ["", [], []]
_NEW_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


def tree(document: Document, target: Target) -> Element:
    """The whole tree; only Word has a place for title and date outside the text."""
    meta: Element = {}
    blocks = [each for block in document.blocks for each in _block(block, target)]
    if target == "docx":
        for name, value in (
            ("title", document.title),
            ("subtitle", document.subtitle),
            ("date", document.date),
            ("lang", document.language),
        ):
            meta[name] = {"t": "MetaInlines", "c": list(_words(value))}
    else:
        above = " · ".join(filter(None, (document.subtitle, document.date)))
        head = Paragraph((Run(above),), "Subtitle")
        blocks = [_heading(document.title, 1, ""), *_block(head, target), *blocks]
    return {"pandoc-api-version": _VERSION, "meta": meta, "blocks": blocks}


def _block(block: Block, target: Target) -> Iterator[Element]:
    if isinstance(block, Heading):
        # Outside Word the title takes the first level.
        yield _heading(block.text, block.level + (target != "docx"), block.id)
    elif isinstance(block, Paragraph):
        yield from _paragraph(block, target)
    elif isinstance(block, Bullets):
        yield {"t": "BulletList", "c": [[_text("Plain", item, target)] for item in block.items]}
    elif isinstance(block, Table):
        yield _table(block, target)
    elif isinstance(block, Figure) and target == "html":
        yield {"t": "RawBlock", "c": ["html", block.svg]}
    elif isinstance(block, Figure):
        for each in block.instead:
            yield from _block(each, target)
    elif isinstance(block, NewPage) and target == "docx":
        yield {"t": "RawBlock", "c": ["openxml", _NEW_PAGE]}


def _heading(text: str, level: int, id_: str) -> Element:
    return {"t": "Header", "c": [level, [id_, [], []], list(_words(text))]}


def _paragraph(paragraph: Paragraph, target: Target) -> Iterator[Element]:
    inner = _text("Para", paragraph.line, target)
    if not paragraph.style or (target == "markdown" and paragraph.style != "Quotation"):
        yield inner
    elif target == "markdown":
        yield {"t": "BlockQuote", "c": [inner]}
    else:
        classes = [paragraph.style.lower().replace(" ", "-")] if target == "html" else []
        style = [["custom-style", paragraph.style]] if target == "docx" else []
        yield {"t": "Div", "c": [["", classes, style], [inner]]}


def _table(table: Table, target: Target) -> Element:
    head = [[_NO_ATTRIBUTES, [_cell((Run(text),), target) for text in table.head]]] if table.head else []
    rows = [[_NO_ATTRIBUTES, [_cell(cell, target) for cell in row]] for row in table.rows]
    caption = [_text("Plain", (Run(table.caption),), target)] if table.caption else []
    columns = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": width}] for width in table.widths]
    content = [
        _NO_ATTRIBUTES,
        [None, caption],
        columns,
        [_NO_ATTRIBUTES, head],
        [[_NO_ATTRIBUTES, 0, [], rows]],
        [_NO_ATTRIBUTES, []],
    ]
    return {"t": "Table", "c": content}


def _cell(line: Line, target: Target) -> list[Any]:
    return [_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, [_text("Plain", line, target)]]


def _text(kind: str, line: Iterable[Run], target: Target) -> Element:
    return {"t": kind, "c": [element for run in line for element in _run(run, target)]}


def _run(run: Run, target: Target) -> list[Element]:
    elements = list(_words(run.text))
    if not elements:
        return []
    for applies, name in (
        (run.raised, "Superscript"),
        (run.lowered, "Subscript"),
        (run.small_caps, "SmallCaps"),
        (run.italic, "Emph"),
        # Markdown knows no highlighter.
        (run.bold or (run.marked and target == "markdown"), "Strong"),
    ):
        if applies:
            elements = [{"t": name, "c": elements}]
    if run.marked and target != "markdown":
        elements = [{"t": "Span", "c": [["", ["mark"], []], elements]}]
    if run.link:
        elements = [{"t": "Link", "c": [_NO_ATTRIBUTES, elements, [run.link, ""]]}]
    return elements


def _words(text: str) -> Iterator[Element]:
    """The text as words and spaces; control characters, which XML cannot hold, are left out."""
    text = "".join(char for char in text if char.isprintable() or char.isspace())
    for place, word in enumerate(_SPACES.split(text)):
        if place:
            yield {"t": "Space"}
        if word:
            yield {"t": "Str", "c": word}
