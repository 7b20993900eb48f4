"""Takes the works that a live source has for a search into the store, page by page.

Each page is one transaction with the position of the next, so that a break anywhere leaves whole pages,
and the same search goes on where it stopped. A work that this search gave before is not taken again:
asking anew from the start fills gaps and doubles nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from corpus.errors import EvidenceError
from corpus.record import Piece, Problem
from corpus.store import Store
from ingest.harvesting.client import Client
from ingest.harvesting.service import Expired, Page, Position, Search, Service
from ingest.intake import Intake, Report, open_source, silent, take_page, unfinished

# How often one run asks again from the start.
_RESTARTS = 3


@dataclass(slots=True)
class Harvest:
    """What became of a search: ``intake`` counts this run, ``taken`` all of its runs.

    ``stopped`` says why it ended before its end; ``complete`` that the service has no more to give.
    """

    source: str
    intake: Intake
    total: int | None = None
    taken: int = 0
    complete: bool = False
    resumed: bool = False
    stopped: str = ""
    notes: list[str] = field(default_factory=list)


def source_name(service: Service, search: Search) -> str:
    """The name under which a search is kept: the same search has the same."""
    return f"{service.name}: {search.query}" + (f" [{search.years}]" if search.years else "")


def harvest(
    store: Store,
    service: Service,
    client: Client,
    search: Search,
    *,
    limit: int | None = None,
    restart: bool = False,
    report: Report = silent,
) -> Harvest:
    """Take in what the service has for the search, from where an earlier run of it stopped.

    ``limit`` is of works in all its runs together. A failure before anything came raises
    ``EvidenceError``; one after it is what the result says in ``stopped``.
    """
    walk = _Walk(store, service, client, search, limit, report)
    if not restart:
        walk.resume()
    try:
        for page in walk.pages():
            walk.take(page)
    except EvidenceError as error:
        if not walk.result.intake.pieces:
            raise
        walk.result.stopped = str(error)
    return walk.result


class _Walk:
    """One way through the pages of a search."""

    def __init__(
        self,
        store: Store,
        service: Service,
        client: Client,
        search: Search,
        limit: int | None,
        report: Report,
    ) -> None:
        name = source_name(service, search)
        self._store, self._service, self._client = store, service, client
        self._search = replace(search, size=limit)
        self._limit = limit
        self._report = report
        self.result = Harvest(name, Intake(name, service.format))
        #: The row of this search in ``sources``; none before its first page.
        self.source: int | None = None
        self._position: Position = service.first()
        # Whether the total changed on the way, and whether this is the way back for what that hid.
        self._changed = self._again = False
        self._known: set[str] = set()

    def resume(self) -> None:
        """Go on where an earlier run of the search stopped, if one did."""
        row = unfinished(self._store, self.result.source)
        if row is None:
            return
        self.source = row["id"]
        self.result.resumed = True
        self.result.total, self.result.taken = row["total"], row["pieces"]
        # Until its first page came, the row holds the bare address.
        if row["next"].startswith("{"):
            state = json.loads(row["next"])
            self._position, self._changed, self._again = state["at"], state["changed"], state["again"]
        self._known = set(_known(self._store, row["id"]))

    def pages(self) -> Iterator[Page]:
        """Each page that is to be taken in, until the last or until enough are taken."""
        restarts = 0
        visited: set[str] = set()
        before: list[str] = []
        while not self._enough():
            self._report(f"Asking {self._client.host}", self.result.taken, self._aim())
            place = _place(self._position)
            if place in visited:
                raise self._in_a_circle()
            visited.add(place)
            try:
                page = self._service.page(self._client, self._search, self._position, self.result.source)
            except Expired as expired:
                restarts += 1
                if restarts > _RESTARTS:
                    raise EvidenceError(
                        f"{self._client.host}: forgot {restarts} times where the search was;"
                        " run the same command again later to go on."
                    ) from expired
                self._note("the service forgot where the search was: asked again, nothing is taken twice.")
                self._position, visited, before = expired.start, set(), []
                continue
            keys = [_key(piece) for piece in page.pieces]
            self._compare(page.total)
            short = self._short_of(page)
            if keys and keys == before and short:
                raise self._in_a_circle()
            if page.next is None and self._changed and not self._again and short:
                self._note("asked again from the start for what the change hid, nothing is taken twice.")
                self._changed, self._again = False, True
                page = replace(page, next=self._service.first())
                visited, keys = set(), []
            yield page
            if page.next is None:
                return
            before = keys

    def take(self, page: Page) -> None:
        """Keep what is new of a page, and where the next one is."""
        fresh: list[Piece] = []
        for piece in page.pieces:
            key = _key(piece)
            if key not in self._known:
                self._known.add(key)
                # Where a work stands in the results tells more than its line within a page.
                fresh.append(replace(piece, line=self.result.taken + len(fresh) + 1))
        following: Position | None = page.next
        if self._limit is not None and self.result.taken + len(fresh) > self._limit:
            # The rest of this page is for a run with a higher limit.
            fresh = fresh[: self._limit - self.result.taken]
            following = self._position
        if self.source is None:
            address = self._service.address(self._client, self._search)
            self.source = open_source(
                self._store,
                self.result.source,
                self._service.format,
                query=self._search.query,
                address=address,
            )
        taken = take_page(
            self._store,
            self.source,
            fresh,
            next=None if following is None else self._state(following),
            total=page.total,
            address=page.address,
            status=page.status,
            report=self._report,
        )
        for note in page.notes:
            self._note(note)
        _add(self.result.intake, taken)
        self.result.taken += len(fresh)
        self.result.total = self.result.total if page.total is None else page.total
        self.result.complete = following is None
        if following is not None:
            self._position = following

    def _in_a_circle(self) -> EvidenceError:
        of = "" if self.result.total is None else f" of {self.result.total:,}"
        return EvidenceError(
            f"{self._client.host}: gave the same page again after {self.result.taken:,}{of} works;"
            " run the same command again later to go on, or with --restart."
        )

    def _enough(self) -> bool:
        return self._limit is not None and self.result.taken >= self._limit

    def _aim(self) -> int | None:
        known = [number for number in (self._limit, self.result.total) if number is not None]
        return min(known, default=None)

    def _compare(self, total: int | None) -> None:
        before = self.result.total
        if total is not None and before is not None and total != before:
            self._note(f"the number of works changed from {before:,} to {total:,} on the way.")
            self._changed = True

    def _short_of(self, page: Page) -> bool:
        """Whether works are missing once this page is taken."""
        total = self.result.total if page.total is None else page.total
        fresh = {_key(piece) for piece in page.pieces} - self._known
        return total is not None and self.result.taken + len(fresh) < total

    def _state(self, position: Position) -> str:
        return json.dumps({"at": position, "changed": self._changed, "again": self._again})

    def _note(self, note: str) -> None:
        if note not in self.result.notes:
            self.result.notes.append(note)


def _key(piece: Piece) -> str:
    """What tells a piece from the others of a search: the id that the service gave, else its print."""
    id = "" if isinstance(piece, Problem) else piece.record.id
    return id or f"\n{piece.raw}"


def _known(store: Store, source: int) -> Iterator[str]:
    rows = store.connection.execute(
        "select json_extract(fields, '$.id'), raw from source_records where source = :source"
        " union all select null, raw from problems where source = :source",
        {"source": source},
    )
    for id, raw in rows:
        yield id or f"\n{raw}"


def _place(position: Position) -> str:
    """What the service is asked for, without what we count on the way."""
    return json.dumps({key: value for key, value in position.items() if key != "given"}, sort_keys=True)


def _add(sum_: Intake, page: Intake) -> None:
    """Add the counts of a page to those of the run."""
    for name in ("pieces", "records", "problems", "new", "changed", "joins", "settled", "doubts"):
        setattr(sum_, name, getattr(sum_, name) + getattr(page, name))
    sum_.joined += page.joined
