"""Vocabulary files of every kind that people keep them in: YAML, and SKOS as Turtle, JSON-LD or RDF/XML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, get_args

from corpus.theme import Vocabulary
from corpus.vocabulary.reading import read_text
from corpus.vocabulary.skos import Format
from corpus.vocabulary.writing import to_yaml

#: What a vocabulary can be written as.
Kind = Literal["yaml", "turtle", "json-ld"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ENDINGS: dict[str, Format] = {
    ".ttl": "turtle",
    ".n3": "turtle",
    ".nt": "turtle",
    ".jsonld": "json-ld",
    ".rdf": "xml",
    ".owl": "xml",
    ".xml": "xml",
}


def read_vocabulary(path: Path, axis: str = "kind", language: str = "en") -> str:
    """The vocabulary of a file as YAML; a thesaurus in SKOS is turned into one, each concept on ``axis``."""
    text = read_text(path)
    format = _format(path, text)
    if format is None:
        return text
    from corpus.vocabulary.thesaurus import Reading, from_skos
    from ingest.tagging.wordings import term_for, wordings

    reading = Reading(axis, language, term_for, wordings)
    return to_yaml(from_skos(text, str(path), format, reading))


def write_vocabulary(text: str, vocabulary: Vocabulary, kind: Kind) -> str:
    """A vocabulary, which stands as YAML in ``text``, in one of the kinds."""
    if kind == "yaml":
        return text
    from corpus.vocabulary.skos import to_skos
    from ingest.tagging.wordings import wordings

    return to_skos(vocabulary, kind, lambda theme: wordings(vocabulary, theme))


def _format(path: Path, text: str) -> Format | None:
    """The RDF format of a file by its name, else by how it begins; ``None`` for YAML."""
    known = _ENDINGS.get(path.suffix.lower())
    start = text.lstrip()[:200]
    if known or path.suffix.lower() in (".yml", ".yaml"):
        return known
    if start.startswith(("<?xml", "<rdf:RDF")):
        return "xml"
    if start.startswith(("@prefix", "@base", "PREFIX", "<http")):
        return "turtle"
    if start.startswith(("{", "[")):
        try:
            content = json.loads(text)
        except ValueError:
            return None
        return None if isinstance(content, dict) and "themes" in content else "json-ld"
    return None
