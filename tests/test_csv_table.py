"""Tables as databases, reference managers, screening tools and people write them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import EvidenceError
from corpus.record import Author, Problem, Record, SourceRecord
from ingest.files.text import Text
from ingest.formats import read
from ingest.parsers.columns import parse_map
from ingest.parsers.csv_table import CsvTable


def pieces(text: str, **mapped: str) -> list[Record | str]:
    """The records, and the reasons of the problems, of a table that must be recognised."""
    parser = CsvTable(mapped)
    assert parser.recognises(text)
    found = parser.parse(Text([text], "refs.csv"))
    return [piece.record if isinstance(piece, SourceRecord) else piece.reason for piece in found]


def one(text: str, **mapped: str) -> Record:
    (record,) = pieces(text, **mapped)
    assert isinstance(record, Record)
    return record


SCOPUS = (
    '"Authors","Author full names","Author(s) ID","Title","Year","Source title","Volume","Issue","Art. No.",'
    '"Page start","Page end","Page count","Cited by","DOI","Link","Abstract","Author Keywords",'
    '"Index Keywords","ISSN","PubMed ID","Document Type","Source","EID"\n'
    '"Darlington Y.; van der Berg J.","Darlington, Yvonne (7003123456); van der Berg,'
    ' Johan (57188)","7003;57188",'
    '"Interagency collaboration","2005","Child Abuse and Neglect","29","10","","1085","98","13","120",'
    '"10.1016/J.chiabu.2005.06.001","https://www.scopus.com/x","A ""study"".","barriers; care, integrated",'
    '"Adult; barriers","01452134","16238983","Review","Scopus","2-s2.0-1"\n'
)


def test_scopus_fills_every_field_and_keeps_the_rest():
    record = one(SCOPUS)
    assert record == Record(
        id="16238983",
        type="article-journal",
        title="Interagency collaboration",
        abstract='A "study".',
        authors=(Author("Darlington", "Yvonne"), Author("Berg", "Johan", particle="van der")),
        issued="2005",
        container_title="Child Abuse and Neglect",
        volume="29",
        issue="10",
        page="1085-1098",
        doi="10.1016/J.chiabu.2005.06.001",
        pmid="16238983",
        issn="0145-2134",
        url="https://www.scopus.com/x",
        keywords=("barriers", "care, integrated", "Adult"),
        extra={
            "Author(s) ID": "7003;57188",
            "Page count": "13",
            "Cited by": "120",
            "EID": "2-s2.0-1",
            "Document Type": "Review",
            "Authors": "Darlington Y.; van der Berg J.",
            "Source": "Scopus",
        },
    )


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param(
            "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,"
            "NIHMS ID,DOI\n"
            '"112","Paper","Smith A, Walter B.",'
            '"Nature. 2021 Dec 21;1(2 Suppl 1):10-1. doi: 10.1/n. Epub 2021 Jan 5.",'
            '"Smith A","Nature","2021","2021/12/21","PMC1122334","","10.1111/n"\n',
            {
                "id": "112",
                "issued": "2021-12-21",
                "volume": "1",
                "issue": "2 Suppl 1",
                "page": "10-11",
                "pmcid": "PMC1122334",
                "authors": (Author("Smith", "A"), Author("Walter", "B")),
            },
            id="PubMed: volume and pages are in the citation",
        ),
        pytest.param(
            "PT\tAU\tAF\tTI\tSO\tDT\tDE\tID\tPD\tPY\tVL\tIS\tSI\tBP\tEP\tAR\tDI\tPM\tUT\n"
            "J\tWu, K\tWu, Kim; Lee,"
            ' Ann\t"Caring" for others\tJ CARE\tArticle; Early Access\ta; b\tc\tOCT 14\t2005\t28'
            "\t1\tSI\t\t\te12\t10.1000/x\t16\tWOS:1\n",
            {
                "title": '"Caring" for others',
                "issued": "2005-10-14",
                "page": "e12",
                "keywords": ("a", "b", "c"),
                "id": "16",
                "type": "article-journal",
                "authors": (Author("Wu", "Kim"), Author("Lee", "Ann")),
            },
            id="Web of Science: two letters, tabs, no quoting, ID is keywords",
        ),
        pytest.param(
            "Publication Type,Authors,Author Full Names,Article Title,Source Title,Document Type,"
            "Publication Year,Start Page,End Page,DOI Link\n"
            'S,A,"Wu, Kim",On care,Proc. of X,Proceedings Paper,2005,1,9,http://dx.doi.org/10.1000/x\n',
            {"type": "paper-conference", "page": "1-9", "doi": "10.1000/x", "container_title": "Proc. of X"},
            id="Web of Science: full names of columns",
        ),
        pytest.param(
            "Title,Author Names,Source,Open URL Link\n"
            'Cysts,"Liu R., Adler D.G.",'
            "Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 25 Aug 2014,"
            "http://sfx.nl/u?sid=EMBASE&id=doi:10.4103%2F2303-9027.138783&atitle=C\n",
            {
                "container_title": "Endoscopic Ultrasound",
                "volume": "3",
                "issue": "3",
                "page": "152-160",
                "issued": "2014-08-25",
                "doi": "10.4103/2303-9027.138783",
                "authors": (Author("Liu", "R."), Author("Adler", "D.G.")),
            },
            id="Embase: the reference is one cell, the DOI in the link resolver's address",
        ),
        pytest.param(
            "id,doi,title,display_name,publication_year,type,primary_location.source.display_name,"
            "authorships.author.display_name,authorships.author.orcid,biblio.volume,biblio.first_page,"
            "biblio.last_page\n"
            "https://openalex.org/W7,https://doi.org/10.1000/x,T,T,2020,review,J,Ann Wu|Kim Lee,"
            "https://orcid.org/0000-0002-1825-0097|,5,1,9\n",
            {
                "doi": "10.1000/x",
                "type": "article-journal",
                "container_title": "J",
                "volume": "5",
                "page": "1-9",
            },
            id="OpenAlex: paths as names, bars in cells",
        ),
        pytest.param(
            '"About the data: Exported on Jan 1, 2020. Criteria: ""care"""\n'
            "Rank,Publication ID,DOI,Title,Source title,PubYear,Pagination,Authors\n"
            '1,pub.1,10.1000/x,T,J,2020,e1-e9,"Smith, J.; WHO"\n',
            {"page": "e1-e9", "issued": "2020", "authors": (Author("Smith", "J."), Author(literal="WHO"))},
            id="Dimensions: a line above the head",
        ),
        pytest.param(
            '"Key","Item Type","Publication Year","Author","Title","Publication Title","Date","Pages",'
            '"Num Pages",'
            '"Manual Tags","Editor","Abstract Note"\n'
            '"AB1","bookSection","2005","Wu, Kim","T","A Book","2005-10-14","475-82","","x; y","Lee,'
            ' Ann","Words"\n',
            {
                "id": "AB1",
                "type": "chapter",
                "issued": "2005-10-14",
                "page": "475-482",
                "keywords": ("x", "y"),
                "authors": (Author("Wu", "Kim"), Author("Lee", "Ann", role="editor")),
            },
            id="Zotero",
        ),
        pytest.param(
            "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,"
            "location,"
            "abstract,notes,doi,keywords,pubmed_id,pmc_id\n"
            'rayyan-1,T,2005,10,14,J,0145-2134,28,1,1-9,"Wu, K. and Lee, A.",http://x.org,eng,P,London,'
            "A,N,10.1000/x,"
            '"a,b",16,PMC9\n',
            {
                "issued": "2005-10-14",
                "publisher_place": "London",
                "authors": (Author("Wu", "K."), Author("Lee", "A.")),
                "pmcid": "PMC9",
                "keywords": ("a", "b"),
                "extra": {"notes": "N"},
            },
            id="Rayyan",
        ),
        pytest.param(
            "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,DOI,"
            "Covidence #,Tags\n"
            'T,"Wu, K.; Lee, A.",A,2005,Oct,J,1,2,3-9,10.1000/x,#12,in\n',
            {"issued": "2005-10", "page": "3-9", "keywords": ("in",), "extra": {"Covidence #": "#12"}},
            id="Covidence",
        ),
        pytest.param(
            "Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,Item DOI,Authors,"
            "Publication Year,URL,Content Type\n"
            '"T","J","","17","3","10.1007/1","Andy McSmithTom Weber","2000","http://x","Conference Paper"\n',
            {
                "type": "paper-conference",
                "authors": (Author("McSmith", "Andy"), Author("Weber", "Tom")),
            },
            id="Springer: names without anything between them",
        ),
        pytest.param(
            "Titel;Autor(en);Jahr;Zeitschrift;Zusammenfassung;Schlagwörter\n"
            "Über Hilfe;Müller, K.;2005;ZfS;Text;Jugend, Hilfe\n",
            {"title": "Über Hilfe", "issued": "2005", "keywords": ("Jugend", "Hilfe"), "abstract": "Text"},
            id="German names, semicolons",
        ),
        pytest.param(
            "Título|Autores|Año|Revista|Resumen\nDe la ayuda|García, A.|2005|R|Texto\n",
            {"title": "De la ayuda", "container_title": "R", "abstract": "Texto"},
            id="Spanish names, bars",
        ),
        pytest.param(
            "sep=;\nTitle;Year\nT;2005\n", {"title": "T", "issued": "2005"}, id="Excel's line sep=;"
        ),
        pytest.param(
            "title,first_authors,type_of_reference,number,publication_year\n"
            "T,\"['Marx, Karl', 'Ny, A']\",JOUR,3,2014//\n",
            {"authors": (Author("Marx", "Karl"), Author("Ny", "A")), "issue": "3", "issued": "2014"},
            id="ASReview: lists as Python prints them",
        ),
        pytest.param(
            '"ID","ENTRYTYPE","author","title","year","journal","volume"\n'
            '"i1","article","Zuber, J and Le Quintrec, M and {Study Group}","T",2011,"J","UNKNOWN"\n',
            {
                "id": "i1",
                "volume": "",
                "authors": (Author("Zuber", "J"), Author("Le Quintrec", "M"), Author(literal="Study Group")),
            },
            id="CoLRev: BibTeX's names, UNKNOWN for nothing",
        ),
        pytest.param(
            "title,year,volume,pmid,doi\nT,2014.0,12.0,16238983.0,nan\n",
            {"issued": "2014", "volume": "12", "pmid": "16238983", "doi": ""},
            id="pandas: decimal numbers and nan",
        ),
        pytest.param(
            'title,year,pages\nT,2014,="12-15"\n', {"page": "12-15"}, id='Excel: ="..." keeps a text a text'
        ),
    ],
)
def test_exports(text, fields):
    record = one(text)
    assert {name: getattr(record, name) for name in fields} == fields


def test_a_formula_is_no_fields_text_and_is_kept():
    record = one('title,year,abstract\n"=HYPERLINK(1)",2014,A\n')
    assert (record.title, record.extra) == ("", {"title": "=HYPERLINK(1)"})


def test_openalex_gives_authors_their_orcids_and_keeps_its_id():
    record = one(
        "id,title,publication_year,authorships.author.display_name,authorships.author.orcid\n"
        "https://openalex.org/W7,T,2020,Ann Wu|Kim Lee,https://orcid.org/0000-0002-1825-0097|\n"
    )
    assert record.authors[0].family == "Wu"
    assert record.extra["openalex"] == "W7"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Smith, J.; Jones, K.", ["Smith, J.", "Jones, K."]),
        ("Smith J., Jones K.", ["Smith, J.", "Jones, K."]),
        ("Smith J, Jones K, et al.", ["Smith, J", "Jones, K"]),
        ("John Smith and Ann Wu", ["Smith, John", "Wu, Ann"]),
        ("Smith, J., Jones, K. and Wu, L.", ["Smith, J.", "Jones, K.", "Wu, L."]),
        ("Smith, John", ["Smith, John"]),
        ("van der Berg, J.", ["van der Berg, J."]),
        ("Wei Wu; Guodong Li", ["Wu, Wei", "Li, Guodong"]),
        ("J. Rottman|E. Carmel", ["Rottman, J.", "Carmel, E."]),
        ("World Health Organization", ["World Health Organization"]),
        ("Smith, John\nWu, Ann", ["Smith, John", "Wu, Ann"]),
    ],
)
def test_names_in_a_cell_are_parted(cell, names):
    record = one(f'Title,Authors,Year\nT,"{cell}",2001\n')
    assert [str(author) for author in record.authors] == names
    assert record.et_al == ("et al" in cell)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param('t\n1,"A\nB",2\n', ["A B"], id="a line break in quotes"),
        pytest.param('t\n1,"A ""b"" c",2\n', ['A "b" c'], id="doubled quotes"),
        pytest.param('t\n1,"A "b" c",2\n', ['A "b" c'], id="quotes that are not doubled"),
        pytest.param('t\n1,"A \\"b\\", c",2\n', ['A "b", c'], id="quotes behind a backslash"),
        pytest.param('t\n1,"A,2001\n2,B,2002\n', ["A", "B"], id="a quote that nothing closes"),
        pytest.param('t\n1,"A,2001\n2,"B, b",2002\n', ["A", "B, b"], id="a quote that the next row's closes"),
        pytest.param("t\n1,A,2,,\n", ["A"], id="separators at the end of a row"),
        pytest.param("t\n1,A\n2,B,2002\n", ["A", "B"], id="empty cells left out at the end"),
        pytest.param("t\n1,A\nB,2002\n3,C,2003\n", ["A B", "C"], id="a line break without quotes"),
        pytest.param("t\n\n,,\n1,A,2001\n", ["A"], id="empty rows"),
        pytest.param("t\n1,A,2001\nt\n2,B,2002\n", ["A", "B"], id="the head again, from files put together"),
        pytest.param("t\n1,A,2001\nYear,Title,Authors\n2002,B,Wu K\n", ["A", "B"], id="another table behind"),
        pytest.param(
            "t\n1,A\nYear,Title,Authors\n2002,B,Wu K\n", ["A", "B"], id="a short row above another table"
        ),
        pytest.param("t\n1,Paper title,2001\n", ["Paper title"], id="a title like the name of a column"),
        pytest.param(
            "t\n1,A, b,2001\n2,B,2002\n",
            ["row has 4 cells, and there are 3 columns", "B"],
            id="a comma without quotes",
        ),
        pytest.param(
            "t\n,,2001\n", ["row has no title, author, abstract or identifier"], id="nothing of a work"
        ),
    ],
)
def test_rows_that_are_not_as_they_should_be(text, found):
    text = text.replace("t\n", "ID,Title,Year\n")
    shown = [piece if isinstance(piece, str) else piece.title for piece in pieces(text)]
    assert shown == found


def test_a_piece_has_its_line_and_its_text_as_printed():
    text = 'About\n\nID,Title,Year\n1,"A\nB",2001\n2,"C, c",2002\n'
    found = list(CsvTable().parse(Text([text], "x")))
    assert [(piece.line, piece.raw) for piece in found] == [(4, '1,"A\nB",2001'), (6, '2,"C, c",2002')]


def test_a_cell_may_be_longer_than_pythons_limit():
    assert one(f'Title,Abstract\nT,"{"word, " * 60_000}"\n').abstract.count("word") == 60_000


@pytest.mark.parametrize(
    "text",
    [
        "Dear Ann,\nsee the title, and the year.\n",
        "a,b,c\n1,2,3\n",
        "Title\nOne\n",
        "x;y\n",
        "Name,Price\nA,1\n",
    ],
)
def test_other_texts_are_no_tables_of_references(text):
    assert not CsvTable().recognises(text)


def test_map_names_columns_that_nobody_knows():
    mapped = parse_map(['title=Was,author="Wer (alle)"', "issued=Wann"])
    record = one("Wer (alle),Was,Wann,Wo\nWu K,T,2001,W\n", **mapped)
    assert (record.title, record.issued, str(record.authors[0])) == ("T", "2001", "Wu, K")
    assert record.extra == {"Wo": "W"}


def test_map_gives_numbers_where_there_is_no_head():
    _, found = read(
        io.BytesIO(b"2001;T;Wu, K\n2002;U;Lee, A\n"), "x.csv", None, parse_map(["title=2,author=3,year=1"])
    )
    assert [(piece.record.title, piece.record.issued) for piece in found] == [("T", "2001"), ("U", "2002")]


@pytest.mark.parametrize("text", ["titel=A", "title", "title="])
def test_a_bad_map_says_what_is_wrong(text):
    with pytest.raises(EvidenceError, match=r"choose one of|no FIELD=COLUMN"):
        parse_map([text])


def test_a_mapped_column_that_is_not_there_lists_those_that_are():
    with pytest.raises(EvidenceError, match="no column `Titel`; its columns are Title, Year"):
        read(io.BytesIO(b"Title,Year\nT,2001\n"), "x.csv", None, {"title": "Titel"})


def test_a_table_without_a_head_says_how_to_name_its_columns():
    with pytest.raises(EvidenceError, match=r"--map title=2"):
        read(io.BytesIO(b"T,Wu,2001\nU,Lee,2002\n"), "x.csv", "csv")


cells = st.text(st.sampled_from('ab "\n,;\\\t'), max_size=8)


@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8))
@settings(max_examples=150, deadline=None)
def test_no_row_is_lost_whatever_the_quotes(rows):
    """Every row that stands whole on a line comes out, though a quote before it is not closed."""
    lines = ["ID,Title,Year", *(",".join(row).replace("\n", " ") for row in rows), "9,The end,2001"]
    text = "\n".join(lines)
    found = list(CsvTable().parse(Text([text], "x")))
    kept = "\n".join(piece.raw for piece in found)
    for line in lines[1:]:
        assert not line.strip('" ,\t') or line in kept
    last = found[-1]
    assert isinstance(last, Problem) or last.record.title.endswith("The end") or "The end" in last.raw
