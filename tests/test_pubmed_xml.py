"""PubMed's XML: what its site and efetch print, whole and broken."""

from __future__ import annotations

import io

import pytest

from corpus.record import Author, Problem, Record
from ingest.files.text import Text
from ingest.formats import read
from ingest.parsers.pubmed_xml import PubmedXml

HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN"\n'
    ' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n<PubmedArticleSet>\n'
)
TAIL = "</PubmedArticleSet>\n"
ARTICLE = """<PubmedArticle>
    <MedlineCitation Status="MEDLINE" Owner="NLM">
        <PMID Version="1">16100001</PMID>
        <DateCompleted><Year>2006</Year><Month>02</Month><Day>07</Day></DateCompleted>
        <Article PubModel="Print">
            <Journal>
                <ISSN IssnType="Print">0145-2134</ISSN>
                <JournalIssue CitedMedium="Print"><Volume>29</Volume><Issue>10</Issue>
                    <PubDate><Year>2005</Year><Month>Oct</Month></PubDate></JournalIssue>
                <Title>Care &amp; neglect</Title><ISOAbbreviation>Care Negl</ISOAbbreviation>
            </Journal>
            <ArticleTitle>CO<sub>2</sub> at 10<sup>-3</sup> in <i>joint</i> work.</ArticleTitle>
            <Pagination><StartPage>1085</StartPage><EndPage>1098</EndPage><MedlinePgn>1085-98</MedlinePgn></Pagination>
            <ELocationID EIdType="doi" ValidYN="Y">10.1016/j.x.2005.04.005</ELocationID>
            <Abstract>
                <AbstractText Label="OBJECTIVE" NlmCategory="OBJECTIVE">To <b>look</b>.</AbstractText>
                <AbstractText Label="UNLABELLED">Five &lt; six.</AbstractText>
                <CopyrightInformation>(c) 2005</CopyrightInformation>
            </Abstract>
            <AuthorList CompleteYN="N">
                <Author ValidYN="Y"><LastName>Darrow</LastName><ForeName>Yvette</ForeName>
                    <Identifier Source="ORCID">https://orcid.org/0000-0002-1825-0097</Identifier>
                    <AffiliationInfo><Affiliation>School of Social Work.</Affiliation></AffiliationInfo>
                </Author>
                <Author ValidYN="Y"><LastName>van der Berg</LastName><Initials>JM</Initials>
                    <Suffix>Jr</Suffix></Author>
                <Author ValidYN="Y"><CollectiveName>Joint Work Group</CollectiveName></Author>
            </AuthorList>
            <Language>eng</Language>
            <GrantList><Grant><GrantID>R01</GrantID><Agency>NIA</Agency></Grant></GrantList>
            <PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList>
        </Article>
        <MedlineJournalInfo><MedlineTA>Care Negl</MedlineTA>
            <ISSNLinking>0145-2134</ISSNLinking></MedlineJournalInfo>
        <CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>Care. 2006</RefSource>
            <PMID Version="1">99</PMID></CommentsCorrections></CommentsCorrectionsList>
        <MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="N">Child Abuse</DescriptorName>
            <QualifierName MajorTopicYN="Y">prevention &amp; control</QualifierName></MeshHeading>
        </MeshHeadingList>
        <KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">trust</Keyword></KeywordList>
    </MedlineCitation>
    <PubmedData>
        <ArticleIdList><ArticleId IdType="pubmed">16100001</ArticleId>
            <ArticleId IdType="pmc">PMC123</ArticleId>
            <ArticleId IdType="doi">10.1016/J.x.2005.04.005</ArticleId></ArticleIdList>
        <ReferenceList><Reference><Citation>Another work</Citation><ArticleIdList>
            <ArticleId IdType="doi">10.1/other</ArticleId></ArticleIdList></Reference></ReferenceList>
    </PubmedData>
</PubmedArticle>
"""
CITATION = ARTICLE[ARTICLE.index("<Medline") : ARTICLE.index("<PubmedData")]
BOOK = """<PubmedBookArticle><BookDocument><PMID Version="1">20300001</PMID>
<ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
<Book><Publisher><PublisherName>University of X</PublisherName>
<PublisherLocation>Seattle (WA)</PublisherLocation></Publisher>
<BookTitle book="b">A book of teams</BookTitle><PubDate><Year>1993</Year></PubDate>
<AuthorList Type="editors"><Author><LastName>Adams</LastName><ForeName>M P</ForeName></Author></AuthorList>
<Edition>2nd</Edition><Isbn>9780123456786</Isbn></Book>{}
<PublicationType UI="D016454">Review</PublicationType></BookDocument></PubmedBookArticle>
"""
CHAPTER = """<ArticleTitle book="b" part="c">Trust</ArticleTitle>
<AuthorList Type="authors"><Author><LastName>Wu</LastName><ForeName>K</ForeName></Author></AuthorList>"""


def article(inside: str, outside: str = "") -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID>1</PMID><Article>{inside}</Article>{outside}"
        "</MedlineCitation></PubmedArticle>\n"
    )


def pieces(text: str) -> list:
    return list(PubmedXml().parse(Text([text], "refs.xml")))


def only(text: str) -> Record:
    (piece,) = pieces(text)
    assert not isinstance(piece, Problem), str(piece)
    return piece.record


def test_every_element_has_its_field():
    record = only(HEAD + ARTICLE + TAIL)
    assert record == Record(
        id="16100001",
        type="article-journal",
        title="CO₂ at 10⁻³ in joint work",
        abstract="OBJECTIVE: To look.\n\nFive < six.",
        authors=(
            Author("Darrow", "Yvette", orcid="0000-0002-1825-0097"),
            Author("Berg", "JM", particle="van der", suffix="Jr"),
            Author(literal="Joint Work Group"),
        ),
        et_al=True,
        issued="2005-10",
        container_title="Care & neglect",
        volume="29",
        issue="10",
        page="1085-1098",
        doi="10.1016/j.x.2005.04.005",
        pmid="16100001",
        pmcid="PMC123",
        issn="0145-2134",
        language="eng",
        keywords=("Child Abuse/*prevention & control", "trust"),
        extra={
            "Affiliation": "School of Social Work.",
            "MedlineTA": "Care Negl",
            "MedlinePgn": "1085-98",
            "ErratumIn": "Care. 2006. PMID: 99",
            "PublicationType": "Journal Article",
            "DateCompleted": "2006-02-07",
            "ISOAbbreviation": "Care Negl",
            "CopyrightInformation": "(c) 2005",
            "Grant": "R01, NIA",
        },
    )


def test_a_chapter_has_its_book_and_editors():
    record = only(BOOK.format(CHAPTER))
    assert (record.type, record.title, record.container_title) == ("chapter", "Trust", "A book of teams")
    assert [(one.family, one.role) for one in record.authors] == [("Wu", "author"), ("Adams", "editor")]
    assert (record.publisher, record.publisher_place, record.edition) == (
        "University of X",
        "Seattle (WA)",
        "2nd",
    )


def test_a_book_is_its_own_title():
    record = only(BOOK.format(""))
    assert (record.type, record.title, record.container_title) == ("book", "A book of teams", "")
    assert (record.isbn, record.issued, record.extra["bookaccession"]) == ("9780123456786", "1993", "NBK1")


@pytest.mark.parametrize(
    ("inside", "field", "value"),
    [
        pytest.param(
            "<ArticleTitle>[A title in English].</ArticleTitle><VernacularTitle>Un titre</VernacularTitle>",
            "title",
            "A title in English",
            id="translated title",
        ),
        pytest.param(
            "<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Un titre</VernacularTitle>",
            "title",
            "Un titre",
            id="no title in English",
        ),
        pytest.param(
            "<ArticleTitle>R&D in caf&eacute; &foo;</ArticleTitle>",
            "title",
            "R&D in café &foo;",
            id="bare ampersand, HTML entity, unknown entity",
        ),
        pytest.param("<ArticleTitle>A\x0bb&#11;c</ArticleTitle>", "title", "A b c", id="control characters"),
        pytest.param(
            "<ArticleTitle>x <mml:math><mml:msup><mml:mi>k</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>"
            "</ArticleTitle>",
            "title",
            "x k²",
            id="prefix declared on the root",
        ),
        pytest.param(
            "<ArticleTitle>V<sub>max</sub> on the 5<sup>th</sup></ArticleTitle>",
            "title",
            "Vmax on the 5th",
            id="words are not raised",
        ),
        pytest.param(
            "<ArticleTitle><![CDATA[A <PubmedArticle> in the title]]></ArticleTitle>",
            "title",
            "A <PubmedArticle> in the title",
            id="CDATA",
        ),
        pytest.param(
            "<Pagination><MedlinePgn>475-82; discussion 483-9</MedlinePgn></Pagination>",
            "page",
            "475-482; discussion 483-9",
            id="discussion",
        ),
        pytest.param(
            "<Pagination><StartPage>475</StartPage><EndPage>82</EndPage></Pagination>",
            "page",
            "475-482",
            id="no MedlinePgn",
        ),
        pytest.param(
            "<Journal><JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>"
            "</JournalIssue></Journal>",
            "issued",
            "1998-12/1999-01",
            id="MedlineDate",
        ),
        pytest.param(
            "<Journal><JournalIssue><PubDate><Year>2005</Year><Season>Autumn</Season></PubDate>"
            "</JournalIssue></Journal>",
            "issued",
            "2005-23",
            id="season",
        ),
        pytest.param(
            "<Journal><JournalIssue><PubDate><Year>2005</Year><Month>3</Month><Day>4</Day></PubDate>"
            "</JournalIssue></Journal>",
            "issued",
            "2005-03-04",
            id="month in figures",
        ),
        pytest.param(
            "<ArticleDate><Year>2005</Year><Month>03</Month><Day>04</Day></ArticleDate>",
            "issued",
            "2005-03-04",
            id="electronic date alone",
        ),
        pytest.param(
            '<ELocationID EIdType="doi" ValidYN="N">10.1/wrong</ELocationID>'
            '<ELocationID EIdType="doi" ValidYN="Y">10.1000/right</ELocationID>',
            "doi",
            "10.1000/right",
            id="DOI that is not valid",
        ),
    ],
)
def test_pubmed_quirks(inside, field, value):
    assert getattr(only(article(inside)), field) == value


def test_a_preprint_is_no_journal_article():
    types = "".join(f"<PublicationType>{one}</PublicationType>" for one in ("Journal Article", "Preprint"))
    record = only(
        article(f"<ArticleTitle>T</ArticleTitle><PublicationTypeList>{types}</PublicationTypeList>")
    )
    assert (record.type, record.extra["PublicationType"]) == ("article", ["Journal Article", "Preprint"])


def test_abstracts_in_other_languages_are_kept_apart():
    other = (
        '<OtherAbstract Type="Publisher" Language="fre"><AbstractText>Un mot.</AbstractText></OtherAbstract>'
    )
    record = only(article("<Abstract><AbstractText>A word.</AbstractText></Abstract>", other))
    assert (record.abstract, record.extra["OtherAbstract (fre)"]) == ("A word.", "Un mot.")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ARTICLE, id="neither DOCTYPE nor root"),
        pytest.param(f"<PubmedArticleSet>{ARTICLE}", id="root not closed"),
        pytest.param(
            f"{HEAD}<!-- page 1 -->{ARTICLE}<DeleteCitation><PMID>7</PMID></DeleteCitation>{TAIL}",
            id="deletions",
        ),
        pytest.param(HEAD + TAIL + HEAD + ARTICLE + TAIL, id="two documents in one file"),
        pytest.param(
            f"<MedlineCitationSet>{CITATION}</MedlineCitationSet>",
            id="MEDLINE without PubMed's wrapper",
        ),
    ],
)
def test_wrappers_do_not_matter(text):
    assert PubmedXml().recognises(text)
    assert only(text).title == "CO₂ at 10⁻³ in joint work"


def test_a_broken_article_is_one_problem_and_the_others_are_read():
    broken = "<PubmedArticle>\n<MedlineCitation><PMID>2</PMID><Article><ArticleTitle>Two\n"
    found = pieces(
        HEAD
        + article("<ArticleTitle>One</ArticleTitle>")
        + broken
        + article("<ArticleTitle>Three</ArticleTitle>")
    )
    assert [isinstance(piece, Problem) for piece in found] == [False, True, False]
    assert (found[1].line, found[1].raw) == (6, broken.rstrip())
    assert "no whole XML" in found[1].reason


def test_an_article_cut_off_keeps_its_text():
    (problem,) = pieces(HEAD + ARTICLE[:900])
    assert isinstance(problem, Problem)
    assert (problem.line, problem.raw) == (5, ARTICLE[:900].rstrip())


def test_text_between_articles_is_a_problem():
    found = pieces(HEAD + article("") + "\nOne more:\nSmith 2004\n\n" + article("") + TAIL)
    assert [piece.line for piece in found] == [5, 7, 10]
    assert found[1].raw == "One more:\nSmith 2004"


def test_an_article_that_was_made_a_comment_is_not_forgotten():
    found = pieces(f"<PubmedArticleSet><!-- {article('')} -->{article('')}</PubmedArticleSet>")
    assert [isinstance(piece, Problem) for piece in found] == [True, False]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(f'<!ENTITY l0 "ha">{LAUGHS}', id="a billion laughs"),
        pytest.param('<!ENTITY l9 SYSTEM "file:///etc/passwd">', id="a file of the machine"),
    ],
)
def test_entities_of_the_file_are_never_expanded(declared):
    record = article("<ArticleTitle>A &l9; b</ArticleTitle>")
    problem, piece = pieces(f"<!DOCTYPE PubmedArticleSet [{declared}]><PubmedArticleSet>{record}")
    assert "never expanded" in problem.reason
    assert piece.record.title == "A &l9; b"


def test_a_file_of_any_size_is_read_as_a_stream():
    blocks = (article(f"<ArticleTitle>Title {number}</ArticleTitle>") for number in range(20_000))
    found = PubmedXml().parse(Text(blocks, "refs.xml"))
    assert next(found).record.title == "Title 0"
    assert sum(1 for _ in blocks) > 10_000


@pytest.mark.parametrize(
    ("declared", "encoding", "title"),
    [
        pytest.param("UTF-8", "cp1252", "Naïve – café", id="Windows 1252 that calls itself UTF-8"),
        pytest.param("ISO-8859-1", "utf-8", "Naïve – café", id="UTF-8 that calls itself Latin 1"),
        pytest.param("ISO-8859-1", "cp1252", "Naïve – café", id="Windows 1252 that calls itself Latin 1"),
        pytest.param("windows-1251", "cp1251", "Труд и здоровье", id="as declared"),
        pytest.param("UTF-8", "utf-16", "Naïve – café", id="UTF-16 that calls itself UTF-8"),
        pytest.param("no-such-thing", "utf-8", "Naïve – café", id="nobody's encoding"),
    ],
)
def test_the_bytes_count_and_not_what_the_declaration_says(declared, encoding, title):
    text = f'<?xml version="1.0" encoding="{declared}"?>\n' + article(f"<ArticleTitle>{title}</ArticleTitle>")
    (piece,) = read(io.BytesIO(text.encode(encoding)), "refs.xml")[1]
    assert piece.record.title == title
