"""Learning from what people said: labels that come along, labels of one's own, decisions about tags."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import EvidenceError, MissingExtra
from corpus.record import Record, SourceRecord
from corpus.store import Store
from corpus.theme import Tag, Vocabulary
from corpus.verdict import standing
from corpus.vocabulary import history
from ingest import formats
from ingest.tagging.gold import Finder, fingerprint, read_gold, seen_records
from ingest.tagging.model import MODEL, Model, Quote, packaged
from kb.deciding_tags_replay import current
from kb.knowledge_base import index_folder
from kb.sources import library_sources

if TYPE_CHECKING:
    from index.embedder import Embedder
    from ingest.tagging.fitting import Fit, Judged
    from ingest.tagging.meaning import Encode, Vectors

#: The labels that come along and that the model is fitted to.
GOLD = tuple(MODEL.with_name(name) for name in ("themes.jsonl", "second-coder.jsonl"))
#: The share of right tags on the second coder's labels before the rules were mended by them: what the rules
#: are worth on labels that they were not written from.
_UNREAD = {"factor": 0.786, "setting": 0.741, "kind": 0.719, "study_type": 0.8}
#: So many quotes take longer to encode than to read.
_WORTH_KEEPING = 20
#: Vectors of quotes that this process has, by what made them and of which texts.
_MADE: dict[tuple[Encode, str], Vectors] = {}
#: Fewer things that people said are nothing to learn from.
_FEWEST = 10
#: An F1 that falls by more is worse.
_TOLERANCE = 0.002


@dataclass(frozen=True, slots=True)
class Learned:
    """What learning made of it: cross-validated figures before and after, and whether the model is used.

    ``moved`` are the (theme, tags before, tags after) of factors of which more or fewer tags are kept.
    """

    model: Model
    labels: int
    decisions: int
    before: Fit
    after: Fit
    moved: tuple[tuple[str, int, int], ...]
    used: bool

    def to_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {
            "version": self.model.version,
            "records": len(self.model.seen),
            "labelled_records": self.labels,
            "decisions": self.decisions,
            "before": {name: round(value, 3) for name, value in asdict(self.before).items()},
            "after": {name: round(value, 3) for name, value in asdict(self.after).items()},
            "threshold": self.model.threshold,
            "likeness": self.model.likeness,
            "moved": [{"theme": theme, "before": old, "after": new} for theme, old, new in self.moved],
            "used": self.used,
        }


def model_in_use(store: Store) -> Model:
    """The model of the file, or the one that comes along."""
    number = store.state("model")
    if not number:
        return packaged()
    content = store.value("select content from models where id = ?", [int(number)])
    return Model.from_json(content, f"{store.path}: model {number}")


def seen_by_model(store: Store) -> frozenset[str]:
    """What stands for the records that the model in use was fitted to (``gold.was_seen``)."""
    return seen_records(model_in_use(store).seen)


def encoder(store: Store, model: Model) -> Encode | None:
    """What gives vectors of texts: what the index uses, loaded on first use; ``None`` without a model.

    The vectors of the model's quotes are kept beside the index: every run needs them, few runs more.
    """
    from index.generations import exported_embedder

    folder = index_folder(store.path)
    embedder = exported_embedder(folder)
    if embedder is None:
        embedder = _packaged()
        if embedder is None:
            return None
    return remembering(embedder.encode, [quote.text for quote in model.quotes], folder / "quotes.npz")


@cache
def _packaged() -> Embedder | None:
    """One for all files of a process: its model takes seconds to load."""
    from index.embedder import packaged_embedder

    try:
        return packaged_embedder()
    except MissingExtra:
        return None


def remembering(encode: Encode, known: Iterable[str], path: Path) -> Encode:
    """The same vectors; those of ``known`` texts are read from ``path`` if they are there, or kept there."""
    import numpy as np

    quotes = frozenset(known)

    def encode_or_read(texts: Sequence[str]) -> Vectors:
        if len(texts) < _WORTH_KEEPING or not quotes.issuperset(texts):
            return encode(texts)
        key = hashlib.sha256("\n".join(texts).encode()).hexdigest()
        if (encode, key) in _MADE:
            return _MADE[encode, key]
        try:
            with np.load(path, allow_pickle=False) as kept:
                if str(kept["key"]) == key:
                    _MADE[encode, key] = kept["vectors"]
                    return _MADE[encode, key]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            # Not there, of other quotes, or damaged: made anew.
            pass
        vectors = _MADE[encode, key] = encode(texts)
        if path.parent.is_dir():
            aside = path.with_name(f".{path.name}.{os.getpid()}.npz")
            np.savez(aside, key=np.array(key), vectors=vectors)
            aside.replace(path)
        return vectors

    return encode_or_read


def learn(store: Store, golds: Sequence[Path] = (), *, force: bool = False, dry_run: bool = False) -> Learned:
    """Fit a model to the labels that come along, those of ``golds`` and the decisions of the file.

    It is used from now on unless its cross-validated F1 is worse than that of the labels that come along.
    Raises ``EvidenceError`` where there is too little to learn from.
    """
    from ingest.tagging.fitting import cross_scores, fit, measure, quotes_of_examples
    from ingest.tagging.tagger import Tagger

    vocabulary = history.in_use(store)
    tagger = Tagger(vocabulary)
    known = list(_of_golds(GOLD, library_records(), tagger, vocabulary, missing_names_raise=False))
    labels = list(_of_golds(golds, store.records(), tagger, vocabulary, missing_names_raise=True))
    decided, decisions = _of_decisions(store, vocabulary)
    if sum(len(each.tags) + len(each.quotes) for each in (*labels, *decided)) < _FEWEST:
        raise EvidenceError(
            f"there is too little to learn from: {decisions} decisions about tags and {len(labels)} labelled"
            f" records; {_FEWEST} are the least. `kb tag review` asks for some, --gold FILE brings labels."
        )
    everything = [*known, *labels, *decided]
    examples = list(quotes_of_examples(vocabulary.axis("factor")))
    model = fit(everything, examples, encoder(store, model_in_use(store)), _UNREAD if known else None)
    old, new = cross_scores(everything, known), cross_scores(everything, everything)
    threshold = model_in_use(store).threshold if known else 0.0
    before = measure(everything, old, threshold)
    after = measure(everything, new, model.threshold)
    used = not dry_run and (force or after.f1 >= before.f1 - _TOLERANCE)
    moved = tuple(_moved(everything, (old, threshold), (new, model.threshold)))
    learned = Learned(model, len(labels), decisions, before, after, moved, used)
    if used:
        _keep(store, learned, vocabulary)
    return learned


def fit_packaged(vocabulary: Vocabulary, encode: Encode | None) -> tuple[Model, Fit]:
    """The model of the labels that come along, and its cross-validated figures."""
    from ingest.tagging.fitting import cross_scores, fit, measure, quotes_of_examples
    from ingest.tagging.tagger import Tagger

    known = list(_of_golds(GOLD, library_records(), Tagger(vocabulary), vocabulary, missing_names_raise=True))
    model = fit(known, list(quotes_of_examples(vocabulary.axis("factor"))), encode, _UNREAD)
    return model, measure(known, cross_scores(known, known), model.threshold)


def undo(store: Store) -> str:
    """Go back to the model before; its version. Raises ``EvidenceError`` where nothing was learned."""
    number = store.state("model")
    if not number:
        raise EvidenceError("nothing was learned in this file; the model that comes along is in use.")
    before = store.value("select max(id) from models where id < ?", [int(number)])
    with store.atomic():
        store.set_state("model", str(before) if before else None)
    return model_in_use(store).version


def _keep(store: Store, learned: Learned, vocabulary: Vocabulary) -> None:
    with store.atomic():
        row = {
            "version": learned.model.version,
            "vocabulary": vocabulary.source,
            "seen": json.dumps(learned.model.seen),
            "scores": json.dumps(learned.to_dict()),
            "content": learned.model.to_json(),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        number = store.database.table("models").insert(row, pk="id").last_pk
        store.set_state("model", str(number))


def library_records() -> Iterator[Record]:
    """The records of the embedded library, each description for itself."""
    for source in library_sources():
        with source.open() as stream:
            _, pieces = formats.read(stream, source.name)
            yield from (piece.record for piece in pieces if isinstance(piece, SourceRecord))


def _of_golds(
    paths: Iterable[Path],
    records: Iterable[Record],
    tagger: Any,
    vocabulary: Vocabulary,
    *,
    missing_names_raise: bool,
) -> Iterator[Judged]:
    from ingest.tagging.fitting import judged_by_labels

    find: Finder | None = None
    for path in paths:
        try:
            gold = read_gold(path, vocabulary)
        except EvidenceError:
            # The labels that come along are of our vocabulary; another has no themes of these names.
            if missing_names_raise:
                raise
            continue
        find = find or Finder(records)
        for line in gold.lines:
            record = find(line)
            if record is not None:
                yield judged_by_labels(line, record, tagger, vocabulary)


def _of_decisions(store: Store, vocabulary: Vocabulary) -> tuple[list[Judged], int]:
    """What people decided, by record, and how many decisions hold."""
    from ingest.tagging.fitting import Judged

    holding = standing(current(store))
    by_record: dict[str, list[Any]] = {}
    for verdict in holding:
        by_record.setdefault(verdict.record, []).append(verdict)
    judged = []
    for record in store.records(by_record):
        seen = fingerprint(record.title)
        tags: list[tuple[Tag, str, bool]] = []
        quotes: list[Quote] = []
        missing: dict[str, int] = {}
        for verdict in by_record[record.id]:
            axis = vocabulary.themes[verdict.theme].axis
            if verdict.kind == "add":
                missing[axis] = missing.get(axis, 0) + 1
            else:
                tag = Tag(
                    record.id,
                    verdict.theme,
                    verdict.direction,
                    verdict.field,
                    verdict.start,
                    verdict.end,
                    verdict.quote,
                    verdict.method,
                    verdict.score,
                )
                tags.append((tag, axis, verdict.kind == "accept"))
            if axis == "factor" and verdict.kind != "reject" and verdict.quote and verdict.direction:
                quotes.append(Quote(verdict.quote, verdict.theme, verdict.direction, seen))
        judged.append(Judged(seen, tags, missing, quotes))
    return judged, len(holding)


def _moved(
    judged: Sequence[Judged], old: tuple[list[list[float]], float], new: tuple[list[list[float]], float]
) -> Iterator[tuple[str, int, int]]:
    counts: dict[str, list[int]] = {}
    for side, (scores, threshold) in enumerate((old, new)):
        for each, own in zip(judged, scores, strict=True):
            for (tag, axis, _), score in zip(each.tags, own, strict=True):
                if axis == "factor" and score >= threshold:
                    counts.setdefault(tag.theme, [0, 0])[side] += 1
    for theme, (before, after) in sorted(counts.items()):
        if before != after:
            yield theme, before, after
