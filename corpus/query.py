"""What is asked and what is found: the same for a site address, a command and a saved search."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

Mode = Literal["hybrid", "keyword", "semantic"]
MODES: tuple[Mode, ...] = get_args(Mode)

Sort = Literal["relevance", "newest", "oldest", "title"]
SORTS: tuple[Sort, ...] = get_args(Sort)

Direction = Literal["barrier", "enabler", "driver"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit must be. Values of one field are alternatives; different fields must all hold.

    ``theme`` takes ids of themes; with ``direction``, one tag must carry both. Each of ``topics`` is a
    set of alternative themes too, of which the record must carry one, whatever the direction: so are
    themes of other axes than the factors asked for. ``since`` and ``until`` are years, both included; a
    record without a year passes neither.
    """

    theme: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    topics: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is filtered at all."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """A search. An empty ``text`` lists every record that passes the filters, newest first.

    ``sort`` is the order of the hits: by relevance, by year, or by title.
    ``limit=None`` means all. ``expand`` is whether word forms, spellings, hyphens and synonyms of a word
    count as the word; without it, words are looked for as they are typed.
    """

    text: str = ""
    mode: Mode = "hybrid"
    filters: Filters = field(default_factory=Filters)
    limit: int | None = 20
    offset: int = 0
    expand: bool = True
    sort: Sort = "relevance"


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found. ``rank`` counts from 1; a rank that is ``None`` means not found that way.

    ``record`` is the record's id. ``snippet`` is plain text in which each matched word stands
    between ``MARK`` characters.
    """

    record: str
    rank: int
    score: float
    keyword_rank: int | None = None
    semantic_rank: int | None = None
    snippet: str = ""


#: Start and end of a matched word in a snippet: control characters that no abstract holds.
MARK = ("\x02", "\x03")
