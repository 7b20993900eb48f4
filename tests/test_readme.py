"""Every command in README and docs/searching.md and every Python line in docs/python.md runs, as printed."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.formats import PARSERS
from kb.cli import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(text: str) -> list[str]:
    """The commands of a page, as typed."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    lines = (line for block in blocks for line in block.splitlines() if line.startswith("$ "))
    return [line[2:].split("   #")[0].strip() for line in lines]


COMMANDS = commands(README)
SEARCHING = commands((ROOT / "docs" / "searching.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def desk(library, tmp_path_factory):
    """A folder as a reader has it after `make demo`: the checkout's sources and evidence.db."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(library, folder / "evidence.db")
    shutil.copytree(f"{library}-index", folder / "evidence.db-index")
    for name in ("sources", "gold"):
        shutil.copytree(ROOT / "corpus" / name, folder / "corpus" / name)
    return folder


def test_readme_has_the_two_commands_first():
    assert [command.split()[1] for command in COMMANDS[:2]] == ["demo", "test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{target}:" in makefile for target in ("demo", "test"))


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("kb ")])
def test_every_command_in_readme_runs(command, desk):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", *shlex.split(command)[1:]],
        cwd=desk,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or "-o" in command or {"problems", "save"} & set(command.split())


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_python_examples_run(page, desk, monkeypatch):
    monkeypatch.chdir(desk)
    text = (ROOT / page).read_text(encoding="utf-8")
    names: dict[str, object] = {"stream": sys.stdout}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        for example in doctest.DocTestParser().get_examples(block):
            # What is printed depends on the library; that it runs, and gives something, is what is shown.
            exec(compile(example.source, page, "single"), names)
    assert len(names["results"]) > 0


@pytest.mark.parametrize("command", SEARCHING)
def test_every_search_on_the_page_answers(command, desk, monkeypatch):
    monkeypatch.chdir(desk)
    done = CliRunner().invoke(cli, shlex.split(command)[1:])
    assert done.exit_code == 0, done.stderr
    # The library has no hub of that name; what else was searched is what is shown.
    assert done.stdout or "MASH" in command


def test_every_command_is_documented():
    documented = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert all(f"## kb {name}" in documented for name in cli.commands)


def test_every_format_is_documented():
    documented = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert all(f"\n## {name}\n" in documented for name in PARSERS)


def test_the_help_pages_in_the_docs_are_current():
    check = [sys.executable, "-m", "cogapp", "--check", "docs/commands.md", "docs/formats.md"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(check, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
