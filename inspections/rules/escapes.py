"""What returns from the market say about the inspections before it: changes, and escapes that are more than chance. Pure.

An escape is a nonconformity that a customer found and an inspection did not.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import scipy

# Assumed shares of the shipped units that may come back for one characteristic before its class is in doubt. Only a few
# of those that are hit complain, so they are far below the AQL of the class. Nothing is said of what has no escapes.
TOLERATED = {"critical": 0.0001, "major": 0.001, "minor": 0.005}
NEXT_CLASS = {"minor": "major", "major": "critical"}
# A characteristic that is to be added begins as a major one.
NEW_CLASS = "major"
FEWEST = 3
HARDLY = 0.01
PERHAPS = 0.05

Chance = Literal["not_judged", "none", "could_be", "doubtful", "hardly"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """So many escapes among so many units that were shipped, from so many batches, since a day (ISO).

    `chance`: of seeing at least as many where the true share is `tolerated` (exact binomial).
    """

    escapes: int
    shipped: int
    batches: int
    since: str
    tolerated: float
    chance: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def evidence(escapes: int, shipped: int, *, batches: int, since: str, nonconformity_class: str) -> Evidence:
    """Units that came back were shipped, whatever the records of shipments say, so there are at least as many."""
    tolerated = TOLERATED[nonconformity_class]
    chance = float(scipy.stats.binom.sf(escapes - 1, max(shipped, escapes), tolerated))
    return Evidence(escapes, shipped, batches, since, tolerated, chance)


def is_convincing(found: Evidence) -> bool:
    """Enough to propose something. Without a record of shipments there is no rate, and so no proposal; one that says less
    than came back is doubted elsewhere, and silences nothing."""
    return found.escapes >= FEWEST and found.shipped > 0 and found.chance < HARDLY


def is_new_evidence(found: Evidence, dismissed: Evidence) -> bool:
    """After a dismissal the same is proposed again only when there is twice as much of it."""
    return found.escapes >= 2 * dismissed.escapes


@dataclass(frozen=True, slots=True)
class Change:
    """Counts of two periods, and how many units were with customers to come back in each."""

    now: int
    before: int
    units_now: int
    units_before: int

    @property
    def is_rise(self) -> bool:
        """Whether the rate rose; of the counts, where there is no rate."""
        if not self.units_now or not self.units_before:
            return self.now > self.before
        return self.now * self.units_before > self.before * self.units_now

    @property
    def chance(self) -> float | None:
        """The two-sided chance of counts at least as far apart as these where both periods have the same rate; None where
        nothing was there to come back in one of them, so that there is no rate.

        Given their sum, each count is binomial with its share of the units: the exact conditional test of two Poisson
        rates (J. Przyborowski and H. Wilenski, 1940).
        """
        if not self.units_now or not self.units_before:
            return None
        if not self.now + self.before:
            return 1.0
        share = self.units_now / (self.units_now + self.units_before)
        return float(scipy.stats.binomtest(self.now, self.now + self.before, share).pvalue)

    @property
    def verdict(self) -> Chance:
        """not_judged: there is no rate; none: no change; could_be, doubtful, hardly: whether the change is chance."""
        if self.chance is None:
            return "not_judged"
        if self.now * self.units_before == self.before * self.units_now:
            return "none"
        return "hardly" if self.chance < HARDLY else "doubtful" if self.chance < PERHAPS else "could_be"
