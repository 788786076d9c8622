"""Control charts: limits at three standard deviations, and the patterns that chance seldom makes.

Formulas of ISO 7870-2 and of D. C. Montgomery, Introduction to Statistical Quality Control. The factors are computed
for a normal distribution, so they differ from printed tables only by the rounding of those.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, lgamma, sqrt

import numpy as np
import scipy
from numpy.typing import ArrayLike

from .errors import SamplingError

Base = slice | np.ndarray  # which subgroups the centre and the limits come from


@dataclass(frozen=True, slots=True)
class Chart:
    """Points in time order with the centre line and, per point, the standard error and the limits."""

    points: np.ndarray
    centre: float
    sigma: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @property
    def z(self) -> np.ndarray:
        """Distance from the centre in standard errors; 0 where there is no spread."""
        return np.divide(
            self.points - self.centre, self.sigma, out=np.zeros(len(self.points)), where=np.asarray(self.sigma) > 0
        )

    @property
    def outside(self) -> list[int]:
        """Indices of the points beyond the limits."""
        return [int(index) for index in np.flatnonzero((self.points < self.lower) | (self.points > self.upper))]


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule and the points, first to last inclusive, that make its pattern."""

    rule: str
    first: int
    last: int


def xbar_of_summaries(
    means: ArrayLike, spreads: ArrayLike, sizes: ArrayLike, *, of: str = "sd", base: Base = slice(None)
) -> tuple[Chart, Chart]:
    """Charts of means and of spreads where only those are kept of each subgroup; the centres and limits are of `base`.

    `of` is "sd", where the sizes of `base` may differ (Montgomery, eq. 6.30 and 6.31), or "range", where those of `base`
    that are above 1 are one size up to 25. A subgroup has the limits of its own size, and one of another size changes
    those of no other. One of a single unit has a mean, and no spread: nan. Subgroups of one size have the plain average as
    centre, those of several sizes the weighted one.
    """
    mean, n = _finite(means, 1), _finite(sizes, 1)
    has_spread = n > 1
    spread = np.where(has_spread, np.asarray(spreads, float), 0.0)
    _finite(spread, 1)
    chosen = np.zeros(len(n), bool)
    chosen[base] = True
    of_base = chosen & has_spread
    is_one_size = bool(np.all(n[of_base] == n[of_base][0]))
    weights = np.ones(int(chosen.sum())) if np.all(n[chosen] == n[chosen][0]) else n[chosen]
    centre = float(np.average(mean[chosen], weights=weights))
    size = int(n[of_base][0])
    if of == "range":
        typical = float(spread[of_base].mean())
        sd: float | np.ndarray = typical / range_factors(size)[0]
        d2, d3 = (np.array(each) for each in zip(*(range_factors(int(max(m, 2))) for m in n), strict=True))
        spread_centre, spread_sigma = d2 * sd, d3 * sd
    else:
        factors = np.array([c4(int(max(m, 2))) for m in n])
        typical = float(spread[of_base].mean()) if is_one_size else _pooled(spread[of_base], n[of_base])
        sd = typical / c4(size) if is_one_size else np.where(has_spread, typical / factors, typical)
        spread_centre = factors * sd if is_one_size else np.full(len(n), typical)
        spread_sigma = sd * np.sqrt(1 - factors**2)
    unknown = np.where(has_spread, 1.0, np.nan)
    spreads_chart = Chart(
        spread * unknown,
        typical,
        spread_sigma * unknown,
        np.maximum(spread_centre - 3 * spread_sigma, 0) * unknown,
        (spread_centre + 3 * spread_sigma) * unknown,
    )
    return _chart(mean, sd / np.sqrt(n), centre=centre), spreads_chart


def _pooled(sds: np.ndarray, sizes: np.ndarray) -> float:
    return sqrt(float(((sizes - 1) * sds**2).sum()) / float((sizes - 1).sum()))


def individuals_of(values: ArrayLike, *, base: Base = slice(None), within: np.ndarray | None = None) -> Chart:
    """The chart of single values, their limits from the average moving range of `base`.

    `within` are the standard errors that values have by themselves, where they differ: what the moving range shows beyond
    those of `base` is common to all, so that a mean of fewer units has wider limits, and alone.
    """
    points = _finite(values, 2)
    d2, _d3 = range_factors(2)
    sigma: float | np.ndarray = float(np.abs(np.diff(points[base])).mean() / d2)
    if within is not None:
        common = max(sigma**2 - float((within[base] ** 2).mean()), 0.0)
        sigma = np.sqrt(common + within**2)
    return _chart(points, sigma, centre=float(points[base].mean()))


def laney(chart: Chart, *, base: Base = slice(None)) -> Chart:
    """The p' or u' chart (D. B. Laney, 2002): the limits of a p or u chart, times how much the standardized points of `base`
    vary from one to the next."""
    d2, _d3 = range_factors(2)
    times = float(np.abs(np.diff(chart.z[base])).mean() / d2)
    highest = 1.0 if float(np.max(chart.upper)) <= 1 and float(np.max(chart.points)) <= 1 else np.inf
    return _chart(chart.points, chart.sigma * times, centre=chart.centre, lowest=0, highest=highest)


def individuals(readings: Sequence[float]) -> tuple[Chart, Chart]:
    """Charts of single readings and of their moving ranges of two."""
    values = _finite(readings, 2)
    ranges = np.abs(np.diff(values))
    d2, d3 = range_factors(2)
    sd = ranges.mean() / d2
    return _chart(values, sd), _chart(ranges, d3 * sd, lowest=0)


def p_chart(nonconforming: ArrayLike, sizes: ArrayLike, *, base: Base = slice(None)) -> Chart:
    """Fractions nonconforming of samples of one size or of several; centre and limits are those of `base`."""
    counts, n = _counts(nonconforming, sizes)
    if np.any(counts > n):
        raise SamplingError("nonconforming", field="nonconforming", value=int(counts.max()), n=int(n.min()))
    centre = counts[base].sum() / n[base].sum()
    return _chart(counts / n, np.sqrt(centre * (1 - centre) / n), centre=centre, lowest=0, highest=1)


def u_chart(nonconformities: ArrayLike, sizes: ArrayLike = 1, *, base: Base = slice(None)) -> Chart:
    """Nonconformities per unit of samples of one size or of several; a size of 1 makes it a c chart.

    Centre and limits are those of `base`.
    """
    counts, n = _counts(nonconformities, sizes)
    centre = counts[base].sum() / n[base].sum()
    return _chart(counts / n, np.sqrt(centre / n), centre=centre, lowest=0)


def western_electric(chart: Chart) -> list[Signal]:
    """The four zone rules of the Western Electric handbook, 1956."""
    return _signals(chart, _WESTERN_ELECTRIC)


def nelson(chart: Chart) -> list[Signal]:
    """The eight tests for special causes, L. S. Nelson, 1984."""
    return _signals(chart, _NELSON)


@cache
def range_factors(n: int) -> tuple[float, float]:
    """d2 and d3: mean and standard deviation of the range of n standard normal readings."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x, x_weights = 9 * nodes, 9 * weights
    w, w_weights = 9 * (nodes + 1), 9 * weights
    density = np.exp(-(x**2) / 2) / sqrt(2 * np.pi)
    within = n * (
        (scipy.special.ndtr(x[:, None] + w) - scipy.special.ndtr(x[:, None])) ** (n - 1)
        * (density * x_weights)[:, None]
    ).sum(axis=0)
    mean = float(((1 - within) * w_weights).sum())
    square = float((2 * w * (1 - within) * w_weights).sum())
    return mean, sqrt(square - mean**2)


def c4(n: int) -> float:
    """The mean of the standard deviation of n normal readings, in standard deviations."""
    return sqrt(2 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2))


def _chart(
    points: np.ndarray,
    sigma: float | np.ndarray,
    *,
    centre: float | None = None,
    lowest: float = -np.inf,
    highest: float = np.inf,
) -> Chart:
    centre = float(points.mean() if centre is None else centre)
    sigma = np.broadcast_to(np.asarray(sigma, float), points.shape)
    return Chart(points, centre, sigma, np.maximum(centre - 3 * sigma, lowest), np.minimum(centre + 3 * sigma, highest))


# Each pattern takes windows, one a row, and says of each whether it shows the pattern.
Windows = Callable[[np.ndarray], np.ndarray]


def _one_side(z: np.ndarray) -> np.ndarray:
    return np.all(z > 0, axis=1) | np.all(z < 0, axis=1)


def _ends_beyond(limit: float, needed: int) -> Windows:
    """The last point and `needed` in all of the window lie beyond the limit on one side."""

    def pattern(z: np.ndarray) -> np.ndarray:
        towards_last = np.sign(z[:, -1:]) * z
        return (towards_last[:, -1] > limit) & ((towards_last > limit).sum(axis=1) >= needed)

    return pattern


def _trend(z: np.ndarray) -> np.ndarray:
    steps = np.diff(z, axis=1)
    return np.all(steps > 0, axis=1) | np.all(steps < 0, axis=1)


def _alternating(z: np.ndarray) -> np.ndarray:
    steps = np.diff(z, axis=1)
    return np.all(steps[:, 1:] * steps[:, :-1] < 0, axis=1)


def _mixture(z: np.ndarray) -> np.ndarray:
    return np.all(np.abs(z) > 1, axis=1) & (z.min(axis=1) < 0) & (z.max(axis=1) > 0)


_OUTSIDE: tuple[int, Windows] = (1, lambda z: np.abs(z[:, 0]) > 3)
_WESTERN_ELECTRIC: dict[str, tuple[int, Windows]] = {
    "western-electric-1": _OUTSIDE,
    "western-electric-2": (3, _ends_beyond(2, 2)),
    "western-electric-3": (5, _ends_beyond(1, 4)),
    "western-electric-4": (8, _one_side),
}
_NELSON: dict[str, tuple[int, Windows]] = {
    "nelson-1": _OUTSIDE,
    "nelson-2": (9, _one_side),
    "nelson-3": (6, _trend),
    "nelson-4": (14, _alternating),
    "nelson-5": (3, _ends_beyond(2, 2)),
    "nelson-6": (5, _ends_beyond(1, 4)),
    "nelson-7": (15, lambda z: np.all(np.abs(z) < 1, axis=1)),
    "nelson-8": (8, _mixture),
}


# "Two of three" is there as soon as two are: the points before the first count as none.
_FROM_THE_FIRST = {"western-electric-2", "western-electric-3", "nelson-5", "nelson-6"}


def _signals(chart: Chart, rules: dict[str, tuple[int, Windows]]) -> list[Signal]:
    if not np.any(chart.sigma > 0):
        return []
    found = []
    for rule, (length, pattern) in rules.items():
        before = length - 1 if rule in _FROM_THE_FIRST else 0
        z = np.concatenate([np.zeros(before), chart.z])
        if length > len(z):
            continue
        for start in np.flatnonzero(pattern(np.lib.stride_tricks.sliding_window_view(z, length))):
            first = int(start) - before
            found.append(Signal(rule, max(first, 0), first + length - 1))
    return found


def _finite(readings: ArrayLike, needed: int) -> np.ndarray:
    values = np.atleast_1d(np.asarray(readings, float))
    found = int(np.isfinite(values).sum())
    if found < max(needed, len(values)):
        raise SamplingError("readings", field="readings", found=found, needed=max(needed, len(values)))
    return values


def _counts(counts: ArrayLike, sizes: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    found = _finite(counts, 1)
    n = np.broadcast_to(_finite(sizes, 1), found.shape)
    if np.any(found < 0) or np.any(n <= 0):
        raise SamplingError("whole_number", field="nonconforming", value=float(found.min()), lowest=0)
    return found, n
