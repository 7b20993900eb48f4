"""Works of Crossref, and of Europe PMC, as their APIs print them."""

from __future__ import annotations

import json

import pytest

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.formats import detect
from ingest.parsers.crossref import Crossref
from ingest.parsers.europepmc import EuropePmc
from ingest.parsers.jats import clean_abstract, clean_text

WORK = {
    "indexed": {"date-parts": [[2026, 1, 2]], "date-time": "2026-01-02T03:04:05Z", "timestamp": 1},
    "reference-count": 2,
    "publisher": "Elsevier BV",
    "issue": "10",
    "license": [{"URL": "https://www.elsevier.com/tdm/", "content-version": "tdm"}],
    "funder": [{"DOI": "10.13039/1", "name": "The Fund", "award": ["A1", "A2"]}],
    "content-domain": {"domain": [], "crossmark-restriction": False},
    "short-container-title": ["Child Abuse &amp; Neglect"],
    "published-print": {"date-parts": [[2005, 10]]},
    "published-online": {"date-parts": [[2005, 9, 28]]},
    "DOI": "10.1016/j.chiabu.2005.04.005",
    "type": "journal-article",
    "source": "Crossref",
    "is-referenced-by-count": 120,
    "title": ["Interagency collaboration"],
    "subtitle": ["practices, attitudes, and barriers"],
    "prefix": "10.1016",
    "volume": "29",
    "author": [
        {
            "ORCID": "http://orcid.org/0000-0002-1825-0097",
            "authenticated-orcid": False,
            "given": "Yvonne",
            "family": "Darlington",
            "sequence": "first",
            "affiliation": [{"name": "University of Queensland"}],
        },
        {"given": "Johan", "family": "van der Berg", "suffix": "Jr", "sequence": "additional"},
        {"name": "NESS Research Team", "sequence": "additional"},
    ],
    "editor": [{"given": "Ann", "family": "Editor"}],
    "member": "78",
    "container-title": ["Child Abuse &amp; Neglect"],
    "language": "en",
    "link": [{"URL": "https://api.elsevier.com/x"}],
    "score": 1.0,
    "issued": {"date-parts": [[2005, 10]]},
    "references-count": 2,
    "journal-issue": {"issue": "10"},
    "URL": "https://doi.org/10.1016/j.chiabu.2005.04.005",
    "relation": {"has-preprint": [{"id-type": "doi", "id": "10.31234/abc", "asserted-by": "subject"}]},
    "update-to": [{"DOI": "10.1016/OLD", "type": "erratum", "label": "Erratum"}],
    "ISSN": ["0145-2134"],
    "issn-type": [{"value": "0145-2134", "type": "print"}],
    "subject": ["Psychiatry and Mental health"],
    "page": "1085-98",
    "reference": [{"key": "1", "DOI": "10.1/ref"}, {"key": "2", "unstructured": "A report, 2001."}],
    "abstract": (
        "<jats:title>Abstract</jats:title><jats:sec><jats:title>Objective</jats:title><jats:p>Levels of CO"
        "<jats:sub>2</jats:sub> &amp; work.</jats:p></jats:sec>\n<jats:sec><jats:title>Results:</jats:title>"
        "<jats:p>P &lt; 0.05.</jats:p><jats:p>More.</jats:p></jats:sec>"
    ),
}


def pieces(text: str) -> list:
    return list(Crossref().parse(Text([text], "works.json")))


def record(**changes: object) -> Record:
    (piece,) = pieces(json.dumps(WORK | changes))
    return csl.decode(piece.fields)


def test_a_work_fills_every_field():
    found = record()
    assert found == Record(
        id="10.1016/j.chiabu.2005.04.005",
        type="article-journal",
        title="Interagency collaboration: practices, attitudes, and barriers",
        abstract="Objective: Levels of CO₂ & work.\n\nResults: P < 0.05.\n\nMore.",
        authors=(
            Author("Darlington", "Yvonne", orcid="0000-0002-1825-0097"),
            Author("Berg", "Johan", particle="van der", suffix="Jr"),
            Author(literal="NESS Research Team"),
            Author("Editor", "Ann", role="editor"),
        ),
        issued="2005-10",
        container_title="Child Abuse & Neglect",
        publisher="Elsevier BV",
        volume="29",
        issue="10",
        page="1085-1098",
        doi="10.1016/j.chiabu.2005.04.005",
        issn="0145-2134",
        url="https://doi.org/10.1016/j.chiabu.2005.04.005",
        language="en",
        keywords=("Psychiatry and Mental health",),
        extra=found.extra,
    )
    assert found.extra == {
        "affiliation": "University of Queensland",
        "page": "1085-98",
        "published-online": "2005-09-28",
        "type": "journal-article",
        "relation": "has-preprint: 10.31234/abc",
        "update-to": "erratum: 10.1016/OLD",
        "reference": ["10.1/ref", "A report, 2001."],
        "license": "https://www.elsevier.com/tdm/",
        "funder": "The Fund (A1, A2)",
        "short-container-title": "Child Abuse &amp; Neglect",
        "is-referenced-by-count": "120",
    }


ONE, TWO = (json.dumps({"DOI": f"10.1/{n}", "title": [f"Title {n}"], "member": "1"}) for n in (1, 2))


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param(
            f'{{"status":"ok","message-type":"work","message-version":"1.0.0","message":{ONE}}}', 1, id="work"
        ),
        pytest.param(
            f'{{"status":"ok","message-type":"work-list","message-version":"1.0.0","message":{{"facets":{{}},'
            f'"total-results":2,"items":[{ONE},{TWO}],"items-per-page":20,"query":{{"start-index":0}}}}}}',
            2,
            id="page",
        ),
        pytest.param(f'{{"items":[{ONE},\n{TWO}]}}', 2, id="file of the yearly snapshot"),
        pytest.param(f"[{ONE},{TWO}]", 2, id="array"),
        pytest.param(f"{ONE}\n{TWO}\n", 2, id="JSONL"),
        pytest.param(ONE, 1, id="one work"),
    ],
)
def test_crossref_comes_in_every_wrapping(text, titles):
    found = [csl.decode(piece.fields).title for piece in pieces(text)]
    assert found == ["Title 1", "Title 2"][:titles]
    assert detect(text).name == "crossref"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"issued": {"date-parts": [[None]]}}, {"issued": "2005-09-28"}, id="issued is null"),
        pytest.param({"issued": None, "published-online": None}, {"issued": "2005-10"}, id="only print"),
        pytest.param({"title": []}, {"title": "practices, attitudes, and barriers"}, id="no title"),
        pytest.param(
            {"title": ["A: b"], "subtitle": ["b"]}, {"title": "A: b"}, id="subtitle within the title"
        ),
        pytest.param(
            {"title": ["Who?"], "subtitle": ["Us"]}, {"title": "Who? Us"}, id="title ends in a sign"
        ),
        pytest.param(
            {"title": ["<i>E.&nbsp;coli</i>\n  now"], "subtitle": []}, {"title": "E. coli now"}, id="markup"
        ),
        pytest.param(
            {"type": "book-chapter", "container-title": ["Lecture Notes", "The Book"]},
            {"type": "chapter", "container_title": "The Book", "collection_title": "Lecture Notes"},
            id="series before the book",
        ),
        pytest.param(
            {
                "type": "monograph",
                "container-title": ["A Series"],
                "ISBN": ["http://id.crossref.org/isbn/9780306406157"],
            },
            {"type": "book", "collection_title": "A Series", "container_title": "", "isbn": "9780306406157"},
            id="book in a series",
        ),
        pytest.param({"page": None, "article-number": "e43"}, {"page": "e43"}, id="article number"),
        pytest.param(
            {"author": [{"family": "World Health Organization"}], "editor": []},
            {"authors": (Author(literal="World Health Organization"),)},
            id="organisation as a family",
        ),
        pytest.param({"type": "novelty"}, {"type": "document"}, id="a type of tomorrow"),
        pytest.param({"type": "posted-content", "subtype": "preprint"}, {"type": "article"}, id="preprint"),
        pytest.param({"abstract": "Plain."}, {"abstract": "Plain."}, id="plain abstract"),
    ],
)
def test_crossref_quirks(changes, expected):
    found = record(**changes)
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_csl_item_is_not_taken_for_crossrefs():
    assert detect('[{"id": "a", "type": "book", "title": "One", "DOI": "10.1/x"}]').name == "csl-json"
    # What doi.org gives for application/vnd.citationstyles.csl+json.
    assert (
        detect('{"type": "article-journal", "title": "One", "member": "78", "DOI": "10.1/x"}').name
        == "csl-json"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"DOI": "10.1/a", "title": ["A"', "is no JSON: ", id="cut"),
        pytest.param("12", "is no work of Crossref", id="a lone value"),
        pytest.param('{"a": 1}', "is no work of Crossref", id="another object"),
        pytest.param(
            '{"status":"failed","message-type":"validation-failure","message":[{"type":"x"}]}',
            "is no work",
            id="a refusal",
        ),
        pytest.param("[" * 100_000, "", id="nested too deep"),
        pytest.param('{"DOI": ' + "[" * 100_000, "is nested too deep", id="an item nested too deep"),
    ],
)
def test_what_is_no_work_is_a_problem(text, reason):
    found = pieces(text)
    assert [piece.reason.startswith(reason) for piece in found] == [True] * bool(reason)
    assert all(isinstance(piece, Problem) and piece.raw in text for piece in found)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<jats:p>One.</jats:p>", "One."),
        ("<p>ABSTRACT: One.</p>", "One."),
        ("<p>Abstract thinking is old.</p>", "Abstract thinking is old."),
        ("<h4>Background</h4>One.<h4>Methods: </h4>Two.", "Background: One.\n\nMethods: Two."),
        ("<jats:list><jats:list-item><jats:p>a</jats:p></jats:list-item></jats:list>", "a"),
        (
            "<jats:p>x<jats:inline-formula><mml:math><mml:mi>y</mml:mi></mml:math></jats:inline-formula></jats:p>",
            "xy",
        ),
        ("<p>a<tex-math>\\alpha</tex-math>b &lt;0.05</p>", "a b <0.05"),
        ("<p>10<sup>-3</sup> m<sup>2</sup>, x<jats:sub>max</jats:sub></p>", "10⁻³ m², xmax"),
        ("<!-- note --><p>p < 0.05 and x > 2</p>", "p < 0.05 and x > 2"),
    ],
)
def test_an_abstract_keeps_what_its_markup_means(markup, text):
    assert clean_abstract(markup) == text


def test_text_is_unescaped_as_often_as_it_was_escaped():
    assert clean_text("Health &amp;amp; <i>care</i> &#x2013; now") == "Health & care – now"


EUROPE_PMC = {
    "id": "16233914",
    "source": "MED",
    "pmid": "16233914",
    "pmcid": "PMC5815332",
    "doi": "10.1016/j.chiabu.2005.04.005",
    "title": "Interagency collaboration: practices.",
    "authorString": "Darlington Y, NESS Research Team.",
    "authorList": {
        "author": [
            {
                "fullName": "Darlington Y",
                "firstName": "Yvonne",
                "lastName": "Darlington",
                "initials": "Y",
                "authorId": {"type": "ORCID", "value": "0000-0002-1825-0097"},
                "authorAffiliationDetailsList": {"authorAffiliation": [{"affiliation": "Queensland."}]},
            },
            {"collectiveName": "NESS Research Team"},
        ]
    },
    "journalInfo": {
        "issue": "10",
        "volume": "29",
        "journalIssueId": 1,
        "dateOfPublication": "2005 Oct",
        "yearOfPublication": 2005,
        "journal": {"title": "Child abuse & neglect", "issn": "0145-2134", "essn": "1873-7757"},
    },
    "pubYear": "2005",
    "pageInfo": "1085-98",
    "abstractText": "<h4>Objective</h4>One. <h4>Results</h4>Two.",
    "language": "eng",
    "pubTypeList": {"pubType": ["Journal Article", "research-article"]},
    "keywordList": {"keyword": ["barriers"]},
    "meshHeadingList": {
        "meshHeading": [
            {"majorTopic_YN": "Y", "descriptorName": "Humans"},
            {
                "majorTopic_YN": "N",
                "descriptorName": "Child Abuse",
                "meshQualifierList": {"meshQualifier": [{"qualifierName": "therapy", "majorTopic_YN": "Y"}]},
            },
        ]
    },
    "grantsList": {"grant": [{"grantId": "G1", "agency": "The Fund", "orderIn": 0}]},
    "isOpenAccess": "N",
    "citedByCount": 120,
    "firstPublicationDate": "2005-09-28",
}


def europe_pmc(**changes: object) -> Record:
    (piece,) = EuropePmc().parse(Text([json.dumps(EUROPE_PMC | changes)], "works.json"))
    return csl.decode(piece.fields)


def test_a_work_of_europe_pmc_fills_every_field():
    found = europe_pmc()
    assert found == Record(
        id="MED:16233914",
        type="article-journal",
        title="Interagency collaboration: practices",
        abstract="Objective: One.\n\nResults: Two.",
        authors=(
            Author("Darlington", "Yvonne", orcid="0000-0002-1825-0097"),
            Author(literal="NESS Research Team"),
        ),
        issued="2005-10",
        container_title="Child abuse & neglect",
        volume="29",
        issue="10",
        page="1085-1098",
        doi="10.1016/j.chiabu.2005.04.005",
        pmid="16233914",
        pmcid="PMC5815332",
        issn="0145-2134, 1873-7757",
        language="eng",
        keywords=("barriers", "*Humans", "Child Abuse/*therapy"),
        extra=found.extra,
    )
    assert found.extra == {
        "pageInfo": "1085-98",
        "affiliation": "Queensland.",
        "dateOfPublication": "2005 Oct",
        "firstPublicationDate": "2005-09-28",
        "pubType": ["Journal Article", "research-article"],
        "grant": "The Fund G1",
        "source": "MED",
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"authorList": None},
            {"authors": (Author("Darlington", "Y"), Author(literal="NESS Research Team"))},
            id="no list of authors",
        ),
        pytest.param(
            {"source": "PPR", "journalInfo": None, "pubTypeList": None},
            {"type": "article", "issued": "2005-09-28"},
            id="preprint",
        ),
        pytest.param({"title": "[Eine Studie]."}, {"title": "Eine Studie"}, id="translated title"),
        pytest.param(
            {"journalInfo": None, "firstPublicationDate": None}, {"issued": "2005"}, id="only the year"
        ),
    ],
)
def test_europe_pmc_quirks(changes, expected):
    found = europe_pmc(**changes)
    assert {name: getattr(found, name) for name in expected} == expected
