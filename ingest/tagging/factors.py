"""The factors that one sentence names, each with the direction that the sentence gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.query import DIRECTIONS
from ingest.tagging.directions import Cue, Factor, Reach, Signs, described, reaches, says, silent
from ingest.tagging.passages import Passage
from ingest.tagging.patterns import Match, Patterns
from ingest.tagging.sentences import Sentence
from ingest.tagging.signs import CLAUSE_KEYS, Sign, shown_terms


@dataclass(frozen=True, slots=True)
class Finding:
    """A factor named by ``words[start:end]`` of a sentence, and the rule (with its cue) that says how."""

    theme: str
    direction: str | None
    start: int
    end: int
    rule: str
    cue: str = ""


_HANGERS = frozenset(["of", "for", "in", "into", "with", "between", "about", "around", "regarding", "behind"])
_SEPARATORS = frozenset([",", ";", ":", "and", "or", "by", "through"])

# A summary of so many sentences that speaks of the subject at all has no room for another.
_SHORT = 7


@dataclass(slots=True)
class _Mention:
    """All that one factor's terms say about one stretch of words."""

    theme: str
    start: int
    end: int
    keys: set[str]


def record_findings(
    title: Passage,
    abstract: Passage,
    keywords: Passage,
    themes: frozenset[str],
    signs: Patterns[Sign],
    *,
    anywhere: bool = False,
) -> Iterator[tuple[Passage, Sentence, Finding]]:
    """The findings of a record that earn a tag, with where they stand, in reading order.

    ``signs`` are those that only factors need: a record on another subject is not searched for them.
    ``anywhere`` if they count in every record; else only in those on the vocabulary's subject.
    """
    near = None if anywhere else _on_subject(title, abstract, keywords)
    if near is not None and not near:
        return
    for passage in (title, abstract):
        passage.look_for(signs)
    heading = [match.payload for matches in title.matches for match in matches]
    told = any(sign.part == "clause" and sign.name == "descriptions" for sign in heading)
    # The kind that is called like the direction: "Facilitators of ...", "What helps ...".
    helping = any(
        match.payload.part == "term" and match.payload.name == "enabler" and match.payload.detail != "not"
        for passage in (title, abstract)
        for _, matches in passage.sentences
        for match in matches
    )
    for passage in (title, abstract):
        earlier: tuple[str, ...] = ()
        for place, matches in enumerate(passage.matches):
            if not any(match.payload.part == "term" and match.payload.name in themes for match in matches):
                earlier = ()
                continue
            sentence = passage.sentence(place)
            found = findings(sentence, matches, themes, earlier, helping=helping)
            listed = [finding.direction for finding in found if finding.rule in ("cue_first", "factor_first")]
            earlier = tuple(direction for direction in listed[-1:] if direction)
            if near is not None and (passage is title or place not in near):
                continue
            for finding in found:
                # In a title "Shared goals in ..." is a subject, not a finding; and the record of a new
                # questionnaire, which its title calls one, names what it asks about.
                # A factor that is named without a direction earns no tag: of those that titles name 2 in 8
                # were judged right, of those in abstracts 1 in 10 was labelled.
                if finding.direction and not (_praised(finding) and (told or passage is title)):
                    yield passage, sentence, finding


def may_be_on_subject(title: Passage, abstract: Passage, keywords: Passage) -> bool:
    """Whether a record says that it is on the vocabulary's subject, or is too short to say so."""
    near = _on_subject(title, abstract, keywords)
    return near is None or bool(near) or len(abstract.matches) <= _SHORT


def counting(title: Passage, abstract: Passage, keywords: Passage, *, anywhere: bool) -> Iterable[int]:
    """The sentences of the abstract in which a factor counts, by place."""
    near = None if anywhere else _on_subject(title, abstract, keywords)
    return range(len(abstract.matches)) if near is None else sorted(near & {*range(len(abstract.matches))})


def _on_subject(title: Passage, abstract: Passage, keywords: Passage) -> frozenset[int] | None:
    """The sentences of the abstract in which a factor counts; ``None`` for all of the record.

    A record whose title or keywords are on the subject, or that comes back to it, is on it throughout; one
    that says so once is only there and next to it. Words that touch the subject ("collaboration") say so
    only together, or in a short text: "an international collaboration" is another matter.
    """
    heading = [said for passage in (title, keywords) for said in _said(passage)]
    body = _said(abstract)
    places = [place for place, said in enumerate(body) if said]
    about = [place for place in places if "about" in body[place]]
    short = len(body) <= _SHORT and bool(places or any(heading))
    if short or any("about" in said for said in heading) or (about and (len(places) > 1 or any(heading))):
        return None
    if about or len(places) + any(heading) > 1:
        return frozenset(near for place in places for near in (place - 1, place, place + 1))
    return frozenset()


def _said(passage: Passage) -> list[set[str]]:
    """For each sentence how it speaks of the subject: "about", "touches"."""
    return [
        {match.payload.name for match in matches if match.payload.part == "about"}
        for matches in passage.matches
    ]


def findings(
    sentence: Sentence,
    matches: Sequence[Match[Sign]],
    themes: frozenset[str],
    earlier: tuple[str, ...] = (),
    *,
    helping: bool = True,
) -> list[Finding]:
    """The findings of a sentence, by place.

    ``themes`` are the ids that count as factors, ``earlier`` the directions of the last list in the
    sentence before, which "others mentioned ..." takes up. ``helping`` if the text around is on what helps:
    without it, "shared goals" are an enabler only in a sentence that says so.
    """
    mentions = _mentions(sentence, matches, themes)
    if not mentions:
        return []
    signs = signs_of(matches)
    quiet = silent(sentence, signs)
    told = described(sentence, signs)
    helped = helping or "enabler" in earlier or says(signs, "enabler")
    named = [Factor(mention.start, mention.end, mention.keys == {"enabler"}) for mention in mentions]
    covered = reaches(sentence, signs, sorted(named, key=lambda factor: (factor.start, factor.end)), earlier)
    found: list[Finding] = []
    for mention in mentions:
        # "no evidence that leadership helped" lacks evidence and no leadership.
        unproved = any(start == mention.start and end > start + 1 for start, end in signs.negations)
        if unproved or any(mention.start in stretch for stretch in quiet):
            found.append(Finding(mention.theme, None, mention.start, mention.end, "named"))
        else:
            if mention.keys == {"enabler"} and any(
                mention.start < end <= mention.end for _, end in signs.negations
            ):
                # "users were rarely involved": what would help is missing.
                mention.keys = {"barrier"}
            over = [reach for reach in covered if reach.start <= mention.start and mention.end <= reach.end]
            decided = _decide(sentence, mention, over, _hangs_on_another(sentence, mention, mentions))
            if not helped or any(mention.start in stretch for stretch in told):
                # Good things in themselves: what a programme consists of or led to. They are a finding
                # only where something is said to help.
                decided = (f for f in decided if not _praised(f))
            found += decided
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


def signs_of(matches: Sequence[Match[Sign]]) -> Signs:
    """What was found in a sentence apart from the factors: cues, and the words that bound them."""
    cues: list[Cue] = []
    places: dict[str, list[int]] = {key: [] for key in CLAUSE_KEYS}
    negations: list[tuple[int, int]] = []
    for match in matches:
        part, name, detail = match.payload
        if part == "cue":
            directions = () if name == "none" else tuple(name.split("+"))
            cues.append(Cue(match.start, match.end, directions, detail))
        elif part == "clause" and name == "negations":
            negations.append((match.start, match.end))
        elif part == "clause":
            places[name].append(match.start)
    stops = frozenset(places["stops"])
    return Signs(cues, places["turns"], places["aims"], negations, stops, places["descriptions"])


def _praised(finding: Finding) -> bool:
    """Whether its own words alone make it an enabler."""
    return finding.direction == "enabler" and finding.rule in ("own", "before")
