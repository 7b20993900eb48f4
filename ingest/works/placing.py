"""Whether two descriptions stand at one place: journal or book, volume, issue and pages."""

from __future__ import annotations

from ingest.works.containers import same_container
from ingest.works.describing import Description
from ingest.works.likeness import Likeness


def place(one: Description, other: Description, found: Likeness) -> None:
    """Count where the two stand; ``found.page`` says whether they begin on one page."""
    if "thesis" in (one.kind, other.kind):
        # Volume and page are those of the list that has its abstract.
        _publishers(one, other, found)
        return
    container = same_container(one.container, other.container)
    if container > 0:
        found.add(1.5 * container, same="journal" if one.kind == other.kind == "article" else "container")
    elif container < 0:
        found.add(-1.0 if found.identified else -2.5, different="containers")
    elif one.kind in ("book", "report") and one.kind == other.kind:
        _publishers(one, other, found)
    if _shifted(one, other) or _shifted(other, one):
        found.add(1.5, same="volume and issue, printed one column further")
        return
    volume = _same(one.volume, other.volume)
    if volume:
        weight = 0.5 if found.identified or container < 0 else 1.0
        found.add(1.0 if volume > 0 else -2.0 * weight, *_said(volume, f"volume {one.volume}", "volumes"))
    issue = _same(one.issue, other.issue)
    if issue:
        found.add(0.5 * issue, *_said(issue, f"issue {one.issue}", "issues"))
    page = found.page = _pages(one, other, found)
    # A column under one title in every issue; an erratum under the title of its article.
    other_issue = issue < 0 and page <= 0 and one.issue.isdigit() and other.issue.isdigit()
    if volume < 0 and page < 0 and not found.identified:
        found.add(0.0, conflict="volumes and pages differ")
    elif other_issue and not found.identified:
        found.add(0.0, conflict="issues and pages differ" if page else "issues differ")


def one_place(one: Description, other: Description) -> bool:
    """Whether both stand in the same volume from the same page on, where no two works of a title can."""
    if not one.volume or one.volume != other.volume or one.first_page in ("", "1"):
        return False
    others = (_same(one.last_page, other.last_page), _same(one.issue, other.issue))
    if same_page(one, other) < 1 or -1 in others:
        return False
    return same_container(one.container, other.container) > 0


def same_pages_in_full(one: Description, other: Description) -> bool:
    """Whether both stand on the same three pages or more of the same volume, by the same people."""
    if not one.first_page.isdigit() or not one.last_page.isdigit() or one.first_page == "1":
        return False
    here, there = (
        (each.first_page, each.last_page, each.volume, each.year, each.families) for each in (one, other)
    )
    if not one.volume or here != there:
        return False
    return (
        2 <= _apart(one.first_page, one.last_page) <= 60
        and same_container(one.container, other.container) == 1
    )


def same_page(one: Description, other: Description) -> int:
    """1 where two begin on one page, however it is printed; -1 where not; 0 if that is not known."""
    left, right = one.first_page, other.first_page
    if not left or not right or left == right:
        return 1 if left == right != "" else 0
    # Online first: pages of the file, not of the volume.
    if "1" in (left, right):
        return 0
    # Article numbers: e753 is 753. Letters that only one source prints: c37-c42 is 37-42, S42 is 42.
    prefixed = left.isdigit() != right.isdigit()
    if prefixed and _number(left) == _number(right):
        ends = _same(_number(one.last_page), _number(other.last_page))
        alike = one.volume == other.volume if one.volume and other.volume else "e" in (left[:1], right[:1])
        if ends >= 0 and alike:
            return 1
    return -1


def abstract_of(one: Description, other: Description) -> bool:
    """Whether one is the abstract of a talk or poster, and the other fills pages as a paper does."""
    if one.meeting == other.meeting:
        return False
    paper = other if one.meeting else one
    return bool(paper.last_page) and _apart(paper.first_page, paper.last_page) >= 2


def _pages(one: Description, other: Description, found: Likeness) -> int:
    last = _same(one.last_page, other.last_page)
    first = same_page(one, other)
    if first > 0:
        found.add(2.5 if last > 0 else 2.0, same=f"page {one.first_page}")
    elif first < 0 and last > 0 and _apart(one.first_page, other.first_page) <= 2:
        found.add(0.5, same=f"last page {one.last_page}")
        return 0
    elif first < 0:
        found.add(-3.0, different="pages")
    return first


def _shifted(one: Description, other: Description) -> bool:
    """Whether one has the other's volume as issue and its issue as page: a table's columns slipped."""
    return bool(other.volume and other.issue and not one.volume) and (one.issue, one.first_page) == (
        other.volume,
        other.issue,
    )


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


def _number(page: str) -> str:
    return page.lstrip("abcdefghijklmnopqrstuvwxyz")


def _apart(left: str, right: str) -> int:
    """How many pages lie between two; letters must agree."""
    if left[: -len(_number(left))] != right[: -len(_number(right))]:
        return 10_000
    return abs(int(_number(left)) - int(_number(right)))
