"""What results can be narrowed by, with counts that hold for the next click."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.knowledge_base import KnowledgeBase
from kb.site.asked import SEVERAL, Asked
from kb.site.search import count, ids, without_axis
from kb.site.words import DOOR
from kb.wording import type_label

_SHOWN = 6

#: Filter -> heading, in the order shown. A filter of themes takes the themes of that axis.
_HEADINGS = (
    ("direction", "", "Says about it"),
    ("theme", "factor", "Theme"),
    ("setting", "setting", "Setting"),
    ("theme", "study_type", "Kind of study"),
    ("theme", "population", "People"),
    ("theme", "kind", "About"),
    ("type", "", "Type of publication"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to narrow by: what it is called, how many records it leads to, and where."""

    label: str
    count: int
    address: str
    active: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """An axis with its choices, most frequent first: some to show at once, the rest on demand."""

    title: str
    shown: Sequence[Choice]
    more: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True)
class Years:
    """A span of years with how many records fall into it; ``share`` is of the fullest span, 0..100."""

    label: str
    count: int
    share: int
    address: str


class Counts:
    """Records by value of each axis, each counted without the filter that narrows by it."""

    def __init__(self, library: KnowledgeBase, asked: Asked, total: int) -> None:
        self.library = library
        self.asked = asked
        self.total = total
        # By search: the same search is not counted twice.
        self._counted: dict[Asked, Mapping[str, Mapping[str, int]]] = {}

    def of(self, name: str, axis: str) -> Mapping[str, int]:
        """Value -> records on that axis, without the filter ``name`` ("since" stands for the years)."""
        asked = self._lifted(name, axis)
        if name == "theme" and axis == "factor" and self.asked.direction:
            return self._tags(asked, "theme", self.asked.direction)
        factors = [theme for theme in self.asked.theme if self.library.themes[theme].axis == "factor"]
        if name == "direction" and factors:
            return self._tags(asked, "direction", factors)
        return self._all(asked).get(axis, {})

    def _lifted(self, name: str, axis: str) -> Asked:
        if name == "theme":
            lifted = without_axis(self.library, self.asked, axis)
        else:
            lifted = self.asked.without(*(("since", "until") if name == "since" else (name,)))
        return replace(lifted, page=self.asked.page)

    def _all(self, asked: Asked) -> Mapping[str, Mapping[str, int]]:
        if asked not in self._counted:
            self._counted[asked] = count(self.library, asked)
        return self._counted[asked]

    def _tags(self, asked: Asked, wanted: str, given: Sequence[str]) -> Mapping[str, int]:
        """With a theme and a direction both, one tag must carry both; so they are counted together."""
        if len(given) == 1:
            pairs = (value.split(":") for value in self._all(asked).get("tag", {}))
            return {
                (theme if wanted == "theme" else direction): self._all(asked)["tag"][f"{theme}:{direction}"]
                for theme, direction in pairs
                if (direction if wanted == "theme" else theme) == given[0]
            }
        # A record may have several of the tags that are alternatives, and counts once.
        theme, direction = "substr(value, 1, instr(value, ':') - 1)", "substr(value, instr(value, ':') + 1)"
        shown, held = (theme, direction) if wanted == "theme" else (direction, theme)
        rows = self.library.store.query(
            f"select {shown} as shown, count(distinct record) as count from facets"
            f" where axis = 'tag' and record in (select value from json_each(?))"
            f" and {held} in (select value from json_each(?)) group by shown",
            [json.dumps(ids(self.library, asked)), json.dumps(list(given))],
        )
        return {row["shown"]: row["count"] for row in rows}


def facets(counts: Counts) -> list[Facet]:
    """What the results can be narrowed by.

    Under each filter that is set, the counts are those of the search without it: its values are
    alternatives, so these are what another one would bring.
    """
    library, asked = counts.library, counts.asked
    found = []
    for name, axis, title in _HEADINGS:
        by_value = counts.of(name, axis or name)
        label = _labels(library, name)
        chosen, address = getattr(asked, name), asked.toggling(name)
        choices = [
            Choice(label(value), count, address(value), value in chosen)
            for value, count in sorted(by_value.items(), key=lambda item: (-item[1], item[0]))
            if count < counts.total or value in chosen or asked.narrowed
        ]
        choices.sort(key=lambda choice: not choice.active)
        if choices:
            found.append(Facet(title, choices[:_SHOWN], choices[_SHOWN:]))
    return found


def years(counts: Counts) -> list[Years]:
    """The same by years, in spans of five or ten."""
    by_year = {int(year): count for year, count in counts.of("since", "year").items()}
    if not by_year:
        return []
    width = 5 if max(by_year) - min(by_year) < 45 else 10
    spans: Counter[int] = Counter()
    for year, records in by_year.items():
        spans[year - year % width] += records
    fullest = max(spans.values())
    return [
        Years(
            f"{start}–{start + width - 1}",
            spans[start],
            round(100 * spans[start] / fullest),
            replace(counts.asked, since=start, until=start + width - 1, page=1).address(),
        )
        for start in range(min(spans), max(spans) + 1, width)
    ]


def _labels(library: KnowledgeBase, name: str) -> Callable[[str], str]:
    if name == "type":
        return type_label
    if name == "direction":
        return lambda value: DOOR[value].noun if value in DOOR else value
    return lambda value: library.themes[value].label if value in library.themes else value


@dataclass(frozen=True, slots=True)
class Active:
    """A filter that is set, in words, and the address of the search without it."""

    text: str
    address: str


def active(library: KnowledgeBase, asked: Asked) -> list[Active]:
    """The filters that are set, as words to remove."""
    found = [
        Active(_labels(library, name)(value), asked.toggled(name, value).address())
        for name in SEVERAL
        for value in getattr(asked, name)
    ]
    if asked.since is not None:
        found.append(Active(f"since {asked.since}", asked.without("since").address()))
    if asked.until is not None:
        found.append(Active(f"until {asked.until}", asked.without("until").address()))
    return found
