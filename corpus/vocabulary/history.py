"""The vocabulary of an evidence file: the one in use and those before it, kept whole in the file.

The last row of the table ``vocabularies`` is in use. The state "vocabulary" holds the numbers of those that
`undo` goes back through, the one in use last. While nobody brings or changes one, the file follows the
vocabulary that comes along with the program, and a newer program's too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.errors import EvidenceError
from corpus.store import Store
from corpus.theme import VOCABULARY, Vocabulary, load_vocabulary
from corpus.vocabulary.reading import inspect, parse, read_text

#: The source of a vocabulary that came along with the program.
PACKAGED = "packaged"

_STATE = "vocabulary"
_COLUMNS = "id, version, source, change, made_at"


@dataclass(frozen=True, slots=True)
class Edition:
    """A form that the vocabulary of a file has had; ``change`` says what made it so."""

    id: int
    version: str
    source: str
    change: str
    made_at: str


def editions(store: Store) -> list[Edition]:
    """Every form that the vocabulary of the file has had, the earliest first."""
    return [Edition(**row) for row in store.query(f"select {_COLUMNS} from vocabularies order by id")]


def edition_text(store: Store, number: int) -> str:
    """The YAML of a form by its number; raises ``EvidenceError`` if there is none."""
    text: str | None = store.value("select content from vocabularies where id = ?", [number])
    if text is None:
        known = [edition.id for edition in editions(store)]
        raise EvidenceError(f"no vocabulary {number} in the file; there are {known or 'none yet'}.")
    return text


def edition_vocabulary(store: Store, number: int) -> Vocabulary:
    """The vocabulary of a form by its number."""
    # It was checked when it came in; a later program that asks for more still reads what is there.
    return inspect(edition_text(store, number), f"{store.path}: vocabulary {number}")[0]


def own(store: Store) -> Edition | None:
    """The form in use that a person brought or changed; ``None`` where the file follows the packaged one."""
    rows = store.query(f"select {_COLUMNS} from vocabularies order by id desc limit 1")
    last = next((Edition(**row) for row in rows), None)
    return last if last and last.source != PACKAGED else None


def in_use(store: Store) -> Vocabulary:
    """The vocabulary of the file: its own, or the one that comes along with the program."""
    edition = own(store)
    return edition_vocabulary(store, edition.id) if edition else load_vocabulary()


def text_in_use(store: Store) -> str:
    """The same as YAML, comments and all."""
    edition = own(store)
    return edition_text(store, edition.id) if edition else read_text(VOCABULARY)


def keep(store: Store, text: str, source: str, change: str) -> Edition:
    """Write a form down as the one in use."""
    edition = _insert(store, text, source, change)
    store.set_state(_STATE, json.dumps([*_line(store), edition.id]))
    return edition


def follow(store: Store) -> None:
    """Write the packaged vocabulary down, if the file follows it and has not its present form yet."""
    if own(store):
        return
    text = read_text(VOCABULARY)
    if store.value("select content from vocabularies order by id desc limit 1") != text:
        edition = _insert(store, text, PACKAGED, "came along with the program")
        # A newer program's replaces the older's: there is no way back to that but the older program.
        store.set_state(_STATE, json.dumps([*_line(store)[:-1], edition.id]))


def back(store: Store) -> str:
    """Write the form before the one in use down again, as the one in use; what is undone by it is given.

    Raises ``EvidenceError`` where there is none before it.
    """
    line = _line(store)
    if len(line) < 2:
        raise EvidenceError("nothing to undo: the vocabulary of this file is as it was first used.")
    known = editions(store)
    undone, earlier = ({edition.id: edition for edition in known}[number] for number in (line[-1], line[-2]))
    # One that was gone back to before is undone for what first made it.
    change = next(edition.change for edition in known if edition.version == undone.version)
    edition = _insert(
        store, edition_text(store, earlier.id), earlier.source, f"back to {earlier.id}, undoing: {change}"
    )
    store.set_state(_STATE, json.dumps([*line[:-2], edition.id]))
    return change


def gone_ids(store: Store) -> Mapping[str, str]:
    """What took the place ("" for nothing) of every theme that went, in the forms that stand; by id."""
    gone: dict[str, str] = {}
    for number in _line(store):
        vocabulary = edition_vocabulary(store, number)
        gone |= dict.fromkeys(vocabulary.retired, "")
        gone |= {theme.id: theme.replaced_by for theme in vocabulary.themes.values() if theme.replaced_by}
    return gone


def successors(store: Store) -> dict[str, str | None]:
    """The theme in use for every id that any form of the vocabulary had; ``None`` where there is none.

    An id of a form that was undone leads back to the one that it had taken the place of.
    """
    current = in_use(store)
    found = {theme_id: current.resolve(theme_id) for theme_id in current.themes}
    for edition in reversed(editions(store)):
        vocabulary = edition_vocabulary(store, edition.id)
        for theme in vocabulary.themes.values():
            if theme.id not in found:
                sources = {each.id for each in vocabulary.themes.values() if each.replaced_by == theme.id}
                later = theme.replaced_by or (sources.pop() if len(sources) == 1 else "")
                found[theme.id] = current.resolve(later) if later else None
    return found


def _line(store: Store) -> list[int]:
    numbers: list[int] = json.loads(store.state(_STATE) or "[]")
    return numbers


def _insert(store: Store, text: str, source: str, change: str) -> Edition:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    version = parse(text, source).version
    cursor = store.connection.execute(
        "insert into vocabularies (version, source, change, content, made_at) values (?, ?, ?, ?, ?)",
        [version, source, change, text, now],
    )
    return Edition(int(cursor.lastrowid or 0), version, source, change, now)
