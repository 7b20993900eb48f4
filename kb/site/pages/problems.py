"""What could not be read: piece by piece, as printed, with the reason and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corpus.errors import EvidenceError
from kb.knowledge_base import KnowledgeBase
from kb.site.pages.paging import Paged

_SIZE = 20
_SHOWN = 3_000
#: A piece of more characters is mended in an editor: as a form it would be too large.
LONGEST = 150_000

_COLUMNS = """
select problems.id as id, sources.id as source, sources.name as name, line, reason, hint, raw,
  later.id as later, later.name as settled_by, sources.format as format
from problems join sources on sources.id = source left join sources as later on later.id = settled_by
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A piece that could not be read; ``settled_by`` is the later source that took its place, if one did."""

    id: int
    source: int
    name: str
    line: int
    reason: str
    hint: str
    raw: str
    cut: bool
    settled_by: str


def problems(library: KnowledgeBase, source: int | None, number: int) -> dict[str, Any]:
    """What the page shows: the problems of all sources or of one, the open ones first.

    Raises ``EvidenceError`` for a source that there is not.
    """
    store = library.store
    sources = list(
        store.query(
            "select sources.id as id, name, count(*) as total, total(settled_by is null) as open"
            " from problems join sources on sources.id = source"
            " group by sources.id order by open desc, sources.id"
        )
    )
    chosen = next((each for each in sources if each["id"] == source), None)
    if source is not None and chosen is None:
        raise EvidenceError(f"No source here has the number {source} and pieces that could not be read.")
    where = "where :source is null or source = :source"
    total = sum(each["total"] for each in ([chosen] if chosen else sources))
    paged = Paged(number, total, _SIZE)
    rows = store.query(
        f"{_COLUMNS} {where} order by settled_by is not null, problems.id limit :limit offset :offset",
        {"source": source, "limit": _SIZE, "offset": paged.offset},
    )
    return {
        "troubles": [_trouble(row, _SHOWN) for row in rows],
        "sources": sources,
        "chosen": chosen,
        "paged": paged,
        "open": int(sum(each["open"] for each in ([chosen] if chosen else sources))),
    }


def problem(library: KnowledgeBase, number: int, *, mending: bool) -> dict[str, Any] | None:
    """What the page of one problem shows; with ``mending`` the text for the form. ``None``: there is none."""
    # It brings every parser along.
    from kb.problems import text_of

    row = next(library.store.query(f"{_COLUMNS} where problems.id = ?", [number]), None)
    if row is None:
        return None
    # None: not to be mended here, because it is settled, or too long for a form.
    text = None
    if mending and not row["settled_by"]:
        text = text_of(library.store, number).raw
        text = text if len(text) <= LONGEST else None
    return {"trouble": _trouble(row, LONGEST), "text": text, "format": row["format"]}


def _trouble(row: dict[str, Any], length: int) -> Trouble:
    raw = row["raw"] or ""
    return Trouble(
        id=row["id"],
        source=row["source"],
        name=row["name"],
        line=row["line"],
        reason=row["reason"] or "",
        hint=row["hint"] or "",
        raw=raw[:length],
        cut=len(raw) > length,
        settled_by=row["settled_by"] or "",
    )
