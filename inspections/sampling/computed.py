"""Plans that are computed rather than looked up: c=0, a percentage, a fixed number, the whole lot."""

from fractions import Fraction
from functools import lru_cache
from math import ceil, prod

from .plans import UNITS, Plan


def plan_of(sample_size: int, lot_size: int, acceptance: int, *, kind: str, severity: str, counts: str = UNITS) -> Plan:
    """A plan in one stage, never larger than the lot."""
    return Plan(
        sample_size=min(sample_size, lot_size),
        acceptance=acceptance,
        rejection=acceptance + 1,
        inspect_all=sample_size >= lot_size,
        code_letter=None,
        effective_letter=None,
        severity=severity,
        kind=kind,
        standard=None,
        aql=None,
        counts=counts,
    )


def percentage_sample_size(lot_size: int, percent: Fraction, *, lowest: int, highest: int | None) -> int:
    """`percent` of the lot, rounded up, and at least `lowest` and at most `highest` units."""
    size = max(ceil(lot_size * percent / 100), lowest)
    return size if highest is None else min(size, highest)


@lru_cache(maxsize=4096)
def c0_sample_size(lot_size: int, ltpd: Fraction, consumer_risk: Fraction) -> int:
    """The smallest sample that accepts on zero a lot as bad as the LTPD with at most the consumer's risk.

    Hypergeometric, so exact for small lots. `ltpd` is in percent of the lot; the lot at the LTPD has that many
    nonconforming units, rounded up to the first lot that is at least as bad. `consumer_risk` is a fraction.
    """
    highest_risk = float(consumer_risk) * (1 + 1e-12)  # a risk met exactly is met, whatever the rounding
    nonconforming = max(1, ceil(lot_size * ltpd / 100))
    good = lot_size - nonconforming

    def risk(sample_size: int) -> float:
        """P(no nonconforming unit in the sample): C(good, n) / C(lot, n), over the fewer of its two equal products."""
        if sample_size > good:
            return 0.0
        if sample_size <= nonconforming:
            return prod((good - i) / (lot_size - i) for i in range(sample_size))
        return prod((lot_size - sample_size - i) / (lot_size - i) for i in range(nonconforming))

    enough, too_few = lot_size, 0
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if risk(middle) <= highest_risk:
            enough = middle
        else:
            too_few = middle
    return enough
