"""What people decided about descriptions, as the joining of descriptions asks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from corpus import decision
from corpus.store import Store
from ingest.works.dedupe import Verdicts


class Judgement:
    """The decisions of a file that stand, looked up by fingerprint."""

    def __init__(self, store: Store) -> None:
        """All that was decided up to now."""
        self._kinds = decision.standing(decision.decisions(store))
        self._partners: dict[str, set[str]] = defaultdict(set)
        for first, second in self._kinds:
            self._partners[first].add(second)
            self._partners[second].add(first)

    def __contains__(self, fingerprint: str) -> bool:
        """Whether anything was decided about that description."""
        return fingerprint in self._partners

    def together(self, fingerprint: str) -> list[str]:
        """The descriptions that are of one work with that one, sorted."""
        partners = self._partners.get(fingerprint, ())
        return sorted(partner for partner in partners if self.kind(fingerprint, partner) == "merge")

    def kind(self, one: str, other: str) -> decision.Kind | None:
        """What was decided of the two: "merge", "split" or nothing."""
        return self._kinds.get((one, other) if one < other else (other, one))

    def verdicts(self, fingerprints: Iterable[str]) -> Verdicts:
        """What was decided among those descriptions."""
        among = {each for each in fingerprints if each in self._partners}
        pairs = {
            (one, other): self._kinds[one, other]
            for one in among
            for other in self._partners[one] & among
            if one <= other
        }
        return Verdicts(
            frozenset(pair for pair, kind in pairs.items() if kind == "merge"),
            frozenset(pair for pair, kind in pairs.items() if kind == "split"),
        )

    @property
    def apart(self) -> list[tuple[str, str]]:
        """Every pair that is of two works."""
        return [pair for pair, kind in self._kinds.items() if kind == "split"]
