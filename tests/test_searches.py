"""Saved searches: what a run rests on, what is new since, and the strategy for an appendix."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner, Result
from lxml import etree

from corpus.errors import EvidenceError
from corpus.query import Filters, Query
from corpus.record import Author, Record
from corpus.store import Store
from index import generations
from ingest import deciding
from kb import documents, pipeline, tagging
from kb.cli import cli
from kb.deciding_tags import Decider
from kb.knowledge_base import KnowledgeBase
from kb.searches import flow, news, saved
from kb.searches.strategy import document
from tests.farms import COVER, COVER_ID, GRAZING_ID, but, farm_library, take
from tests.site_library import HOSTILE

LABOUR = Record(
    title="Labour and cover crops in the hills",
    type="article-journal",
    authors=(Author("Okafor", "Ada"),),
    issued="2026",
    abstract="Adoption of cover crops was hampered by a lack of labour.",
)
LABOUR_ID = "okafor-2026-labour"
CROPS = Query("crops", "keyword")


def indexed(store: Store) -> None:
    """Make the index by words anew."""
    with store.atomic():
        corpus_hash = store.corpus_hash()
        store.set_state("corpus_hash", corpus_hash)
    with pipeline.Documents(store) as content:
        folder = pipeline.index_folder(store.path)
        generations.build(folder, content, corpus_hash=corpus_hash, embedder=None)


@pytest.fixture
def farm(tmp_path) -> Path:
    path = farm_library(tmp_path / "evidence.db")
    with Store.open(path) as store:
        indexed(store)
    return path


def save(path: Path, query: Query = CROPS, name: str = "crops") -> saved.Run:
    with KnowledgeBase.open(path) as library:
        return saved.save(library, name, query)


def new(path: Path, name: str = "crops", since: date | None = None) -> news.News:
    with KnowledgeBase.open(path) as library:
        return news.whats_new(library, name, since)


def told(found: news.News) -> dict[str, dict[str, str]]:
    """kind -> record -> why, of the kinds that there is anything of."""
    kinds = {kind: {each.record: each.why for each in found.of(kind)} for kind in news.KINDS}
    return {kind: changes for kind, changes in kinds.items() if changes}


def change(path: Path, *sources: tuple[str, Record], tag: bool = True) -> None:
    with Store.open(path) as store:
        for name, record in sources:
            take(store, name, record)
        if tag:
            tagging.tag(store)
        indexed(store)


def kb(*arguments: Any) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments])


# Runs.


def test_a_run_keeps_what_it_rests_on(farm):
    with Store.open(farm) as store:
        take(store, "second", but(COVER, page="1-9"))
        tagging.tag(store)
        indexed(store)
    save(farm)
    with KnowledgeBase.open(farm) as library:
        run = saved.known(library.store, "crops")
    assert run.ids == (COVER_ID,)
    assert run.ground is not None
    assert (run.ground.read, run.ground.records, run.ground.joined, run.ground.by_words) == (3, 2, 1, 1)
    assert [(each.name, each.read, each.found) for each in run.ground.sources] == [
        ("first", 2, 1),
        ("second", 1, 1),
    ]
    assert {"evidence-kb", "corpus_hash", "tagger", "vocabulary", "engine"} <= set(run.versions)
    assert run.details is not None
    assert set(run.details.states) == {COVER_ID}


def test_the_same_corpus_gives_the_same_list(farm):
    change(farm, *((f"more {n}", but(LABOUR, title=f"{LABOUR.title}, part {n}")) for n in range(12)))
    first = save(farm)
    with Store.open(farm) as store:
        indexed(store)
    with KnowledgeBase.open(farm) as library:
        before, again = saved.run(library, "crops")
    assert again.versions["corpus_hash"] == first.versions["corpus_hash"]
    assert again.ids == first.ids == before.ids
    assert len(again.ids) > 5


def test_every_run_is_kept_and_a_search_can_be_forgotten(farm):
    save(farm)
    with KnowledgeBase.open(farm) as library:
        saved.run(library, "crops")
        saved.run(library, "crops")
        assert [run.id for run in saved.runs(library.store, "crops")] == [1, 2, 3]
        assert saved.remove(library.store, "crops") == 3


def test_a_run_of_an_earlier_version_is_still_read(farm):
    save(farm)
    with Store.open(farm) as store, store.atomic():
        store.connection.execute("update searches set counts = null, details = null")
    change(farm, ("later", LABOUR))
    found = new(farm)
    assert "earlier version" in found.notes[0]
    assert kb("--db", farm, "strategy", "crops").exit_code == 0


# What is new.


def test_nothing_is_new_at_once(farm):
    save(farm)
    assert told(new(farm)) == {}
    assert told(new(farm)) == {}


def test_a_record_that_came_since_is_new(farm):
    save(farm)
    change(farm, ("october.ris", LABOUR))
    assert told(new(farm)) == {"new": {LABOUR_ID: "came with october.ris"}}


def test_a_record_that_a_source_says_more_of_is_changed(farm):
    save(farm)
    change(farm, ("october.ris", but(COVER, page="1-9", volume="7")))
    assert told(new(farm)) == {"changed": {COVER_ID: "described in october.ris too"}}


def test_a_record_that_is_found_only_since_it_changed_is_no_new_one(farm):
    save(farm, Query("pastures", "keyword"))
    save(farm, Query("hedgerows", "keyword"), "hedges")
    change(farm, ("october.ris", but(COVER, abstract=f"{COVER.abstract} {COVER.abstract} Hedgerows too.")))
    assert told(new(farm, "hedges")) == {
        "changed": {COVER_ID: "found since it is described in october.ris too"}
    }


def test_a_record_that_another_swallowed_is_gone_and_leads_there(farm):
    change(farm, ("second", LABOUR))
    save(farm)
    with Store.open(farm) as store:
        deciding.merge(store, [COVER_ID, LABOUR_ID], "one work", "Ann")
        tagging.tag(store)
        indexed(store)
    found = told(new(farm))
    assert found["gone"] == {LABOUR_ID: f"joined to {COVER_ID}"}
    assert "joined to another by Ann" in found["corrected"][COVER_ID]


def test_a_match_by_a_changed_vocabulary_alone_is_told_apart(farm):
    with KnowledgeBase.open(farm) as library:
        theme = next(tag.theme for tag in library.tags(COVER_ID) if tag.direction)
    save(farm, Query(filters=Filters(theme=(theme,))), "training")
    with Store.open(farm) as store, store.atomic():
        # What a wider vocabulary does: a tag on words that were there all the time.
        store.connection.execute(
            'insert into tags (record, theme, field, start, "end", quote, method, score, status)'
            " values (?, ?, 'title', 0, 7, ?, 'rules', 0.7, 'automatic')",
            [GRAZING_ID, theme, "Grazing"],
        )
        store.write_facets()
        store.set_state("tagger", "another")
    with Store.open(farm) as store:
        indexed(store)
    assert told(new(farm, "training")) == {"reclassified": {GRAZING_ID: "found since the tagger changed"}}


def test_what_a_person_decided_is_corrected_whichever_way_it_goes(farm):
    with KnowledgeBase.open(farm) as library:
        tag = next(tag for tag in library.tags(COVER_ID) if tag.direction)
    save(farm, Query(filters=Filters(theme=(tag.theme,), direction=(tag.direction,))), "tagged")
    save(farm)
    with Store.open(farm) as store:
        Decider(store, "Ann").reject(COVER_ID, tag.theme, tag.direction)
        indexed(store)
    assert told(new(farm))["corrected"].keys() == {COVER_ID}
    gone = told(new(farm, "tagged"))["gone"]
    assert gone[COVER_ID].startswith(f"rejected {tag.theme} by Ann on ")


def test_a_retraction_that_came_since_is_told_beside_all_else(farm):
    save(farm)
    change(farm, ("october.ris", but(COVER, title=f"RETRACTED: {COVER.title}", page="3")))
    found = told(new(farm))
    assert found["retracted"] == {COVER_ID: f"retracted: “RETRACTED: {COVER.title}”"}


def test_a_record_that_is_no_longer_there_is_gone(farm):
    save(farm)
    with Store.open(farm) as store:
        for table in ("tags", "contributors", "identifiers", "taggings", "facets", "source_records"):
            with store.atomic():
                store.connection.execute(f"delete from {table} where record = ?", [COVER_ID])
        with store.atomic():
            store.connection.execute("delete from records where id = ?", [COVER_ID])
        indexed(store)
    assert told(new(farm)) == {"gone": {COVER_ID: "no longer in the library"}}


def test_since_takes_the_last_run_by_that_day_and_says_where_there_is_none(farm):
    save(farm)
    with Store.open(farm) as store, store.atomic():
        store.connection.execute("update searches set run_at = '2026-01-05T08:00:00+00:00'")
    change(farm, ("october.ris", LABOUR))
    with KnowledgeBase.open(farm) as library:
        saved.run(library, "crops")
    assert told(new(farm)) == {}
    assert told(new(farm, since=date(2026, 2, 1))).keys() == {"new"}
    early = new(farm, since=date(2025, 1, 1))
    assert told(early).keys() == {"new"}
    assert "no run was kept by 2025-01-01" in early.notes[0]


def test_the_command_tells_cron_and_keeps_when_asked(farm):
    save(farm)
    assert kb("--db", farm, "whatsnew", "crops", "--exit-code").exit_code == 0
    change(farm, ("october.ris", LABOUR))
    result = kb("--db", farm, "whatsnew", "crops", "--exit-code", "--keep")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "New, 1: came into the library since",
        f"  {LABOUR_ID}  Labour and cover crops in the hills (2026)",
        "      came with october.ris",
    ]
    again = kb("--db", farm, "whatsnew", "crops", "--exit-code")
    assert (again.exit_code, again.stdout) == (0, "Nothing new.\n")


def test_the_command_gives_json_and_rows(farm):
    save(farm)
    change(farm, ("october.ris", LABOUR))
    content = json.loads(kb("--db", farm, "whatsnew", "crops", "--json").stdout)
    assert [each["record"] for each in content["new"]] == [LABOUR_ID]
    assert {"changed", "gone", "reclassified", "corrected", "retracted"} <= set(content)
    rows = kb("--db", farm, "whatsnew", "crops", "--csv").stdout.splitlines()
    assert rows[0] == "kind,record,title,why"
    assert rows[1].startswith(f"new,{LABOUR_ID},")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("whatsnew", "corps"), "near: crops", id="a name mistyped"),
        pytest.param(("strategy", "corps"), "near: crops", id="a strategy of none"),
        pytest.param(("whatsnew", "crops", "--since", "yesterday"), "is no date", id="no date"),
        pytest.param(("export", "--saved", "corps", "--to", "ris"), "near: crops", id="an export of none"),
    ],
)
def test_what_cannot_be_is_one_line(farm, arguments, said):
    save(farm)
    result = kb("--db", farm, *arguments)
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert said in line


# The strategy.


def strategy(path: Path, query: Query = CROPS) -> documents.Document:
    save(path, query)
    with KnowledgeBase.open(path) as library:
        *earlier, run = saved.runs(library.store, "crops")
        return document(run, earlier, library.themes)


def text_of(made: documents.Document, to: Any = "markdown") -> str:
    stream = io.BytesIO()
    documents.write(made, to, stream)
    return stream.getvalue().decode()


def test_the_strategy_has_every_item_of_prisma_s_that_a_library_can_answer(farm):
    made = strategy(farm)
    headings = [block.text for block in made.blocks if isinstance(block, documents.Heading)]
    assert [text.split()[1].rstrip(":") for text in headings[:-1]] == [
        *("1", "7", "8", "9", "10", "12", "13", "14", "15", "16")
    ]
    text = re.sub(" +", " ", text_of(made))
    assert "| As typed | crops |" in text
    assert "kb search --mode=keyword crops" in text
    assert "1 record found: 1 by their words." in text
    assert "| first | csl-json file; **\\[database and platform?\\]** | 2 | 1 |" in text


def test_what_only_meaning_found_is_told_apart(farm):
    save(farm)
    with KnowledgeBase.open(farm) as library:
        run = saved.known(library.store, "crops")
        assert run.ground is not None
        both = replace(
            run, query=replace(run.query, mode="hybrid"), total=5, ground=replace(run.ground, by_words=2)
        )
        text = text_of(document(both, [], library.themes))
    assert "5 records found: 2 by their words, 3 by their meaning only. Only the first" in text
    assert "To run it again | kb search crops" in text


def test_earlier_runs_are_the_updates(farm):
    save(farm)
    change(farm, ("october.ris", LABOUR))
    with KnowledgeBase.open(farm) as library:
        saved.run(library, "crops")
        *earlier, run = saved.runs(library.store, "crops")
        text = text_of(document(run, earlier, library.themes))
    assert "The search was run 2 times" in text


def test_a_hostile_search_stays_text_in_each_format(farm):
    made = strategy(farm, Query(f"{HOSTILE} crops | **x**", "keyword"))
    assert "<script>" not in text_of(made)
    assert "<script>" not in text_of(made, "html")


def test_the_flow_adds_up_and_is_whole_xml(farm):
    change(farm, ("second", but(COVER, page="1-9")))
    run = save(farm)
    steps = flow.steps(run)
    for above, below in pairwise(steps):
        assert above.count - below.gone == below.count
    assert [step.count for step in steps] == [3, 3, 2, 1]
    drawn = etree.fromstring(flow.svg(run).encode())
    assert "Joined to another: duplicates: 1" in drawn.xpath("//*[local-name()='text']/text()")
    assert drawn.get("aria-label").endswith("Records found: 1")


@pytest.mark.parametrize("ending", ["docx", "html", "md", "svg"])
def test_the_command_writes_what_the_name_of_the_file_says(farm, tmp_path, ending):
    save(farm)
    target = tmp_path / f"strategy.{ending}"
    result = kb("--db", farm, "strategy", "crops", "-o", target)
    assert result.exit_code == 0, result.output
    if ending == "docx":
        assert docx.Document(str(target)).paragraphs[0].text == "Search strategy: crops"
    else:
        assert "cover" in target.read_text() or "crops" in target.read_text() or "<svg" in target.read_text()


def test_a_saved_search_that_is_removed_leaves_no_strategy(farm):
    save(farm)
    with KnowledgeBase.open(farm) as library:
        saved.remove(library.store, "crops")
        with pytest.raises(EvidenceError, match="kb saved"):
            saved.runs(library.store, "crops")
