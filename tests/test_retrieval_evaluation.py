from __future__ import annotations

import gzip
import io
import itertools
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from corpus.errors import EvidenceError
from corpus.query import Hit, Query
from index.collection import Collection, Question, read_collection
from index.engine import Document
from index.evaluation import indexed, run
from index.runs import check_ids, falling, read_run, write_run
from index.scoring import MEASURES, compare, interval, score
from index.searcher import Ranking
from kb.cli.main import cli

pytrec_eval = pytest.importorskip("pytrec_eval")

DOCUMENTS = (
    {"_id": "d1", "title": "Trust", "text": "Trust between agencies."},
    {"_id": "d2", "title": "Power", "text": "Power and trust."},
    {"_id": "d3", "title": "Money", "text": "Funding."},
)
QUESTIONS = ({"_id": "q1", "text": "trust?"}, {"_id": "q2", "text": "trust power", "seed": "d2"})
QRELS = "query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td1\t2\nq2\td3\t0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection of three documents and two questions, one of them with a seed."""
    path = tmp_path / "collection"
    path.mkdir()
    write(path, "corpus.jsonl", "\n".join(map(json.dumps, DOCUMENTS)) + "\n\n")
    write(path, "queries.jsonl", "\n".join(map(json.dumps, QUESTIONS)))
    write(path, "qrels.tsv", QRELS)
    return path


def write(folder: Path, name: str, content: str | bytes) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def collection_of(relevant: Mapping[str, Mapping[str, int]]) -> Collection:
    return Collection((), tuple(Question(key, "words") for key in relevant), relevant)


def evaluated(*arguments: object) -> Any:
    result = CliRunner().invoke(cli, ["evaluate", "retrieval", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_collection_is_read_with_its_seeds(folder):
    collection = read_collection(folder)
    assert [document.id for document in collection.documents] == ["d1", "d2", "d3"]
    assert collection.questions == (Question("q1", "trust?"), Question("q2", "trust power", "d2"))
    assert collection.relevant == {"q1": {"d2": 1}, "q2": {"d1": 2}}
    assert collection.notes == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("qrels.tsv", "q1\td2\t1\nq2\td1\t2\nq2\td3\t0\n", id="judgements without a header"),
        pytest.param("qrels.tsv", "q1 0 d2 1\nq2  0  d1 2\nq2 0 d3 -1\n", id="qrels of TREC, by spaces"),
        pytest.param("qrels.tsv", "q1\t0\td2\t1\nq2\t0\td1\t2\n", id="qrels of TREC, by tabs"),
        pytest.param("qrels.tsv", "q1\td2\t1.0\nq2\td1\t2.0\n", id="grades that pandas wrote as floats"),
        pytest.param("qrels.tsv", QRELS.replace("\n", "\r\n"), id="CRLF from Windows"),
        pytest.param("qrels.tsv", "\ufeff" + QRELS, id="BOM from a spreadsheet"),
        pytest.param("qrels.tsv", gzip.compress(QRELS.encode()), id="gzip under a plain name"),
        pytest.param("queries.jsonl", b"\xef\xbb\xbf" + "\r\n".join(map(json.dumps, QUESTIONS)).encode(),
                     id="questions with a BOM and CRLF"),
    ],
)  # fmt: skip
def test_another_way_to_write_a_file_is_read_the_same(folder, name, content):
    expected = read_collection(folder)
    write(folder, name, content)
    assert read_collection(folder) == expected


@pytest.mark.parametrize(
    ("names", "part"),
    [
        pytest.param({"qrels.tsv": "qrels/test.tsv"}, "", id="test is taken of BEIR's folder"),
        pytest.param({"qrels.tsv": "qrels/dev.tsv"}, "dev", id="a part of BEIR's folder"),
        pytest.param({"qrels.tsv": "seed.qrels.tsv"}, "seed", id="a part with questions of all"),
        pytest.param(
            {"qrels.tsv": "seed.qrels.tsv", "queries.jsonl": "seed.queries.jsonl"},
            "seed",
            id="a part with questions of its own",
        ),
    ],
)
def test_a_part_is_found_where_it_is(folder, names, part):
    expected = read_collection(folder)
    for old, new in names.items():
        write(folder, new, (folder / old).read_bytes())
        (folder / old).unlink()
    assert read_collection(folder, part) == expected


def test_files_may_be_gzipped(folder):
    expected = read_collection(folder)
    for path in list(folder.iterdir()):
        write(folder, f"{path.name}.gz", gzip.compress(path.read_bytes()))
        path.unlink()
    assert read_collection(folder) == expected


def test_ids_may_be_whole_numbers_and_titles_missing(folder):
    write(
        folder,
        "corpus.jsonl",
        '{"_id": 7, "text": "Trust."}\n{"_id": "8", "title": null, "metadata": {}}\n',
    )
    write(folder, "queries.jsonl", '{"_id": 1, "text": "trust"}\n')
    write(folder, "qrels.tsv", "1\t7\t1\n")
    collection = read_collection(folder)
    assert collection.documents == (Document("7", "", "Trust."), Document("8", ""))
    assert collection.relevant == {"1": {"7": 1}}


def test_ids_may_hold_spaces_but_not_in_a_run_file(folder):
    write(folder, "queries.jsonl", '{"_id": "q 1", "text": "trust"}\n')
    write(folder, "qrels.tsv", "q 1\td2\t1\n")
    collection = read_collection(folder)
    assert collection.relevant == {"q 1": {"d2": 1}}
    with pytest.raises(EvidenceError, match="`q 1` has a space"):
        check_ids(collection)


@pytest.mark.parametrize(
    ("question", "qrels", "seed"),
    [
        pytest.param("Power and  trust.", "d2\td1\t1\n", "d2", id="its abstract, as in ArguAna"),
        pytest.param("Power", "d2\td1\t1\n", "d2", id="its title, as in SciDocs"),
        pytest.param("trust", "d2\td1\t1\n", "", id="ids of both are numbers from 1"),
        pytest.param("Power", "d2\td2\t1\n", "", id="a known item, to be found by its title"),
    ],
)
def test_a_question_with_the_id_and_words_of_a_document_is_made_from_it(folder, question, qrels, seed):
    write(folder, "queries.jsonl", json.dumps({"_id": "d2", "text": question}))
    write(folder, "qrels.tsv", qrels)
    assert read_collection(folder).questions == (Question("d2", question, seed),)


def test_a_seed_that_is_judged_relevant_does_not_count_and_is_said(folder):
    write(folder, "qrels.tsv", QRELS + "q2\td2\t1\n")
    collection = read_collection(folder)
    assert collection.relevant["q2"] == {"d1": 2}
    assert collection.notes == ("1 question judged by the document it was made from, which does not count.",)


def test_half_a_surrogate_pair_in_a_text_can_be_indexed(folder):
    write(folder, "corpus.jsonl", '{"_id": "d1", "text": "bad \\ud83d end"}\n')
    (document,) = read_collection(folder).documents
    assert document.abstract == "bad ? end"


@pytest.mark.parametrize(
    ("name", "added", "note"),
    [
        pytest.param("queries.jsonl", '\n{"_id": "q3", "text": "x"}',
                     "1 question without judgements left out.", id="a question that nobody judged"),
        pytest.param("qrels.tsv", "q8\td1\t1\n", "1 question judged but not asked, left out: q8.",
                     id="judgements of a question of another part"),
        pytest.param("qrels.tsv", "q1\td9\t1\nq1\td8\t0\n",
                     "1 relevant document not in the corpus, never to be found: d9.",
                     id="a judged document that is not in the corpus"),
        pytest.param("qrels.tsv", "q1\td2\t2\n", "1 judgement given again; the last of each counts.",
                     id="a judgement that is there twice"),
        pytest.param("corpus.jsonl", '{"_id": "d1", "text": "y"}\n',
                     "1 document with an id given before, not counted: d1.", id="a document twice"),
        pytest.param("queries.jsonl", '\n{"_id": "q1", "text": "y"}',
                     "1 question with an id given before, not counted: q1.", id="a question twice"),
    ],
)  # fmt: skip
def test_what_does_not_count_is_said(folder, name, added, note):
    write(folder, name, (folder / name).read_bytes() + added.encode())
    collection = read_collection(folder)
    assert collection.notes == (note,)
    assert [question.id for question in collection.questions] == ["q1", "q2"]
    assert collection.documents[0].abstract == "Trust between agencies."


def test_a_question_without_words_or_without_a_relevant_document_counts_0(folder):
    write(folder, "queries.jsonl", '{"_id": "q1", "text": " "}\n{"_id": "q2", "text": "money"}\n')
    write(folder, "qrels.tsv", "q1\td2\t1\nq2\td3\t0\n")
    collection = read_collection(folder)
    assert collection.notes == (
        "1 question without a relevant document, counted 0 as trec_eval does: q2.",
        "1 question without words, for which nothing is found: q1.",
    )
    scores = score(collection, {"q2": [("d3", 1.0)]})
    assert scores.values["ndcg@10"] == (0.0, 0.0)


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        pytest.param("corpus.jsonl", '{"_id": "d1"}\nnot json\n', r"corpus\.jsonl:2: is not JSON",
                     id="no JSON"),
        pytest.param("corpus.jsonl", "[" * 100_000, r"corpus\.jsonl:1: is not JSON", id="JSON too deep"),
        pytest.param("corpus.jsonl", "[]\n", r"corpus\.jsonl:1: is not an object", id="no object"),
        pytest.param("corpus.jsonl", '{"text": "x"}\n', r"corpus\.jsonl:1: is not an object with an `_id`",
                     id="no id"),
        pytest.param("corpus.jsonl", '{"_id": true}\n', r"corpus\.jsonl:1: .* `_id`",
                     id="an id that is no id"),
        pytest.param("corpus.jsonl", '{"_id": "d", "text": ["a"]}\n', r"corpus\.jsonl:1: document d has",
                     id="a text that is a list"),
        pytest.param("corpus.jsonl", "é".encode("latin-1"), r"corpus\.jsonl: is not UTF-8", id="latin-1"),
        pytest.param("corpus.jsonl", gzip.compress(b"{}" * 99)[:-9], r"corpus\.jsonl: cannot be unzipped",
                     id="a download cut off"),
        pytest.param("queries.jsonl", '{"_id": "q"}', r"queries\.jsonl:1: question q has no `text`",
                     id="a question without text"),
        pytest.param("qrels.tsv", "q\td\n", r"qrels\.tsv:1: is not question", id="two columns"),
        pytest.param("qrels.tsv", "q\td\tyes\n", r"qrels\.tsv:1: .* whole number", id="a grade in words"),
        pytest.param("qrels.tsv", "q\td\t0.5\n", r"qrels\.tsv:1: .* whole number", id="half a grade"),
        pytest.param("qrels.tsv", "q\td\tnan\n", r"qrels\.tsv:1: .* whole number", id="a grade that is NaN"),
        pytest.param("qrels.tsv", "query-id\tcorpus-id\tscore\n", r"qrels\.tsv: holds no judgement",
                     id="empty"),
        pytest.param("qrels.tsv", "x\td1\t1\n", r"qrels\.tsv: judges none of the 2 questions",
                     id="other ids"),
    ],
)  # fmt: skip
def test_a_fault_names_its_file_and_line(folder, name, content, where):
    write(folder, name, content)
    with pytest.raises(EvidenceError, match=where) as caught:
        read_collection(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_file_that_is_not_there_is_named_with_the_layout(folder, name):
    (folder / name).unlink()
    with pytest.raises(EvidenceError, match=rf"has .*{name}.*; a collection has corpus\.jsonl"):
        read_collection(folder)


def test_the_parts_there_are_are_listed(folder):
    write(folder, "qrels/dev.tsv", QRELS)
    write(folder, "seed.qrels.tsv.gz", gzip.compress(QRELS.encode()))
    with pytest.raises(EvidenceError, match="no judgements for `topics`; choose with --part: dev, seed"):
        read_collection(folder, "topics")


class Found:
    """A search that finds the same for each question, in the order given."""

    def __init__(self, *hits: tuple[str, float]) -> None:
        self.hits = hits
        self.asked: list[Query] = []

    def search(self, query: Query) -> Ranking:
        self.asked.append(query)
        hits = (Hit(record, rank, value) for rank, (record, value) in enumerate(self.hits, 1))
        return Ranking(tuple(hits), len(self.hits), query.text)


def test_a_seed_is_never_found_and_an_empty_question_not_asked():
    questions = (Question("q1", "trust", "d2"), Question("q2", " "))
    search = Found(("d2", 3.0), ("d1", 2.0))
    found = run(Collection((), questions, {}), search, "keyword")
    assert found == {"q1": [("d1", 2.0)], "q2": []}
    assert [(query.text, query.limit) for query in search.asked] == [("trust", 101)]


def test_another_systems_run_does_not_gain_by_the_seed_either():
    collection = Collection((), (Question("q", "trust", "seed"),), {"q": {"d": 1}})
    assert score(collection, {"q": [("seed", 9.0), ("d", 1.0)]}).values["mrr@10"] == (1.0,)


def test_measures_are_those_of_trec_eval():
    collection = collection_of({"q": {"a": 2, "b": 1, "c": 1}})
    scores = score(collection, {"q": [("x", 3.0), ("a", 2.0), ("b", 1.0)]})
    gained = 2 / math.log2(3) + 1 / math.log2(4)
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert scores.values["ndcg@10"] == (pytest.approx(gained / ideal),)
    assert scores.values["recall@100"] == (pytest.approx(2 / 3),)
    assert scores.values["mrr@10"] == (0.5,)


def test_a_relevant_document_after_the_tenth_is_no_reciprocal_rank():
    ranking = [(f"x{place}", 1.0) for place in range(10)] + [("a", 1.0)]
    assert score(collection_of({"q": {"a": 1}}), {"q": ranking}).values["mrr@10"] == (0.0,)


def test_a_question_that_nothing_was_found_for_counts_0():
    scores = score(collection_of({"q1": {"a": 1}, "q2": {"a": 1}}), {"q1": [("a", 1.0)]})
    assert scores.questions == ("q1", "q2")
    assert [scores.mean(name) for name in MEASURES] == [0.5, 0.5, 0.5]


TIES = [(f"d{place:02}", value) for place, value in enumerate([2.0] * 9 + [1e-9, 0.0, 0.0, -3.0, -3.0])]


def test_the_written_run_is_scored_by_trec_eval_as_it_is_here(tmp_path):
    relevant = {"q": {"d00": 3, "d08": 1, "d11": 2, "none": 1}, "r": {"d13": 1}}
    collection, found = collection_of(relevant), {"q": TIES, "r": TIES}
    file = io.StringIO()
    write_run(found, file, "evidence-kb-hybrid")
    lines = [line.split() for line in file.getvalue().splitlines()]
    assert all(len(line) == 6 for line in lines)
    assert [line[3] for line in lines if line[0] == "q"] == [str(rank) for rank in range(1, len(TIES) + 1)]
    by_trec_eval = pytrec_eval.RelevanceEvaluator(
        relevant, {"ndcg_cut_10", "recall_100", "recip_rank"}
    ).evaluate({key: {line[2]: float(line[4]) for line in lines if line[0] == key} for key in relevant})
    ours = score(collection, found)
    for place, key in enumerate(ours.questions):
        assert ours.values["ndcg@10"][place] == pytest.approx(by_trec_eval[key]["ndcg_cut_10"])
        assert ours.values["recall@100"][place] == pytest.approx(by_trec_eval[key]["recall_100"])
    assert ours.values["mrr@10"] == (by_trec_eval["q"]["recip_rank"], 0.0)
    path = tmp_path / "our.run"
    path.write_text(file.getvalue())
    again = read_run(path)
    assert {key: [one for one, _ in ranking] for key, ranking in again.items()} == {
        key: [one for one, _ in ranking] for key, ranking in found.items()
    }


def test_scores_fall_with_every_rank_and_change_only_where_they_tie():
    import numpy as np

    values = [np.float32(value) for _, value in falling(TIES)]
    assert all(first > second for first, second in itertools.pairwise(values))
    assert [value for _, value in falling(TIES)] == pytest.approx([value for _, value in TIES], abs=1e-5)
    assert list(falling([("a", 0.75), ("b", 0.5)])) == [("a", 0.75), ("b", 0.5)]


def test_a_run_is_read_in_the_order_of_trec_eval(tmp_path):
    path = tmp_path / "other.run"
    path.write_text("\ufeffq Q0 a 1 0.5 x\r\nq Q0 b 2 0.5 x\nq Q0 c 3 7e-1 x\n\nr\tQ0\td d\t1\t1\tmy run\n")
    assert read_run(path) == {"q": [("c", 0.7), ("b", 0.5), ("a", 0.5)], "r": [("d d", 1.0)]}


@pytest.mark.parametrize(
    ("content", "where"),
    [
        pytest.param("q Q0 a 1 0.5\n", "run:1: is not a line of a TREC run", id="five columns"),
        pytest.param("q Q0 a 1 high x\n", "run:1: is not a line of a TREC run", id="a score in words"),
        pytest.param("q Q0 a 1 nan x\n", "run:1: is not a line of a TREC run", id="a score that is NaN"),
        pytest.param("q Q0 a 1 2 x\nq Q0 a 2 1 x\n", "run:2: has document a a second time", id="a hit twice"),
        pytest.param("\n", "run: holds no hit", id="nothing"),
    ],
)
def test_a_fault_of_a_run_names_its_line(tmp_path, content, where):
    (tmp_path / "run").write_text(content)
    with pytest.raises(EvidenceError, match=where):
        read_run(tmp_path / "run")


def test_an_interval_holds_the_mean_and_is_the_same_each_time():
    values = [0.0, 0.2, 0.4, 1.0, 0.9, 0.3]
    found = interval(values)
    assert 0.0 < found.low < found.mean < found.high < 1.0
    assert found.mean == pytest.approx(sum(values) / len(values))
    assert interval(values) == found


def test_an_interval_is_as_wide_as_the_normal_one_where_that_holds():
    values = [(place % 100) / 100 for place in range(1000)]
    found = interval(values)
    deviation = math.sqrt(sum((value - found.mean) ** 2 for value in values) / 1000)
    assert found.high - found.low == pytest.approx(2 * 1.96 * deviation / math.sqrt(1000), rel=0.05)


def scores_of(*ranks: int) -> Any:
    """The scores of one question a rank, at which its only relevant document stands."""
    relevant = {f"q{place}": {"a": 1} for place in range(len(ranks))}
    found = {
        f"q{place}": [("a" if one == rank else f"x{one}", 1.0 / one) for one in range(1, 11)]
        for place, rank in enumerate(ranks)
    }
    return score(collection_of(relevant), found)


def test_a_run_is_no_better_than_itself():
    scores = scores_of(1, 2, 3, 4)
    for found in compare(scores, scores):
        assert (found.mean, found.low, found.high, found.p) == (0, 0, 0, 1)
        assert (found.wins, found.losses, found.ties) == (0, 0, 4)


def test_a_run_that_is_better_throughout_is_so_beyond_chance():
    better, worse = scores_of(*[1] * 12), scores_of(*[2, 3, 4] * 4)
    found = {one.measure: one for one in compare(better, worse)}
    assert found["mrr@10"].mean == pytest.approx(1 - (1 / 2 + 1 / 3 + 1 / 4) / 3)
    assert 0 < found["mrr@10"].low < found["mrr@10"].mean < found["mrr@10"].high
    # Two of the 4,096 ways to draw the signs give as much: .0005.
    assert 0 < found["mrr@10"].p < 0.002
    assert (found["mrr@10"].wins, found["mrr@10"].losses, found["mrr@10"].ties) == (12, 0, 0)
    assert found["recall@100"].ties == 12
    mirrored = {one.measure: one for one in compare(worse, better)}["mrr@10"]
    assert (mirrored.mean, mirrored.losses) == (-found["mrr@10"].mean, 12)


def test_a_collection_is_indexed_searched_and_scored(folder, tmp_path):
    collection = read_collection(folder)
    index = indexed(collection, tmp_path / "index", ["keyword"], embedder=None)
    try:
        found = run(collection, index, "keyword")
    finally:
        index.close()
    assert {key: [one for one, _ in ranking] for key, ranking in found.items()} == {
        "q1": ["d1", "d2"],
        "q2": ["d1"],
    }


def test_search_by_meaning_without_vectors_is_not_scored(folder, tmp_path):
    with pytest.raises(EvidenceError, match="vectors"):
        indexed(read_collection(folder), tmp_path / "index", ["semantic"], embedder=None)


def test_the_command_scores_and_writes_a_run_and_is_no_better_than_itself(folder, tmp_path):
    path = tmp_path / "our.run"
    content = evaluated(folder, "--mode", "keyword", "--run-file", path, "--index", tmp_path / "kept")
    (row,) = content["scores"]
    # The second of two for q1, and for q2 the first once its seed is taken out.
    assert row["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1) / 2, abs=1e-4)
    assert (row["mode"], row["queries"], row["recall@100"], row["mrr@10"]) == ("keyword", 2, 1, 0.75)
    assert row["mrr@10_from"] <= row["mrr@10"] <= row["mrr@10_to"]
    assert [line.split()[:4] for line in path.read_text().splitlines()] == [
        ["q1", "Q0", "d1", "1"],
        ["q1", "Q0", "d2", "2"],
        ["q2", "Q0", "d1", "1"],
    ]
    assert path.read_text().splitlines()[0].split()[5] == "evidence-kb-keyword"
    again = evaluated(
        folder, "--mode", "keyword", "--compare", path, "--index", tmp_path / "kept", "--per-query"
    )
    assert again["other"] == {name: value for name, value in row.items() if name != "mode"}
    assert [(one["mean"], one["p"], one["ties"]) for one in again["compared"]] == [(0, 1, 2)] * 3
    assert [(one["query"], one["mrr@10"]) for one in again["per_query"]] == [("q1", 0.5), ("q2", 1.0)]


def test_the_table_is_on_stdout_and_what_does_not_count_on_stderr(folder, tmp_path):
    write(folder, "qrels.tsv", QRELS + "q8\td1\t1\n")
    (tmp_path / "other.run").write_text("q1 Q0 d2 1 1 other\nq9 Q0 d2 1 1 other\n")
    result = CliRunner().invoke(
        cli,
        ["evaluate", "retrieval", str(folder), "--mode", "keyword", "--compare", str(tmp_path / "other.run")],
    )
    assert result.exit_code == 0, result.output
    assert "keyword   0.8155 [" in result.stdout
    assert "compared  0.5000 [" in result.stdout
    assert "1 question judged but not asked, left out: q8." in result.stderr
    assert "has no hit for 1 of the 2 queries, which count 0." in result.stderr
    assert "has hits for queries that are not judged here (1), which do not count." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["--run-file", "r"], 2, "takes one --mode", id="a run file of three modes"),
        pytest.param(["--mode", "keyword", "--run-file", "-"], 2, "takes a file", id="a run on stdout"),
        pytest.param(["--mode", "keyword", "--run-file", "no/r"], 1, "does not exist", id="no such folder"),
        pytest.param(
            ["--mode", "keyword", "--compare", "no.run"], 1, "no.run: cannot be read", id="no such run"
        ),
        pytest.param(["--mode", "keyword", "--part", "dev"], 1, "no judgements for `dev`", id="no such part"),
        pytest.param(["--mode", "keyword", "--engine", "x"], 1, "no keyword engine `x`", id="no such engine"),
    ],
)
def test_what_cannot_be_done_is_one_line(folder, tmp_path, monkeypatch, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["evaluate", "retrieval", str(folder), *arguments])
    assert result.exit_code == code
    assert said in result.stderr.splitlines()[-1]
    assert result.stdout == ""
    assert not list(tmp_path.glob("*r*.part"))


def test_a_run_of_another_collection_is_refused(folder, tmp_path):
    (tmp_path / "other.run").write_text("x Q0 d2 1 1 other\n")
    result = CliRunner().invoke(
        cli,
        ["evaluate", "retrieval", str(folder), "--mode", "keyword", "--compare", str(tmp_path / "other.run")],
    )
    assert result.exit_code == 1
    assert "it is of another collection" in result.stderr


def test_without_the_scorer_the_extra_is_named(folder, monkeypatch):
    monkeypatch.setattr("index.scoring.find_spec", lambda name: None)
    result = CliRunner().invoke(cli, ["evaluate", "retrieval", str(folder)])
    assert result.exit_code == 1
    assert result.stderr == "Error: Scoring search needs ir_measures: install `evidence-kb[evaluate]`.\n"
