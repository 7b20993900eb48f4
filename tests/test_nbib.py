"""MEDLINE's tagged format as PubMed and ERIC export it."""

from __future__ import annotations

import pytest

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.nbib import Nbib
from ingest.text import Text

PUBMED = """PMID- 16043222
OWN - NLM
IS  - 0145-2134 (Print)
IS  - 0145-2134 (Linking)
VI  - 29
IP  - 10
DP  - 2005 Oct
TI  - Interagency collaboration between child protection and mental health services:
      practices, attitudes and barriers.
PG  - 1085-98
LID - 10.1016/j.chiabu.2005.04.005 [doi]
AB  - OBJECTIVE: This paper aims to examine some of the factors.
      RESULTS: Workers were engaging in contact.
FAU - Darlington, Yvonne
AU  - Darlington Y
AUID- ORCID: 0000-0002-1825-0097
FAU - van der Berg, Johan
AU  - van der Berg J
CN  - Child Protection Group
LA  - eng
PT  - Journal Article
PT  - Research Support
JT  - Child abuse & neglect
TA  - Child Abuse Negl
MH  - Child Abuse/*prevention & control
OT  - barriers
PMC - PMC123
SO  - Child Abuse Negl. 2005 Oct;29(10):1085-98."""


def records(text: str) -> list[Record]:
    found = list(Nbib().parse(Text([text], "refs.nbib")))
    assert not any(isinstance(piece, Problem) for piece in found)
    return [csl.decode(piece.fields) for piece in found]


def test_a_pubmed_record_fills_every_field():
    (record,) = records(PUBMED)
    assert record == Record(
        id="16043222",
        pmid="16043222",
        pmcid="PMC123",
        type="article-journal",
        title="Interagency collaboration between child protection and mental health services: "
        "practices, attitudes and barriers",
        abstract=(
            "OBJECTIVE: This paper aims to examine some of the factors. RESULTS: "
            "Workers were engaging in contact."
        ),
        authors=(
            Author("Darlington", "Yvonne", orcid="0000-0002-1825-0097"),
            Author("Berg", "Johan", particle="van der"),
            Author(literal="Child Protection Group"),
        ),
        issued="2005-10",
        container_title="Child abuse & neglect",
        volume="29",
        issue="10",
        page="1085-1098",
        doi="10.1016/j.chiabu.2005.04.005",
        issn="0145-2134",
        language="eng",
        keywords=("Child Abuse/*prevention & control", "barriers"),
        extra=record.extra,
    )
    assert record.extra["PG"] == "1085-98"
    assert record.extra["TA"] == "Child Abuse Negl"
    assert record.extra["PT"] == ["Journal Article", "Research Support"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param("PMID- 1\nTI  - A\n\nPMID- 2\nTI  - B", ["A", "B"], id="no blank line at the end"),
        pytest.param("PMID- 1\nTI  - A\nPMID- 2\nTI  - B\n", ["A", "B"], id="no blank line between"),
        pytest.param("\n\nPMID- 1\nTI  - A\n\n      b\n", ["A b"], id="blank line within"),
        pytest.param("1.\nPMID- 1\nTI  - A\n", ["A"], id="a number before"),
        pytest.param("PMID- 1\nTI  - [A study].\nTT  - Eine Studie\n", ["A study"], id="translated title"),
        pytest.param("OWN - ERIC\nTI  - A\nOID - EJ1\n\nOWN - ERIC\nTI  - B\n", ["A", "B"], id="ERIC"),
        pytest.param("PMID- 1\nBTI - A book\nPB  - X\nPT  - Book\n", ["A book"], id="a book"),
    ],
)
def test_nbib_quirks(text, titles):
    assert [record.title for record in records(text)] == titles


def test_erics_variant_fills_the_same_fields():
    (record,) = records(
        "\nOWN - ERIC\nTI  - Paper title\nAU  - Smith, Tom\nOT  - Keyword 1\nJT  - Journal Name\n"
        "AID - http://dx.doi.org/10.1000/123\nOID - EJ1131633\nVI  - 10\nIP  - 1\nPG  - 1-9\nDP  - 2000\n"
        "LID - http://eric.ed.gov/?id=EJ1131633\nISSN - ISSN-1234-4567\nPT  - Journal Articles\n"
    )
    assert (record.id, record.doi, record.url) == (
        "EJ1131633",
        "10.1000/123",
        "http://eric.ed.gov/?id=EJ1131633",
    )
    assert (record.issn, record.type, record.authors) == (
        "1234-4567",
        "article-journal",
        (Author("Smith", "Tom"),),
    )


def test_the_length_of_a_report_is_no_page():
    (record,) = records("PMID- 1\nTI  - A\nPG  - 22 p\n")
    assert (record.page, record.number_of_pages, record.extra) == ("", "22", {})


def test_text_between_records_is_a_problem():
    _, problem, _ = Nbib().parse(Text(["PMID- 1\nTI  - A\n\nstray evidence\n\nPMID- 2\nTI  - B\n"], "x"))
    assert isinstance(problem, Problem)
    assert (problem.line, problem.raw) == (4, "stray evidence")
