"""Editing the vocabulary of an evidence file: what moves, what stays, and the way back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import EvidenceError
from corpus.store import Store
from corpus.theme import VOCABULARY
from corpus.vocabulary import editing, history
from corpus.vocabulary.reading import parse
from kb import tagging, vocabulary
from kb.deciding_tags import Decider
from kb.vocabulary import Moved

TEXT = VOCABULARY.read_text(encoding="utf-8")
FARMING = Path(__file__).with_name("vocabularies") / "farming.yml"

EDITS: dict[str, Callable[[Store], Moved | None]] = {
    "label": lambda store: vocabulary.rename(store, "power-status", "Power and standing", None),
    "id": lambda store: vocabulary.rename(store, "it-systems", None, "digital-systems"),
    "merge into one of them": lambda store: vocabulary.merge(
        store, ["hospital", "community-health"], "hospital", None
    ),
    "merge into a new one": lambda store: vocabulary.merge(
        store, ["communication", "information-sharing"], "exchange", "Exchange"
    ),
    "split": lambda store: vocabulary.split(store, "time-workload", "workload", "Workload", [1, 2, 4]),
    "retire": lambda store: vocabulary.retire(store, "trust-relationships", None),
    "replace": lambda store: vocabulary.retire(store, "specialisation", "roles-boundaries"),
    "kind called like a direction": lambda store: vocabulary.retire(store, "barrier", None),
    "another subject": lambda store: vocabulary.bring(store, FARMING),
}


UNDONE = ("id", "merge into a new one", "retire", "another subject")


@pytest.fixture
def store(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The library tagged by rules and weights; by meaning it would take minutes."""
    monkeypatch.setattr("kb.learning.encoder", lambda *_: None)
    path = tmp_path / "evidence.db"
    shutil.copy(library, path)
    with Store.open(path) as opened:
        tagging.tag(opened)
        yield opened


def _content(store: Store) -> list[Any]:
    tables = ("tags", "facets", "themes", "taggings")
    return [sorted(map(repr, store.query(f"select * from {table}"))) for table in tables]


def _decide(store: Store) -> None:
    """One decision of each kind, on themes that the edits touch."""
    decider = Decider(store, "ann")
    tags = {tag.theme: tag for tag in store.tags() if tag.direction}
    decider.accept(tags["trust-relationships"].record, "trust-relationships")
    decider.reject(tags["information-sharing"].record, "information-sharing")
    decider.accept(tags["it-systems"].record, "it-systems")


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_retags_as_a_full_run_would(store: Store, edit: Callable[[Store], Moved]) -> None:
    _decide(store)
    moved = edit(store)
    records = store.value("select count(*) from records")
    incremental = _content(store)
    store.connection.execute("delete from taggings")
    assert tagging.tag(store).read == records
    again = _content(store)
    assert [sorted({*one} ^ {*other}) for one, other in zip(again, incremental, strict=True)] == [
        [],
        [],
        [],
        [],
    ]
    assert moved.read < records or moved.change.startswith(("retire barrier", "import"))


@pytest.mark.parametrize("edit", [EDITS[name] for name in UNDONE], ids=UNDONE)
def test_undo_gives_back_every_tag_and_decision(store: Store, edit: Callable[[Store], Moved]) -> None:
    _decide(store)
    tagging.tag(store)
    before = _content(store)
    edit(store)
    assert _content(store) != before
    vocabulary.undo(store)
    assert _content(store) == before
    with pytest.raises(EvidenceError, match="nothing to undo"):
        vocabulary.undo(store)


def test_decisions_go_along_with_a_theme(store: Store) -> None:
    _decide(store)
    decided = [tag for tag in store.tags() if tag.status == "accepted" and tag.theme == "it-systems"]
    moved = vocabulary.rename(store, "it-systems", None, "digital-systems")
    found = [tag for tag in store.tags() if tag.status == "accepted" and tag.theme == "digital-systems"]
    assert [tag.quote for tag in found] == [tag.quote for tag in decided]
    assert moved.decisions == len(decided) > 0
    counts = {theme["id"]: (theme["before"], theme["after"]) for theme in moved.themes}
    assert counts["it-systems"][1] == 0 < counts["digital-systems"][1] == counts["it-systems"][0]


def test_an_edit_leaves_every_other_line_as_it_was() -> None:
    edited = editing.relabel(TEXT, "trust-relationships", "Trust").splitlines()
    differing = [pair for pair in zip(TEXT.splitlines(), edited, strict=True) if pair[0] != pair[1]]
    assert differing == [("    label: Trust and relationships", "    label: Trust")]


@pytest.mark.parametrize(
    "text",
    [
        "themes: [{id: a, label: A, axis: kind, terms: [x]}, {id: b, label: B, axis: kind, terms: [y, z]}]",
        "themes:\n- id: a\n  label: A\n  axis: kind\n  terms:\n  - x\n# b\n"
        "- {id: b, label: B, axis: kind, terms: [y, z]}",
        "themes:\n  -\n    id: a\n    label: A\n    axis: kind\n    terms: [x]\n  - id: b\n    label: B\n"
        "    axis: kind\n    terms: [y, not: [z]]\nabout: []\n",
    ],
    ids=["one line", "no indent", "hyphen alone"],
)
def test_files_of_every_form_can_be_edited(text: str) -> None:
    renamed = parse(editing.rename(text, "a", "c"), "v.yml")
    assert {theme.id: theme.replaced_by for theme in renamed.themes.values()} == {"c": "", "a": "c", "b": ""}
    assert renamed.themes["c"].notation == "a"
    parted = parse(editing.split(text, "b", "d", "D", [2]), "v.yml")
    assert [theme.id for theme in parted] == ["a", "b", "d"]
    assert [len(list(theme.lines())) for theme in parted] == [1, 1, 1]
    merged = parse(editing.merge(text, ["a", "b"], "b"), "v.yml")
    assert len(list(merged.themes["b"].lines())) == 3
    empty = parse(editing.retire(editing.retire(text, "a"), "b"), "v.yml")
    assert (list(empty), dict(empty.retired)) == ([], {"a": "A", "b": "B"})


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda store: vocabulary.rename(store, "trust", "T", None), "near: trust-relationships"),
        (lambda store: vocabulary.rename(store, "hospital", None, "schools"), "`schools` is taken"),
        (lambda store: vocabulary.rename(store, "hospital", None, "In hospital"), "write `in-hospital`"),
        (lambda store: vocabulary.merge(store, ["hospital", "survey"], "hospital", None), "not on one axis"),
        (lambda store: vocabulary.merge(store, ["hospital"], "hospital", None), "is no merge"),
        (lambda store: vocabulary.split(store, "hospital", "x", "X", [99]), "has no term 99"),
        (lambda store: vocabulary.retire(store, "hospital", "survey"), "another axis"),
        (lambda store: vocabulary.retire(store, "hospital", "hospital"), "its own place"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(store: Store, edit: Callable[[Store], Moved], said: str) -> None:
    before = _content(store)
    with pytest.raises(EvidenceError, match=said):
        edit(store)
    assert _content(store) == before
    assert history.own(store) is None


def test_an_id_never_returns(store: Store, tmp_path: Path) -> None:
    vocabulary.rename(store, "it-systems", None, "digital-systems")
    path = tmp_path / "old.yml"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(EvidenceError, match="`digital-systems` took its place"):
        vocabulary.bring(store, path)
    with pytest.raises(EvidenceError, match="`it-systems` is taken"):
        vocabulary.rename(store, "hospital", None, "it-systems")
    with pytest.raises(EvidenceError, match="was replaced by `digital-systems`"):
        vocabulary.known(store, "it-systems")


def test_a_file_follows_the_packaged_vocabulary_until_it_has_its_own(store: Store) -> None:
    assert {edition.source for edition in history.editions(store)} == {history.PACKAGED}
    assert history.own(store) is None
    vocabulary.rename(store, "hospital", "In hospital", None)
    tagging.tag(store)
    assert history.in_use(store).themes["hospital"].label == "In hospital"
    assert store.themes()[0].id == next(iter(history.in_use(store).themes))
    vocabulary.undo(store)
    assert history.own(store) is None


def test_a_changed_label_leaves_the_indexes_fresh(store: Store) -> None:
    before = store.corpus_hash()
    store.set_state("corpus_hash", before)
    assert vocabulary.rename(store, "hospital", "In hospital", None).read == 0
    assert store.state("corpus_hash") == before
