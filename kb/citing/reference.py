"""A reference as a processor sets it: runs of text, and from these plain text, HTML and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

# What Markdown (pandoc's and GitHub's) gives a meaning to, wherever it stands.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$@^&])")
# What it gives a meaning to at the start of a line: a list, a heading's underline, a quotation.
_START = re.compile(r"([-+=:]|\d+(?=[.)]))")
_IN_ADDRESS = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, slots=True)
class Run:
    """Text set in one way; ``link`` is an address of the web that it leads to, or "".

    ``marked`` is as with a highlighter: what somebody still has to see to.
    """

    text: str
    italic: bool = False
    bold: bool = False
    small_caps: bool = False
    raised: bool = False
    lowered: bool = False
    link: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """The entry of a record in a bibliography.

    ``label`` is what stands before it in a numbered style ("1."), else "". No runs at all: the style
    has no entry for such a work (APA lists no personal communication).
    """

    record: str
    runs: tuple[Run, ...]
    label: str = ""

    @property
    def plain(self) -> str:
        """The text alone, without the label."""
        return "".join(run.text for run in self.runs)

    @property
    def html(self) -> str:
        """The text as HTML without styles of its own; small capitals are a span of class ``small-caps``."""
        return "".join(_html(run) for run in self.runs)

    @property
    def markdown(self) -> str:
        """The text as Markdown: what the record says is never taken for markup."""
        text = "".join(_markdown(run) for run in self.runs)
        start = _START.match(text)
        if not start:
            return text
        mark, rest = start.group(), text[start.end() :]
        return f"{mark}\\{rest}" if mark.isdigit() else f"\\{mark}{rest}"


@dataclass(frozen=True, slots=True)
class Bibliography:
    """References in the order of the style; ``hanging`` says that all lines but the first are set in."""

    references: tuple[Reference, ...]
    hanging: bool = False


def joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs with neighbours that are set alike made one, and without space at the ends."""
    made: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        if made and _alike(made[-1], run):
            made[-1] = _saying(run, made[-1].text + run.text)
        else:
            made.append(run)
    if made:
        made[0] = _saying(made[0], made[0].text.lstrip())
        made[-1] = _saying(made[-1], made[-1].text.rstrip())
    return tuple(run for run in made if run.text)


def _alike(one: Run, other: Run) -> bool:
    return _saying(one, "") == _saying(other, "")


def _saying(run: Run, text: str) -> Run:
    return Run(text, run.italic, run.bold, run.small_caps, run.raised, run.lowered, run.link, run.marked)


def _html(run: Run) -> str:
    html = escape(run.text)
    for applies, tag in ((run.italic, "i"), (run.bold, "b"), (run.raised, "sup"), (run.lowered, "sub")):
        if applies:
            html = f"<{tag}>{html}</{tag}>"
    if run.small_caps:
        html = f'<span class="small-caps">{html}</span>'
    return f'<a href="{escape(run.link)}" rel="noopener external">{html}</a>' if run.link else html


def _markdown(run: Run) -> str:
    # A mark beside a space is no mark, so space stays outside.
    inner = run.text.strip()
    if not inner:
        return run.text
    before, _, after = run.text.partition(inner)
    text = _MARKS.sub(r"\\\1", " ".join(inner.splitlines()))
    for applies, left, right in (
        (run.raised, "<sup>", "</sup>"),
        (run.lowered, "<sub>", "</sub>"),
        (run.italic, "*", "*"),
        (run.bold, "**", "**"),
    ):
        if applies:
            text = f"{left}{text}{right}"
    if run.link:
        # In angle brackets an address may hold parentheses; one that is its own text needs no more.
        address = f"<{quote(run.link, safe=_IN_ADDRESS)}>"
        text = address if inner == run.link else f"[{text}]({address})"
    return f"{before}{text}{after}"
