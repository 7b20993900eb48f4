"""What one form of a vocabulary has that another has not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from corpus.theme import Theme, Vocabulary

_COMPARED = tuple(each.name for each in fields(Theme) if each.name not in ("id", "terms", "replaced_by"))


@dataclass(frozen=True, slots=True)
class ThemeChange:
    """What became of a theme: "added", "retired", "removed" (gone without a trace), "back" or "changed".

    Terms are written as `show` numbers them: "barrier: mistrust". ``changed`` holds (before, after) by key.
    """

    id: str
    label: str
    what: str
    replaced_by: str = ""
    terms_added: tuple[str, ...] = ()
    terms_removed: tuple[str, ...] = ()
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """The themes that differ, in the order of the later vocabulary, and the names of settings that do."""

    themes: tuple[ThemeChange, ...]
    settings: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.themes or self.settings)

    def lines(self, most: int | None = None) -> Iterator[str]:
        """The difference for a person, a line each; of each theme ``most`` terms, shortened, or all."""
        for theme in self.themes:
            successor = f", replaced by `{theme.replaced_by}`" if theme.replaced_by else ""
            yield f"{theme.what}: `{theme.id}` ({theme.label}){successor}"
            for name, (before, after) in theme.changed.items():
                yield f"    {name}: {_said(before)} -> {_said(after)}"
            for sign, terms in (("+", theme.terms_added), ("-", theme.terms_removed)):
                yield from (f"  {sign} {_short(term) if most else term}" for term in terms[:most])
                if most and terms[most:]:
                    yield f"  {sign} ... and {len(terms) - most} more terms"
        if self.settings:
            yield f"settings changed: {', '.join(self.settings)}"


def difference(before: Vocabulary, after: Vocabulary) -> Difference:
    """What changed from one vocabulary to another, theme by theme."""
    found = [
        change
        for theme_id in dict.fromkeys([*after.themes, *before.themes])
        if (change := _change(theme_id, before, after))
    ]
    names = dict.fromkeys([*before.settings, *after.settings])
    settings = tuple(name for name in names if before.settings.get(name) != after.settings.get(name))
    return Difference(tuple(found), settings)


def _change(theme_id: str, before: Vocabulary, after: Vocabulary) -> ThemeChange | None:
    old, new = before.themes.get(theme_id), after.themes.get(theme_id)
    if old is None and new is not None:
        return ThemeChange(theme_id, new.label, "added", new.replaced_by, terms_added=tuple(_terms(new)))
    if new is None and old is not None:
        what = "retired" if theme_id in after.retired else "removed"
        return ThemeChange(theme_id, old.label, what)
    if old is None or new is None or old == new:
        return None
    if new.replaced_by and not old.replaced_by:
        return ThemeChange(theme_id, new.label, "retired", new.replaced_by)
    changed = {
        name: (getattr(old, name), getattr(new, name))
        for name in _COMPARED
        if getattr(old, name) != getattr(new, name)
    }
    return ThemeChange(
        theme_id,
        new.label,
        "back" if old.replaced_by and not new.replaced_by else "changed",
        new.replaced_by,
        tuple((Counter(_terms(new)) - Counter(_terms(old))).elements()),
        tuple((Counter(_terms(old)) - Counter(_terms(new))).elements()),
        changed,
    )


def _terms(theme: Theme) -> Iterator[str]:
    return (f"{key}: {pattern}" if key else pattern for key, pattern in theme.lines())


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"{len(value)}"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {', '.join(map(str, names))}" for key, names in value.items()) or "none"
    return f"“{value}”" if value else "none"


def _short(term: str) -> str:
    return term if len(term) <= 90 else f"{term[:89]}…"
