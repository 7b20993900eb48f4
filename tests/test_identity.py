"""Identifiers in their one form, titles folded, and record ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.identity import (
    identifiers,
    isbns,
    make_id,
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_openalex,
    normalise_pmcid,
    normalise_pmid,
    title_key,
)
from corpus.record import Author, Record


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        pytest.param("10.5334/IJIC.165", "10.5334/ijic.165", id="capitals from Web of Science"),
        pytest.param("https://doi.org/10.1186/1472-6963-8-188", "10.1186/1472-6963-8-188", id="address"),
        pytest.param("http://dx.doi.org/10.1000%2F182", "10.1000/182", id="escaped address"),
        pytest.param("doi: 10.1002/joe.22055.", "10.1002/joe.22055", id="prefix and full stop"),
        pytest.param("DOI:10.1002/joe.22055]", "10.1002/joe.22055", id="bracket of the sentence around it"),
        pytest.param("10.1016/S0140-6736(05)12345-6", "10.1016/s0140-6736(05)12345-6", id="brackets inside"),
        pytest.param(
            "10.1002/(SICI)1099-1611(1998)7:5&lt;431::AID-PON&gt;3.0.CO;2-8",
            "10.1002/(sici)1099-1611(1998)7:5<431::aid-pon>3.0.co;2-8",
            id="old Wiley DOI with HTML entities",
        ),
        pytest.param(
            "https://journals.example.org/doi/full/10.1177/1054137317727102?src=x",
            "10.1177/1054137317727102",
            id="publisher's address",
        ),
        pytest.param(
            "https://onlinelibrary.example.org/doi/10.1002/x.1/pdf", "10.1002/x.1", id="address of the PDF"
        ),
        pytest.param(
            "10.1101/2020.03.01.20029769v2", "10.1101/2020.03.01.20029769", id="version of a medRxiv preprint"
        ),
        pytest.param("10.1234 56", "", id="no suffix"),
        pytest.param("n/a", "", id="none"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_doi_has_one_form(text, doi):
    assert normalise_doi(text) == doi


@pytest.mark.parametrize(
    ("normalise", "text", "value"),
    [
        pytest.param(normalise_pmid, "PMID: 016202838", "16202838", id="pmid prefix and zeros"),
        pytest.param(
            normalise_pmid, "https://pubmed.ncbi.nlm.nih.gov/16202838/", "16202838", id="pmid address"
        ),
        pytest.param(normalise_pmid, "16202838 [pubmed]", "16202838", id="pmid with its scheme behind"),
        pytest.param(normalise_pmid, "PMC1480372", "", id="a PMC id is no PMID"),
        pytest.param(
            normalise_pmcid, "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1480372/", "PMC1480372", id="pmc"
        ),
        pytest.param(normalise_pmcid, "pmc 1480372", "PMC1480372", id="pmc with a space"),
        pytest.param(normalise_isbn, "0-415-25994-0 (pbk)", "9780415259941", id="ISBN-10 becomes ISBN-13"),
        pytest.param(normalise_isbn, "ISBN 978-1-64368-085-9", "9781643680859", id="ISBN-13 with hyphens"),
        pytest.param(normalise_isbn, "978-1-64368-085-8", "", id="wrong check digit"),
        pytest.param(normalise_isbn, "080442957X", "9780804429573", id="X is ten"),
        pytest.param(normalise_issn, "0145-2134 (print)", "0145-2134", id="issn"),
        pytest.param(normalise_issn, "2434561x", "2434-561X", id="issn without hyphen"),
        pytest.param(normalise_issn, "0145-2135", "", id="issn with a wrong check digit"),
    ],
)
def test_other_identifiers_have_one_form(normalise, text, value):
    assert normalise(text) == value


@pytest.mark.parametrize(
    ("record", "value"),
    [
        pytest.param(Record(url="https://openalex.org/W2741809807"), "W2741809807", id="address"),
        pytest.param(Record(extra={"openalex": "w2741809807"}), "W2741809807", id="as our reader keeps it"),
        pytest.param(
            Record(extra={"id": "https://openalex.org/W2741809807"}), "W2741809807", id="column of a table"
        ),
        pytest.param(Record(extra={"referenced_works": "https://openalex.org/W1"}), "", id="another work's"),
        pytest.param(Record(url="https://openalex.org/A5023888391"), "", id="an author's"),
        pytest.param(Record(extra={"id": "12"}), "", id="a number"),
    ],
)
def test_an_openalex_id_identifies(record, value):
    assert identifiers(record).get("openalex", "") == value


def test_all_isbns_are_found_once():
    text = "978-1-64368-085-9; 9781643680842; 978-1-64368-085-9"
    assert isbns(text) == ("9781643680859", "9781643680842")


def test_the_isbn_of_a_chapter_is_not_its_own():
    record = Record(type="chapter", isbn="978-1-64368-085-9", doi="doi:10.1000/X", container_title="A book")
    assert identifiers(record) == {"doi": "10.1000/x"}
    assert identifiers(Record(type="book", isbn="978-1-64368-085-9")) == {"isbn": "9781643680859"}


def test_a_doi_in_the_address_identifies():
    assert identifiers(Record(url="https://doi.org/10.1000/182")) == {"doi": "10.1000/182"}
    assert identifiers(Record(url="https://example.org/10.1000/182")) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Inter-agency working", "INTERAGENCY WORKING.", id="hyphen, capitals, full stop"),
        pytest.param("Health & social care", "Health and social care", id="ampersand"),
        pytest.param("Health &amp; social care", "Health and social care", id="HTML entity"),
        pytest.param("Organisations: behaviour", "Organizations - behavior", id="British and American"),
        pytest.param("Paediatric haemolytic oedema", "Pediatric hemolytic edema", id="ligatures spelt out"),
        pytest.param("The centre's programmes", "The centers programs", id="centre, programme"),
        pytest.param("<i>E. coli</i> in Malmö", "E coli in Malmo", id="markup and accents"),
        pytest.param("β-catenin in cells", "beta-catenin in cells", id="Greek letter"),
        pytest.param("[Stroke care]. [Chinese]", "Stroke care", id="translated title with its language"),
        pytest.param("“Whole” families – again", '"Whole" families - again', id="quotation marks and dashes"),
        pytest.param("Professionals’ views", "Professionals' views", id="apostrophes"),
    ],
)
def test_titles_that_differ_in_form_have_one_key(one, other):
    assert title_key(one) == title_key(other)


def test_the_subtitle_is_part_of_the_key():
    assert title_key("Teams: a review") != title_key("Teams")


def test_a_key_is_not_empty_in_any_script():
    assert all(title_key(title) for title in ("Занятость", "医療連携", "한국어", "Παπαδόπουλος", "بحث"))


@pytest.mark.parametrize(
    ("record", "record_id"),
    [
        pytest.param(
            Record(authors=(Author("Darlington", "Y"),), issued="2005-10", title="Interagency collaboration"),
            "darlington-2005-interagency",
            id="family, year, word",
        ),
        pytest.param(
            Record(authors=(Author("Ødegård", "A"),), issued="2006", title="“The inter-agency” way"),
            "odegard-2006-interagency",
            id="accents, quotation mark, hyphen, article",
        ),
        pytest.param(
            Record(authors=(Author("Weiß"),), title="Über uns"), "weiss-nd-uber", id="sharp s, no date"
        ),
        pytest.param(
            Record(authors=(Author(literal="Department of Health"),), issued="2003", title="Learning"),
            "department-health-2003-learning",
            id="organisation",
        ),
        pytest.param(Record(title="Of the", issued="2003"), "anon-2003-of", id="no author, stop words only"),
        pytest.param(Record(), "anon-nd-untitled", id="nothing at all"),
        pytest.param(
            Record(authors=(Author("Азьмук", "Н"),), issued="2017", title="Зайнятість"),
            "azmuk-2017-zainiatist",
            id="Cyrillic",
        ),
        pytest.param(
            Record(
                authors=(Author("Editor", role="editor"), Author("Writer")), issued="2001", title="Essays"
            ),
            "writer-2001-essays",
            id="author before editor",
        ),
    ],
)
def test_an_id_is_read_off_the_record(record, record_id):
    assert make_id(record, ()) == record_id


def test_a_title_in_chinese_gets_an_ascii_id():
    made = make_id(Record(authors=(Author("王", "伟"),), issued="2010", title="研究"), ())
    assert made.isascii()
    assert "2010" in made


def test_a_taken_id_gets_letters_from_the_content():
    one = Record(id="a", authors=(Author("Smith"),), issued="2005", title="Teams at work", page="1-9")
    other = Record(id="b", authors=(Author("Smith"),), issued="2005", title="Teams at rest", page="1-9")
    taken = {"smith-2005-teams"}
    first, second = make_id(one, taken), make_id(other, taken)
    assert first != second
    assert first.startswith("smith-2005-teams-")
    assert make_id(other, {*taken, first}) == second


names = st.text(max_size=12)


@given(family=names, literal=names, title=st.text(max_size=40), year=st.sampled_from(["", "1999", "2005-10"]))
def test_an_id_is_never_reused_and_safe_in_addresses(family, literal, title, year):
    record = Record(authors=(Author(family=family, literal=literal),), title=title, issued=year)
    taken: set[str] = set()
    for _ in range(4):
        made = make_id(record, taken)
        assert made not in taken
        assert made == make_id(record, taken)
        assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert not made.startswith("-")
        taken.add(made)


_NORMALISERS = (
    normalise_doi,
    normalise_pmid,
    normalise_pmcid,
    normalise_openalex,
    normalise_isbn,
    normalise_issn,
)


@given(st.text(max_size=60))
def test_normal_forms_are_stable(text):
    for normalise in _NORMALISERS:
        assert normalise(normalise(text)) == normalise(text)


def test_thousands_of_records_that_say_the_same_get_ids_of_their_own():
    editorial = Record(title="Editorial", issued="2001")
    taken: set[str] = set()
    for _ in range(3000):
        taken.add(make_id(editorial, taken))
    assert len(taken) == 3000
    assert max(map(len, taken)) < 50
