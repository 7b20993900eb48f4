"""The keyword engines there are, by name."""

from __future__ import annotations

from collections.abc import Callable

from corpus.errors import EvidenceError
from index.engine import Engine


def _whoosh() -> Engine:
    from index.whoosh_engine import WhooshEngine

    return WhooshEngine()


#: What gives an engine of each name; imported when it is used.
ENGINES: dict[str, Callable[[], Engine]] = {"whoosh": _whoosh}


def engine_named(name: str) -> Engine:
    """The keyword engine of this name; raises ``EvidenceError`` that lists the names there are."""
    if name not in ENGINES:
        raise EvidenceError(
            f"There is no keyword engine `{name}`; choose one of {', '.join(sorted(ENGINES))}."
        )
    return ENGINES[name]()
