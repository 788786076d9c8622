"""Control charts: limits at three standard deviations, and the patterns that chance seldom makes.

Formulas of ISO 7870-2 and of D. C. Montgomery, Introduction to Statistical Quality Control. The factors are computed
for a normal distribution, so they differ from printed tables only by the rounding of those.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, lgamma, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from .errors import SamplingError


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


def xbar_r(subgroups: Sequence[Sequence[float]]) -> tuple[Chart, Chart]:
    """Charts of subgroup means and ranges, spread from the average range. Subgroups of one size, 2 to 25."""
    groups = _subgroups(subgroups)
    n = groups.shape[1]
    ranges = groups.max(axis=1) - groups.min(axis=1)
    d2, d3 = range_factors(n)
    sd = ranges.mean() / d2
    return _chart(groups.mean(axis=1), sd / sqrt(n)), _chart(ranges, d3 * sd, lowest=0)


def xbar_s(subgroups: Sequence[Sequence[float]]) -> tuple[Chart, Chart]:
    """Charts of subgroup means and standard deviations. Subgroups of one size, at least 2."""
    groups = _subgroups(subgroups)
    n = groups.shape[1]
    deviations = groups.std(axis=1, ddof=1)
    factor = c4(n)
    sd = deviations.mean() / factor
    return _chart(groups.mean(axis=1), sd / sqrt(n)), _chart(deviations, sd * sqrt(1 - factor**2), lowest=0)


def individuals(readings: Sequence[float]) -> tuple[Chart, Chart]:
    """Charts of single readings and of their moving ranges of two."""
    values = _finite(readings, 2)
    ranges = np.abs(np.diff(values))
    d2, d3 = range_factors(2)
    sd = ranges.mean() / d2
    return _chart(values, sd), _chart(ranges, d3 * sd, lowest=0)


def p_chart(nonconforming: Sequence[int], sizes: int | Sequence[int]) -> Chart:
    """Fractions nonconforming of samples of one size or of several."""
    counts, n = _counts(nonconforming, sizes)
    if np.any(counts > n):
        raise SamplingError("nonconforming", field="nonconforming", value=int(counts.max()), n=int(n.min()))
    centre = counts.sum() / n.sum()
    return _chart(counts / n, np.sqrt(centre * (1 - centre) / n), centre=centre, lowest=0, highest=1)


def u_chart(nonconformities: Sequence[int], sizes: int | Sequence[int] = 1) -> Chart:
    """Nonconformities per unit of samples of one size or of several; a size of 1 makes it a c chart."""
    counts, n = _counts(nonconformities, sizes)
    centre = counts.sum() / n.sum()
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
    within = n * ((ndtr(x[:, None] + w) - ndtr(x[:, None])) ** (n - 1) * (density * x_weights)[:, None]).sum(axis=0)
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


def _one_side(z: np.ndarray) -> bool:
    return bool(np.all(z > 0) or np.all(z < 0))


def _ends_beyond(limit: float, needed: int) -> Callable[[np.ndarray], bool]:
    """The last point and `needed` in all of the window lie beyond the limit on one side."""

    def pattern(z: np.ndarray) -> bool:
        towards_last = np.sign(z[-1]) * z
        return bool(towards_last[-1] > limit and (towards_last > limit).sum() >= needed)

    return pattern


_OUTSIDE = (1, lambda z: bool(abs(z[0]) > 3))
_WESTERN_ELECTRIC = {
    "western-electric-1": _OUTSIDE,
    "western-electric-2": (3, _ends_beyond(2, 2)),
    "western-electric-3": (5, _ends_beyond(1, 4)),
    "western-electric-4": (8, _one_side),
}
_NELSON = {
    "nelson-1": _OUTSIDE,
    "nelson-2": (9, _one_side),
    "nelson-3": (6, lambda z: bool(np.all(np.diff(z) > 0) or np.all(np.diff(z) < 0))),
    "nelson-4": (14, lambda z: bool(np.all(np.diff(z)[1:] * np.diff(z)[:-1] < 0))),
    "nelson-5": (3, _ends_beyond(2, 2)),
    "nelson-6": (5, _ends_beyond(1, 4)),
    "nelson-7": (15, lambda z: bool(np.all(np.abs(z) < 1))),
    "nelson-8": (8, lambda z: bool(np.all(np.abs(z) > 1) and z.min() < 0 < z.max())),
}


def _signals(chart: Chart, rules: dict[str, tuple[int, Callable[[np.ndarray], bool]]]) -> list[Signal]:
    if not np.any(chart.sigma > 0):
        return []
    z = chart.z
    return [
        Signal(rule, last - length + 1, last)
        for rule, (length, pattern) in rules.items()
        for last in range(length - 1, len(z))
        if pattern(z[last - length + 1 : last + 1])
    ]


def _subgroups(subgroups: Sequence[Sequence[float]]) -> np.ndarray:
    sizes = {len(group) for group in subgroups}
    if len(sizes) != 1 or min(sizes) < 2:
        raise SamplingError("subgroups", field="readings")
    return np.array([_finite(group, 2) for group in subgroups])


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
