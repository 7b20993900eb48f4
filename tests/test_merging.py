"""The best value of each field, whatever the order; nothing printed is lost."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.record import Author, Record
from ingest.works.merging import merge

CUT = "Agencies differ in what they expect of each other, and this paper asks wh..."
WHOLE = "Agencies differ in what they expect of each other."


def best(name: str, *values: object) -> object:
    """The value that comes out, the same for both orders."""
    descriptions = [replace(Record(title="Teams"), **{name: value}) for value in values]
    forward, backward = merge(descriptions), merge(descriptions[::-1])
    assert forward.record == backward.record
    return getattr(forward.record, name)


@pytest.mark.parametrize(
    ("name", "values", "chosen"),
    [
        pytest.param("title", ["TEAMS AT WORK", "Teams at work"], "Teams at work", id="title in capitals"),
        pytest.param(
            "title", ["Teams at work", "Teams at work: a review"], "Teams at work: a review", id="subtitle"
        ),
        pytest.param(
            "title", ["Teams at work [German]", "Teams at work"], "Teams at work", id="language note"
        ),
        pytest.param(
            "title", ["A test (PINCOM-Q)", "A test"], "A test (PINCOM-Q)", id="round brackets are printed"
        ),
        pytest.param(
            "title",
            ["Teams.[Erratum appears in J. 2006;1:2]", "Teams", "TEAMS"],
            "Teams",
            id="note of an erratum",
        ),
        pytest.param("title", ["Teams at work.", "Teams at work"], "Teams at work", id="full stop"),
        pytest.param(
            "title", ["Integration in Malmo", "Integration in Malmö"], "Integration in Malmö", id="accents"
        ),
        pytest.param("title", ["Paget?s disease", "Paget's disease"], "Paget's disease", id="letters lost"),
        pytest.param("abstract", [CUT, WHOLE], WHOLE, id="abstract cut off"),
        pytest.param("abstract", ["Short.", WHOLE], WHOLE, id="longer abstract"),
        pytest.param(
            "container_title",
            ["Br J Gen Pract", "British Journal of General Practice", "BR J GEN PRACT"],
            "British Journal of General Practice",
            id="journal abbreviated",
        ),
        pytest.param(
            "container_title",
            ["Brain Injury", "Brain Injury : official journal of the society"],
            "Brain Injury",
            id="journal with its adornments",
        ),
        pytest.param("page", ["187-98", "187–198", "187"], "187–198", id="pages in full"),
        pytest.param("issued", ["2005", "2005-10"], "2005-10", id="more exact date"),
        pytest.param("issued", ["2004-12-01", "2005", "2005"], "2005", id="the year that most print"),
        pytest.param("issued", ["2005-23", "2005-10", "2005"], "2005-10", id="month over season"),
        pytest.param("type", ["document", "article-journal"], "article-journal", id="type said by one"),
        pytest.param("type", ["chapter", "book", "book"], "book", id="type said by most"),
        pytest.param("volume", ["28", "29", "29"], "29", id="volume printed by most"),
        pytest.param("volume", ["29", "28"], "28", id="volumes even"),
        pytest.param("volume", ["8(6)", "8"], "8", id="volume with its issue"),
        pytest.param("doi", ["https://doi.org/10.1000/X", "10.1000/x"], "10.1000/x", id="DOI bare"),
        pytest.param(
            "keywords", [("Trust", "teams"), ("trust", "power")], ("Trust", "teams", "power"), id="keywords"
        ),
        pytest.param(
            "isbn", ["0-415-25994-0", "978-0-415-25994-1"], "9780415259941", id="one ISBN in two forms"
        ),
        pytest.param("language", ["eng", "en"], "en", id="language code"),
        pytest.param(
            "extra",
            [{"note": "a"}, {"note": "b", "n": "1"}],
            {"note": ["a", "b"], "n": "1"},
            id="extra fields",
        ),
    ],
)
def test_the_best_value_is_kept(name, values, chosen):
    assert best(name, *values) == chosen


def test_names_are_kept_in_their_fullest_form():
    initials = (Author("DARLINGTON", "Y."), Author("Feeney", "J. A."), Author("Rixon", "K", orcid="0000-1"))
    full = (Author("Darlington", "Yvonne"), Author("Feeney", "Judith A"))
    plain = (Author("Darlington", "Y"), Author("Odegard", "A"))
    kept = (
        Author("Darlington", "Yvonne"),
        Author("Feeney", "Judith A"),
        Author("Rixon", "K", orcid="0000-1"),
    )
    assert best("authors", initials, full) == kept
    assert best("authors", plain, (Author("Darlington", "Y"), Author("Ødegård", "Atle"))) == (
        Author("Darlington", "Y"),
        Author("Ødegård", "Atle"),
    )


def test_a_person_is_not_given_anothers_first_name():
    assert best("authors", (Author("Smith", "Jane"),), (Author("Smith", "John"), Author("Ray", "A"))) == (
        Author("Smith", "John"),
        Author("Ray", "A"),
    )


def test_et_al_stays_only_where_no_list_is_complete():
    cut = Record(authors=(Author("Meads", "Geoffrey"),), et_al=True)
    whole = Record(authors=(Author("Meads", "G"), Author("Ashcroft", "J")))
    merged = merge([cut, whole]).record
    assert not merged.et_al
    assert [name.given for name in merged.authors] == ["Geoffrey", "J"]
    assert merge([cut, cut]).record.et_al


def test_editors_of_one_and_authors_of_another_both_stay():
    one = Record(authors=(Author("Ray", "A"), Author("Lee", "B")))
    other = Record(authors=(Author("Ray", "A"), Author("Kay", "C", role="editor")))
    assert merge([one, other]).record.authors == (*one.authors, other.authors[1])


def test_one_description_stays_as_it_is():
    record = Record(
        id="x", title="T.", doi="https://doi.org/10.1000/X", extra={"a": ["b"], "c": "d"}, et_al=True
    )
    assert merge([record]).record == record
    with pytest.raises(ValueError, match="at least one"):
        merge([])


def test_origin_names_the_description_that_gave_the_value():
    merged = merge([Record(title="Teams", page="187"), Record(title="TEAMS", page="187-198", volume="3")])
    assert merged.origin["title"] == 0
    assert merged.origin["page"] == merged.origin["volume"] == 1


def test_differences_of_form_are_no_disagreement():
    one = Record(
        type="article-journal",
        title="Health & social care",
        authors=(Author("D'Amour", "Danielle"), Author("San Martín-Rodriguez", "L")),
        issued="2008-09-21",
        container_title="BMC Health Services Research",
        volume="8(1)",
        page="187-98",
        doi="https://doi.org/10.1000/X",
    )
    other = Record(
        title="HEALTH AND SOCIAL CARE",
        authors=(Author("DAmour", "D."),),
        issued="2008",
        container_title="BMC Health Serv Res",
        volume="8",
        issue="1",
        page="187–198",
        doi="10.1000/x",
    )
    assert merge([one, other]).disagreements == {}


def test_disagreements_tell_who_prints_what():
    one = Record(title="Teams", volume="28", issued="2005", authors=(Author("Ray", "A"),))
    found = merge([one, replace(one, volume="29"), replace(one, volume="")]).disagreements
    assert found == {"volume": [(0, "28"), (1, "29")]}
    found = merge([one, replace(one, authors=(Author("Lee", "B"),), issued="2006")]).disagreements
    assert set(found) == {"authors", "issued"}


texts = st.sampled_from(
    ["", "A", "AB", "ab", "Ab c", "1-9", "1", "2005", "2005-10", "10.1000/A", "10.1000/a"]
)
authors = st.lists(
    st.builds(Author, st.sampled_from(["Ray", "RAY", "Räy", "Lee"]), st.sampled_from(["", "A", "Anna", "B"])),
    max_size=3,
)
descriptions = st.builds(
    Record,
    type=st.sampled_from(["document", "book", "chapter"]),
    title=texts,
    abstract=texts,
    authors=authors.map(tuple),
    et_al=st.booleans(),
    issued=st.sampled_from(["", "2005", "2005-10", "2004", "2004/2005"]),
    container_title=texts,
    volume=texts,
    page=texts,
    doi=texts,
    isbn=texts,
    keywords=st.lists(st.sampled_from(["Trust", "trust", "TRUST", "power"]), max_size=3, unique=True).map(
        tuple
    ),
    extra=st.dictionaries(st.sampled_from("ab"), st.sampled_from(["x", "y", ["x"], ["y", "z"]])),
)


@settings(max_examples=150, deadline=None)
@given(some=st.lists(descriptions, min_size=1, max_size=5), shuffle=st.randoms(use_true_random=False))
def test_the_order_of_the_descriptions_makes_no_difference(some, shuffle):
    again = list(some)
    shuffle.shuffle(again)
    assert merge(again).record == merge(some).record


@settings(max_examples=150, deadline=None)
@given(some=st.lists(descriptions, min_size=1, max_size=5))
def test_nothing_printed_is_lost_to_silence(some):
    merged = merge(some)
    for name in (field.name for field in fields(Record) if field.name not in ("id", "et_al", "type")):
        printed = any(getattr(record, name) for record in some)
        assert bool(getattr(merged.record, name)) is printed
        if printed:
            assert getattr(some[merged.origin[name]], name)
    kept = {word.casefold() for word in merged.record.keywords}
    assert kept == {word.casefold() for record in some for word in record.keywords}


def test_an_issue_printed_within_the_volume_is_not_lost():
    merged = merge([Record(volume="8"), Record(volume="8(6)")])
    assert (merged.record.volume, merged.record.issue, merged.origin["issue"]) == ("8", "6", 1)
