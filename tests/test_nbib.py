"""MEDLINE's tagged format as PubMed and ERIC export it."""

from __future__ import annotations

import pytest

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.parsers.nbib import Nbib

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


# The elements of MEDLINE for which a record has no field.
KEPT = (
    "AD CI CIN COIS CON CP CRDT CRF CTDT DA DCOM DDIN DRIN ECF ECI EDAT EFR EIN FIR FPS GN GR GS IR IRAD"
    " JID LR MHDA MID NM OAB OABL OCI ORI OTO OWN PHST PMCR PRIN PROF PS PST PUBM RF RIN RN ROF RPF RPI"
    " RRI RRF SB SFM SI SO SPIN STAT UIN UOF URF VTI"
)


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


@pytest.mark.parametrize(
    ("lines", "authors"),
    [
        pytest.param(
            "FAU - King, Martin L Jr\nAU  - King ML Jr\nFAU - Smith, John 3rd\nAU  - Smith J 3rd",
            (Author("King", "Martin L", suffix="Jr"), Author("Smith", "John", suffix="3rd")),
            id="generations",
        ),
        pytest.param(
            "FAU - Wu, Kim\nFAU - Smith, John\nAU  - Wu K\nAU  - Smith J",
            (Author("Wu", "Kim"), Author("Smith", "John")),
            id="all full names first",
        ),
        pytest.param(
            "FAU - Wu, Kim\nAU  - Wu K\nAU  - Smith JA",
            (Author("Wu", "Kim"), Author("Smith", "JA")),
            id="one author without a full name",
        ),
        pytest.param(
            "AU  - Smith, Tom\nAU  - Hunter, Shawn, Ed.",
            (Author("Smith", "Tom"), Author("Hunter", "Shawn", role="editor")),
            id="ERIC's editors",
        ),
        pytest.param(
            "CN  - Department of Health\nFAU - Wu, Kim\nAU  - Wu K\nFED - Ed, Ann\nED  - Ed A",
            (Author(literal="Department of Health"), Author("Wu", "Kim"), Author("Ed", "Ann", role="editor")),
            id="an organisation first, an editor last",
        ),
    ],
)
def test_names_are_read_once_and_in_order(lines, authors):
    (record,) = records(f"PMID- 1\nTI  - A\n{lines}\n")
    assert record.authors == authors


@pytest.mark.parametrize(
    ("lines", "type", "fields"),
    [
        pytest.param(
            "BTI - The book\nCTI - The series\nPL  - Bethesda (MD)\nPB  - NCBI\nEN  - 2nd\n"
            "ISBN- 9780306406157\nPT  - Book",
            "book",
            {
                "title": "The book",
                "collection-title": "The series",
                "publisher-place": "Bethesda (MD)",
                "edition": "2nd",
                "ISBN": "9780306406157",
            },
            id="a book",
        ),
        pytest.param(
            "TI  - A\nJT  - J\nPL  - England\nDEP - 20050908\nPT  - News",
            "article-journal",
            {
                "issued": {"date-parts": [[2005, 9, 8]]},
                "publisher-place": None,
                "custom": {"extra": {"PL": "England", "PT": "News"}},
            },
            id="a journal's country is no place, an electronic date is one",
        ),
        pytest.param(
            "TT  - Eine Studie\nJT  - J\nDP  - 2004 Dec-2005 Jan",
            "article-journal",
            {"title": "Eine Studie", "issued": {"date-parts": [[2004, 12], [2005, 1]]}},
            id="only the original title",
        ),
        pytest.param(
            "TI  - A\nLID - S0145(05)1 [pii]\nLID - 10.1/A [doi]\nAID - 10.1/a [doi]\nAID - S0145(05)1 [pii]",
            "document",
            {"DOI": None, "custom": {"extra": {"LID": ["S0145(05)1 [pii]", "10.1/A [doi]"]}}},
            id="what is no DOI is kept",
        ),
        pytest.param("TI  - A\nPT  - Book/Product Reviews", "review-book", {}, id="ERIC's reviews of books"),
        pytest.param(
            "TI  - A\nPT  - Dissertations/Theses - Doctoral Dissertations", "thesis", {}, id="a thesis"
        ),
        pytest.param(
            "TI  - A\nJT  - J\nPT  - Evidence Synthesis", "article-journal", {}, id="a synthesis is no thesis"
        ),
    ],
)
def test_elements_fill_the_fields_that_the_library_of_medicine_says(lines, type, fields):
    (piece,) = Nbib().parse(Text([f"PMID- 1\n{lines}\n"], "x"))
    assert piece.fields["type"] == type
    found = {name: piece.fields.get(name) for name in fields}
    if "custom" in found:
        found["custom"] = {
            "extra": {
                tag: value
                for tag, value in found["custom"]["extra"].items()
                if tag in fields["custom"]["extra"]
            }
        }
    assert found == fields


def test_every_element_without_a_field_is_kept_by_its_tag():
    text = "PMID- 1\nTI  - A\n" + "".join(f"{tag.ljust(4)}- {tag.lower()} value\n" for tag in KEPT.split())
    (record,) = records(text)
    assert record.extra == {tag: f"{tag.lower()} value" for tag in KEPT.split()}


def test_a_file_that_begins_in_the_middle_of_a_record_keeps_its_rest():
    first, second = records("OWN - NLM\nTI  - A\nFAU - Wu, K\n\nPMID- 2\nOWN - NLM\nTI  - B\n")
    assert (first.title, first.authors, second.title) == ("A", (Author("Wu", "K"),), "B")


def test_a_record_may_begin_with_the_old_unique_identifier():
    text = "UI  - 98123\nPMID- 1\nTI  - A\nDP  - 1998\n\nUI  - 98124\nPMID- 2\nTI  - B\n"
    assert Nbib().recognises(text)
    assert [(record.id, record.title, record.extra["UI"]) for record in records(text)] == [
        ("1", "A", "98123"),
        ("2", "B", "98124"),
    ]


def test_ris_with_a_pubmed_number_is_not_recognised():
    assert not Nbib().recognises("TY  - JOUR\nPMID- 1\nTI  - A\nAU  - B\n")
