"""Works of OpenAlex as its API and its snapshots print them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.formats import detect
from ingest.parsers.openalex import OpenAlex

WORK = {
    "id": "https://openalex.org/W2741809807",
    "doi": "https://doi.org/10.1016/j.chiabu.2005.04.005",
    "title": "Interagency collaboration: practices, attitudes, and barriers.",
    "display_name": "Interagency collaboration: practices, attitudes, and barriers.",
    "relevance_score": 99.5,
    "publication_year": 2005,
    "publication_date": "2005-10-14",
    "ids": {
        "openalex": "https://openalex.org/W2741809807",
        "doi": "https://doi.org/10.1016/j.chiabu.2005.04.005",
        "mag": "2741809807",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/16233914",
        "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/5815332",
    },
    "language": "en",
    "primary_location": {
        "is_oa": True,
        "landing_page_url": "https://doi.org/10.1016/j.chiabu.2005.04.005",
        "pdf_url": None,
        "source": {
            "id": "https://openalex.org/S25293849",
            "display_name": "Child Abuse & Neglect",
            "issn_l": "0145-2134",
            "issn": ["0145-2134", "1873-7757"],
            "host_organization_name": "Elsevier BV",
            "type": "journal",
        },
        "license": "cc-by",
        "version": "publishedVersion",
    },
    "type": "article",
    "type_crossref": "journal-article",
    "indexed_in": ["crossref", "pubmed"],
    "open_access": {"is_oa": True, "oa_status": "gold", "oa_url": "https://example.org/a.pdf"},
    "authorships": [
        {
            "author_position": "first",
            "author": {
                "id": "https://openalex.org/A5023888391",
                "display_name": "Yvonne Darlington",
                "orcid": "https://orcid.org/0000-0002-1825-0097",
            },
            "institutions": [{"display_name": "University of Queensland", "country_code": "AU"}],
            "raw_author_name": "Darlington, Yvonne",
        },
        {"author": {"display_name": "Johan van der Berg"}, "raw_author_name": "Johan van der Berg1,*"},
        {"author": {"display_name": "NESS Research Team"}, "raw_author_name": None},
    ],
    "biblio": {"volume": "29", "issue": "10", "first_page": "1085", "last_page": "1098"},
    "is_retracted": True,
    "is_paratext": False,
    "topics": [{"display_name": "Child Welfare"}],
    "keywords": [{"id": "https://openalex.org/keywords/x", "display_name": "Child protection", "score": 0.6}],
    "mesh": [{"descriptor_name": "Child Abuse", "qualifier_name": "therapy", "is_major_topic": True}],
    "counts_by_year": [{"year": 2020, "cited_by_count": 3}],
    "cited_by_count": 120,
    "referenced_works": ["https://openalex.org/W1", "https://openalex.org/W2"],
    "abstract_inverted_index": {"Aims:": [0], "to": [1, 3], "examine": [2], "work": [4]},
}


def pieces(text: str) -> list:
    return list(OpenAlex().parse(Text([text], "works.json")))


def record(**changes: object) -> Record:
    (piece,) = pieces(json.dumps(WORK | changes))
    return csl.decode(piece.fields)


def test_a_work_fills_every_field():
    found = record()
    assert found == Record(
        id="W2741809807",
        type="article-journal",
        title="Interagency collaboration: practices, attitudes, and barriers",
        abstract="Aims: to examine to work",
        authors=(
            Author("Darlington", "Yvonne", orcid="0000-0002-1825-0097"),
            Author("Berg", "Johan", particle="van der"),
            Author(literal="NESS Research Team"),
        ),
        issued="2005-10-14",
        container_title="Child Abuse & Neglect",
        publisher="Elsevier BV",
        volume="29",
        issue="10",
        page="1085-1098",
        doi="10.1016/j.chiabu.2005.04.005",
        pmid="16233914",
        pmcid="PMC5815332",
        issn="0145-2134, 1873-7757",
        url="https://doi.org/10.1016/j.chiabu.2005.04.005",
        language="en",
        keywords=("Child protection", "Child Abuse/therapy"),
        extra=found.extra,
    )
    assert found.extra == {
        "openalex": "W2741809807",
        "mag": "2741809807",
        "type": "article",
        "institutions": "University of Queensland",
        "version": "publishedVersion",
        "license": "cc-by",
        "topics": "Child Welfare",
        "is_retracted": "true",
        "oa_status": "gold",
        "oa_url": "https://example.org/a.pdf",
        "referenced_works": ["W1", "W2"],
        "cited_by_count": "120",
    }


ONE, TWO = (
    json.dumps({"id": f"https://openalex.org/W{n}", "title": f"Title {n}", "biblio": {}}) for n in (1, 2)
)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(ONE, [1], id="one work"),
        pytest.param(f"[{ONE}, {TWO}]", [1, 1], id="array on one line"),
        pytest.param(f"[\n{ONE},\n{TWO}\n]\n", [2, 3], id="array, one a line"),
        pytest.param(f"{ONE}\n{TWO}\n", [1, 2], id="JSONL"),
        pytest.param(
            f'{{"meta": {{"count": 2}}, "results": [{ONE}, {TWO}], "group_by": []}}', [1, 1], id="page"
        ),
        pytest.param(
            f'{{"results": [{ONE}],\n"meta": {{}}}}\n{{"meta": {{}}, "results": [{TWO}]}}', [1, 3], id="pages"
        ),
        pytest.param(
            json.dumps({"meta": {}, "results": [json.loads(ONE)]}, indent=2), [4], id="indented page"
        ),
        pytest.param(f"\n\n  {ONE}", [3], id="blank lines before"),
    ],
)
def test_openalex_comes_in_every_wrapping(text, lines):
    found = pieces(text)
    assert [piece.line for piece in found] == lines
    assert [csl.decode(piece.fields).title for piece in found] == ["Title 1", "Title 2"][: len(lines)]
    assert all(piece.raw in text for piece in found)
    assert detect(text).name == "openalex"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"publication_date": "2005-01-01"}, {"issued": "2005"}, id="only the year is known"),
        pytest.param({"publication_date": None}, {"issued": "2005"}, id="no date"),
        pytest.param({"publication_date": None, "publication_year": None}, {"issued": ""}, id="no year"),
        pytest.param(
            {"type": "preprint", "type_crossref": "posted-content"}, {"type": "article"}, id="preprint"
        ),
        pytest.param(
            {"type": "article", "type_crossref": "proceedings-article"},
            {"type": "paper-conference"},
            id="paper",
        ),
        pytest.param({"type": "book-chapter"}, {"type": "chapter"}, id="chapter"),
        pytest.param({"type": "dissertation"}, {"type": "thesis"}, id="thesis"),
        pytest.param(
            {"type": "novelty", "type_crossref": None}, {"type": "document"}, id="a type of tomorrow"
        ),
        pytest.param(
            {"biblio": {"first_page": "e4375", "last_page": "e4375"}}, {"page": "e4375"}, id="one page"
        ),
        pytest.param({"biblio": None}, {"page": "", "volume": ""}, id="no biblio"),
        pytest.param({"primary_location": None}, {"container_title": "", "url": ""}, id="no location"),
        pytest.param({"abstract_inverted_index": None}, {"abstract": ""}, id="no abstract"),
        pytest.param({"title": None, "display_name": None}, {"title": ""}, id="no title"),
        pytest.param({"authorships": [{"author": None}]}, {"authors": ()}, id="nobody"),
        pytest.param({"display_name": "CO<sub>2</sub> &amp; us"}, {"title": "CO₂ & us"}, id="markup"),
        pytest.param({"id": "W5"}, {"id": "W5"}, id="bare id"),
    ],
)
def test_openalex_quirks(changes, expected):
    found = record(**changes)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("raw", "shown", "family", "given"),
    [
        ("Darlington, Y.", "Yvonne Darlington", "Darlington", "Y."),
        ("DARLINGTON YVONNE", "Yvonne Darlington", "Darlington", "Yvonne"),
        ("Darlington Yvonne", "Yvonne Darlington", "Darlington", "Yvonne"),
        ("Yvonne Darlington, PhD; Ann Wu", "Yvonne Darlington", "Darlington", "Yvonne"),
        ("Jane Doe", "Jane Smith-Doe", "Doe", "Jane"),
        ("", "María José García-López", "García-López", "María José"),
    ],
)
def test_names_are_as_the_work_prints_them_where_that_is_a_clean_name(raw, shown, family, given):
    (author,) = record(authorships=[{"author": {"display_name": shown}, "raw_author_name": raw}]).authors
    assert (author.family, author.given) == (family, given)


def test_a_repository_is_no_journal():
    found = record(primary_location={"source": {"display_name": "arXiv", "type": "repository"}})
    assert (found.container_title, found.extra["repository"]) == ("", "arXiv")


def test_an_item_cut_in_the_middle_is_one_problem_and_the_next_is_read():
    first, problem, last = pieces(f"{ONE}\n{ONE[:60]}\n{TWO}\n")
    assert isinstance(problem, Problem)
    assert (problem.line, problem.raw) == (2, ONE[:60])
    assert problem.reason.startswith("is no JSON: ")
    assert (first.fields["id"], last.fields["id"]) == ("W1", "W2")


@given(place=st.integers(1, len(ONE) - 1), blocks=st.integers(1, 200))
def test_an_array_cut_anywhere_keeps_all_that_was_printed(place, blocks):
    text = f"[{ONE},{TWO},{ONE}"[: -len(ONE) + place]
    found = list(OpenAlex().parse(Text((text[at : at + blocks] for at in range(0, len(text), blocks)), "x")))
    assert [type(piece).__name__ for piece in found] == ["SourceRecord", "SourceRecord", "Problem"]
    assert "".join(piece.raw for piece in found) == text.replace("[", "", 1).replace("},{", "}{").rstrip(
        " \n,"
    )


@given(words=st.lists(st.sampled_from(["the", "aim", "of", "this", "study"]), min_size=1))
def test_an_abstract_is_read_back_from_its_index(words):
    index: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        index.setdefault(word, []).append(place)
    assert record(abstract_inverted_index=index).abstract == " ".join(words)


def test_a_key_with_no_place_is_kept():
    assert record(novelty={"a": 1}, small=0.5).extra["novelty"] == '{"a": 1}'
    assert record(small=0.5).extra["small"] == "0.5"
