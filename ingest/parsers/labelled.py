"""Printed lists of abstracts with labels, in whatever page they stand.

A record is a run of labels ("Author", "Title", "Reference" or "Publisher", "Abstract", with their
synonyms in ``labels``) that stand close together; the page around it is left out. How the fields
are filled stands in ``labelled_fields``.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator

from corpus.record import Piece, Problem
from ingest.fields.labels import MAIN, Label, find_label, is_head, is_rule
from ingest.fields.name_list import names_are_family_first
from ingest.fields.reference import looks_like_reference
from ingest.files.text import Text
from ingest.parsers.labelled_fields import draft, plausible
from ingest.parsers.labelled_layout import by_layout, follows_in_order
from ingest.parsers.labelled_run import Run, cut_off
from ingest.parsers.page_furniture import is_furniture, trim_abstract

# The next label of a record stands this near: a title may fill some lines, an abstract any number.
_NEAR = 8
_SENTENCE_END = re.compile(r"[.!?:;)\]”\"’'0-9]\s*\Z")
_STYLES = (
    frozenset({"alone"}),
    frozenset({"alone", "space", "wide"}),
    frozenset({"alone", "space", "wide", "weak"}),
)


class Labelled:
    """Reads printed lists of abstracts by their labels."""

    name = "labelled"
    endings: tuple[str, ...] = (".txt",)

    def recognises(self, head: str) -> bool:
        """Whether there is at least one record; a line that begins with "Title" or "In" is none."""
        return any("title" in run.names for run in _runs(head.split("\n")))

    def parse(self, text: Text) -> Iterator[Piece]:
        """The records in the order printed; a record without a title is a problem."""
        return self._parse(text.whole(), text.source)

    def _parse(self, text: str, source: str) -> Iterator[Piece]:
        lines = text.split("\n")
        runs = _runs(lines)
        lengths = [run.paragraph_count() for run in runs[:-1]]
        single = len(lengths) > 1 and max(lengths) <= 1
        unlabelled = sum(bool(run.orphans) and "abstract" not in run.names for run in runs[:-1])
        names = [" ".join(value) for run in runs for label, value in run.parts if label.name == "author"]
        family_first = names_are_family_first(names)
        for number, run in enumerate(runs):
            last = number == len(runs) - 1
            fields = []
            for label, printed in run.parts:
                kept = (
                    trim_abstract(printed, last=last, single=single) if label.name == "abstract" else printed
                )
                fields.append((label, kept))
            if "abstract" not in run.names and run.orphans and (unlabelled > 1 or (unlabelled and not last)):
                fields.append((Label(run.end, "abstract", "Abstract", "colon", "", False), run.orphans))
            end = run.behind(fields, lines)
            raw = "\n".join(lines[run.start : end]).rstrip()
            if "title" in run.names:
                made = draft(fields, family_first=family_first)
                yield made.source_record("", source, self.name, run.start + 1, raw)
            else:
                hint = "give it a Title line, or leave it out"
                yield Problem(source, run.start + 1, raw, "record has no title", hint)
            if last and (place := cut_off(lines, end, runs)) >= 0:
                raw = "\n".join(lines[place:]).rstrip()
                hint = "add the rest of the record, or leave it out"
                yield Problem(source, place + 1, raw, "record is cut off behind its first label", hint)


def _runs(lines: list[str]) -> list[Run]:
    """The records, by the way of labelling that gives most of them, the plainest first."""
    found = {}
    for place, line in enumerate(lines):
        label = find_label(line, place)
        if label is not None:
            found[place] = label
    if not any(label.name == "title" for label in found.values()):
        return []
    best: list[Run] = []
    for style in _STYLES:
        labels = {place: label for place, label in found.items() if label.is_marked or label.kind in style}
        runs = _Runs(lines, labels).find()
        if len(runs) > len(best):
            best = runs
    return best


class _Runs:
    """Finds the records among the labels of one style."""

    def __init__(self, lines: list[str], labels: dict[int, Label]) -> None:
        self.lines = lines
        self.values = {place: self._value(place, labels) for place in labels}
        sure = {
            place: label
            for place, label in labels.items()
            if (label.is_marked and (label.value or self.values[place]))
            or plausible(label, self.values[place])
        }
        self.labels = by_layout(lines, labels, sure)
        self.order = sorted(self.labels)
        self.author_first = self._author_first()

    def find(self) -> list[Run]:
        """The records in the order printed."""
        runs: list[Run] = []
        run: Run | None = None
        head = -1
        for place, line in enumerate(self.lines):
            label = self.labels.get(place)
            if label is not None and self._opens(label, run, head):
                run = Run(head if head >= 0 else place)
                runs.append(run)
                run.parts.append((label, [label.value]))
                head = -1
            elif label is not None and run is not None and head < 0 and self._belongs(label, run):
                run.parts.append((label, [label.value]))
            elif (is_head(line) or is_rule(line)) and self._opener_follows(place):
                head = place if is_head(line) else -1
                if run is not None and is_rule(line):
                    run.end = place
            elif run is not None and head < 0:
                self._continue(run, line, place)
        runs = [run for run in runs if self._is_record(run.names)]
        return runs if len(runs) > 1 or any(_is_sure(run) for run in runs) else []

    def _value(self, place: int, labels: dict[int, Label]) -> str:
        """What stands behind a label, with the lines that continue it."""
        parts = [labels[place].value] if labels[place].value else []
        for following in range(place + 1, min(place + 1 + _NEAR, len(self.lines))):
            line = self.lines[following].strip()
            if following in labels or (not line and parts) or (parts and is_furniture(line)):
                break
            if line:
                parts.append(line)
        return " ".join(parts)

    def _author_first(self) -> bool:
        """Whether the author stands before the title in this list."""
        names = [self.labels[place].name for place in self.order]
        pairs = list(itertools.pairwise(names))
        return pairs.count(("author", "title")) >= max(1, pairs.count(("title", "author")))

    def _is_record(self, names: set[str]) -> bool:
        main = names & MAIN
        return len(main) >= 2 if "title" in main else len(main) >= 3

    def _opens(self, label: Label, run: Run | None, head: int) -> bool:
        """Whether a record begins with this label."""
        if label.name not in MAIN and head < 0 and not label.numbered:
            return False
        if run is not None and head < 0 and not label.numbered and not self._turns_back(label, run.parts):
            return False
        in_abstract = run is not None and head < 0 and run.parts[-1][0].name == "abstract"
        return not (in_abstract and not self._stands_apart(label)) and self._starts_record(label.line)

    def _turns_back(self, label: Label, parts: list[tuple[Label, list[str]]]) -> bool:
        """Whether the order of labels says that this one begins the next record."""
        seen = {one.name for one, _ in parts}
        if label.name == "title":
            return "title" in seen
        if label.name == "author":
            if "title" in seen and self.author_first:
                return True
            return "author" in seen and parts[-1][0].name != "author" and bool(seen & MAIN - {"author"})
        return label.name in seen and "title" not in seen and len(seen & MAIN) >= 3

    def _starts_record(self, place: int) -> bool:
        """Whether the labels that follow, up to the next beginning, make a record."""
        parts: list[tuple[Label, list[str]]] = []
        start = bisect_left(self.order, place)
        for number in range(start, len(self.order)):
            label = self.labels[self.order[number]]
            if parts and (self._turns_back(label, parts) or label.numbered):
                break
            if parts and not self._is_near(parts[-1][0], label):
                break
            parts.append((label, []))
            if self._is_record({one.name for one, _ in parts}):
                return True
            if label.name == "abstract":
                # What follows an abstract without having made a record begins another.
                break
        return False

    def _is_near(self, first: Label, second: Label) -> bool:
        between = self.lines[first.line + 1 : second.line]
        if first.name == "abstract":
            return len(between) < 60
        written = sum(bool(line.strip()) for line in between)
        paragraphs = sum(
            bool(line.strip()) and (not before.strip())
            for before, line in zip([self.lines[first.line], *between], between, strict=False)
        )
        return written <= _NEAR and paragraphs <= (0 if first.value else 1)

    def _stands_apart(self, label: Label) -> bool:
        """Whether the line before is blank or ends a sentence, so that this is no wrapped line of it."""
        if label.is_marked or not label.line:
            return True
        before = self.lines[label.line - 1]
        return (
            not before.strip()
            or bool(_SENTENCE_END.search(before))
            or is_furniture(before)
            or len(before) > 120
            or follows_in_order(self.lines, label.line, self.labels)
        )

    def _belongs(self, label: Label, run: Run) -> bool:
        """Whether this label adds a field to the record at hand."""
        before = run.parts[-1][0]
        repeated = label.name in run.names
        if before.name == "abstract":
            return not repeated and plausible(label, self.values[label.line]) and self._stands_apart(label)
        if not label.is_marked and not self._stands_apart_from_title(label, before):
            return False
        return not repeated or label.name == before.name or label.is_marked

    def _stands_apart_from_title(self, label: Label, before: Label) -> bool:
        # A title that is wrapped before "Reference groups ..." has a line that begins with a label.
        return before.name != "title" or label.name != "title"

    def _opener_follows(self, place: int) -> bool:
        following = next((at for at in range(place + 1, len(self.lines)) if self.lines[at].strip()), -1)
        return following in self.labels and self._starts_record(following)

    def _continue(self, run: Run, line: str, place: int) -> None:
        """Add a line without a label to the record, or leave it to the page."""
        label, printed = run.parts[-1]
        if label.name == "abstract":
            printed.append(line)
            return
        closed = len(printed) > 1 and not printed[-1].strip() and any(text.strip() for text in printed)
        if closed or is_furniture(line):
            if not closed:
                printed.append("")
            if line.strip() and not is_furniture(line):
                run.orphans.append(line)
                run.end = run.end or place
            return
        value = " ".join(text.strip() for text in printed).strip()
        if (
            line.strip()
            and label.name in ("source", "publisher")
            and looks_like_reference(value)
            and not looks_like_reference(f"{value} {line.strip()}")
        ):
            printed.append("")
            run.orphans.append(line)
            run.end = run.end or place
        elif not line.strip() or len(printed) <= _NEAR:
            printed.append(line)


def _is_sure(run: Run) -> bool:
    """Whether one record alone says that this is a list: a heading "Title" with a "Summary" does not."""
    return bool(run.names & {"author", "source", "publisher"}) or any(
        label.is_marked for label, _ in run.parts
    )
