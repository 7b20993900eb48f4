"""Records on their way out in any format: plain ones are streamed, documents are made whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from corpus.errors import EvidenceError
from kb.knowledge_base import KnowledgeBase
from kb.leaving import DOCUMENTS, ENDINGS, FORMATS
from kb.selection import Selection


def format_of(to: str | None, target: str | None) -> str:
    """The format asked for, or that of the file's name; raises ``EvidenceError`` where neither says it."""
    found = to or ENDINGS.get(Path(target or "").suffix.lower())
    if found is None:
        raise EvidenceError(f"say which format to write: --to {' | '.join(FORMATS)}.")
    return found


def tells_of_search(to: str, parts: frozenset[Any]) -> bool:
    """Whether what is written tells what the search rests on."""
    return to == "xlsx" or (to in DOCUMENTS and "strategy" in parts)


def is_binary(to: str) -> bool:
    """Whether the format is bytes, not text."""
    return to in ("docx", "xlsx")


def content(library: KnowledgeBase, chosen: Selection, to: str, *, form: Any = None) -> bytes:
    """The whole file, for those who send it at once; raises as ``export`` does."""
    if is_binary(to):
        stream = io.BytesIO()
        export(library, chosen, to, stream, form=form)
        return stream.getvalue()
    text = io.StringIO(newline="")
    export(library, chosen, to, text, form=form)
    return text.getvalue().encode("utf-8", "replace")


def export(
    library: KnowledgeBase,
    chosen: Selection,
    to: str,
    stream: Any,
    *,
    form: Any = None,
    template: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write what was chosen to ``stream``, which takes bytes if ``is_binary(to)``; how many records.

    ``form`` is a ``Form`` for documents; ``template`` a Word file to take styles from. Raises
    ``MissingExtra`` where a document needs what is not installed.
    """
    if to in DOCUMENTS:
        from kb import documents
        from kb.bibliography import Form, bibliography

        made = bibliography(library, chosen, form or Form())
        documents.put(made, cast(documents.Target, to), stream, reference=template)
        return len(chosen.ids)
    from kb.exporters import EXPORTERS
    from kb.exporters.xlsx import Xlsx

    exporter = Xlsx(tuple(chosen.rows())) if to == "xlsx" else EXPORTERS[to]
    return library.export_by(exporter, chosen.ids, stream, remarks=chosen.remarks, progress=progress)
