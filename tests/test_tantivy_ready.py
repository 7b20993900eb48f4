from __future__ import annotations

import subprocess

import pytest

from index import tantivy_ready
from index.engine import Document
from index.tantivy_ready import Ready
from index.tantivy_schema import fields_of
from index.tantivy_text import Texts

DOCUMENTS = [
    Document(
        f"r{number:03}",
        f"Inter-agency organisation {number}",
        f"The health care of children{' - and ' * (number % 3)} colour{number % 7}",
        authors="Ødegård, Atle",
        year=2000 + number if number % 4 else None,
        facets={"theme": ["trust"] * (number % 2)},
    )
    for number in range(60)
]


@pytest.fixture
def alone():
    texts = Texts()
    return [fields_of(document, texts) for document in DOCUMENTS], texts.forms


@pytest.fixture
def several(monkeypatch):
    monkeypatch.setattr(tantivy_ready, "_FEW", 7)
    monkeypatch.setattr(tantivy_ready, "_CHUNK", 5)
    monkeypatch.setattr(tantivy_ready, "_cores", lambda: 2)


def test_processes_read_what_one_does_in_the_same_order(several, alone):
    ready = Ready()
    assert list(ready.read(iter(DOCUMENTS))) == alone[0]
    assert ready.forms == alone[1]
    assert len(ready._started) == 2
    assert all(process.poll() is not None for process in ready._started)


def test_what_a_process_leaves_when_it_is_killed_is_read_all_the_same(several, alone):
    ready = Ready()
    read = ready.read(iter(DOCUMENTS))
    found = [next(read) for _ in range(20)]
    for process in ready._started:
        process.kill()
    assert [*found, *read] == alone[0]
    assert ready.forms == alone[1]


def test_where_no_process_can_be_started_one_reads_all(several, alone, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert list(Ready().read(DOCUMENTS)) == alone[0]


def test_what_is_not_read_to_its_end_leaves_no_process(several):
    ready = Ready()
    read = ready.read(iter(DOCUMENTS))
    for _ in range(20):
        next(read)
    read.close()
    assert all(process.poll() is not None for process in ready._started)


def test_a_small_library_starts_none(monkeypatch, alone):
    ready = Ready()
    assert list(ready.read(DOCUMENTS)) == alone[0]
    assert not ready._started
