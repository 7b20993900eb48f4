"""Raised and lowered letters as Unicode has them: "10⁻³", "CO₂"."""

from __future__ import annotations

import unicodedata

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣ"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢₓ"
_LETTERS = {
    name: {unicodedata.normalize("NFKC", letter): letter for letter in letters}
    | dict.fromkeys("-\u2013", letters[11])
    for name, letters in (("sup", _RAISED), ("sub", _LOWERED))
}


def scripted(text: str, script: str) -> str:
    """The text raised (``script`` "sup") or lowered ("sub"), if Unicode has all of it so; else as it is.

    A letter alone is an exponent or an index; words ("5th", "Vmax") are read better on the line.
    """
    letters = _LETTERS.get(script)
    if not letters or any(letter not in letters for letter in text):
        return text
    if len(text) > 1 and any(letter.isalpha() for letter in text):
        return text
    return "".join(letters[letter] for letter in text)
