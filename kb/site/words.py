"""The words of the site: what directions, axes, ways to search and rules are called on its pages."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.query import Direction, Mode, Sort
from corpus.theme import Tag


@dataclass(frozen=True, slots=True)
class Door:
    """A direction as a reader meets it: a question on the home page, a badge at a theme."""

    id: Direction
    question: str
    badge: str
    sign: str
    noun: str
    explained: str


DOORS: tuple[Door, ...] = (
    Door(
        "driver",
        "What drives collaboration",
        "drives",
        "→",
        "Drivers",
        "Pressures and reasons from outside that push agencies to work together.",
    ),
    Door(
        "barrier",
        "What gets in its way",
        "hinders",
        "−",
        "Barriers",
        "What holds joint work back, as the studies themselves say it.",
    ),
    Door(
        "enabler",
        "What helps",
        "helps",
        "+",
        "Enablers",
        "What makes joint work easier or better.",
    ),
)
DOOR: dict[str, Door] = {door.id: door for door in DOORS}

MODES: tuple[tuple[Mode, str, str], ...] = (
    ("hybrid", "Both", "your words, and texts that mean the same"),
    ("keyword", "Words", "only texts that use your words"),
    ("semantic", "Meaning", "texts that mean the same, whatever their words"),
)

SORTS: tuple[tuple[Sort, str], ...] = (
    ("relevance", "most relevant"),
    ("newest", "newest"),
    ("oldest", "oldest"),
    ("title", "title"),
)

#: What is measured of the tagger, as a reader calls it.
MEASURES = {
    "factor_direction": "What hinders, helps or drives, and which way",
    "factor": "The same without the direction",
    "kind": "What a study is about",
    "setting": "Settings",
    "study_type": "Study types",
    "population": "People",
}

AXES = {
    "factor": "What makes or breaks collaboration",
    "setting": "Settings",
    "population": "People",
    "kind": "What a study is about",
    "study_type": "Kinds of study",
}

STATUSES = {
    "automatic": "read by the program",
    "accepted": "checked and accepted by a person",
    "added": "added by a person",
    "rejected": "rejected by a person",
}


def method(tag: Tag) -> str:
    """How the tag came about, in plain words."""
    if tag.status in ("accepted", "added"):
        return STATUSES[tag.status]
    from ingest.tagging.explaining import explain

    # The page shows the quote beside it.
    return explain(tag).removeprefix(f"“{tag.quote}” in the {tag.field}: ")


def certainty(score: float) -> str:
    """A score from 0 to 1 in words."""
    for least, words in ((0.85, "very sure"), (0.65, "sure"), (0.45, "fairly sure")):
        if score >= least:
            return words
    return "unsure"
