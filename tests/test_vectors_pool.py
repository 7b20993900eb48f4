"""The pool of vectors: what was appended for good stays, whatever happens to the process or the files."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from corpus.errors import IndexProblem
from index import codes as codes_module
from index import pool as pool_module
from index.pool import Pool
from index.vectors import VectorIndex
from tests.test_vectors import SETTINGS, hashes_of, unit

FILES = ("vectors", "tokens", "codes", "entries")
"""In the order in which an append writes them."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pools of ten rows have codes."""
    monkeypatch.setattr(pool_module, "CODED", 10)
    monkeypatch.setattr(codes_module, "BLOCK", 16)


def filled(folder: Path, count: int, tokens: bool = False) -> Pool:
    pool = Pool.create(folder / "pool", SETTINGS)
    pool.append(hashes_of(range(count)), unit(count), [unit(2)] * count if tokens else None)
    return pool


def whole(pool: Pool) -> bool:
    """Whether every row is the one of its number, and nothing is at fault."""
    count = len(pool)
    return (
        pool.rows_of(hashes_of(range(count))).tolist() == list(range(count))
        and np.allclose(pool.vectors(np.arange(count)), unit(count), atol=1e-3)
        and pool.faults(pool.digest()) == []
    )


def test_what_was_appended_is_there_when_it_is_opened_again(tmp_path):
    pool = filled(tmp_path, 5)
    pool.append(hashes_of(["x", "y"]), unit(2, seed=9))
    again = Pool.open(tmp_path / "pool", SETTINGS)
    assert len(again) == 7
    assert again.rows_of(hashes_of(["y", 3, "unknown", 0, "x"])).tolist() == [6, 3, -1, 0, 5]
    assert np.allclose(again.vectors([6]), unit(2, seed=9)[1], atol=1e-3)


def test_hashes_that_begin_alike_are_told_apart_and_of_equal_ones_the_first_row_counts(tmp_path):
    names = [b"samehalf" + bytes([0] * 7 + [end]) for end in (3, 1, 2, 3)]
    pool = Pool.create(tmp_path / "pool", SETTINGS)
    pool.append(np.frombuffer(b"".join(names), dtype="V16"), unit(4))
    asked = np.frombuffer(b"".join([*names, b"samehalfandothers"[:16]]), dtype="V16")
    assert pool.rows_of(asked).tolist() == [0, 1, 2, 0, -1]
    assert pool.rows_of(asked[:0]).tolist() == []


def test_readers_see_the_rows_that_were_there_when_they_opened(tmp_path):
    pool = filled(tmp_path, 12)
    first = Pool.open(tmp_path / "pool")
    pool.append(hashes_of("x"), unit(1, seed=7))
    second = Pool.open(tmp_path / "pool")
    pool.append(hashes_of(range(100, 140)), unit(40))
    assert [len(one) for one in (first, second, pool)] == [12, 13, 53]
    assert first.rows_of(hashes_of("x")).tolist() == [-1]
    assert np.allclose(first.vectors(np.arange(12)), unit(12), atol=1e-3)
    assert first.faults(first.digest()) == second.faults(second.digest()) == []
    assert Pool.open(tmp_path / "pool", rows=12).digest() == first.digest()


@pytest.mark.parametrize("count", [3, 9, 12, 15], ids=["no codes", "codes made", "codes", "over two blocks"])
@pytest.mark.parametrize("name", FILES)
def test_an_append_cut_off_at_any_byte_leaves_the_rows_before_it(tmp_path, name, count):
    pool = filled(tmp_path, count, tokens=True)
    before = tmp_path / "before"
    shutil.copytree(tmp_path / "pool", before)
    pool.append(hashes_of([count, count + 1]), unit(count + 2)[count:], [unit(2), unit(4)])
    for size in _cuts(before / name, tmp_path / "pool" / name):
        cut = tmp_path / "cut"
        shutil.copytree(before, cut)
        _write_until(cut, tmp_path / "pool", name, size)
        found = Pool.open(cut, SETTINGS)
        assert len(found) == count + (max(0, size // 32 - count) if name == "entries" else 0)
        found.mend()
        assert whole(found)
        found.append(hashes_of([len(found)]), unit(len(found) + 1)[-1:], [unit(2)])
        assert whole(Pool.open(cut))
        shutil.rmtree(cut)


def _cuts(before: Path, after: Path) -> Iterator[int]:
    """Every length that the entries had on the way, and some of the longer files'."""
    start, end = (path.stat().st_size if path.exists() else 0 for path in (before, after))
    if after.exists():
        step = 1 if after.name == "entries" else max(1, (end - start) // 7)
        yield from range(start, end, step)
        yield end


def _write_until(cut: Path, after: Path, last: str, size: int) -> None:
    """Give ``cut`` what an append had written when it got to so many bytes of its file ``last``."""
    for name in FILES[: FILES.index(last) + 1]:
        if (after / name).exists() and (name != "codes" or (cut / name).exists()):
            shutil.copy(after / name, cut / name)
    if (cut / last).exists():
        # Codes are written in place, in a block that may be there already.
        os.truncate(cut / last, size)


def test_a_full_disk_leaves_the_pool_as_it_was(tmp_path, monkeypatch):
    pool = filled(tmp_path, 12)
    fsync, left = os.fsync, 0

    def full(file: int) -> None:
        nonlocal left
        if not left:
            raise OSError(errno.ENOSPC, "No space left on device")
        left -= 1
        fsync(file)

    for written in range(len(FILES)):
        left = written
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                pool.append(hashes_of("x"), unit(1))
        assert len(pool) == 12
    os.truncate(tmp_path / "pool" / "entries", 12 * 32)
    assert whole(Pool.open(tmp_path / "pool"))
    pool.append(hashes_of([12]), unit(13)[12:])
    assert whole(Pool.open(tmp_path / "pool"))


def test_a_pool_of_other_settings_is_refused(tmp_path):
    filled(tmp_path, 1)
    with pytest.raises(IndexProblem, match=r"another model.*kb index"):
        Pool.open(tmp_path / "pool", {**SETTINGS, "pooling": "cls"})


def _no_settings(folder: Path, other: Path) -> None:
    (folder / "pool.json").unlink()


def _broken_settings(folder: Path, other: Path) -> None:
    (folder / "pool.json").write_text("[" * 9999, encoding="utf-8")


def _no_dim(folder: Path, other: Path) -> None:
    (folder / "pool.json").write_text('{"format": 2, "dim": "many"}', encoding="utf-8")


def _newer(folder: Path, other: Path) -> None:
    (folder / "pool.json").write_text(json.dumps({**SETTINGS, "format": 99}), encoding="utf-8")


def _other_dim(folder: Path, other: Path) -> None:
    (folder / "pool.json").write_text('{"format": 2, "dim": 64}', encoding="utf-8")


def _no_vectors(folder: Path, other: Path) -> None:
    (folder / "vectors").unlink()


def _short_vectors(folder: Path, other: Path) -> None:
    os.truncate(folder / "vectors", 20 * 256 - 1)


def _short_tokens(folder: Path, other: Path) -> None:
    os.truncate(folder / "tokens", 20 * 2 * 16 - 1)


def _short_entries(folder: Path, other: Path) -> None:
    os.truncate(folder / "entries", 19 * 32)


def _vectors_of_another(folder: Path, other: Path) -> None:
    shutil.copy(other / "vectors", folder / "vectors")


def _tokens_of_another(folder: Path, other: Path) -> None:
    shutil.copy(other / "tokens", folder / "tokens")


def _entries_of_another(folder: Path, other: Path) -> None:
    shutil.copy(other / "entries", folder / "entries")


def _zeros(folder: Path, other: Path) -> None:
    (folder / "vectors").write_bytes(bytes(20 * 256))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(one, id=one.__name__.strip("_").replace("_", " "))
        for one in (
            _no_settings,
            _broken_settings,
            _no_dim,
            _newer,
            _other_dim,
            _no_vectors,
            _short_vectors,
            _short_tokens,
            _short_entries,
            _vectors_of_another,
            _tokens_of_another,
            _entries_of_another,
            _zeros,
        )
    ],
)
def test_files_that_are_not_those_that_were_written_are_refused(tmp_path, damage):
    filled(tmp_path, 20, tokens=True)
    other = Pool.create(tmp_path / "other", SETTINGS)
    other.append(hashes_of(range(20)), unit(20, seed=5), [unit(2, seed=8)] * 20)
    damage(tmp_path / "pool", tmp_path / "other")
    with pytest.raises(IndexProblem, match="Run `kb index` to make them anew"):
        Pool.open(tmp_path / "pool", rows=20)


def test_any_row_that_was_changed_is_a_fault(tmp_path):
    pool = filled(tmp_path, 200)
    digest = pool.digest()
    assert pool.faults(digest) == []
    assert "changed" in pool.faults("another")[0]
    content = bytearray((tmp_path / "pool" / "vectors").read_bytes())
    content[5 * 256] ^= 1
    (tmp_path / "pool" / "vectors").write_bytes(content)
    assert "kb index" in Pool.open(tmp_path / "pool").faults(digest)[0]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: os.truncate(path, path.stat().st_size - 1), id="truncated"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(bytes(path.stat().st_size)), id="zeros"),
        pytest.param(lambda path: shutil.copy(path.parents[1] / "other/codes", path), id="another pool's"),
    ],
)
def test_codes_that_are_damaged_are_a_fault_do_without_and_are_made_anew(tmp_path, damage):
    filled(tmp_path, 20)
    Pool.create(tmp_path / "other", SETTINGS).append(hashes_of(range(20)), unit(20, seed=5))
    damage(tmp_path / "pool" / "codes")
    pool = Pool.open(tmp_path / "pool")
    assert pool.codes is None
    assert "codes" in pool.faults(pool.digest())[0]
    assert VectorIndex(pool, np.arange(20)).search(unit(20)[4], floor=0.9)[0][0] == 4
    pool.mend()
    assert whole(pool)
    assert Pool.open(tmp_path / "pool").codes is not None


def test_compacting_keeps_the_rows_in_use(tmp_path):
    pool = Pool.create(tmp_path / "pool", SETTINGS)
    pool.append(hashes_of(range(26)), unit(26), [unit(number % 5) for number in range(26)])
    used = np.array([14, 11, 14, *range(10)])
    other, rows = pool.compact(used, tmp_path / "other")
    assert (len(other), rows[:3].tolist()) == (12, [11, 10, 11])
    assert np.array_equal(other.vectors(rows), pool.vectors(used))
    assert [len(other.tokens([row])[0]) for row in rows[:3]] == [4, 1, 4]
    assert other.rows_of(hashes_of([11, 14, 20])).tolist() == [10, 11, -1]
    assert other.codes is not None
    assert other.faults(other.digest()) == []


class Library(RuleBasedStateMachine):
    """Documents come, change and go; the vectors found are always those of the texts that there are."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.texts: dict[int, int] = {}
        self.pool = Pool.create(self.folder / "pool0", SETTINGS)
        self.rows: Any = np.zeros(0, dtype=np.uint32)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def _build(self) -> None:
        texts = [self.texts[number] for number in sorted(self.texts)]
        missing = self.pool.rows_of(hashes_of(texts)) < 0
        new = sorted({text for text, absent in zip(texts, missing, strict=True) if absent})
        self.pool.append(hashes_of(new), unit(40)[new])
        self.rows = self.pool.rows_of(hashes_of(texts)).astype(np.uint32)

    @rule(changed=st.dictionaries(st.integers(0, 30), st.integers(0, 39), max_size=12))
    def put(self, changed: dict[int, int]) -> None:
        """Add documents, or replace them."""
        self.texts.update(changed)
        self._build()

    @rule(gone=st.sets(st.integers(0, 30)))
    def delete(self, gone: set[int]) -> None:
        """Remove documents."""
        self.texts = {number: text for number, text in self.texts.items() if number not in gone}
        self._build()

    @rule()
    def reopen(self) -> None:
        """Go on in another process."""
        self.pool = Pool.open(self.pool.folder, SETTINGS)

    @rule()
    def compact(self) -> None:
        """Leave out what no document has."""
        name = f"pool{int(self.pool.folder.name[4:]) + 1}"
        self.pool, self.rows = self.pool.compact(self.rows, self.folder / name)

    @invariant()
    def finds_each_text(self) -> None:
        """Each document is found by its own vector, with all others of its text."""
        index = VectorIndex(self.pool, self.rows)
        texts = [self.texts[number] for number in sorted(self.texts)]
        for text in set(texts):
            found = [number for number, _ in index.search(unit(40)[text], floor=0.99)]
            assert found == [place for place, other in enumerate(texts) if other == text]


def test_a_library_that_changes_finds_what_it_holds(monkeypatch):
    monkeypatch.setattr("index.vectors.EXACT", 5)
    run_state_machine_as_test(
        Library, settings=settings(deadline=None, max_examples=15, stateful_step_count=10)
    )


_APPENDING = """
import os, signal, sys, time
from pathlib import Path
import numpy as np
from index import codes, pool as pool_module
from index.pool import Pool
from tests.test_vectors import SETTINGS, hashes_of, unit

pool_module.CODED, codes.BLOCK = 10, 16
folder, moments = Path(sys.argv[1]), [float(one) for one in sys.argv[2:]]
vectors = unit(20_000)
for number, moment in enumerate(moments):
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        pool = Pool.open(folder, SETTINGS)
        while True:
            start = len(pool)
            names = range(start, start + 3)
            pool.append(hashes_of(names), vectors[start : start + 3], [unit(2)] * 3)
            os.write(tell, b".")
    if number % 2:
        # In a later append; else perhaps while it opens the pool, or in its first.
        os.read(told, 1)
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, status
    os.close(told)
    os.close(tell)
    pool = Pool.open(folder, SETTINGS)
    count = len(pool)
    assert pool.rows_of(hashes_of(range(count))).tolist() == list(range(count))
    assert np.allclose(pool.vectors(np.arange(count)), vectors[:count], atol=1e-3)
    pool.mend()
    assert pool.faults(pool.digest()) == []
print(count)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_killed_at_any_moment_leaves_whole_rows(tmp_path):
    Pool.create(tmp_path / "pool", SETTINGS)
    chance = random.Random(5)
    moments = [str(0.002 + chance.random() / 50) for _ in range(80)]
    done = subprocess.run(
        [sys.executable, "-c", _APPENDING, str(tmp_path / "pool"), *moments],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 40 * 3
