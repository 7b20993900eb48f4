"""What holds for every parser, whatever the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import csl
from corpus.record import Problem, SourceRecord
from ingest.files.text import Text
from ingest.formats import PARSERS, detect
from kb.cli.options import FORMATS

WHOLE = {
    "csv": 'Title,Authors,Year\nOne,"Smith, John; Wu, K",2001\nTwo,"Wu, K",2002\n',
    "xlsx": "\x02S\x031\x03Title,Authors,Year\n\x02S\x032\x03One,Smith J,2001\n\x02S\x033\x03Two,Wu K,2002\n",
    "ris": (
        "TY  - JOUR\nID  - a\nAU  - Smith, John\nTI  - One\nPY  - 2001\nER  - \n\n"
        "TY  - BOOK\nTI  - Two\nER  - \n"
    ),
    "bibtex": (
        "@article{a,\n  author = {Smith, John},\n  title = {One},\n  year = 2001\n"
        "}\n\n@book{b, title = {Two}}\n"
    ),
    "nbib": "PMID- 1\nTI  - One\nFAU - Smith, John\nDP  - 2001 Jan\n\nPMID- 2\nTI  - Two\nFAU - Wu, K\n",
    "csl-json": (
        '[{"id": "a", "type": "book", "title": "One"},\n {"id": "b", "type": "book", "title": "Two"}]\n'
    ),
    "openalex": (
        '{"meta": {"count": 2}, "results": [\n'
        '{"id": "https://openalex.org/W1", "title": "One", "authorships": []},\n'
        '{"id": "https://openalex.org/W2", "title": "Two", "authorships": []}\n]}\n'
    ),
    "crossref": (
        '{"DOI": "10.1/a", "title": ["One"], "type": "book", "reference-count": 0}\n'
        '{"DOI": "10.1/b", "title": ["Two"], "type": "book", "reference-count": 0}\n'
    ),
    "europepmc": (
        '{"version": "6.9", "hitCount": 2, "resultList": {"result": [\n'
        '{"id": "1", "source": "MED", "title": "One", "pubYear": "2001"},\n'
        '{"id": "2", "source": "MED", "title": "Two", "pubYear": "2002"}\n]}}\n'
    ),
    "pubmed-xml": (
        "<PubmedArticleSet>\n<PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        "<ArticleTitle>One</ArticleTitle></Article></MedlineCitation></PubmedArticle>\n"
        "<PubmedArticle><MedlineCitation><PMID>2</PMID><Article>"
        "<ArticleTitle>Two</ArticleTitle></Article></MedlineCitation></PubmedArticle>\n</PubmedArticleSet>\n"
    ),
    "endnote-xml": (
        "<xml><records><record><rec-number>1</rec-number><titles><title>One</title></titles></record>\n"
        "<record><rec-number>2</rec-number><titles><title>Two</title></titles></record></records></xml>\n"
    ),
    "labelled": (
        "Author SMITH John\nTitle One\nPublisher Sage, 2001, 20p.\n"
        "Abstract The first of two abstracts here.\n\n"
        "Author WU Kim\nTitle Two\nPublisher Sage, 2002, 30p.\nAbstract The second of two abstracts here.\n"
    ),
}
WHOLE |= {
    "refer": "%0 Journal Article\n%T One\n%A Smith, John\n%D 2001\n\n%0 Book\n%T Two\n%A Wu, K\n",
    "wos": (
        "FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Smith, J\n   Wu, K\nTI One\nPY 2001\nER\n\n"
        "PT B\nAU Wu, K\nTI Two\nER\n\nEF\n"
    ),
    "ovid": (
        "<1>\nVN  - Ovid Technologies\nUI  - 1\nTI  - One\nAU  - Smith J\nSO  - J. 1(2):3-4, 2001.\n\n"
        "<2>\nVN  - Ovid Technologies\nUI  - 2\nTI  - Two\nAU  - Wu K\n"
    ),
    "refworks": "RT Journal Article\nA1 Smith,John\nT1 One\nYR 2001\n\nRT Book, Whole\nA1 Wu,K\nT1 Two\n",
}
every_parser = pytest.mark.parametrize("name", PARSERS)

# Pieces that parsers trip over, put together at random.
_ODD = """
ER  -
TY  -
ER
}
{
"
@article{x,
@string{a = 1}
title = {A,
% note
@
[
]
{"title": "A"
PMID-
OWN - ERIC
      more
Abstract
Title: A
In 2005 it
1.
<2>
Provider: x
\\'{
$x
author = and and and
AU  - ,
DP  - 2001 Foo
year = {20 01}
----
"""
_SCRAPS = st.sampled_from("\n".join([_ODD, *WHOLE.values()]).split("\n"))
TEXTS = st.one_of(
    st.lists(_SCRAPS, max_size=25).map("\n".join),
    st.text(max_size=300),
    st.text(alphabet='@{}",=#\n \\ab%$-[]:', max_size=200),
)
bounded = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_every_parser_has_a_whole_example_here():
    assert set(WHOLE) == set(PARSERS)


@every_parser
def test_a_whole_text_is_detected_and_gives_two_records(name):
    assert detect(WHOLE[name]).name == name
    pieces = list(PARSERS[name].parse(Text([WHOLE[name]], "file")))
    assert [csl.decode(piece.fields).title for piece in pieces] == ["One", "Two"]
    assert {piece.format for piece in pieces} == {name}


@every_parser
@bounded
@given(text=TEXTS)
def test_no_text_makes_a_parser_raise_and_the_same_text_gives_the_same_pieces(name, text):
    pieces = list(PARSERS[name].parse(Text([text], "file")))
    assert pieces == list(PARSERS[name].parse(Text([text], "file")))
    for piece in pieces:
        assert isinstance(piece, (SourceRecord, Problem))
        assert piece.raw.strip()
        assert piece.source == "file"


@every_parser
@bounded
@given(text=TEXTS)
def test_each_piece_is_printed_in_the_text_where_it_says(name, text):
    lines = text.split("\n")
    for piece in PARSERS[name].parse(Text([text], "file")):
        assert 1 <= piece.line <= len(lines)
        first = piece.raw.split("\n")[0]
        assert first in lines[piece.line - 1] or first in text
        assert piece.raw in text


@every_parser
@bounded
@given(text=TEXTS)
def test_fields_decode_to_a_record_and_encode_again(name, text):
    for piece in PARSERS[name].parse(Text([text], "file")):
        if isinstance(piece, SourceRecord):
            assert csl.decode(piece.fields) == piece.record


@every_parser
@bounded
@given(text=TEXTS, size=st.integers(1, 50))
def test_a_text_in_small_parts_gives_the_pieces_of_the_whole(name, text, size):
    pieces = list(PARSERS[name].parse(Text([text], "file")))
    blocks = (text[place : place + 7] for place in range(0, len(text), 7))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.files.text.PART", size)
        assert list(PARSERS[name].parse(Text(blocks, "file"))) == pieces


def _lost(text: str, raws: list[str], furniture: re.Pattern[str]) -> list[str]:
    kept = "\n".join(raws)
    # The brackets and commas around JSON items are theirs no more.
    lines = [line.strip(" \t[]{},") for line in text.split("\n") if not furniture.match(line)]
    return [line for line in lines if line and line not in kept]


# Lines that a format itself calls furniture: headers, numbers, comments, brackets of an array.
_NUMBERS = re.compile(r"\s*(?:Provider:.*|<?\d+[.>]?|[-=_*~#\s]+)\s*\Z")
FURNITURE = {
    "ris": re.compile(r"\s*(?:Provider:.*|<?\d+[.>]|-+|\[|\]|[-=_*~#\s]+|E[FR](?:\s.*)?)\s*\Z"),
    "nbib": _NUMBERS,
    "csl-json": re.compile(r"(?:[\s\[\]{},;]|\d+\.)*\Z"),
    "refer": _NUMBERS,
    "wos": re.compile(rf"{_NUMBERS.pattern}|(?:FN|VR) .*\Z|E[RF]\s*\Z"),
    "ovid": _NUMBERS,
    "refworks": _NUMBERS,
}


@pytest.mark.parametrize("name", FURNITURE)
@bounded
@given(lines=st.lists(_SCRAPS, max_size=25))
def test_every_line_lies_in_a_piece_or_is_furniture(name, lines):
    text = "\n".join(lines)
    raws = [piece.raw for piece in PARSERS[name].parse(Text([text], "file"))]
    assert _lost(text, raws, FURNITURE[name]) == []


@bounded
@given(
    before=st.integers(0, 3),
    after=st.integers(0, 3),
    broken=st.sampled_from(
        [
            "@article{x,\n title = {Open,\n}",
            '@book{x, title = "Open}',
            "@misc{x, title {No sign}}",
            "@book{x, = {A}}",
        ]
    ),
)
def test_a_broken_bibtex_entry_is_one_problem_and_its_neighbours_are_whole(before, after, broken):
    def entry(number: int) -> str:
        return f"@book{{key{number},\n  title = {{Title {number}}}\n}}"

    text = "\n\n".join([*map(entry, range(before)), broken, *map(entry, range(before, before + after))])
    pieces = list(PARSERS["bibtex"].parse(Text([text], "file")))
    problems = [piece for piece in pieces if isinstance(piece, Problem)]
    assert [problem.raw for problem in problems] == [broken]
    titles = [piece.fields["title"] for piece in pieces if isinstance(piece, SourceRecord)]
    assert titles == [f"Title {number}" for number in range(before + after)]


@every_parser
def test_a_parser_recognises_no_other_formats_text(name):
    for other, text in WHOLE.items():
        assert PARSERS[name].recognises(text) == (other == name)


def test_the_command_line_offers_every_format():
    assert set(FORMATS) == set(PARSERS)
