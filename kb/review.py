"""The pairs of records that look alike and were not joined, as a person judges them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from corpus.record import Record
from corpus.rows import authors_text
from corpus.store import Store

_BRIEF = ("type", "container_title", "volume", "issue", "page", "publisher", "edition", "doi", "pmid")

#: Relation -> how it reads from the record that it is said of, and from the other.
_RELATIONS = {
    "preprint": ("Preprint of", "Has the preprint"),
    "erratum": ("Erratum of", "Has the erratum"),
    "comment": ("Comment on", "Has the comment"),
    "review": ("Review of", "Has the review"),
    "protocol": ("Protocol of", "Has the protocol"),
    "part": ("Another part of the work is", "Another part of the work is"),
    "edition": ("Later edition of", "Has the later edition"),
    "chapter": ("Part of", "Has the part"),
    "abstract": ("Conference abstract of", "Has the conference abstract"),
    "version": ("Later version of", "Has the later version"),
}


def doubtful_pairs(store: Store) -> Iterator[dict[str, Any]]:
    """Each open pair, most alike first: both sides in brief, what speaks for one work and what against."""
    rows = store.connection.execute(
        "select first, second, score, why from doubts order by score desc, first, second"
    ).fetchall()
    for first, second, score, why in rows:
        reasons = why.split("; ")
        yield {
            "first": _brief(store, first),
            "second": _brief(store, second),
            "score": score,
            "for": "; ".join(reason for reason in reasons if reason.startswith("same ")),
            "against": "; ".join(reason for reason in reasons if not reason.startswith("same ")),
        }


def is_open(store: Store, pair: dict[str, Any]) -> bool:
    """Whether the pair still waits for a decision: another one can have settled it."""
    ids = [pair["first"]["id"], pair["second"]["id"]]
    return bool(store.value("select 1 from doubts where first = ? and second = ?", ids))


def pair_lines(pair: dict[str, Any]) -> Iterator[str]:
    """The pair for a person."""
    for side in (pair["first"], pair["second"]):
        yield side["id"]
        yield f"    {side['title'] or '(no title)'}"
        yield f"    {side['authors'] or '(no author)'} ({side['issued'] or 'n.d.'})"
        yield "    " + ", ".join(
            f"{name.replace('_', ' ')} {side[name]}" for name in _BRIEF if side.get(name)
        )
        yield f"    in {', '.join(side['sources'])}"
    yield f"  for one work: {pair['for'] or 'nothing'}"
    yield f"  against: {pair['against'] or 'nothing'}"


def _brief(store: Store, record_id: str) -> dict[str, Any]:
    record: Record = store.record(record_id)
    sources = store.connection.execute(
        "select distinct name from source_records join sources on sources.id = source"
        " where record = ? order by name",
        [record_id],
    )
    return {
        "id": record.id,
        "title": record.title,
        "authors": authors_text(record),
        "issued": record.issued,
        **{name: value for name in _BRIEF if (value := getattr(record, name))},
        "sources": [row[0] for row in sources],
    }


def judged(store: Store, record_id: str) -> list[dict[str, Any]]:
    """The decisions about the descriptions that the record has now, the earliest first."""
    rows = store.query(
        "select kind, record, content, note, decided_at from decisions"
        " where kind in ('merge', 'split') order by decided_at, id"
    )
    own = {
        row[0]
        for row in store.connection.execute(
            "select fingerprint from source_records where record = ?", [record_id]
        )
    }
    return [
        {name: row[name] for name in ("kind", "record", "note", "decided_at")}
        for row in rows
        if own & {mark for part in json.loads(row["content"])["parts"] for mark in part}
    ]


def links(store: Store, record_id: str) -> list[dict[str, Any]]:
    """The works that the record belongs together with: as what, said of the record and in one phrase."""
    found = []
    for row in store.query(
        "select record, other, relation, why from links where record = :id or other = :id"
        " order by relation, record, other",
        {"id": record_id},
    ):
        of_it = row["other"] == record_id
        other = row["record"] if of_it else row["other"]
        known = _RELATIONS.get(row["relation"], (row["relation"], row["relation"]))
        found.append({"other": other, "relation": row["relation"], "says": known[of_it], "why": row["why"]})
    return found
