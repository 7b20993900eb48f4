"""Generated records for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from corpus.csl import NAME_VARIABLES
from corpus.record import Author, Record

#: Printable text without line ends or outer spaces, as a field holds it.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Co", "Cn")), max_size=40
).map(lambda text: " ".join(text.split()))
WORDS = TEXT.filter(bool)
DATES = st.one_of(
    st.just(""),
    st.integers(1500, 2030).map(str),
    st.dates().filter(lambda day: day.year >= 1500).map(lambda day: day.isoformat()),
    st.builds(
        "{:04d}-{:02d}".format, st.integers(1500, 2030), st.sampled_from([*range(1, 13), 21, 22, 23, 24])
    ),
    st.builds("{0}/{1}".format, st.integers(1900, 1999), st.integers(2000, 2030)),
)
PEOPLE = st.builds(Author, family=WORDS, given=TEXT, particle=TEXT, suffix=TEXT, orcid=TEXT)
ORGANISATIONS = st.builds(Author, literal=WORDS)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record that a reader could give."""
    authors = draw(st.lists(st.one_of(PEOPLE, ORGANISATIONS), max_size=4))
    extra_keys = WORDS.filter(lambda key: key not in NAME_VARIABLES)
    return Record(
        id=draw(WORDS),
        type=draw(st.sampled_from(["article-journal", "book", "chapter", "report", "thesis", "webpage"])),
        title=draw(TEXT),
        abstract=draw(TEXT),
        authors=tuple(authors),
        et_al=draw(st.booleans()),
        issued=draw(DATES),
        container_title=draw(TEXT),
        publisher=draw(TEXT),
        volume=draw(TEXT),
        issue=draw(TEXT),
        page=draw(TEXT),
        doi=draw(TEXT),
        url=draw(TEXT),
        keywords=tuple(draw(st.lists(WORDS, max_size=4))),
        extra=draw(st.dictionaries(extra_keys, st.one_of(TEXT, st.lists(TEXT, max_size=3)), max_size=3)),
    )
