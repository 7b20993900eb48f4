"""Lists of abstracts inside web pages and Word documents."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import EvidenceError
from corpus.record import Record
from ingest.files import docx_page, html_page
from ingest.files.opening import open_text
from ingest.formats import read

FIELDS = (
    ("Author", "MARSH Helen, WU Kim"),
    ("Title", "The case for working together"),
    ("Reference", "Care Quarterly, 28(10), October 2005, pp1085-98"),
    ("Abstract", "Looks at the reasons to work together in teams."),
)
ROWS = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in FIELDS)
FORMS = {
    "paragraphs with bold labels": "".join(f"<p><b>{label}</b> {value}</p>" for label, value in FIELDS),
    "bold labels without a space": "<p>"
    + "<br>".join(f"<strong>{a}</strong>{b}" for a, b in FIELDS)
    + "</p>",
    "labels with a colon": "".join(
        f"<div><span class=l>{label}:</span> {value}</div>" for label, value in FIELDS
    ),
    "a table": f"<table>{ROWS}</table>",
    "a table with heads": "<table>"
    + ROWS.replace("<tr><td>", "<tr><th>").replace("</td><td>", "</th><td>")
    + "</table>",
    "a table in a table": f"<table><tr><td>Menu</td></tr><tr><td><table>{ROWS}</table></td></tr></table>",
    "a list of terms": "<dl>"
    + "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in FIELDS)
    + "</dl>",
    "bold terms": "<dl>" + "".join(f"<dt><b>{a}</b></dt>\n<dd><p>{b}</p></dd>" for a, b in FIELDS) + "</dl>",
    "a list": "<ul>" + "".join(f"<li>{label}: {value}</li>" for label, value in FIELDS) + "</ul>",
    "headings": "".join(f"<h4>{label}</h4><p>{value}</p>" for label, value in FIELDS),
}
TAGS = re.findall(
    "<[^<]+>",
    "<p></p><td><tr></tr><table></table><dd><dt><b></b><pre><br><nav></nav><ul><li>",
)
PAGE = (
    "<!DOCTYPE html>\n<html><head><title>Page</title><style>p {{}}</style></head><body>"
    "<nav><a href='/'>Home</a></nav><h1>Working together</h1><p>Some words before the list.</p>"
    "{}<p>Comments are closed.</p><script>var Author = 'x';</script></body></html>"
)


def records(data: bytes, format: str | None = None) -> list[Record]:
    return [piece.record for piece in read(io.BytesIO(data), "page", format)[1]]


def text_of(data: bytes) -> str:
    return open_text(io.BytesIO(data), "page").whole()


def document(build) -> bytes:
    made = docx.Document()
    build(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def archive(main: bytes, extra: dict[str, bytes] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {"word/document.xml": main, **(extra or {})}.items():
            made.writestr(name, content)
    return stream.getvalue()


def body(inside: str) -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return f"<w:document {space}><w:body>{inside}</w:body></w:document>".encode()


def check(record: Record) -> None:
    assert [one.family for one in record.authors] == ["Marsh", "Wu"]
    assert (record.title, record.abstract) == (FIELDS[1][1], FIELDS[3][1])
    assert (record.container_title, record.volume, record.page) == ("Care Quarterly", "28", "1085-1098")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("times", [1, 2])
def test_a_list_in_a_web_page_is_read(form, times):
    found = records(PAGE.format(FORMS[form] * times).encode())
    assert len(found) == times
    for record in found:
        check(record)


def test_the_line_is_that_of_the_text_taken_out():
    data = PAGE.format(FORMS["a table"]).encode()
    text = open_text(io.BytesIO(data), "page")
    (piece,) = read(io.BytesIO(data), "page")[1]
    assert text.medium == "html"
    lines = text.whole().split("\n")
    assert lines[piece.line - 1] == "Author\tMARSH Helen, WU Kim"
    assert piece.raw == "\n".join(lines[piece.line - 1 : piece.line + 3])


@pytest.mark.parametrize(
    ("page", "text"),
    [
        pytest.param(
            "<p>caf&eacute; &amp; CO<sub>2</sub>, 10<sup>-3</sup></p>", "café & CO₂, 10⁻³\n", id="entities"
        ),
        pytest.param(
            "<p>one\n two&nbsp;three</p><p>four</p>", "one two three\n\nfour\n", id="wrapped in the source"
        ),
        pytest.param("<p>one<br>two<br><br>three</p>", "one\ntwo\n\nthree\n", id="line breaks"),
        pytest.param("<pre>TY  - JOUR\n  TI  - A\n</pre>", "TY  - JOUR\n  TI  - A\n", id="listing"),
        pytest.param(
            "<table><tr><td>a</td><td>b<br>c</td><td>d</td></tr></table>", "a\tb c\td\n", id="cells"
        ),
        pytest.param(
            "<p>a<script>x</script>b<!-- c -->d</p><nav>e</nav>", "abd\n", id="scripts and comments"
        ),
        pytest.param("<p>a</p><hr><p>b</p>", f"a\n\n{'-' * 20}\n\nb\n", id="rule"),
        pytest.param("<td>a</td></table></tr>b", "a\nb\n", id="unbalanced"),
        pytest.param("<p>" + "<font>" * 1000 + "deep", "deep\n", id="tags that are never closed"),
    ],
)
def test_the_text_of_a_page(page, text):
    assert html_page.html_text(f"<html><body>{page}".encode(), "page") == text


@pytest.mark.parametrize(
    ("data", "word"),
    [
        pytest.param("<html><p>naïve".encode(), "naïve", id="UTF-8 that nothing declares"),
        pytest.param(
            "<html><meta charset=iso-8859-1><p>naïve".encode(), "naïve", id="UTF-8 that calls itself Latin 1"
        ),
        pytest.param(
            "<html><meta charset=utf-8><p>naïve – x".encode("cp1252"), "naïve – x", id="Windows 1252 as UTF-8"
        ),
        pytest.param("<html><meta charset='windows-1251'><p>Труд".encode("cp1251"), "Труд", id="as declared"),
        pytest.param("<html><p>naïve".encode("utf-16"), "naïve", id="UTF-16"),
        pytest.param(
            "<html><meta charset=nonsense><p>naïve".encode("cp1252"), "naïve", id="unknown encoding"
        ),
    ],
)
def test_pages_in_any_encoding(data, word):
    assert text_of(data) == f"{word}\n"


@pytest.mark.parametrize(
    "listing",
    [
        pytest.param("TY  - JOUR\nTI  - One\nAU  - Wu, K\nPY  - 2001\nER  - \n", id="RIS"),
        pytest.param("@article{a,\n  title = {One},\n  author = {Wu, K}, year = 2001\n}\n", id="BibTeX"),
        pytest.param("PMID- 1\nTI  - One\nFAU - Wu, K\nDP  - 2001\n", id="nbib"),
    ],
)
def test_a_page_may_hold_a_listing(listing):
    (record,) = [
        piece.record
        for piece in read(io.BytesIO(f"<html><body><pre>{listing}</pre></body></html>".encode()), "page")[1]
    ]
    assert (record.title, record.issued) == ("One", "2001")


def test_a_table_of_records_is_read_by_its_heads():
    page = (
        "<html><table><tr><th>Author</th><th>Title</th><th>Journal</th><th>Year</th></tr>"
        "<tr><td>Smith, J.<br>Wu, K.</td><td>One work</td><td>Care</td><td>2004</td></tr>"
        "<tr><td>Wu, K.</td><td>Another<br>work</td><td>Care</td><td></td></tr></table></html>"
    )
    first, second = records(page.encode())
    assert ([one.family for one in first.authors], first.issued) == (["Smith", "Wu"], "2004")
    assert (second.title, second.issued) == ("Another work", "")


def test_a_page_nested_without_end_is_refused_in_one_line():
    with pytest.raises(EvidenceError, match="nested too deeply"):
        text_of(b"<html><body>" + b"<div>" * 100_000)


def test_a_page_without_text_is_refused():
    with pytest.raises(EvidenceError, match="without text"):
        text_of(b"<html><body><img src=x></body></html>")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TAGS, "Author", "word", " ", "\n"])))
def test_no_page_makes_it_fail_and_no_word_is_lost(parts):
    page = "<html><body>" + "".join(parts) + "</body></html>"
    text = html_page.html_text(page.encode(), "page")
    if "<nav>" not in parts:
        assert text.count("word") == parts.count("word")


def bold_labels(made) -> None:
    for label, value in FIELDS:
        paragraph = made.add_paragraph()
        paragraph.add_run(label).bold = True
        paragraph.add_run(f" {value}")


def plain_lines(made) -> None:
    made.add_heading("Working together", 1)
    for label, value in FIELDS:
        made.add_paragraph(f"{label} {value}")
        made.add_paragraph("")


def table(made) -> None:
    made.add_paragraph("Working together")
    rows = made.add_table(len(FIELDS), 2).rows
    for row, (label, value) in zip(rows, FIELDS, strict=True):
        row.cells[0].text, row.cells[1].text = label, value


@pytest.mark.parametrize("build", [bold_labels, plain_lines, table])
def test_a_list_in_a_word_document_is_read(build):
    data = document(build)
    assert open_text(io.BytesIO(data), "list.docx").medium == "docx"
    (record,) = records(data)
    check(record)


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        pytest.param(
            "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>",
            "new\n",
            id="changes that were tracked",
        ),
        pytest.param(
            "<w:sdt><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            "in a control\n",
            id="content control",
        ),
        pytest.param(
            "<w:p><w:hyperlink><w:r><w:t>linked</w:t></w:r></w:hyperlink></w:p>", "linked\n", id="link"
        ),
        pytest.param(
            "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>",
            "a\tb\nc\n",
            id="tab and line break",
        ),
        pytest.param(
            '<w:p><w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
            "<w:t>-3</w:t></w:r>"
            "</w:p>",
            "10⁻³\n",
            id="superscript",
        ),
        pytest.param(
            "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r></w:p>",
            "a\n",
            id="tab stops",
        ),
    ],
)
def test_the_text_of_a_document(inside, text):
    assert text_of(archive(body(inside))) == text


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(archive(body("<w:p/>")), "without text", id="empty"),
        pytest.param(archive(body("<w:p>")), "damaged", id="broken XML"),
        pytest.param(archive(body("<w:p><w:r><w:t>a</w:t></w:r></w:p>"))[:-40], "damaged", id="cut off"),
        pytest.param(archive(LAUGHS + body("<w:p/>")), "document type", id="a billion laughs"),
        pytest.param(archive(body("x" * 11_000_000)), "damaged", id="one text without end"),
        pytest.param(archive(body("<w:p>" * 300)), "damaged", id="nested without end"),
        pytest.param(
            archive(body("<w:p/>"), {f"word/media/{n}": b"" for n in range(10_001)}), "parts", id="many parts"
        ),
        pytest.param(
            b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "password",
            id="encrypted",
        ),
    ],
)
def test_hostile_and_broken_documents_are_refused_in_one_line(data, words):
    with pytest.raises(EvidenceError, match=words) as refused:
        text_of(data)
    assert "\n" not in str(refused.value)


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_is(monkeypatch):
    bomb = archive(body("<w:p><w:r><w:t>word</w:t></w:r></w:p>" * 100_000))
    monkeypatch.setattr(docx_page, "LARGEST", 1 << 20)
    with pytest.raises(EvidenceError, match="unpacks to more"):
        text_of(bomb)
    # The archive says that the part is small.
    size = len(body("<w:p><w:r><w:t>word</w:t></w:r></w:p>" * 100_000)).to_bytes(4, "little")
    with pytest.raises(EvidenceError, match=r"unpacks to more|damaged"):
        text_of(bomb.replace(size, (1000).to_bytes(4, "little")))


def test_nothing_that_a_document_links_to_is_opened():
    relations = (
        b'<Relationships><Relationship Type="http://x/officeDocument" Target="http://example.org/evil.xml"'
        b' TargetMode="External"/></Relationships>'
    )
    data = archive(
        body("<w:p><w:r><w:t>inside</w:t></w:r></w:p>"),
        {"_rels/.rels": relations, "word/vbaProject.bin": b"x"},
    )
    assert text_of(data) == "inside\n"


def test_a_document_goes_by_its_relations():
    relations = (
        b'<Relationships><Relationship Type="http://x/officeDocument" Target="/word/document2.xml"/>'
        b"</Relationships>"
    )
    main = body("<w:p><w:r><w:t>second</w:t></w:r></w:p>")
    assert text_of(archive(body(""), {"_rels/.rels": relations, "word/document2.xml": main})) == "second\n"
