"""What people decided about tags, carried out again on the tags that the tagger gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.record import Record
from corpus.store import Store
from corpus.theme import Tag, Vocabulary
from corpus.verdict import Verdict, join, resolved, verdicts
from corpus.vocabulary import history
from ingest.tagging.explaining import rule_of

if TYPE_CHECKING:
    from ingest.tagging.tagger import Tagger


def replay(store: Store, vocabulary: Vocabulary, tagger: Tagger, records: Sequence[Record]) -> list[Tag]:
    """The tags of those records as they stand now: what the tagger gives, and what people decided."""
    return carry_out(store, vocabulary, tagger, records, tagger.tag_all(records))


def carry_out(
    store: Store, vocabulary: Vocabulary, tagger: Tagger, records: Sequence[Record], found: Sequence[Tag]
) -> list[Tag]:
    """What people decided on those records, carried out on the tags that the tagger found in them."""
    made = verdicts(store, [record.id for record in records])
    if not made:
        return list(found)
    by_record: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in resolved(made, successor(store, vocabulary, (verdict.theme for verdict in made))):
        by_record[verdict.record].append(verdict)
    given: dict[str, list[Tag]] = defaultdict(list)
    for tag in found:
        given[tag.record].append(tag)
    return [
        tag for record in records for tag in _standing(tagger, record, given[record.id], by_record[record.id])
    ]


def successor(store: Store, vocabulary: Vocabulary, theme_ids: Iterable[str]) -> Callable[[str], str | None]:
    """What gives the theme in use for each of those ids, that it has or had; ``None`` if there is none."""
    used = {theme.id for theme in vocabulary}
    gone = {*theme_ids} - used
    later = history.successors(store) if any(vocabulary.resolve(each) is None for each in gone) else {}

    def resolve(theme_id: str) -> str | None:
        theme = vocabulary.resolve(theme_id) or later.get(theme_id)
        return theme if theme in used else None

    return resolve


def current(store: Store, record_ids: Iterable[str] | None = None) -> list[Verdict]:
    """Every verdict under the themes in use now, the earliest first; of all records, or of those."""
    made = verdicts(store, record_ids)
    used = {row[0] for row in store.connection.execute("select id from themes where replaced_by is null")}
    if all(verdict.theme in used for verdict in made):
        return made
    resolve = successor(store, history.in_use(store), (verdict.theme for verdict in made))
    return list(resolved(made, resolve))


def _standing(tagger: Tagger, record: Record, automatic: Sequence[Tag], made: Sequence[Verdict]) -> list[Tag]:
    if not made:
        return list(automatic)
    # A kind that goes with the directions of factors goes with those that are left, and those that came.
    own = [tag for tag in automatic if rule_of(tag)[0] != "direction"]
    named = [tag for tag in join(record, own, made) if tag.status != "rejected" and tag.quote]
    kinds = [replace(tag, status="automatic") for tag in tagger.kinds_of_directions(named)]
    return join(record, [*own, *kinds], made)
