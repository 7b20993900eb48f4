"""Saved searches: a name for a search, and what each run of it found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any

from corpus.errors import EvidenceError
from corpus.query import Filters, Query
from corpus.store import Store
from kb.knowledge_base import KnowledgeBase

_NAME = re.compile(r"[^\W_][\w.-]{0,79}\Z")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Run:
    """A saved search as it ran once: when (ISO 8601, UTC), as the engine ran it, and what it found, in order.

    ``versions`` says of program, engine, model, index and records which they were.
    """

    name: str
    query: Query
    as_run: str
    run_at: str
    total: int
    ids: tuple[str, ...]
    versions: dict[str, str]
    id: int = 0

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"ids": list(self.ids)}


def check_name(name: str) -> str:
    """The name, if it is one; raises ``EvidenceError`` with one that would do."""
    if _NAME.match(name):
        return name
    instead = re.sub(r"[^\w.]+", "-", name.lower()).strip("-_.")[:_LONGEST] or "my-search"
    raise EvidenceError(f"“{name[:_LONGEST]}” is no name for a search; `{instead}` would be one.")


def save(library: KnowledgeBase, name: str, query: Query, *, replace: bool = False) -> Run:
    """Run the search, keep its name and what it found; the file of ``library`` must be writable.

    Raises ``EvidenceError`` where that name is taken by another search, unless that is to be replaced.
    """
    before = last(library.store, check_name(name))
    if before and before.query != _bare(query) and not replace:
        raise EvidenceError(
            f"there is a saved search `{name}` with another query ({before.query.text or 'no words'});"
            " take another name, or --replace it."
        )
    return _keep(library, name, query)


def run(library: KnowledgeBase, name: str) -> tuple[Run, Run]:
    """Run a saved search anew and keep what it found; gives the run before and this one."""
    before = known(library.store, name)
    return before, _keep(library, name, before.query)


def remove(store: Store, name: str) -> int:
    """Forget a saved search with all its runs; gives how many there were."""
    known(store, name)
    with store.atomic():
        return store.connection.execute("delete from searches where name = ?", [name]).rowcount


def known(store: Store, name: str) -> Run:
    """The last run of that search; raises ``EvidenceError`` with near names where there is none."""
    found = last(store, name)
    if found is None:
        names = [each.name for each in saved(store)]
        near = get_close_matches(name, names, 3, 0.4)
        raise EvidenceError(
            f"no search is saved as `{name}`"
            + (f"; near: {', '.join(near)}." if near else "; `kb saved` lists them, `kb save` adds one.")
        )
    return found


def last(store: Store, name: str) -> Run | None:
    """The last run of the search of that name; ``None`` if there is none."""
    return next(_runs(store, "where name = ? order by id desc limit 1", [name]), None)


def saved(store: Store) -> list[Run]:
    """The last run of every saved search, by name."""
    return list(_runs(store, "where id in (select max(id) from searches group by name) order by name", []))


def _runs(store: Store, where: str, parameters: list[Any]) -> Iterator[Run]:
    for row in store.query(f"select * from searches {where}", parameters):
        yield Run(
            row["name"],
            _decode(json.loads(row["query"])),
            row["as_run"] or "",
            row["run_at"],
            row["total"],
            tuple(json.loads(row["result_ids"] or "[]")),
            json.loads(row["versions"] or "{}"),
            row["id"],
        )


def _keep(library: KnowledgeBase, name: str, query: Query) -> Run:
    query = _bare(query)
    found = library.run(Query(**{**_fields(query), "limit": 0}))
    ids = library.ids(query)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    made = Run(name, query, found.as_run, now, len(ids), ids, _versions(library))
    row = {
        "name": name,
        "query": json.dumps(asdict(query), ensure_ascii=False),
        "as_run": made.as_run,
        "run_at": now,
        "total": made.total,
        "result_ids": json.dumps(ids),
        "versions": json.dumps(made.versions),
    }
    with library.store.atomic():
        library.store.database.table("searches").insert(row, pk="id")
    return made


def _bare(query: Query) -> Query:
    """The query without what cuts a page out of its hits."""
    return Query(**{**_fields(query), "limit": None, "offset": 0})


def _fields(query: Query) -> dict[str, Any]:
    return {name: getattr(query, name) for name in Query.__dataclass_fields__}


def _decode(content: dict[str, Any]) -> Query:
    filters = content.pop("filters", {})
    several = {name: tuple(value) for name, value in filters.items() if isinstance(value, list)}
    known = Query.__dataclass_fields__
    return Query(
        **{name: value for name, value in content.items() if name in known},
        filters=Filters(**{**filters, **several, "topics": tuple(map(tuple, filters.get("topics", ())))}),
    )


def _versions(library: KnowledgeBase) -> dict[str, str]:
    versions = {"evidence-kb": version("evidence-kb")}
    for key in ("corpus_hash", "tagger", "vocabulary"):
        if value := library.store.state(key):
            versions[key] = value
    try:
        manifest = library.index.manifest
    except EvidenceError:
        return versions
    return versions | {"engine": manifest.engine, "model": manifest.model, "index": manifest.built}
