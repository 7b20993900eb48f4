"""The records that leave: found by a search, a saved one, a shortlist, or named one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus.errors import EvidenceError
from corpus.query import Query
from kb.knowledge_base import KnowledgeBase
from kb.searches import saved
from kb.searches.saved import Run
from kb.wording import capital, many, said


@dataclass(frozen=True, slots=True)
class Selection:
    """Records in the order in which they leave, and what they were chosen by.

    ``query`` is the search, ``None`` where none was asked; ``run`` is it as it ran for this, with ``earlier``
    runs that were kept of it, where it was asked what the search rests on. ``remarks`` are a person's, by
    record; ``notes`` are sentences that a reader should see.
    """

    ids: tuple[str, ...]
    title: str
    said: str
    query: Query | None = None
    run: Run | None = None
    earlier: tuple[Run, ...] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def rows(self) -> Iterator[tuple[str, str]]:
        """What was asked and found, as (name, value): the sheet of a workbook that tells of the search."""
        yield "Chosen by", self.said
        yield "Records", str(len(self.ids))
        if self.run is None:
            return
        run = self.run
        yield "Asked on (UTC)", run.run_at
        yield "Query as typed", run.query.text
        yield "Query as run", run.as_run
        for typed, others in run.details.expansions if run.details else ():
            yield f"Also looked for as “{typed}”", ", ".join(others)
        if run.ground:
            yield "Found by words", str(run.ground.by_words)
            yield "Found by meaning only", str(run.total - run.ground.by_words)
            yield "Records in the library", str(run.ground.records)
            yield "Descriptions read", str(run.ground.read)
            yield "Duplicates joined", str(run.ground.joined)
            for source in run.ground.sources:
                yield f"Source {source.name}", f"{source.read} read, {source.found} in the result"
        yield from run.versions.items()


def by_query(
    library: KnowledgeBase, query: Query, limit: int | None = None, *, whole: bool = False, name: str = ""
) -> Selection:
    """What the query finds, or the first ``limit``; ``whole``: with what the search rests on."""
    results = library.run(replace(query, limit=0, offset=0))
    query = results.query
    told = capital(said(query, library.themes))
    if whole:
        run = saved.fresh(library, name, query)
        earlier = tuple(saved.runs(library.store, name)) if name else ()
        return Selection(
            run.ids[:limit], _title(query, library), told, query, run, earlier, notes=results.notes
        )
    return Selection(library.ids(query, limit), _title(query, library), told, query, notes=results.notes)


def by_name(library: KnowledgeBase, name: str, limit: int | None = None, *, whole: bool = False) -> Selection:
    """What the saved search of that name finds now; raises ``EvidenceError`` where there is none."""
    query = saved.known(library.store, name).query
    return by_query(library, query, limit, whole=whole, name=name)


def by_list(library: KnowledgeBase, name: str) -> Selection:
    """The shortlist of that name with its remarks; raises ``EvidenceError`` where there is none."""
    from kb.lists import entries

    listed = entries(library.store, name)
    there = [entry for entry in listed if not entry.gone]
    gone = [entry.record for entry in listed if entry.gone]
    notes = (f"no longer in the library, so not written: {', '.join(gone)}.",) if gone else ()
    remarks = {entry.record: entry.note for entry in there if entry.note}
    told = f"The shortlist “{name}”"
    return Selection(tuple(entry.record for entry in there), told, told, remarks=remarks, notes=notes)


def by_ids(library: KnowledgeBase, ids: Iterable[str]) -> Selection:
    """Those records, each once; raises ``EvidenceError`` for an id that never was."""
    found = tuple(dict.fromkeys(library.store.resolve(each) for each in ids))
    if not found:
        raise EvidenceError("no ids were given; write them one a line, or separated by spaces.")
    return Selection(found, "Evidence", f"{many(len(found), 'record')} named one by one")


def read_ids(lines: Iterable[str]) -> Sequence[str]:
    """The ids in lines of text: separated by spaces or commas."""
    return [word for line in lines for word in line.replace(",", " ").split()]


def _title(query: Query, library: KnowledgeBase) -> str:
    filters = said(replace(query, text=""), library.themes).partition("; ")[2]
    if query.text:
        return f"Evidence on ‘{query.text}’" + (f": {filters}" if filters else "")
    return f"Evidence: {filters}" if filters else "Evidence: all records"
