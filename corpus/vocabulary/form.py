"""What is wrong with the form of a vocabulary file: every fault at once, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from corpus.query import DIRECTIONS
from corpus.theme import AXES, VOCABULARY, Theme
from corpus.vocabulary.editing import slug
from corpus.vocabulary.reading import LOADER, Fault, Places, is_example, is_term, is_texts, places

#: What a file may hold besides what the vocabulary that comes along holds.
SETTINGS = (
    "themes",
    "words",
    "directions",
    "clauses",
    "about",
    "retired",
    "title",
    "uri",
    "fitted_to",
    "synonyms",
)

_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_TEXTS = ("id", "label", "axis")


@dataclass(frozen=True, slots=True)
class _Form:
    """The content of a file while it is looked through."""

    content: Mapping[str, Any]
    source: str
    places: Mapping[str, Places]
    repeats: Sequence[Fault]

    def fault(
        self, said: str, mend: str, theme: str = "", key: str = "", term: int = 0, line: int = 0
    ) -> Fault:
        place = self.places.get(theme)
        if place and not line:
            line = place.keys.get(key, place.start)
            if term and term <= len(place.terms):
                line = place.terms[term - 1]
        return Fault(self.source, said, mend, theme, term, line)

    def entries(self) -> Iterator[Mapping[str, Any]]:
        return (entry for entry in self.content["themes"] if isinstance(entry, Mapping))


def form_faults(text: str, content: Mapping[str, Any], source: str) -> list[Fault]:
    """Every fault of the form of a file by line; ``content`` is the same text as YAML reads it."""
    root = yaml.compose(text, Loader=LOADER)
    form = _Form(content, source, places(text), list(_repeats(root, source, set())))
    found = [*form.repeats, *_settings(form), *_synonyms(form, root)]
    for place, entry in enumerate(content["themes"], start=1):
        found += _entry(form, entry, place)
    found += [*_twice(form, root), *_replaced(form)]
    return sorted(found, key=lambda fault: fault.line)


def _repeats(node: Any, source: str, passed: set[int]) -> Iterator[Fault]:
    """Keys that stand twice in one mapping: YAML would keep the last and drop the other in silence."""
    children: list[Any] = []
    if id(node) in passed:
        return
    # An anchor can stand within itself.
    passed.add(id(node))
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if str(key.value) in seen:
                first = seen[str(key.value)]
                yield Fault(
                    source, f"`{key.value}:` stands here and on line {first}", "keep one of them", line=line
                )
            seen.setdefault(str(key.value), line)
            children.append(value)
    elif isinstance(node, yaml.SequenceNode):
        children = node.value
    for child in children:
        yield from _repeats(child, source, passed)


def _settings(form: _Form) -> Iterator[Fault]:
    known = {*SETTINGS, *_shipped_keys()}
    for key in form.content:
        if key not in known:
            yield form.fault(f"unknown key `{key}:`", _nearest(str(key), known))
    retired = form.content.get("retired") or {}
    if not isinstance(retired, Mapping):
        yield form.fault("`retired:` is not a mapping", "write `retired: {id: label}`")
        return
    for theme_id in retired:
        if any(entry.get("id") == theme_id for entry in form.entries()):
            mend = "ids never return: give the theme another id, or take this one off the list"
            yield form.fault(f"the id `{theme_id}` stands under `retired:` too", mend, str(theme_id))


def _synonyms(form: _Form, root: Any) -> Iterator[Fault]:
    """Groups of ways to say one thing that are not: too few, twice, or not texts."""
    groups = form.content.get("synonyms") or []
    nodes = next((value for key, value in root.value if key.value == "synonyms"), None)
    if not isinstance(groups, list):
        yield form.fault("`synonyms:` is not a list", "put each group on a line of its own: - [GP, doctor]")
        return
    firsts: dict[str, int] = {}
    for place, group in enumerate(groups):
        line = nodes.value[place].start_mark.line + 1 if nodes is not None else 0
        if not is_texts(group):
            # YAML reads a lone yes, no, on or 12 as something else than a text.
            said = f"the synonyms {group!r} are not a list of texts"
            yield form.fault(
                said, "write - [GP, general practitioner], texts in quotes if need be", line=line
            )
            continue
        if len(group) < 2:
            said = f"the synonyms {group!r} are fewer than two"
            yield form.fault(said, "add another way to say it, or take the line out", line=line)
        for way in group:
            if not any(map(str.isalnum, way)):
                yield form.fault(f"the synonym `{way}` has no letter", "write a word or phrase", line=line)
            known = firsts.setdefault(" ".join(way.casefold().split()), line)
            if known != line or group.count(way) > 1:
                said = f"`{way}` is twice among the synonyms (lines {known} and {line})"
                yield form.fault(said, "keep it in one group", line=line)


def _shipped_keys() -> set[str]:
    """The keys at the head of lines of the vocabulary that comes along."""
    text = VOCABULARY.read_text(encoding="utf-8")
    return set(re.findall(r"^(\w+):", text, flags=re.MULTILINE))


def _entry(form: _Form, entry: Any, place: int) -> Iterator[Fault]:
    if not isinstance(entry, Mapping):
        yield form.fault(f"theme {place} is not a mapping", "give it `id:`, `label:` and `axis:`")
        return
    name = str(entry.get("id") or f"number {place}")
    for key in _TEXTS:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            # YAML reads a lone yes, no, on or 12 as something else than a text.
            said = f"has no `{key}`" if value in (None, "") else f"`{key}: {value}` is not a text"
            yield form.fault(said, f"write `{key}: ...`, in quotes if need be", name, key)
    theme_id, axis = entry.get("id"), entry.get("axis")
    if isinstance(theme_id, str) and theme_id.strip() and not _ID.fullmatch(theme_id):
        yield form.fault(
            "the id is not in small letters, digits and hyphens", f"write `{slug(theme_id)}`", name
        )
    if isinstance(axis, str) and axis.strip() and axis not in AXES:
        yield form.fault(f"axis `{axis}` is none of {', '.join(AXES)}", "choose one of them", name, "axis")
    for key in entry:
        if key not in Theme.__dataclass_fields__:
            mend = _nearest(str(key), set(Theme.__dataclass_fields__))
            yield form.fault(f"unknown key `{key}`", mend, name, str(key))
    yield from _lists(form, entry, name)


def _lists(form: _Form, entry: Mapping[str, Any], name: str) -> Iterator[Fault]:
    for key in ("terms", "examples", "counter_examples"):
        value = entry.get(key)
        if value is not None and not isinstance(value, list):
            yield form.fault(f"`{key}` is not a list", "put each on a line of its own after `- `", name, key)
            continue
        for each in value or ():
            if key == "terms" and not is_term(each):
                said = f"the term {each!r} is neither a text nor `key: [texts]`"
                yield form.fault(said, "put it in quotes, or its list below it", name, key)
            elif key == "examples" and not is_example(each):
                said = f"the example {each!r} is neither a sentence nor `{DIRECTIONS[0]}: sentence`"
                yield form.fault(said, "put it in quotes if it holds a colon", name, key)
            elif key == "counter_examples" and not isinstance(each, str):
                said = f"the counter-example {each!r} is not a sentence"
                yield form.fault(said, "put it in quotes if it holds a colon", name, key)
    crosswalk = entry.get("crosswalk") or {}
    if not isinstance(crosswalk, Mapping) or not all(map(is_texts, crosswalk.values())):
        said = "`crosswalk` is not of the form `framework: [names]`"
        yield form.fault(said, "write it so", name, "crosswalk")


def _twice(form: _Form, root: Any) -> Iterator[Fault]:
    """Ids that two themes have, and codes that two themes of an axis share."""
    firsts: dict[str, int] = {}
    codes: dict[tuple[str, str], str] = {}
    nodes = next(value.value for key, value in root.value if key.value == "themes")
    for entry, node in zip(form.content["themes"], nodes, strict=True):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("id"), str):
            continue
        line = node.start_mark.line + 1
        if entry["id"] in firsts:
            said = f"two themes have the id `{entry['id']}` (the other on line {firsts[entry['id']]})"
            yield form.fault(said, "rename one", entry["id"], line=line)
        firsts.setdefault(entry["id"], line)
        code = (str(entry.get("axis")), str(entry.get("notation") or entry["id"]))
        if not entry.get("replaced_by") and codes.setdefault(code, entry["id"]) != entry["id"]:
            said = f"has the notation `{code[1]}` of `{codes[code]}` on the same axis"
            yield form.fault(said, "give it one of its own", entry["id"], line=line)


def _replaced(form: _Form) -> Iterator[Fault]:
    successors = {str(entry.get("id")): str(entry.get("replaced_by") or "") for entry in form.entries()}
    for theme_id, successor in successors.items():
        if successor and successor not in successors:
            said = f"is replaced by `{successor}`, which is not there"
            yield form.fault(said, _nearest(successor, set(successors)), theme_id, "replaced_by")
        passed = [theme_id]
        while successor in successors and successor not in passed:
            passed.append(successor)
            successor = successors[successor]
        if successor == theme_id:
            said = f"is replaced in a circle ({' -> '.join([*passed, theme_id])})"
            yield form.fault(said, "let one of them stand", theme_id, "replaced_by")


def _nearest(word: str, known: set[str]) -> str:
    near = get_close_matches(word, sorted(known), n=1)
    return f"did you mean `{near[0]}`?" if near else f"known are {', '.join(sorted(known)[:12])}"
