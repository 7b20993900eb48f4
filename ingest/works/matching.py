"""How alike two descriptions are, in points and in words, and what forbids that they are one work."""

from __future__ import annotations

import re

from corpus.record import Record
from ingest.works.containers import same_container
from ingest.works.describing import Description
from ingest.works.likeness import JOIN, Likeness
from ingest.works.placing import abstract_of, one_place, place, same_pages_in_full
from ingest.works.titles import distance, relate, typo

__all__ = ["JOIN", "Likeness", "compare"]

_SAME_TITLE = ("same", "near", "contained")
#: An abstract of fewer letters may be boilerplate.
_ABSTRACT = 300
#: DOIs of copies of works that have another one: of JSTOR, ResearchGate, Zenodo, figshare.
_COPY = re.compile(r"10\.(?:2307|13140|5281|6084)/")
#: What a journal may print otherwise when it prints an article a second time.
_REPRINTED = ("DOIs differ", "PMIDs differ", "volumes and pages differ", "issues and pages differ")


def compare(one: Description, other: Description) -> Likeness:
    """How alike two descriptions are; the order of the two makes no difference."""
    # Words such as "page 12" are taken from the first of the two: make that a matter of content.
    if (other.key, other.record.title, other.record.page) < (one.key, one.record.title, one.record.page):
        one, other = other, one
    found = Likeness(title=relate(one, other), weight=min(one.weight, other.weight))
    _identifiers(one, other, found)
    _titles(one, other, found)
    if found.title == "far" and found.conflict:
        return found
    _sorts(one, other, found)
    _authors(one, other, found)
    _years(one, other, found)
    place(one, other, found)
    if found.title == "same" and found.weight > 3 and one.year == other.year is not None:
        found.told_alike = bool(one.family) and _same_family(one, other)
    if found.page < 0 and not found.identified and abstract_of(one, other):
        found.add(0.0, conflict="one is a conference abstract")
    # Two papers of one team in one issue can have titles like that, and their abstracts the one DOI of a
    # supplement; on one page they cannot.
    if found.title == "akin" and (found.page < 0 or (found.page == 0 and not found.identified)):
        found.score = min(found.score, JOIN - 0.5)
    # A team can have two letters in an issue.
    if found.weight == 0 and found.page <= 0 and not found.identified:
        found.score = min(found.score, JOIN - 0.5)
    if not found.joins:
        _texts(one, other, found)
    return found


def _texts(one: Description, other: Description, found: Likeness) -> None:
    """Count what the words of the whole description say where the rest was not enough."""
    if not found.conflict and _identical(one, other):
        found.add(JOIN - found.score, same="text in every field")
    elif _same_abstract(one, other):
        # Two meetings, or a meeting and a journal, can have the same abstract.
        sure = found.title in _SAME_TITLE and "containers" not in found.different
        found.add(2.5 if sure else 0.0, same="abstract")
        if found.conflict in _REPRINTED and _reprinted(one, other, found):
            found.different.append(found.conflict.removesuffix(" differ"))
            found.conflict = ""
            found.score = max(found.score, JOIN)


def _identical(one: Description, other: Description) -> bool:
    """Whether two descriptions with a title of some length say the same, though it is little."""
    fields = (name for name in Record.__dataclass_fields__ if name != "id")
    return one.weight > 2 and all(getattr(one.record, name) == getattr(other.record, name) for name in fields)


def _same_abstract(one: Description, other: Description) -> bool:
    """Whether the abstracts are one, word for word, up to where one is cut off."""
    if not one.record.abstract or not other.record.abstract:
        return False
    short, long = sorted((one.abstract, other.abstract), key=len)
    return len(short) >= _ABSTRACT and long.startswith(short)


def _reprinted(one: Description, other: Description, found: Likeness) -> bool:
    """Whether a journal printed an article twice: the same people, title and abstract, year after year."""
    return (
        found.title == "same"
        and one.weight > 3
        and one.families == other.families
        and one.family == other.family != ""
        and one.marker == other.marker
        and one.preprint == other.preprint
        and not (one.cochrane or one.meeting or other.meeting)
        and one.year is not None
        and other.year is not None
        and abs(one.year - other.year) <= 1
        and same_container(one.container, other.container) == 1
    )


def _identifiers(one: Description, other: Description, found: Likeness) -> None:
    differing, misprint = "", True
    for scheme in ("doi", "pmid", "pmcid", "openalex"):
        left, right = one.ids.get(scheme, ""), other.ids.get(scheme, "")
        if left and left == right:
            found.add(0.0 if found.identified else 6.0, same=f"{_SCHEMES[scheme]} {left}")
            found.identified = True
        elif left and right and scheme != "openalex":
            # OpenAlex itself holds many works twice: its ids can join, not forbid.
            differing = differing or _SCHEMES[scheme]
            copy = scheme == "doi" and (_COPY.match(left) or _COPY.match(right))
            misprint = misprint and (bool(copy) or _misprinted(left, right))
    if differing and one.version[0] and one.version[0] == other.version[0]:
        found.add(0.0, conflict="one is another version")
    elif differing and found.identified and found.title in _SAME_TITLE:
        # One mistyped identifier is outweighed by another that agrees, if the titles do as well.
        found.add(-0.5, different=f"{differing}s")
    elif (
        differing and misprint and found.title == "same" and one.year == other.year and one_place(one, other)
    ):
        found.add(-1.0, different=f"{differing}s")
    elif differing:
        found.add(0.0, conflict=f"{differing}s differ")
    if not found.identified and one.kind != "part of a book" and one.kind == other.kind:
        shared = one.isbns & other.isbns
        if shared:
            found.add(3.0, same=f"ISBN {min(shared)}")


def _misprinted(left: str, right: str) -> bool:
    """Whether one identifier is the other with a slip of the pen, or cut off."""
    short, long = sorted((left, right), key=len)
    return distance(left, right) <= 1 or (len(short) > 12 and long.startswith(short))


_SCHEMES = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "openalex": "OpenAlex id"}


def _titles(one: Description, other: Description, found: Likeness) -> None:
    relation = found.title
    full = (1.0, 1.5, 3.0, 4.0, 5.0)[min(one.weight, other.weight, 4)]
    if relation == "same":
        found.add(full, same="title")
    elif relation == "near":
        found.add(full - 1, same="title but for spelling")
    elif relation == "contained":
        found.add(full - 2, same="title but for an addition")
    elif relation == "akin":
        found.add(full - 4, different="titles")
    elif relation == "translated" and (found.identified or same_pages_in_full(one, other)):
        found.add(0.0, different="titles (one may be a translation)")
    elif relation and found.identified and same_pages_in_full(one, other):
        found.add(0.0, different="titles (one may be an earlier one)")
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
    updated = "update" in (one.marker, other.marker) and one_place(one, other)
    if (
        one.marker != other.marker
        and not updated
        and ("erratum" in (one.marker, other.marker) or not found.identified)
    ):
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
        # A series of books is a journal to some.
        compatible = compatible or (kinds == {"article", "part of a book"} and one_place(one, other))
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
    if one.cochrane and other.cochrane and not found.identified:
        later = one.year != other.year or (one.issue != other.issue and one.issue and other.issue)
        found.add(0.0, conflict="one is another version" if later else "")
    if one.year is None or other.year is None:
        return
    apart = abs(one.year - other.year)
    if apart == 0:
        found.add(1.0, same=f"year {one.year}")
    elif found.identified:
        found.add(-0.5 * min(apart, 4), different="years")
    elif apart == 1 and "book" not in (one.kind, other.kind):
        found.add(-1.5, different="years")
    elif apart <= 3 and found.title == "same" and one_place(one, other):
        found.add(-2.5, different="years")
    elif one.kind == other.kind == "book" and one.isbns & other.isbns:
        # An ISBN is one edition's, whichever of its printings the year is of.
        found.add(-1.0, different="years")
    else:
        found.add(-4.0, different="years", conflict="years differ")
