"""How well and how fast duplicates are found, on folders with records.csv and merged_ids.csv.

Usage: python -m tests.bench.dedupe [FOLDER...] [--errors] [--grow 10000,30000,100000]

Each FOLDER, or each folder in it, is a set in bib-dedupe's layout. Counted as bib-dedupe counts:
records, not pairs. Of every group all records but the first (in file order) are duplicates to be
removed; ours are compared with the true ones by what they are joined to. ``false`` is the number of
our groups that hold records of two true groups. Seconds are of the processor, bib-dedupe's with those
of the processes that it starts.

``--grow`` groups made-up corpora of these sizes (tests/bench/synthetic.py) and prints how many pairs
were compared and how long it took: a line that grows with the size, not with its square.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.record import Author, Record
from ingest.works.blocking import candidates
from ingest.works.dedupe import group
from ingest.works.describing import describe
from tests.bench.synthetic import Corpus

TYPES = {
    "article": "article-journal",
    "inproceedings": "paper-conference",
    "incollection": "chapter",
    "book": "book",
    "techreport": "report",
    "phdthesis": "thesis",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """One line of the table."""

    records: int
    groups: int
    precision: float
    recall: float
    f1: float
    false: int
    seconds: float


def read(path: Path) -> list[Record]:
    """The records of a records.csv."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [record(row) for row in csv.DictReader(lines)]


def record(row: dict[str, str]) -> Record:
    """The record of one row in BibTeX's field names."""
    row = {name: "" if value in (None, "UNKNOWN", "nan") else value for name, value in row.items()}
    return Record(
        id=row.get("ID", ""),
        type=TYPES.get(row.get("ENTRYTYPE", ""), "document"),
        title=row.get("title", ""),
        abstract=row.get("abstract", ""),
        authors=tuple(authors(row.get("author", ""))),
        issued=row.get("year", ""),
        container_title=row.get("journal", "") or row.get("booktitle", ""),
        publisher=row.get("publisher", "") or row.get("institution", ""),
        volume=row.get("volume", ""),
        issue=row.get("number", ""),
        page=row.get("pages", "").replace("--", "-").strip(),
        doi=row.get("doi", ""),
        isbn=row.get("isbn", ""),
    )


def authors(text: str) -> Iterator[Author]:
    """The names of a BibTeX author field."""
    for name in text.split(" and "):
        family, comma, given = name.strip().partition(",")
        if family and not comma and " " in family:
            given, _, family = family.rpartition(" ")
        if family:
            yield Author(family=family.strip(), given=given.strip())


def true_groups(path: Path) -> list[list[str]]:
    """The groups of a merged_ids.csv."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [row["merged_ids"].split(";") for row in csv.DictReader(lines)]


def ours(records: list[Record]) -> list[list[str]]:
    """The groups of two records and more that we find, by id."""
    return [
        [records[place].id for place in found.members] for found in group(records) if len(found.members) > 1
    ]


def bib_dedupe_groups(path: Path) -> list[list[str]]:
    """The groups that bib-dedupe finds."""
    import pandas
    from bib_dedupe.bib_dedupe import block, cluster, match, prep

    table = pandas.read_csv(path)
    found = cluster(match(block(prep(table, verbosity_level=0), verbosity_level=0), verbosity_level=0))
    return [list(ids) for ids in found]


def score(records: list[Record], truth: list[list[str]], found: list[list[str]], seconds: float) -> Counts:
    """Record precision, recall and F1, and the joined groups that are no one's."""
    order = {record.id: place for place, record in enumerate(records)}
    home = {name: min(ids, key=order.__getitem__) for ids in truth for name in ids}
    true_removed = removed(truth, order)
    hits = wrong = 0
    for ids in found:
        works = {home.get(name, name) for name in ids}
        # Of each true work in the group, one record may stay; the other works are lost.
        hits += sum(1 for name in ids) - len(works)
        wrong += len(works) - 1
    false = sum(len({home.get(name, name) for name in ids}) > 1 for ids in found)
    precision = hits / (hits + wrong) if hits + wrong else 1.0
    recall = hits / len(true_removed) if true_removed else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Counts(len(records), len(found), precision, recall, f1, false, seconds)


def removed(groups: Iterable[list[str]], order: dict[str, int]) -> set[str]:
    """All records of the groups but the first of each."""
    return {name for ids in groups for name in sorted(ids, key=order.__getitem__)[1:]}


def print_errors(records: list[Record], truth: list[list[str]], found: list[list[str]]) -> None:
    """What was joined wrongly, and what was not joined."""
    by_id = {record.id: record for record in records}
    for title, left, right in (("JOINED WRONGLY", found, truth), ("NOT JOINED", truth, found)):
        home = {name: place for place, ids in enumerate(right) for name in ids}
        for ids in left:
            if len({home.get(name, name) for name in ids}) > 1:
                print(f"\n{title}")
                for name in ids:
                    each = by_id[name]
                    names = "; ".join(map(str, each.authors[:4]))
                    work = f"{each.type} {each.title} | {names} | {each.issued} | {each.container_title}"
                    place = f"{each.volume}({each.issue}) {each.page} {each.doi}"
                    print(f"  {name} [{home.get(name, '-')}] {work} {place}")


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folders", nargs="*", type=Path)
    options.add_argument("--grow", default="", help="sizes of made-up corpora, such as 10000,30000")
    options.add_argument("--errors", action="store_true", help="show each wrong and each missed join")
    arguments = options.parse_args()
    folders = [path.parent for folder in arguments.folders for path in sorted(folder.rglob("records.csv"))]
    if not folders and not arguments.grow:
        sys.exit("Error: no records.csv in any folder named, and no --grow.")
    if arguments.grow:
        grow([int(size) for size in arguments.grow.split(",")])
    if not folders:
        return
    print(
        f"{'set':<24}{'by':<12}{'records':>8}{'groups':>8}{'prec':>8}{'recall':>8}{'F1':>8}{'false':>7}{'s':>8}"
    )
    for folder in folders:
        records, truth = read(folder / "records.csv"), true_groups(folder / "merged_ids.csv")
        start = seconds()
        found = ours(records)
        line(folder.name, "evidence-kb", score(records, truth, found, seconds() - start))
        if arguments.errors:
            print_errors(records, truth, found)
        try:
            start = seconds()
            theirs = bib_dedupe_groups(folder / "records.csv")
        except ImportError:
            continue
        line(folder.name, "bib-dedupe", score(records, truth, theirs, seconds() - start))


def seconds() -> float:
    """Time of the processor, with that of the processes which have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def grow(sizes: list[int]) -> None:
    """Print the curve: what grouping costs, by size."""
    print(f"{'records':>8}{'pairs':>10}{'per record':>12}{'s':>8}{'us/record':>11}{'F1':>9}{'false':>7}")
    for size in sizes:
        records = list(Corpus().records(size))
        works: dict[str, list[str]] = {}
        for each in records:
            works.setdefault(each.id.partition(".")[0], []).append(each.id)
        pairs = sum(1 for _ in candidates([describe(each) for each in records]))
        start = seconds()
        found = ours(records)
        took = seconds() - start
        counts = score(records, list(works.values()), found, took)
        print(f"{size:>8}{pairs:>10}{pairs / size:>12.3f}{took:>8.1f}{took / size * 1e6:>11.0f}", end="")
        print(f"{counts.f1:>9.4f}{counts.false:>7}", flush=True)


def line(name: str, by: str, counts: Counts) -> None:
    """Print one line of the table."""
    print(f"{name:<24}{by:<12}{counts.records:>8}{counts.groups:>8}{counts.precision:>8.4f}", end="")
    print(f"{counts.recall:>8.4f}{counts.f1:>8.4f}{counts.false:>7}{counts.seconds:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
