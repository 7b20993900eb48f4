"""What a Tantivy index says over files that cannot be written or are not what they were."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import IndexProblem
from corpus.query import Filters
from index.engine import Document
from index.tantivy_engine import TantivyEngine
from index.tantivy_lexicon import Lexicon, write_lexicon
from index.tree import Every, Term

_DOCUMENTS = [Document(f"record-{number:03}", "Trust", "Power and status.") for number in range(300)]
_WITHOUT_SPACE = """
import resource, signal, sys
from pathlib import Path
from corpus.errors import IndexProblem
from index.engine import Document
from index.tantivy_engine import TantivyEngine
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
documents = (Document(f"{number:05}", f"Trust {number}", f"power{number}") for number in range(2000))
try:
    TantivyEngine().build(documents, Path(sys.argv[1]))
except IndexProblem as problem:
    sys.stdout.write(str(problem))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit to a file's length there")
@pytest.mark.parametrize("most", [1_000, 20_000])
def test_a_full_disk_is_one_sentence(most, tmp_path):
    command = [sys.executable, "-c", _WITHOUT_SPACE, str(tmp_path), str(most)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "cannot be written" in done.stdout
    assert "\n" not in done.stdout


@pytest.mark.parametrize("name", ["sizes.json", "words", "meta.json"])
def test_a_missing_file_is_an_index_problem(name, tmp_path):
    TantivyEngine().build(_DOCUMENTS, tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(IndexProblem, match="kb index"):
        TantivyEngine().open(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", "nothing", '{"words": "x"}', "[1]"])
def test_a_list_of_files_that_is_no_list_is_an_index_problem(content, tmp_path):
    TantivyEngine().build(_DOCUMENTS, tmp_path)
    (tmp_path / "sizes.json").write_text(content)
    with pytest.raises(IndexProblem, match="kb index"):
        TantivyEngine().open(tmp_path)


def test_meta_of_the_same_length_that_says_nothing_is_an_index_problem(tmp_path):
    TantivyEngine().build(_DOCUMENTS, tmp_path)
    meta = tmp_path / "meta.json"
    meta.write_text(json.dumps({}).ljust(meta.stat().st_size))
    with pytest.raises(IndexProblem, match="kb index"):
        TantivyEngine().open(tmp_path)


def test_equal_scores_keep_the_order_of_numbers_at_any_limit(tmp_path):
    TantivyEngine().build(_DOCUMENTS, tmp_path)
    index = TantivyEngine().open(tmp_path)
    for tree in (Term("trust"), Every()):
        for limit in (1, 7, 299, None):
            numbers = [number for number, _ in index.search(tree, Filters(), limit).hits]
            assert numbers == list(range(300))[:limit]


def test_a_lexicon_is_searched_by_letters(tmp_path: Path):
    path = tmp_path / "words"
    words = {"trust": 5, "trusts": 2, "truth": 9, "østers": 1, "a": 3}
    write_lexicon(path, words.items())
    lexicon = Lexicon(path)
    assert {word: lexicon.count(word) for word in words} == words
    assert lexicon.count("tru") == lexicon.count("zzz") == lexicon.count("") == 0
    assert list(lexicon.matching("tr*")) == ["trust", "trusts", "truth"]
    assert list(lexicon.matching("*s")) == ["trusts", "østers"]
    assert list(lexicon.matching("?ru??")) == ["trust", "truth"]
    assert set(lexicon.within("trusd", 1)) == {"trust"}
    assert set(lexicon.within("trusd", 2)) == {"trust", "trusts", "truth"}
    assert lexicon.suggest("trusty") == "trust"


def test_an_empty_lexicon_has_no_words(tmp_path: Path):
    write_lexicon(tmp_path / "words", [])
    lexicon = Lexicon(tmp_path / "words")
    assert (lexicon.count("trust"), list(lexicon.matching("*")), list(lexicon.within("trust", 1))) == (
        0,
        [],
        [],
    )
