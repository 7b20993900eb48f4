"""The elements of an XML text that are records, each cut out of the text and read alone.

What is parsed is one element at a time and never a document: a broken element spoils no other, a file of
any size is read as a stream, and the DOCTYPE is not among it, so that no entity is ever expanded and
nothing is fetched. lxml parses; ours cuts, and mends what makes an element of a real export no XML: a bare
``&``, HTML's named entities, control characters, prefixes that were declared on the root.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from corpus.record import Problem
from ingest.fields.scripts import scripted
from ingest.files.text import Text

_CODES = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31});)?")
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*(?=[\s=/>])")
_OWN_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DECLARED = re.compile(r"<!ENTITY\b")
_DOCTYPE = r"<!DOCTYPE[^<>\[]*(?:\[(?:[^<>\]]|<[^<>]*>)*\]\s*)?>"


@dataclass(frozen=True, slots=True)
class Element:
    """A record's element: where it begins, as printed, and parsed."""

    line: int
    raw: str
    root: etree._Element


@dataclass(frozen=True)
class Layout:
    """How a format wraps its records: the elements that are records, and those that may stand around them."""

    records: Sequence[str]
    around: Sequence[str]
    #: Patterns of other text between records that is none of a record.
    furniture: Sequence[str] = ()
    opening: re.Pattern[str] = field(init=False)
    _closing: re.Pattern[str] = field(init=False)
    _token: re.Pattern[str] = field(init=False)
    _bare: re.Pattern[str] = field(init=False)
    _nothing: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Make the patterns out of the names."""
        names, around = "|".join(self.records), "|".join(self.around)
        # A record that was made a comment is not read, but not forgotten either.
        comment = rf"<!--(?:(?!<!--|-->|<(?:{names})[\s/>]).)*-->"
        nothing = [comment, _DOCTYPE, r"<\?[^<>]*\?>", rf"</?(?:{around})(?:\s[^<>]*)?>", *self.furniture]
        object.__setattr__(self, "opening", re.compile(rf"<(?:{names})(?=[\s/>])"))
        object.__setattr__(self, "_closing", re.compile(rf"</(?:{names})\s*>"))
        token = rf"(?P<skip><!--|<!\[CDATA\[)|<(?P<close>/?)(?P<name>{names})(?=[\s/>])[^<>]*>?"
        object.__setattr__(self, "_token", re.compile(token))
        object.__setattr__(self, "_bare", re.compile(rf"<(?:{names})(?:\s[^<>]*)?(?<!/)>\s*"))
        object.__setattr__(self, "_nothing", re.compile("|".join(nothing), re.DOTALL))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of each record; openings one after the other with nothing in them are one."""
        bare = bare_end = -1
        for start, end in self._each(text):
            if self._bare.fullmatch(text, start, end):
                bare, bare_end = start if bare < 0 else bare, end
                continue
            if bare >= 0:
                yield bare, bare_end
                bare = -1
            yield start, end
        if bare >= 0:
            yield bare, bare_end

    def _each(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of each record; one that is not closed ends where the next begins."""
        start, opened, skipped = -1, "", 0
        endings = {"<!--": "-->", "<![CDATA[": "]]>"}
        for match in self._token.finditer(text):
            if match.start() < skipped:
                continue
            if sign := match["skip"]:
                end = text.find(endings[sign], match.end()) if endings[sign] else -1
                if end < 0:
                    # None closes any more: they are not looked for again.
                    endings[sign] = ""
                elif start < 0 or not self._closing.search(text, match.end(), end):
                    skipped = end
                continue
            if match["close"]:
                if match["name"] == opened:
                    yield start, match.end()
                    start, opened = -1, ""
                continue
            if start >= 0:
                yield start, match.start()
            start, opened = match.start(), match["name"]
            if match.group().endswith("/>"):
                yield start, match.end()
                start, opened = -1, ""
        if start >= 0:
            yield start, len(text)

    def unread(self, stretch: str) -> tuple[int, int]:
        """(start, end) of what is not of the format in a stretch between records; (0, 0) if nothing is."""
        left = self._nothing.sub(lambda match: " " * len(match.group()), stretch)
        bare = left.strip()
        start = len(left) - len(left.lstrip())
        return (start, start + len(bare)) if bare else (0, 0)


def elements(text: Text, layout: Layout) -> Iterator[Element | Problem]:
    """The records in the order printed; a broken one, and text between them, is a problem."""
    for line, part in text.parts(layout.opening):
        before = 0
        for start, end in layout.spans(part):
            yield from _between(part[before:start], text.source, line, layout)
            line += part.count("\n", before, start)
            yield _element(part[start:end].rstrip(), text.source, line)
            line += part.count("\n", start, end)
            before = end
        yield from _between(part[before:], text.source, line, layout)


def _between(stretch: str, source: str, line: int, layout: Layout) -> Iterator[Problem]:
    if not stretch.strip():
        return
    if _DECLARED.search(stretch):
        start = stretch.index("<")
        reason = "the file declares entities of its own, which are never expanded"
        hint = "where a record uses one, it stands as printed"
        yield Problem(source, line + stretch.count("\n", 0, start), stretch[start:].rstrip(), reason, hint)
        return
    start, end = layout.unread(stretch)
    if end:
        hint = "put it into a record if it is part of one"
        where = line + stretch.count("\n", 0, start)
        yield Problem(source, where, stretch[start:end], "text between records", hint)


def _element(raw: str, source: str, line: int) -> Element | Problem:
    try:
        return Element(line, raw, etree.fromstring(raw, _CODES))
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        pass
    try:
        mended, prefixes = _mended(raw), sorted(set(_PREFIX.findall(raw)) - {"xml", "xmlns"})
        declared = "".join(f' xmlns:{prefix}="urn:{prefix}"' for prefix in prefixes)
        return Element(line, raw, etree.fromstring(f"<r{declared}>{mended}</r>", _CODES)[0])
    except etree.XMLSyntaxError as error:
        told = re.sub(r",? line \d+.*", "", error.msg or "")
        reason = f"record is no whole XML ({told})" if told else "record is no whole XML"
        return Problem(source, line, raw, reason, "mend or export it again; the others are read")


def _mended(raw: str) -> str:
    """The element with what is no XML in it written as XML writes it."""
    return "".join(
        part if part.startswith("<![CDATA[") else _REFERENCE.sub(_character, part)
        for part in re.split(r"(<!\[CDATA\[.*?\]\]>)", _CONTROL.sub(" ", raw), flags=re.DOTALL)
    )


def _character(match: re.Match[str]) -> str:
    decimal, sixteen, name = match.groups()
    if decimal or sixteen:
        code = int(decimal) if decimal else int(sixteen, 16)
        legal = code <= 0x10FFFF and not _CONTROL.match(chr(code))
        return match.group() if legal else " "
    if name in _OWN_ENTITIES:
        return match.group()
    known = html.entities.html5.get(f"{name};") if name else None
    return known.replace("&", "&amp;").replace("<", "&lt;") if known else f"&amp;{match.group()[1:]}"


def tag_of(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for a comment or an instruction."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


def marked_text(
    element: etree._Element,
    script: Callable[[etree._Element], str],
    letters: Callable[[etree._Element, str], str] = lambda _, text: text,
) -> str:
    """All text in an element, spaces as printed; raised and lowered letters as Unicode has them.

    ``script`` says of an element whether its letters are raised ("sup"), lowered ("sub") or neither;
    ``letters`` gives the text that stands directly in one.
    """
    parts = [letters(element, element.text or "")]
    for child in element:
        if tag_of(child) not in ("", "annotation", "tex-math"):
            inner = marked_text(child, script, letters)
            parts.append(scripted(inner, script(child)))
        parts.append(letters(element, child.tail or ""))
    return "".join(parts)
