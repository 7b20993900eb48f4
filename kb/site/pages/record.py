"""The page of a record: what it is, why it carries its themes, who else describes it, what is like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.theme import AXES, Tag, Theme
from corpus.verdict import Verdict, decide_on, standing
from kb import wording
from kb.citing.styles import offered
from kb.deciding_tags_replay import current
from kb.knowledge_base import KnowledgeBase
from kb.results import Description, Found
from kb.retractions import GRAVE, LABELS, named, notices
from kb.review import links as links_of
from kb.site import citation, links, words
from kb.site.marking import stretches
from kb.site.memo import kept
from kb.site.pages.parts import Line, door

_SIMILAR = 6
_COMMON = 4

_FACTS = (
    ("container_title", "Published in"),
    ("collection_title", "Series"),
    ("publisher", "Publisher"),
    ("edition", "Edition"),
    ("number_of_pages", "Pages"),
    ("isbn", "ISBN"),
    ("issn", "ISSN"),
)


@dataclass(frozen=True, slots=True)
class Why:
    """A tag as the page lists it: ``number`` leads from the quote in the text to here and back."""

    number: int
    tag: Tag
    theme: Theme
    door: words.Door | None
    certainty: str
    method: str
    decided: str


@dataclass(frozen=True, slots=True)
class Other:
    """Another source's description of the work, and what it says otherwise."""

    description: Description
    kept: bool
    differences: list[tuple[str, str]]


@kept
def record(library: KnowledgeBase, record_id: str) -> dict[str, Any]:
    """What the page of a record shows; raises ``EvidenceError`` if there is none with that id."""
    found = library.record(record_id)
    tags = [tag for tag in library.tags(found.id) if tag.status != "rejected" and tag.theme in library.themes]
    holding = standing(current(library.store, [found.id]))
    why = [
        Why(
            number,
            tag,
            library.themes[tag.theme],
            door(tag.direction),
            words.certainty(tag.score),
            words.method(tag),
            _decided(tag, decide_on(tag, holding)),
        )
        for number, tag in enumerate(tags, start=1)
    ]
    said = notices(library.store, [found.id]).get(found.id, ())
    return {
        "record": found,
        "notices": [notice for notice in said if notice.kind in GRAVE],
        "corrections": [notice for notice in said if notice.kind not in GRAVE],
        "notice_of": [
            (LABELS[kind], other, library.record(other).title)
            for kind, other in named(library.store, found.id)
        ],
        "names": citation.names(found),
        "type": wording.type_label(found.type),
        "reference": citation.reference(found),
        "styles": offered(),
        "abstract": stretches(found.abstract, tags, "abstract"),
        "why": [each for each in why if each.theme.axis == "factor"],
        "about": [each for each in why if each.theme.axis != "factor"],
        "all_why": why,
        "facts": [(label, getattr(found, name)) for name, label in _FACTS if getattr(found, name)],
        "outside": links.outside(found),
        "extra": [(name, value) for name, value in found.extra.items() if isinstance(value, str) and value],
        "related": _related(library, found.id),
        "others": _others(found, library.descriptions(found.id)),
        "aliases": [
            row["alias"]
            for row in library.store.query(
                "select alias from aliases where record = ? order by alias", [found.id]
            )
        ],
        "axes": [
            (words.AXES[axis], themes)
            for axis in AXES
            if (themes := [theme for theme in library.themes.values() if theme.axis == axis])
        ],
        **_similar(library, found),
    }


def _decided(tag: Tag, verdict: Verdict | None) -> str:
    """Who said that the tag is right, and when: "by Anna on 2026-11-23"; "" for a tag that waits."""
    if verdict is None or tag.status == "automatic":
        return ""
    return f"by {verdict.decided_by or 'somebody'} on {verdict.decided_at[:10]}"


def _related(library: KnowledgeBase, record_id: str) -> list[tuple[str, Record, str]]:
    """(what it is to the record, the other record, why) for each work that belongs together with it."""
    related = links_of(library.store, record_id)
    found = {other.id: other for other in library.store.records(link["other"] for link in related)}
    return [(link["says"], found[link["other"]], link["why"]) for link in related if link["other"] in found]


def _similar(library: KnowledgeBase, found: Record) -> dict[str, Any]:
    try:
        neighbours = library.similar(found.id, _SIMILAR)
        telling = library.index.telling(found.id)
    except EvidenceError:
        # Without an index the record itself can still be read.
        return {"similar": [], "index_missing": True}
    own = {tag.theme for tag in library.tags(found.id) if tag.status != "rejected"}
    return {
        "similar": [
            (
                Line(each.record, citation.byline(each.record), wording.type_label(each.record.type)),
                _alike(library, own, telling, each),
            )
            for each in neighbours
        ],
        "index_missing": False,
    }


def _alike(library: KnowledgeBase, own: set[str], telling: Sequence[str], other: Found) -> str:
    """What a record has in common with its neighbour: factors, or else words that few others have."""
    themes = (
        library.themes.get(id_) for id_ in dict.fromkeys(tag.theme for tag in other.tags if tag.theme in own)
    )
    labels = [theme.label.lower() for theme in themes if theme is not None and theme.axis == "factor"]
    if labels:
        return f"both on {wording.listed(labels)}"
    from index.words import forms

    said = set(forms(f"{other.record.title} {other.record.abstract}"))
    common = [word for word in telling if word in said][:_COMMON]
    return f"both say {wording.listed([f'“{word}”' for word in common])}" if common else "near in meaning"


def _others(found: Record, descriptions: Sequence[Description]) -> list[Other]:
    return [
        Other(description, place == 0, _differences(found, description.record))
        for place, description in enumerate(descriptions)
    ]


def _differences(kept: Record, other: Record) -> list[tuple[str, str]]:
    """(field, what the other says) where both say something that does not agree.

    Case, a full stop at the end, and a date that is less exact are no difference.
    """
    labels = {"title": "title", "issued": "date", "container_title": "published in", "volume": "volume"}
    labels |= {"issue": "issue", "page": "pages", "publisher": "publisher", "doi": "DOI"}
    differences = []
    for name, label in labels.items():
        ours, theirs = (getattr(record, name).casefold().strip(". ") for record in (kept, other))
        agree = ours.startswith(theirs) or theirs.startswith(ours) if name == "issued" else ours == theirs
        if ours and theirs and not agree:
            differences.append((label, getattr(other, name)))
    return differences
