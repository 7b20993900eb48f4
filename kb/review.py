"""The pairs of records that look alike and were not joined, as a person judges them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpus.decision import decisions
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


def doubtful_pairs(
    store: Store, limit: int = -1, offset: int = 0, among: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Each open pair, most alike first: both sides in brief, what speaks for one work and what against.

    ``limit`` from the ``offset``-th on; ``among`` both of whose records are in it.
    """
    rows = store.connection.execute(
        "select first, second, score, why from doubts"
        " where :among is null or (first in (select value from json_each(:among))"
        " and second in (select value from json_each(:among)))"
        " order by score desc, first, second limit :limit offset :offset",
        {"among": json.dumps(among) if among else None, "limit": limit, "offset": offset},
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
    """The decisions about the descriptions that the record has now, the earliest first.

    ``about`` tells each part that was decided on: the descriptions by number, where they are this
    record's; else the ids of the records that they are of.
    """
    numbers: dict[str, list[int]] = {}
    for number, row in enumerate(
        store.connection.execute(
            "select fingerprint from source_records where record = ? order by id", [record_id]
        ),
        start=1,
    ):
        numbers.setdefault(row[0], []).append(number)
    return [
        {
            "kind": made.kind,
            "record": made.record,
            "about": [list(_places(store, part, numbers)) for part in made.parts],
            "note": made.note,
            "decided_at": made.decided_at,
        }
        for made in decisions(store)
        if any(mark in numbers for part in made.parts for mark in part)
    ]


def _places(store: Store, part: Sequence[str], numbers: Mapping[str, Sequence[int]]) -> Iterator[int | str]:
    yield from sorted(number for mark in part for number in numbers.get(mark, ()))
    others = store.connection.execute(
        "select distinct record from source_records where fingerprint in (select value from json_each(?))"
        " order by record",
        [json.dumps([mark for mark in part if mark not in numbers])],
    )
    yield from (row[0] for row in others)


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
