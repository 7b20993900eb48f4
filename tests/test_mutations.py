"""Nothing is lost of a file that is damaged: every word of it lies in a piece, and whole records are read."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import EvidenceError
from corpus.record import Problem, SourceRecord
from ingest.formats import PARSERS, read

TITLES = ("Alpha study of shared care", "Beta survey of working teams", "Gamma review of mutual trust")


@dataclass(frozen=True, slots=True)
class Example:
    """A file in parts: what stands before the records, they themselves, what stands behind."""

    records: tuple[str, ...]
    head: str = ""
    tail: str = ""
    #: Words of the format's own between records, which belong to none.
    furniture: str = ""

    @property
    def text(self) -> str:
        """The whole file."""
        return self.head + "".join(self.records) + self.tail

    def owner(self, line: int) -> int | None:
        """The record that a line, from 0, belongs to; ``None`` for a line before or behind them."""
        end = self.head.count("\n")
        if line < end:
            return None
        for number, record in enumerate(self.records):
            end += record.count("\n")
            if line < end:
                return number
        return None


def _example(record: str, head: str = "", tail: str = "", furniture: str = "", between: str = "") -> Example:
    """Three records of one form: @T title, @A family name, @N a number, 1 to 3."""
    if between:
        record = record.removesuffix("\n")
    made = [
        record.replace("@T", title).replace("@A", name).replace("@N", str(number))
        for number, (title, name) in enumerate(zip(TITLES, ("Smith", "Núñez", "Wu"), strict=True), start=1)
    ]
    if between:
        made = [*(one + between for one in made[:-1]), made[-1] + "\n"]
    return Example(tuple(made), head, tail, furniture)


EXAMPLES = {
    "ris": _example(
        "TY  - JOUR\nID  - key@N\nAU  - @A, Jo\nAU  - Berg, Ann\nTI  - @T\nJO  - Care Quarterly\nPY  - "
        "200@N/05//\n"
        "VL  - @N\nSP  - 475\nEP  - 82\nAB  - Objective@N: to look.\nMethods@N: we asked people\n"
        "about their work.\nKW  - trust\nDO  - 10.1000/abc.@N\nN1  - a note\nER  - \n\n",
        furniture="ER",
    ),
    "bibtex": _example(
        "@article{key@N,\n  author = {@A, Jo and {\\O}degaard, Ann},\n  title = {@T},\n  year = 200@N,\n"
        "  journal = {Care {Quarterly}},\n  abstract = {Objective@N: to look.\n    Methods@N: we asked "
        "people,\n"
        '    and more.},\n  note = "a note"\n}\n\n',
        head="% Encoding: UTF-8\n@string{sage = {Sage}}\n\n",
    ),
    "nbib": _example(
        "PMID- 1000@N\nOWN - NLM\nTI  - @T\n      in three regions.\nAB  - BACKGROUND: Objective@N.\n"
        "      METHODS: we asked people.\nFAU - @A, Jo\nAU  - @A J\nFAU - Berg, Ann\nAU  - Berg A\nLA  - "
        "eng\n"
        "PT  - Journal Article\nDP  - 200@N May\nJT  - Care Quarterly\nVI  - @N\nPG  - 475-82\n"
        "AID - 10.1000/abc.@N [doi]\nSO  - Care Q. 200@N\n\n"
    ),
    "refer": _example(
        "%0 Journal Article\n%A @A, Jo\n%A Berg, Ann\n%T @T\n%J Care Quarterly\n%D 200@N\n%V @N\n%P 475-82\n"
        "%X Objective@N: to look.\nMethods@N: we asked people.\n%K trust\n%Z a note\n\n"
    ),
    "wos": _example(
        "PT J\nAU @A, J\n   Berg, A\nTI @T\nSO CARE QUARTERLY\nLA English\nDT Article\nAB Objective@N: to "
        "look.\n"
        "   Methods@N: we asked people.\nPY 200@N\nVL @N\nBP 475\nEP 482\nDI 10.1000/abc.@N\nUT "
        "WOS:00000000000@N\nER\n\n",
        head="FN Clarivate Analytics Web of Science\nVR 1.0\n",
        tail="EF\n",
        furniture="ER",
    ),
    "ovid": _example(
        "<@N>\nUnique Identifier\n  1000@N\nTitle\n  @T.\nSource\n  Care Quarterly. @N(2):475-82, 200@N "
        "May.\n"
        "Authors\n  @A J; Berg A.\nAbstract\n  Objective@N: to look. Methods@N: we asked people.\n"
        "Publication Type\n  Journal Article.\n\n",
        furniture="1 2 3",
    ),
    "refworks": _example(
        "RT Journal Article\nSR Electronic(1)\nID 1000@N\nA1 @A,Jo\nA1 Berg,Ann\nT1 @T\nJF Care "
        "Quarterly\nYR 200@N\n"
        "VO @N\nSP 475\nOP 482\nAB Objective@N: to look. Methods@N: we asked people.\nK1 trust\nDO "
        "10.1000/abc.@N\n\n"
    ),
    "csl-json": _example(
        '{\n  "id": "key@N",\n  "type": "article-journal",\n  "title": "@T",\n'
        '  "author": [{"family": "@A", "given": "Jo"}],\n  "issued": {"date-parts": [[200@N]]},\n'
        '  "container-title": "Care Quarterly",\n  "abstract": "Objective@N: to look."\n}\n',
        head="[\n",
        tail="]\n",
        between=",\n",
    ),
    "labelled": _example(
        "Author @A Jo and BERG Ann\nTitle @T\nPublisher Care Quarterly, @N(2), May 200@N, pp475-482\n"
        "Abstract Objective@N: to look. We asked people about\ntheir work in three regions.\n\n"
    ),
    "pubmed-xml": _example(
        "<PubmedArticle>\n<MedlineCitation>\n<PMID>1000@N</PMID>\n<Article>\n<Journal>\n<JournalIssue>\n"
        "<PubDate><Year>200@N</Year></PubDate>\n</JournalIssue>\n<Title>Care Quarterly</Title>\n</Journal>\n"
        "<ArticleTitle>@T</ArticleTitle>\n<Abstract>\n<AbstractText>Objective@N to look</AbstractText>\n"
        "</Abstract>\n"
        "<AuthorList>\n<Author><LastName>@A</LastName><ForeName>Jo</ForeName></Author>\n</AuthorList>\n"
        "</Article>\n</MedlineCitation>\n</PubmedArticle>\n",
        head='<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n',
        tail="</PubmedArticleSet>\n",
    ),
    "endnote-xml": _example(
        '<record>\n<rec-number>@N</rec-number>\n<ref-type name="Journal Article">17</ref-type>\n'
        "<contributors>\n"
        "<authors><author>@A, Jo</author></authors>\n</contributors>\n<titles>\n"
        '<title><style face="normal">@T</style></title>\n<secondary-title>Care Quarterly</secondary-title>\n'
        "</titles>\n<dates><year>200@N</year></dates>\n<abstract>Objective@N to look</abstract>\n</record>\n",
        head='<?xml version="1.0" encoding="UTF-8"?>\n<xml>\n<records>\n',
        tail="</records>\n</xml>\n",
    ),
    "openalex": _example(
        '{"id": "https://openalex.org/W100@N", "doi": "https://doi.org/10.1000/abc.@N", "title": "@T",'
        ' "display_name": "@T", "publication_year": 200@N, "type": "article",'
        ' "authorships": [{"author_position": "first", "author": {"id": "https://openalex.org/A@N",'
        ' "display_name": "Jo @A"}}], "biblio": {"volume": "@N", "issue": null, "first_page": "475",'
        ' "last_page": "482"}, "abstract_inverted_index": {"Objective@N": [0], "look": [1]}}\n'
    ),
    "crossref": _example(
        '{"DOI": "10.1000/abc.@N", "type": "journal-article", "title": ["@T"], "container-title": ["Care '
        'Quarterly"],'
        ' "author": [{"given": "Jo", "family": "@A", "sequence": "first", "affiliation": []}],'
        ' "issued": {"date-parts": [[200@N, 5]]}, "publisher": "Sage", "score": 1.0, "member": "98",'
        ' "prefix": "10.1000", "source": "Crossref", "is-referenced-by-count": @N, "URL": '
        '"http://dx.doi.org/@N"}\n'
    ),
    "europepmc": _example(
        '{"id": "100@N", "source": "MED", "pmid": "100@N", "title": "@T", "authorString": "@A J, Berg A.",'
        ' "pubYear": "200@N", "journalInfo": {"volume": "@N", "journal": {"title": "Care Quarterly"}},'
        ' "pageInfo": "475-482", "abstractText": "Objective@N to look"}\n',
        head='{"version": "6.9", "hitCount": 3, "resultList": {"result": [\n',
        tail="]}}\n",
        between=",\n",
    ),
    "csv": _example(
        '"@A, Jo; Berg, Ann","@T",200@N,Care Quarterly,@N,475-482,10.1000/abc.@N,"Objective@N: to look. '
        'Methods@N: we asked ""people"", all"\n',
        head="Authors,Title,Year,Journal,Volume,Pages,DOI,Abstract\n",
    ),
}
#: A workbook is no text that can be cut.
_NOT_TEXT = {"xlsx"}
#: Formats that need what stands before and behind the records: without it a file may be refused.
_FRAMED = {"csl-json", "europepmc", "pubmed-xml", "endnote-xml", "csv"}
every_example = pytest.mark.parametrize("name", [name for name in PARSERS if name in EXAMPLES])
bounded = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_every_parser_has_an_example_here():
    assert set(PARSERS) - _NOT_TEXT <= set(EXAMPLES)


def titles(data: bytes, name: str) -> list[str]:
    """The titles read; fails if a word of the file is in no piece."""
    pieces = list(read(io.BytesIO(data), "file", name)[1])
    assert all(isinstance(piece, (SourceRecord, Problem)) for piece in pieces)
    kept = set(words("\n".join(piece.raw for piece in pieces)))
    example = EXAMPLES[name]
    own = {*words(example.head), *words(example.tail), *words(example.furniture)}
    text = data.decode("utf-8", errors="replace").replace("\ufeff", "").replace("\x00", "\ufffd")
    assert [word for word in words(text) if word not in kept and word not in own] == []
    return [piece.record.title for piece in pieces if isinstance(piece, SourceRecord)]


def words(text: str) -> list[str]:
    """The words of a text; those that another encoding spells are told apart by nobody."""
    return [word for word in re.findall(r"\w+", text, re.ASCII) if len(word) > 1 and not word.isdecimal()]


def lacking(found: list[str], expected: list[str]) -> list[str]:
    """The titles that are in none of those found: a record may hold another's lines, but never lack its "
    "own."""
    return [title for title in expected if not any(title in one for one in found)]


WHOLE_FILE: dict[str, Callable[[str], bytes]] = {
    "as it is": lambda text: text.encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "all three line ends": lambda text: "".join(
        line + ("\n", "\r\n", "\r")[place % 3] for place, line in enumerate(text.split("\n"))
    ).encode(),
    "a BOM": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "Windows-1252": lambda text: text.encode("cp1252"),
    "no line end at its end": lambda text: text.rstrip().encode(),
    "blank lines before and after": lambda text: f"\n\n \n{text}\n\n \n".encode(),
    "spaces behind each line": lambda text: text.replace("\n", "  \n").encode(),
}


@every_example
@pytest.mark.parametrize("mutation", WHOLE_FILE)
def test_the_file_with(name, mutation):
    data = WHOLE_FILE[mutation](EXAMPLES[name].text)
    if mutation == "UTF-16":
        pieces = read(io.BytesIO(data), "file", name)[1]
        assert [piece.record.title for piece in pieces if isinstance(piece, SourceRecord)] != []
        return
    assert lacking(titles(data, name), list(TITLES)) == []


@every_example
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_file_twice_in_one(name, encoding):
    text = EXAMPLES[name].text
    found = titles(text.encode() + text.encode(encoding), name)
    assert lacking(found, list(TITLES)) == []
    assert len(found) >= len(TITLES)


@every_example
@bounded
@given(where=st.floats(0, 1, exclude_max=True))
def test_the_file_cut_off(name, where):
    example = EXAMPLES[name]
    end = round(where * len(example.text))
    text = example.text[:end]
    begun = len(example.head) + sum(len(record) for record in example.records if record in text)
    left = text[begun:]
    if name == "labelled" and left.count("\n") < 2:
        # A label at the end of a page is no record: pages print authors and titles of their own.
        text = text.removesuffix(left)
    try:
        found = titles(text.encode(), name)
    except EvidenceError:
        # Not even one record has begun; the file is refused as a whole.
        assert end <= len(example.head) + len(example.records[0])
        return
    whole = [
        title
        for number, title in enumerate(TITLES, start=1)
        if len(example.head) + sum(map(len, example.records[:number])) <= end
    ]
    assert lacking(found, whole) == []


def _delete(lines: list[str], place: int) -> list[str]:
    return lines[:place] + lines[place + 1 :]


def _duplicate(lines: list[str], place: int) -> list[str]:
    return [*lines[: place + 1], *lines[place:]]


def _blank(lines: list[str], place: int) -> list[str]:
    return [*lines[:place], "", *lines[place:]]


def _indent(lines: list[str], place: int) -> list[str]:
    return [*lines[:place], f"   {lines[place]}", *lines[place + 1 :]]


def _nul(lines: list[str], place: int) -> list[str]:
    return [*lines[:place], lines[place].replace(" ", " \x00", 1) or "\x00", *lines[place + 1 :]]


def _mark(lines: list[str], place: int) -> list[str]:
    return [*lines[:place], f"\ufeff{lines[place]}", *lines[place + 1 :]]


@every_example
@pytest.mark.parametrize("mutate", [_delete, _duplicate, _blank, _indent, _nul, _mark])
def test_one_line_damaged_costs_no_other_record(name, mutate):
    example = EXAMPLES[name]
    lines = example.text.split("\n")
    failures = []
    for place in range(len(lines) - 1):
        data = "\n".join(mutate(lines, place)).encode()
        owner = example.owner(place)
        others = [title for number, title in enumerate(TITLES) if number != owner]
        if owner is None and name in _FRAMED:
            others = []
        try:
            missing = lacking(titles(data, name), others)
        except EvidenceError as error:
            if owner is None and name in _FRAMED:
                continue
            missing = [str(error)]
        except AssertionError as error:
            missing = [str(error).split("\n")[0]]
        if missing:
            failures.append((place, lines[place], missing))
    assert failures == []
