"""EndNote's XML: as EndNote, Zotero, Mendeley and library systems print it."""

from __future__ import annotations

import pytest

from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.parsers.endnote_xml import EndnoteXml

STYLE = '<style face="normal" font="default" size="100%">'
# As EndNote prints it: on one line, every value in a style, returns as references.
STYLED = f"""<?xml version="1.0" encoding="UTF-8" ?><xml><records><record>\
<database name="My.enl" path="C:\\My.enl">My.enl</database>\
<source-app name="EndNote" version="17.0">EndNote</source-app><rec-number>12</rec-number><foreign-keys>\
<key app="EN" db-id="x">12</key></foreign-keys><ref-type name="Journal Article">17</ref-type>\
<contributors><authors><author>{STYLE}Darrow, Y.</style></author><author>{STYLE}van der Berg, Jan, Jr\
</style></author><author>{STYLE}Joint Work Group,</style></author></authors></contributors><titles>\
<title>{STYLE}CO</style><style face="subscript" font="default" size="100%">2</style>{STYLE} and </style>\
<style face="normal" font="Symbol" size="100%">b</style>{STYLE} work</style></title>\
<secondary-title>{STYLE}Care Negl</style></secondary-title></titles><periodical><full-title>Care Negl\
</full-title></periodical><pages>{STYLE}1085-98</style></pages><volume>{STYLE}29</style></volume>\
<number>{STYLE}10</style></number><keywords><keyword>{STYLE}trust&#xD;teams</style></keyword>\
<keyword>{STYLE}care</style></keyword></keywords><dates><year>{STYLE}2005</style></year><pub-dates>\
<date>{STYLE}Oct 3</style></date></pub-dates></dates>\
<isbn>{STYLE}0145-2134 (Print)&#xD;1873-7757 (Linking)</style></isbn><accession-num>{STYLE}16100001\
</style></accession-num><abstract>{STYLE}OBJECTIVE: To look.&#xD;&#xD;METHOD: We did.</style></abstract>\
<notes>{STYLE}Mine</style></notes><urls><related-urls>\
<url>{STYLE}http://www.ncbi.nlm.nih.gov/pubmed/16100001</style></url></related-urls><pdf-urls>\
<url>internal-pdf://x.pdf</url></pdf-urls></urls><custom2>PMC12345</custom2>\
<electronic-resource-num>{STYLE}10.1016/j.x.2005.04.005</style></electronic-resource-num><language>eng\
</language></record></records></xml>"""


def pieces(text: str) -> list:
    return list(EndnoteXml().parse(Text([text], "refs.xml")))


def only(text: str) -> Record:
    (piece,) = pieces(text)
    assert not isinstance(piece, Problem), str(piece)
    return piece.record


def record(inside: str, kind: str = "Journal Article") -> str:
    return f'<record><ref-type name="{kind}">0</ref-type><titles><title>T</title></titles>{inside}</record>\n'


def test_every_element_has_its_field_in_styles():
    assert EndnoteXml().recognises(STYLED)
    assert only(STYLED) == Record(
        id="12",
        type="article-journal",
        title="CO₂ and β work",
        abstract="OBJECTIVE: To look.\n\nMETHOD: We did.",
        authors=(
            Author("Darrow", "Y."),
            Author("Berg", "Jan", particle="van der", suffix="Jr"),
            Author(literal="Joint Work Group"),
        ),
        issued="2005-10-03",
        container_title="Care Negl",
        volume="29",
        issue="10",
        page="1085-1098",
        doi="10.1016/j.x.2005.04.005",
        pmid="16100001",
        pmcid="PMC12345",
        issn="0145-2134, 1873-7757",
        url="http://www.ncbi.nlm.nih.gov/pubmed/16100001",
        language="eng",
        keywords=("trust", "teams", "care"),
        extra={
            "pages": "1085-98",
            "pdf-urls": "internal-pdf://x.pdf",
            "database": "My.enl",
            "source-app": "EndNote",
            "key": "12",
            "notes": "Mine",
        },
    )


def test_styles_make_no_difference():
    bare = STYLED.replace(STYLE, "").replace("</style>", "")
    bare = bare.replace('<style face="subscript" font="default" size="100%">2', "\u2082")
    bare = bare.replace('<style face="normal" font="Symbol" size="100%">b', "β")
    assert only(bare) == only(STYLED)


def test_a_book_has_a_series_and_pages_in_all():
    book = only(
        record(
            "<contributors><authors><author>Weiss, J.</author></authors><secondary-authors><author>Lee, E."
            "</author></secondary-authors></contributors><titles>"
            "<secondary-title>Good practice</secondary-title>"
            "</titles><pages>208</pages><number>5</number><isbn>1843100924</isbn><edition>2nd</edition>"
            "<pub-location>London</pub-location><publisher>Kings</publisher>",
            "Edited Book",
        )
    )
    assert (book.type, book.collection_title, book.container_title) == ("book", "Good practice", "")
    assert (book.number_of_pages, book.isbn, book.edition) == ("208", "1843100924", "2nd")
    assert (book.publisher, book.publisher_place, book.extra) == ("Kings", "London", {"number": "5"})
    assert [one.role for one in book.authors] == ["editor", "collection-editor"]


def test_a_chapter_has_its_book_and_editors():
    chapter = only(
        record(
            "<contributors><authors><author>Leib, T.</author></authors><secondary-authors><author>Weiss, J."
            "</author></secondary-authors><tertiary-authors><author>Lee, E.</author></tertiary-authors>"
            "</contributors><titles><secondary-title>Joint work</secondary-title><tertiary-title>Series"
            "</tertiary-title></titles>",
            "Book Section",
        )
    )
    assert (chapter.type, chapter.container_title, chapter.collection_title) == (
        "chapter",
        "Joint work",
        "Series",
    )
    assert [one.role for one in chapter.authors] == ["author", "editor", "collection-editor"]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        pytest.param(
            '<record><ref-type name="Thesis">6</ref-type><titles><title>T</title></titles></record>',
            "type",
            "thesis",
            id="Mendeley's numbers are its own",
        ),
        pytest.param(
            "<record><ref-type>6</ref-type><titles><title>T</title></titles></record>",
            "type",
            "book",
            id="number without name",
        ),
        pytest.param(record("", "Generic"), "type", "document", id="generic"),
        pytest.param(
            record("<accession-num>16100001</accession-num>"), "pmid", "", id="number of no named database"
        ),
        pytest.param(
            record(
                "<accession-num>16100001</accession-num><remote-database-name>Medline</remote-database-name>"
            ),
            "pmid",
            "16100001",
            id="database is named",
        ),
        pytest.param(
            record("<dates><year>2005</year><pub-dates><date>Autumn</date></pub-dates></dates>"),
            "issued",
            "2005-23",
            id="season",
        ),
        pytest.param(
            record("<contributors><authors><author>Jo Wu</author></authors></contributors>"),
            "authors",
            (Author("Wu", "Jo"),),
            id="names without a comma",
        ),
        pytest.param(
            record(
                "<contributors><authors><author>Wu, Jo</author><author>et al.</author></authors>"
                "</contributors>"
            ),
            "et_al",
            True,
            id="et al",
        ),
        pytest.param(
            record("<periodical><full-title>Care</full-title></periodical>"),
            "container_title",
            "Care",
            id="periodical alone",
        ),
        pytest.param(record("<custom7>e1234</custom7>"), "page", "e1234", id="article number"),
        pytest.param(record("<pages>DOI: 10.1000/x.1</pages>"), "doi", "10.1000/x.1", id="DOI as pages"),
        pytest.param(
            "<record><titles><title>\n   A title in\n   lines\n</title></titles></record>",
            "title",
            "A title in lines",
            id="pretty printed",
        ),
        pytest.param(
            "<record><titles><title>10<style face='superscript'>-3</style></title></titles></record>",
            "title",
            "10⁻³",
            id="superscript",
        ),
        pytest.param(
            "<record><titles><title>R&D &eacute;\x0b</title></titles></record>",
            "title",
            "R&D é",
            id="no XML: bare ampersand, HTML entity, control character",
        ),
    ],
)
def test_endnote_quirks(text, field, value):
    assert getattr(only(text), field) == value


def test_a_broken_record_is_one_problem_and_the_others_are_read():
    found = pieces(f"<xml><records>\n{record('')}<record><titles><title>Two\n{record('')}</records></xml>")
    assert [isinstance(piece, Problem) for piece in found] == [False, True, False]
    assert (found[1].line, found[1].raw) == (3, "<record><titles><title>Two")


def test_a_record_without_any_value_is_a_problem():
    (problem,) = pieces('<xml><records><record><ref-type name="Book">6</ref-type></record></records></xml>')
    assert "nothing but its type" in problem.reason


def test_entities_of_the_file_are_never_expanded():
    problem, piece = pieces(
        '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><records>'
        + "<record><titles><title>A &x; b</title></titles></record></records></xml>"
    )
    assert "never expanded" in problem.reason
    assert piece.record.title == "A &x; b"
