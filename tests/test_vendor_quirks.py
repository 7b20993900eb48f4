"""What single databases and programs print in ways of their own, read from the bytes of a file."""

from __future__ import annotations

import io

import pytest

from corpus.record import Author, Problem, Record
from ingest.formats import read


def pieces(text: str) -> tuple[str, list[Record | Problem]]:
    """(format found, its records and problems)."""
    format, found = read(io.BytesIO(text.encode()), "export")
    return format, [piece if isinstance(piece, Problem) else piece.record for piece in found]


COCHRANE = (
    "Record #1 of 2\nID: CN-00123456\nAU: Reeves S\nAU: Zwarenstein M\nTI: Education\nYR: 2013\n"
    "VL: 4\nNO: 3\n"
    "PM: PUBMED 23543515\nDOI: 10.1002/1.CD2\nAB: Background\nUS: https://x.org\n\n"
    "Record #2 of 2\nID: CN-00123457\nTI: Second\nYR: 2010\n"
)
CSA = (
    "Record 1 of 1\n\nDN: Database Name\n    ASSIA\nTI: Title\n    Interagency collaboration in\n    care\n"
    "AU: Author\n    Darlington, Yvonne; Feeney, Judith A\n"
    "SO: Source\n    Child Abuse, vol. 29, no. 10, 2005\n"
)


@pytest.mark.parametrize(
    ("text", "format", "fields"),
    [
        pytest.param(
            COCHRANE,
            "ovid",
            {
                "title": "Education",
                "issued": "2013",
                "volume": "4",
                "issue": "3",
                "pmid": "23543515",
                "doi": "10.1002/1.CD2",
                "url": "https://x.org",
                "abstract": "Background",
                "authors": (Author("Reeves", "S"), Author("Zwarenstein", "M")),
            },
            id="the Cochrane Library's text has tags with a colon",
        ),
        pytest.param(
            CSA,
            "ovid",
            {
                "title": "Interagency collaboration in care",
                "authors": (Author("Darlington", "Yvonne"), Author("Feeney", "Judith A")),
                "container_title": "Child Abuse",
                "volume": "29",
                "issue": "10",
                "extra": {"DN": "ASSIA", "SO": "Child Abuse, vol. 29, no. 10, 2005"},
            },
            id="CSA prints the word for a tag behind it",
        ),
        pytest.param(
            "<1>\nAuthor\n  Leathard, Audrey [Ed].\nTitle\n  Working together. [References].\nSource\n"
            "  (2003). Working together. xx, 376 pp. New York, NY, US: Routledge; US.\nPublication Type\n"
            "  Edited Book\n",
            "ovid",
            {
                "title": "Working together",
                "authors": (Author("Leathard", "Audrey", role="editor"),),
                "publisher": "Routledge",
                "publisher_place": "New York, NY, US",
            },
            id="PsycINFO's editors, note on references, and publisher in the source",
        ),
        pytest.param(
            "PT B\nAU Loxley, A\nAF Loxley, Andrew\nBA Loxley, A\nBF Loxley, Andrew\nTI Care\nSO Care\nER\n",
            "wos",
            {"authors": (Author("Loxley", "Andrew"),)},
            id="Web of Science prints the authors of a book twice",
        ),
        pytest.param(
            "PT J\nTI Care\nBP 12\nEP +\nER\n", "wos", {"page": "12+"}, id="Web of Science's last page is +"
        ),
        pytest.param(
            "PT Journal\nTI Care\nPS 1085-98\nER\n", "wos", {"page": "1085-1098"}, id="Medline in ISI: PS"
        ),
        pytest.param(
            "RT Journal Article\nT1 Care\nUL http://x.org/a\nDP EBSCOhost\n",
            "refworks",
            {"url": "http://x.org/a", "extra": {"DP": "EBSCOhost"}},
            id="EBSCO's DP in RefWorks is no part of the address",
        ),
        pytest.param(
            "%0 Journal Article\n%T Care\n%U http://x.org/a\nhttp://x.org/b\n",
            "refer",
            {"url": "http://x.org/a", "extra": {"%U": "http://x.org/b"}},
            id="EndNote prints many addresses under one %U",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - Care\nPU  - ELSEVIER\nPI  - OXFORD\nPA  - LANE 1\nER  - \n",
            "ris",
            {"publisher": "ELSEVIER", "publisher_place": "OXFORD", "extra": {"PA": "LANE 1"}},
            id="Web of Science's publisher in RIS",
        ),
        pytest.param(
            "TY  - CPAPER\nTI  - Care\nCP  - 5th International Conference on Care\nER  - \n",
            "ris",
            {"issue": "", "extra": {"CP": "5th International Conference on Care"}},
            id="Web of Science's CP in RIS is a conference",
        ),
        pytest.param(
            "TY  - JOUR\nTI  - Care\nAU  - A, B\nPMID - 16233911\nDOI - 10.1000/x\nER  - \n",
            "ris",
            {"pmid": "16233911", "doi": "10.1000/x"},
            id="RIS tags of more than two letters with one space",
        ),
        pytest.param(
            "TY  - RPRT\nTI  - Care\nAU  - HM Treasury\nAU  - Smith, J\nER  - \n",
            "ris",
            {"authors": (Author(literal="HM Treasury"), Author("Smith", "J"))},
            id="HM is nobody's initials",
        ),
        pytest.param(
            "@article{a, title={Care}, author={[No author name available]}, pubmed_id={16233911}}",
            "bibtex",
            {"authors": (), "pmid": "16233911"},
            id="Scopus's PubMed number and nobody in BibTeX",
        ),
        pytest.param(
            "Authors,Title,Year,Abstract\n[No author name available],Care,2006,[No abstract available]\n",
            "csv",
            {"authors": (), "abstract": "", "extra": {"abstract": "[No abstract available]"}},
            id="Scopus says that there is nobody and no abstract",
        ),
        pytest.param(
            '"Authors,Title,Year"\n"""Darlington, Y., Feeney, J."",""Care, and more"",2005"\n',
            "csv",
            {"title": "Care, and more", "authors": (Author("Darlington", "Y."), Author("Feeney", "J."))},
            id="a table whose rows Excel has quoted whole",
        ),
        pytest.param(
            "title,alternate_title1,alternate_title3,year\nCare,J. Soc.,Journal of Society,2005\n",
            "csv",
            {"container_title": "Journal of Society", "extra": {"alternate_title1": "J. Soc."}},
            id="rispy calls the full title of a journal alternate_title3",
        ),
        pytest.param(
            "ItemId,Title,Authors,ParentTitle,StandardNumber\n"
            "1,Care,Lee Judith A ; Wu Kim ;,Book,978-1-58391-176-1\n",
            "csv",
            {
                "authors": (Author("Lee", "Judith A"), Author("Wu", "Kim")),
                "container_title": "Book",
                "isbn": "978-1-58391-176-1",
            },
            id="EPPI-Reviewer prints the family name first and without a comma",
        ),
        pytest.param(
            "Key,Title,Publication Year,Extra\nA1,Care,2005,PMID: 16233911\n",
            "csv",
            {"pmid": "16233911", "extra": {"Extra": "PMID: 16233911"}},
            id="Zotero keeps the PubMed number in Extra",
        ),
        pytest.param(
            "Document Title,Authors,Document Identifier\nCare,J. Smith,IEEE Conferences\n",
            "csv",
            {"type": "paper-conference"},
            id="IEEE's Document Identifier is the type",
        ),
        pytest.param(
            "<xml><records><record><ref-type name='Journal Article'>17</ref-type>"
            "<titles><title>Care</title></titles><edition>2005/10/20</edition></record></records></xml>",
            "endnote-xml",
            {"edition": "", "extra": {"edition": "2005/10/20"}},
            id="EndNote keeps a day as the edition",
        ),
    ],
)
def test_what_one_vendor_prints(text, format, fields):
    found_format, found = pieces(text)
    assert found_format == format
    first = found[0]
    assert isinstance(first, Record)
    assert {name: getattr(first, name) for name in fields if name != "extra"} == {
        name: value for name, value in fields.items() if name != "extra"
    }
    assert fields.get("extra", {}).items() <= first.extra.items()


def test_each_numbered_record_with_colons_is_one():
    assert [record.title for record in pieces(COCHRANE)[1]] == ["Education", "Second"]


ENTITIES = [
    "TY  - JOUR\nTI  - Care &amp; trust &lt;5\nAU  - Garc&iacute;a, A\nER  - \n",
    "PMID- 1\nTI  - Care &amp; trust &lt;5\nFAU - Garc&iacute;a, A\nDP  - 2005\n",
    "PT J\nTI Care &amp; trust &lt;5\nAU Garc&iacute;a, A\nER\n",
    "<1>\nTitle\n  Care &amp; trust &lt;5\nAuthor\n  Garc&iacute;a, A\n",
    "RT Journal\nT1 Care &amp; trust &lt;5\nA1 Garc&iacute;a, A\n",
    "%0 Book\n%T Care &amp; trust &lt;5\n%A Garc&iacute;a, A\n",
    "@book{a, title={Care &amp; trust &lt;5}, author={Garc&iacute;a, A}}",
    'title,authors\nCare &amp; trust &lt;5,"Garc&iacute;a, A"\n',
    "<xml><records><record><ref-type>17</ref-type><contributors><authors>"
    "<author>Garc&amp;iacute;a, A</author>"
    "</authors></contributors><titles><title>Care &amp;amp; trust &amp;lt;5</title></titles>"
    "</record></records></xml>",
]


@pytest.mark.parametrize("text", ENTITIES, ids=[text[:6] for text in ENTITIES])
def test_html_characters_read_alike_in_every_format(text):
    (record,) = pieces(text)[1]
    assert (record.title, record.authors) == ("Care & trust <5", (Author("García", "A"),))


STARRED = [
    "PMID- 1\nTI  - A\nDP  - 2005\nMH  - *Interprofessional Relations\nMH  - Nurses/*psychology\n"
    "OT  - *trust\n",
    "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>A</ArticleTitle></Article>"
    "<MeshHeadingList><MeshHeading>"
    "<DescriptorName MajorTopicYN='Y'>Interprofessional Relations</DescriptorName>"
    "</MeshHeading><MeshHeading><DescriptorName>Nurses</DescriptorName>"
    "<QualifierName MajorTopicYN='Y'>psychology"
    "</QualifierName></MeshHeading></MeshHeadingList><KeywordList><Keyword MajorTopicYN='Y'>trust</Keyword>"
    "</KeywordList></MedlineCitation></PubmedArticle>",
]


@pytest.mark.parametrize("text", STARRED, ids=["nbib", "pubmed-xml"])
def test_pubmed_stars_the_same_keywords_in_both_of_its_formats(text):
    (record,) = pieces(text)[1]
    assert record.keywords == ("*Interprofessional Relations", "Nurses/*psychology", "*trust")


def test_a_record_too_long_to_be_one_is_a_problem_and_the_next_is_read():
    _, (problem, record) = pieces(f"title,year\n{'x' * 5_000_000},2005\nCare,2006\n")
    assert isinstance(problem, Problem)
    assert (problem.line, problem.reason[:28]) == (2, "record has 5,000,005 charact")
    assert record.title == "Care"


def test_openings_of_xml_records_with_nothing_in_them_are_one_problem_and_the_next_record_is_read():
    _, (problem, record) = pieces(
        f"<xml><records>{'<record>' * 9}\n<record><ref-type>17</ref-type><titles><title>Care</title></titles>"
        "</record></records></xml>"
    )
    assert isinstance(problem, Problem)
    assert record.title == "Care"
