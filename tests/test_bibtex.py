"""BibTeX as people, publishers and databases write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import csl
from corpus.kinds import CSL_TYPES, bibtex_subtype, bibtex_type, csl_type_from_bibtex
from corpus.record import Author, Problem, Record, SourceRecord
from ingest.files.text import Text
from ingest.parsers.bibtex import Bibtex
from ingest.parsers.latex import to_text


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
        pytest.param("@article{a b, title = {A}}", ["A"], id="a space in the key (Scopus)"),
        pytest.param("@article{10.1/s(05)2, title = {A}}", ["A"], id="parentheses in the key"),
        pytest.param("@article{a\n , title = {A}\n , year = 2001\n}", ["A"], id="commas first"),
        pytest.param("@article{title = {A}}", ["A"], id="no key at all"),
        pytest.param("@article{a, title = {A},,\n, year = 2001,}", ["A"], id="commas too many"),
        pytest.param(
            "@article{a, title = {A}, % mine, not hers\n year = 2001}", ["A"], id="% behind a comma"
        ),
        pytest.param("% @article{a, title = {Old}}\n@article{a, title = {A}}", ["A"], id="% before an entry"),
        pytest.param("@article{a, title = {A}, year = }", ["A"], id="a field without value"),
        pytest.param(
            "@article{a, title = {A}, file = {C:\\dir\\}, year = 2001}", ["A"], id="a path ends in \\"
        ),
        pytest.param("@article{a, publisher = Sage Press, title = {A}}", ["A"], id="a value without braces"),
        pytest.param(
            '@article{a, title = "A {"}quoted{"} word"}', ['A "quoted" word'], id="quotes in braces"
        ),
        pytest.param(
            "@article{a, title = {A},\n note = {see\n@book{x,\n title = {Y}\n}}}\n@book{b, title = {B}}",
            ["A", "B"],
            id="BibTeX code in a note",
        ),
        pytest.param(
            "@article{a,\n title = {Open { brace},\n year = 2001\n}\n@book{b, title = {B}}",
            ["Open { brace", "B"],
            id="a brace too many in a line",
        ),
        pytest.param(
            "@xdata{x, publisher = {Sage}}\n@book{b, title = {B}, xdata = {x}}", ["B"], id="xdata is no work"
        ),
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
        pytest.param(
            "Department of Health and Social Care and Wu, K",
            [Author(literal="Department of Health and Social Care"), Author("Wu", "K")],
            id="an organisation with and",
        ),
        pytest.param(
            "Department for Children, Schools and Families",
            [Author(literal="Department for Children, Schools and Families")],
            id="an organisation with a comma and and",
        ),
        pytest.param(
            "Smith, J., Wu, K.-L.", [Author("Smith", "J."), Author("Wu", "K.-L.")], id="commas alone"
        ),
        pytest.param("Smith, J.; Wu, K.", [Author("Smith", "J."), Author("Wu", "K.")], id="semicolons"),
        pytest.param(
            "family=Fontaine, given=Jean, prefix=de la, useprefix=true",
            [Author("Fontaine", "Jean", particle="de la")],
            id="biblatex's extended format",
        ),
        pytest.param("Anderson, K. AND Wu, Y.", [Author("Anderson", "K."), Author("Wu", "Y.")], id="AND"),
        pytest.param("Wu, K and", [Author("Wu", "K")], id="and at the end"),
        pytest.param(
            "{Rand and Co} and Wu, K", [Author(literal="Rand and Co"), Author("Wu", "K")], id="braced and"
        ),
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
        pytest.param("title = {R\\&amp;D}", "title", "R&D", id="escaped twice"),
        pytest.param("title = {CO<inf>2</inf>}", "title", "CO2", id="Scopus' markup"),
        pytest.param(
            "title = {{\\textless}i{\\textgreater}E. coli{\\textless}/i{\\textgreater}}",
            "title",
            "E. coli",
            id="Mendeley's markup",
        ),
        pytest.param(
            "url = {http://x.org/a{\\_}b{\\%}20c}", "url", "http://x.org/a_b%20c", id="Mendeley's address"
        ),
        pytest.param("journal = {\\apj}", "container_title", "The Astrophysical Journal", id="ADS"),
        pytest.param("document_type = {Conference Paper}", "type", "paper-conference", id="Scopus in CoLRev"),
        pytest.param("type = {Book chapter}, source = {Scopus}", "type", "chapter", id="Scopus"),
        pytest.param(
            "eprint = {123}, eprinttype = {pubmed}", "pmid", "123", id="PubMed's number in biblatex"
        ),
        pytest.param(
            "journaltitle = {A}, journalsubtitle = {B}", "container_title", "A: B", id="journalsubtitle"
        ),
        pytest.param("date = {2004-05/2004-06}", "issued", "2004-05/2004-06", id="a range in biblatex"),
        pytest.param("title = {A &#169; b &amp; c}", "title", "A © b & c", id="HTML entities"),
        pytest.param(
            "url = {https://x.org/a_b%20c}", "url", "https://x.org/a_b%20c", id="addresses are verbatim"
        ),
    ],
)
def test_bibtex_fields(fields, field, value):
    assert getattr(one(fields), field) == value


@pytest.mark.parametrize(
    ("child", "parent", "field", "value"),
    [
        (
            "@incollection{c, title={C}, crossref={p}}",
            "@book{p, title={P}, subtitle={S}}",
            "container_title",
            "P: S",
        ),
        ("@article{c, title={C}, crossref={p}}", "@periodical{p, title={P}}", "container_title", "P"),
        ("@book{c, title={C}, crossref={p}}", "@mvbook{p, title={P}}", "container_title", "P"),
        ("@book{c, title={C}, xdata={p, q}}", "@xdata{p, publisher={Sage}}", "publisher", "Sage"),
        ("@inbook{c, title={C}, crossref={p}}", "@book{p, author={Wu, K}}", "authors", (Author("Wu", "K"),)),
        ("@inbook{c, title={C}, crossref={p}}", "@book{p, title={P}, doi={10.1000/p}}", "doi", ""),
        pytest.param("@book{c, title={C}, crossref={c}}", "", "title", "C", id="its own parent"),
        pytest.param(
            "@book{c, title={C}, crossref={p}}", "@book{p, crossref={c}}", "title", "C", id="in a circle"
        ),
    ],
)
def test_what_an_entry_takes_from_its_parent(child, parent, field, value):
    found = {record.id: record for record in records(f"{child}\n{parent}")}
    assert getattr(found["c"], field) == value


def test_a_long_text_is_read_in_parts_as_it_is_at_once(monkeypatch):
    text = (
        '@string{sage = "Sage"}\n@incollection{c, title = {Child}, crossref = {p}}\n'
        + "".join(
            f"@book{{k{number},\n title = {{Title {number}}},\n publisher = sage\n}}\n"
            for number in range(40)
        )
        + "@article{n, title = {Note}, note = {see\n@book{x,\n title = {Y}\n}}}\n@book{p, title = {Parent}}\n"
    )
    whole = pieces(text)
    monkeypatch.setattr("ingest.files.text.PART", 60)
    blocks = [text[start : start + 7] for start in range(0, len(text), 7)]
    parts = list(Bibtex().parse(Text(blocks, "refs.bib")))
    assert sorted(parts, key=lambda piece: piece.line) == whole
    assert parts[-1].record.container_title == "Parent"


def test_a_macro_is_what_it_was_when_it_was_used():
    first, second = records(
        '@string{j = "A"}\n@article{a, journal = j}\n@string{j = "B"}\n@article{b, journal = j}'
    )
    assert (first.container_title, second.container_title) == ("A", "B")


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(
            "@article{a,\n title = {A},\n abstract = {Cut off in the mid", id="the file was cut off"
        ),
        pytest.param("@article{a,\n title = {A}\n", id="no brace at the end"),
        pytest.param("@article{a,\n abstract = {Open { x,\n year = {2001}\n}", id="two fields in one value"),
    ],
)
def test_what_is_broken_is_a_problem_in_one_piece(broken):
    problem, whole = pieces(f"{broken}\n@book{{b, title={{B}}}}")
    assert isinstance(problem, Problem)
    assert problem.raw == broken.strip()
    assert whole.record.title == "B"


@pytest.mark.parametrize(
    "text", ["@a{", "@a{k", "@a{k,", "@a{k, t = ", "@a{k, t = x", "@", "@a{k, t={x} ", ","]
)
def test_a_long_run_of_spaces_takes_no_quadratic_time(text):
    assert len(pieces(text + " " * 200_000 + "x\n@book{b, title={B}}")) <= 2


def test_many_entries_without_end_take_no_quadratic_time():
    text = "@article{a,\n title = {{Open\n" * 3000
    assert len(pieces(text)) == 3000


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
        ("{\\pounds}5 {\\copyright} {\\S}2", "£5 © §2"),
        ("$\\frac{1}{2}$", "1/2"),
        pytest.param("R$\\backslash$'enyi", "Rényi", id="Mendeley escapes LaTeX"),
        ("DNA$_{\\textrm{2}}$", "DNA₂"),
        ("{\\v S}imi{\\'c} Nguy{\\~{\\^{e}}}n", "Šimić Nguyễn"),
        ("see \\cite{x}", "see \\citex"),
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
