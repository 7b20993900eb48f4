from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from corpus.errors import EvidenceError
from index.evaluation import (
    Collection,
    Question,
    evaluate,
    ndcg,
    read_collection,
    recall,
    reciprocal_rank,
    score,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection of three documents and two questions, one of them with a seed."""
    documents = [
        {"_id": "d1", "title": "Trust", "text": "Trust between agencies."},
        {"_id": "d2", "title": "Power", "text": "Power and trust."},
        {"_id": "d3", "title": "Money", "text": "Funding."},
    ]
    questions = [{"_id": "q1", "text": "trust?"}, {"_id": "q2", "text": "trust power", "seed": "d2"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)) + "\n\n")
    (tmp_path / "seed.queries.jsonl").write_text("\n".join(map(json.dumps, questions)))
    (tmp_path / "seed.qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td1\t2\nq2\td3\t0\n")
    return tmp_path


def test_a_collection_is_read_with_its_seeds(folder):
    collection = read_collection(folder, "seed")
    assert [document.id for document in collection.documents] == ["d1", "d2", "d3"]
    assert collection.questions[1] == Question("q2", "trust power", "d2")
    assert collection.relevant == {"q1": {"d2": 1}, "q2": {"d1": 2}}


def test_a_file_that_is_not_there_is_one_plain_sentence(folder):
    with pytest.raises(EvidenceError) as caught:
        read_collection(folder, "other")
    path = folder / "other.queries.jsonl"
    assert (
        str(caught.value)
        == f"{path}: cannot be read (No such file or directory); a collection has BEIR's layout."
    )


def test_the_search_is_scored_and_the_run_written(folder, tmp_path):
    scores = evaluate(
        folder,
        "keyword",
        part="seed",
        index_folder=tmp_path / "index",
        embedder=None,
        run_file=tmp_path / "run.txt",
    )
    # The second of two for q1, and for q2 the first once its seed is taken out.
    assert scores.questions == 2
    assert scores.ndcg_at_10 == pytest.approx((1 / math.log2(3) + 1) / 2)
    assert scores.recall_at_100 == 1
    assert scores.mrr_at_10 == pytest.approx(0.75)
    lines = [line.split() for line in (tmp_path / "run.txt").read_text().splitlines()]
    assert [line[:4] for line in lines] == [
        ["q1", "Q0", "d1", "1"],
        ["q1", "Q0", "d2", "2"],
        ["q2", "Q0", "d1", "1"],
    ]


def test_measures_are_those_of_trec_eval():
    relevant = {"a": 2, "b": 1, "c": 1}
    ranking = ["x", "a", "b"]
    gained = 2 / math.log2(3) + 1 / math.log2(4)
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(ranking, relevant) == pytest.approx(gained / ideal)
    assert recall(ranking, relevant) == pytest.approx(2 / 3)
    assert reciprocal_rank(ranking, relevant) == 0.5
    assert reciprocal_rank(["x"] * 10 + ["a"], relevant) == 0


def test_questions_without_judgements_do_not_count():
    scores = score(Collection((), (Question("q", "trust"),), {}), {"q": [("d", 1.0)]})
    assert (scores.questions, scores.ndcg_at_10) == (0, 0)


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        pytest.param(
            "corpus.jsonl", '{"_id": "d1"}\nnot json\n', "corpus.jsonl:2", id="a line that is no JSON"
        ),
        pytest.param("corpus.jsonl", "[]\n", "corpus.jsonl:1", id="a line that is no object"),
        pytest.param("seed.queries.jsonl", '{"_id": "q"}', "queries.jsonl:1", id="a question without text"),
        pytest.param("seed.qrels.tsv", "q\td\n", "qrels.tsv:1", id="a judgement of two columns"),
        pytest.param("seed.qrels.tsv", "q\td\tyes\n", "qrels.tsv:1", id="a judgement that is no number"),
    ],
)
def test_a_fault_names_its_file_and_line(folder, name, content, where):
    (folder / name).write_text(content)
    with pytest.raises(EvidenceError, match=where):
        read_collection(folder, "seed")


def test_a_missing_collection_says_what_is_missing(tmp_path):
    with pytest.raises(EvidenceError, match=r"corpus\.jsonl"):
        read_collection(tmp_path)
