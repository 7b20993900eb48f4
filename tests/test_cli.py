"""The command line: what it prints, its exit codes, one line for every failure."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from corpus.store import Store
from kb.cli import cli

RIS = """TY  - JOUR
ID  - berg2005
TI  - Trust between agencies in child protection
AU  - Berg, Ann
PY  - 2005
JO  - Journal of Care
AB  - Mutual mistrust was a barrier to joint working between agencies.
ER  -
"""
BROKEN = """@article{a, title = {One}, year = 2001}
@article{b, title = {Two, year = }
@article{c, title = {Three}, year = 2003}
"""


def kb(*arguments: str | Path, input: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=input)


def one_line(result: Result) -> str:
    """The message of a failure: one line on stderr, and no trace."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.output
    return lines[0]


@pytest.fixture
def refs(tmp_path):
    path = tmp_path / "refs.ris"
    path.write_text(RIS, encoding="utf-8")
    return path


@pytest.fixture
def own(library, tmp_path):
    """A copy of the built library that a test may change."""
    database = tmp_path / "evidence.db"
    shutil.copy(library, database)
    shutil.copytree(f"{library}-index", f"{database}-index")
    return database


def test_help_names_every_command():
    result = kb("--help")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in cli.commands)


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_one_help_sentence_and_an_example(name):
    result = kb(name, "--help")
    assert result.exit_code == 0
    if name != "evaluate":
        assert f"kb {name}" in result.stdout.split("Example", 1)[1]


def test_build_says_what_came_in_and_makes_it_searchable(tmp_path, refs):
    database = tmp_path / "evidence.db"
    result = kb("--db", database, "build", refs, "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert [source["new"] for source in summary["sources"]] == [1]
    found = kb("--db", database, "search", "mistrust", "--mode", "keyword", "--json")
    assert [hit["title"] for hit in json.loads(found.stdout)["hits"]] == [
        "Trust between agencies in child protection"
    ]


def test_a_second_build_reads_nothing_again(tmp_path, refs):
    database = tmp_path / "evidence.db"
    kb("--db", database, "build", refs)
    built = json.loads(kb("--db", database, "status", "--json").stdout)["index"]["built"]
    result = kb("--db", database, "build", refs)
    assert result.exit_code == 0
    assert "read before" in result.stdout
    assert json.loads(kb("--db", database, "status", "--json").stdout)["index"]["built"] == built


def test_ingest_keeps_what_it_cannot_read_and_exits_1(tmp_path):
    broken = tmp_path / "broken.bib"
    broken.write_text(BROKEN, encoding="utf-8")
    database = tmp_path / "evidence.db"
    result = kb("--db", database, "ingest", broken)
    assert result.exit_code == 1
    listed = kb("--db", database, "problems", "--json")
    problem = json.loads(listed.stdout)[0]
    assert (problem["line"], "Two" in problem["raw"]) == (2, True)
    with Store.open(database) as store:
        assert {record.title for record in store.records()} >= {"One", "Three"}


def test_a_dry_run_changes_nothing(tmp_path, refs):
    database = tmp_path / "evidence.db"
    result = kb("--db", database, "ingest", refs, "--dry-run", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["sources"][0]["new"] == 1
    assert not database.exists()


def test_ingest_reads_standard_input(tmp_path):
    database = tmp_path / "evidence.db"
    result = kb("--db", database, "ingest", "-", input=RIS.encode())
    assert result.exit_code == 0
    assert json.loads(kb("--db", database, "sources", "--json").stdout)[0]["name"] == "standard input"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("empty.ris", b"", "empty", id="an empty file"),
        pytest.param("paper.pdf", b"%PDF-1.7\n\x00\x01\x02", "PDF", id="a PDF"),
        pytest.param("noise.bin", bytes(range(256)) * 8, "binary", id="a binary file"),
        pytest.param("notes.txt", b"Dear all,\nsee you on Monday.\n", "--from", id="no known format"),
    ],
)
@pytest.mark.parametrize("command", ["build", "ingest"])
def test_a_file_that_cannot_be_read_is_one_line_and_exit_1(tmp_path, name, content, says, command):
    path = tmp_path / name
    path.write_bytes(content)
    result = kb("--db", tmp_path / "evidence.db", command, path)
    assert result.exit_code == 1
    line = one_line(result)
    assert name in line
    assert says in line


@pytest.mark.parametrize("command", [["build"], ["ingest"], ["convert", "--to", "ris"], ["dedupe"]])
def test_a_missing_file_is_one_line_and_exit_1(tmp_path, command):
    result = kb("--db", tmp_path / "evidence.db", *command, tmp_path / "none.ris")
    assert result.exit_code == 1
    assert "none.ris" in one_line(result)


@pytest.mark.parametrize(
    "command",
    [
        ["search", "x"],
        ["show", "x"],
        ["why", "x"],
        ["status"],
        ["export", "--to", "ris"],
        ["problems"],
        ["serve"],
        ["doctor"],
        ["index"],
        ["tag"],
    ],
    ids=" ".join,
)
def test_a_database_that_is_not_ours_is_one_line_and_stays_as_it_is(tmp_path, command):
    other = tmp_path / "places.db"
    with sqlite3.connect(other) as connection:
        connection.execute("create table places (id)")
    before = other.read_bytes()
    result = kb("--db", other, *command)
    assert result.exit_code == 1
    assert "not made by Evidence KB" in one_line(result)
    assert other.read_bytes() == before
    missing = kb("--db", tmp_path / "none.db", *command)
    assert missing.exit_code == 1
    assert "kb build" in one_line(missing)


def test_search_without_its_index_says_how_to_make_it(own):
    shutil.rmtree(f"{own}-index")
    result = kb("--db", own, "search", "trust")
    assert result.exit_code == 1
    assert "kb index" in one_line(result)


def test_search_on_a_stale_index_says_so_and_still_answers(own, refs):
    assert kb("--db", own, "ingest", refs).exit_code == 0
    result = kb("--db", own, "search", "confidentiality", "--mode", "keyword", "--json")
    answer = json.loads(result.stdout)
    assert answer["hits"]
    assert any("kb index" in note for note in answer["notes"])


def test_search_json_has_the_keys_of_the_contract(library):
    answer = json.loads(kb("--db", library, "search", "information sharing", "-n", "3", "--json").stdout)
    assert set(answer) >= {"query", "total", "hits"}
    assert [hit["rank"] for hit in answer["hits"]] == [1, 2, 3]
    assert set(answer["hits"][0]) >= {
        "id",
        "rank",
        "score",
        "keyword_rank",
        "semantic_rank",
        "title",
        "year",
        "snippet",
    }
    assert answer["total"] >= 3


def test_filters_hold_for_every_hit(library):
    arguments = (
        "confidentiality",
        "--direction",
        "barrier",
        "--setting",
        "child-protection",
        "--since",
        "2000",
    )
    answer = json.loads(kb("--db", library, "search", *arguments, "--json").stdout)
    assert answer["hits"]
    with Store.open(library) as store:
        for hit in answer["hits"]:
            tags = list(store.tags([hit["id"]]))
            assert any(tag.direction == "barrier" for tag in tags)
            assert any(tag.theme == "child-protection" for tag in tags)
            assert hit["year"] >= 2000


def test_theme_and_direction_mean_one_tag_with_both(library):
    arguments = ("--theme", "resources", "--direction", "enabler", "-n", "100", "--json")
    answer = json.loads(kb("--db", library, "search", *arguments).stdout)
    assert answer["total"] > 0
    for hit in answer["hits"]:
        assert ("resources", "enabler") in {(tag["theme"], tag["direction"]) for tag in hit["tags"]}


@pytest.mark.parametrize("form", ["inter-agency", "interagency", "inter agency", "INTER-AGENCY"])
def test_variants_of_a_word_are_one_word(library, form):
    totals = {
        json.loads(kb("--db", library, "search", text, "--mode", "keyword", "--json").stdout)["total"]
        for text in (form, "interagency")
    }
    assert len(totals) == 1
    assert totals.pop() > 20


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--theme", "nope", "information-sharing"),
        ("--setting", "nope", "child-protection"),
        ("--type", "x", "book"),
    ],
)
def test_an_unknown_filter_value_lists_the_valid_ones(library, option, value, says):
    result = kb("--db", library, "search", "trust", option, value)
    assert result.exit_code == 1
    assert says in one_line(result)


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "--mode", "psychic"],
        ["export", "--to", "pdf"],
        ["search", "--direction", "up"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2(library, arguments):
    assert kb("--db", library, *arguments).exit_code == 2


@pytest.mark.parametrize(
    "text",
    ['"', "(", "title:", "AND", "a AND", "*", "?", "year:[", "\x00", "~3", "why?", "[[", "trust AND NOT"],
)
def test_whatever_is_typed_gives_results_or_a_sentence(library, text):
    result = kb("--db", library, "search", "--mode", "keyword", "--", text)
    assert result.exit_code in (0, 1)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_why_shows_the_words_that_earned_each_tag(library):
    answer = json.loads(kb("--db", library, "why", "darlington-2005-interagency", "--json").stdout)
    barriers = {tag["theme"] for tag in answer["tags"] if tag["direction"] == "barrier"}
    assert barriers >= {
        "resources",
        "information-sharing",
        "structures-governance",
        "goals-expectations",
        "roles-boundaries",
        "training-knowledge",
    }
    assert all(tag["quote"] and tag["rule"] for tag in answer["tags"])
    text = kb("--db", library, "why", "darlington-2005-interagency").stdout
    assert "confidentiality" in text


def test_show_tells_where_the_sources_disagree(library):
    result = kb("--db", library, "show", "darlington-2005-interagency", "--sources")
    assert result.exit_code == 0
    assert "community-care-2009.txt" in result.stdout


def test_similar_leaves_the_record_itself_out(library):
    hits = json.loads(kb("--db", library, "similar", "darlington-2005-interagency", "--json").stdout)
    assert len(hits) == 10
    assert "darlington-2005-interagency" not in {hit["id"] for hit in hits}


@pytest.mark.parametrize("to", ["bibtex", "ris", "csl-json", "csv"])
def test_export_writes_what_was_counted(library, to, tmp_path):
    target = tmp_path / "out"
    result = kb("--db", library, "export", "trust", "--direction", "barrier", "--to", to, "-o", target)
    assert result.exit_code == 0
    count = int(result.stderr.split()[0])
    found = kb("--db", library, "search", "trust", "--direction", "barrier", "--mode", "keyword", "--json")
    assert count == json.loads(found.stdout)["total"]
    assert target.stat().st_size


@pytest.mark.parametrize("to", ["bibtex", "ris", "csl-json"])
def test_reading_our_own_export_gives_the_same_records(library, to, tmp_path):
    target = tmp_path / "export.txt"
    kb("--db", library, "export", "--to", to, "-o", target)
    again = tmp_path / "again.db"
    assert kb("--db", again, "ingest", target).exit_code == 0
    with Store.open(library) as first, Store.open(again) as second:
        assert list(second.records()) == list(first.records())


def test_convert_needs_no_database(refs):
    result = kb("convert", refs, "--to", "csl-json")
    assert result.exit_code == 0
    assert [item["title"] for item in json.loads(result.stdout)] == [
        "Trust between agencies in child protection"
    ]


def test_dedupe_gives_groups_by_the_ids_of_the_file(tmp_path):
    path = tmp_path / "double.ris"
    path.write_text(RIS + "\n" + RIS.replace("berg2005", "second").replace("Ann", "A."), encoding="utf-8")
    result = kb("dedupe", path, "--json")
    told = json.loads(result.stdout)
    assert told["groups"] == [["berg2005", "second"]]
    assert [each["line"] for each in told["members"][0]] == [1, 10]


def test_status_says_what_is_in_the_file(library):
    content = json.loads(kb("--db", library, "status", "--json").stdout)
    assert content["counts"]["records"] >= 219
    assert content["index_current"] is True
    assert "records" in kb("--db", library, "status").stdout


def test_doctor_finds_nothing_wrong_with_a_fresh_library(library):
    result = kb("--db", library, "doctor")
    assert result.exit_code == 0, result.output


def test_doctor_finds_a_change_by_another_program(own):
    with sqlite3.connect(own) as connection:
        connection.execute("update records set abstract = 'gone' where id = 'darlington-2005-interagency'")
    result = kb("--db", own, "doctor")
    assert result.exit_code == 1
    assert "does not quote" in result.stdout


def test_a_backup_is_whole_and_is_never_written_over_another(own, tmp_path):
    target = tmp_path / "copy.db"
    assert kb("--db", own, "backup", target).exit_code == 0
    with Store.open(own) as first, Store.open(target) as second:
        assert first.corpus_hash() == second.corpus_hash()
    again = kb("--db", own, "backup", target)
    assert again.exit_code == 1
    assert "there already" in one_line(again)


def test_upgrade_has_nothing_to_do_on_a_file_of_this_schema(own):
    result = kb("--db", own, "upgrade")
    assert result.exit_code == 0
    assert "already" in result.stderr


def test_themes_lists_every_factor_with_its_counts(library):
    rows = json.loads(kb("--db", library, "themes", "--axis", "factor", "--json").stdout)
    assert len(rows) == 19
    assert sum(row["barrier"] for row in rows) > 20


def test_evaluate_themes_scores_the_library(library):
    gold = Path(__file__).parent.parent / "corpus" / "gold" / "themes.jsonl"
    result = kb("--db", library, "evaluate", "themes", gold, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["unmatched"] == []


def shell(*arguments: str | Path, **environment: str) -> subprocess.Popen[bytes]:
    """The command in a process of its own, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, "-c", "from kb.cli import main; main()", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | environment,
    )


def test_ctrl_c_ends_in_one_line(tmp_path, refs, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kb.tagging.tag", interrupted)
    result = kb("--db", tmp_path / "evidence.db", "build", refs)
    assert result.exit_code == 130
    assert len(result.stderr.splitlines()) == 1
    assert "Interrupted" in result.stderr


def test_a_reader_that_leaves_early_is_no_failure_to_tell(library):
    command = shell("--db", library, "export", "--to", "ris")
    assert command.stdout is not None
    command.stdout.read(10)
    command.stdout.close()
    assert command.stderr is not None
    assert b"Traceback" not in command.stderr.read()
    command.wait()


def test_names_come_through_in_a_locale_that_has_no_letters_for_them(library):
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = shell("--db", library, "search", "Ødegård", "-n", "3", **plain)
    shown, said = command.communicate()
    assert command.returncode == 0, said
    assert "Ødegård" in shown.decode("utf-8")


def test_an_argument_that_is_no_text_is_told_in_one_line(library):
    result = kb("--db", library, "show", os.fsdecode(b"caf\xe9"))
    assert result.exit_code == 1
    assert "no text" in one_line(result)


def test_a_file_with_a_name_in_no_encoding_is_read(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.ris")
    path.write_text(RIS, encoding="utf-8")
    database = tmp_path / "evidence.db"
    assert kb("--db", database, "ingest", path).exit_code == 0
    assert "caf\ufffd" in kb("--db", database, "sources").stdout


def test_a_file_that_another_process_writes_is_named_so(own, refs, monkeypatch):
    monkeypatch.setattr("corpus.opening._BUSY_SECONDS", 0.0)
    with Store.open(own) as writer, writer.atomic():
        result = kb("--db", own, "ingest", refs)
    assert result.exit_code == 1
    assert "another process is writing" in one_line(result)


def test_a_library_where_nobody_can_write_is_searched_and_not_changed(own, refs, monkeypatch):
    monkeypatch.setattr("corpus.opening.is_frozen", lambda _: True)
    found = kb("--db", own, "search", "trust", "--mode", "keyword", "--json")
    assert json.loads(found.stdout)["hits"]
    refused = kb("--db", own, "ingest", refs)
    assert refused.exit_code == 1
    assert "cannot be written" in one_line(refused)


def test_a_file_read_again_after_a_change_tells_its_new_problems_only(tmp_path):
    database, path = tmp_path / "evidence.db", tmp_path / "refs.bib"
    path.write_text(BROKEN, encoding="utf-8")
    first = json.loads(kb("--db", database, "ingest", path, "--json").stdout)
    path.write_text(f"{BROKEN}@article{{d, title = {{Four}}, year = 2004}}\n", encoding="utf-8")
    second = json.loads(kb("--db", database, "ingest", path, "--json").stdout)
    assert len(first["problems"]) == len(second["problems"]) == second["sources"][0]["refused"] > 0


def test_a_format_that_does_not_fit_refuses_the_file_and_forgets_it(tmp_path, refs):
    database = tmp_path / "evidence.db"
    wrong = kb("--db", database, "ingest", refs, "--from", "bibtex")
    assert wrong.exit_code == 1
    assert "holds no reference" in one_line(wrong)
    right = kb("--db", database, "ingest", refs, "--json")
    assert right.exit_code == 0
    assert json.loads(right.stdout)["sources"][0]["new"] == 1


def test_the_whole_library_is_exported_and_listed_without_an_index(tmp_path, refs):
    database = tmp_path / "evidence.db"
    kb("--db", database, "ingest", refs)
    assert "berg-2005-trust" in kb("--db", database, "export", "--to", "bibtex").stdout
    answer = json.loads(kb("--db", database, "search", "--json").stdout)
    assert [hit["id"] for hit in answer["hits"]] == ["berg-2005-trust"]
    assert answer["hits"][0]["snippet"].startswith("Mutual mistrust")


def test_themes_of_different_axes_narrow_and_of_one_axis_widen(library):
    def total(*themes: str) -> int:
        options = [part for theme in themes for part in ("--theme", theme)]
        return int(json.loads(kb("--db", library, "search", *options, "--json").stdout)["total"])

    assert total("resources", "survey") < min(total("resources"), total("survey"))
    assert total("resources", "communication") > max(total("resources"), total("communication"))


def test_a_study_type_with_a_direction_finds_records_with_both(library):
    options = ("--theme", "survey", "--direction", "barrier", "-n", "100", "--json")
    hits = json.loads(kb("--db", library, "search", *options).stdout)["hits"]
    assert hits
    assert all(any(tag["direction"] == "barrier" for tag in hit["tags"]) for hit in hits)


def test_doctor_speaks_json(library):
    assert json.loads(kb("--db", library, "doctor", "--json").stdout)["faults"] == []


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_damaged_model_is_noticed_and_mended_by_the_next_build(own, name):
    model = next(Path(f"{own}-index").rglob(name))
    model.write_bytes(model.read_bytes()[:1000])
    answer = kb("--db", own, "search", "confidentiality", "--json")
    assert answer.exit_code == 0
    assert any("kb index" in note for note in json.loads(answer.stdout)["notes"])
    assert kb("--db", own, "doctor").exit_code == 1
    assert kb("--db", own, "index").exit_code == 0
    assert kb("--db", own, "doctor").exit_code == 0
    mended = json.loads(kb("--db", own, "search", "confidentiality", "--json").stdout)
    assert mended["notes"] == []
    assert mended["hits"][0]["semantic_rank"]
