"""A vocabulary as the text of a YAML file, for one that was not read from one."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from corpus.theme import Theme, Vocabulary, load_vocabulary
from corpus.vocabulary.reading import INHERITED
from corpus.vocabulary.splicing import dump


def to_yaml(vocabulary: Vocabulary) -> str:
    """The vocabulary as YAML; what it shares with the one that comes along is left to be inherited."""
    shipped = load_vocabulary().settings
    settings: dict[str, Any] = dict(vocabulary.settings)
    if all(settings.get(key, shipped.get(key)) == shipped.get(key) for key in INHERITED):
        own = settings.get("words") or {}
        words = {name: texts for name, texts in own.items() if shipped.get("words", {}).get(name) != texts}
        settings = {key: value for key, value in settings.items() if key not in (*INHERITED, "words")}
        settings |= {"words": words} if words else {}
    head = {key: settings.pop(key) for key in ("title", "uri") if key in settings}
    themes = [_entry(theme) for theme in vocabulary.themes.values()]
    return dump({**head, "themes": themes, **settings})


def _entry(theme: Theme) -> dict[str, Any]:
    """The keys of a theme that say something, lists and mappings as plain ones."""
    values = {field.name: getattr(theme, field.name) for field in fields(theme)}
    values["notation"] = theme.notation if theme.notation != theme.id else ""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items() if value}
