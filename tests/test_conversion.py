"""From one format to another: what comes back, and what is said of that which does not."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from corpus.record import Author, Record
from kb.cli import options
from kb.cli.main import cli
from kb.conversion import identified, read_records
from kb.exporters import EXPORTERS, Exported
from kb.losses import Losses, compare
from kb.sources import named_sources
from tests.exported_records import as_bytes, write

WHOLE = Record(
    id="wu-2005-care",
    type="article-journal",
    title="Care at 100%: a & b",
    abstract="Words.",
    authors=(
        Author("Wu", "Kim"),
        Author("Berg", "Jo", particle="van der"),
        Author("Lee", "Ann", role="editor"),
    ),
    issued="2005-10",
    container_title="J of T",
    volume="28",
    issue="1",
    page="1-9",
    doi="10.1000/x",
    keywords=("care", "help"),
    extra={"C3": "kept"},
)
every_pair = [(one, other) for one in sorted(EXPORTERS) for other in sorted(EXPORTERS)]


def kb(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.mark.parametrize(("one", "other"), every_pair)
def test_what_both_formats_hold_survives_the_way_through_both(tmp_path, one, other):
    records = [WHOLE]
    for place, name in enumerate((one, other)):
        path = tmp_path / f"{place}{EXPORTERS[name].ending}"
        path.write_bytes(as_bytes(write(name, *records)))
        trouble: list[str] = []
        records = [each.record for each in read_records(named_sources([str(path)]), None, trouble)]
        assert trouble == []
    assert records == [WHOLE]


def losses(to: str, *records: Record) -> list[str]:
    found = Losses(to)
    stream = io.BytesIO() if EXPORTERS[to].binary else io.StringIO()
    EXPORTERS[to].write(found.check(map(Exported, records)), stream)
    return found.lines()


@pytest.mark.parametrize("to", sorted(EXPORTERS))
def test_nothing_is_said_where_nothing_is_lost(to):
    assert losses(to, *(replace(WHOLE, id=f"a{place}") for place in range(450))) == []


@pytest.mark.parametrize(
    ("to", "record", "lines"),
    [
        pytest.param(
            "ris",
            replace(WHOLE, abstract="One.\nTwo."),
            ["ris: abstract loses line breaks or spaces in 1 record (first: wu-2005-care)."],
            id="a value of RIS is one line",
        ),
        pytest.param(
            "bibtex",
            replace(WHOLE, extra={"Accession Number": "7"}),
            ["bibtex: Accession Number comes back under another name in 1 record (first: wu-2005-care)."],
            id="a name of BibTeX has no spaces",
        ),
        pytest.param(
            "bibtex",
            replace(WHOLE, id="wu 2005"),
            ["bibtex: id comes back changed in 1 record (first: wu 2005)."],
            id="nor has a key",
        ),
    ],
)
def test_what_a_format_cannot_hold_is_said(to, record, lines):
    assert losses(to, record) == lines


def test_a_field_that_is_gone_is_missing_and_one_that_is_new_is_no_loss():
    (loss,) = compare(WHOLE, replace(WHOLE, doi="", url="https://x.org"))
    assert (loss.record, loss.field, loss.sent, loss.kind) == ("wu-2005-care", "doi", "10.1000/x", "missing")


def test_an_id_that_comes_twice_is_made_unique():
    found = list(identified([WHOLE, WHOLE, replace(WHOLE, id="")]))
    assert len({record.id for record in found}) == 3


@pytest.mark.parametrize("to", sorted(EXPORTERS))
def test_convert_writes_each_format_to_a_file_that_it_reads_again(tmp_path, to):
    source, target = tmp_path / "a.jsonl", tmp_path / f"b{EXPORTERS[to].ending}"
    source.write_text(write("jsonl", WHOLE), encoding="utf-8")
    assert kb("convert", source, "--to", to, "-o", target).exit_code == 0
    assert json.loads(kb("convert", target, "--to", "jsonl").stdout) == json.loads(write("jsonl", WHOLE))


def test_a_workbook_can_be_piped_but_is_kept_from_a_terminal(tmp_path, monkeypatch):
    source = tmp_path / "a.jsonl"
    source.write_text(write("jsonl", WHOLE), encoding="utf-8")
    assert kb("convert", source, "--to", "xlsx").stdout_bytes.startswith(b"PK")
    monkeypatch.setattr(options, "is_terminal", lambda stream: True)
    result = kb("convert", source, "--to", "xlsx")
    assert result.exit_code == 2
    assert "no text for a terminal" in result.stderr
    assert result.stdout_bytes == b""


def test_convert_reports_every_loss_and_is_done(tmp_path):
    source, target, report = tmp_path / "a.csv", tmp_path / "a.bib", tmp_path / "losses.jsonl"
    source.write_text("Title,Year,My note\nOne,2001,x\nTwo,2002,y\n", encoding="utf-8")
    result = kb("convert", source, "--to", "bibtex", "-o", target, "--report", report)
    assert result.exit_code == 0
    assert "bibtex: My note comes back under another name in 2 records" in result.stderr
    told = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert [(loss["field"], loss["sent"], loss["kind"]) for loss in told] == [
        ("My note", "x", "moved"),
        ("My note", "y", "moved"),
    ]


def test_convert_reads_a_table_whose_columns_it_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Was;Wer (alle);Wann\nT;Wu K;2001\n", encoding="utf-8")
    result = kb(
        "convert", path, "--map", "title=Was,author=Wer (alle)", "--map", "year=Wann", "--to", "jsonl"
    )
    item = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (item["title"], item["author"][0]["family"]) == ("T", "Wu")
    assert item["issued"] == {"date-parts": [[2001]]}


def test_a_map_of_no_field_is_wrong_usage_and_lists_the_fields(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Title,Year\nT,2001\n", encoding="utf-8")
    result = kb("convert", path, "--map", "titel=Title", "--to", "ris")
    assert result.exit_code == 2
    assert "container-title" in result.stderr


def test_dedupe_goes_by_the_ids_of_a_table(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "ID,title,author,year,journal\n"
        'a1,Trust between agencies in child protection,"Berg, Ann",2005,J of T\n'
        'a2,Trust between agencies in child protection.,"Berg, A.",2005,J of T\n'
        'a3,Another thing altogether,"Wu, K.",2007,J of U\n',
        encoding="utf-8",
    )
    result = kb("dedupe", path, "--json")
    assert json.loads(result.stdout)["groups"] == [["a1", "a2"]]
