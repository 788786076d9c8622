"""What the units of a pilot run say: rates with their bounds, the promise of delivery they support, why they came back.

Pure. Rates and shares are fractions, days whole numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import lgamma, log

import numpy as np
import scipy

from inspections.rules.pilots import FAIL, UNDECIDED, Boundary, MoreUnits, more_units, verdict
from inspections.sampling.intervals import Interval, clopper_pearson, lower_bound, upper_bound

# Above this many returns the exact test of their reasons counts too many compositions; below it chi-square is rough.
MOST_EXACT = 25
SMALL_EXPECTED = 5
# Of what share of all deliveries something is promised, the best first; and how few of the runs may have a promise on some
# day for it to hold among those alone.
COVERAGES = (0.9, 0.8)
RARELY = 0.01


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of a run against its limit. `interval` is two-sided, `lower` and `upper` are the one-sided bounds that
    it is judged by; of no units nothing is known: 0 to 1."""

    name: str
    bad: int
    n: int
    interval: Interval
    lower: float
    upper: float
    decision: str
    rule: Boundary
    more: MoreUnits | None

    @property
    def share(self) -> float | None:
        return self.bad / self.n if self.n else None

    @property
    def limit(self) -> float:
        return self.rule.limit

    @property
    def can_pass(self) -> bool:
        """Within the planned units, if no further one is bad."""
        return self.rule.can_pass(self.bad)

    @property
    def most_bad(self) -> int:
        """With which the whole run passes; -1 where it is too small to pass at all."""
        return self.rule.passes[-1]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a run shows so far. `is_hopeless`: it can no longer pass, whatever the other units do.

    `critical` and `major` are readings of characteristics of these classes beyond a limit. One of a critical
    characteristic fails the run, as it stops a batch; one of a major characteristic confirms no golden sample.
    """

    rates: tuple[Rate, ...]
    back: int
    size: int
    critical: int = 0
    major: int = 0

    @property
    def verdict(self) -> str:
        return FAIL if self.critical else verdict({rate.name: rate.decision for rate in self.rates})

    @property
    def is_hopeless(self) -> bool:
        return not all(rate.can_pass for rate in self.rates)

    @property
    def is_complete(self) -> bool:
        """Every unit is back, and none can come back any more."""
        return all(rate.n == self.size for rate in self.rates)

    @property
    def may_conclude(self) -> bool:
        """The rule has decided, can no longer pass, or every unit is back."""
        return self.is_complete or self.verdict != UNDECIDED or self.is_hopeless


def judge(
    rules: Mapping[str, Boundary], bad: Mapping[str, int], n: Mapping[str, int], *, critical: int = 0, major: int = 0
) -> Judgement:
    """Every rate of a run by its frozen rules, `n` being the units that count for it, and its readings beyond a limit.

    A unit that has arrived counts for damage at once; for complaints and returns it is out while it can still come back,
    and until then it counts as a good one where the rate may fail: bad news is known sooner than good news is.
    """
    rates = []
    for name, rule in rules.items():
        counted = n[name]
        decision = rule.decision(bad[name], counted, n["damage"])
        rates.append(
            Rate(
                name=name,
                bad=bad[name],
                n=counted,
                interval=clopper_pearson(bad[name], counted, rule.confidence) if counted else (0.0, 1.0),
                lower=lower_bound(bad[name], counted, rule.confidence) if counted else 0.0,
                upper=upper_bound(bad[name], counted, rule.confidence) if counted else 1.0,
                decision=decision,
                rule=rule,
                more=more_units(rule, bad[name], counted, n["damage"]) if decision == UNDECIDED else None,
            )
        )
    return Judgement(tuple(rates), n["damage"], next(iter(rules.values())).size, critical, major)


@dataclass(frozen=True, slots=True)
class Promise:
    """ "`low` to `high` days": with the confidence, at least the coverage of all deliveries takes so long.

    `low` and `high` are None where that cannot be promised: of `n` deliveries and `under_way` parcels together at least
    `needed` are needed, and of all of them `arrivals_needed` must have arrived. `fastest` and `slowest` are of those that
    have.
    """

    low: int | None
    high: int | None
    n: int
    under_way: int
    needed: int
    arrivals_needed: int
    fastest: int | None
    slowest: int | None
    coverage: float
    confidence: float

    @property
    def is_too_early(self) -> bool:
        """There are parcels enough, and too many of them are still out."""
        return self.low is None and self.n + self.under_way >= self.needed


def delivery_promise(days: Sequence[int], *, under_way: int = 0, confidence: float = 0.95) -> Promise:
    """A distribution-free tolerance interval between order statistics (S. S. Wilks, 1941), of the most coverage that
    there is by now.

    Whole days tie, which makes it cover more than stated, never less. Parcels under way are right-censored: they count
    as later than every one that has arrived, so there is an upper end once those that are left out at the late end are
    all that is still out.

    Such an interval appears first in the runs whose parcels happened to be quick, so of those given on an early day far
    more are too short than of all. The confidence is therefore that of what is read: on every day on which as few as
    RARELY of the runs have a promise of this coverage, those too short are at most 1 - confidence of the promises given.
    """
    ordered = sorted(days)
    n, surely = len(ordered) + under_way, 1 - RARELY * (1 - confidence)
    for coverage in COVERAGES:
        first, last = tolerance_ranks(n, coverage, surely) or (0, n)
        if last < len(ordered):
            break
    is_given, needed = last < len(ordered), _fewest_for_promise(coverage, surely)
    return Promise(
        low=ordered[first] if is_given else None,
        high=ordered[last] if is_given else None,
        n=len(ordered),
        under_way=under_way,
        needed=needed,
        arrivals_needed=needed if n < needed else last + 1,
        fastest=ordered[0] if ordered else None,
        slowest=ordered[-1] if ordered else None,
        coverage=coverage,
        confidence=confidence,
    )


@cache
def tolerance_ranks(n: int, coverage: float, confidence: float) -> tuple[int, int] | None:
    """Between which of n ordered values, counted from 0, the coverage lies with this confidence; None for too few.

    The coverage of the interval from the r-th to the s-th of n values is Beta(s - r, n - s + r + 1). As many of the
    extreme values are left out as the confidence allows, as many at either end (an odd one at the early end: to come
    early breaks no promise).
    """
    left_out = np.arange(0, n - 1)
    holds = np.flatnonzero(scipy.stats.beta.sf(coverage, n - 1 - left_out, left_out + 2) >= confidence)
    if not len(holds):
        return None
    most = int(holds[-1])
    return (most + 1) // 2, n - 1 - most // 2


@cache
def _fewest_for_promise(coverage: float, confidence: float) -> int:
    """The smallest n whose smallest and largest value are limits of the tolerance interval."""
    return next(n for n in range(2, 100_000) if scipy.stats.beta.sf(coverage, n - 1, 2) >= confidence)


@dataclass(frozen=True, slots=True)
class AgainstNorm:
    """How the reasons of `n` returns compare with the shares of a norm.

    `p_value` is the chance that returns which follow the norm differ from it at least as much. `is_exact` says that
    every way in which they could fall was counted; `is_rough` that the approximation used instead rests on too few.
    """

    n: int
    expected: Mapping[str, float]
    p_value: float
    is_exact: bool
    is_rough: bool
    most_over: str | None


def against_norm(counts: Mapping[str, int], norm: Mapping[str, float]) -> AgainstNorm | None:
    """Exact multinomial test up to MOST_EXACT returns, Pearson's chi-square above. None without returns or norm.

    Reasons that the norm does not know are left out; its shares are scaled to add up to 1.
    """
    names = [name for name, share in norm.items() if share > 0]
    observed = [counts.get(name, 0) for name in names]
    n = sum(observed)
    if not n or len(names) < 2:
        return None
    total = sum(norm[name] for name in names)
    shares = [norm[name] / total for name in names]
    expected = [n * share for share in shares]
    over = [(seen - mean) / mean**0.5 for seen, mean in zip(observed, expected, strict=True)]
    if n <= MOST_EXACT:
        p_value = _exact_multinomial(observed, shares)
    else:
        distance = sum((seen - mean) ** 2 / mean for seen, mean in zip(observed, expected, strict=True))
        p_value = float(scipy.stats.chi2.sf(distance, len(names) - 1))
    return AgainstNorm(
        n=n,
        expected=dict(zip(names, expected, strict=True)),
        p_value=p_value,
        is_exact=n <= MOST_EXACT,
        is_rough=n > MOST_EXACT and min(expected) < SMALL_EXPECTED,
        most_over=names[int(np.argmax(over))] if max(over) > 0 else None,
    )


def _exact_multinomial(observed: Sequence[int], shares: Sequence[float]) -> float:
    """The chance of all outcomes that are no likelier than the observed one."""
    logs = [log(share) for share in shares]
    n = sum(observed)

    def chances(left: int, position: int, so_far: float) -> Iterator[float]:
        if position == len(shares) - 1:
            yield so_far + left * logs[position] - lgamma(left + 1)
            return
        for count in range(left + 1):
            yield from chances(left - count, position + 1, so_far + count * logs[position] - lgamma(count + 1))

    everything = np.fromiter(chances(n, 0, lgamma(n + 1)), float)
    seen = lgamma(n + 1) + sum(c * w - lgamma(c + 1) for c, w in zip(observed, logs, strict=True))
    return min(float(np.exp(everything[everything <= seen + 1e-9]).sum()), 1.0)


@dataclass(frozen=True, slots=True)
class Ages:
    """For how many days the units that arrived have been with the customers; `open` of them can still come back, within
    `shortest` to `longest` days, as their markets say."""

    n: int
    youngest: int
    median: int
    oldest: int
    open: int
    shortest: int
    longest: int


def ages(kept: Sequence[tuple[int, int]], *, returned: int = 0) -> Ages | None:
    """Of units that are not returned yet, each its whole days and those of its window; None without any. `returned` ones can
    come back no more."""
    if not kept:
        return None
    ordered = sorted(days for days, _window in kept)
    windows = [window for _days, window in kept]
    still_open = sum(days <= window for days, window in kept)
    middle = ordered[len(ordered) // 2]
    return Ages(len(kept) + returned, ordered[0], middle, ordered[-1], still_open, min(windows), max(windows))
