"""BibTeX values: fields with several of them, braces and quotes, lists."""

from __future__ import annotations

#: Field name in lower case -> (name as printed, value), in the order printed.
Fields = dict[str, list[tuple[str, str]]]


def first(fields: Fields, name: str) -> str:
    """The first value of a field, "" if there is none."""
    return fields[name][0][1].strip() if name in fields else ""


def closing(text: str, place: int) -> int:
    """Where the value that opens at ``place`` with a brace or a quote ends."""
    quoted = text[place] == '"'
    depth = 0
    for end in range(place, len(text)):
        char = text[end]
        if char in "{}" and text[end - 1 : end] == "\\" and text[end - 2 : end] != "\\\\":
            continue
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0 and not quoted:
                return end
        elif quoted and char == '"' and depth == 0 and end > place:
            return end
    return len(text)


def bare(text: str) -> str:
    """The text without its braces."""
    return " ".join(text.replace("{", "").replace("}", "").split())


def split(text: str) -> list[str]:
    """The parts between semicolons, or else commas, that stand in no braces."""
    if "{" not in text and "}" not in text:
        return [" ".join(word.split()) for word in text.split(";" if ";" in text else ",")]
    words = _split(text, ";")
    return [bare(word) for word in (words if len(words) > 1 else _split(text, ","))]


def _split(text: str, separator: str) -> list[str]:
    depth, words = 0, [""]
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth <= 0 and char == separator:
            words.append("")
        else:
            words[-1] += char
    return words
