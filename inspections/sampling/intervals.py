"""How sure the numbers of an inspection or a pilot run are: proportions and process capability.

Confidence levels are fractions, such as 0.95. Proportions are fractions of the units. Limits of control charts are in
`control_charts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt

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
    """Cp and Cpk by the spread within subgroups, Pp and Ppk by the spread overall. Cp and Pp need both limits.

    Cp and Cpk are None where no subgroup has any spread within. `is_widened`: the subgroups differ by more than the
    spread within them makes likely, and the intervals allow for it.
    """

    n: int
    mean: float
    sd_within: float
    sd_overall: float
    cp: Index | None
    cpk: Index | None
    pp: Index | None
    ppk: Index
    is_widened: bool = False


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
    exact by the non-central t distribution. Where subgroups differ by more than their spread within, the mean is as sure
    as the subgroups' means make it and the spread overall has the degrees of freedom of F. E. Satterthwaite, 1946.
    They suppose a normal distribution. Raises SamplingError for fewer than two readings, no limit, limits that coincide,
    or readings without spread.
    """
    _check_limits(lower, upper)
    groups = [np.atleast_1d(np.asarray(group, float)) for group in subgroups]
    readings = np.concatenate(groups) if groups else np.array([])
    n = len(readings)
    if n < 2 or not np.all(np.isfinite(readings)):
        raise SamplingError("readings", field="readings", found=int(np.isfinite(readings).sum()), needed=2)
    if all(len(group) == 1 for group in groups):
        moments = Moments(n, float(readings.mean()), *_moving(readings), float(readings.std(ddof=1)))
        return _indices(moments, lower, upper, confidence)
    means, sizes = np.array([group.mean() for group in groups]), np.array([float(len(group)) for group in groups])
    sds = np.array([group.std(ddof=1) if len(group) > 1 else 0.0 for group in groups])
    return _indices(_moments(means, sds, sizes), lower, upper, confidence)


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
    return _indices(_moments(mean, sd, n), lower, upper, confidence)


def _check_limits(lower: float | None, upper: float | None) -> None:
    if lower is None and upper is None:
        raise SamplingError("limit_missing", field="lower")
    if lower is None or upper is None:
        return
    if lower == upper:
        raise SamplingError("no_tolerance", field="lower", value=lower)
    if lower > upper:
        raise SamplingError("limits_reversed", field="lower", lower=lower, upper=upper)


@dataclass(frozen=True, slots=True)
class Moments:
    """Of n readings: the standard deviations within subgroups and overall with their degrees of freedom (overall n - 1
    unless told), and the variance of the mean with its own where the subgroups differ by more than their spread within."""

    n: int
    mean: float
    sd_within: float
    df_within: float
    sd_overall: float
    df_overall: float = 0.0
    mean_variance: float | None = None
    df_between: float = 0.0


def _moments(mean: np.ndarray, sd: np.ndarray, n: np.ndarray) -> Moments:
    """By an analysis of variance between and within the subgroups, of which one at least has two readings."""
    total, within_df, groups = float(n.sum()), float((n - 1).sum()), len(n)
    centre = float((n * mean).sum() / total)
    squares = float(((n - 1) * np.where(n > 1, sd, 0) ** 2).sum())
    apart = float((n * (mean - centre) ** 2).sum())
    overall, within = sqrt((squares + apart) / (total - 1)), squares / within_df
    found = Moments(int(total), centre, sqrt(within), within_df, overall, total - 1)
    if groups < 2 or apart / (groups - 1) <= within:
        return found
    between_df, between = float(groups - 1), apart / (groups - 1)
    size = (total - float((n**2).sum()) / total) / between_df  # the n that a balanced analysis would have
    parts = ((between / size, between_df), ((1 - 1 / size) * within, within_df))
    degrees = sum(part for part, _df in parts) ** 2 / sum(part**2 / df for part, df in parts)
    return Moments(
        int(total), centre, sqrt(within), within_df, overall, min(degrees, total - 1), between / total, between_df
    )


# Readings that are all the same have a standard deviation of some rounding errors of their mean.
ROUNDING = 1e-14


def _indices(of: Moments, lower: float | None, upper: float | None, confidence: float) -> Capability:
    """The indices of the moments; those without spread are undefined."""
    least = ROUNDING * max(abs(of.mean), abs(lower or 0), abs(upper or 0))
    if not isfinite(of.sd_overall) or of.sd_overall <= least:
        raise SamplingError("no_spread", field="readings")
    tail = (1 - confidence) / 2

    def width_index(sd: float, df: float) -> Index | None:
        if lower is None or upper is None or sd <= least:
            return None
        value = (upper - lower) / (6 * sd)
        low, high = (float(value * sqrt(scipy.stats.chi2.ppf(q, df) / df)) for q in (tail, 1 - tail))
        return Index(value, low, high)

    def nearest_index(sd: float, df: float) -> Index:
        room = min(inf if upper is None else upper - of.mean, inf if lower is None else of.mean - lower)
        value = room / (3 * sd)
        if of.mean_variance is None and (lower is None or upper is None):
            return Index(value, *_one_sided_interval(value, of.n, df, confidence))
        by_mean = 1 / (9 * of.n) if of.mean_variance is None else of.mean_variance / (9 * sd**2)
        by_spread = value**2 / (2 * df)
        deviate = float(scipy.stats.norm.isf(tail))
        if of.mean_variance is not None:
            degrees = (by_mean + by_spread) ** 2 / (by_mean**2 / of.df_between + by_spread**2 / df)
            deviate = float(scipy.stats.t.isf(tail, degrees))
        half = deviate * sqrt(by_mean + by_spread)
        return Index(value, value - half, value + half)

    return Capability(
        n=of.n,
        mean=of.mean,
        sd_within=of.sd_within,
        sd_overall=of.sd_overall,
        cp=width_index(of.sd_within, of.df_within),
        cpk=nearest_index(of.sd_within, of.df_within) if of.sd_within > least else None,
        pp=width_index(of.sd_overall, of.df_overall or of.n - 1),
        ppk=nearest_index(of.sd_overall, of.df_overall or of.n - 1),
        is_widened=of.mean_variance is not None,
    )


def _one_sided_interval(value: float, n: int, df: float, confidence: float) -> Interval:
    """3 sqrt(n) times the index of one limit is non-central t with non-centrality 3 sqrt(n) times its true value.

    The bracket follows from the tails of the normal and of the chi distribution that it is made of: each is beyond its
    bound with half of the chance, so both together with at most all of it.
    """
    statistic, tail = 3 * sqrt(n) * value, (1 - confidence) / 2

    def end(chance: float, towards: int) -> float:
        """The non-centrality for which P(T <= t) surely is below (towards 1) or above (-1) what is left of the chance."""
        extreme = scipy.stats.chi2.isf if (statistic >= 0) == (towards > 0) else scipy.stats.chi2.ppf
        return statistic * sqrt(float(extreme(chance / 2, df)) / df) + towards * float(scipy.stats.norm.isf(chance / 2))

    def non_centrality(chance: float) -> float:
        return float(
            scipy.optimize.brentq(
                lambda delta: noncentral_t(statistic, df, delta) - chance,
                end(1 - chance, -1),
                end(chance, 1),
                rtol=1e-14,
            )
        )

    return non_centrality(1 - tail) / (3 * sqrt(n)), non_centrality(tail) / (3 * sqrt(n))


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(120)
_FARTHEST = 9.0  # standard deviations, beyond which the normal distribution holds less than 1e-18


def noncentral_t(t: float, df: float, delta: float) -> float:
    """P(T <= t) of the non-central t distribution, to about 1e-10 for every t, delta, and df of at least 1.

    T is (Z + delta) / s with s the root of a chi-square over its degrees of freedom df. For t of at least 0 it is the
    mean over Z of P(s >= (Z + delta) / t), by Gauss-Legendre where that is not 1; P(T <= t) = P(-T >= -t).
    """
    if t < 0:
        return 1.0 - noncentral_t(-t, df, -delta)
    below = float(scipy.special.ndtr(-delta))  # Z + delta is negative
    if t == 0:
        return below
    # Where s is surely between its ends only that part of Z has to be looked at closely.
    middle, half = t * sqrt(1 - 1 / (2 * df)) - delta, t * 12 / sqrt(2 * df) + 1e-300
    edges = np.clip(
        [-delta, middle - half, middle - half / 4, middle, middle + half / 4, middle + half], -_FARTHEST, _FARTHEST
    )
    edges = np.unique(np.concatenate([[max(-delta, -_FARTHEST)], edges[edges > -delta], [_FARTHEST]]))
    if -delta >= _FARTHEST:
        return below
    width = np.diff(edges)[:, None] / 2
    z = edges[:-1, None] + width * (_NODES + 1)
    density = np.exp(-(z**2) / 2) / sqrt(2 * np.pi)
    return min(
        1.0, below + float((width * _WEIGHTS * density * scipy.special.chdtrc(df, df * ((z + delta) / t) ** 2)).sum())
    )


def _moving(readings: np.ndarray) -> tuple[float, float]:
    """The standard deviation by the average moving range / 1.128 of single readings, and its degrees of freedom.

    Those are of a chi estimate with the variance that it has (J. D. Cryer and T. P. Ryan, 1990): (0.8264 n - 1.082) /
    (n - 1)^2 of the variance.
    """
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
