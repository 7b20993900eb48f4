"""RIS as databases and reference managers write it."""

from __future__ import annotations

import time

import pytest

from corpus import csl
from corpus.kinds import CSL_TYPES, csl_type_from_ris, ris_subtype, ris_type
from corpus.record import Author, Problem, Record
from ingest.files.opening import decode
from ingest.files.text import Text
from ingest.parsers.ris import Ris


def pieces(text: str) -> list:
    return list(Ris().parse(Text([decode(text.encode(), "refs.ris")], "refs.ris")))


def records(text: str) -> list[Record]:
    assert not any(isinstance(piece, Problem) for piece in pieces(text))
    return [csl.decode(piece.fields) for piece in pieces(text)]


def one(*lines: str) -> Record:
    (record,) = records("\n".join(["TY  - JOUR", *lines, "ER  - ", ""]))
    return record


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param("TY  - JOUR\nTI  - A\n", ["A"], id="last record has no ER"),
        pytest.param("TY  - JOUR\nTI  - A\nTY  - JOUR\nTI  - B\n", ["A", "B"], id="no record has an ER"),
        pytest.param("\ufeffTY  - JOUR\nTI  - A\nER  - \n", ["A"], id="BOM from Scopus"),
        pytest.param(
            "TY  - JOUR\nTI  - A\nER  - \n\ufeffTY  - JOUR\nTI  - B\nER  - \n",
            ["A", "B"],
            id="BOM in the middle",
        ),
        pytest.param(
            "TY  - JOUR\rTI  - A\rER  - \rTY  - JOUR\r\nTI  - B\n", ["A", "B"], id="CR, CRLF and LF"
        ),
        pytest.param("TY - JOUR\nTI - A\nER -\n", ["A"], id="one space"),
        pytest.param("TY  -JOUR\nTI  -A\nER  -\n", ["A"], id="no space behind the dash"),
        pytest.param("ty  - jour\nti  - A\ner  - \n", ["A"], id="tags in small letters"),
        pytest.param("TY- JOUR\nTI- A\nER-\n", ["A"], id="no space before the dash"),
        pytest.param("  TY  - JOUR\n  TI  - A\n  ER  - \n", ["A"], id="indented"),
        pytest.param("TY\t- JOUR\nTI\t- A\nER\t-\n", ["A"], id="a tab"),
        pytest.param("TY  - JOUR\n\nTI  - A\n\n\nER  - \n", ["A"], id="blank lines between tags"),
        pytest.param(
            "Provider: X\nDatabase: Y\nContent: text\n\nTY  - JOUR\nTI  - A\nER  - \n", ["A"], id="JSTOR"
        ),
        pytest.param(
            "1.\nTY  - JOUR\nTI  - A\nER  - \n\n2.\nTY  - JOUR\nTI  - B\nER  - \n", ["A", "B"], id="Ovid"
        ),
        pytest.param("TY  - JOUR\nTI  - A\n  b\nER  - \n", ["A b"], id="a wrapped title"),
        pytest.param(
            "TY  - JOUR\nTI  - A\nno-one\nT2-weighted\nER  - \n", ["A no-one T2-weighted"], id="like tags"
        ),
        pytest.param("TY  - JOUR\nT1  - A\nER  - \n", ["A"], id="T1"),
        pytest.param("TY  - BOOK\nBT  - A\nER  - \n", ["A"], id="BT of a book"),
        pytest.param("TY  - JOUR\nTI  - A.\nER  - \n", ["A."], id="an initial is no sentence"),
        pytest.param("TY  - JOUR\nTI  - A study.\nER  - \n", ["A study"], id="full stop at the end"),
        pytest.param("TY  - JOUR\nTI  - A <i>study</i>\nER  - \n", ["A study"], id="markup"),
        pytest.param("TI  - A\nAU  - B, C\nER  - \n\nTY  - JOUR\nTI  - D\n", ["A", "D"], id="TY line lost"),
    ],
)
def test_ris_quirks(text, titles):
    assert [record.title for record in records(text)] == titles


def test_text_between_records_is_a_problem_with_its_line():
    found = pieces("TY  - JOUR\nTI  - A\nER  - \n\nAn orphan of evidence\n\nTY  - JOUR\nTI  - B\nER  - \n")
    assert [type(piece).__name__ for piece in found] == ["SourceRecord", "Problem", "SourceRecord"]
    assert (found[1].line, found[1].raw) == (5, "An orphan of evidence")
    assert found[2].line == 7


def test_a_record_with_nothing_but_a_type_is_a_problem():
    (problem,) = pieces("TY  - GEN\nER  - \n")
    assert isinstance(problem, Problem)
    assert problem.raw == "TY  - GEN\nER  -"


def test_tags_that_ovid_prints_behind_er_belong_to_the_record():
    (record,) = records("TY  - JOUR\nTI  - A\nER  -\nNL  - Abbrev\n\nLink to the Ovid Full Text: https://x\n")
    assert record.extra["NL"] == "Abbrev"


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        pytest.param(["T2  - Long", "JO  - L."], "container_title", "Long", id="T2 before JO"),
        pytest.param(["T2  - Long", "JF  - Longer"], "container_title", "Longer", id="JF before T2"),
        pytest.param(["J2  - L."], "container_title", "L.", id="only an abbreviation"),
        pytest.param(["N2  - Text"], "abstract", "Text", id="abstract in N2"),
        pytest.param(["AB  - One", "  two", "three"], "abstract", "One two three", id="wrapped abstract"),
        pytest.param(["M1  - 4"], "issue", "4", id="M1 as issue"),
        pytest.param(["IS  - 3", "M1  - 4"], "issue", "3", id="IS before M1"),
        pytest.param(["M1  - (Liu R.) Department"], "issue", "", id="Embase's M1 is an address"),
        pytest.param(["PY  - 2004/05//"], "issued", "2004-05", id="year/month"),
        pytest.param(["PY  - 2004", "DA  - 2004/05/03/"], "issued", "2004-05-03", id="DA says more"),
        pytest.param(["PY  - 2011", "DA  - Jun"], "issued", "2011-06", id="EndNote's DA without year"),
        pytest.param(["PY  - 2004", "DA  - 2009/05/03/"], "issued", "2004", id="DA contradicts"),
        pytest.param(
            ["PY  - 2016", "C1  - Full publication date: July-August 2016"], "issued", "2016-07/2016-08"
        ),
        pytest.param(["SP  - 475", "EP  - 82"], "page", "475-482", id="short last page"),
        pytest.param(["SP  - 475-82"], "page", "475-482", id="range in SP"),
        pytest.param(["SP  - pp 37-64"], "page", "37-64", id="TRID"),
        pytest.param(["SN  - 03064530 (ISSN)"], "issn", "0306-4530", id="Scopus"),
        pytest.param(
            ["SN  - 1999-7777(Electronic),0222-6666(Print)"], "issn", "1999-7777, 0222-6666", id="PsycInfo"
        ),
        pytest.param(["DO  - https://doi.org/10.1000/AbC"], "doi", "10.1000/AbC", id="DOI as an address"),
        pytest.param(["M3  - doi:10.1000/abc"], "doi", "10.1000/abc", id="DOI in M3"),
        pytest.param(["AN  - 21553931", "DP  - NLM"], "pmid", "21553931", id="PMID from EndNote"),
        pytest.param(["DB  - cmedm", "AN  - 21553931"], "pmid", "21553931", id="PMID from EBSCO"),
        pytest.param(["DB  - c8h", "AN  - 21553931"], "pmid", "", id="CINAHL's number is no PMID"),
        pytest.param(
            ["AU  - Wu, K.;Li, B."],
            "authors",
            (Author("Wu", "K."), Author("Li", "B.")),
            id="names in one line",
        ),
        pytest.param(["JI  - J. Care"], "container_title", "J. Care", id="Web of Science"),
        pytest.param(["C2  - PMC123"], "pmcid", "PMC123", id="PMC id from EndNote"),
        pytest.param(["DB  - Scopus", "C2  - 31627144"], "pmid", "31627144", id="PMID from Scopus"),
        pytest.param(["ET  - 2014/01/11"], "edition", "", id="EndNote's day of electronic publication"),
        pytest.param(["SP  - No", "EP  - Specified"], "page", "", id="PsycINFO: no pagination specified"),
        pytest.param(["KW  - a; b", ""], "keywords", ("a", "b"), id="all keywords in one tag"),
        pytest.param(["KW  - a", "b, c"], "keywords", ("a", "b, c"), id="one keyword a line"),
        pytest.param(["UR  - http://a", "UR  - http://b"], "url", "http://a", id="first address"),
    ],
)
def test_ris_fields(lines, field, value):
    assert getattr(one("TI  - A", *lines), field) == value


def test_what_has_no_place_is_kept_by_its_tag():
    record = one(
        "TI  - A",
        "T1  - Other",
        "AB  - One",
        "AB  - Zwei",
        "XX  - x",
        "XX  - y",
        "IS  - 1",
        "EP  - 9",
        "N1  - n",
    )
    assert record.extra == {"T1": "Other", "AB": "Zwei", "XX": ["x", "y"], "N1": "n"}


def test_authors_editors_and_et_al():
    record = one(
        "AU  - van der Berg, Johan", "A2  - Wu, K", "AU  - World Health Organization", "AU  - et al."
    )
    assert record.authors == (
        Author("Berg", "Johan", particle="van der"),
        Author(literal="World Health Organization"),
        Author("Wu", "K", role="editor"),
    )
    assert record.et_al


def test_the_pages_of_a_book_are_a_number():
    (record,) = records("TY  - BOOK\nTI  - A\nSP  - 165\nT2  - Series\nER  - \n")
    assert (record.number_of_pages, record.page, record.collection_title) == ("165", "", "Series")


def test_notes_in_the_form_of_our_exporter_fill_their_fields():
    record = one(
        "AU  - Wu, K",
        "N1  - PMID: 12",
        "N1  - number-of-pages: 9",
        "N1  - ORCID: 0-1 (Wu, K)",
        "N1  - Key: v",
    )
    assert (record.pmid, record.number_of_pages, record.authors[0].orcid) == ("12", "9", "0-1")
    assert record.extra == {"Key": "v"}


@pytest.mark.parametrize("csl_type", sorted(CSL_TYPES))
def test_every_csl_type_comes_back_from_ris(csl_type):
    assert csl_type_from_ris(ris_type(csl_type), ris_subtype(csl_type)) == csl_type


def test_tags_that_our_exporter_writes_are_no_part_of_the_record():
    record = one(
        "TI  - A", 'N1  - Theme: culture-identity (barrier): "too many cultures"', "N1  - Theme: care"
    )
    assert record.extra == {"Theme": "care"}


def test_each_record_of_a_large_file_is_on_its_line(monkeypatch):
    monkeypatch.setattr("ingest.files.text.PART", 100)
    text = "Provider: x\n\n" + "TY  - JOUR\nTI  - A\nAB  - ty-\n  typical\nER  - \n\n" * 50
    blocks = (text[place : place + 33] for place in range(0, len(text), 33))
    found = list(Ris().parse(Text(blocks, "refs.ris")))
    assert [piece.line for piece in found] == list(range(3, 3 + 6 * 50, 6))
    assert {piece.record.abstract for piece in found} == {"ty- typical"}


HOSTILE = [
    " ",
    "\t",
    "-",
    ",",
    "1",
    "A",
    "a, ",
    "A. ",
    "and ",
    "et al ",
    "10.1000/",
    "2005-",
    "<i ",
    "(",
    "S1-",
]


@pytest.mark.parametrize("scrap", HOSTILE)
@pytest.mark.parametrize("tag", ["TI", "AU", "PY", "SP", "SN", "DO", "KW", "N1", "M1", "M3", "C1", "AN"])
def test_the_time_for_a_long_line_grows_no_faster_than_the_line(tag, scrap):
    def seconds(length: int) -> float:
        text = f"TY  - JOUR\nTI  - x\n{tag}  - x{scrap * (length // len(scrap))}!\nER{scrap * 99}!\n"
        start = time.process_time()
        list(Ris().parse(Text([text], "refs.ris")))
        return time.process_time() - start

    # Quadratic time would be minutes for the longer one.
    assert seconds(200_000) < 2
