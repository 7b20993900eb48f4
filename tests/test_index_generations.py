from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.errors import EvidenceError, IndexProblem
from corpus.query import Filters, Query
from index import generations, searcher
from index.engine import Document
from index.generations import build, exported_embedder
from index.manifest import MANIFEST, Manifest, read_manifest
from index.searcher import Index
from tests.test_semantic import DOCUMENTS, WordEmbedder

if TYPE_CHECKING:
    from index.embedder import Vectors


def built(
    folder: Path, documents: list[Document] = DOCUMENTS, embedder: WordEmbedder | None = None
) -> Manifest:
    return build(folder, documents, corpus_hash="hash", embedder=embedder or WordEmbedder())


def files(folder: Path) -> set[str]:
    """The generations in an index folder."""
    return {
        path.relative_to(folder).as_posix()
        for kind in ("ids", "keyword", "semantic", "semantic/pool", "semantic/model")
        for path in folder.glob(f"{kind}/*")
    } - {"semantic/pool", "semantic/model"}


def parts(*manifests: Manifest) -> set[str]:
    """The folders that those builds use."""
    return {
        name
        for manifest in manifests
        for name in (manifest.ids, manifest.keyword, manifest.vectors, manifest.pool)
        if name
    }


def test_the_manifest_says_what_was_made(tmp_path):
    manifest = built(tmp_path)
    assert manifest == read_manifest(tmp_path)
    assert (manifest.corpus_hash, manifest.records, manifest.embedded) == ("hash", 4, 4)
    assert (manifest.engine, manifest.model, manifest.model_sha256) == (
        "whoosh",
        "words",
        WordEmbedder.sha256,
    )
    assert manifest.built.endswith("+00:00")
    assert "whoosh" in manifest.versions
    assert files(tmp_path) == parts(manifest)


def test_an_unchanged_library_keeps_its_generations(tmp_path):
    before, embedder = built(tmp_path), WordEmbedder()
    after = built(tmp_path, embedder=embedder)
    assert parts(after) == parts(before)
    assert embedder.encoded == []


def test_only_new_texts_are_embedded(tmp_path):
    built(tmp_path)
    embedder = WordEmbedder()
    moved = replace(DOCUMENTS[0], id="z-moved", year=1999)
    manifest = built(tmp_path, [*DOCUMENTS[1:], moved, Document("e-new", "Housing")], embedder)
    assert embedder.encoded == ["Housing"]
    assert manifest.embedded == 5


def test_a_library_grown_in_two_builds_ranks_as_one_made_at_once(tmp_path):
    built(tmp_path / "steps", DOCUMENTS[:2])
    built(tmp_path / "steps")
    built(tmp_path / "once", DOCUMENTS[::-1])
    steps, once = (Index.open(tmp_path / name, WordEmbedder()) for name in ("steps", "once"))
    for text in ("trust agencies", "money", ""):
        assert steps.search(Query(text)) == once.search(Query(text))


def test_another_model_embeds_everything_anew(tmp_path):
    built(tmp_path)
    embedder = WordEmbedder()
    embedder.sha256 = "another"
    built(tmp_path, embedder=embedder)
    assert len(embedder.encoded) == len(DOCUMENTS)


def test_the_generation_just_replaced_stays_for_its_readers_until_the_next_build(tmp_path):
    first = built(tmp_path, DOCUMENTS[:1])
    second = built(tmp_path, DOCUMENTS[:2])
    assert files(tmp_path) == parts(first, second)
    third = built(tmp_path, DOCUMENTS[:3])
    assert files(tmp_path) == parts(second, third)


def test_an_open_index_goes_on_answering_over_builds(tmp_path):
    built(tmp_path, DOCUMENTS[:2])
    index = Index.open(tmp_path, WordEmbedder())
    built(tmp_path, DOCUMENTS[:3])
    assert index.search(Query("trust")).total == 2


class Killed(BaseException):
    """Stands for the end of the process."""


def _kill(*_: object, **__: object) -> None:
    raise Killed


class Refusing(WordEmbedder):
    """An embedder whose model cannot be used."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Nothing."""
        raise EvidenceError("model.safetensors: sha256 is another.")


def test_a_model_that_cannot_be_used_leaves_words_and_a_note(tmp_path):
    manifest = built(tmp_path, embedder=Refusing())
    assert manifest.notes == ("This index has no vectors. model.safetensors: sha256 is another.",)
    assert manifest.vectors == manifest.model == ""
    assert Index.open(tmp_path).search(Query("trust")).total == 2


@pytest.mark.parametrize("step", ["new_generation", "survey", "with_vectors", "write_manifest"])
def test_a_killed_build_leaves_the_old_index_whole(tmp_path, monkeypatch, step):
    before = built(tmp_path, DOCUMENTS[:2])
    with monkeypatch.context() as patch:
        patch.setattr(generations, step, _kill)
        with pytest.raises(Killed):
            built(tmp_path)
    assert read_manifest(tmp_path) == before
    assert Index.open(tmp_path, WordEmbedder()).search(Query("trust")).total == 2
    after = built(tmp_path)
    assert files(tmp_path) == parts(before, after)


def test_leftovers_of_killed_builds_are_removed(tmp_path):
    built(tmp_path)
    for name in ("keyword/left", "semantic/left", "semantic/model/left.new"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / f"{MANIFEST}.1.new").write_text("half")
    (tmp_path / "notes.txt").write_text("not ours")
    manifest = built(tmp_path)
    assert files(tmp_path) == parts(manifest)
    assert not list((tmp_path / "semantic" / "model").iterdir())
    assert not (tmp_path / f"{MANIFEST}.1.new").exists()
    assert (tmp_path / "notes.txt").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the builds are forked")
@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_builds_killed_at_any_moment_leave_a_whole_index(tmp_path, engine):
    command = [sys.executable, "-m", "tests.kills", str(tmp_path / "index"), "25", engine]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=Path(__file__).parents[1], timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "whole each time" in done.stdout


def test_a_build_after_one_that_was_broken_off_says_so(tmp_path, monkeypatch):
    built(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(generations, "write_manifest", _kill)
        with pytest.raises(Killed):
            built(tmp_path, DOCUMENTS[:2])
    assert "broken off" in built(tmp_path).repaired[0]
    assert built(tmp_path).repaired == ()


def test_two_builds_at_once_are_refused(tmp_path):
    with generations.only_build(tmp_path), pytest.raises(IndexProblem, match="another process"):
        built(tmp_path)


def test_without_an_embedder_there_are_words_only_and_a_note(tmp_path):
    manifest = build(tmp_path, DOCUMENTS, corpus_hash="", embedder=None)
    assert (manifest.vectors, manifest.embedded) == ("", 0)
    assert "evidence-kb[semantic]" in manifest.notes[0]
    for mode in ("hybrid", "semantic"):
        ranking = Index.open(tmp_path).search(Query("trust", mode=mode))
        assert ranking.total == 2
        assert "evidence-kb[semantic]" in ranking.notes[0]
    assert [hit.record for hit in Index.open(tmp_path).similar(["a-trust"])] == ["b-trust"]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder, _: shutil.rmtree(folder), id="the folder was deleted"),
        pytest.param(lambda folder, _: (folder / MANIFEST).unlink(), id="no manifest"),
        pytest.param(lambda folder, _: _cut(folder / MANIFEST), id="a manifest cut short"),
        pytest.param(lambda folder, _: (folder / MANIFEST).write_bytes(b"\xff\x00"), id="a binary manifest"),
        pytest.param(lambda folder, _: (folder / MANIFEST).write_text("[]"), id="a manifest that is a list"),
        pytest.param(
            lambda folder, _: (folder / MANIFEST).write_text('{"schema": 1}'), id="a manifest without keys"
        ),
        pytest.param(lambda folder, _: _rewrite(folder, schema=99), id="another version"),
        pytest.param(
            lambda folder, _: _rewrite(folder, keyword="../elsewhere"), id="a pointer out of the folder"
        ),
        pytest.param(lambda folder, _: _rewrite(folder, keyword=7), id="a pointer that is no text"),
        pytest.param(
            lambda folder, manifest: (
                [shutil.rmtree(folder / name) for name in ("keyword", "semantic")]
                and _rewrite(folder, vectors="")
            ),
            id="no keyword index and no vectors",
        ),
    ],
)
def test_an_index_that_cannot_be_used_names_the_command_that_mends_it(
    tmp_path, damage: Callable[[Path, Manifest], None]
):
    folder = tmp_path / "evidence.db-index"
    damage(folder, built(folder))
    with pytest.raises(IndexProblem, match="kb index") as caught:
        Index.open(folder)
    assert "\n" not in str(caught.value)
    built(folder)
    assert Index.open(folder, WordEmbedder()).search(Query("trust")).total == 2


def _rewrite(folder: Path, **values: object) -> None:
    content = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**content, **values}))


def _shuffle(path: Path) -> None:
    path.write_bytes(path.read_bytes()[::-1])


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda vectors, _: shutil.rmtree(vectors), id="no rows"),
        pytest.param(lambda vectors, _: _cut(vectors / "rows.npy"), id="rows cut short"),
        pytest.param(lambda _, pool: shutil.rmtree(pool), id="no pool"),
        pytest.param(lambda _, pool: _cut(pool / "vectors"), id="vectors cut short"),
        pytest.param(lambda _, pool: _cut(pool / "entries"), id="entries cut short"),
        pytest.param(lambda _, pool: _cut(pool / "pool.json"), id="settings cut short"),
        pytest.param(lambda _, pool: _shuffle(pool / "vectors"), id="other vectors"),
    ],
)
def test_bad_vectors_are_noted_words_still_answer_and_a_build_mends_them(tmp_path, damage):
    manifest = built(tmp_path)
    damage(tmp_path / manifest.vectors, tmp_path / manifest.pool)
    index = Index.open(tmp_path, WordEmbedder())
    assert [("vectors" in fault and "kb index" in fault) for fault in index.faults()] == [True]
    ranking = index.search(Query("trust"))
    assert [hit.keyword_rank for hit in ranking.hits] == [1, 2]
    assert "keyword only" in ranking.notes[0]
    built(tmp_path)
    assert Index.open(tmp_path, WordEmbedder()).search(Query("trust")).notes == ()


def test_vectors_answer_where_the_keyword_index_is_gone(tmp_path):
    shutil.rmtree(tmp_path / built(tmp_path).keyword)
    index = Index.open(tmp_path, WordEmbedder())
    assert [("keyword index cannot be read" in fault) for fault in index.faults()] == [True]
    for mode in ("semantic", "hybrid"):
        ranking = index.search(Query("trust agencies", mode=mode))
        assert [hit.semantic_rank for hit in ranking.hits] == [1, 2]
        assert "meaning only" in ranking.notes[0]
    assert index.similar(["a-trust"])[0].record == "b-trust"
    assert index.suggest("trusst") is None
    assert index.snippet(Query("trust"), "They trust.") == "They \x02trust\x03."
    for query in (
        Query("trust", mode="keyword"),
        Query("", mode="semantic"),
        Query("trust theme:trust", mode="semantic"),
        Query("trust", mode="semantic", filters=Filters(since=2000)),
    ):
        with pytest.raises(IndexProblem, match=r"filters need the keyword index.*kb index"):
            index.search(query)
    built(tmp_path)
    assert Index.open(tmp_path, WordEmbedder()).faults() == []


def test_a_model_that_is_not_the_index_s_is_noted(tmp_path):
    built(tmp_path)
    other = WordEmbedder()
    other.sha256 = "another"
    assert "not the one of the index" in Index.open(tmp_path, other).search(Query("trust")).notes[0]


def test_a_reader_that_a_build_overtakes_reads_the_manifest_again(tmp_path, monkeypatch):
    stale = built(tmp_path, DOCUMENTS[:2])
    current = built(tmp_path)
    shutil.rmtree(tmp_path / stale.keyword)
    answers = iter([stale, current])
    monkeypatch.setattr(searcher, "read_manifest", lambda folder: next(answers))
    assert Index.open(tmp_path, WordEmbedder()).manifest == current


def test_an_empty_library_has_an_index(tmp_path):
    built(tmp_path, [])
    index = Index.open(tmp_path, WordEmbedder())
    assert index.search(Query("trust")).total == index.search(Query("")).total == 0


def test_a_folder_that_cannot_be_written_is_an_index_problem(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexProblem, match="cannot be written"):
        built(tmp_path / "file" / "index")


def test_an_unknown_engine_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(EvidenceError, match="whoosh"):
        build(tmp_path / "index", DOCUMENTS, corpus_hash="", embedder=None, engine="lucene")
    assert not (tmp_path / "index").exists()


def test_progress_names_the_stage(tmp_path):
    seen = []
    build(
        tmp_path,
        DOCUMENTS,
        corpus_hash="",
        embedder=WordEmbedder(),
        progress=lambda *report: seen.append(report),
    )
    assert ("keyword", 4, 4) in seen
    assert seen[-1] == ("semantic", 4, 4)


def test_nothing_exported_is_no_embedder(tmp_path):
    assert exported_embedder(tmp_path) is None
    built(tmp_path)
    assert exported_embedder(tmp_path) is None
