"""One key for British and American spellings of a word, and the regular forms of a word."""

from __future__ import annotations

import re

_SPELLINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"['’]s?$", ""),
        (r"is(e|ed|es|er|ers|ing|ation|ations|ational)$", r"iz\1"),
        (r"ys(e|ed|es|er|ers|ing)$", r"yz\1"),
        (r"practiz", "practic"),
        # Not in words as short as "four", which would become "for".
        (r"(?<=...)our(?=(?:s|ed|ing|al|ally|able|ably|ist|ists|hood|hoods|ly|er|ers)?$)", "or"),
        (r"^(cent|met|lit|theat|fib)re(s?)$", r"\1er\2"),
        (r"^centred$", "centered"),
        (r"^programme(s?)$", r"program\1"),
        (r"ageing", "aging"),
        (r"ll(ed|ing|er|ers|or|ors)$", r"l\1"),
        (r"(def|off|lic|pret)ence", r"\1ense"),
        (r"judgement", "judgment"),
        (r"(p|orthop)aed", r"\1ed"),
        (r"(h)aem", r"\1em"),
        (r"anaesth", "anesth"),
        (r"gynaec", "gynec"),
        (r"foet", "fet"),
        (r"oed", "ed"),
    )
)


# Most words have nothing to fold: one look tells, and eighteen are saved.
_ANY_SPELLING = re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in _SPELLINGS))


def fold(word: str) -> str:
    """A key that British and American spellings of a word share; a possessive 's is dropped."""
    if not _ANY_SPELLING.search(word):
        return word
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return word


def forms(word: str) -> set[str]:
    """The word and its regular forms: plural, third person, -ed, -ing. Some are not English; none hurts."""
    made = {word, word + "s", word + "es", word + "ed", word + "ing"}
    if word.endswith("e"):
        made |= {word + "d", word[:-1] + "ing"}
    elif word.endswith("y"):
        made |= {word[:-1] + "ies", word[:-1] + "ied"}
    elif re.search(r"[^aeiou][aeiou][bdgklmnprt]$", word):
        made |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return made
