"""The text of a web page, with the lines that a reader sees: paragraphs, lists, rows of tables.

A row of a table is one line with tabs between its cells, a term and its description likewise, so that
"Author", "Title" and the like stand before their values as in a printed list; behind a label in bold stands
a tab. ``<pre>`` keeps its lines: a page may hold a listing in RIS or BibTeX. Scripts, styles and navigation
are left out, what is merely hidden is not. lxml reads the page; inscriptis, which gives out text as well,
sets cells side by side as a browser does, so that a label stands between the paragraphs of its value, and
joins a term to its description without a space.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from corpus.errors import EvidenceError
from ingest.fields.scripts import scripted
from ingest.files.decoding import SAMPLE, decoded
from ingest.files.page_lines import PageLines
from ingest.files.xml_elements import tag_of

#: Bytes of a page; its tree takes about ten times as many.
LARGEST = 32 << 20

_BEGINS = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).)*-->\s*)*"
    rb"<(?:!doctype\s+html|(?:html|head|body|title|meta|link|base|table|div|p|h[1-6]|ul|ol|dl|section|main|pre|center"
    rb"|font|span|form)[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_LEFT_OUT_TEXT = (
    "head script style noscript template nav svg iframe object embed canvas audio video select button input"
)
_LEFT_OUT = frozenset(_LEFT_OUT_TEXT.split())
_APART_TEXT = (
    "p h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table figure fieldset section article header footer"
    " main aside"
)
_APART = frozenset(_APART_TEXT.split())
_LINES_TEXT = "div li tr address center dt dd form caption legend summary details option textarea"
_LINES = frozenset(_LINES_TEXT.split())
_KEPT = frozenset({"pre", "textarea", "listing", "xmp", "plaintext"})
_SET_OFF = frozenset({"b", "strong", "em", "i", "u", "span", "font", "label"})
_RULE = "-" * 20


def is_html(sample: bytes) -> bool:
    """Whether a file that begins like this is a web page."""
    return bool(_BEGINS.match(_unmarked(sample[:SAMPLE])))


def html_text(data: bytes, source: str) -> str:
    """The text of a page; raises ``EvidenceError`` for one that is nested without end."""
    # In a page of another encoding the parser would believe the page.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    page = _decode(data).replace("\x00", " ").encode("utf-8", errors="replace")
    root = etree.fromstring(page, parser) if page.strip() else None
    if any(error.level == etree.ErrorLevels.FATAL for error in parser.error_log):
        raise EvidenceError(
            f"{source}: is a web page nested too deeply to be read; save it as plain text, or copy the list."
        )
    return _Page().text(root) if root is not None else ""


def _unmarked(sample: bytes) -> bytes:
    """The beginning of a page without mark, in UTF-16 too."""
    return sample.removeprefix(codecs.BOM_UTF8).lstrip(b"\xff\xfe").replace(b"\x00", b"")


def _decode(data: bytes) -> str:
    """UTF-8 if it is; else what the page says that it is in, if Python knows that; else as any other file."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    said = _CHARSET.search(data[:8192])
    if said and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = said[1].decode("ascii").lower()
        # What calls itself Latin 1 is Windows 1252 to every browser.
        name = "cp1252" if name in ("iso-8859-1", "latin1", "us-ascii") else name
        try:
            if codecs.lookup(name).name not in ("utf-8", "utf-16", "utf-7"):
                return data.decode(name, errors="replace")
        except LookupError:
            pass
    return "".join(decoded([data], data[:SAMPLE]))


class _Page:
    """Walks a page, element by element."""

    def __init__(self) -> None:
        self.lines = PageLines()
        self.outer: list[PageLines] = []
        self.rows: list[list[str]] = []
        self.kept = 0
        self.starts: list[bool] = []
        self.after_term = False

    def text(self, root: etree._Element) -> str:
        """The text of a page."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = tag_of(element).lower()
            if event == "start":
                if tag in _LEFT_OUT or element.get("role") == "navigation":
                    walk.skip_subtree()
                    self.starts.append(False)
                    continue
                self._open(tag)
                self._write(scripted(element.text or "", tag))
            else:
                self._close(tag)
                self._write(element.tail or "")
        while self.outer:
            self._close_cell()
        return self.lines.finish()

    def _write(self, text: str) -> None:
        if text:
            self.after_term = self.after_term and not text.strip()
            self.lines.write(text, keep=self.kept > 0)

    def _open(self, tag: str) -> None:
        self.starts.append(tag in _SET_OFF and self.lines.at_start)
        if tag == "dd" and self.after_term:
            self.lines.tab()
            self.after_term = False
        elif tag == "br":
            self.lines.end_line(even_empty=self.lines.at_start)
        elif tag == "hr":
            self.lines.leave_gap()
            self.lines.write(_RULE)
            self.lines.leave_gap()
        elif tag in _APART:
            self.lines.leave_gap()
        elif tag in _LINES:
            self.lines.end_line()
        if tag in _KEPT:
            self.kept += 1
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.outer.append(self.lines)
            self.lines = PageLines()

    def _close(self, tag: str) -> None:
        if self.starts.pop() and not self.kept:
            self.lines.close_label()
        if tag in _LEFT_OUT:
            return
        if tag in _KEPT:
            self.kept -= 1
        if tag in ("td", "th") and self.outer:
            self._close_cell()
        elif tag == "tr" and self.rows:
            self.lines.add_row(self.rows.pop())
        if tag in _APART:
            self.lines.leave_gap()
        elif tag in _LINES:
            self.lines.end_line()
        self.after_term = tag == "dt" or (self.after_term and tag in ("b", "strong", "span", "div"))

    def _close_cell(self) -> None:
        text = self.lines.finish()
        self.lines = self.outer.pop()
        if self.rows:
            self.rows[-1].append(text.strip("\n"))
        else:
            self.lines.write(text, keep=True)
