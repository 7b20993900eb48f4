"""How far two coders agree on the tags that both decided on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from corpus.errors import EvidenceError
from corpus.store import Store
from corpus.verdict import Verdict
from ingest.tagging.kappa import cohen_kappa
from kb.deciding_tags import Decider
from kb.deciding_tags_import import read_verdicts
from kb.deciding_tags_replay import current

#: (record, theme, direction) -> whether the coder says that the tag is right.
Codes = Mapping[tuple[str, str, str | None], bool]

#: Half the width of a 95 % interval, in standard errors.
_NORMAL = 1.96


@dataclass(frozen=True, slots=True)
class Table:
    """What two coders said of the same tags: both yes, only the first, only the second, both no."""

    yes_yes: int
    yes_no: int
    no_yes: int
    no_no: int

    @property
    def n(self) -> int:
        """The tags that both decided on."""
        return self.yes_yes + self.yes_no + self.no_yes + self.no_no

    @property
    def agreement(self) -> float:
        """The share on which they agree; 0 where there is nothing."""
        return (self.yes_yes + self.no_no) / self.n if self.n else 0.0

    @property
    def chance(self) -> float:
        """The share on which coders with these rates of yes would agree by chance."""
        if not self.n:
            return 0.0
        first, second = self.yes_yes + self.yes_no, self.yes_yes + self.no_yes
        return (first * second + (self.n - first) * (self.n - second)) / self.n**2

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; ``None`` where both gave one and the same answer throughout, or none."""
        if not self.n or self.chance == 1:
            return None
        counts = ((True, True), self.yes_yes), ((True, False), self.yes_no), ((False, True), self.no_yes)
        pairs = [pair for pair, count in (*counts, ((False, False), self.no_no)) for _ in range(count)]
        return cohen_kappa(pairs)

    @property
    def error(self) -> float | None:
        """The standard error of kappa: sqrt(po (1 - po) / (n (1 - pe)^2)).

        Cohen, Educational and Psychological Measurement 20, 1960.
        """
        if self.kappa is None:
            return None
        return sqrt(self.agreement * (1 - self.agreement) / (self.n * (1 - self.chance) ** 2))

    def to_dict(self) -> dict[str, Any]:
        """Counts and figures for JSON, shares with three decimals; the interval is of 95 %."""
        kappa, error = self.kappa, self.error
        interval = None
        if kappa is not None and error is not None:
            interval = [
                round(max(-1.0, kappa - _NORMAL * error), 3),
                round(min(1.0, kappa + _NORMAL * error), 3),
            ]
        return {
            "n": self.n,
            "agreement": round(self.agreement, 3),
            "kappa": None if kappa is None else round(kappa, 3),
            "error": None if error is None else round(error, 3),
            "interval": interval,
            "yes_yes": self.yes_yes,
            "yes_no": self.yes_no,
            "no_yes": self.no_yes,
            "no_no": self.no_no,
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """Two coders: the table in all and by theme, tags that only one of them decided on, where they differ."""

    first: str
    second: str
    total: Table
    themes: Mapping[str, Table]
    only_first: int
    only_second: int
    differing: Sequence[tuple[str, str, str | None]]

    def summary(self) -> str:
        """One line: who, on how many, how far."""
        table = self.total.to_dict()
        said = f"{self.first} and {self.second} both decided on {table['n']} tags"
        if table["n"]:
            said += f" and agree on {table['agreement']:.0%}; kappa "
            if table["kappa"] is None:
                said += "is not defined, since both always gave the same answer"
            else:
                low, high = table["interval"]
                said += f"{table['kappa']:.2f} (95 % {low:.2f} to {high:.2f})"
        return f"{said}. Only {self.first}: {self.only_first}, only {self.second}: {self.only_second}."

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "all": self.total.to_dict(),
            "themes": {theme: table.to_dict() for theme, table in self.themes.items()},
            "only_first": self.only_first,
            "only_second": self.only_second,
            "differing": [
                {"record": record, "theme": theme, "direction": direction}
                for record, theme, direction in self.differing
            ],
        }


def compare(names: tuple[str, str], first: Codes, second: Codes) -> Compared:
    """The agreement of two coders on the (record, theme, direction) that both decided on."""
    first, second = _spread(first, second), _spread(second, first)
    both = sorted(first.keys() & second.keys(), key=lambda key: (key[1], key[0], key[2] or ""))
    themes = {
        theme: _table((first[key], second[key]) for key in both if key[1] == theme)
        for theme in dict.fromkeys(key[1] for key in both)
    }
    return Compared(
        *names,
        total=_table((first[key], second[key]) for key in both),
        themes=themes,
        only_first=len(first.keys() - second.keys()),
        only_second=len(second.keys() - first.keys()),
        differing=[key for key in both if first[key] != second[key]],
    )


def compare_coders(store: Store, coders: Sequence[str]) -> Compared:
    """The agreement of two people by their decisions in the file; raises ``EvidenceError`` for others."""
    made = [verdict for verdict in current(store) if not verdict.undone_at]
    return _compare(made, coders, str(store.path))


def compare_sheets(decider: Decider, paths: Sequence[Path]) -> tuple[Compared, list[str]]:
    """The agreement of two sheets, or of the two coders of one; and the rows that were not understood."""
    left: list[str] = []
    read = [list(read_verdicts(decider, path, left)) for path in paths]
    if len(paths) == 1:
        coders = list(dict.fromkeys(verdict.decided_by for verdict in read[0]))
        return _compare(read[0], coders, str(paths[0])), left
    names = (paths[0].name, paths[1].name)
    if names[0] == names[1]:
        names = (str(paths[0]), str(paths[1]))
    return compare(names, codes(read[0]), codes(read[1])), left


def codes(made: Iterable[Verdict]) -> dict[tuple[str, str, str | None], bool]:
    """What one coder said of each tag at last."""
    said: dict[tuple[str, str, str | None], bool] = {}
    for verdict in made:
        if verdict.kind == "reject" and verdict.direction is None:
            # A theme that is rejected as a whole is so in every direction.
            said |= dict.fromkeys((key for key in said if key[:2] == verdict.key[:2]), False)
        said[verdict.key] = verdict.kind != "reject"
    return said


def _spread(said: Codes, other: Codes) -> dict[tuple[str, str, str | None], bool]:
    """The same with each theme that was rejected as a whole in the directions that the other coder names."""
    spread = dict(said)
    for key in other:
        whole = (key[0], key[1], None)
        if key not in said and said.get(whole) is False:
            spread.pop(whole, None)
            spread[key] = False
    return spread


def _compare(made: Sequence[Verdict], coders: Sequence[str], where: str) -> Compared:
    known = list(dict.fromkeys(verdict.decided_by for verdict in made))
    unknown = [coder for coder in coders if coder not in known]
    if unknown or len(set(coders)) != 2:
        said = f"`{unknown[0]}` is none of its coders" if unknown else "agreement is between two coders"
        raise EvidenceError(
            f"{where}: {said}; it has decisions of {', '.join(filter(None, known)) or 'none'}."
        )
    one, other = coders
    return compare(
        (one, other),
        codes(verdict for verdict in made if verdict.decided_by == one),
        codes(verdict for verdict in made if verdict.decided_by == other),
    )


def _table(pairs: Iterable[tuple[bool, bool]]) -> Table:
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for pair in pairs:
        counts[pair] += 1
    return Table(*counts.values())
