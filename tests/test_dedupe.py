"""Descriptions of one work come together, and nothing else does."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.record import Author, Record
from ingest.containers import same_container
from ingest.dedupe import blocking_keys, doubtful, group
from ingest.pages import first_and_last

DARLINGTON = Record(
    id="d1",
    type="article-journal",
    title="Interagency collaboration between child protection and mental health: a study of barriers",
    authors=(Author("Darlington", "Yvonne"), Author("Feeney", "Judith A"), Author("Rixon", "Kylie")),
    issued="2005-10",
    container_title="Child Abuse & Neglect",
    volume="29",
    issue="10",
    page="1085-1098",
    doi="10.1016/j.chiabu.2005.04.005",
)
BOOK = Record(
    id="b1",
    type="book",
    title="Interprofessional Collaboration: From Policy to Practice",
    authors=(Author("Leathard", "Audrey"),),
    issued="2003",
    publisher="Brunner-Routledge",
)
BARE = replace(DARLINGTON, doi="")


def joined(*records: Record) -> bool:
    return len(group(records)) == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(DARLINGTON, id="the same again"),
        pytest.param(replace(BARE, title=DARLINGTON.title.upper()), id="title in capitals"),
        pytest.param(
            replace(BARE, title=DARLINGTON.title.replace("Interagency", "Inter-agency")), id="hyphen"
        ),
        pytest.param(replace(BARE, title=DARLINGTON.title.replace("protection", "protecton")), id="misprint"),
        pytest.param(
            replace(BARE, title="Interagency collaboration between child protection and mental health"),
            id="no subtitle",
        ),
        pytest.param(replace(BARE, title=f"{DARLINGTON.title}. [French]"), id="language note"),
        pytest.param(
            replace(BARE, title=f"{DARLINGTON.title}.[Erratum appears in Child Abuse Negl. 2006;30(1):2]"),
            id="note that an erratum exists",
        ),
        pytest.param(replace(BARE, container_title="Child Abuse Negl"), id="journal abbreviated"),
        pytest.param(
            replace(BARE, page="1085-98", volume="29(10)", issue=""), id="short pages, issue in volume"
        ),
        pytest.param(replace(BARE, page="1085"), id="first page only"),
        pytest.param(
            replace(BARE, authors=(Author("DARLINGTON", "Y."),), et_al=True), id="authors cut short"
        ),
        pytest.param(
            replace(BARE, authors=(Author("Yvonne", "Darlington"), *DARLINGTON.authors[1:])), id="swapped"
        ),
        pytest.param(replace(BARE, authors=()), id="no authors"),
        pytest.param(replace(BARE, authors=(Author(literal="University of Queensland"),)), id="organisation"),
        pytest.param(replace(BARE, issued="2006"), id="one year off, the place the same"),
        pytest.param(replace(BARE, volume="28"), id="another volume printed, the pages the same"),
        pytest.param(
            replace(BARE, type="document", container_title="", volume="", issue="", page=""), id="bare list"
        ),
        pytest.param(
            replace(DARLINGTON, issued="2004", volume="", issue="", page="1-14"), id="online first, same DOI"
        ),
        pytest.param(replace(BARE, doi="https://doi.org/10.1016/J.CHIABU.2005.04.005"), id="DOI as address"),
    ],
)
def test_descriptions_of_one_work_are_joined(other):
    assert joined(DARLINGTON, replace(other, id="d2"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(DARLINGTON, replace(DARLINGTON, doi="10.1016/other"), id="another DOI"),
        pytest.param(
            BARE, replace(BARE, title="Roles of schools in family support: a study"), id="another title"
        ),
        pytest.param(
            DARLINGTON,
            replace(
                DARLINGTON, title="Poster 7: quite another subject", page="S7", authors=(Author("Ray", "A"),)
            ),
            id="DOI of a whole supplement",
        ),
        pytest.param(BARE, replace(BARE, title=f"Erratum: {BARE.title}"), id="erratum"),
        pytest.param(
            BARE, replace(BARE, title=f"{BARE.title} (vol 29, pg 1085, 2005)", page="77"), id="erratum of WoS"
        ),
        pytest.param(BARE, replace(BARE, title=f"Comment on {BARE.title}"), id="comment"),
        pytest.param(BARE, replace(BARE, title=f"{BARE.title}: a reply"), id="reply"),
        pytest.param(
            replace(BARE, title=f"{BARE.title}. Part 1"),
            replace(BARE, title=f"{BARE.title}. Part 2"),
            id="parts",
        ),
        pytest.param(
            replace(BARE, title=f"{BARE.title} II"),
            replace(BARE, title=f"{BARE.title} III"),
            id="Roman parts",
        ),
        pytest.param(
            BARE, replace(BARE, container_title="medRxiv", volume="", issue="", page=""), id="preprint"
        ),
        pytest.param(
            BARE,
            replace(
                BARE, type="paper-conference", container_title="Proceedings of ICIC", volume="3", page="S12"
            ),
            id="conference abstract",
        ),
        pytest.param(BARE, replace(BARE, issued="2009", volume="33"), id="years apart"),
        pytest.param(BARE, replace(BARE, authors=(Author("Okafor", "C"),)), id="other authors"),
        pytest.param(BARE, replace(BARE, issue="12", page="1301"), id="same title in another issue"),
        pytest.param(
            replace(BARE, page="", title="Collaboration of agencies and child protection"),
            replace(BARE, page="", title="Collaboration of agencies and child protection workers in Ireland"),
            id="a longer title without a break, pages unknown",
        ),
        pytest.param(BOOK, replace(BOOK, edition="2nd"), id="second edition"),
        pytest.param(BOOK, replace(BOOK, issued="2004"), id="edition of another year"),
        pytest.param(
            BOOK,
            replace(BOOK, type="chapter", container_title=BOOK.title, page="3-11"),
            id="chapter named as its book",
        ),
        pytest.param(
            BOOK, replace(BOOK, type="review-book", container_title="Health"), id="review of the book"
        ),
        pytest.param(BOOK, replace(BOOK, type="thesis"), id="thesis and book"),
        pytest.param(
            Record(
                title="Editorial",
                authors=(Author("Lee", "A"),),
                issued="2000",
                container_title="Q",
                volume="24",
            ),
            Record(
                title="Editorial",
                authors=(Author("Lee", "A"),),
                issued="2000",
                container_title="Q",
                volume="24",
            ),
            id="two editorials of one volume",
        ),
        pytest.param(Record(), Record(), id="nothing at all"),
        pytest.param(replace(BARE, title=""), replace(BARE, title=""), id="no titles"),
    ],
)
def test_different_works_are_kept_apart(one, other):
    assert not joined(replace(one, id="x"), replace(other, id="y"))


def test_reasons_say_why_in_words():
    (found,) = group([DARLINGTON, replace(BARE, container_title="Child Abuse Negl", volume="28")])
    (reason,) = found.reasons
    assert (reason.first, reason.second) == (0, 1)
    assert reason.why.startswith("same title, first author Darlington, year 2005, journal, ")
    assert reason.why.endswith("; volumes differ")
    (found,) = group([DARLINGTON, DARLINGTON])
    assert found.reasons[0].why.startswith("same DOI 10.1016/j.chiabu.2005.04.005, title")


def test_no_chain_joins_two_works_that_conflict():
    other = replace(DARLINGTON, doi="10.1016/other")
    groups = group([DARLINGTON, BARE, other])
    assert sorted(len(found.members) for found in groups) == [1, 2]
    assert {0, 2} not in [set(found.members) for found in groups]


def test_doubtful_pairs_are_told_with_their_conflict():
    (pair,) = doubtful([DARLINGTON, replace(DARLINGTON, doi="10.1016/other"), BOOK])
    assert (pair.first, pair.second) == (0, 1)
    assert "DOIs differ" in pair.why


def test_a_group_has_one_reason_fewer_than_members():
    for found in group([DARLINGTON, BARE, BOOK, replace(BARE, issue=""), BOOK]):
        assert len(found.reasons) == len(found.members) - 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("Br J Gen Pract", "British Journal of General Practice", True, id="first letters"),
        pytest.param("J Hlth Serv Res", "Journal of Health Services Research", True, id="letters left out"),
        pytest.param("Child Abuse & Neglect", "Child Abuse and Neglect", True, id="ampersand"),
        pytest.param("JAMA", "Journal of the American Medical Association", True, id="initials"),
        pytest.param("J Int Neuropsychol Soc : JINS", "J Int Neuropsychol Soc", True, id="initials behind"),
        pytest.param("Nephron (Online)", "Nephron", True, id="medium behind"),
        pytest.param("Journal of Nursing", "Journal of Nephrology", False, id="two journals"),
        pytest.param("Brain", "Brain Injury", False, id="one word is not enough"),
    ],
)
def test_journals_are_known_by_their_abbreviations(one, other, same):
    assert (same_container(one.casefold(), other.casefold()) == 1) is same
    assert same_container(one.casefold(), other.casefold()) == same_container(
        other.casefold(), one.casefold()
    )


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        pytest.param("187-98", "187", "198", id="range shortened"),
        pytest.param("187–198", "187", "198", id="en dash"),
        pytest.param("pp. 1085-1098", "1085", "1098", id="pp."),
        pytest.param("e753-61", "e753", "e761", id="electronic"),
        pytest.param("S12-S15", "s12", "s15", id="supplement"),
        pytest.param("188", "188", "", id="article number"),
        pytest.param("215 p", "", "", id="a number of pages"),
        pytest.param("", "", "", id="none"),
    ],
)
def test_pages_are_read_in_full(text, first, last):
    assert first_and_last(text) == (first, last)


families = st.sampled_from(["Smith", "Smyth", "Ødegård", "Odegard", "Jones", ""])
titles = st.sampled_from(
    [
        "Teams in primary care: a review",
        "Teams in primary care",
        "Teams in primary care: a reveiw",
        "Erratum: Teams in primary care: a review",
        "Sharing information between agencies, part 1",
        "Sharing information between agencies, part 2",
        "Editorial",
        "",
    ]
)
records = st.builds(
    Record,
    id=st.sampled_from("abc"),
    type=st.sampled_from(["article-journal", "book", "chapter", "document"]),
    title=titles,
    authors=st.builds(
        lambda family, given: (Author(family, given),) if family else (),
        families,
        st.sampled_from(["A", "B C", ""]),
    ),
    issued=st.sampled_from(["2004", "2005", "2005-10", "2011", ""]),
    container_title=st.sampled_from(["Journal of Care", "J Care", "Health", "arXiv", ""]),
    volume=st.sampled_from(["1", "2", ""]),
    page=st.sampled_from(["1-9", "10-19", "10-9", ""]),
    doi=st.sampled_from(["10.1000/a", "10.1000/b", "", ""]),
)


def contents(some: list[Record]) -> list[list[str]]:
    return sorted(sorted(repr(some[place]) for place in found.members) for found in group(some))


@settings(max_examples=150, deadline=None)
@given(some=st.lists(records, max_size=9), shuffle=st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order(some, shuffle):
    again = list(some)
    shuffle.shuffle(again)
    assert contents(again) == contents(some)


@settings(max_examples=100, deadline=None)
@given(some=st.lists(records, max_size=9))
def test_every_record_is_in_one_group(some):
    assert sorted(place for found in group(some) for place in found.members) == list(range(len(some)))


@settings(max_examples=150, deadline=None)
@given(some=st.lists(records, max_size=12))
def test_grouping_neighbourhoods_is_grouping_everything(some):
    apart = [grouping for near in neighbourhoods(some) for grouping in contents(near)]
    assert sorted(apart) == contents(some)


def neighbourhoods(some: list[Record]) -> list[list[Record]]:
    """The records that chains of shared keys connect."""
    blocks = defaultdict(set)
    for place, record in enumerate(some):
        for key in blocking_keys(record):
            blocks[key].add(place)
    near, left = [], set(range(len(some)))
    while left:
        reached, frontier = set(), {min(left)}
        while frontier:
            reached |= frontier
            shared = (block for block in blocks.values() if block & frontier)
            frontier = set().union(*shared) - reached
        left -= reached
        near.append([some[place] for place in sorted(reached)])
    return near
