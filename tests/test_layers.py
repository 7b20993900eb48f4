"""The one-way rule of the folders, read from the imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "corpus": set(),
    "ingest": {"corpus"},
    "index": {"corpus"},
    "kb": {"corpus", "ingest", "index"},
}
HEAVY = {"torch", "transformers", "sentence_transformers", "onnx", "onnxscript", "onnxruntime", "datasette"}


def modules() -> list[Path]:
    return sorted(path for package in ALLOWED for path in (ROOT / package).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_package_imports_only_what_it_stands_on(path):
    package = path.relative_to(ROOT).parts[0]
    ours = set(imported(ast.parse(path.read_text(encoding="utf-8")))) & set(ALLOWED)
    assert ours <= ALLOWED[package] | {package}


def not_of_the_site() -> list[Path]:
    """The plugin is imported by Datasette itself, so it may import it."""
    return [path for path in modules() if not path.is_relative_to(ROOT / "kb" / "site")]


@pytest.mark.parametrize("path", not_of_the_site(), ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_packages_are_imported_on_use(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = ast.Module(
        [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))], type_ignores=[]
    )
    assert not set(imported(top)) & HEAVY
