"""Scores of the tagger on hand labels and of search on a test collection."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import EvidenceError
from corpus.identity import normalise_doi, title_key
from corpus.query import Mode
from corpus.record import Record
from corpus.store import Store
from corpus.theme import Vocabulary
from ingest.intake import Report

if TYPE_CHECKING:
    from ingest.tagging.agreement import Agreement


def score_themes(database: Path, gold: Path) -> Agreement:
    """How well the tags in the file agree with hand labels, which find their record by DOI, then by title."""
    from ingest.tagging.agreement import evaluate

    labels = _read_gold(gold)
    with Store.open(database) as store:
        records = {record.id: record for record in store.records()}
        by_doi = {normalise_doi(record.doi): record for record in records.values() if record.doi}
        by_title = {title_key(record.title): record for record in records.values()}

        def find(label: Mapping[str, Any]) -> Record | None:
            doi = normalise_doi(str(label.get("doi") or ""))
            return by_doi.get(doi) or by_title.get(title_key(str(label.get("title") or "")))

        vocabulary = Vocabulary({theme.id: theme for theme in store.themes()}, {}, str(database))
        return evaluate(labels, find, lambda record: list(store.tags([record.id])), vocabulary)


def score_retrieval(
    folder: Path,
    part: str,
    modes: Sequence[Mode],
    kept_index: Path | None,
    run_file: Path | None,
    report: Report,
) -> list[dict[str, Any]]:
    """One row of scores a mode, for a test collection in BEIR's layout."""
    from index.embedder import packaged_embedder
    from index.evaluation import evaluate

    embedder = packaged_embedder() if set(modes) != {"keyword"} else None
    rows = []
    with tempfile.TemporaryDirectory() as aside:
        for mode in modes:
            scores = evaluate(
                folder,
                mode,
                index_folder=kept_index or Path(aside),
                embedder=embedder,
                part=part,
                run_file=run_file,
                progress=report,
            )
            rows.append(
                {
                    "mode": mode,
                    "queries": scores.questions,
                    "ndcg@10": round(scores.ndcg_at_10, 4),
                    "recall@100": round(scores.recall_at_100, 4),
                    "mrr@10": round(scores.mrr_at_10, 4),
                }
            )
    return rows


def _read_gold(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{path}: is not UTF-8 text.") from error
    labels = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            label = json.loads(line)
        except ValueError as error:
            raise EvidenceError(
                f"{path}:{number}: is not JSON ({error}); a gold file has one object a line."
            ) from error
        if not isinstance(label, dict) or "title" not in label:
            raise EvidenceError(
                f"{path}:{number}: has no `title`; see corpus/gold/themes.jsonl for the form."
            )
        labels.append(label)
    return labels
