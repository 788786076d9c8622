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

Chance = Literal["none", "could_be", "doubtful", "hardly"]


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
    """Enough to propose something. Without a record of shipments there is no rate, and so no proposal."""
    return found.escapes >= FEWEST and found.shipped >= found.escapes and found.chance < HARDLY


def is_new_evidence(found: Evidence, dismissed: Evidence) -> bool:
    """After a dismissal the same is proposed again only when there is twice as much of it."""
    return found.escapes >= 2 * dismissed.escapes


def change_by_chance(now: int, before: int) -> float:
    """The two-sided chance of counts at least as far apart as these where both weeks have the same rate.

    Given their sum, each count is binomial with one half: the exact conditional test of two Poisson rates
    (J. Przyborowski and H. Wilenski, 1940). It takes as many units to be with customers in both weeks.
    """
    return 1.0 if now == before else float(scipy.stats.binomtest(now, now + before, 0.5).pvalue)


def verdict_on_change(now: int, before: int) -> Chance:
    """none: no change; could_be, doubtful, hardly: whether the change is chance."""
    if now == before:
        return "none"
    chance = change_by_chance(now, before)
    return "hardly" if chance < HARDLY else "doubtful" if chance < PERHAPS else "could_be"
