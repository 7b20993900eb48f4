"""Web of Science's tagged format."""

from __future__ import annotations

import pytest

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.parsers.wos import Wos

SAVED = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Darlington, Y
   van der Berg, J
   Smith, JA
CA Child Protect Grp
AF Darlington, Yvonne
   van der Berg, Johan
   Smith, John A., Jr.
TI Interagency collaboration between child protection
   and mental health services
SO CHILD ABUSE & NEGLECT
LA English
DT Article
DE child protection; inter-agency
   working
ID BARRIERS; CARE
AB Objective. This paper aims.
   Results. Workers were engaging.
C1 [Darlington, Yvonne] Univ Queensland, Brisbane, Qld, Australia.
   [Smith, John A.] Univ X, Leeds, England.
RP Darlington, Y (corresponding author), Univ Queensland, Brisbane.
OI Darlington, Yvonne/0000-0002-1825-0097; Nobody,
   Else/0000-0001-5109-3700
CR Smith J, 2001, BRIT J SOC WORK, V31, P1
   Wu K, 2002, LANCET, V360, P2
NR 2
TC 12
PU PERGAMON-ELSEVIER SCIENCE LTD
PI OXFORD
SN 0145-2134
EI 1873-7757
J9 CHILD ABUSE NEGLECT
JI Child Abuse Negl.
PD OCT 14
PY 2005
VL 29
IS 10
BP 1085
EP 1098
DI 10.1016/j.chiabu.2005.04.005
PM 16043222
UT WOS:000232900900003
ER

EF"""


def records(text: str) -> list[Record]:
    """The records of a text without problems."""
    found = list(Wos().parse(Text([text], "savedrecs.txt")))
    assert not [piece for piece in found if isinstance(piece, Problem)]
    return [csl.decode(piece.fields) for piece in found]


def test_a_saved_record_fills_every_field():
    assert Wos().recognises(SAVED)
    (record,) = records(SAVED)
    assert record == Record(
        id="WOS:000232900900003",
        type="article-journal",
        title="Interagency collaboration between child protection and mental health services",
        abstract="Objective. This paper aims. Results. Workers were engaging.",
        authors=(
            Author("Darlington", "Yvonne", orcid="0000-0002-1825-0097"),
            Author("Berg", "Johan", particle="van der"),
            Author("Smith", "John A.", suffix="Jr."),
            Author(literal="Child Protect Grp"),
        ),
        issued="2005-10-14",
        container_title="CHILD ABUSE & NEGLECT",
        volume="29",
        issue="10",
        page="1085-1098",
        publisher="PERGAMON-ELSEVIER SCIENCE LTD",
        publisher_place="OXFORD",
        doi="10.1016/j.chiabu.2005.04.005",
        pmid="16043222",
        issn="0145-2134, 1873-7757",
        language="English",
        keywords=("child protection", "inter-agency working", "BARRIERS", "CARE"),
        extra=record.extra,
    )
    assert record.extra["CR"] == ["Smith J, 2001, BRIT J SOC WORK, V31, P1", "Wu K, 2002, LANCET, V360, P2"]
    assert record.extra["OI"] == "Nobody, Else/0000-0001-5109-3700"
    assert {"C1", "RP", "DT", "NR", "TC", "J9", "JI", "UT"} <= set(record.extra)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param("PT J\nTI A\nER\nPT J\nTI B\nER\nEF", ["A", "B"], id="no blank line between"),
        pytest.param("PT J\nTI A\n\nPT J\nTI B", ["A", "B"], id="no ER"),
        pytest.param("PT J\nTI A\nER\n\nAU Wu, K\nTI B\nER\n\nPT J\nTI C\nER", ["A", "B", "C"], id="no PT"),
        pytest.param("PT Journal\nTI A\nER\n", ["A"], id="the type as a word, as ISI printed it"),
        pytest.param("PT J\nTI A\n\n   b\nER\n", ["A b"], id="blank line within"),
        pytest.param("PT J\nTI A study\nof care\nER\n", ["A study of care"], id="wrapped without indent"),
        pytest.param(
            "PT J\nTI A\nER\nEF\nFN X\nVR 1.0\nPT J\nTI B\nER\nEF\n", ["A", "B"], id="two files in one"
        ),
    ],
)
def test_wos_quirks(text, titles):
    assert Wos().recognises(text)
    assert [record.title for record in records(text)] == titles


@pytest.mark.parametrize(
    ("text", "type", "fields"),
    [
        pytest.param(
            "PT B\nAU Wu, K\nBE Ed, A\n   Bee, C\nTI Joint work\nSO CARE BOOK\nSE Series\nBP 1\nEP 9\n"
            "DT Article; Book Chapter\nBN 978-0-306-40615-7\n",
            "chapter",
            {
                "container-title": "CARE BOOK",
                "collection-title": "Series",
                "editor": [{"family": "Ed", "given": "A"}, {"family": "Bee", "given": "C"}],
                "ISBN": "978-0-306-40615-7",
            },
            id="a chapter",
        ),
        pytest.param(
            "PT B\nBA Wu, K\nBF Wu, Kim\nTI Care Book\nSO CARE BOOK\nDT Book\nPG 165\n",
            "book",
            {
                "title": "Care Book",
                "container-title": None,
                "number-of-pages": "165",
                "author": [{"family": "Wu", "given": "Kim"}],
            },
            id="a whole book",
        ),
        pytest.param(
            "PT S\nTI A\nSO LECTURE NOTES\nCT 5th Workshop\nDT Proceedings Paper\n",
            "paper-conference",
            {"container-title": "LECTURE NOTES"},
            id="a paper in a series",
        ),
        pytest.param("PT J\nTI A\nDT Book Review\n", "review-book", {}, id="a book review"),
        pytest.param(
            "PT J\nTI A\nAR 103456\nPY 2020\n", "article-journal", {"page": "103456"}, id="article number"
        ),
        pytest.param(
            "PT J\nTI A\nPD FAL\nPY 2005\n",
            "article-journal",
            {"issued": {"date-parts": [[2005]], "season": 3}},
            id="autumn",
        ),
        pytest.param(
            "PT J\nTI A\nPD JUL-AUG\nPY 2005\n",
            "article-journal",
            {"issued": {"date-parts": [[2005, 7], [2005, 8]]}},
            id="two months",
        ),
        pytest.param(
            "PT J\nTI A\nPD 1ST QTR\nPY 2005\n",
            "article-journal",
            {"issued": {"date-parts": [[2005]]}, "custom": {"extra": {"PD": "1ST QTR"}}},
            id="a quarter is kept",
        ),
        pytest.param(
            "PT J\nTI A\nEA MAR 2021\n",
            "article-journal",
            {"issued": {"date-parts": [[2021, 3]]}},
            id="early access",
        ),
        pytest.param(
            "PT J\nAU [Anonymous]\nTI A\nSU 2\n",
            "article-journal",
            {"author": None, "issue": "Suppl 2", "custom": {"extra": {"AU": "[Anonymous]"}}},
            id="anonymous, in a supplement",
        ),
    ],
)
def test_wos_types_and_parts(text, type, fields):
    (piece,) = Wos().parse(Text([text], "x"))
    assert piece.fields["type"] == type
    assert {name: piece.fields.get(name) for name in fields} == fields


def test_an_empty_record_is_a_problem():
    problem, record = Wos().parse(Text(["PT J\nER\n\nPT J\nTI A\nER\n"], "x"))
    assert isinstance(problem, Problem)
    assert (problem.line, record.line) == (1, 4)


@pytest.mark.parametrize(
    "text", ["TY  - JOUR\nPT  - A\nTI  - B\n", "PT 109 was a boat\nAU revoir\n", "PT J\nis all"]
)
def test_other_text_is_not_recognised(text):
    assert not Wos().recognises(text)
