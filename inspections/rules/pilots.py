"""When a pilot run has decided: how many bad units pass, how many fail, after how many. Pure.

Each rate (damage, complaint, return) is judged on its own against its limit, by exact binomial probabilities. A rate passes
when the one-sided upper Clopper-Pearson bound is at most the limit, and fails when the lower one is above it; between
the two it is undecided. So at a true rate of just the limit each of the two wrong answers has a chance of at most
1 - confidence. A run passes when every rate does (which needs no correction: to pass wrongly the bad rate itself has to
pass) and fails when any does.

Bad news travels faster than good news. The test of the whole run does not mind: its answer is that of all units, in
whatever order they are known. A test after every unit does: with bad units known first it passes later and fails earlier.
So it fails only by the units that have arrived, of which each that can still be complained about or sent back counts as
good, and what haste is left (damage that is known sooner than arrival) has its size told by `fails_in_haste`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import ceil, log, log1p
from typing import Any

import numpy as np
import scipy

SMALLEST, LARGEST = 20, 200
CONFIDENCE = 0.95
RATES = ("damage", "complaint", "return")
# What no signature raises a product's own limits above. One unit in ten damaged on its way, or one in five complained about,
# is no product to sell by video: packaging or goods have to change first. Returns go higher: of clothes two in five
# come back without a fault of the goods. Judgements, not law.
HIGHEST = {"damage": Decimal("0.10"), "complaint": Decimal("0.20"), "return": Decimal("0.40")}
CURTAILED, SEQUENTIAL = "curtailed", "sequential"
PASS, FAIL, UNDECIDED = "pass", "fail", "undecided"
# More units than anybody would run: where a question has no answer below it, it has none.
MOST_ASKED = 1_000_000
IN_HASTE = 2


@dataclass(frozen=True, slots=True)
class Boundary:
    """The rule for one rate. `passes[n]` is the most bad units of n with which it passes (-1: it cannot after n yet),
    `fails[n]` the fewest with which it fails (n + 1: it cannot).

    `wrong_pass` and `wrong_fail` are the chances that it ever passes, or ever fails, while the true rate is the limit.
    """

    kind: str
    limit: float
    confidence: float
    passes: tuple[int, ...]
    fails: tuple[int, ...]
    wrong_pass: float
    wrong_fail: float

    @property
    def size(self) -> int:
        return len(self.passes) - 1

    def decision(self, bad: int, n: int, arrived: int | None = None) -> str:
        """pass, fail or undecided after `bad` of `n` units that count; `arrived` are those and the ones that can still turn
        bad, which is what a failure is read by."""
        if bad >= self.fails[n if arrived is None else arrived]:
            return FAIL
        return PASS if bad <= self.passes[n] else UNDECIDED

    def can_pass(self, bad: int) -> bool:
        """Whether the run can still pass, if no further unit is bad."""
        return bad <= self.passes[-1]

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "limit": self.limit,
            "confidence": self.confidence,
            "pass": list(self.passes),
            "fail": list(self.fails),
            "wrong_pass": self.wrong_pass,
            "wrong_fail": self.wrong_fail,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Boundary":
        return cls(
            data["kind"],
            data["limit"],
            data["confidence"],
            tuple(data["pass"]),
            tuple(data["fail"]),
            data["wrong_pass"],
            data["wrong_fail"],
        )


def boundary(kind: str, *, limit: float, size: int, confidence: float = CONFIDENCE) -> Boundary:
    """The rule of a kind for one rate; `limit` is a fraction of the units."""
    return (curtailed if kind == CURTAILED else sequential)(limit, size, confidence)


@lru_cache(maxsize=256)
def curtailed(limit: float, size: int, confidence: float = CONFIDENCE) -> Boundary:
    """The test of the whole run, stopped as soon as the units still out cannot change its answer.

    It gives the answer that the whole run would give, so stopping costs no error.
    """
    tails = _Tails(limit, np.array([size]))
    most, fewest = int(tails.most_passing(1 - confidence)[0]), int(tails.fewest_failing(1 - confidence)[0])
    passes = tuple(max(most - (size - n), -1) for n in range(size + 1))
    fails = tuple(min(fewest, n + 1) for n in range(size + 1))
    return _with_errors(CURTAILED, limit, confidence, passes, fails)


@lru_cache(maxsize=256)
def sequential(limit: float, size: int, confidence: float = CONFIDENCE) -> Boundary:
    """A test after every unit from the 20th on, at one nominal level for each boundary.

    The levels are the highest with which the chance of ever passing, and of ever failing, at a true rate of just the
    limit stays at or below 1 - confidence; the chances are counted exactly, path by path (the constant-level boundaries
    of S. J. Pocock, 1977, here for binomial counts as in C. Jennison and B. W. Turnbull, 1999, chapter 12). Each
    boundary is counted as if the other were not there, so that it holds too where several units come back at once.
    """
    error = 1 - confidence
    counts = np.arange(size + 1)
    looks, tails = counts >= min(SMALLEST, size), _Tails(limit, counts)

    def pass_line(level: float) -> tuple[int, ...]:
        return tuple(int(x) for x in np.where(looks, tails.most_passing(level), -1))

    def fail_line(level: float) -> tuple[int, ...]:
        return tuple(int(x) for x in np.where(looks, tails.fewest_failing(level), counts + 1))

    nowhere_fail, nowhere_pass = tuple(range(1, size + 2)), (-1,) * (size + 1)
    level = _highest(lambda level: _paths(pass_line(level), nowhere_fail, limit)[0] <= error, error)
    passes = pass_line(level)
    level = _highest(lambda level: _paths(nowhere_pass, fail_line(level), limit)[1] <= error, error)
    return _with_errors(SEQUENTIAL, limit, confidence, passes, fail_line(level))


@dataclass(frozen=True, slots=True)
class Operating:
    """What a rule does at one true rate: chances that add up to 1, and how many units it takes on average."""

    passed: float
    failed: float
    undecided: float
    expected_units: float


def operating(rule: Boundary, rate: float) -> Operating:
    """Counted exactly over all orders in which units of this true rate can come back, looked at one by one.

    A run that can no longer pass is stopped there, undecided unless it has failed.
    """
    passed, failed, expected = _paths(rule.passes, rule.fails, rate, hopeless_above=rule.passes[-1])
    return Operating(passed, failed, max(1 - passed - failed, 0.0), expected)


def verdict(decisions: Mapping[str, str]) -> str:
    """Of the run, from those of its rates."""
    if FAIL in decisions.values():
        return FAIL
    return PASS if all(decision == PASS for decision in decisions.values()) else UNDECIDED


@dataclass(frozen=True, slots=True)
class MoreUnits:
    """How many further units of the run decide a rate by its rule: it passes if none of them is bad, fails if all are,
    and does either if they are as those so far. None where no number within the run does.
    """

    if_good: int | None
    if_bad: int | None
    as_so_far: int | None


def more_units(rule: Boundary, bad: int, n: int, arrived: int | None = None) -> MoreUnits:
    """For a rate that is undecided after `bad` of `n` units, read off the rule that is in force for it.

    `arrived` as for `Boundary.decision`.
    """
    further = range(1, rule.size - n + 1)
    at_risk = n if arrived is None else arrived

    def decides(bad_then: int, counted: int) -> bool:
        return rule.decision(bad_then, counted, max(at_risk, counted)) != UNDECIDED

    return MoreUnits(
        if_good=next((k for k in further if bad <= rule.passes[n + k]), None),
        if_bad=next((k for k in further if bad + k >= rule.fails[max(at_risk, n + k)]), None),
        as_so_far=next((k for k in further if n and decides(round(bad * (n + k) / n), n + k)), None),
    )


@lru_cache(maxsize=1024)
def smallest_size(kind: str, limit: float, *, bad: int = 0, confidence: float = CONFIDENCE) -> int | None:
    """The smallest run of its own, by a rule of this kind, that passes with `bad` units in all; None above LARGEST."""
    low, high = SMALLEST - 1, LARGEST
    if not boundary(kind, limit=limit, size=high, confidence=confidence).can_pass(bad):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        can = boundary(kind, limit=limit, size=middle, confidence=confidence).can_pass(bad)
        low, high = (low, middle) if can else (middle, high)
    return high


def units_to_prove(limit: float, *, confidence: float = CONFIDENCE) -> int | None:
    """How many units without a bad one prove a limit, however many that is; None for more than a million."""
    needed = ceil(log(1 - confidence) / log1p(-limit))
    return needed if needed <= MOST_ASKED else None


@lru_cache(maxsize=256)
def fails_in_haste(rule: Boundary, times: int = IN_HASTE) -> float:
    """The chance to fail by mistake, at a true rate of just the limit, where bad units are known `times` as soon as good ones.

    By 4,000 simulated runs with a fixed seed: to within one in a hundred. Of the whole run's test it is `wrong_fail`, in
    whatever order units are known.
    """
    if rule.kind == CURTAILED:
        return rule.wrong_fail
    random = np.random.default_rng(20261130)
    is_bad = random.random((4_000, rule.size)) < rule.limit
    known_at = random.random((4_000, rule.size)) / np.where(is_bad, times, 1)
    bad = np.take_along_axis(is_bad, known_at.argsort(axis=1), axis=1).cumsum(axis=1)
    return float((bad >= np.array(rule.fails[1:])).any(axis=1).mean())


def most_passing(size: int, limit: float, confidence: float = CONFIDENCE) -> int:
    """The most bad units of a whole run with which a rate passes; -1 where not even none is enough."""
    return int(_Tails(limit, np.array([size])).most_passing(1 - confidence)[0])


def _at_least(x: np.ndarray, n: np.ndarray, limit: float) -> np.ndarray:
    """P(X >= x) for X binomial (n, limit)."""
    return np.where(x > 0, scipy.special.bdtrc(np.maximum(x - 1, 0), n, limit), 1.0)


class _Tails:
    """The binomial chances at the limit of up to, and of at least, each x in each of the counts of units."""

    def __init__(self, limit: float, counts: np.ndarray):
        n, x = counts[:, None], np.arange(int(counts.max()) + 2)[None, :]
        self.counts = counts
        self.up_to = np.where(x < n, scipy.special.bdtr(np.minimum(x, n), n, limit), 1.0)
        self.at_least = np.where(x <= n, _at_least(np.minimum(x, n), n, limit), 0.0)

    def most_passing(self, level: float) -> np.ndarray:
        """The largest x whose chance of up to x is at most the level: its upper bound is the limit; -1 for none."""
        return (self.up_to <= level).sum(axis=1) - 1

    def fewest_failing(self, level: float) -> np.ndarray:
        """The smallest x whose chance of at least x is at most the level; n + 1 for none."""
        return np.minimum((self.at_least > level).sum(axis=1), self.counts + 1)


def _highest(holds: Callable[[float], bool], error: float) -> float:
    """The highest level in (0, error] for which it holds, to within a millionth of a share; it holds for low ones."""
    if holds(error):
        return error
    low, high = 0.0, error
    for _step in range(18):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _paths(
    passes: tuple[int, ...], fails: tuple[int, ...], rate: float, *, hopeless_above: int | None = None
) -> tuple[float, float, float]:
    """The chances to ever pass and ever fail, and the expected number of units, by forward recursion over counts."""
    size = len(passes) - 1
    chances = np.zeros(size + 2)
    chances[0] = 1.0
    x = np.arange(size + 2)
    passed = failed = expected = 0.0
    for n in range(1, size + 1):
        expected += chances.sum()
        chances[1:] = chances[1:] * (1 - rate) + chances[:-1] * rate
        chances[0] *= 1 - rate
        is_fail = (x >= fails[n]) & (x <= n)
        is_pass = (x <= passes[n]) & ~is_fail
        failed += chances[is_fail].sum()
        passed += chances[is_pass].sum()
        chances[is_fail | is_pass] = 0.0
        if hopeless_above is not None:
            chances[x > hopeless_above] = 0.0
    return float(passed), float(failed), float(expected)


def _with_errors(
    kind: str, limit: float, confidence: float, passes: tuple[int, ...], fails: tuple[int, ...]
) -> Boundary:
    size = len(passes) - 1
    wrong_pass = _paths(passes, tuple(range(1, size + 2)), limit)[0]
    wrong_fail = _paths((-1,) * (size + 1), fails, limit)[1]
    return Boundary(kind, limit, confidence, passes, fails, wrong_pass, wrong_fail)
