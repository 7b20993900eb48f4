"""How alike two descriptions are, in points and in words, and what forbids that they are one work."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.record import Record
from ingest.containers import same_container
from ingest.describing import Description
from ingest.titles import relate, typo

#: Points from which two descriptions are one work. A title of four words or more gives 5, the first
#: author 2, the year 1; a further agreement must pay for anything that disagrees.
JOIN = 7.5


@dataclass(slots=True)
class Likeness:
    """What was found in comparing two descriptions; ``conflict`` is why they can never be one work."""

    score: float = 0.0
    conflict: str = ""
    title: str = ""
    same: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    identified: bool = False

    @property
    def joins(self) -> bool:
        """Whether the two are one work as far as they themselves go."""
        return self.score >= JOIN and not self.conflict

    def __str__(self) -> str:
        """What is the same, and what is not: "same title, year 2005; pages differ"."""
        same = f"same {', '.join(self.same)}" if self.same else ""
        # "issues and pages differ" need not be told twice.
        others = [name for name in self.different if name not in self.conflict]
        different = f"{', '.join(others)} differ" if others else ""
        return "; ".join(filter(None, (same, different, self.conflict)))

    def add(self, points: float, same: str = "", different: str = "", conflict: str = "") -> None:
        """Count one finding; the first conflict found is the one that is told."""
        self.score += points
        if same:
            self.same.append(same)
        if different:
            self.different.append(different)
        self.conflict = self.conflict or conflict


def compare(one: Description, other: Description) -> Likeness:
    """How alike two descriptions are; the order of the two makes no difference."""
    # Words such as "page 12" are taken from the first of the two: make that a matter of content.
    if (other.key, other.record.title, other.record.page) < (one.key, one.record.title, one.record.page):
        one, other = other, one
    found = Likeness()
    _identifiers(one, other, found)
    _titles(one, other, found)
    _sorts(one, other, found)
    _authors(one, other, found)
    _years(one, other, found)
    page = _places(one, other, found)
    # Two papers of one team in one issue can have titles like that; on one page they cannot.
    if found.title == "akin" and page <= 0 and not found.identified:
        found.score = min(found.score, JOIN - 0.5)
    if not found.joins and not found.conflict and _identical(one, other):
        found.add(JOIN - found.score, same="text in every field")
    return found


def _identical(one: Description, other: Description) -> bool:
    """Whether two descriptions with a title of some length say the same, though it is little."""
    fields = (name for name in Record.__dataclass_fields__ if name != "id")
    return one.weight > 2 and all(getattr(one.record, name) == getattr(other.record, name) for name in fields)


def _identifiers(one: Description, other: Description, found: Likeness) -> None:
    differing = ""
    for scheme in ("doi", "pmid", "pmcid"):
        left, right = one.ids.get(scheme, ""), other.ids.get(scheme, "")
        if left and left == right:
            found.add(0.0 if found.identified else 6.0, same=f"{scheme.upper()} {left}")
            found.identified = True
        elif left and right:
            differing = differing or scheme.upper()
    # One mistyped identifier is outweighed by another that agrees, if the titles do as well.
    if differing and not (found.identified and one.key == other.key):
        found.add(0.0, conflict=f"{differing}s differ")
    if (
        not found.identified
        and one.kind != "part of a book"
        and one.kind == other.kind
        and one.isbns & other.isbns
    ):
        found.add(3.0, same=f"ISBN {min(one.isbns & other.isbns)}")


def _titles(one: Description, other: Description, found: Likeness) -> None:
    found.title = relation = relate(one, other)
    full = (0.5, 1.5, 3.0, 4.0, 5.0)[min(one.weight, other.weight, 4)]
    if relation == "same":
        found.add(full, same="title")
    elif relation == "near":
        found.add(full - 1, same="title but for spelling")
    elif relation == "contained":
        found.add(full - 2, same="title but for an addition")
    elif relation == "akin":
        found.add(full - 4, different="titles")
    elif relation == "translated" and (found.identified or _same_pages_in_full(one, other)):
        found.add(0.0, different="titles (one may be a translation)")
    elif relation:
        found.add(-6.0, conflict="titles differ")
    elif not found.identified:
        found.add(0.0, conflict="no title")
    if one.numbers != other.numbers:
        if one.numbers - other.numbers and other.numbers - one.numbers:
            found.add(0.0, conflict="numbers in the titles differ")
        else:
            found.add(-1.5)


def _sorts(one: Description, other: Description, found: Likeness) -> None:
    if one.marker != other.marker and ("erratum" in (one.marker, other.marker) or not found.identified):
        marker = one.marker or other.marker
        found.add(0.0, conflict=f"one is {'an' if marker[0] in 'aeiou' else 'a'} {marker}")
    if one.preprint != other.preprint and not found.identified:
        # A description without journal or DOI may be of either.
        published = other if one.preprint else one
        known = bool(published.container or published.ids)
        found.add(-2.0, conflict="one is a preprint or working paper" if known else "")
    kinds = {one.kind, other.kind} - {""}
    if len(kinds) == 2 and not found.identified:
        first, second = sorted(kinds)
        compatible = kinds in ({"article", "paper"}, {"paper", "part of a book"}, {"book", "report"})
        found.add(
            -0.5 if compatible else 0.0, conflict="" if compatible else f"one is a {second}, one a {first}"
        )
    elif kinds & {"book", "report", "thesis"} and one.kind == other.kind:
        found.add(1.0)
    if one.edition != other.edition and kinds & {"book", "report"}:
        found.add(0.0, conflict="editions differ")


def _authors(one: Description, other: Description, found: Likeness) -> None:
    if not one.family or not other.family:
        return
    name = max(one.name, other.name, key=lambda name: (len(name), name))
    shared = len(one.families & other.families)
    everyone = len(one.families) > 1 and one.families == other.families
    if _same_family(one, other):
        if (
            one.given[:1] != other.given[:1]
            and one.given
            and other.given
            and one.family == other.family
            and shared < 2
        ):
            found.add(-1.0, different="first names")
        else:
            found.add(2.5 if everyone or shared > 2 else 2.0, same=f"first author {name}")
    elif shared * 2 >= min(len(one.families), len(other.families)):
        # Two abstracts of one team differ like this: the title must then be sure.
        veto = found.title in ("akin", "") and not found.identified
        conflict = "titles and first authors differ" if veto else ""
        found.add(1.5 if everyone else 0.5, same="authors in another order", conflict=conflict)
    else:
        strangers = not any(typo(left, right) for left in one.families for right in other.families)
        # A work is catalogued under its people by one, under their organisation by another.
        veto = not shared and strangers and one.personal == other.personal and not found.identified
        found.add(-4.0, different="authors", conflict="authors differ" if veto else "")


def _same_family(one: Description, other: Description) -> bool:
    left, right = one.family, other.family
    if left == right or typo(left, right) or _swapped(one, other) or _swapped(other, one):
        return True
    # "van Kessel" and "Kessel", "Garcia Lopez" and "Garcia".
    short, long = sorted((left, right), key=len)
    return len(short) >= 4 and (long.endswith(short) or long.startswith(short))


def _swapped(one: Description, other: Description) -> bool:
    """Whether the second prints the first's family name as the given one: "Wu, C. Y.", "Ching-yi, Wu"."""
    return bool(one.given) and other.given == one.family and other.family[:1] == one.given[0]


def _years(one: Description, other: Description, found: Likeness) -> None:
    if one.year is None or other.year is None:
        return
    apart = abs(one.year - other.year)
    if apart == 0:
        found.add(1.0, same=f"year {one.year}")
    elif found.identified:
        found.add(-0.5 * min(apart, 4), different="years")
    elif apart == 1 and "book" not in (one.kind, other.kind):
        found.add(-1.5, different="years")
    else:
        found.add(-4.0, different="years", conflict="years differ")


def _places(one: Description, other: Description, found: Likeness) -> int:
    """Count where the two stand; gives 1 where they begin on the same page, -1 where not, 0 unknown."""
    container = same_container(one.container, other.container)
    if container > 0:
        found.add(1.5 * container, same="journal" if one.kind == other.kind == "article" else "container")
    elif container < 0:
        found.add(-1.0 if found.identified else -2.5, different="containers")
    elif one.kind in ("book", "report") and one.kind == other.kind:
        _publishers(one, other, found)
    volume = _same(one.volume, other.volume)
    if volume:
        weight = 0.5 if found.identified or container < 0 else 1.0
        found.add(1.0 if volume > 0 else -2.0 * weight, *_said(volume, f"volume {one.volume}", "volumes"))
    issue = _same(one.issue, other.issue)
    if issue:
        found.add(0.5 * issue, *_said(issue, f"issue {one.issue}", "issues"))
    page = _pages(one, other, found)
    # A column under one title in every issue; an erratum under the title of its article.
    other_issue = issue < 0 and page <= 0 and one.issue.isdigit() and other.issue.isdigit()
    if volume < 0 and page < 0 and not found.identified:
        found.add(0.0, conflict="volumes and pages differ")
    elif other_issue and not found.identified:
        found.add(0.0, conflict="issues and pages differ" if page else "issues differ")
    return page


def _pages(one: Description, other: Description, found: Likeness) -> int:
    last = _same(one.last_page, other.last_page)
    first = _same_page(one, other)
    if first > 0:
        found.add(2.5 if last > 0 else 2.0, same=f"page {one.first_page}")
    elif first < 0 and last > 0 and _apart(one.first_page, other.first_page) <= 2:
        found.add(0.5, same=f"last page {one.last_page}")
        return 0
    elif first < 0:
        found.add(-3.0, different="pages")
    return first


def _publishers(one: Description, other: Description, found: Likeness) -> None:
    if one.record.publisher and other.record.publisher:
        if same_container(one.record.publisher.casefold(), other.record.publisher.casefold()) > 0:
            found.add(1.0, same="publisher")
        else:
            found.add(-0.5, different="publishers")


def _said(verdict: int, same: str, different: str) -> tuple[str, str]:
    return (same, "") if verdict > 0 else ("", different)


def _same(one: str, other: str) -> int:
    if not one or not other:
        return 0
    return 1 if one == other else -1


def _same_page(one: Description, other: Description) -> int:
    left, right = one.first_page, other.first_page
    # Online first: pages of the file, not of the volume.
    if left != right and "1" in (left, right):
        return 0
    # Article numbers: e753 is 753. Letters that only one source prints: c37-c42 is 37-42.
    if "e" in (left[:1], right[:1]) or (one.issue == other.issue and one.last_page and other.last_page):
        lefts, rights = (
            (_number(one.first_page), _number(one.last_page)),
            (_number(right), _number(other.last_page)),
        )
        if lefts == rights and (left.isdigit() or right.isdigit()):
            return 1
        if "e" in (left[:1], right[:1]):
            left, right = left.removeprefix("e"), right.removeprefix("e")
    return _same(left, right)


def _number(page: str) -> str:
    return page.lstrip("abcdefghijklmnopqrstuvwxyz")


def _apart(left: str, right: str) -> int:
    """How many pages lie between two; letters must agree."""
    if left[: -len(_number(left))] != right[: -len(_number(right))]:
        return 10_000
    return abs(int(_number(left)) - int(_number(right)))


def _same_pages_in_full(one: Description, other: Description) -> bool:
    """Whether both stand on the same three pages or more of the same volume, by the same people."""
    if not one.first_page.isdigit() or not one.last_page.isdigit() or one.first_page == "1":
        return False
    place, its_place = (
        (each.first_page, each.last_page, each.volume, each.year, each.families) for each in (one, other)
    )
    if not one.volume or place != its_place:
        return False
    return (
        2 <= _apart(one.first_page, one.last_page) <= 60
        and same_container(one.container, other.container) == 1
    )
