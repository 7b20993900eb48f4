"""Dates and pages as people and databases print them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fields.dates import database_date, printed_date
from ingest.fields.pages import page_range, total_pages

EDTF = re.compile(r"(?:\d{4}(?:-\d\d){0,2}(?:/\d{4}(?:-\d\d){0,2})?)?\Z")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2005", "2005"),
        ("2005-10-14", "2005-10-14"),
        pytest.param("2004-05", "2004-05", id="May, not a range of years"),
        pytest.param("2005-23", "2005-23", id="EDTF's autumn"),
        pytest.param("2004/05//", "2004-05", id="RIS: year/month/day/other"),
        pytest.param("2005/10/14/", "2005-10-14", id="RIS with a day"),
        pytest.param("2005/Oct/14/", "2005-10-14", id="RIS with the name of a month"),
        pytest.param("2005///Autumn", "2005-23", id="RIS with a season"),
        pytest.param("2004///2004/2005", "2004/2005", id="a range in RIS"),
        pytest.param("2019//", "2019", id="Ovid"),
        pytest.param("2018/04", "2018-04", id="TRID"),
        pytest.param("Start date: 20170812", "2017-08-12", id="TRID, compact"),
        pytest.param("4-8 Aug. 2020", "2020-08-04/2020-08-08", id="IEEE, days of a conference"),
        pytest.param("2019 Jan-Feb", "2019-01/2019-02", id="PubMed, two months"),
        pytest.param("1998 Dec-1999 Jan", "1998-12/1999-01", id="PubMed, over the year's end"),
        pytest.param("2004 Spring", "2004-21", id="PubMed, season"),
        pytest.param("2005 Oct 14", "2005-10-14", id="PubMed, day"),
        pytest.param("MAR 1 2022", "2022-03-01", id="Web of Science"),
        pytest.param("2020/13/45", "2020", id="no such month"),
        ("in press", ""),
        ("", ""),
    ],
)
def test_dates_of_databases(text, date):
    assert database_date(text) == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("October 2005", "2005-10"),
        ("14 October 2005", "2005-10-14"),
        ("October 14th, 2005", "2005-10-14"),
        ("Autumn 2005", "2005-23"),
        pytest.param("2004/05", "2004/2005", id="a financial year, not May"),
        pytest.param("2005/10", "2005-10", id="no year follows 2005 that ends in 10"),
        pytest.param("1999/00", "1999/2000", id="over the century"),
        pytest.param("May/June 2003", "2003-05/2003-06", id="two months"),
        pytest.param("23/04/2005", "2005-04-23", id="day first"),
        pytest.param("03/04/2005", "2005", id="March or April"),
        pytest.param("c2005", "2005", id="copyright year"),
        ("[2005]", "2005"),
        ("n.d.", ""),
        pytest.param("Octopus 2005", "2005", id="begins like a month"),
    ],
)
def test_printed_dates(text, date):
    assert printed_date(text) == date


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[0-9/ -]{0,14}(Oct|May|Spring)?[0-9/ -]{0,8}")))
def test_whatever_is_printed_gives_edtf_or_nothing(text):
    assert EDTF.match(database_date(text))
    assert EDTF.match(printed_date(text))


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("475-82", "475-482"),
        ("pp.1085-98", "1085-1098"),
        ("pp1085-1098", "1085-1098"),
        ("122--4", "122-124"),
        ("30–37", "30-37"),
        ("S45-8", "S45-S48"),
        ("e12-e19", "e12-e19"),
        ("12, 15-8", "12, 15-18"),
        ("p12-p15", "12-15"),
        ("98-102", "98-102"),
        ("xii-xx", "xii-xx"),
        ("1400-14114059", "1400-14114059"),
        ("R5", "R5"),
    ],
)
def test_page_ranges_are_written_out(text, pages):
    assert page_range(text) == pages
    assert page_range(pages) == pages


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("165p.", "165"),
        ("13p", "13"),
        ("xii, 220p.", "220"),
        ("146 pages", "146"),
        ("220", ""),
        ("pp. 3-9", ""),
    ],
)
def test_numbers_of_pages(text, total):
    assert total_pages(text) == total
