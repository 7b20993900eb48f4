"""Which records carry each facet, as sets that are counted fast: one bit a record.

The cells of a map are counts of records that meet several conditions at once. In SQL a join over the
facets of 100,000 records takes 1.5 s; as bits, read once in half a second, all cells take some 20 ms,
whatever the axes, the filters and the words searched for, and nothing has to be kept up to date in the file.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import reduce
from operator import or_
from pathlib import Path

from corpus.query import Filters
from corpus.store import Store
from corpus.theme import Theme
from kb.knowledge_base import KnowledgeBase

_ONE = ord("1")


class FacetSets:
    """The records of an evidence file by facet; each set is an integer with a bit for each record."""

    def __init__(self, store: Store) -> None:
        ids = store.connection.execute("select id from records order by id")
        self._places = {row[0]: place for place, row in enumerate(ids)}
        self._axes: dict[str, dict[str, int]] = {}
        # One row a value: to make a Python row of each facet took three times as long.
        rows = store.connection.execute(
            "select axis, value, json_group_array(record) from facets group by axis, value"
        )
        for axis, value, records in rows:
            self._axes.setdefault(axis, {})[value] = self.set_of(json.loads(records))

    @classmethod
    def of(cls, library: KnowledgeBase) -> FacetSets:
        """Those of the library's file as it is now: one for all who read it, until somebody writes."""
        state = _state(library.store.path)
        with _lock:
            if state not in _known:
                # Of a site that changes over to another file, both are read for a moment.
                while len(_known) > 1:
                    del _known[next(iter(_known))]
                _known[state] = cls(library.store)
            return _known[state]

    def axis(self, axis: str) -> Mapping[str, int]:
        """The set of each value of that axis of the facets."""
        return self._axes.get(axis, {})

    def set_of(self, ids: Iterable[str]) -> int:
        """The set of those records; ids that are unknown are left out."""
        # One more than there are records: no digit at all is no number.
        flags = bytearray(b"0") * (len(self._places) + 1)
        for place in map(self._places.get, ids):
            # Another process may have added a record since the ids were read.
            if place is not None:
                flags[place] = _ONE
        return int(flags, 2)

    @property
    def everything(self) -> int:
        """The set of all records."""
        return ((1 << len(self._places)) - 1) << 1


_lock = threading.Lock()
_known: dict[tuple[object, ...], FacetSets] = {}


def _state(path: Path) -> tuple[object, ...]:
    """What tells whether somebody wrote into the file, or put another in its place."""
    state: list[object] = [path.resolve()]
    for each in (path, path.with_name(f"{path.name}-wal")):
        with suppress(OSError):
            found = each.stat()
            state += (found.st_ino, found.st_size, found.st_mtime_ns)
    return tuple(state)


class Matching:
    """What passes filters among the records of ``base``, as a search for the same filters finds it."""

    def __init__(self, sets: FacetSets, themes: Mapping[str, Theme], base: int) -> None:
        self._sets = sets
        self._themes = themes
        self._base = base
        # The cells of a row share its conditions.
        self._unions: dict[tuple[str, tuple[str, ...]], int] = {}

    def records(self, filters: Filters) -> int:
        """The set of the records that pass."""
        found = self._base
        for axis, values in self._conditions(filters):
            found &= self._union(axis, values)
        return found

    def _conditions(self, filters: Filters) -> Iterable[tuple[str, tuple[str, ...]]]:
        """(axis, alternative values) of all that must hold."""
        by_axis: dict[str, tuple[str, ...]] = {}
        for theme in filters.theme:
            axis = self._themes[theme].axis
            by_axis[axis] = (*by_axis.get(axis, ()), theme)
        factors = by_axis.pop("factor", ())
        if factors and filters.direction:
            # One tag must carry both.
            yield "tag", tuple(f"{factor}:{way}" for factor in factors for way in filters.direction)
        elif factors:
            yield "factor", factors
        elif filters.direction:
            yield "direction", filters.direction
        yield from by_axis.items()
        if filters.setting:
            yield "setting", filters.setting
        if filters.type:
            yield "type", filters.type
        if filters.since is not None or filters.until is not None:
            yield "year", self._years(filters.since, filters.until)

    def _years(self, since: int | None, until: int | None) -> tuple[str, ...]:
        return tuple(
            year
            for year in self._sets.axis("year")
            if (since is None or int(year) >= since) and (until is None or int(year) <= until)
        )

    def _union(self, axis: str, values: tuple[str, ...]) -> int:
        key = axis, values
        if key not in self._unions:
            known = self._sets.axis(axis)
            self._unions[key] = reduce(or_, (known.get(value, 0) for value in values), 0)
        return self._unions[key]
