"""How good the tags are: the tagger beside hand labels, those apart that it was made from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.store import Store
from corpus.theme import Vocabulary
from corpus.vocabulary import history
from ingest.tagging.agreement import Agreement, Compared, agreement, compare
from ingest.tagging.bootstrap import Interval, intervals
from ingest.tagging.gold import Finder, Gold, read_gold, seen_records, was_seen
from ingest.tagging.mistakes import confusions, mistakes
from ingest.tagging.model import MODEL, packaged
from ingest.tagging.reliability import calibration, methods
from kb import tagging
from kb.learning import model_in_use

if TYPE_CHECKING:
    from corpus.theme import Tag

#: The figures of the labels that come along and that nothing was made from.
FIGURES = MODEL.with_name("figures.json")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A comparison with a gold file: of all its records that are in the file, and of those that are unseen.

    ``unmatched`` are the ids of labels without a record here, ``repeated`` those of a record that an earlier
    line labels: neither counts.
    """

    gold: Gold
    tagger: str
    vocabulary: str
    model: str
    compared: tuple[Compared, ...]
    unmatched: tuple[str, ...]
    repeated: tuple[str, ...] = ()

    @property
    def unseen(self) -> tuple[Compared, ...]:
        """The records that neither rules nor model were made from."""
        return tuple(each for each in self.compared if not each.seen)

    @property
    def judged(self) -> tuple[Compared, ...]:
        """Those that the figures in detail are of: the unseen ones, or all if there are none."""
        return self.unseen or self.compared

    def to_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {
            "gold": self.gold.path.name,
            "tagger": self.tagger,
            "vocabulary": self.vocabulary,
            "model": self.model,
            "records": len(self.compared),
            "seen": len(self.compared) - len(self.unseen),
            "unmatched": list(self.unmatched),
            "repeated": list(self.repeated),
            "unseen": _figures(self.unseen) if self.unseen else None,
            "all": _figures(self.compared),
        }


def evaluate(store: Store, path: Path, *, decided: bool = False) -> Evaluation:
    """The tagger of the file beside the labels of a gold file, and the run kept in the file.

    What people decided does not count, for it would flatter the tagger; with ``decided`` the tags as they
    stand are compared. Raises ``EvidenceError`` if no label is about a record of the file.
    """
    vocabulary = history.in_use(store)
    gold = read_gold(path, vocabulary)
    model = model_in_use(store)
    tagger = tagging.make_tagger(store, vocabulary)
    find = Finder(store.records())
    matched = [(line, find(line)) for line in gold.lines]
    records = {record.id: record for _, record in matched if record is not None}
    first = {record.id: line for line, record in reversed(matched) if record is not None}
    if not records:
        raise EvidenceError(
            f"{path}: none of its {len(matched)} labels is about a record of {store.path} (by DOI or title)."
        )
    tags = _by_record(store.tags(records) if decided else tagger.tag_all([*records.values()]))
    seen = seen_records((*packaged().seen, *model.seen, *_fitted_to(vocabulary)))
    compared = tuple(
        compare(line, record, tags.get(record.id, ()), vocabulary, seen=was_seen(line, record, seen))
        for line, record in matched
        if record is not None and line is first[record.id]
    )
    unmatched = tuple(line.id for line, record in matched if record is None)
    repeated = tuple(line.id for line, record in matched if record and line is not first[record.id])
    done = Evaluation(gold, tagger.version, vocabulary.version, model.version, compared, unmatched, repeated)
    if not decided:
        _keep(store, done.to_dict(), gold.sha256)
    return done


def errors(evaluation: Evaluation, store: Store) -> Iterator[dict[str, Any]]:
    """Every wrong and missing label of the records in question, with its words in their sentence."""
    from dataclasses import asdict

    named = terms_named(history.in_use(store))
    yield from (asdict(each) for each in mistakes(evaluation.judged, named))


def published() -> dict[str, Any] | None:
    """The figures that come along, of labels that neither rules nor model were made from."""
    if not FIGURES.exists():
        return None
    content: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return content


def publish(content: Mapping[str, Any]) -> None:
    """Write the figures that come along; for the release, from a checkout.

    Raises ``EvidenceError`` where every record was seen: such figures are not shown to others.
    """
    if content["unseen"] is None:
        raise EvidenceError(
            f"{content['gold']}: all of its records were seen when rules or model were made; not published."
        )
    kept = {name: value for name, value in content.items() if name != "all"}
    kept["run_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    FIGURES.write_text(
        json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


def latest(store: Store) -> dict[str, Any] | None:
    """The figures to show: the last run on unseen records of this file, or those that come along.

    ``same`` says whether they are of the vocabulary in use, ``run_at`` when they were measured.
    """
    vocabulary = history.in_use(store).version
    for row in store.query(
        "select scores, run_at from evaluations where records > seen order by id desc limit 1"
    ):
        kept: dict[str, Any] = json.loads(row["scores"])
        return kept | {"run_at": row["run_at"], "same": kept["vocabulary"] == vocabulary}
    content = published()
    # The packaged figures are of the packaged vocabulary; another subject has none.
    if content is None or history.own(store) is not None:
        return None
    return content | {"same": content["vocabulary"] == vocabulary}


def _fitted_to(vocabulary: Vocabulary) -> list[str]:
    """The records that the vocabulary says it was written from: titles, DOIs or fingerprints."""
    names = vocabulary.settings.get("fitted_to") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise EvidenceError(
            f"{vocabulary.source}: `fitted_to:` is not a list of texts; put each title or DOI in quotes."
        )
    return names


def _keep(store: Store, content: Mapping[str, Any], sha256: str) -> None:
    row = {name: content[name] for name in ("gold", "tagger", "vocabulary", "model", "records", "seen")}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with store.atomic():
        store.database.table("evaluations").insert(
            row | {"sha256": sha256, "scores": json.dumps(content, ensure_ascii=False), "run_at": now},
            pk="id",
        )


def _figures(compared: Sequence[Compared]) -> dict[str, Any]:
    found: Agreement = agreement(compared)
    content = found.to_dict()
    for measure, scores in content["measures"].items():
        scores["interval"] = {
            name: _pair(interval) for name, interval in intervals(compared, measure).items()
        }
    themes, directions = confusions(compared)
    said = calibration(compared)
    content["confused_themes"] = [_plain(each) for each in themes]
    content["confused_directions"] = [_plain(each) for each in directions]
    content["methods"] = [_plain(each) for each in methods(compared)]
    content["calibration"] = {
        "error": round(said.error, 3),
        "bins": [_plain(each) for each in said.bins],
    }
    return content


def _plain(value: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {name: round(each, 3) if isinstance(each, float) else each for name, each in asdict(value).items()}


def _pair(interval: Interval) -> list[float]:
    return [round(interval.low, 3), round(interval.high, 3)]


def _by_record(tags: Any) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = {}
    for tag in tags:
        if tag.status != "rejected":
            found.setdefault(tag.record, []).append(tag)
    return found


def terms_named(vocabulary: Vocabulary) -> Any:
    """Where terms of factors stand in a record, whatever direction the words around them say."""
    from ingest.tagging.passages import passages
    from ingest.tagging.signs import compile_signs, shown_terms

    factors = {theme.id for theme in vocabulary.axis("factor")}
    signs = compile_signs(vocabulary, lambda sign: sign.part == "term" and sign.name in factors)

    def named(record: Record) -> Iterator[tuple[str, str, int, int]]:
        for passage in passages(record, signs):
            for sentence, matches in passage.sentences:
                for match in shown_terms(matches):
                    first, last = sentence[match.start], sentence[match.end - 1]
                    yield match.payload.name, passage.field, first.start, last.end

    return named
