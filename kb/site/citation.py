"""A record as people cite it: a byline for lists, a Harvard reference for the record's own page."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.record import Author, Record
from kb.site import links

_FEW = 3
# Out in parts: the place is told by volume and pages, not by a publisher.
_ISSUED = frozenset({"article-journal", "article-magazine", "article-newspaper", "review", "review-book"})
# Works whose own title stands in italics; every other title stands in quotation marks.
_WHOLE = frozenset(
    {"bill", "book", "graphic", "legislation", "motion_picture", "report", "song", "thesis", "webpage"}
)
_DATED = frozenset({"article-magazine", "article-newspaper"})


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a reference; ``title`` says that it stands in italics."""

    text: str
    title: bool = False


def byline(record: Record) -> str:
    """Who wrote it, short: "Darlington, Feeney and Rixon"; "" if nobody is named."""
    names = [_family(author) for author in _main(record)]
    if len(names) > _FEW:
        return f"{names[0]} and others"
    return f"{_joined(names)} and others" if record.et_al and names else _joined(names)


def names(record: Record) -> str:
    """Who wrote it, in full and in reading order: "Yvonne Darlington, Judith A Feeney and Kylie Rixon"."""
    full = [_full(author) for author in _main(record)]
    text = _joined(full) + (" and others" if record.et_al and full else "")
    edited = text and not any(author.role == "author" for author in record.authors)
    return f"{text} ({'editor' if len(full) == 1 else 'editors'})" if edited else text


def reference(record: Record) -> list[Part]:
    """The Harvard reference as in Cite Them Right, in parts; joined they are its text.

    For the types that libraries hold most; ``kb.citing`` sets any type in any style where it is installed.
    """
    year = "–".join(re.findall(r"(?:^|/)(\d{4})", record.issued)) if record.year else "no date"
    title = record.title.rstrip(".") or "Untitled"
    headed = Part(title, title=True) if record.type in _WHOLE else Part(f"‘{title}’")
    who = _who(record)
    parts = [Part(f"{who} ({year}) "), headed] if who else [headed, Part(f" ({year})")]
    if record.container_title and record.type not in _WHOLE:
        editors = _editors(record) if record.type == "chapter" else ""
        parts += [
            Part(f", in {editors}" if record.type == "chapter" else ", " if who else " "),
            Part(record.container_title, title=True),
        ]
    parts.append(Part(_tail(record, parts[-1].text)))
    return [part for part in parts if part.text]


def _who(record: Record) -> str:
    people = _main(record)
    authors = [_initialled(author) for author in people]
    cut = record.et_al or len(authors) > _FEW
    who = f"{authors[0]} et al." if cut and authors else _joined(authors)
    if people and people[0].role == "editor":
        who += " (ed.)" if len(people) == 1 else " (eds)"
    return who


def _editors(record: Record) -> str:
    editors = [author for author in record.authors if author.role == "editor"]
    if not editors or editors == _main(record):
        return ""
    names = [" ".join(filter(None, (_initials(each), _family(each)))) for each in editors]
    said = f"{names[0]} et al." if len(names) > _FEW else _joined(names)
    return f"{said} ({'ed.' if len(names) == 1 else 'eds'}) "


def _tail(record: Record, before: str) -> str:
    """What follows the title of the work, or of what it is in."""
    pages = record.page.replace("-", "–")
    paged = f"{'pp.' if re.search(r'[–,]', pages) else 'p.'} {pages}" if pages else ""
    if record.container_title and record.type in _ISSUED:
        volume = record.volume + (f"({record.issue})" if record.issue else "")
        when = _day(record) if record.type in _DATED else ""
        tail = "".join(f", {text}" for text in (volume, when, paged) if text) + "."
    else:
        tail = "" if before.endswith(("?", "!", ".")) else "."
        tail += "".join(f" {text}." for text in (_edition(record), record.genre) if text)
        place = "" if record.type == "thesis" else record.publisher_place
        made = ": ".join(text for text in (place, record.publisher) if text)
        series = f" ({record.collection_title})" if record.collection_title and record.type == "book" else ""
        made = ", ".join(
            text for text in (f"{made}{series}", paged if record.container_title else "") if text
        )
        tail += f" {made}." if made else ""
    address = f"https://doi.org/{record.doi}" if record.doi else links.safe(record.url)
    return f"{tail} Available at: {address}." if address else tail


def _edition(record: Record) -> str:
    number = re.match(r"(\d+)(?:st|nd|rd|th)?\b", record.edition)
    if not number:
        return record.edition.rstrip(".")
    value = int(number.group(1))
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending} edn"


def _day(record: Record) -> str:
    match = re.fullmatch(r"\d{4}-(\d\d)-(\d\d)", record.issued)
    if not match or not 1 <= int(match.group(1)) <= 12:
        return ""
    return f"{int(match.group(2))} {month_name[int(match.group(1))]}"


def _main(record: Record) -> list[Author]:
    authors = [author for author in record.authors if author.role == "author"]
    return authors or [author for author in record.authors if author.role == "editor"]


def _family(author: Author) -> str:
    return author.literal or f"{author.particle} {author.family}".strip() or author.given


def _full(author: Author) -> str:
    parts = (author.given, author.particle, author.family, author.suffix)
    return author.literal or " ".join(part for part in parts if part)


def _initialled(author: Author) -> str:
    if author.literal:
        return author.literal
    return ", ".join(part for part in (_family(author), _initials(author), author.suffix) if part)


def _initials(author: Author) -> str:
    words = (word for word in re.split(r"[\s.]+", author.given) if word)
    return "".join("-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in words)


def _joined(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
