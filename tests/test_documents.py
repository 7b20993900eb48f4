"""Documents as Word, HTML and Markdown: styles, pages, and that nothing of a record becomes markup."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from corpus.errors import EvidenceError
from kb import documents
from kb.citing.reference import Run
from kb.documents import Bullets, Document, Figure, Heading, NewPage, Paragraph, Table, plain
from tests.site_library import HOSTILE

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE_TEXTS = (
    HOSTILE,
    "**bold** _it_ `code` [x](y)",
    "# no heading",
    "a\x00b\x0bc",
    "\ud800",
    "]]>&amp;<w:p/>",
)


def written(to: Any, *blocks: Any, title: str = "A title") -> bytes:
    stream = io.BytesIO()
    documents.write(Document(title, "Three references", "23 November 2026", blocks), to, stream)
    return stream.getvalue()


def word(*blocks: Any, title: str = "A title") -> Any:
    return docx.Document(io.BytesIO(written("docx", *blocks, title=title)))


def test_a_word_file_has_real_styles_headings_and_a_language():
    made = word(
        Heading(1, "Barriers"),
        Paragraph((Run("Berg (2005) "), Run("Care", italic=True)), "Bibliography"),
        Paragraph(plain("“no trust”"), "Quotation"),
        Bullets((plain("one"),)),
    )
    styles = [(each.style.name, each.text) for each in made.paragraphs]
    assert styles[:5] == [
        ("Title", "A title"),
        ("Subtitle", "Three references"),
        ("Date", "23 November 2026"),
        ("Heading 1", "Barriers"),
        ("Bibliography", "Berg (2005) Care"),
    ]
    assert styles[5] == ("Quotation", "“no trust”")
    assert [run.text for run in made.paragraphs[4].runs if run.italic] == ["Care"]
    hanging = made.styles["Bibliography"].paragraph_format.first_line_indent
    assert hanging is not None
    assert hanging < 0
    assert made.core_properties.title == "A title"


def test_every_page_of_a_word_file_has_its_number():
    made = word(Paragraph(plain("text")))
    (footer,) = {section.footer for section in made.sections}
    fields = [each.get(f"{W}instr").strip() for each in footer._element.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]


def test_a_page_break_stands_where_an_appendix_begins():
    made = word(Paragraph(plain("text")), NewPage(), Heading(1, "Appendix"))
    assert [each.get(f"{W}type") for each in made.element.body.iter(f"{W}br")] == ["page"]
    assert b"Appendix" in written("markdown", NewPage(), Heading(1, "Appendix"))


def test_a_link_leads_where_it_says_in_each_format():
    line = Paragraph((Run("see "), Run("here", link="https://doi.org/10.1/a(b)")))
    assert "https://doi.org/10.1/a(b)" in {
        each.target_ref for each in word(line).part.rels.values() if each.is_external
    }
    assert html.fromstring(written("html", line)).xpath("//a/@href") == ["https://doi.org/10.1/a(b)"]
    assert b"(https://doi.org/10.1/a(b))" in written("markdown", line)


def test_a_table_keeps_its_head_and_its_caption():
    table = Table(("Source", "Read"), ((plain("a.ris"), plain("53")),), (0.7, 0.3), "Sources")
    made = word(table).tables[0]
    assert [[cell.text for cell in row.cells] for row in made.rows] == [["Source", "Read"], ["a.ris", "53"]]
    page = html.fromstring(written("html", table))
    assert page.xpath("//th/text()") == ["Source", "Read"]
    assert page.xpath("//caption/text()") == ["Sources"]


def test_what_is_left_to_fill_in_stands_out_in_each_format():
    line = Paragraph((Run("Reviewed: "), Run("[by whom?]", marked=True)))
    runs = word(line).paragraphs[-1].runs
    assert [run.text for run in runs if run.font.highlight_color] == ["[by", " ", "whom?]"] or [
        run.text for run in runs if run.font.highlight_color
    ] == ["[by whom?]"]
    assert html.fromstring(written("html", line)).xpath("//mark//text()") == ["[by whom?]"]
    assert rb"**\[by whom?\]**" in written("markdown", line)


def test_a_drawing_is_in_the_web_page_and_a_table_instead_of_it_elsewhere():
    table = Table(("Step",), ((plain("Read"),),), (1.0,))
    figure = Figure('<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>', (table,))
    assert html.fromstring(written("html", figure)).xpath("count(//*[local-name()='svg'])") == 1
    assert len(word(figure).tables) == 1
    assert b"Read" in written("markdown", figure)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_no_text_of_a_record_becomes_markup(text):
    blocks = (Heading(1, text), Paragraph(plain(text), "Bibliography"), Bullets((plain(text),)))
    shown = " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())
    assert shown in [" ".join(each.text.split()) for each in word(*blocks, title=text or "x").paragraphs]
    page = html.fromstring(written("html", *blocks, title=text))
    assert page.xpath("string(//*[contains(@class, 'bibliography')])").strip() == shown
    assert not page.xpath(
        "//script | //main//*[local-name()='bold' or local-name()='em' or local-name()='code']"
    )
    assert b"<script>" not in written("markdown", *blocks, title=text)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
def test_any_text_gives_a_whole_word_file_that_says_it(texts):
    made = word(*(Paragraph(plain(f"x {text} y"), "Quotation") for text in texts))
    shown = [" ".join(each.text.split()) for each in made.paragraphs if each.style.name == "Quotation"]
    said = ["".join(char for char in f"x {text} y" if char.isprintable() or char.isspace()) for text in texts]
    assert shown == [" ".join(each.split()) for each in said]


def test_an_organisations_own_template_gives_its_styles(tmp_path):
    own = docx.Document()
    own.styles["Heading 1"].font.name = "Comic Sans MS"
    own.save(tmp_path / "own.docx")
    stream = io.BytesIO()
    made = Document("T", "", "", (Heading(1, "H"),))
    documents.write(made, "docx", stream, reference=tmp_path / "own.docx")
    with zipfile.ZipFile(stream) as archive:
        assert b"Comic Sans MS" in archive.read("word/styles.xml")


@pytest.mark.parametrize("content", [b"no zip at all", b""])
def test_a_template_that_is_none_is_told_in_one_line(tmp_path, content):
    path = tmp_path / "own.docx"
    path.write_bytes(content)
    with pytest.raises(EvidenceError, match=re.escape(str(path))) as refused:
        documents.write(Document("T", "", "", ()), "docx", io.BytesIO(), reference=path)
    assert "\n" not in str(refused.value)


def test_a_web_page_needs_nothing_from_elsewhere():
    page = html.fromstring(written("html", Paragraph(plain("x"))))
    assert page.get("lang") == "en-GB"
    assert not page.xpath("//link | //script | //img | //*[@src]")
    assert page.xpath("//title/text()") == ["A title"]


def test_the_parts_of_word_that_are_put_in_are_whole_xml():
    from lxml import etree

    folder = Path(documents.__file__).parent
    for name in ("word_styles.xml", "word_footer.xml"):
        etree.fromstring((folder / name).read_bytes())
