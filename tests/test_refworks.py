"""RefWorks' tagged format."""

from __future__ import annotations

import pytest

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.parsers.refworks import RefWorks

EXPORT = """RT Journal Article
SR Electronic(1)
ID 271
A1 Darlington,Yvonne
A1 van der Berg,Johan
A1 Smith,John A.,Jr
A1 Carers UK
T1 Interagency collaboration between child protection and mental health services
JF Child abuse & neglect
JO Child Abuse Negl.
YR 2005
FD Oct 14
VO 29
IS 10
SP 1085
OP 98
K1 barriers
K1 joint working; Child Abuse -- prevention
AB OBJECTIVE: This paper aims.

RESULTS: Workers were engaging; the
RT was long.
NO ID: 271; PUBM: Print
SN 0145-2134
AD School of Social Work
AN 16043222
LA eng
DS PubMed
LK https://example.org/1
DO 10.1016/j.chiabu.2005.04.005
OL Unknown(0)
"""


def records(text: str) -> list[Record]:
    """The records of a text without problems."""
    found = list(RefWorks().parse(Text([text], "refworks.txt")))
    assert not [piece for piece in found if isinstance(piece, Problem)]
    return [csl.decode(piece.fields) for piece in found]


def test_a_record_fills_every_field():
    assert RefWorks().recognises(EXPORT)
    assert records(EXPORT) == [
        Record(
            id="271",
            type="article-journal",
            title="Interagency collaboration between child protection and mental health services",
            abstract="OBJECTIVE: This paper aims. RESULTS: Workers were engaging; the RT was long.",
            authors=(
                Author("Darlington", "Yvonne"),
                Author("Berg", "Johan", particle="van der"),
                Author("Smith", "John A.", suffix="Jr"),
                Author(literal="Carers UK"),
            ),
            issued="2005-10-14",
            container_title="Child abuse & neglect",
            volume="29",
            issue="10",
            page="1085-1098",
            doi="10.1016/j.chiabu.2005.04.005",
            pmid="16043222",
            issn="0145-2134",
            url="https://example.org/1",
            language="eng",
            keywords=("barriers", "joint working", "Child Abuse -- prevention"),
            extra={
                "SR": "Electronic(1)",
                "JO": "Child Abuse Negl.",
                "NO": "ID: 271; PUBM: Print",
                "AD": "School of Social Work",
                "DS": "PubMed",
                "OL": "Unknown(0)",
            },
        )
    ]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param("RT Book, Whole\nT1 A\nRT Map\nT1 B\n", ["A", "B"], id="no blank line between"),
        pytest.param(
            "RT Book, Whole\nA1 X\nT1 A\nER \n \nRT Map\nT1 B\nYR 1\nER", ["A", "B"], id="citero's ER"
        ),
        pytest.param("RT Podium\nT1 A\nYR 1\n\nRT Podium\nT1 B\nYR 2", ["A", "B"], id="an unknown type"),
        pytest.param("Refs\n\nRT Map\nT1 A\nYR 1\n\nT1 B\nYR 2\n", ["A"], id="blank line within"),
        pytest.param("RT Map\nT1 A study\nof care\nYR 1\n", ["A study of care"], id="a wrapped title"),
    ],
)
def test_refworks_quirks(text, titles):
    found = [piece for piece in RefWorks().parse(Text([text], "x")) if not isinstance(piece, Problem)]
    assert RefWorks().recognises(text)
    assert [piece.fields["title"] for piece in found] == titles


@pytest.mark.parametrize(
    ("text", "type", "fields"),
    [
        pytest.param(
            "RT Book, Section\nA1 Wu,K\nT1 A\nA2 Ed,A\nT2 B\nT3 C\nED 2nd\nPB TSO\nPP London\n"
            "SN 0-306-40615-2\n",
            "chapter",
            {
                "container-title": "B",
                "collection-title": "C",
                "editor": [{"family": "Ed", "given": "A"}],
                "edition": "2nd",
                "publisher": "TSO",
                "publisher-place": "London",
                "ISBN": "0-306-40615-2",
            },
            id="a chapter",
        ),
        pytest.param(
            "RT Book, Whole\nT1 A\nT2 Series\nSP 165\n",
            "book",
            {"collection-title": "Series", "number-of-pages": "165"},
            id="a book",
        ),
        pytest.param(
            "RT Dissertation/Thesis\nT1 A\nPB University of X\nFD 2005/10/14\n",
            "thesis",
            {"publisher": "University of X", "issued": {"date-parts": [[2005, 10, 14]]}},
            id="a thesis with a whole date",
        ),
        pytest.param(
            "RT Journal Article\nA1 张三;李四\nT1 A\nJF B\nYR 2020\nIS 04\nvo 12\nOP 1-10\nK1 a;b\n",
            "article-journal",
            {
                "volume": "12",
                "issue": "04",
                "page": "1-10",
                "author": [{"literal": "张三"}, {"literal": "李四"}],
            },
            id="CNKI: names on one line, small vo, pages in OP",
        ),
        pytest.param(
            "RT Journal, Electronic\nT1 A\nJO Abbr. J.\nYR 2005\nUL http://a\nLK http://b\nDO none\n",
            "article-journal",
            {
                "container-title": "Abbr. J.",
                "URL": "http://a",
                "custom": {"extra": {"LK": "http://b", "DO": "none"}},
            },
            id="only the short name of the journal",
        ),
    ],
)
def test_what_a_tag_means_hangs_on_the_type(text, type, fields):
    (piece,) = RefWorks().parse(Text([text], "x"))
    assert piece.fields["type"] == type
    assert {name: piece.fields.get(name) for name in fields} == fields


def test_a_type_alone_is_a_problem():
    problem, _ = RefWorks().parse(Text(["RT Map\n\nRT Map\nT1 A\n"], "x"))
    assert isinstance(problem, Problem)


@pytest.mark.parametrize("text", ["RT  - JOUR\nT1  - A\nA1  - B\n", "RT Journal\nis good\nand cheap\n"])
def test_other_text_is_not_recognised(text):
    assert not RefWorks().recognises(text)
