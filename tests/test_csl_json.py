"""CSL-JSON in its shapes, and JSON that is nearly it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.parsers.csl_json import CslJson

A = '{"id": "a", "type": "book", "title": "A"}'
B = '{"id": "b", "type": "book", "title": "B"}'


def pieces(text: str) -> list:
    return list(CslJson().parse(Text([text], "refs.json")))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"[{A}, {B}]", id="array"),
        pytest.param(f"[\n{A},\n{B},\n]\n", id="comma behind the last"),
        pytest.param(f"{A}\n{B}\n", id="JSON lines"),
        pytest.param(f'{{"items": [{A}, {B}]}}', id="Zotero's object"),
        pytest.param(f'{{"status": "ok", "message": {{"items": [{A}, {B}]}}}}', id="Crossref's answer"),
        pytest.param(f"{A},\n{B}", id="array without brackets"),
    ],
)
def test_shapes_of_csl_json(text):
    assert CslJson().recognises(text)
    assert [piece.fields["title"] for piece in pieces(text)] == ["A", "B"]


def test_a_single_item_is_one_record():
    assert [piece.fields["id"] for piece in pieces(json.dumps(json.loads(A), indent=2))] == ["a"]


def test_a_broken_item_is_a_problem_and_the_others_are_read():
    found = pieces(f'[\n{A},\n{{"id": "x", "title": }},\n{B}\n]')
    assert [type(piece).__name__ for piece in found] == ["SourceRecord", "Problem", "SourceRecord"]
    assert [piece.line for piece in found] == [2, 3, 4]
    assert found[1].raw == '{"id": "x", "title": }'


@pytest.mark.parametrize("item", ['"text"', "3", "null", '{"id": "x"}', "[1]"])
def test_what_is_no_item_is_a_problem(item):
    found = pieces(f"[{A}, {item}, {B}]")
    assert [isinstance(piece, Problem) for piece in found] == [False, True, False]


@pytest.mark.parametrize(
    "item",
    [
        pytest.param('{"title": "A", "custom": "text"}', id="custom is a text"),
        pytest.param(
            '{"title": "A", "custom": {"extra": "x", "orcids": [1], "keywords": 3}}', id="another's custom"
        ),
        pytest.param('{"title": ["A", "B"], "type": "journal-article"}', id="Crossref"),
        pytest.param('{"title": "A", "author": "Smith, J"}', id="author is a text"),
        pytest.param('{"title": "A", "author": [null, 3, {"family": ["x"]}]}', id="strange authors"),
        pytest.param('{"title": "A", "issued": {"date-parts": [[null]]}}', id="Crossref's empty date"),
        pytest.param('{"title": "A", "issued": {"date-parts": 5}}', id="date-parts is a number"),
        pytest.param('{"title": "A", "issued": {"date-parts": [5]}}', id="date-parts is flat"),
        pytest.param('{"title": "A\\ud800"}', id="half a surrogate pair"),
        pytest.param('{"title": "A", "type": "strange"}', id="unknown type"),
    ],
)
def test_strange_items_are_records_that_can_be_stored(item):
    (piece,) = pieces(item)
    assert piece.fields["title"].startswith("A")
    json.dumps(piece.fields, ensure_ascii=False).encode()
    csl.decode(piece.fields)


def test_nesting_without_end_is_a_problem():
    (problem,) = pieces('{"title": ' + "[" * 100_000)
    assert isinstance(problem, Problem)


TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=20).filter(lambda text: text == text.strip())


@given(
    st.lists(
        st.builds(
            Record,
            id=TEXT,
            type=st.sampled_from(["book", "report", "article-journal"]),
            title=TEXT.filter(bool),
            abstract=TEXT,
            authors=st.lists(st.builds(Author, family=TEXT.filter(bool), given=TEXT), max_size=2).map(tuple),
            et_al=st.booleans(),
            issued=st.sampled_from(["", "2005", "2005-10", "2005-23", "2004/2005"]),
            page=st.sampled_from(["", "3-9", "e12", "12, 15-18"]),
            extra=st.dictionaries(st.sampled_from(["AN", "Note"]), TEXT.filter(bool), max_size=2),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_records_come_back_from_csl_json_as_they_were(records):
    text = json.dumps([csl.encode(record) for record in records], indent=1)
    assert [csl.decode(piece.fields) for piece in pieces(text)] == records


def test_tags_that_our_exporter_writes_are_no_part_of_the_record():
    (piece,) = pieces(
        json.dumps({"title": "A", "custom": {"tags": ['policy (driver): "Act"'], "other": "kept"}})
    )
    assert csl.decode(piece.fields).extra == {"other": "kept"}
