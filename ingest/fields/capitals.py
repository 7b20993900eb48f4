"""What capitals and initials say in a printed name: "DARLINGTON Yvonne", "Feeney J A"."""

from __future__ import annotations

import re

_SMALL_TEXT = (
    "van von vom zu zum zur der den de da do dos del della di du la le ter ten te af av al el bin y e st st."
)
#: Words of a family name that take a small letter, or may.
SMALL = frozenset(_SMALL_TEXT.split())
#: Initials with or without stops: "J A", "J.-A."
INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]*){1,4}\Z")
#: Particles that are joined to the name: "al-HASSAN", "d'AMOUR".
ELIDED = re.compile(r"(?:al|el|as|ap|d|l|t)['’‐-](?=[A-ZÀ-Þ])")
_NAME_WORD = re.compile(r"(?:[^\W\d_]|['’.\-‐])+\Z")


def is_capital(word: str) -> bool:
    """Whether a word is in capitals but for a prefix: "McDONALD", "O'BRIEN", "al-HASSAN"."""
    letters = [char for char in word if char.isalpha()]
    if len(letters) < 2:
        return False
    bare = re.sub(r"\A(?:Mc|Mac|O['’]|D['’]|De|Van|Fitz|St\.?)(?=[A-ZÀ-Þ]{2})", "", ELIDED.sub("", word))
    return all(char.isupper() for char in bare if char.isalpha())


def capital_run(words: list[str]) -> tuple[int, int] | None:
    """(start, end) of the words in capitals that are the family name; ``None`` if there are none."""
    capital = [is_capital(word) for word in words]
    if not any(capital) or len(words) < 2:
        return None
    start = capital.index(True)
    end = start
    while end < len(words) and capital[end]:
        end += 1
    if start and end == len(words) and all(is_initials(word) for word in words[start:]):
        return None
    while start and words[start - 1].lower() in SMALL:
        start -= 1
    if end - start == len(words):
        # All in capitals, the given name too: the family name comes first.
        end = start + 1
        while end < len(words) and words[end - 1].lower() in SMALL:
            end += 1
        return (start, end) if end < len(words) else None
    rest = words[:start] + words[end:]
    # Capitals behind the family name may be initials: "SMITH JA".
    if end - start > 1 and start == 0 and end == len(words):
        return None
    return (start, end) if all(_NAME_WORD.match(word) for word in rest) else None


def is_initials(text: str) -> bool:
    """Whether a text is initials alone."""
    return (
        bool(INITIALS.match(text))
        and (len(text.replace(".", "").replace(" ", "")) <= 4)
        and all(letter.isupper() for letter in text if letter.isalpha())
    )
