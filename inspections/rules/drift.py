"""Has the process moved, and since when? Change points with a p-value that counts the search, and the EWMA. Pure.

The change point is the split of the batches into before and after that the data favour most. Looking for the best of many
splits finds some difference in any series, so its p-value is that of the largest of the statistics of all splits
(D. Siegmund, Sequential Analysis, 1985; D. Siegmund and B. Yakir, The Statistics of Gene Mapping, 2007, ch. 5): the
statistics form an Ornstein-Uhlenbeck process in half the log odds of the share of the data before the split.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import scipy
from numpy.typing import ArrayLike

from inspections.sampling.control_charts import Chart

FEWEST_ON_A_SIDE = 3
FEWEST = 2 * FEWEST_ON_A_SIDE
# In control, one characteristic in about ten shows such a change within 100 batches that are looked at one by one, half
# of them for the better.
SIGNAL = 0.005
OVERDISPERSED = 0.01


SPLIT, SLOW = "split", "ewma"
WEIGHT = 0.2
NEEDED_FOR_SLOW = 25
# How many of its standard errors the moving average is away from the centre when it warns. It is more than the 2.962 of
# known centre and spread, since both come from 25 batches. In control one characteristic in 13 warns within the 75
# batches after those, and within all 100 one in 7 by this or by a split (20,000 simulated: 7.6 % and 14.7 %), half of
# them for the better. Single readings with heavy tails warn more often.
WARNING_WIDTH = 4.0
SLOW_BY_CHANCE, SLOW_WITHIN = 1 / 13, 75


@dataclass(frozen=True, slots=True)
class Change:
    """The most likely split: index of the first batch after it, the level before and after, and the p-value.

    `p` is the chance that a steady process shows a split at least as marked anywhere; of what the moving average saw,
    that it warns within 75 batches.
    """

    first: int
    before: float
    after: float
    p: float
    by: str = SPLIT

    @property
    def size(self) -> float:
        return self.after - self.before

    @property
    def is_signal(self) -> bool:
        return self.by == SLOW or self.p < SIGNAL


def change_in_mean(values: ArrayLike) -> Change | None:
    """In the mean of one value per batch, of whatever spread they have among themselves. None for fewer than six."""
    x = np.asarray(values, float)
    n = len(x)
    if n < FEWEST:
        return None
    k = _splits(n)
    sums, all_of_it = np.cumsum(x - x.mean())[k - 1], 0.0
    before, after = sums / k, (all_of_it - sums) / (n - k)
    squares = ((x - x.mean()) ** 2).sum()
    between = sums**2 / k + sums**2 / (n - k)
    if squares <= 1e-24 * max(1.0, float((x**2).sum())):
        return None  # every value is the same
    best = int(between.argmax())
    share = min(float(between[best] / squares), 1.0)
    t = sqrt(share * (n - 2) / (1 - share)) if share < 1 else np.inf
    p = _chance(_as_normal(t, n - 2), np.ones(n))
    return Change(int(k[best]), float(x.mean() + before[best]), float(x.mean() + after[best]), p)


def change_in_spread(sds: ArrayLike, sizes: ArrayLike) -> Change | None:
    """In the standard deviation within batches, by the mean of its logarithm. Levels are pooled standard deviations.

    None for fewer than six batches, batches of one unit, or one without spread.
    """
    sd, n = np.asarray(sds, float), np.asarray(sizes, float)
    if len(sd) < FEWEST or np.any(n < 2) or not np.all(sd > 0):
        return None
    found = change_in_mean(np.log(sd))
    if found is None:
        return None
    before, after = (
        sqrt(float(((n - 1) * sd**2)[part].sum() / (n - 1)[part].sum()))
        for part in (slice(found.first), slice(found.first, None))
    )
    return Change(found.first, before, after, found.p)


def change_in_rate(counts: ArrayLike, sizes: ArrayLike, *, several_per_unit: bool = False) -> Change | None:
    """In the share of nonconforming units (binomial), or in nonconformities per unit (Poisson).

    By the signed root of the likelihood ratio, divided by the root of the dispersion where the batches, or those of one
    side, differ more than chance explains: one odd batch is no change. None for fewer than six batches, or while nothing
    was found.
    """
    x, n = np.asarray(counts, float), np.asarray(sizes, float)
    total, units = float(x.sum()), float(n.sum())
    if len(x) < FEWEST or not total or (total >= units and not several_per_unit):
        return None
    k = _splits(len(x))
    found, looked_at = np.cumsum(x)[k - 1], np.cumsum(n)[k - 1]

    def likelihood(some: np.ndarray | float, of: np.ndarray | float) -> np.ndarray:
        bad = scipy.special.xlogy(some, some / of)
        return bad if several_per_unit else bad + scipy.special.xlogy(of - some, 1 - some / of)

    ratio = likelihood(found, looked_at) + likelihood(total - found, units - looked_at) - likelihood(total, units)
    best = int(ratio.argmax())
    root = sqrt(2 * max(float(ratio[best]), 0.0))
    first = int(k[best])
    before = float(found[best] / looked_at[best])
    after = float((total - found[best]) / (units - looked_at[best]))
    is_after = np.arange(len(x)) >= first
    expected = np.where(is_after, after, before) * n
    variance = expected if several_per_unit else expected * (1 - expected / n)
    squares = np.divide((x - expected) ** 2, variance, out=np.zeros(len(x)), where=variance > 0)
    return Change(first, before, after, _chance(_dispersed(root, squares, variance, n, is_after), n))


def _dispersed(root: float, squares: np.ndarray, variance: np.ndarray, n: np.ndarray, is_after: np.ndarray) -> float:
    """`root` as a normal deviate, less where batches differ more than chance explains: all of them by one dispersion, or
    those of each side by its own, weighed as B. L. Welch (1947) weighs two variances; the lesser of both.
    """

    def dispersion(part: np.ndarray, estimated: int) -> tuple[float, int]:
        """How many times the variance that chance explains, 1 unless it is surely more; its degrees of freedom."""
        statistic, degrees = float(squares[part].sum()), max(int((variance[part] > 0).sum()) - estimated, 1)
        return (statistic / degrees if scipy.stats.chi2.sf(statistic, degrees) < OVERDISPERSED else 1.0), degrees

    z = root
    common, degrees = dispersion(np.ones(len(n), bool), 2)
    if common > 1:
        z = _as_normal(root / sqrt(common), degrees)
    sides = [(*dispersion(side, 1), float(variance[side].sum() / n[side].sum() ** 2)) for side in (is_after, ~is_after)]
    if any(times > 1 for times, _degrees, _explained in sides):
        real = [(times * explained, of_side) for times, of_side, explained in sides]
        total = sum(own for own, _of_side in real)
        freedom = total**2 / sum(own**2 / of_side for own, of_side in real)
        z = min(z, _as_normal(root / sqrt(total / sum(explained for *_, explained in sides)), freedom))
    return z


def _splits(n: int) -> np.ndarray:
    """How many batches stand before each split that is looked at."""
    return np.arange(FEWEST_ON_A_SIDE, n - FEWEST_ON_A_SIDE + 1)


def _as_normal(t: float, degrees: float) -> float:
    """The normal deviate that is as rare as a t statistic."""
    return -float(scipy.special.ndtri_exp(scipy.stats.t.logsf(t, degrees))) if np.isfinite(t) else np.inf


def _chance(z: float, weights: np.ndarray) -> float:
    """That the largest statistic of all splits reaches z, where batch i holds `weights[i]` of the data."""
    if not np.isfinite(z):
        return 0.0
    share = (np.cumsum(weights) / weights.sum())[_splits(len(weights)) - 1]
    step = weights[_splits(len(weights)) - 1] / weights.sum() / (2 * share * (1 - share))
    x = max(z, 1e-6) * np.sqrt(2 * step) / 2
    overshoot = (scipy.special.ndtr(x) - 0.5) / x / (x * scipy.special.ndtr(x) + scipy.stats.norm.pdf(x))
    return min(
        1.0,
        2 * float(scipy.stats.norm.sf(z)) + 2 * z * float(scipy.stats.norm.pdf(z)) * float((overshoot * step).sum()),
    )


@dataclass(frozen=True, slots=True)
class Ewma:
    """The exponentially weighted moving average of a chart's points with its limits, and which points lie beyond."""

    points: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @property
    def outside(self) -> list[int]:
        return [int(index) for index in np.flatnonzero((self.points < self.lower) | (self.points > self.upper))]


def ewma(chart: Chart, *, weight: float = WEIGHT, width: float = 2.962) -> Ewma:
    """Of the points of a control chart, around its centre, with exact limits also at the beginning.

    The default weight and width give a false alarm in 500 points when the centre and the spread are known (J. M. Lucas
    and M. S. Saccucci, 1990).
    """
    points, variances = np.empty(len(chart.points)), np.empty(len(chart.points))
    level, variance = chart.centre, 0.0
    for index, (value, sigma) in enumerate(zip(chart.points, chart.sigma, strict=True)):
        level = weight * value + (1 - weight) * level
        variance = weight**2 * sigma**2 + (1 - weight) ** 2 * variance
        points[index], variances[index] = level, variance
    half = width * np.sqrt(variances)
    return Ewma(points, chart.centre - half, chart.centre + half)


def slow_drift(points: ArrayLike, *, base: np.ndarray, watched: np.ndarray, least: float = 0.0) -> int | None:
    """The first batch of a drift that the moving average shows at the newest batch; None where it shows none.

    It begins at the centre after the batches of `base`, and once more after each gap in `watched`. Centre and spread are
    those of `base`, the spread by its moving ranges and never below `least`. The drift began when the average last
    crossed the centre (K. Nishina, 1992).
    """
    x = np.asarray(points, float)
    if len(base) < NEEDED_FOR_SLOW:
        return None
    centre, spread = float(x[base].mean()), max(float(np.abs(np.diff(x[base])).mean()) * sqrt(np.pi) / 2, least)
    level, first, previous = 0.0, None, int(base[-1])
    for index in watched[watched > base[-1]]:
        before = level if index == previous + 1 else 0.0
        level = (1 - WEIGHT) * before + WEIGHT * float(x[index] - centre)
        if before * level <= 0:
            first = int(index)
        previous = int(index)
    return first if abs(level) > WARNING_WIDTH * spread * sqrt(WEIGHT / (2 - WEIGHT)) else None


def once_in(p: float) -> int | None:
    """How many steady histories it takes on average to see one like this: a round number; None for p of 0."""
    if p <= 0:
        return None
    many = 1 / p
    digits = max(len(str(int(many))) - 2, 0)
    return max(1, round(many / 10**digits)) * 10**digits
