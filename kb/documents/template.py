"""The Word file whose styles and footer a document takes: pandoc's own, with our styles put into it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_FOOTER = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
_STYLES = Path(__file__).with_name("word_styles.xml")
_FOOTER_PART = Path(__file__).with_name("word_footer.xml")
_FOOTER_ID = "rIdKbFooter"


@cache
def template(pandoc: Callable[[Sequence[str]], bytes]) -> bytes:
    """The file; ``pandoc`` runs the program with options and gives what it prints."""
    parts = _parts(pandoc(["--print-default-data-file", "reference.docx"]))
    parts["word/styles.xml"] = _styles(parts["word/styles.xml"])
    parts["word/footer1.xml"] = _FOOTER_PART.read_bytes()
    parts["word/document.xml"] = _section(parts["word/document.xml"])
    parts["word/_rels/document.xml.rels"] = _related(parts["word/_rels/document.xml.rels"])
    parts["[Content_Types].xml"] = _typed(parts["[Content_Types].xml"])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _styles(content: bytes) -> bytes:
    """Our styles in place of those of the same name, the others as they are."""
    root, ours = etree.fromstring(content), etree.fromstring(_STYLES.read_bytes())
    there = {style.get(f"{{{_W}}}styleId"): style for style in root.iterfind(f"{{{_W}}}style")}
    for style in ours.iterfind(f"{{{_W}}}style"):
        old = there.get(style.get(f"{{{_W}}}styleId"))
        if old is None:
            root.append(style)
        else:
            root.replace(old, style)
    for language in root.iter(f"{{{_W}}}lang"):
        language.set(f"{{{_W}}}val", "en-GB")
    return _text(root)


def _section(content: bytes) -> bytes:
    """A4 with our footer."""
    root = etree.fromstring(content)
    section = next(root.iter(f"{{{_W}}}sectPr"))
    footer = etree.Element(f"{{{_W}}}footerReference", nsmap={"r": _R})
    footer.set(f"{{{_W}}}type", "default")
    footer.set(f"{{{_R}}}id", _FOOTER_ID)
    section.insert(0, footer)
    margins = dict.fromkeys(("top", "right", "bottom", "left"), "1417")
    for name, values in (
        ("pgSz", {"w": "11906", "h": "16838"}),
        ("pgMar", margins | {"header": "708", "footer": "708", "gutter": "0"}),
    ):
        element = etree.SubElement(section, f"{{{_W}}}{name}")
        for key, value in values.items():
            element.set(f"{{{_W}}}{key}", value)
    return _text(root)


def _related(content: bytes) -> bytes:
    root = etree.fromstring(content)
    relation = etree.SubElement(root, f"{{{_RELATIONS}}}Relationship")
    relation.set("Id", _FOOTER_ID)
    relation.set("Type", f"{_R}/footer")
    relation.set("Target", "footer1.xml")
    return _text(root)


def _typed(content: bytes) -> bytes:
    root = etree.fromstring(content)
    part = etree.SubElement(root, f"{{{_TYPES}}}Override")
    part.set("PartName", "/word/footer1.xml")
    part.set("ContentType", _FOOTER)
    return _text(root)


def _text(root: Any) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content
