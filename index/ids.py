"""The ids of an index's records by number: two files that are read through the system's memory map."""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterable
from pathlib import Path

from corpus.errors import IndexProblem

_NAMES, _ENDS = "ids", "ends"


class IdsWriter:
    """Writes ids, which must come in rising order; the first has number 0."""

    def __init__(self, folder: Path) -> None:
        self._names = (folder / _NAMES).open("wb")
        self._ends = (folder / _ENDS).open("wb")
        self._end = 0
        self._last = b""

    def add(self, record_id: str) -> None:
        """Give ``record_id`` the next number; raises ``ValueError`` if it does not follow the one before."""
        name = record_id.encode("utf-8", "surrogatepass")
        if self._end and name <= self._last:
            raise ValueError(f"{record_id!r} comes after {self._last.decode()!r}: ids must rise.")
        self._last = name
        self._end += len(name)
        self._names.write(name)
        self._ends.write(self._end.to_bytes(8, "little"))

    def close(self) -> None:
        """Finish both files."""
        self._names.close()
        self._ends.close()


class Ids:
    """The ids in a folder, open for reading; raises ``IndexProblem`` where they cannot be read."""

    def __init__(self, folder: Path) -> None:
        try:
            self._names = _mapped(folder / _NAMES)
            ends = _mapped(folder / _ENDS)
        except OSError as error:
            raise IndexProblem(
                f"{folder}: the ids cannot be read. Run `kb index` to make them anew."
            ) from error
        self._count = len(ends) // 8
        self._ends = ends
        if len(ends) % 8 or (self._end(self._count - 1) if self._count else 0) != len(self._names):
            raise IndexProblem(f"{folder}: the ids are not whole. Run `kb index` to make them anew.")

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def __getitem__(self, number: int) -> str:
        """The id of a number."""
        return self._name(number).decode("utf-8", "surrogatepass")

    def number(self, record_id: str) -> int | None:
        """The number of an id; ``None`` for one that is not there."""
        wanted = record_id.encode("utf-8", "surrogatepass")
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            if self._name(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < self._count and self._name(low) == wanted else None

    def numbers(self, record_ids: Iterable[str]) -> array[int]:
        """The numbers of those ids that are there."""
        found = (self.number(record_id) for record_id in record_ids)
        return array("I", [number for number in found if number is not None])

    def _name(self, number: int) -> bytes:
        return self._names[self._end(number - 1) if number else 0 : self._end(number)]

    def _end(self, number: int) -> int:
        return int.from_bytes(self._ends[8 * number : 8 * number + 8], "little")


def _mapped(path: Path) -> bytes | mmap.mmap:
    with path.open("rb") as file:
        # An empty file cannot be mapped.
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
