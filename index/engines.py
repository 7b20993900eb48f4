"""The keyword engines there are, by name and by the size of a library."""

from __future__ import annotations

from collections.abc import Callable

from corpus.errors import EvidenceError
from index.engine import Engine

#: Libraries of more records are for Tantivy.
MOST_FOR_WHOOSH = 1_000


def _whoosh() -> Engine:
    from index.whoosh_engine import WhooshEngine

    return WhooshEngine()


def _tantivy() -> Engine:
    from index.tantivy_engine import TantivyEngine

    return TantivyEngine()


#: What gives an engine of each name; imported when it is used.
ENGINES: dict[str, Callable[[], Engine]] = {"tantivy": _tantivy, "whoosh": _whoosh}


def engine_named(name: str) -> Engine:
    """The keyword engine of this name; raises ``EvidenceError`` that lists the names there are."""
    if name not in ENGINES:
        raise EvidenceError(
            f"There is no keyword engine `{name}`; choose one of {', '.join(sorted(ENGINES))}."
        )
    return ENGINES[name]()


def engine_for(name: str | None, records: int) -> Engine:
    """The engine of this name, or without one the engine for a library of so many records."""
    return engine_named(name or ("whoosh" if records <= MOST_FOR_WHOOSH else "tantivy"))
