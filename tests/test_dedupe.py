"""Descriptions of one work come together, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.record import Author, Record
from ingest.fields.pages import first_and_last
from ingest.works.containers import same_container
from ingest.works.dedupe import Verdicts, blocking_keys, doubtful, fingerprint, group, related
from ingest.works.describing import content, describe
from ingest.works.matching import compare

UNDECIDED = Verdicts()
TEAMS_FINGERPRINT = "f540c75606096bdcf4c5175123f39d13"
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
COCHRANE = Record(
    type="article-journal",
    title="Interprofessional education: effects on professional practice",
    authors=(Author("Reeves", "S"), Author("Zwarenstein", "M")),
    issued="2005",
    container_title="Cochrane Database of Systematic Reviews",
    issue="3",
    page="CD001190",
)


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
        pytest.param(replace(DARLINGTON, doi="10.1016/j.chiabu.2005.04.006"), id="DOI mistyped"),
        pytest.param(replace(DARLINGTON, doi="10.1016/j.chiabu.2005.04"), id="DOI cut off"),
        pytest.param(replace(DARLINGTON, doi="10.2307/4132321"), id="DOI of the copy in JSTOR"),
        pytest.param(replace(BARE, title=f"RETRACTED: {BARE.title}"), id="article that was retracted"),
        pytest.param(replace(BARE, title=f"WITHDRAWN: {BARE.title}."), id="article that was withdrawn"),
        pytest.param(replace(BARE, volume="", issue="29", page="10"), id="columns slipped"),
        pytest.param(replace(BARE, page="S1085-S1098"), id="letters before the pages"),
        pytest.param(replace(BARE, issued="2003"), id="year misprinted, the place the same"),
        pytest.param(
            replace(BARE, authors=(Author("Darlington", "YM"), *DARLINGTON.authors[1:])), id="initials"
        ),
        pytest.param(replace(BARE, type="chapter"), id="series of books that is a journal to some"),
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
        pytest.param(
            BARE, replace(BARE, title=f"Retraction: {BARE.title}", page="77"), id="retraction notice"
        ),
        pytest.param(BARE, replace(BARE, title=f"{BARE.title}: study protocol"), id="protocol"),
        pytest.param(BARE, replace(BARE, title=f"{BARE.title}: an update", page=""), id="update"),
        pytest.param(
            replace(BARE, title=f"{BARE.title}. Part A"),
            replace(BARE, title=f"{BARE.title}. Part B"),
            id="parts by letter",
        ),
        pytest.param(
            replace(BARE, title=f"The first part of {BARE.title}"),
            replace(BARE, title=f"The second part of {BARE.title}"),
            id="parts by ordinal",
        ),
        pytest.param(
            replace(BARE, title="连续护理对老年患者生活质量的影响(上)"),
            replace(BARE, title="连续护理对老年患者生活质量的影响(下)"),
            id="parts in Chinese",
        ),
        pytest.param(
            BARE, replace(BARE, issue="Suppl 1", page="S12"), id="abstract in a supplement of the same volume"
        ),
        pytest.param(
            COCHRANE,
            replace(COCHRANE, issued="2006", issue="4"),
            id="update of a Cochrane review a year later",
        ),
        pytest.param(
            replace(COCHRANE, doi="10.1002/14651858.CD001190.pub2"),
            replace(COCHRANE, doi="10.1002/14651858.CD001190.pub3"),
            id="versions of a Cochrane review in one year",
        ),
        pytest.param(
            replace(BARE, doi="10.12688/f1000research.1234.1"),
            replace(BARE, doi="10.12688/f1000research.1234.2"),
            id="versions of an F1000 article",
        ),
        pytest.param(
            DARLINGTON,
            replace(DARLINGTON, title=f"Erratum: {BARE.title}", abstract="x" * 400),
            id="erratum with the DOI of its article",
        ),
        pytest.param(
            Record(title="Annual report 2004", authors=(Author(literal="Trust"),), issued="2005"),
            Record(title="Annual report 2005", authors=(Author(literal="Trust"),), issued="2005"),
            id="annual reports",
        ),
        pytest.param(
            replace(BARE, title="Letter", page="12"),
            replace(BARE, title="Letter", page="13"),
            id="two letters of one team",
        ),
        pytest.param(
            replace(BARE, title="Reply", page=""),
            replace(BARE, title="Reply", page=""),
            id="two replies, no pages",
        ),
        pytest.param(
            replace(DARLINGTON, title="Effects of training on trust in child protection teams", page="S4"),
            replace(DARLINGTON, title="Effects of training on pay in child protection teams", page="S9"),
            id="one team's abstracts in a supplement with one DOI",
        ),
        pytest.param(
            replace(DARLINGTON, title="Oral 12: trust between agencies", page="S4"),
            replace(DARLINGTON, title="Poster 80: pay of social workers", page="S4"),
            id="one team's abstracts on a page of a supplement with one DOI",
        ),
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


def test_a_title_and_an_abstract_word_for_word_are_enough():
    abstract = "Agencies that share children seldom share what they know of them. " * 8
    listed = Record(title=BARE.title, abstract=abstract)
    assert joined(listed, Record(title=BARE.title.upper(), abstract=abstract[:400]))
    assert not joined(listed, Record(title=BARE.title, abstract=abstract.replace("seldom", "never")))
    assert not joined(listed, Record(title=f"Erratum: {BARE.title}", abstract=abstract))
    assert not joined(
        replace(BARE, abstract=abstract), replace(BARE, container_title="medRxiv", abstract=abstract)
    )


def test_an_article_that_its_journal_printed_twice_is_one():
    again = replace(DARLINGTON, doi="10.1016/j.chiabu.2006.01.001", issued="2006", volume="30", page="11-24")
    assert not joined(DARLINGTON, again)
    abstract = "Agencies that share children seldom share what they know of them. " * 8
    assert joined(replace(DARLINGTON, abstract=abstract), replace(again, abstract=abstract))


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


def test_a_column_that_returns_in_each_issue_is_not_doubtful():
    column = replace(BARE, title="Editorial", doi="")
    assert doubtful([column, replace(column, issue="11", page="1201"), replace(column, issue="12")]) == []


def test_of_two_groups_the_likest_pair_is_told():
    other = replace(DARLINGTON, doi="10.1016/other")
    (pair,) = doubtful([DARLINGTON, DARLINGTON, replace(other, issue=""), other])
    assert (pair.first, pair.second) == (0, 3)


def pair(one: Record, other: Record) -> tuple[str, str]:
    first, second = sorted((fingerprint(one), fingerprint(other)))
    return first, second


def test_a_fingerprint_stands_for_all_but_the_key_of_the_source():
    assert fingerprint(DARLINGTON) == fingerprint(replace(DARLINGTON, id="another"))
    assert fingerprint(DARLINGTON) != fingerprint(BARE)
    assert fingerprint(replace(BARE, extra={"a": ["1"]})) != fingerprint(replace(BARE, extra={"a": ["2"]}))
    # Decisions are kept by it: it may not change with the program.
    assert fingerprint(Record(title="Teams", authors=(Author("Ødegård"),))) == TEAMS_FINGERPRINT


def test_together_joins_what_conflicts_and_says_so():
    other = replace(DARLINGTON, doi="10.1016/other")
    (found,) = group([DARLINGTON, other], Verdicts(together=frozenset([pair(DARLINGTON, other)])))
    assert [reason.why for reason in found.reasons] == ["decided by hand"]


def test_what_is_one_with_a_part_of_a_decided_work_still_joins_it():
    other = replace(DARLINGTON, doi="10.1016/other")
    again = replace(DARLINGTON, issue="")
    verdicts = Verdicts(together=frozenset([pair(DARLINGTON, other)]))
    assert [found.members for found in group([DARLINGTON, other, again], verdicts)] == [(0, 1, 2)]


def test_apart_holds_through_others():
    shorter = replace(BARE, issue="")
    verdicts = Verdicts(apart=frozenset([pair(DARLINGTON, shorter)]))
    groups = [set(found.members) for found in group([DARLINGTON, BARE, shorter], verdicts)]
    assert len(groups) == 2
    assert all(not {0, 2} <= members for members in groups)
    assert doubtful([DARLINGTON, shorter], verdicts) == []


def test_apart_outweighs_together():
    decided = frozenset([pair(DARLINGTON, BARE)])
    assert len(group([DARLINGTON, BARE], Verdicts(together=decided, apart=decided))) == 2


def test_a_short_title_by_a_misspelt_name_is_found():
    one = Record(title="Teams in primary care", authors=(Author("Smith", "A"),), issued="2004")
    other = replace(one, authors=(Author("Smyth", "A"),))
    assert blocking_keys(one) & blocking_keys(other)


def test_a_crowd_of_equals_is_one_work():
    crowd = [BARE] * 300 + [replace(BARE, issue="")] * 300
    assert [len(found.members) for found in group(crowd)] == [600]


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        pytest.param(replace(BARE, title=f"Erratum: {BARE.title}", page="77"), BARE, "erratum", id="erratum"),
        pytest.param(
            replace(BARE, title=f"{BARE.title} (vol 29, pg 1085, 2005)", page="77"), BARE, "erratum", id="WoS"
        ),
        pytest.param(
            replace(BARE, title=f"Comment on: {BARE.title}", authors=(Author("Ray", "A"),), page="1099"),
            BARE,
            "comment",
            id="comment by others",
        ),
        pytest.param(
            replace(BARE, title=f"{BARE.title}: study protocol", issued="2003"),
            BARE,
            "protocol",
            id="protocol",
        ),
        pytest.param(
            replace(BARE, container_title="medRxiv", volume="", issue="", page="", issued="2004"),
            BARE,
            "preprint",
            id="preprint of the year before",
        ),
        pytest.param(
            replace(BARE, issue="Suppl 1", page="S12", issued="2004", volume="28"),
            BARE,
            "abstract",
            id="conference abstract",
        ),
        pytest.param(replace(COCHRANE, issued="2009", issue="1"), COCHRANE, "version", id="Cochrane, no DOI"),
        pytest.param(
            replace(COCHRANE, doi="10.1002/14651858.CD001190.pub2", issued="2009"),
            replace(COCHRANE, doi="10.1002/14651858.CD001190"),
            "version",
            id="Cochrane by DOI",
        ),
        pytest.param(replace(BOOK, edition="2nd", issued="2011"), BOOK, "edition", id="second edition"),
        pytest.param(
            Record(
                type="chapter",
                title="Models of teams",
                authors=(Author("Reeves", "S"),),
                issued="2003",
                container_title=BOOK.title,
            ),
            BOOK,
            "chapter",
            id="chapter",
        ),
        pytest.param(
            replace(BARE, title="Review of " + BOOK.title, authors=(Author("Ray", "A"),), issued="2004"),
            BOOK,
            "review",
            id="review of a book",
        ),
    ],
)
def test_related_works_are_linked_in_their_direction(one, other, relation):
    (link,) = related([one, other])
    assert (link.first, link.second, link.relation) == (0, 1, relation)
    (link,) = related([other, one])
    assert (link.first, link.second, link.relation) == (1, 0, relation)
    assert doubtful([one, other]) == []


def test_parts_are_linked_and_strangers_are_not():
    parts = [replace(BARE, title=f"{BARE.title}. Part {n}", page=f"{n}0-{n}9") for n in (1, 2)]
    (link,) = related(parts)
    assert link.relation == "part"
    assert related([BARE, BOOK, COCHRANE]) == []


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


def contents(some: list[Record], verdicts: Verdicts = UNDECIDED) -> list[list[str]]:
    found = group(some, verdicts)
    return sorted(sorted(content(some[place]) for place in each.members) for each in found)


@st.composite
def decided(draw):
    """Some records, and verdicts on some of their pairs."""
    some = draw(st.lists(records, max_size=8))
    names = sorted({fingerprint(record) for record in some})
    pairs = [(one, other) for one in names for other in names if one <= other]
    chosen = st.frozensets(st.sampled_from(pairs), max_size=4) if pairs else st.just(frozenset())
    return some, Verdicts(together=draw(chosen), apart=draw(chosen))


@settings(max_examples=150, deadline=None)
@given(decided=decided(), shuffle=st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order(decided, shuffle):
    some, verdicts = decided
    again = list(some)
    shuffle.shuffle(again)
    assert contents(again, verdicts) == contents(some, verdicts)


@settings(max_examples=150, deadline=None)
@given(decided=decided())
def test_verdicts_hold_whatever_the_comparison_says(decided):
    some, verdicts = decided
    names = [fingerprint(record) for record in some]
    for found in group(some, verdicts):
        inside = {tuple(sorted((names[a], names[b]))) for a, b in combinations(found.members, 2)}
        assert not inside & verdicts.apart
    if not verdicts.apart:
        home = {place: found.members for found in group(some, verdicts) for place in found.members}
        for left, right in combinations(range(len(some)), 2):
            if tuple(sorted((names[left], names[right]))) in verdicts.together:
                assert right in home[left]


@settings(max_examples=100, deadline=None)
@given(one=records, other=records)
def test_comparing_makes_no_difference_between_the_two(one, other):
    left, right = describe(one), describe(other)
    assert str(compare(left, right)) == str(compare(right, left))
    assert compare(left, right).joins == compare(right, left).joins


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
    """The records that chains of joins connect."""
    descriptions = [describe(record) for record in some]
    near, left = [], set(range(len(some)))
    while left:
        reached, frontier = set(), {min(left)}
        while frontier:
            reached |= frontier
            frontier = {
                other
                for other in left - reached
                if any(compare(descriptions[place], descriptions[other]).joins for place in frontier)
            }
        left -= reached
        near.append([some[place] for place in sorted(reached)])
    return near
