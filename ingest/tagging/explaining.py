"""Why a tag is there, in words."""

from __future__ import annotations

from corpus.theme import Tag
from corpus.verdict import PERSON

_WORDING = {
    "own": "its own words say {direction}",
    "before": "{cue!r} stands before it and says {direction}",
    "behind": "{cue!r} stands behind it and says {direction}",
    "cue_first": "it follows {cue!r}, which says {direction}",
    "factor_first": "it comes before {cue!r}, which says {direction}",
    "object": "it is the object of {cue!r}, which says {direction}",
    "beside": "{cue!r} in the same clause says {direction}",
    "title": "the title names it",
    "keywords": "a keyword names it",
    "opening": "the abstract names it where it opens",
    "abstract": "the abstract names it",
    "direction": "a factor in the record is a {theme}",
    "meaning": "it means what was labelled so elsewhere: {cue!r}",
}


def explain(tag: Tag) -> str:
    """Why the tag is there, in words: the quote, where it stands, and the rule that took it."""
    if tag.method == PERSON:
        return f"“{tag.quote}” in the {tag.field}: a person added it" if tag.quote else "a person added it"
    rule, cue = rule_of(tag)
    wording = _WORDING.get(rule, tag.method)
    said = wording.format(direction=tag.direction, cue=cue, theme=tag.theme) if rule in _WORDING else wording
    return f"“{tag.quote}” in the {tag.field}: {said}"


def rule_of(tag: Tag) -> tuple[str, str]:
    """The rule that gave an automatic tag and the words of its cue ("" if none), from its method."""
    rule, _, cue = tag.method.partition(" ")[2].partition(": ")
    return rule, cue
