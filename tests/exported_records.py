"""Records, and ways out and back again, that the tests of the exporters share."""

from __future__ import annotations

import io
from typing import Any

from hypothesis import strategies as st

from corpus import csl
from corpus.kinds import CSL_TYPES
from corpus.record import Author, Record, SourceRecord
from corpus.theme import Tag
from ingest.formats import read
from kb.exporters import EXPORTERS, Exported

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


def write(name: str, *records: Record, tags: tuple[Tag, ...] = ()) -> Any:
    """What an exporter makes of the records, each with those tags: text, or bytes where it is binary."""
    stream: Any = io.BytesIO() if EXPORTERS[name].binary else io.StringIO(newline="")
    count = EXPORTERS[name].write((Exported(record, tags) for record in records), stream)
    assert count == len(records)
    return stream.getvalue()


def as_bytes(written: str | bytes) -> bytes:
    """What stands in the file of an export."""
    return written.encode() if isinstance(written, str) else written


def read_again(name: str, written: str | bytes) -> list[Record | str]:
    """The records that our own reader finds, and what it says of anything else."""
    _, pieces = read(io.BytesIO(as_bytes(written)), "export", "csl-json" if name == "jsonl" else name)
    return [csl.decode(piece.fields) if isinstance(piece, SourceRecord) else str(piece) for piece in pieces]


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
spiky = st.text(st.sampled_from("aA1 {}\\&%_#$~^-`'\",;:=@+\n\r\t\u2028\x85|/"), max_size=30)

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
