"""How faithfully exports are read, field by field, beside what a user could take instead, in one run.

Usage: python -m tests.bench.formats FOLDER... [--errors]

In a FOLDER in CoLRev's layout (NAME.ext with the records expected of it in NAME_result.bib) each field
that is expected is looked for in the record that agrees best. What CoLRev itself writes down as missing
(UNKNOWN) or keeps about its own work (colrev_...) is not expected. Title, names, journal and so on must
be in their own field; a field that is no one's (a note, an accession number, the address of a PDF) only
has to be kept somewhere in the record. Signs are compared after the same folding for all: white space,
braces, dashes, HTML tags, the full stop at the end of a title, the case of a DOI, languages by their
codes, months by their numbers. ``right`` leaves out the fields that ``EXPECTED_WRONG`` lists.

In any other FOLDER each RIS and CSV file is counted: records that a line scan finds, and what is read.
Peers are measured where they are installed: rispy, bibtexparser, nbib, biopython, pandas.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import EvidenceError
from corpus.record import Problem
from ingest.files.opening import decode
from ingest.formats import read
from tests.bench.format_expectations import EXPECTED_WRONG, expected_records
from tests.bench.format_peers import PEERS, Reader, Reading, ours
from tests.bench.format_values import OWN_FIELDS, agrees, kept

_SUFFIXES = {".bib": "bibtex", ".ris": "ris", ".nbib": "nbib", ".csv": "csv", ".tsv": "csv"}


@dataclass(slots=True)
class Counts:
    """One line of the table: records and fields expected, and what was read of them."""

    expected: int = 0
    read: int = 0
    lost: int = 0
    agreed: int = 0
    fields: int = 0
    right_agreed: int = 0
    right_fields: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Count another file with this one."""
        for name in ("expected", "read", "lost", "agreed", "fields", "right_agreed", "right_fields"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def compare(case: str, expected: list[Reading], found: list[Reading]) -> Counts:
    """The counts of one file: each expected record beside the one found that agrees with it most."""
    counts = Counts(len(expected), len(found))
    scores = sorted(
        (
            (sum(agreement(one, other).values()), -place, -number)
            for place, one in enumerate(expected)
            for number, other in enumerate(found)
        ),
        reverse=True,
    )
    partner: dict[int, int] = {}
    for score, place, number in scores:
        if score and -place not in partner and -number not in partner.values():
            partner[-place] = -number
    for place, one in enumerate(expected):
        other = found[partner[place]] if place in partner else {}
        counts.lost += place not in partner
        for name, agreed in agreement(one, other).items():
            wrong = EXPECTED_WRONG.get((case, one["key"], name))
            counts.fields += 1
            counts.agreed += agreed
            counts.right_fields += wrong is None
            counts.right_agreed += agreed and wrong is None
            if not agreed:
                why = f"   [{wrong}]" if wrong else ""
                counts.errors.append(
                    f"{case} {one['key']} {name}: {one[name]!r:.90} read {other.get(name, '')!r:.90}{why}"
                )
    return counts


def agreement(expected: Reading, found: Reading) -> dict[str, bool]:
    """Field -> whether it was read as expected."""
    return {
        name: agrees(name, value, found.get(name, "")) if name in OWN_FIELDS else kept(value, found.values())
        for name, value in expected.items()
        if name != "key"
    }


def cases(folder: Path) -> Iterator[tuple[Path, Path]]:
    """(export, records expected of it) for each case of a folder."""
    for result in sorted(folder.glob("*_result.bib")):
        name = result.name.removesuffix("_result.bib")
        for path in sorted(folder.glob(f"{name}.*")):
            yield path, result


def field_table(folder: Path, errors: bool) -> None:
    """Print the agreement of every reader on every kind of file of a folder."""
    totals: dict[tuple[str, str], Counts] = {}
    shown: list[str] = []
    for path, result in cases(folder):
        name = path.stem
        kind = _SUFFIXES.get(path.suffix, "refer")
        expected = expected_records(result)
        for tool, reader in {"evidence-kb": ours, **PEERS.get(kind, {})}.items():
            try:
                found = list(reader(path))
            except ImportError:
                continue
            except (ValueError, KeyError, EvidenceError) as error:
                found = []
                shown.append(f"{tool}: {path.name}: {error}")
            counts = compare(name, expected, found)
            for key in ((kind, tool), ("all", tool)) if tool == "evidence-kb" else ((kind, tool),):
                totals.setdefault(key, Counts()).add(counts)
            shown += [f"{tool}: {line}" for line in counts.errors]
    print(f"\n{folder.name}: fields as expected")
    print(
        f"{'set':<8}{'by':<22}{'records':>8}{'read':>6}{'lost':>6}{'agreed':>8}{'of':>6}{'raw %':>8}"
        f"{'agreed':>8}{'of':>6}{'right %':>9}"
    )
    for (kind, tool), counts in sorted(totals.items(), key=lambda one: (one[0][0] == "all", one[0][0])):
        print(
            f"{kind:<8}{tool:<22}{counts.expected:>8}{counts.read:>6}{counts.lost:>6}"
            f"{counts.agreed:>8}{counts.fields:>6}{100 * counts.agreed / counts.fields:>8.1f}"
            f"{counts.right_agreed:>8}{counts.right_fields:>6}"
            f"{100 * counts.right_agreed / counts.right_fields:>9.1f}"
        )
    if errors:
        print("\n".join(shown))
    print(f"\nexpected wrongly ({len(EXPECTED_WRONG)} fields):")
    for reason, number in Counter(EXPECTED_WRONG.values()).most_common():
        print(f"{number:>4}  {reason}")


def count_table(folder: Path) -> None:
    """Print how many records of each file are read."""
    print(f"\n{folder.name}: records read whole")
    print(f"{'file':<44}{'in it':>7}{'records':>9}{'problems':>9}  peers")
    files = (path for path in sorted(folder.iterdir()) if path.suffix in (".ris", ".txt", ".csv", ".tsv"))
    for path in files:
        text = decode(path.read_bytes(), path.name)
        is_table = path.suffix in (".csv", ".tsv")
        inside = count_rows(text) if is_table else len(re.findall(r"(?m)^[ \t]*TY[ \t]*-", text))
        try:
            with path.open("rb") as stream:
                pieces = list(read(stream, path.name)[1])
            problems = sum(isinstance(piece, Problem) for piece in pieces)
            shown = f"{len(pieces) - problems:>9}{problems:>9}"
        except EvidenceError as error:
            shown = f"  refused: {error}"
        peers = count_peers(path, PEERS.get("csv" if is_table else "ris", {}).items())
        print(f"{path.name:<44}{inside:>7}{shown}  {', '.join(peers)}")


def count_rows(text: str) -> int:
    """The rows under the header of a table."""
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    return (
        sum(
            any(cell.strip() for cell in row)
            for row in csv.reader(text.splitlines(True), delimiter=delimiter)
        )
        - 1
    )


def count_peers(path: Path, peers: Iterable[tuple[str, Reader]]) -> Iterator[str]:
    """What each peer reads of a file, in words."""
    for tool, reader in peers:
        try:
            yield f"{tool} {len(list(reader(path)))}"
        except ImportError:
            continue
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            yield f"{tool} {type(error).__name__}"


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folders", nargs="+", type=Path)
    options.add_argument("--errors", action="store_true", help="show each field that is not as expected")
    arguments = options.parse_args()
    for folder in arguments.folders:
        if any(folder.glob("*_result.bib")):
            field_table(folder, arguments.errors)
        else:
            count_table(folder)


if __name__ == "__main__":
    main()
