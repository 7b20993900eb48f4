"""Refer: EndNote's tags and those of UNIX refer."""

from __future__ import annotations

import pytest

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.parsers.refer import Refer

ENDNOTE = """%0 Journal Article
%A Darlington, Yvonne
%A van der Berg, Johan
%A Carers UK,
%E Wu, Kim
%D 2005
%T Interagency collaboration between
child protection and mental health services
%B Child Abuse & Neglect
%V 29
%N 10
%P 1085-98
%! Interagency collaboration
%8 October 14
%@ 0145-2134
%R https://doi.org/10.1016/j.chiabu.2005.04.005
%M 16043222
%~ PubMed
%K barriers
joint working
%X OBJECTIVE: This paper aims.

RESULTS: Workers were engaging.
%U https://example.org/1
%G eng
%F darlington2005
%+ School of Social Work
"""


def records(text: str) -> list[Record]:
    """The records of a text without problems."""
    found = list(Refer().parse(Text([text], "refs.enw")))
    assert not [piece for piece in found if isinstance(piece, Problem)]
    return [csl.decode(piece.fields) for piece in found]


def test_an_endnote_record_fills_every_field():
    assert Refer().recognises(ENDNOTE)
    assert records(ENDNOTE) == [
        Record(
            id="darlington2005",
            type="article-journal",
            title="Interagency collaboration between child protection and mental health services",
            abstract="OBJECTIVE: This paper aims. RESULTS: Workers were engaging.",
            authors=(
                Author("Darlington", "Yvonne"),
                Author("Berg", "Johan", particle="van der"),
                Author(literal="Carers UK"),
                Author("Wu", "Kim", role="editor"),
            ),
            issued="2005-10-14",
            container_title="Child Abuse & Neglect",
            volume="29",
            issue="10",
            page="1085-1098",
            doi="10.1016/j.chiabu.2005.04.005",
            pmid="16043222",
            issn="0145-2134",
            url="https://example.org/1",
            language="eng",
            keywords=("barriers", "joint working"),
            extra={
                "%P": "1085-98",
                "%!": "Interagency collaboration",
                "%~": "PubMed",
                "%+": "School of Social Work",
            },
        )
    ]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param("%0 Book\n%T A\n%0 Book\n%T B", ["A", "B"], id="Google Scholar's files put together"),
        pytest.param(
            "%T A\n%0 Book\n%A X\n\n\n%T B\n%D 2001", ["A", "B"], id="AIS: the type second or not there"
        ),
        pytest.param("%T A\n%D 2001\n%T B\n%D 2002", ["A", "B"], id="no blank line, no type"),
        pytest.param("%A J. Smith\n%T A\n\n%A K. Wu\n%T B\n", ["A", "B"], id="UNIX refer"),
        pytest.param(
            "%0 Book\n\n%A X\n\n%T A\n\n%D 2001\n\n%0 Book\n\n%T B\n", ["A", "B"], id="every line spaced"
        ),
        pytest.param(
            "Found 2\nof 9\n\n%0 Book\n%T A\n%A X\n\n2.\n\n%0 Book\n%T B\n", ["A", "B"], id="a number"
        ),
        pytest.param(
            "%0 Book\n%T A\n%X One.\n\n%U http://x\n\n%0 Book\n%T B", ["A", "B"], id="blank line before a tag"
        ),
        pytest.param(
            "%0 Book\n%T A\n\n%A X\n%T B\n\n%0 Book\n%T C", ["A", "B", "C"], id="a record without its type"
        ),
        pytest.param("%0 Book\n%T Of\n%5\n%A X", ["Of"], id="a tag without a value"),
        pytest.param("  %0 Book\n  %T A\n  %A X", ["A"], id="indented, as in an e-mail"),
    ],
)
def test_refer_quirks(text, titles):
    found = [piece for piece in Refer().parse(Text([text], "refs.enw")) if not isinstance(piece, Problem)]
    assert Refer().recognises(text)
    assert [piece.fields["title"] for piece in found] == titles


def test_a_header_before_the_first_record_is_a_problem_and_no_record_is_lost():
    problem, record = Refer().parse(Text(["Exported by me\n%T A\n%A Smith, J\n"], "x"))
    assert isinstance(problem, Problem)
    assert (problem.line, problem.raw, record.line) == (1, "Exported by me", 2)


@pytest.mark.parametrize(
    ("text", "type", "fields"),
    [
        pytest.param(
            "%0 Conference Proceedings\n%T A\n%Y Rose, Carolyn\n%S Proceedings of X\n%D 2025\n%8 November\n",
            "paper-conference",
            {
                "container-title": "Proceedings of X",
                "editor": [{"family": "Rose", "given": "Carolyn"}],
                "issued": {"date-parts": [[2025, 11]]},
            },
            id="bibutils, as the ACL prints it",
        ),
        pytest.param(
            "%0 Book Section\n%T A\n%B B\n%S C\n%E Ed, A\n%Y Ser, B\n%7 2nd\n",
            "chapter",
            {
                "container-title": "B",
                "collection-title": "C",
                "editor": [{"family": "Ed", "given": "A"}],
                "collection-editor": [{"family": "Ser", "given": "B"}],
                "edition": "2nd",
            },
            id="EndNote's series editor",
        ),
        pytest.param(
            "%0 Book\n%T A\n%B Series\n%P 165\n%C London\n%I TSO\n%@ 0-306-40615-2\n",
            "book",
            {
                "collection-title": "Series",
                "number-of-pages": "165",
                "publisher-place": "London",
                "publisher": "TSO",
                "ISBN": "0-306-40615-2",
            },
            id="a book",
        ),
        pytest.param(
            "%0 Thesis\n%T A\n%9 PhD\n%I University of X\n%B Department\n",
            "thesis",
            {"genre": "PhD", "publisher": "University of X", "custom": {"extra": {"%B": "Department"}}},
            id="a thesis",
        ),
        pytest.param(
            "%0 Conference Proceedings\n%T A\n%A 王海霞\n%B B\n%P 5\n%K a;b\n%P 269-273\n%W CNKI\n",
            "paper-conference",
            {"page": "269-273", "keyword": "a; b", "custom": {"extra": {"%P": "5", "%W": "CNKI"}}},
            id="CNKI counts the pages as well",
        ),
        pytest.param(
            "%A John A. Smith\n%A Kim Wu\n%Q Department of Health\n%T A\n%J Child Care\n%K one, two\n",
            "article-journal",
            {
                "author": [
                    {"family": "Smith", "given": "John A."},
                    {"family": "Wu", "given": "Kim"},
                    {"literal": "Department of Health"},
                ],
                "keyword": "one; two",
            },
            id="UNIX refer prints the given name first",
        ),
        pytest.param(
            "%0 Report\n%T A\n%R ED-12\n%A Smith, John A., Jr.\n%A et al.\n",
            "report",
            {
                "author": [{"family": "Smith", "given": "John A.", "suffix": "Jr."}],
                "custom": {"et_al": True, "extra": {"%R": "ED-12"}},
            },
            id="a number of a report is no DOI",
        ),
        pytest.param(
            "%0 Journal Article\n%T A\n%B European Conference on Information Systems\n%D 2017\n",
            "paper-conference",
            {"container-title": "European Conference on Information Systems"},
            id="AIS calls the papers of a conference journal articles",
        ),
        pytest.param(
            "%0 Podium\n%T A\n", "document", {"custom": {"extra": {"%0": "Podium"}}}, id="unknown type"
        ),
    ],
)
def test_what_a_tag_means_hangs_on_the_type(text, type, fields):
    (piece,) = Refer().parse(Text([text], "x"))
    assert piece.fields["type"] == type
    assert {name: piece.fields.get(name) for name in fields} == fields


def test_a_type_alone_is_a_problem():
    (problem,) = Refer().parse(Text(["%0 Book\n\n"], "x"))
    assert isinstance(problem, Problem)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("% Encoding: UTF-8\n\n@article{a,\n title = {%T A},\n}\n%T A\n%A B\n", id="BibTeX"),
        pytest.param("100 %\n%5 of all\n%A is no title\n", id="prose"),
    ],
)
def test_other_text_is_not_recognised(text):
    assert not Refer().recognises(text)
