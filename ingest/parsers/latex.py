"""Plain text for LaTeX: accents, symbols, dashes, quotes; what is unknown stays as printed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db

_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
    "t": "\u0361",
}
_ESCAPES = {"\\": " ", " ": " ", ",": " ", ";": " ", ":": " ", "-": "", "/": "", "@": "", "!": "", "\n": " "}
_LITERAL = frozenset("&%$#_{}()[]|")
# Commands that only dress their argument.
_DRESS = (
    "emph textit textbf textrm textsf texttt textsc textmd textup textsl textnormal mbox hbox text "
    "ensuremath mathrm mathit mathbf mathsf mathcal mathbb mathnormal operatorname underline "
    "uppercase lowercase url path nolinkurl protect relax em it bf rm sf tt sc sl itshape bfseries "
    "upshape normalfont small large footnotesize bibinfo enquote textquote mkbibquote mkbibemph "
    "mkbibitalic natexlab nocase"
)
_DRESSING = frozenset(_DRESS.split())
_DROPPED_ARGUMENT = frozenset({"noopsort", "href", "bibinfo", "textcolor", "color"})
_SYMBOLS = {
    "i": "i",
    "j": "j",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textbackslash": "\\",
    "lbrace": "{",
    "rbrace": "}",
    "textquotesingle": "'",
    "textquotedbl": '"',
    "slash": "/",
    "textendash": "–",
    "textemdash": "—",
    "ldots": "…",
    "dots": "…",
    "newline": " ",
    "par": " ",
    "quad": " ",
    "space": " ",
    "textless": "<",
    "textgreater": ">",
    "textunderscore": "_",
    "backslash": "\\",
    "I": "I",
    "cprime": "ʹ",
    "pounds": "£",
    "textsterling": "£",
    "euro": "€",
    "copyright": "©",
    "degree": "°",
    "S": "§",
    "P": "¶",
    "ddag": "‡",
    "textbar": "|",
    "SS": "ẞ",
    "ne": "≠",
    "string": "",
}
_SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
# Most texts hold no more LaTeX than "\\&" and "\\%".
_MORE_THAN_ESCAPES = re.compile(r"\\(?![&%#_])|[{}~$]|--|``|''")
_ESCAPED = re.compile(r"\\([&%#_])")
_PLAIN = re.compile(r"[^\\{}~$`'\-?!]+")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_MATH = re.compile(r"(?s)\$\$?(?=\S)((?:[^$\\]|\\.)+?)(?<=\S)\$\$?")
_IN_MATH = re.compile(r"[\\^_=<>]|\A\S{1,12}\Z")
_LIGATURES = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("?`", "¿"), ("!`", "¡"))
_DEEPEST = 40
# The form of most accents, and of most braces.
_ONE_ACCENT = re.compile(r"\{\\([`'^\"~=.])(?:\{([A-Za-z])\}|([A-Za-z]))\}")
# Braces keep signs apart that would print another one together: "-{}-".
_PARTED = re.compile(r"[-`'?!][{}]|[{}][-`'?!]")
_PLAIN_GROUP = re.compile(r"\{([^{}\\$]*)\}")


def to_text(latex: str, *, groups: bool = False) -> str:
    """The text that LaTeX would print; with ``groups``, braces that hold more than a letter stay."""
    if _is_plain(latex):
        return latex
    if not _MORE_THAN_ESCAPES.search(latex):
        return _ESCAPED.sub(lambda match: match[1], latex)
    if "{\\" in latex:
        latex = _ONE_ACCENT.sub(_one_accent, latex)
    if not groups and "{" in latex and "\\" not in latex and "$" not in latex and not _PARTED.search(latex):
        latex = _PLAIN_GROUP.sub(lambda match: match[1], latex)
    if _is_plain(latex):
        return latex
    text = unicodedata.normalize("NFC", _Reader(latex, groups, 0).read())
    # Mendeley escapes what was LaTeX already: "R$\\backslash$'enyi".
    return to_text(text, groups=groups) if "$\\backslash$" in latex and "\\" in text else text


def _is_plain(text: str) -> bool:
    # Searches for fixed texts: ten times as fast as one for a pattern.
    return not (
        "\\" in text
        or "{" in text
        or "}" in text
        or "~" in text
        or "$" in text
        or "--" in text
        or "``" in text
        or "''" in text
    )


def _one_accent(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", (match[2] or match[3]) + _ACCENTS[match[1]])


class _Reader:
    """Goes through a text once, from left to right."""

    def __init__(self, text: str, groups: bool, depth: int, math: bool = False) -> None:
        self.text = text
        self.groups = groups
        self.depth = depth
        self.math = math
        self.place = 0

    def read(self) -> str:
        """The whole text decoded."""
        pieces = []
        while self.place < len(self.text):
            pieces.append(self._next())
        return "".join(pieces)

    def _next(self) -> str:
        text, place = self.text, self.place
        if match := None if self.math else _PLAIN.match(text, place):
            self.place = match.end()
            return match.group()
        char = text[place]
        if char == "\\":
            return self._command()
        if char == "{":
            return self._group()
        if char == "$" and (match := _MATH.match(text, place)) and _IN_MATH.search(match[1]):
            self.place = match.end()
            return _Reader(match[1], False, self.depth + 1, math=True).read()
        if self.math and char in "^_":
            self.place += 1
            argument = self._argument()
            small = argument.translate(_SUPERSCRIPT if char == "^" else _SUBSCRIPT)
            return small if not re.search(r"[\w+-]", small.translate(_NO_SCRIPT)) else char + argument
        for signs, sign in () if self.math else _LIGATURES:
            if text.startswith(signs, place):
                self.place += len(signs)
                return sign
        self.place += 1
        return " " if char == "~" else char

    def _group(self) -> str:
        inner = _matching(self.text, self.place)
        if inner is None or self.depth > _DEEPEST:
            self.place += 1
            return "{"
        self.place += len(inner) + 2
        decoded = _Reader(inner, self.groups, self.depth + 1, self.math).read()
        return f"{{{decoded}}}" if self.groups and len(decoded) != 1 else decoded

    def _argument(self) -> str:
        """What stands behind a command: a group, another command or one character."""
        while self.place < len(self.text) and self.text[self.place] in " \n\t":
            self.place += 1
        if self.place >= len(self.text):
            return ""
        if self.text[self.place] == "{":
            decoded = self._group()
            return decoded[1:-1] if self.groups and len(decoded) > 1 and decoded[0] == "{" else decoded
        if self.text[self.place] == "\\":
            return self._command()
        self.place += 1
        return self.text[self.place - 1]

    def _command(self) -> str:
        text, place = self.text, self.place
        match = _COMMAND.match(text, place)
        if not match:
            sign = text[place + 1 : place + 2]
            self.place += 2
            if sign in _ACCENTS and sign:
                return self._accent(sign)
            return sign if sign in _LITERAL else _ESCAPES.get(sign, "\\" + sign)
        name = match[1]
        self.place = match.end()
        if name in _ACCENTS and text[self.place : self.place + 1] in (" ", "{", "\\"):
            return self._accent(name)
        if name in _DROPPED_ARGUMENT and text[self.place : self.place + 1] == "{":
            self._group()
            return ""
        if name in ("textsuperscript", "textsubscript"):
            return self._argument()
        if name in ("frac", "tfrac", "dfrac", "nicefrac", "sfrac"):
            return f"{self._argument()}/{self._argument()}"
        if name in _DRESSING:
            self._skip_spaces()
            return ""
        symbol = _symbol(name)
        if symbol is None:
            return match.group()
        if text.startswith("{}", self.place):
            self.place += 2
        else:
            self._skip_spaces()
        return symbol

    def _skip_spaces(self) -> None:
        while self.text[self.place : self.place + 1] in (" ", "\t"):
            self.place += 1

    def _accent(self, name: str) -> str:
        start = self.place
        letter = self._argument()
        if not letter[:1].isalpha():
            # Nothing to put it on: "\'{}" or "\~{}" print the sign alone.
            if letter == "":
                return name
            self.place = start
            return "\\" + name
        return unicodedata.normalize("NFC", letter[0] + _ACCENTS[name]) + letter[1:]


_NO_SCRIPT = {ord(char): None for char in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"}


def _matching(text: str, place: int) -> str | None:
    """What stands between the brace at ``place`` and its partner; ``None`` if it has none."""
    depth = 0
    escaped = False
    for end in range(place, len(text)):
        char = text[end]
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return text[place + 1 : end]
    return None


@lru_cache(maxsize=1)
def _context() -> object:
    return get_default_latex_context_db()


@lru_cache(maxsize=4096)
def _symbol(name: str) -> str | None:
    """The character that a command without argument prints; ``None`` if it is none that is known."""
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    spec = _context().get_macro_spec(name)  # type: ignore[attr-defined]
    printed = getattr(spec, "simplify_repl", None)
    # "<cit.>" for \\cite is a description, no symbol.
    return printed if isinstance(printed, str) and printed and printed[0] not in "%<" else None
