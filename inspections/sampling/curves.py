"""What a plan is worth: operating characteristic, average outgoing quality, average sample number.

Qualities `p` are fractions nonconforming, or nonconformities per unit where the plan counts nonconformities. The
distribution is Poisson for nonconformities, else binomial, or exactly hypergeometric where the lot size is given; in a
lot a quality between two whole numbers of nonconforming units stands for a mix of those two lots.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from .errors import SamplingError
from .plans import NONCONFORMITIES, UNITS, Plan, Stage

POINTS = 101
SUMMED_IN_LOTS = (
    200  # up to this Ac a sum of logarithms is ten times as fast as scipy.stats.hypergeom.cdf, and exact to 1e-9
)


@dataclass(frozen=True, slots=True)
class Curve:
    """The characteristics of one plan. Made by `curve_of` or `single_curve`.

    In the last stage a count between Ac and Re accepts the lot, as in the reduced plans of Z1.4.
    """

    stages: tuple[Stage, ...]
    counts: str = UNITS
    lot_size: int | None = None

    def pa(self, p: ArrayLike) -> np.ndarray:
        """Probability of acceptance at each p."""
        in_lot = self.lot_size is not None and self.counts == UNITS
        if len(self.stages) == 1 and not (in_lot and self._last_acceptance <= SUMMED_IN_LOTS):
            return np.clip(self._cdf(np.asarray(p, float)), 0, 1)
        accepting, _ = _paths(self.stages, self.counts)
        return np.clip(self._sum(accepting, accepting.share, p), 0, 1)  # sums of logarithms go past by 1e-13

    def asn(self, p: ArrayLike) -> np.ndarray:
        """Average sample number at each p: the units inspected if every stage is inspected to its end."""
        _, going_on = _paths(self.stages, self.counts)
        return self.stages[0].sample_size + self._sum(going_on, going_on.share * going_on.next_size, p)

    def ati(self, p: ArrayLike) -> np.ndarray:
        """Average total inspection at each p, in units, when rejected lots are inspected whole; needs the lot size."""
        if self.lot_size is None:
            raise SamplingError("required", field="lot_size")
        if len(self.stages) == 1:
            n, pa = self.stages[0].sample_size, self.pa(p)
            return n * pa + self.lot_size * (1 - pa)
        accepting, _ = _paths(self.stages, self.counts)
        return self._sum(accepting, accepting.share * accepting.n, p) + self.lot_size * (1 - self.pa(p))

    def aoq(self, p: ArrayLike) -> np.ndarray:
        """Average outgoing quality at each p, when rejected lots are inspected whole and their bad units replaced.

        Units inspected in an accepted lot are replaced too where the lot size is known.
        """
        p = np.asarray(p, float)
        if self.lot_size is None:
            return p * self.pa(p)
        if len(self.stages) == 1:
            return p * self.pa(p) * (1 - self.stages[0].sample_size / self.lot_size)
        accepting, _ = _paths(self.stages, self.counts)
        return p * self._sum(accepting, accepting.share * (1 - accepting.n / self.lot_size), p)

    def aoql(self) -> tuple[float, float]:
        """The worst average outgoing quality and the incoming p at which it occurs.

        In a lot over the qualities that a whole number of nonconforming units makes.
        """
        if self._always_accepts:
            return float(self.aoq(1.0)), 1.0
        grid = self._grid(65)
        low, worst, high = self._around_worst(grid)
        if self.lot_size is not None and self.counts == UNITS:
            while round((high - low) * self.lot_size) > 2:
                grid = np.unique(np.round(np.linspace(low, high, 9) * self.lot_size)) / self.lot_size
                low, worst, high = self._around_worst(grid)
        else:
            found = scipy.optimize.minimize_scalar(
                lambda p: -float(self.aoq(p)), bounds=(low, high), method="bounded", options={"xatol": 1e-12}
            )
            worst = max(worst, float(found.x), key=lambda p: float(self.aoq(p)))
        return float(self.aoq(worst)), worst

    def quality_at(self, pa: float) -> float | None:
        """The p that is accepted with probability `pa`; None where the plan accepts more often at every p."""
        return None if self._always_accepts else _quality_at(self, pa)

    def points(self, qualities: Iterable[float] | None = None) -> list[tuple[float, float]]:
        """(p, pa) at the qualities asked for, or enough of them for a picture: from 0 to where hardly any lot passes."""
        p = self._grid(POINTS) if qualities is None else np.asarray(list(qualities), float)
        return [(float(x), float(y)) for x, y in zip(p, self.pa(p), strict=True)]

    @property
    def _last_acceptance(self) -> int:
        return self.stages[-1].rejection - 1

    @property
    def _always_accepts(self) -> bool:
        return self.counts == UNITS and all(stage.rejection > stage.sample_size for stage in self.stages)

    def _grid(self, points: int) -> np.ndarray:
        end = self.quality_at(0.001)
        grid = np.linspace(0, 1.0 if end is None else end, points)
        if self.lot_size is not None and self.counts == UNITS:
            return np.unique(np.ceil(grid * self.lot_size)) / self.lot_size
        return grid

    def _around_worst(self, grid: np.ndarray) -> tuple[float, float, float]:
        """The quality of the grid that comes out worst, between its neighbours."""
        worst = int(np.argmax(self.aoq(grid)))
        return float(grid[max(worst - 1, 0)]), float(grid[worst]), float(grid[min(worst + 1, len(grid) - 1)])

    def _cdf(self, p: np.ndarray) -> np.ndarray:
        """P(acceptance) of a plan in one stage."""
        n, ac = self.stages[0].sample_size, self._last_acceptance
        if self.counts == NONCONFORMITIES:
            return scipy.stats.poisson.cdf(ac, n * p)
        if self.lot_size is None:
            return scipy.stats.binom.cdf(ac, n, p)
        lot_size = self.lot_size
        return _mix_of_lots(p, lot_size, lambda bad: scipy.stats.hypergeom.cdf(ac, lot_size, bad, n))

    def _sum(self, paths: "_Paths", weights: np.ndarray, p: ArrayLike) -> np.ndarray:
        """The sum over paths of weight times P(that many found among the first n)."""
        p = np.asarray(p, float)
        n, d = (each.reshape(-1, *(1,) * p.ndim) for each in (paths.n, paths.d))
        if self.counts == NONCONFORMITIES:
            chances = scipy.stats.poisson.pmf(d, n * p)
        elif self.lot_size is None:
            chances = scipy.stats.binom.pmf(d, n, p)
        else:
            lot_size = self.lot_size
            chances = _mix_of_lots(p, lot_size, lambda bad: _hypergeometric_pmf(d, lot_size, bad, n))
        return np.tensordot(weights, chances, axes=1)


class _Paths(NamedTuple):
    """One row per stage and cumulative count: `d` found among the first `n` units, and how the inspection came there.

    Given how many were found in all, every placing among the units is as likely as any other. So the `share` of
    placings that lead to this stage, to be accepted or to go on, is the same for every quality, and P(this path) =
    share x P(d found among n). `next_size` is the size of the sample that follows.
    """

    n: np.ndarray
    d: np.ndarray
    share: np.ndarray
    next_size: np.ndarray


@lru_cache(maxsize=256)
def _paths(stages: tuple[Stage, ...], counts: str) -> tuple[_Paths, _Paths]:
    """The paths that end in acceptance, and those that go on to another sample.

    Placings are counted in whole numbers: of d nonconforming among distinct units, or, for nonconformities, of d
    distinct ones that may fall on any unit.
    """
    ways, taken = {0: 1}, 0
    accepting: list[tuple[int, int, float, int]] = []
    going_on: list[tuple[int, int, float, int]] = []
    for stage, following in zip(stages, (*stages[1:], None), strict=True):
        size = stage.sample_size - taken
        reached: dict[int, int] = {}
        for before, count in ways.items():
            for found in range(stage.rejection - before):
                d = before + found
                more = comb(d, found) * size**found if counts == NONCONFORMITIES else comb(size, found)
                reached[d] = reached.get(d, 0) + count * more
        taken, ways = stage.sample_size, {}
        highest = stage.rejection - 1 if following is None else -1 if stage.acceptance is None else stage.acceptance
        for d, count in reached.items():
            share = count / (taken**d if counts == NONCONFORMITIES else max(comb(taken, d), 1))
            if d <= highest:
                accepting.append((taken, d, share, 0))
            elif following is not None:
                going_on.append((taken, d, share, following.sample_size - taken))
                ways[d] = count
    return _as_paths(accepting), _as_paths(going_on)


def _as_paths(rows: list[tuple[int, int, float, int]]) -> _Paths:
    return _Paths(*np.array(rows, float).reshape(-1, 4).T)


@lru_cache(maxsize=1024)
def _quality_at(curve: Curve, pa: float) -> float:
    if curve.lot_size is not None and curve.counts == UNITS:
        return _lot_quality_at(curve, curve.lot_size, pa)
    n, ac = curve.stages[-1].sample_size, curve.stages[-1].rejection - 1
    if len(curve.stages) == 1:
        if curve.counts == NONCONFORMITIES:
            return float(scipy.stats.chi2.ppf(1 - pa, 2 * (ac + 1)) / 2 / n)
        return float(scipy.stats.beta.ppf(1 - pa, ac + 1, n - ac))
    highest = 1.0
    if curve.counts == NONCONFORMITIES:
        highest = float(scipy.stats.chi2.isf(1e-9, 2 * (ac + 1)) / 2 / curve.stages[0].sample_size)
    return float(scipy.optimize.brentq(lambda p: float(curve.pa(p)) - pa, 0, highest, xtol=1e-14, rtol=1e-12))


def _lot_quality_at(curve: Curve, lot_size: int, pa: float) -> float:
    """Between the last whole number of nonconforming units that passes more often and the first that does not."""
    better, worse = 0, lot_size
    while worse - better > 1:
        middle = (better + worse) // 2
        if curve.pa(middle / lot_size) > pa:
            better = middle
        else:
            worse = middle
    at_better, at_worse = (float(curve.pa(bad / lot_size)) for bad in (better, worse))
    return (better + (at_better - pa) / (at_better - at_worse)) / lot_size


def odds(pa: float) -> tuple[str, int, int]:
    """A chance of passing in words that people use: (code, times, out of).

    Codes: `passes_about` (1 time in 6), `fails_about` (1 time in 30, for what nearly always passes), `almost_never` and
    `almost_always` (less, or more, than once in 2,000 either way).
    """
    if pa < 1 / 2000:
        return "almost_never", 0, 1
    if pa > 1 - 1 / 2000:
        return "almost_always", 1, 1
    if pa < 0.1:
        return "passes_about", 1, _two_digits(1 / pa)
    if pa > 0.9:
        return "fails_about", 1, _two_digits(1 / (1 - pa))
    told = [(times, out_of) for out_of in range(2, 11) if 0 < (times := round(pa * out_of)) < out_of]
    near = next((each for each in told if abs(each[0] / each[1] - pa) < 0.01), None)
    return "passes_about", *(near or min(told, key=lambda each: abs(each[0] / each[1] - pa)))


def _two_digits(number: float) -> int:
    return int(float(f"{number:.2g}"))


def curve_of(plan: Plan, *, lot_size: int | None = None) -> Curve:
    """The curve of a plan. A full inspection needs its lot: its sample is the lot."""
    return Curve(plan.all_stages, plan.counts, plan.sample_size if plan.inspect_all else lot_size)


def single_curve(n: int, ac: int, *, lot_size: int | None = None, counts: str = UNITS) -> Curve:
    """The curve of a single plan. Raises SamplingError where there is no such plan."""
    for name, value, lowest in (("n", n, 1), ("ac", ac, 0)):
        if type(value) is not int or value < lowest:
            raise SamplingError("whole_number", field=name, value=value, lowest=lowest)
    if lot_size is not None and (type(lot_size) is not int or lot_size < 1):
        raise SamplingError("lot_size", field="lot_size", value=lot_size)
    if lot_size is not None and n > lot_size:
        raise SamplingError("sample_above_lot", field="n", value=n, lot_size=lot_size)
    if counts not in (UNITS, NONCONFORMITIES):
        raise SamplingError("counts", field="counts", value=counts)
    return Curve((Stage(n, ac, ac + 1),), counts, lot_size)


def _mix_of_lots(p: np.ndarray, lot_size: int, at: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    bad = np.clip(p, 0, 1) * lot_size
    whole = np.round(bad)
    bad = np.where(np.abs(bad - whole) < 1e-7, whole, bad)
    fewer = np.floor(bad)
    share = bad - fewer
    answer = at(fewer.astype(int))
    if np.any(share > 0):
        answer = (1 - share) * answer + share * at(np.ceil(bad).astype(int))
    return answer


def _hypergeometric_pmf(d: np.ndarray, lot_size: int, bad: np.ndarray, n: np.ndarray) -> np.ndarray:
    """As scipy.stats.hypergeom.pmf, which takes seconds for a whole table of counts in lots below 100,000."""

    def log_comb(a: int | np.ndarray, b: np.ndarray) -> np.ndarray:
        return scipy.special.gammaln(a + 1) - scipy.special.gammaln(b + 1) - scipy.special.gammaln(a - b + 1)

    possible = (d <= bad) & (n - d <= lot_size - bad) & (d <= n)
    safe = np.where(possible, d, np.maximum(0, n - (lot_size - bad)))
    logs = log_comb(bad, safe) + log_comb(lot_size - bad, n - safe) - log_comb(lot_size, n)
    return np.where(possible, np.exp(logs), 0.0)
