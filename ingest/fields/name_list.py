"""Authors from a printed list of names: "DARLINGTON Yvonne, FEENEY Judith A et al", "Wu, K. (ed.)"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from corpus.record import Author
from ingest.fields.capitals import ELIDED, INITIALS, SMALL, capital_run, is_capital, is_initials
from ingest.fields.names import is_organisation, parse_name, restore_case, split_particle, strip_et_al

_EDITOR = re.compile(
    r"(?<![\s,])[\s,]*+[(\[]\s*(?:joint\s+|series\s+)?(?:eds?|editors?|edited by)\b\.?\s*[)\]]\.?"
    r"|(?<![\s,])[\s,]++(?:eds?\.|editors?)(?=\s*(?:[;,&]|and\b|\Z))",
    re.IGNORECASE,
)
_EDITED_BY = re.compile(
    r"\A(?:(?:edited|eds?\.) by\b|editors?\s*:|eds?\.?\s*:|eds?\.(?=\s))\s*", re.IGNORECASE
)
# Years, and the signs of footnotes and affiliations, that some lists print behind a name.
_BEHIND_NAME = re.compile(
    r"(?<![\s,])[\s,]*+[(\[](?:1[5-9]|20)\d\d[a-z]?[)\]]\.?|\s+(?:1[5-9]|20)\d\d(?=\s*\Z)"
    r"|(?<=[^\W\d_])(?:\d{1,2}+(?:,\d{1,2}+)*|[*†‡§¶¹²³⁰⁴-⁹])+(?=\s*(?:[,;&.]|and\b|\Z))"
)
_REMARK = re.compile(r"\s*\([^()]*\)\Z")
_HONORIFICS = re.compile(r"\A(?:(?:Dr|Prof|Professor|Sir|Dame|Rev|Revd|Reverend|Mr|Mrs|Ms)\.?\s+)+(?=\S)")
_JURISDICTION = re.compile(r"(?<=[^\W\d_]{3}\.)\s+(?=[A-ZÀ-Þ])")
_LINKED = re.compile(r"\b(?:of|for|the)\b")
_CONNECTIVES_TEXT = "and with by written edited ed eds editor editors joint series et al alii alia others"
_CONNECTIVES = frozenset(_CONNECTIVES_TEXT.split())
_BY = re.compile(r"\A(?:by|written by)\s+(?=[A-Z])", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,\s*)?(?:\s+(?:and|with)\s+|\s*&\s*)")
# Characters of one name.
_LONGEST = 300
_PARTING = re.compile(r",|\band\b|&")
_LAST = re.compile(r"\A\s*(?:&|and)\s+")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?\Z", re.IGNORECASE)
_PREFIXES_TEXT = "Mac Mc Ó O Ní Ni Nic Uí St San Santa Ben Ibn Abu Al El"
_PREFIXES = frozenset(_PREFIXES_TEXT.split())
_GIVEN = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*")
# "Smith J. Jones AB. Wu K.": as Ovid prints names.
_PARTED_BY_STOPS = re.compile(r"(?:[^\W\d_][\w'’-]+(?: [\w'’-]{2,}){0,2} [A-Z]{1,2}\.(?:\s+|\Z)){2,}")
# A head of an organisation's name: where one stands on both sides of "and", there are two organisations.
_HEAD = re.compile(
    r"\b(?:department|ministry|university|institute|council|association|society|office|commission|agency|college"
    r"|foundation|centre|center|executive|inspectorate|authority|trust|federation|committee|board)\b",
    re.IGNORECASE,
)


def parse_names(text: str, *, family_first: bool = False) -> tuple[tuple[Author, ...], bool]:
    """(authors in the order printed, whether the list was cut short with "et al").

    ``family_first`` says how "Lee John" is meant, where neither capitals nor initials do.
    """
    text = _BEHIND_NAME.sub("", " ".join(text.split())).strip(" ;,")
    text, everybody_edits = _EDITED_BY.subn("", text)
    text, written_by = _BY.subn("", text)
    family_first = family_first and not (everybody_edits or written_by)
    marks = list(_EDITOR.finditer(text))
    # One mark at the end of the list is meant for all of them.
    at_end = len(marks) == 1 and not text[marks[0].end() :].strip(" .,;")
    before, et_al_inside = strip_et_al(_EDITOR.sub("", text)) if at_end else (text, False)
    names, et_al = strip_et_al(before)
    authors = []
    for name in _split(names):
        found = _EDITOR.search(name)
        role = "editor" if everybody_edits or at_end or found else "author"
        author = _parse(_EDITOR.sub("", name).strip(" ,;"), family_first)
        if author is not None:
            authors.append(replace(author, role=role))
    return tuple(authors), et_al or et_al_inside


def is_read(text: str, authors: Iterable[Author]) -> bool:
    """Whether every word of a printed list of names is in these authors."""
    words = {word for author in authors for word in _words(f"{author} {author.given}")}
    return all(word in words or word in _CONNECTIVES for word in _words(text))


def names_are_family_first(lists: Iterable[str]) -> bool:
    """Whether capitals or initials show, twice at least and never otherwise, that family names come first."""
    shown = 0
    for text in lists:
        for name in _split(strip_et_al(text)[0]):
            words = name.split()
            if len(words) < 2 or "," in name or is_organisation(name):
                continue
            run = capital_run(words)
            if (run and run[0]) or (not run and len(words[0].strip(".")) == 1):
                return False
            shown += bool(run) or _has_initials(name)
    return shown > 1


def looks_like_names(text: str) -> bool:
    """Whether a printed value can be a list of names and not a sentence."""
    if len(text) > 600:
        return False
    names, _ = strip_et_al(_EDITOR.sub("", _EDITED_BY.sub("", _BEHIND_NAME.sub("", text))))
    words = names.replace(",", " ").replace(";", " ").replace("&", " ").split()
    if not words:
        return False
    allowed = SMALL | {"and", "with", "of", "for", "the", "on", "in", "an"}
    small = [word for word in words if word[:1].islower() and not ELIDED.match(word)]
    if any(word.strip(".") not in allowed for word in small) or any(
        any(c.isdigit() for c in word) for word in words
    ):
        return False
    linked = [word for word in small if word in ("of", "for", "the", "on", "in")]
    return is_organisation(names) if linked else words[0][:1].isalpha()


def _split(text: str) -> Iterator[str]:
    if ";" in text:
        # "Smith, John; Jones, Mary; & Lee, Kim"
        yield from (_LAST.sub("", part) for part in text.split(";") if part.strip())
        return
    if _PARTED_BY_STOPS.fullmatch(text):
        yield from (part for part in re.split(r"(?<=\b[A-Z])\.\s+|(?<=\b[A-Z][A-Z])\.\s+", text) if part)
        return
    family, _, given = (part.strip() for part in text.partition(","))
    if _is_compound(family, given):
        yield text
        return
    pieces = [piece.strip() for chunk in _chunks(text) for piece in chunk.split(",") if piece.strip()]
    chunks = [[piece.strip() for piece in chunk.split(",") if piece.strip()] for chunk in _chunks(text)]
    if len(pieces) > 1 and all(_pairs(chunk) for chunk in chunks):
        for chunk in chunks:
            yield from (", ".join(chunk[place : place + 2]) for place in range(0, len(chunk), 2))
        return
    held = ""
    for piece in pieces:
        # Initials or "Jr" alone belong to the name before them.
        if held and (is_initials(piece) or _SUFFIX.match(piece)):
            held = f"{held}, {piece}"
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _chunks(text: str) -> list[str]:
    """The text at each "and" or "&" that parts two names rather than two words of one name."""
    chunks = []
    begun = 0
    for match in _AND.finditer(text):
        start, end = match.span()
        # The words next to it tell; a name longer than this is none.
        last = text[max(text.rfind(",", begun, start) + 1, begun, start - _LONGEST) : start]
        following = _PARTING.search(text, end, end + _LONGEST)
        first = text[end : following.start() if following else end + _LONGEST]
        if (
            not (is_organisation(last) or is_organisation(first))
            or (_HEAD.search(last) and _HEAD.search(first))
            or _has_capitals(first)
            or _has_capitals(last)
        ):
            chunks.append(text[begun:start])
            begun = end
    chunks.append(text[begun:])
    return [chunk for chunk in chunks if chunk.strip(" ,")]


def _organisation(text: str) -> str:
    """The name of an organisation, not in capitals throughout."""
    if not text.isupper() or " " not in text:
        return text
    small = {"of", "for", "and", "the", "in", "on", "to"}
    words = [word.lower() if word.lower() in small else word.capitalize() for word in text.split()]
    return " ".join(["NHS" if word == "Nhs" else "UK" if word == "Uk" else word for word in words])


def _has_capitals(text: str) -> bool:
    """Whether a family name in capitals stands beside a given name that is not."""
    words = [word for word in text.split() if word[0] != "(" and not is_organisation(word)]
    return any(is_capital(word) for word in words) and not all(
        is_capital(word) or len(word) < 3 for word in words
    )


def _pairs(pieces: list[str]) -> bool:
    """Whether the pieces between commas are family names and given names in turn."""
    if len(pieces) % 2:
        return False
    for family, given in zip(pieces[::2], pieces[1::2], strict=True):
        words = [word for word in family.split() if word.lower() not in SMALL]
        if not is_initials(given) and (len(words) > 1 or len(given.split()) > 2 or _is_capital_name(given)):
            return False
        if is_initials(given) and (len(words) > 2 or _has_initials(family)):
            return False
        if is_organisation(family) and not is_initials(given):
            return False
    return True


def _is_compound(family: str, given: str) -> bool:
    """Whether "Mac an Ghaill, Mairtin" is one name: a list of names does not end in a single word."""
    words = family.split()
    if not 1 < len(words) <= 4 or not _GIVEN.fullmatch(given) or is_capital(given):
        return False
    if is_organisation(family) or is_organisation(given):
        return False
    begun = words[0].lower() in SMALL or words[0] in _PREFIXES
    return begun or not any(map(is_capital, words))


def _has_initials(text: str) -> bool:
    words = text.split()
    return len(words) > 1 and bool(INITIALS.match(words[-1])) and len(words[-1].strip(".")) <= 3


def _is_capital_name(text: str) -> bool:
    return is_capital(text.split()[0])


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _parse(text: str, family_first: bool) -> Author | None:
    """The author of one name, without the titles that stand before it; ``None`` if there is no name."""
    if not is_organisation(text):
        text = _REMARK.sub("", text) or text
    author = _parse_name(text, family_first)
    if author is None or not author.family:
        return author
    return replace(author, given=_HONORIFICS.sub("", author.given, count=1))


def _parse_name(text: str, family_first: bool) -> Author | None:
    text = text.strip(" .,;") if not re.search(r"\b[A-Z]\.\Z", text) else text.strip(" ,;")
    if not text:
        return None
    if "," in text:
        author = parse_name(text)
        return _recased(author)
    words = text.split()
    if is_organisation(text) and (
        not _has_capitals(text) or _JURISDICTION.search(text) or _LINKED.search(text)
    ):
        return Author(literal=" ".join(_organisation(part) for part in _JURISDICTION.split(text)))
    family = capital_run(words)
    if family:
        given = words[: family[0]] + words[family[1] :]
        suffix = given.pop() if len(given) > 1 and _SUFFIX.match(given[-1]) else ""
        particle, name = restore_case(" ".join(words[family[0] : family[1]]))
        if end_in_capitals := [
            word for word in given if len(word) > 3 and word.isupper() and "." not in word
        ]:
            given = [restore_case(word)[1] if word in end_in_capitals else word for word in given]
        return Author(family=name, given=" ".join(given), particle=particle, suffix=suffix)
    if len(words) == 1:
        # An acronym or a name without a given name.
        return Author(literal=text) if text.isupper() and len(text) > 1 else Author(family=text)
    if family_first and len(words) < 4 and not is_organisation(text) and not _has_initials(text):
        end = next((place for place, word in enumerate(words) if word.lower() not in SMALL), 0) + 1
        if end < len(words):
            return _recased(Author(family=" ".join(words[:end]), given=" ".join(words[end:])))
    return _recased(parse_name(text, person=True))


def _recased(author: Author) -> Author:
    given = author.given
    if given and len(given) > 3 and given.isupper() and "." not in given and not is_initials(given):
        given = " ".join(restore_case(word)[1] for word in given.split())
    if author.family and is_capital(author.family.split()[0]) and len(author.family) > 2:
        particle, family = restore_case(f"{author.particle} {author.family}".strip())
        return replace(author, family=family, particle=particle, given=given)
    if author.particle:
        return author
    particle, family = split_particle(author.family)
    return replace(author, family=family, particle=particle, given=given)
