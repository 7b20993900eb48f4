"""What the tagger learns from labels and decisions: scores that hold, words by meaning, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.store import Store
from corpus.theme import Tag, load_vocabulary
from corpus.verdict import Verdict, keep
from ingest.tagging.explaining import explain
from ingest.tagging.fitting import Judged, cross_scores, fit, measure
from ingest.tagging.meaning import Encode
from ingest.tagging.model import Model, Quote, packaged
from ingest.tagging.tagger import Tagger
from kb import learning, tagging
from kb.cli.main import cli

VOCABULARY = load_vocabulary()


def tag(theme: str, rule: str, quote: str = "money", direction: str = "barrier") -> Tag:
    return Tag("a", theme, direction, "abstract", 0, len(quote), quote, f"rules-0 {rule}", 0.5)


def judgements(shares: dict[str, int], of: int = 10) -> list[Judged]:
    """Records of one tag each: of ten by a rule so many are right."""
    return [
        Judged(f"{rule}{number}", [(tag("resources", rule, f"{rule} {number}"), "factor", number < right)])
        for rule, right in shares.items()
        for number in range(of)
    ]


def test_a_score_says_how_often_the_rule_was_right():
    judged = judgements({"own": 45, "before": 15}, of=50)
    model = fit(judged)
    said = {rule: model.score([f"rule factor {rule}", "axis factor"]) for rule in ("own", "before")}
    assert said["own"] > 0.7 > said["before"] + 0.1
    assert measure(judged, cross_scores(judged, judged), 0.0).calibration_error < 0.1


def test_the_same_judgements_in_any_order_give_the_same_model():
    judged = judgements({"own": 8, "before": 3})
    assert fit(judged).version == fit(judged[::-1]).version


def test_rules_that_were_written_from_the_labels_are_believed_less():
    judged = judgements({"own": 9, "before": 9})
    believed = fit(judged).score(["axis factor", "rule factor own"])
    assert fit(judged, unread={"factor": 0.7}).score(["axis factor", "rule factor own"]) < believed - 0.1


def test_a_tag_that_is_not_sure_enough_is_not_given():
    model = Model({"rule factor own": 2.0, "rule factor before": -2.0}, 0.0, ("factor",), threshold=0.5)
    tags = [tag("resources", "own"), tag("communication", "before"), tag("schools", "title")]
    axes = {"resources": "factor", "communication": "factor", "schools": "setting"}
    assert [(each.theme, each.score) for each in model.weigh(tags, axes)] == [
        ("resources", 0.88),
        ("schools", 0.5),
    ]


def by_letters(texts: list[str]) -> np.ndarray:
    """Vectors of the letters of a text: alike words are like."""
    counts = np.array([[text.lower().count(chr(letter)) for letter in range(97, 123)] for text in texts])
    lengths = np.linalg.norm(counts, axis=1, keepdims=True)
    return (counts / np.where(lengths, lengths, 1)).astype(np.float32)


def test_words_that_mean_what_was_labelled_earn_the_theme_with_their_quote():
    quote = Quote("everybody minds their own patch", "culture-identity", "barrier")
    model = Model({}, 0.0, (), quotes=(quote,), likeness=0.95, sure=0.7)
    text = "Interagency work was hindered by rain, everyone minds their own patch, and other things."
    record = Record(id="a", title="Interagency work", abstract=text)
    (found,) = (
        each for each in Tagger(VOCABULARY, model, by_letters).tag(record) if each.theme == "culture-identity"
    )
    assert (found.direction, found.score) == ("barrier", 0.7)
    assert text[found.start : found.end] == found.quote == "everyone minds their own patch"
    assert "everybody minds their own patch" in explain(found)


def test_records_together_get_the_tags_that_each_gets_alone():
    quote = Quote("everybody minds their own patch", "culture-identity", "barrier")
    model = Model({}, 0.0, (), quotes=(quote,), likeness=0.9)
    tagger = Tagger(VOCABULARY, model, by_letters)
    records = [
        Record(id=str(number), title="Interagency work", abstract=f"It was hindered by {words}.")
        for number, words in enumerate(["mistrust", "rain, everyone minds their own patch", "snow, and ice"])
    ]
    assert tagger.tag_all(records) == [tag for record in records for tag in tagger.tag(record)]


def test_the_model_that_comes_along_is_whole_and_says_what_it_saw():
    model = packaged()
    assert Model.from_json(model.to_json(), "here") == model
    assert len(model.seen) > 100
    assert {quote.theme for quote in model.quotes} <= {theme.id for theme in VOCABULARY.axis("factor")}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"quotes": 1}'])
def test_a_model_that_is_none_is_refused_in_a_line(text):
    with pytest.raises(EvidenceError, match="mine: is no model of the tagger"):
        Model.from_json(text, "mine")


ABSTRACT = "Interagency work was hindered by {}. Shared goals were essential."
TROUBLES = ("mistrust", "poor communication", "unclear roles", "a lack of resources", "rigid hierarchies")


@pytest.fixture
def judged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in which a person rejected every goals tag and accepted the others."""
    monkeypatch.setattr("kb.learning.encoder", lambda store, model: None)
    path = tmp_path / "evidence.db"
    records = [
        Record(id=f"r{number}", title=f"Interagency work {number}", abstract=ABSTRACT.format(trouble))
        for number, trouble in enumerate(TROUBLES * 2)
    ]
    with Store.open(path, create=True) as store:
        with store.atomic():
            store.write_records(records)
        tagging.tag(store)
        factors = {theme.id for theme in VOCABULARY.axis("factor")}
        with store.atomic():
            for each in list(store.tags()):
                if each.theme in factors:
                    kind = "reject" if each.theme == "goals-expectations" else "accept"
                    keep(
                        store,
                        Verdict(
                            kind,
                            each.record,
                            each.theme,
                            each.direction,
                            each.field,
                            each.start,
                            each.end,
                            each.quote,
                            each.method,
                            each.score,
                        ),
                    )
    return path


def test_decisions_are_learned_from_and_learning_can_be_undone(judged_file):
    with Store.open(judged_file) as store:
        before = learning.model_in_use(store)
        learned = learning.learn(store)
        assert learned.used
        assert learned.decisions >= 20
        assert learned.after.calibration_error <= learned.before.calibration_error + 0.01
        sentence = ["axis factor", "rule factor own", "theme goals-expectations"]
        words = "words goals-expectations shared goals"
        after = learning.model_in_use(store)
        assert after.score([*sentence, words]) < before.score([*sentence, words])
        assert learning.undo(store) == before.version
        with pytest.raises(EvidenceError, match="nothing was learned"):
            learning.undo(store)


def test_the_command_says_what_changed_tags_anew_and_takes_it_back(judged_file):
    run = CliRunner()
    tried = run.invoke(cli, ["--db", str(judged_file), "themes", "learn", "--dry-run", "--json"])
    assert tried.exit_code == 0, tried.output
    assert json.loads(tried.stdout)["used"] is False
    result = run.invoke(cli, ["--db", str(judged_file), "themes", "learn"])
    assert result.exit_code == 0, result.output
    assert "before" in result.stdout
    assert "is in use; `kb themes learn --undo` takes it back" in result.stderr
    with Store.open(judged_file) as store:
        version = store.state("tagger")
        assert learning.model_in_use(store).version in str(version)
    assert run.invoke(cli, ["--db", str(judged_file), "themes", "learn", "--undo"]).exit_code == 0
    with Store.open(judged_file) as store:
        assert packaged().version in str(store.state("tagger"))


def test_too_little_to_learn_from_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("kb.learning.encoder", lambda store, model: None)
    path = tmp_path / "evidence.db"
    Store.open(path, create=True).close()
    result = CliRunner().invoke(cli, ["--db", str(path), "themes", "learn"])
    assert result.exit_code == 1
    assert "too little to learn from: 0 decisions" in result.stderr


def test_vectors_of_quotes_are_kept_and_damage_is_mended(tmp_path):
    texts = [f"quote {number}" for number in range(30)]
    asked: list[int] = []

    def process() -> Encode:
        """Another process: nothing of the one before is in memory."""

        def encode(these: list[str]) -> np.ndarray:
            asked.append(len(these))
            return by_letters(these)

        return learning.remembering(encode, texts, path)

    path = tmp_path / "quotes.npz"
    for damage in (None, None, b"damage"):
        if damage:
            path.write_bytes(damage)
        encode = process()
        assert (encode(texts) == by_letters(texts)).all()
        assert (encode(texts) == by_letters(texts)).all()
    assert asked == [30, 30], "made once, read once, made anew"
    process()(["another text"])
    assert asked == [30, 30, 1]
