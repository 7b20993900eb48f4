"""What holds for every tagged format, however its file was mangled."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ingest.files.text
from corpus.record import Piece, Problem, SourceRecord
from ingest import formats
from ingest.files.text import Text

TITLES = ["Working together", "Joint training: a review", "Who leads?", "Trust & time"]
RECORDS = {
    "refer": "%0 Journal Article\n%T {}\n%A Smith, John\n%J Child Abuse Review\n%D 2001\n%X First.\nMore.",
    "wos": "PT J\nAU Smith, J\n   Wu, K\nTI {}\nSO CHILD ABUSE REVIEW\nPY 2001\nER",
    "ovid": "<1>\nVN  - Ovid Technologies\nUI  - 12\nTI  - {}\nAU  - Smith J\nAB  - First\n      more.",
    "refworks": "RT Journal Article\nID 3\nA1 Smith,John\nT1 {}\nJF Child Abuse Review\nYR 2001\nAB First.",
    "nbib": "PMID- 12\nTI  - {}\nFAU - Smith, John\nAU  - Smith J\nJT  - Child abuse review\nDP  - 2001 Jan",
}
every_format = pytest.mark.parametrize("name", RECORDS)
bounded = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def whole(name: str, titles: list[str] = TITLES, gap: str = "\n\n") -> str:
    """A file with a record for each title."""
    return gap.join(RECORDS[name].format(title) for title in titles) + "\n"


def read(data: bytes) -> tuple[str, list[Piece]]:
    """(format as detected, pieces) of the bytes of a file."""
    name, pieces = formats.read(io.BytesIO(data), "refs.txt")
    return name, list(pieces)


def titles(pieces: list[Piece]) -> list[str]:
    """The titles of the pieces, all of which must be records."""
    assert not [piece for piece in pieces if isinstance(piece, Problem)]
    return [piece.fields["title"] for piece in pieces if isinstance(piece, SourceRecord)]


@every_format
@pytest.mark.parametrize(
    "mangle",
    [
        pytest.param(lambda text: text.encode("utf-8-sig"), id="byte order mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="UTF-16"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(lambda text: text.replace("\n", "\r").encode(), id="CR only"),
        pytest.param(lambda text: ("\n \n\n" + text).encode(), id="blank lines before"),
        pytest.param(lambda text: text.rstrip("\n").encode(), id="no line end at the end"),
        pytest.param(lambda text: text.replace("\n\n", "\n\n\n\n").encode(), id="more blank lines between"),
        pytest.param(lambda text: text.replace("\n\n", "\n").encode(), id="no blank lines between"),
        pytest.param(lambda text: text.replace("\nER", "").encode(), id="no end of record"),
        pytest.param(lambda text: ("Provider: Some\nContent: text\n\n" + text).encode(), id="header before"),
        pytest.param(
            lambda text: (text + "\n\n").replace("\n\n", "\n\n----\n\n").encode(), id="rules between"
        ),
    ],
)
def test_a_mangled_file_gives_every_record(name, mangle):
    found, pieces = read(mangle(whole(name)))
    assert (found, titles(pieces)) == (name, TITLES)


@every_format
def test_a_doubled_file_gives_every_record_twice(name):
    found, pieces = read((whole(name) * 2).encode())
    assert (found, titles(pieces)) == (name, TITLES * 2)


@every_format
def test_text_between_records_is_a_problem_of_its_own(name):
    head, rest = whole(name, TITLES[:1]), whole(name, TITLES[1:])
    pieces = list(formats.PARSERS[name].parse(Text([f"{head}\n-----\nstray words\n\n{rest}"], "refs.txt")))
    problems = [piece for piece in pieces if isinstance(piece, Problem)]
    if name in ("refer", "refworks"):
        # Here an abstract may have paragraphs: what stands behind it belongs to it.
        assert "stray words" in pieces[0].raw
    else:
        assert [problem.raw.split("\n")[-1] for problem in problems] == ["stray words"]
        assert problems[0].line == head.count("\n") + 3 - problems[0].raw.count("\n")
    assert titles([piece for piece in pieces if isinstance(piece, SourceRecord)]) == TITLES


@every_format
@bounded
@given(data=st.data())
def test_a_truncated_file_keeps_what_is_before_the_cut(name, data):
    text = whole(name)
    cut = data.draw(st.integers(1, len(text)))
    pieces = list(formats.PARSERS[name].parse(Text([text[:cut]], "refs.txt")))
    kept = "\n".join(piece.raw for piece in pieces)
    furniture = re.compile(r"\s*\Z|<\d+>?\Z")
    assert [
        line for line in text[:cut].split("\n") if line.rstrip() not in kept and not furniture.match(line)
    ] == []
    assert sum(isinstance(piece, SourceRecord) for piece in pieces) >= text[:cut].count("\n\n")


@every_format
@bounded
@given(size=st.integers(1, 200), data=st.data())
def test_a_file_read_in_parts_gives_the_pieces_of_the_whole(name, size, data):
    lines = data.draw(st.lists(st.sampled_from(whole(name).split("\n")), max_size=60))
    text = "\n".join([whole(name), *lines, whole(name)])
    blocks = [text[start : start + size] for start in range(0, len(text), size)]
    parser = formats.PARSERS[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.files.text, "PART", 100)
        in_parts = list(parser.parse(Text(blocks, "refs.txt")))
    assert in_parts == list(parser.parse(Text([text], "refs.txt")))


@every_format
@bounded
@given(text=st.lists(st.sampled_from([*"\n \t%-<>1.A", "TI", "AU", "PMID", "ER", "RT ", "%0 "])).map("".join))
def test_no_text_makes_a_reader_lose_a_line(name, text):
    pieces = list(formats.PARSERS[name].parse(Text([text], "refs.txt")))
    kept = "\n".join(piece.raw for piece in pieces)
    furniture = re.compile(r"[\s<>\d.\-)\[]*\Z|E[FR]\s*\Z")
    lost = [line for line in text.split("\n") if not furniture.match(line) and line.rstrip() not in kept]
    assert lost == []
