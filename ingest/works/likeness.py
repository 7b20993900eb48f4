"""What was found in comparing two descriptions, in points and in words."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Points from which two descriptions are one work. A title of four words or more gives 5, the first
#: author 2, the year 1; a further agreement must pay for anything that disagrees.
JOIN = 7.5
_DOUBT = 4.5


@dataclass(slots=True)
class Likeness:
    """What was found in comparing two descriptions; ``conflict`` is why they can never be one work.

    ``title`` is how the titles stand (``ingest.works.titles.relate``); ``identified`` says that they share an
    identifier of the work; ``page`` is 1 where both begin on one page, -1 where not, 0 if not known;
    ``weight`` counts the words of its own that the poorer title has; ``conflicts`` all that forbid it;
    ``told_alike`` says that a long title, the first author and the year agree, as people tell works apart.
    """

    score: float = 0.0
    conflict: str = ""
    title: str = ""
    same: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    identified: bool = False
    page: int = 0
    weight: int = 0
    conflicts: int = 0
    told_alike: bool = False

    @property
    def joins(self) -> bool:
        """Whether the two are one work as far as they themselves go."""
        return self.score >= JOIN and not self.conflict

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at the two, if they are not joined and nothing known relates them."""
        # An editorial stands in every issue; and what two things forbid is hardly in doubt.
        if self.conflict and not self.identified and (self.weight < 4 or self.conflicts > 1):
            return False
        if self.title in ("same", "near", "contained", ""):
            return self.told_alike or self.score >= _DOUBT
        # A title may change on the way to print; two papers of one team have titles as like as that.
        return self.title == "akin" and self.score >= _DOUBT + 1 and not self.conflict

    def __str__(self) -> str:
        """What is the same, and what is not: "same title, year 2005; pages differ"."""
        same = f"same {', '.join(self.same)}" if self.same else ""
        # "issues and pages differ" need not be told twice.
        others = [name for name in self.different if name not in self.conflict]
        different = f"{', '.join(others)} differ" if others else ""
        return "; ".join(filter(None, (same, different, self.conflict)))

    def add(self, points: float, same: str = "", different: str = "", conflict: str = "") -> None:
        """Count one finding; the first conflict found is the one that is told."""
        self.score += points
        if same:
            self.same.append(same)
        if different:
            self.different.append(different)
        if conflict:
            self.conflict = self.conflict or conflict
            self.conflicts += 1
