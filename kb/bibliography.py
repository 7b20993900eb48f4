"""A bibliography that one can send: references in a style, grouped, with the words that earned each theme."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.theme import Tag
from kb import citing
from kb.citing.reference import Reference, Run
from kb.documents.blocks import Block, Document, Heading, NewPage, Paragraph, plain
from kb.knowledge_base import KnowledgeBase
from kb.retractions import Notice, marker, notices
from kb.searches.strategy import strategy
from kb.selection import Selection
from kb.wording import DIRECTION_NOUNS, day, listed, many

GroupBy = Literal["theme", "setting", "year", "direction"]
GROUPS: tuple[GroupBy, ...] = get_args(GroupBy)

Part = Literal["abstracts", "quotes", "strategy"]
PARTS: tuple[Part, ...] = get_args(Part)

#: More than this is no document: pandoc would need more memory than a laptop has.
MOST = 10_000

_ONE = {"barrier": "Barrier", "enabler": "Enabler", "driver": "Driver"}


@dataclass(frozen=True, slots=True)
class Form:
    """How a bibliography is to look: style by name or file, groups, what goes along with a reference."""

    style: str = "harvard-cite-them-right"
    group_by: GroupBy | None = None
    parts: frozenset[Part] = frozenset({"quotes", "strategy"})
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    reference: Reference
    record: Record
    tags: Sequence[Tag]
    notices: Sequence[Notice]
    remark: str


@dataclass(frozen=True, slots=True)
class _Group:
    """References under one heading; ``wanted`` says which tags belong to it."""

    label: str
    entries: Sequence[_Entry]
    wanted: Callable[[Tag], bool]


def bibliography(library: KnowledgeBase, chosen: Selection, form: Form) -> Document:
    """The document. Raises ``EvidenceError`` for an unknown style, and where there is too much for one."""
    if len(chosen.ids) > MOST:
        raise EvidenceError(
            f"{many(len(chosen.ids), 'record')} are too many for a document (at most {MOST:,}); narrow the"
            " search, take -n, or write ris, bibtex, csv or xlsx."
        )
    style = citing.chosen(form.style)
    entries = _entries(library, chosen, style)
    blocks = list(_opening(library, chosen, form, entries))
    for group in _groups(library, chosen, form, entries):
        if group.label:
            blocks.append(Heading(1, f"{group.label} ({len(group.entries):,})"))
        for entry in group.entries:
            blocks += _entry_blocks(library, entry, group, form)
    if "strategy" in form.parts and chosen.run:
        blocks += [NewPage(), Heading(1, "Appendix: search strategy")]
        blocks += strategy(chosen.run, list(chosen.earlier), library.themes, 2)
    now = datetime.now(UTC).isoformat()
    subtitle = f"{many(len(entries), 'reference')}, {style.title}"
    return Document(form.title or chosen.title, subtitle, day(now), tuple(blocks), style.language)


def _entries(library: KnowledgeBase, chosen: Selection, style: citing.Style) -> list[_Entry]:
    records = list(library.store.records(chosen.ids))
    made = citing.processor().bibliography(records, style)
    by_id = {record.id: record for record in records}
    warned = notices(library.store, chosen.ids)
    tags: dict[str, list[Tag]] = {}
    for tag in library.store.tags(chosen.ids):
        if tag.status != "rejected":
            tags.setdefault(tag.record, []).append(tag)
    return [
        _Entry(
            reference,
            by_id[reference.record],
            tags.get(reference.record, ()),
            warned.get(reference.record, ()),
            chosen.remarks.get(reference.record, ""),
        )
        for reference in made.references
    ]


def _opening(
    library: KnowledgeBase, chosen: Selection, form: Form, entries: Sequence[_Entry]
) -> Iterator[Block]:
    total = library.store.value("select count(*) from records")
    told = f"{chosen.said}. {many(len(entries), 'reference')} of {many(total, 'record')} in the library."
    if chosen.run and len(chosen.ids) < chosen.run.total:
        told += f" These are the first {len(chosen.ids):,} of {chosen.run.total:,} found."
    yield Paragraph(plain(told))
    if form.group_by:
        several = form.group_by in ("theme", "setting", "direction")
        again = "; a work with several stands under each" if several else ""
        yield Paragraph(plain(f"Grouped by {form.group_by}{again}."))
    for note in chosen.notes:
        yield Paragraph(plain(note))
    warned = [entry for entry in entries if marker(entry.notices)]
    if warned:
        names = listed([entry.record.id for entry in warned])
        yield Paragraph(
            plain(f"{many(len(warned), 'work')} retracted or in doubt, marked below: {names}."), "Warning"
        )


def _groups(
    library: KnowledgeBase, chosen: Selection, form: Form, entries: Sequence[_Entry]
) -> Iterator[_Group]:
    if form.group_by is None:
        yield _Group("", entries, _asked(library, chosen))
    elif form.group_by == "year":
        years = sorted({entry.record.year or 0 for entry in entries}, reverse=True)
        for year in years:
            among = [entry for entry in entries if (entry.record.year or 0) == year]
            yield _Group(str(year) if year else "Without a year", among, _asked(library, chosen))
    else:
        yield from _by_tag(library, chosen, form.group_by, entries)


def _by_tag(
    library: KnowledgeBase, chosen: Selection, group_by: GroupBy, entries: Sequence[_Entry]
) -> Iterator[_Group]:
    axis = {"theme": "factor", "setting": "setting"}.get(group_by, "")
    labels: Mapping[str, str] = (
        {theme.id: theme.label for theme in library.themes.values() if theme.axis == axis}
        if axis
        else DIRECTION_NOUNS
    )
    asked = _asked(library, chosen)
    ways = chosen.query.filters.direction if chosen.query else ()
    left = {entry.record.id for entry in entries}
    for value, label in labels.items():

        def belongs(tag: Tag, value: str = value) -> bool:
            if group_by != "setting" and ways and tag.direction not in ways:
                return False
            return value == (tag.theme if axis else tag.direction)

        # A setting earns no quotes of its own: those that were asked for stand there.
        wanted = belongs if group_by != "setting" else asked
        among = [entry for entry in entries if any(map(belongs, entry.tags))]
        if among:
            left -= {entry.record.id for entry in among}
            yield _Group(label, among, wanted)
    if rest := [entry for entry in entries if entry.record.id in left]:
        yield _Group(f"Without a {group_by}", rest, asked)


def _asked(library: KnowledgeBase, chosen: Selection) -> Callable[[Tag], bool]:
    """Which tags are what was asked for: by the filters, or all that are about what makes or breaks."""
    filters = chosen.query.filters if chosen.query else None
    themes = {*filters.theme, *filters.setting} if filters else set()
    directions = set(filters.direction) if filters else set()

    def wanted(tag: Tag) -> bool:
        if themes or directions:
            return (not themes or tag.theme in themes) and (not directions or tag.direction in directions)
        theme = library.themes.get(tag.theme)
        return theme is not None and theme.axis == "factor"

    return wanted


def _entry_blocks(library: KnowledgeBase, entry: _Entry, group: _Group, form: Form) -> Iterator[Block]:
    label = f"{entry.reference.label} " if entry.reference.label else ""
    mark = marker(entry.notices)
    runs = entry.reference.runs or (Run(f"{entry.record.title} (the style has no entry for such a work)"),)
    before = (*((Run(label),) if label else ()), *((Run(f"{mark} ", bold=True),) if mark else ()))
    yield Paragraph((*before, *runs), "Bibliography")
    if entry.remark:
        yield Paragraph(plain(entry.remark), "Record Note")
    if "abstracts" in form.parts and entry.record.abstract:
        yield Paragraph(plain(entry.record.abstract), "Record Abstract")
    if "quotes" in form.parts:
        for quote, labels in _quotes(library, entry, group).items():
            yield Paragraph((*plain(f"“{quote}” "), *plain(f"{'; '.join(labels)}", italic=True)), "Quotation")


def _quotes(library: KnowledgeBase, entry: _Entry, group: _Group) -> dict[str, list[str]]:
    """What the quotes say of which themes, in the order of the text."""
    quotes: dict[str, list[str]] = {}
    for tag in filter(group.wanted, entry.tags):
        theme = library.themes.get(tag.theme)
        name = theme.label if theme else tag.theme
        told = f"{_ONE[tag.direction]}: {name}" if tag.direction else name
        labels = quotes.setdefault(" ".join(tag.quote.split()), [])
        if told not in labels:
            labels.append(told)
    return quotes
