"""Scores of the tagger on hand labels and of search on a test collection."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError
from corpus.identity import normalise_doi, title_key
from corpus.query import MODES
from corpus.store import Store


def score_themes(database: Path, gold: Path) -> dict[str, Any]:
    """What ``kb evaluate themes --json`` prints; labels find their record by DOI, then by title."""
    from ingest.agreement import evaluate

    labels = _read_gold(gold)
    with Store.open(database) as store:
        dois: dict[str, str] = {}
        titles: dict[str, str] = {}
        for row in store.query("select id, title, doi from records order by id desc"):
            titles[title_key(row["title"])] = row["id"]
            if row["doi"]:
                dois[normalise_doi(row["doi"])] = row["id"]
        themes = {theme.id: theme for theme in store.themes()}

        def find(label: Any) -> str | None:
            return dois.get(normalise_doi(label.get("doi") or "")) or titles.get(
                title_key(label.get("title") or "")
            )

        found = {place: record for place, label in enumerate(labels) if (record := find(label))}
        tags = {record: list(store.tags([record])) for record in found.values()}
    labelled = [(labels[place], tags[record]) for place, record in found.items()]
    return {"records": len(found), "missing": len(labels) - len(found), "scores": evaluate(labelled, themes)}


def score_retrieval(
    folder: Path,
    prefix: str,
    modes: Sequence[str],
    run_file: Path | None,
    report: Callable[[str, int, int | None], None],
) -> list[dict[str, Any]]:
    """One row of scores a mode, for a test collection in BEIR's layout."""
    from index.evaluation import evaluate

    for mode in modes:
        if mode not in MODES:
            raise EvidenceError(f"no mode `{mode}`; there are {', '.join(MODES)}.")
    return evaluate(folder, prefix, modes or MODES, run_file, report)


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
