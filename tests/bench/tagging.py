"""How many records a second the rules of the vocabulary tag, and what reading the vocabulary costs.

Usage: python -m tests.bench.tagging [RECORDS.jsonl] [--records 2000]

RECORDS.jsonl has a title and an abstract a line (``title``; ``abstract``, ``text`` or ``summary``); without
it the corpus of tests/bench/synthetic.py is taken. Printed are CPU seconds to read and compile the
vocabulary and records a CPU second: of a fresh tagger, of the same when it has met the words, and, as a
peer, of one plain ``re`` alternation of the vocabulary's terms that have no gaps, which finds words and
nothing else. Last comes a hash over all tags: a change for speed alone leaves it as it is.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from itertools import islice, product
from pathlib import Path
from typing import Any

from corpus.record import Record
from corpus.theme import Vocabulary, load_vocabulary
from ingest.tagging.patterns import unfold
from ingest.tagging.signs import compile_signs, term_lines, word_lists
from ingest.tagging.tagger import Tagger
from tests.bench.synthetic import Corpus

#: The peer writes out a term's word classes; one that would make more texts than this is left out.
_MOST_TEXTS = 200
#: It is a hundred times slower: these many records are enough to know it.
_FOR_PEER = 50


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--records", type=int, default=2000)
    arguments = parser.parse_args()
    records = _records(arguments.file, arguments.records)
    length = sum(len(record.abstract.split()) for record in records) / len(records)
    print(f"{len(records)} records, {length:.0f} words an abstract")
    seconds, vocabulary = _timed(load_vocabulary)
    print(f"vocabulary read      {seconds:8.3f} s")
    print(f"vocabulary compiled  {_timed(lambda: compile_signs(vocabulary))[0]:8.3f} s")
    tagger = Tagger(vocabulary)
    for name in ("fresh", "warm", "warm again"):
        seconds, tags = _timed(lambda: tagger.tag_all(records))
        print(f"{name:20} {len(records) / seconds:8.0f} records/s")
    peer = _alternation(vocabulary)
    few = records[:_FOR_PEER]
    seconds, _ = _timed(lambda: [peer.findall(f"{record.title}\n{record.abstract}") for record in few])
    print(f"{'plain re alternation':20} {len(few) / seconds:8.0f} records/s")
    # The version names the vocabulary's text; what it gives is all that is compared.
    shown = [(*astuple(tag)[:7], tag.method.partition(" ")[2], tag.score) for tag in tags]
    print(f"{len(tags)} tags, hash {hashlib.sha256(repr(shown).encode()).hexdigest()[:16]}")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def _records(path: Path | None, size: int) -> Sequence[Record]:
    if path is None:
        corpus = Corpus()
        made = list(islice(corpus.records(size), size))
        return [Record(id=str(n), title=r.title, abstract=corpus.abstract(r)) for n, r in enumerate(made)]
    lines = path.read_text(encoding="utf-8").splitlines()
    chosen = random.Random(1).sample(lines, min(size, len(lines)))
    return [_record(number, json.loads(line)) for number, line in enumerate(chosen)]


def _record(number: int, line: dict[str, Any]) -> Record:
    abstract = next((line[key] for key in ("abstract", "text", "summary") if line.get(key)), "")
    return Record(id=str(number), title=line.get("title") or "", abstract=abstract)


def _alternation(vocabulary: Vocabulary) -> re.Pattern[str]:
    lists = word_lists(vocabulary)
    texts = {
        text for theme in vocabulary for key, pattern in term_lines(theme) for text in _plain(pattern, lists)
    }
    longest_first = sorted(texts, key=lambda text: (-len(text), text))
    return re.compile(r"\b(?:" + "|".join(longest_first) + ")", re.IGNORECASE)


def _plain(pattern: str, lists: dict[str, list[str]]) -> Iterator[str]:
    for sequence in unfold(pattern, lists):
        classes = [element for element in sequence if isinstance(element, frozenset)]
        size = 1
        for words in classes:
            size *= len(words)
        if len(classes) == len(sequence) and size <= _MOST_TEXTS:
            yield from (r"\W+".join(map(_expression, words)) for words in product(*classes))


def _expression(word: str) -> str:
    return re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word) + r"\b"


if __name__ == "__main__":
    main()
