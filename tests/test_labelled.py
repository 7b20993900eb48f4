"""Printed lists of abstracts: the labels, the layouts, the pages around them."""

from __future__ import annotations

import itertools
import textwrap

import pytest

from corpus import csl
from corpus.record import Author, Problem, Record
from ingest.fields.reference import parse_publisher, parse_reference
from ingest.files.text import Text
from ingest.parsers.labelled import Labelled

#: Records as a list prints them, and what must be read.
PRINTED = [
    {
        "author": "MARSH Helen et al",
        "title": "The case for working together in health and social care",
        "publisher": "Blackwell, 2005, 165p.",
        "abstract": "Looks at the reasons to work together. Each chapter has the same form.",
    },
    {
        "author": "ØRBECK Nils",
        "title": "Exploring how staff see collaboration in child mental health care",
        "source": "Journal of Integrated Services, Vol 6, 2006",
        "abstract": "Proposes a model of how collaboration is seen, on twelve constructs. Author and\n"
        "reference groups were asked. Abstract concepts were avoided. In 2004 the pilot was run.",
    },
    {
        "title": (
            "Learning to work with other professions: a study for the degree in social work; summary report"
        ),
        "publisher": "Department of Health, 2003,13p",
        "abstract": "Experience is growing of what such learning needs. It was a first stage inquiry.",
    },
    {
        "author": "DARROW Yvette, FENN Judith A, RIX Kylie",
        "title": "Agencies between child protection and mental health: practices and barriers.",
        "source": "Child Care and Neglect, 28(10), October 2005, pp1085-98",
        "abstract": "Examines what helps and what hinders agencies where a parent is ill.\n\n"
        "The second paragraph reports that workers were unhappy with the support that they had from their "
        "agency, and why that was so.",
    },
    {
        "author": "VAN DER BERG Johan, McDONALD Ann (eds)",
        "title": "Working across boundaries",
        "publisher": "London: TSO, 2003, xii, 220p.",
        "abstract": "A handbook for those who lead teams in which professions meet.",
    },
]
READ = [
    Record(
        type="book",
        title="The case for working together in health and social care",
        authors=(Author("Marsh", "Helen"),),
        et_al=True,
        issued="2005",
        publisher="Blackwell",
        number_of_pages="165",
    ),
    Record(
        type="article-journal",
        title="Exploring how staff see collaboration in child mental health care",
        authors=(Author("Ørbeck", "Nils"),),
        issued="2006",
        container_title="Journal of Integrated Services",
        volume="6",
    ),
    Record(
        type="report",
        title=(
            "Learning to work with other professions: a study for the degree in social work; summary report"
        ),
        issued="2003",
        publisher="Department of Health",
        number_of_pages="13",
    ),
    Record(
        type="article-journal",
        title="Agencies between child protection and mental health: practices and barriers",
        authors=(Author("Darrow", "Yvette"), Author("Fenn", "Judith A"), Author("Rix", "Kylie")),
        issued="2005-10",
        container_title="Child Care and Neglect",
        volume="28",
        issue="10",
        page="1085-1098",
    ),
    Record(
        type="report",
        title="Working across boundaries",
        authors=(
            Author("Berg", "Johan", particle="van der", role="editor"),
            Author("McDonald", "Ann", role="editor"),
        ),
        issued="2003",
        publisher="TSO",
        publisher_place="London",
        number_of_pages="220",
    ),
]
WORDS = {
    "plain": ("Author", "Title", "Publisher", "Reference", "Abstract"),
    "other": ("Authors", "Article title", "Published by", "Source", "Summary"),
    "in": ("Author(s)", "Title", "Publisher", "In", "Abstract"),
}
SEPARATORS = {"space": " ", "spaces": "   ", "tab": "\t", "colon": ": ", "dash": " - ", "line": "\n"}
HEADS = {
    "none": lambda number: "",
    "number": lambda number: f"{number}.\n",
    "angle": lambda number: f"<{number}>\n",
    "record": lambda number: f"Record {number} of 5\n",
    "same line": lambda number: f"{number}. ",
}
BEFORE = (
    "Working together\n\nTitle deeds are not needed. In England the government has issued policy.\n\n"
    "In 1998 the white paper said that people do not fit.\n\nFurther information\n\nResearch abstracts\n\n"
)
BEHIND = (
    "\n\nThis article is published in the 6 August edition of Our Paper under the headline “Working”\n\n"
    "More from Our Paper\n\nComments are closed.\n"
)


def layout(
    words: str, separator: str, head: str, *, title_first: bool, gap: str, case, wrap: bool, page: bool
) -> str:
    names = dict(zip(("author", "title", "publisher", "source", "abstract"), WORDS[words], strict=True))
    order = ("title", "author") if title_first else ("author", "title")
    printed = []
    for number, record in enumerate(PRINTED, start=1):
        fields = []
        for field in (*order, "publisher", "source", "abstract"):
            if field in record:
                paragraphs = [" ".join(text.split()) for text in record[field].split("\n\n")]
                text = "\n\n".join(textwrap.fill(one, 62) if wrap else one for one in paragraphs)
                fields.append(case(names[field]) + SEPARATORS[separator] + text)
        printed.append(HEADS[head](number) + gap.join(fields))
    return (BEFORE if page else "") + "\n\n".join(printed) + (BEHIND if page else "\n")


def records(text: str) -> list[Record]:
    found = list(Labelled().parse(Text([text], "list.txt")))
    assert not any(isinstance(piece, Problem) for piece in found)
    return [csl.decode(piece.fields) for piece in found]


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("head", HEADS)
def test_every_layout_gives_the_same_records(words, separator, head):
    if (separator, head) == ("line", "same line"):
        pytest.skip("a number before a label that stands alone")
    cases = (str, str.upper, str.lower)
    for title_first, gap, case, wrap, page in itertools.product(
        (False, True), ("\n", "\n\n"), cases, (False, True), (False, True)
    ):
        text = layout(
            words, separator, head, title_first=title_first, gap=gap, case=case, wrap=wrap, page=page
        )
        assert Labelled().recognises(text)
        found = records(text)
        assert [" ".join(record.abstract.split()) for record in found] == [
            " ".join(printed["abstract"].split()) for printed in PRINTED
        ]
        for record, expected in zip(found, READ, strict=True):
            fields = csl.encode(record)
            fields.pop("abstract")
            assert fields == csl.encode(expected)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Title IX of the Education Amendments bans it.\n\nIn 2005 the law changed, 28(10) times.\n\n"
            "In England, 2003, the Department of Health published a plan.\n",
            id="prose with Title and In",
        ),
        pytest.param(
            "Title deeds were lost in 1998.\nAuthor Jane Smith said that the book was late.\n"
            "Abstract art was popular, and people liked it a lot.\nPublisher Faber went bankrupt in 2005.\n",
            id="prose with every label",
        ),
        pytest.param(
            "Title\n\nThe annual report\n\nSummary\n\nThis year we did many good things.\n", id="headings"
        ),
        pytest.param(
            "Working together\n\nJane Smith\n\nAbstract\n\nThis paper examines barriers.\n\nReferences\n\n"
            "Meads G. (2005) The case. Oxford: Blackwell.\n",
            id="an article with its references",
        ),
        pytest.param("Title: Social worker\nDate: 3 May 2005\nLocation: Leeds\n", id="an advertisement"),
    ],
)
def test_prose_is_no_list(text):
    assert not Labelled().recognises(text)
    assert list(Labelled().parse(Text([text], "page.txt"))) == []


def test_wrapped_lines_that_begin_with_a_label_stay_in_their_abstract():
    first, second = records(
        "Author SMITH John\nTitle Law in schools\nPublisher Sage, 2004, 200p.\n"
        "Abstract A book about law, with\n"
        "Title IX of the Education Amendments 1972 and\n"
        "In re Gault. It ends with a note on\nReference and research.\n\n"
        "Author JONES Ann\nTitle Teams\nReference Journal of Teams, 3(2), 2004, pp "
        "3-9\nAbstract A paper on teams.\n"
    )
    assert first.abstract.endswith("and In re Gault. It ends with a note on Reference and research.")
    assert second.title == "Teams"


def test_a_record_without_a_title_is_a_problem_with_its_lines():
    text = (
        "Author: BARR Hugh\nReference: Care, 3(2), 2001, pp3-9\nAbstract: There is no title here.\n\n"
        "Author: SMITH Ann\nTitle: Teams\nReference: Care, 3(2), 2001\nAbstract: Something.\n"
    )
    problem, record = Labelled().parse(Text([text], "x"))
    assert isinstance(problem, Problem)
    assert (problem.line, problem.raw.count("\n")) == (1, 2)
    assert record.line == 5


def test_every_label_has_its_field():
    (record,) = records(
        "Title: A b\nAuthors: Darlington, Y; Feeney, J. A.\n"
        "Journal: Child Abuse & Neglect\nYear: 2005\nVolume: 29\n"
        "Issue: 10\nPages: 1085-98\nISSN: 01452134\n"
        "DOI: https://doi.org/10.1016/x.1\nKeywords: child; parent\n"
        "Language: English\nNotes: Kept\nAbstract: Some factors.\n"
    )
    assert record == Record(
        type="article-journal",
        title="A b",
        authors=(Author("Darlington", "Y"), Author("Feeney", "J. A.")),
        container_title="Child Abuse & Neglect",
        issued="2005",
        volume="29",
        issue="10",
        page="1085-1098",
        issn="0145-2134",
        doi="10.1016/x.1",
        keywords=("child", "parent"),
        language="English",
        abstract="Some factors.",
        extra={"Notes": "Kept"},
    )


def test_a_chapter_has_its_book_and_editors():
    (record,) = records(
        "Title: Mental health\nAuthor: LEIBA Tony\n"
        "In: WEINSTEIN Jenny, WHITTINGTON Colin (eds) Collaboration in social "
        "work, London: Jessica Kingsley, 2003, pp.123-38\nAbstract: A chapter on teams.\n"
    )
    assert (record.type, record.container_title, record.page) == (
        "chapter",
        "Collaboration in social work",
        "123-138",
    )
    assert (record.publisher, record.publisher_place) == ("Jessica Kingsley", "London")
    assert [author.role for author in record.authors] == ["author", "editor", "editor"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Care, Vol 28 No 10, Autumn 2005, pp.1085-98", ("Care", "28", "10", "2005-23", "1085-1098")),
        ("Care, 28 (Suppl 1), 2004", ("Care", "28", "Suppl 1", "2004", "")),
        ("Care. 2005;19(2):112-9.", ("Care", "19", "2", "2005", "112-119")),
        ("Care, 2004/05, 34(3), 345-67", ("Care", "34", "3", "2004/2005", "345-367")),
        ("Care & Neglect 2005 Oct; 28(10): 1085-98", ("Care & Neglect", "28", "10", "2005-10", "1085-1098")),
        ("Health, Risk and Society, 7(2), 2005", ("Health, Risk and Society", "7", "2", "2005", "")),
        ("BMJ 2001; 323: 1085-7", ("BMJ", "323", "", "2001", "1085-1087")),
        ("Community News, 6 August 2009, pp 28-29", ("Community News", "", "", "2009-08-06", "28-29")),
        ("Education (2003) Vol. 22, No. 1, pp. 3-17", ("Education", "22", "1", "2003", "3-17")),
        ("Care, 9(3), n.d.", ("Care", "9", "3", "", "")),
        ("Managing Care 2000, 12(2), 2001, pp4-6", ("Managing Care 2000", "12", "2", "2001", "4-6")),
    ],
)
def test_references_to_journals(text, expected):
    found = parse_reference(text)
    assert (found.name, found.volume, found.issue, found.issued, found.page) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blackwell, 2005, 165p.", ("Blackwell", "", "2005", "165")),
        ("London: TSO, 2003, xii, 220p.", ("TSO", "London", "2003", "220")),
        ("Department of Health, 2003,13p", ("Department of Health", "", "2003", "13")),
        ("Blackwell, Oxford, 2005, 165 pages", ("Blackwell", "Oxford", "2005", "165")),
        ("New York, Springer, 1999", ("Springer", "New York", "1999", "")),
        ("Bristol, Policy Press, 2001, £14.99", ("Policy Press", "Bristol", "2001", "")),
        ("CAIPE, n.d., 22p.", ("CAIPE", "", "", "22")),
        ("Policy Press, 2nd ed., 2004/05, 200pp.", ("Policy Press", "", "2004/2005", "200")),
        ("York: Joseph Rowntree Foundation (2002)", ("Joseph Rowntree Foundation", "York", "2002", "")),
    ],
)
def test_publishers_lines(text, expected):
    found = parse_publisher(text)
    assert (found.name, found.place, found.issued, found.number_of_pages) == expected


LISTED = (
    "Author HUDSON Bob\nTitle In pursuit\nReference Public Management, 1(2), 1999, pp235-260\n"
    "Abstract Explores capacity in some detail.\nAuthor {}\nTitle Joint working\n"
    "Reference Policy Press, 2008, 144p\n{}"
)


@pytest.mark.parametrize(
    ("line", "author"),
    [
        pytest.param("department of health", "department of health", id="organisation without capitals"),
        pytest.param("al-HASSAN Ali", "al-Hassan, Ali", id="article joined to a name"),
        pytest.param("SMITH J (2004)", "Smith, J", id="year behind a name"),
    ],
)
def test_an_author_begins_a_record_whatever_the_name_looks_like(line, author):
    first, second = records(LISTED.format(line, "Abstract Ten teams.\n\nPage 4\n© Network 2004.\n"))
    assert first.abstract == "Explores capacity in some detail."
    assert [str(one) for one in second.authors] == [author]
    assert second.abstract == "Ten teams."
    assert second.extra == ({"Author": line} if "2004" in line else {})


@pytest.mark.parametrize(
    ("text", "type", "publisher", "issued"),
    [
        ("Report, King's Fund, London, 2001", "report", "King's Fund", "2001"),
        ("Norwich: The Stationery Office, 2003 (Cm 5860)", "report", "The Stationery Office", "2003"),
        pytest.param("Guardian, Wednesday 4 July 2001", "article-newspaper", "", "2001-07-04", id="weekday"),
        pytest.param("Care, no 1534, 5.8.04, pp32-33", "article-magazine", "", "2004-08-05", id="issue 1534"),
        pytest.param(
            "Care vol.2 no.3, May 2003 pp.17-19", "article-journal", "", "2003-05", id="year before pp."
        ),
    ],
)
def test_references_tell_reports_from_articles(text, type, publisher, issued):
    (record,) = records(f"Author: HUDSON Bob\nTitle: In pursuit\nSource: {text}\nAbstract: On care.\n")
    assert (record.type, record.publisher, record.issued) == (type, publisher, issued)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Care, vol.1 May 2003, pp 4-5", ("Care", "1", "", "2003-05", "4-5"), id="volume before a month"
        ),
        pytest.param(
            "Care, Vol. 19, No. 2 (March 2005), 118-128",
            ("Care", "19", "2", "2005-03", "118-128"),
            id="issue before a date in brackets",
        ),
        pytest.param(
            "Care, 101(18), 3-9 May 2005, pp24-26",
            ("Care", "101", "18", "2005-05-03/2005-05-09", "24-26"),
            id="days of a week",
        ),
        pytest.param(
            "Care, 1479, 2003 June 26-July 2, p 36-37",
            ("Care", "", "1479", "2003-06-26/2003-07-02", "36-37"),
            id="week over two months, issue that looks like a year",
        ),
        pytest.param("Care, 2004, 13, 3, 225-233", ("Care", "13", "3", "2004", "225-233"), id="commas alone"),
        pytest.param("Care v.40 n.2 2004 pp.1-17", ("Care", "40", "2", "2004", "1-17"), id="v. and n."),
        pytest.param("Care. 25(Part 3), May 2005", ("Care", "25", "3", "2005-05", ""), id="part in brackets"),
        pytest.param(
            "Br J Soc Work. 34(5):687-704, 2004 Jul.",
            ("Br J Soc Work", "34", "5", "2004-07", "687-704"),
            id="Ovid",
        ),
        pytest.param(
            "JAMA. 2001 Mar 7;285(9):1159-65", ("JAMA", "285", "9", "2001-03-07", "1159-1165"), id="PubMed"
        ),
    ],
)
def test_references_as_other_lists_print_them(text, expected):
    found = parse_reference(text)
    assert (found.name, found.volume, found.issue, found.issued, found.page) == expected


@pytest.mark.parametrize(
    ("text", "type", "publisher", "container"),
    [
        pytest.param(
            "Journal of Care, 12(3), 2003, pp.4-9 (HC 123)",
            "article-journal",
            "",
            "Journal of Care",
            id="a journal on a command paper",
        ),
        pytest.param("London: HMSO, 1999. (Cm 4386).", "report", "HMSO", "", id="a command paper"),
        pytest.param(
            "Unpublished MA dissertation, University of York, 2003",
            "thesis",
            "University of York",
            "",
            id="thesis",
        ),
        pytest.param("Public Finance, 7-13 Jan 2005", "article-magazine", "", "Public Finance", id="weekly"),
        pytest.param(
            "London: Department of Health, 2002, [36]p",
            "report",
            "Department of Health",
            "",
            id="unnumbered pages",
        ),
    ],
)
def test_types_as_references_show_them(text, type, publisher, container):
    (record,) = records(f"Author: HUDSON Bob\nTitle: In pursuit\nSource: {text}\nAbstract: On care.\n")
    assert (record.type, record.publisher, record.container_title) == (type, publisher, container)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        pytest.param("Mac an Ghaill, Mairtin", ["Mac an Ghaill, Mairtin"], id="one name of many words"),
        pytest.param("García Lorca, Ana", ["García Lorca, Ana"], id="two family names"),
        pytest.param("John Smith, Ann Wu", ["Smith, John", "Wu, Ann"], id="two names"),
        pytest.param("Jane Smith, Mencap", ["Smith, Jane", "Mencap"], id="a person and an organisation"),
        pytest.param("Smith J. Jones AB. Wu K.", ["Smith, J", "Jones, AB", "Wu, K."], id="Ovid"),
        pytest.param("SLOPER Patricia; and others", ["Sloper, Patricia"], id="and others"),
        pytest.param("no author", [], id="nobody"),
        pytest.param("Anon.", [], id="anonymous"),
    ],
)
def test_authors_as_other_lists_print_them(line, names):
    (record,) = records(f"Author: {line}\nTitle: In pursuit\nSource: Care, 3(2), 2004\nAbstract: On care.\n")
    assert [str(author) for author in record.authors] == names


RELATIVES = {
    "a bulletin with bullets": (
        "New in the library\n\n• Title: Working together\n• Author: O'BRIEN-SMITH Mary, DE LA CRUZ Juan\n"
        "• In: Social Work Today, February 2006, pp12-13\n• Summary: A look at teams.\n\n"
        "• Title: Sharing data\n• Author: WU Kim\n"
        "• In: Social Work Today, March 2006, p3\n• Summary: A look at data.\n"
    ),
    "Markdown": (
        "# New\n\n- **Title:** Working together\n- **Author:** O'BRIEN-SMITH Mary, DE LA CRUZ Juan\n"
        "- **In:** Social Work Today, February 2006, pp12-13\n- **Summary:** A look at teams.\n\n---\n\n"
        "- **Title:** Sharing data\n- **Author:** WU Kim\n- **In:** Social Work Today, March 2006, p3\n"
        "- **Summary:** A look at data.\n"
    ),
    "an American database": (
        "Record 1 of 2\n\nTITLE: Working together\nAUTHORS: O'Brien-Smith, Mary; de la Cruz, Juan\n"
        "SOURCE: Social Work Today. Feb 2006, pp. 12-13.\nABSTRACT: A look at teams.\n\nRecord 2 of 2\n\n"
        "TITLE: Sharing data\nAUTHORS: Wu, Kim\n"
        "SOURCE: Social Work Today. Mar 2006, p. 3.\nABSTRACT: A look at data.\n"
    ),
    "labels and values apart": (
        "Title:\n\nWorking together\n\nAuthor:\n\nO'BRIEN-SMITH Mary, DE LA CRUZ Juan\n\nSource:\n\n"
        "Social Work Today, Feb 2006, pp12-13\n\nAbstract:\n\nA look at teams.\n\n"
        "Title:\n\nSharing data\n\nAuthor:\n\nWU Kim\n\nSource:\n\nSocial Work Today, Mar 2006, p3\n\n"
        "Abstract:\n\nA look at data.\n"
    ),
    "leaders": (
        "TITLE....Working together\nAUTHOR...O'BRIEN-SMITH Mary, DE LA CRUZ Juan\n"
        "SOURCE...Social Work Today, Feb 2006, pp12-13\nABSTRACT...A look at teams.\n\n"
        "TITLE....Sharing data\nAUTHOR...WU Kim\nSOURCE...Social Work Today, Mar 2006, p3\n"
        "ABSTRACT...A look at data.\n"
    ),
    "long labels": (
        "Title of article: Working together\nAuthor(s)/Editor(s): O'Brien-Smith M, de la Cruz J, [et al.]\n"
        "Journal title: Social Work Today\nVolume/issue: 3(2)\n"
        "Publication date: February 2006\nPage nos: 12-13\n"
        "Summary of content: A look at teams.\n\n"
        "Title of article: Sharing data\nAuthor(s)/Editor(s): Wu K\nJournal title: Social Work Today\n"
        "Volume/issue: 3(3)\nPublication date: March 2006\nPage nos: 3\nSummary of content: A look at data.\n"
    ),
    "labels above values": (
        "<1>\nTitle\n  Working together.\nAuthors\n  O'Brien-Smith M. de la Cruz J.\n"
        "Source\n  Social Work Today. 12-13, 2006 Feb.\nAbstract\n  A look at teams, in more than a word.\n\n"
        "<2>\nTitle\n  Sharing data.\nAuthors\n  Wu K.\nSource\n  Social Work Today. 3, 2006 Mar.\n"
        "Abstract\n  A look at data, in more than a word.\n"
    ),
}


@pytest.mark.parametrize("name", RELATIVES)
def test_relatives_of_the_list_are_read(name):
    first, second = records(RELATIVES[name])
    assert (first.title, second.title) == ("Working together", "Sharing data")
    assert [(one.particle, one.family) for one in first.authors] == [("", "O'Brien-Smith"), ("de la", "Cruz")]
    assert (first.container_title, first.page) == ("Social Work Today", "12-13")
    assert (first.issued, second.issued) == ("2006-02", "2006-03")
    assert first.abstract.startswith("A look at teams")


def test_a_reference_may_be_no_more_than_a_year():
    (record,) = records(
        "Author HUDSON Bob\nTitle In pursuit of teams\nReference 2003\n"
        "Abstract Looks at the reasons for teams.\n"
    )
    assert (record.title, record.issued, record.container_title) == ("In pursuit of teams", "2003", "")


def test_labelled_parts_of_an_abstract_are_paragraphs():
    (record,) = records(
        "Author: HUDSON Bob\nTitle: Teams\nSource: Care, 3(2), 2004\n"
        "Abstract: BACKGROUND: Teams were\nfew.\nMETHODS: We asked\npeople.\nResults: There are more.\n"
    )
    assert (
        record.abstract
        == "BACKGROUND: Teams were few.\n\nMETHODS: We asked people.\n\nResults: There are more."
    )


def test_pages_of_a_whole_book_are_how_many_it_has():
    (record,) = records(
        "Title: Teams\nAuthor: Tony Leib and Jo Weiss (Eds.)\nDate: Autumn 2005\n"
        "Publisher: Open University Press, Maidenhead\nPages: xii, 220\nDescription: A handbook.\n"
    )
    assert (record.type, record.page, record.number_of_pages, record.issued) == ("book", "", "220", "2005-23")
    assert [author.role for author in record.authors] == ["editor", "editor"]


@pytest.mark.parametrize(
    ("tail", "raw"),
    [
        pytest.param("Author WU J", "Author WU J", id="behind the author"),
        pytest.param("Author", "Author", id="behind the label"),
    ],
)
def test_a_record_that_is_cut_off_behind_its_first_label_is_a_problem_with_its_line(tail, raw):
    text = "Author MARSH Helen\n\nTitle The case\n\nPublisher Sage, 2005, 165p.\n\nAbstract Looks at it all."
    record, problem = Labelled().parse(Text([f"{text}\n\n{tail}"], "list.txt"))
    assert csl.decode(record.fields).abstract == "Looks at it all."
    assert isinstance(problem, Problem)
    assert (problem.line, problem.raw) == (9, raw)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Author\xa0MARSH Helen\n\nTitle\xa0The case\n\nPublisher\xa0Blackwell, 2005, 165p.\n\n"
            "Abstract\xa0Looks at it all.",
            id="a space that does not break behind the label",
        ),
        pytest.param(
            "Author MARSH Helen\n\nTitle The case\n\nPublisher Blackwell, 2005, 165p.\n\n"
            "Abstract Looks at it all.\n\nPage 2 of 3\n",
            id="the number of a page is no label",
        ),
        pytest.param(
            "Author and title lists are given below.\n\nTitle The case\n\nAuthor MARSH Helen\n\n"
            "Publisher Blackwell, 2005, 165p.\n\nAbstract Looks at it all.",
            id="a sentence that begins with a label",
        ),
    ],
)
def test_a_page_around_a_record_is_no_part_of_it(text):
    assert records(text) == [
        Record(
            type="book",
            title="The case",
            authors=(Author("Marsh", "Helen"),),
            issued="2005",
            publisher="Blackwell",
            number_of_pages="165",
            abstract="Looks at it all.",
        )
    ]


def test_and_before_the_last_of_names_parted_by_semicolons_is_no_part_of_the_name():
    (record,) = records(
        "Author: Smith, John; & van den Berg, Pieter\nTitle: A case\nAbstract: Looks at it all."
    )
    assert record.authors == (Author("Smith", "John"), Author("Berg", "Pieter", particle="van den"))
