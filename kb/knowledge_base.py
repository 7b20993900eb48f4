"""The knowledge base for Python programs; the command line and the site stand on it too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import EvidenceError
from corpus.query import DIRECTIONS, MODES, SORTS, Filters, Hit, Mode, Query, Sort
from corpus.record import Record
from corpus.rows import ORDERS
from corpus.store import Store
from corpus.theme import Tag, Theme
from kb.results import Description, FacetValue, Found, Results

if TYPE_CHECKING:
    from index.searcher import Index
    from index.synonyms import Synonyms
    from kb.exporters import Exporter, Sink

#: Records that are read together for an export.
_BLOCK = 500
_STALE = "The index is older than the records; run `kb index` to bring it up to date."


def index_folder(database: Path) -> Path:
    """The folder beside the evidence file that holds its indexes."""
    return database.with_name(database.name + "-index")


class KnowledgeBase:
    """An evidence file with its indexes, open for reading.

    >>> from kb import KnowledgeBase
    >>> library = KnowledgeBase.open("evidence.db")
    >>> for found in library.search("information sharing", direction="barrier", since=2000):
    ...     print(found.record.year, found.record.title)
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._index: Index | None = None
        self._index_stamp = 0
        self._themes: dict[str, Theme] = {}

    @classmethod
    def open(cls, path: str | Path) -> KnowledgeBase:
        """The knowledge base of the evidence file at ``path``; raises ``EvidenceError`` if it is none."""
        return cls(Store.open(path))

    def close(self) -> None:
        """Let go of the files."""
        if self._index is not None:
            self._index.close()
            self._index = None
        self.store.close()

    def __enter__(self) -> KnowledgeBase:
        """The knowledge base itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files."""
        self.close()

    # Searching

    def search(
        self,
        text: str = "",
        *,
        mode: Mode = "hybrid",
        theme: str | Iterable[str] = (),
        direction: str | Iterable[str] = (),
        setting: str | Iterable[str] = (),
        type: str | Iterable[str] = (),
        since: int | None = None,
        until: int | None = None,
        limit: int | None = 20,
        offset: int = 0,
        expand: bool = True,
        sort: Sort = "relevance",
    ) -> Results:
        """What answers ``text`` and passes the filters, best first. ``limit=None`` means all.

        A filter takes one value or several, which are alternatives. Raises ``EvidenceError`` for a
        mode, theme, direction or setting that there is not, with those that there are. Without ``expand``
        words are looked for as they are typed: no other forms, spellings, hyphens or synonyms of them.
        ``sort`` is "relevance", "newest", "oldest" or "title".
        """
        filters = Filters(
            _several(theme), _several(direction), _several(setting), _several(type), since, until
        )
        return self.run(Query(text, mode, filters, limit, offset, expand, sort))

    def run(self, query: Query) -> Results:
        """The same for a ``Query``."""
        self.check(query)
        if _is_bare(query):
            return self._everything(query)
        index = self.index
        ranking = index.search(self._by_axis(query))
        hits = ranking.hits if query.sort == "relevance" else self._sorted(query)
        suggestion = index.suggest(query.text) if query.text and query.mode != "semantic" else None
        notes = ranking.notes if self.index_is_current else (_STALE, *ranking.notes)
        found = self._found(hits, query)
        return Results(
            query,
            ranking.total,
            found,
            ranking.as_run,
            notes,
            suggestion,
            ranking.expansions,
            lambda: self.ids(query),
        )

    def ids(self, query: Query, limit: int | None = None) -> tuple[str, ...]:
        """The ids of everything that a query finds, in its order, or of the first ``limit``."""
        self.check(query)
        if _is_bare(query):
            return self._all_ids(query.sort)[:limit]
        if query.sort == "relevance":
            return tuple(self.index.ids(self._by_axis(query), limit))
        return tuple(self.store.ordered(self.index.ids(self._by_axis(query)), query.sort)[:limit])

    def _sorted(self, query: Query) -> list[Hit]:
        """A page of the hits in another order than by relevance, each with its ranks."""
        everything = self.index.search(replace(self._by_axis(query), limit=None, offset=0)).hits
        by_record = {hit.record: hit for hit in everything}
        end = None if query.limit is None else query.offset + query.limit
        page = self.store.ordered(by_record, query.sort)[query.offset : end]
        return [replace(by_record[record], rank=rank) for rank, record in enumerate(page, query.offset + 1)]

    def counts(self, query: Query) -> Mapping[str, Mapping[str, int]]:
        """For each axis (of themes, "direction", "type", "tag", "year"), how many found have each value.

        A value of "tag" is a theme and a direction, with a colon between.
        """
        self.check(query)
        if _is_bare(query):
            rows = self.store.query("select axis, value, count(*) as count from facets group by axis, value")
            counted: dict[str, dict[str, int]] = {}
            for row in rows:
                counted.setdefault(row["axis"], {})[row["value"]] = row["count"]
            return counted
        found = self.index.counts(self._by_axis(query), ("theme", "direction", "tag", "type", "year"))
        by_axis = {axis: dict(values) for axis, values in found.items() if axis != "theme"}
        for theme, count in found.get("theme", {}).items():
            if theme in self.themes:
                by_axis.setdefault(self.themes[theme].axis, {})[theme] = count
        return by_axis

    def _everything(self, query: Query) -> Results:
        """Every record, newest first or as sorted; it takes no index to list them."""
        ids = self._all_ids(query.sort)
        end = None if query.limit is None else query.offset + query.limit
        page = list(enumerate(ids, start=1))[query.offset : end]
        found = self._found([Hit(record, rank, 0.0) for rank, record in page], query)
        return Results(query, len(ids), found, _all=lambda: ids)

    def _all_ids(self, sort: Sort) -> tuple[str, ...]:
        order = ORDERS["newest" if sort == "relevance" else sort]
        return tuple(
            row[0] for row in self.store.connection.execute(f"select id from records order by {order}, id")
        )

    def similar(self, record_ids: str | Iterable[str], limit: int = 10) -> tuple[Found, ...]:
        """The records nearest in meaning to that one, or to those together; themselves left out."""
        ids = [self.store.resolve(record_id) for record_id in _several(record_ids)]
        hits = self.index.similar(ids, limit, exclude=self._versions(ids))
        return self._found(hits, Query())

    def _versions(self, ids: Iterable[str]) -> list[str]:
        """Other records of the same work: a preprint, an erratum, what is doubtful whether it is another."""
        rows = self.store.query(
            "with these as (select value as id from json_each(?))"
            " select other as id from links where record in these"
            " union select record from links where other in these"
            " union select first from doubts where second in these"
            " union select second from doubts where first in these",
            [json.dumps(list(ids))],
        )
        return [row["id"] for row in rows]

    @property
    def index(self) -> Index:
        """The indexes, opened on first use and again when a new build was put in place."""
        from index.manifest import MANIFEST
        from index.sharing import open_shared

        folder = index_folder(self.store.path)
        try:
            stamp = (folder / MANIFEST).stat().st_mtime_ns
        except OSError:
            stamp = 0
        if self._index is None or stamp != self._index_stamp:
            previous, self._index = self._index, open_shared(folder, self._synonyms())
            self._index_stamp = stamp
            if previous is not None:
                previous.close()
        return self._index

    def _synonyms(self) -> Synonyms:
        """The ways to say one thing that the file's vocabulary knows."""
        return _synonyms(self.store.state("synonyms") or "[]")

    @property
    def index_is_current(self) -> bool:
        """Whether the indexes were built from the records and tags as they are now."""
        return self.index.manifest.corpus_hash == self.store.state("corpus_hash")

    def facets(self, ids: Sequence[str]) -> Mapping[str, list[FacetValue]]:
        """For each axis ("theme" axes, "direction", "type", "year") its values among those records.

        Most frequent first; years in order.
        """
        rows = self.store.query(
            "select axis, value, count(*) as count from facets"
            " where axis <> 'tag' and record in (select value from json_each(?))"
            " group by axis, value order by axis, count desc, value",
            [json.dumps(list(ids))],
        )
        facets: dict[str, list[FacetValue]] = {}
        for row in rows:
            theme = (
                self.themes.get(row["value"]) if row["axis"] not in ("type", "year", "direction") else None
            )
            label = theme.label if theme else row["value"]
            facets.setdefault(row["axis"], []).append(FacetValue(row["value"], label, row["count"]))
        if "year" in facets:
            facets["year"].sort(key=lambda year: int(year.value))
        return facets

    # Reading

    @property
    def themes(self) -> Mapping[str, Theme]:
        """The themes in use, by id, in the vocabulary's order."""
        if not self._themes:
            self._themes = {theme.id: theme for theme in self.store.themes() if not theme.replaced_by}
        return self._themes

    def record(self, record_id: str) -> Record:
        """The record with that id, or the one that an old id leads to."""
        return self.store.record(record_id)

    def tags(self, record_id: str) -> list[Tag]:
        """The record's tags, title first, in the order of their words."""
        return list(self.store.tags([self.store.resolve(record_id)]))

    def descriptions(self, record_id: str) -> list[Description]:
        """Every source's description of the record, the first read first."""
        from corpus import csl

        rows = self.store.query(
            "select sources.name, line, source_records.format, reason, fields, raw from source_records"
            " join sources on sources.id = source where record = ? order by source_records.id",
            [self.store.resolve(record_id)],
        )
        return [
            Description(
                row["name"],
                row["line"],
                row["format"],
                row["reason"] or "",
                csl.decode(json.loads(row["fields"])),
                row["raw"],
            )
            for row in rows
        ]

    def export(
        self, ids: Iterable[str], to: str, stream: Sink, *, progress: Callable[[int], None] | None = None
    ) -> int:
        """Write those records to ``stream`` as ``to`` ("bibtex", "ris", "csl-json", "csv"); how many."""
        from kb.exporters import EXPORTERS

        return self.export_by(EXPORTERS[to], ids, stream, progress=progress)

    def export_by(
        self,
        exporter: Exporter,
        ids: Iterable[str],
        stream: Any,
        *,
        remarks: Mapping[str, str] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """The same with an exporter; a binary one writes bytes to ``stream``.

        ``remarks``, by record id, go along as ``annote``, the name that CSL and BibTeX have for them.
        """
        from kb.exporters import Exported

        def exported() -> Iterator[Exported]:
            done, remaining = 0, iter(ids)
            while block := list(islice(remaining, _BLOCK)):
                tags: dict[str, list[Tag]] = {}
                for tag in self.store.tags(block):
                    tags.setdefault(tag.record, []).append(tag)
                for record in self.store.records(block):
                    if progress:
                        progress(done)
                    if remark := (remarks or {}).get(record.id):
                        record = _remarked(record, remark)
                    yield Exported(record, tuple(tags.get(record.id, ())))
                    done += 1

        return exporter.write(exported(), stream)

    def _found(self, hits: Sequence[Hit], query: Query) -> tuple[Found, ...]:
        ids = [hit.record for hit in hits]
        records = {record.id: record for record in self.store.records(ids)}
        tags: dict[str, list[Tag]] = {}
        for tag in self.store.tags(ids):
            if tag.status != "rejected":
                tags.setdefault(tag.record, []).append(tag)
        index = self.index if query.text else None
        from kb.retractions import notices

        said = notices(self.store, ids)
        found = []
        for hit in hits:
            # A record that was joined to another since the index was built is not there any more.
            if record := records.get(hit.record):
                shown = replace(hit, snippet=_passage(index, query, record))
                found.append(Found(shown, record, tuple(tags.get(hit.record, ())), said.get(hit.record, ())))
        return tuple(found)

    def check(self, query: Query) -> None:
        """Raise ``EvidenceError`` for a mode or a filter that names nothing here, with what there is."""
        _choice("mode", [query.mode], MODES)
        _choice("order", [query.sort], SORTS)
        _choice("direction", query.filters.direction, DIRECTIONS)
        _choice("theme", query.filters.theme, self.themes)
        settings = [theme.id for theme in self.themes.values() if theme.axis == "setting"]
        _choice("setting", query.filters.setting, settings)
        if query.filters.type:
            types = [
                row["type"] for row in self.store.query("select distinct type from records order by type")
            ]
            _choice("type", query.filters.type, types)

    def _by_axis(self, query: Query) -> Query:
        """The same query with the themes of its filters told apart: only factors go with a direction."""
        axes: dict[str, list[str]] = {}
        for theme in query.filters.theme:
            axes.setdefault(self.themes[theme].axis, []).append(theme)
        factors = tuple(axes.pop("factor", ()))
        filters = replace(query.filters, theme=factors, topics=tuple(map(tuple, axes.values())))
        return replace(query, filters=filters)


@lru_cache(maxsize=8)
def _synonyms(text: str) -> Synonyms:
    # One object for one vocabulary, as an index is shared by those who have the same.
    from index.synonyms import Synonyms

    return Synonyms.of(json.loads(text))


def _passage(index: Index | None, query: Query, record: Record) -> str:
    if index is not None:
        return index.passage(query, record.id, record.title, record.abstract)
    # Without words to look for, what the abstract opens with; it takes no index.
    from index.snippet import snippet
    from index.wanted import Wanted

    return snippet(record.abstract, Wanted())


def _is_bare(query: Query) -> bool:
    """Whether everything is asked for."""
    return not query.text.strip() and not query.filters


def _remarked(record: Record, remark: str) -> Record:
    """The record with a person's remark on it, after what its sources call so."""
    said = record.extra.get("annote")
    earlier = said if isinstance(said, list) else [said] if said else []
    return replace(record, extra={**record.extra, "annote": [*earlier, remark] if earlier else remark})


def _several(values: str | Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)


def _choice(what: str, values: Iterable[str], choices: Iterable[str]) -> None:
    choices = list(choices)
    for value in values:
        if value not in choices:
            raise EvidenceError(f"no {what} `{value}`; there are {', '.join(choices) or 'none'}.")
