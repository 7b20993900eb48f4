"""The vocabulary as SKOS and back, and a library's thesaurus as a vocabulary."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from corpus.errors import EvidenceError
from corpus.record import Record
from corpus.theme import Vocabulary, load_vocabulary
from corpus.vocabulary.reading import parse
from corpus.vocabulary.skos import Format, to_skos
from corpus.vocabulary.thesaurus import Reading, from_skos
from ingest.tagging.tagger import Tagger
from ingest.tagging.wordings import term_for, wordings
from kb import vocabulary
from kb.thesauri import read_vocabulary

FARMING = Path(__file__).with_name("vocabularies") / "farming.yml"
READING = Reading("kind", "en", term_for, wordings)

THESAURUS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix t: <https://thesaurus.example/> .
t:scheme a skos:ConceptScheme ; skos:prefLabel "School thesaurus"@en .
t:1 a skos:Concept ; skos:prefLabel "Reading"@en, "Lecture"@fr ; skos:narrower t:2 ;
  skos:scopeNote "Of texts."@en .
t:2 a skos:Concept ; skos:prefLabel "Reading difficulties"@en ;
  skos:altLabel "Dyslexia"@en, "Legasthenie"@de ;
  skos:closeMatch <http://id.loc.gov/authorities/sh85111658> .
t:3 a skos:Concept ; skos:prefLabel "Libraries, School"@en .
t:4 a skos:Concept ; skos:prefLabel "Mercury (planet)"@en .
t:5 a skos:Concept ; skos:prefLabel "READING"@en .
t:6 a skos:Concept ; skos:altLabel "No name"@en .
"""


def _read(text: str, format: Format = "turtle") -> Vocabulary:
    return from_skos(text, "x.ttl", format, READING)


@pytest.mark.parametrize("format", get_args(Format))
@pytest.mark.parametrize("path", [None, FARMING], ids=["packaged", "farming"])
def test_out_and_in_again_gives_the_same_vocabulary(path: Path | None, format: Format) -> None:
    before = load_vocabulary(path)
    after = _read(to_skos(before, format, lambda theme: wordings(before, theme)), format)
    assert list(after.themes.values()) == list(before.themes.values())
    assert after.settings == before.settings


def test_replaced_and_retired_themes_go_out_and_in() -> None:
    before = parse(
        "themes:\n  - {id: a, label: A, axis: kind, replaced_by: b}\n"
        "  - {id: b, label: B, axis: kind, group: g, terms: [x]}\nretired: {c: C}\n",
        "v.yml",
    )
    text = to_skos(before, "turtle", lambda theme: wordings(before, theme))
    after = _read(text)
    assert "owl:deprecated true" in text
    assert after.themes == before.themes
    assert after.retired == {"c": "C"}


def test_a_label_that_a_library_adds_becomes_a_term() -> None:
    before = load_vocabulary(FARMING)
    text = to_skos(before, "turtle", lambda theme: wordings(before, theme))
    added = text + '<urn:example:farming:dryland> skos:altLabel "Deserts"@en .\n'
    assert _read(added).themes["dryland"].terms == (*before.themes["dryland"].terms, "desert~")


def test_a_foreign_thesaurus_becomes_a_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "school.ttl"
    path.write_text(THESAURUS, encoding="utf-8")
    text = read_vocabulary(path)
    read = parse(text, "school.ttl")
    assert list(read.themes) == [
        "reading",
        "reading-difficulties",
        "libraries-school",
        "mercury-planet",
        "reading-2",
    ]
    theme = read.themes["reading-difficulties"]
    assert (theme.axis, theme.group, theme.terms) == ("kind", "Reading", ("reading difficulty~", "dyslexia~"))
    assert theme.crosswalk["id.loc.gov"] == ["http://id.loc.gov/authorities/sh85111658"]
    assert read.themes["reading"].definition == "Of texts."
    assert read.settings["title"] == "School thesaurus"
    assert [fault for fault in vocabulary.faults(text, "school.ttl") if not fault.warning] == []
    tags = Tagger(read).tag(Record(id="x", title="Dyslexia and the school library"))
    assert {tag.theme for tag in tags} == {"reading-difficulties", "libraries-school"}


@pytest.mark.parametrize(
    ("text", "format", "said"),
    [
        pytest.param("@prefix a: <b> .\na:x a:y", "turtle", "cannot be read as turtle", id="cut off"),
        pytest.param("@prefix a: <http://b/> .\n", "turtle", "no skos:Concept", id="nothing in it"),
        pytest.param("{", "json-ld", "is not JSON", id="no JSON"),
        pytest.param('{"@context": "https://x.example/c"}', "json-ld", "nothing is fetched", id="context"),
        pytest.param('{"a": [{"@context": ["https://x.example/c"]}]}', "json-ld", "nothing is", id="within"),
        pytest.param("<a>", "xml", "cannot be read as xml", id="no XML"),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>',
            "xml",
            "DOCTYPE",
            id="entity",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(text: str, format: Format, said: str) -> None:
    with pytest.raises(EvidenceError) as error:
        _read(text, format)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("label", "term"),
    [
        ("Teachers", "teacher~"),
        ("Policies", "policy~"),
        ("Hierarchy, Social", "social hierarchy~"),
        ("SOIL FERTILITY", "soil fertility~"),
        ("AIDS", "AIDS"),
        ("COVID-19", "COVID 19"),
        ("Crop/livestock systems", "crop livestock system~"),
        ("???", ""),
    ],
)
def test_a_label_becomes_a_term_that_finds_it(label: str, term: str) -> None:
    assert term_for(label).lower() == term.lower()
    if term:
        read = parse(f"themes:\n  - {{id: a, label: A, axis: kind, terms: ['{term_for(label)}']}}\n", "v.yml")
        shown = label if "," not in label else "social hierarchy"
        assert Tagger(read).tag(Record(id="x", title=f"On {shown} today"))
