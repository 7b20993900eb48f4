"""Works that were taken back: what the sources say of it, in each vendor's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.record import Author, Record
from corpus.store import Store
from ingest import formats
from ingest.works.notices import Said, said
from kb import retractions, tagging
from kb.cli import cli
from tests.farms import take

TRUST = Record(
    title="Trust between agencies in child protection",
    type="article-journal",
    authors=(Author("Berg", "Ann"),),
    issued="2005",
    doi="10.1000/trust.1",
    pmid="111",
)


def read(text: str, name: str) -> Record:
    """The record of a file of that one reference."""
    import io

    _, pieces = formats.read(io.BytesIO(text.encode()), name)
    (piece,) = pieces
    return piece.record


def kinds(record: Record) -> set[tuple[str, str, str]]:
    return {(each.kind, each.about, each.by) for each in said(record)}


NBIB = """PMID- 111
DP  - 2005 Mar
TI  - Trust between agencies in child protection.
FAU - Berg, Ann
AU  - Berg A
LA  - eng
PT  - Journal Article
PT  - Retracted Publication
RIN - J Joint Work. 2011 Jan;9(1):1. PMID: 222
JT  - Journal of joint work
"""
PUBMED = """<?xml version="1.0"?>
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article>
<Journal><Title>Journal of joint work</Title><JournalIssue><PubDate><Year>2005</Year></PubDate></JournalIssue>
</Journal>
<ArticleTitle>{title}</ArticleTitle>
<AuthorList><Author><LastName>Berg</LastName><ForeName>Ann</ForeName></Author></AuthorList>
<PublicationTypeList><PublicationType>{type}</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="{ref}">
<RefSource>J Joint Work. 2011 Jan;9(1):1</RefSource>
<PMID>{other}</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation>
</PubmedArticle></PubmedArticleSet>"""


def pubmed(ref: str, type: str = "Journal Article", title: str = "Trust between agencies") -> Record:
    return read(PUBMED.format(pmid=111, title=title, type=type, ref=ref, other=222), "a.xml")


def crossref(**fields: object) -> Record:
    work = {
        "DOI": "10.1000/trust.1",
        "type": "journal-article",
        "title": ["Trust between agencies"],
        "container-title": ["Journal of Joint Work"],
        "author": [{"family": "Berg", "given": "Ann"}],
        "issued": {"date-parts": [[2005]]},
    }
    return read(json.dumps({"status": "ok", "message-type": "work", "message": work | fields}), "a.json")


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        pytest.param("RetractionIn", ("retracted", "", "pmid:222"), id="retracted there"),
        pytest.param("RetractionOf", ("retracted", "pmid:222", ""), id="the notice"),
        pytest.param("ExpressionOfConcernIn", ("concern", "", "pmid:222"), id="in doubt"),
        pytest.param("ErratumIn", ("corrected", "", "pmid:222"), id="corrected"),
        pytest.param("CorrectedandRepublishedIn", ("corrected", "", "pmid:222"), id="published anew"),
        pytest.param("CommentIn", None, id="a comment"),
        pytest.param("UpdateOf", None, id="an update of another"),
    ],
)
def test_what_pubmed_says_of_a_work(ref, expected):
    assert kinds(pubmed(ref)) == ({expected} if expected else set())


def test_a_type_of_pubmed_alone_is_enough():
    assert ("retracted", "", "") in kinds(pubmed("CommentIn", "Retracted Publication"))
    assert kinds(pubmed("CommentIn", "Retraction of Publication")) == set()


def test_what_nbib_says_of_a_work():
    assert kinds(read(NBIB, "a.nbib")) == {("retracted", "", ""), ("retracted", "", "pmid:222")}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"updated-by": [{"type": "retraction", "DOI": "10.1000/R.2"}]},
            ("retracted", "", "doi:10.1000/r.2"),
            id="updated by a retraction",
        ),
        pytest.param(
            {"update-to": [{"type": "retraction", "DOI": "10.1000/T.9"}]},
            ("retracted", "doi:10.1000/t.9", ""),
            id="the notice",
        ),
        pytest.param(
            {"updated-by": [{"type": "expression_of_concern", "DOI": "10.1000/r.2"}]},
            ("concern", "", "doi:10.1000/r.2"),
            id="in doubt",
        ),
        pytest.param(
            {"updated-by": [{"type": "withdrawal", "DOI": "10.1000/r.2"}]},
            ("withdrawn", "", "doi:10.1000/r.2"),
            id="withdrawn",
        ),
        pytest.param(
            {"updated-by": [{"type": "new_version", "DOI": "10.1000/r.2"}]}, None, id="a new version"
        ),
    ],
)
def test_what_crossref_says_of_a_work(fields, expected):
    assert kinds(crossref(**fields)) == ({expected} if expected else set())


def test_what_openalex_says_of_a_work():
    work = {
        "id": "https://openalex.org/W2741809807",
        "display_name": "Trust between agencies",
        "type": "article",
        "publication_year": 2005,
        "is_retracted": True,
        "authorships": [],
    }
    assert kinds(read(json.dumps({"results": [work]}), "a.json")) == {("retracted", "", "")}
    work["is_retracted"] = False
    assert kinds(read(json.dumps({"results": [work]}), "a.json")) == set()


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("RETRACTED: Trust between agencies", "retracted"),
        ("Retracted Article: Trust between agencies", "retracted"),
        ("[Retracted] Trust between agencies", "retracted"),
        ("RETRACTED ARTICLE. Trust between agencies", "retracted"),
        ("Trust between agencies (Retracted article. See vol. 12, pg 3, 2010)", "retracted"),
        ("Trust between agencies [Retracted]", "retracted"),
        ("WITHDRAWN: Trust between agencies", "withdrawn"),
        ("Retracted articles in nursing: a review", ""),
        ("Retracted publications and their citations", ""),
        ("Why papers are retracted", ""),
        ("Withdrawn children: a survey of schools", ""),
        ("Withdrawn from care: young people's views", ""),
        ("Retraction: Trust between agencies", ""),
        ("Retraction notice to: Trust between agencies", ""),
        ("How services withdrew (and returned)", ""),
        ("Concern about children: an expression of concern?", ""),
    ],
)
def test_a_title_says_it_only_in_the_ways_of_publishers(title, kind):
    assert {each.kind for each in said(Record(title=title))} == ({kind} if kind else set())


def test_keywords_of_a_database_say_it_and_a_subject_does_not():
    assert {each.kind for each in said(Record(title="x", keywords=("Retracted Publication",)))} == {
        "retracted"
    }
    assert not list(said(Record(title="x", keywords=("retraction", "Retraction of Publication as Topic"))))


def library(path: Path, *records: Record) -> Path:
    with Store.open(path, create=True) as store:
        for number, record in enumerate(records):
            take(store, f"source {number}", record)
        tagging.tag(store)
    return path


def told(path: Path) -> dict[str, list[tuple[str, str]]]:
    with Store.open(path) as store:
        ids = [row[0] for row in store.connection.execute("select id from records order by id")]
        found = retractions.notices(store, ids)
    return {record: [(each.kind, each.by) for each in notices] for record, notices in found.items()}


def test_a_notice_in_the_library_names_its_work_by_doi(tmp_path):
    notice = crossref(
        **{
            "DOI": "10.1000/notice.1",
            "title": ["Notice of retraction"],
            "issued": {"date-parts": [[2011, 4]]},
            "update-to": [{"type": "retraction", "DOI": "10.1000/Trust.1"}],
        }
    )
    path = library(tmp_path / "evidence.db", TRUST, notice)
    assert told(path) == {"berg-2005-trust": [("retracted", "berg-2011-notice")]}
    with Store.open(path) as store:
        (found,) = retractions.notices(store, ["berg-2005-trust"])["berg-2005-trust"]
        assert found.date == "2011-04"
        assert retractions.named(store, "berg-2011-notice") == (("retracted", "berg-2005-trust"),)


def test_a_notice_that_says_it_in_its_title_alone_is_linked_and_told(tmp_path):
    notice = Record(
        title="Retraction: Trust between agencies in child protection",
        type="article-journal",
        authors=TRUST.authors,
        issued="2011",
        container_title="Journal of Joint Work",
    )
    path = library(tmp_path / "evidence.db", TRUST, notice)
    assert told(path) == {"berg-2005-trust": [("retracted", "berg-2011-retraction")]}


def test_what_one_of_two_sources_says_holds_for_the_record(tmp_path):
    path = library(tmp_path / "evidence.db", TRUST, read(NBIB, "a.nbib"))
    assert told(path) == {"berg-2005-trust": [("retracted", "pmid:222"), ("retracted", "")]} or {
        kind for each in told(path).values() for kind, _ in each
    } == {"retracted"}


def test_what_was_looked_through_is_not_read_again(tmp_path):
    path = library(tmp_path / "evidence.db", TRUST, read(NBIB, "a.nbib"))
    with Store.open(path) as store:
        assert retractions.refresh(store) == 0
        assert store.value("select count(*) from notices") == 2


def test_the_gravest_is_told_and_a_correction_warns_nobody():
    notice = retractions.Notice
    mixed = (notice("a", "concern", "", "doubted"), notice("a", "corrected", "", "erratum"))
    assert retractions.marker(mixed) == "[Expression of concern]"
    assert retractions.marker(mixed[1:]) == ""
    assert retractions.warnings({"a": mixed, "b": mixed[1:]}) == ["a: expression of concern (“doubted”)"]


def test_words_are_those_of_the_source():
    (found,) = said(Record(title="RETRACTED: Trust"))
    assert found == Said("retracted", "RETRACTED: Trust")


def test_the_commands_warn(tmp_path):
    path = library(tmp_path / "evidence.db", TRUST, read(NBIB, "a.nbib"))
    run = CliRunner().invoke
    assert run(cli, ["--db", str(path), "index"]).exit_code == 0
    shown = run(cli, ["--db", str(path), "show", "berg-2005-trust"]).stdout
    assert "Retracted" in shown
    content = json.loads(run(cli, ["--db", str(path), "show", "berg-2005-trust", "--json"]).stdout)
    assert {each["kind"] for each in content["notices"]} == {"retracted"}
    hits = json.loads(run(cli, ["--db", str(path), "search", "trust", "--mode", "keyword", "--json"]).stdout)
    assert hits["hits"][0]["notices"][0]["kind"] == "retracted"
    assert "Retracted" in run(cli, ["--db", str(path), "search", "trust", "--mode", "keyword"]).stdout
    exported = run(cli, ["--db", str(path), "export", "trust", "--to", "ris"])
    assert "Warning: berg-2005-trust: retracted" in exported.stderr
