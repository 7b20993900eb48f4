"""What reference managers have no field for, as notes in the form "name: value" that our readers know."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from corpus.record import Author, Record

_BLANK = re.compile(r"\s+")


def note(name: str, text: str) -> str:
    """The note of that name; a name is one word there."""
    return f"{_BLANK.sub('-', name)}: {text}"


def people(record: Record, roles: Container[str]) -> Iterator[str]:
    """Notes of authors cut short, of contributors in other roles than those, and of ORCIDs."""
    if record.et_al:
        yield "et-al: true"
    for author in record.authors:
        if author.role not in roles:
            yield f"{author.role}: {inverted(author)}"
        if author.orcid:
            yield f"ORCID: {author.orcid} ({inverted(author)})"


def inverted(author: Author) -> str:
    """The name as "Family, Given, Suffix"; a person's keeps its comma even without a given name."""
    if author.literal:
        return author.literal
    family = f"{author.particle} {author.family}".strip()
    return ", ".join([family, author.given, *([author.suffix] if author.suffix else [])])
