"""Plans that are computed rather than looked up: by limiting quality, c=0, a percentage, a fixed number, the whole lot."""

from fractions import Fraction
from functools import lru_cache
from math import ceil, exp, fsum, log1p
from math import log as logarithm

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


def c0_sample_size(lot_size: int, ltpd: Fraction, consumer_risk: Fraction) -> int:
    """The smallest sample that accepts on zero a lot as bad as the LTPD with at most the consumer's risk.

    As `limiting_quality_plan` with an acceptance number of 0.
    """
    return limiting_quality_plan(lot_size, ltpd, consumer_risk, 0)[0]


@lru_cache(maxsize=4096)
def limiting_quality_plan(
    lot_size: int, limiting_quality: Fraction, consumer_risk: Fraction, acceptance: int
) -> tuple[int, int]:
    """(n, Ac): the smallest sample that accepts a lot at the limiting quality with at most the consumer's risk.

    In the manner of ISO 2859-2 for isolated lots: exactly hypergeometric for this lot. `limiting_quality` is in percent of
    the lot; the lot at it has that many nonconforming units, rounded up to the first lot that is at least as bad. `consumer_risk`
    is a fraction. Ac is the one asked for, or one below what such a lot holds: else no sample could reject it.
    """
    highest_risk = float(consumer_risk) * (1 + 1e-12)  # a risk met exactly is met, whatever the rounding
    nonconforming = max(1, ceil(lot_size * limiting_quality / 100))
    acceptance = min(acceptance, nonconforming - 1)

    def is_enough(sample_size: int) -> bool:
        return chance_of_at_most(acceptance, lot_size, nonconforming, sample_size) <= highest_risk

    # From small samples up: a chance takes as many steps as the sample has units, or the lot nonconforming ones.
    too_few, enough = acceptance, min(acceptance + 1, lot_size)
    while enough < lot_size and not is_enough(enough):
        too_few, enough = enough, min(2 * enough, lot_size)
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if is_enough(middle):
            enough = middle
        else:
            too_few = middle
    return enough, acceptance


def chance_of_at_most(most: int, lot_size: int, nonconforming: int, sample_size: int) -> float:
    """P(at most so many nonconforming units in the sample), hypergeometric, from its fewest on term by term."""
    good = lot_size - nonconforming
    fewest = max(0, sample_size - good)
    if most >= min(sample_size, nonconforming):
        return 1.0
    if most < fewest:
        return 0.0
    # The first term over the fewer of its equal products, in logarithms: of large samples it is smaller than any number.
    if fewest:
        unseen = lot_size - sample_size
        log = fsum(log1p(-good / (lot_size - i)) for i in range(unseen))
    else:
        few, many = sorted((sample_size, nonconforming))
        log = fsum(log1p(-many / (lot_size - i)) for i in range(few))
    total = exp(log)
    for found in range(fewest, most):
        log += logarithm(
            (nonconforming - found) * (sample_size - found) / ((found + 1) * (good - sample_size + found + 1))
        )
        total += exp(log)
    return min(total, 1.0)
