"""The site's metadata.yml, for whatever name Datasette gives the database."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

#: The name under which metadata.yml describes the evidence file.
WRITTEN_FOR = "evidence"

#: Tables that serve the program alone; a public site denies them, and the shadow tables of the text index.
INTERNAL = frozenset({"aliases", "blocking_keys", "comparisons", "state", "taggings"})
_SHADOWS = ("records_fts", "sqlite_")


def path() -> Path:
    """Where metadata.yml lies: in the installed package, or at the top of a checkout."""
    packaged = Path(__file__).with_name("metadata.yml")
    return packaged if packaged.exists() else Path(__file__).parents[2] / "metadata.yml"


def metadata(name: str, source: Path | None = None) -> dict[str, Any]:
    """The metadata of that file (default: ours) with the evidence file's entry under ``name``."""
    content: dict[str, Any] = yaml.safe_load(_text(source or path())) or {}
    databases = content.get("databases") or {}
    if WRITTEN_FOR in databases and name != WRITTEN_FOR:
        databases[name] = databases.pop(WRITTEN_FOR) | databases.get(name, {})
    return content


@cache
def _text(source: Path) -> str:
    return source.read_text(encoding="utf-8")


def internal(table: str) -> bool:
    """Whether the table serves the program alone."""
    return table in INTERNAL or table.startswith(_SHADOWS)
