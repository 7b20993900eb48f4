"""Which descriptions are worth comparing: those that share a key, a matter of each description alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from corpus.identity import STOP_WORDS
from corpus.record import Record
from ingest.works.crowds import CROWD, pairs, standing
from ingest.works.describing import Description, describe
from ingest.works.matching import compare


def blocking_keys(record: Record) -> set[str]:
    """Texts of which two descriptions of one work share at least one, and strangers seldom any."""
    return keys(describe(record))


def keys(description: Description) -> set[str]:
    """The blocking keys of a description. They depend on it alone, never on how many others share them."""
    found = {f"{scheme}:{value}" for scheme, value in description.ids.items() if scheme != "isbn"}
    if "isbn" in description.ids:
        found |= {f"isbn:{number}" for number in description.isbns}
    year = "" if description.year is None else str(description.year)
    family = description.family[:6]
    words = [word for word in description.words if word not in STOP_WORDS]
    # Thousands of works begin on page 1; volume 12, page 345 of a year is that of a dozen journals.
    if description.first_page not in ("", "1") and description.volume and year:
        place = f"{year}:{description.volume}:{description.first_page.lstrip('abcdefghijklmnopqrstuvwxyz')}"
        found |= {f"place:{place}:{family[:2]}", f"place:{place}/{''.join(words)[:3]}"}
        if description.last_page:
            found.add(f"place:{place}-{description.last_page}")
    if not words:
        return found
    # An editorial stands in every issue: the same people's of the same year is near enough.
    who = f"{family}{year}" if description.weight < 2 else family or year
    if description.weight < 2 and not family:
        who = f"{year}:{description.first_page}"
    # A short title is no one's own; one with four words of its own is.
    if description.weight > 3:
        found.add(f"title:{description.key}")
    elif who or description.weight > 2:
        found.add(f"title:{description.key}:{who}")
        if description.weight > 1 and year:
            found.add(f"title:{description.key}:{year}")
    if who or description.weight > 2:
        found.add(f"head:{''.join(words[:4])}:{who}")
        found.add(f"tail:{''.join(words[-4:])}:{who}")
    if family and year:
        found.add(f"start:{words[0]}:{family}:{year}")
    if len(description.about) > 20:
        found.add(f"title:{description.about}")
    if description.kind == "part of a book" and not description.volume:
        found.add(f"book:{year}:{description.container_key}")
    elif description.kind == "book":
        found.add(f"book:{year}:{description.key}")
    return found


def candidates(descriptions: Sequence[Description]) -> Iterator[tuple[int, int]]:
    """The pairs, by place and each once, that share a key."""
    blocks: dict[int, list[int]] = {}
    alone: dict[int, int] = {}
    for place, description in enumerate(descriptions):
        for key in keys(description):
            # Most keys are one description's alone: an integer is enough to remember those by.
            number = hash(key)
            first = alone.setdefault(number, place)
            if first != place:
                blocks.setdefault(number, [first]).append(place)
    del alone
    near: dict[int, set[int]] = {}
    for block in blocks.values():
        for left, right in _pairs(block, descriptions):
            near.setdefault(left, set()).add(right)
    for left in sorted(near):
        for right in sorted(near[left]):
            yield left, right


def _pairs(block: list[int], descriptions: Sequence[Description]) -> Iterator[tuple[int, int]]:
    """The pairs of a block; in a crowd only neighbours, and of those that say the same one for all."""
    if len(block) <= CROWD:
        yield from combinations(block, 2)
        return
    first_of: dict[str, int] = {}
    distinct = []
    for place in block:
        first = first_of.setdefault(descriptions[place].content, place)
        if first == place or not _joins_its_equal(descriptions[place]):
            distinct.append(place)
        else:
            yield first, place
    if len(distinct) <= CROWD:
        yield from combinations(distinct, 2)
    else:
        yield from pairs(standing(place, descriptions[place]) for place in distinct)


def _joins_its_equal(description: Description) -> bool:
    return compare(description, description).joins
