"""A small evidence file of another subject, for the tests of what people decide about tags."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corpus.record import Author, Record, SourceRecord
from corpus.store import Store
from ingest.intake import take_in
from kb import tagging, vocabulary

FARMING = Path(__file__).with_name("vocabularies") / "farming.yml"

COVER = Record(
    title="Cover crops on drylands: a survey of smallholders",
    type="article-journal",
    authors=(Author("Diallo", "Awa"),),
    issued="2019",
    doi="10.1000/cover.1",
    abstract=(
        "Adoption of cover crops was hampered by high costs and a lack of labour."
        " Smallholders were helped by training. Is climate change a barrier? Prices were noted."
    ),
)
GRAZING = Record(
    title="Grazing and soil fertility: a field trial",
    type="article-journal",
    authors=(Author("Berg", "Ann"),),
    issued="2005",
    abstract="Soil fertility rose on grazed pastures. A cost-effectiveness analysis was made.",
)
#: The ids that the two get.
COVER_ID, GRAZING_ID = "diallo-2019-cover", "berg-2005-grazing"


def farm_library(path: Path) -> Path:
    """An evidence file at ``path`` with both records, tagged by the vocabulary of farming."""
    with Store.open(path, create=True) as store:
        take(store, "first", COVER, GRAZING)
        vocabulary.bring(store, FARMING)
        tagging.tag(store)
    return path


def take(store: Store, source: str, *records: Record) -> None:
    """Read records in, as of a source of that name, and tag what is new."""
    pieces = [
        SourceRecord(source, "csl-json", line, f"{source} {line}", record)
        for line, record in enumerate(records, start=1)
    ]
    take_in(store, source, "csl-json", source, pieces)


def but(record: Record, **changes: str) -> Record:
    """The record with some fields otherwise."""
    return replace(record, **changes)  # type: ignore[arg-type]
