"""The seam of exporters: the same contract for each, golden files, and what other tools read of it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import bibtexparser
import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import csl
from corpus.kinds import CSL_TYPES
from corpus.record import Author, Record
from ingest.parsers.own_table import restore
from kb.cli.converting import _TARGETS
from kb.exporters import EXPORTERS, Exported
from kb.exporters.bibtex import escape
from kb.exporters.csv_table import COLUMNS, harmless
from tests.exported_records import AWKWARD, PLAIN, SAMPLE, TAGS, read_again, spiky, text, whole_records, write

every_exporter = pytest.mark.parametrize("name", sorted(EXPORTERS))
every_text_exporter = pytest.mark.parametrize(
    "name", sorted(name for name, exporter in EXPORTERS.items() if not exporter.binary)
)


def test_each_format_of_the_command_line_has_an_exporter():
    assert set(EXPORTERS) == set(_TARGETS)


@every_exporter
def test_an_exporter_says_its_name_ending_and_media_type(name):
    exporter = EXPORTERS[name]
    assert exporter.name == name
    assert re.fullmatch(r"\.[a-z]+", exporter.ending)
    assert re.fullmatch(r"[a-z]+/[a-z.+-]+", exporter.media_type)


@every_text_exporter
def test_an_export_is_as_reviewed(name, golden):
    suffix = EXPORTERS[name].ending
    golden(f"export{suffix}", write(name, *SAMPLE))


@every_text_exporter
def test_an_export_with_themes_is_as_reviewed(name, golden):
    golden(f"export-themes{EXPORTERS[name].ending}", write(name, PLAIN, tags=TAGS))


@every_text_exporter
def test_tags_go_out_but_for_those_that_were_rejected(name):
    written = write(name, PLAIN, tags=TAGS)
    assert 'resources (barrier): "Inadequate resources"' in written.replace('""', '"').replace('\\"', '"')
    assert "rules 1" not in written
    assert written.count("onfidentiality") == 1


@every_text_exporter
def test_records_are_written_one_at_a_time(name):
    stream = io.StringIO()
    sizes = []

    def records() -> Iterator[Exported]:
        for _ in range(3):
            yield Exported(PLAIN)
            sizes.append(len(stream.getvalue()))

    EXPORTERS[name].write(records(), stream)
    assert 0 < sizes[0] < sizes[1] < sizes[2]


@every_text_exporter
def test_nothing_found_is_still_a_valid_file(name):
    nothing = {
        "csl-json": "[]\n",
        "csv": ",".join(COLUMNS) + "\r\n",
        "endnote-xml": '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n</records></xml>\n',
    }
    assert write(name) == nothing.get(name, "")


@pytest.mark.parametrize(
    ("printed", "escaped"),
    [
        pytest.param("R&D 100% a_b #1 $5", r"R\&D 100\% a\_b \#1 \$5", id="signs of TeX"),
        pytest.param("~^\\", r"\textasciitilde{}\textasciicircum{}\textbackslash{}", id="signs by name"),
        pytest.param("{a} b", r"\{a\} b", id="balanced braces"),
        pytest.param("}a{", r"{$\rbrace$}a{$\lbrace$}", id="braces in the wrong order"),
        pytest.param("a} b", r"a{$\rbrace$} b", id="a brace alone"),
        pytest.param("a -- b", "a -{-} b", id="two hyphens that TeX would draw as a dash"),
        pytest.param("a\n\n b\x00", "a b", id="line ends and NUL"),
        pytest.param("Ødegård", "Ødegård", id="UTF-8 stays"),
    ],
)
def test_bibtex_escapes(printed, escaped):
    assert escape(printed) == escaped


@pytest.mark.parametrize(
    ("title", "written"),
    [
        pytest.param("Working with CAMHS in Wales", "Working with {CAMHS} in {Wales}", id="sentence case"),
        pytest.param("Working With CAMHS In Wales", "Working With {CAMHS} In Wales", id="title case"),
        pytest.param("WORKING WITH CAMHS", "WORKING WITH CAMHS", id="all capitals"),
        pytest.param("PRISMA: a new model", "{PRISMA}: a new model", id="first word is an acronym"),
        pytest.param("Who cares: The case of Wales?", "Who cares: The case of {Wales}?", id="after a colon"),
        pytest.param(
            "Inter-Agency Work Is a {Good Thing}", r"Inter-Agency Work Is a \{Good Thing\}", id="braces"
        ),
    ],
)
def test_bibtex_protects_capitals_that_matter(title, written):
    assert f"title = {{{written}}}," in write("bibtex", Record(id="a", title=title))


@pytest.mark.parametrize(
    ("author", "written"),
    [
        pytest.param(Author("Berg", "Johan", particle="van der"), "van der Berg, Johan", id="particle"),
        pytest.param(Author("Lusignan", "S", particle="De"), "De Lusignan, S", id="capital particle"),
        pytest.param(Author("de Bell", "S"), "{de Bell}, S", id="family name that starts small"),
        pytest.param(Author("King", "Martin", suffix="Jr"), "King, Jr, Martin", id="suffix"),
        pytest.param(Author(literal="Department of A and B"), "{Department of A and B}", id="body"),
        pytest.param(Author("Atkinson"), "Atkinson", id="family name alone"),
        pytest.param(Author("San Martín"), "San Martín, {}", id="family name of two words alone"),
    ],
)
def test_bibtex_writes_names_that_are_divided_as_they_were(author, written):
    assert f"author = {{{written}}}," in write("bibtex", Record(id="a", authors=(author,)))


def test_bibtex_keys_are_valid_and_unique_whatever_the_ids():
    ids = ["a", "A", "a", "a b", "Ødegård, 2006", "", "10.1/x{y}%", "a-2"]
    entries = bibtexparser.parse_string(write("bibtex", *(Record(id=name) for name in ids))).entries
    keys = [entry.key for entry in entries]
    assert keys == ["a", "A-2", "a-3", "a-b", "Odegard-2006", "record", "10.1/x-y", "a-2-2"]


def test_ris_cannot_be_smuggled_into_by_a_line_end():
    read = rispy.loads(write("ris", AWKWARD, PLAIN))
    assert [record["type_of_reference"] for record in read] == ["CHAP", "JOUR"]


def test_bibtex_makes_names_of_extra_fields_valid_and_drops_none():
    extra = {"Accession Number": "1", "1st": "2", "Title": "3", "URL": "4", "C1": "5", "empty": ""}
    entry = bibtexparser.parse_string(write("bibtex", Record(id="a", title="T", extra=extra))).entries[0]
    fields = {field.key: field.value for field in entry.fields}
    assert " ".join(fields) == "title Accession-Number x-1st Title-2 URL-2 C1"
    assert "".join(fields.values()) == "T12345"


@given(spiky, spiky, st.lists(spiky, max_size=3))
def test_bibtex_is_valid_for_another_reader_whatever_is_in_it(title, name, keywords):
    record = replace(
        PLAIN, title=title, authors=(Author(name, "X"), Author(literal=name)), keywords=tuple(keywords)
    )
    library = bibtexparser.parse_string(write("bibtex", record, replace(PLAIN, id="next")))
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == [PLAIN.id, "next"]
    assert library.entries[1].fields_dict["title"].value.startswith("Interagency")


@given(spiky, spiky, st.dictionaries(text, st.one_of(spiky, st.lists(spiky, max_size=2)), max_size=3))
def test_ris_has_one_tag_a_line_whatever_is_in_it(title, name, extra):
    record = replace(PLAIN, title=title, abstract=title, authors=(Author(name, name),), extra=extra)
    lines = write("ris", record, PLAIN).splitlines()
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines if line)
    assert [line for line in lines if line.startswith(("TY", "ER"))] == ["TY  - JOUR", "ER  - "] * 2


@given(st.one_of(text, spiky))
def test_a_csv_cell_is_harmless_and_comes_back(cell):
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert restore(harmless(cell)) == cell


@given(st.one_of(text, spiky), st.one_of(text, spiky))
def test_csv_is_read_back_by_any_reader_of_csv(title, abstract):
    written = write("csv", replace(PLAIN, title=title, abstract=abstract), PLAIN)
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    assert [restore(row["abstract"]) for row in rows] == [abstract, PLAIN.abstract]
    assert [restore(row["title"]) for row in rows] == [title, PLAIN.title]


@given(
    st.lists(
        st.builds(replace, st.sampled_from(SAMPLE), title=text, extra=st.dictionaries(text, text, max_size=2))
    )
)
@settings(max_examples=50)
def test_csl_json_comes_back_whole(records):
    assert [csl.decode(item) for item in json.loads(write("csl-json", *records))] == records
    assert [csl.decode(json.loads(line)) for line in write("jsonl", *records).splitlines()] == records


@every_exporter
@given(record=whole_records)
@settings(max_examples=60, deadline=None)
def test_our_own_reader_gives_the_same_record_back(name, record):
    assert read_again(name, write(name, record, PLAIN)) == [record, PLAIN]


def test_all_types_of_csl_come_back():
    records = [Record(id=f"a{place}", type=kind, title="T") for place, kind in enumerate(sorted(CSL_TYPES))]
    for name in EXPORTERS:
        assert read_again(name, write(name, *records)) == records


@pytest.mark.parametrize(
    ("record", "lines", "absent"),
    [
        pytest.param(
            Record(id="a", title="T", authors=(Author("Meads", "Geoffrey"),), et_al=True),
            ["AU  - Meads, Geoffrey", "N1  - et-al: true"],
            "et al.",
            id="Zotero makes a person of an author et al.",
        ),
        pytest.param(
            Record(id="a", title="T", issued="2004/2005"),
            ["PY  - 2004", "N1  - issued: 2004/2005"],
            "DA  - ",
            id="no program knows a range in DA",
        ),
    ],
)
def test_what_ris_cannot_say_is_a_note(record, lines, absent):
    text = write("ris", record)
    assert set(lines) <= set(text.splitlines())
    assert absent not in text
    assert read_again("ris", text) == [record]
