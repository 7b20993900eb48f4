"""What a command reads from: odd files are refused in one line, changing ones not kept; progress."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest

from corpus.errors import EvidenceError
from corpus.store import Store
from kb import pipeline
from kb.sources import Source, named_sources

RIS = "TY  - JOUR\nTI  - Title {}\nAU  - Smith, Ann\nER  - \n\n"


def refusal(source: Source) -> str:
    with pytest.raises(EvidenceError) as caught, source.open():
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_cannot_be_read_is_refused_with_its_name_and_the_reason(tmp_path, monkeypatch):
    assert "No such file" in refusal(Source("gone.ris", tmp_path / "gone.ris"))
    assert "directory" in refusal(Source("folder", tmp_path))
    assert "is a device" in refusal(Source("null", Path("/dev/null")))
    (tmp_path / "closed.ris").write_text("x")

    def refuse(path, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(Source("closed.ris", tmp_path / "closed.ris")) == (
        "closed.ris: cannot be read (Permission denied)."
    )


def test_a_pipe_that_is_named_is_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"TY  - JOUR\n",))
    writer.start()
    (source,) = named_sources([str(pipe)])
    with source.open() as stream:
        assert stream.read() == b"TY  - JOUR\n"
    writer.join()


class Growing(Source):
    """A source that another program is still writing."""

    def _opened(self):
        return _Longer(RIS.format(1).encode())


class _Longer(io.BytesIO):
    def seek(self, offset, whence=0):
        if whence == io.SEEK_END:
            return super().seek(offset, whence) + 1
        return super().seek(offset, whence)


def test_a_file_that_changes_while_it_is_read_is_refused_whole(tmp_path):
    with Store.open(tmp_path / "e.db", create=True) as store:
        result = pipeline.ingest(store, [Growing("refs.ris", None)])
        assert [refusal.reason for refusal in result.refused] == [
            "refs.ris: changed while it was read; nothing of it was kept, ingest it again."
        ]
        assert store.value("select count(*) from source_records") == 0


def test_reading_tells_how_many_pieces_there_will_be(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.files.opening._BLOCK", 1 << 12)
    monkeypatch.setattr("ingest.files.text.PART", 1 << 12)
    (tmp_path / "refs.ris").write_text("".join(RIS.format(number) for number in range(3000)))
    told: list[tuple[int, int | None]] = []

    def report(step: str, done: int, total: int | None) -> None:
        if step.startswith("Reading"):
            told.append((done, total))

    with Store.open(tmp_path / "e.db", create=True) as store:
        pipeline.ingest(store, named_sources([str(tmp_path / "refs.ris")]), report=report)
    assert [done for done, _ in told] == [500, 1000, 1500, 2000, 2500, 3000]
    assert told[-1] == (3000, 3000)
    # The head of 64 KB is read before the first piece.
    assert all(total and done <= total <= 3100 for done, total in told)
    assert told[2][1] > 2000
