"""Scores of search on a test collection."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.query import Mode
from ingest.intake import Report


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
