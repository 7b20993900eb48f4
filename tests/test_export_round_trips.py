"""What comes back: themes beside records, and records that went through Zotero, JabRef and EndNote."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from corpus.record import Author, Record
from corpus.theme import Tag
from kb.exporters import EXPORTERS
from tests.exported_records import AWKWARD, PLAIN, TAGS, read_again, spiky, text, whole_records, write

every_exporter = pytest.mark.parametrize("name", sorted(EXPORTERS))
with_keywords = pytest.mark.parametrize("name", ["bibtex", "ris", "endnote-xml"])
# Signs that some format takes for markup, a line end, and a quotation mark.
QUOTE = 'a "good" team\nworks; R&D at 100%: {x}, $5 #1'


def tag(
    theme: str, quote: str = "words", direction: str | None = "barrier", status: str = "automatic"
) -> Tag:
    return Tag(PLAIN.id, theme, direction, "abstract", 0, len(quote), quote, "rules 1", 0.9, status)


tags = st.lists(
    st.builds(
        tag,
        st.sampled_from(["resources", "trust", "information-sharing"]),
        spiky | st.just(QUOTE),
        st.sampled_from(["barrier", "enabler", "driver", None]),
        st.sampled_from(["automatic", "accepted", "added", "rejected"]),
    ),
    max_size=4,
)


@with_keywords
def test_themes_go_out_as_keywords_and_as_notes(name):
    written = write(name, PLAIN, tags=(*TAGS, tag("resources", "none", "enabler")))
    assert written.count("Theme: resources (barrier): ") == written.count("Theme: resources (enabler): ") == 1
    assert written.count("Theme: resources") == 3
    assert "confidentiality (" not in written


@every_exporter
@given(record=whole_records, tags=tags)
@settings(max_examples=40, deadline=None)
def test_a_record_with_themes_comes_back_without_them(name, record, tags):
    assert read_again(name, write(name, record, PLAIN, tags=tuple(tags))) == [record, PLAIN]


@every_exporter
@pytest.mark.parametrize(
    ("keywords", "themes"),
    [
        pytest.param(("Theme: resources", "care"), (), id="no tag of ours"),
        pytest.param(("Theme: resources", "care"), ("trust",), id="another theme's tag"),
        pytest.param(("care", "Theme: resources"), ("resources",), id="the same theme's tag"),
        pytest.param(("Theme: a longer one",), ("a",), id="the theme's id begins it"),
    ],
)
def test_nobodys_keyword_is_taken_for_a_theme_of_ours(name, keywords, themes):
    record = replace(PLAIN, keywords=keywords)
    assert read_again(name, write(name, record, tags=tuple(map(tag, themes)))) == [record]


def test_a_note_without_our_sign_is_somebodys():
    entry = '@article{a, title = {T}, annotation = {remark: "quoted"}, keywords = {Theme: remark}}'
    (record,) = read_again("bibtex", entry)
    assert (record.keywords, record.extra) == (("Theme: remark",), {"annotation": 'remark: "quoted"'})


def as_zotero_writes_ris(written: str) -> str:
    """Notes are paragraphs of HTML, keywords stand last, the creators come before the title."""
    *lines, end, _, _ = written.split("\n")
    lines = [re.sub(r"^N1  - (.*)", r"N1  - <p>\1</p>", line) for line in lines]
    lines = [line.replace('"', "&quot;") if line.startswith("N1") else line for line in lines]
    first, *others = lines
    return "\n".join([first, *sorted(others, key=lambda line: (line[:2] == "KW", line[:2] == "ID")), end, ""])


def as_endnote_writes_ris(written: str) -> str:
    """All notes are one, a line each, keywords are lines under one tag."""
    lines = written.rstrip("\n").split("\n")
    notes = [line[6:] for line in lines if line.startswith("N1")]
    words = [line[6:] for line in lines if line.startswith("KW")]
    others = [line for line in lines if line[:2] not in ("N1", "KW", "ER")]
    return "\n".join([*others, "N1  - " + "\n".join(notes), "KW  - " + "\n".join(words), "ER  - "])


def as_zotero_writes_bibtex(written: str) -> str:
    """Our annotation has become a note, and goes out as ``annote``; the fields are in another order."""
    head, *fields, end = written.rstrip("\n").split("\n")
    return "\n".join([head, *reversed(fields), end]).replace("  annotation = {", "\tannote = {")


def as_jabref_writes_bibtex(written: str) -> str:
    """Fields in the order of the alphabet under names with a capital, groups, and comments of its own."""
    head, *fields, end = written.rstrip("\n").split("\n")
    fields = sorted([*fields, "  groups = {Children, To read},"])
    written = "\n".join([head, *(line[:2] + line[2].upper() + line[3:] for line in fields), end])
    meta = "@Comment{jabref-meta: databaseType:bibtex;}\n\n@Comment{jabref-meta: grouping:\n0 All:;\n}\n"
    return f"% Encoding: UTF-8\n\n{written}\n\n{meta}"


def as_endnote_writes_xml(written: str) -> str:
    """The program is EndNote, and numbers its records itself."""
    written = written.replace("Evidence KB", "EndNote").replace("<rec-number>1<", "<rec-number>907<")
    return written.replace("<ref-type", '<foreign-keys><key app="EN">907</key></foreign-keys><ref-type')


@pytest.mark.parametrize(
    ("name", "program", "extra"),
    [
        pytest.param("ris", as_zotero_writes_ris, {}, id="Zotero's RIS"),
        pytest.param("ris", as_endnote_writes_ris, {}, id="EndNote's RIS"),
        pytest.param("bibtex", as_zotero_writes_bibtex, {}, id="Zotero's BibTeX"),
        pytest.param(
            "bibtex", as_jabref_writes_bibtex, {"Groups": "Children, To read"}, id="JabRef's BibTeX"
        ),
        pytest.param(
            "endnote-xml",
            as_endnote_writes_xml,
            {
                "source-app": "EndNote",
                "rec-number": "907",
                "key": "907",
                "remote-database-name": "PubMed",
            },
            id="EndNote's XML",
        ),
    ],
)
def test_a_record_comes_back_from_other_programs(name, program, extra):
    record = replace(
        PLAIN, authors=(*PLAIN.authors, Author("Lie", "Ola", role="reviewed-author")), number_of_pages="14"
    )
    written = write(name, record, tags=(*TAGS, tag("trust", "a {good} team", None)))
    assert read_again(name, program(written)) == [replace(record, extra=extra)]


@pytest.mark.parametrize(
    ("name", "written", "extra"),
    [
        pytest.param(
            "ris",
            "TY  - JOUR\nTI  - T\nL1  - file:///a.pdf\nL2  - //x.org\nN1  - <p>mine<br/>yours</p>\nER  - \n",
            {"L1": "file:///a.pdf", "L2": "//x.org", "N1": "<p>mine<br/>yours</p>"},
            id="attachments and a person's note in Zotero's RIS",
        ),
        pytest.param(
            "csl-json",
            '[{"id": "a", "type": "book", "title": "T", "note": "tex.entrytype: book\\nCitation Key: a"}]',
            {"note": "tex.entrytype: book\nCitation Key: a"},
            id="tex fields in the extra of Zotero's CSL-JSON",
        ),
        pytest.param(
            "bibtex",
            "@article{a, title = {T}, note = {tex.x: 1}, file = {:a.pdf:PDF}, groups = {A}}",
            {"note": "tex.x: 1", "file": ":a.pdf:PDF", "groups": "A"},
            id="files and groups of JabRef",
        ),
    ],
)
def test_what_other_programs_add_is_kept_and_goes_out_again(name, written, extra):
    (record,) = read_again(name, written)
    assert record.extra == extra
    assert read_again(name, write(name, record)) == [record]


@every_exporter
@given(st.one_of(text, spiky), st.one_of(text, spiky), st.lists(st.one_of(text, spiky), max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_record_stays_one_whatever_is_in_it(name, title, author, keywords):
    record = replace(
        PLAIN,
        title=title,
        abstract=f"{author}\nTY  - JOUR\nER  - \n</record>@article{{x,",
        authors=(Author(author, title), Author(literal=author)),
        keywords=tuple(keywords),
        extra={"C1": title},
    )
    following = replace(PLAIN, id="next")
    read = read_again(name, write(name, record, following, tags=(tag("trust", title),)))
    assert [found.id for found in read if isinstance(found, Record)] == [PLAIN.id, "next"]
    assert read[1] == following


@given(st.one_of(text, spiky, st.text(st.characters())), st.one_of(text, spiky))
def test_endnote_xml_is_well_formed_whatever_is_in_it(title, note):
    record = replace(PLAIN, id=note, title=title, abstract=note, keywords=(title,), extra={"C1": note})
    root: Any = etree.fromstring(write("endnote-xml", record, AWKWARD).encode())
    assert len(root.findall("records/record")) == 2


@pytest.mark.parametrize(
    ("record", "elements"),
    [
        pytest.param(
            Record(id="a", type="book", title="T", authors=(Author("Wu", "K", role="editor"),)),
            ['<ref-type name="Edited Book">28</ref-type>', "<authors><author>Wu, K</author></authors>"],
            id="a book that has nobody but editors",
        ),
        pytest.param(
            Record(id="a", title="T", authors=(Author(literal="Health, Sport and Care Committee"),)),
            ["<author>Health,, Sport and Care Committee</author>"],
            id="EndNote divides a name at one comma",
        ),
        pytest.param(
            Record(id="a", type="report", title="T", authors=(Author(literal="Age UK"),), issue="7"),
            ["<author>Age UK,</author>", "<issue>7</issue>"],
            id="EndNote takes a name without a comma for a person's",
        ),
        pytest.param(
            Record(id="a", type="treaty", title="T"),
            ['<ref-type name="Generic">13</ref-type>', "<notes>type: treaty</notes>"],
            id="a type that EndNote has not",
        ),
        pytest.param(
            Record(id="a", title="T", pmid="12", extra={"accession-num": "WOS:1"}),
            ["<notes>PMID: 12&#xD;accession-num: WOS:1</notes>"],
            id="another database's number",
        ),
    ],
)
def test_endnote_xml_says_it_as_endnote_does(record, elements):
    written = write("endnote-xml", record)
    plain = re.sub(r"</?style[^<>]*>", "", written)
    assert [element for element in elements if element not in plain] == []
    assert read_again("endnote-xml", written) == [record]
