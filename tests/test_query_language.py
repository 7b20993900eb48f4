from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language import parse, plain
from index.tree import And, Every, Facet, Not, Or, Phrase, Term, Years, asked, conditions


@pytest.mark.parametrize(
    ("text", "as_run"),
    [
        pytest.param("trust power", "trust OR power", id="words may match"),
        pytest.param("why do agencies not trust each other?", "agencies OR trust", id="a plain question"),
        pytest.param("trust and not power", "trust OR power", id="and, not in lower case are words"),
        pytest.param("the of", "the OR of", id="words that say nothing stay where there are no others"),
        pytest.param("trust trust power", "trust^2 OR power", id="a repeated word counts twice"),
        pytest.param("trust AND power", "trust AND power", id="AND"),
        pytest.param("trust OR power AND money", "trust OR (power AND money)", id="AND binds before OR"),
        pytest.param("trust NOT school", "trust AND NOT school", id="NOT beside words excludes"),
        pytest.param("NOT school", "NOT school", id="NOT alone"),
        pytest.param("NOT NOT school", "school", id="NOT NOT, on which Whoosh's own tree fails"),
        pytest.param("trust AND", "trust", id="an operator at the end"),
        pytest.param("OR trust", "trust", id="an operator at the beginning"),
        pytest.param("NOT", "not", id="an operator alone is a word"),
        pytest.param("(trust OR power) AND school", "(trust OR power) AND school", id="brackets"),
        pytest.param("((trust", "trust", id="brackets left open"),
        pytest.param("trust) power", "trust OR power", id="a bracket only closed"),
        pytest.param('"joint working"', '"joint working"', id="phrase"),
        pytest.param("“joint working”", '"joint working"', id="curly quotes"),
        pytest.param('"joint', "joint", id="a quote left open"),
        pytest.param('""', "*:*", id="an empty phrase"),
        pytest.param('"inter-agency working"', '"interagency working"', id="phrase over variants"),
        pytest.param('"trust power"~3', '"trust power"~3', id="near words"),
        pytest.param('"the trust of the power"~0', '"the trust of the power"', id="no distance 0"),
        pytest.param("collab*", "collab*", id="pattern"),
        pytest.param("wom*n", "wom*n", id="pattern within"),
        pytest.param("*trust*", "trust", id="emphasis is no pattern"),
        pytest.param("c*", "c*", id="pattern of one letter"),
        pytest.param("*rust", "*rust", id="pattern of an end"),
        pytest.param("*", "*:*", id="an asterisk alone"),
        pytest.param("fuzzi~", "fuzzi~", id="fuzzy"),
        pytest.param("fuzzi~2", "fuzzi~2", id="fuzzier"),
        pytest.param("trust^3", "trust^3", id="boost"),
        pytest.param("inter agency working", "interagency OR working", id="two words that are one"),
        pytest.param("inter- and multi-agency", "interagency OR multiagency", id="a word left out"),
        pytest.param("evidence-based AND care", '"evidence based" AND care', id="a hyphened word under AND"),
        pytest.param("title:trust barriers", "barriers AND title:trust", id="a field must hold"),
        pytest.param("title:(trust OR power)", "title:trust OR title:power", id="a field of a group"),
        pytest.param('author:"van der Berg"', 'author:"van der berg"', id="a field of a phrase"),
        pytest.param("theme:co-location trust", "trust AND theme:co-location", id="ids are not joined"),
        pytest.param('theme:"Information sharing"', "theme:information-sharing", id="a theme by its name"),
        pytest.param("theme:a OR theme:b", "theme:a OR theme:b", id="alternatives"),
        pytest.param(
            "(theme:a OR theme:b) trust", "trust AND (theme:a OR theme:b)", id="alternatives must hold"
        ),
        pytest.param("year:[2000 TO 2009]", "year:[2000 TO 2009]", id="years"),
        pytest.param("year:{2000 to 2009}", "year:[2000 TO 2009]", id="years in braces, small to"),
        pytest.param("year:2009-2000", "year:[2000 TO 2009]", id="years backwards"),
        pytest.param("year:2005", "year:2005", id="one year"),
        pytest.param("year:>2005", "year:[2006 TO ]", id="after a year"),
        pytest.param("year:<=2005", "year:[ TO 2005]", id="until a year"),
        pytest.param("year:soon", "year OR soon", id="no year"),
        pytest.param(
            "doi:10.1016/S0145-2134(04)00123-4", "doi:10.1016/s0145-2134(04)00123-4", id="a DOI with brackets"
        ),
        pytest.param("https://doi.org/10.1016/j.x.2004.", "doi:10.1016/j.x.2004", id="a DOI as a link"),
        pytest.param("Title: the story of trust", "title OR story OR trust", id="a colon before a space"),
        pytest.param("Trust: a review", "trust OR review", id="a colon in a pasted title"),
        pytest.param("subtitle:trust", "subtitle OR trust", id="an unknown field"),
        pytest.param("TITLE:trust", "title:trust", id="a field in capitals"),
        pytest.param("agencies' views", "agencies OR views", id="an apostrophe"),
        pytest.param("don't", "dont", id="an apostrophe within"),
        pytest.param("???", "*:*", id="only signs"),
        pytest.param("", "*:*", id="nothing"),
        pytest.param("a\x00b trust", "b OR trust", id="NUL"),
        pytest.param('"joint working"^2', '"joint working"^2', id="boost of a phrase"),
        pytest.param("(trust power)^3", "trust^3 OR power^3", id="boost of a group"),
        pytest.param("trust^", "trust", id="boost of nothing"),
        pytest.param("nurse|carer trust", "nurse|carer OR trust", id="ways to say one thing"),
        pytest.param('title:nurse|"joint working"', 'title:nurse|title:"joint working"', id="in a field"),
        pytest.param("exact:trusts", "exact:trusts", id="as printed"),
        pytest.param('exact:"No trust"', 'exact:"no trust"', id="a phrase as printed"),
        pytest.param("keyword:trust journal:bmj", "keyword:trust AND journal:bmj", id="further fields"),
        pytest.param("DOI:10.0000/()0[TI][TI]", "doi:10.0000/()0", id="what stands behind a DOI"),
        pytest.param("colour", "color", id="spellings are one"),
    ],
)
def test_what_is_typed_is_read_as(text, as_run):
    assert str(parse(text).tree) == as_run


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("why do agencies not trust each other?", "why do agencies not trust each other?"),
        ("inter agency working", "inter agency working"),
        ("trust AND theme:x NOT school", "trust"),
        ("author:Smith year:2005", ""),
        ("author:Smith", ""),
        ('title:trust "joint working" collab*', "trust joint working collab"),
        ("???", ""),
        ("p* *rust trust", "trust"),
        ("*trust*", "trust"),
    ],
)
def test_meaning_is_what_a_record_should_be_about(text, meaning):
    assert parse(text).meaning == meaning


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("trust year:abc", ["year:abc"]),
        ("year:[2000 TO", ["year:[2000 TO"]),
        ("year:[2000 TO soon] trust", ["year:[2000 TO soon]"]),
        ("year:20055 (year:99)", ["year:20055", "year:99"]),
        ("year:2005 year:[2000 TO 2009] year:>2005 year:2001-2003", []),
        ('"year:abc" year: midyear:x', []),
    ],
)
def test_what_looks_like_years_and_is_not_is_noted(text, noted):
    notes = [note for note in parse(text).notes if "year:[2000 TO 2009]" in note]
    assert [note.split("`")[1] for note in notes] == noted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("trust power", Every(), id="plain words"),
        pytest.param("trust school NOT power", Not(Term("power")), id="what is excluded"),
        pytest.param("trust theme:x", Facet("theme", "x"), id="fields"),
        pytest.param("trust AND power", And((Term("trust"), Term("power"))), id="AND"),
        pytest.param('"joint working"', Phrase(("joint", "working")), id="a phrase alone"),
        pytest.param('"joint working" trust', Every(), id="a phrase beside words"),
        pytest.param("trust year:2005", Years(2005, 2005), id="years"),
    ],
)
def test_a_record_found_by_meaning_must_match_the_conditions(text, expected):
    assert conditions(parse(text).tree) == expected


@pytest.mark.parametrize(
    ("text", "as_run"),
    [
        pytest.param("trust[ti] AND power[tiab]", "title:trust AND power", id="PubMed"),
        pytest.param('"child abuse"[mh] OR child*[tw]', '"child abuse" OR child*', id="PubMed headings"),
        pytest.param(
            'trust AND ("2000/01/01"[Date - Publication] : "2009/12/31"[Date - Publication])',
            "trust AND year:[2000 TO 2009]",
            id="PubMed dates",
        ),
        pytest.param("trust.ti,ab. and (power adj3 care)", 'trust AND "power care"~3', id="Ovid"),
        pytest.param("exp Child Abuse/", '"child abuse"', id="Ovid headings"),
        pytest.param("collab$ or organi#ation.tw.", "collab* OR organi?ation", id="Ovid patterns"),
        pytest.param(
            "TITLE-ABS-KEY(trust AND power) AND PUBYEAR > 1999",
            "trust AND power AND year:[2000 TO ]",
            id="Scopus",
        ),
        pytest.param(
            "TS=(trust NEAR/3 power) AND PY=2000-2009",
            '"trust power"~4 AND year:[2000 TO 2009]',
            id="Web of Science",
        ),
        pytest.param("TI (trust OR power)", "title:trust OR title:power", id="EBSCO"),
        pytest.param("noft(trust) AND ti(power)", "trust AND title:power", id="ProQuest"),
    ],
)
def test_a_query_of_another_system_is_read_and_said_to_be(text, as_run):
    reading = parse(text)
    assert (str(reading.tree), len(reading.notes)) == (as_run, 1)
    assert reading.notes[0].startswith("Read as a query of another search system: ")


def test_what_has_no_like_here_is_left_out_and_named():
    reading = parse("trust[ti] AND english[la]")
    assert str(reading.tree) == "title:trust"
    assert reading.notes[1] == "Left out, because there is nothing like it here: `english[la]`."
    assert "put those lines together" in parse("#1 AND #2").notes[0]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("titel:trust", "There is no field `titel`, so it was read as words; did you mean title:?"),
        ("title: trust", "`title:` was read as a word; a field touches its value, as in title:trust."),
        ("Title: the story of trust", None),
        ("http://example.org", None),
    ],
)
def test_a_field_that_there_is_not_is_named(text, note):
    assert parse(text).notes == ((note,) if note else ())


def test_words_asked_for_are_not_those_excluded():
    assert asked(parse("trust NOT school theme:x").tree) == [Term("trust")]


def test_a_plain_reading_has_no_operators():
    assert plain("trust AND (power)").tree == Or((Term("trust"), Term("power")))


@pytest.mark.parametrize(
    "text", ["(" * 5000, "NOT " * 5000 + "x", "(x " * 40 + ")" * 40, "a AND " * 300 + "b", '"' * 999]
)
def test_deep_and_long_queries_are_read(text):
    assert parse(text).tree


_TYPED = """
    trust power the and AND OR NOT ( ) " "~3 * ~ ^ ^2 : title: theme:x author: year:[2000 TO 2009] year: [ ]
    inter-agency inter agency health care collab* fuzzi~2 doi:10.1000/x(1) ' - -- ? / { } | a|b exact: ^.5
    keyword:( journal:x titel: [ti] .ti,ab. adj3 NEAR/2 TS=( exp / $ # [mh] #1 1-3 LIMIT-TO(x) PUBYEAR > 1999
"""
_PIECES = st.sampled_from(_TYPED.split())


@given(st.lists(_PIECES, max_size=12).map(" ".join) | st.lists(_PIECES, max_size=8).map("".join) | st.text())
def test_a_query_as_run_means_the_same_when_it_is_typed(text):
    tree = parse(text).tree
    if tree != Every():
        assert parse(str(tree)).tree == tree


@given(st.lists(_PIECES, max_size=8).map(" ".join) | st.text())
def test_every_text_is_read(text):
    reading = parse(text)
    assert str(reading.tree)
    assert conditions(reading.tree)
