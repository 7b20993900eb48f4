"""Authors from the names that people and databases print."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.record import Author

#: Words that only the name of an organisation holds.
_ORGANISATIONS_TEXT = (
    "academy administration agency alliance assembly association authority board bureau cabinet "
    "centre center centers centres charity collaboration collaborative college commission "
    "commissioner commissioners committee community company concern confederation consortium "
    "consultancy consultants corporation council councils department departments dept directorate "
    "division england executive faculty federation forum foundation fund government group hospital "
    "hospitals initiative inspectorate institute institution institutes international investigators "
    "laboratory league library limited ltd inc llc llp ministry nations network nhs office ofsted "
    "organisation organization organisations organizations parliament partnership partners press "
    "programme program project register research school schools secretariat service services society "
    "staff studies study task taskforce team treasury trust trustees union unit university universities "
    "workshop world who oecd unicef unesco scie nice dh dhsc dfes dfe doh cqc gscc adss ippr nspcc "
    "mencap"
)
_ORGANISATIONS = frozenset(_ORGANISATIONS_TEXT.split())

# Words that stand in lower case in organisations' names and in no person's.
_LINKING = frozenset({"of", "for", "the", "on", "in", "to", "and", "with", "at", "by", "against", "&"})
#: Particles that take a small letter when a name was printed in capitals.
_PARTICLES_TEXT = "van von vom zu zum zur der den ter ten te de da das do dos del della degli af av 't"
_PARTICLES = frozenset(_PARTICLES_TEXT.split())

_AFTER_PARTICLE = frozenset({"la", "las", "los", "les", "le", "het", "der", "den", "dem", "di"})
_AFTER_GIVEN = _PARTICLES | _AFTER_PARTICLE
_SUFFIX = re.compile(r"(?:jr|sr|junior|senior|ii|iii|iv|2nd|3rd)\.?\Z", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_](?:\.|\b)[\s-]*){1,4}\Z|[A-ZÀ-ÞŁŚŽČŠ]{1,3}\Z")
_ET_AL = re.compile(
    r"(?:\band\b\s*+)?(?:\[\s*+)?(?:\bet\.?\s*+al(?:ii|ia|\b)\.?|(?:\band|&)\s++others\b\.?)(?:\s*+\])?[\s.,;]*+\Z",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"(?:et\.?\s*al(?:\.|ii|ia)?|and others|& others|others)[.,;]?\Z", re.IGNORECASE)
# What databases print where a work names nobody.
_NOBODY = re.compile(
    r"\[?no author(?:s|\(s\))?(?: names?)? (?:available|listed)\]?|no authorship,? indicated|\[anonymous\]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
# "Smith-Jones, Mary A.": what nearly every name in an export looks like, and needs no second look.
_CAPITAL = "[A-ZÀ-ÖØ-Þ]"
_PLAIN = re.compile(
    rf"({_CAPITAL}[a-zà-öø-ÿA-Z'’-]*+), ({_CAPITAL}[a-zà-öø-ÿ-]*+\.?(?:[ -]?{_CAPITAL}[a-zà-öø-ÿ-]*+\.?)*+)\Z"
)
_SPACE = re.compile(r"\s+")


def parse_name(text: str, role: str = "author", *, person: bool = False) -> Author:
    """The author of one name: "Family, Given, Suffix", "Family AB", "A. Family", or an organisation.

    A comma says that a name is a person's. A name without one is an organisation's unless initials
    show otherwise, or ``person`` says that persons' names have no comma in this source.
    """
    if plain := _PLAIN.match(text):
        return Author(plain[1], plain[2], role=role)
    return _parse_name(text, role, person)


@lru_cache(maxsize=1 << 14)
def _parse_name(text: str, role: str, person: bool) -> Author:
    text = _SPACE.sub(" ", text).strip(" ;")
    if "," in text:
        return _with_comma(text, role)
    if is_nobody(text):
        return Author(role=role)
    words = text.split(" ")
    if len(words) < 2 or (len(words) > 2 and is_organisation(text)):
        return Author(literal=text, role=role)
    if _INITIALS.match(words[-1]) and not _INITIALS.match(words[0]) and len(words[-1].rstrip(".")) <= 4:
        start = len(words) - 1
        while start > 1 and _INITIALS.match(words[start - 1]):
            start -= 1
        if not _is_acronym_tail(words, start):
            return _person(" ".join(words[:start]), " ".join(words[start:]), role)
    if _INITIALS.match(words[0]) and len(words[0].strip(".")) == 1:
        return _given_first(words, role)
    if person and not is_organisation(text) and 2 <= len(words) <= 5:
        return _given_first(words, role)
    return Author(literal=text, role=role)


def is_nobody(text: str) -> bool:
    """Whether a name says that there is none: "[No author name available]"."""
    return bool(_NOBODY.fullmatch(text))


def is_organisation(text: str) -> bool:
    """Whether a name without a comma can only be that of an organisation."""
    words = text.split()
    if any(word in _LINKING for word in words):
        return True
    return any(word.lower() in _ORGANISATIONS for word in _WORD.findall(text))


def split_particle(family: str) -> tuple[str, str]:
    """(particle, family name): the words with a small letter before the name, "van der" of "van der Berg"."""
    words = family.split(" ")
    count = 0
    while count < len(words) - 1 and words[count][:1].islower() and not words[count].endswith(("'", "’")):
        count += 1
    if count and words[count][:1].islower():
        return "", family
    return " ".join(words[:count]), " ".join(words[count:])


def restore_case(family: str) -> tuple[str, str]:
    """(particle, family name) of a name in capitals: "VAN DER BERG", "McDONALD", "O'BRIEN-SMITH"."""
    words = family.split()
    count = 0
    while count < len(words) - 1 and (
        words[count].lower() in _PARTICLES or (count and words[count].lower() in _AFTER_PARTICLE)
    ):
        count += 1
    return " ".join(words[:count]).lower(), " ".join(_title(word) for word in words[count:])


def strip_et_al(text: str) -> tuple[str, bool]:
    """The names without "et al", "[et al.]" or "and others" at their end, and whether it was there."""
    match = _ET_AL.search(text)
    return (text[: match.start()].rstrip(" \t\n,;&"), True) if match else (text, False)


def is_others(text: str) -> bool:
    """Whether this, in a list of names, says that there are more: "et al.", "others"."""
    return bool(_OTHERS.match(text.strip()))


def _with_comma(text: str, role: str) -> Author:
    parts = [part.strip() for part in text.split(",")]
    family, rest = parts[0], [part for part in parts[1:] if part]
    if not rest and is_organisation(family) and " " in family:
        # EndNote asks for a comma behind the name of an organisation.
        return Author(literal=family, role=role)
    if is_organisation(text) and (
        len(parts) > 2 or len(family.split()) > 3 or any(w in _LINKING for w in family.split())
    ):
        return Author(literal=text, role=role)
    suffix = ""
    for place, part in enumerate(rest):
        if _SUFFIX.match(part) and (place or len(rest) > 1):
            suffix = rest.pop(place)
            break
    return _person(family, ", ".join(rest), role, suffix)


def _person(family: str, given: str, role: str, suffix: str = "") -> Author:
    if not suffix and " " in family and _SUFFIX.match(family.rpartition(" ")[2]):
        family, _, suffix = family.rpartition(" ")
    particle, family = split_particle(family)
    if not particle and given:
        # "Schoot, Rens van de": Dutch lists sort by the name without its particle.
        words = given.split(" ")
        count = len(words)
        while count > 1 and words[count - 1] in _AFTER_GIVEN:
            count -= 1
        if count < len(words):
            given, particle = " ".join(words[:count]), " ".join(words[count:])
    return Author(family=family, given=given, particle=particle, suffix=suffix, role=role)


def _given_first(words: list[str], role: str) -> Author:
    suffix = words.pop() if len(words) > 2 and _SUFFIX.match(words[-1]) else ""
    start = len(words) - 1
    while start > 1 and (
        words[start - 1][:1].islower() or words[start - 1].lower() in {"van", "von", "de", "le", "st", "st."}
    ):
        start -= 1
    return _person(" ".join(words[start:]), " ".join(words[:start]), role, suffix)


def _is_acronym_tail(words: list[str], start: int) -> bool:
    """Whether capitals at the end are part of an organisation's name: "Carers UK", "Age UK"."""
    return " ".join(words[start:]) in {"UK", "USA", "EU", "UN", "NI", "US"}


def _title(word: str) -> str:
    """One word of a family name in capitals, as such names are printed."""
    letters = [char for char in word if char.isalpha()]
    if sum(char.isupper() for char in letters) < 2:
        return word
    pieces = re.split(r"([-'’‐])", word)
    return "".join(_title_piece(piece) for piece in pieces)


def _title_piece(piece: str) -> str:
    mixed = re.match(r"(Mc|Mac|Fitz|De|Di|Du|La|Le|Van|Von)([A-ZÀ-Þ])([A-ZÀ-Þ]+)\Z", piece)
    if mixed:
        return mixed[1] + mixed[2] + mixed[3].lower()
    if re.match(r"MC[A-ZÀ-Þ]{3}", piece):
        return "Mc" + piece[2] + piece[3:].lower()
    if piece.isupper():
        return piece[:1] + piece[1:].lower()
    return re.sub(r"(?<=[A-ZÀ-Þ])[A-ZÀ-Þ]+", lambda match: match.group().lower(), piece)
