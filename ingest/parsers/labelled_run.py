"""The labels of one printed record, and where the record ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.fields.labels import MAIN, find_label
from ingest.parsers.labelled_fields import Parts, plausible
from ingest.parsers.page_furniture import trim_abstract

# A record that is cut off behind its first label ends in so many lines.
_CUT_LINES = 3


@dataclass(slots=True)
class Run:
    """The labels of one record, each with its lines, and where it begins.

    ``orphans`` are the lines behind a finished value that no label stands before, ``end`` is their place.
    """

    start: int
    parts: Parts = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    end: int = 0

    @property
    def names(self) -> set[str]:
        """What its labels say: "author", "title", ..."""
        return {label.name for label, _ in self.parts}

    def paragraph_count(self) -> int:
        """How many paragraphs its abstract has."""
        abstract = next((printed for label, printed in self.parts if label.name == "abstract"), [])
        kept = trim_abstract(abstract, last=False, single=False)
        return len(re.findall(r"\S[^\n]*(?:\n[^\n]*\S[^\n]*)*", "\n".join(kept)))

    def behind(self, fields: Parts, lines: Sequence[str]) -> int:
        """The line behind the last one of its trimmed ``fields``."""
        last, kept = fields[-1]
        if last.line == self.end:
            return min(
                len(lines), self.end + len(kept) + (_find(lines, kept[0], self.end) - self.end if kept else 0)
            )
        return min(len(lines), last.line + max(len(kept), 1))


def cut_off(lines: Sequence[str], start: int, runs: Sequence[Run]) -> int:
    """Where a record begins, behind the last one, of which there is its first label alone; -1 without one."""
    place = next((at for at in range(start, len(lines)) if lines[at].strip()), len(lines))
    written = [line for line in lines[place:] if line.strip()]
    if not 0 < len(written) <= _CUT_LINES or (label := find_label(lines[place], place)) is None:
        return -1
    known = {(run.parts[0][0].word, run.parts[0][0].kind) for run in runs}
    alone = label.kind == "alone" and len(written) == 1 and (label.word in {word for word, _ in known})
    told = (label.word, label.kind) in known and (
        label.is_marked or plausible(label, " ".join([label.value, *written[1:]]))
    )
    return place if label.name in MAIN and (alone or told) else -1


def _find(lines: Sequence[str], line: str, start: int) -> int:
    return next((place for place in range(start, len(lines)) if lines[place] == line), start)
