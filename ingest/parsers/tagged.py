"""What the tagged formats have in common: a record is a run of lines, each field begins with a tag.

``Layout`` says how a format prints its records, ``pieces`` reads them, ``Values`` hands the fields out to
whoever fills a ``Draft``: what nobody takes is kept in ``extra`` by its tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.identity import isbns, normalise_doi
from corpus.record import Author, Piece, Problem
from ingest.fields.dates import database_date
from ingest.fields.draft import Draft, clean_doi, clean_issn
from ingest.fields.entities import unescape
from ingest.fields.names import is_others, parse_name, strip_et_al
from ingest.fields.pages import page_range, total_pages
from ingest.files.text import Text

#: A tag and what is printed behind it, with the lines that continue it.
Field = tuple[str, str]
#: (id, record in the making) of the fields of a record; ``None`` if they say nothing.
Drafter = Callable[[list[Field]], tuple[str, Draft] | None]

_PARAGRAPH = re.compile(r"^[^\S\n]*\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*", re.MULTILINE)
_OUTDENTED = re.compile(r"\n[ \t]*\n(?=\S)")
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\d[ -]?){9}[\dXx](?!\d)|(?<!\d)(?:\d-?){13}(?!\d)")
_ISSN = re.compile(r"(?<!\d)\d{4}-?\d{3}[\dXx](?!\d)")
_SUFFIXES = frozenset({"jr", "sr", "2nd", "3rd", "4th", "ii", "iii", "iv"})
_WHOLE = frozenset({"book", "report", "thesis", "pamphlet"})

#: The stripped lines that databases print before, between and after records.
FURNITURE = re.compile(
    r"""(?:
        (?:Provider|Database|Content|Source|Search(?:\ Strategy)?|Results?|Date)\s*:.*
      | Export(?:ed)?(?:\ (?:Date|on))?\s*:.*
      | [<\[(]?\d+\s*\.?\s*[>\])]?[.):]?
      | (?:Record|Result|Reference|Citation)\s+\#?\d+(?:\s+of\s+\d+)?[.:]?
      | [-=_*~\#\s]+
      | EOF | END
    )\Z""",
    re.VERBOSE | re.IGNORECASE,
)
#: Characters of which a longer name is none.
LONGEST_NAME = 1000
# The number of a record, printed above it.
_NUMBER = re.compile(r"\n[ \t]*(?:<\d+\s*\.?\s*>|\d+\.|Record \d+ of \d+)[ \t]*\s*\Z")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a tagged format prints its records.

    ``tag`` is the pattern of a tag at the beginning of a line, with one group named so; ``start`` matches
    up to where a record begins, and never within one. ``end`` matches its last line. Values of the tags
    in ``prose`` may hold blank lines; in the others a line behind a blank one must be indented, else it is
    no part of the record. Two fields with ``telling`` tags are a record also where ``start`` is missing.
    """

    tag: str
    start: re.Pattern[str]
    telling: frozenset[str]
    end: re.Pattern[str] | None = None
    prose: frozenset[str] = frozenset()
    furniture: re.Pattern[str] = FURNITURE
    field: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Make the pattern of a whole field out of that of its tag."""
        again = self.tag.replace("(?P<tag>", "(?:")
        pattern = re.compile(rf"^{self.tag}(.*(?:\n(?!{again}).*)*)", re.MULTILINE)
        object.__setattr__(self, "field", pattern)


def pieces(text: Text, layout: Layout, draft: Drafter, format: str) -> Iterator[Piece]:
    """The records in the order printed; text between them that is no furniture is a problem."""
    for line, part in text.parts(layout.start):
        before = 0
        starts = dict.fromkeys(match.end() for match in layout.start.finditer(part))
        for start, end in pairwise([*starts, len(part)]):
            yield from _between(part[before:start], text.source, line, layout, draft, format)
            line += part.count("\n", before, start)
            before = _end(part[start:end], layout) + start
            yield _piece(part[start:before].rstrip(), text.source, line, layout, draft, format)
            line += part.count("\n", start, before)
        yield from _between(part[before:], text.source, line, layout, draft, format)


def _piece(raw: str, source: str, line: int, layout: Layout, draft: Drafter, format: str) -> Piece:
    made = draft(layout.field.findall(raw))
    if made is None:
        reason = "record holds nothing but its type"
        return Problem(source, line, raw, reason, "export it again, or leave it out")
    return made[1].source_record(made[0], source, format, line, raw)


def _end(raw: str, layout: Layout) -> int:
    """Where a record ends of which ``raw`` reaches to the beginning of the next."""
    closing = layout.end.search(raw) if layout.end else None
    end = closing.end() if closing else len(raw)
    number = _NUMBER.search(raw, max(0, end - 60), end)
    if number and not closing and not layout.prose:
        end = number.start() + 1
    if not _OUTDENTED.search(raw, 0, end):
        return end
    for match in layout.field.finditer(raw, 0, end):
        if match["tag"] not in layout.prose and (gap := _OUTDENTED.search(raw, *match.span())):
            return gap.end()
    gap = _OUTDENTED.search(raw, max(0, _furniture_at_end(raw, end, layout) - 1), end)
    return gap.end() if gap else end


def _furniture_at_end(raw: str, end: int, layout: Layout) -> int:
    """Where the lines begin behind which there is nothing but furniture."""
    while end:
        start = raw.rfind("\n", 0, end - 1) + 1
        if not _is_furniture(raw[start:end], layout):
            break
        end = start
    return end


def _is_furniture(text: str, layout: Layout) -> bool:
    lines = (line.strip() for line in text.split("\n"))
    return all(layout.furniture.match(line) for line in lines if line)


def _between(
    stretch: str, source: str, line: int, layout: Layout, draft: Drafter, format: str
) -> Iterator[Piece]:
    """What stands between two records: nothing, headers, a record that has lost its head, or a problem."""
    if not stretch.strip():
        return
    for match in _PARAGRAPH.finditer(stretch):
        raw = match.group()
        where = line + stretch.count("\n", 0, match.start())
        first = layout.field.search(raw)
        fields = layout.field.findall(raw)
        made = draft(fields) if sum(tag in layout.telling for tag, _ in fields) > 1 else None
        head = raw[: first.start()] if first and made else raw
        if not _is_furniture(head, layout):
            hint = "give it a tag if it is part of a record"
            yield Problem(source, where, head.rstrip(), "text between records", hint)
        if first and made:
            where += head.count("\n")
            yield made[1].source_record(made[0], source, format, where, raw[first.start() :])


def one_line(value: str) -> str:
    """A value as one line, its spaces made single where it was wrapped."""
    return " ".join(value.split()) if "\n" in value else value.strip()


def each_line(value: str) -> list[str]:
    """The lines of a value that are not empty."""
    return [line.strip() for line in value.split("\n") if line.strip()]


class Values:
    """The fields of one record by tag, each taken once; empty ones are left out."""

    def __init__(self, fields: Iterable[Field]) -> None:
        """The fields in the order printed."""
        self._values: dict[str, list[str]] = {}
        for tag, value in fields:
            if value and not value.isspace():
                self._values.setdefault(tag, []).append(unescape(value))

    def __bool__(self) -> bool:
        """Whether anything is left."""
        return bool(self._values)

    def __contains__(self, tag: str) -> bool:
        """Whether a value of that tag is left."""
        return tag in self._values

    def look(self, tag: str) -> str:
        """The first value of a tag on one line, left where it is; "" if there is none."""
        return one_line(self._values[tag][0]) if tag in self._values else ""

    def take_first(self, tag: str) -> str:
        """The first value of a tag on one line; the others are left."""
        first = self.look(tag)
        if first:
            self._values[tag].pop(0)
            if not self._values[tag]:
                del self._values[tag]
        return first

    def take(self, tag: str) -> list[str]:
        """The values of a tag, each on one line."""
        return [one_line(value) for value in self._values.pop(tag, ())]

    def take_lines(self, tag: str) -> list[str]:
        """The lines of all values of a tag."""
        return [line for value in self._values.pop(tag, ()) for line in each_line(value)]

    def keep_rest(self, made: Draft, by_line: frozenset[str] = frozenset()) -> None:
        """Keep what was not taken in ``extra``; each line for itself where the tag is in ``by_line``."""
        for tag in list(self._values):
            for text in self.take_lines(tag) if tag in by_line else self.take(tag):
                made.keep(tag, text)


def put_texts(made: Draft, values: Values, fields: Mapping[str, str]) -> None:
    """Take the tags that fill one field each, in the order of the table: the first found fills it."""
    for tag, name in fields.items():
        for text in values.take(tag):
            made.put(name, text, tag)


def put_names(made: Draft, names: Iterable[str], tag: str, role: str, *, person: bool = False) -> None:
    """Add names, each once; "et al." says that there are more, what holds no name is kept by its tag."""
    for printed in dict.fromkeys(names):
        if len(printed) > LONGEST_NAME:
            made.keep(tag, printed)
            continue
        if is_others(printed):
            made.et_al = True
            continue
        name, cut = strip_et_al(printed)
        made.et_al = made.et_al or cut
        author = database_name(name, role, person=person)
        if not (author.family or author.literal):
            made.keep(tag, printed)
        elif author not in made.authors:
            made.authors.append(author)


def database_name(text: str, role: str = "author", *, person: bool = False) -> Author:
    """The author of "Family, Given Jr", "Family AB Jr", "Family AB" or of an organisation: "Carers UK,"."""
    if text.endswith(",") and text.count(",") == 1 and " " in text:
        # EndNote asks for a comma behind the name of an organisation.
        return Author(literal=text[:-1].strip(), role=role)
    bare, _, suffix = text.rpartition(" ")
    bare = bare.rstrip(" ,")
    if " " not in bare or suffix.rstrip(".").lower() not in _SUFFIXES:
        return parse_name(text, role, person=person)
    author = parse_name(bare, role, person=person)
    if not (author.family and author.given):
        return parse_name(text, role, person=person)
    return replace(author, suffix=suffix)


def put_dates(made: Draft, dates: Iterable[tuple[str, str]]) -> None:
    """Take the most exact date that agrees with the first; of the others keep those that say more.

    A date without a year ("Oct 14") is of the year of the first.
    """
    found = [(tag, text, database_date(text)) for tag, text in dates]
    years = [date[:4] for _, _, date in found if date]
    if years:
        found = [(tag, text, date or database_date(f"{text} {years[0]}")) for tag, text, date in found]
        made.issued = max((date for _, _, date in found if date[:4] == years[0]), key=len)
    for tag, text, date in found:
        if not (date and made.issued.startswith(date)):
            made.keep(tag, text)


def put_pages(made: Draft, first: str, last: str, tags: tuple[str, str]) -> None:
    """The pages of a work from its first and last; a book's lone number is how many it has."""
    if first and not last and made.type in _WHOLE:
        if total := first if first.isdecimal() else total_pages(first):
            made.put("number_of_pages", total, tags[0])
            return
    elif first and not last and (total := total_pages(first)):
        made.put("number_of_pages", total, tags[0])
        return
    apart = first and last and first != last and "-" not in first
    pages = page_range(f"{first}-{last}" if apart else first or last)
    made.put("page", pages, tags[0])
    if apart and not pages.endswith(last):
        made.keep(tags[1], last)
    elif not apart and pages != (first or last):
        made.keep(tags[0], first or last)


def put_serials(made: Draft, texts: Iterable[str], tag: str) -> None:
    """ISBN and ISSN, which many formats print under one tag."""
    serials = [made.texts.pop("issn")] if "issn" in made.texts else []
    for text in texts:
        # Publishers' misprints have wrong check digits: the length tells as well.
        if isbns(text) or _LONG_NUMBER.search(text):
            made.put("isbn", text, tag)
        elif _ISSN.search(text):
            serials.append(text)
        else:
            made.keep(tag, text)
    if serials:
        made.texts["issn"] = clean_issn(" ".join(serials))


def put_doi(made: Draft, texts: Iterable[str], tag: str) -> None:
    """The DOI; what is none is kept by its tag."""
    for text in texts:
        if normalise_doi(text):
            made.put("doi", clean_doi(text), tag)
        else:
            made.keep(tag, text)


def split_words(texts: Iterable[str]) -> list[str]:
    """Keywords one by one: parted by semicolons where there are any."""
    return [word for text in texts for word in text.split(";")]
