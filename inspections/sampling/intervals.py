"""How sure the numbers of an inspection or a pilot run are: proportions and process capability.

Confidence levels are fractions, such as 0.95. Proportions are fractions of the units. Limits of control charts are in
`control_charts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import scipy
from numpy.typing import ArrayLike

from .errors import SamplingError

Interval = tuple[float, float]


def clopper_pearson(nonconforming: int, n: int, confidence: float = 0.95) -> Interval:
    """The exact two-sided interval of a proportion (C. J. Clopper and E. S. Pearson, 1934)."""
    _check(nonconforming, n, confidence)
    tail = (1 - confidence) / 2
    return _lower(nonconforming, n, tail), _upper(nonconforming, n, tail)


def upper_bound(nonconforming: int, n: int, confidence: float = 0.95) -> float:
    """The exact one-sided bound: with this confidence the true proportion is at most this."""
    _check(nonconforming, n, confidence)
    return _upper(nonconforming, n, 1 - confidence)


def lower_bound(nonconforming: int, n: int, confidence: float = 0.95) -> float:
    """The exact one-sided bound: with this confidence the true proportion is at least this."""
    _check(nonconforming, n, confidence)
    return _lower(nonconforming, n, 1 - confidence)


def wilson(nonconforming: int, n: int, confidence: float = 0.95) -> Interval:
    """The score interval of a proportion, without continuity correction (E. B. Wilson, 1927)."""
    _check(nonconforming, n, confidence)
    z = scipy.stats.norm.isf((1 - confidence) / 2)
    share = nonconforming / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (
        0.0 if nonconforming == 0 else float(middle - half),
        1.0 if nonconforming == n else float(middle + half),
    )


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed of a proportion after the sample: a Beta distribution."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def interval(self, confidence: float = 0.95) -> Interval:
        """The central credible interval."""
        low, high = scipy.stats.beta.interval(confidence, self.a, self.b)
        return float(low), float(high)

    def chance_above(self, limit: float) -> float:
        """The probability that the proportion is above the limit."""
        return float(scipy.stats.beta.sf(limit, self.a, self.b))


def posterior(nonconforming: int, n: int, *, prior: Interval = (0.5, 0.5)) -> Posterior:
    """Beta posterior; the prior is Jeffreys' unless told, (1, 1) is the uniform one."""
    _check(nonconforming, n, 0.5)
    return Posterior(prior[0] + nonconforming, prior[1] + n - nonconforming)


@dataclass(frozen=True, slots=True)
class Index:
    """A capability index with the two-sided confidence interval of its true value."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Capability:
    """Cp and Cpk by the spread within subgroups, Pp and Ppk by the spread overall. Cp and Pp need both limits."""

    n: int
    mean: float
    sd_within: float
    sd_overall: float
    cp: Index | None
    cpk: Index
    pp: Index | None
    ppk: Index


def capability(
    subgroups: Sequence[Sequence[float]] | Sequence[float],
    *,
    lower: float | None = None,
    upper: float | None = None,
    confidence: float = 0.95,
) -> Capability:
    """Process capability of readings in time order, in subgroups or one by one.

    Spread within: the pooled standard deviation of the subgroups, or the average moving range / 1.128 of single
    readings. Bounds of Cp and Pp: chi-square; of Cpk and Ppk with both limits: A. F. Bissell, 1990; with one limit:
    exact by the non-central t distribution. They suppose a normal distribution and a process in control. Raises
    SamplingError for fewer than two readings, no limit, or readings without spread.
    """
    _check_limits(lower, upper)
    groups = [np.atleast_1d(np.asarray(group, float)) for group in subgroups]
    readings = np.concatenate(groups) if groups else np.array([])
    n = len(readings)
    if n < 2 or not np.all(np.isfinite(readings)):
        raise SamplingError("readings", field="readings", found=int(np.isfinite(readings).sum()), needed=2)
    within = _spread_within(groups, readings)
    return _indices(n, float(readings.mean()), within, float(readings.std(ddof=1)), lower, upper, confidence)


def capability_of_summaries(
    means: ArrayLike,
    sds: ArrayLike,
    sizes: ArrayLike,
    *,
    lower: float | None = None,
    upper: float | None = None,
    confidence: float = 0.95,
) -> Capability:
    """What `capability` says, from the mean, standard deviation and size of each subgroup instead of its readings.

    Where every size is 1 the means are the readings. The squares within and between the subgroups add up to those of
    all readings, so the answer is the same but for rounding.
    """
    _check_limits(lower, upper)
    mean, sd, n = (np.asarray(values, float) for values in (means, sds, sizes))
    if not len(n) or np.all(n == 1):
        return capability(list(mean), lower=lower, upper=upper, confidence=confidence)
    total, degrees = float(n.sum()), float((n - 1).sum())
    centre = float((n * mean).sum() / total)
    squares = float(((n - 1) * np.where(n > 1, sd, 0) ** 2).sum())
    overall = sqrt((squares + float((n * (mean - centre) ** 2).sum())) / (total - 1))
    return _indices(int(total), centre, (sqrt(squares / degrees), degrees), overall, lower, upper, confidence)


def _check_limits(lower: float | None, upper: float | None) -> None:
    if lower is None and upper is None:
        raise SamplingError("limit_missing", field="lower")
    if lower is not None and upper is not None and lower >= upper:
        raise SamplingError("limits_reversed", field="lower", lower=lower, upper=upper)


def _indices(
    n: int,
    mean: float,
    within: tuple[float, float],
    sd_overall: float,
    lower: float | None,
    upper: float | None,
    confidence: float,
) -> Capability:
    """The indices from the moments; `within` is the standard deviation within subgroups and its degrees of freedom."""
    sd_within, degrees = within
    if sd_within == 0 or sd_overall == 0:
        raise SamplingError("no_spread", field="readings")

    def width_index(sd: float, df: float) -> Index | None:
        if lower is None or upper is None:
            return None
        value = (upper - lower) / (6 * sd)
        tail = (1 - confidence) / 2
        low, high = (float(value * sqrt(scipy.stats.chi2.ppf(q, df) / df)) for q in (tail, 1 - tail))
        return Index(value, low, high)

    def nearest_index(sd: float, df: float) -> Index:
        room = min(inf if upper is None else upper - mean, inf if lower is None else mean - lower)
        value = room / (3 * sd)
        if lower is not None and upper is not None:
            half = scipy.stats.norm.isf((1 - confidence) / 2) * sqrt(1 / (9 * n) + value**2 / (2 * df))
            return Index(value, float(value - half), float(value + half))
        return Index(value, *_one_sided_interval(value, n, df, confidence))

    return Capability(
        n=n,
        mean=mean,
        sd_within=sd_within,
        sd_overall=sd_overall,
        cp=width_index(sd_within, degrees),
        cpk=nearest_index(sd_within, degrees),
        pp=width_index(sd_overall, n - 1),
        ppk=nearest_index(sd_overall, n - 1),
    )


def _one_sided_interval(value: float, n: int, df: float, confidence: float) -> Interval:
    """3 sqrt(n) times the index of one limit is non-central t with non-centrality 3 sqrt(n) times its true value."""
    statistic, tail = 3 * sqrt(n) * value, (1 - confidence) / 2
    reach = 12 + abs(statistic) * (1 + 12 / sqrt(2 * df))

    def non_centrality(chance: float) -> float:
        return float(
            scipy.optimize.brentq(
                lambda delta: scipy.stats.nct.cdf(statistic, df, delta) - chance, statistic - reach, statistic + reach
            )
        )

    return non_centrality(1 - tail) / (3 * sqrt(n)), non_centrality(tail) / (3 * sqrt(n))


def _spread_within(groups: list[np.ndarray], readings: np.ndarray) -> tuple[float, float]:
    """The standard deviation within subgroups and its degrees of freedom.

    For single readings the degrees of freedom are those of a chi estimate with the variance that the average moving
    range / 1.128 has (J. D. Cryer and T. P. Ryan, 1990): (0.8264 n - 1.082) / (n - 1)^2 of the variance.
    """
    degrees = sum(len(group) - 1 for group in groups)
    if degrees:
        squares = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
        return sqrt(squares / degrees), degrees
    n = len(readings)
    moving_range = float(np.abs(np.diff(readings)).mean())
    return moving_range * sqrt(np.pi) / 2, max((n - 1) ** 2 / (2 * (0.8264 * n - 1.082)), 1.0)


def _lower(nonconforming: int, n: int, tail: float) -> float:
    return 0.0 if nonconforming == 0 else float(scipy.stats.beta.ppf(tail, nonconforming, n - nonconforming + 1))


def _upper(nonconforming: int, n: int, tail: float) -> float:
    return 1.0 if nonconforming == n else float(scipy.stats.beta.isf(tail, nonconforming + 1, n - nonconforming))


def _check(nonconforming: int, n: int, confidence: float) -> None:
    if type(n) is not int or n < 1:
        raise SamplingError("whole_number", field="n", value=n, lowest=1)
    if type(nonconforming) is not int or not 0 <= nonconforming <= n:
        raise SamplingError("nonconforming", field="nonconforming", value=nonconforming, n=n)
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 < confidence < 1:
        raise SamplingError("between", field="confidence", value=confidence, lowest=0, highest=1)
