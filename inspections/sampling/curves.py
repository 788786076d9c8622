"""What a plan is worth: operating characteristic, average outgoing quality, average sample number.

Qualities `p` are fractions nonconforming, or nonconformities per unit where the plan counts nonconformities. The
distribution is Poisson for nonconformities, else binomial, or exactly hypergeometric where the lot size is given; in a
lot a quality between two whole numbers of nonconforming units stands for a mix of those two lots.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln
from scipy.stats import beta, binom, chi2, hypergeom, poisson

from .errors import SamplingError
from .plans import NONCONFORMITIES, UNITS, Plan, Stage

POINTS = 101


@dataclass(frozen=True, slots=True)
class Curve:
    """The characteristics of one plan. Made by `curve_of` or `single_curve`.

    In the last stage a count between Ac and Re accepts the lot, as in the reduced plans of Z1.4.
    """

    stages: tuple[Stage, ...]
    counts: str = UNITS
    lot_size: int | None = None

    def pa(self, p: float | Sequence[float]) -> np.ndarray:
        """Probability of acceptance at each p."""
        return sum(self._accepted_per_stage(p))

    def asn(self, p: float | Sequence[float]) -> np.ndarray:
        """Average sample number at each p: the units inspected if every stage is inspected to its end."""
        reached = [1.0, *(self._go_on(stage, p) for stage in range(len(self.stages) - 1))]
        taken = [0, *(stage.sample_size for stage in self.stages)]
        return sum(chance * (size - before) for chance, size, before in zip(reached, taken[1:], taken, strict=False))

    def aoq(self, p: float | Sequence[float]) -> np.ndarray:
        """Average outgoing quality at each p, when rejected lots are inspected whole and their bad units replaced.

        Units inspected in an accepted lot are replaced too where the lot size is known.
        """
        p = np.asarray(p, float)
        if self.lot_size is None:
            return p * self.pa(p)
        return p * sum(
            accepted * (self.lot_size - stage.sample_size) / self.lot_size
            for accepted, stage in zip(self._accepted_per_stage(p), self.stages, strict=True)
        )

    def aoql(self) -> tuple[float, float]:
        """The worst average outgoing quality and the incoming p at which it occurs."""
        if self._always_accepts:
            return float(self.aoq(1.0)), 1.0
        grid = self._grid(257)
        worst = int(np.argmax(self.aoq(grid)))
        low, high = grid[max(worst - 1, 0)], grid[min(worst + 1, len(grid) - 1)]
        if self._hypergeometric:
            while round((high - low) * self.lot_size) > 2:
                grid = np.unique(np.round(np.linspace(low, high, 17) * self.lot_size)) / self.lot_size
                worst = int(np.argmax(self.aoq(grid)))
                low, high = grid[max(worst - 1, 0)], grid[min(worst + 1, len(grid) - 1)]
        found = minimize_scalar(
            lambda p: -float(self.aoq(p)), bounds=(low, high), method="bounded", options={"xatol": 1e-12}
        )
        candidates = [float(found.x), *map(float, grid[max(worst - 1, 0) : worst + 2])]
        at = max(candidates, key=lambda p: float(self.aoq(p)))
        return float(self.aoq(at)), at

    def quality_at(self, pa: float) -> float | None:
        """The p that is accepted with probability `pa`; None where the plan accepts more often at every p."""
        if self._always_accepts:
            return None
        if self._hypergeometric:
            return self._lot_quality_at(pa)
        if len(self.stages) == 1:
            n, ac = self.stages[0].sample_size, self._last_acceptance
            if self.counts == NONCONFORMITIES:
                return float(chi2.ppf(1 - pa, 2 * (ac + 1)) / 2 / n)
            return float(beta.ppf(1 - pa, ac + 1, n - ac))
        return float(brentq(lambda p: float(self.pa(p)) - pa, 0, self._highest, xtol=1e-14, rtol=1e-12))

    def points(self, qualities: Iterable[float] | None = None) -> list[tuple[float, float]]:
        """(p, pa) at the qualities asked for, or enough of them for a picture: from 0 to where hardly any lot passes."""
        p = self._grid(POINTS) if qualities is None else np.asarray(list(qualities), float)
        return [(float(x), float(y)) for x, y in zip(p, self.pa(p), strict=True)]

    @property
    def _last_acceptance(self) -> int:
        return self.stages[-1].rejection - 1

    @property
    def _hypergeometric(self) -> bool:
        return self.lot_size is not None and self.counts == UNITS

    @property
    def _always_accepts(self) -> bool:
        return self.counts == UNITS and all(stage.rejection > stage.sample_size for stage in self.stages)

    @property
    def _highest(self) -> float:
        """A quality that practically no lot passes."""
        if self.counts == UNITS:
            return 1.0
        return float(chi2.isf(1e-9, 2 * (self._last_acceptance + 1)) / 2 / self.stages[0].sample_size)

    def _grid(self, points: int) -> np.ndarray:
        end = self.quality_at(0.001)
        grid = np.linspace(0, 1.0 if end is None else min(end, self._highest), points)
        if self._hypergeometric:
            return np.unique(np.ceil(grid * self.lot_size)) / self.lot_size
        return grid

    def _lot_quality_at(self, pa: float) -> float:
        """Between the last whole number of nonconforming units that passes more often and the first that does not."""
        better, worse = 0, self.lot_size
        while worse - better > 1:
            middle = (better + worse) // 2
            if self.pa(middle / self.lot_size) > pa:
                better = middle
            else:
                worse = middle
        at_better, at_worse = (float(self.pa(bad / self.lot_size)) for bad in (better, worse))
        return (better + (at_better - pa) / (at_better - at_worse)) / self.lot_size

    def _accepted_per_stage(self, p: float | Sequence[float]) -> list[np.ndarray]:
        if len(self.stages) == 1:
            return [self._cdf(self._last_acceptance, self.stages[0].sample_size, p)]
        shares = _shares(self.stages, self.counts)
        accepted = []
        for index, stage in enumerate(self.stages):
            highest = self._last_acceptance if stage is self.stages[-1] else stage.acceptance
            counts = [d for d in shares[index] if highest is not None and d <= highest]
            accepted.append(self._chance(counts, shares[index], stage.sample_size, p))
        return accepted

    def _go_on(self, index: int, p: float | Sequence[float]) -> np.ndarray:
        """P(the stage after `index` is inspected)."""
        stage, shares = self.stages[index], _shares(self.stages, self.counts)[index]
        lowest = -1 if stage.acceptance is None else stage.acceptance
        return self._chance([d for d in shares if lowest < d < stage.rejection], shares, stage.sample_size, p)

    def _chance(self, counts: list[int], shares: dict[int, float], n: int, p: float | Sequence[float]) -> np.ndarray:
        p = np.asarray(p, float)
        if not counts:
            return np.zeros(p.shape)
        return np.tensordot([shares[d] for d in counts], self._pmf(np.array(counts), n, p), axes=1)

    def _cdf(self, ac: int, n: int, p: float | Sequence[float]) -> np.ndarray:
        p = np.asarray(p, float)
        if self.counts == NONCONFORMITIES:
            return poisson.cdf(ac, n * p)
        if not self._hypergeometric:
            return binom.cdf(ac, n, p)
        return _mix_of_lots(p, self.lot_size, lambda bad: hypergeom.cdf(ac, self.lot_size, bad, n))

    def _pmf(self, d: np.ndarray, n: int, p: np.ndarray) -> np.ndarray:
        """Shape (len(d), *p.shape)."""
        d = d.reshape(-1, *(1,) * p.ndim)
        if self.counts == NONCONFORMITIES:
            return poisson.pmf(d, n * p)
        if not self._hypergeometric:
            return binom.pmf(d, n, p)
        return _mix_of_lots(p, self.lot_size, lambda bad: _hypergeometric_pmf(d, self.lot_size, bad, n))


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


@lru_cache(maxsize=256)
def _shares(stages: tuple[Stage, ...], counts: str) -> tuple[dict[int, float], ...]:
    """Per stage and cumulative count d: of all ways to place d among the units so far, the share that gets here.

    Given how many were found in all, every placing is as likely as any other, so this share is the same for every
    quality, and the same for binomial and hypergeometric: P(stage reached with d found) = share x P(d found).
    """
    ways, taken, answer = {0: 1}, 0, []
    for number, stage in enumerate(stages):
        size = stage.sample_size - taken
        reached: dict[int, int | Fraction] = {}
        for before, count in ways.items():
            for found in range(max(stages[-1].rejection, stage.rejection) - before):
                if counts == NONCONFORMITIES:
                    more = Fraction(size**found, factorial(found))
                elif found <= size:
                    more = comb(size, found)
                else:
                    break
                reached[before + found] = reached.get(before + found, 0) + count * more
        taken = stage.sample_size
        whole = {d: Fraction(taken**d, factorial(d)) if counts == NONCONFORMITIES else comb(taken, d) for d in reached}
        answer.append({d: float(Fraction(count) / whole[d]) for d, count in reached.items()})
        if number + 1 < len(stages):
            lowest = -1 if stage.acceptance is None else stage.acceptance
            ways = {d: count for d, count in reached.items() if lowest < d < stage.rejection}
    return tuple(answer)


def _mix_of_lots(p: np.ndarray, lot_size: int, at) -> np.ndarray:
    bad = np.clip(p, 0, 1) * lot_size
    whole = np.round(bad)
    bad = np.where(np.abs(bad - whole) < 1e-7, whole, bad)
    fewer = np.floor(bad)
    share = bad - fewer
    answer = at(fewer.astype(int))
    if np.any(share > 0):
        answer = (1 - share) * answer + share * at(np.ceil(bad).astype(int))
    return answer


def _hypergeometric_pmf(d: np.ndarray, lot_size: int, bad: np.ndarray, n: int) -> np.ndarray:
    """As scipy.stats.hypergeom.pmf, which takes seconds for a whole table of counts in lots below 100,000."""

    def log_comb(a, b):
        return gammaln(a + 1) - gammaln(b + 1) - gammaln(a - b + 1)

    possible = (d <= bad) & (n - d <= lot_size - bad) & (d <= n)
    safe = np.where(possible, d, np.maximum(0, n - (lot_size - bad)))
    logs = log_comb(bad, safe) + log_comb(lot_size - bad, n - safe) - log_comb(lot_size, n)
    return np.where(possible, np.exp(logs), 0.0)
