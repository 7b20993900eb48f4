"""What was learned from labels: how sure a tag is, and words that mean what others were labelled for.

A model is data (JSON): the weights of a logistic regression over what is known of a tag, and quotes that
people labelled. ``fitting`` makes one; here it is applied, with nothing but arithmetic.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError
from corpus.theme import Tag
from ingest.tagging.explaining import rule_of
from ingest.tagging.spelling import fold

#: The model that comes along, fitted to the hand labels that come along.
MODEL = Path(__file__).parent.parent.parent / "corpus" / "gold" / "model.json"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a person labelled with a theme and a direction; ``seen`` stands for their record."""

    text: str
    theme: str
    direction: str
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by feature, for the axes that were fitted; the score under which a tag is not given.

    ``likeness`` is the cosine from which words that no rule takes mean what a quote means, and ``sure`` how
    often that was right. ``seen`` are fingerprints of the records that it was fitted to (``gold``).
    """

    weights: Mapping[str, float]
    intercept: float
    axes: tuple[str, ...]
    threshold: float = 0.0
    quotes: tuple[Quote, ...] = ()
    likeness: float = 1.0
    sure: float = 0.5
    seen: tuple[str, ...] = field(default=())

    @property
    def version(self) -> str:
        """Eight hex digits that stand for all that it says."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:8]

    def score(self, features: Iterable[str]) -> float:
        """How likely a tag with those features is right, 0..1, to two decimals."""
        weights = self.weights
        total = self.intercept + math.fsum(weights.get(name, 0.0) for name in features)
        return round(1 / (1 + math.exp(-total)), 2)

    def weigh(self, tags: Iterable[Tag], axes: Mapping[str, str]) -> list[Tag]:
        """The tags with their scores, without those that are less sure than the threshold."""
        weighed = []
        for tag in tags:
            axis = axes.get(tag.theme, "")
            if axis in self.axes:
                tag = replace(tag, score=self.score(features(tag, axis)))
                if tag.score < self.threshold:
                    continue
            weighed.append(tag)
        return weighed

    def to_json(self) -> str:
        """The model as text; the same model gives the same text."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, indent=0)

    @classmethod
    def from_json(cls, text: str, source: str) -> Model:
        """The model of a text; raises ``EvidenceError`` for one that is none."""
        try:
            content: dict[str, Any] = json.loads(text)
            quotes = tuple(Quote(**quote) for quote in content.pop("quotes"))
            axes, seen = tuple(content.pop("axes")), tuple(content.pop("seen"))
            return cls(axes=axes, quotes=quotes, seen=seen, **content)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EvidenceError(f"{source}: is no model of the tagger ({error}).") from error


def packaged() -> Model:
    """The model that comes along."""
    return Model.from_json(MODEL.read_text(encoding="utf-8"), str(MODEL))


def features(tag: Tag, axis: str) -> Iterator[str]:
    """What is known of an automatic tag, by name: where it stands, the rule and its cue, theme and words."""
    rule, cue = rule_of(tag)
    yield f"axis {axis}"
    yield f"rule {axis} {rule}"
    yield f"theme {tag.theme}"
    yield f"theme {tag.theme} {rule}"
    yield f"words {tag.theme} {' '.join(map(fold, tag.quote.lower().split()))}"
    if tag.direction:
        yield f"direction {tag.direction} {rule}"
        yield f"theme {tag.theme} {tag.direction}"
    if cue:
        yield f"cue {cue} {tag.direction}"
