"""What every keyword engine must do, whatever scores it gives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import EvidenceError, IndexProblem
from corpus.query import Filters
from index.engine import Document, KeywordIndex
from index.engines import ENGINES, engine_named
from index.language import parse

DOCUMENTS = (
    Document(
        "barnes-1999-trust",
        "Trust between agencies",
        "Inter-agency working needs trust. Schools and the health care team must work together.",
        keywords="trust; interagency collaboration",
        authors="Barnes, Anna; van der Berg, Johan",
        container_title="Journal of Interprofessional Care",
        doi="10.1000/ABC(1)",
        year=1999,
        facets={
            "theme": ["trust-relationships", "schools"],
            "tag": ["trust-relationships:enabler"],
            "direction": ["enabler"],
            "setting": ["schools"],
            "type": ["article-journal"],
        },
    ),
    Document(
        "clark-2005-confidentiality",
        "Confidentiality and child protection",
        "Confidentiality hinders interagency working. The organisation of services is a barrier.",
        authors="Clark, Bea",
        year=2005,
        facets={
            "theme": ["information-sharing", "trust-relationships"],
            "tag": ["information-sharing:barrier"],
            "direction": ["barrier"],
            "setting": ["child-protection"],
            "type": ["report"],
        },
    ),
    Document(
        "ødegård-2006-perceptions",
        "Perceptions of interprofessional collaboration",
        "Healthcare organizations differ. Working across agencies is learned; trust is earned by agencies.",
        authors="Ødegård, Atle",
        year=2006,
        facets={"type": ["article-journal"]},
    ),
    Document("empty-undated", "", year=None),
    Document("twin-b", "Power", "Power and status.", year=2010),
    Document("twin-a", "Power", "Power and status.", year=2010),
)
IDS = {document.id for document in DOCUMENTS}
TRUST, CONFIDENTIALITY, PERCEPTIONS = (
    "barnes-1999-trust",
    "clark-2005-confidentiality",
    "ødegård-2006-perceptions",
)


@pytest.fixture(scope="module", params=sorted(ENGINES))
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordIndex]:
    folder = tmp_path_factory.mktemp(request.param)
    engine = engine_named(request.param)
    engine.build(DOCUMENTS, folder)
    opened = engine.open(folder)
    yield opened
    opened.close()


def found(
    index: KeywordIndex, text: str, filters: Filters | None = None, limit: int | None = None
) -> list[str]:
    return [record for record, _ in index.search(parse(text).tree, filters or Filters(), limit)]


@pytest.mark.parametrize(
    ("text", "records"),
    [
        pytest.param("inter-agency", {TRUST, CONFIDENTIALITY}, id="a hyphen"),
        pytest.param("interagency", {TRUST, CONFIDENTIALITY}, id="closed"),
        pytest.param("inter agency", {TRUST, CONFIDENTIALITY}, id="open"),
        pytest.param("healthcare", {TRUST, PERCEPTIONS}, id="a compound"),
        pytest.param("health", {TRUST, PERCEPTIONS}, id="a word within a compound"),
        pytest.param("organization", {CONFIDENTIALITY, PERCEPTIONS}, id="spelling"),
        pytest.param("agency", {TRUST, PERCEPTIONS}, id="word forms"),
        pytest.param("trust confidentiality", {TRUST, PERCEPTIONS, CONFIDENTIALITY}, id="any word"),
        pytest.param("trust AND confidentiality", set(), id="AND"),
        pytest.param("trust AND learned", {PERCEPTIONS}, id="AND in one record"),
        pytest.param("trust NOT schools", {PERCEPTIONS}, id="NOT"),
        pytest.param("trust AND NOT schools", {PERCEPTIONS}, id="AND NOT"),
        pytest.param("NOT trust", IDS - {TRUST, PERCEPTIONS}, id="NOT alone"),
        pytest.param("NOT (trust OR power)", {CONFIDENTIALITY, "empty-undated"}, id="NOT of alternatives"),
        pytest.param(
            "confidentiality OR NOT agencies", IDS - {TRUST, PERCEPTIONS}, id="NOT as an alternative"
        ),
        pytest.param('"inter-agency working"', {TRUST, CONFIDENTIALITY}, id="a phrase over variants"),
        pytest.param('"working interagency"', set(), id="a phrase in its order"),
        pytest.param('"health care team"', {TRUST}, id="a phrase that begins with a compound"),
        pytest.param('"care team"', {TRUST}, id="a phrase that begins within a compound"),
        pytest.param('"agencies inter-agency"', set(), id="no phrase from title to abstract"),
        pytest.param('"together must work"~3', {TRUST}, id="near words in any order"),
        pytest.param('"together trust"~3', set(), id="words that are not near"),
        pytest.param("collab*", {TRUST, PERCEPTIONS}, id="a pattern"),
        pytest.param("organis*", {CONFIDENTIALITY, PERCEPTIONS}, id="a pattern finds the other spelling"),
        pytest.param("c*ity", {CONFIDENTIALITY}, id="a pattern with an end"),
        pytest.param("p*", {CONFIDENTIALITY, PERCEPTIONS, "twin-a", "twin-b"}, id="one letter and more"),
        pytest.param("*dentiality", {CONFIDENTIALITY}, id="a pattern of an end"),
        pytest.param("confidentialty~", {CONFIDENTIALITY}, id="a fuzzy word"),
        pytest.param("title:trust", {TRUST}, id="in the title"),
        pytest.param("keyword:collaboration", {TRUST}, id="in the keywords"),
        pytest.param('journal:"interprofessional care"', {TRUST}, id="in the journal"),
        pytest.param("author:odegard", {PERCEPTIONS}, id="an author without accents"),
        pytest.param('author:"van der Berg"', {TRUST}, id="an author with a particle"),
        pytest.param("odegard 2006", {PERCEPTIONS}, id="author and year as words"),
        pytest.param("trust year:2005", set(), id="words of another year"),
        pytest.param("trust year:[2000 TO 2009]", {PERCEPTIONS}, id="words and years"),
        pytest.param("year:[2000 TO ]", IDS - {TRUST, "empty-undated"}, id="from a year on"),
        pytest.param("year:[ TO 2005]", {TRUST, CONFIDENTIALITY}, id="until a year"),
        pytest.param("theme:trust-relationships", {TRUST, CONFIDENTIALITY}, id="a theme"),
        pytest.param(
            "theme:schools OR theme:information-sharing", {TRUST, CONFIDENTIALITY}, id="either theme"
        ),
        pytest.param("confidentiality theme:schools", set(), id="words of another theme"),
        pytest.param("type:report direction:barrier", {CONFIDENTIALITY}, id="two facets"),
        pytest.param("doi:10.1000/abc(1)", {TRUST}, id="a DOI in another case"),
        pytest.param("xyzzy", set(), id="no such word"),
        pytest.param("", IDS, id="nothing: everything"),
    ],
)
def test_a_query_finds_exactly_its_records(index, text, records):
    assert set(found(index, text)) == records


@pytest.mark.parametrize(
    ("filters", "records"),
    [
        pytest.param(Filters(theme=("trust-relationships",)), {TRUST, CONFIDENTIALITY}, id="theme"),
        pytest.param(
            Filters(theme=("trust-relationships",), direction=("barrier",)),
            set(),
            id="one tag must have both",
        ),
        pytest.param(
            Filters(theme=("trust-relationships", "information-sharing"), direction=("barrier", "driver")),
            {CONFIDENTIALITY},
            id="alternatives of both",
        ),
        pytest.param(
            Filters(direction=("barrier", "enabler")), {TRUST, CONFIDENTIALITY}, id="either direction"
        ),
        pytest.param(Filters(setting=("schools",), type=("report",)), set(), id="fields must all hold"),
        pytest.param(Filters(since=2005), IDS - {TRUST, "empty-undated"}, id="since"),
        pytest.param(Filters(until=2005), {TRUST, CONFIDENTIALITY}, id="until, and no record without a year"),
        pytest.param(
            Filters(since=2005, until=2006), {CONFIDENTIALITY, PERCEPTIONS}, id="both ends included"
        ),
        pytest.param(Filters(theme=("no-such-theme",)), set(), id="a theme that no record has"),
    ],
)
def test_filters_keep_exactly_their_records(index, filters, records):
    assert set(found(index, "", filters)) == records
    assert set(found(index, "power OR agencies OR working", filters)) <= records


def test_without_words_the_newest_come_first(index):
    assert found(index, "") == ["twin-a", "twin-b", PERCEPTIONS, CONFIDENTIALITY, TRUST, "empty-undated"]


def test_a_title_counts_more_than_an_abstract(index):
    assert found(index, "trust")[0] == TRUST


def test_covering_more_words_comes_first(index):
    assert found(index, "agencies earned learned")[0] == PERCEPTIONS


def test_equal_records_stand_in_the_order_of_their_ids(index):
    assert found(index, "power") == ["twin-a", "twin-b"]


def test_scores_fall(index):
    scores = [score for _, score in index.search(parse("trust agencies working").tree, Filters(), None)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


def test_a_limit_keeps_the_best(index):
    assert found(index, "trust agencies working", limit=2) == found(index, "trust agencies working")[:2]


def test_the_order_of_words_changes_nothing(index):
    assert index.search(parse("trust agencies working").tree, Filters(), None) == index.search(
        parse("working trust agencies").tree, Filters(), None
    )


def test_searches_at_once_answer_as_alone(index):
    texts = [
        "trust",
        '"inter-agency working"',
        "collab* NOT power",
        "theme:schools",
        "agencies OR power",
    ] * 40
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda text: found(index, text), texts))
    assert at_once == [found(index, text) for text in texts]


def test_values_of_a_facet_are_listed(index):
    assert index.values("type") == ["article-journal", "report"]


def test_suggests_words_of_the_library(index):
    assert index.suggest("confidentialty") == "confidentiality"
    assert index.suggest("confidentiality") is None
    assert index.suggest("2005") is None
    assert index.suggest("qqqqqqqq") is None


def test_like_gives_the_telling_words_of_a_record(index):
    tree = index.like(CONFIDENTIALITY)
    assert tree is not None
    assert index.search(tree, Filters(), 1)[0][0] == CONFIDENTIALITY
    assert index.like("no-such-record") is None
    assert index.like("empty-undated") is None


_TYPED = 'trust AND OR NOT ( ) " * ~ power* theme:x year:2005'


@settings(max_examples=60, deadline=None)
@given(st.text() | st.lists(st.sampled_from(_TYPED.split())).map(" ".join))
def test_whatever_is_typed_gives_records_of_the_index(index, text):
    records = found(index, text)
    assert set(records) <= IDS
    assert len(records) == len(set(records))


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_an_empty_library_has_an_index(name, tmp_path):
    engine_named(name).build([], tmp_path)
    index = engine_named(name).open(tmp_path)
    assert found(index, "") == found(index, "trust") == []


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_the_order_of_documents_changes_nothing(name, tmp_path):
    rankings = []
    for number, documents in enumerate((DOCUMENTS, DOCUMENTS[::-1])):
        folder = tmp_path / str(number)
        folder.mkdir()
        engine_named(name).build(documents, folder)
        rankings.append(
            engine_named(name).open(folder).search(parse("trust power working").tree, Filters(), None)
        )
    assert rankings[0] == rankings[1]


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_progress_counts_the_records(name, tmp_path):
    counted: list[int] = []
    engine_named(name).build(DOCUMENTS, tmp_path, counted.append)
    assert counted[-1] == len(DOCUMENTS)


@pytest.mark.parametrize("name", sorted(ENGINES))
@pytest.mark.parametrize("damage", ["missing", "empty", "cut short"])
def test_an_index_that_cannot_be_read_is_an_index_problem(name, damage, tmp_path):
    folder = tmp_path / "index"
    folder.mkdir()
    engine_named(name).build(DOCUMENTS, folder)
    _damage(folder, damage)
    with pytest.raises(IndexProblem, match="kb index"):
        engine_named(name).open(folder)


def _damage(folder: Path, damage: str) -> None:
    if damage == "missing":
        shutil.rmtree(folder)
        return
    for path in (path for path in folder.iterdir() if path.stat().st_size):
        content = path.read_bytes()
        path.write_bytes(b"" if damage == "empty" else content[: len(content) // 2])


def test_an_unknown_engine_names_those_there_are():
    with pytest.raises(EvidenceError, match="whoosh"):
        engine_named("lucene")
