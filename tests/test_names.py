"""Names as databases export them and as lists print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.record import Author
from ingest.fields.name_list import looks_like_names, names_are_family_first, parse_names
from ingest.fields.names import is_others, parse_name


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("Smith, John", Author("Smith", "John")),
        ("van der Berg, Johan", Author("Berg", "Johan", particle="van der")),
        ("Schoot, Rens van de", Author("Schoot", "Rens", particle="van de")),
        ("Smith, John, Jr.", Author("Smith", "John", suffix="Jr.")),
        ("Smith, Jr, John", Author("Smith", "John", suffix="Jr")),
        pytest.param("Smith,", Author("Smith"), id="a comma says that it is a person"),
        pytest.param("Department of Health,", Author(literal="Department of Health"), id="EndNote's comma"),
        pytest.param("Liu R.", Author("Liu", "R."), id="Embase"),
        pytest.param("A. Author-One", Author("Author-One", "A."), id="IEEE"),
        pytest.param("Alceste F", Author("Alceste", "F"), id="Web of Science"),
        ("Name of a Research Center", Author(literal="Name of a Research Center")),
        ("Carers UK", Author(literal="Carers UK")),
        ("Mencap", Author(literal="Mencap")),
        ("Department of Health, Social Services and Public Safety",) * 2,
    ],
)
def test_one_name_of_a_database(text, author):
    assert parse_name(text) == (author if isinstance(author, Author) else Author(literal=author))


def test_names_without_commas_are_persons_where_the_source_has_none():
    assert parse_name("Ludwig van Beethoven", person=True) == Author("Beethoven", "Ludwig", particle="van")


def shown(text: str) -> list[str]:
    authors, et_al = parse_names(text)
    return [f"{author} [{author.role}]" if author.role != "author" else str(author) for author in authors] + (
        ["et al"] if et_al else []
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("MEADS Geoffrey et al", ["Meads, Geoffrey", "et al"]),
        ("FEENEY Judith A [et al.]", ["Feeney, Judith A", "et al"]),
        ("SMITH A, JONES B and others", ["Smith, A", "Jones, B", "et al"]),
        (
            "DARLINGTON Yvonne, FEENEY Judith A, RIXON Kylie",
            ["Darlington, Yvonne", "Feeney, Judith A", "Rixon, Kylie"],
        ),
        pytest.param("VAN DER BERG Johan", ["van der Berg, Johan"], id="particles in capitals"),
        pytest.param("DE LA CRUZ Maria", ["de la Cruz, Maria"], id="two particles"),
        pytest.param("LE GRAND Julian", ["Le Grand, Julian"], id="no particle in English"),
        ("McDONALD Ann", ["McDonald, Ann"]),
        ("MCDONALD Ann", ["McDonald, Ann"]),
        ("O'BRIEN-SMITH Mary", ["O'Brien-Smith, Mary"]),
        ("ØVRETVEIT John", ["Øvretveit, John"]),
        ("St JOHN Mary", ["St John, Mary"]),
        ("SMITH John Jr", ["Smith, John, Jr"]),
        ("MEADS GEOFFREY", ["Meads, Geoffrey"]),
        ("Yvonne DARLINGTON", ["Darlington, Yvonne"]),
        ("Meads, Geoffrey", ["Meads, Geoffrey"]),
        ("Geoffrey Meads and John Ashcroft", ["Meads, Geoffrey", "Ashcroft, John"]),
        ("Smith, J., Jones, K. and Brown, L.", ["Smith, J.", "Jones, K.", "Brown, L."]),
        ("Smith J, Jones KL, Brown L", ["Smith, J", "Jones, KL", "Brown, L"]),
        ("Darlington, Yvonne; Feeney, Judith A.", ["Darlington, Yvonne", "Feeney, Judith A."]),
        (
            "Frost, Nick, Robinson, Mark and Anning, Angela",
            ["Frost, Nick", "Robinson, Mark", "Anning, Angela"],
        ),
        ("BARRETT G, SELLMAN D (eds)", ["Barrett, G [editor]", "Sellman, D [editor]"]),
        ("JONES P. (ed.), SMITH K.", ["Jones, P. [editor]", "Smith, K."]),
        ("Department of Health and Social Care", ["Department of Health and Social Care"]),
        ("DEPARTMENT OF HEALTH", ["Department of Health"]),
        ("NHS Confederation", ["NHS Confederation"]),
        ("Audit Commission, Department of Health", ["Audit Commission", "Department of Health"]),
        ("Great Britain. Department of Health", ["Great Britain. Department of Health"]),
        ("", []),
    ],
)
def test_printed_lists_of_names(text, names):
    assert shown(text) == names


@pytest.mark.parametrize("text", ["et al", "et al.", "others", "and others", "ET AL."])
def test_more_authors_are_no_author(text):
    assert is_others(text)


@pytest.mark.parametrize(
    "text",
    ["Jane Smith said that it was good", "of the report", "In 2005, nobody", "and so the story goes on"],
)
def test_a_sentence_is_no_list_of_names(text):
    assert not looks_like_names(text)


@given(st.text(max_size=80))
def test_no_letter_of_a_name_is_lost(text):
    authors, _ = parse_names(text)
    for author in authors:
        assert author.family or author.given or author.literal
    author = parse_name(text)
    kept = f"{author.family}{author.given}{author.literal}{author.particle}{author.suffix}"
    assert sorted(c for c in text if c.isalnum()) == sorted(c for c in kept if c.isalnum())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("SMITH J1, JONES K2*", ["Smith, J", "Jones, K"], id="signs of footnotes"),
        pytest.param("eds. SMITH J and JONES K", ["Smith, J [editor]", "Jones, K [editor]"], id="eds. first"),
        pytest.param("Professor Sir Michael MARMOT", ["Marmot, Michael"], id="titles before a name"),
        pytest.param("d'AMOUR Danielle", ["d'Amour, Danielle"], id="particle with an apostrophe"),
        pytest.param(
            "GREAT BRITAIN. Department of Health", ["Great Britain. Department of Health"], id="jurisdiction"
        ),
    ],
)
def test_what_stands_around_names_is_no_part_of_them(text, names):
    assert looks_like_names(text)
    assert shown(text) == names


def test_the_order_of_names_is_that_of_the_list():
    assert names_are_family_first(["Smith J, Jones K"])
    assert not names_are_family_first(["Smith J, Jones K", "A. Brown"])
    assert parse_names("Lee John", family_first=True)[0] == (Author("Lee", "John"),)
