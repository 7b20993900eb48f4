"""Both keyword engines find the same, whatever the library and whatever is asked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.query import Filters
from index.engine import Document, KeywordIndex
from index.engines import engine_named
from index.tree import And, Every, Facet, Fuzzy, Not, Or, Pattern, Phrase, Same, Term, Tree, Years

_PRINTED = (
    "trust trusted distrust power status care health-care health care healthcare's child care worker"
    " caregiving care-givers inter-agency inter agency interagency inter- and multi-agency organisation"
    " organizations organs co-operation follow up follow-up the of and 2005 Ødegård naïve e-health"
)
_FORMS = (
    "trust trusted power status care health healthcare child childcare worker caregiver give agency"
    " interagency multiagency organization organisation organs cooperation followup follow up the of and"
    " 2005 odegard naive unknown"
)
_PATTERNS = "t* trust* *trust c*e h?alth *a* organi?at* ?are car? 2* in*y x* *"
_FIELDS = ("", "", "", "title", "author", "journal", "keyword", "exact")
_FACETS = ("theme:a", "theme:b", "setting:a", "type:report", "direction:barrier", "theme:none", "doi:10.1/x")

_texts = st.lists(st.sampled_from(_PRINTED.split()), max_size=12).map(" ".join)
_years = st.none() | st.integers(1998, 2003)
_documents = st.builds(
    Document,
    id=st.just(""),
    title=_texts,
    abstract=_texts,
    keywords=_texts,
    authors=st.sampled_from(["", "Care, Anna", "Ødegård, Atle; Power, Child"]),
    container_title=st.sampled_from(["", "Journal of Child Care", "Trust"]),
    doi=st.sampled_from(["", "10.1/X"]),
    year=_years,
    facets=st.fixed_dictionaries(
        {
            "theme": st.lists(st.sampled_from(["a", "b"]), max_size=3),
            "tag": st.lists(st.sampled_from(["a:barrier", "a:enabler", "b:barrier"]), max_size=2),
            "direction": st.lists(st.sampled_from(["barrier", "enabler"]), max_size=2),
            "setting": st.lists(st.sampled_from(["a", "c"]), max_size=1),
            "type": st.lists(st.sampled_from(["report", "book"]), max_size=1),
        }
    ),
)
_libraries = st.lists(_documents, min_size=1, max_size=8).map(
    lambda documents: [replace(one, id=f"record-{place}") for place, one in enumerate(documents)]
)

_boosts = st.sampled_from([1, 1, 1, 3])
_terms = st.builds(Term, st.sampled_from(_FORMS.split()), st.sampled_from(_FIELDS), _boosts)
_phrases = st.builds(
    Phrase,
    st.lists(st.sampled_from(_FORMS.split()), min_size=1, max_size=4).map(tuple),
    st.sampled_from(_FIELDS),
    st.sampled_from([1, 1, 2, 3, 5, 99]),
    _boosts,
)
_words = st.one_of(
    _terms,
    _phrases,
    st.builds(Pattern, st.sampled_from(_PATTERNS.split()), st.sampled_from(_FIELDS), _boosts),
    st.builds(
        Fuzzy, st.sampled_from(_FORMS.split()), st.sampled_from([1, 2]), st.sampled_from(_FIELDS), _boosts
    ),
)
_leaves = st.one_of(
    _words,
    st.builds(Same, st.lists(_words, min_size=1, max_size=3).map(tuple)),
    st.sampled_from(_FACETS).map(lambda facet: Facet(*facet.split(":"))),
    st.builds(Years, _years, _years),
    st.just(Every()),
)
_trees: st.SearchStrategy[Tree] = st.recursive(
    _leaves,
    lambda trees: st.one_of(
        st.builds(Not, trees),
        st.builds(And, st.lists(trees, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(trees, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
_values = st.lists(st.sampled_from("ab"), max_size=2).map(tuple)
_filters = st.builds(
    Filters,
    theme=_values,
    direction=st.lists(st.sampled_from(["barrier", "enabler"]), max_size=2).map(tuple),
    setting=st.lists(st.sampled_from("ac"), max_size=1).map(tuple),
    since=_years,
    until=_years,
    topics=st.lists(st.lists(st.sampled_from("ab"), min_size=1, max_size=2).map(tuple), max_size=1).map(
        tuple
    ),
)


@contextmanager
def _both(documents: list[Document]) -> Iterator[tuple[KeywordIndex, KeywordIndex]]:
    with tempfile.TemporaryDirectory() as name:
        opened = []
        for engine in (engine_named("whoosh"), engine_named("tantivy")):
            folder = Path(name) / engine.name
            folder.mkdir()
            engine.build(documents, folder)
            opened.append(engine.open(folder))
        yield opened[0], opened[1]
        for index in opened:
            index.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(_libraries, st.lists(st.tuples(_trees, _filters), min_size=1, max_size=12))
def test_both_engines_find_and_count_the_same(documents, asked):
    with _both(documents) as (small, large):
        for tree, filters in [*asked, *((tree, Filters()) for tree, _ in asked)]:
            expected = small.search(tree, filters, None)
            got = large.search(tree, filters, None)
            assert {number for number, _ in got.hits} == {number for number, _ in expected.hits}, tree
            assert got.total == expected.total == len(got.hits)
            assert list(large.matching(tree, filters)) == list(small.matching(tree, filters))
            also = [0, len(documents) - 1]
            for more in ((), also):
                facets = ("theme", "tag", "direction", "setting", "type", "year")
                assert large.counts(tree, filters, facets, more) == small.counts(tree, filters, facets, more)
            assert {number for number, _ in large.search(tree, filters, None, among=also).hits} == {
                number for number, _ in expected.hits if number in also
            }
            assert large.search(tree, filters, 2).hits == got.hits[:2]
