"""The evidence gap map: what its cells count, and the forms in which it is given."""

from __future__ import annotations

import csv
import io
import itertools
import json
import shlex
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS, Filters, Query
from corpus.record import Record
from corpus.store import Store
from corpus.theme import Tag, Theme, Vocabulary
from kb.cli import mapping
from kb.cli.main import cli
from kb.gap_map import AXES, GapMap, Layout, gap_map
from kb.gap_map_svg import svg
from kb.gap_map_table import COLUMNS, markdown, text, write_csv
from kb.gap_map_words import citation, classes, searched, summary, told
from kb.knowledge_base import KnowledgeBase
from tests.site_library import HOSTILE, small_library


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small evidence file of the site's tests."""
    return small_library(tmp_path_factory.mktemp("map") / "evidence.db")


@pytest.fixture
def library(small: Path):
    """The same, open."""
    with KnowledgeBase.open(small) as opened:
        yield opened


THEMES = (
    Theme("trust", "Trust", "factor", group="relational"),
    Theme("money", "=Money|<b>", "factor", group="organisational"),
    Theme("old", "Old", "factor", group="relational", replaced_by="trust"),
    Theme("time", "Time", "factor", group="relational"),
    Theme("schools", "Schools", "setting"),
    Theme("prisons", "Prisons", "setting"),
)


def made(path: Path, tags: list[tuple[str, str, str | None, str]], years: dict[str, str]) -> KnowledgeBase:
    """A library of records by year, with (record, theme, direction, status) as tags."""
    with Store.open(path, create=True) as store, store.atomic():
        store.write_vocabulary(Vocabulary({theme.id: theme for theme in THEMES}, {}, "test"))
        store.write_records([Record(id=id_, title="A study", issued=year) for id_, year in years.items()])
        written = [
            Tag(record, theme, direction, "title", place, place + 1, "A", "rules", 0.9, status)
            for place, (record, theme, direction, status) in enumerate(tags)
        ]
        store.write_tags(list(years), written)
        store.write_facets()
    return KnowledgeBase.open(path)


def counts(map_: GapMap) -> dict[tuple[str, str], int]:
    """The cells that hold anything."""
    return {(row.id, column.id): cell.records for row, column, cell in map_.each() if cell.records}


def test_a_cell_counts_each_record_once_and_by_the_direction_of_its_own_factor(tmp_path):
    tags = [
        ("a", "trust", "barrier", "automatic"),
        ("a", "trust", "barrier", "automatic"),
        ("a", "money", "enabler", "accepted"),
        ("a", "schools", None, "automatic"),
        ("b", "trust", None, "added"),
        ("b", "schools", None, "automatic"),
    ]
    with made(tmp_path / "a.db", tags, {"a": "2001", "b": "2002", "c": "2003"}) as library:
        map_ = gap_map(library)
    trust, time, money = map_.cells
    assert [row.id for row in map_.rows] == ["trust", "time", "money"], "groups stay together"
    assert trust[0].records == 2
    assert dict(zip(map_.directions, trust[0].directions, strict=True)) == {
        "barrier": 1,
        "enabler": 0,
        "driver": 0,
    }
    assert money[0].directions == (0, 1, 0)
    assert (time[0].records, trust[1].records, map_.empty, map_.unplaced) == (0, 0, 4, 1)
    assert (map_.row_totals[0].records, map_.column_totals[0].records, map_.total.records) == (2, 2, 3)


def test_rejected_tags_and_retired_themes_do_not_count(tmp_path):
    tags = [
        ("a", "trust", "barrier", "rejected"),
        ("a", "old", "barrier", "automatic"),
        ("a", "schools", None, "automatic"),
    ]
    with made(tmp_path / "a.db", tags, {"a": "2001"}) as library:
        map_ = gap_map(library)
    assert counts(map_) == {}
    assert "old" not in [row.id for row in map_.rows]
    assert map_.unplaced == 1


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(Query(), id="all records"),
        pytest.param(Query("trust"), id="a word"),
        pytest.param(Query(filters=Filters(direction=("barrier",))), id="a direction"),
        pytest.param(Query(filters=Filters(theme=("trust", "law", "survey"))), id="themes of two axes"),
        pytest.param(
            Query(filters=Filters(theme=("trust",), direction=("barrier", "driver"))), id="one tag for both"
        ),
        pytest.param(
            Query("teams", filters=Filters(setting=("schools",), since=1994, until=2011)),
            id="place and years",
        ),
        pytest.param(Query(filters=Filters(type=("book",), since=2000)), id="type"),
    ],
)
def test_every_count_is_that_of_the_search_it_stands_for(library, query):
    totals: dict[Filters, int] = {}

    def found(filters: Filters) -> int:
        if filters not in totals:
            totals[filters] = library.run(replace(query, mode="keyword", filters=filters, limit=0)).total
        return totals[filters]

    for rows, columns in itertools.combinations(AXES, 2):
        map_ = gap_map(library, query, Layout(rows, columns))
        checked = [(map_.filters(), map_.total)]
        checked += [(map_.filters(row.id, column.id), cell) for row, column, cell in map_.each()]
        checked += [(map_.filters(row.id), map_.row_totals[at]) for at, row in enumerate(map_.rows)]
        checked += [
            (map_.filters(None, column.id), map_.column_totals[at]) for at, column in enumerate(map_.columns)
        ]
        for filters, cell in checked:
            assert cell.records == found(filters), filters
            for way, count in zip(map_.directions, cell.directions, strict=True):
                assert count == found(replace(filters, direction=(way,))), (filters, way)


def test_a_filter_on_an_axis_chooses_what_is_shown(library):
    query = Query(filters=Filters(theme=("trust",), direction=("barrier",), since=2003))
    assert [row.id for row in gap_map(library, query).rows] == ["trust"]
    assert gap_map(library, query).directions == ("barrier",)
    by_year = gap_map(library, query, Layout("year", "direction"))
    assert [row.label for row in by_year.rows] == ["2000s", "2010s"]
    assert by_year.filters("2000", "barrier") == Filters(("trust",), ("barrier",), since=2003, until=2009)
    assert [column.id for column in by_year.columns] == ["barrier"]
    assert by_year.directions == (), "directions are the columns already"


def test_decades_without_a_record_stand_between_the_others(tmp_path):
    with made(tmp_path / "a.db", [], {"a": "1979", "b": "2001"}) as library:
        rows = gap_map(library, layout=Layout("year", "setting")).rows
    assert [row.label for row in rows] == ["1970s", "1980s", "1990s", "2000s"]


def test_a_misprinted_year_does_not_make_a_hundred_decades(tmp_path):
    with made(tmp_path / "a.db", [], {"a": "1016", "b": "2016"}) as library:
        rows = gap_map(library, layout=Layout("year", "setting")).rows
    assert [row.label for row in rows] == ["1010s", "2010s"]


def test_an_empty_library_has_a_map_of_gaps(tmp_path):
    with made(tmp_path / "a.db", [], {}) as library:
        map_ = gap_map(library)
        assert (map_.total.records, map_.empty, map_.bounds) == (0, 6, ())
        nothing = gap_map(library, layout=Layout("year", "type"))
    assert summary(map_) == "No record. Of 3 × 2 cells 6 are empty."
    assert summary(nothing) == "No record. There is nothing to set against each other."
    for each in (map_, nothing):
        ElementTree.fromstring(svg(each))
        assert list(text(each, 80))


def test_the_map_is_that_of_the_file_as_it_is_now(tmp_path):
    path = tmp_path / "a.db"
    tags = [("a", "trust", "barrier", "automatic"), ("a", "schools", None, "automatic")]
    with made(path, tags, {"a": "2001"}) as library:
        assert counts(gap_map(library)) == {("trust", "schools"): 1}
        with Store.open(path) as other, other.atomic():
            other.write_records([Record(id="b", title="B")])
            other.write_tags(["b"], [replace(tag, record="b") for tag in library.store.tags(["a"])])
            other.write_facets()
        assert counts(gap_map(library)) == {("trust", "schools"): 2}


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        pytest.param("colour", "setting", "no axis “colour”; there are factor, setting", id="no such axis"),
        pytest.param("factor", "factor", "both “factor”", id="against itself"),
        pytest.param("x" * 5000 + "\n", "setting", "no axis “xxx", id="endless"),
    ],
)
def test_axes_that_cannot_be_are_refused_in_a_line(rows, columns, words):
    with pytest.raises(EvidenceError, match=words) as refused:
        Layout(rows, columns)
    assert len(str(refused.value)) < 250
    assert "\n" not in str(refused.value)


def test_a_filter_that_names_nothing_is_refused(library):
    with pytest.raises(EvidenceError, match="no theme `nothing`"):
        gap_map(library, Query(filters=Filters(theme=("nothing",))))


def test_shades_rise_with_the_count_and_are_named_by_what_they_hold(library):
    map_ = gap_map(library)
    shades = [map_.shade(count) for count in range(map_.bounds[-1] + 1)]
    assert shades == sorted(shades)
    assert (shades[0], shades[1], shades[-1]) == (0, 1, len(map_.bounds))
    assert len(classes(map_)) == len(map_.bounds) <= 4
    assert classes(map_)[-1].endswith(str(map_.bounds[-1]))


def test_the_map_in_words(library):
    map_ = gap_map(library, Query("trust", filters=Filters(direction=("barrier",), since=2000), expand=False))
    assert searched(map_) == "“trust” as typed; direction: barrier; since: 2000"
    assert searched(gap_map(library)) == "all records"
    assert told(map_, map_.cells[0][0]).endswith(" barriers")
    from datetime import date

    said = citation(map_, "Joint Work", date(2026, 3, 1))
    assert said.startswith("Joint Work. Evidence gap map: factors by settings. Search: “trust” as typed;")
    assert said.endswith("records). 1 March 2026.")


# Forms


def test_csv_has_a_line_for_every_cell_and_direction_without_formulas(tmp_path):
    tags = [("a", "money", "driver", "automatic"), ("a", "schools", None, "automatic")]
    stream = io.StringIO()
    with made(tmp_path / "a.db", tags, {"a": "2001"}) as library:
        write_csv(gap_map(library), stream)
    rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 3 * 2 * (1 + len(DIRECTIONS))
    held = [(row["row"], row["column"], row["direction"]) for row in rows if row["records"] != "0"]
    assert held == [("money", "schools", "all"), ("money", "schools", "driver")]
    assert {row["row_label"] for row in rows if row["row"] == "money"} == {"'=Money|<b>"}


def test_svg_is_a_picture_that_says_what_it_is_with_a_title_in_each_cell(library):
    map_ = gap_map(library, layout=Layout("factor", "setting"))
    root = ElementTree.fromstring(svg(map_, [f"A note {HOSTILE}\x0b"]))
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.findtext(f"{space}title") == "Evidence gap map: factors by settings"
    assert "cells" in (root.findtext(f"{space}desc") or "")
    titles = [group.findtext(f"{space}title") for group in root.iter(f"{space}g")]
    assert len(titles) == len(map_.rows) * len(map_.columns)
    assert "Trust, Schools: 14 records; 14 barriers" in titles
    assert {element.tag.removeprefix(space) for element in root.iter()} == {
        *("svg", "title", "desc", "rect", "text", "g")
    }
    styled = [name for element in root.iter() for name in element.attrib if name in ("style", "class")]
    assert not styled, "a policy against inline styles would drop them"


def test_markdown_is_a_table_whose_cells_hold(tmp_path):
    tags = [("a", "money", "driver", "automatic"), ("a", "schools", None, "automatic")]
    with made(tmp_path / "a.db", tags, {"a": "2001"}) as library:
        lines = markdown(gap_map(library)).splitlines()
    assert lines[0] == "|  | Schools | Prisons | All |"
    assert "| =Money\\|&lt;b> | 1 (→1) | · | 1 (→1) |" in lines
    assert "| **Organisational** |  |  |  |" in lines
    assert lines[-1] == "| All | 1 (→1) | · | 1 (→1) |"


@pytest.mark.parametrize("split", [True, False])
@pytest.mark.parametrize("width", [32, 60, 80, 200])
@pytest.mark.parametrize(
    ("rows", "columns"), [("factor", "setting"), ("year", "type"), ("setting", "factor")]
)
def test_the_table_fits_the_terminal_and_shows_every_column(library, rows, columns, width, split):
    map_ = gap_map(library, layout=Layout(rows, columns, split))
    lines = list(text(map_, width))
    table = lines[lines.index("") + 1 :] if lines[0].startswith("  1  ") else lines
    assert max(map(len, table)) <= width
    heads = [line.split()[:-1] for line in table if line.startswith(" ") and line.endswith("All")]
    if lines[0].startswith("  1  "):
        assert list(itertools.chain(*heads)) == [str(place + 1) for place in range(len(map_.columns))]


def run(small: Path, *arguments: str):
    return CliRunner().invoke(cli, ["--db", str(small), "map", *arguments])


def test_the_command_prints_a_table_and_says_what_is_empty(small):
    result = run(small)
    assert result.exit_code == 0
    assert "Trust" in result.stdout
    assert "barriers" not in result.stdout
    assert "cells" in result.stderr
    assert "cells" not in result.stdout
    assert "barriers" in run(small, "--split").stdout


@pytest.mark.parametrize("form", ["csv", "svg", "markdown", "json", "table"])
def test_the_command_writes_each_form_to_a_file_as_to_stdout(small, tmp_path, form):
    shown = run(small, "trust", "--to", form)
    written = run(small, "trust", "--to", form, "-o", str(tmp_path / "map"))
    assert (shown.exit_code, written.exit_code, written.stdout) == (0, 0, "")
    assert (tmp_path / "map").read_bytes().decode() == shown.stdout_bytes.decode()


def test_the_command_gives_json_with_filters_and_gaps(small):
    result = run(
        small, "--json", "--rows", "setting", "--columns", "year", "--theme", "trust", "--since", "2000"
    )
    content = json.loads(result.stdout)
    assert content["filters"]["theme"] == ["trust"]
    assert [value["id"] for value in content["columns"]["values"]] == ["2000", "2010"]
    cells = {(cell["row"], cell["column"]): cell for cell in content["cells"]}
    assert cells["schools", "2000"] == {
        "row": "schools",
        "column": "2000",
        "records": 5,
        "barrier": 5,
        "enabler": 0,
        "driver": 0,
    }
    assert cells["prisons", "2010"]["records"] == 0
    assert content["empty"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["--rows", "colour"], 2, "factor", id="no such axis"),
        pytest.param(["--rows", "setting"], 2, "choose two axes", id="against itself"),
        pytest.param(["--theme", "nothing"], 1, "no theme `nothing`", id="no such theme"),
        pytest.param(["-o", "/nowhere/at/all.svg"], 1, "does not exist", id="no such folder"),
    ],
)
def test_the_command_refuses_in_a_line(small, arguments, code, words):
    result = run(small, *arguments)
    assert result.exit_code == code
    assert words in result.stderr.splitlines()[-1]
    assert not result.stdout


def test_the_command_knows_the_axes_that_there_are():
    assert tuple(AXES) == mapping.AXES


def test_every_command_in_the_documentation_runs(small, tmp_path, monkeypatch):
    page = (Path(__file__).parent.parent / "docs" / "map.md").read_text(encoding="utf-8")
    commands = [shlex.split(line[2:]) for line in page.splitlines() if line.startswith("$ kb map")]
    assert len(commands) > 4
    monkeypatch.chdir(tmp_path)
    for _, _, *arguments in commands:
        known = ["trust" if argument == "resources" else argument for argument in arguments]
        assert run(small, *known).exit_code == 0, arguments
    assert {path.name for path in tmp_path.iterdir()} == {"gaps.svg", "gaps.csv"}
