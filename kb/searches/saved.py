"""Saved searches: a name for a search, and what each run of it found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any

from corpus.errors import EvidenceError
from corpus.query import Filters, Query
from corpus.store import Store
from kb.knowledge_base import KnowledgeBase
from kb.searches.ground import Details, Ground, State, ground, states

_NAME = re.compile(r"[^\W_][\w.-]{0,79}\Z")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Run:
    """A saved search as it ran once: when (ISO 8601, UTC), as the engine ran it, and what it found, in order.

    ``versions`` says of program, engine, model, index and records which they were, ``ground`` what the
    library held. Runs of earlier versions have neither ``ground`` nor ``details``; ``id`` is 0 until a run
    is kept.
    """

    name: str
    query: Query
    as_run: str
    run_at: str
    total: int
    ids: tuple[str, ...]
    versions: dict[str, str]
    id: int = 0
    ground: Ground | None = None
    details: Details | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON, without the states of the records."""
        plain = ("name", "as_run", "run_at", "total", "versions", "id")
        told = {name: getattr(self, name) for name in plain} | {"query": asdict(self.query)}
        if self.details:
            told["expansions"] = dict(self.details.expansions)
        return told | {"counts": self.ground and self.ground.to_dict(), "ids": list(self.ids)}


def check_name(name: str) -> str:
    """The name, if it is one; raises ``EvidenceError`` with one that would do."""
    if _NAME.match(name):
        return name
    instead = re.sub(r"[^\w.]+", "-", name.lower()).strip("-_.")[:_LONGEST] or "my-search"
    raise EvidenceError(f"“{name[:_LONGEST]}” is no name to keep it by; `{instead}` would be one.")


def save(library: KnowledgeBase, name: str, query: Query, *, anew: bool = False) -> Run:
    """Run the search, keep its name and what it found; the file of ``library`` must be writable.

    Raises ``EvidenceError`` where that name is taken by another search, unless that is to be replaced.
    """
    before = last(library.store, check_name(name))
    if before and before.query != _bare(query) and not anew:
        raise EvidenceError(
            f"there is a saved search `{name}` with another query ({before.query.text or 'no words'});"
            " take another name, or --replace it."
        )
    return keep(library.store, fresh(library, name, query))


def run(library: KnowledgeBase, name: str) -> tuple[Run, Run]:
    """Run a saved search anew and keep what it found; gives the run before and this one."""
    before = known(library.store, name)
    return before, keep(library.store, fresh(library, name, before.query))


def fresh(library: KnowledgeBase, name: str, query: Query) -> Run:
    """The run that this query would make now; nothing is kept."""
    query = _bare(query)
    found = library.run(replace(query, limit=0))
    ids = library.ids(query)
    by_words = set(ids)
    if query.text and query.mode != "keyword":
        by_words &= set(library.ids(replace(query, mode="keyword")))
    details = Details(found.expansions, found.notes, frozenset(ids) - by_words, states(library.store, ids))
    return Run(
        name,
        query,
        found.as_run,
        datetime.now(UTC).isoformat(timespec="seconds"),
        len(ids),
        ids,
        _versions(library),
        0,
        ground(library.store, ids, len(by_words)),
        details,
    )


def keep(store: Store, made: Run) -> Run:
    """Keep a run as the last one of its name; the file must be writable."""
    row = {
        "name": made.name,
        "query": json.dumps(asdict(made.query), ensure_ascii=False),
        "as_run": made.as_run,
        "run_at": made.run_at,
        "total": made.total,
        "result_ids": json.dumps(made.ids),
        "versions": json.dumps(made.versions),
        "counts": json.dumps(made.ground and made.ground.to_dict(), ensure_ascii=False),
        "details": json.dumps(made.details and _encode(made.details), ensure_ascii=False),
    }
    with store.atomic():
        number = store.database.table("searches").insert(row, pk="id").last_pk
    return replace(made, id=int(number or 0))


def runs(store: Store, name: str) -> list[Run]:
    """Every run of that search, the first one first; raises ``EvidenceError`` where there is none."""
    known(store, name)
    return list(_runs(store, "where name = ? order by id", [name]))


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
            Ground.of(counts) if (counts := json.loads(row["counts"] or "null")) else None,
            _details(json.loads(row["details"] or "null")),
        )


def _bare(query: Query) -> Query:
    """The query without what cuts a page out of its hits."""
    return replace(query, limit=None, offset=0)


def _encode(details: Details) -> dict[str, Any]:
    return {
        "expansions": details.expansions,
        "notes": details.notes,
        "meaning_only": sorted(details.meaning_only),
        "states": {record: list(astuple(state)) for record, state in details.states.items()},
    }


def _details(content: Mapping[str, Any] | None) -> Details | None:
    if content is None:
        return None
    return Details(
        tuple((typed, tuple(others)) for typed, others in content["expansions"]),
        tuple(content["notes"]),
        frozenset(content["meaning_only"]),
        {record: State(*state) for record, state in content["states"].items()},
    )


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
    for key in ("corpus_hash", "tagger"):
        if value := library.store.state(key):
            versions[key] = value
    if in_use := json.loads(library.store.state("vocabulary") or "[]"):
        version_of = library.store.value("select version from vocabularies where id = ?", in_use[-1:])
        versions["vocabulary"] = str(version_of or "")
    try:
        manifest = library.index.manifest
    except EvidenceError:
        return versions
    return versions | {"engine": manifest.engine, "model": manifest.model, "index": manifest.built}
