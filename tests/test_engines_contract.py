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
from index.engine import Document, KeywordIndex, Matches
from index.engines import ENGINES, engine_named
from index.language import parse
from index.tree import And, Every, Facet, Fuzzy, Not, Or, Pattern, Phrase, Same, Term, Tree, Years

_DOCUMENTS = (
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
# The order of their ids, as a build gives them.
DOCUMENTS = tuple(sorted(_DOCUMENTS, key=lambda document: document.id))
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
    return ids(index.search(parse(text).tree, filters or Filters(), limit))


def number_of(record: str) -> int:
    return [document.id for document in DOCUMENTS].index(record)


def ids(matches: Matches) -> list[str]:
    return [DOCUMENTS[number].id for number, _ in matches.hits]


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
    scores = [score for _, score in index.search(parse("trust agencies working").tree, Filters(), None).hits]
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


@pytest.mark.parametrize(
    ("tree", "records"),
    [
        pytest.param(Term("organisation", "exact"), {CONFIDENTIALITY}, id="one spelling"),
        pytest.param(Term("organization", "exact"), set(), id="one word form"),
        pytest.param(Term("collaboration", "exact"), {TRUST, PERCEPTIONS}, id="in any text"),
        pytest.param(Term("health", "exact"), {TRUST}, id="not within a compound"),
        pytest.param(Phrase(("inter", "agency", "working"), "exact"), {TRUST}, id="a phrase with a hyphen"),
        pytest.param(Phrase(("agencies", "inter"), "exact"), set(), id="no phrase from title to abstract"),
        pytest.param(Phrase(("care", "health"), "exact", 2), {TRUST}, id="near words"),
        pytest.param(Pattern("organi?ations", "exact"), {PERCEPTIONS}, id="a pattern"),
        pytest.param(Fuzzy("organizatoins", 2, "exact"), {PERCEPTIONS}, id="a fuzzy word"),
        pytest.param(Term("odegard", "exact"), {PERCEPTIONS}, id="without accents"),
        pytest.param(Pattern("tr?st"), {TRUST, PERCEPTIONS}, id="one letter open"),
        pytest.param(Pattern("?rust"), {TRUST, PERCEPTIONS}, id="the first letter open"),
        pytest.param(Pattern("t?ust*", "title"), {TRUST}, id="a pattern in a field"),
        pytest.param(Pattern("trus?t"), set(), id="exactly one letter"),
        pytest.param(Term("care", "journal"), {TRUST}, id="in the journal"),
        pytest.param(
            Same((Term("confidentiality"), Phrase(("status",)), Phrase(("health", "team")))),
            {TRUST, CONFIDENTIALITY, "twin-a", "twin-b"},
            id="one of several ways to say it",
        ),
        pytest.param(And((Term("trust"), Not(Facet("theme", "schools")))), {PERCEPTIONS}, id="not a theme"),
        pytest.param(Years(2006, 2005), set(), id="no years"),
        pytest.param(Not(Every()), set(), id="nothing"),
    ],
)
def test_a_tree_finds_exactly_its_records(index, tree, records):
    matches = index.search(tree, Filters(), None)
    assert set(ids(matches)) == records
    assert matches.total == len(records)
    assert [DOCUMENTS[number].id for number in index.matching(tree, Filters())] == sorted(records)


def test_the_best_way_to_say_it_counts_and_not_the_sum(index):
    terms = Term("trust"), Term("agency")
    alone = [index.search(term, Filters(), 1, among=[number_of(TRUST)]).hits[0][1] for term in terms]
    same = index.search(Same(terms), Filters(), 1, among=[number_of(TRUST)]).hits[0][1]
    both = index.search(Or(terms), Filters(), 1, among=[number_of(TRUST)]).hits[0][1]
    assert same == pytest.approx(max(alone), abs=1e-3)
    assert both == pytest.approx(sum(alone), abs=1e-3)


@pytest.mark.parametrize(
    "word",
    [
        pytest.param(lambda boost: Term("trust", boost=boost), id="a word"),
        pytest.param(lambda boost: Phrase(("interagency", "working"), boost=boost), id="a phrase"),
        pytest.param(lambda boost: Pattern("collab*", boost=boost), id="a pattern"),
        pytest.param(lambda boost: Fuzzy("trusd", boost=boost), id="a fuzzy word"),
    ],
)
def test_a_boost_counts_so_many_times(index, word):
    (number, once), *_ = index.search(word(1), Filters(), None).hits
    assert index.search(word(3), Filters(), 1).hits == [(number, pytest.approx(3 * once, abs=1e-3))]


def test_among_keeps_to_its_numbers(index):
    numbers = [number_of(TRUST), number_of("twin-a")]
    matches = index.search(parse("trust").tree, Filters(), None, among=numbers)
    assert (ids(matches), matches.total) == ([TRUST], 1)
    assert index.search(Every(), Filters(), None, among=[]) == Matches([], 0)


def test_counts_are_of_all_that_match_and_of_those_named_too(index):
    facets = ["theme", "type", "year"]
    assert index.counts(parse("confidentiality").tree, Filters(), facets) == {
        "theme": {"information-sharing": 1, "trust-relationships": 1},
        "type": {"report": 1},
        "year": {"2005": 1},
    }
    also = [number_of(TRUST), number_of(CONFIDENTIALITY)]
    assert index.counts(parse("confidentiality").tree, Filters(), facets, also)["theme"] == {
        "information-sharing": 1,
        "trust-relationships": 2,
        "schools": 1,
    }
    assert index.counts(Not(Every()), Filters(), ["year"], [number_of(TRUST)]) == {"year": {"1999": 1}}


def test_a_query_of_thousands_of_words_is_answered(index):
    tree = Or((*(Term(f"word{number}") for number in range(5000)), Term("trust")))
    assert set(ids(index.search(tree, Filters(), None))) == {TRUST, PERCEPTIONS}


def test_a_deep_query_is_answered(index):
    tree: Tree = Term("trust")
    for _ in range(100):
        tree = Or((And((Not(Not(tree)), Every())), Term("power")))
    found = index.search(tree, Filters(), None)
    assert set(ids(found)) == {TRUST, PERCEPTIONS, "twin-a", "twin-b"}


def test_values_of_a_facet_are_listed(index):
    assert index.values("type") == ["article-journal", "report"]


def test_suggests_words_of_the_library(index):
    assert index.suggest("confidentialty") == "confidentiality"
    assert index.suggest("confidentiality") is None
    assert index.suggest("2005") is None
    assert index.suggest("qqqqqqqq") is None


def test_like_gives_the_telling_words_of_a_record(index):
    tree = index.like(number_of(CONFIDENTIALITY))
    assert tree is not None
    assert ids(index.search(tree, Filters(), 1)) == [CONFIDENTIALITY]
    assert index.like(number_of("empty-undated")) is None


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
    assert index.search(Every(), Filters(since=2000), None) == Matches([], 0)
    assert not index.matching(parse("trust").tree, Filters())
    assert index.counts(Every(), Filters(), ["theme", "year"]) == {"theme": {}, "year": {}}
    assert index.values("theme") == []
    assert index.suggest("trust") is None


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
