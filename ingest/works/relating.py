"""What two works that are not one have to do with each other: preprint, erratum, part, edition ..."""

from __future__ import annotations

from ingest.works.describing import Description
from ingest.works.likeness import Likeness
from ingest.works.matching import compare
from ingest.works.placing import abstract_of

RELATIONS = (
    "erratum",
    "comment",
    "review",
    "protocol",
    "preprint",
    "abstract",
    "version",
    "edition",
    "part",
    "chapter",
)

_SAME_TITLE = ("same", "near", "contained")
#: A preprint comes before its article, an abstract before its paper; seldom by more years than these.
_AHEAD = 4


def relation(one: Description, other: Description, found: Likeness | None = None) -> str:
    """What the first is to the second, one of ``RELATIONS``; ``""`` if nothing, or only the other way round.

    An "erratum" of the other, a "comment" on it, a "review" of it (a book), its "protocol", "preprint" or
    conference "abstract", a later "version" or "edition" of it, a "chapter" of it; only "part" goes both
    ways: another part of one series. ``found`` is ``compare(one, other)``, if that is at hand.
    """
    if one.about and other.key and one.marker != other.marker and _is_about(one, other):
        return one.marker
    if _is_chapter(one, other):
        return "chapter"
    found = found or compare(one, other)
    if found.joins or found.title not in (*_SAME_TITLE, "akin") or not _one_team(one, other, found):
        return ""
    if one.marker == "erratum" and not other.marker and found.title in ("same", "near"):
        return "erratum"
    if found.title in _SAME_TITLE and one.marker == other.marker:
        return _of_one_title(one, other)
    return "part" if _is_part(one, other) else ""


def _of_one_title(one: Description, other: Description) -> str:
    dated = one.year is not None and other.year is not None
    later = (one.year or 0) - (other.year or 0) if dated else 0
    if one.numbers != other.numbers:
        return "part" if _is_part(one, other) else ""
    if one.preprint and not other.preprint and other.container:
        return "preprint" if not dated or -_AHEAD <= later <= 1 else ""
    if one.preprint or other.preprint:
        versions = one.version[0] == other.version[0] != "" and one.version[1] > other.version[1]
        return "version" if versions else ""
    if one.version[0] and one.version[0] == other.version[0]:
        return "version" if _number(one) > _number(other) else ""
    if one.cochrane and other.cochrane:
        return "version" if later > 0 else ""
    books = ("book", "report")
    if one.kind in books and one.kind == other.kind:
        return "edition" if (_edition(one), later) > (_edition(other), 0) else ""
    if one.meeting and abstract_of(one, other):
        return "abstract" if not dated or -_AHEAD <= later <= 1 else ""
    return ""


def _is_about(one: Description, other: Description) -> bool:
    """Whether a marked title holds the other's title, and nothing else speaks against it."""
    long, short = sorted((one.about, other.key), key=len, reverse=True)
    if one.about != other.key and not (len(short) >= 30 and long.startswith(short)):
        return False
    if other.weight < 3 or (one.numbers and other.numbers and one.numbers != other.numbers):
        return False
    # Others comment on a work, and review it; its errata and its protocol are by its own people.
    own = one.marker in ("erratum", "protocol") and one.family and other.family
    return not own or bool(one.families & other.families)


def _is_chapter(one: Description, other: Description) -> bool:
    if one.kind not in ("part of a book", "paper") or other.kind not in ("book", "") or other.container:
        return False
    if other.weight < 2 or not other.key or one.container_key != other.key:
        return False
    years = {one.year, other.year} - {None}
    shared = one.isbns & other.isbns
    return bool(shared) or len(years) < 2


def _is_part(one: Description, other: Description) -> bool:
    """Whether the titles count: "part 1" and "part 2", "I" and "II", and are alike but for that."""
    if one.parts and other.parts:
        return one.parts != other.parts
    # "Teams at work" and "Teams at work, part 2": the first did not know that it would be one.
    longer = one.key.startswith(other.key) or other.key.startswith(one.key)
    return longer and min(one.weight, other.weight) > 2 and bool(one.parts or other.parts)


def _edition(one: Description) -> int:
    return int(one.edition) if one.edition.isdigit() else 1


def _number(one: Description) -> int:
    return int(one.version[1] or 1)


def _one_team(one: Description, other: Description, found: Likeness) -> bool:
    if not one.family or not other.family:
        return found.title in _SAME_TITLE and min(one.weight, other.weight) > 3
    return bool(one.families & other.families)
