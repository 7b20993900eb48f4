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
from corpus.record import Author, Record, SourceRecord
from corpus.theme import Tag
from ingest.formats import read
from ingest.parsers.own_table import restore
from kb.exporters import EXPORTERS, Exported
from kb.exporters.bibtex import escape
from kb.exporters.csv_table import COLUMNS, harmless

PLAIN = Record(
    id="darlington-2005-interagency",
    type="article-journal",
    title="Interagency collaboration between CAMHS and child protection in England: practices and barriers",
    abstract="Inadequate resources and confidentiality got in the way.",
    authors=(Author("Darlington", "Yvonne", orcid="0000-0002-1825-0097"), Author("Feeney", "Judith A")),
    et_al=True,
    issued="2005-10",
    container_title="Child Abuse & Neglect",
    volume="28",
    issue="10",
    page="1085-1098",
    doi="10.1016/j.chiabu.2005_06.009",
    pmid="16238983",
    pmcid="PMC1234567",
    issn="0145-2134",
    language="en",
    keywords=("child protection", "mental health"),
)
AWKWARD = Record(
    id="Ødegård & al. 2006",
    type="chapter",
    title="R&D at 100%: a_b #1 $5 {x} ~ ^ \\ -- ``q'' and an end} of it",
    abstract="First line.\nTY  - JOUR\nER  - \r\n\r\n@article{x,\tend",
    authors=(
        Author("Berg", "Johan", particle="van der", suffix="Jr"),
        Author("de Lusignan", "Simon"),
        Author("Atkinson"),
        Author(literal="Health, Sport and Care Committee"),
        Author("Fakhar Manesh", "Mohammad", role="editor"),
        Author("Øye", "Kari", role="translator"),
        Author("Lie", "Ola", role="reviewed-author"),
    ),
    issued="2004-12/2005-01",
    container_title="=cmd|' /C calc'!A0",
    collection_title="+1 Series",
    publisher="Blackwell & Sons",
    publisher_place="London",
    number_of_pages="165",
    edition="2nd",
    genre="@Working paper",
    isbn="978-0-306-40615-7",
    url="https://example.org/a_b%20c?x={1}&y=2#z",
    keywords=("care, integrated", "-1"),
    extra={"C1": "one", "N1": ["a note", "another"], "Accession Number": "A 1", "note": "N"},
)
BARE = Record(id="", type="personal_communication", title="", issued="n.d.")
SAMPLE = (PLAIN, AWKWARD, BARE)
TAGS = (
    Tag(PLAIN.id, "resources", "barrier", "abstract", 0, 20, "Inadequate resources", "rules 1", 0.9),
    Tag(PLAIN.id, "confidentiality", None, "abstract", 25, 40, "confidentiality", "rules 1", 0.5, "rejected"),
)


def write(name: str, *records: Record, tags: tuple[Tag, ...] = ()) -> str:
    stream = io.StringIO(newline="")
    count = EXPORTERS[name].write((Exported(record, tags) for record in records), stream)
    assert count == len(records)
    return stream.getvalue()


def read_again(name: str, written: str) -> list[Record | str]:
    """The records that our own reader finds, and what it says of anything else."""
    _, pieces = read(io.BytesIO(written.encode()), "export", "csl-json" if name == "jsonl" else name)
    return [csl.decode(piece.fields) if isinstance(piece, SourceRecord) else str(piece) for piece in pieces]


every_exporter = pytest.mark.parametrize("name", sorted(EXPORTERS))

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
spiky = st.text(st.sampled_from("aA1 {}\\&%_#$~^-`'\",;:=@+\n\r\t\u2028\x85|/"), max_size=30)


def test_each_format_of_the_command_line_has_an_exporter():
    assert set(EXPORTERS) == {"bibtex", "ris", "csl-json", "csv", "jsonl"}


@every_exporter
def test_an_exporter_says_its_name_ending_and_media_type(name):
    exporter = EXPORTERS[name]
    assert exporter.name == name
    assert re.fullmatch(r"\.[a-z]+", exporter.ending)
    assert re.fullmatch(r"[a-z]+/[a-z.+-]+", exporter.media_type)


@every_exporter
def test_an_export_is_as_reviewed(name, golden):
    suffix = EXPORTERS[name].ending
    golden(f"export{suffix}", write(name, *SAMPLE))


@every_exporter
def test_an_export_with_themes_is_as_reviewed(name, golden):
    golden(f"export-themes{EXPORTERS[name].ending}", write(name, PLAIN, tags=TAGS))


@every_exporter
def test_rejected_themes_stay_in_and_others_are_no_keywords(name):
    written = write(name, PLAIN, tags=TAGS)
    assert 'resources (barrier): "Inadequate resources"' in written.replace('""', '"').replace('\\"', '"')
    assert "rules 1" not in written
    assert written.count("onfidentiality") == 1
    assert written.count("child protection") == write(name, PLAIN).count("child protection")


@every_exporter
def test_records_are_written_one_at_a_time(name):
    stream = io.StringIO()
    sizes = []

    def records() -> Iterator[Exported]:
        for _ in range(3):
            yield Exported(PLAIN)
            sizes.append(len(stream.getvalue()))

    EXPORTERS[name].write(records(), stream)
    assert 0 < sizes[0] < sizes[1] < sizes[2]


@every_exporter
def test_nothing_found_is_still_a_valid_file(name):
    assert write(name) == {"csl-json": "[]\n", "csv": ",".join(COLUMNS) + "\r\n"}.get(name, "")


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


# What people type, with every sign that some format takes for markup.
phrases = st.lists(
    st.text("aZé&%_#${}~^\\'\"<>=@+*/()[]`-;:|", min_size=1, max_size=6), min_size=1, max_size=4
).map(lambda words: f"On {' '.join(words)} end")
names = st.sampled_from(
    [
        Author("Darlington", "Yvonne", orcid="0000-0002-1825-0097"),
        Author("Feeney", "Judith A"),
        Author("Berg", "Johan", particle="van der", suffix="Jr"),
        Author("Ødegård", "Atle", role="editor"),
        Author("Fakhar Manesh", "Mohammad", role="translator"),
        Author("O'Brien-Smith", "Á.", role="reviewed-author"),
        Author("San Martín-Rodriguez", "L."),
        Author("Atkinson"),
        Author(literal="Department of Health & Social Care"),
        Author(literal="Scottish Executive"),
    ]
)
whole_records = st.builds(
    Record,
    id=st.sampled_from(["berg-2005-what", "a1"]),
    type=st.sampled_from(sorted(CSL_TYPES)),
    title=phrases,
    abstract=phrases | st.just(""),
    # Formats keep authors, editors, translators apart, so only the order within a role can come back.
    authors=st.lists(names, max_size=4, unique=True).map(
        lambda found: tuple(sorted(found, key=lambda author: csl.NAME_VARIABLES.index(author.role)))
    ),
    et_al=st.booleans(),
    issued=st.sampled_from(["", "2005", "2005-10", "2005-10-14", "2005-23", "2004/2005", "2004-12/2005-01"]),
    container_title=phrases | st.just(""),
    collection_title=phrases | st.just(""),
    publisher=phrases | st.just(""),
    publisher_place=st.sampled_from(["", "London", "Oxford; Malden, MA"]),
    volume=st.sampled_from(["", "28", "28 (Suppl 1)"]),
    issue=st.sampled_from(["", "10", "13/50", "Special 10th Anniversary Edition"]),
    page=st.sampled_from(["", "1085-1098", "e388-e396", "188-189, 193"]),
    number_of_pages=st.sampled_from(["", "165", "12, 220"]),
    edition=st.sampled_from(["", "2nd"]),
    genre=st.sampled_from(["", "Working paper"]),
    doi=st.sampled_from(
        ["", "10.1016/j.chiabu_2005.06.001", "10.1002/(SICI)1097-0258(1998)17:15<1661::AID>3.0.CO;2-2"]
    ),
    pmid=st.sampled_from(["", "16238983"]),
    pmcid=st.sampled_from(["", "PMC1234567"]),
    isbn=st.sampled_from(["", "9780306406157"]),
    issn=st.sampled_from(["", "0145-2134"]),
    url=st.sampled_from(["", "https://example.org/a_b%20c?x=1&y=~z#top"]),
    language=st.sampled_from(["", "en", "nb"]),
    keywords=st.sampled_from([(), ("R&D",), ("child protection", "care, integrated", "C#")]),
    extra=st.sampled_from([{}, {"C3": "kept"}, {"C3": "kept", "N1": "a note"}]),
)


@every_exporter
@given(record=whole_records)
@settings(max_examples=60, deadline=None)
def test_our_own_reader_gives_the_same_record_back(name, record):
    assert read_again(name, write(name, record, PLAIN)) == [record, PLAIN]


@every_exporter
def test_an_export_with_themes_gives_the_same_record_back_but_for_notes(name):
    (record,) = read_again(name, write(name, PLAIN, tags=TAGS))
    assert replace(record, extra={}) == PLAIN


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
