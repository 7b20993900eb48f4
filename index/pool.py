"""All vectors that one model has made, by the hash of their text: files that only ever grow.

A row exists once its entry is written whole, after all else of it. So a build that is killed or runs out of
disk leaves the rows that were whole; readers look at no more rows than there were, and nothing disturbs them.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import IndexProblem
from index import codes
from index.codes import Codes, codes_of, width_of

if TYPE_CHECKING:
    from index.embedder import Vectors

#: A pool of fewer rows has no codes: to look through all of its vectors takes some milliseconds.
CODED = 10_000
AGAIN = "Run `kb index` to make them anew."
_FORMAT = 2
_SETTINGS = "pool.json"
#: float16 vectors; one bit for each of their places; one bit for each place of each token's vector; entries.
_VECTORS, _CODES, _TOKENS, _ENTRIES = "vectors", "codes", "tokens", "entries"
#: 16 bytes of the text's hash in two halves; how many tokens the rows up to this one have; CRC 32 of the
#: vector and of the tokens, which tell a file that was changed or put in place of another.
_ENTRY = np.dtype([("high", "<u8"), ("low", "<u8"), ("end", "<u8"), ("vector", "<u4"), ("tokens", "<u4")])
_SAMPLE = 16
_MANY = 65_536
_FEW = 512
#: What a float16 lacks to a float32 whose exponent it was made, without being moved to its zero.
_EXPONENT = np.float32(2.0**112)


class Pool:
    """The vectors in a folder. One process appends, under its caller's lock; any number read.

    ``settings`` must hold "dim" and whatever else the vectors depend on.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any], rows: int | None = None) -> None:
        self.folder = folder
        self.settings = dict(settings)
        self.dim = int(settings["dim"])
        self._width = width_of(self.dim)
        self._by_hash: Any = None
        self._open(rows)
        sample = np.unique(np.linspace(0, max(len(self) - 1, 0), min(len(self), _SAMPLE)).astype(np.int64))
        if not self._fit(sample):
            raise IndexProblem(f"{self.folder}: the vectors were changed. {AGAIN}")

    @classmethod
    def create(cls, folder: Path, settings: Mapping[str, Any]) -> Pool:
        """An empty pool in a new folder."""
        folder.mkdir(parents=True)
        for name in (_VECTORS, _TOKENS, _ENTRIES):
            (folder / name).touch()
        # Last, so that a folder with settings is a pool.
        beside = folder / f"{_SETTINGS}.new"
        with beside.open("w", encoding="utf-8") as file:
            json.dump({"format": _FORMAT, **settings}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, folder / _SETTINGS)
        return cls(folder, settings)

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, Any] | None = None, rows: int | None = None) -> Pool:
        """The pool in ``folder``, or its first ``rows``.

        Raises ``IndexProblem`` where it is damaged, or is of other settings than those given.
        """
        try:
            found = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
            version, dim = found.pop("format"), found["dim"]
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise IndexProblem(f"{folder}: the vectors cannot be read. {AGAIN}") from error
        if version != _FORMAT or type(dim) is not int or dim < 1 or settings not in (None, found):
            raise IndexProblem(f"{folder}: the vectors are of another model or program. {AGAIN}")
        return cls(folder, found, rows)

    def __len__(self) -> int:
        """How many rows there are to be read."""
        return len(self._entries)

    @property
    def has_tokens(self) -> bool:
        """Whether any row has token vectors, to re-rank by."""
        return self._token_count() > 0

    @property
    def codes(self) -> Codes | None:
        """The codes of all rows; ``None`` in a small pool, or where they are damaged, until ``mend``."""
        return self._codes

    def vectors(self, rows: Any) -> Vectors:
        """The vectors of those rows, float32."""
        # A float16 becomes a float32 by moving its bits; numpy's own way takes five times as long.
        found = self._vectors.view(np.int16)[rows].astype(np.int32)
        np.left_shift(found, 13, out=found)
        np.bitwise_and(found, np.int32(-0x7000_2000), out=found)
        vectors: Vectors = found.view(np.float32)
        np.multiply(vectors, _EXPONENT, out=vectors)
        return vectors

    def cosines(self, rows: Any, vector: Any) -> Any:
        """The product of ``vector`` with each of those rows, float32."""
        found = np.empty(len(rows), dtype=np.float32)
        for part in _parts(len(rows), _FEW):
            # Not `@`, which starts threads for it: slower, and ten times so on a busy machine.
            np.vecdot(self.vectors(rows[part]), vector, out=found[part])
        return found

    def tokens(self, rows: Sequence[int]) -> tuple[Any, Any]:
        """The codes of all tokens of those rows, one after the other, and where each row's begin."""
        spans = [self._span(row) for row in rows]
        starts = np.cumsum([0, *(span.stop - span.start for span in spans)])[:-1]
        parts = [self._tokens[span] for span in spans]
        return (np.concatenate(parts) if parts else self._tokens[:0]), starts

    def rows_of(self, hashes: Any) -> Any:
        """The row of each hash (an array of ``V16``), -1 where there is none; of several, the first."""
        found = np.full(len(hashes), -1, dtype=np.int64)
        if not len(self) or not len(hashes):
            return found
        if self._by_hash is None:
            self._by_hash = np.argsort(self._entries["high"], kind="stable")
        order, high, low = self._by_hash, self._entries["high"], self._entries["low"]
        high = high[order]
        wanted = np.ascontiguousarray(hashes).view("<u8").reshape(-1, 2)
        places = np.searchsorted(high, wanted[:, 0])
        left = np.arange(len(hashes))
        # Hashes whose first halves are the same lie next to each other; there is hardly ever a second.
        while len(left := left[places[left] < len(high)]):
            left = left[high[places[left]] == wanted[left, 0]]
            rows = order[places[left]]
            same = low[rows] == wanted[left, 1]
            found[left[same]] = rows[same]
            left = left[~same]
            places[left] += 1
        return found

    def append(self, hashes: Any, vectors: Vectors, tokens: Sequence[Any] | None = None) -> None:
        """Add rows for good: hashes (``V16``), vectors, and each row's token vectors, where it has them.

        Raises ``OSError``, with the pool as it was, when the disk is full.
        """
        self._append(
            hashes, vectors, [codes_of(one) if len(one) else self._tokens[:0] for one in tokens or ()]
        )

    def mend(self) -> None:
        """Make the codes anew that are missing or damaged; for the process that may append."""
        if self._codes is None and len(self) >= CODED:
            codes.make(
                self.folder / _CODES, (self.vectors(part) for part in _parts(len(self), _MANY)), self.dim
            )
            self._open(len(self))

    def digest(self) -> str:
        """What tells these rows from any others."""
        return hashlib.sha256(self._entries.tobytes()).hexdigest()

    def faults(self, digest: str) -> list[str]:
        """What is wrong with the rows, a line each; ``digest`` is what they had when they were written."""
        rows = np.arange(len(self))
        parts = list(_parts(len(self), _MANY))
        if self.digest() != digest or not all(self._fit(rows[part]) for part in parts):
            return [f"{self.folder}: the vectors were changed. {AGAIN}"]
        if len(self) >= CODED and (
            self._codes is None or not all(self._codes.fit(rows[part], self.vectors(part)) for part in parts)
        ):
            return [f"{self.folder}: the codes of the vectors are damaged. {AGAIN}"]
        return []

    def compact(self, rows: Any, folder: Path) -> tuple[Pool, Any]:
        """A new pool in ``folder`` of those rows alone, and the new rows in place of ``rows``."""
        used, places = np.unique(rows, return_inverse=True)
        other = Pool.create(folder, self.settings)
        for part in _parts(len(used), _MANY):
            entries = self._entries[used[part]]
            hashes = np.stack([entries["high"], entries["low"]], axis=1).view("V16")[:, 0]
            tokens = [self._tokens[self._span(row)] for row in used[part].tolist()] if self.has_tokens else []
            other._append(hashes, self.vectors(used[part]), tokens)
        return other, places

    def _append(self, hashes: Any, vectors: Vectors, tokens: Sequence[Any]) -> None:
        count, before = len(self), self._token_count()
        rounded = np.ascontiguousarray(vectors, dtype=np.float16)
        halves = np.ascontiguousarray(hashes).view("<u8").reshape(-1, 2)
        entries = np.zeros(len(rounded), dtype=_ENTRY)
        entries["high"], entries["low"] = halves.T
        entries["end"] = before + np.cumsum([len(one) for one in tokens] or [0] * len(rounded))
        entries["vector"] = _checks(rounded)
        entries["tokens"] = _checks(tokens) or 0
        self._write(_VECTORS, count * self.dim * 2, [rounded])
        self._write(_TOKENS, before * self._width, tokens)
        if self._codes is not None:
            codes.extend(self.folder / _CODES, count, rounded.astype(np.float32))
        self._write(_ENTRIES, count * _ENTRY.itemsize, [entries])
        self._open(None)
        self.mend()

    def _open(self, rows: int | None) -> None:
        try:
            entries = _mapped(self.folder / _ENTRIES, _ENTRY)
            self._entries = entries if rows is None else entries[:rows]
            self._vectors = _mapped(self.folder / _VECTORS, np.dtype("<f2"), self.dim)[: len(self)]
            self._tokens = _mapped(self.folder / _TOKENS, np.dtype(np.uint8), self._width)
        except (OSError, ValueError) as error:
            raise IndexProblem(f"{self.folder}: the vectors cannot be read. {AGAIN}") from error
        whole = rows in (None, len(self)) and len(self._vectors) == len(self)
        if not whole or self._token_count() > len(self._tokens):
            raise IndexProblem(f"{self.folder}: the vectors are not whole. {AGAIN}")
        self._by_hash = None
        self._codes = self._open_codes()

    def _open_codes(self) -> Codes | None:
        try:
            found = Codes(self.folder / _CODES, self.dim, len(self))
        except IndexProblem:
            return None
        sample = np.linspace(0, max(len(self) - 1, 0), _SAMPLE).astype(np.int64)
        return found if len(self) and found.fit(sample, self.vectors(sample)) else None

    def _token_count(self) -> int:
        return int(self._entries["end"][-1]) if len(self) else 0

    def _span(self, row: int) -> slice:
        return slice(int(self._entries["end"][row - 1]) if row else 0, int(self._entries["end"][row]))

    def _fit(self, rows: Any) -> bool:
        """Whether vectors and tokens are what was written with the entries."""
        entries = self._entries[rows]
        if _checks(self._vectors[rows]) != entries["vector"].tolist():
            return False
        tokens = (self._tokens[self._span(row)] for row in rows.tolist())
        return not self.has_tokens or _checks(tokens) == entries["tokens"].tolist()

    def _write(self, name: str, offset: int, parts: Sequence[Any]) -> None:
        """Write ``parts`` from ``offset`` on, over what a killed build left there, and wait for the disk."""
        with (self.folder / name).open("r+b") as file:
            file.seek(offset)
            for part in parts:
                file.write(np.ascontiguousarray(part).tobytes())
            file.truncate()
            file.flush()
            os.fsync(file.fileno())


def _checks(parts: Iterable[Any]) -> list[int]:
    return [zlib.crc32(part) for part in parts]


def _parts(count: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def _mapped(path: Path, kind: Any, *width: int) -> Any:
    """The whole rows in a file of rows, memory-mapped; what is left of a torn last one is not seen."""
    size = path.stat().st_size // (kind.itemsize * math.prod(width))
    shape = (size, *width)
    if not size:
        return np.empty(shape, dtype=kind)
    # As a plain array: the subclass that numpy gives costs microseconds at each slice.
    return np.asarray(np.memmap(path, dtype=kind, mode="r", shape=shape))
