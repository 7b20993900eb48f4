"""The commands on the vocabulary, and another subject from end to end."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import cli

FARMING = Path(__file__).with_name("vocabularies") / "farming.yml"

FARMS = """TY  - JOUR
ID  - diallo2019
TI  - Cover crops on drylands: a survey of smallholders
AU  - Diallo, Awa
PY  - 2019
AB  - Adoption was hampered by high costs and a lack of labour. Smallholders were helped by training.
ER  -
TY  - JOUR
ID  - berg2005
TI  - Grazing and soil fertility: a field trial
AU  - Berg, Ann
PY  - 2005
AB  - Soil fertility rose on grazed pastures. Trust between agencies was not studied.
ER  -
"""


@pytest.fixture(autouse=True)
def _without_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tags by rules and weights only: by meaning each change would take long."""
    monkeypatch.setattr("kb.learning.encoder", lambda *_: None)


def kb(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    refs, database = tmp_path / "farms.ris", tmp_path / "farm.db"
    refs.write_text(FARMS, encoding="utf-8")
    assert kb("--db", database, "ingest", refs, "--themes", FARMING).exit_code == 0
    return database


def test_another_subject_is_another_file_from_end_to_end(farm: Path) -> None:
    rows = json.loads(kb("--db", farm, "themes", "--json").output)
    assert {row["id"] for row in rows if row["records"]} >= {"farm-income", "labour", "advice", "dryland"}
    assert not {"trust-relationships", "schools"} & {row["id"] for row in rows}
    why = json.loads(kb("--db", farm, "why", "diallo-2019-cover", "--json").output)
    said = {(tag["theme"], tag["direction"], tag["quote"]) for tag in why["tags"] if tag["direction"]}
    assert said == {
        ("farm-income", "barrier", "costs"),
        ("labour", "barrier", "labour"),
        ("advice", "enabler", "training"),
    }
    assert kb("--db", farm, "index").exit_code == 0
    found = kb(
        "--db", farm, "search", "--theme", "labour", "--direction", "barrier", "--mode", "keyword", "--json"
    )
    assert [hit["id"] for hit in json.loads(found.output)["hits"]] == ["diallo-2019-cover"]


def test_the_vocabulary_stays_with_the_file(farm: Path, tmp_path: Path) -> None:
    assert kb("--db", farm, "tag").exit_code == 0
    exported = tmp_path / "out.yml"
    assert kb("--db", farm, "themes", "export", "-o", exported).exit_code == 0
    assert exported.read_bytes() == FARMING.read_bytes()
    assert kb("--db", farm, "themes", "diff", exported, "--json").output.strip() == (
        '{\n  "themes": [],\n  "settings": []\n}'
    )
    again = kb("--db", farm, "themes", "import", FARMING)
    assert (again.exit_code, again.stdout) == (0, "")


@pytest.mark.parametrize("kind", ["turtle", "json-ld"])
def test_what_is_exported_as_skos_is_imported_as_the_same(farm: Path, tmp_path: Path, kind: str) -> None:
    exported = tmp_path / "out.rdf-text"
    assert kb("--db", farm, "themes", "export", "--to", kind, "-o", exported).exit_code == 0
    found = kb("--db", farm, "themes", "diff", exported, "--json")
    assert json.loads(found.stdout) == {"themes": [], "settings": []}


def test_a_dry_run_reports_and_changes_nothing(farm: Path) -> None:
    before = farm.read_bytes()
    run = kb("--db", farm, "themes", "rename", "labour", "--id", "hands", "--dry-run", "--json")
    moved = json.loads(run.stdout)
    assert {theme["id"]: theme["after"] for theme in moved["themes"]} == {"hands": 1, "labour": 0}
    assert farm.read_bytes() == before


def test_edits_are_shown_and_undone(farm: Path) -> None:
    assert (
        kb(
            "--db", farm, "themes", "merge", "labour", "farm-income", "--into", "means", "--label", "Means"
        ).exit_code
        == 0
    )
    shown = json.loads(kb("--db", farm, "themes", "show", "means", "--json").stdout)
    assert (shown["records"], shown["replaces"]) == (1, ["farm-income", "labour"])
    assert [term["number"] for term in shown["terms"]] == list(range(1, len(shown["terms"]) + 1))
    assert "Replaced by means." in kb("--db", farm, "themes", "show", "labour").stdout
    assert kb("--db", farm, "themes", "undo").exit_code == 0
    assert "labour" in {row["id"] for row in json.loads(kb("--db", farm, "themes", "list", "--json").stdout)}
    history = json.loads(kb("--db", farm, "themes", "history", "--json").stdout)
    assert [each["source"] for each in history] == ["packaged", *["farming.yml"] * 3]


def test_check_tells_faults_and_fails_on_errors(tmp_path: Path) -> None:
    path = tmp_path / "bad.yml"
    path.write_text("themes:\n  - {id: a, label: A, axis: kind, terms: ['(x']}\n", encoding="utf-8")
    run = kb("--db", tmp_path / "none.db", "themes", "check", path)
    assert run.exit_code == 1
    assert run.stdout.startswith(f"{path}:2: theme `a`: ")
    assert kb("--db", tmp_path / "none.db", "themes", "check", FARMING).exit_code == 0


@pytest.mark.parametrize("command", [("build",), ("themes", "import")])
def test_a_faulty_file_is_refused_in_one_line_and_nothing_is_lost(
    farm: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = tmp_path / "bad.yml"
    path.write_text("themes:\n  - {id: a, label: A, axis: kind, terms: [x1]}\n", encoding="utf-8")
    before = kb("--db", farm, "themes", "--json").stdout
    arguments = [*command, path] if command[0] == "themes" else [*command, "--themes", path]
    run = kb("--db", farm, *arguments)
    assert run.exit_code == 1
    assert [line for line in run.stderr.splitlines() if line.startswith("Error: ")] == [run.stderr.strip()]
    assert f"{path}:2: theme `a`: the term `x1` can never match" in run.stderr
    assert kb("--db", farm, "themes", "--json").stdout == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "labor"), 1, "near: labour"),
        (("rename", "labour"), 2, "give a label"),
        (("split", "labour", "--into", "x", "--label", "X", "--terms", "a"), 2, "`a` is no number"),
        (("diff", "77"), 1, "no vocabulary 77"),
        (("diff", "none.yml"), 1, "cannot be read"),
        (("export", "--to", "html"), 2, "'yaml', 'turtle', 'json-ld'"),
    ],
)
def test_wrong_usage_is_one_line(farm: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    run = kb("--db", farm, "themes", *arguments)
    assert run.exit_code == code
    assert said in run.stderr
    assert "Traceback" not in run.output


def test_every_command_of_the_page_runs(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "evidence.db"
    shutil.copy(library, database)
    monkeypatch.chdir(tmp_path)
    Path("school-thesaurus.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<urn:a> a skos:Concept ; skos:prefLabel "Reading difficulties"@en .\n',
        encoding="utf-8",
    )
    page = (Path(__file__).parents[1] / "docs" / "themes.md").read_text(encoding="utf-8")
    commands = [line.removeprefix("$ kb ") for line in page.splitlines() if line.startswith("$ kb ")]
    assert len(commands) > 15
    for command in commands:
        run = kb(*shlex.split(command))
        assert run.exit_code == 0, f"{command}: {run.output}"
