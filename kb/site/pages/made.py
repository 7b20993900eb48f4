"""How this was made: sources, what was joined and refused, by what model and which versions."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from corpus.errors import EvidenceError
from corpus.theme import AXES, Theme
from kb.evaluation import latest
from kb.knowledge_base import KnowledgeBase
from kb.site import words
from kb.site.memo import kept
from kb.site.pages.parts import door

_PACKAGES = ("evidence-kb", "datasette", "whoosh", "onnxruntime", "sentence-transformers")
_JOINED = 20


def made(library: KnowledgeBase) -> dict[str, Any]:
    """What the page shows."""
    return _counted(library) | _index(library)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often a theme's tags are right on labels that nothing was made from.

    ``given`` tags of which ``right`` are; ``labelled`` labels of which ``right`` were found.
    """

    theme: Theme
    door: words.Door | None
    right: int
    given: int
    labelled: int


def _by_theme(library: KnowledgeBase, measured: dict[str, Any] | None) -> list[Accuracy]:
    """Each theme (and direction) that was labelled or given, in the vocabulary's order."""
    found = []
    for axis in AXES:
        scores = (measured or {}).get("unseen", {}).get("themes", {})
        of_axis = scores.get("factor_direction" if axis == "factor" else axis, {})
        for label, score in of_axis.items():
            theme_id, _, direction = label.partition(" ")
            if theme := library.themes.get(theme_id):
                right, wrong, missing = (score[key] for key in ("right", "wrong", "missing"))
                found.append(Accuracy(theme, door(direction), right, right + wrong, right + missing))
    places = {id_: place for place, id_ in enumerate(library.themes)}
    return sorted(found, key=lambda each: places[each.theme.id])


@kept
def _counted(library: KnowledgeBase) -> dict[str, Any]:
    store = library.store
    joined = list(
        store.query(
            "select record, title, reason, sources.name as source, line from source_records"
            " join records on records.id = record join sources on sources.id = source"
            " where reason is not null and reason <> '' order by source_records.id limit ?",
            [_JOINED],
        )
    )
    return {
        "sources": list(store.query("select * from sources order by id")),
        "counts": {
            "records": store.value("select count(*) from records"),
            "descriptions": store.value("select count(*) from source_records"),
            "problems": store.value("select count(*) from problems"),
            "joined": store.value(
                "select count(*) from source_records where reason is not null and reason <> ''"
            ),
            "tags": store.value("select count(*) from tags where status <> 'rejected'"),
            "untold": store.value(
                "select count(*) from records where id not in"
                " (select record from facets where axis = 'factor')"
            ),
            "decisions": store.value("select count(*) from decisions"),
        },
        "joined": joined,
        "tagger": store.state("tagger"),
        "measured": latest(store),
        "by_theme": _by_theme(library, latest(store)),
        "measures": words.MEASURES,
        "versions": _versions(),
    }


def _index(library: KnowledgeBase) -> dict[str, Any]:
    try:
        manifest = library.index.manifest
    except EvidenceError:
        return {"index_facts": [], "current": True}
    facts = [
        ("Index made", manifest.built[:10]),
        ("Records in it", f"{manifest.records:,}"),
        ("Words looked up by", manifest.engine.capitalize()),
        ("Meaning by", manifest.model or "no model: words alone are searched"),
        ("Checksum of the model", manifest.model_sha256[:16]),
    ]
    return {"index_facts": [fact for fact in facts if fact[1]], "current": library.index_is_current}


def _versions() -> list[tuple[str, str]]:
    found = []
    for package in _PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            # An optional package that is not here; the page names those that are.
            continue
    return found
