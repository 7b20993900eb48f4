"""BibTeX as people, publishers and databases write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import csl
from corpus.kinds import CSL_TYPES, bibtex_subtype, bibtex_type, csl_type_from_bibtex
from corpus.record import Author, Problem, Record, SourceRecord
from ingest.bibtex import Bibtex
from ingest.latex import to_text
from ingest.text import Text


def pieces(text: str) -> list:
    return list(Bibtex().parse(Text([text], "refs.bib")))


def records(text: str) -> list[Record]:
    assert not any(isinstance(piece, Problem) for piece in pieces(text))
    return [csl.decode(piece.fields) for piece in pieces(text)]


def one(fields: str, kind: str = "article") -> Record:
    (record,) = records(f"@{kind}{{key,\n{fields}\n}}")
    return record


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param("@article{a,title={A}}@article{a,title={B}}", ["A", "B"], id="two entries with one key"),
        pytest.param("@article(a, title = {A})", ["A"], id="parentheses"),
        pytest.param(
            "@article{a, title = {A}\n author = {B, C}\n}", ["A"], id="comma missing between fields"
        ),
        pytest.param("@article{a\n title = {A}\n}", ["A"], id="comma missing behind the key"),
        pytest.param("@ article {a, title = {A}}", ["A"], id="space in the type"),
        pytest.param("@Article\n{a, title = {A}}", ["A"], id="new line in the type"),
        pytest.param(
            "@article{a, title = {mail me@x.org}}\nme@x.org wrote\n", ["mail me@x.org"], id="@ in text"
        ),
        pytest.param(
            "% Encoding: UTF-8\n@Comment{jabref-meta: x;}\n@article{a,title={A}}", ["A"], id="JabRef"
        ),
        pytest.param("@article{a,\n % title = {Old},\n title = {A}\n}", ["A"], id="a field commented out"),
        pytest.param(
            '@string{j = "A"}\n@article{a, title = j # " and " # {B}}', ["A and B"], id="macro and #"
        ),
        pytest.param("@article{a, title = undefined}", ["undefined"], id="undefined macro"),
        pytest.param("@article{a, title = 1984}", ["1984"], id="a bare number"),
        pytest.param(
            "@article{a,\n title = {A {b} C},\n keywords = {x}, y} z},\n}", ["A b C"], id="EBSCO's braces"
        ),
        pytest.param("@article{a, TITLE = {{A} b}}", ["A b"], id="capital field name, braced title"),
    ],
)
def test_bibtex_quirks(text, titles):
    assert [record.title for record in records(text)] == titles


def test_a_second_value_of_a_field_is_kept():
    assert one("title = {A}, title = {B}, note = {x}, note = {y}").extra == {"title": "B", "note": ["x", "y"]}


def test_what_a_brace_too_many_cuts_off_is_a_problem():
    first, problem, last = pieces("@article{a, title={A}},\n author={Lost, L},\n}\n@book{b, title={B}}")
    assert isinstance(problem, Problem)
    assert "Lost" in problem.raw
    assert (first.fields["title"], last.fields["title"]) == ("A", "B")


def test_lines_count_from_the_beginning_of_the_file():
    found = pieces("\n\n@article{a, title={A}}\n\n\n@book{b,\n title={B,\n}\n\n@book{c, title={C}}\n")
    assert [piece.line for piece in found] == [3, 6, 10]


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        ('G{\\"o}del, Kurt and {\\O}deg{\\aa}rd, Atle', [Author("Gödel", "Kurt"), Author("Ødegård", "Atle")]),
        ("M{\\\"u}ller, J{\\'e}r{\\^o}me", [Author("Müller", "Jérôme")]),
        ("Ludwig van Beethoven", [Author("Beethoven", "Ludwig", particle="van")]),
        ("van der Berg, Johan", [Author("Berg", "Johan", particle="van der")]),
        ("{van der Berg}, Johan", [Author("van der Berg", "Johan")]),
        ("Smith, Jr, John", [Author("Smith", "John", suffix="Jr")]),
        ("{Barnardo's and Friends}", [Author(literal="Barnardo's and Friends")]),
        pytest.param(
            "World Health Organization", [Author(literal="World Health Organization")], id="unbraced"
        ),
        ("Cher and Smith, {}", [Author("Cher"), Author("Smith")]),
    ],
)
def test_names(names, authors):
    assert list(one(f"author = {{{names}}}").authors) == authors


def test_others_cut_the_authors_short():
    record = one("author = {Wu, K and others}")
    assert (len(record.authors), record.et_al) == (1, True)


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ("year = 2005, month = oct", "issued", "2005-10"),
        pytest.param('year = 2005, month = "14~" # oct', "issued", "2005-10-14", id="BibTeX's own way"),
        pytest.param("year = {2022}, month = {MAR 1}", "issued", "2022-03-01", id="Web of Science"),
        ("date = {2005-23}, year = 2005", "issued", "2005-23"),
        ("pages = {475--82}", "page", "475-482"),
        pytest.param("pages = {xii, 220 p.}", "number_of_pages", "220", id="the length of a book"),
        pytest.param("title = {A}, subtitle = {B}", "title", "A: B", id="biblatex"),
        ("keywords = {a, b}", "keywords", ("a", "b")),
        ("keywords = {a; b, c}", "keywords", ("a", "b, c")),
        ("keywords = {{a, b}, c}", "keywords", ("a, b", "c")),
        ("doi = {https://doi.org/10.1000/a\\_b}", "doi", "10.1000/a_b"),
        ("issn = {1111-2222}, eissn = {33334444}", "issn", "1111-2222, 3333-4444"),
        pytest.param("note = {PMID: 123}", "pmid", "123", id="Taylor & Francis"),
        pytest.param("title = {A &#169; b &amp; c}", "title", "A © b & c", id="HTML entities"),
        pytest.param(
            "url = {https://x.org/a_b%20c}", "url", "https://x.org/a_b%20c", id="addresses are verbatim"
        ),
    ],
)
def test_bibtex_fields(fields, field, value):
    assert getattr(one(fields), field) == value


def test_an_entry_takes_from_its_crossref_what_it_lacks():
    paper, _ = records(
        "@inproceedings{p, title={P}, crossref={Proc}}\n"
        "@proceedings{proc, title={All}, year=2001, publisher={X}}"
    )
    assert (paper.title, paper.container_title, paper.issued, paper.publisher) == ("P", "All", "2001", "X")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("\\'e \\'{e} {\\'e} \\'\\i", "é é é í"),
        ("\\v{c}\\c{c}\\ss{} \\aa\\o \\L{}", "čçß åøŁ"),
        ("\\& \\% \\$ \\_ \\# \\{ \\}", "& % $ _ # { }"),
        ("50% of & $5 and $6", "50% of & $5 and $6"),
        ("\\emph{E. coli} {NHS} \\textbf{x}", "E. coli NHS x"),
        ("$\\alpha$-helix, $p<0.05$, H$_2$O, 10$^{-3}$", "α-helix, p<0.05, H₂O, 10⁻³"),
        ("a -- b --- c ``d'' e~f", "a – b — c “d” e f"),
        ("\\textasciitilde{}\\textbackslash{}\\textasciicircum{}", "~\\^"),
        ("$\\lbrace$ and $\\rbrace$", "{ and }"),
        ("\\href{http://x}{text}", "text"),
        ("\\unknown{x} \\", "\\unknownx \\"),
        ("open { and } close }", "open  and  close }"),
        ("an open {", "an open {"),
    ],
)
def test_latex_becomes_text(latex, text):
    assert to_text(latex) == text


@given(st.text(alphabet="\\{}$~^_'`\"-abcio%& \n", max_size=60))
def test_any_latex_gives_some_text(latex):
    assert isinstance(to_text(latex), str)
    assert isinstance(to_text(latex, groups=True), str)


def test_deep_nesting_does_no_harm():
    assert "x" in to_text("{" * 3000 + "x" + "}" * 3000)


@pytest.mark.parametrize("csl_type", sorted(CSL_TYPES))
def test_every_csl_type_comes_back_from_bibtex(csl_type):
    assert csl_type_from_bibtex(bibtex_type(csl_type), subtype=bibtex_subtype(csl_type)) == csl_type


@pytest.mark.parametrize(
    ("kind", "fields", "csl_type"),
    [
        ("misc", "howpublished = {\\url{http://x}}", "webpage"),
        ("misc", "title = {A}", "document"),
        ("article", "entrysubtype = {magazine}", "article-magazine"),
        ("mastersthesis", "title = {A}", "thesis"),
        ("strange", "title = {A}", "document"),
    ],
)
def test_entry_types(kind, fields, csl_type):
    assert one(fields, kind).type == csl_type


def test_tags_that_our_exporter_writes_are_no_part_of_the_record():
    own = 'Theme: policy: "Act"; Theme: trust-relationships (barrier): "no trust"'
    assert one(f"title = {{A}}, annotation = {{{own}}}").extra == {}
    assert one("title = {A}, annotation = {Read it}").extra == {"annotation": "Read it"}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param(
            "@article{, title={No key}, journal={Care}, volume=3}\n@article{a, title={Kept}}",
            {"id": "a", "type": "article-journal", "title": "Kept"},
            id="an entry with an empty key is no parent of the others",
        ),
        pytest.param(
            '@article{, title={No key}, journal={Care}}\n@article{a, title="Kept", crossref={}}',
            {"id": "a", "type": "article-journal", "title": "Kept"},
            id="an empty crossref names no entry",
        ),
        pytest.param(
            '@book{a, title="Fourth" author={Poe, Edgar} publisher = "A" # { and B} edition = 2}',
            {
                "id": "a",
                "type": "book",
                "title": "Fourth",
                "publisher": "A and B",
                "edition": "2",
                "author": [{"family": "Poe", "given": "Edgar"}],
            },
            id="commas missing within a line",
        ),
        pytest.param(
            "@book{b, title={Book} publisher={Sage}}\n@incollection{a, title={A chapter}, crossref={b}}",
            {
                "id": "a",
                "type": "chapter",
                "title": "A chapter",
                "container-title": "Book",
                "publisher": "Sage",
                "custom": {"extra": {"crossref": "b"}},
            },
            id="a comma missing in the parent",
        ),
    ],
)
def test_the_last_entry_has_its_own_fields(text, fields):
    *_, last = Bibtex().parse(Text([text], "x.bib"))
    assert isinstance(last, SourceRecord)
    assert last.fields == fields
