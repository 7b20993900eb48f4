"""The embedded library: readable by other tools, whole to our own readers, true to print."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from pathlib import Path

import bibtexparser
import nbib
import pytest
import rispy

import corpus
from corpus.csl import NAME_VARIABLES, VARIABLES, decode
from corpus.record import Piece, Problem, Record, SourceRecord
from ingest.formats import read

SOURCES = Path(corpus.__file__).with_name("sources")
GOLD = Path(corpus.__file__).with_name("gold") / "themes.jsonl"

COUNTS = {
    "children-and-families.bib": 53,
    "community-care-2009.txt": 4,
    "mental-health-and-justice.ris": 53,
    "older-people-and-integrated-care.nbib": 54,
    "policy-background.json": 4,
    "second-database.ris": 11,
    "teams-and-professions.json": 55,
}


def source(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def test_the_library_holds_these_files_and_nothing_else():
    assert sorted(path.name for path in SOURCES.iterdir()) == sorted(COUNTS)


def test_bibtexparser_reads_the_bib_file_whole():
    library = bibtexparser.parse_string(source("children-and-families.bib"))
    assert not library.failed_blocks
    assert len(library.entries) == COUNTS["children-and-families.bib"]
    assert all({"title", "year", "abstract"} <= set(entry.fields_dict) for entry in library.entries)


@pytest.mark.parametrize("name", ["mental-health-and-justice.ris", "second-database.ris"])
def test_rispy_reads_the_ris_files_whole(name):
    records = rispy.loads(source(name))
    assert len(records) == COUNTS[name]
    assert all(record["id"] and "unknown_tag" not in record for record in records)
    assert all(record.get("title") or record.get("primary_title") for record in records)


def test_the_nbib_package_reads_the_nbib_file_whole():
    records = nbib.read(source("older-people-and-integrated-care.nbib"))
    assert len(records) == COUNTS["older-people-and-integrated-care.nbib"]
    assert all({"title", "abstract", "publication_date", "keywords"} <= set(record) for record in records)


@pytest.mark.parametrize("name", ["teams-and-professions.json", "policy-background.json"])
def test_the_json_files_hold_csl_names_only(name):
    items = json.loads(source(name))
    assert len(items) == COUNTS[name]
    known = {*VARIABLES.values(), *NAME_VARIABLES, "id", "type", "issued", "keyword"}
    assert not {key for item in items for key in item} - known


def test_the_printed_list_stands_on_a_page_with_furniture():
    text = source("community-care-2009.txt")
    assert Counter(re.findall(r"^(?:Author|Title|Publisher|Reference|Abstract)\b", text, re.M)) == {
        "Author": 3,
        "Title": 4,
        "Publisher": 2,
        "Reference": 2,
        "Abstract": 4,
    }
    assert "Author MEADS Geoffrey et al\n" in text
    assert "practices, attitudes and barriers.\n" in text
    assert "Child Abuse and Neglect, 28(10), October 2005, pp1085-1098\n" in text
    assert text.rstrip().splitlines()[-3] == "Comments are closed."


@pytest.fixture(scope="module")
def library() -> dict[str, list[Piece]]:
    """What our own readers make of each file."""
    return {name: list(read(io.BytesIO((SOURCES / name).read_bytes()), name)[1]) for name in COUNTS}


@pytest.fixture(scope="module")
def records(library: dict[str, list[Piece]]) -> list[Record]:
    return [
        decode(piece.fields)
        for pieces in library.values()
        for piece in pieces
        if isinstance(piece, SourceRecord)
    ]


def test_our_readers_read_every_file_whole_and_without_a_problem(library):
    assert not [str(piece) for pieces in library.values() for piece in pieces if isinstance(piece, Problem)]
    assert {name: len(pieces) for name, pieces in library.items()} == COUNTS


def test_every_record_has_a_title_a_year_and_nearly_every_one_an_abstract(records):
    assert all(record.title and record.year and record.type != "document" for record in records)
    assert all(1989 <= record.year <= 2025 for record in records)
    # Three of the second database's descriptions come without one.
    assert sum(not record.abstract for record in records) == 3
    assert max(Counter(record.id for record in records if record.id).values()) == 1


def test_organisations_are_no_persons_and_anonymous_is_nobody(records):
    authors = [author for record in records for author in record.authors]
    assert "Anonymous" not in {author.family or author.literal for author in authors}
    assert not [
        author for author in authors if re.search(r"Team|Committee|Association|Department", author.family)
    ]
    assert {author.literal for author in authors} >= {
        "National Association of Counties",
        "NESS Research Team",
        "Royal Pharmaceutical Society of Great Britain",
        "Scottish Parliament Health and Sport Committee",
        "Social Care Institute for Excellence",
    }


def test_theses_reports_and_chapters_are_what_they_are(records):
    kinds = Counter(record.type for record in records)
    assert (kinds["thesis"], kinds["chapter"], kinds["legislation"], kinds["article-magazine"]) == (
        8,
        1,
        1,
        1,
    )
    assert kinds["report"] == 30 + 1 + 2


def test_every_label_stands_on_words_of_a_record_in_the_library(records):
    abstracts = {record.id: record.abstract for record in records}
    labels = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    assert len(labels) == 108
    factors = [(label["id"], factor) for label in labels for factor in label["factors"]]
    assert not [id for id, factor in factors if factor["evidence"] not in abstracts[id]]


def test_the_printed_list_gives_its_four_records_with_their_facts(library):
    meads, odegard, degree, darlington = (
        decode(piece.fields) for piece in library["community-care-2009.txt"]
    )
    assert (meads.type, meads.et_al, [author.family for author in meads.authors]) == ("book", True, ["Meads"])
    assert (meads.publisher, meads.issued, meads.number_of_pages) == ("Blackwell", "2005", "165")
    assert (odegard.container_title, odegard.volume, odegard.issued) == (
        "International Journal of Integrated Care",
        "6",
        "2006",
    )
    assert (degree.authors, degree.publisher, degree.number_of_pages) == ((), "Department of Health", "13")
    assert degree.title.endswith("degree in social work; summary report")
    assert darlington.title.endswith("practices, attitudes and barriers")
    # A library catalogue says volume 29: what is printed stays.
    assert (darlington.volume, darlington.issue, darlington.issued) == ("28", "10", "2005-10")
    assert darlington.page == "1085-1098"
    assert darlington.abstract.endswith("ways of working that support it.")
