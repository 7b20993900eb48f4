"""The names in a BibTeX list, as BibTeX and biblatex split them.

bibtexparser splits the lists that hold braces and the names that are not plainly "Family, Given".
"""

from __future__ import annotations

import re
from functools import lru_cache

from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

from corpus.record import Author
from ingest.fields.names import is_organisation
from ingest.parsers.bibtex_values import bare, closing

_AND = re.compile(r"\s+and(?=\s|\Z)\s*|\A\s*and\s+", re.IGNORECASE)
# "Family, Given": words with capitals alone, and no second comma.
_UPPER = r"[A-ZÀ-ÖØ-ÞŁŚŠŽČĆŻĐ][\w'’.-]*"
_PLAIN_NAME = re.compile(rf"({_UPPER}(?: {_UPPER})*), ({_UPPER}(?: {_UPPER})*)")
_NAME_PART = re.compile(r"(?<![a-z])(family|given|prefix|suffix)\s*=\s*(\"[^\"]*\"|\{[^{}]*\}|[^,{}\"]+)")


# What stands behind "and" in the names of organisations that people forget to put into braces.
_SECOND_HALVES_TEXT = (
    "affairs care children communities control culture development education employment engineering equality"
    " evaluation excellence families government gynaecologists health humanities innovation justice learning"
    " medicine midwives nurses nutrition pensions practice prevention protection psychiatry quality research"
    " safety science sciences services skills sport standards statistics surgeons surveys technology training"
    " universities welfare work"
)
_SECOND_HALVES = frozenset(_SECOND_HALVES_TEXT.split())
_INITIALS = re.compile(r"(?:[A-Z]\.?[ -]?){1,4}")


def split_names(names: str) -> list[str]:
    """The names between "and" that stand in no braces, and in no name of an organisation.

    Without any "and" they may be parted by semicolons ("Smith, J.; Wu, K."), or by the comma behind
    initials ("Smith, J., Wu, K.").
    """
    if "{" in names:
        parts: list[str] = split_multiple_persons_names(names)
    else:
        parts = _AND.split(names)
        if len(parts) == 1 and ";" in names:
            return names.split(";")
        if len(parts) == 1 and names.count(",") > 2:
            words = [word.strip() for word in names.split(",")]
            if len(words) % 2 == 0 and all(map(_INITIALS.fullmatch, words[1::2])):
                return [", ".join(pair) for pair in zip(words[::2], words[1::2], strict=True)]
    whole: list[str] = []
    for part in parts:
        words = part.lower().split()
        if whole and words and words[-1] in _SECOND_HALVES and "," not in part and is_organisation(whole[-1]):
            # "Department of Health and Social Care", "Department for Children, Schools and Families".
            whole[-1] = f"{{{whole[-1]} and {part}}}"
        else:
            whole.append(part)
    return whole


@lru_cache(maxsize=1 << 15)
def author(name: str, role: str) -> Author:
    """The author of one name, in any of BibTeX's forms or biblatex's extended one."""
    if "family=" in name:
        named = {part: bare(text.strip('"')) for part, text in _NAME_PART.findall(name)}
        particle = named.pop("prefix", "")
        return Author(**named, particle=particle, role=role)
    if plain := _PLAIN_NAME.fullmatch(name):
        return Author(family=plain[1], given=plain[2], role=role)
    if _is_group(name) or ("," not in name and is_organisation(name)):
        return Author(literal=bare(name), role=role)
    parts = parse_single_name_into_parts(name, strict=False)
    return Author(
        family=bare(" ".join(parts.last)),
        given=bare(" ".join(parts.first)),
        particle=bare(" ".join(parts.von)),
        suffix=bare(" ".join(parts.jr)),
        role=role,
    )


def _is_group(name: str) -> bool:
    return name.startswith("{") and closing(name, 0) == len(name) - 1
