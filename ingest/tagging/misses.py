"""Why a record does not carry a theme: where its words stand, and what was lacking for a tag.

The parts of the tagger itself are asked, step by step: what it reads, what its terms find, what the rules
make of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from corpus.query import DIRECTIONS
from corpus.record import Record
from corpus.theme import Theme, Vocabulary
from ingest.tagging.factors import Finding, findings, record_findings
from ingest.tagging.passages import Passage, passages
from ingest.tagging.patterns import Match
from ingest.tagging.signs import Sign, compile_signs, shown_terms
from ingest.tagging.spelling import fold
from ingest.tagging.topics import Topics
from ingest.tagging.wordings import wordings

_WORD = re.compile(r"[^\W\d_]{3,}")
#: So alike are a word of a term and a word of the text that may be another form of it; so they begin both.
_ALIKE, _BEGINNING = 0.75, 4
#: So near must words be to be told: of a term of two words one stands there.
_NEAR = 1.0
_EARNED = "it earns a tag: `kb tag` brings the file up to date"
_SMALL = frozenset(["and", "are", "between", "for", "from", "not", "the", "their", "they", "was", "with"])


@dataclass(frozen=True, slots=True)
class Miss:
    """Words of a record that a theme's terms found, or come near to, and what was lacking for a tag.

    ``getattr(record, field)[start:end] == quote``; the quote is "" where nothing comes near.
    """

    field: str
    start: int
    end: int
    quote: str
    lacking: str


def misses(record: Record, theme: Theme, vocabulary: Vocabulary, direction: str | None = None) -> list[Miss]:
    """What kept the theme (in that direction) off the record, the nearest to a tag first; at least one.

    Asked of a theme that the tagger gives to the record it says so.
    """
    signs = compile_signs(vocabulary)
    read = passages(record, signs)
    found = list(
        _of_factor(read, theme, vocabulary, direction)
        if theme.axis == "factor"
        else _of_topic(read, theme, vocabulary)
    )
    found += _hidden(read, theme)
    return found or [_nearest(read, theme, vocabulary)]


def _of_factor(
    read: Sequence[Passage], theme: Theme, vocabulary: Vocabulary, direction: str | None
) -> Iterator[Miss]:
    title, abstract, keywords = read
    factors = frozenset(each.id for each in vocabulary.axis("factor"))
    signs = compile_signs(vocabulary)
    about = not vocabulary.settings.get("about")

    def earned(anywhere: bool) -> set[tuple[str, int, str | None]]:
        rows = record_findings(title, abstract, keywords, factors, signs, anywhere=anywhere)
        return {
            (passage.field, sentence[finding.start].start, finding.direction)
            for passage, sentence, finding in rows
            if finding.theme == theme.id
        }

    given, anywhere = earned(about), earned(True)
    named: list[Miss] = []
    for passage in (title, abstract):
        for place, matches in enumerate(passage.matches):
            sentence = passage.sentence(place)
            for finding in findings(sentence, matches, factors) if matches else ():
                if finding.theme != theme.id:
                    continue
                key = (passage.field, sentence[finding.start].start, finding.direction)
                if finding.direction is None:
                    lacking = _direction_lacking(passage, place, finding)
                    named.append(_miss(passage, place, finding.start, finding.end, lacking))
                elif key in given:
                    other = direction not in (None, finding.direction)
                    lacking = f"it says {finding.direction}, and not {direction}" if other else _EARNED
                    yield _miss(passage, place, finding.start, finding.end, lacking)
                elif key in anywhere:
                    lacking = "the record, or this part of it, is not on the subject of the vocabulary"
                    yield _miss(passage, place, finding.start, finding.end, lacking)
                else:
                    lacking = (
                        "in a title it is what the work is on, and no finding"
                        if passage is title
                        else f"it could say {finding.direction}, but only as a part of what is described"
                    )
                    yield _miss(passage, place, finding.start, finding.end, lacking)
    yield from named
    # Keywords name what a work is on, and say of no factor which way it works.
    for place, matches in enumerate(keywords.matches):
        for match in shown_terms(matches):
            if match.payload.name == theme.id:
                yield _miss(keywords, place, match.start, match.end, "a keyword says no direction")


def _direction_lacking(passage: Passage, place: int, finding: Finding) -> str:
    """Why a factor that is named in a sentence has no direction there."""
    sentence = passage.sentence(place)
    clauses = {
        match.payload.name: match
        for match in passage.matches[place]
        if match.payload.part == "clause" and match.start <= finding.start
    }
    if sentence[-1].text == "?":
        return "it stands in a question, which names no finding"
    if aim := clauses.get("aims"):
        return f"it stands in an aim ({_said(passage, place, aim)!r}), which names no finding"
    if (negation := clauses.get("negations")) and negation.end > finding.start - 3:
        return f"it is negated ({_said(passage, place, negation)!r})"
    return f"it is named, and nothing near it says {', '.join(DIRECTIONS[:-1])} or {DIRECTIONS[-1]}"


def _of_topic(read: Sequence[Passage], theme: Theme, vocabulary: Vocabulary) -> Iterator[Miss]:
    title, abstract, keywords = read
    kept = [topic.finding.theme for topic in Topics(vocabulary).find((title, keywords, abstract))]
    found = [
        (passage, place, match)
        for passage in read
        for place, matches in enumerate(passage.matches)
        for match in shown_terms(matches)
        if match.payload.name == theme.id
    ]
    rivals = [vocabulary.themes[each].label for each in kept if vocabulary.themes[each].axis == theme.axis]
    for passage, place, match in found:
        where = {"title": "the title", "abstract": "the abstract", "keywords": "a keyword"}[passage.field]
        lacking = f"named only in passing: {len(found)} time{'s' if len(found) > 1 else ''}, here in {where}"
        if theme.id in kept:
            lacking = _EARNED
        elif rivals:
            lacking += f"; the record is rather on: {', '.join(rivals)}"
        yield _miss(passage, place, match.start, match.end, lacking)


def _hidden(read: Sequence[Passage], theme: Theme) -> Iterator[Miss]:
    """Terms that were found and hidden by what the theme lists under ``not``."""
    for passage in read:
        for place, matches in enumerate(passage.matches):
            own = [
                match for match in matches if match.payload.part == "term" and match.payload.name == theme.id
            ]
            shown = set(shown_terms(own))
            for match in own:
                if match.payload.detail == "not" or match in shown:
                    continue
                by = next(
                    other
                    for other in own
                    if other.payload.detail == "not" and other.start < match.end and match.start < other.end
                )
                lacking = f"hidden by {_said(passage, place, by)!r}, which the theme lists under `not`"
                yield _miss(passage, place, match.start, match.end, lacking)


def _nearest(read: Sequence[Passage], theme: Theme, vocabulary: Vocabulary) -> Miss:
    """The words of the text that come nearest to one of the theme's terms."""
    best: tuple[float, Miss] | None = None
    terms = [(term, _words(term)) for term in wordings(vocabulary, theme)]
    for passage in read:
        for place in range(len(passage.matches)):
            sentence = passage.sentence(place)
            texts = {fold(word.text.lower()): word for word in sentence if _WORD.match(word.text)}
            for term, words in terms:
                pairs = [
                    (each, near[0])
                    for each in words
                    if (near := get_close_matches(each, texts, n=1, cutoff=_ALIKE))
                    and near[0][:_BEGINNING] == each[:_BEGINNING]
                ]
                share = len(pairs) / len(words) if words else 0.0
                exact = sum(each == near for each, near in pairs) / len(words) if words else 0.0
                if share + exact >= _NEAR and (best is None or share + exact > best[0]):
                    places = [texts[near] for _, near in pairs]
                    start, end = min(word.start for word in places), max(word.end for word in places)
                    lacking = f"none of its terms is there; the nearest is “{term}”"
                    best = (
                        share + exact,
                        Miss(passage.field, start, end, passage.text[start:end], lacking),
                    )
    return best[1] if best else Miss("title", 0, 0, "", "none of its terms is there, nor words near one")


def _words(term: str) -> list[str]:
    return [fold(word) for word in _WORD.findall(term.lower()) if word not in _SMALL]


def _said(passage: Passage, place: int, match: Match[Sign]) -> str:
    sentence = passage.sentence(place)
    return passage.text[sentence[match.start].start : sentence[match.end - 1].end]


def _miss(passage: Passage, place: int, start: int, end: int, lacking: str) -> Miss:
    sentence = passage.sentence(place)
    first, last = sentence[start].start, sentence[end - 1].end
    return Miss(passage.field, first, last, passage.text[first:last], lacking)
