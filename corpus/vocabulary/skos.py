"""A vocabulary as SKOS, for libraries that keep thesauri.

What SKOS has words for is said in them; what it has not (patterns, directions, word lists, clauses) stands
beside it under a namespace of our own, as JSON, so that nothing is lost on the way out and in again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from corpus.theme import Theme, Vocabulary
from corpus.vocabulary.editing import example_text, slug

if TYPE_CHECKING:
    from rdflib import Graph

#: The namespace of what SKOS has no words for.
OWN = "urn:evidence-kb:vocabulary#"
#: Where themes stand if the vocabulary's ``uri`` does not say.
BASE = "urn:evidence-kb:theme:"

Format = Literal["turtle", "json-ld", "xml"]
Wordings = Callable[[Theme], Iterable[str]]

_SCHEME = "vocabulary"
#: Lists of a theme that stand as JSON.
LISTS = ("terms", "examples", "counter_examples")


def to_skos(vocabulary: Vocabulary, format: Format, wordings: Wordings) -> str:
    """The vocabulary as Turtle, JSON-LD or RDF/XML; ``wordings`` gives what a theme's terms look for."""
    from rdflib import DCTERMS, OWL, RDF, SKOS, Graph, Namespace, URIRef
    from rdflib import Literal as Text

    base = str(vocabulary.settings.get("uri") or BASE)
    graph, own, scheme = Graph(), Namespace(OWN), URIRef(base + _SCHEME)
    for prefix, namespace in (("skos", SKOS), ("dcterms", DCTERMS), ("owl", OWL), ("ekb", own)):
        graph.bind(prefix, namespace)
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, DCTERMS.title, Text(str(vocabulary.settings.get("title") or "Themes"), lang="en")))
    graph.add((scheme, own.settings, Text(_json(vocabulary.settings))))
    for position, theme in enumerate(vocabulary.themes.values(), start=1):
        concept = URIRef(base + theme.id)
        for predicate, value in (
            (SKOS.inScheme, scheme),
            (SKOS.topConceptOf, scheme),
            (own.position, Text(position)),
            *_facts(theme, base, wordings(theme)),
        ):
            graph.add((concept, predicate, value))
        _collect(graph, base, theme)
        _correspond(graph, base, theme)
    for theme_id, label in vocabulary.retired.items():
        concept = URIRef(base + theme_id)
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, SKOS.prefLabel, Text(label, lang="en")))
        graph.add((concept, OWL.deprecated, Text(True)))
    return graph.serialize(format=format)


def _facts(theme: Theme, base: str, wordings: Iterable[str]) -> Iterator[tuple[Any, Any]]:
    """What is said of a theme, as predicates and values."""
    from rdflib import DCTERMS, OWL, RDF, SKOS, Namespace, URIRef
    from rdflib import Literal as Text

    own = Namespace(OWN)
    yield RDF.type, SKOS.Concept
    yield SKOS.prefLabel, Text(theme.label, lang="en")
    yield SKOS.notation, Text(theme.notation)
    yield own.id, Text(theme.id)
    yield own.axis, Text(theme.axis)
    yield from ((own[key], Text(_json(getattr(theme, key)))) for key in LISTS)
    yield from ((SKOS.altLabel, Text(each, lang="en")) for each in wordings if each != theme.label)
    yield from ((SKOS.example, Text(example_text(each), lang="en")) for each in theme.examples)
    if theme.definition:
        yield SKOS.definition, Text(theme.definition, lang="en")
    if theme.replaced_by:
        yield DCTERMS.isReplacedBy, URIRef(base + theme.replaced_by)
        yield OWL.deprecated, Text(True)


def _collect(graph: Graph, base: str, theme: Theme) -> None:
    """The theme as a member of its axis, and of its group within the axis."""
    from rdflib import RDF, SKOS, URIRef
    from rdflib import Literal as Text

    members: list[tuple[str, str]] = [(theme.axis, theme.axis.replace("_", " "))]
    if theme.group:
        members.append((f"{theme.axis}:{slug(theme.group)}", theme.group))
    inner = URIRef(base + theme.id)
    for name, label in reversed(members):
        outer = URIRef(f"{base}collection:{name}")
        graph.add((outer, RDF.type, SKOS.Collection))
        graph.add((outer, SKOS.prefLabel, Text(label, lang="en")))
        graph.add((outer, SKOS.member, inner))
        inner = outer


def _correspond(graph: Graph, base: str, theme: Theme) -> None:
    """What corresponds in published frameworks: related, for none of them draws the same line."""
    from rdflib import RDF, SKOS, URIRef
    from rdflib import Literal as Text

    concept = URIRef(base + theme.id)
    for framework, names in theme.crosswalk.items():
        scheme = URIRef(f"{base}framework:{quote(framework, safe='')}")
        for name in names:
            if _is_address(name):
                graph.add((concept, SKOS.relatedMatch, URIRef(name)))
                continue
            other = URIRef(f"{scheme}:{quote(name, safe='')}")
            graph.add((scheme, RDF.type, SKOS.ConceptScheme))
            graph.add((scheme, SKOS.prefLabel, Text(framework)))
            graph.add((other, RDF.type, SKOS.Concept))
            graph.add((other, SKOS.inScheme, scheme))
            graph.add((other, SKOS.prefLabel, Text(name)))
            graph.add((concept, SKOS.relatedMatch, other))
    if theme.crosswalk:
        graph.add((concept, URIRef(f"{OWN}crosswalk"), Text(_json(theme.crosswalk))))


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "urn:")) and " " not in text
