"""The analyst's month, told in docs/analyst.md: ask, narrow, check, save, export, feed in, what is new."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import docx
import pytest

from tests import story
from tests.story import ROOT, alike, files, run, steps

PAGE = (ROOT / "docs" / "analyst.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def month(library: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str, str]]]:
    """The folder of the story after it, and (command, what the page says, what was printed) of each step."""
    folder = tmp_path_factory.mktemp("month")
    shutil.copy(library, folder / "evidence.db")
    shutil.copytree(f"{library}-index", folder / "evidence.db-index")
    for name, content in files(PAGE).items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder, [(command, said, run(command, folder)) for command, said in steps(PAGE)]


def test_everything_on_the_page_is_printed_by_the_command_above_it(month):
    for command, said, printed in month[1]:
        assert alike(printed) == alike(said), command


def test_the_word_document_has_what_she_needs(month):
    made = docx.Document(str(month[0] / "children.docx"))
    paragraphs = [(each.style.name, each.text) for each in made.paragraphs if each.style is not None]
    texts = [text for _, text in paragraphs]
    assert paragraphs[0][0] == "Title"
    assert "Appendix: search strategy" in texts
    assert sum(style == "Bibliography" for style, _ in paragraphs) == 7
    assert sum(text.startswith("[Retracted] ") for text in texts) == 1


def test_zotero_gets_every_record_that_was_counted(month):
    text = (month[0] / "children.ris").read_text(encoding="utf-8")
    assert len(re.findall(r"^TY  - ", text, re.M)) == 6
    assert "KW  - Theme: " in text


def test_the_story_is_written_by_what_runs():
    done = subprocess.run(
        [sys.executable, "-m", "tests.story"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert story.alike("on 23 November 2026, 2026-11-23T10:00:00+00:00") == "on DAY, DAY"
