"""Pages of docs/ that tell a story: their commands are run in order, and what is printed stands below each.

Usage: python -m tests.story docs/analyst.md      writes what is printed now into the page
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
#: A file of the story: its name before a block.
_FILE = re.compile(r"`([\w.-]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"\d{{1,2}} (?:{_MONTHS}) \d{{4}}(?: at \d\d:\d\d UTC)?|\d{{4}}-\d\d-\d\d(?:T[\d:+]+)?")
_VERSIONS = re.compile(r"[0-9a-f]{8,}")


def files(text: str) -> dict[str, str]:
    """The files that the page shows, by name."""
    return dict(_FILE.findall(text))


def steps(text: str) -> list[tuple[str, str]]:
    """(command, what stands below it), in order."""
    found = []
    for block in _BLOCK.findall(text):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = step.partition("\n")
            found.append((command, printed))
    return found


def alike(printed: str) -> str:
    """What is printed without what changes by the day."""
    return _VERSIONS.sub("VERSION", _DAY.sub("DAY", printed)).strip()


def run(command: str, folder: Path) -> str:
    """What a command of the page prints, both streams; raises if it is none of ours."""
    words = shlex.split(command)
    if words[0] != "kb":
        raise ValueError(f"not a command of ours: {command}")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", *words[1:]],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def told(text: str, folder: Path) -> str:
    """The page with what its commands print now."""
    for name, content in files(text).items():
        (folder / name).write_text(content, encoding="utf-8")

    def block(match: re.Match[str]) -> str:
        lines = [f"$ {command}\n{run(command, folder)}" for command, _ in steps(match.group())]
        return f"```console\n{''.join(lines)}```"

    return _BLOCK.sub(block, text)


if __name__ == "__main__":
    for given in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as name:
            page = Path(given)
            run("kb build", Path(name))
            page.write_text(told(page.read_text(encoding="utf-8"), Path(name)), encoding="utf-8")
