"""How well factors and directions are found: ours beside three peers, on the same records in one run.

    HF_HUB_OFFLINE=1 .venv/bin/python -m tests.bench.themes
    HF_HUB_OFFLINE=1 .venv/bin/python -m tests.bench.themes --test MY-GOLD.jsonl

Trained on ``corpus/gold/themes.jsonl`` and ``second-coder.jsonl``, tested on ``held-out.jsonl``; the records
are those of the embedded library. The peers: the similarity of a sentence to a theme's label, definition and
direction (all-MiniLM-L6-v2, no training but the threshold); a plain list of the themes' labels with the
direction of the nearest cue word; a logistic regression for each label on the vectors of sentences.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from corpus.query import DIRECTIONS
from corpus.record import Record
from corpus.theme import Tag, Vocabulary, load_vocabulary
from index.embedder import packaged_embedder
from ingest.tagging.agreement import Compared, agreement, compare
from ingest.tagging.gold import Finder, GoldLine, read_gold
from ingest.tagging.mistakes import mistakes
from ingest.tagging.model import packaged
from ingest.tagging.sentences import sentences
from ingest.tagging.tagger import Tagger
from kb.evaluation import terms_named
from kb.learning import library_records

GOLD = Path(__file__).parents[2] / "corpus" / "gold"
Pair = tuple[GoldLine, Record]
_CUES = {
    "barrier": r"barrier|hinder|hamper|imped|obstac|lack|poor|inadequate|difficult|problem|conflict|prevent",
    "enabler": r"enabl|facilitat|help|support|essential|improv|promot|success|good|effective|strength",
    "driver": r"driv|require|pressure|because|need|prompt|respon|policy|demand",
}
_SAYING = {
    "barrier": "hinders collaboration",
    "enabler": "helps collaboration",
    "driver": "drives collaboration",
}


def pairs(names: Sequence[Path], vocabulary: Vocabulary, records: Sequence[Record]) -> list[Pair]:
    """The labels of those files, each with its record."""
    find = Finder(records)
    lines = [line for path in names for line in read_gold(path, vocabulary).lines]
    return [(line, record) for line in lines if (record := find(line)) is not None]


def spans(record: Record) -> list[tuple[int, int]]:
    """Where the sentences of an abstract stand."""
    return [(sentence[0].start, sentence[-1].end) for sentence in sentences(record.abstract)]


def made(record: Record, label: str, start: int, end: int, score: float) -> Tag:
    """A tag on a whole sentence."""
    theme, _, direction = label.rpartition(" ")
    quote = record.abstract[start:end]
    return Tag(record.id, theme, direction, "abstract", start, end, quote, "peer", score)


class Sentences:
    """The sentences of records with their vectors."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.embedder = packaged_embedder()
        self.places = [(record, start, end) for record in records for start, end in spans(record)]
        texts = [record.abstract[start:end] for record, start, end in self.places]
        self.vectors = np.concatenate(
            [self.embedder.encode(texts[at : at + 500]) for at in range(0, len(texts), 500)]
        )

    def of(self, record: Record) -> Iterator[tuple[int, int, np.ndarray]]:
        """Start, end and vector of each sentence of a record."""
        for (owner, start, end), vector in zip(self.places, self.vectors, strict=True):
            if owner.id == record.id:
                yield start, end, vector


def tags_of(scored: dict[str, list[tuple[float, Tag]]], threshold: float) -> Callable[[Record], list[Tag]]:
    """The best tag of each label that reaches the threshold."""

    def tag(record: Record) -> list[Tag]:
        best: dict[tuple[str, str | None], Tag] = {}
        for score, each in sorted(scored.get(record.id, ()), key=lambda pair: pair[0]):
            if score >= threshold:
                best[each.theme, each.direction] = each
        return list(best.values())

    return tag


def similarity(vocabulary: Vocabulary, among: Sentences, records: Sequence[Record]) -> dict:
    """Every sentence beside every theme and direction."""
    labels = [f"{theme.id} {direction}" for theme in vocabulary.axis("factor") for direction in DIRECTIONS]
    texts = [
        f"{theme.label} {_SAYING[direction]}. {theme.definition}"
        for theme in vocabulary.axis("factor")
        for direction in DIRECTIONS
    ]
    vectors = among.embedder.encode(texts)
    return {
        record.id: [
            (float(cosine), made(record, label, start, end, float(cosine)))
            for start, end, vector in among.of(record)
            for label, cosine in zip(labels, vectors @ vector, strict=True)
        ]
        for record in records
    }


def classifier(train: Sequence[Pair], among: Sentences, records: Sequence[Record]) -> dict:
    """A logistic regression for each label on sentences that overlap its evidence."""
    rows, answers = [], []
    for line, record in train:
        places = [
            (each.label, record.abstract.find(each.text), len(each.text))
            for each in line.evidence
            if each.text
        ]
        for start, end, vector in among.of(record):
            rows.append(vector)
            answers.append({label for label, at, size in places if 0 <= at < end and start < at + size})
    counts = Counter(label for labels in answers for label in labels)
    models = {
        label: LogisticRegression(C=10, class_weight="balanced", max_iter=500).fit(
            rows, [label in labels for labels in answers]
        )
        for label, count in counts.items()
        if count > 1
    }
    return {
        record.id: [
            (float(sure), made(record, label, start, end, float(sure)))
            for start, end, vector in among.of(record)
            for label, model in models.items()
            for sure in [model.predict_proba(vector.reshape(1, -1))[0, 1]]
        ]
        for record in records
    }


def term_list(vocabulary: Vocabulary, records: Sequence[Record]) -> dict:
    """The words of each theme's label, with the direction of the nearest cue word in the sentence."""
    words = {
        theme.id: re.compile(
            r"\b(" + "|".join(w[:-1] for w in re.findall(r"[a-z]{4,}", theme.label.lower())) + ")", re.I
        )
        for theme in vocabulary.axis("factor")
    }
    found: dict[str, list[tuple[float, Tag]]] = {}
    for record in records:
        for start, end in spans(record):
            text = record.abstract[start:end]
            cues = [(m.start(), d) for d, cue in _CUES.items() for m in re.finditer(cue, text, re.I)]
            for theme, pattern in words.items():
                for match in pattern.finditer(text):
                    if cues:
                        direction = min(cues, key=lambda cue: abs(cue[0] - match.start()))[1]
                        at = start + match.start()
                        tag = made(record, f"{theme} {direction}", at, start + match.end(), 1.0)
                        found.setdefault(record.id, []).append((1.0, tag))
    return found


def compared(
    pairs: Sequence[Pair], tag: Callable[[Record], Sequence[Tag]], known: Vocabulary
) -> list[Compared]:
    """The tags of each record beside its labels."""
    return [compare(line, record, tag(record), known) for line, record in pairs]


def best_threshold(scored: dict, train: Sequence[Pair], vocabulary: Vocabulary) -> float:
    """The threshold that serves the training records best."""

    def f1(threshold: float) -> float:
        found = agreement(compared(train, tags_of(scored, threshold), vocabulary))
        return found.micro["factor_direction"].f1

    return max((step / 20 for step in range(4, 20)), key=f1)


def main() -> None:
    """Print the table and our errors by kind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--test", type=Path, default=GOLD / "held-out.jsonl")
    options = parser.parse_args()
    vocabulary = load_vocabulary()
    records = list(library_records())
    train = pairs([GOLD / "themes.jsonl", GOLD / "second-coder.jsonl"], vocabulary, records)
    test = pairs([options.test], vocabulary, records)
    everyone = [record for _, record in (*train, *test)]
    among = Sentences(everyone)
    model = packaged()
    ours = Tagger(vocabulary, model, among.embedder.encode)
    methods: dict[str, Callable[[], Callable[[Record], Sequence[Tag]]]] = {}

    def learned() -> Callable[[Record], Sequence[Tag]]:
        # The threshold by records that the classifier did not see.
        half = classifier(train[::2], among, [record for _, record in train[1::2]])
        threshold = best_threshold(half, train[1::2], vocabulary)
        return tags_of(classifier(train, among, everyone), threshold)

    def alike() -> Callable[[Record], Sequence[Tag]]:
        scored = similarity(vocabulary, among, everyone)
        return tags_of(scored, best_threshold(scored, train, vocabulary))

    methods["similarity"] = alike
    methods["term list"] = lambda: tags_of(term_list(vocabulary, everyone), 0.5)
    methods["classifier"] = learned
    methods["rules"] = lambda: Tagger(vocabulary).tag
    methods["rules + model"] = lambda: ours.tag
    print(f"trained on {len(train)} records, tested on {len(test)}")
    print(f"{'':16}{'P':>7}{'R':>7}{'F1':>7}{'macro':>7}{'factor':>8}{'quotes':>8}{'false':>7}{'s':>7}")
    result: list[Compared] = []
    for name, make in methods.items():
        start = time.process_time()
        result = compared(test, make(), vocabulary)
        spent = time.process_time() - start
        found = agreement(result)
        score, factor = found.micro["factor_direction"], found.micro["factor"]
        print(
            f"{name:16}{score.precision:7.3f}{score.recall:7.3f}{score.f1:7.3f}"
            f"{found.macro('factor_direction'):7.3f}{factor.f1:8.3f}{found.quote_overlap or 0:8.3f}"
            f"{found.false_alarms or 0:7.2f}{spent:7.1f}"
        )
    print("\nour errors by kind (factor and direction)")
    named = terms_named(vocabulary)
    kinds = Counter(
        (each.outcome, each.kind) for each in mistakes(result, named) if each.measure == "factor_direction"
    )
    for (outcome, kind), count in kinds.most_common():
        print(f"  {outcome:8} {kind:14} {count}")


if __name__ == "__main__":
    main()
