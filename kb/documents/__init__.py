"""Documents that one can send: a tree of blocks, and writers for Word, HTML and Markdown."""

from __future__ import annotations

from kb.documents.blocks import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    NewPage,
    Paragraph,
    Table,
    plain,
)
from kb.documents.tree import Target
from kb.documents.writing import DOCUMENTS, BinarySink, put, write

__all__ = [
    "DOCUMENTS",
    "BinarySink",
    "Block",
    "Bullets",
    "Document",
    "Figure",
    "Heading",
    "NewPage",
    "Paragraph",
    "Table",
    "Target",
    "plain",
    "put",
    "write",
]
