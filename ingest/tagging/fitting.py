"""Fits a model of the tagger to what people said: hand labels of records, and decisions about tags.

Judged by cross-validation: no record is scored by a model that saw it. scikit-learn fits; the fold of a
record depends on its title alone, so that the same labels give the same model.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from corpus.errors import MissingExtra
from corpus.query import DIRECTIONS
from corpus.record import Record
from corpus.theme import Tag, Theme, Vocabulary
from ingest.tagging.agreement import labels_of
from ingest.tagging.gold import GoldLine, fingerprint
from ingest.tagging.meaning import Encode, Meaning, Stretch
from ingest.tagging.model import Model, Quote, features
from ingest.tagging.tagger import Tagger

FOLDS = 5
#: Axes whose labels say of each tag whether it is right.
_AXES = ("factor", "setting", "population", "kind", "study_type")
# The inverse strength of regularisation: with some hundred labels a rule or a theme may move a score, a
# single tag hardly (cross-validated; .05 and 1 came out worse or alike).
_STRENGTH = 0.3
_THRESHOLDS = tuple(step / 20 for step in range(11))
#: What words may mean is taken from labels if it was right this often, in this many cases at least.
_RIGHT, _CASES = 0.6, 5
_LIKENESSES = tuple(step / 100 for step in range(60, 96))
#: Where nothing was measured: all but the same words.
_SAME_WORDS = 0.9


@dataclass(frozen=True, slots=True)
class Judged:
    """A record with what people said of it: of each tag whether it is right, and what no tag says.

    ``missing`` counts the labels by axis; ``stretches`` are the words in which no rule found anything, and
    ``expected`` the (theme, direction) pairs that hold, if all that hold were labelled.
    """

    seen: str
    tags: Sequence[tuple[Tag, str, bool]]
    missing: Mapping[str, int] = field(default_factory=dict)
    quotes: Sequence[Quote] = ()
    stretches: Sequence[Stretch] = ()
    expected: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Fit:
    """How right the tags are that a model gives: precision, recall, F1 of an axis; calibration error."""

    precision: float
    recall: float
    f1: float
    calibration_error: float


def judged_by_labels(line: GoldLine, record: Record, tagger: Tagger, vocabulary: Vocabulary) -> Judged:
    """What the labels of a line say of the tags that the rules give its record."""
    given, stretches = tagger.read(record)
    tags = []
    found: set[tuple[str, str]] = set()
    for tag in given:
        measure, label = next(iter(labels_of(tag, vocabulary)), ("", ""))
        if measure in line.labels:
            found.add((measure, label))
            tags.append((tag, vocabulary.themes[tag.theme].axis, label in line.labels[measure]))
    measures = {"factor_direction": "factor", **{axis: axis for axis in _AXES[1:]}}
    # Kinds that are called like a direction come with the factors, after all else was weighed.
    missing = {
        axis: sum((measure, label) not in found and label not in DIRECTIONS for label in line.labels[measure])
        for measure, axis in measures.items()
        if measure in line.labels
    }
    seen = fingerprint(record.title)
    quotes = [Quote(each.text, each.theme, each.direction, seen) for each in line.evidence if each.text]
    expected = frozenset((each.theme, each.direction) for each in line.evidence)
    return Judged(
        seen, tags, missing, quotes, stretches if "factor_direction" in line.labels else (), expected
    )


def quotes_of_examples(themes: Iterable[Theme]) -> Iterator[Quote]:
    """The examples of the vocabulary that have a direction, as quotes of no record."""
    for theme in themes:
        for example in theme.examples:
            if isinstance(example, Mapping):
                for direction, text in example.items():
                    yield Quote(str(text), theme.id, str(direction))


def fit(
    judged: Sequence[Judged],
    examples: Sequence[Quote] = (),
    encode: Encode | None = None,
    unread: Mapping[str, float] | None = None,
) -> Model:
    """The model of those judgements; the same judgements in any order give the same model.

    Without ``encode`` words are taken by meaning only where they are all but the same. ``unread`` has for an
    axis the share of right tags on labels that the rules were not written from, as far as that is known:
    scores are lowered to it, for rules look better on what they were written from.
    """
    judged = sorted(judged, key=lambda each: each.seen)
    model = _lowered(_fit_weights(judged), judged, unread or {})
    quotes = tuple(sorted({*examples, *(quote for each in judged for quote in each.quotes)}, key=_order))
    likeness, sure = _likeness(judged, examples, encode) if encode else (_SAME_WORDS, _RIGHT)
    scores = cross_scores(judged, judged)
    axes = tuple(axis for axis in _AXES if any(at == axis for each in judged for _, at, _ in each.tags))
    return replace(
        model,
        axes=axes,
        threshold=_threshold(judged, scores),
        quotes=quotes,
        likeness=likeness,
        sure=sure,
        seen=tuple(sorted({each.seen for each in judged})),
    )


def cross_scores(judged: Sequence[Judged], teachers: Sequence[Judged]) -> list[list[float]]:
    """For each tag of each record its score by a model of the teachers that did not see the record."""
    scores: list[list[float]] = [[] for _ in judged]
    for fold in range(FOLDS):
        inside = [place for place, each in enumerate(judged) if _fold(each.seen) == fold]
        hidden = {judged[place].seen for place in inside}
        model = _fit_weights([each for each in teachers if each.seen not in hidden])
        for place in inside:
            scores[place] = [model.score(features(tag, axis)) for tag, axis, _ in judged[place].tags]
    return scores


def measure(
    judged: Sequence[Judged], scores: Sequence[Sequence[float]], threshold: float, axis: str = "factor"
) -> Fit:
    """How good the tags of an axis are that have at least that score; the calibration over all axes."""
    right = wrong = dropped = 0
    pairs: list[tuple[float, bool]] = []
    for each, own in zip(judged, scores, strict=True):
        for (_, of_axis, is_right), score in zip(each.tags, own, strict=True):
            pairs.append((score, is_right))
            if of_axis == axis:
                kept = score >= threshold
                right += kept and is_right
                wrong += kept and not is_right
                dropped += not kept and is_right
    missing = dropped + sum(each.missing.get(axis, 0) for each in judged)
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missing) if right + missing else 1.0
    f1 = 2 * right / (2 * right + wrong + missing) if right + wrong + missing else 1.0
    return Fit(precision, recall, f1, _calibration_error(pairs))


def _calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """The mean distance of what was said from what was, over tenths of the score, by their number."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for score, right in pairs:
        bins.setdefault(min(int(score * 10), 9), []).append((score, right))
    gaps = (abs(sum(score - right for score, right in own)) for own in bins.values())
    return sum(gaps) / len(pairs) if pairs else 0.0


def _fit_weights(judged: Sequence[Judged]) -> Model:
    rows = [(list(features(tag, axis)), right) for each in judged for tag, axis, right in each.tags]
    answers = [right for _, right in rows]
    if len({*answers}) < 2:
        # All alike: a share, drawn towards the middle.
        share = (sum(answers) + 1) / (len(answers) + 2)
        return Model({}, _logit(share), ())
    try:
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtra("Learning needs scikit-learn: install `evidence-kb[semantic]`.") from error
    vectorizer: Any = DictVectorizer(sort=True)
    matrix = vectorizer.fit_transform([dict.fromkeys(names, 1.0) for names, _ in rows])
    fitted = LogisticRegression(C=_STRENGTH, max_iter=1000, tol=1e-8).fit(matrix, answers)
    weights = {
        str(name): round(float(weight), 4)
        for name, weight in zip(vectorizer.get_feature_names_out(), fitted.coef_[0], strict=True)
        if abs(weight) >= 0.01
    }
    return Model(weights, round(float(fitted.intercept_[0]), 4), ())


def _lowered(model: Model, judged: Sequence[Judged], unread: Mapping[str, float]) -> Model:
    weights = dict(model.weights)
    for axis, share in unread.items():
        known = [right for each in judged for _, at, right in each.tags if at == axis]
        if known and sum(known) > share * len(known):
            name = f"axis {axis}"
            # Drawn in from 1, which has no logit.
            gap = _logit(share) - _logit((sum(known) + 1) / (len(known) + 2))
            weights[name] = round(weights.get(name, 0.0) + gap, 4)
    return replace(model, weights=weights)


def _logit(share: float) -> float:
    return round(math.log(share / (1 - share)), 4)


def _threshold(judged: Sequence[Judged], scores: Sequence[Sequence[float]]) -> float:
    """The lowest of the thresholds that give the best F1 over all axes that were labelled whole."""

    def total(threshold: float) -> float:
        return round(sum(measure(judged, scores, threshold, axis).f1 for axis in _AXES), 3)

    return max(_THRESHOLDS, key=lambda threshold: (total(threshold), -threshold))


def _likeness(judged: Sequence[Judged], examples: Sequence[Quote], encode: Encode) -> tuple[float, float]:
    """The lowest cosine from which meaning was right often enough on other records, and how often it was."""
    quotes = sorted({*examples, *(quote for each in judged for quote in each.quotes)}, key=_order)
    owners = [each for each in judged for _ in each.stretches]
    found = [stretch for each in judged for stretch in each.stretches]
    likenesses = Meaning(quotes, encode).likenesses(found, strangers=[each.seen for each in owners])
    by_stretch = {id(stretch): each for stretch, each in zip(found, owners, strict=True)}
    cases = []
    for likeness in likenesses:
        owner = by_stretch[id(likeness.stretch)]
        pair = (likeness.quote.theme, likeness.quote.direction)
        if not any((tag.theme, tag.direction) == pair for tag, _, _ in owner.tags):
            cases.append((likeness.cosine, pair in owner.expected))
    for least in _LIKENESSES:
        above = [right for cosine, right in cases if cosine >= least]
        if len(above) >= _CASES and sum(above) / len(above) >= _RIGHT:
            return least, round((sum(above) + 1) / (len(above) + 2), 2)
    return _SAME_WORDS, _RIGHT


def _order(quote: Quote) -> tuple[str, str, str, str]:
    return quote.theme, quote.direction, quote.text, quote.seen


def _fold(seen: str) -> int:
    return int(hashlib.sha256(seen.encode()).hexdigest()[:8], 16) % FOLDS
