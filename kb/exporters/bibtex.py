"""BibTeX that classic BibTeX, biber and reference managers read, in UTF-8.

Where fields go beyond the usual ones: ``date`` (with ``year``, and ``month`` for classic styles) holds a
date that is more than a year, in EDTF as biblatex wants it; ``pagetotal``, ``langid``, ``pmid``,
``pmcid``, ``series`` (collection title), ``address``; ``type`` holds the genre; ``entrysubtype`` a CSL type
that the entry type alone does not say. Contributors with a role other than author, editor and translator
stand in a field with the name of the role, ORCIDs in biblatex's annotations (``author+an:orcid``).
``extra`` goes out under its own names, made valid where they are not; a list is joined by "; ".
Tags are ``annotation``, their themes ``keywords`` too. The key is the record's id, made valid and unique.

Braces within a text are ``\\{`` and ``\\}`` where they are balanced, else ``{$\\lbrace$}`` and
``{$\\rbrace$}``, since BibTeX counts them even after a backslash. ``doi`` and ``url`` are verbatim, as
biblatex defines them: only braces are encoded there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from corpus.kinds import bibtex_subtype, bibtex_type
from corpus.record import Author, Record
from kb.exporters.exporter import TAG_NOTE, Exported, Sink, fold

_ESCAPES = {
    **{char: f"\\{char}" for char in "&%_#$"},
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "\\": "\\textbackslash{}",
}
_BALANCED = _ESCAPES | {"{": "\\{", "}": "\\}"}
_UNBALANCED = _ESCAPES | {"{": "{$\\lbrace$}", "}": "{$\\rbrace$}"}
_BRACE = re.compile(r"[{}]")
_SPECIAL = re.compile(r"[&%_#${}~^\\]")
# TeX draws these pairs together into a dash, a quotation mark, an inverted sign; a group keeps them apart.
_LIGATURE = re.compile(r"(?<=-)-|(?<=`)`|(?<=')'|(?<=,),|(?<=[?!])`")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-\d\d)?(?:/\d{4}(?:-\d\d){0,2})?\Z")
_AND = re.compile(r",|\band\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"[,;]")
_COMMA = re.compile(",")
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_CORE = re.compile(r"\w(?:.*\w)?")
_NO_NAME = re.compile(r"[^A-Za-z0-9_+:.-]+")
_KEY = re.compile(r"[^A-Za-z0-9_:./+-]+")
_NO_DECOMPOSITION = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ß": "ss", "ł": "l", "đ": "d"})

_ROLES = {"container-author": "bookauthor"}
_PUBLISHERS = {"techreport": "institution", "phdthesis": "school"}


class Bibtex:
    """BibTeX for BibTeX, biber and reference managers."""

    name = "bibtex"
    ending = ".bib"
    media_type = "application/x-bibtex"
    binary = False

    def write(self, records: Iterable[Exported], stream: Sink) -> int:
        """Write an entry for each record, keys made unique; gives how many."""
        keys: set[str] = set()
        count = 0
        for exported in records:
            key = _unique(_key(exported.record), keys)
            fields = "".join(f"  {name} = {value},\n" for name, value in _fields(exported))
            gap = "\n" if count else ""
            entry = bibtex_type(exported.record.type)
            stream.write(f"{gap}@{entry}{{{key},\n{fields}}}\n")
            count += 1
        return count


def escape(text: str) -> str:
    """The text on one line with everything quoted that TeX or BibTeX would take for markup."""
    text = fold(text)
    if _SPECIAL.search(text):
        escapes = _BALANCED if _is_balanced(text) else _UNBALANCED
        text = _SPECIAL.sub(lambda match: escapes[match.group()], text)
    if "--" in text or "``" in text or "''" in text or ",," in text or "?`" in text or "!`" in text:
        text = _LIGATURE.sub(lambda match: f"{{{match.group()}}}", text)
    return text


def _fields(exported: Exported) -> Iterator[tuple[str, str]]:
    """Field names and values with their delimiters, in the order in which they are written."""
    record = exported.record
    entry = bibtex_type(record.type)
    values = {
        **_contributors(record),
        "title": _protect(record.title),
        "journal" if entry == "article" else "booktitle": escape(record.container_title),
        "series": escape(record.collection_title),
        **_dates(record.issued),
        "volume": escape(record.volume),
        "number": escape(record.issue),
        "pages": _HYPHEN.sub("--", escape(record.page)),
        "pagetotal": escape(record.number_of_pages),
        "edition": escape(record.edition),
        _PUBLISHERS.get(entry, "publisher"): escape(record.publisher),
        "address": escape(record.publisher_place),
        "type": escape(record.genre),
        "entrysubtype": bibtex_subtype(record.type),
        "doi": _verbatim(record.doi),
        "pmid": escape(record.pmid),
        "pmcid": escape(record.pmcid),
        "isbn": escape(record.isbn),
        "issn": escape(record.issn),
        "url": _verbatim(record.url),
        "langid": escape(record.language),
        "keywords": ", ".join(_group(escape(word), _SEPARATOR) for word in exported.keywords),
        "abstract": escape(record.abstract),
        "annotation": escape("; ".join(TAG_NOTE + theme for theme in exported.themes)),
    }
    for name, value in values.items():
        if value:
            yield name, value if name == "month" else f"{{{value}}}"
    taken = {*values, "journal", "booktitle", "month", "date", "year"}
    for name, value in record.extra.items():
        name = _NO_NAME.sub("-", name)
        if text := escape("; ".join(value) if isinstance(value, list) else str(value)):
            yield _unique(name if name[:1].isalpha() else f"x-{name}", taken), f"{{{text}}}"


def _contributors(record: Record) -> dict[str, str]:
    names: dict[str, list[str]] = {"author": []}
    orcids: dict[str, list[str]] = {}
    for author in record.authors:
        field = _ROLES.get(author.role, author.role)
        names.setdefault(field, []).append(_name(author))
        if author.orcid:
            orcids.setdefault(field, []).append(f'{len(names[field])}="{escape(author.orcid)}"')
    if record.et_al:
        names["author"].append("others")
    values = {field: " and ".join(listed) for field, listed in names.items()}
    return values | {f"{field}+an:orcid": "; ".join(listed) for field, listed in orcids.items()}


def _name(author: Author) -> str:
    """The name as "von Last, Jr, First", grouped where BibTeX would divide it otherwise."""
    if author.literal:
        return f"{{{escape(author.literal)}}}"
    # BibTeX knows a particle by its small letter; a capital one can only be part of the family name.
    small = author.particle[:1].islower()
    last = author.family if small else f"{author.particle} {author.family}".strip()
    words = last.split()
    grouped = any(_starts_small(word) for word in words) or bool(_AND.search(last))
    last = f"{{{escape(last)}}}" if grouped else escape(last)
    given = _group(escape(author.given), _AND)
    if small:
        last = f"{escape(author.particle)} {last}"
    if author.suffix:
        return f"{last}, {_group(escape(author.suffix), _COMMA)}, {given or '{}'}"
    # Without a comma, two words would be a first and a last name, and a group an organisation.
    return f"{last}, {given or '{}'}" if given or grouped or small or len(words) > 1 else last


def _dates(issued: str) -> dict[str, str]:
    match = _DATE.match(issued)
    if not match:
        return {"year": escape(issued)}
    values = {"year": match[1]}
    if match[2] and 1 <= int(match[2]) <= 12:
        values["month"] = _MONTHS[int(match[2]) - 1]
    if len(issued) > (7 if "month" in values else 4):
        values["date"] = issued
    return values


def _protect(title: str) -> str:
    """The escaped title, capitals that a style must not lower in braces.

    In a title in sentence case every capital after the first word matters (names, acronyms); in one
    In Title Case only those within a word (NHS, PINCOM-Q, McDonald).
    """
    words = fold(title).split(" ")
    long = [word for word in words[1:] if len(word) > 3 and not _has_inner_capital(word)]
    in_title_case = sum(word[0].isupper() for word in long) * 2 > len(long)
    shown = escape(title).split(" ")
    if title.isupper() or len(shown) != len(words):
        return " ".join(shown)
    for place, word in enumerate(words):
        # BibTeX itself leaves the first letter alone, and the first after a colon.
        first = place == 0 or words[place - 1].endswith(":")
        matters = _has_inner_capital(word) or (_has_capital(word) and not first and not in_title_case)
        if matters and not set("{}\\") & set(shown[place]):
            shown[place] = _CORE.sub(r"{\g<0>}", shown[place], count=1)
    return " ".join(shown)


def _has_capital(word: str) -> bool:
    return not word.islower() and any(char.isupper() for char in word)


def _has_inner_capital(word: str) -> bool:
    if word[1:].islower():
        return False
    return any(char.isupper() and before.isalnum() for before, char in pairwise(word))


def _key(record: Record) -> str:
    """The record's id in characters that BibTeX, biber and TeX take in a key."""
    plain = unicodedata.normalize("NFKD", record.id.translate(_NO_DECOMPOSITION))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _KEY.sub("-", plain).strip("-") or "record"


def _unique(key: str, keys: set[str]) -> str:
    # BibTeX takes keys that differ only by case for the same.
    number, free = 1, key
    while free.lower() in keys:
        number += 1
        free = f"{key}-{number}"
    keys.add(free.lower())
    return free


def _verbatim(address: str) -> str:
    return fold(address).replace(" ", "%20").replace("{", "%7B").replace("}", "%7D")


def _group(text: str, pattern: re.Pattern[str]) -> str:
    return f"{{{text}}}" if pattern.search(text) else text


def _starts_small(word: str) -> bool:
    return next((char.islower() for char in word if char.isalpha()), False)


def _is_balanced(text: str) -> bool:
    depth = 0
    for brace in _BRACE.findall(text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
