"""The factors that one sentence names, each with the direction that the sentence gives it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.query import DIRECTIONS
from ingest.tagging.directions import Cue, Factor, Reach, Signs, reaches, silent
from ingest.tagging.patterns import Match
from ingest.tagging.sentences import Sentence
from ingest.tagging.signs import Sign, shown_terms


@dataclass(frozen=True, slots=True)
class Finding:
    """A factor named by ``words[start:end]`` of a sentence, and the rule (with its cue) that says how."""

    theme: str
    direction: str | None
    start: int
    end: int
    rule: str
    cue: str = ""


_HANGERS = frozenset(["of", "for", "in", "with", "between", "about"])
_SEPARATORS = frozenset([",", ";", ":", "and", "or", "by", "through"])


@dataclass(slots=True)
class _Mention:
    """All that one factor's terms say about one stretch of words."""

    theme: str
    start: int
    end: int
    keys: set[str]


def findings(
    sentence: Sentence, matches: Sequence[Match[Sign]], themes: frozenset[str], earlier: tuple[str, ...] = ()
) -> list[Finding]:
    """The findings of a sentence, by place.

    ``themes`` are the ids that count as factors, ``earlier`` the directions of the last list in the
    sentence before, which "others mentioned ..." takes up.
    """
    mentions = _mentions(sentence, matches, themes)
    if not mentions:
        return []
    signs = _signs(matches)
    quiet = silent(sentence, signs)
    named = [Factor(mention.start, mention.end, mention.keys == {"enabler"}) for mention in mentions]
    covered = reaches(sentence, signs, sorted(named, key=lambda factor: (factor.start, factor.end)), earlier)
    found: list[Finding] = []
    for mention in mentions:
        if any(mention.start in stretch for stretch in quiet):
            found.append(Finding(mention.theme, None, mention.start, mention.end, "named"))
        else:
            if mention.keys == {"enabler"} and any(
                mention.start < place <= mention.end for place in signs.negations
            ):
                # "users were rarely involved": what would help is missing.
                mention.keys = {"barrier"}
            over = [reach for reach in covered if reach.start <= mention.start and mention.end <= reach.end]
            found += _decide(sentence, mention, over, _hangs_on_another(sentence, mention, mentions))
    return sorted(found, key=lambda finding: (finding.start, finding.end, finding.theme))


def _decide(sentence: Sentence, mention: _Mention, over: Sequence[Reach], hangs: bool) -> Iterator[Finding]:
    """What the reaches over a mention make of it; ``hangs`` if a list does not mean it."""

    def finding(direction: str | None, rule: str, cue: Cue | None = None) -> Finding:
        said = " ".join(word.text for word in sentence[cue.start : cue.end]) if cue else ""
        return Finding(mention.theme, direction, mention.start, mention.end, rule, said)

    lists = [reach for reach in over if reach.cue.side in ("cue_first", "factor_first")]
    if "pressure" in mention.keys and "driver" not in mention.keys:
        beside = next((reach.cue for reach in over if _beside(reach.cue, mention)), None)
        if beside is not None and not (lists and mention.keys - {"pressure"}):
            yield finding(beside.directions[0], "beside", beside)
            return
    if mention.keys & {"barrier", "driver"}:
        yield finding("barrier" if "barrier" in mention.keys else "driver", "own")
        return
    if mention.keys == {"pressure"}:
        # A pressure that pushes nobody is a matter of the record, not a factor of collaboration.
        return
    near = next(
        (reach for reach in over if reach.cue.side != "beside" and not (hangs and reach in lists)), None
    )
    praised = near is not None and near.cue.side == "before" and "enabler" in near.cue.directions
    if near is not None and not praised:
        rule = "object" if near.cue.side == "factor_first" and near.start >= near.cue.end else near.cue.side
        yield from (finding(direction, rule, near.cue) for direction in near.cue.directions)
    elif "enabler" in mention.keys:
        yield finding("enabler", "own")
    else:
        yield finding("enabler", "before", near.cue) if near is not None else finding(None, "named")


def _hangs_on_another(sentence: Sentence, mention: _Mention, mentions: Sequence[_Mention]) -> bool:
    """Whether a preposition hangs this mention on the one before: "time for meetings" lacks time only."""
    before = max((other.end for other in mentions if other.end <= mention.start), default=0)
    if not before:
        return False
    # The last word of the mention before counts: "lack of time for" ends with its preposition.
    between = {word.text for word in sentence[before - 1 : mention.start]}
    return bool(between & _HANGERS) and not between & _SEPARATORS


def _beside(cue: Cue, mention: _Mention) -> bool:
    """Whether a cue of the clause speaks of a pressure; "cost pressures" alone push nobody."""
    return cue.side == "beside" and (cue.end <= mention.start or mention.end <= cue.start)


def _mentions(sentence: Sentence, matches: Sequence[Match[Sign]], themes: frozenset[str]) -> list[_Mention]:
    mentions: dict[str, list[_Mention]] = {}
    for match in shown_terms(matches):
        if match.payload.name in themes:
            _take_in(mentions.setdefault(match.payload.name, []), match)
    everything = [mention for of_theme in mentions.values() for mention in of_theme]
    return [mention for mention in everything if not _inside_another(sentence, mention, everything)]


def _take_in(mentions: list[_Mention], match: Match[Sign]) -> None:
    """Add a match to the mentions of its theme; where they overlap, it makes one with the last."""
    theme, key = match.payload.name, match.payload.detail
    last = mentions[-1] if mentions else None
    if last is None or match.start >= last.end:
        mentions.append(_Mention(theme, match.start, match.end, {key}))
        return
    inside = last.start <= match.start and match.end <= last.end
    around = match.start <= last.start and last.end <= match.end
    if around and not inside and key in DIRECTIONS:
        # The longer term knows better: "flat hierarchies" are none of the hierarchies that hinder.
        last.keys = {key}
    elif around or not inside or key == "pressure":
        last.keys.add(key)
    last.start, last.end = min(last.start, match.start), max(last.end, match.end)


def _inside_another(sentence: Sentence, mention: _Mention, mentions: Sequence[_Mention]) -> bool:
    """Whether a longer mention of another factor holds this one ("team meeting structure"), lists apart."""
    if mention.keys & {"barrier", "enabler", "driver"}:
        return False
    return any(
        other.theme != mention.theme
        and other.keys != {"pressure"}
        and other.start <= mention.start
        and mention.end <= other.end
        and other.end - other.start > mention.end - mention.start
        and not any(word.text in ("and", "or", ",") for word in sentence[other.start : other.end])
        for other in mentions
    )


def _signs(matches: Sequence[Match[Sign]]) -> Signs:
    cues: list[Cue] = []
    places: dict[str, list[int]] = {"turns": [], "aims": [], "negations": [], "stops": []}
    for match in matches:
        part, name, detail = match.payload
        if part == "cue":
            directions = () if name == "none" else tuple(name.split("+"))
            cues.append(Cue(match.start, match.end, directions, detail))
        elif part == "clause":
            places[name].append(match.end if name == "negations" else match.start)
    return Signs(cues, places["turns"], places["aims"], places["negations"], frozenset(places["stops"]))
