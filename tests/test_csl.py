"""Records as CSL-JSON and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from corpus import csl
from corpus.record import Author, Record
from tests.strategies import records


@given(records())
def test_a_record_survives_csl_json(record):
    assert csl.decode(json.loads(json.dumps(csl.encode(record)))) == record


@pytest.mark.parametrize(
    ("issued", "date"),
    [
        pytest.param("2005", {"date-parts": [[2005]]}, id="year"),
        pytest.param("2005-10", {"date-parts": [[2005, 10]]}, id="month"),
        pytest.param("2009-08-06", {"date-parts": [[2009, 8, 6]]}, id="day"),
        pytest.param("2005-23", {"date-parts": [[2005]], "season": 3}, id="autumn"),
        pytest.param("2004/2005", {"date-parts": [[2004], [2005]]}, id="range"),
        pytest.param("in press", {"literal": "in press"}, id="words"),
    ],
)
def test_dates_go_out_as_csl_and_come_back(issued, date):
    assert csl.date_parts(issued) == date
    assert csl.edtf(date) == issued


@pytest.mark.parametrize(
    ("item", "record"),
    [
        pytest.param({"issued": {"raw": "2004"}}, Record(issued="2004"), id="raw date, as citeproc takes it"),
        pytest.param(
            {"issued": {"date-parts": [["2004", "5"]]}}, Record(issued="2004-05"), id="numbers as text"
        ),
        pytest.param({"id": 7, "volume": 28}, Record(id="7", volume="28"), id="numbers where text is due"),
        pytest.param(
            {"author": [{"family": "Berg", "given": "Johan", "dropping-particle": "von"}]},
            Record(authors=(Author("Berg", "Johan von"),)),
            id="dropping particle",
        ),
        pytest.param({"note": "kept"}, Record(extra={"note": "kept"}), id="a variable with no place"),
        pytest.param({"author": [None, {"family": None}], "title": None}, Record(), id="nulls"),
        pytest.param({"issued": {"date-parts": [[None]]}}, Record(), id="empty date-parts from Crossref"),
        pytest.param({"keyword": ["a", "b"]}, Record(keywords=("a", "b")), id="keywords as a list"),
    ],
)
def test_items_of_other_programs_are_understood(item, record):
    assert csl.decode(item) == record


def test_et_al_is_a_flag_and_not_an_author():
    item = csl.encode(Record(id="meads", authors=(Author("Meads", "Geoffrey"),), et_al=True))
    assert item["author"] == [{"family": "Meads", "given": "Geoffrey"}]
    assert item["custom"] == {"et_al": True}
