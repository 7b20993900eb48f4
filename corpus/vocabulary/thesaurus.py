"""A thesaurus in SKOS as a vocabulary: one that a library brings, or one of ours that it worked on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus.errors import EvidenceError
from corpus.theme import Theme, Vocabulary
from corpus.vocabulary.editing import slug
from corpus.vocabulary.skos import LISTS, OWN, Format

if TYPE_CHECKING:
    from rdflib import Graph

_MATCHES = ("exactMatch", "closeMatch", "relatedMatch", "broadMatch", "narrowMatch")


@dataclass(frozen=True, slots=True)
class Reading:
    """How labels become themes: the axis of those that name none, the language of the labels that are read,
    a term for a label, and the labels that the terms of a theme stand for already."""

    axis: str
    language: str
    term_for: Callable[[str], str]
    wordings: Callable[[Vocabulary, Theme], Iterable[str]]


def from_skos(text: str, source: str, format: Format, reading: Reading) -> Vocabulary:
    """The vocabulary that a SKOS file holds; nothing is fetched, whatever the file refers to.

    Of a foreign thesaurus each concept becomes a theme: its labels in the language (or in none) become
    terms, its broader concept the group. In one of ours, labels that a library's own tool added become
    terms too.
    """
    concepts = _Concepts(parse_graph(text, source, format), source, reading)
    if not concepts.ids:
        raise EvidenceError(
            f"{source}: holds no skos:Concept with a skos:prefLabel; is it a thesaurus in SKOS?"
        )
    settings = concepts.settings()
    themes = {theme_id: concepts.theme(concept) for concept, theme_id in concepts.ids.items()}
    vocabulary = Vocabulary(themes, settings, source)
    grown = {
        theme_id: replace(themes[theme_id], terms=(*themes[theme_id].terms, *added))
        for concept, theme_id in concepts.ids.items()
        if (added := concepts.added_terms(concept, vocabulary))
    }
    return Vocabulary(themes | grown, settings, source)


def parse_graph(text: str, source: str, format: Format) -> Graph:
    """The statements of a file; raises ``EvidenceError`` in one line for what cannot be read."""
    from xml.sax import SAXException

    from rdflib import Graph
    from rdflib.exceptions import Error
    from rdflib.plugins.parsers.notation3 import BadSyntax

    if format == "json-ld":
        _refuse_remote(text, source)
    if format == "xml" and "<!ENTITY" in text and "SYSTEM" in text:
        raise EvidenceError(f"{source}: its DOCTYPE fetches from elsewhere; take the ENTITY lines out.")
    try:
        return Graph().parse(data=text, format=format)
    except BadSyntax as error:
        said = f"line {error.lines + 1}: {error._why}"
    except (Error, SAXException, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
    raise EvidenceError(f"{source}: cannot be read as {format} ({said}).")


class _Concepts:
    """The concepts of a graph; ``ids`` holds the id of each that becomes a theme, in order."""

    def __init__(self, graph: Graph, source: str, reading: Reading) -> None:
        from rdflib import SKOS, Namespace

        self._graph = graph
        self._source = source
        self._reading = reading
        self._skos = SKOS
        self._own = Namespace(OWN)
        self._ours = set(graph.subjects(self._own.id))
        self.ids = self._named()

    def settings(self) -> dict[str, Any]:
        """What the file says besides its themes."""
        from rdflib import DCTERMS, RDF

        for scheme in self._graph.subjects(self._own.settings):
            return dict(self._read(scheme, "settings"))
        for scheme in sorted(self._graph.subjects(RDF.type, self._skos.ConceptScheme), key=str):
            title = self._graph.value(scheme, DCTERMS.title) or self._graph.value(
                scheme, self._skos.prefLabel
            )
            if title:
                return {"title": str(title)}
        return {}

    def theme(self, concept: Any) -> Theme:
        """The theme that a concept becomes."""
        from rdflib import DCTERMS

        successor = self._graph.value(concept, DCTERMS.isReplacedBy)
        theme = Theme(
            id=self.ids[concept],
            label=self._said(concept, "prefLabel"),
            axis=str(self._graph.value(concept, self._own.axis) or self._reading.axis),
            definition=self._said(concept, "definition") or self._said(concept, "scopeNote"),
            group=self._group(concept),
            notation=str(self._graph.value(concept, self._skos.notation) or self.ids[concept]),
            replaced_by=self.ids.get(successor, ""),
        )
        if concept in self._ours:
            lists: dict[str, Any] = {key: tuple(self._read(concept, key) or ()) for key in LISTS}
            return replace(theme, crosswalk=self._read(concept, "crosswalk") or {}, **lists)
        # A thesaurus may use one code in several of its schemes; the id is enough.
        return replace(
            theme,
            notation=theme.id,
            terms=self._terms([theme.label, *self._labels(concept, "altLabel", "hiddenLabel")]),
            crosswalk=self._crosswalk(concept),
        )

    def added_terms(self, concept: Any, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Terms for labels of a concept of ours that nothing in its theme stands for yet."""
        theme = vocabulary.themes[self.ids[concept]]
        if concept not in self._ours or theme.replaced_by:
            return ()
        known = {theme.label, *self._reading.wordings(vocabulary, theme)}
        return self._terms(label for label in self._labels(concept, "altLabel") if label not in known)

    def _named(self) -> dict[Any, str]:
        """Ours keep their ids; others are called by their label, those with one name numbered."""
        from rdflib import OWL, RDF, URIRef

        found = [
            concept
            for concept in set(self._graph.subjects(RDF.type, self._skos.Concept))
            if self._said(concept, "prefLabel")
            # What stands beside ours and was put at the top is new; the rest belongs to other frameworks.
            and (
                concept in self._ours
                or not self._ours
                or (concept, self._skos.topConceptOf, None) in self._graph
            )
            and (concept in self._ours or not self._is_true(self._graph.value(concept, OWL.deprecated)))
        ]
        ids: dict[Any, str] = {}
        taken: set[str] = set()
        for concept in sorted(
            found, key=lambda each: (self._position(each), not isinstance(each, URIRef), str(each))
        ):
            name = str(self._graph.value(concept, self._own.id) or slug(self._said(concept, "prefLabel")))
            choices = (name if number == 1 else f"{name}-{number}" for number in range(1, len(found) + 2))
            ids[concept] = next(choice for choice in choices if choice not in taken)
            taken.add(ids[concept])
        return ids

    def _position(self, concept: Any) -> int:
        text = str(self._graph.value(concept, self._own.position) or "")
        return int(text) if text.isdecimal() else len(self._ours) + 1

    def _terms(self, labels: Iterable[str]) -> tuple[str, ...]:
        terms = (self._reading.term_for(label) for label in labels)
        return tuple(dict.fromkeys(term for term in terms if term))

    def _said(self, concept: Any, name: str) -> str:
        """A text about a concept: in the language, else in none, else in the first there is."""
        found = sorted(
            self._graph.objects(concept, self._skos[name]), key=lambda each: (self._rank(each), str(each))
        )
        return " ".join(str(found[0]).split()) if found else ""

    def _labels(self, concept: Any, *names: str) -> list[str]:
        """Labels in the language or in none."""
        found = [each for name in names for each in self._graph.objects(concept, self._skos[name])]
        return sorted({" ".join(str(each).split()) for each in found if self._rank(each) < 2})

    def _rank(self, literal: Any) -> int:
        language = (getattr(literal, "language", None) or "").lower().split("-")[0]
        return 0 if language == self._reading.language.lower().split("-")[0] else 1 if not language else 2

    def _group(self, concept: Any) -> str:
        if concept in self._ours:
            # A group is a collection within the collection of its axis.
            within = self._graph.subjects(self._skos.member, concept)
            groups = [each for each in within if (None, self._skos.member, each) in self._graph]
        else:
            below = self._graph.subjects(self._skos.narrower, concept)
            groups = [*self._graph.objects(concept, self._skos.broader), *below]
        return next((self._said(group, "prefLabel") for group in sorted(groups, key=str)), "")

    def _crosswalk(self, concept: Any) -> dict[str, list[str]]:
        from rdflib import URIRef

        matches = [each for name in _MATCHES for each in self._graph.objects(concept, self._skos[name])]
        crosswalk: dict[str, list[str]] = {}
        for each in [concept, *sorted(matches, key=str)]:
            if isinstance(each, URIRef):
                crosswalk.setdefault(urlsplit(str(each)).netloc or "SKOS", []).append(str(each))
        return crosswalk

    def _read(self, subject: Any, name: str) -> Any:
        """What stands as JSON under our namespace; ``None`` if nothing does."""
        text = self._graph.value(subject, self._own[name])
        try:
            return None if text is None else json.loads(str(text))
        except ValueError as error:
            raise EvidenceError(f"{self._source}: {name} of {subject} is not JSON ({error}).") from error

    def _is_true(self, literal: Any) -> bool:
        return str(literal).lower() in ("true", "1")


def _refuse_remote(text: str, source: str) -> None:
    """JSON-LD may name its context by address; nothing is fetched, so such a file cannot be understood."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{source}: is not JSON ({error}).") from error
    address = next(_addresses(content), None)
    if address:
        raise EvidenceError(
            f"{source}: its @context is at {address}, and nothing is fetched; put the context in its place."
        )


def _addresses(content: Any) -> Iterator[str]:
    """The addresses of contexts that are not in the file itself."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            context = value.get("@context")
            for each in context if isinstance(context, list) else [context]:
                address = each.get("@import") if isinstance(each, dict) else each
                if isinstance(address, str):
                    yield address
            waiting += value.values()
