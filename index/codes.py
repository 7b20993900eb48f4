"""One bit for each place of each vector: a million of them are looked through in some milliseconds.

The bits say on which side of a centre a place lies. They are kept in blocks of ``BLOCK`` rows, each of which
has the first 64 bits of all its rows, then the next 64: so numpy compares whole stretches of memory at once.
All of it can be made anew from the vectors.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from corpus.errors import IndexProblem

if TYPE_CHECKING:
    from index.embedder import Vectors

BLOCK = 16_384
#: So many rows, at least, are looked at more closely, and so many of these given, to be scored in full.
#: Measured with all-MiniLM-L6-v2, 150 real queries and 1,000,000 mixtures of real vectors: of the best
#: hundred .9991 are among them; .9990 with 6,000 given, .9995 with 49,152 and 10,000. Signs around 0, not the
#: middle, need half as many rows again; full numbers of the query, not three bits of each, give no more.
COARSE, FINE = 32_768, 8_000
_MOST = 7
#: So many words of 64 bits can be counted in one byte, and so many rows are at hand in the processor's cache.
_WORDS, _FEW = 3, 4096
_MAGIC = b"KBCODES1"
_PAGE = 4096


def codes_of(vectors: Any) -> Any:
    """One bit for each place of each vector, whether it is above 0: shape (n, ``width_of(dim)``), uint8."""
    bits = np.packbits(np.asarray(vectors) > 0, axis=1)
    return np.pad(bits, ((0, 0), (0, width_of(np.shape(vectors)[1]) - bits.shape[1])))


def width_of(dim: int) -> int:
    """The bytes of a code: whole words of 64 bits, those beyond ``dim`` being 0."""
    return -(-dim // 64) * 8


class Codes:
    """The codes of the first ``rows`` vectors of ``dim`` places, memory-mapped from the file at ``path``.

    Raises ``IndexProblem`` where the file is not there or not whole.
    """

    def __init__(self, path: Path, dim: int, rows: int) -> None:
        start = _start(dim)
        words = width_of(dim) // 8
        blocks = -(-rows // BLOCK)
        try:
            with path.open("rb") as file:
                head = file.read(start)
            if len(head) < start or not head.startswith(_MAGIC):
                raise ValueError("no codes of these vectors")
            shape = (blocks, words, BLOCK)
            # As a plain array: the subclass that numpy gives costs microseconds at each slice.
            mapped = np.memmap(path, dtype="<u8", mode="r", offset=start, shape=shape) if blocks else ()
        except (OSError, ValueError) as error:
            raise IndexProblem(f"{path}: the codes of the vectors cannot be read.") from error
        self._blocks: Any = np.asarray(mapped, dtype="<u8").reshape(shape)
        self._rows = rows
        self._dim = dim
        self._centre = np.frombuffer(head, dtype="<f4", count=dim, offset=len(_MAGIC))

    def of(self, rows: Any) -> Any:
        """The codes of those rows, shape (len(rows), ``width_of(dim)``), uint8."""
        found = self._blocks[rows // BLOCK, :, rows % BLOCK]
        return np.ascontiguousarray(found).view(np.uint8)

    def fit(self, rows: Any, vectors: Vectors) -> bool:
        """Whether they are the codes of these vectors, which are those of ``rows``."""
        return bool(np.array_equal(self.of(rows), codes_of(vectors - self._centre)))

    def nearest(self, vector: Any, wanted: Any | None, count: int = FINE) -> Any:
        """Rising rows of the vectors that lie nearest to ``vector`` as far as the codes can tell.

        ``count`` of them or a few more, if so many are ``wanted`` (a bool for each row; ``None``: all).
        """
        distances = self._distances(vector)
        if wanted is not None:
            distances = np.where(wanted, distances, np.uint16(self._dim + 1))
        rows = _lowest(distances, max(COARSE, 4 * count, self._rows // 32), self._dim)
        if len(rows) <= count:
            return rows
        return rows[_lowest(self._weighed(vector, rows), count, _MOST * self._dim)]

    def _distances(self, vector: Any) -> Any:
        """In how many places each row lies on the other side of the centre than ``vector``, uint16."""
        code = codes_of((vector - self._centre)[None])[0].view("<u8")
        distances = np.zeros(len(self._blocks) * BLOCK, dtype=np.uint16)
        other = np.empty(BLOCK, dtype="<u8")
        count, few = np.empty((2, BLOCK), dtype=np.uint8)
        for block, total in zip(self._blocks, distances.reshape(-1, BLOCK), strict=True):
            for start in range(0, len(code), _WORDS):
                few[:] = 0
                for number in range(start, min(start + _WORDS, len(code))):
                    np.bitwise_xor(block[number], code[number], out=other)
                    np.bitwise_count(other, out=count)
                    np.add(few, count, out=few)
                np.add(total, few, out=total)
        return distances[: self._rows]

    def _weighed(self, vector: Any, rows: Any) -> Any:
        """The same of those rows, each place counting for as much as ``vector`` has there, 0 to ``_MOST``."""
        sizes = np.abs(vector)
        weights = np.rint(sizes * (_MOST / max(float(sizes.max()), 1e-9))).astype(np.uint8)
        planes = [codes_of((weights >> bit & 1)[None])[0].view("<u8") for bit in range(_MOST.bit_length())]
        code = codes_of(vector[None])[0].view("<u8")
        words = self._blocks.reshape(-1)
        total = np.zeros(len(rows), dtype=np.uint16)
        for start in range(0, len(rows), _FEW):
            part = rows[start : start + _FEW]
            places = part // BLOCK * (len(code) * BLOCK) + part % BLOCK
            for number, word in enumerate(code):
                other = words[places + number * BLOCK] ^ word
                for bit, plane in enumerate(planes):
                    count = np.bitwise_count(other & plane[number]).astype(np.uint16)
                    total[start : start + _FEW] += count << bit
        return total


def _lowest(distances: Any, count: int, most: int) -> Any:
    """The places of the ``count`` lowest, and of all that equal the last of them; none above ``most``."""
    there = np.bincount(distances, minlength=most + 1)[: most + 1].cumsum()
    return np.flatnonzero(distances <= int(np.searchsorted(there, min(count, int(there[-1])))))


def make(path: Path, parts: Iterable[Vectors], dim: int) -> None:
    """Write the codes of all vectors of ``parts``, around the middle of the first part, in one step."""
    beside = path.with_name(f"{path.name}.new")
    rows, centre = 0, np.zeros(dim, dtype="<f4")
    try:
        with beside.open("w+b") as file:
            for part in parts:
                if not rows:
                    centre = part.mean(axis=0, dtype=np.float64).astype("<f4")
                    file.write((_MAGIC + centre.tobytes()).ljust(_start(dim), b"\0"))
                _write(file, rows, part, centre)
                rows += len(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def extend(path: Path, start: int, vectors: Vectors) -> None:
    """Write the codes of ``vectors``, which are the rows from ``start`` on, for good."""
    dim = vectors.shape[1]
    with path.open("r+b") as file:
        centre = np.frombuffer(file.read(_start(dim)), dtype="<f4", count=dim, offset=len(_MAGIC))
        _write(file, start, vectors, centre)
        file.flush()
        os.fsync(file.fileno())


def _write(file: BinaryIO, start: int, vectors: Vectors, centre: Any) -> None:
    count, dim = vectors.shape
    words = np.ascontiguousarray(codes_of(vectors - centre).view("<u8").T)
    done = 0
    while done < count:
        block, place = divmod(start + done, BLOCK)
        part = slice(done, min(done + BLOCK - place, count))
        first = _start(dim) + block * len(words) * BLOCK * 8
        end = first + len(words) * BLOCK * 8
        # To its whole length, though with a hole at its end, so that it can be mapped.
        if file.seek(0, os.SEEK_END) < end:
            file.truncate(end)
        for number, plane in enumerate(words):
            file.seek(first + (number * BLOCK + place) * 8)
            file.write(plane[part].tobytes())
        done = part.stop


def _start(dim: int) -> int:
    """Where the blocks begin: after what the file is and its centre, on a page of their own."""
    return -(-(len(_MAGIC) + 4 * dim) // _PAGE) * _PAGE
