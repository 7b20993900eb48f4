"""Ovid's exports: with tags and with words as labels."""

from __future__ import annotations

import pytest

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.formats import detect
from ingest.parsers.ovid import Ovid

SOURCE = "Child Abuse & Neglect. 29(10):1085-98, 2005 Oct."
LABELLED = f"""Database: Ovid MEDLINE(R) <1996 to November Week 3 2005>
Search Strategy:
--------------------------------------------------------------------------------
1     exp Child Abuse/ (1234)
2     interagency.tw. (33)

***************************

<1>
Unique Identifier
  16043222
Status
  MEDLINE
Authors
  Darlington Y.  Feeney JA. van der Berg J.
Authors Full Name
  Darlington, Yvonne.  Feeney, Judith A. van der Berg, Johan.
Institution
  School of Social Work, Brisbane, Australia.
Title
  Interagency collaboration between child
  protection and mental health services.
Source
  {SOURCE}
MeSH Subject Headings
    Adult
    *Child Abuse / pc [Prevention & Control]
Abstract
  OBJECTIVE: This paper aims.

  RESULTS: Workers were engaging.
Publication Type
  Journal Article.
"""


def records(text: str) -> list[Record]:
    """The records of a text without problems."""
    found = list(Ovid().parse(Text([text], "ovid.txt")))
    assert not [piece for piece in found if isinstance(piece, Problem)]
    return [csl.decode(piece.fields) for piece in found]


def test_a_record_with_labels_fills_every_field_and_the_search_is_no_problem():
    assert detect(LABELLED).name == "ovid"
    assert records(LABELLED) == [
        Record(
            id="16043222",
            type="article-journal",
            title="Interagency collaboration between child protection and mental health services",
            abstract="OBJECTIVE: This paper aims. RESULTS: Workers were engaging.",
            authors=(
                Author("Darlington", "Yvonne"),
                Author("Feeney", "Judith A"),
                Author("Berg", "Johan", particle="van der"),
            ),
            issued="2005-10",
            container_title="Child Abuse & Neglect",
            volume="29",
            issue="10",
            page="1085-1098",
            pmid="16043222",
            keywords=("Adult", "*Child Abuse / pc [Prevention & Control]"),
            extra={
                "SO": SOURCE,
                "Status": "MEDLINE",
                "Institution": "School of Social Work, Brisbane, Australia.",
                "PT": "Journal Article.",
            },
        )
    ]


TAGGED = """<3001. >
VN  - Ovid Technologies
DB  - Embase
UI  - 621381829
TI  - Quality of life in carers.
SO  - BMC Proceedings. Conference: 2nd Conference on Care. Spain. 12 (Supplement 3) (no pagination), 2018.
      Date of Publication: 14 May 2018.
AU  - Behan L.
AU  - Lucas J.S.
AU  - Walsdorf, Neill B. [Author, Reprint Author]
AU  - Gazic, Barbara MD, PhD *
IN  - (Behan) NIHR Southampton
      (Lucas) University College Cork
DE  - Carers: coping

      Services: quality.
MH  - *quality of life
AB  - Background: One.
Method(s): Two.
IS  - 1753-6561
DO  - http://dx.doi.org/10.1186/s12919-018-0099-8
LG  - English
PT  - Conference Abstract
YR  - 2018
"""


def test_a_tagged_record_fills_every_field():
    assert detect(TAGGED).name == "ovid"
    (record,) = records(TAGGED)
    assert record == Record(
        id="621381829",
        type="article-journal",
        title="Quality of life in carers",
        abstract="Background: One. Method(s): Two.",
        authors=(
            Author("Behan", "L."),
            Author("Lucas", "J.S."),
            Author("Walsdorf", "Neill B."),
            Author("Gazic", "Barbara"),
        ),
        issued="2018-05-14",
        container_title="BMC Proceedings",
        volume="12",
        issue="Supplement 3",
        doi="10.1186/s12919-018-0099-8",
        issn="1753-6561",
        language="English",
        keywords=("Carers: coping", "Services: quality.", "*quality of life"),
        extra=record.extra,
    )
    assert record.extra["Conference"] == "2nd Conference on Care. Spain"
    assert record.extra["AU"] == "Walsdorf, Neill B. [Author, Reprint Author]"
    assert record.extra["SO"].endswith("Date of Publication: 14 May 2018.")


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        pytest.param(
            "Journal of Interprofessional Care. 19(1):76-87, 2005 Jan.",
            ("Journal of Interprofessional Care", "19", "1", "76-87", "2005-01"),
            id="MEDLINE",
        ),
        pytest.param(
            "Journal of Applied Psychology. Vol.90(4), Jul 2005, pp. 110-9.",
            ("Journal of Applied Psychology", "90", "4", "110-119", "2005-07"),
            id="PsycINFO",
        ),
        pytest.param(
            "The Lancet. 385 (9966) (pp 430-440), 2015. Date of Publication: 31 Jan 2015.",
            ("The Lancet", "385", "9966", "430-440", "2015-01-31"),
            id="Embase",
        ),
        pytest.param(
            "Frontiers in Psychology. 11 (no pagination), 2020. Article Number: 123.",
            ("Frontiers in Psychology", "11", "", "123", "2020"),
            id="Embase, the number of an article",
        ),
        pytest.param(
            "Cochrane Database of Systematic Reviews. (3):CD000072, 2009.",
            ("Cochrane Database of Systematic Reviews", "", "3", "CD000072", "2009"),
            id="Cochrane has no volumes",
        ),
    ],
)
def test_what_has_no_field_is_read_from_the_source(source, fields):
    (record,) = records(f"VN  - Ovid Technologies\nUI  - 1\nTI  - A\nSO  - {source}\n")
    found = (record.container_title, record.volume, record.issue, record.page, record.issued)
    assert found == fields
    assert record.extra["SO"] == source


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param(
            "VN  - Ovid Technologies\nTI  - A\n\nVN  - Ovid Technologies\nTI  - B", ["A", "B"], id="no number"
        ),
        pytest.param("<1>\nUI  - 1\nTI  - A\n<2>\nUI  - 2\nTI  - B", ["A", "B"], id="no blank line between"),
        pytest.param(
            "UI  - 1\nTI  - A\nSO  - B. 1:2, 2001.\n\nUI  - 2\nTI  - C", ["A", "C"], id="Medlars, no number"
        ),
        pytest.param("<1>\nAccession Number\n  1\nTitle\n  A\n\n<2>\nTitle\n  B\n", ["A", "B"], id="labels"),
        pytest.param(
            "<1>\nTitle\n  A\nSource\n  In X. Y Press, 2001, pp. 1-9.\n",
            ["A"],
            id="labels, no number of record",
        ),
        pytest.param(
            "<1>\nUnique Identifier\n1\nTitle\nA\n\n<2>\nUnique Identifier\n2\nTitle\nB\n",
            ["A", "B"],
            id="no indent",
        ),
    ],
)
def test_ovid_quirks(text, titles):
    assert detect(text).name == "ovid"
    assert [record.title for record in records(text)] == titles


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Darlington Y.  Feeney JA.  Rixon K.", [("Darlington", "Y"), ("Feeney", "JA"), ("Rixon", "K")]),
        ("Darlington Y. Feeney JA. de la Cruz K.", [("Darlington", "Y"), ("Feeney", "JA"), ("Cruz", "K")]),
        ("Smith, John A; Wu, K.", [("Smith", "John A"), ("Wu", "K.")]),
        (
            "Darlington, Yvonne. Feeney, Judith A. Rixon, Kylie.",
            [("Darlington", "Yvonne"), ("Feeney", "Judith A"), ("Rixon", "Kylie")],
        ),
        ("Lucas J.S.", [("Lucas", "J.S.")]),
    ],
)
def test_names_on_one_line_are_parted(line, names):
    (record,) = records(f"<1>\nUnique Identifier\n  1\nAuthors\n  {line}\nTitle\n  A\n")
    assert [(author.family, author.given) for author in record.authors] == names


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("TY  - JOUR\nTI  - A\nVN  - Ovid Technologies\nUI  - 1\nER  - \n", id="Ovid's RIS"),
        pytest.param("PMID- 1\nUI  - 2\nTI  - A\nSO  - B\n", id="PubMed's"),
        pytest.param("<1>\nAuthor: Smith J\nTitle: A\nAbstract: Of.\n", id="a printed list"),
        pytest.param(
            "<1>\nAuthor SMITH John\nTitle A study\nAbstract Some.\n", id="a printed list without colons"
        ),
    ],
)
def test_other_text_is_not_recognised(text):
    assert not Ovid().recognises(text)
