"""People decide about tags: accept, reject, add, take back; kept, and in force at once."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS
from corpus.quoting import NOWHERE, find, nearest
from corpus.record import Record
from corpus.store import Store
from corpus.theme import Tag, Theme, Vocabulary
from corpus.verdict import PERSON, Kind, Verdict, covers, keep, take_back
from corpus.vocabulary import history
from ingest.tagging.tagger import Tagger
from kb import tagging, vocabulary
from kb.deciding_tags_replay import carry_out, current

#: Seconds that git has to tell the name of its user.
_PATIENCE = 2


@dataclass(frozen=True, slots=True)
class Decided:
    """The verdicts that are new, and whether what can be filtered by changed, so that the index is stale."""

    verdicts: tuple[Verdict, ...]
    stale: bool = False


def who(by: str | None = None) -> str:
    """Who decides: as said, else as KB_USER says, else git's user, else the name of the login."""
    name = (by or os.environ.get("KB_USER") or _git_user() or _login()).strip()
    if not name:
        raise EvidenceError("who decides is not known; say it with --by NAME, or set KB_USER.")
    return name


def _git_user() -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    try:
        done = subprocess.run(
            [git, "config", "user.name"], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stdout.strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


class Decider:
    """One person who decides about tags of one evidence file; every decision is kept and in force at once."""

    def __init__(self, store: Store, by: str) -> None:
        """``by`` is the name that stands with the decisions, as ``who`` gives it."""
        self.store = store
        self.by = by
        self._vocabulary: Vocabulary | None = None
        self._tagger: Tagger | None = None

    def accept(self, record_id: str, theme_id: str, direction: str | None = None, note: str = "") -> Decided:
        """Say that the tag is right; without a direction every tag of the theme on the record."""
        return self.decide(
            [self._about("accept", tag, note) for tag in self._tags(record_id, theme_id, direction)]
        )

    def reject(self, record_id: str, theme_id: str, direction: str | None = None, note: str = "") -> Decided:
        """Say that the tag is wrong; without a direction the theme in every direction, now and later."""
        tags = self._tags(record_id, theme_id, direction)
        first = self._about("reject", tags[0], note)
        if direction is None and (len(tags) > 1 or tags[0].direction):
            first = Verdict("reject", first.record, first.theme, note=note, decided_by=self.by)
        return self.decide([first])

    def add(
        self, record_id: str, theme_id: str, direction: str | None = None, quote: str = "", note: str = ""
    ) -> Decided:
        """Put a theme on a record; its quote is looked for in the record and kept as it stands there."""
        record = self.store.record(record_id)
        theme = self.theme(theme_id)
        check_direction(theme, direction)
        if theme.axis == "factor" and direction is None:
            raise EvidenceError(
                f"`{theme.id}` is a factor: say --direction {', '.join(DIRECTIONS)}, or none."
            )
        return self.decide([self.addition(record, theme, direction, quote, note)])

    def addition(
        self, record: Record, theme: Theme, direction: str | None, quote: str, note: str = ""
    ) -> Verdict:
        """The verdict that adds a tag; raises ``EvidenceError`` for a quote that the record does not hold."""
        place = find(record, quote) if quote.strip() else NOWHERE
        if place is None:
            near = nearest(record, quote)
            raise EvidenceError(
                f"{record.id} does not say “{quote}”"
                + (f"; nearest: “{near}”." if near else ", nor anything like it; copy words from its text.")
            )
        direction = None if direction == "none" else direction
        return Verdict(
            kind="add",
            record=record.id,
            theme=theme.id,
            direction=direction,
            field=place.field,
            start=place.start,
            end=place.end,
            quote=place.quote,
            note=note,
            decided_by=self.by,
        )

    def undo(
        self,
        record_id: str | None = None,
        theme_id: str | None = None,
        direction: str | None = None,
        number: int | None = None,
    ) -> Decided:
        """Take back the last decision that this person made: of all, on a record and theme, or that one."""
        record = self.store.resolve(record_id) if record_id else None
        theme = self.theme(theme_id).id if theme_id else None
        made = [
            verdict
            for verdict in current(self.store, [record] if record else None)
            if not verdict.undone_at
            and (theme is None or verdict.theme == theme)
            and number in (None, verdict.id)
            and (direction is None or verdict.direction == (None if direction == "none" else direction))
        ]
        own = [verdict for verdict in made if verdict.decided_by == self.by]
        if not own:
            others = sorted({verdict.decided_by for verdict in made if verdict.decided_by})
            raise EvidenceError(
                f"no decision of {self.by or 'yours'} is there to take back"
                + (f"; there are some of {', '.join(others)}: name one with --by." if others else ".")
            )
        self.prepare()
        with self.store.atomic():
            undone = take_back(self.store, own[-1], self.by)
            stale = self._refresh([undone.record], anew=True)
        return Decided((undone,), stale)

    def decide(self, wanted: Sequence[Verdict], *, again: bool = True) -> Decided:
        """Keep those verdicts, all or none, and bring the tags of their records up to date.

        What the person said before word for word is not kept twice; with ``again`` it is if somebody else
        said otherwise meanwhile.
        """
        self.prepare()
        with self.store.atomic():
            made = [
                each for each in current(self.store, {each.record for each in wanted}) if not each.undone_at
            ]
            new: list[Verdict] = []
            for verdict in wanted:
                before = [each for each in made if covers(each, verdict)]
                own = [each for each in before if each.decided_by == verdict.decided_by]
                holds = bool(before) and (before[-1].kind == "reject") == (verdict.kind == "reject")
                if own and _same(own[-1], verdict, again=again) and (holds or not again):
                    continue
                new.append(keep(self.store, verdict))
                made.append(new[-1])
            stale = self._refresh({verdict.record for verdict in new}) if new else False
        return Decided(tuple(new), stale)

    def theme(self, theme_id: str) -> Theme:
        """The theme in use with that id; raises ``EvidenceError`` with the nearest ids."""
        return vocabulary.known(self.store, theme_id)

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of the file."""
        if self._vocabulary is None:
            self._vocabulary = history.in_use(self.store)
        return self._vocabulary

    def _tags(self, record_id: str, theme_id: str, direction: str | None) -> list[Tag]:
        """The tags of a theme on a record; raises ``EvidenceError`` with those that there are, if none."""
        record = self.store.resolve(record_id)
        theme = self.theme(theme_id)
        check_direction(theme, direction)
        self.prepare()
        every = list(self.store.tags([record]))
        wanted = None if direction == "none" else direction
        found = [
            tag for tag in every if tag.theme == theme.id and (direction is None or tag.direction == wanted)
        ]
        if not found:
            said = f"{theme.id} ({direction})" if direction else theme.id
            there = ", ".join(dict.fromkeys(named(tag.theme, tag.direction) for tag in every))
            raise EvidenceError(
                f"{record} carries no tag {said}; it carries {there or 'none'}. `kb tag add` adds one."
            )
        return found

    def _about(self, kind: Kind, tag: Tag, note: str) -> Verdict:
        return replace(about(kind, tag), note=note, decided_by=self.by)

    def prepare(self) -> Tagger:
        """Have every record tagged as this program does it, so that a decision meets what it was made on."""
        if self._tagger is None:
            self._tagger = tagging.make_tagger(self.store, self.vocabulary)
        version = self._tagger.version
        if self.store.state("tagger") != version or self.store.untagged(version):
            tagging.tag(self.store)
        return self._tagger

    def _refresh(self, record_ids: Iterable[str], *, anew: bool = False) -> bool:
        """Bring the tags of those records up to date; gives whether the index is stale by it.

        ``anew`` if the tagger has to read them: else it is known from the tags that stand what it gives.
        """
        tagger = self._tagger or tagging.make_tagger(self.store, self.vocabulary)
        ids = sorted(record_ids)
        records = list(self.store.records(ids))
        # The tagger can have a model to load; a verdict more never changes what was decided by others before.
        found = (
            tagger.tag_all(records)
            if anew
            else [replace(tag, status="automatic") for tag in self.store.tags(ids) if tag.method != PERSON]
        )
        self.store.write_tags(ids, carry_out(self.store, self.vocabulary, tagger, records, found))
        self.store.mark_tagged(ids, tagger.version)
        return self.store.write_facets(ids)


def about(kind: Kind, tag: Tag) -> Verdict:
    """A verdict on a tag, with its words, method and score; nobody's yet."""
    return Verdict(
        kind=kind,
        record=tag.record,
        theme=tag.theme,
        direction=tag.direction,
        field=tag.field,
        start=tag.start,
        end=tag.end,
        quote=tag.quote,
        method=tag.method,
        score=tag.score,
    )


def corrections(tag: Tag, key: str, direction: str | None, by: str) -> list[Verdict]:
    """What a reviewer says of a tag: "y" right; else wrong, ``direction`` being the one it should have."""
    made = [about("accept" if key == "y" else "reject", tag)]
    if direction is not None:
        added = replace(about("add", tag), direction=direction, method=PERSON, score=1.0)
        made.append(added)
    return [replace(verdict, decided_by=by) for verdict in made]


def check_direction(theme: Theme, direction: str | None) -> None:
    """Raise ``EvidenceError`` for a direction at a theme that has none."""
    if direction not in (None, "none") and theme.axis != "factor":
        axis = theme.axis.replace("_", " ")
        raise EvidenceError(
            f"`{theme.id}` is a theme of the axis {axis}, and only factors have a direction; leave it out."
        )


def named(theme: str, direction: str | None) -> str:
    """A theme with its direction, as messages name it."""
    return f"{theme} ({direction})" if direction else theme


def _same(one: Verdict, other: Verdict, *, again: bool) -> bool:
    """Whether two verdicts on one theme say the same; a sheet says "accept" of what it added before."""
    alike = one.kind == other.kind if again else (one.kind == "reject") == (other.kind == "reject")
    whole = one.direction is None and other.direction is not None
    return alike and one.note == other.note and (one.quote == other.quote or whole)
