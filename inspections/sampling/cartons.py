"""What a plan is worth where units of one carton resemble each other and not every carton is opened.

The curves of a plan are those of units drawn at random from the whole lot (ISO 2859-1 clause 8.1).
"""

import numpy as np
import scipy

from .errors import SamplingError
from .plans import UNITS, Plan


def pa_of_whole_cartons(plan: Plan, p: float, *, cartons: int, opened: int) -> float:
    """The chance that a lot passes whose nonconforming units fill whole cartons, where `opened` of them are opened.

    How many bad cartons are opened is hypergeometric; the sample is spread evenly over those opened, so each bad one gives
    its share of it, and what does not come out even is given to each with its chance. A plan of several samples is judged by
    all of them together.
    """
    bad = min(max(round(p * cartons), 1 if p else 0), cartons)
    least, more = divmod(plan.sample_size, opened)
    acceptance = plan.rejection - 1
    # With more bad ones opened than this no lot passes: thousands of cartons cost no more than the acceptance number.
    found = np.arange(min(opened, bad, acceptance // least if least else opened) + 1)
    # Of the bad ones that are opened some give one unit more: hypergeometric as well.
    passes = (
        scipy.stats.hypergeom.cdf(acceptance - least * found, opened, more, found)
        if more
        else least * found <= acceptance
    )
    return min(float((scipy.stats.hypergeom.pmf(found, cartons, bad, opened) * passes).sum()), 1.0)


def pa_of_alike_units(plan: Plan, p: float, *, opened: int, correlation: float) -> float:
    """The chance that a lot passes whose cartons have shares of nonconforming units of their own, `p` on average.

    Shares follow a beta distribution, so what is found in a carton is beta-binomial, and two units of one carton are
    correlated by `correlation`: 0 is the binomial distribution, 1 whole cartons good or bad. The sample is spread evenly
    over `opened` cartons, which are drawn at random from many. A plan of several samples is judged by all of them together.
    Raises SamplingError for a correlation outside of 0 to 1, fewer than one carton, or a plan that counts nonconformities.
    """
    if not 0 <= correlation <= 1:
        raise SamplingError("number", field="correlation", value=correlation, lowest=0, highest=1)
    if opened < 1:
        raise SamplingError("whole_number", field="opened", value=opened, lowest=1)
    if plan.counts != UNITS:
        raise SamplingError("counts", field="counts", value=plan.counts)
    opened = min(opened, plan.sample_size)
    least, more = divmod(plan.sample_size, opened)
    kept = plan.rejection  # counts from 0 to the largest that accepts
    found = _convolved(_found_in_one(least + 1, p, correlation, kept), more, kept)
    found = np.convolve(found, _convolved(_found_in_one(least, p, correlation, kept), opened - more, kept))[:kept]
    return float(min(found.sum(), 1.0))


def _found_in_one(units: int, p: float, correlation: float, kept: int) -> np.ndarray:
    """P(so many nonconforming among the units taken from one carton), for the first counts."""
    counts = np.arange(kept)
    if correlation == 0 or p in (0, 1):
        return np.asarray(scipy.stats.binom.pmf(counts, units, p))
    if correlation == 1:
        return np.where(counts == 0, 1 - p, 0.0) + np.where(counts == units, p, 0.0)
    # As products, which hold at every correlation; the beta functions of the textbook lose all digits near 0 and near 1.
    alike, good, last = correlation / (1 - correlation), 1 - p, min(kept, units + 1)
    before = np.arange(units)
    none = np.log((good + before * alike) / (1 + before * alike)).sum()
    k = np.arange(last - 1)
    steps = np.log((units - k) / (k + 1)) + np.log(p + k * alike) - np.log(good + (units - k - 1) * alike)
    found = np.zeros(kept)
    found[:last] = np.exp(none + np.concatenate([[0.0], np.cumsum(steps)]))
    return found


def _convolved(one: np.ndarray, times: int, kept: int) -> np.ndarray:
    """The distribution of the sum over so many cartons, for the first counts."""
    total = np.zeros(kept)
    total[0] = 1.0
    while times:
        if times & 1:
            total = np.convolve(total, one)[:kept]
        one, times = np.convolve(one, one)[:kept], times >> 1
    return total
