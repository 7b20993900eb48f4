"""Readers that a user could take instead, each brought into the same flat fields; and ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus import csl
from corpus.kinds import bibtex_type
from corpus.record import Author, Record, SourceRecord
from ingest.formats import read

Reading = dict[str, str]
Reader = Callable[[Path], Iterator[Reading]]

_BIBTEX_TYPES = {
    "JOUR": "article", "ABST": "article", "CONF": "inproceedings", "CPAPER": "inproceedings",
    "CHAP": "inbook", "BOOK": "book", "RPRT": "techreport", "THES": "phdthesis",
}  # fmt: skip


def ours(path: Path) -> Iterator[Reading]:
    """What Evidence KB reads."""
    with path.open("rb") as stream:
        for piece in read(stream, path.name)[1]:
            if isinstance(piece, SourceRecord):
                yield _flat(csl.decode(piece.fields))


def _flat(record: Record) -> Reading:
    flat = {
        "type": bibtex_type(record.type),
        "title": record.title,
        "author": " and ".join(_name(one) for one in record.authors if one.role == "author"),
        "editor": " and ".join(_name(one) for one in record.authors if one.role == "editor"),
        "container": record.container_title,
        "series": record.collection_title,
        "year": record.issued[:4],
        "month": record.issued,
        "date": record.issued,
        "number": record.issue,
        "pages": record.page or record.number_of_pages,
        "keywords": "; ".join(record.keywords),
        "address": record.publisher_place,
        "pmcid": record.pmcid,
        "genre": record.genre,
    }
    for name in ("volume", "doi", "url", "abstract", "issn", "isbn", "publisher", "language", "pmid"):
        flat[name] = getattr(record, name)
    flat |= {f"contributor {place}": _name(one) for place, one in enumerate(record.authors)}
    for name, value in record.extra.items():
        flat[f"extra {name}"] = "; ".join(value) if isinstance(value, list) else str(value)
    return flat


def _name(author: Author) -> str:
    return str(author)


def _rispy(path: Path) -> Iterator[Reading]:
    import rispy

    with path.open(encoding="utf-8") as stream:
        for row in rispy.load(stream, skip_unknown_tags=False):
            flat = _texts(row)
            start, end = row.get("start_page", ""), row.get("end_page", "")
            year = row.get("year") or row.get("publication_year") or row.get("date") or ""
            yield flat | {
                "type": _BIBTEX_TYPES.get(row.get("type_of_reference", ""), "misc"),
                "title": _first(row, "title", "primary_title"),
                "author": " and ".join(row.get("authors") or row.get("first_authors") or []),
                "editor": " and ".join(row.get("secondary_authors") or []),
                "container": _first(row, "journal_name", "secondary_title", "alternate_title3"),
                "series": _first(row, "tertiary_title"),
                "year": str(year)[:4],
                "pages": f"{start}-{end}" if end else start,
                "url": next(iter(row.get("urls") or []), ""),
                "abstract": _first(row, "abstract", "notes_abstract"),
                "keywords": "; ".join(row.get("keywords") or []),
                "isbn": _first(row, "issn"),
                "pmid": str((row.get("unknown_tag") or {}).get("PMID", "")),
            }


def _bibtexparser(path: Path) -> Iterator[Reading]:
    import bibtexparser
    from bibtexparser import middlewares

    library = bibtexparser.parse_string(
        path.read_text(encoding="utf-8"),
        append_middleware=[
            middlewares.NormalizeFieldKeys(),
            middlewares.LatexDecodingMiddleware(),
            middlewares.SeparateCoAuthors(),
            middlewares.SplitNameParts(),
        ],
    )
    for entry in library.entries:
        row = {one.key.lower(): one.value for one in entry.fields}
        flat = {name: str(value) for name, value in row.items() if not isinstance(value, list)}
        for role in ("author", "editor"):
            flat[role] = " and ".join(map(_parts, row.get(role) or []))
        flat["type"] = {"conference": "inproceedings"}.get(entry.entry_type, entry.entry_type)
        flat["container"] = _first(flat, "journal", "booktitle")
        flat["publisher"] = _first(flat, "publisher", "institution", "school", "organization")
        flat["issn"] = f"{flat.get('issn', '')} {flat.get('eissn', '')}"
        yield flat


def _parts(name: Any) -> str:
    family = " ".join([*name.von, *name.last])
    return ", ".join(part for part in (family, " ".join(name.first), " ".join(name.jr)) if part)


def _bio_medline(path: Path) -> Iterator[Reading]:
    from Bio import Medline

    with path.open(encoding="utf-8") as stream:
        for row in Medline.parse(stream):
            if not row:
                continue
            yield _texts(row) | {
                "type": "article",
                "title": row.get("TI", ""),
                "author": " and ".join(row.get("FAU") or row.get("AU") or []),
                "container": row.get("JT", ""),
                "year": row.get("DP", "")[:4],
                "volume": row.get("VI", ""),
                "number": row.get("IP", ""),
                "pages": row.get("PG", ""),
                "doi": next((one for one in row.get("AID", []) if "10." in one), ""),
                "abstract": row.get("AB", ""),
                "keywords": "; ".join([*row.get("MH", []), *row.get("OT", [])]),
                "issn": row.get("IS", "") or str(row.get("ISSN", "")),
                "language": " ".join(row.get("LA", [])),
                "pmid": row.get("PMID", ""),
            }


def _nbib(path: Path) -> Iterator[Reading]:
    import nbib

    try:
        rows = nbib.read_file(str(path))
    except nbib.exceptions.UnknownTagFormat as error:
        raise ValueError(f"nbib stops: {error}") from error
    for row in rows:
        yield _texts(row) | {
            "type": "article",
            "author": " and ".join(str(one.get("author", "")) for one in row.get("authors", [])),
            "container": _first(row, "journal"),
            "year": str(row.get("publication_date", ""))[:4],
            "volume": _first(row, "journal_volume"),
            "number": _first(row, "journal_issue"),
            "issn": _first(row, "electronic_issn", "print_issn"),
            "pmid": str(row.get("pubmed_id", "")),
            "language": _first(row, "language"),
        }


_COLUMNS = {
    "item title": "title",
    "title": "title",
    "authors": "author",
    "publication": "container",
    "publication title": "container",
    "journal/book": "container",
    "publication year": "year",
    "journal volume": "volume",
    "journal issue": "number",
    "item doi": "doi",
    "doi": "doi",
    "url": "url",
    "abstract": "abstract",
    "pmid": "pmid",
}


def _pandas(path: Path) -> Iterator[Reading]:
    import pandas

    table = pandas.read_csv(path, dtype=str, keep_default_na=False)
    for row in table.to_dict("records"):
        flat = {str(name): str(value) for name, value in row.items()}
        flat |= {_COLUMNS[name.lower()]: value for name, value in flat.items() if name.lower() in _COLUMNS}
        yield flat | {"author": " and ".join(flat.get("author", "").split(", "))}


def _texts(row: Mapping[str, Any]) -> Reading:
    return {
        str(name): "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in row.items()
    }


def _first(row: Mapping[str, Any], *names: str) -> str:
    return next((str(row[name]) for name in names if row.get(name)), "")


#: Kind of file -> name of a peer -> what reads it; a peer that is not installed raises ``ImportError``.
PEERS: dict[str, dict[str, Reader]] = {
    "ris": {"rispy": _rispy},
    "bibtex": {"bibtexparser 2": _bibtexparser},
    "nbib": {"Bio.Medline": _bio_medline, "nbib": _nbib},
    "csv": {"pandas": _pandas},
}
